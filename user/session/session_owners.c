// SPDX-License-Identifier: GPL-2.0-only
/* session_owners.c - when a live command looks for the owners of memory. */
#include "session/session_owners.h"

#include "util/stop.h"

#define NS_PER_MS 1000000ULL
/** Limits for looking for owners during a run, at its end, and after it was asked to end, ns. */
#define LOOK_NS (20 * NS_PER_MS)
#define FINISH_NS (10000 * NS_PER_MS)
#define ASKED_NS (2000 * NS_PER_MS)

static bool image_gone(void *ctx, const struct process *p, uint64_t image)
{
	struct session *s = ctx;

	/* an image that has replaced it has faulted, and is known then */
	return live__discover(s->live) || live__image_gone(s->live, p, image);
}

static void named(void *ctx, const struct fault_row *row)
{
	struct session *s = ctx;

	live__named(s->live, row);
}

static bool is_late(void *ctx)
{
	(void)ctx;
	return stop__hurried();
}

void session_owners__open(struct session *s, void (*idle)(void *session))
{
	const struct owners_options options = {
		.gone = image_gone, .named = named, .idle = idle, .late = is_late, .ctx = s
	};

	/* where names are hidden, memory is not read for them */
	if (s->source != &live_source || s->hide_names || s->options->no_owners)
		return;
	owners__open(&s->owners, &options);
}

void session_owners__look(struct session *s)
{
	owners__look(&s->owners, &s->live->run.model, session__now() + LOOK_NS, false);
}

void session_owners__finish(struct session *s)
{
	const uint64_t asked_ns = stop__asked_ns();
	const uint64_t until_ns = asked_ns == UINT64_MAX ? session__now() + FINISH_NS
							 : asked_ns + ASKED_NS;

	/* with the rows that have faulted since the last time */
	if (s->owners.works && !stop__hurried() && !live__discover(s->live))
		owners__look(&s->owners, &s->live->run.model, until_ns, true);
}
