// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls_test.c - which memory call explains an address that cannot be used (any more).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/history/calls.h"

#define PID 7
#define BASE 0x7f0000000000ULL
#define PAGE 4096ULL
#define NEVER UINT64_MAX

static struct calls calls;

static int set_up(void **state)
{
	(void)state;
	calls__init(&calls);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	calls__free(&calls);
	return 0;
}

static void add(uint32_t pid, uint64_t time_ns, enum vs_call call, uint64_t start, uint64_t length,
		uint64_t argument, uint64_t result)
{
	struct vs_event_call e = {
		.head = { .type = VS_EVENT_CALL, .time_ns = time_ns },
		.pid = pid,
		.tid = pid + 1,
		.call = call,
		.argument = { start, length, argument },
		.result = result,
	};

	calls__add(&calls, &e);
}

/* Time of the call that explains @address before @before_ns, 0 if none does. */
static uint64_t last(uint64_t address, uint64_t before_ns)
{
	const struct vs_event_call *call = calls__last(&calls, PID, address, before_ns);

	return call ? call->head.time_ns : 0;
}

static void other_processes_have_no_calls(void **state)
{
	(void)state;
	assert_int_equal(last(BASE, NEVER), 0);
	add(PID + 1, 1, VS_CALL_MUNMAP, BASE, PAGE, 0, 0);
	assert_int_equal(last(BASE, NEVER), 0);
	assert_non_null(calls__last(&calls, PID + 1, BASE, NEVER));
	calls__forget(&calls, 12345);
}

static void every_field_of_a_call_is_kept(void **state)
{
	const struct vs_event_call *call;

	(void)state;
	add(PID, 5, VS_CALL_PKEY_MPROTECT, BASE, 3 * PAGE, 1, 0);
	call = calls__last(&calls, PID, BASE + PAGE, NEVER);
	assert_non_null(call);
	assert_int_equal(call->call, VS_CALL_PKEY_MPROTECT);
	assert_int_equal(call->argument[0], BASE);
	assert_int_equal(call->argument[1], 3 * PAGE);
	assert_int_equal(call->argument[2], 1);
	assert_int_equal(call->tid, PID + 1);
}

/* The kernel rounds lengths up to pages. */
static void ranges_are_whole_pages(void **state)
{
	static const enum vs_call ranged[] = { VS_CALL_MUNMAP, VS_CALL_MPROTECT,
					       VS_CALL_PKEY_MPROTECT };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint64_t start = BASE + i * 64 * PAGE;

		add(PID, 10 + i, ranged[i], start, PAGE + 1, 0, 0);
		assert_int_equal(last(start - 1, NEVER), 0);
		assert_int_equal(last(start, NEVER), 10 + i);
		assert_int_equal(last(start + 2 * PAGE - 1, NEVER), 10 + i);
		assert_int_equal(last(start + 2 * PAGE, NEVER), 0);
	}
}

static void latest_call_explains(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MPROTECT, BASE, 16 * PAGE, 1, 0);
	add(PID, 20, VS_CALL_MPROTECT, BASE + 4 * PAGE, PAGE, 3, 0);
	add(PID, 30, VS_CALL_MUNMAP, BASE + 8 * PAGE, PAGE, 0, 0);
	assert_int_equal(last(BASE, NEVER), 10);
	assert_int_equal(last(BASE + 4 * PAGE, NEVER), 20);
	assert_int_equal(last(BASE + 8 * PAGE, NEVER), 30);
}

/* What a handler repairs after a crash does not explain that crash. */
static void calls_after_the_fault_are_ignored(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MPROTECT, BASE, PAGE, 1, 0);
	add(PID, 20, VS_CALL_MPROTECT, BASE, PAGE, 3, 0);
	assert_int_equal(last(BASE, 9), 0);
	assert_int_equal(last(BASE, 10), 10);
	assert_int_equal(last(BASE, 19), 10);
	assert_int_equal(last(BASE, 20), 20);
}

static void mremap_moved_explains_old_range(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MREMAP, BASE, 4 * PAGE, 8 * PAGE, BASE + 64 * PAGE);
	assert_int_equal(last(BASE, NEVER), 10);
	assert_int_equal(last(BASE + 4 * PAGE - 1, NEVER), 10);
	assert_int_equal(last(BASE + 4 * PAGE, NEVER), 0);
	assert_int_equal(last(BASE - 1, NEVER), 0);
	assert_int_equal(last(BASE + 64 * PAGE, NEVER), 0); /* the new place */
}

static void mremap_shrunk_explains_the_end(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MREMAP, BASE, 8 * PAGE, 2 * PAGE, BASE);
	assert_int_equal(last(BASE + 2 * PAGE - 1, NEVER), 0);
	assert_int_equal(last(BASE + 2 * PAGE, NEVER), 10);
	assert_int_equal(last(BASE + 8 * PAGE - 1, NEVER), 10);
	assert_int_equal(last(BASE + 8 * PAGE, NEVER), 0);
	/* grown in place: nothing is gone */
	add(PID, 20, VS_CALL_MREMAP, BASE + 64 * PAGE, PAGE, 4 * PAGE, BASE + 64 * PAGE);
	assert_int_equal(last(BASE + 64 * PAGE, NEVER), 0);
	assert_int_equal(last(BASE + 66 * PAGE, NEVER), 0);
}

