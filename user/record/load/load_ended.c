// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_ended.c - sum up exited processes as model__ended(), except those with most faults, as live
 * commands do.
 *
 * Counts in a recording are totals since the start. So the counts of a process that was summed up
 * are added once after each reset, when the recording has them again, and never twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/load/load.h"

/** Counts of a process are complete this long (ns) after it has exited. */
#define SETTLE_NS 2000000000ULL
/** once - add @number to @set. Return: 1: it is new; 0: it was there already; -E2BIG; -ENOMEM */
static int once(struct loader *l, struct numbers *set, uint64_t number)
{
	const size_t before = set->bytes;
	const int fresh = numbers__add(set, number);

	l->bytes += set->bytes - before;
	return fresh > 0 && l->max_bytes && l->bytes > l->max_bytes ? -E2BIG : fresh;
}

void loader__forget_seen(struct loader *l, enum loader_seen first, enum loader_seen last)
{
	for (int i = first; i <= (int)last; i++) {
		l->bytes -= l->ended.seen[i].bytes;
		numbers__free(&l->ended.seen[i]);
	}
}

void loader_ended__free(struct loader_ended *e)
{
	numbers__free(&e->processes);
	for (int is_vma = 0; is_vma < 2; is_vma++)
		numbers__free(&e->rows[is_vma]);
	for (int i = 0; i < NR_SEEN; i++)
		numbers__free(&e->seen[i]);
}

/** make - create model__ended() and its rows; these have slots, as events may refer to them. */
static struct process *make(struct loader *l)
{
	struct model *m = l->model;
	const bool is_new = !m->ended;
	struct process *p = model__ended(m);

	for (int is_vma = 0; p && is_vma < 2; is_vma++) {
		struct fault_row *row = model__ended_row(m, is_vma);

		if (!row || (!row->slot && loader__new_slot(l, row)))
			return NULL;
		row->pinned = true;
	}
	if (p && is_new)
		p->number = RECORD_REST - 1;
	if (p)
		p->busy = true;
	return p;
}

/* --- records of what was summed up ------------------------------------------------------------ */

bool loader__is_ended(const struct loader *l, uint32_t process)
{
	return numbers__has(&l->ended.processes, process);
}

int loader__adopt_ended(struct loader *l, const struct record_process *r)
{
	const bool sums = !r->pid && r->number != RECORD_REST;
	int err;

	if (!l->ended.max || !sums || loader__is_ended(l, r->number))
		return 0;
	if (hash__get_u64(&l->processes, r->number))
		return 0;
	err = once(l, &l->ended.processes, r->number);
	return err < 0 ? err : 0;
}

const struct fault_row *loader__ended_row(const struct loader *l, uint32_t number)
{
	for (int is_vma = 0; is_vma < 2; is_vma++)
		if (l->model->ended && numbers__has(&l->ended.rows[is_vma], number))
			return model__ended_row(l->model, is_vma);
	return NULL;
}

int loader__sum_row(struct loader *l, const struct record_row *r)
{
	struct fault_row *row;
	int fresh = once(l, &l->ended.rows[!!r->is_vma], r->number);

	if (fresh >= 0 && (r->no_address || r->lookup_missed || r->no_slot))
		fresh = once(l, &l->ended.seen[SEEN_ROW], r->number);
	else if (fresh >= 0)
		fresh = 0;
	if (fresh <= 0)
		return fresh;
	if (!make(l))
		return -ENOMEM;
	row = model__ended_row(l->model, r->is_vma);
	row->no_address += r->no_address;
	row->lookup_missed += r->lookup_missed;
	row->no_slot += r->no_slot;
	return 0;
}

/** row_of - the row that takes the counts of row @number, if that was summed up; otherwise NULL */
static struct fault_row *row_of(struct loader *l, uint32_t number, int *err)
{
	const bool is_vma = numbers__has(&l->ended.rows[1], number);

	*err = 0;
	if (!is_vma && !numbers__has(&l->ended.rows[0], number))
		return NULL;
	if (make(l))
		return model__ended_row(l->model, is_vma);
	*err = -ENOMEM;
	return NULL;
}

int loader__sum_counts(struct loader *l, const struct record_counts *r)
{
	int err, fresh;
	struct fault_row *row = row_of(l, r->number, &err);

	if (!row)
		return err;
	fresh = once(l, &l->ended.seen[SEEN_COUNTS], r->number);
	if (fresh > 0)
		counts_add(&row->counts, &r->counts);
	return fresh < 0 ? fresh : 0;
}

