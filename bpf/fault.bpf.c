// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.bpf.c - the hooks where a page fault begins and ends.
 *
 * Begin: the x86 and riscv tracepoints, as tp_btf or raw_tp; else the software event PAGE_FAULTS.
 * End: fexit of handle_mm_fault(); else the software events PAGE_FAULTS_MIN and _MAJ.
 * user/capture/hooks.c chooses which of them are loaded.
 */
#include "account.bpf.h"
#include "kread.bpf.h"

#include <bpf/bpf_tracing.h>

/* include/linux/mm_types.h: enum vm_fault_reason, enum fault_flag */
#define VM_FAULT_MAJOR 0x4u
#define VM_FAULT_RETRY 0x400u
#define VM_FAULT_ERROR 0x873u /* OOM SIGBUS HWPOISON HWPOISON_LARGE SIGSEGV FALLBACK */
#define FAULT_FLAG_TRIED 0x20u
#define FAULT_FLAG_REMOTE 0x80u
/** VM_MERGEABLE of include/linux/mm.h: madvise(MADV_MERGEABLE) */
#define VM_MERGEABLE 0x80000000u

__noinline int folio_probe(struct pending_fault *f)
{
	struct folio_place p;
	u64 entry = 0;

	if (!f)
		return 0;
	folio_place(f, &p);
	/* kept in memory: the verifier would track its value from probe to probe */
	f->page.sibling = NO_SIBLING;
	for (u32 i = 0; i < NR_SIBLINGS; i++) {
		s64 probe;

		if (sibling_probe(&p, SIBLING_SHIFT + i, &probe)) {
			/* without a table, all entries are empty */
			if (f->page.table)
				kread_u64(f->page.table + (probe & (PTES_PER_TABLE - 1)) * 8,
					  &entry);
			if (is_present(entry))
				break;
			if (*(volatile u16 *)&f->page.sibling == NO_SIBLING)
				f->page.sibling = probe;
		}
		f->page.probes = i + 1;
	}
	if (*(volatile u16 *)&f->page.sibling == NO_SIBLING)
		f->page.probes = 0;
	return 0;
}

/** struct entry_count - @n present entries of @table in [@lo, @hi), except the window of @index */
struct entry_count {
	u64 table;
	u64 lo;
	u64 hi;
	u64 index;
	u64 n;
};

/**
 * count_window - count entries of window @number of the table
 *
 * By plain loads, which maps_folios() requires: a copy would take too much of the stack.
 * Return: 1 if there are none.
 */
static long count_window(u64 number, struct entry_count *c)
{
	u64 i = number * PTE_WINDOW, n = 0;
	const struct vm_event_state *window;

	if (!kread_plainly())
		return 1;
	window = kread_as(struct vm_event_state, c->table + i * 8);
	/* without branches: see less() */
#pragma clang loop unroll(disable)
	for (u64 k = 0; k < PTE_WINDOW; k++)
		n += is_present(window->event[k]) & ~less(i + k, c->lo) & less(i + k, c->hi) &
		     less(0, (i ^ c->index) >> 4);
	c->n += n;
	return 0;
}

/**
 * count_between - count present entries of a table in [@lo, @hi), except the window of @index
 *
 * Uses bpf_loop(): the verifier checks its body once or twice, but a loop's in each iteration.
 */
static __always_inline u64 count_between(u64 table, u64 lo, u64 hi, u64 index)
{
	struct entry_count c = { .table = table, .lo = lo, .hi = hi, .index = index };

	bpf_loop(PTES_PER_TABLE / PTE_WINDOW, count_window, &c, 0);
	return c.n;
}

__noinline u32 folio_rest(const struct pending_fault *f, u64 table)
{
	struct folio_place p;
	u64 entry, first, end;
	u32 level = 0, most;
	s64 probe;

	if (!f)
		return 0;
	most = f->page.probes;
	folio_place(f, &p);
	for (u32 i = 0; i < NR_SIBLINGS; i++) {
		if (i >= most)
			break;
		if (sibling_probe(&p, SIBLING_SHIFT + i, &probe) &&
		    (!kread_u64(table + (probe & (PTES_PER_TABLE - 1)) * 8, &entry) ||
		     !is_present(entry)))
			break;
		level = SIBLING_SHIFT + 1 + i;
	}
	if (!level)
		return 0;
	first = p.index + (((p.offset >> level) << level) - p.offset);
	end = first + (1 << level);
	return count_between(table, (s64)first < p.lo ? p.lo : first, (s64)end > p.hi ? p.hi : end,
			     p.index);
}

