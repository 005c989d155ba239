// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_test.c - the bound of memory: allocations beyond it fail, and it ends; report sets it, whatever
 * is printed of a recording.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "record/format/reader.h"
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

static void allocations_above_the_limit_fail(void **state)
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

static void lower_limit_is_kept(void **state)
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
	assert_int_equal(command_report.run(&o), VS_EXIT_PARTIAL);
	close(fd);
	return nr_set;
}

static void report_is_limited(void **state)
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

/* --- what there is no memory for is not bad ---------------------------------------------------- */

/** struct drained - all that malloc() had, in a list */
struct drained {
	void **first;
	rlim_t before;
};

/** drain - from here on malloc() fails. */
static struct drained drain(void)
{
	struct drained d = { .before = limit_now() };
	struct rlimit limit;
	uint64_t total = 0;

	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	/* 0 would be none, for valgrind: may_expand_vm() */
	limit.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
	for (size_t size = MIB; size >= sizeof(void *);) {
		void **p = malloc(size);

		if (!p) {
			size /= 2;
			continue;
		}
		*p = d.first;
		d.first = p;
		total += size;
		/* else the limit does nothing, and the machine would be drained */
		assert_true(total < 256 * MIB);
	}
	return d;
}

static void refill(const struct drained *d)
{
	struct rlimit limit;

	for (void **p = d->first, **next; p; p = next) {
		next = *p;
		free(p);
	}
	assert_int_equal(getrlimit(RLIMIT_DATA, &limit), 0);
	limit.rlim_cur = d->before;
	assert_int_equal(setrlimit(RLIMIT_DATA, &limit), 0);
}

static void out_of_memory_is_not_a_bad_header(void **state)
{
	const struct header h = { .run = 1, .what = (char *)"test", .nr_cpus = 1 };
	struct codec codec = {};
	struct drained d;
	struct header got;
	char *text = header__format(&h), *none;
	int err;

	(void)state;
	assert_non_null(text);
	if (BOUND) {
		d = drain();
		err = header__parse(&got, &codec, text);
		none = header__format(&h);
		refill(&d);
		assert_int_equal(err, -ENOMEM);
		assert_null(none);
	}
	assert_int_equal(header__parse(&got, &codec, text), 0);
	header__free(&got);
	codec__free(&codec);
	free(text);
}

static void out_of_memory_is_not_a_damaged_block(void **state)
{
	const union record record = { .reset = { .time_ns = 1 } };
	const struct block_head *head;
	uint8_t *raw = NULL;
	size_t size, cap = 0;
	struct drained d;
	struct packer p;
	int err;

	(void)state;
	assert_int_equal(packer__init(&p, BLOCK_CHECKPOINT), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(packer__put(&p, RECORD_RESET, &record, 1), 0);
	head = packer__seal(&p, &size);
	assert_non_null(head);
	assert_true(head->raw);
	/* with room for it */
	assert_int_equal(block__unpack(head, head + 1, &raw, &cap), 0);
	if (BOUND) {
		d = drain();
		err = block__unpack(head, head + 1, &raw, &cap);
		refill(&d);
		assert_int_equal(err, -ENOMEM);
	}
	free(raw);
	packer__free(&p);
}

/* Blocks are looked for in a window, which is memory, too. */
static void out_of_memory_is_not_the_end_of_file(void **state)
{
	const int fd = memfd_create("recording", MFD_CLOEXEC);
	char path[64], junk[200] = "no block";
	struct reader r;
	struct drained d;
	int err;

	(void)state;
	assert_true(fd >= 0);
	write_all(fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	write_all(fd, junk, sizeof(junk));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (BOUND) {
		d = drain();
		err = reader__open(&r, path);
		refill(&d);
		assert_int_equal(err, -ENOMEM);
		reader__close(&r);
	}
	assert_int_equal(reader__open(&r, path), -EBADMSG);
	reader__close(&r);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_above_the_limit_fail),
		cmocka_unit_test(lower_limit_is_kept),
		cmocka_unit_test(report_is_limited),
		cmocka_unit_test(out_of_memory_is_not_a_bad_header),
		cmocka_unit_test(out_of_memory_is_not_a_damaged_block),
		cmocka_unit_test(out_of_memory_is_not_the_end_of_file),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
