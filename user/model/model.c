// SPDX-License-Identifier: GPL-2.0-only
/* model.c - slots become processes, images and VMAs; what they counted is kept when they end. */
#include "model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** struct row_key - identity of a row, for as long as the model lives */
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

static void process_free(struct process *p)
{
	for (size_t i = 0; i < p->nr_rows; i++) {
		free(p->rows[i]->name);
		free(p->rows[i]->latency);
		free(p->rows[i]);
	}
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		free(p->latency[cause]);
	free(p->rows);
	free(p->cgroup_name);
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
	memset(m, 0, sizeof(*m));
}

/** append - grow an array of pointers by one; its capacity is the next power of two. */
static int append(void ***array, size_t *nr, void *item)
{
	if (!(*nr & (*nr - 1))) {
		void **grown = realloc(*array, (*nr ? *nr * 2 : 1) * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		*array = grown;
	}
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
	p->number = m->nr_processes;
	if (hash__set_u64(&m->by_pid, info->pid, p)) {
		m->nr_processes--;
		free(p);
		return NULL;
	}
	return p;
}

static struct counted *row_new(struct model *m, struct process *p)
{
	struct counted *row = calloc(1, sizeof(*row));

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

static int new_image(struct model *m, uint32_t index, const struct vs_slot *slot)
{
	struct process *p = process_get(m, &slot->proc);
	struct counted *row = p ? row_new(m, p) : NULL;

	if (!row)
		return -ENOMEM;
	p->base_minor += slot->proc.base_minor;
	p->base_major += slot->proc.base_major;
	row->image = ++m->nr_images;
	row->slot = index;
	row->generation = slot->generation;
	m->by_slot[index] = row;
	model__update_process(m, index, slot);
	return 0;
}

static int new_vma(struct model *m, uint32_t index, const struct vs_slot *slot,
		   const struct vs_file *file)
{
	struct counted *image = m->by_slot[slot->vma.key.proc], *row;
	struct row_key key = { .vma = slot->vma.key };

	if (!slot->vma.key.proc || !image)
		return -EAGAIN;
	if (image->generation != slot->vma.key.proc_generation)
		return -ESTALE;
	key.vma.proc = key.vma.proc_generation = 0;
	key.process = (uintptr_t)image->process;
	key.image = image->image;
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
	}
	row->slot = index;
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

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void model__update_process(struct model *m, uint32_t index, const struct vs_slot *slot)
{
	struct counted *row = m->by_slot[index];
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
		p->ended_ns = now_ns();
		p->exit_code = slot->proc.exit_code;
	}
}

void model__update_counts(struct model *m, uint32_t index, const struct vs_counts *counts)
{
	struct counted *row = m->by_slot[index];

	row->counts = row->earlier;
	counts_add(&row->counts, counts);
}

void model__restart(struct model *m)
{
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		m->cpus[cpu].counts = m->cpus[cpu].ended;
	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

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
	struct counted *row = m->by_slot[index];

	if (!index || !row)
		return;
	row->earlier = row->counts;
	row->slot = 0;
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

/* --- processes that are forgotten ----------------------------------------------------------- */

static bool may_leave(const struct process *p, uint64_t before_ns)
{
	if (!p->exited || p->ended_ns >= before_ns)
		return false;
	for (size_t r = 0; r < p->nr_rows; r++)
		if (p->rows[r]->slot)
			return false;
	return true;
}

size_t model__leave(struct model *m, uint64_t before_ns, const struct process *keep)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nr_processes; i++) {
		struct process *p = m->processes[i];

		p->leaving = p != keep && may_leave(p, before_ns);
		n += p->leaving;
	}
	return n;
}

static void forget_row(struct model *m, const struct counted *row)
{
	struct row_key key = {
		.vma = row->vma.key,
		.process = (uintptr_t)row->process,
		.image = row->image,
	};

	counts_add(&m->forgotten, &row->counts);
	key.vma.proc = key.vma.proc_generation = 0;
	/* an identity that came back while it was counting has another row under its key */
	if (row->is_vma && hash__get(&m->by_key, &key) == row)
		hash__remove(&m->by_key, &key);
}

static void forget(struct model *m, struct process *p)
{
	for (size_t r = 0; r < p->nr_rows; r++)
		forget_row(m, p->rows[r]);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++) {
		if (!p->latency[cause])
			continue;
		hist__add(&m->shared_latency[cause].ended, &p->latency[cause]->ended);
		hist__add(&m->shared_latency[cause].hist, &p->latency[cause]->ended);
	}
	if (model__process(m, p->pid) == p)
		hash__remove_u64(&m->by_pid, p->pid);
	process_free(p);
	m->nr_forgotten++;
}

void model__forget(struct model *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		if (!m->processes[i]->leaving)
			m->processes[kept++] = m->processes[i];
		else
			forget(m, m->processes[i]);
	m->nr_processes = kept;
}
