// SPDX-License-Identifier: GPL-2.0-only
/* empty.bpf.c - programs that do nothing, at the hooks where faults are counted. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/page_fault_user")
int begin_user(void *ctx)
{
	return 0;
}

SEC("tp_btf/page_fault_kernel")
int begin_kernel(void *ctx)
{
	return 0;
}

SEC("perf_event")
int end_minor(void *ctx)
{
	return 0;
}

SEC("perf_event")
int end_major(void *ctx)
{
	return 0;
}
