// SPDX-License-Identifier: GPL-2.0-only
/* maps.bpf.c - the definitions of all maps and of the configuration. */
#define VMASCOPE_DEFINE_MAPS
#include "maps.bpf.h"

const volatile struct vs_config cfg = {};

char LICENSE[] SEC("license") = "GPL";
