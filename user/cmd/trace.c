// SPDX-License-Identifier: GPL-2.0-only
/*
 * trace.c - `vmascope trace`: print each fault, memory call, flush and interrupt.
 *
 * If only faults are traced, they are printed as they arrive, in the order in which they end.
 * Otherwise all events pass through a timeline and are printed in the order in which they began, on
 * all CPUs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/print.h"
#include "collect/trace_record.h"
#include "model/history/timeline.h"
#include "session/no_match.h"
#include "util/log.h"
#include "util/stop.h"
#include "util/str.h"
#include "view/faults/stat.h"
#include "view/trace/trace.h"

/** Types of records that are printed are below this value. */
#define NR_TYPES (VS_EVENT_IPI + 1)

/**
 * struct trace - state of the stream
 * @mixed: the stream has events other than faults
 * @stacks: stacks are requested; @slow: symbolization is slow, so records wait for it in the
 *	timeline, and nothing is printed while others are read
 * @tables: a table of one row for each type of record, filled again for each event
 * @printed: rows printed; @filtered: events shorter than --slower-than; @count: records by type
 * @flushes_known, @interrupts_known: memory calls report their flushes and interrupts
 * @resolver: see trace_record.h
 */
struct trace {
	bool mixed;
	bool stacks;
	bool slow;
	struct table *tables[NR_TYPES];
	uint64_t printed;
	uint64_t filtered;
	uint64_t count[NR_TYPES];
	struct trace_clock clock;
	bool flushes_known;
	bool interrupts_known;
	struct timeline timeline;
	struct trace_resolver resolver;
};

/**
 * struct kind - how one type of record is printed
 * @asked: the event of --events that selects it
 * @def: its columns, if it is mixed with other types
 * @count: its key in the summary
 * @row: fills its row
 * @stack: returns the stack to symbolize; NULL: the type has none
 */
struct kind {
	enum trace_event asked;
	const struct table_def *def;
	const char *count;
	void (*row)(const struct trace *t, struct table *table, const struct trace_record *r);
	const struct vs_stack_ref *(*stack)(const struct trace_record *r);
};

static void fault_row(const struct trace *t, struct table *table, const struct trace_record *r)
{
	const struct trace_fault fault = { .event = &r->fault,
					   .row = r->row[0],
					   .crash = r->crash ? &r->crash->crash : NULL,
					   .after = r->after };

	trace_fault_row(table, &fault, &t->clock);
}

static void call_row(const struct trace *t, struct table *table, const struct trace_record *r)
{
	const struct trace_call call = { .event = &r->call,
					 .vmas = r->row,
					 .code = r->code,
					 .flushes_known = t->flushes_known,
					 .interrupts_known = t->interrupts_known };

	trace_call_row(table, &call, &t->clock);
}

static void flush_row(const struct trace *t, struct table *table, const struct trace_record *r)
{
	trace_flush_row(table, &r->flush, &t->clock);
}

static void ipi_row(const struct trace *t, struct table *table, const struct trace_record *r)
{
	trace_interrupt_row(table, &r->ipi, &t->clock);
}

static const struct vs_stack_ref *fault_stack(const struct trace_record *r)
{
	return &r->fault.stack;
}

static const struct vs_stack_ref *call_stack(const struct trace_record *r)
{
	return &r->call.stack;
}

static const struct vs_stack_ref *flush_stack(const struct trace_record *r)
{
	return &r->flush.stack;
}

/* clang-format off */
static const struct kind kinds[NR_TYPES] = {
	[VS_EVENT_FAULT] = {TRACE_FAULT, &trace_mixed_table, "faults", fault_row, fault_stack},
	[VS_EVENT_CALL] = {TRACE_MEMCALL, &trace_call_table, "memcalls", call_row, call_stack},
	[VS_EVENT_FLUSH] = {TRACE_SHOOTDOWN, &trace_flush_table, "flushes", flush_row, flush_stack},
	[VS_EVENT_IPI] = {TRACE_SHOOTDOWN, &trace_interrupt_table, "interrupts", ipi_row, NULL},
};
/* clang-format on */

static const unsigned int wants[NR_TRACE_EVENTS] = {
	[TRACE_FAULT] = SESSION_FAULT_EVENTS,
	[TRACE_MEMCALL] = SESSION_CALL_EVENTS,
	[TRACE_SHOOTDOWN] = SESSION_SHOOTDOWN_EVENTS,
};

/* --- one record ---------------------------------------------------------------------------- */

static void add_stack(struct session *s, struct table *table, const struct stack *stack)
{
	struct named_stack named = { 0 };

	stack = namer__true_stack(s->namer, &s->live->run.stacks, stack);
	table__fail(table, stack ? namer__stack(s->namer, stack, &named) : -ENOMEM);
	/* a recording may have more than is requested */
	if (!s->options->capture.bpf.user_stacks)
		named.nr_user = 0;
	if (!s->options->capture.bpf.kernel_stacks)
		named.nr_kernel = 0;
	trace_stack(table, &named);
}

