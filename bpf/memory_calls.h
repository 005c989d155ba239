/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_calls.h - the part of the contract (events.h) that lists memory calls, other reasons of
 * TLB flushes, and the system calls of each.
 *
 * A new memory call needs a row of VS_EACH_FOLLOWED_CALL and one for each of its system calls; its
 * effect on the pages in its range is defined in bpf/call_ranges.bpf.h and
 * user/model/history/ranges.c.
 */
#ifndef VMASCOPE_MEMORY_CALLS_H
#define VMASCOPE_MEMORY_CALLS_H

/* Traits of calls. */
#define VS_CALL_OF_RANGE 1u  /* the first two arguments are a range of addresses */
#define VS_CALL_MAY_SPLIT 2u /* a change of the number of VMAs is a split or a merge */
#define VS_CALL_SETS_PROT 4u /* the third argument is a protection (PROT_*) */
#define VS_CALL_CHANGES 8u   /* unmaps, maps or changes memory, or its use */
#define VS_CALL_IN_PLACE 16u /* creates and ends no process, and replaces no image */
#define VS_CALL_ROUNDS 32u   /* its range begins with the page of the first argument */

/* clang-format off */
/**
 * VS_EACH_FOLLOWED_CALL - system calls that are traced from begin to end:
 *	X(ID, name, traits, start, length, other, flags, result, print1, print2, print3, flag_names)
 * @traits: VS_CALL_* bits
 * @start, @length, @other, @flags: index of the argument, NONE if there is none
 * @result: kind of return value, see enum call_result (user/)
 * @print1 to @print3, @flag_names: how trace prints its arguments, `none`: no more
 *
 * Recordings hold the numbers and their names: a new call changes the numbers of
 * VS_EACH_OTHER_FLUSHER.
 */
#define VS_EACH_FOLLOWED_CALL(X)                                                                   \
	X(MPROTECT, "mprotect",                                                                    \
	  VS_CALL_OF_RANGE | VS_CALL_MAY_SPLIT | VS_CALL_SETS_PROT | VS_CALL_CHANGES |             \
	  VS_CALL_IN_PLACE,                                                                        \
	  0, 1, 2, NONE, ZERO, range, prot, none, none)                                            \
	X(PKEY_MPROTECT, "pkey_mprotect",                                                          \
	  VS_CALL_OF_RANGE | VS_CALL_MAY_SPLIT | VS_CALL_SETS_PROT | VS_CALL_CHANGES |             \
	  VS_CALL_IN_PLACE,                                                                        \
	  0, 1, 2, 3, ZERO, range, prot, key, none)                                                \
	X(MUNMAP, "munmap",                                                                        \
	  VS_CALL_OF_RANGE | VS_CALL_MAY_SPLIT | VS_CALL_CHANGES | VS_CALL_IN_PLACE,               \
	  0, 1, NONE, NONE, ZERO, range, none, none, none)                                         \
	X(MREMAP, "mremap", VS_CALL_OF_RANGE | VS_CALL_CHANGES | VS_CALL_IN_PLACE,                 \
	  0, 1, 2, 3, MOVED, range, new_length, none, remap)                                       \
	X(MADVISE, "madvise",                                                                      \
	  VS_CALL_OF_RANGE | VS_CALL_MAY_SPLIT | VS_CALL_CHANGES | VS_CALL_IN_PLACE,               \
	  0, 1, 2, NONE, ZERO, range, advice, none, none)                                          \
	X(PROCESS_MADVISE, "process_madvise", VS_CALL_IN_PLACE,                                    \
	  NONE, NONE, 3, NONE, NUMBER, ranges, advice, none, none)                                 \
	X(BRK, "brk", VS_CALL_CHANGES | VS_CALL_IN_PLACE,                                          \
	  0, NONE, 1, NONE, BREAK, break, none, none, none)                                        \
	X(MMAP, "mmap", VS_CALL_SETS_PROT | VS_CALL_CHANGES | VS_CALL_IN_PLACE,                    \
	  0, 1, 2, 3, PLACE, place, prot, none, map)                                               \
	X(MLOCK, "mlock",                                                                          \
	  VS_CALL_OF_RANGE | VS_CALL_ROUNDS | VS_CALL_MAY_SPLIT | VS_CALL_IN_PLACE,                \
	  0, 1, NONE, NONE, ZERO, range, none, none, none)                                         \
	X(MLOCK2, "mlock2",                                                                        \
	  VS_CALL_OF_RANGE | VS_CALL_ROUNDS | VS_CALL_MAY_SPLIT | VS_CALL_IN_PLACE,                \
	  0, 1, NONE, 2, ZERO, range, none, none, lock)                                            \
	X(MUNLOCK, "munlock",                                                                      \
	  VS_CALL_OF_RANGE | VS_CALL_ROUNDS | VS_CALL_MAY_SPLIT | VS_CALL_IN_PLACE,                \
	  0, 1, NONE, NONE, ZERO, range, none, none, none)                                         \
	X(MLOCKALL, "mlockall", VS_CALL_MAY_SPLIT | VS_CALL_IN_PLACE,                              \
	  NONE, NONE, NONE, 0, ZERO, none, none, none, lock_all)                                   \
	X(MUNLOCKALL, "munlockall", VS_CALL_MAY_SPLIT | VS_CALL_IN_PLACE,                          \
	  NONE, NONE, NONE, NONE, ZERO, none, none, none, none)                                    \
	/* fork, vfork, clone and clone3 that copy the address space or share it */                \
	X(FORK, "fork", 0, NONE, NONE, NONE, NONE, NUMBER, none, none, none, none)                 \
	X(EXEC, "exec", 0, NONE, NONE, NONE, NONE, ZERO, none, none, none, none)                   \
	X(EXIT, "exit", 0, NONE, NONE, NONE, NONE, ZERO, none, none, none, none)

