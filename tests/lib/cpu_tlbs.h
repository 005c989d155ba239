/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_tlbs.h - what this CPU's own cpuid says of its TLBs, read and counted here, not by vmascope.
 */
#ifndef VT_CPU_TLBS_H
#define VT_CPU_TLBS_H

#include <stdint.h>

/** vt_one_cpu - run the test, and what it starts, on one CPU: those of a hybrid machine differ */
void vt_one_cpu(void);
/**
 * vt_cpuid_tlbs - how many TLBs cpuid lists that hold pages of @size bytes (4 KiB, 2 MiB, 1 GiB)
 * @size: 0: TLBs of any of these sizes
 *
 * None, where the CPU's vendor has no such leaves or a hypervisor hides them.
 */
int vt_cpuid_tlbs(uint64_t size);

#endif /* VT_CPU_TLBS_H */