/**
 * print_row - print the row in @table, and count it as written or not. Return: 0 or a negative
 * errno.
 */
static int print_row(struct session *s, struct table *table, bool first)
{
	const int err = session__row(s, table, first);

	return err ? err : out_stream__end_row(s->out.stream);
}

static void print(struct session *s, const struct trace_record *r)
{
	struct trace *t = s->private;
	struct table *table = t->tables[r->head.type];

	if (!s->error) {
		kinds[r->head.type].row(t, table, r);
		if (r->stack)
			add_stack(s, table, r->stack);
		s->error = print_row(s, table, !t->printed);
	}
	if (!s->error) {
		t->printed++;
		t->count[r->head.type]++;
	} else {
		s->dropped++;
	}
	free(r->crash);
}

/** print_due - print records that have waited long enough, while there is time. */
static void print_due(struct session *s)
{
	struct trace *t = s->private;
	const void *due;

	while (!session__pause(s) && (due = timeline__next(&t->timeline))) {
		print(s, due);
		if (t->slow)
			session__poll(s);
	}
	s->backlog = t->timeline.bytes;
}

/**
 * is_too_short - a fault or a memory call took less than --slower-than, or it is unknown how long
 *
 * BPF drops such faults. It can't drop calls: what they do to their ranges explains later events.
 */
static bool is_too_short(const struct options *o, const struct trace_record *r)
{
	const uint64_t least_ns = o->capture.bpf.slower_than_ns;

	if (r->head.type == VS_EVENT_FAULT)
		return r->fault.duration_ns < least_ns;
	return r->head.type == VS_EVENT_CALL && r->call.duration_ns < least_ns;
}

static void on_event(struct session *s, const struct vs_event *event)
{
	struct trace *t = s->private;
	struct trace_record r;

	if (s->error || stop__unread() || stop__hurried()) {
		s->dropped += s->source->streams(s, event->type);
		return;
	}
	if (!trace_resolve(&t->resolver, s->live, event, &r))
		return;
	if (!(s->options->events & 1u << kinds[event->type].asked) ||
	    !options__in_time(s->options, s->start_ns, event->time_ns)) {
		free(r.crash);
		return;
	}
	if (is_too_short(s->options, &r)) {
		t->filtered++;
		free(r.crash);
		return;
	}
	if (kinds[event->type].stack && t->stacks)
		r.stack = session__stack(s, kinds[event->type].stack(&r));
	if (!t->mixed && !t->slow) {
		print(s, &r);
		return;
	}
	s->error = timeline__add(&t->timeline, &r, trace_record_size(&r),
				 t->mixed ? r.head.time_ns : trace_record_end_ns(&r),
				 trace_record_end_ns(&r));
	if (s->error)
		free(r.crash);
	if (!t->slow)
		print_due(s);
	s->backlog = t->timeline.bytes;
}

static int on_tick(struct session *s)
{
	struct trace *t = s->private;

	timeline__advance(&t->timeline, s->read_ns);
	print_due(s);
	return s->error;
}

/* --- the end ------------------------------------------------------------------------------- */

/** knows_in_flight - the faults that were in flight when counting ended are known. */
static bool knows_in_flight(const struct session *s)
{
	return s->options->events & 1u << TRACE_FAULT && s->source->facts(s).in_flight;
}

/** print_summary - print the last row of a stream. Return: 0 or a negative errno. */
static int print_summary(struct session *s, const struct vs_stats *stats, uint64_t in_flight)
{
	struct table *table = table__new(&trace_summary_table);
	const uint64_t lost = stats->lost[VS_LOST_EVENTS];
	const struct trace *t = s->private;
	int err;

	table__add_row(table);
	table__set_table(table, "totals", stat_totals(&s->live->run.model));
	table__set_u64(table, "events", t->printed);
	for (size_t i = 0; i < NR_TYPES; i++)
		if (kinds[i].count)
			table__set_u64(table, kinds[i].count, t->count[i]);
	table__set_u64(table, "late", t->timeline.late);
	table__set_u64(table, "lost", lost);
	table__set_u64(table, "generated", stats->emitted + lost);
	table__set_u64(table, "eventless", stats->eventless);
	table__set_u64(table, "filtered", stats->filtered + t->filtered);
	table__set_word(table, "type", "summary");
	if (knows_in_flight(s))
		table__set_u64(table, "in_flight", in_flight);
	err = session__row(s, table, false);
	table__free(table);
	return err;
}

