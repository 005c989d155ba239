// SPDX-License-Identifier: GPL-2.0-only
/*
 * call_args_test.c - memory calls in words: every call, every kind of argument and result.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "view/trace/call_args.h"

#define PAGE 4096ULL
#define MIB (1ULL << 20)
#define BASE 0x7f3a12345000ULL
#define ARGUMENTS(...)                                                                             \
	(const uint64_t[4])                                                                        \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static struct vs_event_call call_of(enum vs_call call, const uint64_t *arguments, int64_t result)
{
	struct vs_event_call e = { .call = call, .result = result };

	for (int i = 0; i < 4; i++)
		e.argument[i] = arguments[i];
	if (call == VS_CALL_MADVISE)
		e.detail = arguments[2];
	if (call == VS_CALL_PROCESS_MADVISE)
		e.detail = arguments[3];
	return e;
}

static void add_vma(struct vs_event_call *e, uint64_t flags)
{
	e->vma[e->nr_vmas++].flags = flags;
}

static void assert_words(const struct vs_event_call *e, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	call_print(f, e);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void every_call_is_printed(void **state)
{
	const int64_t there = BASE, elsewhere = 0x7f3a99999000;
	const struct {
		enum vs_call call;
		const uint64_t *arguments;
		int64_t result;
		const char *words;
	} cases[] = {
		{ VS_CALL_MPROTECT, ARGUMENTS(BASE, PAGE, 1), 0, "mprotect(7f3a12345000+4K, r--)" },
		{ VS_CALL_PKEY_MPROTECT, ARGUMENTS(BASE, PAGE, 3, -1ULL), 0,
		  "pkey_mprotect(7f3a12345000+4K, rw-, key -1)" },
		{ VS_CALL_MUNMAP, ARGUMENTS(BASE, 3 * MIB), 0, "munmap(7f3a12345000+3M)" },
		{ VS_CALL_MREMAP, ARGUMENTS(BASE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), there,
		  "mremap(7f3a12345000+4K, 8K) in place" },
		{ VS_CALL_MREMAP, ARGUMENTS(BASE, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED),
		  elsewhere, "mremap(7f3a12345000+4K, 8K, FIXED) = 7f3a99999000" },
		{ VS_CALL_MADVISE, ARGUMENTS(BASE, 2 * MIB, 4), 0,
		  "madvise(7f3a12345000+2M, DONTNEED)" },
		{ VS_CALL_MADVISE, ARGUMENTS(BASE, 2 * MIB, 77), 0,
		  "madvise(7f3a12345000+2M, advice 77)" },
		{ VS_CALL_PROCESS_MADVISE, ARGUMENTS(3, 0, 2, 21), 8192,
		  "process_madvise(2 ranges, PAGEOUT) = 8192" },
		{ VS_CALL_BRK, ARGUMENTS(0, BASE), there, "brk(0) = 7f3a12345000" },
		{ VS_CALL_BRK, ARGUMENTS(BASE, BASE - 132 * 1024), there,
		  "brk(+132K) = 7f3a12345000" },
		{ VS_CALL_BRK, ARGUMENTS(BASE, BASE + 1), there, "brk(-1) = 7f3a12345000" },
		{ VS_CALL_MMAP, ARGUMENTS(0, 8 * MIB, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK),
		  there, "mmap(8M, rw-, ANON) = 7f3a12345000" },
		{ VS_CALL_MMAP, ARGUMENTS(BASE + PAGE, 4097, 1, MAP_PRIVATE), there,
		  "mmap(4097, r--) = 7f3a12345000" },
		{ VS_CALL_MMAP, ARGUMENTS(BASE, PAGE, 0, MAP_SHARED | MAP_FIXED), there,
		  "mmap(7f3a12345000+4K, ---, SHARED|FIXED)" },
		{ VS_CALL_MMAP,
		  ARGUMENTS(0, 1ULL << 30, 3, MAP_PRIVATE | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT),
		  there, "mmap(1G, rw-, HUGETLB|0x54000000) = 7f3a12345000" },
		{ VS_CALL_MLOCK, ARGUMENTS(BASE, 3 * MIB), 0, "mlock(7f3a12345000+3M)" },
		{ VS_CALL_MLOCK2, ARGUMENTS(BASE, PAGE, MLOCK_ONFAULT, MAP_FIXED), 0,
		  "mlock2(7f3a12345000+4K, ONFAULT)" },
		{ VS_CALL_MUNLOCK, ARGUMENTS(BASE + 1, PAGE), 0, "munlock(7f3a12345001+4K)" },
		{ VS_CALL_MLOCKALL, ARGUMENTS(MCL_CURRENT | MCL_FUTURE | 8), 0,
		  "mlockall(CURRENT|FUTURE|0x8)" },
		{ VS_CALL_MUNLOCKALL, ARGUMENTS(1, 2, 3, 4), 0, "munlockall" },
		{ VS_CALL_FORK, ARGUMENTS(0), 1234, "fork = 1234" },
		{ VS_CALL_EXEC, ARGUMENTS(0), 0, "exec" },
		{ VS_CALL_EXIT, ARGUMENTS(0), 0, "exit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct vs_event_call e = call_of(cases[i].call, cases[i].arguments,
						       cases[i].result);

		assert_words(&e, cases[i].words);
		assert_false(call_failed(&e));
	}
}

static void errors_are_printed_first(void **state)
{
	struct vs_event_call e = call_of(VS_CALL_MPROTECT, ARGUMENTS(BASE, PAGE, 5), -ENOMEM);

	(void)state;
	/* what it would have changed it has not */
	add_vma(&e, VS_VM_READ | VS_VM_WRITE);
	assert_words(&e, "mprotect = ENOMEM: 7f3a12345000+4K, r-x");
	assert_true(call_failed(&e));
	assert_int_equal(call_errno(&e), ENOMEM);
	e = call_of(VS_CALL_MMAP, ARGUMENTS(0, PAGE, 3, MAP_PRIVATE), -EAGAIN);
	assert_words(&e, "mmap = EAGAIN: 4K, rw-");
	e = call_of(VS_CALL_FORK, ARGUMENTS(0), -EAGAIN);
	assert_words(&e, "fork = EAGAIN");
	e = call_of(VS_CALL_MLOCKALL, ARGUMENTS(MCL_CURRENT), -EPERM);
	assert_words(&e, "mlockall = EPERM: CURRENT");
	e = call_of(VS_CALL_MLOCKALL, ARGUMENTS(0), -EINVAL);
	assert_words(&e, "mlockall = EINVAL");
	/* addresses in the upper half are none, but for the last page */
	e = call_of(VS_CALL_MMAP, ARGUMENTS(0, PAGE, 3, MAP_PRIVATE), -4096);
	assert_int_equal(call_errno(&e), 0);
}

