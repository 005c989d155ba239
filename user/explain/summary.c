// SPDX-License-Identifier: GPL-2.0-only
/* summary.c - an explanation in a sentence or two: what is there, and what a touch would do. */
#include <stdio.h>
#include <string.h>

#include "explain/explanation.h"
#include "util/str.h"

static const char *size_name(uint64_t bytes)
{
	switch (tlb_size_bit(bytes)) {
	case TLB_4K:
		return "4 KiB page";
	case TLB_2M:
		return "2 MiB page";
	case TLB_1G:
		return "1 GiB page";
	default:
		return "page";
	}
}

static void no_vma(const struct explanation *e, char *buf, size_t size)
{
	if (e->kind == ADDRESS_KERNEL)
		snprintf(buf, size,
			 "in the kernel half of the address space: an access from user "
			 "mode raises SIGSEGV");
	else if (e->gap.there && e->gap.grows)
		snprintf(buf, size,
			 "no VMA, in the gap below a stack: an access makes the stack "
			 "grow");
	else if (e->gap.there && e->gap.limit_known)
		snprintf(buf, size,
			 "no VMA, in the gap below a stack, which cannot grow this far "
			 "(limit or guard gap): an access raises SIGSEGV (SEGV_MAPERR)");
	else if (e->gap.there)
		snprintf(buf, size, "no VMA, in the gap below a stack");
	else
		snprintf(buf, size, "no VMA: an access raises SIGSEGV (SEGV_MAPERR)");
}

static bool has(const struct explanation *e, char perm)
{
	return strchr(e->vma.perms, perm) != NULL;
}

static const char *what_of_empty(const struct explanation *e)
{
	if (e->vma.inode)
		return has(e, 's') ? "not mapped yet: an access maps the page of the file"
				   : "not mapped yet: a read maps the page of the file, a write a "
				     "copy of it";
	if (*e->vma.name == '[' && strncmp(e->vma.name, "[heap", 5) &&
	    strncmp(e->vma.name, "[stack", 6) && strncmp(e->vma.name, "[anon", 5))
		return "not mapped yet: an access makes the kernel map its page";
	return "not touched yet: the first touch maps zeroed memory";
}

static void of_present(const struct explanation *e, const struct table_entry *entry, char *buf,
		       size_t size)
{
	const bool rw = entry->raw & 2;
	const char *write = "";

	if (rw && has(e, 'w'))
		write = ", writable";
	else if (has(e, 'w'))
		write = has(e, 's') ? ", read-only: the first write raises a write-notify fault"
				    : ", read-only: a write copies the page, or reuses it";
	snprintf(buf, size, "mapped by a %s%s", size_name(e->page_size), write);
}

static const char *what_of_marker(const struct table_entry *entry)
{
	if (entry->marker & MARKER_GUARD)
		return "guard page (MADV_GUARD_INSTALL): an access raises SIGSEGV";
	if (entry->marker & MARKER_POISONED)
		return "poisoned: an access raises SIGBUS";
	if (entry->marker & MARKER_UFFD_WP)
		return "no page, but write-protected by userfaultfd";
	return "unknown PTE marker";
}

static void of_entry(const struct explanation *e, const struct table_entry *entry, char *buf,
		     size_t size)
{
	static const char *const texts[] = {
		[ENTRY_SWAP] = "swapped out: an access swaps it in",
		[ENTRY_MIGRATION] = "under migration: an access waits for its end",
		[ENTRY_HWPOISON] = "hardware memory error: an access raises SIGBUS",
		[ENTRY_DEVICE] = "in device memory: an access moves it back",
		[ENTRY_SPLITTING] = "a huge page that is being split",
	};

	if (!strncmp(e->vma.perms, "---", 3))
		snprintf(buf, size, "PROT_NONE%s: an access raises SIGSEGV (SEGV_ACCERR)",
			 entry->kind == ENTRY_EMPTY ? ", nothing mapped" : "");
	else if (e->kind == ADDRESS_KERNEL)
		snprintf(buf, size, "vsyscall page of the kernel: calls are emulated");
	else if (entry->kind == ENTRY_EMPTY)
		snprintf(buf, size, "%s", what_of_empty(e));
	else if (entry->kind == ENTRY_PAGE)
		of_present(e, entry, buf, size);
	else if (entry->kind == ENTRY_PROTNONE)
		snprintf(buf, size, "mapped by a %s, made inaccessible by NUMA balancing",
			 size_name(e->page_size));
	else if (entry->kind == ENTRY_MARKER)
		snprintf(buf, size, "%s", what_of_marker(entry));
	else
		snprintf(buf, size, "%s", texts[entry->kind]);
}

void explanation__summary(const struct explanation *e, char *buf, size_t size)
{
	const struct table_entry *last = explanation__last(e);

	if (e->kind == ADDRESS_NON_CANONICAL)
		snprintf(
			buf, size,
			"non-canonical: bits 63 to %d are not all equal: an access raises SIGSEGV, "
			"without the address",
			e->levels == 5 ? 56 : 47);
	else if (!e->has_vma)
		no_vma(e, buf, size);
	else if (last)
		of_entry(e, last, buf, size);
	else if (e->has_pagemap)
		snprintf(buf, size, "%s, according to pagemap",
			 e->pagemap & PAGEMAP_PRESENT	? "mapped"
			 : e->pagemap & PAGEMAP_SWAPPED ? "swapped out, or another special entry"
							: "not mapped");
	else
		snprintf(buf, size, "in a VMA; unknown whether a page is mapped");
}
