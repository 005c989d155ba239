// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_entry_test.c - addresses split, and page-table entries taken apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "explain/explanation.h"
#include "explain/table_entry.h"

/* Debian's 6.12: 3 migration types, hwpoison, 4 device types (31 is the marker). */
static const struct swap_layout layout = {
	.migration = 7u << 25, .hwpoison = 1u << 24, .device = 7u << 28, .marker = 1u << 31
};

#define PTE TABLE_LEVEL_PTE
#define PMD (TABLE_LEVEL_PTE - 1)
#define PUD (TABLE_LEVEL_PTE - 2)

static struct table_entry decode(uint64_t raw, unsigned int level, uint64_t address)
{
	return table_entry__decode(raw, level, 4, address, &layout);
}

/* As __swp_entry() in arch/x86/include/asm/pgtable_64.h packs them. */
static uint64_t swap_entry(uint64_t type, uint64_t offset)
{
	return ~offset << 14 >> 5 | type << 59;
}

static void assert_flags(uint64_t raw, unsigned int level, const char *expected)
{
	struct table_entry e = decode(raw, level, 0);
	const struct flag *flags[MAX_ENTRY_FLAGS];
	size_t n = table_entry__flags(&e, flags);
	char text[256] = "";

	for (size_t i = 0; i < n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, flags[i]->name);
	}
	assert_string_equal(text, expected);
}

static void addresses_are_split(void **state)
{
	/* 0xff 0x155 0x0aa 0x1fe, offset 0x123 */
	const uint64_t address = 0xffULL << 39 | 0x155ULL << 30 | 0xaaULL << 21 | 0x1feULL << 12 |
				 0x123;

	(void)state;
	assert_int_equal(table_level__index(1, address), 0xff);
	assert_int_equal(table_level__index(2, address), 0x155);
	assert_int_equal(table_level__index(3, address), 0xaa);
	assert_int_equal(table_level__index(4, address), 0x1fe);
	assert_int_equal(table_level__index(0, address), 0);
	assert_int_equal(table_level__index(0, 0x7fULL << 48 | address), 0x7f);
	assert_string_equal(table_level__name(1, 4), "PGD");
	assert_string_equal(table_level__name(0, 5), "PGD");
	assert_string_equal(table_level__name(1, 5), "P4D");
	assert_string_equal(table_level__name(2, 4), "PUD");
	assert_string_equal(table_level__name(4, 5), "PTE");
	assert_true(table_level__size(PTE) == 4096);
	assert_true(table_level__size(PMD) == 2 << 20);
	assert_true(table_level__size(PUD) == 1 << 30);
}

static void address_types(void **state)
{
	(void)state;
	assert_int_equal(address_kind(0, 4), ADDRESS_USER);
	assert_int_equal(address_kind(0x00007fffffffffff, 4), ADDRESS_USER);
	assert_int_equal(address_kind(0x0000800000000000, 4), ADDRESS_NON_CANONICAL);
	assert_int_equal(address_kind(0xffff7fffffffffff, 4), ADDRESS_NON_CANONICAL);
	assert_int_equal(address_kind(0xffff800000000000, 4), ADDRESS_KERNEL);
	assert_int_equal(address_kind(UINT64_MAX, 4), ADDRESS_KERNEL);
	assert_int_equal(address_kind(0x0000800000000000, 5), ADDRESS_USER);
	assert_int_equal(address_kind(0x00ffffffffffffff, 5), ADDRESS_USER);
	assert_int_equal(address_kind(0x0100000000000000, 5), ADDRESS_NON_CANONICAL);
	assert_int_equal(address_kind(0xff00000000000000, 5), ADDRESS_KERNEL);
}

static void present_entries(void **state)
{
	struct table_entry e = decode(0x8000000123456867, PTE, 0x7f0000001234);

	(void)state;
	assert_int_equal(e.kind, ENTRY_PAGE);
	assert_true(e.has_frame && e.frame == 0x123456);
	assert_int_equal(e.index, 1);
	assert_flags(0x8000000123456867, PTE, "present rw user accessed dirty soft-dirty nx");
	assert_flags(0x123456125, PTE, "present user accessed global");
	assert_flags(0x123456625, PTE, "present user accessed special uffd-wp");
	assert_flags(0x12345601f, PTE, "present rw user pwt pcd");
	/* bit 7 of a PTE is its PAT bit, not a huge page */
	assert_flags(0x1234560a5, PTE, "present user accessed");
	assert_flags(1ULL << 58 | 0x123456025, PTE, "present user accessed saved-dirty");
	assert_int_equal(decode(5ULL << 59 | 0x123456025, PTE, 0).pkey, 5);
	/* a table: bits that mean something of a page alone are left out */
	e = decode(0x123456067, PMD, 0);
	assert_int_equal(e.kind, ENTRY_TABLE);
	assert_true(e.has_frame && e.frame == 0x123456);
	assert_flags(0x123456067, PMD, "present rw user accessed");
}

