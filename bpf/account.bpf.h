/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.bpf.h - a task's faults: begun, ended, and held against the kernel's own counts.
 *
 * The kernel adds each completed fault to task->min_flt or maj_flt (mm_account_fault() in
 * mm/memory.c). What these run ahead of the faults that hooks showed is told apart from them:
 * either the fault that is pending ended without its hook, or it was taken without a trap.
 */
#ifndef VMASCOPE_ACCOUNT_BPF_H
#define VMASCOPE_ACCOUNT_BPF_H

#include "cause.bpf.h"
#include "crash.bpf.h"
#include "filter.bpf.h"
#include "folio.bpf.h"
#include "gup.bpf.h"
#include "heat.bpf.h"
#include "hist.bpf.h"
#include "image.bpf.h"
#include "refaults.bpf.h"
#include "stack.bpf.h"
#include "vma.bpf.h"

/* --- counting ----------------------------------------------------------------------------- */

/** count_faults - add @n faults to @slot */
static __always_inline void count_faults(u32 slot, u64 n, enum vs_outcome outcome,
					 const struct pending_fault *f, u64 duration_ns)
{
	struct vs_counts *c = slot_counts(slot);

	if (!c)
		return;
	stats_add(&c->outcome[outcome & 3], n);
	if (f->origin == VS_ORIGIN_GUP)
		stats_add(&c->gup, n);
	else
		stats_add(&c->access[f->origin & 1][f->access & 3], n);
	stats_add(&c->cause[f->cause < VS_NR_CAUSES ? f->cause : 0], n);
	if (f->handled)
		stats_add(&c->handled, n);
	if (f->mapped) {
		stats_add(&c->mapped, f->mapped);
		stats_add(&c->size[f->size & 3], 1);
	}
	if (!duration_ns)
		return;
	stats_add(&c->latency_count, n);
	stats_add(&c->latency_sum_ns, duration_ns);
	if (duration_ns > c->latency_max_ns)
		c->latency_max_ns = duration_ns;
}

/** fault_describe - fill the ring record of a fault. */
static __always_inline void fault_describe(struct task_struct *task, const struct task_state *t,
					   const struct pending_fault *f, enum vs_outcome outcome,
					   u64 duration_ns, struct vs_event_fault *e)
{
	e->duration_ns = duration_ns;
	e->address = f->address;
	e->ip = f->ip;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->slot = f->vma.slot;
	e->generation = f->vma.generation;
	e->proc = t->proc;
	e->error_code = f->error_code;
	e->vma_start = f->vma.start;
	e->vma_end = f->vma.end;
	e->vma_pgoff = f->vma.pgoff;
	e->access = f->access;
	e->origin = f->origin;
	e->outcome = outcome;
	e->cause = f->cause;
	e->size = f->size;
	e->mapped = f->mapped;
	e->stack = f->stack;
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task->comm);
}

/** fault_emit - a ring record of one fault. */
static __always_inline void fault_emit(struct task_struct *task, const struct task_state *t,
				       const struct pending_fault *f, enum vs_outcome outcome,
				       u64 duration_ns)
{
	struct vs_slot *s = slot_at(f->vma.slot);
	struct vs_event_fault *e;

	if (s && s->muted)
		return;
	e = emit_reserve(sizeof(*e), VS_EVENT_FAULT,
			 f->begin_ns ? f->begin_ns : bpf_ktime_get_ns());
	if (!e) {
		/* the sample has nothing to be counted by */
		if (is_sample(f->stack))
			stack_add((struct vs_stack_ref){}, outcome, 1, duration_ns);
		return;
	}
	fault_describe(task, t, f, outcome, duration_ns, e);
	emit_submit(e);
}

/** count_outside - a fault without a VMA slot goes to its process, with the reason. */
static __always_inline void count_outside(const struct task_state *t, struct pending_fault *f)
{
	struct vs_slot *s = slot_at(t->proc);

	f->vma.slot = t->proc;
	f->vma.generation = t->proc_generation;
	if (f->found == VMA_MISSED)
		count_lost(VS_LOST_LOOKUPS);
	if (f->found == VMA_FOUND)
		count_lost(VS_LOST_SLOTS);
	if (s && t->proc)
		__sync_fetch_and_add(f->found == VMA_FOUND  ? &s->proc.no_slot
				     : f->found == VMA_NONE ? &s->proc.no_address
							    : &s->proc.lookup_missed,
				     1);
}

/** wanted - the filters let a fault with this end by. */
static __always_inline bool wanted(enum vs_outcome outcome, enum vs_cause cause)
{
	return (!cfg.only || cfg.only == outcome + 1) &&
	       (!cfg.causes || cfg.causes & (1u << (cause & 31)));
}