/** report_losses - @unwritten: rows that were produced, but not read by the consumer */
static void report_losses(const struct session *s, const struct vs_stats *stats, uint64_t unwritten)
{
	const bool faults = s->options->events & 1u << TRACE_FAULT;
	const uint64_t lost = stats->lost[VS_LOST_EVENTS] + unwritten;
	const uint64_t generated = stats->emitted + stats->lost[VS_LOST_EVENTS];
	const struct trace *t = s->private;
	char ring[32];

	if (lost)
		vs_warn("%llu of %llu events were lost because the output was not read fast enough "
			"(use %s, a filter, or -o FILE; `vmascope stat` counts all)",
			(unsigned long long)lost, (unsigned long long)generated,
			session__larger_ring(s, ring, sizeof(ring)));
	if (stats->eventless && faults)
		vs_warn("no event for %llu kernel-initiated fault%s (GUP): `vmascope stat` counts "
			"all",
			(unsigned long long)stats->eventless, str_plural(stats->eventless));
	if (t->timeline.late)
		vs_debug(1,
			 "%llu events are out of order: they lasted longer than %d ms, or "
			 "too many were waiting at the same time",
			 (unsigned long long)t->timeline.late,
			 (int)(t->timeline.hold_ns / 1000000));
}

/** print_rest - print what is left in the timeline, while there is time. */
static void print_rest(struct session *s)
{
	struct trace *t = s->private;
	const struct trace_record *r;

	timeline__end(&t->timeline);
	s->until_ns = s->source->finish_by();
	print_due(s);
	while ((r = timeline__next(&t->timeline))) {
		free(r->crash);
		s->dropped++;
	}
}

/** is_shown - the fault is selected by --vma, --between and --slower-than, as events are. */
static bool is_shown(const struct session *s, const struct in_flight_fault *f)
{
	const struct options *o = s->options;
	/* at least, if it began before counting did */
	const uint64_t ns = f->event.duration_ns ? f->event.duration_ns : s->end_ns - s->start_ns;

	return options__in_time(o, s->start_ns, f->event.head.time_ns) &&
	       ns >= o->capture.bpf.slower_than_ns &&
	       (!o->vma || (f->row && fault_row__matches(f->row, o->vma)));
}

/** print_in_flight - print faults that had not ended, after all events; they have no stack. */
static int print_in_flight(struct session *s, uint64_t *nr)
{
	const struct in_flight *list = &s->live->run.in_flight;
	struct trace *t = s->private;
	struct table *table = t->tables[VS_EVENT_FAULT];
	int err = 0;

	*nr = 0;
	for (size_t i = 0; i < list->nr && !err && knows_in_flight(s); i++) {
		const struct trace_fault fault = { .event = &list->fault[i].event,
						   .row = list->fault[i].row,
						   .in_flight = true };

		if (!is_shown(s, &list->fault[i]))
			continue;
		trace_fault_row(table, &fault, &t->clock);
		err = print_row(s, table, !t->printed && !*nr);
		++*nr;
	}
	return err;
}

static int finish(struct session *s)
{
	uint64_t in_flight = 0;
	struct trace *t = s->private;
	struct vs_stats stats;
	int err;

	print_rest(s);
	session__stats(s, &stats);
	err = s->error;
	if (!err)
		err = print_in_flight(s, &in_flight);
	if (!err && s->options->format->flags & FORMAT_SUMMARY)
		err = print_summary(s, &stats, in_flight);
	if (!err && fflush(s->out.file))
		err = errno ? -errno : -EIO;
	if (!err && !t->printed && !in_flight)
		no_match__note(s->options, "events");
	/* a failed write has its own error message, and is not caused by a slow reader */
	if (!err || err == -ETIMEDOUT)
		report_losses(s, &stats, err ? out_stream__unwritten(s->out.stream) : 0);
	return err;
}

/* --- the command --------------------------------------------------------------------------- */

static int trace__init(struct trace *t, const struct options *o)
{
	t->mixed = o->events != 1u << TRACE_FAULT;
	t->stacks = t->slow = options__with_stacks(o);
	timeline__init(&t->timeline);
	trace_resolver__init(&t->resolver, o->vma, o->capture.bpf.causes != 0);
	for (size_t i = 0; i < NR_TYPES; i++) {
		if (!kinds[i].def)
			continue;
		t->tables[i] = table__new(t->mixed ? kinds[i].def : &trace_table);
		t->tables[i]->no_text = !(o->format->flags & FORMAT_FOR_PEOPLE);
		t->tables[i]->no_json = !(o->format->flags & FORMAT_NESTED);
	}
	if (!(o->format->flags & FORMAT_MIXED) && t->mixed && o->events != 1u << TRACE_MEMCALL)
		return vs_fail(VS_EXIT_USAGE,
			       "use --events fault, --events memcall, or --format json",
			       "CSV output can have only one kind of event");
	return 0;
}