__noinline int page_cached(const struct pending_fault *f)
{
	struct address_space *mapping;
	u64 entry, index, shift;

	if (!f)
		return CACHED_UNKNOWN;
	index = f->vma.pgoff + ((f->address - f->vma.start) >> 12);
	mapping = kread(struct inode, f->vma.inode, i_mapping);
	entry = (u64)kread(struct address_space, mapping, i_pages.xa_head);
	if (!xa_is_internal(entry) || entry <= XA_FIRST_NODE)
		return index ? CACHED_NOT : cached_kind(entry, f->vma.traits & VMA_IS_SHMEM);
	shift = kread(struct xa_node, entry - XA_INTERNAL, shift);
	if (index >> shift > XA_CHUNK_MASK)
		return CACHED_NOT;
	/* ends in a backward jump: Linux 6.1 accepts no other loop */
	for (u32 i = 0; i < XA_MAX_HEIGHT; i++) {
		u64 node = entry - XA_INTERNAL;

		entry = xa_slot(node, index >> shift);
		/* a folio that spans several slots is stored in the first of them */
		if (xa_is_internal(entry) && entry <= XA_LAST_SIBLING + XA_INTERNAL)
			entry = xa_slot(node, entry >> 2);
		if (!xa_is_internal(entry) || entry <= XA_FIRST_NODE || shift < XA_CHUNK_SHIFT)
			break;
		shift -= XA_CHUNK_SHIFT;
	}
	return cached_kind(entry, f->vma.traits & VMA_IS_SHMEM);
}

__noinline int identify_again(struct task_state *t)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!t)
		return 0;
	identify(task, t, mm_sequence(task), &t->pending);
	t->pending.cause = cause_at_begin(&t->pending);
	return 0;
}

/** tables_exist - the page tables of the mm of @t are not freed, though its task may be exiting. */
static __always_inline bool tables_exist(struct task_struct *task, const struct task_state *t)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);

	if (mm)
		return (u64)mm == t->mm;
	/* before 6.16, sched_process_exit follows exit_mm() */
	mm = BPF_CORE_READ(task, active_mm);
	return (u64)mm == t->mm && BPF_CORE_READ(mm, mm_users.counter) > 0;
}

__noinline int completed_unseen(struct task_state *t, u32 outcome)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pending_fault *f;
	bool unchanged = false;

	if (!t)
		return 0;
	f = &t->pending;
	/* the location of its PMD entry may be out of date */
	f->page.pmd = 0;
	if ((u64)task == t->task && (u64)task_pointer(task, mm) == t->mm) {
		s64 seq = mm_sequence(task);

		unchanged = seq != MM_SEQ_NONE && seq == f->seq;
		if (pmd_cached(t, seq, f->address))
			f->page.pmd = t->pmd;
	}
	if (tables_exist((void *)t->task, t))
		page_mapped_at(t->mm, f, &t->now);
	/* a huge page may have been split by a change of its VMA */
	if (!unchanged && !f->page.table && f->size < VS_SIZE_PMD)
		f->mapped = 0;
	f->cause = cause_at_end(f, outcome);
	return 0;
}

/** access_of - access type from the hardware's error code. */
static __always_inline enum vs_access access_of(u64 error_code)
{
	if (error_code & X86_PF_INSTR)
		return VS_ACCESS_EXEC;
	/* faults in a shadow stack are always handled as writes (do_user_addr_fault()) */
	return error_code & (X86_PF_WRITE | X86_PF_SHSTK) ? VS_ACCESS_WRITE : VS_ACCESS_READ;
}

static __always_inline void begin_trap(u64 address, const struct trap_regs *regs, u64 error_code,
				       enum vs_origin origin)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (origin == VS_ORIGIN_KERNEL) {
		/* kernel addresses have no VMA and are not traced */
		if ((s64)address < 0)
			return;
		/* faulthandler_disabled(): the kernel handles no fault here, the copy fails */
		if (task->pagefault_disabled) {
			struct vs_stats *s = this_stats();

			if (s)
				stats_add(&s->atomic_traps, 1);
			return;
		}
	}
	fault_begin(task, address, regs, access_of(error_code), origin, error_code);
}

#if defined(__TARGET_ARCH_x86)
SEC("tp_btf/page_fault_user")
int BPF_PROG(fault_user, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	const struct trap_regs trap = { (u64)regs, regs->ip, regs->sp };

	begin_trap(address, &trap, error_code, VS_ORIGIN_USER);
	return 0;
}

SEC("tp_btf/page_fault_kernel")
int BPF_PROG(fault_kernel, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	const struct trap_regs trap = { (u64)regs, regs->ip, regs->sp };

	begin_trap(address, &trap, error_code, VS_ORIGIN_KERNEL);
	return 0;
}

SEC("raw_tp/page_fault_user")
int BPF_PROG(fault_user_raw, unsigned long address, struct pt_regs *regs, unsigned long error_code)
{
	const struct trap_regs trap = { (u64)regs, BPF_CORE_READ(regs, ip),
					BPF_CORE_READ(regs, sp) };

	begin_trap(address, &trap, error_code, VS_ORIGIN_USER);
	return 0;
}

