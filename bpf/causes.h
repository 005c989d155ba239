/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * causes.h - the part of the contract (events.h) that lists the causes of page faults.
 */
#ifndef VMASCOPE_CAUSES_H
#define VMASCOPE_CAUSES_H

/**
 * VS_EACH_CAUSE - X(ID, name, description): all causes, in the order of their numbers
 *
 * A row makes the member VS_CAUSE_ID and its name in options, tables, JSON, metrics and traces.
 * Recordings hold the numbers: a new cause is appended. docs/causes.md describes each one (a test
 * compares); bpf/cause.bpf.h determines the cause of a fault.
 */
/* clang-format off */
#define VS_EACH_CAUSE(X)                                                                           \
	X(UNKNOWN, "unknown", "no VMA could be looked up consistently")                            \
	X(ANON_ZERO, "anon-zero", "first touch of anonymous memory")                               \
	X(FILE_MAP, "file-map", "file page that was in the page cache")                            \
	X(FILE_READ, "file-read", "file page that had to be read")                                 \
	X(SHMEM, "shmem", "tmpfs, POSIX or SysV shared memory, memfd")                             \
	X(SWAP_IN, "swap-in", "swap entry")                                                        \
	X(COW, "cow", "write to a private page that is shared")                                    \
	X(WRITE_NOTIFY, "write-notify",                                                            \
	  "write to a shared file page that is read-only to track dirtying")                       \
	X(NUMA_HINT, "numa-hint", "PROT_NONE entry planted by NUMA balancing")                     \
	X(UFFD, "uffd", "userfaultfd has the range registered for this kind of fault")             \
	X(HUGETLB, "hugetlb", "hugetlbfs")                                                         \
	X(MIGRATION, "migration", "page under migration")                                          \
	X(PROT, "prot", "access that the VMA forbids, ended otherwise than by a signal")           \
	X(PKEY, "pkey", "protection key")                                                          \
	X(SEGV_MAPERR, "segv-maperr", "no VMA there")                                              \
	X(SEGV_ACCERR, "segv-accerr", "the VMA forbids the access")                                \
	X(SIGBUS, "sigbus", "beyond the end of the file, or hardware poison")                      \
	X(SPURIOUS, "spurious", "the entry already allowed the access")                            \
	X(GUP, "gup", "taken by the kernel without a trap; no hook shows the page")                \
	X(KSM, "ksm", "the same, to give a process back a page that KSM had merged")               \
	X(EFAULT, "efault", "kernel-mode access to no VMA, or beyond a file's end: EFAULT")        \
	X(VSYSCALL, "vsyscall", "call of the vsyscall page, which the kernel emulates")            \
	X(COW_REUSE, "cow-reuse", "write to a private page that nobody shares any more: no copy")  \
	X(COW_ZERO, "cow-zero", "write to the zero page: a zeroed page, no copy")                  \
	X(DEVICE, "device", "page in the memory of a device")                                      \
	X(FILE_WAIT, "file-wait", "file page that somebody else was reading already")
/* clang-format on */

/** enum vs_cause - cause of a fault, as determined by BPF (bpf/cause.bpf.h); see VS_EACH_CAUSE */
enum vs_cause {
#define VS_CAUSE_MEMBER(id, name, what) VS_CAUSE_##id,
	VS_EACH_CAUSE(VS_CAUSE_MEMBER)
#undef VS_CAUSE_MEMBER
	VS_NR_CAUSES,
};
_Static_assert(VS_NR_CAUSES <= 32, "sets of causes are 32 bits, and a histogram of each is shared");

#endif /* VMASCOPE_CAUSES_H */
