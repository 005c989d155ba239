/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vma.bpf.h - find the VMA of an address, and the slot of the VMA.
 *
 * The VMA is found without a lock: the maple tree is walked under RCU, as the kernel's own
 * lock_vma_under_rcu() does, and the result is validated. It is kept in the task's
 * cache as long as mm_lock_seq shows that no VMA of the mm can have changed.
 */
#ifndef VMASCOPE_VMA_BPF_H
#define VMASCOPE_VMA_BPF_H

#include "compat.bpf.h"
#include "file.bpf.h"
#include "kread.bpf.h"
#include "slots.bpf.h"

/* Node encoding, include/linux/maple_tree.h: type in bits 3 to 6, nodes aligned to 256 bytes. */
#define MAPLE_NODE_MASK 255UL
#define MAPLE_TYPE_SHIFT 3
#define MAPLE_TYPE_MASK 15
#define MAPLE_LEAF_64 1
#define MAPLE_RANGE_64 2
#define MAPLE_ARANGE_64 3
#define MAPLE_RANGE64_PIVOTS 15
#define MAPLE_ARANGE64_PIVOTS 9
/** Maximum number of levels: half-full nodes have 5 children, and 5^8 are 390,000 VMAs. */
#define MAPLE_MAX_HEIGHT 8
/**
 * Walks of one search, and searches before a lookup without a consistent result is abandoned: while
 * a writer splits or merges the VMA of a file, hundreds of ns pass between its new bounds and the
 * tree's.
 */
#define VMA_LOOKUP_TRIES 3
#define VMA_SEARCHES 6

/** struct maple_span - the range of indices that an entry, or a gap, covers */
struct maple_span {
	u64 min;
	u64 max;
};

/** less - 1 if @a < @b, else 0, without a branch: the verifier would follow both paths of each. */
static __always_inline u64 less(u64 a, u64 b)
{
	return ((~a & b) | ((~a | b) & (a - b))) >> 63;
}

/** either - @a if @which is 1, @b if it is 0; without a branch */
static __always_inline u64 either(u64 which, u64 a, u64 b)
{
	return b ^ ((a ^ b) & -which);
}

/**
 * maple_slot - the slot of a node that holds @index: the first whose pivot is not below it
 * @arange: 1: the node has MAPLE_ARANGE64_PIVOTS, 0: it has MAPLE_RANGE64_PIVOTS
 *
 * Unused pivots are 0, and come after one that is not below any index of the node.
 */
static __always_inline u64 maple_slot(const u64 *pivots, u64 arange, u64 index)
{
	u64 below = 1, slot = 0;

#pragma unroll
	for (u64 i = 0; i < MAPLE_RANGE64_PIVOTS; i++) {
		below &= less(pivots[i], index);
		if (i == MAPLE_ARANGE64_PIVOTS)
			below &= arange ^ 1;
		slot += below;
		barrier_var(
			below); /* one after another: side by side they take 200 bytes of stack */
	}
	return slot;
}

static __always_inline u64 nr_pivots(u64 arange)
{
	return either(arange, MAPLE_ARANGE64_PIVOTS, MAPLE_RANGE64_PIVOTS);
}

/** struct maple_path - where a walk is; @entry: at last, what was looked for */
struct maple_path {
	u64 index;
	u64 entry;
	struct maple_span span;
	u64 found;
};

/** maple_level - go down one level. Return: 1 if that was a leaf, or if the tree can't be read. */
static long maple_level(u32 level, void *context)
{
	u64 pivots[MAPLE_RANGE64_PIVOTS + 1];
	struct maple_path *p = context;
	u64 node = p->entry & ~MAPLE_NODE_MASK;
	u64 type = (p->entry >> MAPLE_TYPE_SHIFT) & MAPLE_TYPE_MASK;
	u64 arange, slots_at, slot;

	if (type < MAPLE_LEAF_64 || type > MAPLE_ARANGE_64)
		return 1;
	/* 1 or 0, without branches: see less() */
	arange = less(MAPLE_RANGE_64, type);
	barrier_var(arange);
	if (bpf_probe_read_kernel(pivots, MAPLE_RANGE64_PIVOTS * sizeof(*pivots),
				  (void *)(node + 8)))
		return 1;
	slot = maple_slot(pivots, arange, p->index);
	p->span.max = either(less(slot, nr_pivots(arange)), pivots[slot & MAPLE_RANGE64_PIVOTS],
			     p->span.max);
	p->span.min = either(less(0, slot), pivots[(slot - 1) & MAPLE_RANGE64_PIVOTS] + 1,
			     p->span.min);
	slots_at = either(arange, bpf_core_field_offset(struct maple_arange_64, slot),
			  bpf_core_field_offset(struct maple_range_64, slot));
	if (bpf_probe_read_kernel(&p->entry, sizeof(p->entry),
				  (void *)(node + slots_at + slot * 8)))
		return 1;
	p->found = type == MAPLE_LEAF_64;
	return p->found;
}

