/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - the part of the contract (events.h) about memory calls and TLB shootdowns.
 */
#ifndef VMASCOPE_CALLS_H
#define VMASCOPE_CALLS_H

#include "memory_calls.h"

/** vs_call_key.detail for VS_CALL_MMAP; others: madvise's advice, number of VS_CALL_SYSCALL */
#define VS_MMAP_FIXED 1
/** for VS_CALL_SYSCALL: the number is from the table of 32-bit system calls */
#define VS_SYSCALL_COMPAT 0x8000u

/**
 * Histograms of calls: one per enum vs_call; common madvise advice and MAP_FIXED have their own.
 */
#define VS_NR_CALL_CLASSES (VS_NR_CALLS + 3)

/** vs_call_class - the histograms that a call is counted in */
static inline __u32 vs_call_class(__u32 call, __u32 detail)
{
	if (call == VS_CALL_MADVISE && detail == VS_MADV_DONTNEED)
		return VS_NR_CALLS;
	if (call == VS_CALL_MADVISE && detail == VS_MADV_FREE)
		return VS_NR_CALLS + 1;
	if (call == VS_CALL_MMAP && detail == VS_MMAP_FIXED)
		return VS_NR_CALLS + 2;
	return call;
}

/** enum vs_call_time - what the histograms of a class hold, ns */
enum vs_call_time {
	VS_TIME_CALL,	/* from the call's entry to its exit */
	VS_TIME_DELAY,	/* from sending an IPI to the start of its handler on the target */
	VS_TIME_STOLEN, /* run time of the handler */
	VS_NR_CALL_TIMES,
};

/** enum vs_flush - reasons of tracepoint tlb_flush that apply to an initiator or a local flush */
enum vs_flush {
	VS_FLUSH_LOCAL,	 /* TLB_LOCAL_SHOOTDOWN, TLB_LOCAL_MM_SHOOTDOWN */
	VS_FLUSH_REMOTE, /* TLB_REMOTE_SEND_IPI */
	VS_NR_FLUSH,
};

/** enum vs_ipi - IPIs that flush, by the function that they call */
enum vs_ipi {
	VS_IPI_USER,   /* flush_tlb_func(): one mm, or reclaim's batch; TLB in /proc/interrupts */
	VS_IPI_KERNEL, /* do_kernel_range_flush(): kernel addresses; no tracepoint tlb_flush */
	VS_IPI_ALL,    /* do_flush_tlb_all(): everything; no tracepoint tlb_flush */
	VS_NR_IPI,
};

/**
 * Size of arrays indexed by enum vs_ipi: a power of two, so that the verifier can bound indices.
 */
#define VS_IPI_COUNTERS 4

/**
 * struct vs_call_key - key of a row; fields that were not requested are 0
 * @proc: slot of the process image, 0: none (kernel threads); @proc_generation: of that slot
 * @vma: slot of the VMA at the call's first address; @vma_generation: of that slot
 * @site: user address to which the call returns
 * @stack: row of the call's stack
 * @tid: thread
 * @call: enum vs_call; @detail: advice, or VS_MMAP_*
 */
struct vs_call_key {
	__u32 proc;
	__u32 proc_generation;
	__u32 vma;
	__u32 vma_generation;
	__u64 site;
	struct vs_stack_ref stack;
	__u32 tid;
	__u16 call;
	__u16 detail;
};
_Static_assert(sizeof(struct vs_call_key) == 40, "vs_call_key");

/**
 * VS_EACH_ERRNO - errors that are counted separately for failed calls: name and number, in the
 *	order of enum vs_errno (include/uapi/asm-generic/errno-base.h, errno.h: the same on x86)
 */
