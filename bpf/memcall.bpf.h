/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memcall.bpf.h - the memory call that a task is inside of: its begin, end, counters and record.
 */
#ifndef VMASCOPE_MEMCALL_BPF_H
#define VMASCOPE_MEMCALL_BPF_H

#if defined(__TARGET_ARCH_x86)
#include <asm/unistd_64.h>
#endif

#include "call_ranges.bpf.h"
#include "kread.bpf.h"
#include "populate.bpf.h"
#include "run.bpf.h"
#include "wait.bpf.h"

/* include/uapi/linux/sched.h */
#define CLONE_VM 0x100ULL
#define CLONE_VFORK 0x4000ULL

/* arch/x86/include/asm/thread_info.h */
#define TS_COMPAT 2u

__weak __u64 last_call_id = 0;

#if defined(__TARGET_ARCH_x86)
/** syscall_call - enum vs_call for a system call, or -1 */
static __always_inline int syscall_call(u64 nr)
{
	switch (nr) {
#define SYSCALL_CASE(name, id, hooked)                                                             \
	case __NR_##name:                                                                          \
		return VS_CALL_##id;
		VS_EACH_MEMORY_SYSCALL(SYSCALL_CASE)
#undef SYSCALL_CASE
	default:
		return -1;
	}
}

/** clone_flags - flags of a call that creates a process or a thread */
static __noinline u64 clone_flags(u64 nr, const struct pt_regs *regs)
{
	u64 flags = regs->di;

	if (nr == __NR_vfork)
		return CLONE_VM | CLONE_VFORK;
	if (nr == __NR_clone3 && bpf_probe_read_user(&flags, sizeof(flags), (void *)regs->di))
		return 0;
	return nr == __NR_fork ? 0 : flags;
}

/** makes_thread - a clone that is not a fork: the child shares the mm, and the parent continues. */
static __always_inline bool makes_thread(u64 flags)
{
	return flags & CLONE_VM && !(flags & CLONE_VFORK);
}

#endif

/* --- begin --------------------------------------------------------------------------------- */

/** call_look - look up the VMAs in the range of the call, as they are before it. */
static __noinline int call_look(struct task_state *t, u64 start, u64 end)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct open_call *o = &t->call;

	/* in the task's state: the stack has no room */
	o->walk.at = start;
	o->walk.end = end;
	for (u32 i = 0; i < VS_CALL_VMAS; i++) {
		if ((i && !cfg.emit_calls) || o->walk.at >= o->walk.end ||
		    vma_lookup(task, t, mm_sequence(task), o->walk.at, &o->ref) != VMA_FOUND)
			break;
		o->vma[i].start = o->ref.start;
		o->vma[i].end = o->ref.end;
		o->vma[i].flags = o->ref.traits;
		o->vma[i].slot = o->ref.slot;
		o->vma[i].generation = o->ref.generation;
		o->nr_vmas = i + 1;
		o->walk.at = o->ref.end;
	}
	return 0;
}

/** call_range - the address range of the call; 0 and 0 if it has none. */
static __always_inline void call_range(const struct open_call *o, u64 *start, u64 *end)
{
	*start = *end = 0;
	if (o->call == VS_CALL_PROCESS_MADVISE) {
		*start = o->start;
		*end = o->end;
	} else if (o->call == VS_CALL_BRK) {
		u64 to = o->argument[0], from = o->argument[1];

		if (to) {
			*start = to < from ? to : from;
			*end = to < from ? from : to;
		}
	} else if (vs_call_in(o->call, VS_CALLS_OF_RANGE) ||
		   (o->call == VS_CALL_MMAP && o->detail == VS_MMAP_FIXED)) {
		*start = vs_call_start(o->call, o->argument[0]);
		*end = (o->argument[0] + o->argument[1] + 4095) & ~4095ULL;
	}
}