/**
 * maple_walk - the entry at @index of the tree under @root, 0 if there is none
 * @span: if not NULL, the range of that entry or gap; unchanged if the tree could not be read
 *
 * A global function: the verifier checks it once; and its loop's body once or twice.
 */
__weak __noinline u64 maple_walk(u64 root, u64 index, struct maple_span *span)
{
	struct maple_path path = { .index = index, .entry = root, .span.max = ~0ULL };

	bpf_loop(MAPLE_MAX_HEIGHT, maple_level, &path, 0);
	if (!path.found)
		return 0;
	if (span)
		*span = path.span;
	return path.entry;
}

/** vma_name_kind - how user/ names a VMA without a file, as in show_map_vma(). */
static __always_inline u32 vma_name_kind(const struct vm_area_struct *vma, struct mm_struct *mm,
					 u64 start, u64 end)
{
	const struct vm_operations_struct *ops = BPF_CORE_READ(vma, vm_ops);

	if (ops && BPF_CORE_READ(ops, name))
		return VS_NAME_SPECIAL;
	if (start < mm->brk && end > mm->start_brk)
		return VS_NAME_HEAP;
	if (start <= mm->start_stack && end >= mm->start_stack)
		return VS_NAME_STACK;
	return VS_NAME_ANON;
}

/** vma_own_name - copy the name of a special mapping, or the one set by prctl. */
static __always_inline void vma_own_name(const struct vm_area_struct *vma, struct vs_vma_info *info)
{
	const char *name = 0;

	if (info->name_kind == VS_NAME_SPECIAL) {
		struct vm_special_mapping *special = BPF_CORE_READ(vma, vm_private_data);

		name = special ? BPF_CORE_READ(special, name) : 0;
	} else if (info->name_kind == VS_NAME_ANON) {
		name = (const char *)vma_anon_name(vma);
	}
	info->name[0] = 0;
	if (name)
		bpf_probe_read_kernel_str(info->name, sizeof(info->name), name);
}

/** name_hash - FNV-1a of a VMA's name set by prctl, which distinguishes renamed VMAs. */
static __noinline u32 name_hash(const char *name)
{
	char buf[VS_VMA_NAME_LEN];
	u32 hash = 2166136261u;
	long len = bpf_probe_read_kernel_str(buf, sizeof(buf), name);

	if (len <= 0)
		return 0;
	for (int i = 0; i < VS_VMA_NAME_LEN; i++) {
		if (!buf[i])
			break;
		hash = (hash ^ (u8)buf[i]) * 16777619u;
	}
	return hash;
}

/**
 * vma_slot_fill - take a slot for @key if more than @keep are free. Return: its number, or
 * VS_SLOT_OVERFLOW.
 */
static __noinline u32 vma_slot_fill(const struct vs_vma_key *key, const struct vm_area_struct *vma,
				    const struct vma_ref *ref, u32 name_kind, u32 keep)
{
	u32 slot = slot_take(keep), *other;
	struct vs_slot *s = slot_at(slot);

	if (!slot || !s)
		return VS_SLOT_OVERFLOW;
	s->vma.key = *key;
	s->vma.start = ref->start;
	s->vma.end = ref->end;
	s->vma.name_kind = name_kind;
	s->choice = VS_SLOT_UNDECIDED;
	s->hist = 0;
	if (vma)
		vma_own_name(vma, &s->vma);
	else
		__builtin_memcpy(s->vma.name, VS_OTHER_VMAS, sizeof(VS_OTHER_VMAS));
	if (name_kind == VS_NAME_FILE)
		file_remember(&key->file, (u64)BPF_CORE_READ(vma, vm_file));
	if (!bpf_map_update_elem(&vmas, key, &slot, BPF_NOEXIST)) {
		slot_publish(s, VS_SLOT_VMA);
		return slot;
	}
	/* Another CPU was first (or the map is full, which its size rules out). */
	slot_untake(slot);
	other = bpf_map_lookup_elem(&vmas, key);
	return other ? *other : VS_SLOT_OVERFLOW;
}

