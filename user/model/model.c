// SPDX-License-Identifier: GPL-2.0-only
/* model.c - slots become processes, images and VMAs; their counts are kept when they end. */
#include "model/model.h"
#include "util/array.h"
#include "util/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENDED "[ended]"
/** Typical number of rows of an exited process: this many times more are kept. */
#define ROWS_OF_PROCESS 8

/** struct row_key - identity of a row during the lifetime of the model */
struct row_key {
	struct vs_vma_key vma;
	uint64_t process;
	uint64_t image;
};

int model__init(struct model *m, uint32_t nr_slots, uint32_t nr_cpus)
{
	memset(m, 0, sizeof(*m));
	hash__init(&m->by_pid, sizeof(uint64_t));
	hash__init(&m->by_key, sizeof(struct row_key));
	hash__init(&m->former, sizeof(uint64_t));
	m->nr_slots = nr_slots;
	m->nr_cpus = nr_cpus;
	m->by_slot = calloc(nr_slots, sizeof(*m->by_slot));
	m->cpus = calloc(nr_cpus, sizeof(*m->cpus));
	if (!m->by_slot || !m->cpus) {
		model__free(m);
		return -ENOMEM;
	}
	m->by_slot[VS_SLOT_OVERFLOW] = &m->overflow;
	return 0;
}

static void row_free(struct fault_row *row)
{
	free(row->name);
	free(row->path);
	owner__set_name(&row->owner, NULL);
	free(row->latency);
	free(row);
}

static void process_free(struct process *p)
{
	for (size_t i = 0; i < p->nr_rows; i++)
		row_free(p->rows[i]);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		free(p->latency[cause]);
	free(p->rows);
	free(p->cgroup_name);
	free(p->exported);
	free(p);
}

void model__free(struct model *m)
{
	for (size_t i = 0; i < m->nr_processes; i++)
		process_free(m->processes[i]);
	free(m->processes);
	free(m->by_slot);
	free(m->cpus);
	hash__free(&m->by_pid, NULL);
	hash__free(&m->by_key, NULL);
	hash__free(&m->former, NULL);
	memset(m, 0, sizeof(*m));
}

/** append - grow an array of pointers by one; its capacity is the next power of two. */
static int append(void ***array, size_t *nr, void *item)
{
	if (array__more(array, *nr, sizeof(**array)))
		return -ENOMEM;
	(*array)[(*nr)++] = item;
	return 0;
}

struct process *model__process(const struct model *m, uint32_t pid)
{
	return hash__get_u64(&m->by_pid, pid);
}

static struct process *process_get(struct model *m, const struct vs_proc_info *info)
{
	struct process *p = model__process(m, info->pid);

	if (p && p->start_ns == info->start_ns)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->pid = info->pid;
	p->ppid = info->ppid;
	p->uid = info->uid;
	p->start_ns = info->start_ns;
	p->cgroup = info->cgroup;
	if (append((void ***)&m->processes, &m->nr_processes, p)) {
		free(p);
		return NULL;
	}
	p->number = ++m->nr_numbered;
	if (hash__set_u64(&m->by_pid, info->pid, p)) {
		m->nr_processes--;
		free(p);
		return NULL;
	}
	return p;
}

static struct fault_row *row_new(struct model *m, struct process *p)
{
	struct fault_row *row = calloc(1, sizeof(*row));

	if (!row)
		return NULL;
	row->process = p;
	row->number = ++m->nr_rows;
	if (append((void ***)&p->rows, &p->nr_rows, row)) {
		free(row);
		return NULL;
	}
	return row;
}

static uint64_t former_key(uint32_t slot, uint32_t generation)
{
	return (uint64_t)generation << 32 | slot;
}

/** forget_former - remove the lookup of @row by its last slot. */
static void forget_former(struct model *m, struct fault_row *row)
{
	if (row->former)
		hash__remove_u64(&m->former, former_key(row->former, row->generation));
	row->former = 0;
}

