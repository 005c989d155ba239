// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_sums.c - add up rows of calls by call, and helpers on rows for all parts. */
#include <errno.h>
#include <stdlib.h>

#include "util/array.h"
#include "view/shootdown/shootdown_parts.h"

bool call_selected(const struct shootdown_view *v, const struct call_row *row)
{
	return !v->vma_glob || (row->vma && fault_row__matches(row->vma, v->vma_glob));
}

bool call_is_followed(uint32_t call)
{
	return call < VS_NR_FOLLOWED_CALLS;
}

bool call_counts_any(const struct vs_call_counts *c)
{
	return c->count || c->flush[VS_FLUSH_LOCAL] || c->flush[VS_FLUSH_REMOTE] || c->queued ||
	       c->received || c->refaults;
}

#define DESCENDING(a, b) (((a) < (b)) - ((a) > (b)))

int call_counts_cheaper(const struct vs_call_counts *a, const struct vs_call_counts *b)
{
	int order = DESCENDING(a->stolen_ns, b->stolen_ns);

	if (!order)
		order = DESCENDING(a->flush[VS_FLUSH_REMOTE], b->flush[VS_FLUSH_REMOTE]);
	if (!order)
		order = DESCENDING(a->latency_ns, b->latency_ns);
	return order ? order : DESCENDING(a->count, b->count);
}

uint32_t call_pid(const struct call_row *row)
{
	return row->process ? row->process->pid : row->pid;
}

const char *call_comm(const struct call_row *row)
{
	return row->process ? row->process->comm : row->comm;
}

/** sum_of - find or add the sum of @call. */
static struct call_sum *sum_of(struct shootdown_doc *d, uint32_t call, uint32_t detail)
{
	const size_t nr = d->nr_sums;

	for (size_t i = 0; i < nr; i++)
		if (d->sums[i].call == call && d->sums[i].detail == detail)
			return &d->sums[i];
	if (array__more(&d->sums, nr, sizeof(*d->sums)))
		return NULL;
	d->sums[nr] = (struct call_sum){ .call = call, .detail = detail };
	return &d->sums[d->nr_sums++];
}

static int add(struct shootdown_doc *d, uint32_t call, uint32_t detail,
	       const struct vs_call_counts *c)
{
	struct call_sum *sum;

	if (!call_counts_any(c))
		return 0;
	sum = sum_of(d, call, detail);
	if (!sum)
		return -ENOMEM;
	call_counts_add(&sum->counts, c);
	call_counts_add(&d->all, c);
	return 0;
}

static int cheaper(const void *a, const void *b)
{
	const struct call_sum *x = a, *y = b;
	int order = call_counts_cheaper(&x->counts, &y->counts);

	if (!order)
		order = DESCENDING(y->call, x->call);
	return order ? order : DESCENDING(y->detail, x->detail);
}

void call_sums__make(struct shootdown_doc *d)
{
	const struct shootdown *s = d->model;

	for (size_t i = 0; i < s->nr_rows; i++)
		if (call_selected(d->view, s->rows[i]))
			document__fail(d->document, add(d, s->rows[i]->call, s->rows[i]->detail,
							&s->rows[i]->counts));
	if (!d->view->vma_glob)
		document__fail(d->document, add(d, s->overflow.call, 0, &s->overflow.counts));
	if (d->nr_sums)
		qsort(d->sums, d->nr_sums, sizeof(*d->sums), cheaper);
}

uint64_t call_sums__calls(const struct shootdown_doc *d, uint64_t *errors)
{
	const struct vs_shootdowns *all = &d->model->totals;
	uint64_t calls = 0;

	*errors = d->view->vma_glob ? 0 : all->errors;
	if (!d->view->vma_glob)
		return all->calls;
	for (size_t i = 0; i < d->nr_sums; i++) {
		if (!call_is_followed(d->sums[i].call))
			continue;
		calls += d->sums[i].counts.count;
		*errors += d->sums[i].counts.errors;
	}
	return calls;
}

bool shootdown_view__counted(const struct shootdown_view *v, const struct shootdown *s)
{
	for (size_t i = 0; i < s->nr_rows; i++)
		if (call_selected(v, s->rows[i]) && call_counts_any(&s->rows[i]->counts))
			return true;
	return !v->vma_glob && call_counts_any(&s->overflow.counts);
}