/* Faults that end in a signal, as a rule: no hook shows their end in their own context. */
#define CAUSES_OF_SIGNALS                                                                          \
	(1u << VS_CAUSE_SEGV_MAPERR | 1u << VS_CAUSE_SEGV_ACCERR | 1u << VS_CAUSE_PKEY |           \
	 1u << VS_CAUSE_PROT | 1u << VS_CAUSE_SIGBUS)

/**
 * stack_at_begin - whether the stack of a fault is taken as it begins
 *
 * Where a filter asks how faults end, most are not wanted: their stack is taken at the end, if it
 * passes, except of those that do not come to an end that a hook shows.
 */
static __always_inline bool stack_at_begin(const struct pending_fault *f)
{
	if (!cfg.only && !cfg.causes)
		return true;
	return CAUSES_OF_SIGNALS & (1u << (f->cause & 31)) && wanted(VS_INCOMPLETE, f->cause);
}

/** stack_at_end - take the stack of a fault that passes, if it was not taken, or taken back. */
static __always_inline void stack_at_end(const struct task_state *t, struct pending_fault *f,
					 enum vs_outcome outcome)
{
	struct vs_stack_row *r;

	if (!cfg.fault_stacks || !wanted(outcome, f->cause) || is_sample(f->stack))
		return;
	r = f->stack.row < VS_STACK_FIRST ? 0 : stack_row_at(f->stack.row);
	if (f->stack.row == VS_STACK_NONE || (r && r->generation != f->stack.generation))
		stack_take(t, &f->stack);
}

/** fault_ended - count, and emit if asked, a fault whose outcome is known. */
static __always_inline void fault_ended(struct task_struct *task, struct task_state *t,
					struct pending_fault *f, enum vs_outcome outcome,
					u64 duration_ns)
{
	if (!wanted(outcome, f->cause))
		return;
	if (f->origin != VS_ORIGIN_GUP)
		t->faults++;
	t->fault_ns += duration_ns;
	if (f->vma.slot == VS_SLOT_OVERFLOW)
		count_outside(t, f);
	else if (f->vma.traits & VMA_SHARES_SLOT)
		count_lost(VS_LOST_SLOTS);
	if (!slot_holds(f->vma.slot, f->vma.generation)) {
		count_lost(VS_LOST_IDENTITY);
		f->vma.slot = VS_SLOT_OVERFLOW;
	}
	count_faults(f->vma.slot, 1, outcome, f, duration_ns);
	if (cfg.fault_stacks && !is_sample(f->stack))
		stack_add(f->stack, outcome, 1, duration_ns);
	if (duration_ns)
		hist_add(t, f, duration_ns);
	heat_add(task->tgid, f->vma.slot, f->address);
	if (cfg.refaults)
		refault_look(t, f, duration_ns);
	if (cfg.emit_faults)
		fault_emit(task, t, f, outcome, duration_ns);
}

/** is_refused - a fault that begins with this cause mostly ends in a signal or EFAULT. */
static __always_inline bool is_refused(enum vs_cause cause)
{
	return cause == VS_CAUSE_SEGV_MAPERR || cause == VS_CAUSE_SEGV_ACCERR ||
	       cause == VS_CAUSE_PKEY || cause == VS_CAUSE_SIGBUS || cause == VS_CAUSE_PROT ||
	       cause == VS_CAUSE_EFAULT || cause == VS_CAUSE_VSYSCALL;
}

/**
 * is_resolved - the page of a pending fault allows the access by now
 * @task: need not be the current one
 *
 * Where page tables can't be read, or are gone, the cause has to do.
 */
static __noinline bool is_resolved(struct task_struct *task, struct task_state *t)
{
	const struct pending_fault *f = &t->pending;
	struct mm_struct *mm = task->mm;
	u64 entry;

	if (!f->page.readable || !mm || (u64)mm != t->mm || f->cause == VS_CAUSE_PKEY)
		return !is_refused(f->cause);
	page_walk((u64)BPF_CORE_READ(mm, pgd), f->address, &t->now);
	entry = t->now.entry;
	if (t->now.pmd && (bpf_probe_read_kernel(&entry, sizeof(entry), (void *)t->now.pmd) ||
			   (is_table(entry) && !table_entry(direct_map + (entry & PTE_ADDRESS),
							    f->address, 12, &entry))))
		return false;
	return entry & PTE_PRESENT && (f->access != VS_ACCESS_WRITE || entry & PTE_RW) &&
	       (f->access != VS_ACCESS_EXEC || !(entry & PTE_NX));
}

