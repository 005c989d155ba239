// SPDX-License-Identifier: GPL-2.0-only
/*
 * name_tables_test.c - every value that BPF can report has a name, and no two have the same one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "model/names.h"
#include "util/errno_name.h"

static void assert_complete(const char *const *names, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (!names[i])
			fail_msg("value %d of %d has no name (after %s)", i, nr,
				 i ? names[i - 1] : "none");
		assert_int_equal(names__find(names, nr, names[i]), i);
	}
	assert_int_equal(names__find(names, nr, "no such name"), -ENOENT);
}

static void every_value_has_a_name(void **state)
{
	(void)state;
	assert_complete(access_names, VS_NR_ACCESS);
	assert_complete(origin_names, VS_NR_ORIGIN);
	assert_complete(outcome_names, VS_NR_OUTCOME);
	assert_complete(cause_names, VS_NR_CAUSES);
	assert_complete(size_names, VS_NR_SIZES);
	assert_complete(lost_names, VS_NR_LOST);
	assert_complete(call_names, VS_NR_CALLS);
	assert_complete(ipi_names, VS_NR_IPI);
}

static void calls_have_the_man_page_names(void **state)
{
	(void)state;
	assert_string_equal(call_names[VS_CALL_MUNMAP], "munmap");
	assert_string_equal(call_names[VS_CALL_BRK], "brk");
	assert_string_equal(call_names[VS_CALL_PROCESS_MADVISE], "process_madvise");
	assert_string_equal(call_names[VS_CALL_UFFD], "userfaultfd");
}

/* What the C library's header knows, it calls the same. */
static void advice_has_the_header_names(void **state)
{
#define ADVICE(name)                                                                               \
	{                                                                                          \
		name, #name                                                                        \
	}
	static const struct {
		uint32_t advice;
		const char *name;
	} known[] = {
		ADVICE(MADV_NORMAL),	      ADVICE(MADV_RANDOM),	ADVICE(MADV_SEQUENTIAL),
		ADVICE(MADV_WILLNEED),	      ADVICE(MADV_DONTNEED),	ADVICE(MADV_FREE),
		ADVICE(MADV_REMOVE),	      ADVICE(MADV_DONTFORK),	ADVICE(MADV_DOFORK),
		ADVICE(MADV_MERGEABLE),	      ADVICE(MADV_HUGEPAGE),	ADVICE(MADV_NOHUGEPAGE),
		ADVICE(MADV_DONTDUMP),	      ADVICE(MADV_DODUMP),	ADVICE(MADV_WIPEONFORK),
		ADVICE(MADV_KEEPONFORK),      ADVICE(MADV_COLD),	ADVICE(MADV_PAGEOUT),
		ADVICE(MADV_HWPOISON),	      ADVICE(MADV_UNMERGEABLE),
#ifdef MADV_COLLAPSE
		ADVICE(MADV_COLLAPSE),
#endif
#ifdef MADV_DONTNEED_LOCKED
		ADVICE(MADV_DONTNEED_LOCKED),
#endif
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_string_equal(advice_name(known[i].advice), known[i].name);
	assert_int_equal(VS_MADV_DONTNEED, MADV_DONTNEED);
	assert_int_equal(VS_MADV_FREE, MADV_FREE);
	assert_string_equal(advice_name(5), "advice 5");
	assert_string_equal(advice_name(77), "advice 77");
	assert_string_equal(advice_name(4000000000), "advice 4000000000");
}

static void assert_label(uint32_t call, uint32_t detail, const char *expected)
{
	char label[CALL_LABEL_LEN];

	call_label(label, sizeof(label), call, detail);
	assert_string_equal(label, expected);
}

static void labels_include_the_detail(void **state)
{
	(void)state;
	assert_label(VS_CALL_MPROTECT, 0, "mprotect");
	assert_label(VS_CALL_MADVISE, MADV_DONTNEED, "madvise DONTNEED");
	assert_label(VS_CALL_MADVISE, 99, "madvise advice 99");
	assert_label(VS_CALL_PROCESS_MADVISE, MADV_COLD, "process_madvise COLD");
	assert_label(VS_CALL_MMAP, VS_MMAP_FIXED, "mmap FIXED");
	assert_label(VS_CALL_MMAP, 0, "mmap");
	assert_label(VS_CALL_COW, 0, "cow");
	assert_label(VS_CALL_PROCESS_MADVISE, 4000000000, "process_madvise advice 4000000000");
}

static void errors_have_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(ENOMEM), "ENOMEM");
	assert_string_equal(errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(errno_name(4000), "errno 4000");
	assert_string_equal(errno_name(0), "errno 0");
	assert_string_equal(errno_name(-1), "errno -1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_has_a_name),
		cmocka_unit_test(calls_have_the_man_page_names),
		cmocka_unit_test(advice_has_the_header_names),
		cmocka_unit_test(labels_include_the_detail),
		cmocka_unit_test(errors_have_names),
	};

	return cmocka_run_group_tests_name("name_tables", tests, NULL, NULL);
}
