// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlb_test.c - TLB sizes from register values of CPUs of several kinds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/tlb.h"

/** struct canned - a leaf as a CPU gave it */
struct canned {
	uint32_t leaf;
	uint32_t subleaf;
	struct cpuid_regs regs;
};

static const struct canned *cpu;

static struct cpuid_regs canned_cpuid(uint32_t leaf, uint32_t subleaf)
{
	for (const struct canned *c = cpu; c->leaf != UINT32_MAX; c++)
		if (c->leaf == leaf && c->subleaf == subleaf)
			return c->regs;
	return (struct cpuid_regs){};
}

static void decode(struct tlbs *t, const struct canned *leaves)
{
	cpu = leaves;
	tlbs__decode(t, canned_cpuid);
}

static void assert_tlb(const struct tlbs *t, unsigned int level, enum tlb_type type,
		       unsigned int size, unsigned int ways, unsigned int entries)
{
	const struct tlb *found = NULL;

	for (size_t i = 0; i < t->nr; i++) {
		if (t->tlb[i].level != level || t->tlb[i].type != type || !(t->tlb[i].sizes & size))
			continue;
		assert_null(found);
		found = &t->tlb[i];
	}
	assert_non_null(found);
	assert_int_equal(found->ways, ways);
	assert_int_equal(found->entries, entries);
}

#define AMD                                                                                        \
	{                                                                                          \
		0, 0,                                                                              \
		{                                                                                  \
			0x10, 0x68747541, 0x444d4163, 0x69746e65                                   \
		}                                                                                  \
	}
#define INTEL(max)                                                                                 \
	{                                                                                          \
		0, 0,                                                                              \
		{                                                                                  \
			max, 0x756e6547, 0x6c65746e, 0x49656e69                                    \
		}                                                                                  \
	}
#define END                                                                                        \
	{                                                                                          \
		UINT32_MAX, 0,                                                                     \
		{                                                                                  \
		}                                                                                  \
	}

