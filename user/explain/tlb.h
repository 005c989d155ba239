/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tlb.h - the sizes of this CPU's TLBs, by cpuid.
 *
 * AMD (and Hygon): leaves 0x80000005, 0x80000006 and 0x80000019. Intel: leaf 0x18, or the
 * descriptors of leaf 2 on CPUs that do not point there. Others do not report them.
 */
#ifndef VMASCOPE_EXPLAIN_TLB_H
#define VMASCOPE_EXPLAIN_TLB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bits of tlb.sizes: the pages that it can hold. */
#define TLB_4K 1u
#define TLB_2M 2u
#define TLB_1G 4u

/** tlb.ways of one that is fully associative */
#define TLB_FULL 0xffffu

/** enum tlb_type - which accesses look there */
enum tlb_type {
	TLB_DATA,
	TLB_INSTRUCTION,
	TLB_UNIFIED,
	TLB_LOAD,
	TLB_STORE,
};

/** tlb_type_names - by enum tlb_type */
extern const char *const tlb_type_names[];

/**
 * struct tlb - one TLB
 * @level: from 1
 * @ways: TLB_FULL: fully associative, 0: unknown
 * @entries: for each size in @sizes; of a TLB that sizes share, they compete for them
 */
struct tlb {
	unsigned int level;
	enum tlb_type type;
	unsigned int ways;
	unsigned int entries;
	unsigned int sizes;
};

#define MAX_TLBS 48

/**
 * struct tlbs - what the CPU reports
 * @source: the leaves that report it; "" if none does
 * @virtual: a hypervisor is there, which may have made it up
 * @hybrid: other CPUs of this machine may have other sizes
 */
struct tlbs {
	struct tlb tlb[MAX_TLBS];
	size_t nr;
	char vendor[13];
	char source[64];
	bool virtual;
	bool hybrid;
};

/** struct cpuid_regs - eax, ebx, ecx, edx */
struct cpuid_regs {
	uint32_t a;
	uint32_t b;
	uint32_t c;
	uint32_t d;
};

/** cpuid_fn - the registers of a leaf; all 0 if there is no such leaf */
typedef struct cpuid_regs cpuid_fn(uint32_t leaf, uint32_t subleaf);

/** tlbs__decode - fill @t from what @cpuid reports. */
void tlbs__decode(struct tlbs *t, cpuid_fn *cpuid);

/** tlbs__read - of the CPU that this runs on; none but on x86-64. */
void tlbs__read(struct tlbs *t);

/** tlb_size_bit - TLB_4K for 4096, ...; 0: not a page size of x86-64. */
unsigned int tlb_size_bit(uint64_t bytes);

#endif /* VMASCOPE_EXPLAIN_TLB_H */
