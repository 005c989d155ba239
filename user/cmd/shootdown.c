// SPDX-License-Identifier: GPL-2.0-only
/* shootdown.c - `vmascope shootdown`: count memory calls and flushes until the end, then print. */
#include <string.h>

#include "cmd/shootdown.h"

#include "cmd/folded.h"
#include "cmd/print.h"
#include "util/log.h"
#include "view/shootdown.h"

/** Initiators and targets of text, unless --top asks for others. */
#define PAIR_ROWS 10

/** tell_apart - what rows of calls are asked for. */
static void tell_apart(struct options *o)
{
	const enum shootdown_by by = o->shootdown_by;

	o->call_site = by == SHOOTDOWN_BY_SITE;
	o->call_tid = by == SHOOTDOWN_BY_THREAD;
	o->call_stack = by == SHOOTDOWN_BY_STACK;
	o->call_vma = o->vma || by == SHOOTDOWN_BY_VMA;
}

void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v)
{
	static const enum hook_id asked_for[] = { HOOK_MEMCALL, HOOK_FLUSH, HOOK_INTERRUPT };
	const struct hook_variant *interrupt = session__variant(s, HOOK_INTERRUPT);

	v->calls_known = session__variant(s, HOOK_MEMCALL);
	v->flushes_known = session__variant(s, HOOK_FLUSH);
	/* whose they are is known from the flush before them */
	v->interrupts_known = interrupt && v->flushes_known;
	/* the flush function itself tells of those that arrive only */
	v->queued_known = v->interrupts_known && interrupt == hooks[HOOK_INTERRUPT].variants;
	session__hooks(s, in_use);
	for (size_t i = 0; i < sizeof(asked_for) / sizeof(*asked_for); i++) {
		if (session__variant(s, asked_for[i]))
			continue;
		in_use[asked_for[i]].variant = "none";
		in_use[asked_for[i]].fallback = true;
	}
	v->isolated = s->machine.isolated;
	v->nohz_full = s->machine.nohz_full;
	v->max_map_count = s->machine.max_map_count;
}

int shootdown_print(struct session *s)
{
	const struct options *o = s->options;
	const bool text = !strcmp(o->format->name, "text");
	struct run_hook in_use[NR_HOOKS];
	struct shootdown_view v = {
		.run = { .command = s->what,
			 .duration_ns = s->end_ns - s->start_ns,
			 .hooks = in_use,
			 .nr_hooks = NR_HOOKS,
			 .nr_slots = s->recorded ? 0 : capture__nr_slots(s->live->capture) },
		.by = o->shootdown_by,
		.vma_glob = o->vma,
		.limit = text ? o->top : 0,
		.pair_limit = !text	     ? 0
			      : o->top_given ? o->top
					     : PAIR_ROWS,
		.threads = &s->live->threads,
		.stacks = &s->live->stacks,
		.namer = s->namer,
		.stacks_as_text = text,
		.all_frames = o->wide,
	};
	struct document d = {};
	int err;

	session__stats(s, &v.run.stats);
	shootdown__know(s, in_use, &v);
	err = shootdown_view__make(&v, &s->live->shootdown, &s->live->model, &d);
	if (!err)
		err = o->format->document(&d, &s->out);
	document__free(&d);
	return err;
}

/** check_stacks - what goes with --by stack, and what does not. Return: 0 or an exit status. */
static int check_stacks(struct options *o)
{
	if (o->dwarf || o->stack_bytes)
		return vs_fail(VS_EXIT_USAGE,
			       "`trace -U --events memcall,shootdown --unwind dwarf` does",
			       "shootdown does not unwind by DWARF");
	if (o->weight >= 0 && !o->folded && !o->flame)
		return vs_fail(VS_EXIT_USAGE, "add one of them",
			       "--weight is for --folded and --flame");
	return folded__check(o, o->call_stack, CALL_WEIGHTS);
}

int cmd_shootdown(struct options *o)
{
	struct session s = {};
	int status;

	tell_apart(o);
	status = check_stacks(o);
	machine__read(&s.machine);
	if (!status)
		status = session__open(&s, o,
				       SESSION_SHOOTDOWNS | (o->call_site ? SESSION_SITES : 0));
	if (!status)
		status = session__run(&s);
	if (!status && !o->folded)
		s.error = shootdown_print(&s);
	if (!status && !s.error && (o->folded || o->flame))
		status = folded__calls(&s);
	machine__free(&s.machine);
	return session__close(&s, status);
}
