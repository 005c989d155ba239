// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - sums of emitted and lost events: from BPF, the kernel's counts, and the reader. */
#include <linux/bpf.h>
#include <string.h>

#include <bpf/bpf.h>

#include "capture/internal.h"
#include "vmascope.skel.h"

/**
 * add_missed - add how often the kernel skipped a program because it was already running
 *
 * tlb_flushed can be interrupted only by the IPI of another CPU's flush, which it
 * would ignore: the IPI's handler reports it. fault_kernel can be interrupted only by a fault on
 * reading a stack that is not present, which the kernel does not handle.
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
