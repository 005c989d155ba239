/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kread.bpf.h - read kernel memory at any address: by plain loads if the kernel lets a program
 * declare its type (bpf_rdonly_cast(): a35b9af4ec2c, 6.2); else by a helper, which takes 27 ns.
 *
 * A load from an unmapped address returns 0.
 *
 * Plain loads are used only in the file that defines KREAD_PLAIN_LOADS: Debian 12's bpftool cannot
 * link two objects that refer to the same kernel function ("failed to resolve size of underlying
 * type"). Functions that several objects define weakly must use the helper, so that they are the
 * same in each.
 */
#ifndef VMASCOPE_KREAD_BPF_H
#define VMASCOPE_KREAD_BPF_H

#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

#if defined(KREAD_PLAIN_LOADS)
/* If the kernel has no such function, cfg.plain_loads is 0, and the verifier removes the call. */
extern void *bpf_rdonly_cast(const void *address, u32 type) __ksym __weak;
#define kread_plainly() (cfg.plain_loads)
#else
#define kread_plainly() (false)
#define bpf_rdonly_cast(address, type) ((void *)(address))
#endif

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

/** kread_u64 - read a u64. Return: false if it can't be read. */
static __always_inline bool kread_u64(u64 address, u64 *value)
{
	if (!kread_plainly())
		return !bpf_probe_read_kernel(value, sizeof(*value), (void *)address);
	*value = kread_as(struct vm_event_state, address)->event[0];
	return true;
}

#endif /* VMASCOPE_KREAD_BPF_H */
