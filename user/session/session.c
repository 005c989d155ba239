// SPDX-License-Identifier: GPL-2.0-only
/* session.c - the main loop of a live command, from opening the capture to its last event. */
#include "session/session.h"
#include "session/session_names.h"
#include "session/session_owners.h"
#include "session/session_targets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "session/folded.h"
#include "session/targets.h"
#include "sys/cgroup.h"
#include "sys/notify.h"
#include "util/array.h"
#include "util/log.h"
#include "util/stop.h"

/** Causes that raise signals: selecting one of them also requests the context of crashes. */
#define CRASH_CAUSES                                                                               \
	(1u << VS_CAUSE_SEGV_MAPERR | 1u << VS_CAUSE_SEGV_ACCERR | 1u << VS_CAUSE_SIGBUS |         \
	 1u << VS_CAUSE_PKEY)

/** During long operations, the ring is read at this interval. */
#define POLL_NS 5000000ULL
/** Maximum size of queued records during long operations: beyond it, new ones stay in the ring. */
#define MOST_BACKLOG (128u << 20)
/** A larger difference means that the clock was set: slewing changes less between two checks. */
#define CLOCK_STEP_NS 1000000
/** Maximum time for handling records before other work is done, ns. */
#define READ_NS 50000000ULL

/** Maximum interval for reading the ring and checking for free slots. */
#define HOUSEKEEPING_NS 100000000ULL
/** The same while slots run low. */
#define HURRY_NS 10000000ULL
/** The same at first: a command that ends soon is looked at while it lives. */
#define EARLY_NS 20000000ULL
#define EARLY_FOR_NS 1000000000ULL

static void on_event(void *ctx, const struct vs_event *e)
{
	struct session *s = ctx;

	if (e->type == VS_EVENT_THREAD_EXIT)
		threads__update(&s->live->run.threads,
				&((const struct vs_event_thread *)e)->thread);
	else if (e->type == VS_EVENT_IN_FLIGHT)
		s->error = s->error ? s->error : live__in_flight(s->live, (const void *)e);
	else if (s->sampling && !s->error)
		s->error = samples__push(&s->samples, e);
	else if (s->event)
		s->event(s, e);
}

const struct stack *session__stack(struct session *s, const struct vs_stack_ref *ref)
{
	return s->source->stack(s, ref);
}

bool session__wants_vma(struct session *s, uint32_t slot, uint32_t generation)
{
	const struct fault_row *row;

	if (!s->options->vma)
		return true;
	row = live__row(s->live, slot, generation);
	return row && fault_row__matches(row, s->options->vma);
}

void session__count_sampled(struct session *s, const struct vs_event *event)
{
	const struct vs_event_fault *e = (const struct vs_event_fault *)event;

	if (event->type == VS_EVENT_FAULT && e->stack.row & VS_STACK_IS_SAMPLE &&
	    session__wants_vma(s, e->slot, e->generation))
		stacks__count(&s->live->run.stacks, session__stack(s, &e->stack), e->outcome,
			      e->duration_ns, e->head.time_ns + e->duration_ns);
}

static void on_thread(void *ctx, const struct vs_thread *thread)
{
	struct session *s = ctx;

	threads__update(&s->live->run.threads, thread);
}

/* --- open ---------------------------------------------------------------------------------- */

static bool stacks_wanted(const struct options *o, unsigned int wants)
{
	return wants & (SESSION_FAULT_STACKS | SESSION_CALL_STACKS | SESSION_SITES) ||
	       o->capture.bpf.call_stack;
}

static uint32_t sample_bytes(const struct options *o)
{
	return o->stack_bytes ? o->stack_bytes : CAPTURE_SAMPLE_BYTES;
}

/** set_wanted - set the capture options that the command and its options require */
static void set_wanted(struct capture_options *co, const struct session *s, unsigned int wants)
{
	const struct options *o = s->options;

	co->command = o->argv != NULL;
	co->cgroup_fd = -1;
	co->emit_calls = wants & SESSION_CALL_EVENTS;
	co->emit_shootdowns = wants & SESSION_SHOOTDOWN_EVENTS;
	co->emit_ipis = wants & SESSION_IPI_EVENTS;
	co->shootdowns = wants & SESSION_SHOOTDOWNS;
	co->call_stacks = wants & SESSION_CALL_STACKS;
	co->bpf.emit_faults = !!(wants & SESSION_FAULT_EVENTS);
	co->bpf.longest_calls = !!(wants & SESSION_LONGEST_CALLS);
	co->bpf.longest_of_vmas = wants & SESSION_LONGEST_CALLS && o->vma;
	co->bpf.crash = wants & SESSION_FAULT_EVENTS && co->bpf.causes & CRASH_CAUSES;
	co->bpf.vma_hists = o->quantiles || (o->vma && (o->hist || o->heatmap));
	co->bpf.heat = o->heatmap;
	co->bpf.fault_stacks = !!(wants & SESSION_FAULT_STACKS);
	co->bpf.stack_vma = wants & SESSION_FAULT_STACKS && o->vma;
	co->bpf.sample_bytes = s->sampling ? sample_bytes(o) : 0;
}