/* clang-format off */
#define VS_EACH_ERRNO(X)                                                                           \
	X(ENOMEM, 12) X(EINVAL, 22) X(EACCES, 13) X(EAGAIN, 11) X(EPERM, 1) X(EFAULT, 14)          \
	X(EBUSY, 16) X(EEXIST, 17) X(ENOENT, 2) X(EBADF, 9) X(ENODEV, 19) X(ESRCH, 3) X(EINTR, 4)  \
	X(EIO, 5) X(ENOSYS, 38)
/* clang-format on */

/** enum vs_errno - counters of failed calls */
enum vs_errno {
#define VS_ERRNO_MEMBER(name, number) VS_##name,
	VS_EACH_ERRNO(VS_ERRNO_MEMBER)
#undef VS_ERRNO_MEMBER
	VS_ERRNO_OTHER,
	VS_NR_ERRNOS,
};
_Static_assert(VS_NR_ERRNOS == 16, "a power of two, so that the verifier sees that an index fits");

/** vs_errno_of - enum vs_errno for the return value of a failed call */
static inline __u32 vs_errno_of(__s64 result)
{
	switch (-result) {
#define VS_ERRNO_CASE(name, number)                                                                \
	case number:                                                                               \
		return VS_##name;
		VS_EACH_ERRNO(VS_ERRNO_CASE)
#undef VS_ERRNO_CASE
	default:
		return VS_ERRNO_OTHER;
	}
}

/** enum range_fit - state that a fault found, and states that a memory call leaves in a range */
enum range_fit {
	RANGE_EMPTY = 1,     /* no page, the zero page, or the file's page in place of a copy */
	RANGE_STORED = 2,    /* a page that is in swap, or in the page cache and not mapped */
	RANGE_WRITE = 4,     /* a page that is mapped without the right to write */
	RANGE_FORBIDDEN = 8, /* a VMA that forbids the access */
	RANGE_ALL = 15,
};

/** vs_advice_fits - state that faults find after madvise(2) with @advice; 0: it drops no pages */
static inline __u32 vs_advice_fits(__u32 advice)
{
	switch (advice) {
	case VS_MADV_DONTNEED:
	case VS_MADV_DONTNEED_LOCKED:
	case VS_MADV_REMOVE:
	case VS_MADV_GUARD_INSTALL:
	case VS_MADV_FREE: /* pages in swap: at once; mapped pages: when memory is short */
		return RANGE_EMPTY;
	case VS_MADV_COLD:
	case VS_MADV_PAGEOUT:
		return RANGE_STORED;
	default:
		return 0;
	}
}

/** vs_advice_ends - which older ranges end where a range of @advice, which drops pages, begins */
static inline __u32 vs_advice_ends(__u32 advice)
{
	const __u32 fits = vs_advice_fits(advice);

	return fits == RANGE_STORED || advice == VS_MADV_FREE ? fits : RANGE_ALL;
}

/** What brk(2) would return if it returned errors: on failure it returns the old break. */
#define VS_BRK_FAILED (-12)

/**
 * struct vs_call_counts - counters of a row
 * @count: calls ended (VS_CALL_EXIT: begun); flushes, for rows that are no calls
 * @errors: failed calls, included in @count; @failed: by enum vs_errno, its sum is @errors
 * @latency_ns: sum, 0 for rows that are no calls; @latency_max_ns: the longest
 * @bytes: sum of the requested lengths
 * @flush: by enum vs_flush; a remote flush also flushes the local CPU, counted as a local one
 * @full: flushes of the whole address space; @pages: base pages of all others; a remote flush and
 *	its local part count once
 * @splits, @merges: calls that left more, or fewer, VMAs; @splits_unknown: calls for which this is
 *	unknown, as another thread changed the mappings meanwhile
 * @wx_both: calls that made memory both writable and executable
 * @wx_flip: calls that made writable memory executable
 * @queued: IPIs sent; @received: those whose arrival was seen
 * @delay_ns: sum of IPI latencies; @delay_max_ns: the longest
 * @stolen_ns: handler time on the target CPUs
 * @refaults: faults in a range that the call had changed or dropped; @refault_ns: their time
 * @runqueue_ns, @blocked_ns, @unsplit_ns: parts of @latency_ns, as the figures of these names (figures.h)
 * @wait_ns: the same by reason, by enum vs_wait
 */
