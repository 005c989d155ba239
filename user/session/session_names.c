// SPDX-License-Identifier: GPL-2.0-only
/* session_names.c - names of stacks: which images are read, the deadline, unnamed addresses. */
#include "session/session_names.h"

#include <string.h>

#include "sys/limits.h"
#include "util/log.h"
#include "util/stop.h"

static bool image_gone(void *ctx, const struct stack *stack)
{
	struct live *l = ctx;
	const bool gone = live__image_gone(l, stack->process, stack->image);

	/* it faults no more: what is known of its memory now is final */
	if (gone)
		live__discover(l);
	return gone;
}

/** name_until - deadline for naming: some additional time after the hooks are detached. */
static uint64_t name_until(void *ctx)
{
	const struct session *s = ctx;
	const uint64_t asked = stop__asked_ns();

	if (stop__hurried())
		return 0;
	if (asked == UINT64_MAX)
		return asked;
	return asked + (s->end_ns ? STOP_NAME_NS : STOP_NOTE_NS);
}

int session_names__open(struct session *s, void (*idle)(void *session))
{
	const struct namer_options no = {
		.symbols = { .lines = s->options->lines,
			     .idle = idle,
			     .idle_ctx = s,
			     .until = name_until,
			     .until_ctx = s },
		.gone = image_gone,
		.ctx = s->live,
	};
	int err = namer__new(&s->namer, &no);

	if (err) {
		vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot read symbols: %s",
			strerror(-err));
		return err;
	}
	s->sampling = s->options->dwarf && s->options->capture.bpf.user_stacks;
	samples__init(&s->samples, s->live, s->namer);
	return 0;
}

void session_names__say(const struct session *s)
{
	const size_t n = s->namer ? namer__unnamed(s->namer) : 0;

	if (n)
		vs_warn("%zu code addresses are not resolved: time ran out after the end of the "
			"run (all are resolved if the run ends with its target: -- COMMAND, or "
			"-p PID without -d)",
			n);
}