/* A Zen 3: 64 entries of every size in L1; L2: 512 for instructions, 2,048 for data; 1 GiB, too. */
static void amd(void **state)
{
	static const struct canned leaves[] = {
		AMD,
		{ 0x80000005, 0, { 0xff40ff40, 0xff40ff40, 0x20080140, 0x20080140 } },
		{ 0x80000006, 0, { 0x58005200, 0x68006200, 0x02006140, 0x01009140 } },
		{ 0x80000019, 0, { 0xf040f040, 0x00000000, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.vendor, "AuthenticAMD");
	assert_false(t.virtual);
	assert_tlb(&t, 1, TLB_DATA, TLB_4K, TLB_FULL, 64);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_4K, TLB_FULL, 64);
	assert_tlb(&t, 1, TLB_DATA, TLB_2M, TLB_FULL, 64);
	assert_tlb(&t, 1, TLB_DATA, TLB_1G, TLB_FULL, 64);
	assert_tlb(&t, 2, TLB_DATA, TLB_4K, 8, 2048);
	assert_tlb(&t, 2, TLB_INSTRUCTION, TLB_4K, 8, 512);
	assert_tlb(&t, 2, TLB_DATA, TLB_2M, 6, 2048);
	assert_tlb(&t, 2, TLB_INSTRUCTION, TLB_2M, 6, 512);
	assert_int_equal(t.nr, 10);
	assert_non_null(strstr(t.source, "0x80000019"));
}

/* The guest that this was written on: 1 GiB is hidden; a hypervisor is there. */
static void amd_in_a_guest(void **state)
{
	static const struct canned leaves[] = {
		AMD,
		{ 1, 0, { 0x00b00f21, 0x01020800, 0xfffa3203, 0x178bfbff } },
		{ 0x80000005, 0, { 0xff60ff40, 0xff60ff40, 0x300c0140, 0x20080140 } },
		{ 0x80000006, 0, { 0x40802040, 0x60804040, 0x04008140, 0x0c009140 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_true(t.virtual);
	assert_tlb(&t, 1, TLB_DATA, TLB_4K, TLB_FULL, 96);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_4K, TLB_FULL, 64);
	assert_tlb(&t, 2, TLB_DATA, TLB_4K, 8, 128);
	assert_tlb(&t, 2, TLB_DATA, TLB_2M, 4, 128);
	for (size_t i = 0; i < t.nr; i++)
		assert_false(t.tlb[i].sizes & TLB_1G);
}

/* Nothing in the upper half: one L2 for both. Nothing at all: none. */
static void amd_unified(void **state)
{
	static const struct canned leaves[] = {
		AMD,
		{ 0x80000006, 0, { 0, 0x00004200, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_int_equal(t.nr, 1);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_4K, 4, 512);
}

/* An Alder Lake P core: L1 data in load and store, one L2 for all but some of 1 GiB. */
static void intel_leaf_18(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x20),
		{ 2, 0, { 0x00feff01, 0x000000f0, 0, 0 } },
		{ 7, 0, { 2, 0, 0, 1u << 15 } },
		{ 0x18, 0, { 8, 0, 0, 0 } },
		{ 0x18, 1, { 0, 0x00080001, 32, 0x4022 } },
		{ 0x18, 2, { 0, 0x00080006, 4, 0x4022 } },
		{ 0x18, 3, { 0, 0x0010000f, 1, 0x4125 } },
		{ 0x18, 4, { 0, 0x00060001, 16, 0x4024 } },
		{ 0x18, 5, { 0, 0x00040006, 8, 0x4024 } },
		{ 0x18, 6, { 0, 0x00080008, 1, 0x4124 } },
		{ 0x18, 7, { 0, 0x00080007, 128, 0x4043 } },
		{ 0x18, 8, { 0, 0x00080009, 128, 0x4043 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.source, "cpuid 0x18");
	assert_true(t.hybrid);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_4K, 8, 256);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_2M, 8, 32);
	assert_tlb(&t, 1, TLB_STORE, TLB_1G, TLB_FULL, 16);
	assert_tlb(&t, 1, TLB_LOAD, TLB_4K, 6, 96);
	assert_tlb(&t, 1, TLB_LOAD, TLB_2M, 4, 32);
	assert_tlb(&t, 1, TLB_LOAD, TLB_1G, TLB_FULL, 8);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_2M, 8, 1024);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_1G, 8, 1024);
	assert_int_equal(t.nr, 8);
}

/* A Skylake server: descriptors 63, 03, b6, 76, c3; leaf 0x18 is not there. */
static void intel_leaf_2(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x16),
		{ 2, 0, { 0x76036301, 0x00f0b6ff, 0x00000000, 0x00c30000 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.source, "cpuid 2");
	assert_tlb(&t, 1, TLB_DATA, TLB_4K, 4, 64);
	assert_tlb(&t, 1, TLB_DATA, TLB_2M, 4, 32);
	assert_tlb(&t, 1, TLB_DATA, TLB_1G, 4, 4);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_4K, 8, 128);
	assert_tlb(&t, 1, TLB_INSTRUCTION, TLB_2M, TLB_FULL, 8);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_4K, 6, 1536);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_2M, 6, 1536);
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_1G, 4, 16);
}

/*
 * QEMU's Intel models: CPUs that have leaf 0x18, without it; leaf 2 has bytes of caches alone, and
 * leaf 4 is of caches. So nothing is known.
 */
static void intel_masked_by_qemu(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x20),
		{ 1, 0, { 0x000806f8, 0x00000800, 0xfffab223, 0x1f8bfbff } },
		{ 2, 0, { 0x00000001, 0x00000000, 0x0000004d, 0x002c307d } },
		{ 4, 0, { 0x00000121, 0x02c0003f, 0x0000003f, 0x00000001 } },
		{ 7, 0, { 0x00000002, 0xf1bf2ffb, 0x1b415f6e, 0xac004410 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.vendor, "GenuineIntel");
	assert_true(t.virtual);
	assert_int_equal(t.nr, 0);
	assert_string_equal(t.source, "");
}

