// SPDX-License-Identifier: GPL-2.0-only
/* tlb.c - decode what cpuid says of TLBs, as AMD's and Intel's manuals describe it. */
#include "explain/tlb.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

const char *const tlb_type_names[] = {
	[TLB_DATA] = "data",	   [TLB_INSTRUCTION] = "instruction",
	[TLB_UNIFIED] = "unified", [TLB_LOAD] = "load",
	[TLB_STORE] = "store",
};

static void add(struct tlbs *t, unsigned int level, enum tlb_type type, unsigned int sizes,
		unsigned int ways, unsigned int entries)
{
	if (entries && t->nr < MAX_TLBS)
		t->tlb[t->nr++] = (struct tlb){ level, type, ways, entries, sizes };
}

/* --- AMD: Architecture Programmer's Manual, volume 3, appendix E.4 --------------------------- */

/* Bits 31-24 and 23-16: data; 15-8 and 7-0: instructions. */
static void amd_level1(struct tlbs *t, uint32_t reg, unsigned int size)
{
	const unsigned int ways[] = { reg >> 24, (reg >> 8) & 255 };
	const unsigned int entries[] = { (reg >> 16) & 255, reg & 255 };

	for (int i = 0; i < 2; i++)
		add(t, 1, i ? TLB_INSTRUCTION : TLB_DATA, size, ways[i] == 255 ? TLB_FULL : ways[i],
		    entries[i]);
}

/* The code of four bits that stands for associativity; 9 refers to another leaf. */
static unsigned int amd_ways(unsigned int code)
{
	static const uint16_t ways[16] = { 0,  1, 2,  3,  4,  6,  8,   0,
					   16, 0, 32, 48, 64, 96, 128, TLB_FULL };

	return ways[code];
}

/* The same with 12 bits of entries; nothing in the upper half: the lower is for both. */
static void amd_coded(struct tlbs *t, uint32_t reg, unsigned int level, unsigned int size)
{
	const unsigned int upper = reg >> 16, lower = reg & 0xffff;

	if (upper >> 12)
		add(t, level, TLB_DATA, size, amd_ways(upper >> 12), upper & 0xfff);
	if (lower >> 12)
		add(t, level, upper ? TLB_INSTRUCTION : TLB_UNIFIED, size, amd_ways(lower >> 12),
		    lower & 0xfff);
}

static void decode_amd(struct tlbs *t, cpuid_fn *cpuid)
{
	struct cpuid_regs l1 = cpuid(0x80000005, 0), l2 = cpuid(0x80000006, 0);
	struct cpuid_regs giant = cpuid(0x80000019, 0);

	amd_level1(t, l1.b, TLB_4K);
	amd_level1(t, l1.a, TLB_2M);
	amd_coded(t, giant.a, 1, TLB_1G);
	amd_coded(t, l2.b, 2, TLB_4K);
	amd_coded(t, l2.a, 2, TLB_2M);
	amd_coded(t, giant.b, 2, TLB_1G);
	if (t->nr)
		snprintf(t->source, sizeof(t->source), "cpuid 0x80000005, 0x80000006, 0x80000019");
}

/* --- Intel: Software Developer's Manual, volume 2, CPUID ------------------------------------- */

/** struct descriptor - a byte of leaf 2; sizes of 4 MiB, which 64-bit mode lacks, are left out */
struct descriptor {
	uint8_t byte;
	uint8_t level;
	uint8_t type;
	uint8_t sizes;
	uint16_t ways;
	uint16_t entries;
};

#define TLB_4K_2M (TLB_4K | TLB_2M)

static const struct descriptor descriptors[] = {
	{ 0x01, 1, TLB_INSTRUCTION, TLB_4K, 4, 32 },
	{ 0x03, 1, TLB_DATA, TLB_4K, 4, 64 },
	{ 0x4f, 1, TLB_INSTRUCTION, TLB_4K, 0, 32 },
	{ 0x50, 1, TLB_INSTRUCTION, TLB_4K_2M, 0, 64 },
	{ 0x51, 1, TLB_INSTRUCTION, TLB_4K_2M, 0, 128 },
	{ 0x52, 1, TLB_INSTRUCTION, TLB_4K_2M, 0, 256 },
	{ 0x55, 1, TLB_INSTRUCTION, TLB_2M, TLB_FULL, 7 },
	{ 0x57, 1, TLB_DATA, TLB_4K, 4, 16 },
	{ 0x59, 1, TLB_DATA, TLB_4K, TLB_FULL, 16 },
	{ 0x5a, 1, TLB_DATA, TLB_2M, 4, 32 },
	{ 0x5b, 1, TLB_DATA, TLB_4K, 0, 64 },
	{ 0x5c, 1, TLB_DATA, TLB_4K, 0, 128 },
	{ 0x5d, 1, TLB_DATA, TLB_4K, 0, 256 },
	{ 0x61, 1, TLB_INSTRUCTION, TLB_4K, TLB_FULL, 48 },
	{ 0x63, 1, TLB_DATA, TLB_2M, 4, 32 },
	{ 0x63, 1, TLB_DATA, TLB_1G, 4, 4 },
	{ 0x64, 1, TLB_DATA, TLB_4K, 4, 512 },
	{ 0x6a, 1, TLB_DATA, TLB_4K, 8, 64 },
	{ 0x6b, 1, TLB_DATA, TLB_4K, 8, 256 },
	{ 0x6c, 1, TLB_DATA, TLB_2M, 8, 128 },
	{ 0x6d, 1, TLB_DATA, TLB_1G, TLB_FULL, 16 },
	{ 0x76, 1, TLB_INSTRUCTION, TLB_2M, TLB_FULL, 8 },
	{ 0xa0, 1, TLB_DATA, TLB_4K, TLB_FULL, 32 },
	{ 0xb0, 1, TLB_INSTRUCTION, TLB_4K, 4, 128 },
	{ 0xb1, 1, TLB_INSTRUCTION, TLB_2M, 4, 8 },
	{ 0xb2, 1, TLB_INSTRUCTION, TLB_4K, 4, 64 },
	{ 0xb3, 1, TLB_DATA, TLB_4K, 4, 128 },
	{ 0xb4, 2, TLB_DATA, TLB_4K, 4, 256 },
	{ 0xb5, 1, TLB_INSTRUCTION, TLB_4K, 8, 64 },
	{ 0xb6, 1, TLB_INSTRUCTION, TLB_4K, 8, 128 },
	{ 0xba, 2, TLB_DATA, TLB_4K, 4, 64 },
	{ 0xc0, 1, TLB_DATA, TLB_4K, 4, 8 },
	{ 0xc1, 2, TLB_UNIFIED, TLB_4K_2M, 8, 1024 },
	{ 0xc2, 1, TLB_DATA, TLB_4K_2M, 4, 16 },
	{ 0xc3, 2, TLB_UNIFIED, TLB_4K_2M, 6, 1536 },
	{ 0xc3, 2, TLB_UNIFIED, TLB_1G, 4, 16 },
	{ 0xc4, 1, TLB_DATA, TLB_2M, 4, 32 },
	{ 0xca, 2, TLB_UNIFIED, TLB_4K, 4, 512 },
};

