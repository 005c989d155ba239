// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_purge.c - free what a full checkpoint after a reset no longer contains, which bounds memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/load/load.h"
#include "util/array.h"

void loader__mark_stale(struct loader *l)
{
	struct model *m = l->model;

	for (size_t i = 0; i < m->nr_processes; i++) {
		m->processes[i]->busy = false;
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++)
			m->processes[i]->rows[r]->pinned = false;
	}
	/*
	 * rows of exited processes are summed up again as their records are read, and always stay
	 */
	for (size_t i = 0; m->ended && i < m->ended->nr_rows; i++)
		m->ended->rows[i]->pinned = m->ended->busy = true;
	for (size_t i = 0; i < l->shootdown->nr_rows; i++)
		l->shootdown->rows[i]->counting = false;
	l->stale = true;
}

void loader__detach_call(struct call_row *row)
{
	if (row->vma && row->vma->process && !row->vma->process->busy)
		row->vma = NULL;
	if (row->process && !row->process->busy)
		row->process = NULL;
	if (row->stack && row->stack->process && !row->stack->process->busy)
		row->stack = NULL;
}

static void purge_calls(struct loader *l)
{
	struct shootdown *s = l->shootdown;
	const struct process *ended = l->model->ended;
	size_t kept = 0;

	for (size_t i = 0; i < s->nr_rows; i++) {
		struct call_row *row = s->rows[i];

		if (row->counting || (ended && row->process == ended)) {
			if (row->vma && !row->vma->pinned)
				row->vma = NULL;
			loader__detach_call(row);
			s->rows[kept++] = row;
			continue;
		}
		hash__remove_u64(&l->calls, row->number);
		loader__discharge(l, sizeof(*row));
		free(row);
	}
	s->nr_rows = kept;
	if (s->overflow.process && !s->overflow.process->busy)
		s->overflow.process = NULL;
	s->overflow.vma = NULL;
	s->overflow.stack = NULL;
}

/** give_back - make a slot available for the next row; if out of memory, it stays unused. */
static void give_back(struct loader *l, uint32_t slot)
{
	if (array__more(&l->free_slots, l->nr_free, sizeof(*l->free_slots)))
		return;
	l->free_slots[l->nr_free++] = slot;
}

void loader__detach_row(struct loader *l, struct fault_row *row)
{
	hash__remove_u64(&l->rows, row->number);
	l->model->by_slot[row->slot] = NULL;
	give_back(l, row->slot);
	row->slot = 0;
	loader__discharge(l, sizeof(*row) + (row->name ? strlen(row->name) : 0) +
				     (row->owner.name ? strlen(row->owner.name) : 0));
}

static void free_row(struct loader *l, struct fault_row *row)
{
	loader__detach_row(l, row);
	loader__drop_latency(l, &row->latency);
	free(row->name);
	owner__set_name(&row->owner, NULL);
	free(row);
}

/**
 * ended_process - the sum of exited processes, by the recorder or by loader__sum_up(); NULL: none.
 */
static struct process *ended_process(const struct model *m)
{
	if (m->ended)
		return m->ended;
	for (size_t i = 0; i < m->nr_processes; i++)
		if (!m->processes[i]->pid && m->processes[i]->busy &&
		    m->processes[i]->number != RECORD_REST)
			return m->processes[i];
	return NULL;
}

/** heir - the row of @p that has taken over the counts of rows like @row; NULL: there is none. */
static struct fault_row *heir(const struct process *p, const struct fault_row *row)
{
	for (size_t i = 0; p && i < p->nr_rows; i++)
		if (p->rows[i]->pinned && p->rows[i]->is_vma == row->is_vma && !p->rows[i]->vma.end)
			return p->rows[i];
	return NULL;
}

static void hand_on_latency(struct latency *to, const struct latency *from)
{
	if (to && from)
		hist__add(&to->marked, &from->marked);
}

/**
 * hand_on - move counts at the start of the interval to the rows into which the rows of @p were
 * merged.
 */
static void hand_on(struct process *ended, struct process *p)
{
	struct process *to = p->busy ? p : ended;

	for (size_t i = 0; i < p->nr_rows; i++) {
		struct fault_row *row = p->rows[i], *next = heir(to, row);

		if ((p->busy && row->pinned) || !next)
			continue;
		counts_add(&next->marked, &row->marked);
		hand_on_latency(next->latency, row->latency);
	}
	for (int cause = 0; to && !p->busy && cause < VS_NR_CAUSES; cause++)
		hand_on_latency(to->latency[cause], p->latency[cause]);
}

/** purge_rows - free the stale rows of @p, or all of them if @p is stale itself. */
static void purge_rows(struct loader *l, struct process *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->nr_rows; i++)
		if (p->busy && p->rows[i]->pinned)
			p->rows[kept++] = p->rows[i];
		else
			free_row(l, p->rows[i]);
	p->nr_rows = kept;
}

void loader__detach_process(struct loader *l, struct process *p)
{
	hash__remove_u64(&l->processes, p->number);
	loader__discharge(l, sizeof(*p) + (p->cgroup_name ? strlen(p->cgroup_name) : 0));
}

static void free_process(struct loader *l, struct process *p)
{
	loader__detach_process(l, p);
	if (model__process(l->model, p->pid) == p)
		hash__remove_u64(&l->model->by_pid, p->pid);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		loader__drop_latency(l, &p->latency[cause]);
	free(p->rows);
	free(p->cgroup_name);
	free(p);
}

void loader__purge(struct loader *l)
{
	struct model *m = l->model;
	struct process *ended;
	size_t kept = 0;

	if (!l->stale)
		return;
	l->stale = false;
	if (l->forgetting)
		l->forgetting(l->forgetting_ctx);
	ended = ended_process(m);
	purge_calls(l);
	loaded_stacks__purge(&l->stacks, NULL, &l->bytes);
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		hand_on(ended, p);
		purge_rows(l, p);
		if (p->busy)
			m->processes[kept++] = p;
		else
			free_process(l, p);
	}
	m->nr_processes = kept;
}
