// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_reason.c - why a page that its VMA allows was not available: SIGBUS, by the file's state.
 */
#include "view/trace/crash.h"

#include <stdio.h>
#include <sys/stat.h>

#include "util/str.h"

/** The lowest swap type of PTE markers in any version; swap files cannot have it. */
#define FIRST_MARKER 30

bool crash_is_bus(const struct crash *c)
{
	/* older recordings do not have the signal */
	return c->event->signal ? c->event->signal == VS_SIGBUS
				: c->fault->cause == VS_CAUSE_SIGBUS;
}

const char *crash_code_name(const struct crash *c)
{
	const bool bus = crash_is_bus(c);

	switch (c->event->code) {
	case VS_SEGV_MAPERR:
		return bus ? NULL : "SEGV_MAPERR";
	case VS_BUS_ADRERR: /* SEGV_ACCERR has the same number */
		return bus ? "BUS_ADRERR" : "SEGV_ACCERR";
	case VS_BUS_MCEERR_AR: /* SEGV_PKUERR has, too */
		return bus ? "BUS_MCEERR_AR" : "SEGV_PKUERR";
	}
	return NULL;
}

uint64_t crash_offset(const struct crash *c)
{
	return c->fault->address - c->fault->vma_start + c->fault->vma_pgoff * 4096;
}

bool crash_has_file(const struct crash *c)
{
	return c->vma && c->event->signal && c->event->file_mode;
}

/**
 * has_end - the file's size limits what can be accessed: it does not belong to a device or driver.
 */
static bool has_end(const struct crash *c)
{
	const mode_t type = c->event->file_mode & S_IFMT;

	return (type == S_IFREG || type == S_IFBLK) && c->event->fs_magic != VS_ANON_INODE_FS_MAGIC;
}

static bool is_shared(const struct crash *c)
{
	return c->vma->vma.key.flags & VS_VM_SHARED;
}

/** is_marked - the entry is a PTE marker: of the existing ones, only poison ends in SIGBUS. */
static bool is_marked(const struct vs_event_crash *e)
{
	return e->entry && !(e->entry & PTE_PRESENT) && SWP_TYPE(e->entry) >= FIRST_MARKER;
}

enum crash_kind crash_bus_kind(const struct crash *c)
{
	const struct vs_event_crash *e = c->event;

	/* without CONFIG_MEMORY_FAILURE the code of a poisoned page is BUS_ADRERR */
	if (e->code == VS_BUS_MCEERR_AR || is_marked(e))
		return CRASH_POISON;
	if (!e->signal || !c->vma)
		return CRASH_BEYOND_EOF;
	if (crash_has_file(c) && has_end(c) && (crash_offset(c) & ~4095ULL) >= e->file_size)
		return CRASH_BEYOND_EOF;
	if (c->vma->vma.key.flags & VS_VM_HUGETLB)
		return CRASH_NO_HUGE_PAGE;
	if (!crash_has_file(c))
		return CRASH_BUS;
	if (e->fs_magic == VS_TMPFS_MAGIC)
		return e->entry || !e->fs_limit ? CRASH_NO_SHMEM : CRASH_FS_FULL;
	if (!has_end(c))
		return CRASH_DRIVER;
	return c->fault->access == VS_ACCESS_WRITE && is_shared(c) ? CRASH_WRITE_ERROR
								   : CRASH_READ_ERROR;
}

/** poison_reason - why the page is unusable. */
static const char *poison_reason(const struct crash *c)
{
	if (is_marked(c->event))
		return "marked by userfaultfd (UFFDIO_POISON) or after a failed read from swap";
	return "the memory of this page has failed";
}

bool crash_reason(const struct crash *c, char *buf, size_t size)
{
	char at[STR_NUMBER_LEN], end[STR_NUMBER_LEN];

	if (!crash_is_bus(c) || !c->event->signal)
		return false;
	str_format_bytes(at, sizeof(at), crash_offset(c));
	str_format_bytes(end, sizeof(end), c->event->file_size);
	switch (crash_bus_kind(c)) {
	case CRASH_POISON:
		snprintf(buf, size, "%s", poison_reason(c));
		break;
	case CRASH_BEYOND_EOF:
		snprintf(buf, size, "offset %s of a file that has %s now", at, end);
		break;
	case CRASH_FS_FULL:
		snprintf(buf, size, "offset %s of a file of %s, on a tmpfs that holds at most %s",
			 at, end, str_bytes(c->event->fs_limit).text);
		break;
	case CRASH_NO_SHMEM:
		snprintf(
			buf, size,
			"offset %s of %s of shared memory: no memory (overcommit), or not readable "
			"from swap",
			at, end);
		break;
	case CRASH_NO_HUGE_PAGE:
		snprintf(buf, size,
			 "the pool (nr_hugepages) is empty or reserved, or the cgroup's limit "
			 "is reached");
		break;
	case CRASH_READ_ERROR:
		snprintf(buf, size, "offset %s of a file of %s could not be read", at, end);
		break;
	case CRASH_WRITE_ERROR:
		snprintf(buf, size,
			 "offset %s of a file of %s could not be read, or no space is left for it",
			 at, end);
		break;
	case CRASH_DRIVER:
		snprintf(buf, size, "the driver of this mapping has no page at offset %s", at);
		break;
	default:
		return false;
	}
	return true;
}
