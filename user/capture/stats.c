// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - what was emitted and lost, added up: of BPF, of the kernel's own count, of the reader. */
#include <linux/bpf.h>
#include <string.h>

#include <bpf/bpf.h>

#include "capture/internal.h"
#include "vmascope.skel.h"

/**
 * add_missed - how often the kernel skipped a program, because it was at it already
 *
 * In the middle of tlb_flushed there can only come the interrupt of another CPU's flush, which it
 * would pass by: that one is told by its handler. In the middle of fault_kernel there can only come
 * the reading of a stack that is not there, which the kernel takes no fault for.
 */
static int add_missed(void *ctx, const char *name, int fd)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	uint64_t *missed = ctx;

	if (strcmp(name, "tlb_flushed") && strncmp(name, "fault_kernel", 12) &&
	    !bpf_obj_get_info_by_fd(fd, &info, &size))
		*missed += info.recursion_misses;
	return 0;
}

void capture__stats(const struct capture *c, struct vs_stats *sum)
{
	slots__sum_cpus(c, c->skel->maps.stats, sum, sizeof(*sum));
	capture__each_program(c, add_missed, &sum->lost[VS_LOST_MISSED]);
	ring__add_dropped(c, sum);
}