/**
 * VS_EACH_OTHER_FLUSHER - reasons of flushes that no call owns: X(ID, name)
 *
 * From VS_CALL_SYSCALL on (VS_CALL_FIRST_UNOWNED), the kind of initiator is known, not the reason.
 */
#define VS_EACH_OTHER_FLUSHER(X)                                                                   \
	X(COW, "cow") /* a fault that copied a page */                                             \
	X(NUMA, "numa") /* a NUMA hint fault, and the migration that it requests */                \
	X(UFFD, "userfaultfd") /* userfaultfd's write protection (its ioctl) */                    \
	X(FAULT, "fault") /* another fault */                                                      \
	X(RECLAIM, "reclaim") /* kswapd, or a task in direct reclaim */                            \
	X(COMPACTION, "compaction") /* kcompactd */                                                \
	X(KSM, "ksm") /* ksmd */                                                                   \
	X(KHUGEPAGED, "khugepaged") /* khugepaged */                                               \
	X(MIGRATE, "migrate") /* move_pages, migrate_pages, mbind */                               \
	X(WRITEBACK, "writeback") /* msync, fsync and similar, writeback: pages made clean */      \
	X(TRUNCATE, "truncate") /* truncate, fallocate: pages removed from a file's mappings */    \
	X(SYSCALL, "system-call") /* another system call */                                        \
	X(KTHREAD, "kernel-thread") /* another kernel thread */                                    \
	X(OTHER, "other") /* a task outside a system call and outside a fault */                   \
	X(KERNEL_RANGE, "kernel-range") /* kernel addresses, by any task */                        \
	X(FLUSH_ALL, "flush-all")     /* everything, by any task */

/**
 * VS_EACH_MEMORY_SYSCALL - the system calls that are traced: X(name, ID, hooked)
 * @name: as in <asm/unistd.h>
 * @hooked: signature of its function: BY_REGISTERS; WITHOUT_ARGUMENTS, which has another name in
 *	BTF; NO_RETURN
 */
#define VS_EACH_MEMORY_SYSCALL(X)                                                                  \
	X(mmap, MMAP, BY_REGISTERS)                                                                \
	X(mprotect, MPROTECT, BY_REGISTERS)                                                        \
	X(munmap, MUNMAP, BY_REGISTERS)                                                            \
	X(brk, BRK, BY_REGISTERS)                                                                  \
	X(mremap, MREMAP, BY_REGISTERS)                                                            \
	X(madvise, MADVISE, BY_REGISTERS)                                                          \
	X(clone, FORK, BY_REGISTERS)                                                               \
	X(fork, FORK, WITHOUT_ARGUMENTS)                                                           \
	X(vfork, FORK, WITHOUT_ARGUMENTS)                                                          \
	X(execve, EXEC, BY_REGISTERS)                                                              \
	X(execveat, EXEC, BY_REGISTERS)                                                            \
	X(pkey_mprotect, PKEY_MPROTECT, BY_REGISTERS)                                              \
	X(clone3, FORK, BY_REGISTERS)                                                              \
	X(process_madvise, PROCESS_MADVISE, BY_REGISTERS)                                          \
	X(mlock, MLOCK, BY_REGISTERS)                                                              \
	X(mlock2, MLOCK2, BY_REGISTERS)                                                            \
	X(munlock, MUNLOCK, BY_REGISTERS)                                                          \
	X(mlockall, MLOCKALL, BY_REGISTERS)                                                        \
	X(munlockall, MUNLOCKALL, WITHOUT_ARGUMENTS)                                               \
	X(exit, EXIT, NO_RETURN)                                                                   \
	X(exit_group, EXIT, NO_RETURN)

