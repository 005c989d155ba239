/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heat.bpf.h - faults by 2 MiB of address space, for the heatmap of addresses.
 */
#ifndef VMASCOPE_HEAT_BPF_H
#define VMASCOPE_HEAT_BPF_H

#include "emit.bpf.h"

/** heat_add - count a fault of @pid at @address, which was counted in @slot, if requested. */
static __always_inline void heat_add(u32 pid, u32 slot, u64 address)
{
	struct vs_heat_key key = { .pid = pid,
				   .slot = slot,
				   .region = address >> VS_HEAT_REGION_BITS };
	u64 *faults, first = 1;

	if (!cfg.heat)
		return;
	faults = bpf_map_lookup_elem(&heat, &key);
	if (!faults) {
		if (!bpf_map_update_elem(&heat, &key, &first, BPF_NOEXIST))
			return;
		/* the table is full, or another CPU added the entry first */
		faults = bpf_map_lookup_elem(&heat, &key);
	}
	if (faults)
		__sync_fetch_and_add(faults, 1);
	else
		count_lost(VS_LOST_HEAT);
}

#endif /* VMASCOPE_HEAT_BPF_H */
