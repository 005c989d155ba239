// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_hostile_test.c - a recording that somebody made up: neither its ratio nor its records take more
 * memory than its size has reason to; counts that begin anew free what they replace.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "record/format/block.h"
#include "record/load/load.h"

/** struct loaded - a loader, and what it fills */
struct loaded {
	struct loader loader;
	struct run_model run;
};

static int setup(void **state)
{
	struct loaded *l = calloc(1, sizeof(*l));

	*state = l;
	return l ? loader__init(&l->loader, &l->run, 2) : -1;
}

static int teardown(void **state)
{
	struct loaded *l = *state;

	loader__free(&l->loader);
	run_model__free(&l->run);
	free(l);
	return 0;
}

static int take(struct loaded *l, enum record_type type, union record record)
{
	return loader__take(&l->loader, type, &record);
}

static int take_process(struct loaded *l, uint32_t number, uint32_t pid)
{
	return take(l, RECORD_PROCESS,
		    (union record){ .process = { .number = number, .pid = pid } });
}

static int take_row(struct loaded *l, uint32_t number, uint32_t process)
{
	return take(l, RECORD_ROW,
		    (union record){ .row = { .number = number, .process = process } });
}

static int take_counts(struct loaded *l, uint32_t number, uint64_t faults)
{
	union record record = { .counts = { .number = number } };

	record.counts.counts.outcome[VS_MINOR] = faults;
	return take(l, RECORD_COUNTS, record);
}

static int take_reset(struct loaded *l)
{
	return take(l, RECORD_RESET, (union record){ .reset = { .what = RESET_COUNTS } });
}

static int take_stats(struct loaded *l, uint64_t full)
{
	return take(l, RECORD_STATS, (union record){ .stats = { .time_ns = 1, .full = full } });
}

static void memory_is_bounded_by_the_file_size(void **state)
{
	struct loaded *l = *state;
	uint32_t n = 0;
	int err = 0;

	loader__bound(&l->loader, 7000);
	for (; !err && n < 10000000; n++)
		err = take_process(l, n + 1, n + 1);
	assert_int_equal(err, -E2BIG);
	assert_true(l->loader.bytes <= LOADER_FREE_BYTES + 7001 * LOADER_RATIO);
	assert_true(n * sizeof(struct process) < LOADER_FREE_BYTES + 7001 * LOADER_RATIO);
}

/* Threads that live are not dropped, however many. */
static void threads_are_bounded(void **state)
{
	struct loaded *l = *state;
	uint64_t n = 0;
	int err = 0;

	loader__bound(&l->loader, 7000);
	while (!err && n++ < 10000000)
		err = take(l, RECORD_THREAD,
			   (union record){ .thread = { .tid = (uint32_t)n, .faults = 1 } });
	assert_int_equal(err, -E2BIG);
	assert_true(n * sizeof(struct vs_thread) < LOADER_FREE_BYTES + 7001 * LOADER_RATIO);
}

static void pairs_are_bounded(void **state)
{
	struct loaded *l = *state;
	size_t n = 0;
	int err = 0;

	while (!err && n++ < 10000000)
		err = take(l, RECORD_PAIR, (union record){ .pair = { .pair.count = n } });
	assert_int_equal(err, -E2BIG);
}

/* A number of a stack is that of its first frames: others would be as many as there are records. */
static void stack_numbers_are_not_redefined(void **state)
{
	struct loaded *l = *state;

	assert_int_equal(take_process(l, 1, 1), 0);
	for (uint32_t n = 1; n <= 1000; n++) {
		union record record = { .stack = { .number = VS_STACK_FIRST + 3,
						   .process = 1,
						   .nr_user = 1 + n % 100,
						   .frame = { n, 2 * n } } };

		record.stack.counts.outcome[VS_MINOR] = n;
		assert_int_equal(take(l, RECORD_STACK, record), 0);
	}
	assert_int_equal(l->run.stacks.nr, 1);
	assert_int_equal(l->run.stacks.list[0]->nr_user, 2);
	assert_int_equal(stack_faults(&l->run.stacks.list[0]->counts), 1000);
}

/* As a recorder writes them that forgets: a million of these take the memory of a few. */
static void processes_not_repeated_are_freed(void **state)
{
	struct loaded *l = *state;
	uint64_t bytes = 0;

	loader__bound(&l->loader, 1 << 20);
	for (uint32_t round = 1; round <= 200; round++) {
		assert_int_equal(take_reset(l), 0);
		assert_int_equal(take_process(l, 1, 0), 0);
		assert_int_equal(take_row(l, 1, 1), 0);
		assert_int_equal(take_counts(l, 1, 1000ULL * round), 0);
		for (uint32_t i = 0; i < 50; i++) {
			const uint32_t number = round * 100 + i;

			assert_int_equal(take_process(l, number, number), 0);
			assert_int_equal(take_row(l, number, number), 0);
			assert_int_equal(take_counts(l, number, 1), 0);
		}
		assert_int_equal(take_stats(l, 1), 0);
		assert_int_equal(l->run.model.nr_processes, 51);
		assert_true(round == 1 || !model__process(&l->run.model, (round - 1) * 100));
		assert_non_null(model__process(&l->run.model, round * 100));
		if (round == 10)
			bytes = l->loader.bytes;
	}
	assert_true(l->loader.bytes < bytes + 200 * 200);
	assert_true(l->run.model.nr_slots < 256);
}