static __always_inline void call_key(const struct task_state *t, struct open_call *o, u32 tid)
{
	struct vs_call_key *key = &o->key;

	__builtin_memset(key, 0, sizeof(*key));
	key->proc = t->proc;
	key->proc_generation = t->proc_generation;
	key->call = o->call;
	key->detail = o->detail;
	if (cfg.call_vma && o->nr_vmas) {
		key->vma = o->vma[0].slot;
		key->vma_generation = o->vma[0].generation;
	}
	if (cfg.call_site)
		key->site = o->site;
	if (cfg.call_stack)
		key->stack = o->stack;
	if (cfg.call_tid)
		key->tid = tid;
}

static __always_inline u32 call_detail(const struct open_call *o)
{
	if (o->call == VS_CALL_MADVISE)
		return o->argument[2] & 0xffff;
	if (o->call == VS_CALL_PROCESS_MADVISE)
		return o->argument[3] & 0xffff;
	return o->call == VS_CALL_MMAP && o->argument[3] & VS_MAP_FIXED ? VS_MMAP_FIXED : 0;
}

/**
 * call_emit - emit a record of the call
 * @duration_ns: 0: it does not return
 *
 * Return: 0 if there was no room, which is counted.
 */
static __noinline int call_emit(struct task_struct *task, const struct task_state *t,
				u64 duration_ns, s64 result, u32 wx)
{
	const struct open_call *o = &t->call;
	struct vs_event_call *e = emit_reserve(sizeof(*e), VS_EVENT_CALL, o->begin_ns);

	if (!e)
		return 0;
	e->id = o->id;
	e->duration_ns = duration_ns;
	e->runqueue_ns = duration_ns ? o->run.runqueue_ns : 0;
	e->blocked_ns = duration_ns ? o->run.blocked_ns : 0;
	e->unsplit_ns = duration_ns ? o->run.unsplit_ns : 0;
	__builtin_memcpy(e->argument, o->argument, sizeof(e->argument));
	e->result = result;
	e->ip = o->ip;
	e->site = o->site;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->call = o->call;
	e->detail = o->detail;
	e->proc = t->proc;
	e->map_before = o->map_before;
	e->map_after = o->map_after;
	e->flush[VS_FLUSH_LOCAL] = o->flush[VS_FLUSH_LOCAL];
	e->flush[VS_FLUSH_REMOTE] = o->flush[VS_FLUSH_REMOTE];
	e->full = o->full;
	e->queued = o->queued;
	e->wx = wx;
	e->pages = o->pages;
	e->nr_vmas = o->nr_vmas;
	e->pad = 0;
	e->stack = o->stack;
	__builtin_memcpy(e->vma, o->vma, sizeof(e->vma));
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task->comm);
	emit_submit(e);
	return 1;
}

#if defined(__TARGET_ARCH_x86)
/**
 * call_note_mm - record the state of the mm as a call begins
 *
 * A separate function because of its stack: a VMA lookup leaves little to its callers.
 */
static __noinline int call_note_mm(struct task_struct *task, struct open_call *o)
{
	struct mm_struct *mm = task_pointer(task, mm);
	u32 step;

	if (o->call == VS_CALL_BRK)
		o->argument[1] = mm->brk;
	o->map_before = mm->map_count;
	o->map_after = o->map_before;
	o->mm_seq = mm_writes_now(mm, &step);
	o->mm_quiet = !mm_is_written(mm);
	o->mm_alone = mm->mm_users.counter == 1;
	return 0;
}

/**
 * call_begin - the current task enters a memory call
 * @nr: system call number
 */
