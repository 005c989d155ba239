/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.bpf.h - state that is kept between hooks: for each task, CPU, IPI in flight and
 * range of a memory call.
 */
#ifndef VMASCOPE_STATE_BPF_H
#define VMASCOPE_STATE_BPF_H

#include "vmlinux.h"

#include "events.h"

/** Entries of a task's cache of VMA lookups: code, stack, heap and current data. */
#define VMA_CACHE_WAYS 4

/* Properties besides vm_flags that determine the cause of a fault: bits that no such flag uses. */
#define VMA_HAS_UFFD (1ULL << 58)
#define VMA_HAS_END (1ULL << 59)
#define VMA_IS_FILE (1ULL << 60)
#define VMA_IS_SHMEM (1ULL << 61)
#define VMA_IS_SPECIAL (1ULL << 62)
/* The VMA has no slot of its own: its faults are counted in a slot of several VMAs. */
#define VMA_SHARES_SLOT (1ULL << 63)

/**
 * struct vma_ref - the result of a VMA lookup
 * @start: of the VMA; @end: of the VMA; @pgoff: of its file mapping, in pages
 * @traits: vm_flags and VMA_*
 * @inode: address of the inode that holds the mapped file's pages, 0 without one
 * @slot: slot of the VMA, or 0 if none was left
 * @generation: generation of @slot
 */
struct vma_ref {
	u64 start;
	u64 end;
	u64 pgoff;
	u64 traits;
	u64 inode;
	u32 slot;
	u32 generation;
};

/**
 * struct page_view - state of an address in the page tables
 * @entry: entry of the lowest level that exists
 * @pmd: address of its PMD entry, 0 if a level above is missing
 * @level: of @entry
 * @readable: 0: unknown
 * @table: address of the table of PTEs, 0 if there is none
 * @probes: see bpf/folio.bpf.h
 * @present: present entries among the 16 of its window
 * @sibling: index of the nearest entry that a folio beyond the window maps, if @probes
 */
struct page_view {
	u64 entry;
	u64 pmd;
	u8 level;
	u8 readable;
	u8 present;
	u8 probes;
	u16 sibling;
	u8 pad[2];
	u64 table;
};

/** enum page_frame - effect of a fault on the page that was mapped */
enum page_frame {
	FRAME_UNKNOWN,
	FRAME_KEPT,	/* the entry changed, the page did not */
	FRAME_REPLACED, /* another page is mapped: a copy, or a zeroed one */
};

/**
 * struct run_mark - the scheduler's counts of a task when a fault or a memory call began; see
 *	bpf/run.bpf.c
 * @off_ns: time that it was not on a CPU, plus a constant, in its run queue's clock_task
 * @lag_ns: how much that clock lags behind the run queue's clock
 * @delay_ns: time that it waited for a CPU
 * @voluntary, @involuntary: its context switches
 * @doubtful: these do not belong together, or the kernel takes it as queued though it runs or sleeps
 * @runqueue_ns, @blocked_ns, @unsplit_ns: set at the end, as the figures of these names
 */
struct run_mark {
	u64 off_ns;
	u64 lag_ns;
	u64 delay_ns;
	u64 voluntary;
	u64 involuntary;
	u64 doubtful;
	u64 runqueue_ns;
	u64 blocked_ns;
	u64 unsplit_ns;
};

/**
 * struct pending_fault - a fault that has begun
 * @begin_ns: 0: unknown
 * @address: faulting address; @ip: of the instruction; @sp: stack pointer
 * @regs: address of the registers that the trap saved, 0: unknown
 * @vma: the VMA of the address, if @found says so; @page: state of the page tables before the fault
 * @error_code: as the CPU pushed it
 * @size: enum vs_size; preceded by a member for each row of VS_EACH_FIGURE
 * @active: it has begun and has not ended
 * @access, @origin, @cause: enum vs_access, vs_origin, vs_cause
 * @found: enum vma_found
 * @frame: enum page_frame; @cached: enum page_cached
 * @seq: mm_lock_seq when its VMA was looked up
 * @handled: it raised a signal for which the process has a handler
 * @waited: one of the figures of VS_EACH_WAIT is not 0
 * @so_far_ns: part of its time that has been counted at the ends of intervals
 * @stack: stack of the code that faulted; only if stacks of faults are requested
 */