/**
 * VS_EACH_FLUSHING_SYSCALL - untraced system calls, and the reason of their flushes: X(name, ID)
 */
#define VS_EACH_FLUSHING_SYSCALL(X)                                                                \
	X(msync, WRITEBACK)                                                                        \
	X(fsync, WRITEBACK)                                                                        \
	X(fdatasync, WRITEBACK)                                                                    \
	X(sync, WRITEBACK)                                                                         \
	X(sync_file_range, WRITEBACK)                                                              \
	X(syncfs, WRITEBACK)                                                                       \
	X(truncate, TRUNCATE)                                                                      \
	X(ftruncate, TRUNCATE)                                                                     \
	X(fallocate, TRUNCATE)                                                                     \
	X(mbind, MIGRATE)                                                                          \
	X(migrate_pages, MIGRATE)                                                                  \
	X(move_pages, MIGRATE)
/* clang-format on */

/**
 * enum vs_call - memory calls, and other reasons of TLB flushes
 *
 * First come the system calls that are traced from begin to end; then the reasons of
 * flushes that none of them owns.
 */
enum vs_call {
#define VS_CALL_MEMBER(id, ...) VS_CALL_##id,
	VS_EACH_FOLLOWED_CALL(VS_CALL_MEMBER) VS_NR_FOLLOWED_CALLS,
	VS_CALL_LAST_FOLLOWED = VS_NR_FOLLOWED_CALLS - 1,
	VS_EACH_OTHER_FLUSHER(VS_CALL_MEMBER)
#undef VS_CALL_MEMBER
	VS_NR_CALLS,

	VS_CALL_FIRST_UNOWNED = VS_CALL_SYSCALL,
};

/** VS_NR_MEMORY_SYSCALLS - number of rows of VS_EACH_MEMORY_SYSCALL */
#define VS_ONE_SYSCALL(...) +1
enum {
	VS_NR_MEMORY_SYSCALLS = VS_EACH_MEMORY_SYSCALL(VS_ONE_SYSCALL),
};
#undef VS_ONE_SYSCALL

_Static_assert(VS_NR_FOLLOWED_CALLS <= 32, "sets of followed calls are 32 bits");

/* Sets of followed calls that have a trait, as bit masks. */
#define VS_CALL_IF(id, traits, trait) | ((traits) & (trait) ? 1u << VS_CALL_##id : 0u)
#define VS_CALL_IF_OF_RANGE(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_OF_RANGE)
#define VS_CALL_IF_MAY_SPLIT(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_MAY_SPLIT)
#define VS_CALL_IF_SETS_PROT(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_SETS_PROT)
#define VS_CALL_IF_CHANGES(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_CHANGES)
#define VS_CALL_IF_IN_PLACE(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_IN_PLACE)
#define VS_CALL_IF_ROUNDS(id, name, traits, ...) VS_CALL_IF(id, traits, VS_CALL_ROUNDS)
#define VS_CALLS_OF_RANGE (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_OF_RANGE))
#define VS_CALLS_MAY_SPLIT (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_MAY_SPLIT))
#define VS_CALLS_SET_PROT (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_SETS_PROT))
#define VS_CALLS_CHANGE (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_CHANGES))
#define VS_CALLS_IN_PLACE (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_IN_PLACE))
#define VS_CALLS_ROUND (0u VS_EACH_FOLLOWED_CALL(VS_CALL_IF_ROUNDS))

/** vs_call_in - @call, of enum vs_call, is in a set of followed calls (VS_CALLS_*) */
static inline int vs_call_in(__u32 call, __u32 set)
{
	return call < VS_NR_FOLLOWED_CALLS && (set >> (call & 31) & 1);
}

/** vs_call_start - start of the range of @call whose first argument is @address (VS_CALL_OF_RANGE) */
static inline __u64 vs_call_start(__u32 call, __u64 address)
{
	return vs_call_in(call, VS_CALLS_ROUND) ? address & ~4095ULL : address;
}

#endif /* VMASCOPE_MEMORY_CALLS_H */