/* Another hypervisor: leaf 2 goes on to refer to leaves 4 and 0x18, and leaf 0x18 is all 0. */
static void intel_masked_leaf_2_refers_to_18(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x1f),
		{ 1, 0, { 0x000606a6, 0x00020800, 0xfffa3203, 0x1f8bfbff } },
		{ 2, 0, { 0x00feff01, 0x000000f0, 0x00000000, 0x00000000 } },
		{ 4, 0, { 0x7c004121, 0x02c0003f, 0x0000003f, 0x00000000 } },
		{ 0x18, 0, { 0, 0, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_true(t.virtual);
	assert_int_equal(t.nr, 0);
	assert_string_equal(t.source, "");
}

/* Leaf 0x18 is all 0, but leaf 2 has sizes: these are shown. */
static void intel_leaf_2_where_18_is_masked(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x1f),
		{ 2, 0, { 0x76036301, 0x00f0b6ff, 0x00000000, 0x00c30000 } },
		{ 0x18, 0, { 0, 0, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.source, "cpuid 2");
	assert_tlb(&t, 2, TLB_UNIFIED, TLB_4K, 6, 1536);
}

/* Leaf 0x18 as a hypervisor may make it up: more subleaves than can be, each of them the same. */
static struct cpuid_regs endless_cpuid(uint32_t leaf, uint32_t subleaf)
{
	static const struct canned leaves[] = { INTEL(0x18), END };

	if (leaf == 0x18)
		return (struct cpuid_regs){ UINT32_MAX, 0x00080001, 32, 0x4022 };
	cpu = leaves;
	return canned_cpuid(leaf, subleaf);
}

static void intel_leaf_18_without_end(void **state)
{
	struct tlbs t;

	(void)state;
	tlbs__decode(&t, endless_cpuid);
	assert_int_equal(t.nr, MAX_TLBS);
}

/* No leaf but 0, of each vendor: nothing is known, and the vendor is. */
static void no_leaves(void **state)
{
	static const struct canned intel[] = { INTEL(1), END }, amd[] = { AMD, END };
	static const struct canned nobody[] = { END };
	const struct {
		const struct canned *leaves;
		const char *vendor;
	} cases[] = { { intel, "GenuineIntel" }, { amd, "AuthenticAMD" }, { nobody, "" } };
	struct tlbs t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		decode(&t, cases[i].leaves);
		assert_string_equal(t.vendor, cases[i].vendor);
		assert_int_equal(t.nr, 0);
		assert_string_equal(t.source, "");
		assert_false(t.virtual);
		assert_false(t.hybrid);
	}
}

/* A register whose bit 31 is set holds no descriptors; al is a count. */
static void intel_leaf_2_invalid(void **state)
{
	static const struct canned leaves[] = {
		INTEL(0x16),
		{ 2, 0, { 0x00000003, 0x80000003, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_int_equal(t.nr, 0);
	assert_string_equal(t.source, "");
}

static void other_vendors_are_unknown(void **state)
{
	static const struct canned leaves[] = {
		{ 0, 0, { 0x10, 0x746e6543, 0x736c7561, 0x48727561 } },
		{ 0x80000005, 0, { 0xff40ff40, 0xff40ff40, 0, 0 } },
		END,
	};
	struct tlbs t;

	(void)state;
	decode(&t, leaves);
	assert_string_equal(t.vendor, "CentaurHauls");
	assert_int_equal(t.nr, 0);
	assert_string_equal(t.source, "");
}

static void sizes(void **state)
{
	(void)state;
	assert_int_equal(tlb_size_bit(4096), TLB_4K);
	assert_int_equal(tlb_size_bit(2 << 20), TLB_2M);
	assert_int_equal(tlb_size_bit(1 << 30), TLB_1G);
	assert_int_equal(tlb_size_bit(0), 0);
	assert_int_equal(tlb_size_bit(65536), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amd),
		cmocka_unit_test(amd_in_a_guest),
		cmocka_unit_test(amd_unified),
		cmocka_unit_test(intel_leaf_18),
		cmocka_unit_test(intel_leaf_2),
		cmocka_unit_test(intel_leaf_2_invalid),
		cmocka_unit_test(intel_masked_by_qemu),
		cmocka_unit_test(intel_masked_leaf_2_refers_to_18),
		cmocka_unit_test(intel_leaf_2_where_18_is_masked),
		cmocka_unit_test(intel_leaf_18_without_end),
		cmocka_unit_test(no_leaves),
		cmocka_unit_test(other_vendors_are_unknown),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