/**
 * vma_slot_shared - the slot that counts @vma together with others when slots run out: those with
 * its name in this process image, or all others of the image
 * @key: key of @vma; changed to that of the slot
 */
static __always_inline u32 vma_slot_shared(struct vs_vma_key *key, const struct vm_area_struct *vma,
					   struct vma_ref *ref, u32 name_kind)
{
	u32 slot = VS_SLOT_OVERFLOW, *known;

	ref->traits |= VMA_SHARES_SLOT;
	key->flags = VS_VM_SEVERAL;
	key->anchor = name_kind;
	key->pgoff = 0;
	/* the names of [vdso] and [vvar] are in no key */
	if (name_kind != VS_NAME_SPECIAL) {
		known = bpf_map_lookup_elem(&vmas, key);
		slot = known ? *known
			     : vma_slot_fill(key, vma, ref, name_kind,
					     cfg.nr_slots / KEPT_FROM_NAMES);
	}
	if (slot)
		return slot;
	key->anchor = VS_NAME_SPECIAL;
	key->name_hash = 0;
	__builtin_memset(&key->file, 0, sizeof(key->file));
	known = bpf_map_lookup_elem(&vmas, key);
	return known ? *known
		     : vma_slot_fill(key, 0, ref, VS_NAME_SPECIAL,
				     cfg.nr_slots / KEPT_FOR_PROCESSES);
}

/** vma_slot_new - take a slot for a VMA that has none. */
static __always_inline u32 vma_slot_new(struct vs_vma_key *key, const struct vm_area_struct *vma,
					struct vma_ref *ref, u32 name_kind)
{
	struct vs_slot *proc = slot_at(key->proc);
	u32 slot;

	/* a process without a slot has no VMA slots: their counts would not be read */
	if (!key->proc)
		return VS_SLOT_OVERFLOW;
	/* an exiting task may still fault after the slot of its process has been freed */
	if (!proc || proc->generation != key->proc_generation || proc->proc.state & VS_PROC_EXITED)
		return VS_SLOT_OVERFLOW;
	slot = vma_slot_fill(key, vma, ref, name_kind, cfg.nr_slots / KEPT_FROM_VMAS);
	return slot ? slot : vma_slot_shared(key, vma, ref, name_kind);
}

/**
 * vma_slot - the slot of @vma
 * @vma: address of a vm_area_struct, not trusted: a VMA may be freed and reused meanwhile
 * @mm: its mm
 * @t: state of the current task
 * @address: address that the VMA has to contain
 * @ref: result
 *
 * Return: 0; 1 if the VMA does not contain the address (any more).
 */
static __always_inline int vma_slot(const struct vm_area_struct *vma, struct mm_struct *mm,
				    struct task_state *t, u64 address, struct vma_ref *ref)
{
	struct vs_vma_key *key = &t->key;
	u32 name_kind, *slot;
	struct vs_slot *s;
	struct file *file;
	u64 flags;

	ref->start = BPF_CORE_READ(vma, vm_start);
	ref->end = BPF_CORE_READ(vma, vm_end);
	/* a VMA that was freed and reused by another process may contain the address, too */
	if (address < ref->start || address >= ref->end || BPF_CORE_READ(vma, vm_mm) != mm)
		return 1;

