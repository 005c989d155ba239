// SPDX-License-Identifier: GPL-2.0-only
/* compat_syscalls.bpf.c - 32-bit system calls by their numbers (<asm/unistd_32.h>). */
#include "compat_syscalls.bpf.h"

#if defined(__TARGET_ARCH_x86)
#include <asm/unistd_32.h>

__noinline u32 compat_syscall_call(u64 nr, u64 second)
{
	switch (nr) {
	case __NR_ioctl:
		return ioctl_call(second);
	case __NR_mmap2:
		return VS_CALL_MMAP | COMPAT_MMAP2;
	case __NR_truncate64:
	case __NR_ftruncate64:
		return VS_CALL_TRUNCATE;
#define SYSCALL_CASE(name, id, ...)                                                                \
	case __NR_##name:                                                                          \
		return VS_CALL_##id;
		VS_EACH_MEMORY_SYSCALL(SYSCALL_CASE)
		VS_EACH_FLUSHING_SYSCALL(SYSCALL_CASE)
#undef SYSCALL_CASE
	default:
		return VS_CALL_SYSCALL;
	}
}
#endif
