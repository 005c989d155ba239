// SPDX-License-Identifier: GPL-2.0-only
/* malloc.c - memory of glibc's malloc beyond brk: heaps of arenas, and chunks with mappings of their own. */
#include "owner/recogniser.h"

/** Heaps of arenas are aligned to this size, HEAP_MAX_SIZE on 64-bit machines. */
#define HEAP_MAX (64ULL << 20)
/** The arena's state follows the head of its first heap within this, bytes. */
#define STATE_WITHIN 256u
/** Flags in the size of a chunk (malloc/malloc.c): the second one is IS_MMAPPED. */
#define CHUNK_FLAGS 7u
#define CHUNK_IS_MMAPPED 2u
/** A header that describes less, bytes, may be there by accident. */
#define LEAST_CERTAIN_CHUNK (16u << 10)

/**
 * struct heap_head - start of a heap of an arena (heap_info in malloc/arena.c)
 * @arena: state of its arena; @prev: previous heap of the arena, 0 in the first one
 * @size: in use, bytes; @writable: has been made writable, bytes
 */
struct heap_head {
	uint64_t arena;
	uint64_t prev;
	uint64_t size;
	uint64_t writable;
};

/** read_heap - Return: @heap looks like the head of the heap at @at. */
static bool read_heap(struct evidence *e, uint64_t at, struct heap_head *heap)
{
	const struct proc_map *map = proc_maps__find(&e->maps, at);

	if (!at || at % HEAP_MAX || !map || map->inode || !is_writable(map) ||
	    !evidence__read(e, at, heap, sizeof(*heap)))
		return false;
	return heap->arena % sizeof(uint64_t) == 0 && heap->arena && heap->size &&
	       heap->size % e->page == 0 && heap->writable % e->page == 0 &&
	       heap->size <= heap->writable && heap->writable <= HEAP_MAX;
}

/** leads_back - @heap's arena is in the first of its heaps, and the previous heap is of that arena */
static bool leads_back(struct evidence *e, uint64_t at, const struct heap_head *heap)
{
	const uint64_t first = heap->arena & ~(HEAP_MAX - 1);
	struct heap_head other;

	if (heap->arena - first < sizeof(*heap) || heap->arena - first > STATE_WITHIN)
		return false;
	if (first == at)
		return !heap->prev;
	return heap->prev && read_heap(e, heap->prev, &other) && other.arena == heap->arena &&
	       read_heap(e, first, &other) && other.arena == heap->arena && !other.prev;
}

bool recognise_arena(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part)
{
	struct heap_head heap;

	/* what follows the writable part was reserved with it, and is another VMA */
	if (!is_writable(map) || !read_heap(e, at, &heap) || !leads_back(e, at, &heap) ||
	    at + heap.writable > map->end ||
	    (at + heap.writable < map->end && heap.writable < HEAP_MAX))
		return false;
	part->end = at + heap.writable;
	part->family = OWNER_ARENA;
	part->how = OWNER_HOW_HEAP_INFO;
	return true;
}

bool recognise_chunk(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part)
{
	uint64_t header[2], size;

	if (!is_writable(map) || !evidence__read(e, at, header, sizeof(header)))
		return false;
	size = header[1] & ~(uint64_t)CHUNK_FLAGS;
	if (header[0] || (header[1] & CHUNK_FLAGS) != CHUNK_IS_MMAPPED || !size || size % e->page ||
	    size > map->end - at)
		return false;
	part->end = at + size;
	part->family = OWNER_CHUNK;
	part->how = OWNER_HOW_CHUNKS;
	part->likely = size < LEAST_CERTAIN_CHUNK;
	return true;
}
