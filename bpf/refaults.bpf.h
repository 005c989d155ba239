/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * refaults.bpf.h - find the memory call that a completed fault follows from.
 */
#ifndef VMASCOPE_REFAULTS_BPF_H
#define VMASCOPE_REFAULTS_BPF_H

#include "cause.bpf.h"
#include "ranges.bpf.h"

/** took_effect - a call that is a writer, and found @seq, has had the lock. */
static __always_inline bool took_effect(const struct followed *f, u32 seq)
{
	/* an odd sequence belongs to an earlier writer (6.13) */
	if (f->step == 2)
		seq = (seq + 1) & ~1u;
	return !mm_has_sequence() || (s32)(f->now - seq) >= (s32)f->step;
}

/** follow_slot - compare a fault with a slot of a node, in which @bit stands for its address */
__weak __noinline int follow_slot(struct refault *fault, struct range_slot *s, u64 bit,
				  struct followed *f)
{
	bool fits;

	if (!fault || !s || !f)
		return 0;
	fits = s->fits & fault->fits;
	if (!(s->bits & bit)) {
		if (s->before & bit && fits)
			f->older = s->holder;
		return 0;
	}
	if ((fault->begin_ns && fault->begin_ns < s->time_ns) ||
	    (s->writes && !took_effect(f, s->seq))) {
		f->early = 1;
		if (s->before & bit && fits)
			f->older = s->holder;
		return 0;
	}
	if (s->ends == RANGE_ALL && s->time_ns > f->all_ns)
		f->all_ns = s->time_ns;
	if (fits && s->time_ns > f->time_ns) {
		f->time_ns = s->time_ns;
		f->holder = s->holder;
	}
	return 0;
}

/** follow_level - compare a fault with the node that contains its address at @level */
__weak __noinline int follow_level(struct refault *fault, u32 level, struct followed *f)
{
	struct range_key key = {};
	struct range_node *node;
	u64 page;

	if (!fault || !f || level >= RANGE_LEVELS)
		return 0;
	key.proc = fault->proc;
	key.generation = fault->generation;
	page = fault->address >> RANGE_PAGE_BITS;
	key.at = range_at(range_number(page, level), level);
	node = bpf_map_lookup_elem(&ranges, &key);
	if (!node)
		return 0;
	for (u32 i = 0; i < RANGE_SLOTS; i++)
		follow_slot(fault, &node->slot[i], range_bit(page, level), f);
	return 0;
}

/**
 * inherit_row - find a row for copy-on-write in a child, which is the current process
 *
 * The row has the key of the parent's, but belongs to the child, so that it lives as long as the
 * child. If the parent's row is gone, only the call is known.
 */
static __always_inline u64 inherit_row(const struct refault *fault, struct range_fork *fork)
{
	struct vs_call_row *parent = call_row_at(fork->row);
	struct vs_call_key key = {};
	u32 row, generation;

	if (parent && fork->row && parent->generation == fork->row_generation)
		key = parent->key;
	key.call = VS_CALL_FORK;
	key.proc = fault->proc;
	key.proc_generation = fault->generation;
	row = call_row_find(&key, &generation);
	fork->row = row;
	fork->row_generation = generation;
	fork->inherited = 0;
	return range_holder(row, generation);
}

/** follow_fork - use the last fork of the process, if no other range is later. */
static __always_inline void follow_fork(const struct refault *fault, struct range_proc *p,
					struct followed *f)
{
	for (u32 i = 0; i < 2; i++) {
		struct range_fork *fork = &p->fork[i];

		if (!fork->time_ns || (fault->begin_ns && fault->begin_ns < fork->time_ns) ||
		    (!fork->inherited && fork->seq && !took_effect(f, fork->seq)))
			continue;
		if (fork->time_ns <= f->time_ns || fork->time_ns < f->all_ns)
			return;
		f->time_ns = fork->time_ns;
		f->holder = fork->inherited ? inherit_row(fault, fork)
					    : range_holder(fork->row, fork->row_generation);
		return;
	}
}

