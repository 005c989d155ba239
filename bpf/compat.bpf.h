/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.bpf.h - older and newer definitions of kernel types, one flavour for each; each
 * names the commit or version of the change, and when the shim can be removed.
 */
#ifndef VMASCOPE_COMPAT_BPF_H
#define VMASCOPE_COMPAT_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/*
 * mm_lock_seq was added with per-VMA locks as an int (5e31275cc997, 6.4), incremented when a writer
 * releases the mmap lock. It became a seqcount_t, odd while a writer holds it, with eb449bd96954
 * (6.13). The first flavour can be removed with support for kernels before 6.13.
 */
struct mm_struct___seq_int {
	int mm_lock_seq;
};

struct seqcount {
	unsigned int sequence;
};

typedef struct seqcount seqcount_t;

struct mm_struct___seqcount {
	seqcount_t mm_lock_seq;
};

/* A semaphore has this count except on PREEMPT_RT (include/linux/rwsem.h). Stays. */
struct rw_semaphore {
	atomic_long_t count;
};

struct mm_struct___counted {
	struct rw_semaphore mmap_lock;
};

/*
 * CONFIG_ANON_VMA_NAME adds the name to vm_area_struct (9a10064f5625, 5.17); it is optional,
 * so this flavour stays.
 */
struct anon_vma_name {
	char name[0];
};

struct vm_area_struct___named {
	struct anon_vma_name *anon_name;
};

/*
 * A file of a stacking file system (overlayfs) mapped since def3ae83da02 (6.7) is a backing file
 * of type struct backing_file, whose user_path is what /proc/PID/maps shows. The f_mode bit that
 * marks it has moved: user/sys/kernel.c determines it. Stays.
 */
struct backing_file {
	struct path user_path;
};

#pragma clang attribute pop

/*
 * A field that may be missing is read in a separate function: when inlined into a loop, the
 * compiler would compute the field's offset before testing whether it exists, and libbpf turns
 * that into an invalid instruction.
 */

/** A sequence that never equals one that was read: unknown. */
#define MM_SEQ_NONE (-1LL)

/** mm_has_sequence - this kernel has an mm_lock_seq. */
static __always_inline bool mm_has_sequence(void)
{
	return bpf_core_field_exists(((struct mm_struct___seqcount *)0)->mm_lock_seq) ||
	       bpf_core_field_exists(((struct mm_struct___seq_int *)0)->mm_lock_seq);
}

/**
 * mm_lock_sequence_inline - a value that changes whenever a VMA of @mm may have changed
 *
 * Return: the sequence, or MM_SEQ_NONE while a writer holds the lock or if this kernel has none.
 */
static __always_inline s64 mm_lock_sequence_inline(struct mm_struct *mm)
{
	if (bpf_core_field_exists(((struct mm_struct___seqcount *)0)->mm_lock_seq)) {
		u32 sequence = ((struct mm_struct___seqcount *)mm)->mm_lock_seq.sequence;

		return sequence & 1 ? MM_SEQ_NONE : (s64)sequence;
	}
	if (bpf_core_field_exists(((struct mm_struct___seq_int *)0)->mm_lock_seq)) {
		return (u32)((struct mm_struct___seq_int *)mm)->mm_lock_seq;
	}
	return MM_SEQ_NONE;
}

/**
 * mm_writes_now - the current sequence, whether or not a writer holds the lock; 0 if there is none
 * @mm: read as a trusted pointer, by plain loads
 * @step: set to the increment made by one writer
 *
 * Before 6.13 a writer adds 1 when it unlocks; since then, 1 at lock and 1 at unlock.
 */
static __noinline __attribute__((unused)) u32 mm_writes_now(struct mm_struct *mm, u32 *step)
{
	if (bpf_core_field_exists(((struct mm_struct___seqcount *)0)->mm_lock_seq)) {
		*step = 2;
		return ((struct mm_struct___seqcount *)mm)->mm_lock_seq.sequence;
	}
	*step = 1;
	if (bpf_core_field_exists(((struct mm_struct___seq_int *)0)->mm_lock_seq))
		return (u32)((struct mm_struct___seq_int *)mm)->mm_lock_seq;
	return 0;
}

/** mm_writes_at - as mm_writes_now(), for an mm that may have been freed. */
static __noinline __attribute__((unused)) u32 mm_writes_at(u64 mm, u32 *step)
{
	if (bpf_core_field_exists(((struct mm_struct___seqcount *)0)->mm_lock_seq)) {
		*step = 2;
		return BPF_CORE_READ((struct mm_struct___seqcount *)mm, mm_lock_seq.sequence);
	}
	*step = 1;
	if (bpf_core_field_exists(((struct mm_struct___seq_int *)0)->mm_lock_seq))
		return BPF_CORE_READ((struct mm_struct___seq_int *)mm, mm_lock_seq);
	return 0;
}

/* kernel/locking/rwsem.c */
#define RWSEM_WRITER_LOCKED 1

/** mm_is_written - a writer holds the mmap lock of @mm; also true if this is unknown. */
static __noinline __attribute__((unused)) bool mm_is_written(struct mm_struct *mm)
{
	struct mm_struct___counted *m = (void *)mm;

	if (!bpf_core_field_exists(m->mmap_lock.count))
		return true;
	return m->mmap_lock.count.counter & RWSEM_WRITER_LOCKED;
}

/**
 * mm_may_be_written - a writer may hold the mmap lock of @mm, although mm_lock_sequence() is one
 *
 * From 6.4 to 6.12 a writer changes the sequence only when it unlocks.
 */
static __noinline __attribute__((unused)) bool mm_may_be_written(struct mm_struct *mm)
{
	struct mm_struct___counted *m = (void *)mm;

	if (bpf_core_field_exists(((struct mm_struct___seqcount *)0)->mm_lock_seq) ||
	    !bpf_core_field_exists(m->mmap_lock.count))
		return false;
	return m->mmap_lock.count.counter & RWSEM_WRITER_LOCKED;
}

/** mm_lock_sequence - as mm_lock_sequence_inline(), for use in loops */
static __noinline __attribute__((unused)) s64 mm_lock_sequence(struct mm_struct *mm)
{
	return mm_lock_sequence_inline(mm);
}

/** vma_has_uffd - userfaultfd is registered for @vma; always false without CONFIG_USERFAULTFD */
static __noinline __attribute__((unused)) u64 vma_has_uffd(const struct vm_area_struct *vma)
{
	if (!bpf_core_field_exists(vma->vm_userfaultfd_ctx.ctx))
		return 0;
	return (u64)BPF_CORE_READ(vma, vm_userfaultfd_ctx.ctx);
}

/** vma_anon_name - address of the name set by prctl(PR_SET_VMA_ANON_NAME), or 0. */
static __noinline __attribute__((unused)) u64 vma_anon_name(const struct vm_area_struct *vma)
{
	const struct vm_area_struct___named *v = (const void *)vma;
	struct anon_vma_name *name;

	if (!bpf_core_field_exists(v->anon_name))
		return 0;
	name = BPF_CORE_READ(v, anon_name);
	return name ? (u64)name + bpf_core_field_offset(struct anon_vma_name, name) : 0;
}

#endif /* VMASCOPE_COMPAT_BPF_H */