static int open_capture(struct session *s, unsigned int wants)
{
	const struct options *o = s->options;
	struct capture_options co = o->capture;
	struct capture *c;
	int err;

	set_wanted(&co, s, wants);
	if (o->cgroup) {
		uint64_t id;

		co.cgroup_fd = cgroup__open(o->cgroup, &id);
		if (co.cgroup_fd < 0)
			return VS_EXIT_FAILURE;
		co.bpf.cgroup_id = id;
	}
	err = s->source->open(&c, &co, on_event, s);
	if (co.cgroup_fd >= 0)
		close(co.cgroup_fd);
	if (err)
		return VS_EXIT_FAILURE;
	if (live__init(s->live, c, o->vma)) {
		capture__close(c);
		s->live->capture = NULL;
		vs_error("not enough memory");
		return VS_EXIT_FAILURE;
	}
	s->live->hide_names = s->hide_names;
	s->live->names_owners = s->owners.works;
	s->live->run.threads.sampled = o->capture.bpf.latency_period != 1;
	if (co.bpf.stack_vma)
		s->live->run.stacks.vma_glob = o->vma;
	s->live->run.stacks.unwound = s->live->run.stacks.awaits = s->sampling;
	return 0;
}

static int start_child(struct session *s)
{
	int err = child__start(&s->child, s->options->argv, s->quiet_child);

	if (!err)
		err = capture__add_child(s->live->capture, s->child.pid);
	stop__child(s->child.pid);
	if (err)
		return VS_EXIT_FAILURE;
	s->start_ns = session__now();
	err = child__go(&s->child);
	if (err == -ENOENT)
		return vs_fail(VS_EXIT_NOT_FOUND, "check the spelling and PATH",
			       "command not found: %s", s->options->argv[0]);
	if (err)
		return vs_fail(126, NULL, "cannot run %s: %s", s->options->argv[0], strerror(-err));
	return 0;
}

/** forgetting - rows and stacks are about to be freed: drop all pointers to them. */
static void forgetting(void *ctx)
{
	struct session *s = ctx;

	if (s->sampling)
		samples__forget(&s->samples);
	if (s->forgetting)
		s->forgetting(s);
}

/** note_targets - record the mappings of existing targets, as they may end right after a call */
static void note_targets(struct session *s)
{
	const struct model *m = &s->live->run.model;

	if (!s->namer || !s->options->capture.nr_ids || live__discover(s->live))
		return;
	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t k = 0; k < m->processes[i]->nr_rows; k++) {
			const struct fault_row *row = m->processes[i]->rows[k];
			const struct stack image = { .process = m->processes[i],
						     .image = row->image,
						     .pid = m->processes[i]->pid };

			if (!row->is_vma)
				namer__note(s->namer, &image);
		}
}

static void naming(void *ctx)
{
	struct session *s = ctx;

	if (s->naming)
		s->naming(s);
}

static void poll_session(void *ctx)
{
	session__poll(ctx);
}

int session__open(struct session *s, struct options *o, unsigned int wants)
{
	int status;

	s->options = o;
	s->live = &s->captured;
	s->source = o->source ? o->source : &live_source;
	s->child.pidfd = s->child.go_fd = s->child.error_fd = -1;
	session__describe(s);
	stop__catch(o->argv ? 2 : 1);
	notify__take();
	wall_clock__init(&s->wall, session__wall_add_ns());
	status = session_targets__check(o);
	if (!status)
		status = session_targets__open(s);
	if (!status && options__output(o, &s->out))
		status = VS_EXIT_FAILURE;
	if (!status)
		status = folded__open(s);
	if (status)
		return status;
	if (stacks_wanted(o, wants) && session_names__open(s, poll_session))
		return VS_EXIT_FAILURE;
	targets__note(o);
	session_owners__open(s, poll_session);
	status = open_capture(s, wants);
	if (!status && wants & SESSION_SITES)
		s->live->run.shootdown.sites = &s->live->run.stacks;
	s->live->naming = naming;
	s->live->forgetting = forgetting;
	s->live->forgetting_ctx = s;
	if (!status) {
		s->start_ns = capture__start_ns(s->live->capture);
		/* reading the mappings of targets takes time, too */
		if (o->duration_ns && !o->argv)
			stop__at(s->start_ns + o->duration_ns);
		session__say_how(s);
		note_targets(s);
	}
	if (!status && o->argv)
		status = start_child(s);
	if (!status && notify__ready())
		vs_warn("cannot notify NOTIFY_SOCKET that it is attached");
	return status;
}

