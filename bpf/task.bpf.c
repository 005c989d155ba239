// SPDX-License-Identifier: GPL-2.0-only
/*
 * task.bpf.c - lifecycle of traced tasks: mark, fork, exec, exit.
 */
#include "account.bpf.h"
#include "in_flight.bpf.h"
#include "kread.bpf.h"

#include <bpf/bpf_tracing.h>

/** enum vs_iter_task; set by user/. */
__u32 iter_action = ITER_MARK;
/** End of the interval, CLOCK_MONOTONIC, ns; 0: there are no intervals. Set by user/. */
__u64 interval_end_ns = 0;

/** Candidate bases of the direct map: this many GiB of physical memory below a page table. */
#define DIRECT_MAP_TRIES 16384
#define GIB (1ULL << 30)

__u64 direct_map = 0;

/** struct find_base - the top-level table, and slab memory, which is in the direct map, too */
struct find_base {
	u64 pgd;
	u64 first;
	u64 task;
	u64 mm;
	u64 signal;
};

/**
 * leads_back - with the direct map at @base, the tables below @pgd map @address to its own location
 *
 * A global function: the verifier checks it once.
 */
__weak __noinline int leads_back(u64 pgd, u64 address, u64 base)
{
	u64 table = pgd, entry, size;
	u32 shift = 39;

	if (five_levels(pgd)) {
		if (!table_entry(table, address, 48, &entry) || !(entry & PTE_PRESENT))
			return 0;
		table = base + (entry & PTE_ADDRESS);
	}
	/* ends in a backward jump: Linux 6.1 accepts no other loop */
	do {
		if (!table_entry(table, address, shift, &entry) || !(entry & PTE_PRESENT))
			return 0;
		size = 1ULL << shift;
		if (shift == 12 || (shift < 39 && entry & PTE_PSE))
			return base + (entry & PTE_ADDRESS & ~(size - 1)) +
				       (address & (size - 1)) ==
			       address;
		table = base + (entry & PTE_ADDRESS);
		shift -= 9;
	} while (shift >= 12);
	return 0;
}

/*
 * One address is not enough: a wrong base reads other pages as tables, and on a machine with 24 GiB
 * this accepted a base 13 GiB too high for 1 in 400 processes.
 */
static long try_base(u64 i, struct find_base *f)
{
	u64 base = f->first - i * GIB;

	if (!leads_back(f->pgd, f->pgd, base) || !leads_back(f->pgd, f->task, base) ||
	    !leads_back(f->pgd, f->mm, base) || !leads_back(f->pgd, f->signal, base))
		return 0;
	direct_map = base;
	return 1;
}

/* Run once by user/ (BPF_PROG_RUN), never attached. */
SEC("raw_tp/page_fault_user")
int BPF_PROG(find_direct_map)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct find_base f = {
		.pgd = (u64)BPF_CORE_READ(task, mm, pgd),
		.task = (u64)BPF_CORE_READ(task, group_leader),
		.mm = (u64)BPF_CORE_READ(task, mm),
		.signal = (u64)BPF_CORE_READ(task, signal),
	};

	f.first = f.pgd & ~(GIB - 1);
	bpf_loop(DIRECT_MAP_TRIES, try_base, &f, 0);
	return 0;
}

/* CPUs that went offline or came online; user/ reopens software events there. */
__u8 cpu_changed[VS_MAX_CPUS] = {};
__u32 cpus_changed = 0;

SEC("tp_btf/cpuhp_exit")
int BPF_PROG(cpu_changes, unsigned int cpu)
{
	cpu_changed[cpu & (VS_MAX_CPUS - 1)] = 1;
	barrier();
	*(volatile __u32 *)&cpus_changed = 1;
	return 0;
}

static __always_inline void describe_thread(struct task_struct *task, const struct task_state *t,
					    u64 until_ns, struct vs_thread *thread)
{
	thread->pid = task->tgid;
	thread->tid = task->pid;
	thread->faults = t->faults;
	thread->fault_ns = t->fault_ns;
	thread->so_far_ns = t->so_far_ns;
	thread->since_ns = t->since_ns;
	thread->until_ns = until_ns;
	bpf_probe_read_kernel(thread->comm, sizeof(thread->comm), task->comm);
}

static __always_inline void emit_thread(struct task_struct *task, const struct task_state *t)
{
	u64 now = bpf_ktime_get_ns();
	struct vs_event_thread *e = emit_reserve(sizeof(*e), VS_EVENT_THREAD_EXIT, now);

	if (!e)
		return;
	describe_thread(task, t, now, &e->thread);
	emit_submit(e);
}

static __always_inline void emit_proc(struct task_struct *task, const struct task_state *t,
				      enum vs_event_type type)
{
	struct vs_event_proc *e = emit_reserve(sizeof(*e), type, bpf_ktime_get_ns());

	if (!e)
		return;
	e->pid = task->tgid;
	e->proc = t->proc;
	e->generation = t->proc_generation;
	e->exit_code = task->exit_code;
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task_pointer(task, group_leader)->comm);
	emit_submit(e);
}

/**
 * unseen - @task, not necessarily the current one, has no state, and all of its faults are to be
 * counted
 *
 * It was created since counting began, and has not faulted.
 */
