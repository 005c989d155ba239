// SPDX-License-Identifier: GPL-2.0-only
/* allocator.c - the table of allocators. */
#include "advise/allocator.h"

#include <string.h>

#include "util/array.h"
#include "util/str.h"

static const struct allocator allocators[] = {
	{ "libc.so*", "glibc malloc",
	  "set GLIBC_TUNABLES=glibc.malloc.trim_threshold=1073741824:"
	  "glibc.malloc.mmap_threshold=33554432:glibc.malloc.top_pad=16777216, or call "
	  "mallopt(3) with M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_TOP_PAD",
	  "set GLIBC_TUNABLES=glibc.malloc.hugetlb=1 (glibc 2.35)" },
	{ "libc-2.*.so*", "glibc malloc",
	  "set GLIBC_TUNABLES=glibc.malloc.trim_threshold=1073741824:"
	  "glibc.malloc.mmap_threshold=33554432:glibc.malloc.top_pad=16777216 (glibc 2.26), or "
	  "call mallopt(3) with M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_TOP_PAD",
	  NULL },
	{ "*jemalloc*.so*", "jemalloc",
	  "set MALLOC_CONF=dirty_decay_ms:60000,muzzy_decay_ms:60000,background_thread:true",
	  "set MALLOC_CONF=thp:always" },
	{ "*tcmalloc*.so*", "tcmalloc", "set TCMALLOC_RELEASE_RATE=0, or a lower rate than now",
	  NULL },
	{ "*mimalloc*.so*", "mimalloc", "set MIMALLOC_PURGE_DELAY=-1, or a longer delay in ms",
	  NULL },
};

const struct allocator *allocator_at(const struct call_row *row)
{
	const struct fault_row *vma = row && row->site ? call_site_vma(row) : NULL;

	for (size_t i = 0; vma && i < ARRAY_SIZE(allocators); i++)
		if (str_glob(allocators[i].file, str_last_part(vma->name)))
			return &allocators[i];
	return NULL;
}

bool allocator_is_glibc(const struct allocator *a)
{
	return a && !strncmp(a->file, "libc", 4);
}
