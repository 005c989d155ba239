// SPDX-License-Identifier: GPL-2.0-only
/* recognise.c - the table of recognisers; a VMA is recognised if its parts cover it. */
#include "owner/recognise.h"

#include <string.h>

#include "util/array.h"

/** Parts of a VMA that are looked at. */
#define MOST_PARTS 4096u
#define BIT(family) (1u << (family))
/** Families of malloc: together they are one. */
#define MALLOC_PARTS (BIT(OWNER_ARENA) | BIT(OWNER_CHUNK))

/* The most certain ones first. */
static const recognise_fn recognisers[] = {
	recognise_stack,  recognise_bss, recognise_arena, recognise_chunk, recognise_tls,
	recognise_python, recognise_go,	 recognise_java,  recognise_v8,	   recognise_old_stack,
};

static bool find_part(struct evidence *e, const struct proc_map *map, uint64_t at,
		      struct vma_part *part)
{
	for (size_t i = 0; i < ARRAY_SIZE(recognisers); i++) {
		memset(part, 0, sizeof(*part));
		if (recognisers[i](e, map, at, part) && part->end > at && part->end <= map->end)
			return true;
	}
	return false;
}

static void add_part(struct recognised *r, const struct vma_part *part, bool first)
{
	r->parts |= BIT(part->family);
	r->likely |= part->likely;
	if (first) {
		r->family = part->family;
		r->how = part->how;
		r->tid = part->tid;
		memcpy(r->text, part->text, sizeof(r->text));
		return;
	}
	/* several stacks, or chunks: their common name */
	if (part->tid != r->tid || strcmp(part->text, r->text)) {
		r->tid = 0;
		r->text[0] = '\0';
	}
	if (part->how != r->how)
		r->how = OWNER_HOW_PARTS;
	if (part->family != r->family)
		r->family = r->parts & ~MALLOC_PARTS ? OWNER_SEVERAL : OWNER_MALLOC;
}

void recognise(struct evidence *e, const struct proc_map *map, uint64_t from, struct recognised *r)
{
	uint64_t at = from;
	struct vma_part part;

	memset(r, 0, sizeof(*r));
	e->unread = false;
	for (unsigned int n = 0; at < map->end; n++, at = part.end) {
		if (n == MOST_PARTS || !find_part(e, map, at, &part)) {
			*r = (struct recognised){ .unread = e->unread, .parts = r->parts };
			return;
		}
		add_part(r, &part, !n);
	}
}
