/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_tlbs.h - the TLBs that this CPU's cpuid lists, counted independently of vmascope.
 */
#ifndef VT_CPU_TLBS_H
#define VT_CPU_TLBS_H

#include <stdint.h>

/** vt_one_cpu - run the test, and what it starts, on one CPU: CPUs of a hybrid machine differ */
void vt_one_cpu(void);
/**
 * vt_cpuid_tlbs - number of TLBs in cpuid that hold pages of @size bytes (4 KiB, 2 MiB, 1 GiB)
 * @size: 0: TLBs of any of these sizes
 *
 * The number is 0 if the CPU's vendor has no such leaves, or if a hypervisor hides them.
 */
int vt_cpuid_tlbs(uint64_t size);

#endif /* VT_CPU_TLBS_H */
