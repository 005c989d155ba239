/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recogniser.h - recognisers of memory: what begins at an address, and where it ends.
 *
 * A VMA may consist of several neighbours that the kernel has merged. It is recognised if its parts
 * cover it: each begins where the one before ends. So evidence in the middle of unknown memory
 * names nothing.
 */
#ifndef VMASCOPE_OWNER_RECOGNISER_H
#define VMASCOPE_OWNER_RECOGNISER_H

#include "model/owner.h"
#include "owner/evidence.h"

/** Length of the text of a part, with its NUL. */
#define PART_TEXT_LEN 64

/**
 * struct vma_part - of a VMA
 * @end: exclusive; 0: nothing was recognised
 * @tid: of its thread, 0: none; @text: see owner__name()
 */
struct vma_part {
	uint64_t end;
	enum owner_family family;
	enum owner_how how;
	bool likely;
	uint32_t tid;
	char text[PART_TEXT_LEN];
};

/**
 * recognise_fn - a recogniser
 * @map: the VMA: private, without a file, and without a name
 * @at: where a part would begin, often @map->start
 * @part: zero; filled in if one is recognised
 *
 * Return: @part is filled in.
 */
typedef bool (*recognise_fn)(struct evidence *e, const struct proc_map *map, uint64_t at,
			     struct vma_part *part);

/** recognise_stack - and others: the recognisers, see recognise_fn */
bool recognise_stack(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part);
bool recognise_old_stack(struct evidence *e, const struct proc_map *map, uint64_t at,
			 struct vma_part *part);
bool recognise_tls(struct evidence *e, const struct proc_map *map, uint64_t at,
		   struct vma_part *part);
bool recognise_arena(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part);
bool recognise_chunk(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part);
bool recognise_bss(struct evidence *e, const struct proc_map *map, uint64_t at,
		   struct vma_part *part);
bool recognise_python(struct evidence *e, const struct proc_map *map, uint64_t at,
		      struct vma_part *part);
bool recognise_go(struct evidence *e, const struct proc_map *map, uint64_t at,
		  struct vma_part *part);
bool recognise_v8(struct evidence *e, const struct proc_map *map, uint64_t at,
		  struct vma_part *part);
bool recognise_java(struct evidence *e, const struct proc_map *map, uint64_t at,
		    struct vma_part *part);

/** is_writable - @map is readable and writable. */
static inline bool is_writable(const struct proc_map *map)
{
	return map->perms[0] == 'r' && map->perms[1] == 'w';
}

#endif /* VMASCOPE_OWNER_RECOGNISER_H */