static void madvise_does_not_explain(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MADVISE, BASE, 4 * PAGE, 4, 0);
	assert_int_equal(last(BASE, NEVER), 0);
}

/* The heap grows, and shrinks: only what was heap in between is gone. */
static void brk_shrunk_explains_the_heap(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_BRK, BASE + 32 * PAGE, 0, 0, BASE + 32 * PAGE);
	add(PID, 20, VS_CALL_BRK, BASE + 8 * PAGE, 0, 0, BASE + 8 * PAGE);
	assert_int_equal(last(BASE + 8 * PAGE, NEVER), 20);
	assert_int_equal(last(BASE + 32 * PAGE - 1, NEVER), 20);
	assert_int_equal(last(BASE + 8 * PAGE - 1, NEVER), 0);
}

/* A heap that has only grown took nothing away, so it explains no overrun of it. */
static void brk_grown_does_not_explain(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_BRK, 0, 0, 0, BASE); /* where is it? */
	assert_int_equal(last(BASE + 4 * PAGE, NEVER), 0);
	add(PID, 20, VS_CALL_BRK, BASE + 8 * PAGE, 0, 0, BASE + 8 * PAGE);
	assert_int_equal(last(BASE + 9 * PAGE, NEVER), 0);
}

static void exited_process_is_removed(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MUNMAP, BASE, PAGE, 0, 0);
	add(PID + 1, 11, VS_CALL_MUNMAP, BASE, PAGE, 0, 0);
	calls__forget(&calls, PID);
	assert_int_equal(last(BASE, NEVER), 0);
	assert_non_null(calls__last(&calls, PID + 1, BASE, NEVER));
	add(PID, 12, VS_CALL_MUNMAP, BASE, PAGE, 0, 0); /* its id is used again */
	assert_int_equal(last(BASE, NEVER), 12);
}

/* The ring goes round: the last CALLS_KEPT are known, and nothing older. */
static void only_the_latest_calls_are_kept(void **state)
{
	const uint64_t n = 3 * CALLS_KEPT + 17;

	(void)state;
	for (uint64_t i = 1; i <= n; i++)
		add(PID, i, VS_CALL_MUNMAP, BASE + i * PAGE, PAGE, 0, 0);
	for (uint64_t i = 1; i <= n; i++)
		assert_int_equal(last(BASE + i * PAGE, NEVER), i > n - CALLS_KEPT ? i : 0);
}

/* A call that failed changed nothing, whatever it asked for. */
static void failed_calls_do_not_explain(void **state)
{
	(void)state;
	add(PID, 10, VS_CALL_MPROTECT, BASE, 4 * PAGE, 1, 0);
	add(PID, 20, VS_CALL_MUNMAP, BASE, PAGE, 0, -EINVAL);
	add(PID, 21, VS_CALL_MPROTECT, BASE, PAGE, 3, -ENOMEM);
	add(PID, 22, VS_CALL_MREMAP, BASE, PAGE, 2 * PAGE, -EFAULT);
	add(PID, 23, VS_CALL_MMAP, 0, PAGE, 0, -4095);
	assert_int_equal(last(BASE, NEVER), 10);
	/* an address that looks negative is none of them */
	add(PID, 30, VS_CALL_MREMAP, BASE, PAGE, PAGE, -4096);
	assert_int_equal(last(BASE, NEVER), 30);
}

static void calls_that_never_explain_are_not_kept(void **state)
{
	static const enum vs_call others[] = {
		VS_CALL_PROCESS_MADVISE, VS_CALL_FORK,	VS_CALL_EXEC, VS_CALL_EXIT, VS_CALL_COW,
		VS_CALL_MLOCK,		 VS_CALL_OTHER, VS_NR_CALLS
	};

	(void)state;
	add(PID, 1, VS_CALL_MUNMAP, BASE, PAGE, 0, 0);
	for (int i = 0; i < 2 * CALLS_KEPT; i++)
		add(PID, 2, others[i % (sizeof(others) / sizeof(*others))], BASE, PAGE, 0, 0);
	assert_int_equal(last(BASE, NEVER), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(other_processes_have_no_calls),
		TEST(every_field_of_a_call_is_kept),
		TEST(ranges_are_whole_pages),
		TEST(latest_call_explains),
		TEST(calls_after_the_fault_are_ignored),
		TEST(mremap_moved_explains_old_range),
		TEST(mremap_shrunk_explains_the_end),
		TEST(madvise_does_not_explain),
		TEST(brk_shrunk_explains_the_heap),
		TEST(brk_grown_does_not_explain),
		TEST(exited_process_is_removed),
		TEST(only_the_latest_calls_are_kept),
		TEST(failed_calls_do_not_explain),
		TEST(calls_that_never_explain_are_not_kept),
	};

	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
