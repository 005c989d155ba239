/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat_syscalls.bpf.h - what a 32-bit system call, or an ioctl of any, flushes TLBs for.
 */
#ifndef VMASCOPE_COMPAT_SYSCALLS_BPF_H
#define VMASCOPE_COMPAT_SYSCALLS_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

#include "events.h"

#if defined(__TARGET_ARCH_x86)
/* include/uapi/linux/userfaultfd.h: type of its ioctls; include/uapi/asm-generic/ioctl.h */
#define UFFDIO 0xAA
#define IOC_TYPE(command) ((command) >> 8 & 0xff)

/** ioctl_call - what an ioctl flushes for: KVM's and others have nothing to do with userfaultfd */
static __always_inline u32 ioctl_call(u64 command)
{
	return IOC_TYPE(command) == UFFDIO ? VS_CALL_UFFD : VS_CALL_SYSCALL;
}

/** With VS_CALL_MMAP: its arguments are in registers; the old mmap has them in memory. */
#define COMPAT_MMAP2 0x10000u

/**
 * compat_syscall_call - enum vs_call of what 32-bit system call @nr flushes for
 * @second: its second argument
 *
 * In a file of its own, as the numbers have the names of those of 64-bit system calls.
 * Return: it may have COMPAT_MMAP2 set.
 */
u32 compat_syscall_call(u64 nr, u64 second);
#endif

#endif /* VMASCOPE_COMPAT_SYSCALLS_BPF_H */