	__builtin_memset(key, 0, sizeof(*key));
	flags = BPF_CORE_READ(vma, vm_flags);
	key->flags = flags & VS_VM_IDENTITY;
	key->anchor = flags & VS_VM_GROWSDOWN ? ref->end : ref->start;
	key->proc = t->proc;
	key->proc_generation = t->proc_generation;
	file = BPF_CORE_READ(vma, vm_file);
	ref->pgoff = 0;
	ref->inode = 0;
	ref->traits = flags;
	if (vma_has_uffd(vma))
		ref->traits |= VMA_HAS_UFFD;
	if (file) {
		name_kind = VS_NAME_FILE;
		key->pgoff = ref->pgoff = BPF_CORE_READ(vma, vm_pgoff);
		/* for a block device, the inode whose size is the device's */
		ref->inode = (u64)BPF_CORE_READ(file, f_mapping, host);
		/* a VMA without operations is anonymous, such as a private mapping of /dev/zero */
		if (BPF_CORE_READ(vma, vm_ops))
			ref->traits |= file_traits((void *)ref->inode);
		file_key(file, &key->file);
	} else {
		name_kind = vma_name_kind(vma, mm, ref->start, ref->end);
		if (name_kind == VS_NAME_SPECIAL)
			ref->traits |= VMA_IS_SPECIAL;
		if (name_kind == VS_NAME_ANON) {
			const char *name = (const char *)vma_anon_name(vma);

			if (name)
				key->name_hash = name_hash(name);
		}
	}

	slot = bpf_map_lookup_elem(&vmas, key);
	ref->slot = slot ? *slot : vma_slot_new(key, vma, ref, name_kind);
	s = slot_at(ref->slot);
	if (!ref->slot || !s) {
		ref->slot = VS_SLOT_OVERFLOW;
		return 0;
	}
	ref->generation = s->generation;
	/* The same VMA may have grown since, or become the heap: the widest extent is kept. */
	if (ref->start < s->vma.start)
		s->vma.start = ref->start;
	if (ref->end > s->vma.end)
		s->vma.end = ref->end;
	if (s->vma.name_kind == VS_NAME_ANON && name_kind != VS_NAME_ANON)
		s->vma.name_kind = name_kind;
	return 0;
}

/** struct find_vma_ctx - kept small: it is on the stack where that is deepest */
struct find_vma_ctx {
	u64 address; /* 0: found */
	struct vma_ref *ref;
};

static long find_vma_found(struct task_struct *task, struct vm_area_struct *vma,
			   struct find_vma_ctx *ctx)
{
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);

	if (t && !vma_slot(vma, task_pointer(task, mm), t, ctx->address, ctx->ref))
		ctx->address = 0;
	return 0;
}

/** enum vma_found - result of a lookup */
enum vma_found {
	VMA_FOUND,  /* the slot in @ref may still be VS_SLOT_OVERFLOW if none was left */
	VMA_NONE,   /* no VMA contains the address */
	VMA_MISSED, /* the lookup had no consistent result */
};

/** any_vma - callback that ignores the VMA: only its existence matters. */
static long any_vma(struct task_struct *task, struct vm_area_struct *vma, void *ctx)
{
	(void)task;
	(void)vma;
	(void)ctx;
	return 0;
}

/**
 * vma_search - look up an address of the current task, which has a state, without the cache
 *
 * A global function: the verifier checks it once, without the state of its callers. So it
 * looks up the state again: 6.1 does not accept memory of an argument as a map key.
 * Return: enum vma_found.
 */
__weak __noinline int vma_search(u64 address, struct vma_ref *ref)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, task, 0, 0);
	struct mm_struct *mm = task_pointer(task, mm);

	if (!t || !ref || !mm)
		return VMA_MISSED;
	if (cfg.vma_lookup == VS_LOOKUP_FIND_VMA) {
		struct find_vma_ctx ctx = { .address = address, .ref = ref };
		long err = bpf_find_vma(task, address, find_vma_found, &ctx, 0);

		/* -ENOENT: no VMA; -EBUSY: the mmap lock is held, or an unlock is pending */
		if (err)
			return err == -2 ? VMA_NONE : VMA_MISSED;
		return ctx.address ? VMA_NONE : VMA_FOUND;
	}
	if (cfg.vma_lookup != VS_LOOKUP_MAPLE)
		return VMA_MISSED;

	for (int i = 0; i < VMA_LOOKUP_TRIES; i++) {
		s64 before = mm_lock_sequence(mm);
		u64 entry = maple_walk((u64)BPF_CORE_READ(mm, mm_mt.ma_root), address, 0);

		if (entry && !vma_slot((void *)entry, mm, t, address, ref))
			return VMA_FOUND;
		/* No writer before or since: there is no VMA at this address. */
		if (!entry && before != MM_SEQ_NONE && !mm_may_be_written(mm) &&
		    before == mm_lock_sequence(mm))
			return VMA_NONE;
	}
	/* Before 6.4, a tree without the address may be in the middle of a change: the kernel's own
	 * lookup knows, which takes the lock. */
	if (!mm_has_sequence() && bpf_find_vma(task, address, any_vma, 0, 0) == -2)
		return VMA_NONE;
	return VMA_MISSED;
}

