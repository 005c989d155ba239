/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_ranges.bpf.h - the address ranges that a memory call unmaps, changes or maps.
 *
 * Where a call maps or unmaps memory, all older ranges end: later accesses there use new memory.
 * Other calls begin a range if the next access may fault because of them.
 */
#ifndef VMASCOPE_CALL_RANGES_BPF_H
#define VMASCOPE_CALL_RANGES_BPF_H

#include "account.bpf.h"
#include "pidfd.bpf.h"

#define ENOMEM 12
/** Maximum VMAs examined for one mprotect, and iovecs of one process_madvise (UIO_MAXIOV). */
#define PROTECT_VMAS 4096
#define MADVISE_IOVECS 1024

static __always_inline u64 page_up(u64 address)
{
	return (address + 4095) & ~4095ULL;
}

/** call_cause - why ranges begin or end: the call that @t is inside of */
static __always_inline void call_cause(const struct task_state *t, struct range_cause *cause)
{
	cause->proc = t->proc;
	cause->generation = t->proc_generation;
	cause->row = t->call.row;
	cause->row_generation = t->call.row_generation;
	cause->begin_ns = t->call.begin_ns;
	cause->seq = t->call.mm_seq;
	cause->fits = cause->writes = cause->undo = 0;
	cause->ends = RANGE_ALL;
}

/** advice_takes - madvise advice that drops or reclaims pages. Return: false for other advice. */
static __always_inline bool advice_takes(u32 advice, struct range_cause *cause)
{
	cause->fits = vs_advice_fits(advice);
	cause->ends = vs_advice_ends(advice);
	return cause->fits;
}

/** protect_step - begin a range if the current VMA loses an access right. Return: 1 at the end */
static __always_inline long protect_step(struct task_struct *task, struct task_state *t)
{
	struct protect_walk *w = &t->call.walk;
	struct vma_ref *ref = &t->call.ref;
	struct range_cause cause;
	u64 lost, end;

	if (!vma_cached(t, mm_sequence(task), w->at, ref) &&
	    (cfg.vma_lookup == VS_LOOKUP_MAPLE ? vma_peek(w->at, ref) : vma_search(w->at, ref)) !=
		    VMA_FOUND)
		return 1;
	end = ref->end < w->end ? ref->end : w->end;
	lost = ref->traits & (VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC) & ~w->flags;
	if (lost) {
		call_cause(t, &cause);
		cause.writes = 1;
		cause.fits = cause.ends = lost & VS_VM_WRITE ? RANGE_WRITE | RANGE_FORBIDDEN
							     : RANGE_FORBIDDEN;
		ranges_add(w->at, end, &cause, &t->range);
	}
	w->at = end;
	return end >= w->end;
}

static long protect_next(u64 i, void *unused)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);

	(void)unused;
	if (!t || protect_step(task, t))
		return 1;
	if (i == PROTECT_VMAS - 1)
		count_lost(VS_LOST_RANGES);
	return 0;
}

/**
 * protect_ranges - the current task begins an mprotect
 *
 * Inlined into the program: VMA lookups use most of the eight frames that a program may have.
 */
static __always_inline void protect_ranges(struct task_struct *task, struct task_state *t,
					   u64 start, u64 end, u64 prot)
{
	struct protect_walk *w = &t->call.walk;

	w->at = start;
	w->end = end;
	w->flags = (prot & VS_PROT_READ ? VS_VM_READ : 0) |
		   (prot & VS_PROT_WRITE ? VS_VM_WRITE : 0) |
		   (prot & VS_PROT_EXEC ? VS_VM_EXEC : 0);
	/* usually there is only one VMA */
	if (start < end && !protect_step(task, t))
		bpf_loop(PROTECT_VMAS, protect_next, 0, 0);
}

/** call_ranges_begin - the current task begins the memory call in its state, not an mprotect. */
__weak __noinline int call_ranges_begin(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	struct range_cause cause = {};
	struct open_call *o;

	if (!t)
		return 0;
	o = &t->call;
	call_cause(t, &cause);
	switch (o->call) {
	case VS_CALL_MADVISE:
		if (advice_takes(o->detail, &cause))
			ranges_add(o->argument[0], page_up(o->argument[0] + o->argument[1]), &cause,
				   &t->range);
		break;
	case VS_CALL_FORK:
		if (!o->shares_mm)
			range_fork_begin(&cause);
		break;
	default:
		break;
	}
	return 0;
}

/** remap_ranges - an mremap has returned @to */
static __always_inline void remap_ranges(struct task_state *t, u64 to, struct range_cause *cause)
{
	const struct open_call *o = &t->call;
	u64 from = o->argument[0], was = page_up(o->argument[1]), is = page_up(o->argument[2]);

	if (to == from) {
		ranges_add(from + (was < is ? was : is), from + (was < is ? is : was), cause,
			   &t->range);
		return;
	}
	if (o->argument[3] & VS_MREMAP_DONTUNMAP)
		cause->fits = RANGE_EMPTY;
	ranges_add(from, from + was, cause, &t->range);
	/* the pages were moved, together with the effect of an earlier fork on them */
	cause->fits = 0;
	cause->ends = RANGE_ALL & ~RANGE_WRITE;
	ranges_add(to, to + is, cause, &t->range);
}

struct iovec {
	u64 base;
	u64 len;
};

