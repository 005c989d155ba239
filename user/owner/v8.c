// SPDX-License-Identifier: GPL-2.0-only
/* v8.c - the garbage-collected heap of V8 (Node.js up to 22), by the headers of its chunks. */
#include "owner/recogniser.h"

/** Chunks are aligned to this, and are at least as large unless they are cut (kPageSizeBits). */
#define ALIGNMENT (256ULL << 10)
/** The area for objects begins within this, bytes. */
#define AREA_WITHIN (16u << 10)

/**
 * struct chunk_head - start of a chunk (src/heap/basic-memory-chunk.h)
 * @size: with this, bytes; @heap: the isolate's heap; @start: and @end: the area for objects
 */
struct chunk_head {
	uint64_t size;
	uint64_t flags;
	uint64_t heap;
	uint64_t start;
	uint64_t end;
};

/** is_object - @address is in writable memory, as objects of C++ are. */
static bool is_object(const struct evidence *e, uint64_t address)
{
	const struct proc_map *map = proc_maps__find(&e->maps, address);

	return address % sizeof(uint64_t) == 0 && map && is_writable(map);
}

bool recognise_v8(struct evidence *e, const struct proc_map *map, uint64_t at,
		  struct vma_part *part)
{
	struct chunk_head chunk;

	if (at % ALIGNMENT || !is_writable(map) || !evidence__read(e, at, &chunk, sizeof(chunk)) ||
	    !chunk.size || chunk.size % e->page || chunk.size > map->end - at)
		return false;
	if (chunk.start <= at || chunk.start - at > AREA_WITHIN || chunk.end < chunk.start ||
	    chunk.end - at > chunk.size || !is_object(e, chunk.heap))
		return false;
	part->end = at + chunk.size;
	part->family = OWNER_V8;
	part->how = OWNER_HOW_V8_CHUNKS;
	return true;
}
