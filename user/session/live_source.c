// SPDX-License-Identifier: GPL-2.0-only
/* live_source.c - a live capture as the source of a session. */
#include "session/session.h"
#include "util/stop.h"

static struct source_facts facts(const struct session *s)
{
	const struct capture *c = s->live->capture;

	return (struct source_facts){
		.start_ns = capture__start_ns(c),
		.nr_slots = capture__nr(c, FREE_SLOTS),
		.free_slots = capture__nr_free(c, FREE_SLOTS),
		.nr_stacks = capture__nr(c, FREE_STACKS),
		.ring_bytes = s->options->capture.ring_bytes,
		.latency_period = s->options->capture.bpf.latency_period,
		.unwound = s->sampling,
		.counts_stacks = true,
		.longest_lost = capture__longest_lost(c),
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

	in_use->variant = v ? v->name : hooks[id].request ? "not asked for" : "none";
	in_use->fallback = v ? v != hooks[id].variants : !hooks[id].request;
}

static const struct stack *stack(struct session *s, const struct vs_stack_ref *ref)
{
	if (s->sampling)
		return samples__stack(&s->samples, ref);
	if (ref->row < VS_STACK_FIRST)
		return NULL;
	if (!stacks__find(&s->live->run.stacks, ref))
		live__discover(s->live);
	return stacks__find(&s->live->run.stacks, ref);
}

static bool streams(const struct session *s, uint32_t type)
{
	return capture__streams(s->live->capture, type);
}

static int heat(const struct session *s, struct vs_heat_key *keys, uint64_t *faults, uint32_t *nr)
{
	return capture__heat(s->live->capture, keys, faults, nr);
}

static int each_program(const struct session *s, int (*fn)(void *ctx, const char *name, int fd),
			void *ctx)
{
	return capture__each_program(s->live->capture, fn, ctx);
}

static void watch(struct session *s, uint32_t slot, uint32_t generation)
{
	capture__watch(s->live->capture, slot, generation);
}

static void watched_add(const struct session *s, int cause, struct vs_hist *sum)
{
	capture__watched_add(s->live->capture, cause, sum);
}

const struct source live_source = {
	.open = capture__open,
	.facts = facts,
	.stats = stats,
	.variant = variant,
	.hook = hook,
	.stack = stack,
	.streams = streams,
	.finish_by = stop__finish_by,
	.heat = heat,
	.each_program = each_program,
	.watch = watch,
	.watched_add = watched_add,
};
