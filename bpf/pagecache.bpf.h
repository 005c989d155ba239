/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagecache.bpf.h - state of a file's page in the page cache when a fault begins: absent, present,
 * or being read by another task, so that the fault will wait for that read.
 *
 * The kernel counts such a wait as minor, or as major if it had to take the mmap lock a second
 * time for it (FAULT_FLAG_TRIED): the outcome does not identify it.
 *
 * The page cache is an array (xarray) of nodes with 64 slots each; tracing programs run inside an RCU
 * read-side section, so no node is freed while it is read.
 */
#ifndef VMASCOPE_PAGECACHE_BPF_H
#define VMASCOPE_PAGECACHE_BPF_H

#include "kread.bpf.h"
#include "pte.bpf.h"
#include "vma.bpf.h"

/* include/linux/xarray.h */
#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_MASK ((1ULL << XA_CHUNK_SHIFT) - 1)
#define XA_VALUE 1ULL		     /* a number: the page is in swap, or was evicted */
#define XA_INTERNAL 2ULL	     /* internal to the array: the two lowest bits */
#define XA_FIRST_NODE 4096ULL	     /* internal entries above are nodes */
#define XA_LAST_SIBLING (62ULL << 2) /* entries up to this one hold a slot number */
/** Maximum depth of the tree, for a 64-bit index. */
#define XA_MAX_HEIGHT 11

/** enum page_cached - state of the page in the page cache when the fault began */
enum page_cached {
	CACHED_UNKNOWN, /* also if there is no page cache */
	CACHED_NOT,
	CACHED_SWAPPED, /* shared memory: the page is in swap */
	CACHED_READING, /* it is present, but its contents are not up to date */
	CACHED_READY,
};

static __always_inline bool xa_is_internal(u64 entry)
{
	return (entry & 3) == XA_INTERNAL;
}

/** xa_slot - slot @offset of the node at @node; 0 if it can't be read */
static __always_inline u64 xa_slot(u64 node, u64 offset)
{
	u64 entry = 0;

	kread_u64(node + bpf_core_field_offset(struct xa_node, slots) +
			  (offset & XA_CHUNK_MASK) * sizeof(void *),
		  &entry);
	return entry;
}

/** cached_kind - state according to entry @entry of a page cache: a folio, or why there is none */
static __always_inline enum page_cached cached_kind(u64 entry, bool shmem)
{
	u64 flags;

	if (!entry)
		return CACHED_NOT;
	if (entry & XA_VALUE)
		return shmem ? CACHED_SWAPPED : CACHED_NOT;
	if (xa_is_internal(entry) ||
	    !kread_u64(entry, &flags)) /* flags are the first member of a folio */
		return CACHED_UNKNOWN;
	return flags >> bpf_core_enum_value(enum pageflags, PG_uptodate) & 1 ? CACHED_READY
									     : CACHED_READING;
}

/**
 * page_cached - state in the page cache of the page of a fault that begins
 *
 * A global function: the verifier checks it once. Defined in fault.bpf.c, as it uses plain loads.
 * Return: enum page_cached.
 */
int page_cached(const struct pending_fault *f);

/** may_be_cached - page_cached() applies to the fault: a page of a file, none is mapped. */
static __always_inline bool may_be_cached(const struct pending_fault *f)
{
	return f->found == VMA_FOUND && f->vma.traits & VMA_HAS_END &&
	       !(f->vma.traits & VS_VM_HUGETLB) &&
	       !(f->page.readable ? f->page.entry : f->error_code & X86_PF_PROT);
}

#endif /* VMASCOPE_PAGECACHE_BPF_H */