static __always_inline bool unseen(struct task_struct *task)
{
	if (!born_since(task) || !(task->min_flt | task->maj_flt))
		return false;
	return cfg.targets ? is_targets_worker(task) : !(task->flags & PF_KTHREAD);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(task_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *p = bpf_task_storage_get(&tasks, parent, 0, 0), *c = 0;
	bool copies;

	if (!p || p->flags & TASK_WAITING || counting == COUNTING_OVER)
		return 0;
	/* if the filters do not match the parent, the child is examined when it faults */
	if (p->flags & TASK_AWAY && !cfg.targets)
		return 0;
	/* its private pages are shared with its parent until one of them writes */
	copies = cfg.refaults && p->call.begin_ns && p->call.call == VS_CALL_FORK &&
		 task_pointer(child, mm) && task_pointer(child, mm) != task_pointer(parent, mm);
	if (parent->tgid == child->tgid ? cfg.follow_threads : cfg.follow)
		c = task_state_create(child);
	else if (copies && !cfg.targets)
		c = task_state_create(child);
	/* it has its parent's name, user and cgroup, and nothing to count until they change */
	if (c && p->flags & TASK_AWAY)
		__sync_fetch_and_or(&c->flags, TASK_AWAY);
	if (c && copies) {
		c->fork.row = p->call.row;
		c->fork.row_generation = p->call.row_generation;
		c->fork.inherited = 1;
		c->fork.time_ns = p->call.begin_ns;
	}
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_exec, struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	struct vs_slot *s;

	if (t && t->flags & TASK_WAITING)
		t->flags |= TASK_EXECUTED;
	t = traced_image(task, true);
	if (!t || !t->proc)
		return 0;
	s = slot_at(t->proc);
	if (s)
		bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm), task->comm);
	emit_proc(task, t, VS_EVENT_PROC_EXEC);
	return 0;
}

/*
 * The exit of the last thread ends the process. Before 6.16 the mm is gone by now, later it is not;
 * so the process is found by its id, not by its mm.
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0), own = {};
	u32 tgid = task->tgid;
	struct proc_entry *p;
	struct vs_slot *s;

	if (!t && unseen(task))
		t = task_state_create(task);
	if (t && !(t->flags & (TASK_WAITING | TASK_AWAY))) {
		settle_own(task, t);
		if (t->faults)
			emit_thread(task, t);
	}
	if (task_pointer(task, signal)->live.counter)
		return 0;
	p = bpf_map_lookup_elem(&procs, &tgid);
	if (!p)
		return 0;
	s = slot_at(p->slot);
	if (!s)
		return 0;
	bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm),
			      task_pointer(task, group_leader)->comm);
	s->proc.exit_code = task->exit_code;
	s->proc.state |= VS_PROC_EXITED;
	own.proc = p->slot;
	own.proc_generation = s->generation;
	bpf_map_delete_elem(&procs, &tgid);
	emit_proc(task, &own, VS_EVENT_PROC_EXIT);
	return 0;
}

/** The first state of vmascope's child: it may be running, and nothing that it does is counted. */
static const struct task_state waiting_state = { .flags = TASK_WAITING };

/** mark_waiting - trace @task, vmascope's child, from its exec on. */
static __always_inline void mark_waiting(struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, (void *)&waiting_state,
						    BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t) {
		count_lost(VS_LOST_TASKS);
		return;
	}
	t->mm = (u64)task_pointer(task, mm);
	t->since_ns = bpf_ktime_get_ns();
}

/** mark - trace @task, if it is a target. */
static __always_inline void mark(struct task_struct *task)
{
	u32 id = cfg.follow_threads ? task->tgid : task->pid, *flags;

	if (!cfg.targets) {
		if (!(task->flags & PF_KTHREAD) && filter_matches_any(task))
			task_state_create(task);
		return;
	}
	flags = bpf_map_lookup_elem(&targets, &id);
	if (!flags)
		return;
	if (*flags & TASK_WAITING)
		mark_waiting(task);
	else
		task_state_create(task);
}

/** start - ignore the faults that the kernel has counted for @task so far. */
static __always_inline void start(struct task_struct *task, struct task_state *t)
{
	if (!(t->flags & TASK_FRESH))
		return;
	__sync_val_compare_and_swap(&t->last_minor, COUNTS_UNKNOWN, task->min_flt);
	__sync_val_compare_and_swap(&t->last_major, COUNTS_UNKNOWN, task->maj_flt);
	t->since_ns = counting_since;
	/* user/ reads its mappings now: it may end right after its first call */
	if (cfg.targets && (cfg.user_stacks || cfg.call_site) && task_pointer(task, mm))
		process_slot(task, t);
}

/**
 * settle_running - count the kernel-initiated faults of a task that may be running
 */
static __always_inline void settle_running(struct task_struct *task, struct task_state *t)
{
	/* its next fault will show that it matches again */
	if (is_filtered() && t->flags & TASK_AWAY)
		return;
	/* its state is being created, on its CPU */
	if (!*(volatile u64 *)&t->since_ns)
		return;
	settle_gup(task, t);
	if (is_filtered() && !filter_matches_any(task))
		__sync_fetch_and_or(&t->flags, TASK_AWAY);
}

SEC("iter/task")
int task_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct vs_thread thread = {};
	struct task_state *t;

	if (!task)
		return 0;
	t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (iter_action == ITER_MARK) {
		if (!t)
			mark(task);
		return 0;
	}
	if (!t && unseen(task))
		t = task_state_create(task);
	if (!t || t->flags & TASK_WAITING)
		return 0;
	if (iter_action == ITER_START) {
		start(task, t);
		return 0;
	}
	if (interval_end_ns)
		count_so_far(task, t, interval_end_ns);
	if (iter_action == ITER_SETTLE) {
		take_in_flight(task, t);
		settle(task, t);
	} else if (counts_now()) {
		settle_running(task, t);
	}
	describe_thread(task, t, 0, &thread);
	if (t->faults || t->so_far_ns)
		bpf_seq_write(ctx->meta->seq, &thread, sizeof(thread));
	return 0;
}
