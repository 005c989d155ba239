// SPDX-License-Identifier: GPL-2.0-only
/*
 * record.c - `vmascope record`: write events and counts to a file, a ring of files, or a snapshot.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/print.h"
#include "collect/call_stacks.h"
#include "collect/long_calls.h"
#include "collect/record_memory.h"
#include "record/save/save.h"
#include "session/record_header.h"
#include "session/recording.h"
#include "util/array.h"
#include "util/log.h"
#include "util/str.h"

/** Interval at which pending work is checked; counts are written at a multiple of it. */
#define TICK_NS 100000000ULL
#define CHECKPOINT_TICKS 10
/** Slots of exited processes are reclaimed once there are this many of them. */
#define RECLAIM_PROCESSES 64
/** Approximate size of a process with its VMAs in a checkpoint, uncompressed. */
#define PROCESS_BYTES 1536
/** Minimum size of a ring of files with stacks. */
#define STACKS_LEAST_SIZE (4ULL << 20)
/** Events of a snapshot may be older than its length by the time that one block covers. */
#define SNAPSHOT_MARGIN_NS 5000000000ULL

/**
 * struct recorder - a recording that is being written
 * @ticks: ticks since the last checkpoint
 * @snapshots: number of snapshots written
 * @call_stacks: stacks of memory calls, if stacks are unwound in user space
 * @clock_changes: changes of the time of day written so far
 * @longest: the longest memory calls among those recorded as events; @nr_calls: how many there were
 * @reported: a write error has been reported
 */
struct recorder {
	struct header header;
	struct writer writer;
	struct saver saver;
	struct build_ids build_ids;
	struct call_stacks call_stacks;
	struct longest_calls longest;
	uint64_t nr_calls;
	uint64_t clock_changes;
	unsigned int ticks;
	uint32_t snapshots;
	bool reported;
};

static volatile sig_atomic_t snapshot_wanted;

static void on_snapshot_signal(int sig)
{
	(void)sig;
	snapshot_wanted = 1;
}

/* --- errors -------------------------------------------------------------------------------- */

/**
 * check - report a failed write: the recording is valid up to it, but nothing more is written
 *
 * The run goes on, so that the traced command is not affected.
 */
static void check(struct session *s)
{
	struct recorder *r = s->private;

	if (!r->saver.error || r->reported)
		return;
	r->reported = true;
	vs_error("cannot write %s: %s; recording stops, the data written so far is readable",
		 r->writer.options.path, r->writer.why ? r->writer.why : strerror(-r->saver.error));
	if (!s->options->argv)
		session__stop(s);
}

static void keep_error(struct recorder *r, int err)
{
	if (!r->saver.error)
		r->saver.error = err;
}

/* --- events -------------------------------------------------------------------------------- */

/** number - the number of the row in @slot, which is written first if necessary. */
static uint32_t number(struct session *s, uint32_t slot, uint32_t generation, uint64_t time_ns)
{
	struct recorder *r = s->private;

	return saver__define(&r->saver, live__row(s->live, slot, generation), time_ns);
}

/**
 * image_number - the number of the process image in slot @proc if it belongs to @pid, after writing
 * all its rows.
 */
static uint32_t image_number(struct session *s, uint32_t proc, uint32_t pid, uint64_t time_ns)
{
	const struct model *m = &s->live->run.model;
	struct recorder *r = s->private;
	const struct fault_row *row;

	if (!proc || proc >= m->nr_slots)
		return 0;
	if (!m->by_slot[proc])
		live__discover(s->live);
	row = m->by_slot[proc];
	return row && row->process->pid == pid ? saver__define(&r->saver, row, time_ns) : 0;
}

/** is_recorded - events of this type are recorded; the others are only needed by call_stacks.h */
static bool is_recorded(const struct session *s, enum trace_event event)
{
	return s->options->events & 1u << event;
}

/**
 * number_stack - replace the row of a stack by the number of the stack. Return: the stack, or NULL.
 */
static const struct stack *number_stack(struct session *s, struct vs_stack_ref *ref)
{
	const struct stack *stack = s->namer ? session__stack(s, ref) : NULL;

	*ref = (struct vs_stack_ref){ .row = saver__stack_number(stack) };
	return stack;
}

