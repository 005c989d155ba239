// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_test.c - the bound of memory: allocations beyond it fail, and it ends; report sets it, whatever
 * is printed of a recording.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "options/options.h"
#include "record/format/block.h"
#include "record/format/header.h"
#include "sys/memory.h"
#include "util/log.h"

#define MIB (1ULL << 20)

/* With a sanitizer, nothing is bound. */
#ifdef __SANITIZE_ADDRESS__
#define BOUND false
#else
#define BOUND true
#endif

/** Limits of RLIMIT_DATA that were set, in order. */
static rlim_t set[8];
static size_t nr_set;

/* In place of libc's. */
int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	if (resource == RLIMIT_DATA && nr_set < sizeof(set) / sizeof(*set))
		set[nr_set++] = limit->rlim_cur;
	return (int)syscall(SYS_prlimit64, 0, resource, limit, NULL);
}

static rlim_t limit_now(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	return limit.rlim_cur;
}

/** can_map - @bytes more, that nothing else has. */
static bool can_map(uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && !munmap(p, bytes);
}

static void allocations_beyond_it_fail(void **state)
{
	const rlim_t before = limit_now();

	(void)state;
	memory__bound(64 * MIB, "hint");
	assert_int_equal(can_map(65 * MIB), !BOUND);
	if (BOUND)
		assert_string_equal(memory__hint(), "hint");
	memory__unbound();
	assert_null(memory__hint());
	assert_int_equal(limit_now(), before);
	assert_true(can_map(65 * MIB));
}

static void a_lower_limit_stays(void **state)
{
	const rlim_t before = limit_now();
	struct rlimit limit;

	(void)state;
	if (!BOUND)
		return;
	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	limit.rlim_cur = 32 * MIB;
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
	memory__bound(64 * MIB, "hint");
	assert_int_equal(limit_now(), 32 * MIB);
	assert_null(memory__hint());
	memory__unbound();
	assert_int_equal(limit_now(), 32 * MIB);
	limit.rlim_cur = before;
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
}

static void write_all(int fd, const void *data, size_t size)
{
	assert_int_equal(write(fd, data, size), size);
}

/** make_recording - of nothing but its header */
static int make_recording(void)
{
	const struct header h = { .run = 1,
				  .file = 1,
				  .what = (char *)"test",
				  .start_ns = 1000,
				  .nr_cpus = 1,
				  .events = 1 };
	const int fd = memfd_create("recording", MFD_CLOEXEC);
	char *text = header__format(&h);
	struct block_head head;

	assert_true(fd >= 0);
	assert_non_null(text);
	head = block__head(BLOCK_HEADER, text, (uint32_t)strlen(text));
	write_all(fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	write_all(fd, &head, sizeof(head));
	write_all(fd, text, strlen(text));
	free(text);
	return fd;
}

/** report - on a recording that has no end. Return: limits that were set meanwhile, in @set. */
static size_t report(size_t max_processes, bool diff)
{
	const int fd = make_recording();
	char path[64], *files[] = { path, diff ? path : NULL, NULL };
	struct options o = {
		.capture.uid = -1,
		.capture.only = -1,
		.top = 30,
		.output = "/dev/null",
		.weight = -1,
		.format = out_format__find("json"),
		.argv = files,
		.diff = diff,
		.max_processes = max_processes,
	};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	log_setup(true, true, 0);
	nr_set = 0;
	assert_int_equal(cmd_report(&o), VS_EXIT_PARTIAL);
	close(fd);
	return nr_set;
}

static void report_is_bound(void **state)
{
	const rlim_t before = limit_now();

	(void)state;
	/* a lower one stays */
	if (before < 1000 * MIB)
		return;
	for (int diff = 0; diff < 2; diff++) {
		assert_int_equal(report(8192, diff), BOUND ? 2 : 0);
		if (BOUND) {
			/* with the program itself, less than 1 GiB */
			assert_true(set[0] >= 576 * MIB && set[0] <= 1000 * MIB);
			assert_int_equal(set[1], before);
		}
		/* this gives it up */
		assert_int_equal(report(0, diff), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_beyond_it_fail),
		cmocka_unit_test(a_lower_limit_stays),
		cmocka_unit_test(report_is_bound),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
