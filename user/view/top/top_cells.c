// SPDX-License-Identifier: GPL-2.0-only
/*
 * top_cells.c - helpers of all views of top: conversion of counts to rates, and selection of rows.
 */
#include "view/top/top_cells.h"

#include <string.h>

double top_rate(const struct top_view *v, uint64_t n)
{
	if (!v->rates)
		return n;
	return v->interval_ns ? n * 1e9 / v->interval_ns : 0;
}

double top_share(const struct top_view *v, uint64_t ns)
{
	const uint64_t of = v->rates ? v->interval_ns : v->run_ns;

	return of ? (double)ns / of : 0;
}

void top_count(const struct top_view *v, struct table *t, const char *key, uint64_t n)
{
	if (v->rates)
		table__set_f64(t, key, top_rate(v, n));
	else
		table__set_u64(t, key, n);
}

void top_time(const struct top_view *v, struct table *t, const char *key, uint64_t ns)
{
	if (v->rates)
		table__set_f64(t, key, 100 * top_share(v, ns));
	else
		table__set_u64(t, key, ns);
}

void top_fault_time(const struct top_view *v, struct table *t, const struct vs_counts *c)
{
	if (counts_timed(c))
		top_time(v, t, "fault_ns", counts_time(c));
}

bool top_selected(const struct top_view *v, const struct fault_row *row)
{
	return !v->vma_glob || fault_row__matches(row, v->vma_glob);
}

struct vs_counts top_counts(const struct top_view *v, const struct fault_row *row)
{
	struct vs_counts c = row->counts;

	if (v->rates)
		counts_sub(&c, &row->marked);
	return c;
}

struct vs_call_counts top_call_counts(const struct top_view *v, const struct call_row *row)
{
	struct vs_call_counts c = row->counts;

	if (v->rates)
		call_counts_sub(&c, &row->marked);
	return c;
}

bool top_call_is_new(const struct top_view *v, const struct call_row *row)
{
	return !v->rates || memcmp(&row->counts, &row->marked, sizeof(row->counts));
}

/** add_row - add the counts of a row; most rows have none in most intervals. */
static void add_row(const struct top_view *v, struct vs_counts *sum, const struct fault_row *row)
{
	const uint64_t faults = counts_faults(&row->counts);

	if (!faults && !counts_time(&row->counts))
		return;
	if (v->rates && faults == counts_faults(&row->marked) &&
	    counts_time(&row->counts) == counts_time(&row->marked))
		return;
	counts_add(sum, &row->counts);
	if (v->rates)
		counts_sub(sum, &row->marked);
}

struct vs_counts top_process_counts(const struct top_view *v, const struct process *p)
{
	struct vs_counts sum = {};

	for (size_t i = 0; i < p->nr_rows; i++)
		if (top_selected(v, p->rows[i]))
			add_row(v, &sum, p->rows[i]);
	return sum;
}

/** total_of_cpus - the total over CPUs, which equals that over rows, but CPUs are fewer. */
static struct vs_counts total_of_cpus(const struct top_view *v)
{
	struct vs_counts sum = {};

	for (uint32_t cpu = 0; cpu < v->model->nr_cpus; cpu++) {
		counts_add(&sum, &v->model->cpus[cpu].counts);
		if (v->rates)
			counts_sub(&sum, &v->model->cpus[cpu].marked);
	}
	return sum;
}

struct vs_counts top_total(const struct top_view *v)
{
	struct vs_counts sum = {};

	if (v->process)
		return top_process_counts(v, v->process);
	if (!v->vma_glob)
		return total_of_cpus(v);
	for (size_t i = 0; i < v->model->nr_processes; i++) {
		const struct vs_counts c = top_process_counts(v, v->model->processes[i]);

		counts_add(&sum, &c);
	}
	return sum;
}

void top_figures(const struct top_view *v, struct table *t, const struct vs_counts *c)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_counts(&figures[i], c);

		if (figures[i].how == FIGURE_MAX && value)
			table__set_u64(t, figures[i].key, value);
		else if (figures[i].how == FIGURE_SUM && figure__is_time(&figures[i]))
			top_time(v, t, figures[i].key, value);
		else if (figures[i].how == FIGURE_SUM)
			top_count(v, t, figures[i].key, value);
	}
}

void top_average(struct table *t, const char *key, const struct vs_counts *c)
{
	if (c->latency_count)
		table__set_f64(t, key, (double)c->latency_sum_ns / c->latency_count);
}