static void record_fault(struct session *s, const struct vs_event *event)
{
	struct vs_event_fault e = *(const struct vs_event_fault *)event;
	const uint64_t end_ns = e.head.time_ns + e.duration_ns;
	const bool sampled = s->sampling && e.stack.row & VS_STACK_IS_SAMPLE;
	struct recorder *r = s->private;
	const struct stack *stack;

	e.slot = number(s, e.slot, e.generation, end_ns);
	e.proc = image_number(s, e.proc, e.pid, end_ns);
	stack = number_stack(s, &e.stack);
	/* BPF does not count per stack for stacks that are unwound in user space */
	if (sampled)
		stacks__count(&s->live->run.stacks, stack, e.outcome, e.duration_ns, end_ns);
	saver__event(&r->saver, RECORD_FAULT, &e, end_ns);
}

static void record_call(struct session *s, const struct vs_event *event)
{
	const struct vs_event_call *call = (const struct vs_event_call *)event;
	const uint64_t end_ns = event->time_ns + call->duration_ns;
	struct vs_event_call e = *call;
	struct recorder *r = s->private;
	const struct stack *stack;

	for (uint32_t i = 0; i < e.nr_vmas && i < VS_CALL_VMAS; i++)
		e.vma[i].slot = number(s, e.vma[i].slot, e.vma[i].generation, end_ns);
	e.proc = image_number(s, e.proc, e.pid, end_ns);
	stack = number_stack(s, &e.stack);
	if (s->sampling && call_stacks__call(&r->call_stacks, call, stack))
		keep_error(r, -ENOMEM);
	if (!is_recorded(s, TRACE_MEMCALL))
		return;
	saver__event(&r->saver, RECORD_CALL, &e, end_ns);
	r->nr_calls++;
	if (long_calls__wants(&r->longest, s, call))
		long_calls__add(&r->longest, s, call, stack);
}

static void record_flush(struct session *s, const struct vs_event *event)
{
	struct vs_event_flush e = *(const struct vs_event_flush *)event;
	struct recorder *r = s->private;

	number_stack(s, &e.stack);
	saver__event(&r->saver, RECORD_FLUSH, &e, e.head.time_ns);
}

static void record_ipi(struct session *s, const struct vs_event *event)
{
	const struct vs_event_ipi *e = (const void *)event;
	struct recorder *r = s->private;

	if (s->sampling && call_stacks__ipi(&r->call_stacks, e))
		keep_error(r, -ENOMEM);
	if (is_recorded(s, TRACE_SHOOTDOWN))
		saver__event(&r->saver, RECORD_IPI, e, e->head.time_ns + e->stolen_ns);
}

static void record_crash(struct session *s, const struct vs_event *event)
{
	struct vs_event_crash e = *(const struct vs_event_crash *)event;
	struct recorder *r = s->private;

	for (int i = 0; i < VS_NR_NEAR; i++)
		e.near[i].slot = number(s, e.near[i].slot, e.near[i].generation, e.head.time_ns);
	saver__event(&r->saver, RECORD_CRASH, &e, e.head.time_ns);
}

static void record_proc(struct session *s, const struct vs_event *event)
{
	struct vs_event_proc e = *(const struct vs_event_proc *)event;
	struct recorder *r = s->private;

	e.proc = number(s, e.proc, e.generation, e.head.time_ns);
	saver__event(&r->saver, event->type == VS_EVENT_PROC_EXEC ? RECORD_EXEC : RECORD_EXIT, &e,
		     e.head.time_ns);
}

static void (*const event_fns[])(struct session *s, const struct vs_event *e) = {
	[VS_EVENT_FAULT] = record_fault,    [VS_EVENT_CALL] = record_call,
	[VS_EVENT_FLUSH] = record_flush,    [VS_EVENT_IPI] = record_ipi,
	[VS_EVENT_CRASH] = record_crash,    [VS_EVENT_PROC_EXEC] = record_proc,
	[VS_EVENT_PROC_EXIT] = record_proc,
};

/* --- checkpoints and files ----------------------------------------------------------------- */

/**
 * checkpoint - write a checkpoint of the model, which is up to date
 * @at_ns: time of the counts in the model; faults in flight are accounted up to it
 */