static int add_latency(struct latency **to, const struct vs_hist *hist)
{
	if (!*to)
		*to = calloc(1, sizeof(**to));
	if (!*to)
		return -ENOMEM;
	hist__add(&(*to)->hist, hist);
	return 0;
}

static uint64_t latency_number(uint32_t process, uint32_t cause)
{
	return (uint64_t)process * VS_NR_CAUSES + cause;
}

int loader__sum_latency(struct loader *l, const struct record_latency *r)
{
	struct process *p;
	int err, fresh;
	struct fault_row *row = row_of(l, r->row, &err);

	if (row) {
		fresh = once(l, &l->ended.seen[SEEN_ROW_LATENCY], r->row);
		return fresh > 0 ? add_latency(&row->latency, &r->hist) : fresh;
	}
	if (err || r->cause >= VS_NR_CAUSES || !loader__is_ended(l, r->process))
		return err;
	fresh = once(l, &l->ended.seen[SEEN_LATENCY], latency_number(r->process, r->cause));
	if (fresh <= 0)
		return fresh;
	p = make(l);
	return p ? add_latency(&p->latency[r->cause], &r->hist) : -ENOMEM;
}

int loader__sum_call(struct loader *l, const struct record_call_row *r)
{
	struct process *ended;
	struct call_row *row;
	int fresh = once(l, &l->ended.seen[SEEN_CALL], r->number);

	if (fresh <= 0)
		return fresh;
	ended = make(l);
	row = ended ? calloc(1, sizeof(*row)) : NULL;
	if (!row)
		return -ENOMEM;
	row->call = r->call;
	row->detail = r->detail;
	row->counts = r->counts;
	if (!shootdown__end_row(l->shootdown, ended, row))
		return 0;
	free(row);
	return -ENOMEM;
}

int loader__sum_stack(struct loader *l, const struct record_stack *r)
{
	const int fresh = stack_faults(&r->counts) ? once(l, &l->ended.seen[SEEN_STACK], r->number)
						   : 0;

	if (fresh > 0 && !l->stacks.by_events)
		stack_counts_add(&l->stacks.stacks->ended, &r->counts);
	return fresh < 0 ? fresh : 0;
}

/* --- summing up ------------------------------------------------------------------------------ */

/** now_ns - the time up to which the recording was read: events may lag behind the counts */
static uint64_t now_ns(const struct loader *l)
{
	return l->event_ns ? l->event_ns : l->latest_ns;
}

/** stays - @p may still be referred to, or more of its counts may follow. */
static bool stays(const struct loader *l, const struct process *p, bool over)
{
	const uint64_t now = now_ns(l);

	if (p == l->model->ended || p->number == RECORD_REST || !p->exited ||
	    (l->stale && !p->busy))
		return true;
	if (over)
		return false;
	return now < SETTLE_NS || p->ended_ns > now - SETTLE_NS ||
	       (l->in_use_ns && p->ended_ns >= l->in_use_ns(l->forgetting_ctx));
}

/**
 * choose - clear @busy of the processes to sum up; the old value is saved in @watched
 * @over: all records were read
 * Return: 1: there are some; 0: none; -ENOMEM
 */
static int choose(struct loader *l, bool over)
{
	struct model *m = l->model;
	int err;

	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];
		const bool was_busy = p->busy;

		p->busy = stays(l, p, over);
		p->watched = was_busy;
	}
	for (size_t i = 0; i < l->in_flight->nr; i++)
		if (l->in_flight->fault[i].row)
			l->in_flight->fault[i].row->process->busy = true;
	err = model__keep_most(m, l->ended.max / 2);
	for (size_t i = 0; !err && i < m->nr_processes; i++)
		if (!m->processes[i]->busy)
			return 1;
	return err;
}

/** restore - restore @busy from what choose() has saved. */
static void restore(struct loader *l)
{
	struct model *m = l->model;

	for (size_t i = 0; i < m->nr_processes; i++) {
		m->processes[i]->busy = m->processes[i]->watched || m->processes[i] == m->ended;
		m->processes[i]->watched = false;
	}
}

static bool goes(const struct process *p)
{
	return p && !p->busy;
}

