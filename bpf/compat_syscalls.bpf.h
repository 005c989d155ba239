/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat_syscalls.bpf.h - the reason of a TLB flush in a 32-bit system call, or in an ioctl.
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

/** ioctl_call - the reason of a flush in an ioctl: userfaultfd, or another one such as KVM's */
static __always_inline u32 ioctl_call(u64 command)
{
	return IOC_TYPE(command) == UFFDIO ? VS_CALL_UFFD : VS_CALL_SYSCALL;
}

/** Flag of VS_CALL_MMAP: the arguments are in registers; the old mmap has them in memory. */
#define COMPAT_MMAP2 0x10000u

/**
 * compat_syscall_call - enum vs_call for a flush in 32-bit system call @nr
 * @second: second argument of the system call
 *
 * In a separate file, as the numbers have the same names as those of 64-bit system calls.
 * Return: enum vs_call, which may have COMPAT_MMAP2 set.
 */
u32 compat_syscall_call(u64 nr, u64 second);
#endif

#endif /* VMASCOPE_COMPAT_SYSCALLS_BPF_H */