static __always_inline void call_begin(u64 nr, struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	int call = syscall_call(nr);
	struct vs_shootdowns *sum;
	struct vs_call_row *row;
	struct task_state *t;
	struct open_call *o;
	u64 start, end, flags = 0;

	/* the 32-bit system calls have other numbers */
	if (call < 0 || task->thread_info.status & TS_COMPAT)
		return;
	if (call == VS_CALL_FORK)
		flags = clone_flags(nr, regs);
	if (makes_thread(flags))
		return;
	t = traced_image(task, true);
	if (!t)
		return;
	o = &t->call;
	/* read again: with known @nr and @call, the verifier would check each call separately */
	o->nr = regs->orig_ax;
	o->call = call;
	call = *(volatile u32 *)&o->call;
	populate_begin(task, t);
	o->argument[0] = regs->di;
	o->argument[1] = regs->si;
	o->argument[2] = regs->dx;
	o->argument[3] = regs->r10;
	o->detail = call_detail(o);
	o->ip = regs->ip;
	o->site = cfg.call_site || cfg.emit_calls ? call_site(regs->sp) : 0;
	o->shares_mm = !!(flags & CLONE_VM);
	call_note_mm(task, o);
	o->flush[VS_FLUSH_LOCAL] = o->flush[VS_FLUSH_REMOTE] = o->full = o->queued = 0;
	o->pages = 0;
	o->nr_vmas = 0;
	if (cfg.call_stacks)
		stack_take(t, &o->stack);
	vector_begin(o, call, task->tgid);
	call_range(o, &start, &end);
	if ((cfg.call_vma || cfg.emit_calls || cfg.longest_calls) && start < end)
		call_look(t, start, end);
	call_key(t, o, task->pid);
	o->row = call_row_find(&o->key, &o->row_generation);
	if (cfg.emit_calls || cfg.emit_flushes || cfg.emit_ipis)
		o->id = __sync_fetch_and_add(&last_call_id, 1) + 1;
	if (cfg.run_times)
		run_begin(&o->run);
	wait_none(&t->wait, &t->wait.call);
	o->begin_ns = bpf_ktime_get_ns();
	run_begun(task, &o->run);
	if (cfg.refaults && (call == VS_CALL_MPROTECT || call == VS_CALL_PKEY_MPROTECT))
		protect_ranges(task, t, regs->di, page_up(regs->di + regs->si), regs->dx);
	else if (cfg.refaults)
		call_ranges_begin();
	if (call != VS_CALL_EXIT)
		return;
	/* the call does not return */
	row = call_row_get(o->row, o->row_generation);
	sum = this_shootdowns();
	if (row)
		row_add(&row->counts.count, 1);
	if (sum)
		stats_add(&sum->calls, 1);
	if (cfg.emit_calls)
		call_emit(task, t, 0, 0, 0);
}
#endif

/* --- end ----------------------------------------------------------------------------------- */

/** call_wx - whether the call makes memory writable and executable (W^X) */
static __always_inline u32 call_wx(const struct open_call *o)
{
	u64 prot = o->argument[2] & (VS_PROT_WRITE | VS_PROT_EXEC);

	if (!vs_call_in(o->call, VS_CALLS_SET_PROT))
		return 0;
	if (prot == (VS_PROT_WRITE | VS_PROT_EXEC))
		return VS_WX_BOTH;
	return prot == VS_PROT_EXEC && o->call != VS_CALL_MMAP && o->nr_vmas &&
			       o->vma[0].flags & VS_VM_WRITE
		       ? VS_WX_FLIP
		       : 0;
}

/**
 * writes_alone - only the current task's call has changed the mappings since it began
 *
 * Then the change of map_count is due to the call: at most one writer took the lock meanwhile.
 */
static __always_inline bool writes_alone(struct task_struct *task, const struct open_call *o)
{
	struct mm_struct *mm = task_pointer(task, mm);
	u32 step, now;

	if (!mm)
		return false;
	if (o->mm_alone && mm->mm_users.counter == 1)
		return true;
	now = mm_writes_now(mm, &step);
	return mm_has_sequence() && o->mm_quiet && !mm_is_written(mm) && now - o->mm_seq <= step;
}

