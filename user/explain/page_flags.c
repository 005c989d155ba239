// SPDX-License-Identifier: GPL-2.0-only
/* page_flags.c - read and decode the words of pagemap, kpageflags and kpagecount. */
#include "explain/page_flags.h"
#include "util/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_SHIFT 12
#define ANON (1ULL << 12)
#define OWNER_2 34
/*
 * 0 to 26: include/uapi/linux/kernel-page-flags.h; 32 and above: include/linux/
 * kernel-page-flags.h, "for hacking" and without a promise.
 */
static const struct flag names[] = {
	{ 0, "locked", NULL, "locked for I/O" },
	{ 1, "error", NULL, "I/O error" },
	{ 2, "referenced", NULL, "used recently" },
	{ 3, "uptodate", NULL, "contents are valid" },
	{ 4, "dirty", NULL, "not written back yet" },
	{ 5, "lru", NULL, "on an LRU list" },
	{ 6, "active", NULL, "on the active list" },
	{ 7, "slab", NULL, "slab memory" },
	{ 8, "writeback", NULL, "under writeback" },
	{ 9, "reclaim", NULL, "reclaim after writeback" },
	{ 10, "buddy", NULL, "free" },
	{ 11, "mmap", NULL, "mapped by a process" },
	{ 12, "anon", NULL, "anonymous" },
	{ 13, "swapcache", NULL, "in the swap cache" },
	{ 14, "swapbacked", NULL, "backed by swap" },
	{ 15, "compound-head", NULL, "head of a compound page" },
	{ 16, "compound-tail", NULL, "tail of a compound page" },
	{ 17, "huge", NULL, "hugetlb" },
	{ 18, "unevictable", NULL, "not reclaimable" },
	{ 19, "hwpoison", NULL, "hardware error" },
	{ 20, "nopage", NULL, "no struct page" },
	{ 21, "ksm", NULL, "merged by KSM" },
	{ 22, "thp", NULL, "transparent huge page" },
	{ 23, "offline", NULL, "logically offline" },
	{ 24, "zero-page", NULL, "the shared zero page" },
	{ 25, "idle", NULL, "not accessed since marked idle" },
	{ 26, "pgtable", NULL, "a page table" },
	{ 32, "reserved", NULL, "not managed by the allocator" },
	{ 33, "mlocked", NULL, "locked in memory" },
	{ OWNER_2, "owner-2", NULL, "owner-specific flag 2, or mapped to disk" },
	{ 35, "private", NULL, "has private data" },
	{ 36, "private-2", NULL, "has more private data" },
	{ 37, "owner-private", NULL, "owner-specific flag" },
	{ 38, "arch", NULL, "architecture-specific flag" },
	{ 39, "uncached", NULL, "mapped without caching" },
	{ 40, "soft-dirty", NULL, "written since soft-dirty was cleared" },
	{ 41, "arch-2", NULL, "architecture-specific flag 2" },
	{ 42, "arch-3", NULL, "architecture-specific flag 3" },
};

/* PG_anon_exclusive in include/linux/page-flags.h is the same bit (6c287605fd56, 5.19) */
static const struct flag exclusive = { OWNER_2, "anon-exclusive", NULL,
				       "exclusive to one process: writes do not copy it" };

/** read_word - the 64-bit word at @index of file @path. */
static int read_word(const char *path, uint64_t index, uint64_t *word)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pread(fd, word, sizeof(*word), index * sizeof(*word));
	err = n < 0 ? -errno : n == sizeof(*word) ? 0 : -ENODATA;
	close(fd);
	return err;
}

int pagemap__read(pid_t pid, uint64_t address, uint64_t *entry)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	return read_word(path, address >> PAGE_SHIFT, entry);
}

uint64_t pagemap__frame(uint64_t entry)
{
	return entry & PAGEMAP_PRESENT ? entry & PAGEMAP_FRAME : 0;
}

bool pagemap__has_soft_dirty(void)
{
	volatile char *p = mmap(NULL, 1 << PAGE_SHIFT, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t entry = 0;

	if (p == MAP_FAILED)
		return false;
	*p = 1; /* what was just written is soft-dirty */
	if (pagemap__read(getpid(), (uintptr_t)p, &entry))
		entry = 0;
	munmap((void *)p, 1 << PAGE_SHIFT);
	return entry & PAGEMAP_SOFT_DIRTY;
}

int page_flags__read(uint64_t frame, uint64_t *flags)
{
	return read_word("/proc/kpageflags", frame, flags);
}

int page_mapcount__read(uint64_t frame, uint64_t *count)
{
	return read_word("/proc/kpagecount", frame, count);
}

size_t page_flags__decode(uint64_t word, const struct flag **flags)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (word & 1ULL << names[i].bit)
			flags[n++] = names[i].bit == OWNER_2 && word & ANON ? &exclusive
									    : &names[i];
	return n;
}

uint64_t page_flags__unnamed(uint64_t word)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		word &= ~(1ULL << names[i].bit);
	return word;
}
