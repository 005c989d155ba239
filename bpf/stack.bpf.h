/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stack.bpf.h - call chains: the current task's stack is looked up in a table, or added to it, so
 * that a repeated stack is recorded by number only.
 *
 * The kernel follows frame pointers from the saved user registers, so it is the
 * same stack wherever in the kernel it is requested.
 */
#ifndef VMASCOPE_STACK_BPF_H
#define VMASCOPE_STACK_BPF_H

#include "kread.bpf.h"
#include "latency.bpf.h"
#include "slots.bpf.h"

/* include/uapi/linux/bpf.h: bpf_get_task_stack()'s flag */
#define STACK_OF_USER (1ULL << 8)

/* Odd multipliers for hashing. */
#define STACK_HASH_A 0x9e3779b97f4a7c15ULL
#define STACK_HASH_B 0xd6e8feb86659fd93ULL

static __always_inline struct vs_stack_row *stack_row_at(u32 row)
{
	return bpf_map_lookup_elem(&stack_rows, &row);
}

/** NO_STACK - the row for events without a stack: it is never reclaimed */
#define NO_STACK ((struct vs_stack_ref){ .row = VS_STACK_NONE })

/** Maximum length of a call instruction, bytes. */
#define CALL_INSN_MAX 7

#if defined(__TARGET_ARCH_x86)
/**
 * call_site - return address of a function that has pushed nothing, such as libc's system calls
 * @sp: stack pointer in that function
 *
 * The return address is on top of the stack. It is recognized by the call instruction before it (e8
 * rel32, or ff /2 with its forms of 2, 3, 6 and 7 bytes).
 *
 * Return: the address, 0 if the value is not a return address.
 */
static __noinline __attribute__((unused)) u64 call_site(u64 sp)
{
	u8 code[CALL_INSN_MAX];
	u64 site;

	if (bpf_probe_read_user(&site, sizeof(site), (void *)sp) ||
	    bpf_probe_read_user(code, sizeof(code), (void *)(site - CALL_INSN_MAX)))
		return 0;
	if (code[2] == 0xe8 || (code[5] == 0xff && (code[6] & 0x38) == 0x10) ||
	    (code[4] == 0xff && (code[5] & 0x38) == 0x10) ||
	    (code[1] == 0xff && (code[2] & 0x38) == 0x10) ||
	    (code[0] == 0xff && (code[1] & 0x38) == 0x10))
		return site;
	return 0;
}
#endif

/** stack_hash - hash all addresses of @s into its key. */
__weak __noinline int stack_hash(struct stack_scratch *s)
{
	u64 a = STACK_HASH_B, b = STACK_HASH_A;

	if (!s)
		return 0;
	a ^= s->frames.top;
	b += s->frames.top;
	for (u32 i = 0; i < VS_USER_FRAMES && i < s->frames.nr_user; i++) {
		a = (a ^ s->frames.user[i]) * STACK_HASH_A;
		a ^= a >> 32;
		b = (b + s->frames.user[i]) * STACK_HASH_B;
		b ^= b >> 29;
	}
	for (u32 i = 0; i < VS_KERNEL_FRAMES && i < s->frames.nr_kernel; i++) {
		a = (a ^ s->frames.kernel[i]) * STACK_HASH_A;
		a ^= a >> 32;
		b = (b + s->frames.kernel[i]) * STACK_HASH_B;
		b ^= b >> 29;
	}
	s->key.hash[0] = a;
	s->key.hash[1] = b;
	return 0;
}

/** stack_read - read the requested parts of the current task's stack. */
static __always_inline void stack_read(struct task_struct *task, struct vs_frames *f)
{
	long bytes;

	f->nr_user = 0;
	f->nr_kernel = 0;
	f->top = 0;
	if (cfg.user_stacks) {
#if defined(__TARGET_ARCH_x86)
		if (task_pointer(task, mm))
			f->top = call_site(((struct pt_regs *)bpf_task_pt_regs(task))->sp);
#endif
		bytes = bpf_get_task_stack(task, f->user, sizeof(f->user), STACK_OF_USER);
		if (bytes > 0)
			f->nr_user = bytes / sizeof(u64);
	}
	if (cfg.kernel_stacks) {
		bytes = bpf_get_task_stack(task, f->kernel, sizeof(f->kernel), 0);
		if (bytes > 0)
			f->nr_kernel = bytes / sizeof(u64);
	}
}