/* What an interval began with goes along to those that have taken the rows over. */
static void interval_adds_up_after_removal(void **state)
{
	struct loaded *l = *state;
	uint64_t sum = 0, marked = 0;

	assert_int_equal(take_reset(l), 0);
	assert_int_equal(take_process(l, 1, 0), 0);
	assert_int_equal(take_row(l, 1, 1), 0);
	assert_int_equal(take_counts(l, 1, 500), 0);
	assert_int_equal(take_process(l, 2, 77), 0);
	assert_int_equal(take_row(l, 2, 2), 0);
	assert_int_equal(take_counts(l, 2, 30), 0);
	assert_int_equal(take_stats(l, 1), 0);
	model__mark(&l->run.model);
	assert_int_equal(take_reset(l), 0);
	assert_int_equal(take_process(l, 1, 0), 0);
	assert_int_equal(take_row(l, 1, 1), 0);
	assert_int_equal(take_counts(l, 1, 534), 0);
	assert_int_equal(take_stats(l, 1), 0);
	assert_int_equal(l->run.model.nr_processes, 1);
	for (size_t i = 0; i < l->run.model.processes[0]->nr_rows; i++) {
		sum += counts_faults(&l->run.model.processes[0]->rows[i]->counts);
		marked += counts_faults(&l->run.model.processes[0]->rows[i]->marked);
	}
	assert_int_equal(sum - marked, 4);
}

/* --- blocks --------------------------------------------------------------------------------------- */

/* 64 MiB of one byte are packed into a few KiB: no recorder writes such a block. */
static void impossible_compression_ratio_is_refused(void **state)
{
	const size_t raw = BLOCK_MAX, cap = ZSTD_compressBound(raw);
	char *bytes = calloc(1, raw), *packed = malloc(cap);
	const size_t stored = ZSTD_compress(packed, cap, bytes, raw, 1);
	struct block_head head = block__head(BLOCK_CHECKPOINT, packed, stored);

	(void)state;
	assert_false(ZSTD_isError(stored));
	assert_true(block__head_valid(&head));
	/* with its checksum right */
	head.raw = raw;
	assert_true(stored * (uint64_t)BLOCK_RATIO + BLOCK_FREE_BYTES < raw);
	block__sign(&head);
	assert_false(block__head_valid(&head));
	head.raw = BLOCK_FREE_BYTES;
	block__sign(&head);
	assert_true(block__head_valid(&head));
	free(bytes);
	free(packed);
}

/* The writer's own are always ones that a reader takes. */
static void highly_compressible_blocks_are_stored(void **state)
{
	union record record = { .reset = { .time_ns = 0 } };
	struct packer p;
	size_t size;
	const struct block_head *head;
	uint8_t *raw = NULL;
	size_t cap = 0;

	(void)state;
	assert_int_equal(packer__init(&p, BLOCK_CHECKPOINT), 0);
	for (int i = 0; i < 1000000; i++)
		assert_int_equal(packer__put(&p, RECORD_RESET, &record, 1), 0);
	head = packer__seal(&p, &size);
	assert_non_null(head);
	assert_true(block__head_valid(head));
	assert_int_equal(head->records, 1000000);
	assert_int_equal(block__unpack(head, head + 1, &raw, &cap), 0);
	assert_true(block__size(head) >= 1000000);
	free(raw);
	packer__free(&p);
}

/* Rows that faults in flight refer to stay, or the faults go, too; a count that is wrong is unknown. */
static void faults_in_flight_refer_to_known_rows(void **state)
{
	const union record fault = { .fault = { .slot = 2, .cause = UINT8_MAX } };
	union record vma = { .row = { .number = 2, .process = 1, .is_vma = 1, .name = "x" } };
	struct loaded *l = *state;

	assert_int_equal(take_process(l, 1, 1), 0);
	assert_int_equal(take(l, RECORD_ROW, vma), 0);
	assert_int_equal(take_reset(l), 0);
	assert_int_equal(take(l, RECORD_IN_FLIGHT, fault), 0);
	assert_int_equal(take(l, RECORD_IN_FLIGHT, (union record){ .fault = { .slot = 7 } }), 0);
	assert_int_equal(take_stats(l, 1), 0);
	assert_false(loader__has_in_flight(&l->loader));
	l->loader.stats.ended = 1;
	assert_false(loader__has_in_flight(&l->loader));
	l->loader.stats.in_flight = 2;
	assert_true(loader__has_in_flight(&l->loader));
	assert_int_equal(l->run.in_flight.nr, 2);
	assert_non_null(l->run.in_flight.fault[0].row);
	assert_int_equal(l->run.in_flight.fault[0].row->number, 2);
	assert_true(l->run.in_flight.fault[0].event.cause < VS_NR_CAUSES);
	assert_null(l->run.in_flight.fault[1].row);
	assert_int_equal(take_reset(l), 0);
	assert_int_equal(take_stats(l, 1), 0);
	assert_int_equal(l->run.in_flight.nr, 0);
	assert_int_equal(l->run.model.nr_processes, 0);
}

#define LOADED_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOADED_TEST(memory_is_bounded_by_the_file_size),
		LOADED_TEST(threads_are_bounded),
		LOADED_TEST(pairs_are_bounded),
		LOADED_TEST(stack_numbers_are_not_redefined),
		LOADED_TEST(faults_in_flight_refer_to_known_rows),
		LOADED_TEST(processes_not_repeated_are_freed),
		LOADED_TEST(interval_adds_up_after_removal),
		cmocka_unit_test(impossible_compression_ratio_is_refused),
		cmocka_unit_test(highly_compressible_blocks_are_stored),
	};

	return cmocka_run_group_tests_name("record_hostile", tests, NULL, NULL);
}