struct fault_row *model__row(const struct model *m, uint32_t slot, uint32_t generation)
{
	struct fault_row *row = slot && slot < m->nr_slots ? m->by_slot[slot] : NULL;

	if (row && row->generation == generation)
		return row;
	return slot ? hash__get_u64(&m->former, former_key(slot, generation)) : NULL;
}

/** take_slot - assign slot @index to @row, which has none. */
static void take_slot(struct model *m, struct fault_row *row, uint32_t index)
{
	forget_former(m, row);
	if (row->ended_ns)
		m->nr_loose--;
	row->ended_ns = 0;
	row->slot = index;
	row->process->nr_slots++;
	row->process->settled = false;
}

static int new_image(struct model *m, uint32_t index, const struct vs_slot *slot)
{
	struct process *p = process_get(m, &slot->proc);
	struct fault_row *row = p ? row_new(m, p) : NULL;

	if (!row)
		return -ENOMEM;
	p->base_minor += slot->proc.base_minor;
	p->base_major += slot->proc.base_major;
	row->image = ++m->nr_images;
	take_slot(m, row, index);
	row->generation = slot->generation;
	m->by_slot[index] = row;
	model__update_process(m, index, slot);
	return 0;
}

/** key_of - key of a VMA's row in @by_key. */
static struct row_key key_of(const struct vs_vma_key *vma, const struct process *p, uint64_t image)
{
	struct row_key key = { .vma = *vma, .process = (uintptr_t)p, .image = image };

	key.vma.proc = key.vma.proc_generation = 0;
	return key;
}

static int new_vma(struct model *m, uint32_t index, const struct vs_slot *slot,
		   const struct vs_file *file)
{
	struct fault_row *image = m->by_slot[slot->vma.key.proc], *row;
	struct row_key key;

	if (!slot->vma.key.proc || !image)
		return -EAGAIN;
	if (image->generation != slot->vma.key.proc_generation)
		return -ESTALE;
	key = key_of(&slot->vma.key, image->process, image->image);
	row = hash__get(&m->by_key, &key);
	if (!row || row->slot) {
		row = row_new(m, image->process);
		if (!row || hash__set(&m->by_key, &key, row))
			return -ENOMEM;
		row->is_vma = true;
		row->image = image->image;
		row->vma = slot->vma;
		row->name = vma_name(&slot->vma, file);
		if (!row->name)
			return -ENOMEM;
		row->owner = owner__by_file(file, row->name);
	}
	take_slot(m, row, index);
	row->generation = slot->generation;
	m->by_slot[index] = row;
	return 0;
}

int model__new_slot(struct model *m, uint32_t index, const struct vs_slot *slot,
		    const struct vs_file *file)
{
	return slot->kind == VS_SLOT_PROC ? new_image(m, index, slot)
					  : new_vma(m, index, slot, file);
}

void model__update_process(struct model *m, uint32_t index, const struct vs_slot *slot)
{
	struct fault_row *row = m->by_slot[index];
	struct process *p;

	if (!row || !row->process || row->is_vma)
		return;
	p = row->process;
	row->no_address = slot->proc.no_address;
	row->lookup_missed = slot->proc.lookup_missed;
	row->no_slot = slot->proc.no_slot;
	if (!(slot->proc.state & VS_PROC_REPLACED))
		memcpy(p->comm, slot->proc.comm, sizeof(p->comm));
	if (slot->proc.state & VS_PROC_EXITED && !p->exited) {
		p->exited = true;
		p->ended_ns = clock__monotonic_ns();
		p->exit_code = slot->proc.exit_code;
	}
}

void model__update_counts(struct model *m, uint32_t index, const struct vs_counts *counts)
{
	struct fault_row *row = m->by_slot[index];

	row->counts = row->earlier;
	counts_add(&row->counts, counts);
}

