// SPDX-License-Identifier: GPL-2.0-only
/* maps.bpf.c - the definitions of all maps and of the configuration. */
#define VMASCOPE_DEFINE_MAPS
#include "maps.bpf.h"

const volatile struct vs_config cfg = {};

/** Cleared by user/ before it sleeps. */
struct vs_ring_wake ring_wake __attribute__((aligned(64))) = {};

char LICENSE[] SEC("license") = "GPL";
