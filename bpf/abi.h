/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * abi.h - the part of the contract (events.h) that the kernel and the CPU define: constants that
 * both sides use, whether or not the headers of the C library define them.
 */
#ifndef VMASCOPE_ABI_H
#define VMASCOPE_ABI_H

/** System calls return errors as -VS_MAX_ERRNO to -1 (MAX_ERRNO, include/linux/err.h). */
#define VS_MAX_ERRNO 4095

/* include/uapi/asm-generic/signal.h and siginfo.h */
#define VS_SIGBUS 7
#define VS_SIGSEGV 11
#define VS_SEGV_MAPERR 1
#define VS_SEGV_ACCERR 2
#define VS_SEGV_PKUERR 4
#define VS_BUS_ADRERR 2
#define VS_BUS_MCEERR_AR 4

/* include/uapi/linux/magic.h; TMPFS_MAGIC is also that of memfds, SysV and shared anonymous memory */
#define VS_TMPFS_MAGIC 0x01021994
#define VS_ANON_INODE_FS_MAGIC 0x09041934

/* include/uapi/asm-generic/mman-common.h: advice of madvise(2) that drops or reclaims pages */
#define VS_MADV_DONTNEED 4
#define VS_MADV_FREE 8
#define VS_MADV_REMOVE 9
#define VS_MADV_COLD 20
#define VS_MADV_PAGEOUT 21
#define VS_MADV_DONTNEED_LOCKED 24
#define VS_MADV_GUARD_INSTALL 102

/* arch/x86 and asm-generic: the same values everywhere */
#define VS_PROT_READ 1u
#define VS_PROT_WRITE 2u
#define VS_PROT_EXEC 4u
#define VS_MAP_FIXED 0x10u
/* include/uapi/linux/mman.h */
#define VS_MREMAP_DONTUNMAP 4

/* arch/x86/include/asm/trap_pf.h: error code of a page fault */
#define X86_PF_PROT 0x1u
#define X86_PF_WRITE 0x2u
#define X86_PF_INSTR 0x10u
#define X86_PF_PK 0x20u
#define X86_PF_SHSTK 0x40u
#define X86_PF_SGX 0x8000u

/* arch/x86/include/asm/pgtable_types.h: page-table entries */
#define PTE_PRESENT 0x1ULL
#define PTE_RW 0x2ULL
#define PTE_DIRTY 0x40ULL
#define PTE_PSE 0x80ULL	      /* a leaf above the lowest level */
#define PTE_PROTNONE 0x100ULL /* with PTE_PRESENT clear */
#define PTE_SPECIAL 0x200ULL  /* no normal page; in anonymous memory, the zero page */
#define PTE_UFFD_WP 0x400ULL
#define PTE_SAVED_DIRTY (1ULL << 58) /* read-only and dirty: fca4d413c5be (6.6) */
#define PTE_NX (1ULL << 63)
#define PTE_ADDRESS 0x000ffffffffff000ULL
#define PTES_PER_TABLE 512
/** PGD, P4D, PUD, PMD, PTE: the lowest address bit that each decodes; four levels have no P4D */
#define TABLE_LEVELS 5
#define TABLE_SHIFTS                                                                               \
	{                                                                                          \
		48, 39, 30, 21, 12                                                                 \
	}

/* arch/x86/include/asm/pgtable_64.h: entries that are in use and not present; type, ~offset, rest */
#define SWP_TYPE(entry) ((entry) >> 59)
#define SWP_OFFSET(entry) ((~(entry) << 5) >> 14)
/* include/linux/swapops.h: bits of a PTE marker's offset; PTE_MARKER_GUARD is 7c53dfbdb024 (6.13) */
#define MARKER_UFFD_WP 1u
#define MARKER_POISONED 2u
#define MARKER_GUARD 4u

/** vs_is_error - @result of a system call is an error */
static inline int vs_is_error(__s64 result)
{
	return result < 0 && result >= -VS_MAX_ERRNO;
}

#endif /* VMASCOPE_ABI_H */
