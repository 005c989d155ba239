// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel_test.c - what differs between kernels: swap types of page-table entries, a bit of f_mode.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <limits.h>

#include "sys/kernel.h"

#define TYPES(first, last) ((uint32_t)(((1ULL << ((last) + 1)) - 1) & ~((1ULL << (first)) - 1)))

static void assert_types(unsigned int version, bool device_private, bool has_migration,
			 bool memory_failure, uint32_t migration, uint32_t hwpoison)
{
	uint32_t m = ~0u, h = ~0u;

	kernel__swap_types_of(version, device_private, has_migration, memory_failure, &m, &h);
	assert_int_equal(m, migration);
	assert_int_equal(h, hwpoison);
}

/*
 * include/linux/swap.h counts from MAX_SWAPFILES up: hwpoison, migration, device, markers, 32 in
 * all; the numbers here were worked out from that header of each version by hand.
 */
static void distribution_kernel(void **state)
{
	(void)state;
	/* 5.10: hwpoison 27, migration 28-29, device 30-31 */
	assert_types(KERNEL(5, 10), true, true, true, TYPES(28, 29), 1u << 27);
	/* 5.14: two exclusive device entries more */
	assert_types(KERNEL(5, 14), true, true, true, TYPES(26, 27), 1u << 25);
	/* 5.19: a marker, and a third migration type */
	assert_types(KERNEL(5, 19), true, true, true, TYPES(24, 26), 1u << 23);
	/* 6.1: and SWP_SWAPIN_ERROR */
	assert_types(KERNEL(6, 1), true, true, true, TYPES(23, 25), 1u << 22);
	/* 6.3: which is a marker now */
	assert_types(KERNEL(6, 3), true, true, true, TYPES(24, 26), 1u << 23);
	assert_types(KERNEL(6, 12), true, true, true, TYPES(24, 26), 1u << 23);
	/* 6.15: one exclusive device entry */
	assert_types(KERNEL(6, 15), true, true, true, TYPES(25, 27), 1u << 24);
	assert_types(KERNEL(6, 18), true, true, true, TYPES(25, 27), 1u << 24);
}

static void unconfigured_swap_types_are_not_counted(void **state)
{
	(void)state;
	assert_types(KERNEL(6, 18), false, true, true, TYPES(28, 30), 1u << 27);
	assert_types(KERNEL(6, 18), false, true, false, TYPES(28, 30), 0);
	assert_types(KERNEL(6, 18), false, false, true, 0, 1u << 30);
	assert_types(KERNEL(6, 18), false, false, false, 0, 0);
	assert_types(KERNEL(5, 10), false, true, false, TYPES(30, 31), 0);
	assert_types(KERNEL(5, 10), false, false, true, 0, 1u << 31);
}

static void swap_types_are_distinct(void **state)
{
	(void)state;
	for (unsigned int minor = 0; minor < 30; minor++)
		for (unsigned int major = 5; major < 8; major++)
			for (int bits = 0; bits < 8; bits++) {
				uint32_t m, h;

				kernel__swap_types_of(KERNEL(major, minor), bits & 1, bits & 2,
						      bits & 4, &m, &h);
				assert_int_equal(m & h, 0);
				assert_int_equal(!!m, !!(bits & 2));
				assert_int_equal(__builtin_popcount(h), !!(bits & 4));
			}
}

static void backing_file_mode_bit(void **state)
{
	(void)state;
	assert_int_equal(kernel__fmode_backing(KERNEL(5, 10)), 0);
	assert_int_equal(kernel__fmode_backing(KERNEL(6, 6)), 0);
	assert_int_equal(kernel__fmode_backing(KERNEL(6, 7)), 1u << 25);
	assert_int_equal(kernel__fmode_backing(KERNEL(6, 13)), 1u << 25);
	assert_int_equal(kernel__fmode_backing(KERNEL(6, 14)), 1u << 24);
	assert_int_equal(kernel__fmode_backing(UINT_MAX), 1u << 24);
}

static void versions_are_compared(void **state)
{
	(void)state;
	assert_true(KERNEL(5, 19) < KERNEL(6, 0));
	assert_true(KERNEL(6, 9) < KERNEL(6, 10));
	/* the running one: BPF ring buffers are from 5.8 */
	assert_true(kernel__version() >= KERNEL(5, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distribution_kernel),
		cmocka_unit_test(unconfigured_swap_types_are_not_counted),
		cmocka_unit_test(swap_types_are_distinct),
		cmocka_unit_test(backing_file_mode_bit),
		cmocka_unit_test(versions_are_compared),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
