// SPDX-License-Identifier: GPL-2.0-only
/* shootdown.c - `vmascope shootdown`: count memory calls and flushes until the end, then print. */
#include "cmd/shootdown.h"

#include "cmd/print.h"
#include "collect/call_stacks.h"
#include "collect/long_calls.h"
#include "session/folded.h"
#include "session/no_match.h"
#include "util/array.h"
#include "util/log.h"
#include "view/shootdown/shootdown.h"

/** distinguish_rows - select by what rows of calls are distinguished. */
static void distinguish_rows(struct options *o)
{
	const enum shootdown_by by = o->shootdown_by;

	o->capture.bpf.call_site = by == SHOOTDOWN_BY_SITE;
	o->capture.bpf.call_tid = by == SHOOTDOWN_BY_THREAD;
	o->capture.bpf.call_stack = shootdown_by_needs_stacks(by) && !o->dwarf;
	o->capture.bpf.call_vma = o->vma || by == SHOOTDOWN_BY_VMA;
}

void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v)
{
	static const enum hook_id asked_for[] = { HOOK_MEMCALL, HOOK_FLUSH, HOOK_INTERRUPT };
	const struct hook_variant *interrupt = session__variant(s, HOOK_INTERRUPT);

	v->calls_known = session__variant(s, HOOK_MEMCALL);
	v->flushes_known = session__variant(s, HOOK_FLUSH);
	/* interrupts are attributed through the flush before them */
	v->interrupts_known = interrupt && v->flushes_known;
	/* the hook on the flush function itself only reports IPIs that arrive */
	v->queued_known = v->interrupts_known && interrupt == hooks[HOOK_INTERRUPT].variants;
	session__hooks(s, in_use);
	for (size_t i = 0; i < ARRAY_SIZE(asked_for); i++) {
		if (session__variant(s, asked_for[i]))
			continue;
		in_use[asked_for[i]].variant = "none";
		in_use[asked_for[i]].fallback = true;
	}
	v->isolated = s->machine.isolated;
	v->nohz_full = s->machine.nohz_full;
	v->max_map_count = s->machine.max_map_count;
}

/**
 * count_stack_losses - count calls whose stack is unknown, each once
 *
 * If a stack is unwound in user space, its copy or the event that refers to it may be lost.
 */
static void count_stack_losses(const struct session *s, struct vs_stats *stats)
{
	const struct shootdown *all = &s->live->run.shootdown;

	stats->lost[VS_LOST_EVENTS] = 0;
	stats->lost[VS_LOST_SAMPLES] = all->overflow.counts.count;
	for (size_t i = 0; i < all->nr_rows; i++)
		if (!all->rows[i]->stack && all->rows[i]->call < VS_NR_FOLLOWED_CALLS)
			stats->lost[VS_LOST_SAMPLES] += all->rows[i]->counts.count;
}

int shootdown_print(struct session *s, const struct longest_calls *longest)
{
	const struct options *o = s->options;
	const struct source_facts facts = s->source->facts(s);
	const bool text = o->format->flags & FORMAT_FOR_PEOPLE;
	struct run_hook in_use[NR_HOOKS];
	struct shootdown_view v = {
		.run = { .command = s->what,
			 .duration_ns = s->end_ns - s->start_ns,
			 .hooks = in_use,
			 .nr_hooks = NR_HOOKS,
			 .latency_period = facts.latency_period,
			 .nr_slots = facts.nr_slots,
			 .nr_stacks = facts.nr_stacks,
			 .ring_bytes = facts.ring_bytes },
		.by = o->shootdown_by,
		.vma_glob = o->vma,
		.limit = text ? o->top : 0,
		.threads = &s->live->run.threads,
		.stacks = &s->live->run.stacks,
		.namer = s->namer,
		.no_text = !text,
		.no_json = text,
		.rows_only = !text && !(o->format->flags & FORMAT_NESTED),
		.all_frames = o->wide,
		.per_process = o->per_process,
		.longest = longest,
		.start_ns = s->start_ns,
		.unwound = facts.unwound,
		.recorded = !s->source->open,
	};
	struct document d = {};

	session__stats(s, &v.run.stats);
	if (s->sampling && shootdown_by_needs_stacks(v.by))
		count_stack_losses(s, &v.run.stats);
	shootdown__know(s, in_use, &v);
	shootdown_view__make(&v, &s->live->run.shootdown, &s->live->run.model, &d);
	if (v.calls_known && !shootdown_view__counted(&v, &s->live->run.shootdown))
		no_match__note(o, "memory calls or TLB flushes");
	return session__document(s, &d);
}