/** call_bytes - size of the range of a successful call */
static __always_inline u64 call_bytes(const struct open_call *o, s64 result)
{
	u64 start, end;

	if (o->call == VS_CALL_MMAP)
		return o->argument[1];
	if (o->call == VS_CALL_PROCESS_MADVISE)
		return result;
	call_range(o, &start, &end);
	return end - start;
}

/**
 * may_split - the call changes map_count only by splits and merges, and neither adds nor removes
 * VMAs.
 */
static __always_inline bool may_split(const struct open_call *o)
{
	return vs_call_in(o->call, VS_CALLS_MAY_SPLIT);
}

static __always_inline void call_count(struct vs_call_row *row, const struct open_call *o,
				       u64 duration_ns, s64 result, u32 map_after, u32 wx)
{
	struct vs_call_counts *c = &row->counts;
	u64 start, end;

	call_range(o, &start, &end);
	row_add(&c->count, 1);
	row_add(&c->latency_ns, duration_ns);
	row_add(&c->runqueue_ns, o->run.runqueue_ns);
	row_add(&c->blocked_ns, o->run.blocked_ns);
	row_add(&c->unsplit_ns, o->run.unsplit_ns);
	row_max(&c->latency_max_ns, duration_ns);
	if (map_after > row->map_count)
		row->map_count = map_after;
	if (start < end) {
		if (start < row->start)
			row->start = start;
		if (end > row->end)
			row->end = end;
	}
	if (vs_is_error(result)) {
		row_add(&c->errors, 1);
		row_add(&c->failed[vs_errno_of(result) & (VS_NR_ERRNOS - 1)], 1);
		return;
	}
	row_add(&c->bytes, call_bytes(o, result));
	/* mmap, brk, mremap and munmap add or remove VMAs, the others only split and merge */
	if (!o->map_after && may_split(o))
		row_add(&c->splits_unknown, 1);
	else if (map_after > o->map_before && may_split(o))
		row_add(&c->splits, 1);
	else if (map_after < o->map_before && may_split(o) && o->call != VS_CALL_MUNMAP)
		row_add(&c->merges, 1);
	if (wx & VS_WX_BOTH)
		row_add(&c->wx_both, 1);
	if (wx & VS_WX_FLIP)
		row_add(&c->wx_flip, 1);
}

