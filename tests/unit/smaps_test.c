// SPDX-License-Identifier: GPL-2.0-only
/*
 * smaps_test.c - one VMA found in smaps, its sizes and VmFlags; page flags decoded.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "explain/page_flags.h"
#include "explain/smaps.h"

static const char text[] = "556a3d7fd000-556a3d7ff000 r--p 00000000 fe:00 247134 /usr/bin/a b\n"
			   "Size:                  8 kB\n"
			   "KernelPageSize:        4 kB\n"
			   "Rss:                   8 kB\n"
			   "VmFlags: rd mr mw me \n"
			   "7f0000000000-7f0000400000 rw-p 00000000 00:00 0 \n"
			   "Size:               4096 kB\n"
			   "KernelPageSize:        4 kB\n"
			   "MMUPageSize:           4 kB\n"
			   "Rss:                2052 kB\n"
			   "Pss:                1026 kB\n"
			   "Pss_Dirty:             7 kB\n"
			   "AnonHugePages:      2048 kB\n"
			   "Swap:                 12 kB\n"
			   "SwapPss:               3 kB\n"
			   "LazyFree:              8 kB\n"
			   "THPeligible:           1\n"
			   "ProtectionKey:         0\n"
			   "VmFlags: rd wr mr mw me ac hg zz \n"
			   "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]\n"
			   "Rss:                 999 kB\n"
			   "VmFlags: rd wr gd \n";

static int parse(uint64_t address, struct smaps *s)
{
	FILE *f = fmemopen((void *)text, sizeof(text) - 1, "r");
	int err;

	assert_non_null(f);
	err = smaps__parse(f, address, s);
	fclose(f);
	return err;
}

static void finds_a_vma(void **state)
{
	struct smaps s;

	(void)state;
	assert_int_equal(parse(0x7f0000400000 - 1, &s), 0);
	assert_true(s.map.start == 0x7f0000000000 && s.map.end == 0x7f0000400000);
	assert_string_equal(s.map.name, "");
	assert_string_equal(s.map.perms, "rw-p");
	assert_true(s.bytes[SMAPS_RSS] == 2052 << 10);
	assert_true(s.bytes[SMAPS_PSS] == 1026 << 10);
	assert_true(s.bytes[SMAPS_SWAP] == 12 << 10);
	assert_true(s.bytes[SMAPS_LAZY_FREE] == 8 << 10);
	assert_true(s.bytes[SMAPS_ANON_HUGE] == 2048 << 10);
	assert_true(s.bytes[SMAPS_KERNEL_PAGE_SIZE] == 4096);
	assert_true(s.known & 1u << SMAPS_RSS);
	assert_false(s.known & 1u << SMAPS_LOCKED);
	assert_true(smaps__has(&s, "rd") && smaps__has(&s, "ac") && smaps__has(&s, "zz"));
	assert_false(smaps__has(&s, "gd") || smaps__has(&s, "d") || smaps__has(&s, "rd wr"));
	smaps__free(&s);
}

static void finds_the_first_and_the_last_vma(void **state)
{
	struct smaps s;

	(void)state;
	assert_int_equal(parse(0x556a3d7fd000, &s), 0);
	assert_string_equal(s.map.name, "/usr/bin/a b");
	assert_true(s.bytes[SMAPS_RSS] == 8 << 10);
	assert_false(s.known & 1u << SMAPS_PSS);
	smaps__free(&s);
	assert_int_equal(parse(0x7ffd00020fff, &s), 0);
	assert_true(smaps__has(&s, "gd"));
	assert_true(s.bytes[SMAPS_RSS] == 999 << 10);
	smaps__free(&s);
}

static void no_vma_at_the_address(void **state)
{
	static const uint64_t addresses[] = { 0, 0x556a3d7ff000, 0x7f0000400000, UINT64_MAX };
	struct smaps s;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		assert_int_equal(parse(addresses[i], &s), -ENOENT);
}

static void vm_flags_are_decoded(void **state)
{
	(void)state;
	assert_string_equal(smaps__flag("rd")->word, "readable");
	assert_string_equal(smaps__flag("wf")->word, "wiped on fork");
	assert_string_equal(smaps__flag("gd")->name, "gd");
	assert_non_null(smaps__flag("zz")->word);
	assert_null(smaps__flag("zz")->name);
}

static void page_flags_are_decoded(void **state)
{
	const struct flag *flags[MAX_PAGE_FLAGS];
	size_t n = page_flags__decode(1ULL << 12 | 1ULL << 5 | 1ULL << 33 | 1ULL << 63, flags);

	(void)state;
	assert_int_equal(n, 3);
	assert_string_equal(flags[0]->name, "lru");
	assert_string_equal(flags[1]->name, "anon");
	assert_string_equal(flags[2]->name, "mlocked");
	assert_true(page_flags__unnamed(1ULL << 12 | 1ULL << 63) == 1ULL << 63);
	assert_int_equal(page_flags__decode(0, flags), 0);
	/* one bit, and two meanings: of the page cache, of anonymous memory */
	assert_int_equal(page_flags__decode(1ULL << 34, flags), 1);
	assert_string_equal(flags[0]->name, "owner-2");
	assert_int_equal(page_flags__decode(1ULL << 34 | 1ULL << 12, flags), 2);
	assert_string_equal(flags[1]->name, "anon-exclusive");
	assert_int_equal(page_flags__decode(1ULL << 24, flags), 1);
	assert_string_equal(flags[0]->name, "zero-page");
}

/* Only what is present has a frame; what the kernel blanks is none. */
static void frame_numbers_of_pagemap(void **state)
{
	(void)state;
	assert_true(pagemap__frame(PAGEMAP_PRESENT | PAGEMAP_EXCLUSIVE | 0x123456) == 0x123456);
	assert_true(pagemap__frame(PAGEMAP_PRESENT) == 0);
	assert_true(pagemap__frame(PAGEMAP_SWAPPED | 0x123456) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_vma),
		cmocka_unit_test(finds_the_first_and_the_last_vma),
		cmocka_unit_test(no_vma_at_the_address),
		cmocka_unit_test(vm_flags_are_decoded),
		cmocka_unit_test(page_flags_are_decoded),
		cmocka_unit_test(frame_numbers_of_pagemap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