static void checkpoint(struct session *s, uint64_t at_ns, bool full)
{
	struct recorder *r = s->private;
	struct vs_stats stats;

	session__stats(s, &stats);
	saver__checkpoint(&r->saver, &stats, at_ns, full);
	r->ticks = 0;
}

static void begin_file(struct recorder *r, bool numbered)
{
	if (!r->saver.error)
		keep_error(r, writer__begin(&r->writer, numbered));
}

static void end_file(struct recorder *r)
{
	if (!r->saver.error)
		keep_error(r, writer__end(&r->writer));
}

/**
 * next_file - begin the next file of a ring; each file has all counts at its beginning and its end
 * @named: stacks may be symbolized now; otherwise the next checkpoint has them
 * Return: 0 or a negative errno.
 */
static int next_file(struct session *s, bool named)
{
	struct recorder *r = s->private;
	int err = live__refresh(s->live);

	if (err)
		return err;
	r->saver.unnamed = !named;
	checkpoint(s, s->live->read_ns, false);
	end_file(r);
	begin_file(r, true);
	checkpoint(s, s->live->read_ns, true);
	r->saver.unnamed = false;
	return 0;
}

/* --- events and ticks ------------------------------------------------------------------------ */

/** follow_clock - record that the time of day was set, before the events that came after it */
static void follow_clock(struct session *s)
{
	struct recorder *r = s->private;

	if (r->clock_changes == s->wall.changes)
		return;
	r->clock_changes = s->wall.changes;
	saver__clock(&r->saver, session__now());
}

static void on_event(struct session *s, const struct vs_event *e)
{
	struct recorder *r = s->private;

	follow_clock(s);
	/* far more events may arrive at once than a ring holds */
	if (!r->saver.error && writer__is_full(&r->writer))
		keep_error(r, next_file(s, false));
	if (!r->saver.error && e->type < ARRAY_SIZE(event_fns) && event_fns[e->type])
		event_fns[e->type](s, e);
}

/** write_snapshot - write the events in memory, after a checkpoint of all counts. */
static void write_snapshot(struct session *s, uint64_t now_ns, bool numbered)
{
	struct recorder *r = s->private;

	begin_file(r, numbered);
	checkpoint(s, now_ns, true);
	if (!r->saver.error)
		keep_error(r, writer__put_kept(&r->writer));
	end_file(r);
}

/**
 * kept_since - processes that exited at this time or later are kept: events of a snapshot refer to
 * them.
 */
static uint64_t kept_since(const struct recorder *r, uint64_t now_ns)
{
	const uint64_t snapshot_ns = r->writer.options.snapshot_ns + SNAPSHOT_MARGIN_NS;

	if (!r->writer.options.snapshot_ns)
		return UINT64_MAX;
	return now_ns > snapshot_ns ? now_ns - snapshot_ns : 0;
}

/** most_processes - limit by --max-processes and by the size of a ring's files; 0: no limit. */
static size_t most_processes(const struct session *s)
{
	const struct recorder *r = s->private;
	const size_t room = r->saver.budget / PROCESS_BYTES, max = s->options->max_processes;

	if (!r->saver.budget || (max && max < room))
		return max;
	return room > SESSION_LEAST_PROCESSES ? room : SESSION_LEAST_PROCESSES;
}

/** crowded - far more processes appeared in less than a second than are kept. */
static bool crowded(const struct session *s)
{
	const size_t max = most_processes(s), nr = s->live->run.model.nr_processes;

	return max && nr > 2 * max && nr > s->live->bound_at;
}

/** forget - free exited processes. Return: 1: some were freed; 0; or a negative errno. */
static int forget(struct session *s, uint64_t now_ns)
{
	struct recorder *r = s->private;
	int err = 0;

	if (live__gone_with_slots(s->live) >= RECLAIM_PROCESSES)
		err = live__reclaim_ended(s->live);
	return err ? err : live__bound(s->live, most_processes(s), kept_since(r, now_ns));
}

/**
 * look_after - do the periodic work of the recording that is due. Return: 0 or a negative errno.
 */
