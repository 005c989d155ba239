// SPDX-License-Identifier: GPL-2.0-only
/* live_slots.c - slots that were taken: describe them to the model, or give them back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/live.h"
#include "sys/cgroup.h"
#include "util/array.h"

/** hide_name - replace a VMA's user-defined name by its kind; @keep: that of a file is kept aside */
static int hide_name(struct fault_row *row, bool keep)
{
	const char *kind = row->vma.name_kind == VS_NAME_FILE	? "[file]"
			   : row->vma.name_kind == VS_NAME_ANON ? "[anon]"
								: NULL;
	char *name = row->is_vma && kind ? strdup(kind) : NULL;

	if (!row->is_vma || !kind)
		return 0;
	if (!name)
		return -ENOMEM;
	if (keep && row->vma.name_kind == VS_NAME_FILE && !row->path)
		row->path = row->name;
	else
		free(row->name);
	row->name = name;
	return 0;
}

/** choose - decide whether --vma matches @row, unless an owner that is found later may match */
static void choose(struct live *l, const struct fault_row *row)
{
	const bool matches = fault_row__matches(row, l->vma_glob);

	if (matches || !l->names_owners || !owner__is_open(row) || !owner__may_match(l->vma_glob))
		capture__choose(l->capture, row->slot, matches);
}

void live__named(struct live *l, const struct fault_row *row)
{
	if (l->vma_glob && row->slot)
		choose(l, row);
}

static int describe(struct live *l, uint32_t index)
{
	struct vs_slot slot;
	struct vs_file file;
	bool has_file;
	int err;

	if (capture__slot(l->capture, index)->kind == VS_SLOT_FREE)
		return -EAGAIN;
	memcpy(&slot, (const void *)capture__slot(l->capture, index), sizeof(slot));
	has_file = slot.kind == VS_SLOT_VMA && slot.vma.name_kind == VS_NAME_FILE &&
		   !capture__file(l->capture, &slot.vma.key.file, &file);
	err = model__new_slot(&l->run.model, index, &slot, has_file ? &file : NULL);
	if (!err && l->hide_names)
		err = hide_name(l->run.model.by_slot[index],
				capture__nr(l->capture, FREE_STACKS) > VS_STACK_FIRST);
	if (err)
		return err;
	if (slot.kind == VS_SLOT_PROC) {
		struct process *p = l->run.model.by_slot[index]->process;

		if (!p->cgroup_name)
			p->cgroup_name = cgroup__name(p->cgroup);
	} else if (l->vma_glob) {
		choose(l, l->run.model.by_slot[index]);
	}
	return 0;
}

/** disown - slot @index belongs to a process image that is gone: use the overflow row for it. */
static void disown(struct live *l, uint32_t index)
{
	struct vs_counts *overflow = &l->run.model.overflow.earlier;

	capture__retire(l->capture, &index, 1);
	for (uint32_t cpu = 0; cpu < l->run.model.nr_cpus; cpu++) {
		struct vs_counts c;

		capture__counts(l->capture, cpu, index, &c);
		counts_add(overflow, &c);
		counts_add(&l->run.model.cpus[cpu].ended, &c);
	}
	capture__give_back(l->capture, index);
}

static int wait_for(struct live *l, uint32_t index)
{
	if (array__reserve(&l->waiting, &l->cap_waiting, l->nr_waiting + 1, sizeof(*l->waiting)))
		return -ENOMEM;
	l->waiting[l->nr_waiting++] = index;
	return 0;
}

int live__discover_slots(struct live *l)
{
	size_t kept, before;
	uint32_t index;
	int err;

	if (!l->capture)
		return 0;
	while ((index = capture__next_taken(l->capture, FREE_SLOTS))) {
		err = wait_for(l, index);
		if (err)
			return err;
	}
	/* A VMA's slot can be taken before its process is known: repeat until nothing changes. */
	do {
		before = l->nr_waiting;
		kept = 0;
		for (size_t i = 0; i < l->nr_waiting; i++) {
			err = describe(l, l->waiting[i]);
			if (err == -EAGAIN)
				l->waiting[kept++] = l->waiting[i];
			else if (err == -ESTALE)
				disown(l, l->waiting[i]);
			else if (err)
				return err;
		}
		l->nr_waiting = kept;
	} while (kept && kept < before);
	return 0;
}
