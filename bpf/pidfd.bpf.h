/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pidfd.bpf.h - the process that a pidfd of the current task refers to (pidfd_open(2)).
 */
#ifndef VMASCOPE_PIDFD_BPF_H
#define VMASCOPE_PIDFD_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* include/uapi/linux/magic.h: the file system of pidfds since cb12fd8e0dab (6.9) */
#define PID_FS_MAGIC 0x50494446UL

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct upid {
	int nr;
};

struct pid {
	struct upid numbers[1];
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct___files {
	struct files_struct *files;
};

#pragma clang attribute pop

/**
 * pidfd_tgid - process id, in the initial pid namespace
 *
 * Only if a system call has accepted @fd as a pidfd; negative values refer to the caller (6.14).
 * Return: the id, 0 if it can't be read.
 */
static __noinline u32 pidfd_tgid(u64 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *file = 0;
	struct files_struct *files;
	struct file **table;
	struct pid *pid;

	if ((s32)fd < 0)
		return task->tgid;
	files = BPF_CORE_READ((struct task_struct___files *)task, files);
	if ((u32)fd >= BPF_CORE_READ(files, fdt, max_fds))
		return 0;
	table = BPF_CORE_READ(files, fdt, fd);
	if (bpf_probe_read_kernel(&file, sizeof(file), &table[(u32)fd]) || !file)
		return 0;
	if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) == PID_FS_MAGIC)
		pid = BPF_CORE_READ(file, f_inode, i_private);
	else
		pid = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(pid, numbers[0].nr);
}

#endif /* VMASCOPE_PIDFD_BPF_H */
