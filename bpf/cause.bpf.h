/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause.bpf.h - the cause of a fault, from the page-table entry before it, the error code, the
 * VMA, and the outcome.
 */
#ifndef VMASCOPE_CAUSE_BPF_H
#define VMASCOPE_CAUSE_BPF_H

#include "pagecache.bpf.h"
#include "pte.bpf.h"
#include "vma.bpf.h"

/* include/linux/mm.h: VM_HIGH_ARCH_5, since 54007f818206 (6.6); before, it was another flag */
#define VM_SHADOW_STACK (1ULL << 37)

/* arch/x86/include/uapi/asm/vsyscall.h: the page of VSYSCALL_ADDR */
#define VSYSCALL_PAGE 0xffffffffff600000ULL

/**
 * access_forbidden - the VMA does not permit the access; as access_error() in arch/x86/mm/fault.c
 *
 * Code in memory that is readable but not executable is mapped first, then refused by the CPU.
 */
static __always_inline bool access_forbidden(const struct pending_fault *f)
{
	u64 traits = f->vma.traits;

	if (f->error_code & X86_PF_SGX)
		return true;
	if (f->error_code & X86_PF_SHSTK)
		return !(traits & VM_SHADOW_STACK) || !(traits & VS_VM_WRITE);
	if (f->access == VS_ACCESS_WRITE)
		return !(traits & VS_VM_WRITE);
	if (f->access == VS_ACCESS_EXEC && f->error_code & X86_PF_PROT)
		return !(traits & VS_VM_EXEC);
	return !(traits & (VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC));
}

/** refused - cause of an access that ends in a signal in user mode, and in EFAULT in the kernel. */
static __always_inline enum vs_cause refused(const struct pending_fault *f, enum vs_cause user)
{
	return f->origin == VS_ORIGIN_KERNEL ? VS_CAUSE_EFAULT : user;
}

/** beyond_eof - the page is beyond the end of the file: SIGBUS. */
static __always_inline bool beyond_eof(const struct pending_fault *f)
{
	u64 offset = ((f->address - f->vma.start) & ~4095ULL) + (f->vma.pgoff << 12);

	return f->vma.traits & VMA_HAS_END &&
	       (s64)offset >= kread(struct inode, f->vma.inode, i_size);
}

/**
 * is_uffd_minor - userfaultfd may be registered for minor faults: pages in the page cache, not
 * mapped
 *
 * The flag has moved twice (bits 37, 38, 41), so a VMA registered for no other mode is assumed.
 */
static __always_inline bool is_uffd_minor(const struct pending_fault *f)
{
	u64 traits = f->vma.traits;

	return traits & VMA_HAS_UFFD && traits & (VMA_IS_SHMEM | VS_VM_HUGETLB) &&
	       !(traits & VS_VM_UFFD_MISSING) && !(traits & VS_VM_UFFD_WP);
}

/** cause_of_empty - the entry was empty. */
static __always_inline enum vs_cause cause_of_empty(const struct pending_fault *f)
{
	u64 traits = f->vma.traits;

	if (traits & VS_VM_UFFD_MISSING && (traits & VMA_IS_SHMEM || !(traits & VMA_IS_FILE)))
		return VS_CAUSE_UFFD;
	if (is_uffd_minor(f))
		return VS_CAUSE_UFFD;
	if (traits & VMA_IS_SPECIAL)
		return VS_CAUSE_FILE_MAP;
	if (!(traits & VMA_IS_FILE))
		return VS_CAUSE_ANON_ZERO;
	if (beyond_eof(f))
		return refused(f, VS_CAUSE_SIGBUS);
	if (f->cached == CACHED_SWAPPED)
		return VS_CAUSE_SWAP_IN;
	/* another task is reading the page, whether the kernel counts the wait as minor or major */
	if (f->cached == CACHED_READING && !(traits & VMA_IS_SHMEM))
		return VS_CAUSE_FILE_WAIT;
	/* do_cow_fault() */
	if (f->access == VS_ACCESS_WRITE && !(traits & VS_VM_SHARED))
		return VS_CAUSE_COW;
	return traits & VMA_IS_SHMEM ? VS_CAUSE_SHMEM : VS_CAUSE_FILE_MAP;
}

/** cause_of_swapped - the entry is neither empty nor present: find out what it encodes. */
static __always_inline enum vs_cause cause_of_swapped(const struct pending_fault *f)
{
	u32 type = SWP_TYPE(f->page.entry);

	if (f->page.entry & PTE_PROTNONE)
		return VS_CAUSE_NUMA_HINT;
	if (cfg.swp_migration & (1u << type))
		return VS_CAUSE_MIGRATION;
	if (cfg.swp_device & (1u << type))
		return VS_CAUSE_DEVICE;
	if (cfg.swp_error & (1u << type))
		return refused(f, VS_CAUSE_SIGBUS);
	if (!(cfg.swp_marker & (1u << type)))
		return VS_CAUSE_SWAP_IN;
	if (SWP_OFFSET(f->page.entry) & MARKER_GUARD)
		return refused(f, VS_CAUSE_SEGV_MAPERR); /* as the signal's si_code says */
	return SWP_OFFSET(f->page.entry) & MARKER_UFFD_WP ? VS_CAUSE_UFFD
							  : refused(f, VS_CAUSE_SIGBUS);
}

/** cause_of_present - a page is mapped: find out which access was not permitted. */
static __always_inline enum vs_cause cause_of_present(const struct pending_fault *f)
{
	if (f->access != VS_ACCESS_WRITE || f->page.entry & PTE_RW)
		return VS_CAUSE_SPURIOUS;
	/* in a shadow stack, a writable page is read-only and dirty */
	if (f->error_code & X86_PF_SHSTK && f->page.entry & PTE_DIRTY)
		return VS_CAUSE_SPURIOUS;
	if (f->page.entry & PTE_UFFD_WP && f->vma.traits & VS_VM_UFFD_WP)
		return VS_CAUSE_UFFD;
	return f->vma.traits & VS_VM_SHARED ? VS_CAUSE_WRITE_NOTIFY : VS_CAUSE_COW;
}