void model__restart(struct model *m)
{
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		m->cpus[cpu].counts = m->cpus[cpu].ended;
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		if (p->settled)
			continue;
		p->settled = !p->nr_slots;
		for (int cause = 0; cause < VS_NR_CAUSES; cause++)
			latency__restart(p->latency[cause]);
		for (size_t r = 0; r < p->nr_rows; r++)
			latency__restart(p->rows[r]->latency);
	}
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		latency__restart(&m->shared_latency[cause]);
}

void model__slot_ended(struct model *m, uint32_t index)
{
	struct fault_row *row = m->by_slot[index];

	if (!index || !row)
		return;
	row->earlier = row->counts;
	row->slot = 0;
	/* without memory, records that are still to be read find no row */
	if (!hash__set_u64(&m->former, former_key(index, row->generation), row))
		row->former = index;
	row->ended_ns = clock__monotonic_ns();
	m->nr_loose++;
	row->process->nr_slots--;
	m->by_slot[index] = NULL;
}

void model__mark(struct model *m)
{
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			p->rows[r]->marked = p->rows[r]->counts;
			latency__mark(p->rows[r]->latency);
		}
		for (int cause = 0; cause < VS_NR_CAUSES; cause++)
			latency__mark(p->latency[cause]);
	}
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		latency__mark(&m->shared_latency[cause]);
	m->overflow.marked = m->overflow.counts;
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		m->cpus[cpu].marked = m->cpus[cpu].counts;
}

/* --- forgetting ------------------------------------------------------------------------------ */

void model__keep(struct model *m, uint64_t before_ns, const struct process *watched)
{
	m->keep_ns = before_ns;
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		p->watched = p == watched;
		p->busy = p->watched || p->ended_ns >= before_ns || p->nr_slots;
	}
}

/** struct ranked - a process that may be forgotten, and its faults */
struct ranked {
	struct process *process;
	uint64_t faults;
};

static int by_faults(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->faults != y->faults)
		return x->faults < y->faults ? 1 : -1;
	return (x->process->number > y->process->number) -
	       (x->process->number < y->process->number);
}

static uint64_t process_faults(const struct process *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < p->nr_rows; i++)
		n += counts_faults(&p->rows[i]->counts);
	return n;
}

int model__keep_most(struct model *m, size_t max)
{
	struct ranked *list = malloc(m->nr_processes * sizeof(*list) + 1);
	size_t nr = 0, busy = 0, rows = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		if (p->busy)
			busy++;
		else if (p != m->ended)
			list[nr++] = (struct ranked){ p, process_faults(p) };
	}
	qsort(list, nr, sizeof(*list), by_faults);
	/* half of them, regardless of the number of busy processes */
	for (size_t i = 0; i < nr && (i < max / 2 || busy < max) && rows < max * ROWS_OF_PROCESS;
	     i++, busy++) {
		list[i].process->busy = true;
		rows += list[i].process->nr_rows;
	}
	free(list);
	return 0;
}

struct process *model__ended(struct model *m)
{
	struct process *p = m->ended;

	if (p)
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	memcpy(p->comm, ENDED, sizeof(ENDED));
	p->cgroup_name = strdup(ENDED);
	p->exited = true;
	p->number = ++m->nr_numbered;
	if (!p->cgroup_name || append((void ***)&m->processes, &m->nr_processes, p)) {
		process_free(p);
		return NULL;
	}
	return m->ended = p;
}

bool model__goes(const struct model *m, const struct fault_row *row)
{
	const struct process *p = row->process;

	if (!p || p == m->ended)
		return false;
	if (!p->busy)
		return true;
	return p->nr_slots && !row->slot && !row->gone && !row->pinned && !p->watched &&
	       row->ended_ns < m->keep_ns;
}

/** gone_row - the row of @p into which rows of this kind are merged. */
static struct fault_row *gone_row(struct model *m, struct process *p, bool is_vma)
{
	struct fault_row *row;

