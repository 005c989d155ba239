// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_leak.c - which BPF programs, maps and links the kernel holds, to see that none stay behind.
 *
 * By bpf(2) itself, as `bpftool prog` and `bpftool map` do, so that it works in a small guest.
 */
#include "bpf_leak.h"
#include "check.h"
#include "run.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int next_id[3] = { BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID };

void vt_bpf_list(struct vt_bpf_ids *ids)
{
	memset(ids, 0, sizeof(*ids));
	for (int kind = 0; kind < 3; kind++) {
		union bpf_attr attr = { 0 };

		while (!syscall(SYS_bpf, next_id[kind], &attr, sizeof(attr))) {
			vt_true(ids->nr[kind] < VT_BPF_MAX);
			ids->id[kind][ids->nr[kind]++] = attr.next_id;
			attr.start_id = attr.next_id;
			attr.next_id = 0;
		}
		vt_true(errno == ENOENT);
	}
}

static bool known(const struct vt_bpf_ids *ids, int kind, uint32_t id)
{
	for (size_t i = 0; i < ids->nr[kind]; i++)
		if (ids->id[kind][i] == id)
			return true;
	return false;
}

size_t vt_bpf_new(const struct vt_bpf_ids *before)
{
	static struct vt_bpf_ids after;
	size_t n = 0;

	vt_bpf_list(&after);
	for (int kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < after.nr[kind]; i++)
			n += !known(before, kind, after.id[kind][i]);
	return n;
}

static bool none_new(void *arg)
{
	return !vt_bpf_new(arg);
}

void vt_bpf_await_none_new(const struct vt_bpf_ids *before)
{
	/* The kernel frees them after an RCU grace period. */
	vt_await(none_new, (void *)before, "BPF programs, maps and links are as before", 20);
}
