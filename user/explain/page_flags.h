/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_flags.h - what /proc/PID/pagemap, /proc/kpageflags and /proc/kpagecount say of a page.
 */
#ifndef VMASCOPE_EXPLAIN_PAGE_FLAGS_H
#define VMASCOPE_EXPLAIN_PAGE_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "explain/flag.h"

/* Bits of a pagemap entry (Documentation/admin-guide/mm/pagemap.rst, fs/proc/task_mmu.c). */
#define PAGEMAP_FRAME ((1ULL << 55) - 1)
#define PAGEMAP_SOFT_DIRTY (1ULL << 55)
#define PAGEMAP_EXCLUSIVE (1ULL << 56)
#define PAGEMAP_UFFD_WP (1ULL << 57)
#define PAGEMAP_GUARD (1ULL << 58) /* 6.15 */
#define PAGEMAP_FILE (1ULL << 61)  /* file page, or anonymous memory that is shared */
#define PAGEMAP_SWAPPED (1ULL << 62)
#define PAGEMAP_PRESENT (1ULL << 63)

/* Of kpageflags: the kernel does not count how often such a page is mapped. */
#define KPAGE_NOPAGE (1ULL << 20)
#define KPAGE_ZERO (1ULL << 24)

/** Flags of a page at most. */
#define MAX_PAGE_FLAGS 64

/**
 * pagemap__read - the entry of @address
 * Return: 0, or a negative errno: -EPERM or -EACCES: not allowed, -ENODATA: beyond user memory.
 */
int pagemap__read(pid_t pid, uint64_t address, uint64_t *entry);

/**
 * pagemap__frame - the frame in @entry
 * Return: 0 if there is none: not present, or no CAP_SYS_ADMIN (then the kernel blanks it).
 */
uint64_t pagemap__frame(uint64_t entry);

/** pagemap__has_soft_dirty - whether this kernel keeps soft-dirty bits (CONFIG_MEM_SOFT_DIRTY). */
bool pagemap__has_soft_dirty(void);

/**
 * page_flags__read - the word of @frame in /proc/kpageflags
 * Return: 0, or a negative errno: -ENODATA: no such frame.
 */
int page_flags__read(uint64_t frame, uint64_t *flags);

/** page_mapcount__read - the same in /proc/kpagecount: how often it is mapped. */
int page_mapcount__read(uint64_t frame, uint64_t *count);

/**
 * page_flags__decode - the flags that are set in a word of /proc/kpageflags
 * @flags: result, room for MAX_PAGE_FLAGS
 *
 * Bits without a name here are left out; page_flags__unnamed() has them.
 * Return: how many.
 */
size_t page_flags__decode(uint64_t word, const struct flag **flags);

/** page_flags__unnamed - the bits that have no name here. */
uint64_t page_flags__unnamed(uint64_t word);

#endif /* VMASCOPE_EXPLAIN_PAGE_FLAGS_H */
