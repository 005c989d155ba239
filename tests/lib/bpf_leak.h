/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_leak.h - list the BPF programs, maps and links in the kernel, to check that none is left
 * behind.
 *
 * Other processes load and unload theirs meanwhile: what a living process holds is attributed to
 * it.
 */
#ifndef VT_BPF_LEAK_H
#define VT_BPF_LEAK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VT_BPF_MAX 4096

/** struct vt_bpf_ids - ids of programs [0], maps [1] and links [2] */
struct vt_bpf_ids {
	size_t nr[3];
	uint32_t id[3][VT_BPF_MAX];
};

void vt_bpf_list(struct vt_bpf_ids *ids);
/**
 * vt_bpf_await_none_new - wait until everything in the kernel is in @before or held by a process;
 * what vmascope has pinned or left attached would remain
 */
void vt_bpf_await_none_new(const struct vt_bpf_ids *before);
/** vt_bpf_held - number of programs, maps and links that process @pid holds */
size_t vt_bpf_held(pid_t pid);
/** vt_bpf_program - a descriptor of the program @name, at most 15 bytes, of process @pid; the caller closes it */
int vt_bpf_program(pid_t pid, const char *name);

#endif /* VT_BPF_LEAK_H */
