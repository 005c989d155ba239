// SPDX-License-Identifier: GPL-2.0-only
/* recorded_source.c - a recording as the source of a session. */
#include "session/recorded_source.h"

#include <string.h>

#include "session/recording.h"
#include "session/session.h"

static const struct recorded *recorded_of(const struct session *s)
{
	return (const struct recorded *)s->source;
}

/** hook_of - hook @id as recorded; NULL if the recording has none. */
static const struct header_hook *hook_of(const struct session *s, enum hook_id id)
{
	const struct header *h = &recorded_of(s)->recording->header;

	for (size_t i = 0; i < h->nr_hooks; i++)
		if (!strcmp(h->hooks[i].name, hooks[id].name))
			return &h->hooks[i];
	return NULL;
}

static struct source_facts facts(const struct session *s)
{
	const struct recorded *r = recorded_of(s);

	return (struct source_facts){
		.start_ns = r->recording->header.start_ns,
		.latency_period = r->recording->header.latency_period,
		.unwound = r->recording->header.unwound,
		.in_flight = r->in_flight,
		.unknown = &r->recording->unknown,
		.summing = r->summing,
	};
}

static void stats(const struct session *s, struct vs_stats *stats)
{
	*stats = recorded_of(s)->stats;
}

static const struct hook_variant *variant(const struct session *s, enum hook_id id)
{
	const struct header_hook *hook = hook_of(s, id);

	for (const struct hook_variant *v = hooks[id].variants; hook && v->name; v++)
		if (!strcmp(v->name, hook->variant))
			return v;
	return NULL;
}

static void hook(const struct session *s, enum hook_id id, struct run_hook *in_use)
{
	const struct header_hook *hook = hook_of(s, id);

	in_use->variant = hook ? hook->variant : "none";
	in_use->fallback = hook && hook->fallback;
}

static const struct stack *stack(struct session *s, const struct vs_stack_ref *ref)
{
	return loaded_stacks__find(&recorded_of(s)->recording->loader.stacks, ref->row);
}

/** streams - false: losses are in the recording's own counts */
static bool streams(const struct session *s, uint32_t type)
{
	(void)s;
	(void)type;
	return false;
}

static uint64_t finish_by(void)
{
	return 0;
}

void recorded__init(struct recorded *r, const struct recording *recording)
{
	*r = (struct recorded){
		.source = {
			.facts = facts,
			.stats = stats,
			.variant = variant,
			.hook = hook,
			.stack = stack,
			.streams = streams,
			.finish_by = finish_by,
		},
		.recording = recording,
	};
}
