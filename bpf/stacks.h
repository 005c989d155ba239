/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stacks.h - the part of events.h about stacks: one row for each stack, which counts faults.
 */
#ifndef VMASCOPE_STACKS_H
#define VMASCOPE_STACKS_H

/** Maximum return addresses of a user stack: the kernel's limit (kernel.perf_event_max_stack). */
#define VS_USER_FRAMES 127
/** The same for a kernel stack. */
#define VS_KERNEL_FRAMES 48

/** Rows that are never handed out. */
enum vs_stack_special {
	VS_STACK_OVERFLOW, /* counts faults for which no row was left */
	VS_STACK_NONE,	   /* counts faults without a stack: no hook saw their begin */
	VS_STACK_FIRST,
};

/** Value of vs_stack_ref.row for a sample: @generation is then the number of the sample. */
#define VS_STACK_IS_SAMPLE 0x80000000u

/**
 * struct vs_stack_ref - a row and its generation when it was found; all zero: none was requested
 * @row: its number; @generation: its generation
 */
struct vs_stack_ref {
	__u32 row;
	__u32 generation;
};

/**
 * struct vs_stack_key - identity of a stack
 * @hash: two independent hashes of all addresses: 128 bits, so that collisions are negligible
 * @proc: slot of the process image, 0: none was left; @proc_generation: generation of that slot
 * @pid: of the process
 * @vma: slot of the VMA that faulted, 0: unknown or not requested; @vma_generation: generation of
 *	that slot
 */
struct vs_stack_key {
	__u64 hash[2];
	__u32 proc;
	__u32 proc_generation;
	__u32 pid;
	__u32 vma;
	__u32 vma_generation;
	__u32 pad;
};
_Static_assert(sizeof(struct vs_stack_key) == 40, "vs_stack_key");

/**
 * struct vs_stack_counts - faults that began at a stack
 * @outcome: by enum vs_outcome
 * @timed: faults whose latency is known; @time_ns: sum of their latencies; @max_ns: the longest
 */
struct vs_stack_counts {
	__u64 outcome[VS_NR_OUTCOME];
	__u64 timed;
	__u64 time_ns;
	__u64 max_ns;
};

/**
 * struct vs_frames - addresses, innermost first: @nr_user of @user, @nr_kernel of @kernel
 * @top: value on top of the user stack, if a call instruction is before it: the return address of a
 *	function that has pushed nothing (libc's system calls, memset); frame pointers miss the
 *	caller of such a function
 */
struct vs_frames {
	__u32 nr_user;
	__u32 nr_kernel;
	__u64 top;
	__u64 user[VS_USER_FRAMES];
	__u64 kernel[VS_KERNEL_FRAMES];
};

/**
 * struct vs_stack_row - row of a stack; read by user/ through a shared mapping
 * @key: its identity
 * @used: written last: the row is complete
 * @generation: incremented each time the row is reclaimed
 * @comm: of the process, when it was first seen
 */
struct vs_stack_row {
	struct vs_stack_key key;
	__u32 used;
	__u32 generation;
	char comm[16];
	struct vs_stack_counts counts;
	struct vs_frames frames;
};
_Static_assert(sizeof(struct vs_stack_row) == 1528, "vs_stack_row");

/** Registers of a sample, by DWARF number: rax rdx rcx rbx rsi rdi rbp rsp r8-r15 rip. */
#define VS_SAMPLE_REGS 17
/** Smallest and largest size of a copied stack, bytes. */
#define VS_SAMPLE_MIN 4096u
#define VS_SAMPLE_MAX 65536u

/**
 * struct vs_event_sample - a thread's registers and the top of its stack, for unwinding by DWARF
 *	CFI; precedes the record of the fault or call that it belongs to
 * @ref: the value of the stack in that record
 * @pid: process; @tid: thread
 * @proc: slot of the process image; @generation: generation of that slot
 * @nr_kernel: entries of @kernel, the kernel stack, innermost first
 * @stack_len: valid bytes of @stack, from the stack pointer up
 */
struct vs_event_sample {
	struct vs_event head;
	struct vs_stack_ref ref;
	__u32 pid;
	__u32 tid;
	__u32 proc;
	__u32 generation;
	__u64 regs[VS_SAMPLE_REGS];
	__u32 nr_kernel;
	__u32 stack_len;
	__u64 kernel[VS_KERNEL_FRAMES];
	char comm[16];
	__u8 stack[];
};

#endif /* VMASCOPE_STACKS_H */