	for (size_t i = 0; i < p->nr_rows; i++)
		if (p->rows[i]->gone && p->rows[i]->is_vma == is_vma)
			return p->rows[i];
	row = row_new(m, p);
	if (!row)
		return NULL;
	row->gone = true;
	row->is_vma = is_vma;
	row->name = strdup(p == m->ended ? ENDED : "[unmapped]");
	return row;
}

struct fault_row *model__ended_row(struct model *m, bool is_vma)
{
	struct process *p = model__ended(m);
	struct fault_row *row = p ? gone_row(m, p, is_vma) : NULL;

	return row && row->name ? row : NULL;
}

static void merge_latency(struct latency **to, struct latency **from)
{
	if (!*from)
		return;
	if (!*to) {
		*to = *from;
		*from = NULL;
		return;
	}
	hist__add(&(*to)->ended, &(*from)->ended);
	hist__add(&(*to)->hist, &(*from)->hist);
	hist__add(&(*to)->marked, &(*from)->marked);
}

/** merge_row - merge @from, which has no slot, into @to, and free it. */
static void merge_row(struct model *m, struct fault_row *to, struct fault_row *from)
{
	const struct row_key key = key_of(&from->vma.key, from->process, from->image);

	counts_add(&to->earlier, &from->earlier);
	counts_add(&to->counts, &from->counts);
	counts_add(&to->marked, &from->marked);
	to->no_address += from->no_address;
	to->lookup_missed += from->lookup_missed;
	to->no_slot += from->no_slot;
	merge_latency(&to->latency, &from->latency);
	if (from->is_vma && hash__get(&m->by_key, &key) == from)
		hash__remove(&m->by_key, &key);
	if (from->ended_ns)
		m->nr_loose--;
	forget_former(m, from);
	row_free(from);
}

/** merge_rows - merge all rows of @p without a slot into one row of each kind of @to. */
static int merge_rows(struct model *m, struct process *to, struct process *p)
{
	struct fault_row *rows[2] = {};
	size_t kept = 0;

	/* both first: they may be appended to the same list that is walked */
	for (int is_vma = 0; is_vma < 2; is_vma++) {
		rows[is_vma] = gone_row(m, to, is_vma);
		if (!rows[is_vma] || (is_vma && !rows[is_vma]->name))
			return -ENOMEM;
	}
	for (size_t i = 0; i < p->nr_rows; i++) {
		struct fault_row *row = p->rows[i];

		if (row->slot || row == rows[row->is_vma] ||
		    (p == to && (row->pinned || row->ended_ns >= m->keep_ns)))
			p->rows[kept++] = row;
		else
			merge_row(m, rows[row->is_vma], row);
	}
	for (size_t i = 0; i < kept; i++)
		p->rows[i]->pinned = false;
	p->nr_rows = kept;
	return 0;
}

static bool has_dead_rows(const struct model *m, const struct process *p)
{
	for (size_t i = 0; i < p->nr_rows; i++)
		if (!p->rows[i]->slot && !p->rows[i]->gone && p->rows[i]->ended_ns < m->keep_ns)
			return true;
	return false;
}

/** forget_process - merge @p into @ended, and free it. */
static int forget_process(struct model *m, struct process *ended, struct process *p)
{
	int err = merge_rows(m, ended, p);

	if (err)
		return err;
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		merge_latency(&ended->latency[cause], &p->latency[cause]);
	if (model__process(m, p->pid) == p)
		hash__remove_u64(&m->by_pid, p->pid);
	process_free(p);
	return 0;
}

int model__forget(struct model *m)
{
	struct process *ended = model__ended(m);
	size_t kept = 0;
	int err = ended ? 0 : -ENOMEM;

	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		if (err || p == ended || p->busy) {
			if (!err && p != ended && p->nr_slots && !p->watched && has_dead_rows(m, p))
				err = merge_rows(m, p, p);
			m->processes[kept++] = p;
			continue;
		}
		err = forget_process(m, ended, p);
		if (err)
			m->processes[kept++] = p;
	}
	m->nr_processes = kept;
	return err;
}