struct pending_fault {
	u64 begin_ns;
	u64 address;
	u64 ip;
	u64 sp;
	u64 regs;
	s64 seq;
	struct vma_ref vma;
	struct page_view page;
	u32 error_code;
	VS_EACH_FIGURE(VS_FIGURE_MEMBER)
	u8 size;
	u8 active;
	u8 access;
	u8 origin;
	u8 cause;
	u8 found;
	u8 handled;
	u8 frame;
	u8 cached;
	u8 waited;
	u64 so_far_ns;
	struct vs_stack_ref stack;
};

/**
 * struct wait_sum - waits of one fault or memory call, for known reasons
 * @ns: by enum vs_wait; @blocked_ns: the part of all of them in which the task slept
 * @used: there are any
 */
struct wait_sum {
	u64 ns[VS_NR_WAITS];
	u64 blocked_ns;
	u64 used;
};

/**
 * struct wait_mark - what a task waits for, in a fault or a memory call; see bpf/wait.bpf.c
 * @begin_ns: when the wait began, 0: it does not wait
 * @reason: enum vs_wait
 * @run: the scheduler's counts when it began
 * @fault, @call: waits that are over, of the fault in flight, and of the call
 */
struct wait_mark {
	u64 begin_ns;
	u64 reason;
	struct run_mark run;
	struct wait_sum fault;
	struct wait_sum call;
};

/**
 * struct protect_walk - iteration over the VMAs of an mprotect
 * @flags: rights that remain, as VS_VM_READ etc.
 */
struct protect_walk {
	u64 at;
	u64 end;
	u64 flags;
};

/**
 * struct open_call - the memory call that a task is inside of
 * @begin_ns: 0: the task is inside of no call
 * @id: used in its records; @row: in map call_rows, @row_generation: generation of that row
 * @nr: of the system call
 * @map_after: 0: unknown
 * @walk: the VMAs in its range, when it begins
 * @start, @end: for process_madvise: bounds of its iovecs
 * @mm_seq: mm_writes_now() when it began; @mm_quiet: no writer held the lock then; @mm_alone: no
 *	other task shared the mm; @shares_mm: for a fork: the child shares the mm
 * @argument, @ip, @site, @call, @detail, @map_before, @flush, @full, @queued, @pages, @nr_vmas,
 * @vma, @stack: as in struct vs_event_call
 * @run: the scheduler's counts when it began
 * @key, @ref: working memory; the stack has no room
 */
struct open_call {
	u64 begin_ns;
	u64 id;
	s64 nr;
	u64 argument[4];
	u64 ip;
	u64 site;
	u32 call;
	u32 detail;
	u32 row;
	u32 row_generation;
	u32 map_before;
	u32 map_after;
	u32 mm_seq;
	u8 mm_quiet;
	u8 mm_alone;
	u8 shares_mm;
	u8 pad[5];
	u64 start;
	u64 end;
	struct protect_walk walk;
	u32 nr_vmas;
	u32 flush[VS_NR_FLUSH];
	u32 full;
	u32 queued;
	u64 pages;
	struct vs_call_vma vma[VS_CALL_VMAS];
	struct run_mark run;
	struct vs_call_key key;
	struct vma_ref ref;
	struct vs_stack_ref stack;
};

/**
 * struct range_fork - a fork, which write-protects all present private pages
 * @time_ns: when it began, 0: none; @seq: sequence of the mm at that time
 * @row: of the call, @row_generation: generation of that row
 * @inherited: this process is the child: @row belongs to its parent
 */