/**
 * vma_peek - end and access rights of the VMA at an address of the current task, which has a state
 *
 * As vma_search() with VS_LOOKUP_MAPLE, but without the slot: @ref has start, end and vm_flags
 * only.
 */
__weak __noinline int vma_peek(u64 address, struct vma_ref *ref)
{
	struct mm_struct *mm = task_pointer(bpf_get_current_task_btf(), mm);

	if (!ref || !mm)
		return VMA_MISSED;
	for (int i = 0; i < VMA_LOOKUP_TRIES; i++) {
		u64 entry = maple_walk((u64)BPF_CORE_READ(mm, mm_mt.ma_root), address, 0);
		const struct vm_area_struct *vma = (void *)entry;

		if (!entry)
			return VMA_NONE;
		ref->start = BPF_CORE_READ(vma, vm_start);
		ref->end = BPF_CORE_READ(vma, vm_end);
		ref->traits = BPF_CORE_READ(vma, vm_flags);
		if (address >= ref->start && address < ref->end && BPF_CORE_READ(vma, vm_mm) == mm)
			return VMA_FOUND;
	}
	return VMA_MISSED;
}

/** mm_sequence - mm_lock_sequence() of the task's mm, if caches are used. */
static __always_inline s64 mm_sequence(struct task_struct *task)
{
	return cfg.vma_cache ? mm_lock_sequence_inline(task_pointer(task, mm)) : MM_SEQ_NONE;
}

/** vma_cached - the VMA of @address is in the task's cache; if so, @ref is set. */
static __always_inline bool vma_cached(const struct task_state *t, s64 seq, u64 address,
				       struct vma_ref *ref)
{
	if (seq == MM_SEQ_NONE || seq != t->cache_seq)
		return false;
#pragma unroll
	for (int i = 0; i < VMA_CACHE_WAYS; i++) {
		if (address >= t->cache[i].start && address < t->cache[i].end) {
			*ref = t->cache[i];
			return true;
		}
	}
	return false;
}

/**
 * vma_keep - store a lookup in the task's cache
 *
 * A global function: the verifier checks it once, and the stacks of its callers are deep.
 */
__weak __noinline int vma_keep(struct task_state *t, s64 seq, const struct vma_ref *ref)
{
	if (!t || !ref)
		return 0;
	if (seq != t->cache_seq) {
#pragma unroll
		for (int i = 0; i < VMA_CACHE_WAYS; i++)
			t->cache[i].end = 0;
		t->cache_seq = seq;
		t->pmd = 0;
	}
	/* A VMA without a slot is not cached: a slot may become free. */
	if (ref->slot)
		t->cache[t->cache_next++ & (VMA_CACHE_WAYS - 1)] = *ref;
	return 0;
}

/**
 * vma_lookup - find the VMA and slot of @address in the current task's mm
 * @task: the current task
 * @t: its state
 * @seq: mm_sequence() of the task's mm
 * @address: to look up
 * @ref: result, valid if VMA_FOUND
 */
static __always_inline enum vma_found vma_lookup(struct task_struct *task, struct task_state *t,
						 s64 seq, u64 address, struct vma_ref *ref)
{
	enum vma_found found;
	struct vs_stats *s;

	if (vma_cached(t, seq, address, ref))
		return VMA_FOUND;
	found = vma_search(address, ref);
#pragma unroll
	for (int i = 1; i < VMA_SEARCHES; i++)
		if (found == VMA_MISSED && cfg.vma_lookup == VS_LOOKUP_MAPLE)
			found = vma_search(address, ref);
	s = this_stats();
	if (s)
		stats_add(&s->walks, 1);
	if (found != VMA_FOUND || seq == MM_SEQ_NONE)
		return found;
	vma_keep(t, seq, ref);
	return found;
}

#endif /* VMASCOPE_VMA_BPF_H */
