// SPDX-License-Identifier: GPL-2.0-only
/* record_header.c - fill the header of a recording: the run, the machine and the hooks. */
#include "session/record_header.h"

#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

/** Maximum number of a run: JSON's numbers are exact up to it. */
#define RUN_MASK ((1ULL << 53) - 1)

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static void fill_hooks(const struct session *s, struct header *h)
{
	struct run_hook in_use[NR_HOOKS];

	session__hooks(s, in_use);
	for (int i = 0; i < NR_HOOKS; i++)
		h->hooks[h->nr_hooks++] = (struct header_hook){
			.name = copy(in_use[i].name),
			.variant = copy(in_use[i].variant),
			.fallback = in_use[i].fallback,
		};
}

void record_header__fill(const struct session *s, struct header *h)
{
	const struct options *o = s->options;
	struct utsname u;

	uname(&u);
	if (getrandom(&h->run, sizeof(h->run), 0) != sizeof(h->run))
		h->run = s->start_ns;
	h->run &= RUN_MASK;
	h->tool = copy(VMASCOPE_VERSION);
	h->host = copy(u.nodename);
	h->kernel = copy(u.release);
	h->machine = copy(u.machine);
	h->what = copy(s->what);
	h->vma_glob = copy(o->vma);
	h->start_ns = s->start_ns;
	h->wall_ns = s->start_ns + (uint64_t)wall_clock__add_ns(&s->wall, s->start_ns);
	h->nr_cpus = s->live->run.model.nr_cpus;
	h->events = o->events;
	h->causes = o->capture.bpf.causes;
	h->latency_period = o->capture.bpf.latency_period;
	h->stacks = s->namer;
	h->unwound = s->sampling;
	h->shootdowns = o->events & ~(1u << TRACE_FAULT);
	h->isolated = copy(s->machine.isolated);
	h->nohz_full = copy(s->machine.nohz_full);
	h->max_map_count = s->machine.max_map_count;
	fill_hooks(s, h);
}