static int sum_calls(struct loader *l)
{
	struct shootdown *s = l->shootdown;
	size_t kept = 0;
	int err = 0;

	/* rows of model__ended() that are created here are appended, and are visited, too */
	for (size_t i = 0; i < s->nr_rows; i++) {
		struct call_row *row = s->rows[i];
		const uint32_t number = row->number;

		if (err || !goes(row->process)) {
			loader__detach_call(row);
			s->rows[kept++] = row;
			continue;
		}
		if (row->counting)
			err = once(l, &l->ended.seen[SEEN_CALL], number);
		err = err < 0 ? err : shootdown__end_row(s, l->model->ended, row);
		if (err) {
			s->rows[kept++] = row;
			continue;
		}
		hash__remove_u64(&l->calls, number);
		loader__discharge(l, sizeof(*row));
	}
	s->nr_rows = kept;
	loader__detach_call(&s->overflow);
	return err;
}

static int sum_stacks(struct loader *l)
{
	struct numbers *seen = &l->ended.seen[SEEN_STACK];
	const size_t before = seen->bytes;
	int err;

	err = loaded_stacks__purge(&l->stacks, seen, &l->bytes);
	l->bytes += seen->bytes - before;
	return err;
}

/** let_go_row - @row is about to be merged: map its number to the row of model__ended(). */
static int let_go_row(struct loader *l, struct fault_row *row)
{
	struct numbers *seen = l->ended.seen;
	int err = once(l, &l->ended.rows[row->is_vma], row->number);

	if (err >= 0 && (row->no_address || row->lookup_missed || row->no_slot))
		err = once(l, &seen[SEEN_ROW], row->number);
	if (err >= 0 && counts_faults(&row->counts))
		err = once(l, &seen[SEEN_COUNTS], row->number);
	if (err >= 0 && row->latency && row->latency->hist.max_ns)
		err = once(l, &seen[SEEN_ROW_LATENCY], row->number);
	loader__detach_row(l, row);
	if (row->latency)
		loader__discharge(l, sizeof(*row->latency));
	return err < 0 ? err : 0;
}

static int let_go(struct loader *l, struct process *p)
{
	int err = once(l, &l->ended.processes, p->number);

	for (size_t i = 0; i < p->nr_rows && err >= 0; i++)
		err = let_go_row(l, p->rows[i]);
	for (uint32_t cause = 0; cause < VS_NR_CAUSES && err >= 0; cause++) {
		if (!p->latency[cause])
			continue;
		loader__discharge(l, sizeof(*p->latency[cause]));
		if (p->latency[cause]->hist.max_ns)
			err = once(l, &l->ended.seen[SEEN_LATENCY],
				   latency_number(p->number, cause));
	}
	if (err >= 0)
		loader__detach_process(l, p);
	return err < 0 ? err : 0;
}

static int sum_up(struct loader *l)
{
	struct model *m = l->model;
	int err = make(l) ? 0 : -ENOMEM;

	l->summing = true;
	if (!err && l->forgetting)
		l->forgetting(l->forgetting_ctx);
	l->summing = false;
	if (!err)
		err = sum_calls(l);
	if (!err)
		err = sum_stacks(l);
	for (size_t i = 0; i < m->nr_processes && !err; i++)
		if (goes(m->processes[i]))
			err = let_go(l, m->processes[i]);
	return err ? err : model__forget(m);
}

/** sum_up_beyond - sum up processes if there are more than @bound. Return: 0, -E2BIG or -ENOMEM. */
static int sum_up_beyond(struct loader *l, size_t bound, bool over)
{
	struct model *m = l->model;
	int err;

	if (!l->ended.max || m->nr_processes <= bound)
		return 0;
	err = choose(l, over);
	if (err > 0)
		err = sum_up(l);
	restore(l);
	/* if most have to stay, the next attempt waits until there are more processes */
	l->ended.at = m->nr_processes +
		      (m->nr_processes > l->ended.max ? m->nr_processes / 4 : l->ended.max / 4);
	return err;
}

int loader__sum_up(struct loader *l)
{
	return sum_up_beyond(l, l->ended.at > l->ended.max ? l->ended.at : l->ended.max, false);
}

int loader__sum_up_rest(struct loader *l)
{
	return sum_up_beyond(l, l->ended.max, true);
}

bool loader__goes(const struct loader *l, const struct fault_row *row)
{
	if (!row->process)
		return false;
	return !row->process->busy || (!l->summing && !row->pinned);
}