static void add_descriptor(struct tlbs *t, uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_SIZE(descriptors); i++) {
		const struct descriptor *d = &descriptors[i];

		if (d->byte == byte)
			add(t, d->level, d->type, d->sizes, d->ways, d->entries);
	}
}

static void decode_leaf2(struct tlbs *t, cpuid_fn *cpuid)
{
	const struct cpuid_regs r = cpuid(2, 0);
	const uint32_t regs[] = { r.a & ~255u, r.b, r.c, r.d }; /* al counts, and is always 1 */

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		if (regs[i] >> 31) /* holds no descriptors */
			continue;
		for (int byte = 0; byte < 4; byte++)
			add_descriptor(t, regs[i] >> byte * 8);
	}
	if (t->nr)
		snprintf(t->source, sizeof(t->source), "cpuid 2");
}

static void decode_leaf18(struct tlbs *t, cpuid_fn *cpuid)
{
	static const enum tlb_type types[] = { [1] = TLB_DATA,
					       [2] = TLB_INSTRUCTION,
					       [3] = TLB_UNIFIED,
					       [4] = TLB_LOAD,
					       [5] = TLB_STORE };
	const uint32_t last = cpuid(0x18, 0).a;

	for (uint32_t i = 0; i <= last && i < MAX_TLBS; i++) {
		const struct cpuid_regs r = cpuid(0x18, i);
		const unsigned int type = r.d & 31, ways = r.b >> 16;
		/* bit 2 is for 4 MiB */
		const unsigned int sizes = (r.b & 1 ? TLB_4K : 0) | (r.b & 2 ? TLB_2M : 0) |
					   (r.b & 8 ? TLB_1G : 0);

		if (type && type < ARRAY_SIZE(types) && sizes)
			add(t, (r.d >> 5) & 7, types[type], sizes, r.d & 1u << 8 ? TLB_FULL : ways,
			    ways * r.c);
	}
	if (t->nr)
		snprintf(t->source, sizeof(t->source), "cpuid 0x18");
}

/* --------------------------------------------------------------------------------------------- */

void tlbs__decode(struct tlbs *t, cpuid_fn *cpuid)
{
	const struct cpuid_regs vendor = cpuid(0, 0), features = cpuid(1, 0), more = cpuid(7, 0);

	memset(t, 0, sizeof(*t));
	memcpy(t->vendor, &vendor.b, 4);
	memcpy(t->vendor + 4, &vendor.d, 4);
	memcpy(t->vendor + 8, &vendor.c, 4);
	t->virtual = features.c >> 31;
	if (!strcmp(t->vendor, "AuthenticAMD") || !strcmp(t->vendor, "HygonGenuine")) {
		decode_amd(t, cpuid);
	} else if (!strcmp(t->vendor, "GenuineIntel")) {
		t->hybrid = more.d >> 15 & 1;
		if (vendor.a >= 0x18)
			decode_leaf18(t, cpuid);
		if (!t->nr)
			decode_leaf2(t, cpuid);
	}
}

#if defined(__x86_64__)
static struct cpuid_regs cpuid_here(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs r = {};

	if (!__get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d))
		memset(&r, 0, sizeof(r));
	return r;
}

void tlbs__read(struct tlbs *t)
{
	tlbs__decode(t, cpuid_here);
}
#else
void tlbs__read(struct tlbs *t)
{
	memset(t, 0, sizeof(*t));
}
#endif

unsigned int tlb_size_bit(uint64_t bytes)
{
	return bytes == 1ULL << 12   ? TLB_4K
	       : bytes == 1ULL << 21 ? TLB_2M
	       : bytes == 1ULL << 30 ? TLB_1G
				     : 0;
}