SEC("raw_tp/page_fault_kernel")
int BPF_PROG(fault_kernel_raw, unsigned long address, struct pt_regs *regs,
	     unsigned long error_code)
{
	const struct trap_regs trap = { (u64)regs, BPF_CORE_READ(regs, ip),
					BPF_CORE_READ(regs, sp) };

	begin_trap(address, &trap, error_code, VS_ORIGIN_KERNEL);
	return 0;
}
#endif

static __always_inline enum vs_origin origin_of(const struct bpf_perf_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->cs & 3 ? VS_ORIGIN_USER : VS_ORIGIN_KERNEL;
#else
	return regs->pstate & 0xf ? VS_ORIGIN_KERNEL : VS_ORIGIN_USER;
#endif
}

SEC("perf_event")
int fault_sw(struct bpf_perf_event_data *ctx)
{
	const struct trap_regs trap = { 0, ctx->regs.ip, ctx->regs.sp };

	fault_begin(bpf_get_current_task_btf(), ctx->addr, &trap, VS_ACCESS_UNKNOWN,
		    origin_of(&ctx->regs), 0);
	return 0;
}

/* include/uapi/linux/perf_event.h */
#define SW_PAGE_FAULTS_MAJ 6

/** fault_end_sw - on two events, whose number is the cookie: verified once, not once for each */
SEC("perf_event")
int fault_end_sw(struct bpf_perf_event_data *ctx)
{
	const u32 outcome = bpf_get_attach_cookie(ctx) == SW_PAGE_FAULTS_MAJ ? VS_MAJOR : VS_MINOR;

	fault_end(bpf_get_current_task_btf(), ctx->addr, outcome, origin_of(&ctx->regs),
		  VS_CAUSE_GUP);
	return 0;
}

/*
 * trapless_cause - cause of a kernel-initiated fault (without a trap) in @vma
 *
 * break_ksm() requests a page of a mergeable VMA with the remote flag, from ksmd, or from the
 * process that unmerges its own pages (MADV_UNMERGEABLE). Other users of that flag (ptrace(2) and
 * similar) run in another process.
 */
static __always_inline enum vs_cause trapless_cause(const struct vm_area_struct *vma,
						    unsigned int flags)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (flags & FAULT_FLAG_REMOTE && BPF_CORE_READ(vma, vm_flags) & VM_MERGEABLE &&
	    (task->flags & PF_KTHREAD || task_pointer(task, mm) == BPF_CORE_READ(vma, vm_mm)))
		return VS_CAUSE_KSM;
	return VS_CAUSE_GUP;
}

/**
 * is_foreign - the fault is in the memory of another process
 *
 * Examples are ptrace(2), process_vm_readv(2), and exec(2) copying arguments into the new image.
 * The kernel accounts the fault to the current task, although it is not in one of that task's VMAs.
 */
static __always_inline bool is_foreign(struct task_struct *task, const struct vm_area_struct *vma,
				       unsigned int flags)
{
	return flags & FAULT_FLAG_REMOTE && BPF_CORE_READ(vma, vm_mm) != task_pointer(task, mm);
}

/** foreign_fault - count a fault of the current task in another process's memory. */
static __noinline int foreign_fault(struct task_struct *task, enum vs_outcome outcome)
{
	struct task_state *t;

	if (!counts_now())
		return 0;
	t = traced_image(task, false);
	if (!t || !count_take(outcome == VS_MAJOR ? &t->last_major : &t->last_minor,
			      outcome == VS_MAJOR ? task->maj_flt : task->min_flt))
		return 0;
	count_gup(process_slot(task, t), outcome == VS_MINOR, outcome == VS_MAJOR);
	return 0;
}

/*
 * The same decision as in mm_account_fault(). regs is NULL for kernel-initiated faults
 * (get_user_pages(), KSM, an IOMMU); it is an argument since bce617edecad (5.9).
 */
SEC("fexit/handle_mm_fault")
int BPF_PROG(fault_done, struct vm_area_struct *vma, unsigned long address, unsigned int flags,
	     struct pt_regs *regs, unsigned int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	enum vs_outcome outcome = VS_MINOR;

	if (ret & (VM_FAULT_RETRY | VM_FAULT_ERROR))
		return 0;
	if (ret & VM_FAULT_MAJOR || flags & FAULT_FLAG_TRIED)
		outcome = VS_MAJOR;
	/* the others are settled when the next fault begins */
	if (regs && outcome == VS_MINOR && cfg.latency_period > 1 &&
	    bpf_get_prandom_u32() % cfg.latency_period)
		return 0;
	if (regs)
		fault_end(task, address, outcome, VS_ORIGIN_USER, VS_CAUSE_GUP);
	else if (is_foreign(task, vma, flags))
		foreign_fault(task, outcome);
	else
		fault_end(task, address, outcome, VS_ORIGIN_GUP, trapless_cause(vma, flags));
	return 0;
}