static int look_after(struct session *s)
{
	struct recorder *r = s->private;
	const bool keeps = r->writer.options.snapshot_ns, full = writer__is_full(&r->writer);
	const bool due = ++r->ticks >= CHECKPOINT_TICKS || crowded(s);
	const uint64_t now_ns = session__now();
	int err, forgotten;

	if (due)
		record_memory(&r->saver, now_ns);
	if (due && keeps) {
		keep_error(r, writer__flush(&r->writer));
		r->ticks = 0;
	}
	if (!due && !full && !(keeps && snapshot_wanted))
		return 0;
	err = live__refresh(s->live);
	forgotten = err ? err : forget(s, now_ns);
	if (forgotten < 0)
		return forgotten;
	/* what was written about them before is out of date */
	if (keeps && forgotten)
		saver__redefine(&r->saver);
	if (keeps && !snapshot_wanted)
		return 0;
	if (keeps)
		write_snapshot(s, s->live->read_ns, true);
	else if (full)
		err = next_file(s, true);
	else
		checkpoint(s, s->live->read_ns, forgotten);
	snapshot_wanted = 0;
	return err;
}

static int tick(struct session *s)
{
	struct recorder *r = s->private;
	int err;

	follow_clock(s);
	err = r->saver.error ? 0 : look_after(s);
	check(s);
	return err;
}

/* --- the run ------------------------------------------------------------------------------- */

static int begin(struct session *s, const char *path)
{
	const struct options *o = s->options;
	const struct writer_options wo = {
		.path = path,
		.max_bytes = o->max_size,
		.snapshot_ns = o->snapshot_ns,
	};
	struct recorder *r = s->private;
	char name[4096];
	int err;

	record_header__fill(s, &r->header);
	err = writer__init(&r->writer, &wo, &r->header);
	saver__init(&r->saver, &r->writer, &s->live->run);
	r->saver.stacks = s->namer ? &s->live->run.stacks : NULL;
	r->saver.namer = s->namer;
	r->saver.files = &r->build_ids;
	r->saver.wall = &s->wall;
	r->saver.budget = writer__budget(&r->writer);
	snprintf(name, sizeof(name), "%s", path);
	if (!err && (o->snapshot_ns || o->max_size))
		err = writer__remove_old(&r->writer, name, sizeof(name));
	if (!err && !o->snapshot_ns)
		err = writer__begin(&r->writer, o->max_size);
	if (!err)
		return 0;
	return vs_fail(VS_EXIT_FAILURE, NULL, "cannot write %s: %s", name,
		       r->writer.why ? r->writer.why : strerror(-err));
}

/**
 * note_summary - print a summary of the recording to stderr, as the command's own output may be on stdout.
 */
static void note_summary(const struct session *s, const struct vs_stats *stats)
{
	const struct recorder *r = s->private;
	const uint64_t events = r->writer.nr_events, lost = stats->lost[VS_LOST_EVENTS];
	char ring[32];

	/* events that were lost are not part of the recording */
	if (r->reported)
		return;
	vs_note("recorded %s events, %s into %s%s", str_count(events).text,
		str_bytes(r->writer.bytes).text, r->writer.options.path,
		s->options->max_size ? ".*" : "");
	if (lost)
		vs_warn("%llu of %llu events were lost because they were not written fast enough "
			"(use %s, or a filter); counts are complete",
			(unsigned long long)lost, (unsigned long long)(stats->emitted + lost),
			session__larger_ring(s, ring, sizeof(ring)));
}

/** naming - stacks are about to be freed: symbolize now those that have to be. */
static void naming(struct session *s)
{
	struct recorder *r = s->private;

	long_calls__name(&r->longest, s);
}

static void forgetting(struct session *s)
{
	struct recorder *r = s->private;

	long_calls__forget(&r->longest, s);
}

static int print_summary(struct session *s)
{
	int err = stat_print(s, NULL);
	struct recorder *r = s->private;

	if (err || !r->header.shootdowns)
		return err;
	long_calls__end(&r->longest, s, r->nr_calls);
	return shootdown_print(s, is_recorded(s, TRACE_MEMCALL) ? &r->longest : NULL);
}

static int finish(struct session *s)
{
	struct recorder *r = s->private;
	struct vs_stats stats;

	session__stats(s, &stats);
	r->saver.in_flight = &s->live->run.in_flight;
	if (r->writer.options.snapshot_ns) {
		write_snapshot(s, s->end_ns, false);
	} else {
		checkpoint(s, s->end_ns, true);
		end_file(r);
	}
	check(s);
	if (s->options->summary)
		s->error = print_summary(s);
	note_summary(s, &stats);
	return r->saver.error ? VS_EXIT_FAILURE : 0;
}

