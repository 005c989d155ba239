// SPDX-License-Identifier: GPL-2.0-only
/* java.c - heap and compiled code of HotSpot, the usual Java virtual machine. */
#include <string.h>

#include "owner/recogniser.h"
#include "util/str.h"

/*
 * With references of 32 bits, which is the default for heaps of less than 32 GiB, the heap is below
 * this address (CompressedOops, src/hotspot/share/oops); the kernel never chooses so low a place.
 */
#define HEAP_END (32ULL << 30)

/** is_library - @map is the library, or was: an update replaces it */
static bool is_library(const struct proc_map *map)
{
	const char *name = str_last_part(map->name);

	return map->inode && (!strcmp(name, "libjvm.so") || !strcmp(name, "libjvm.so (deleted)"));
}

static bool is_java(struct evidence *e)
{
	if (e->java != EVIDENCE_UNASKED)
		return e->java == EVIDENCE_YES;
	e->java = EVIDENCE_NO;
	for (size_t i = 0; i < e->maps.nr; i++)
		if (is_library(&e->maps.maps[i]))
			e->java = EVIDENCE_YES;
	return e->java == EVIDENCE_YES;
}

bool recognise_java(struct evidence *e, const struct proc_map *map, uint64_t at,
		    struct vma_part *part)
{
	const bool code = map->perms[2] == 'x';

	(void)at;
	if (!is_writable(map) || (!code && map->end > HEAP_END) || !is_java(e))
		return false;
	part->end = map->end;
	part->family = code ? OWNER_JAVA_CODE : OWNER_JAVA;
	part->how = code ? OWNER_HOW_JAVA_CODE : OWNER_HOW_JAVA_ADDRESS;
	part->likely = true;
	return true;
}