#define CALL_WAIT(member, ...)                                                                     \
	if (VS_WAIT_##member != VS_WAIT_other)                                                     \
		row_add(&row->counts.wait_ns[VS_WAIT_##member],                                    \
			wait_part(sum->ns[VS_WAIT_##member], &left));

/** wait_of_call - count what the call of @t, which took @duration_ns, waited for. */
static __noinline int wait_of_call(struct vs_call_row *row, const struct task_state *t,
				   u64 duration_ns)
{
	const struct wait_sum *sum = &t->wait.call;
	u64 left = duration_ns;

	VS_EACH_WAIT(CALL_WAIT)
	row_add(&row->counts.wait_ns[VS_WAIT_other],
		wait_part(wait_other(sum, t->call.run.blocked_ns), &left));
	return 0;
}

/** call_populates - kernel-initiated faults since the call began belong to the VMA of its range. */
static __always_inline void call_populates(struct task_struct *task, struct task_state *t,
					   const struct open_call *o, s64 result)
{
	u64 start, end;

	if (task->min_flt == t->last_minor && task->maj_flt == t->last_major)
		return;
	call_range(o, &start, &end);
	if (o->call == VS_CALL_MMAP || o->call == VS_CALL_MREMAP) {
		start = result;
		end = start + o->argument[o->call == VS_CALL_MMAP ? 1 : 2];
	}
	populate_end(t, start & ~4095ULL, (end + 4095) & ~4095ULL);
}

/* Number of emitted calls by bucket of duration; see call_may_be_longest(). */
__weak __u32 longest_emitted[VS_HIST_BUCKETS] = {};
__weak __u32 longest_least = 0;
__weak __u64 longest_lost = 0;

/**
 * call_choice - whether call @o is a candidate for the longest calls, according to its VMA
 *
 * With --vma, calls without a VMA are not, and user/ takes a moment to decide about the others.
 */
static __always_inline u32 call_choice(const struct open_call *o)
{
	struct vs_slot *s;

	if (!cfg.longest_of_vmas)
		return VS_SLOT_CHOSEN;
	if (!o->nr_vmas)
		return VS_SLOT_MUTED;
	s = slot_at(o->vma[0].slot);
	return s && s->generation == o->vma[0].generation ? s->choice : VS_SLOT_UNDECIDED;
}

/**
 * call_may_be_longest - fewer than VS_LONGEST_CALLS calls are known to have taken longer
 *
 * A bucket with that many calls rules out all buckets below it, so that few calls are emitted,
 * however many there are. Calls for which --vma is undecided rule out no others.
 */
static __always_inline bool call_may_be_longest(const struct open_call *o, u64 duration_ns)
{
	u32 bucket = hist_bucket(duration_ns), choice = call_choice(o);

	if (choice == VS_SLOT_MUTED || bucket < longest_least || bucket >= VS_HIST_BUCKETS)
		return false;
	if (choice == VS_SLOT_UNDECIDED)
		return true;
	if (__sync_fetch_and_add(&longest_emitted[bucket], 1) + 1 >= VS_LONGEST_CALLS &&
	    bucket > longest_least)
		longest_least = bucket;
	return true;
}

/** call_note_site - record the return address of the calling function, as call_begin() does. */
static __noinline int call_note_site(struct task_struct *task, struct open_call *o)
{
#if defined(__TARGET_ARCH_x86)
	o->site = call_site(((struct pt_regs *)bpf_task_pt_regs(task))->sp);
#endif
	return 0;
}

/** call_end - the current task leaves its memory call, if it is inside one. */
static __always_inline void call_end(s64 result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	bool failed = vs_is_error(result), longest;
	struct vs_shootdowns *sum;
	struct vs_call_row *row;
	struct mm_struct *mm;
	struct open_call *o;
	u32 map_after, wx;
	u64 duration_ns;
	s64 error;

	if (!t || !t->call.begin_ns)
		return;
	o = &t->call;
	duration_ns = run_end(task, &o->run, o->begin_ns);
	call_populates(task, t, o, failed ? 0 : result);
	/* on failure, brk returns the unchanged break */
	if (o->call == VS_CALL_BRK && o->argument[0] && (u64)result != o->argument[0])
		failed = true;
	error = result < 0 ? result : VS_BRK_FAILED;
	mm = task_pointer(task, mm);
	map_after = o->map_before;
	barrier_var(map_after); /* or one load would be through a pointer of two types */
	if (mm && o->call != VS_CALL_EXEC)
		map_after = mm->map_count;
	o->map_after = writes_alone(task, o) ? map_after : 0;
	wx = failed ? 0 : call_wx(o);
	if (cfg.refaults && (failed || ends_ranges(o->call)))
		call_ranges_end(result, failed);
	row = call_row_get(o->row, o->row_generation);
	if (row)
		call_count(row, o, duration_ns, failed ? error : result, map_after, wx);
	if (row && (t->wait.call.used || o->run.blocked_ns))
		wait_of_call(row, t, duration_ns);
	sum = this_shootdowns();
	if (sum) {
		stats_add(&sum->calls, 1);
		if (failed)
			stats_add(&sum->errors, 1);
	}
	call_time(o->call, o->detail, VS_TIME_CALL, duration_ns);
	longest = cfg.longest_calls && call_may_be_longest(o, duration_ns);
	if (longest && !o->site && o->call != VS_CALL_EXEC)
		call_note_site(task, o);
	if ((cfg.emit_calls || longest) && !call_emit(task, t, duration_ns, result, wx) && longest)
		__sync_fetch_and_add(&longest_lost, 1);
	o->begin_ns = 0;
}

#endif /* VMASCOPE_MEMCALL_BPF_H */