struct range_fork {
	u64 time_ns;
	u32 row;
	u32 row_generation;
	u32 seq;
	u32 inherited;
};

/** Maximum number of ranges of different rows in a node. */
#define RANGE_SLOTS 6
/** Number of bits of a node, each for a page or a node of the level below. */
#define RANGE_BITS_SHIFT 6
/** Levels of nodes, which cover 256 KiB, 16 MiB, 1 GiB, 64 GiB and 4 TiB. */
#define RANGE_LEVELS 5
#define RANGE_LEVEL_BITS 3

/**
 * struct range_key - key of a node of a process image
 * @proc: slot of the process image; @generation: generation of that slot
 * @at: number of the node at its level, and the level in the low RANGE_LEVEL_BITS
 */
struct range_key {
	u32 proc;
	u32 generation;
	u64 at;
};

/**
 * struct range_slot - effect of the calls of one row on the addresses of a node
 * @holder: row, with its generation in the upper half; 0: free; ~0: ended by a mapping
 * @bits: affected parts of the node; @before: the same, before @time_ns
 * @time_ns: when the last of the calls began; @seq: sequence of the mm at that time
 * @fits: faults that follow from it; @ends: older ranges that it ends, both as enum range_fit
 * @writes: it took effect while the call held the mmap lock as a writer
 */
struct range_slot {
	u64 holder;
	u64 bits;
	u64 before;
	u64 time_ns;
	u32 seq;
	u8 fits;
	u8 ends;
	u8 writes;
	u8 pad;
};

/**
 * struct new_range - a range that is being stored in its nodes
 * @slot: the contents to store; its @bits are those for the current node
 * @start, @end: addresses
 * @level: of the current node; @undo: the call has failed
 * @covered: a node above has a range there; @all_ns, @write_ns: time of the latest of them that
 *	ends all older ranges, and the latest that ends RANGE_WRITE
 */
struct new_range {
	struct range_key key;
	struct range_slot slot;
	u64 start;
	u64 end;
	u64 all_ns;
	u64 write_ns;
	u32 level;
	u8 undo;
	u8 covered;
	u8 pad[2];
};

/**
 * struct refault - a fault that is compared with the ranges
 * @mm: of its process; @proc: slot of the image, @generation: generation of that slot
 * @begin_ns: 0: unknown
 * @fits: as enum range_fit; @shared: its VMA is shared, so a fork has no effect on it
 */
struct refault {
	u64 address;
	u64 mm;
	u64 begin_ns;
	u64 duration_ns;
	u32 proc;
	u32 generation;
	u8 fits;
	u8 shared;
	u8 pad[6];
};

/**
 * struct followed - the latest range of those that a fault may follow from
 * @holder: row of its call, with generation (range_holder()); @time_ns: when that call began;
 *	@older: the holder, ignoring calls for which @early was set
 * @all_ns: time of the latest range that ended all older ones
 * @early: one of them began after the fault, or has not taken effect
 * @now: sequence of the mm when the fault ends; @step: increment made by one writer
 */
struct followed {
	u64 holder;
	u64 time_ns;
	u64 older;
	u64 all_ns;
	u32 now;
	u32 step;
	u32 early;
	u32 pad;
};

/** task_state.last_minor and last_major before counting began. */
#define COUNTS_UNKNOWN (~0ULL)

/**
 * struct task_state - state of a traced task
 * @task: address of the task, set before calls of functions that need it
 * @mm: the mm that everything below refers to
 * @proc: slot of its process image; @proc_generation: generation of that slot
 * @last_minor, @last_major: the kernel's counts of this task up to the last fault counted;
 *	an excess over them is a fault that no hook saw
 * @pmd: address of the PMD entry of the 2 MiB at @pmd_region << 21, as long as @cache_seq holds
 * @pending: the fault that has begun; @unpaired: a fault that has ended, whose begin was not seen
 * @run: the scheduler's counts when @pending began
 * @wait: waits of @pending and of @call
 * @since_ns: when counting of the task began; @faults, @fault_ns: its counts since then;
 * @so_far_ns: as in struct vs_counts; @call: the memory call that it is inside of
 * @fork: the fork that created it, until its image has a slot
 * @range, @refault, @followed: working memory for ranges and refaults; the
 *	stack has no room
 * @key: of the VMA that is being looked up; @near: a VMA near a crash; @now: current state of the
 *	page tables; the stack has no room
 * @cache: VMA lookups that are valid while mm_lock_seq is @cache_seq
 */