/**
 * settle - hold what was counted of a task against the kernel's own counts
 *
 * Called where a new fault begins and where a task ends: a fault that is still pending then has
 * ended without its hook, or not at all: in EFAULT, or to be taken again after a signal. The
 * kernel's counts alone do not tell, as they may be ahead because of faults without a trap. When
 * counting is over, what the kernel counted since is not to be counted.
 */
static __noinline void settle(struct task_struct *task, struct task_state *t)
{
	u64 minor = counts_take(&t->last_minor, task->min_flt);
	u64 major = counts_take(&t->last_major, task->maj_flt);

	if (t->pending.active) {
		enum vs_outcome outcome = VS_INCOMPLETE;

		t->pending.active = 0;
		if ((major || minor) && is_resolved(task, t)) {
			outcome = major ? VS_MAJOR : VS_MINOR;
			major -= major ? 1 : 0;
			minor -= outcome == VS_MINOR ? 1 : 0;
		}
		if (outcome != VS_INCOMPLETE)
			count_lost(VS_LOST_LATENCY);
		fault_ended(task, t, &t->pending, outcome, 0);
	}
	if (counts_now() && (minor || major)) {
		if (cfg.refaults)
			refaults_unplaced(t, minor + major);
		count_gup(process_slot(task, t), minor, major);
	}
}

/**
 * settle_current - settle() of the current task, which has a state
 *
 * A global function: the verifier looks at it once, and not from each place that calls it.
 */
__weak __noinline int settle_current(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);

	if (t)
		settle(task, t);
	return 0;
}

/* --- process images ------------------------------------------------------------------------ */

/** switch_image - the task has another mm than the state is about: exec, or its first fault. */
static __noinline void switch_image(struct task_struct *task, struct task_state *t, u64 mm)
{
	u32 tgid = task->tgid;
	struct proc_entry *p;
	struct vs_slot *s;

	if (t->flags & TASK_WAITING) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
	} else if (t->mm) {
		settle_current();
	}
	p = bpf_map_lookup_elem(&procs, &tgid);
	t->proc = p && p->mm == mm ? p->slot : proc_new(task, mm);
	t->mm = mm;
	t->cache_seq = -1;
	s = slot_at(t->proc);
	if (!s)
		return;
	t->proc_generation = s->generation;
	if (cfg.refaults && t->fork.time_ns)
		range_fork_inherit(t);
	if (t->flags & TASK_WAITING && t->proc) {
		s->proc.base_minor = t->last_minor;
		s->proc.base_major = t->last_major;
	}
	t->flags &= ~TASK_WAITING;
}

/** counting_begins - the first hook of a task that was there before counting was on. */
static __noinline int counting_begins(struct task_struct *task, struct task_state *t)
{
	/* or the iterator did: what came after it was taken without a trap */
	__sync_val_compare_and_swap(&t->last_minor, COUNTS_UNKNOWN, task->min_flt);
	__sync_val_compare_and_swap(&t->last_major, COUNTS_UNKNOWN, task->maj_flt);
	__sync_fetch_and_and(&t->flags, ~TASK_FRESH);
	return 0;
}

/**
 * within_filter - the filters let the current task by, which has a state
 *
 * What a task has that leaves them and returns was not to be counted meanwhile.
 */
static __noinline int within_filter(struct task_struct *task, struct task_state *t)
{
	bool within = filter_matches(task);

	if (t->flags & TASK_WAITING && !within) {
		/* the command's program is not wanted, but what it runs may be */
		t->mm = (u64)task->mm;
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
		t->flags = TASK_AWAY;
	}
	if (t->flags & (TASK_WAITING | TASK_FRESH))
		return within;
	if (within && t->flags & TASK_AWAY) {
		t->last_minor = task->min_flt;
		t->last_major = task->maj_flt;
		__sync_fetch_and_and(&t->flags, ~TASK_AWAY);
	} else if (!within && !(t->flags & TASK_AWAY)) {
		settle_current();
		__sync_fetch_and_or(&t->flags, TASK_AWAY);
	}
	return within;
}

/** retry_image - there was no slot for the process image: one may have come back. */
static __noinline void retry_image(struct task_struct *task, struct task_state *t)
{
	u32 tgid = task->tgid;
	struct proc_entry *p = bpf_map_lookup_elem(&procs, &tgid);
	struct vs_slot *s;

	t->proc = p && p->mm == t->mm ? p->slot : proc_new(task, t->mm);
	s = slot_at(t->proc);
	if (!s)
		return;
	t->proc_generation = s->generation;
	t->cache_seq = -1;
}

