// SPDX-License-Identifier: GPL-2.0-only
/* python.c - arenas of CPython's allocator of small objects, by the headers of their pools. */
#include <string.h>

#include "owner/recogniser.h"
#include "util/array.h"
#include "util/str.h"

/** Pools of an arena whose headers are compared. */
#define SAMPLES 16
/** Objects of a pool are of one size, a multiple of this, bytes (Objects/obmalloc.c, since 3.7). */
#define ALIGNMENT 16u
/** Size of the largest small object, bytes. */
#define MOST_OBJECT 512u

/** struct layout - sizes of arenas and of their pools, bytes */
struct layout {
	uint64_t arena;
	uint64_t pool;
};

static const struct layout layouts[] = {
	{ 1u << 20, 16u << 10 }, /* since Python 3.10 */
	{ 256u << 10, 4u << 10 },
};

/**
 * struct pool_head - start of a pool (struct pool_header)
 * @used: number of its objects in use
 * @free: first object that was freed, 0: none
 * @arena: number of its arena; @size_class: size of its objects / ALIGNMENT, minus 1
 * @next: offset of the next object that was never used; @last: greatest such offset
 */
struct pool_head {
	uint32_t used;
	uint32_t pad;
	uint64_t free;
	uint64_t next_pool;
	uint64_t prev_pool;
	uint32_t arena;
	uint32_t size_class;
	uint32_t next;
	uint32_t last;
};

static bool is_python(struct evidence *e)
{
	if (e->python != EVIDENCE_UNASKED)
		return e->python == EVIDENCE_YES;
	e->python = EVIDENCE_NO;
	for (size_t i = 0; i < e->maps.nr; i++) {
		const struct proc_map *map = &e->maps.maps[i];
		const char *name = str_last_part(map->name);

		if (map->inode && (!strncmp(name, "python", 6) || !strncmp(name, "libpython", 9)))
			e->python = EVIDENCE_YES;
	}
	return e->python == EVIDENCE_YES;
}

/** is_pool - @h is the head of the pool at @at. */
static bool is_pool(const struct pool_head *h, uint64_t at, const struct layout *l)
{
	const uint64_t size = (h->size_class + 1ULL) * ALIGNMENT;

	return size <= MOST_OBJECT && h->last == l->pool - size && h->used <= l->pool / size &&
	       h->next >= sizeof(*h) && h->next <= l->pool && (h->next - sizeof(*h)) % size == 0 &&
	       (!h->free || (h->free > at && h->free < at + l->pool &&
			     (h->free - at - sizeof(*h)) % size == 0));
}

/** is_arena - the pools of the arena at @at that were sampled are either in order, or unused. */
static bool is_arena(struct evidence *e, uint64_t at, const struct layout *l)
{
	const uint64_t first = (at + l->pool - 1) & ~(l->pool - 1);
	const uint64_t nr = (at + l->arena - first) / l->pool;
	static const struct pool_head zero;
	struct pool_head head, one;
	unsigned int found = 0;
	bool unread;

	if (!evidence__read(e, first, &head, sizeof(head)) || !is_pool(&head, first, l))
		return false;
	unread = e->unread;
	for (uint64_t i = 1; i < nr && i <= SAMPLES; i++) {
		/* pools are taken in order; of one that was not, nothing is known */
		if (!evidence__read(e, first + i * l->pool, &one, sizeof(one)))
			continue;
		if (!memcmp(&one, &zero, sizeof(one)))
			continue;
		if (!is_pool(&one, first + i * l->pool, l) || one.arena != head.arena)
			return false;
		found++;
	}
	e->unread = unread;
	return found;
}

bool recognise_python(struct evidence *e, const struct proc_map *map, uint64_t at,
		      struct vma_part *part)
{
	if (!is_writable(map) || !is_python(e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		if (layouts[i].arena > map->end - at || !is_arena(e, at, &layouts[i]))
			continue;
		part->end = at + layouts[i].arena;
		part->family = OWNER_PYTHON;
		part->how = OWNER_HOW_POOLS;
		return true;
	}
	return false;
}