/** refault_count - count a completed fault with the call it follows from. @f: working memory */
__weak __noinline int refault_count(struct refault *fault, struct followed *f)
{
	struct vs_call_row *row;
	struct range_proc *p;

	if (!fault || !f)
		return 0;
	p = range_proc_of(fault->proc, fault->generation, false);
	if (!p || !fault->fits || (!p->levels && !p->fork[0].time_ns))
		return 0;
	f->holder = f->time_ns = f->older = f->all_ns = 0;
	f->early = 0;
	f->now = mm_writes_at(fault->mm, &f->step);
	for (u32 level = 0; level < RANGE_LEVELS; level++)
		if (p->levels & (1u << level))
			follow_level(fault, level, f);
	if (f->time_ns < f->all_ns)
		f->time_ns = 0;
	if (fault->fits & RANGE_WRITE && !fault->shared)
		follow_fork(fault, p, f);
	if (!f->time_ns && f->early && f->older)
		f->holder = f->older;
	else if (!f->time_ns)
		return 0;
	row = call_row_get((u32)f->holder, f->holder >> 32);
	if (!row)
		return 0;
	row_add(&row->counts.refaults, 1);
	row_add(&row->counts.refault_ns, fault->duration_ns);
	return 0;
}

/** is_first_copy - a write found a page that is not private yet: the zero page, or the file's */
static __always_inline bool is_first_copy(const struct pending_fault *f)
{
	if (f->vma.traits & VS_VM_SHARED || !f->page.readable)
		return false;
	if (f->vma.traits & VMA_IS_FILE)
		return !(f->page.entry & (PTE_DIRTY | PTE_SAVED_DIRTY));
	return f->page.entry & PTE_SPECIAL;
}

/** was_present - a page was mapped when the fault began. */
static __always_inline bool was_present(const struct pending_fault *f)
{
	if (f->page.readable)
		return f->page.entry & PTE_PRESENT;
	return f->error_code & X86_PF_PROT || is_cow(f->cause) || f->cause == VS_CAUSE_WRITE_NOTIFY;
}

/** fault_fits - the ranges that a fault may follow from, as enum range_fit */
static __always_inline u32 fault_fits(const struct pending_fault *f)
{
	switch (f->cause) {
	case VS_CAUSE_GUP: /* the state that it found is unknown */
		return RANGE_EMPTY | RANGE_STORED | RANGE_WRITE;
	case VS_CAUSE_SEGV_ACCERR:
	case VS_CAUSE_PROT:
	case VS_CAUSE_PKEY:
		return RANGE_FORBIDDEN;
	case VS_CAUSE_SWAP_IN:
		return RANGE_STORED;
	case VS_CAUSE_SEGV_MAPERR: /* these have other causes */
	case VS_CAUSE_SIGBUS:
	case VS_CAUSE_NUMA_HINT:
	case VS_CAUSE_MIGRATION:
	case VS_CAUSE_KSM:
	case VS_CAUSE_EFAULT:
	case VS_CAUSE_VSYSCALL:
	case VS_CAUSE_DEVICE:
		return 0;
	case VS_CAUSE_COW_ZERO:
		return RANGE_EMPTY;
	default:
		break;
	}
	if (!was_present(f))
		return f->vma.traits & VMA_IS_FILE ? RANGE_EMPTY | RANGE_STORED : RANGE_EMPTY;
	if (f->cause == VS_CAUSE_UFFD)
		return 0;
	if (f->cause == VS_CAUSE_SPURIOUS)
		return RANGE_WRITE | RANGE_FORBIDDEN;
	return is_first_copy(f) ? RANGE_EMPTY : RANGE_WRITE;
}

/** refault_look - count @f, which has ended, if it follows from a call */
static __always_inline void refault_look(struct task_state *t, const struct pending_fault *f,
					 u64 duration_ns)
{
	struct refault *fault = &t->refault;

	fault->address = f->address;
	fault->mm = t->mm;
	fault->begin_ns = f->begin_ns;
	fault->duration_ns = duration_ns;
	fault->proc = t->proc;
	fault->generation = t->proc_generation;
	fault->fits = fault_fits(f);
	fault->shared = !!(f->vma.traits & VS_VM_SHARED);
	if (fault->fits)
		refault_count(fault, &t->followed);
}

#endif /* VMASCOPE_REFAULTS_BPF_H */
