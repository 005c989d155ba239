// SPDX-License-Identifier: GPL-2.0-only
/*
 * memcall.bpf.c - the hooks where a memory call begins and ends: functions of the kernel, else the
 * tracepoints of all system calls, which slow every system call of every task
 * (SYSCALL_WORK_SYSCALL_TRACEPOINT). Attached only where somebody asks for them.
 */
#include "memcall.bpf.h"

#include <bpf/bpf_tracing.h>

#if defined(__TARGET_ARCH_x86)
/* the arguments are still in their registers, as the kernel keeps them for a restart */
SEC("tp_btf/sys_enter")
int BPF_PROG(call_enter, struct pt_regs *regs, long nr)
{
	if (locks_range(nr))
		lock_begin();
	else
		call_begin(nr, regs);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(call_exit, struct pt_regs *regs, long result)
{
	if (locks_range(regs->orig_ax))
		lock_end(regs);
	call_end(result);
	return 0;
}

/* A system call's function takes the registers (arch/x86/include/asm/syscall_wrapper.h). */
#define CALL_FUNCTION_OF(prefix, name, nr)                                                         \
	SEC("fentry/" prefix #name)                                                                \
	int BPF_PROG(name##_enter, struct pt_regs *regs)                                           \
	{                                                                                          \
		call_begin(nr, regs);                                                              \
		return 0;                                                                          \
	}                                                                                          \
	SEC("fexit/" prefix #name)                                                                 \
	int BPF_PROG(name##_exit, struct pt_regs *regs, long result)                               \
	{                                                                                          \
		call_end(result);                                                                  \
		return 0;                                                                          \
	}
#define CALL_FUNCTION(name, nr) CALL_FUNCTION_OF("__x64_sys_", name, nr)
/* Of a call without arguments __x64_sys_* is another name only, which BTF does not have. */
#define CALL_FUNCTION0(name, nr) CALL_FUNCTION_OF("__do_sys_", name, nr)

CALL_FUNCTION(mmap, 9)
CALL_FUNCTION(mprotect, 10)
CALL_FUNCTION(munmap, 11)
CALL_FUNCTION(brk, 12)
CALL_FUNCTION(mremap, 25)
CALL_FUNCTION(madvise, 28)
CALL_FUNCTION(clone, 56)
CALL_FUNCTION0(fork, 57)
CALL_FUNCTION0(vfork, 58)
CALL_FUNCTION(execve, 59)
CALL_FUNCTION(execveat, 322)
CALL_FUNCTION(pkey_mprotect, 329)
CALL_FUNCTION(clone3, 435)
CALL_FUNCTION(process_madvise, 440)

/* these do not return */
SEC("fentry/__x64_sys_exit")
int BPF_PROG(exit_enter, struct pt_regs *regs)
{
	call_begin(60, regs);
	return 0;
}

SEC("fentry/__x64_sys_exit_group")
int BPF_PROG(exit_group_enter, struct pt_regs *regs)
{
	call_begin(231, regs);
	return 0;
}
#endif

/** sweep_node - a node goes where its process has, and where nothing is left of its ranges */
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

/* Run by user/ where nodes of ranges have become many (BPF_PROG_RUN), never attached. */
SEC("raw_tp/sys_enter")
int BPF_PROG(sweep_ranges)
{
	bpf_for_each_map_elem(&ranges, sweep_node, 0, 0);
	return 0;
}