/* --- run ----------------------------------------------------------------------------------- */

void session__stop(struct session *s)
{
	(void)s;
	stop__ask();
}

bool session__stopped(const struct session *s)
{
	(void)s;
	return stop__signals();
}

/** wait_until - wait for @deadline_ns, an event, the command's end, a wake-up, or a signal. */
static void wait_until(struct session *s, uint64_t deadline_ns)
{
	struct pollfd fds[] = {
		{ .fd = capture__fd(s->live->capture), .events = POLLIN },
		{ .fd = s->child.pidfd, .events = POLLIN },
		{ .fd = s->input ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = s->woken ? s->wake_fd : -1, .events = POLLIN },
	};
	uint64_t now = session__now();
	struct timespec ts = {};

	if (deadline_ns > now && capture__may_sleep(s->live->capture)) {
		ts.tv_sec = (deadline_ns - now) / 1000000000ULL;
		ts.tv_nsec = (deadline_ns - now) % 1000000000ULL;
	}
	ppoll(fds, ARRAY_SIZE(fds), &ts, NULL);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/** over - the run has ended. */
static bool over(struct session *s)
{
	int sig;

	if (s->options->argv) {
		if (child__poll(&s->child))
			return true;
		/* The command is signalled and waited for; after a second request, it is not. */
		sig = stop__to_forward();
		if (sig)
			kill(s->child.pid, sig);
		return stop__asked();
	}
	return stop__asked() || !session_targets__alive(s);
}

/**
 * follow_clock - detect that the time of day was set, or has advanced while CLOCK_MONOTONIC has
 *	not, because the machine was suspended
 */
static void follow_clock(struct session *s)
{
	const int64_t add = session__wall_add_ns();
	const int64_t by = add - wall_clock__add_ns(&s->wall, UINT64_MAX);

	/* it happened since the last check: what is read now is later */
	if (by > CLOCK_STEP_NS || by < -CLOCK_STEP_NS)
		wall_clock__set(&s->wall, s->polled_ns ? s->polled_ns : s->start_ns, add);
}

/** read_records - read records for at most READ_NS. Return: 0 or a negative errno. */
static int read_records(struct session *s)
{
	const uint64_t began_ns = session__now(), until_ns = s->until_ns;
	int err;

	follow_clock(s);
	if (stop__hurried())
		return 0;
	s->until_ns = began_ns + READ_NS;
	err = capture__consume(s->live->capture, s->until_ns);
	s->polled_ns = began_ns;
	/* the interrupted code has its own deadline */
	s->until_ns = until_ns;
	if (!err)
		s->read_ns = began_ns;
	else if (err == -EAGAIN)
		s->unfinished = true;
	return err == -EAGAIN ? 0 : err;
}

void session__poll(struct session *s)
{
	/* no events before the command starts, and none after the hooks are detached */
	if (s->running && !s->end_ns && s->backlog + s->samples.bytes < MOST_BACKLOG &&
	    session__now() - s->polled_ns > POLL_NS)
		read_records(s);
}

bool session__pause(struct session *s)
{
	const bool pause = stop__unread() || stop__hurried() ||
			   (s->until_ns && session__now() >= s->until_ns);

	s->unfinished |= pause;
	return pause;
}

/** settle_samples - pass on the records that belong to samples. */
static void settle_samples(struct session *s)
{
	const struct vs_event *e;

	while (!s->error && s->samples.first && !session__pause(s)) {
		e = samples__next(&s->samples);
		if (e && s->event)
			s->event(s, e);
		session__poll(s);
	}
}

/** settle - do slow work, until @until_ns. */
static int settle(struct session *s, uint64_t until_ns)
{
	int err;

	s->until_ns = until_ns;
	if (s->sampling)
		settle_samples(s);
	err = s->settle && !s->error ? s->settle(s) : 0;
	s->until_ns = 0;
	return err;
}

/** note_processes - record the mappings of processes with new stacks, as they may end. */
static void note_processes(struct session *s)
{
	struct stacks *all = &s->live->run.stacks;

	for (; s->namer && all->noted < all->nr; all->noted++)
		namer__note(s->namer, all->list[all->noted]);
}

/** bound - apply --max-processes. Return: as live__bound(). */
static int bound(struct session *s)
{
	const uint64_t in_use_ns = s->in_use_ns ? s->in_use_ns(s) : UINT64_MAX;
	const size_t max = s->bounds_itself ? 0 : s->options->max_processes;

	return live__bound(s->live, max, in_use_ns);
}

static int housekeeping(struct session *s)
{
	int err;

	s->unfinished = false;
	err = read_records(s);
	if (err >= 0)
		err = live__discover(s->live);
	if (err >= 0)
		note_processes(s);
	if (err >= 0)
		err = settle(s, session__now() + READ_NS);
	if (err >= 0)
		session_owners__look(s);
	if (err >= 0)
		s->hurry = live__reclaim(s->live);
	if (err >= 0)
		err = bound(s);
	/* flush the output of a stream now, and notice a closed reader */
	if (err >= 0 && s->event && !s->error && fflush(s->out.file))
		s->error = errno ? -errno : -EIO;
	return err < 0 ? err : 0;
}

static void end_child(struct session *s)
{
	if (!s->options->argv || child__poll(&s->child))
		return;
	kill(s->child.pid, SIGTERM);
	vs_warn("sent SIGTERM to process %d", s->child.pid);
}

/** next_interval - end of the interval that began at @last, if its length does not change. */
static uint64_t next_interval(const struct session *s, uint64_t last)
{
	return s->period_ns && s->interval ? last + s->period_ns : UINT64_MAX;
}

static uint64_t housekeeping_ns(const struct session *s, uint64_t now_ns)
{
	if (s->hurry)
		return HURRY_NS;
	return s->owners.works && now_ns - s->start_ns < EARLY_FOR_NS ? EARLY_NS : HOUSEKEEPING_NS;
}

/** wake_at - when the loop has to run again, if nothing happens. */
static uint64_t wake_at(const struct session *s, uint64_t next_ns, uint64_t end_ns)
{
	const uint64_t now = session__now();

	if (s->unfinished)
		return now;
	return earlier(earlier(next_ns, end_ns), now + housekeeping_ns(s, now));
}

/** drop_rest - drop the records for which there was no time. */
static void drop_rest(struct session *s)
{
	const struct vs_event *e;

	capture__drop_rest(s->live->capture);
	while ((e = samples__drop(&s->samples)))
		s->dropped += capture__streams(s->live->capture, e->type);
}

/**
 * finish_reading - the hooks are detached: handle pending records, and drop those that take too
 * long
 *
 * All of them are handled unless the run was asked to end.
 */
static int finish_reading(struct session *s)
{
	int err = stop__hurried() ? -EAGAIN : capture__consume(s->live->capture, stop__finish_by());

	if (!err)
		err = settle(s, stop__finish_by());
	drop_rest(s);
	return err == -EAGAIN ? 0 : err;
}

int session__run(struct session *s)
{
	const struct options *o = s->options;
	const uint64_t end = o->duration_ns ? s->start_ns + o->duration_ns : UINT64_MAX;
	uint64_t last = s->start_ns;
	int err = 0;

	if (o->duration_ns)
		stop__at(end);
	s->running = true;
	while (!err && !s->error && !over(s)) {
		const uint64_t next = next_interval(s, last);

		wait_until(s, wake_at(s, next, end));
		if (s->input)
			s->input(s);
		err = housekeeping(s);
		if (!err && s->woken)
			err = s->woken(s);
		if (!err && session__now() >= next) {
			err = s->interval(s);
			last = next;
		}
	}
	/* a command that was signalled has ended, and does not have to be waited for any longer */
	stop__over();
	end_child(s);
	stop__child(0);
	capture__detach(s->live->capture, on_thread, s);
	s->end_ns = session__now();
	if (!err)
		err = finish_reading(s);
	if (!err)
		session_owners__finish(s);
	/* with a terminal to restore, signals do not end the process by themselves */
	if (!s->input)
		stop__release();
	if (!err)
		err = live__refresh(s->live);
	session__note_losses(s);
	/* no more processes will end; the last attempt may have been a while ago */
	s->live->bound_at = 0;
	if (!err && bound(s) < 0)
		err = -ENOMEM;
	if (err && !s->error) {
		vs_error("tracing ended early: %s", strerror(-err));
		return VS_EXIT_FAILURE;
	}
	return s->error ? VS_EXIT_FAILURE : 0;
}

int session__close(struct session *s, int status)
{
	/* usage errors are reported before anything is opened */
	if (!s->live)
		return status;
	child__cleanup(&s->child);
	for (size_t i = 0; s->pidfds && i < s->options->capture.nr_ids; i++)
		if (s->pidfds[i] >= 0)
			close(s->pidfds[i]);
	free(s->pidfds);
	if (s->out.file && options__close_output(&s->out, s->error) && !status)
		status = VS_EXIT_FAILURE;
	folded__close(s);
	if (!status && !s->error)
		session_names__say(s);
	samples__free(&s->samples);
	owners__free(&s->owners);
	namer__free(s->namer);
	capture__close(s->live->capture);
	if (s->live->capture)
		live__free(s->live);
	if (!status && s->options->argv && s->child.ended)
		status = child__exit_status(&s->child);
	return status;
}