static void brk_without_effect_is_a_failure(void **state)
{
	struct vs_event_call e = call_of(VS_CALL_BRK, ARGUMENTS(BASE + MIB, BASE), (int64_t)BASE);

	(void)state;
	assert_words(&e, "brk failed: +1M");
	assert_true(call_failed(&e));
	assert_int_equal(call_errno(&e), 0);
}

static void protection_before_and_after(void **state)
{
	struct vs_event_call e = call_of(VS_CALL_MPROTECT, ARGUMENTS(BASE, 2 * PAGE, 1), 0);

	(void)state;
	add_vma(&e, VS_VM_READ | VS_VM_WRITE | VS_VM_MAYSHARE);
	assert_words(&e, "mprotect(7f3a12345000+8K, rw->r--)");
	add_vma(&e, VS_VM_READ | VS_VM_WRITE);
	assert_words(&e, "mprotect(7f3a12345000+8K, rw->r--)");
	add_vma(&e, VS_VM_READ);
	add_vma(&e, 0);
	assert_words(&e, "mprotect(7f3a12345000+8K, rw-|r--|--->r--)");
	/* as they were */
	e.nr_vmas = 0;
	add_vma(&e, VS_VM_READ);
	assert_words(&e, "mprotect(7f3a12345000+8K, r--)");
}

static void write_and_exec_is_marked(void **state)
{
	struct vs_event_call e = call_of(VS_CALL_MPROTECT, ARGUMENTS(BASE, PAGE, 5), 0);

	(void)state;
	e.wx = VS_WX_FLIP;
	add_vma(&e, VS_VM_READ | VS_VM_WRITE);
	assert_words(&e, "mprotect(7f3a12345000+4K, rw->r-x!)");
	e = call_of(VS_CALL_MMAP, ARGUMENTS(0, PAGE, 7, MAP_PRIVATE), BASE);
	e.wx = VS_WX_BOTH;
	assert_words(&e, "mmap(4K, rwx!) = 7f3a12345000");
}

static void arguments_are_in_order(void **state)
{
	const struct vs_event_call brk = call_of(VS_CALL_BRK, ARGUMENTS(1, 2, 3, 4), 0);
	const struct vs_event_call mmap = call_of(VS_CALL_MMAP, ARGUMENTS(1, 2, 3, 4), 0);
	const struct vs_event_call exit = call_of(VS_CALL_EXIT, ARGUMENTS(1, 2, 3, 4), 0);
	uint64_t value;

	(void)state;
	for (int i = 0; i < NR_CALL_ARGS; i++) {
		assert_true(call_arg(&mmap, i, &value));
		assert_int_equal(value, i + 1);
		assert_false(call_arg(&exit, i, &value));
	}
	assert_true(call_arg(&brk, CALL_ARG_START, &value));
	assert_int_equal(value, 1);
	assert_false(call_arg(&brk, CALL_ARG_LENGTH, &value));
	assert_true(call_arg(&brk, CALL_ARG_OTHER, &value));
	assert_int_equal(value, 2);
	assert_false(call_returns(&exit));
	assert_true(call_returns(&brk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_is_printed),
		cmocka_unit_test(errors_are_printed_first),
		cmocka_unit_test(brk_without_effect_is_a_failure),
		cmocka_unit_test(protection_before_and_after),
		cmocka_unit_test(write_and_exec_is_marked),
		cmocka_unit_test(arguments_are_in_order),
	};

	return cmocka_run_group_tests_name("call_args", tests, NULL, NULL);
}
