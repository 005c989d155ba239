/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_leak.h - which BPF programs, maps and links the kernel holds, to see that none stay behind.
 *
 * Others load and unload theirs meanwhile: those that a living process holds are its own.
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
 * vt_bpf_await_none_new - wait until the kernel holds nothing that is not in @before and that no
 * process holds; what vmascope has pinned or left attached would stay
 */
void vt_bpf_await_none_new(const struct vt_bpf_ids *before);
/** vt_bpf_held - how many programs, maps and links process @pid holds */
size_t vt_bpf_held(pid_t pid);
/** vt_bpf_program - a descriptor of the program @name, at most 15 bytes, of process @pid; the caller closes it */
int vt_bpf_program(pid_t pid, const char *name);

#endif /* VT_BPF_LEAK_H */