/** struct iovec_walk - the ranges of a process_madvise */
struct iovec_walk {
	u64 at;
	u64 nr;
	u64 bytes; /* still to come: the call may have ended early */
	u64 start;
	u64 end;
	u32 proc;
	u32 generation;
};

static long iovec_next(u64 i, struct iovec_walk *w)
{
	struct task_state *t = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct range_cause cause;
	struct iovec v;

	if (!t || i >= w->nr || !w->bytes)
		return 1;
	if (bpf_probe_read_user(&v, sizeof(v), (void *)(w->at + i * sizeof(v)))) {
		count_lost(VS_LOST_RANGES);
		return 1;
	}
	v.len = page_up(v.len);
	if (v.len > w->bytes)
		v.len = w->bytes;
	w->bytes -= v.len;
	if (v.base < w->start)
		w->start = v.base;
	if (v.base + v.len > w->end)
		w->end = v.base + v.len;
	call_cause(t, &cause);
	cause.proc = w->proc;
	cause.generation = w->generation;
	if (advice_takes(t->call.detail, &cause))
		ranges_add(v.base, v.base + v.len, &cause, &t->range);
	return 0;
}

/** vector_ranges - a process_madvise has advised @bytes of its own or another process. */
static __always_inline void vector_ranges(struct task_state *t, u64 bytes)
{
	struct iovec_walk w = { .start = ~0ULL };
	bool own;
	u32 tgid;

	w.at = t->call.argument[1];
	w.nr = t->call.argument[2];
	w.bytes = bytes;
	tgid = pidfd_tgid(t->call.argument[0]);
	own = tgid == (u32)bpf_get_current_task_btf()->tgid;
	if (own) {
		w.proc = t->proc;
		w.generation = t->proc_generation;
	} else {
		struct proc_entry *p = bpf_map_lookup_elem(&procs, &tgid);
		struct vs_slot *s = p ? slot_at(p->slot) : 0;

		/* a process that is not traced has no refaults and needs no ranges */
		if (s) {
			w.proc = p->slot;
			w.generation = s->generation;
		} else {
			w.nr = 0;
		}
	}
	bpf_loop(MADVISE_IOVECS, iovec_next, &w, 0);
	t->call.start = own && w.end ? w.start : 0;
	t->call.end = own ? w.end : 0;
}

/**
 * vector_begin - a process_madvise on the process itself: find the start of its first range
 *
 * For another process only the advised size is known: its VMAs are not looked up.
 */
static __noinline void vector_begin(struct open_call *o, int call, u32 tgid)
{
	u64 end;

	o->start = o->end = 0;
	if (call != VS_CALL_PROCESS_MADVISE || pidfd_tgid(o->argument[0]) != tgid)
		return;
	/* a struct iovec; the program's stack has no room for it */
	if (bpf_probe_read_user(&o->start, 2 * sizeof(u64), (void *)o->argument[1]))
		o->start = o->end = 0;
	end = o->start + o->end;
	o->end = page_up(end);
}

/** ends_ranges - a successful call of this kind affects ranges when it ends. */
static __always_inline bool ends_ranges(u32 call)
{
	return call == VS_CALL_MUNMAP || call == VS_CALL_MMAP || call == VS_CALL_MREMAP ||
	       call == VS_CALL_BRK || call == VS_CALL_PROCESS_MADVISE;
}

/** call_ranges_end - the current task ends the memory call in its state, with @result */
__weak __noinline int call_ranges_end(s64 result, u64 failed)
{
	struct task_state *t = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct range_cause cause = {};
	struct open_call *o;
	u64 start, end;

	if (!t)
		return 0;
	o = &t->call;
	start = o->argument[0];
	end = page_up(start + o->argument[1]);
	call_cause(t, &cause);
	if (failed) {
		cause.undo = 1;
		cause.fits = RANGE_ALL;
		if (o->call == VS_CALL_FORK)
			range_fork_undo(t->proc, t->proc_generation, o->begin_ns);
		else if (o->call == VS_CALL_MPROTECT || o->call == VS_CALL_PKEY_MPROTECT) {
			cause.ends = RANGE_WRITE | RANGE_FORBIDDEN;
			ranges_add(start, end, &cause, &t->range);
		} else if (o->call == VS_CALL_MADVISE && result != -ENOMEM &&
			   advice_takes(o->detail, &cause))
			/* -ENOMEM: part of the range was not mapped; the rest has been processed */
			ranges_add(start, end, &cause, &t->range);
		return 0;
	}
	switch (o->call) {
	case VS_CALL_MUNMAP:
		ranges_add(start, end, &cause, &t->range);
		break;
	case VS_CALL_MMAP:
		/* over existing pages, the effect is the same as dropping them */
		if (o->detail == VS_MMAP_FIXED &&
		    (o->flush[VS_FLUSH_LOCAL] || o->flush[VS_FLUSH_REMOTE]))
			cause.fits = RANGE_EMPTY;
		ranges_add(result, page_up(result + o->argument[1]), &cause, &t->range);
		break;
	case VS_CALL_MREMAP:
		remap_ranges(t, result, &cause);
		break;
	case VS_CALL_BRK:
		end = page_up(o->argument[1]);
		start = page_up(o->argument[0]);
		if (o->argument[0])
			ranges_add(start < end ? start : end, start < end ? end : start, &cause,
				   &t->range);
		break;
	case VS_CALL_PROCESS_MADVISE:
		vector_ranges(t, result);
		break;
	default:
		break;
	}
	return 0;
}

#endif /* VMASCOPE_CALL_RANGES_BPF_H */