/** stack_row_take - take a free row. Return: its number, or VS_STACK_OVERFLOW. */
static __always_inline u32 stack_row_take(void)
{
	u32 kind = FREE_STACKS, index;
	struct vs_slot_ring *ring = bpf_map_lookup_elem(&free_ring, &kind);
	u64 row = take_spare(kind), *free;

	if (row)
		return row;
	if (!ring || !ring_take(ring, cfg.nr_stacks, &index))
		return VS_STACK_OVERFLOW;
	free = bpf_map_lookup_elem(&free_stacks, &index);
	return free ? *free : VS_STACK_OVERFLOW;
}

/** stack_row_new - add a row for the stack in @s, which is not in the table. */
static __noinline u32 stack_row_new(struct stack_scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 row = stack_row_take(), *other;
	struct vs_stack_row *r = stack_row_at(row);

	if (row < VS_STACK_FIRST || !r)
		return VS_STACK_OVERFLOW;
	r->key = s->key;
	bpf_probe_read_kernel(r->comm, sizeof(r->comm), task_pointer(task, group_leader)->comm);
	bpf_probe_read_kernel(&r->frames, sizeof(r->frames), &s->frames);
	if (!bpf_map_update_elem(&stack_index, &s->key, &row, BPF_NOEXIST)) {
		barrier();
		*(volatile u32 *)&r->used = 1;
		return row;
	}
	/* another CPU added it first */
	keep_spare(FREE_STACKS, row);
	other = bpf_map_lookup_elem(&stack_index, &s->key);
	return other ? *other : VS_STACK_OVERFLOW;
}

/**
 * stack_find - the row of the current task's stack
 * @proc: slot of its process image; @generation: generation of that slot
 * @vma: slot of the VMA that faulted; @vma_generation: generation of that slot; 0 unless
 *	cfg.stack_vma
 *
 * A separate function, verified once: it is called from many places.
 * Return: the row's number; VS_STACK_OVERFLOW if none is left.
 */
__weak __noinline u32 stack_find(u32 proc, u32 generation, u32 vma, u32 vma_generation)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct stack_scratch *s;
	u32 *found, row;

	s = bpf_task_storage_get(&stack_scratches, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s) {
		count_lost(VS_LOST_STACKS);
		return VS_STACK_OVERFLOW;
	}
	stack_read(task, &s->frames);
	stack_hash(s);
	s->key.proc = proc;
	s->key.proc_generation = generation;
	s->key.pid = task->tgid;
	s->key.vma = vma;
	s->key.vma_generation = vma_generation;
	found = bpf_map_lookup_elem(&stack_index, &s->key);
	row = found ? *found : stack_row_new(s);
	if (row == VS_STACK_OVERFLOW)
		count_lost(VS_LOST_STACKS);
	return row;
}

#if defined(__TARGET_ARCH_x86)
__weak __u64 last_sample = 0;

/** sample_regs - store the registers in the order of DWARF numbers. */
static __always_inline void sample_regs(const struct pt_regs *from, u64 *to)
{
	to[0] = from->ax;
	to[1] = from->dx;
	to[2] = from->cx;
	to[3] = from->bx;
	to[4] = from->si;
	to[5] = from->di;
	to[6] = from->bp;
	to[7] = from->sp;
	to[8] = from->r8;
	to[9] = from->r9;
	to[10] = from->r10;
	to[11] = from->r11;
	to[12] = from->r12;
	to[13] = from->r13;
	to[14] = from->r14;
	to[15] = from->r15;
	to[16] = from->ip;
}

/** sample_stack - copy pages of the stack from @sp up while they can be read. Return: bytes. */
static __always_inline u32 sample_stack(struct vs_event_sample *e, u64 sp)
{
	u32 len = 0;

	for (u32 i = 0; i <= VS_SAMPLE_MAX / 4096; i++) {
		u32 n = 4096 - ((sp + len) & 4095);

		if (len > cfg.sample_bytes - 4096 ||
		    bpf_probe_read_user(e->stack + len, n, (void *)(sp + len)))
			break;
		len += n;
	}
	return len;
}

