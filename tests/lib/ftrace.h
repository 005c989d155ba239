/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ftrace.h - the kernel's tracer as a reference: memory calls, TLB flushes and their IPIs, counted
 * by this library independently of vmascope.
 *
 * It uses a private tracefs instance. A lost event fails the test.
 */
#ifndef VT_FTRACE_H
#define VT_FTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* arm64 does not have these calls; a list of calls ends with 0 */
#ifndef SYS_fork
#define SYS_fork 0
#define SYS_vfork 0
#endif

/** enum vt_kind - type of an event; the comments list @a, @b, @c of struct vt_kevent */
enum vt_kind {
	VT_ENTER, /* entry of a system call: number, first argument, second */
	VT_LEAVE, /* exit of a system call: number, result */
	VT_FLUSH, /* tlb_flush: reason, pages */
	VT_QUEUE, /* a TLB flush IPI is queued: target CPU, csd, function */
	VT_ENTRY, /* its handler begins: -, csd, function */
	VT_OWN,	  /* the initiator handles its local part: -, 0, function */
	VT_OWN_END,
	VT_FAULT, /* a page fault of a user address: -, the address (vt_ftrace_add_faults()) */
	VT_FORK,  /* new tid */
	VT_EXEC,
	VT_EXIT,
	VT_MARK, /* vt_ftrace_mark() */
};

/** enum vt_ipi - functions of VT_QUEUE and VT_ENTRY */
enum vt_ipi {
	VT_IPI_USER,   /* flush_tlb_func */
	VT_IPI_KERNEL, /* do_kernel_range_flush */
	VT_IPI_ALL,    /* do_flush_tlb_all */
	VT_NR_IPI
};

#define VT_REASON_TASK_SWITCH 0
#define VT_REASON_REMOTE 1 /* on the target */
#define VT_REASON_LOCAL 2
#define VT_REASON_LOCAL_MM 3
#define VT_REASON_SEND 4

/** struct vt_kevent - an event; @tid is the task that was running, @us CLOCK_MONOTONIC */
struct vt_kevent {
	uint64_t us;
	int cpu;
	pid_t tid;
	enum vt_kind kind;
	int64_t a;
	uint64_t b;
	uint64_t c;
	char text[64]; /* VT_EXEC: the file; VT_MARK: the mark */
};

#define VT_MAX_CPUS 64
#define VT_MAX_NR 512
/** Index of events outside of system calls: faults, and the exit of a process. */
#define VT_NO_CALL VT_MAX_NR

/**
 * struct vt_kcall - what the followed tasks did in one system call
 * @remote: flushes sent to other CPUs; @local: flushes of the local CPU
 * @full, @pages: of both kinds: full flushes, and base pages of the others; a local flush that is
 *	part of a remote one is not counted again
 * @queued, @received: IPIs with flush_tlb_func; without events of IPIs, before 6.5, both are 0
 */
struct vt_kcall {
	int64_t entered;
	int64_t left;
	int64_t failed;
	int64_t remote;
	int64_t local;
	int64_t full;
	int64_t pages;
	int64_t queued;
	int64_t received;
};

/**
 * struct vt_ktally - what the followed tasks did, and the IPIs that they received
 * @call: by number of the system call
 * @all: sum of @call
 * @queued: IPIs that they sent, by enum vt_ipi; @received: those of them that arrived
 * @unseen: of @received, those of whose handler there is no event
 * @taken: IPIs that interrupted one of them; @own: those of them that they sent themselves
 * @either: IPIs that they sent, or that interrupted them
 * @pair: @received with flush_tlb_func, by CPU of the initiator and of the target
 * @faults: page faults of user addresses that trapped, if these are traced
 */
struct vt_ktally {
	struct vt_kcall call[VT_MAX_NR + 1];
	struct vt_kcall all;
	int64_t queued[VT_NR_IPI];
	int64_t received[VT_NR_IPI];
	int64_t taken[VT_NR_IPI];
	int64_t own[VT_NR_IPI];
	int64_t either[VT_NR_IPI];
	int64_t pair[VT_MAX_CPUS][VT_MAX_CPUS];
	int64_t unseen[VT_NR_IPI];
	int64_t faults;
};

/** vt_ftrace_start - start tracing; only one at a time, and every test's teardown ends it */
void vt_ftrace_start(void);
/**
 * vt_ftrace_only - from now on, only trace task @pid, such as a kernel thread
 *
 * Otherwise activity on a busy machine would fill the tracer's buffer.
 */
void vt_ftrace_only(pid_t pid);
/** vt_ftrace_add_faults - from now on, trace page faults, too */
void vt_ftrace_add_faults(void);
/** vt_ftrace_mark - write @text to the trace */
void vt_ftrace_mark(const char *text);
/** vt_ftrace_stop - stop, and read the events. Return: events, valid until the next start. */
const struct vt_kevent *vt_ftrace_stop(size_t *n);
/** vt_ftrace_has_csd - this kernel has the events for IPIs (6.5) */
bool vt_ftrace_has_csd(void);

/** vt_ftrace_exec_of - the first process that executed @file (as it was given to exec) */
pid_t vt_ftrace_exec_of(const char *file);
/** vt_ftrace_index_of - index of the event with @mark */
size_t vt_ftrace_index_of(const char *mark);
/**
 * vt_ftrace_tally - add up the events of @pid, its threads and its descendants
 * @pid: it has an exec in the trace, or is older than that
 * @from: NULL: from its first exec; otherwise from this mark on
 * @to: NULL: to the end; otherwise to this mark
 */
void vt_ftrace_tally(struct vt_ktally *t, pid_t pid, const char *from, const char *to);
/**
 * vt_ftrace_tally_at - the same, limited to system calls whose first argument was @address
 *
 * IPIs that they received are counted for all calls.
 */
void vt_ftrace_tally_at(struct vt_ktally *t, pid_t pid, uint64_t address);
/**
 * vt_ftrace_taken_from - IPIs with flush_tlb_func that task @from sent, and that interrupted task @to
 *
 * Without those whose handler has no event: these interrupted no task, as their CPU was entering idle.
 */
int64_t vt_ftrace_taken_from(pid_t from, pid_t to);
/** vt_ftrace_show - print what the tracer saw of process @pid, for the log of a failed test */
void vt_ftrace_show(pid_t pid);
/**
 * vt_ftrace_receipts - IPIs with flush_tlb_func that any CPU received between two marks
 * @least, @most: an IPI whose handler has no event may have been received before or after the mark
 */
void vt_ftrace_receipts(const char *from, const char *to, int64_t *least, int64_t *most);

#endif /* VT_FTRACE_H */