static void huge_pages(void **state)
{
	/* the frame is that of the address's own base page; bit 12 is PAT */
	struct table_entry e = decode(0x80000001234010e7, PMD, 0x7f0000003005);

	(void)state;
	assert_int_equal(e.kind, ENTRY_PAGE);
	assert_true(e.frame == 0x123403);
	assert_flags(0x80000001234010e7, PMD, "present rw user accessed dirty pse nx");
	e = decode(0x1400000e7, PUD, 0x7f0012345678);
	assert_int_equal(e.kind, ENTRY_PAGE);
	assert_true(e.frame == 0x140000 + 0x12345);
	/* pmd_mkinvalid(): present is taken away, the frame inverted, PSE stays */
	e = decode((~0x123400000ULL & 0x000fffffffe00000) | 0xe6, PMD, 0x5000);
	assert_int_equal(e.kind, ENTRY_SPLITTING);
	assert_true(e.frame == 0x123405);
}

static void entries_of_prot_none(void **state)
{
	/* pfn_pte() inverts the frame of what is not present */
	const uint64_t raw = (~0x123456000ULL & 0x000ffffffffff000) | 0x8000000000000160;
	struct table_entry e = decode(raw, PTE, 0);

	(void)state;
	assert_int_equal(e.kind, ENTRY_PROTNONE);
	assert_true(e.has_frame && e.frame == 0x123456);
	assert_flags(raw, PTE, "accessed dirty protnone nx");
}

static void swap_entries(void **state)
{
	struct table_entry e = decode(swap_entry(0, 0x1234), PTE, 0);

	(void)state;
	assert_int_equal(e.kind, ENTRY_SWAP);
	assert_int_equal(e.swap_type, 0);
	assert_true(e.swap_offset == 0x1234);
	assert_false(e.has_frame);
	e = decode(swap_entry(3, (1ULL << 50) - 2), PTE, 0);
	assert_int_equal(e.swap_type, 3);
	assert_true(e.swap_offset == (1ULL << 50) - 2);
	assert_flags(swap_entry(3, 77) | 0xe, PTE, "soft-dirty uffd-wp exclusive");
	assert_flags(swap_entry(3, 77), PTE, "");
	/* a migration entry's offset is the frame, with bits above it (SWP_MIG_YOUNG) */
	e = decode(swap_entry(26, 1ULL << 34 | 0x123456), PTE, 0);
	assert_int_equal(e.kind, ENTRY_MIGRATION);
	assert_true(e.has_frame && e.frame == 0x123456);
	assert_int_equal(decode(swap_entry(24, 0x123456), PTE, 0).kind, ENTRY_HWPOISON);
	assert_int_equal(decode(swap_entry(29, 0x123456), PTE, 0).kind, ENTRY_DEVICE);
	e = decode(swap_entry(31, MARKER_GUARD), PTE, 0);
	assert_int_equal(e.kind, ENTRY_MARKER);
	assert_int_equal(e.marker, MARKER_GUARD);
	assert_int_equal(decode(0, PTE, 0).kind, ENTRY_EMPTY);
	assert_flags(0, PTE, "");
}

static void swap_layouts(void **state)
{
	struct swap_layout l = swap_layout__make(6 << 8 | 12, 7u << 25, 1u << 24);

	(void)state;
	assert_true(l.marker == 1u << 31 && l.device == 7u << 28 && !l.poisoned);
	/* 6.1 has a type of its own for what could not be read back */
	l = swap_layout__make(6 << 8 | 1, 7u << 23, 1u << 22);
	assert_true(l.marker == 1u << 30 && l.poisoned == 1u << 31 && l.device == 15u << 26);
	assert_int_equal(table_entry__decode(swap_entry(31, 0), PTE, 4, 0, &l).marker,
			 MARKER_POISONED);
	/* nothing special but the marker: the rest is swap areas */
	l = swap_layout__make(6 << 8 | 12, 0, 0);
	assert_true(l.marker == 1u << 31 && !l.device);
	l = swap_layout__make(5 << 8 | 10, 3u << 28, 1u << 27);
	assert_true(!l.marker && l.device == 3u << 30);
}

static void stack_growth(void **state)
{
	const uint64_t end = 0x7ffd00000000, mib = 1 << 20;

	(void)state;
	assert_true(stack_gap__grows(end - 2 * mib, 0, end, 8 * mib));
	assert_true(stack_gap__grows(end - 8 * mib, 0, end, 8 * mib));
	assert_false(stack_gap__grows(end - 8 * mib - 1, 0, end, 8 * mib));
	assert_true(stack_gap__grows(end - 100 * mib, 0, end, UINT64_MAX));
	/* 1 MiB is kept free above what is below */
	assert_true(stack_gap__grows(end - 2 * mib, end - 3 * mib, end, 8 * mib));
	assert_false(stack_gap__grows(end - 2 * mib, end - 3 * mib + 4096, end, 8 * mib));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_split),	cmocka_unit_test(address_types),
		cmocka_unit_test(present_entries),	cmocka_unit_test(huge_pages),
		cmocka_unit_test(entries_of_prot_none), cmocka_unit_test(swap_entries),
		cmocka_unit_test(swap_layouts),		cmocka_unit_test(stack_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
