// SPDX-License-Identifier: GPL-2.0-only
/* session_facts.c - properties of a run: its hooks, and BPF's statistics; live or recorded. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "session/session.h"
#include "util/log.h"

int64_t session__wall_add_ns(void)
{
	uint64_t least = UINT64_MAX;
	int64_t add = 0;

	for (int i = 0; i < 16; i++) {
		const uint64_t before = session__now();
		struct timespec wall;
		uint64_t took;

		clock_gettime(CLOCK_REALTIME, &wall);
		took = session__now() - before;
		if (took >= least)
			continue;
		least = took;
		add = wall.tv_sec * 1000000000LL + wall.tv_nsec - (int64_t)(before + took / 2);
	}
	return add;
}

void session__stats(const struct session *s, struct vs_stats *stats)
{
	s->source->stats(s, stats);
	stats->lost[VS_LOST_EVENTS] += s->dropped;
	stats->emitted -= s->dropped;
}

void session__note_losses(struct session *s)
{
	struct vs_stats stats;

	session__stats(s, &stats);
	s->live->run.stacks.all_unwound = !stats.lost[VS_LOST_SAMPLES] &&
					  !stats.lost[VS_LOST_EVENTS];
}

const struct hook_variant *session__variant(const struct session *s, enum hook_id id)
{
	return s->source->variant(s, id);
}

void session__hooks(const struct session *s, struct run_hook *in_use)
{
	for (int i = 0; i < NR_HOOKS; i++) {
		in_use[i].name = hooks[i].name;
		s->source->hook(s, i, &in_use[i]);
	}
}

void session__say_how(const struct session *s)
{
	struct run_hook in_use[NR_HOOKS];

	session__hooks(s, in_use);
	for (int i = 0; i < NR_HOOKS; i++)
		vs_debug(1, "%s: %s%s", in_use[i].name, in_use[i].variant,
			 in_use[i].fallback ? " (not the preferred variant)" : "");
	vs_debug(1, "%u slots, %u histograms, %u call rows, %u stacks, %u CPUs",
		 capture__nr(s->live->capture, FREE_SLOTS),
		 capture__nr(s->live->capture, FREE_HISTS),
		 capture__nr(s->live->capture, FREE_CALL_ROWS),
		 capture__nr(s->live->capture, FREE_STACKS), capture__nr_cpus(s->live->capture));
}

const char *session__larger_ring(const struct session *s, char *buf, size_t size)
{
	const uint32_t kib = s->source->facts(s).ring_bytes >> 10;

	/* the size is a power of two, at most 1 GiB */
	if (kib && kib <= 1 << 18)
		snprintf(buf, size, "--ring %u", kib * 4);
	else
		snprintf(buf, size, "a larger --ring");
	return buf;
}

void session__describe(struct session *s)
{
	const struct options *o = s->options;
	size_t len = 0, size = sizeof(s->what);

	if (o->argv) {
		for (char **arg = o->argv; *arg && len < size; arg++)
			len += snprintf(s->what + len, size - len, "%s%s",
					arg == o->argv ? "" : " ", *arg);
		return;
	}
	for (size_t i = 0; i < o->capture.nr_ids && len < size; i++)
		len += snprintf(s->what + len, size - len, "%s%d",
				i ? "," : (o->capture.threads ? "thread " : "process "),
				o->capture.ids[i]);
	if (!o->capture.nr_ids)
		len += snprintf(s->what, size, "the whole system");
	if (o->capture.comm && len < size)
		len += snprintf(s->what + len, size - len, ", command name %s", o->capture.comm);
	if (o->capture.uid >= 0 && len < size)
		len += snprintf(s->what + len, size - len, ", user %lld",
				(long long)o->capture.uid);
	if (o->cgroup && len < size)
		snprintf(s->what + len, size - len, ", cgroup %s", o->cgroup);
}