/**
 * sample_take - emit a record of the current task's registers and stack
 * @proc: slot of its process image; @generation: generation of that slot
 *
 * Return: its number; 0 if there was no room, which is counted.
 */
__weak __noinline u64 sample_take(u32 proc, u32 generation)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct vs_event_sample *e;
	long bytes = 0;
	u64 number;

	if (!cfg.sample_bytes)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e) + cfg.sample_bytes, 0);
	if (!e) {
		count_lost(VS_LOST_SAMPLES);
		return 0;
	}
	number = __sync_fetch_and_add(&last_sample, 1) + 1;
	e->head.type = VS_EVENT_SAMPLE;
	e->head.size = sizeof(*e);
	e->head.cpu = bpf_get_smp_processor_id();
	e->head.time_ns = bpf_ktime_get_ns();
	e->ref.row = VS_STACK_IS_SAMPLE | number;
	e->ref.generation = number >> 31;
	e->pid = task->tgid;
	e->tid = task->pid;
	e->proc = proc;
	e->generation = generation;
	bpf_probe_read_kernel(e->comm, sizeof(e->comm), task_pointer(task, group_leader)->comm);
	sample_regs(regs, e->regs);
	if (cfg.kernel_stacks)
		bytes = bpf_get_task_stack(task, e->kernel, sizeof(e->kernel), 0);
	e->nr_kernel = bytes > 0 ? bytes / sizeof(u64) : 0;
	e->stack_len = sample_stack(e, regs->sp);
	emit_submit(e);
	return number;
}
#endif

/** is_sample - @ref is the number of a sample, not a row. */
static __always_inline bool is_sample(struct vs_stack_ref ref)
{
	return cfg.sample_bytes && ref.row & VS_STACK_IS_SAMPLE;
}

/**
 * stack_take_at - set @ref to the current task's stack, for a fault in a VMA
 * @t: may be NULL
 * @vma, @vma_generation: its slot, which distinguishes stacks if cfg.stack_vma is set
 */
static __always_inline void stack_take_at(const struct task_state *t, u32 vma, u32 vma_generation,
					  struct vs_stack_ref *ref)
{
	struct vs_stack_row *r;

#if defined(__TARGET_ARCH_x86)
	if (cfg.sample_bytes) {
		u64 number = sample_take(t ? t->proc : 0, t ? t->proc_generation : 0);

		ref->row = number ? VS_STACK_IS_SAMPLE | (u32)number : VS_STACK_OVERFLOW;
		ref->generation = number >> 31;
		return;
	}
#endif
	if (!cfg.stack_vma)
		vma = vma_generation = 0;
	ref->row = stack_find(t ? t->proc : 0, t ? t->proc_generation : 0, vma, vma_generation);
	r = stack_row_at(ref->row);
	ref->generation = r ? r->generation : 0;
}

/** stack_take - set @ref to the current task's stack, for any event; @t may be NULL. */
static __always_inline void stack_take(const struct task_state *t, struct vs_stack_ref *ref)
{
	stack_take_at(t, 0, 0, ref);
}

/** stack_add - count @n faults at a stack; in the overflow row if its row was reclaimed. */
static __always_inline void stack_add(struct vs_stack_ref ref, u32 outcome, u64 n,
				      struct weighted_ns latency)
{
	struct vs_stack_row *r = stack_row_at(ref.row);
	struct vs_stack_counts *c;

	if (!r || r->generation != ref.generation)
		r = stack_row_at(VS_STACK_OVERFLOW);
	if (!r)
		return;
	c = &r->counts;
	/* by a mask: Linux 6.1's verifier does not apply bounds from a comparison to a copy */
	__sync_fetch_and_add(&c->outcome[outcome & 3], n);
	if (!latency.ns)
		return;
	__sync_fetch_and_add(&c->timed, latency.weight);
	__sync_fetch_and_add(&c->time_ns, latency.ns * latency.weight);
	if (latency.ns > c->max_ns)
		c->max_ns = latency.ns;
}

#endif /* VMASCOPE_STACK_BPF_H */
