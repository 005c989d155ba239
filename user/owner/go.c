// SPDX-License-Identifier: GPL-2.0-only
/* go.c - heap of programs built by Go, at the addresses that its runtime asks for. */
#include <string.h>

#include "owner/recogniser.h"

/* Where the runtime places heap arenas first (runtime/malloc.go: arena hints); the next hint is 1 TiB on. */
#define HEAP_START 0xc000000000ULL
#define HEAP_END 0x10000000000ULL
/** The build information begins with this, aligned to its own size, in the program's data. */
#define BUILD_INFO "\xff Go buildinf:"
#define BUILD_INFO_LEN 14
#define BUILD_INFO_ALIGN 16
/** Mappings of the program, and bytes of each, that are searched. */
#define MOST_MAPS 8
#define SEARCHED (1u << 20)

/** has_build_info - one of the pages at the start of @map has it. */
static bool has_build_info(struct evidence *e, const struct proc_map *map)
{
	char bytes[BUILD_INFO_ALIGN * 256];
	const uint64_t end = map->end - map->start < SEARCHED ? map->end : map->start + SEARCHED;

	for (uint64_t at = map->start; at + sizeof(bytes) <= end; at += sizeof(bytes)) {
		if (!evidence__read(e, at, bytes, sizeof(bytes)))
			continue;
		for (size_t i = 0; i < sizeof(bytes); i += BUILD_INFO_ALIGN)
			if (!memcmp(bytes + i, BUILD_INFO, BUILD_INFO_LEN))
				return true;
	}
	return false;
}

/** is_go - the program, which is mapped at the lowest addresses, was built by Go. */
static bool is_go(struct evidence *e)
{
	const struct proc_map *program = NULL;
	unsigned int n = 0;

	if (e->go != EVIDENCE_UNASKED)
		return e->go == EVIDENCE_YES;
	e->go = EVIDENCE_NO;
	for (size_t i = 0; i < e->maps.nr && n < MOST_MAPS; i++) {
		const struct proc_map *map = &e->maps.maps[i];

		if (!map->inode)
			continue;
		if (!program)
			program = map;
		if (map->inode != program->inode || map->dev_major != program->dev_major ||
		    map->dev_minor != program->dev_minor)
			break;
		n++;
		if (map->perms[0] == 'r' && map->perms[2] != 'x' && has_build_info(e, map))
			e->go = EVIDENCE_YES;
	}
	return e->go == EVIDENCE_YES;
}

bool recognise_go(struct evidence *e, const struct proc_map *map, uint64_t at,
		  struct vma_part *part)
{
	const bool unread = e->unread;
	bool found;

	if (at < HEAP_START || map->end > HEAP_END || !is_writable(map))
		return false;
	found = is_go(e);
	e->unread = unread;
	if (!found)
		return false;
	part->end = map->end;
	part->family = OWNER_GO;
	part->how = OWNER_HOW_GO_ADDRESS;
	part->likely = true;
	return true;
}
