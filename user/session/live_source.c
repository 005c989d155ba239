// SPDX-License-Identifier: GPL-2.0-only
/* live_source.c - a live capture as the source of a session. */
#include "session/session.h"

static struct source_facts facts(const struct session *s)
{
	const struct capture *c = s->live->capture;

	return (struct source_facts){
		.start_ns = capture__start_ns(c),
		.nr_slots = capture__nr_slots(c),
		.nr_stacks = capture__nr_stacks(c),
		.ring_bytes = s->options->capture.ring_bytes,
		.unwound = s->sampling,
		.in_flight = true,
	};
}

static void stats(const struct session *s, struct vs_stats *stats)
{
	capture__stats(s->live->capture, stats);
}

static const struct hook_variant *variant(const struct session *s, enum hook_id id)
{
	return capture__variant(s->live->capture, id);
}

static void hook(const struct session *s, enum hook_id id, struct run_hook *in_use)
{
	const struct hook_variant *v = capture__variant(s->live->capture, id);

	in_use->variant = v ? v->name : hooks[id].on_request ? "not asked for" : "none";
	in_use->fallback = v ? v != hooks[id].variants : !hooks[id].on_request;
}

static const struct stack *stack(struct session *s, const struct vs_stack_ref *ref)
{
	if (s->sampling)
		return samples__stack(&s->samples, ref);
	if (ref->row < VS_STACK_FIRST)
		return NULL;
	if (!stacks__find(&s->live->stacks, ref))
		live__discover(s->live);
	return stacks__find(&s->live->stacks, ref);
}

const struct source live_source = {
	.live = true,
	.facts = facts,
	.stats = stats,
	.variant = variant,
	.hook = hook,
	.stack = stack,
};
