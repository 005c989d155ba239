// SPDX-License-Identifier: GPL-2.0-only
/*
 * memcall.bpf.c - the hooks where a memory call begins and ends: functions of the kernel, else the
 * tracepoints of all system calls, which slow down every system call of every task
 * (SYSCALL_WORK_SYSCALL_TRACEPOINT). Attached only on request.
 */
#include "memcall.bpf.h"

#include <bpf/bpf_tracing.h>

#if defined(__TARGET_ARCH_x86)
/* the arguments are still in their registers, where the kernel keeps them for a restart */
SEC("tp_btf/sys_enter")
int BPF_PROG(call_enter, struct pt_regs *regs, long nr)
{
	call_begin(nr, regs);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long result)
{
	call_end(result);
	return 0;
}

/* System call functions take the registers (arch/x86/include/asm/syscall_wrapper.h). */
#define CALL_ENTRY(prefix, name)                                                                   \
	SEC("fentry/" prefix #name)                                                                \
	int BPF_PROG(name##_enter, struct pt_regs *regs)                                           \
	{                                                                                          \
		call_begin(__NR_##name, regs);                                                     \
		return 0;                                                                          \
	}
#define CALL_RETURN(prefix, name)                                                                  \
	SEC("fexit/" prefix #name)                                                                 \
	int BPF_PROG(name##_exit, struct pt_regs *regs, long result)                               \
	{                                                                                          \
		call_end(result);                                                                  \
		return 0;                                                                          \
	}

#define CALL_BY_REGISTERS(name)                                                                    \
	CALL_ENTRY("__x64_sys_", name)                                                             \
	CALL_RETURN("__x64_sys_", name)
/* For a call without arguments, __x64_sys_* is only an alias, which is not in BTF. */
#define CALL_WITHOUT_ARGUMENTS(name)                                                               \
	CALL_ENTRY("__do_sys_", name)                                                              \
	CALL_RETURN("__do_sys_", name)
#define CALL_NO_RETURN(name) CALL_ENTRY("__x64_sys_", name)
#define CALL_PROGRAMS(name, id, hooked) CALL_##hooked(name)

VS_EACH_MEMORY_SYSCALL(CALL_PROGRAMS)
#endif

/** sweep_node - remove a node if its process has exited, or if all its ranges have ended */
static long sweep_node(void *map, const struct range_key *key, struct range_node *node, void *ctx)
{
	struct vs_slot *s = slot_at(key->proc);
	u64 bits = 0;

	for (u32 i = 0; i < RANGE_SLOTS; i++)
		bits |= node->slot[i].bits;
	if (bits && s && s->generation == key->generation && s->kind == VS_SLOT_PROC &&
	    !(s->proc.state & (VS_PROC_EXITED | VS_PROC_REPLACED)))
		return 0;
	if (!bpf_map_delete_elem(map, key))
		__sync_fetch_and_sub(&nr_range_nodes, 1);
	return 0;
}

/* Run by user/ when there are many nodes of ranges (BPF_PROG_RUN), never attached. */
SEC("raw_tp/sys_enter")
int BPF_PROG(sweep_ranges)
{
	bpf_for_each_map_elem(&ranges, sweep_node, 0, 0);
	return 0;
}