/**
 * traced_image - traced(), with the filters, and the state brought up to the task's present mm
 * @begins: something begins, which is only of interest while faults are counted
 *
 * Return: NULL also for kernel threads, and for vmascope's own child until its exec.
 */
static __always_inline struct task_state *traced_image(struct task_struct *task, bool begins)
{
	struct task_state *t;
	u64 mm;

	if (begins && !counts_now())
		return 0;
	t = traced(task, begins);
	mm = (u64)task->mm;
	if (!t || !mm)
		return 0;
	if (t->flags & TASK_WAITING && (t->mm == mm || !t->mm)) {
		t->mm = mm;
		return 0;
	}
	if (is_filtered() && !within_filter(task, t))
		return 0;
	if (t->flags & TASK_FRESH) {
		if (!begins)
			return 0;
		counting_begins(task, t);
	}
	if (t->mm != mm)
		switch_image(task, t, mm);
	else if (!t->proc)
		retry_image(task, t);
	return t;
}

/* --- begin and end ------------------------------------------------------------------------- */

/** identify - find the VMA of a fault. */
static __always_inline void identify(struct task_struct *task, struct task_state *t, s64 seq,
				     struct pending_fault *f)
{
	f->found = vma_lookup(task, t, seq, f->address, &f->vma);
	if (f->found == VMA_FOUND)
		return;
	f->vma.start = f->vma.end = f->vma.pgoff = 0;
	f->vma.slot = VS_SLOT_OVERFLOW;
}

/** last_fault_over - counting is over, and a fault begins: one that began before has ended. */
static __noinline int last_fault_over(struct task_struct *task)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);

	if (t && t->pending.active)
		settle_current();
	return 0;
}

/** struct trap_regs - what is wanted of the registers that a trap saved; @at: where, 0: not known */
struct trap_regs {
	u64 at;
	u64 ip;
	u64 sp;
};

/** fault_begin - a fault of the current task begins. */
static __always_inline void fault_begin(struct task_struct *task, u64 address,
					const struct trap_regs *regs, enum vs_access access,
					enum vs_origin origin, u32 error_code)
{
	struct task_state *t = traced_image(task, true);
	struct pending_fault *f;
	s64 seq;

	if (!t) {
		if (counting == COUNTING_OVER)
			last_fault_over(task);
		return;
	}
	f = &t->pending;
	if (f->active || task->min_flt != t->last_minor || task->maj_flt != t->last_major)
		settle_current();
	f->address = address;
	f->ip = regs->ip;
	f->sp = regs->sp;
	f->regs = regs->at;
	f->handled = 0;
	f->frame = FRAME_UNKNOWN;
	f->access = access;
	f->origin = origin;
	f->error_code = error_code;
	f->mapped = 0;
	f->size = VS_SIZE_PAGE;
	seq = mm_sequence(task);
	f->seq = seq;
	identify(task, t, seq, f);
	page_read(task, t, seq, address, &f->page);
	f->page.probes = 0;
	if (maps_folios(f))
		folio_probe(f);
	f->cause = cause_at_begin(f);
	f->stack = NO_STACK;
	if (cfg.fault_stacks && stack_at_begin(f))
		stack_take(t, &f->stack);
	f->active = 1;
	f->begin_ns = bpf_ktime_get_ns();
}

/**
 * fault_signalled - the pending fault of the current task, which raised a signal
 * @sig, @code: of the signal
 * @handled: the process has a handler, which will be called
 */
static __always_inline void fault_signalled(struct task_struct *task, struct task_state *t, int sig,
					    int code, bool handled)
{
	struct pending_fault *f = &t->pending;

	f->active = 0;
	f->handled = handled;
	if (f->found == VMA_MISSED)
		identify(task, t, MM_SEQ_NONE, f);
	f->cause = cause_of_signal(f, sig, code);
	if (cfg.crash)
		crash_emit(task, t, f, sig, code);
	fault_ended(task, t, f, VS_INCOMPLETE, 0);
}

/** same_page - the hooks of one fault may differ in the offset within the page. */
static __always_inline bool same_page(u64 a, u64 b)
{
	return !((a ^ b) >> 12);
}

/**
 * begun_before - a fault has ended of a task that is not counted yet, or has no state
 *
 * One that was in flight when counting began is not counted; one of a task for which there was no
 * memory is, without its process.
 */
