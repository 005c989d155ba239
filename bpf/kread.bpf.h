/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kread.bpf.h - read kernel memory at any address: by plain loads if the kernel lets a program
 * declare its type (bpf_rdonly_cast(): a35b9af4ec2c, 6.2); else by a helper, which takes 27 ns.
 *
 * A load from an unmapped address returns 0.
 */
#ifndef VMASCOPE_KREAD_BPF_H
#define VMASCOPE_KREAD_BPF_H

#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

/* If the kernel has no such function, cfg.plain_loads is 0, and the verifier removes the call. */
extern void *bpf_rdonly_cast(const void *address, u32 type) __ksym __weak;
#define kread_plainly() (cfg.plain_loads)

/** kread_as - a pointer to a @type at @address, for plain loads */
#define kread_as(type, address)                                                                    \
	((type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))

/** kread - the member @field of the @type at @address */
#define kread(type, address, field)                                                                \
	({                                                                                         \
		u64 at__ = (u64)(address);                                                         \
		typeof(((type *)0)->field) value__;                                                \
                                                                                                   \
		if (kread_plainly())                                                               \
			value__ = kread_as(type, at__)->field;                                     \
		else                                                                               \
			value__ = BPF_CORE_READ((type *)at__, field);                              \
		value__;                                                                           \
	})

/**
 * pointer_of - the member @field, a pointer, of the @type at @trusted, which the verifier trusts
 *
 * For each such load, the verifier of 6.3 and later looks up to three times for the name of a type
 * among all those of the kernel: 2 ms (btf_nested_type_is_trusted()). A pointer that was cast is not
 * trusted, which it knows without.
 */
#define pointer_of(type, trusted, field)                                                           \
	({                                                                                         \
		typeof(((type *)0)->field) value__;                                                \
                                                                                                   \
		if (kread_plainly())                                                               \
			value__ = kread_as(type, trusted)->field;                                  \
		else                                                                               \
			value__ = (trusted)->field;                                                \
		value__;                                                                           \
	})

/** task_pointer - the same of a task */
#define task_pointer(task, field) pointer_of(struct task_struct, task, field)

/** kread_u64 - read a u64. Return: false if it can't be read. */
static __always_inline bool kread_u64(u64 address, u64 *value)
{
	if (!kread_plainly())
		return !bpf_probe_read_kernel(value, sizeof(*value), (void *)address);
	*value = kread_as(struct vm_event_state, address)->event[0];
	return true;
}

#endif /* VMASCOPE_KREAD_BPF_H */