static void trace__free(struct trace *t)
{
	const struct trace_record *r;

	/* after an error some records are still pending */
	timeline__end(&t->timeline);
	while ((r = timeline__next(&t->timeline)))
		free(r->crash);
	for (size_t i = 0; i < NR_TYPES; i++)
		table__free(t->tables[i]);
	timeline__free(&t->timeline);
	trace_resolver__free(&t->resolver);
}

/** in_use_ns - pending records refer to what existed when they began. */
static uint64_t in_use_ns(const struct session *s)
{
	const struct trace *t = s->private;

	return timeline__oldest_ns(&t->timeline);
}

static void forgetting(struct session *s)
{
	struct trace *t = s->private;

	trace_resolver__forget(&t->resolver);
}

static unsigned int wanted(const struct options *o)
{
	unsigned int all = 0;

	for (int i = 0; i < NR_TRACE_EVENTS; i++)
		if (o->events & 1u << i)
			all |= wants[i];
	if (!options__with_stacks(o))
		return all;
	if (all & SESSION_FAULT_EVENTS)
		all |= SESSION_FAULT_STACKS;
	if (all & (SESSION_CALL_EVENTS | SESSION_SHOOTDOWN_EVENTS))
		all |= SESSION_CALL_STACKS;
	return all;
}

/** opened - set what is only known once the capture is open. */
static void opened(struct session *s)
{
	struct trace *t = s->private;

	t->flushes_known = session__variant(s, HOOK_FLUSH);
	t->interrupts_known = session__variant(s, HOOK_INTERRUPT);
	t->clock.start_ns = s->source->facts(s).start_ns;
	t->clock.wall = s->options->wall_clock ? &s->wall : NULL;
	if (t->slow || t->mixed)
		s->settle = on_tick;
}

/** refers_to_freed - a row or the stack of a record is of a process that is about to be freed. */
static bool refers_to_freed(const void *record)
{
	const struct trace_record *r = record;
	bool freed = r->code && r->code->process && !r->code->process->busy;

	for (size_t i = 0; i < VS_CALL_VMAS; i++)
		freed |= r->row[i] && r->row[i]->process && !r->row[i]->process->busy;
	return freed || (r->stack && r->stack->process && !r->stack->process->busy);
}

/** replay_forgetting - pending records refer to rows that are about to be freed: print them now. */
static void replay_forgetting(struct session *s)
{
	struct trace *t = s->private;

	/*
	 * processes that are summed up are older than all pending records, but for those at the end of
	 * a recording, and where times in it are false
	 */
	if (!s->source->facts(s).summing || timeline__any(&t->timeline, refers_to_freed)) {
		print_rest(s);
		t->timeline.ended = false;
	}
	trace_resolver__forget(&t->resolver);
}

int trace_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx)
{
	struct trace t = {};
	int status = trace__init(&t, s->options), err;

	s->private = &t;
	s->event = on_event;
	s->forgetting = replay_forgetting;
	s->in_use_ns = in_use_ns;
	t.slow = false;
	if (!status) {
		opened(s);
		err = feed(s, ctx);
		if (!s->error)
			s->error = err;
		if (!s->error)
			s->error = finish(s);
	}
	trace__free(&t);
	return status;
}

static int run_trace(struct options *o)
{
	struct trace t = {};
	struct session s = {
		.event = on_event, .private = &t, .in_use_ns = in_use_ns, .forgetting = forgetting
	};
	int status = options__check_event_stacks(o);

	if (status)
		return status;
	status = trace__init(&t, o);
	if (!status) {
		status = session__open(&s, o, wanted(o));
		if (!status) {
			opened(&s);
			status = session__run(&s);
		}
		/* counting has begun */
		if (s.start_ns && (!status || s.error))
			s.error = finish(&s);
		status = session__close(&s, status);
	}
	trace__free(&t);
	return status;
}

const struct command command_trace = {
	.name = "trace",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "print page faults, memory calls and TLB flushes as they happen",
	.doc = "Print each page fault as it happens; with --events also memory calls (system "
	       "calls that change mappings), the TLB flushes that they cause, and the IPIs that "
	       "other CPUs receive for them.\v"
	       "FAULT: m minor, M major, ! failed; r read, w write, e exec (capital: access by "
	       "the kernel); then the cause.\n\n"
	       "With --events memcall,shootdown, events of all CPUs are sorted by time. #17 marks "
	       "events that belong to memory call 17, and faults in a range that it changed. "
	       "rw->r-- is the protection before and after the call; a ! behind it: writable "
	       "memory became executable. Sizes are in K, M, G (powers of 1,024).\n\n"
	       "Lost events are counted, and the count is printed at the end.",
	.is = COMMAND_TRACE,
	.args = ARGS_COMMAND,
	.run = run_trace,
};