static __always_inline void begun_before(struct task_struct *task, enum vs_outcome outcome,
					 enum vs_origin origin)
{
	struct pending_fault f = { .origin = origin, .access = VS_ACCESS_UNKNOWN };
	struct task_state *t = 0;

	if (task->bpf_storage)
		t = bpf_task_storage_get(&tasks, task, 0, 0);
	if (t) {
		if (t->flags & TASK_FRESH && origin != VS_ORIGIN_GUP)
			count_take(outcome == VS_MAJOR ? &t->last_major : &t->last_minor,
				   outcome == VS_MAJOR ? task->maj_flt : task->min_flt);
		return;
	}
	if (cfg.targets || !task->mm || !filter_matches(task))
		return;
	if ((cfg.only && cfg.only != outcome + 1) || cfg.causes)
		return;
	count_faults(VS_SLOT_OVERFLOW, 1, outcome, &f, 0);
	if (cfg.fault_stacks)
		stack_add(NO_STACK, outcome, 1, 0);
}

/** pending_of - the fault of the current task that has begun at @address's page, or NULL. */
static __always_inline struct task_state *pending_of(struct task_struct *task, u64 address)
{
	struct task_state *t = 0;

	if (task->bpf_storage)
		t = bpf_task_storage_get(&tasks, task, 0, 0);
	return t && t->pending.active && same_page(t->pending.address, address) ? t : 0;
}

/**
 * still_identified - what was found when the fault began is its VMA
 *
 * A stack may have had to grow first, and a VMA that a call is changing was seen half-way: while the
 * fault was handled, its lock was held, and still is.
 */
static __always_inline bool still_identified(const struct pending_fault *f, s64 seq)
{
	return f->found == VMA_FOUND && (!cfg.vma_cache || (seq == f->seq && seq != MM_SEQ_NONE));
}

/** identify_again - the pending fault of the current task; a global function of fault.bpf.c */
int identify_again(struct task_state *t);

/** fault_end_pending - the fault has ended that the hook of its begin showed. */
static __always_inline void fault_end_pending(struct task_struct *task, struct task_state *t,
					      enum vs_outcome outcome, u64 now)
{
	struct pending_fault *f = &t->pending;

	/* accounted by the kernel before we began to count */
	if (outcome == VS_MAJOR ? t->last_major >= task->maj_flt : t->last_minor >= task->min_flt)
		return;
	/* no iterator settles a task while a fault is pending */
	if (outcome == VS_MAJOR)
		t->last_major++;
	else
		t->last_minor++;
	f->active = 0;
	if (!still_identified(f, mm_sequence(task)))
		identify_again(t);
	page_mapped(task, f);
	f->cause = cause_at_end(f, outcome);
	stack_at_end(t, f, outcome);
	fault_ended(task, t, f, outcome, now - f->begin_ns);
}

/**
 * fault_end - a fault of the current task was accounted by the kernel
 * @task: the current task
 * @address: of the fault
 * @outcome: VS_MINOR or VS_MAJOR
 * @origin: used where no begin was seen
 * @trapless: why it was taken, if @origin is VS_ORIGIN_GUP
 *
 * One that began while faults were counted is counted, whatever came in between.
 */
static __always_inline void fault_end(struct task_struct *task, u64 address,
				      enum vs_outcome outcome, enum vs_origin origin,
				      enum vs_cause trapless)
{
	struct pending_fault *own;
	struct task_state *t;

	if (counting == COUNTING_SOON)
		return;
	t = origin == VS_ORIGIN_GUP ? 0 : pending_of(task, address);
	if (t && t->mm == (u64)task->mm) {
		fault_end_pending(task, t, outcome, bpf_ktime_get_ns());
		return;
	}
	if (!counts_now())
		return;
	t = traced_image(task, false);
	if (!t) {
		begun_before(task, outcome, origin);
		return;
	}
	/* It began inside another fault, or without a trap. The iterator may have counted it. */
	if (!count_take(outcome == VS_MAJOR ? &t->last_major : &t->last_minor,
			outcome == VS_MAJOR ? task->maj_flt : task->min_flt))
		return;
	own = &t->unpaired;
	__builtin_memset(own, 0, sizeof(*own));
	own->address = address;
	own->origin = origin;
	own->access = VS_ACCESS_UNKNOWN;
	if (origin == VS_ORIGIN_GUP)
		own->cause = trapless;
	else
		count_lost(VS_LOST_LATENCY);
	own->stack = NO_STACK;
	stack_at_end(t, own, outcome);
	identify(task, t, mm_sequence(task), own);
	fault_ended(task, t, own, outcome, 0);
}

#endif /* VMASCOPE_ACCOUNT_BPF_H */