static unsigned int wanted(const struct options *o)
{
	unsigned int wants = 0;

	if (o->events & 1u << TRACE_FAULT)
		wants |= SESSION_FAULT_EVENTS;
	if (o->events & 1u << TRACE_MEMCALL)
		wants |= SESSION_CALL_EVENTS | SESSION_SHOOTDOWNS;
	if (o->events & 1u << TRACE_SHOOTDOWN)
		wants |= SESSION_SHOOTDOWN_EVENTS | SESSION_SHOOTDOWNS;
	/* without events of faults, nothing would refer to copies of their stacks */
	if (options__with_stacks(o) && (!o->dwarf || wants & SESSION_FAULT_EVENTS))
		wants |= SESSION_FAULT_STACKS;
	if (options__with_stacks(o) && wants & SESSION_SHOOTDOWNS)
		wants |= SESSION_CALL_STACKS;
	if (o->dwarf && wants & SESSION_SHOOTDOWNS)
		wants |= CALL_STACKS_WANTS;
	return wants;
}

/** check_size - reject a ring that is too small. Return: 0 or an exit status. */
static int check_size(const struct options *o)
{
	const uint64_t least = options__with_stacks(o) ? STACKS_LEAST_SIZE : 0;

	if (o->max_size && !o->snapshot_ns && o->max_size < least)
		return vs_fail(VS_EXIT_USAGE, "use 4M or more with -U or -K",
			       "--max-size is too small for stacks");
	return 0;
}

static int run_record(struct options *o)
{
	const char *path = o->output ? o->output : RECORDING_DEFAULT_PATH;
	struct recorder r = { .writer.file.fd = -1 };
	struct session s = { .event = on_event,
			     .interval = tick,
			     .naming = naming,
			     .forgetting = forgetting,
			     .period_ns = TICK_NS,
			     .bounds_itself = true,
			     .private = &r };
	int status;

	call_stacks__init(&r.call_stacks, &s.captured, o);
	if (!strcmp(path, "-"))
		return vs_fail(VS_EXIT_USAGE, "-o FILE", "cannot write a recording to stdout");
	status = options__check_event_stacks(o);
	if (!status)
		status = check_size(o);
	if (status)
		return status;
	/* rows are as fine-grained as any grouping of the report needs */
	o->capture.bpf.call_vma = o->capture.bpf.call_site = o->capture.bpf.call_tid = true;
	o->capture.bpf.call_stack = options__with_stacks(o) && !o->dwarf &&
				    wanted(o) & SESSION_SHOOTDOWNS;
	o->output = NULL;
	/*
	 * set even if no snapshot is possible: the signal must neither end the run nor be ignored
	 * by a child
	 */
	signal(SIGUSR1, on_snapshot_signal);
	machine__read(&s.machine);
	if (build_ids__start(&r.build_ids))
		vs_warn("cannot read build IDs: the recording will have none");
	status = session__open(&s, o, wanted(o));
	/* each checkpoint may be the end of an interval of the report */
	if (!status)
		s.live->intervals = true;
	if (!status)
		status = begin(&s, path);
	if (!status)
		status = session__run(&s);
	if (!status)
		status = finish(&s);
	saver__free(&r.saver);
	call_stacks__free(&r.call_stacks);
	longest_calls__free(&r.longest);
	build_ids__stop(&r.build_ids);
	writer__close(&r.writer);
	header__free(&r.header);
	machine__free(&s.machine);
	return session__close(&s, status);
}

const struct command command_record = {
	.name = "record",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "record events and counts to a file, for report",
	.doc = "Record page faults, with --events also memory calls and TLB flushes, and all "
	       "counts, until COMMAND exits, the duration has passed or Ctrl-C is pressed. "
	       "`vmascope report` shows them, on any machine, without privileges.\v"
	       "Without a command or a filter, the whole system is recorded. A recording can be "
	       "read at any time, also after a crash. With --max-size, the oldest files are "
	       "removed; with --snapshot, SIGUSR1 writes FILE.1, FILE.2 and so on, and FILE is "
	       "written at exit.",
	.is = COMMAND_RECORD,
	.args = ARGS_COMMAND,
	.run = run_record,
};
