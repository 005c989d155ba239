// SPDX-License-Identifier: GPL-2.0-only
/* load_memory.c - account for and limit the memory and slots of a recording. */
#include "record/load/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

int loader__charge(struct loader *l, size_t size)
{
	l->bytes += size + LOADER_MALLOC_BYTES;
	return l->max_bytes && l->bytes > l->max_bytes ? -E2BIG : 0;
}

void loader__discharge(struct loader *l, size_t size)
{
	l->bytes -= size + LOADER_MALLOC_BYTES;
}

void loader__drop_latency(struct loader *l, struct latency **latency)
{
	if (*latency)
		loader__discharge(l, sizeof(**latency));
	free(*latency);
	*latency = NULL;
}

int loader__new_slot(struct loader *l, struct fault_row *row)
{
	struct model *m = l->model;
	const uint32_t slot = l->nr_free ? l->free_slots[--l->nr_free] : m->nr_rows + 1;

	if (slot >= m->nr_slots) {
		if (array__resize(&m->by_slot, (size_t)m->nr_slots * 2, sizeof(*m->by_slot)))
			return -ENOMEM;
		memset(m->by_slot + m->nr_slots, 0, m->nr_slots * sizeof(*m->by_slot));
		m->nr_slots *= 2;
	}
	m->by_slot[slot] = row;
	m->nr_rows = slot > m->nr_rows ? slot : m->nr_rows;
	row->slot = slot;
	return 0;
}