struct task_state {
	u64 task;
	u64 mm;
	u32 proc;
	u32 proc_generation;
	u32 flags;
	u32 cache_next;
	u64 last_minor;
	u64 last_major;
	u64 since_ns;
	u64 faults;
	u64 fault_ns;
	u64 so_far_ns;
	struct pending_fault pending;
	struct pending_fault unpaired;
	struct run_mark run;
	struct wait_mark wait;
	struct open_call call;
	struct range_fork fork;
	struct new_range range;
	struct refault refault;
	struct followed followed;
	struct vs_vma_key key;
	struct vma_ref near;
	struct page_view now;
	s64 cache_seq;
	u64 pmd;
	u64 pmd_region;
	struct vma_ref cache[VMA_CACHE_WAYS];
};

/**
 * struct flusher - the initiator of a flush, and its reason
 * @sent_ns: when it sent an IPI
 * @id: of its memory call, 0 without one
 * @row: in call_rows, @row_generation: generation of that row
 * @pid, @tid: of the task; @comm: command name of its process; @cpu: CPU on which it ran
 * @call: enum vs_call; @detail: as in struct vs_call_key
 * @traced: the filters match it
 * @stack: stack of a flush that no call owns
 */
struct flusher {
	u64 sent_ns;
	u64 id;
	u32 row;
	u32 row_generation;
	u32 pid;
	u32 tid;
	u32 cpu;
	u16 call;
	u16 detail;
	u32 traced;
	u32 pad;
	char comm[VS_COMM_LEN];
	struct vs_stack_ref stack;
};

/**
 * struct cpu_flush - flush state of a CPU
 * @flusher: initiator of the last flush that was sent from it; @kernel: the same for kernel
 *	addresses, if these have a separate hook
 * @local_due: task whose remote flush began, and whose local part is still to come
 * @own_part: the local part of a remote flush is in progress, if the csd tracepoints report it
 * @handler_ns: when the handler of an IPI began, 0: none is running
 * @handler_csd: identity of the IPI; @handler_ipi: enum vs_ipi
 */
struct cpu_flush {
	struct flusher flusher;
	struct flusher kernel;
	u64 local_due;
	u64 handler_ns;
	u64 handler_csd;
	u64 handler_ipi;
	u64 own_part;
	u64 pad;
};
_Static_assert(sizeof(struct cpu_flush) == 192, "cpu_flush: three cache lines, of one CPU");

/**
 * struct sent_ipi - an IPI in flight; the kernel reuses its structure for the next one
 * @flusher: its initiator; @waiting: it has not been received yet
 * @ipi: enum vs_ipi; @to_cpu: its target
 */
struct sent_ipi {
	struct flusher flusher;
	u64 waiting;
	u32 ipi;
	u32 to_cpu;
};

struct range_node {
	struct range_slot slot[RANGE_SLOTS];
};

/**
 * struct range_proc - ranges of a process image, by slot
 * @generation: generation of the slot
 * @levels: bit set of the levels that have nodes
 * @fork: the last fork, and the one before it
 */
struct range_proc {
	u32 generation;
	u32 levels;
	struct range_fork fork[2];
};

/** struct proc_entry - the current image of a process */
struct proc_entry {
	u64 mm;
	u32 slot;
	u32 pad;
};

#endif /* VMASCOPE_STATE_BPF_H */
