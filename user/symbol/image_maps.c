// SPDX-License-Identifier: GPL-2.0-only
/* image_maps.c - a model's VMAs of one process image as mappings with code. */
#include "symbol/image_maps.h"

#include <errno.h>
#include <stdlib.h>

/** A device number as the kernel has it (include/linux/kdev_t.h). */
#define MINOR_BITS 20

static bool is_code(const struct fault_row *row, uint64_t image)
{
	return row->is_vma && row->image == image && row->vma.key.flags & VS_VM_EXEC;
}

static struct symbol_map map_of(const struct fault_row *row)
{
	const struct vs_vma_key *key = &row->vma.key;

	return (struct symbol_map){
		.start = row->vma.start,
		.end = row->vma.end,
		.pgoff = key->pgoff * 4096,
		.path = row->path ? row->path : row->name,
		.inode = key->file.ino,
		.dev_major = key->file.dev >> MINOR_BITS,
		.dev_minor = key->file.dev & ((1u << MINOR_BITS) - 1),
	};
}

int image_maps__set(struct symbolizer *s, const struct symbol_process *process,
		    const struct stack *stack)
{
	const struct process *p = stack->process;
	struct symbol_map *maps = calloc(p->nr_rows + 1, sizeof(*maps));
	size_t nr = 0;
	int err;

	if (!maps)
		return -ENOMEM;
	for (size_t i = 0; i < p->nr_rows; i++)
		if (is_code(p->rows[i], stack->image))
			maps[nr++] = map_of(p->rows[i]);
	err = symbolizer__end_process(s, process, maps, nr);
	free(maps);
	return err;
}
