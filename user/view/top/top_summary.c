// SPDX-License-Identifier: GPL-2.0-only
/* top_summary.c - top: the system summary of faults, flushes and their cost. */
#include <string.h>

#include "view/top/top_cells.h"

static struct vs_shootdowns shootdowns(const struct top_view *v)
{
	struct vs_shootdowns s = v->shootdown->totals;

	if (v->rates)
		shootdowns_sub(&s, &v->shootdown->marked);
	return s;
}

void top_summary__make(struct top_summary *sum, const struct top_view *v)
{
	struct top_view all = *v;
	const struct vs_shootdowns s = shootdowns(v);
	struct vs_counts c;

	memset(sum, 0, sizeof(*sum));
	all.process = NULL;
	all.vma = NULL;
	c = top_total(&all);
	sum->faults = top_rate(v, counts_faults(&c));
	sum->minor = top_rate(v, c.outcome[VS_MINOR]);
	sum->major = top_rate(v, c.outcome[VS_MAJOR]);
	sum->failed = top_rate(v, c.outcome[VS_INCOMPLETE]);
	sum->fault_share = counts_timed(&c) ? top_share(v, counts_time(&c)) : -1;
	sum->sent = top_rate(v, s.sends);
	sum->received = top_rate(v, s.received[VS_IPI_USER] + s.received[VS_IPI_KERNEL] +
					    s.received[VS_IPI_ALL]);
	sum->stolen_share = top_share(v, s.stolen_ns);
	for (size_t i = 0; i < v->model->nr_processes; i++)
		sum->processes += !v->model->processes[i]->exited;
}
