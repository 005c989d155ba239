// SPDX-License-Identifier: GPL-2.0-only
/*
 * task.bpf.c - the life of traced tasks: marked, forked, exec'd, ended.
 */
#include "account.bpf.h"

#include <bpf/bpf_tracing.h>

/** What the task iterator is to do; set by user/ before it reads the iterator. */
enum vs_iter_task {
	ITER_MARK,    /* mark the tasks in map targets; their children are traced from now on */
	ITER_START,   /* all hooks are there: count what is marked from now on */
	ITER_SETTLE,  /* the hooks are gone: account for what is pending; then as ITER_THREADS */
	ITER_THREADS, /* yield a struct vs_thread for each traced task */
};

__u32 iter_action = ITER_MARK;

/** Bases of the direct map that are tried: this many GiB of physical memory below a page table. */
#define DIRECT_MAP_TRIES 16384
#define GIB (1ULL << 30)

__u64 direct_map = 0;

/** struct find_base - the top table, and what else lies in the direct map: it is of the slab */
struct find_base {
	u64 pgd;
	u64 first;
	u64 task;
	u64 mm;
	u64 signal;
};

/**
 * leads_back - with the direct map at @base, the tables below @pgd say that @address is where it is
 *
 * A global function: the verifier looks at it once.
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
	/* ends in a jump back: 6.1 takes no other loop */
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
 * One address is not enough: a wrong base reads other pages as tables, and on a machine of 24 GiB
 * 1 in 400 processes was told 13 GiB too much.
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

static __always_inline void describe_thread(struct task_struct *task, const struct task_state *t,
					    u64 until_ns, struct vs_thread *thread)
{
	thread->pid = task->tgid;
	thread->tid = task->pid;
	thread->faults = t->faults;
	thread->fault_ns = t->fault_ns;
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
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task->group_leader->comm);
	emit_submit(e);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(task_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *p = bpf_task_storage_get(&tasks, parent, 0, 0);

	if (!p || p->flags & TASK_WAITING)
		return 0;
	if (parent->tgid == child->tgid ? cfg.follow_threads : cfg.follow)
		task_state_create(child);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_exec, struct task_struct *task)
{
	struct task_state *t = traced_image(task, true);
	struct vs_slot *s;

	if (!t || !t->proc)
		return 0;
	s = slot_at(t->proc);
	if (s)
		bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm), task->comm);
	emit_proc(task, t, VS_EVENT_PROC_EXEC);
	return 0;
}

/*
 * The last thread's exit ends the process. Before 6.16 the mm is gone by now, later it is not; so
 * the process is found by its id, not by its mm.
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0), own = {};
	u32 tgid = task->tgid;
	struct proc_entry *p;
	struct vs_slot *s;

	if (t && !(t->flags & (TASK_WAITING | TASK_FRESH))) {
		settle(task, t);
		if (t->faults)
			emit_thread(task, t);
	}
	if (task->signal->live.counter)
		return 0;
	p = bpf_map_lookup_elem(&procs, &tgid);
	if (!p)
		return 0;
	s = slot_at(p->slot);
	if (!s)
		return 0;
	bpf_probe_read_kernel(s->proc.comm, sizeof(s->proc.comm), task->group_leader->comm);
	s->proc.exit_code = task->exit_code;
	s->proc.state |= VS_PROC_EXITED;
	own.proc = p->slot;
	own.proc_generation = s->generation;
	bpf_map_delete_elem(&procs, &tgid);
	emit_proc(task, &own, VS_EVENT_PROC_EXIT);
	return 0;
}

SEC("iter/task")
int task_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_state *t;
	u32 id, *flags;

	if (!task)
		return 0;
	t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (iter_action == ITER_START) {
		if (t && t->flags & TASK_FRESH) {
			t->last_minor = task->min_flt;
			t->last_major = task->maj_flt;
			t->since_ns = bpf_ktime_get_ns();
			t->flags &= ~TASK_FRESH;
		}
		return 0;
	}
	if (iter_action != ITER_MARK) {
		struct vs_thread thread = {};

		if (!t || t->flags & (TASK_WAITING | TASK_FRESH))
			return 0;
		if (iter_action == ITER_SETTLE)
			settle(task, t);
		describe_thread(task, t, 0, &thread);
		if (t->faults)
			bpf_seq_write(ctx->meta->seq, &thread, sizeof(thread));
		return 0;
	}
	if (t)
		return 0;
	id = cfg.follow_threads ? task->tgid : task->pid;
	flags = bpf_map_lookup_elem(&targets, &id);
	if (!flags)
		return 0;
	t = task_state_create(task);
	if (t)
		t->flags = *flags;
	return 0;
}