struct vs_call_counts {
	__u64 count;
	__u64 errors;
	__u64 failed[VS_NR_ERRNOS];
	__u64 latency_ns;
	__u64 latency_max_ns;
	__u64 bytes;
	__u64 flush[VS_NR_FLUSH];
	__u64 full;
	__u64 pages;
	__u64 splits;
	__u64 merges;
	__u64 splits_unknown;
	__u64 wx_both;
	__u64 wx_flip;
	__u64 queued;
	__u64 received;
	__u64 delay_ns;
	__u64 delay_max_ns;
	__u64 stolen_ns;
	__u64 refaults;
	__u64 refault_ns;
	__u64 runqueue_ns;
	__u64 blocked_ns;
	__u64 unsplit_ns;
	__u64 wait_ns[VS_NR_WAITS];
};

/**
 * struct vs_call_row - a row of the table of calls; read by user/ through a shared mapping
 * @key: its identity
 * @used: written last: the row is whole
 * @generation: incremented each time the row is reclaimed
 * @pid: of the process, or of the kernel thread
 * @map_count: the maximum number of VMAs of its process after a call
 * @start, @end: lowest start and highest end of the ranges of its calls
 * @comm: of the process, or of the kernel thread
 *
 * Row 0 counts calls for which no row was available.
 */
struct vs_call_row {
	struct vs_call_key key;
	__u32 used;
	__u32 generation;
	__u32 pid;
	__u32 map_count;
	__u64 start;
	__u64 end;
	char comm[16];
	struct vs_call_counts counts;
};
_Static_assert(sizeof(struct vs_call_row) == 456, "vs_call_row");

/** struct vs_pair_key - initiator and target of TLB shootdowns */
struct vs_pair_key {
	__u32 from_pid;
	__u32 to_pid;
	__u32 from_cpu;
	__u32 to_cpu;
	__u32 ipi; /* enum vs_ipi */
	__u32 pad;
};

/**
 * struct vs_pair - IPIs between an initiator and a target, and their cost
 * @unjoined: of @count, those whose initiator is unknown: from_pid and from_cpu are 0
 */
struct vs_pair {
	__u64 count;
	__u64 unjoined;
	__u64 delay_ns;
	__u64 stolen_ns;
	char from_comm[16];
	char to_comm[16];
};

/**
 * struct vs_shootdowns - totals of a CPU; they do not depend on the size of any table
 * @calls: memory calls; @errors: those that failed
 * @sends: flushes sent to other CPUs; @local: flushes of the local CPU
 * @full: of the whole address space, each counted once
 * @queued: IPIs sent, by enum vs_ipi; @received: IPIs received
 * @joined: of @received, those whose initiator is known
 * @owned: of @joined, those caused by a memory call or a fault
 * @not_traced: of @joined, those from tasks that are not traced and with another cause: no row has
 *	them
 * @delay_ns: sum of IPI latencies of @joined; @stolen_ns: handler time of all received
 */
struct vs_shootdowns {
	__u64 calls;
	__u64 errors;
	__u64 sends;
	__u64 local;
	__u64 full;
	__u64 queued[VS_IPI_COUNTERS];
	__u64 received[VS_IPI_COUNTERS];
	__u64 joined;
	__u64 owned;
	__u64 not_traced;
	__u64 delay_ns;
	__u64 stolen_ns;
};

/** Number of longest calls that are reported. */
#define VS_LONGEST_CALLS 10

/** Maximum number of VMAs in the record of a call. */
#define VS_CALL_VMAS 4