/** cause_of_hugetlb - faults for userfaultfd are distinguished; all others have one cause. */
static __always_inline enum vs_cause cause_of_hugetlb(const struct pending_fault *f)
{
	bool empty = f->page.readable ? !f->page.entry : !(f->error_code & X86_PF_PROT);

	if (empty && (f->vma.traits & VS_VM_UFFD_MISSING || is_uffd_minor(f)))
		return VS_CAUSE_UFFD;
	return VS_CAUSE_HUGETLB;
}

/** cause_without_tables - the cause as far as the error code and the VMA determine it. */
static __always_inline enum vs_cause cause_without_tables(const struct pending_fault *f)
{
	if (!(f->error_code & X86_PF_PROT))
		return cause_of_empty(f);
	if (f->access != VS_ACCESS_WRITE)
		return VS_CAUSE_SPURIOUS;
	return f->vma.traits & VS_VM_SHARED ? VS_CAUSE_WRITE_NOTIFY : VS_CAUSE_COW;
}

/** cause_at_begin - the cause as far as it is known before the fault is handled. */
static __always_inline enum vs_cause cause_at_begin(const struct pending_fault *f)
{
	if (f->found == VMA_NONE) {
		if (f->origin == VS_ORIGIN_USER && f->address >> 12 == VSYSCALL_PAGE >> 12 &&
		    f->ip == f->address)
			return VS_CAUSE_VSYSCALL;
		return refused(f, VS_CAUSE_SEGV_MAPERR);
	}
	if (f->found == VMA_MISSED)
		return VS_CAUSE_UNKNOWN;
	if (f->error_code & X86_PF_PK)
		return VS_CAUSE_PKEY;
	if (access_forbidden(f))
		return f->origin == VS_ORIGIN_USER ? VS_CAUSE_SEGV_ACCERR : VS_CAUSE_PROT;
	if (f->vma.traits & VS_VM_HUGETLB)
		return cause_of_hugetlb(f);
	if (!f->page.readable)
		return cause_without_tables(f);
	if (!f->page.entry)
		return cause_of_empty(f);
	if (!(f->page.entry & PTE_PRESENT))
		return cause_of_swapped(f);
	return cause_of_present(f);
}

/** cause_of_signal - the fault ended in a signal, whose si_code gives the cause. */
static __always_inline enum vs_cause cause_of_signal(const struct pending_fault *f, int sig,
						     int code)
{
	if (sig == VS_SIGBUS)
		return VS_CAUSE_SIGBUS;
	if (code == VS_SEGV_PKUERR)
		return VS_CAUSE_PKEY;
	return code == VS_SEGV_ACCERR ? VS_CAUSE_SEGV_ACCERR : VS_CAUSE_SEGV_MAPERR;
}

/** is_cow - a write to a private page that was read-only, whether or not it was copied */
static __always_inline bool is_cow(enum vs_cause cause)
{
	return cause == VS_CAUSE_COW || cause == VS_CAUSE_COW_REUSE || cause == VS_CAUSE_COW_ZERO;
}

/** cause_of_cow - distinguish whether the page has been copied. */
static __always_inline enum vs_cause cause_of_cow(const struct pending_fault *f)
{
	if (f->frame == FRAME_KEPT)
		return VS_CAUSE_COW_REUSE;
	if (f->frame == FRAME_REPLACED && !(f->vma.traits & VMA_IS_FILE) && is_zero_page(&f->page))
		return VS_CAUSE_COW_ZERO;
	return VS_CAUSE_COW;
}

/** cause_at_end - refine the cause of a completed fault, and find what a major fault had to do. */
static __always_inline enum vs_cause cause_at_end(const struct pending_fault *f,
						  enum vs_outcome outcome)
{
	u64 traits = f->vma.traits;

	switch (f->cause) {
	case VS_CAUSE_EFAULT:
	case VS_CAUSE_SEGV_MAPERR: /* mapped and unmapped again meanwhile, or the file has grown */
		if (traits & VMA_IS_FILE)
			return VS_CAUSE_FILE_MAP;
		return VS_CAUSE_UNKNOWN;
	case VS_CAUSE_SEGV_ACCERR: /* the VMA was changed meanwhile */
	case VS_CAUSE_PKEY:
		return VS_CAUSE_SPURIOUS;
	case VS_CAUSE_SIGBUS: /* the file has grown meanwhile */
		return VS_CAUSE_FILE_MAP;
	case VS_CAUSE_SHMEM: /* shared memory needs no I/O other than from swap */
		return outcome == VS_MAJOR ? VS_CAUSE_SWAP_IN : VS_CAUSE_SHMEM;
	case VS_CAUSE_COW: /* copy of a page that was not in the page cache */
	case VS_CAUSE_FILE_MAP:
		if (outcome == VS_MAJOR && traits & VMA_IS_FILE && !f->page.entry)
			return traits & VMA_IS_SHMEM ? VS_CAUSE_SWAP_IN : VS_CAUSE_FILE_READ;
		return f->cause == VS_CAUSE_COW ? cause_of_cow(f) : f->cause;
	default:
		/* without page tables, only a major fault of anonymous memory indicates swap */
		if (f->cause == VS_CAUSE_ANON_ZERO && outcome == VS_MAJOR && !f->page.readable)
			return VS_CAUSE_SWAP_IN;
		return f->cause;
	}
}

#endif /* VMASCOPE_CAUSE_BPF_H */