/** check_stacks - check options against --by stack. Return: 0 or an exit status. */
static int check_stacks(struct options *o)
{
	if (o->weight >= 0 && !o->folded && !o->flame)
		return vs_fail(VS_EXIT_USAGE, "add one of them",
			       "--weight requires --folded or --flame");
	return folded__check(o, shootdown_by_needs_stacks(o->shootdown_by), CALL_WEIGHTS);
}

/** struct shooting - state of the run that comes from events alone */
struct shooting {
	struct call_stacks call_stacks;
	struct longest_calls longest;
};

static void on_call(struct session *s, const struct vs_event_call *call)
{
	struct shooting *x = s->private;
	int err = 0;

	if (long_calls__wants(&x->longest, s, call))
		long_calls__add(&x->longest, s, call, long_calls__site(s, call));

	/* with unwinding in user space BPF has no stack, so each call is assigned its own here */
	if (s->sampling)
		err = call_stacks__call(&x->call_stacks, call, session__stack(s, &call->stack));
	if (err)
		s->error = err;
}

static void on_event(struct session *s, const struct vs_event *event)
{
	struct shooting *x = s->private;
	int err = 0;

	if (event->type == VS_EVENT_CALL)
		on_call(s, (const struct vs_event_call *)event);
	else if (event->type == VS_EVENT_IPI && s->sampling)
		err = call_stacks__ipi(&x->call_stacks, (const struct vs_event_ipi *)event);
	if (err)
		s->error = err;
}

/** naming - stacks are about to be freed: symbolize now those that have to be. */
static void naming(struct session *s)
{
	struct shooting *x = s->private;

	long_calls__name(&x->longest, s);
}

static void forgetting(struct session *s)
{
	struct shooting *x = s->private;

	long_calls__forget(&x->longest, s);
}

static unsigned int wanted(const struct options *o)
{
	/* the longest calls are shown with their call sites */
	return SESSION_SHOOTDOWNS | SESSION_SITES | SESSION_LONGEST_CALLS |
	       (o->dwarf ? CALL_STACKS_WANTS : 0);
}

static int run_shootdown(struct options *o)
{
	struct shooting x = {};
	struct session s = {
		.event = on_event, .naming = naming, .forgetting = forgetting, .private = &x
	};
	int status = folded__profile(o, o->shootdown_by == SHOOTDOWN_BY_STACK);

	distinguish_rows(o);
	call_stacks__init(&x.call_stacks, &s.captured, o);
	if (!status)
		status = check_stacks(o);
	machine__read(&s.machine);
	if (!status)
		status = session__open(&s, o, wanted(o));
	if (!status)
		status = session__run(&s);
	if (!status) {
		long_calls__name(&x.longest, &s);
		x.longest.lost = s.source->facts(&s).longest_lost;
	}
	if (!status && !o->folded)
		s.error = shootdown_print(&s, &x.longest);
	if (!status && !s.error && (o->folded || o->flame))
		status = folded__calls(&s);
	machine__free(&s.machine);
	call_stacks__free(&x.call_stacks);
	longest_calls__free(&x.longest);
	return session__close(&s, status);
}

const struct command command_shootdown = {
	.name = "shootdown",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "show which memory calls flush TLBs of other CPUs, and the cost",
	.doc = "Count memory calls (system calls that change mappings: mprotect, munmap, madvise "
	       "and others), the TLB flushes and IPIs that they cause, the tasks that these "
	       "interrupt, and the refaults that follow, until COMMAND exits, the duration has "
	       "passed or Ctrl-C is pressed; then print the counts.\v"
	       "SENT: flushes sent to other CPUs; IPIS: interrupts that arrived there; DELAY: "
	       "mean IPI latency, from sending to the start of the handler; STOLEN: time in the "
	       "handlers; FAULTS: refaults, in ranges that a call had changed. Flushes without a "
	       "memory call are listed by origin: copy-on-write faults (cow), reclaim and others. "
	       "Without a command or a filter, the whole system is traced.",
	.is = COMMAND_SHOOTDOWN,
	.args = ARGS_COMMAND,
	.run = run_shootdown,
};