/** struct vs_call_vma - a VMA in the range of a call, before it; its id is slot and generation */
struct vs_call_vma {
	__u64 start;
	__u64 end;
	__u64 flags;
	__u32 slot;
	__u32 generation;
};

/** Bits of vs_event_call.wx */
#define VS_WX_BOTH 1u
#define VS_WX_FLIP 2u

/**
 * struct vs_event_call - a memory call
 * @head: time is the begin of the call
 * @id: also in the records of its flushes and IPIs
 * @duration_ns: 0: the call does not return (exit)
 * @runqueue_ns, @blocked_ns, @unsplit_ns: parts of it, as in struct vs_call_counts
 * @argument: the first four arguments
 * @result: return value, a negative errno if the call failed
 * @ip: address of the system call instruction; @site: return address of the function that contains
 *	it, 0 if unknown
 * @pid: process; @tid: thread
 * @call: enum vs_call; @detail: advice, or VS_MMAP_*
 * @proc: slot of the process image
 * @map_before, @map_after: number of VMAs of the process
 * @flush: by enum vs_flush; @full: of the whole address space; @queued: IPIs sent
 * @pages: base pages flushed
 * @wx: VS_WX_*
 * @nr_vmas: entries of @vma; VS_CALL_VMAS may mean that there were more
 * @stack: as in struct vs_event_fault
 */
struct vs_event_call {
	struct vs_event head;
	__u64 id;
	__u64 duration_ns;
	__u64 runqueue_ns;
	__u64 blocked_ns;
	__u64 unsplit_ns;
	__u64 argument[4];
	__s64 result;
	__u64 ip;
	__u64 site;
	__u32 pid;
	__u32 tid;
	__u32 call;
	__u32 detail;
	__u32 proc;
	__u32 map_before;
	__u32 map_after;
	__u32 flush[VS_NR_FLUSH];
	__u32 full;
	__u32 queued;
	__u32 wx;
	__u64 pages;
	__u32 nr_vmas;
	__u32 pad;
	struct vs_call_vma vma[VS_CALL_VMAS];
	char comm[16];
	struct vs_stack_ref stack;
};
_Static_assert(sizeof(struct vs_event_call) == 328, "vs_event_call");

/**
 * struct vs_event_flush - a flush by a traced task
 * @id: of the memory call that caused it, 0 without one
 * @pages: base pages, ~0: the whole address space, 0: the flush had been done already
 * @flush: enum vs_flush; @call: enum vs_call
 * @stack: of a flush without a call; else all zero: the call's stack applies
 */
struct vs_event_flush {
	struct vs_event head;
	__u64 id;
	__u64 pages;
	__u32 pid;
	__u32 tid;
	__u32 flush;
	__u32 call;
	char comm[16];
	struct vs_stack_ref stack;
};
_Static_assert(sizeof(struct vs_event_flush) == 72, "vs_event_flush");

/**
 * struct vs_event_ipi - an IPI that made a CPU flush
 * @head: time is the start of its handler; the CPU is the target
 * @id: of the memory call that sent it, 0 without one
 * @sent_ns: time of sending, CLOCK_MONOTONIC; 0: the initiator is unknown
 * @stolen_ns: handler time
 * @from_pid, @from_tid, @from_cpu: initiator, @from_comm: its command name
 * @to_pid, @to_tid: interrupted task (0: idle), @to_comm: its command name
 * @call: enum vs_call; @ipi: enum vs_ipi
 */
struct vs_event_ipi {
	struct vs_event head;
	__u64 id;
	__u64 sent_ns;
	__u64 stolen_ns;
	__u32 from_pid;
	__u32 from_tid;
	__u32 from_cpu;
	__u32 to_pid;
	__u32 to_tid;
	__u16 call;
	__u16 ipi;
	char from_comm[16];
	char to_comm[16];
};
_Static_assert(sizeof(struct vs_event_ipi) == 96, "vs_event_ipi");

#endif /* VMASCOPE_CALLS_H */
