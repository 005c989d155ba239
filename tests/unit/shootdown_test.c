// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_test.c - rows of memory calls: whose they are, and what stays when BPF takes them back.
 */
#include "call_rows.h"

#include <errno.h>

#include "model/history/call_event.h"

/** struct seen - a model of processes 100 "one" (slot 1, heap in slot 2) and 200 "two" (slot 5) */
struct seen {
	struct model model;
	struct shootdown s;
};

static int setup(void **state)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (!s || model__init(&s->model, TEST_SLOTS, TEST_CPUS) ||
	    shootdown__init(&s->s, TEST_CALL_ROWS, TEST_CPUS))
		return -1;
	take(&s->model, 1, image_slot(100, 0xa, "one"), NULL);
	take(&s->model, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(&s->model, 5, image_slot(200, 0xb, "two"), NULL);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	shootdown__free(&s->s);
	model__free(&s->model);
	free(s);
	return 0;
}

static void row_has_its_process_and_vma(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MADVISE, VS_MADV_FREE, 0x10000, PAGE);
	struct call_row *r;

	row.key.vma = 2;
	row.key.site = 0x1234;
	row.key.tid = 101;
	row.pid = 100;
	row.map_count = 12;
	strcpy(row.comm, "one");
	called(&row, 3, 2);
	r = put(&s->s, &s->model, 1, &row);
	assert_ptr_equal(r->process, s->model.processes[0]);
	assert_ptr_equal(r->vma, s->model.by_slot[2]);
	assert_int_equal(r->call, VS_CALL_MADVISE);
	assert_int_equal(r->detail, VS_MADV_FREE);
	assert_int_equal(r->site, 0x1234);
	assert_int_equal(r->tid, 101);
	assert_int_equal(r->pid, 100);
	assert_string_equal(r->comm, "one");
	assert_int_equal(r->map_count, 12);
	assert_int_equal(r->start, 0x10000);
	assert_int_equal(r->end, 0x10000 + PAGE);
	assert_int_equal(r->counts.count, 3);
	assert_int_equal(s->s.nr_rows, 1);
	/* met again, it is the same */
	assert_ptr_equal(shootdown__row(&s->s, &s->model, 1, &row), r);
	assert_int_equal(s->s.nr_rows, 1);
}

static void reassigned_slots_are_ignored(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MUNMAP, 0, 0, 0);
	struct call_row *r;

	row.key.proc_generation = 7;
	row.key.vma = 2;
	row.key.vma_generation = 7;
	row.pid = 99;
	strcpy(row.comm, "gone");
	r = put(&s->s, &s->model, 1, &row);
	assert_null(r->process);
	assert_null(r->vma);
	assert_int_equal(r->pid, 99);
	assert_string_equal(r->comm, "gone");
	/* a VMA is no process, a process no VMA, and neither is a slot that there is not */
	row = call_row(2, VS_CALL_MUNMAP, 0, 0, 0);
	row.key.vma = 1;
	r = put(&s->s, &s->model, 2, &row);
	assert_null(r->process);
	assert_null(r->vma);
	row = call_row(TEST_SLOTS, VS_CALL_MUNMAP, 0, 0, 0);
	row.key.vma = 4000000000;
	r = put(&s->s, &s->model, 3, &row);
	assert_null(r->process);
	assert_null(r->vma);
}

static void unknown_addresses_stay_unknown(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_BRK, 0, 0, 0);
	struct call_row *r = put(&s->s, &s->model, 1, &row);

	assert_int_equal(r->start, 0);
	assert_int_equal(r->end, 0);
	row.start = 0x5000;
	row.end = 0x9000;
	shootdown__update(&s->s, 1, &row);
	row.start = 0x3000;
	row.end = 0x4000;
	shootdown__update(&s->s, 1, &row);
	assert_int_equal(r->start, 0x3000);
	assert_int_equal(r->end, 0x9000);
}

static void counts_of_released_rows_stay(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MPROTECT, 0, 0x20000, PAGE);
	struct call_row *r, *again;

	row.map_count = 50;
	called(&row, 10, 8);
	interrupted(&row, 8);
	r = put(&s->s, &s->model, 3, &row);
	/* updated, not added to */
	called(&row, 20, 16);
	interrupted(&row, 16);
	shootdown__update(&s->s, 3, &row);
	assert_int_equal(r->counts.count, 20);
	shootdown__row_ended(&s->s, 3);
	assert_null(s->s.by_index[3]);
	assert_int_equal(r->counts.count, 20);

	/* the same calls in another place */
	row = call_row(1, VS_CALL_MPROTECT, 0, 0x30000, PAGE);
	row.map_count = 40;
	called(&row, 5, 4);
	interrupted(&row, 3);
	again = put(&s->s, &s->model, 9, &row);
	assert_ptr_equal(again, r);
	assert_int_equal(s->s.nr_rows, 1);
	assert_int_equal(r->counts.count, 25);
	assert_int_equal(r->counts.latency_ns, 25000);
	assert_int_equal(r->counts.flush[VS_FLUSH_REMOTE], 20);
	assert_int_equal(r->counts.received, 19);
	assert_int_equal(r->counts.stolen_ns, 19 * 500);
	/* maxima are not added */
	assert_int_equal(r->counts.latency_max_ns, 1020);
	assert_int_equal(r->counts.delay_max_ns, 2016);
	assert_int_equal(r->map_count, 50);
	assert_int_equal(r->start, 0x20000);
	assert_int_equal(r->end, 0x30000 + PAGE);
	/* and once more, in the place that it had at first */
	shootdown__row_ended(&s->s, 9);
	assert_ptr_equal(put(&s->s, &s->model, 3, &row), r);
	assert_int_equal(r->counts.count, 30);
}

static void different_rows_stay_separate(void **state)
{
	struct seen *s = *state;
	struct vs_call_row rows[8];
	struct call_row *seen[8];

	for (int i = 0; i < 8; i++)
		rows[i] = call_row(1, VS_CALL_MADVISE, VS_MADV_DONTNEED, 0, 0);
	rows[1].key.proc = 5;
	rows[2].key.vma = 2;
	rows[3].key.call = VS_CALL_PROCESS_MADVISE;
	rows[4].key.detail = VS_MADV_FREE;
	rows[5].key.site = 1;
	rows[6].key.tid = 1;
	/* addresses are no identity */
	rows[7].start = PAGE;
	rows[7].end = 2 * PAGE;
	for (int i = 0; i < 8; i++) {
		seen[i] = put(&s->s, &s->model, 10 + i, &rows[i]);
		shootdown__row_ended(&s->s, 10 + i);
		for (int j = 0; j < i; j++)
			assert_int_equal(seen[i] == seen[j], i == 7 && j == 0);
	}
	assert_int_equal(s->s.nr_rows, 7);
}

/* Two images of one process count at a time: while one row is in use, it is not another's. */
static void exec_starts_a_row(void **state)
{
	struct seen *s = *state;
	struct vs_call_row before = call_row(1, VS_CALL_BRK, 0, 0, 0), after;
	struct call_row *first, *second;

	take(&s->model, 7, image_slot(100, 0xc, "new"), NULL);
	after = before;
	after.key.proc = 7;
	called(&before, 3, 0);
	called(&after, 4, 0);
	first = put(&s->s, &s->model, 1, &before);
	second = put(&s->s, &s->model, 2, &after);
	assert_ptr_not_equal(first, second);
	assert_ptr_equal(first->process, second->process);
	shootdown__row_ended(&s->s, 1);
	called(&after, 6, 0);
	shootdown__update(&s->s, 2, &after);
	assert_int_equal(first->counts.count, 3);
	assert_int_equal(second->counts.count, 6);
}

static void kernel_threads_are_grouped_by_name(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(0, VS_CALL_KTHREAD, 0, 0, 0);
	struct call_row *first, *again, *other;

	strcpy(row.comm, "kworker/0:1");
	row.pid = 30;
	first = put(&s->s, &s->model, 1, &row);
	shootdown__row_ended(&s->s, 1);
	row.pid = 31;
	again = put(&s->s, &s->model, 1, &row);
	shootdown__row_ended(&s->s, 1);
	/* what is behind the end of the name is not the name */
	memset(row.comm, 'x', sizeof(row.comm));
	strcpy(row.comm, "kworker/0:1");
	assert_ptr_equal(put(&s->s, &s->model, 1, &row), first);
	shootdown__row_ended(&s->s, 1);
	strcpy(row.comm, "kcompactd0");
	other = put(&s->s, &s->model, 1, &row);
	assert_null(first->process);
	assert_ptr_equal(first, again);
	assert_ptr_not_equal(first, other);
	/* a process that is not known is not another one of its name */
	row.key.proc = 60;
	strcpy(row.comm, "kworker/0:1");
	assert_ptr_not_equal(put(&s->s, &s->model, 2, &row), first);
}

static void row_0_is_the_overflow_row(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = {};

	called(&row, 7, 3);
	assert_ptr_equal(shootdown__row(&s->s, &s->model, 0, &row), &s->s.overflow);
	shootdown__update(&s->s, 0, &row);
	shootdown__row_ended(&s->s, 0);
	called(&row, 9, 3);
	shootdown__update(&s->s, 0, &row);
	assert_int_equal(s->s.overflow.counts.count, 9);
	assert_int_equal(s->s.nr_rows, 0);
	/* nothing is known of a row that was not told of */
	shootdown__update(&s->s, 5, &row);
	shootdown__row_ended(&s->s, 5);
	assert_int_equal(s->s.nr_rows, 0);
}

static void many_rows(void **state)
{
	struct seen *s = *state;

	for (uint32_t i = 0; i < 1000; i++) {
		struct vs_call_row row = call_row(1, VS_CALL_MUNMAP, 0, 0, 0);

		row.key.site = i;
		called(&row, 1, 0);
		put(&s->s, &s->model, 1 + i % 7, &row);
		shootdown__row_ended(&s->s, 1 + i % 7);
	}
	assert_int_equal(s->s.nr_rows, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(s->s.rows[i]->site, i);
		assert_int_equal(s->s.rows[i]->counts.count, 1);
	}
}

/* Where shootdowns are not asked for there is nothing, and nothing to free. */
static void empty_model_can_be_freed(void **state)
{
	struct shootdown none = {};

	(void)state;
	shootdown__free(&none);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* --- stacks that are found in user space ------------------------------------------------------- */

/** stack_of - a stack of process 100, with one frame at @ip */
static const struct stack *stack_of(struct stacks *all, const struct seen *s, uint64_t ip)
{
	struct stack *like = calloc(1, sizeof(*like) + sizeof(*like->frames));
	const struct stack *stack;

	assert_non_null(like);
	like->process = s->model.processes[0];
	like->image = s->model.by_slot[1]->image;
	like->pid = 100;
	like->nr_user = 1;
	like->frames[0].ip = ip;
	stack = stacks__get(all, like);
	free(like);
	assert_non_null(stack);
	return stack;
}

static struct call_row of_stack(const struct stack *stack, uint32_t call)
{
	return (struct call_row){ .process = stack->process,
				  .image = stack->image,
				  .stack = stack,
				  .call = call,
				  .pid = 100 };
}

static void calls_move_to_their_stack_rows(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MUNMAP, 0, 0x10000, PAGE);
	const struct vs_call_counts one = { .count = 1, .latency_ns = 300, .latency_max_ns = 300 };
	struct call_row *base, like;
	struct stacks stacks;

	assert_int_equal(stacks__init(&stacks, 1), 0);
	like = of_stack(stack_of(&stacks, s, 0x1000), VS_CALL_MUNMAP);
	/* BPF has not counted any yet */
	assert_int_equal(shootdown__move(&s->s, &like, &one), -ENOENT);
	row.counts = (struct vs_call_counts){
		.count = 3, .latency_ns = 1000, .latency_max_ns = 500, .refaults = 7
	};
	base = put(&s->s, &s->model, 1, &row);
	assert_int_equal(shootdown__move(&s->s, &like, &one), 0);
	assert_int_equal(shootdown__move(&s->s, &like, &one), 0);
	shootdown__update(&s->s, 1, &row);
	assert_int_equal(s->s.nr_rows, 2);
	assert_int_equal(s->s.rows[1]->counts.count, 2);
	assert_int_equal(s->s.rows[1]->counts.latency_ns, 600);
	assert_int_equal(base->counts.count, 1);
	assert_int_equal(base->counts.latency_ns, 400);
	assert_int_equal(base->counts.latency_max_ns, 500);
	assert_int_equal(base->counts.refaults, 7);
	/* and goes on when BPF takes its row back, and after */
	shootdown__row_ended(&s->s, 1);
	assert_int_equal(shootdown__move(&s->s, &like, &one), 0);
	assert_int_equal(base->counts.count, 0);
	assert_int_equal(base->counts.refaults, 7);
	assert_int_equal(s->s.rows[1]->counts.count, 3);
	row.counts = (struct vs_call_counts){ .count = 5 };
	assert_ptr_equal(put(&s->s, &s->model, 1, &row), base);
	assert_int_equal(base->counts.count, 5);
	stacks__free(&stacks);
}

/* The longest of what is left is not known where it may have been one of those that moved. */
static void maximum_is_unknown_after_a_move(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_BRK, 0, 0, 0);
	const struct vs_call_counts longest = { .count = 1,
						.latency_ns = 500,
						.latency_max_ns = 500 };
	struct stacks stacks;
	struct call_row like;

	assert_int_equal(stacks__init(&stacks, 1), 0);
	like = of_stack(stack_of(&stacks, s, 0x1000), VS_CALL_BRK);
	row.counts =
		(struct vs_call_counts){ .count = 2, .latency_ns = 900, .latency_max_ns = 500 };
	put(&s->s, &s->model, 1, &row);
	assert_int_equal(shootdown__move(&s->s, &like, &longest), 0);
	shootdown__update(&s->s, 1, &row);
	assert_int_equal(s->s.rows[0]->counts.latency_ns, 400);
	assert_int_equal(s->s.rows[0]->counts.latency_max_ns, 0);
	assert_int_equal(s->s.rows[1]->counts.latency_max_ns, 500);
	stacks__free(&stacks);
}

/* A program that another replaced may still have a row: its calls are those of its own image. */
static void images_have_separate_rows(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MMAP, 0, 0, 0), next = row;
	const struct vs_call_counts one = { .count = 1 };
	struct call_row like, *before, *after;
	struct stacks stacks;

	assert_int_equal(stacks__init(&stacks, 1), 0);
	like = of_stack(stack_of(&stacks, s, 0x1000), VS_CALL_MMAP);
	row.counts.count = next.counts.count = 4;
	before = put(&s->s, &s->model, 1, &row);
	take(&s->model, 7, image_slot(100, 0xc, "next"), NULL);
	next.key.proc = 7;
	after = put(&s->s, &s->model, 2, &next);
	assert_ptr_not_equal(before, after);
	assert_ptr_equal(before->process, after->process);
	assert_int_equal(shootdown__move(&s->s, &like, &one), 0);
	shootdown__update(&s->s, 1, &row);
	shootdown__update(&s->s, 2, &next);
	assert_int_equal(before->counts.count, 3);
	assert_int_equal(after->counts.count, 4);
	stacks__free(&stacks);
}

/* --- counts of one call, by its record ---------------------------------------------------------- */

static void event_counts_as_its_row(void **state)
{
	struct vs_event_call e = {
		.duration_ns = 900,
		.argument = { 0x10000, 2 * PAGE - 1 },
		.call = VS_CALL_MPROTECT,
		.map_before = 10,
		.map_after = 12,
		.flush = { 1, 1 },
		.full = 1,
		.queued = 3,
		.pages = 2,
		.wx = VS_WX_FLIP,
	};
	struct vs_call_counts c = call_event__counts(&e);

	(void)state;
	assert_int_equal(c.count, 1);
	assert_int_equal(c.errors, 0);
	assert_int_equal(c.bytes, 2 * PAGE);
	assert_int_equal(c.latency_ns, 900);
	assert_int_equal(c.latency_max_ns, 900);
	assert_int_equal(c.flush[VS_FLUSH_REMOTE], 1);
	assert_int_equal(c.full, 1);
	assert_int_equal(c.queued, 3);
	assert_int_equal(c.splits, 1);
	assert_int_equal(c.wx_flip, 1);
	assert_int_equal(c.wx_both, 0);
	e.map_after = 0;
	c = call_event__counts(&e);
	assert_int_equal(c.splits, 0);
	assert_int_equal(c.splits_unknown, 1);
	e.result = -EACCES;
	c = call_event__counts(&e);
	assert_int_equal(c.errors, 1);
	assert_int_equal(c.bytes, 0);
	assert_int_equal(c.splits_unknown, 0);
	/* munmap takes mappings away: fewer are no merge */
	e = (struct vs_event_call){ .call = VS_CALL_MUNMAP, .map_before = 5, .map_after = 4 };
	c = call_event__counts(&e);
	assert_int_equal(c.merges, 0);
	/* mlock locks whole pages, from that of its start on */
	e = (struct vs_event_call){ .call = VS_CALL_MLOCK,
				    .argument = { 0x10000 + 1, PAGE },
				    .map_before = 5,
				    .map_after = 7 };
	c = call_event__counts(&e);
	assert_int_equal(c.bytes, 2 * PAGE);
	assert_int_equal(c.splits, 1);
	/* brk fails by returning the break as it was */
	e = (struct vs_event_call){ .call = VS_CALL_BRK,
				    .argument = { 0x3000, 0x1000 },
				    .result = 0x1000 };
	assert_true(call_event__failed(&e));
	e.result = 0x3000;
	assert_false(call_event__failed(&e));
	assert_int_equal(call_event__bytes(&e), 0x2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(row_has_its_process_and_vma),
		TEST(reassigned_slots_are_ignored),
		TEST(unknown_addresses_stay_unknown),
		TEST(counts_of_released_rows_stay),
		TEST(different_rows_stay_separate),
		TEST(exec_starts_a_row),
		TEST(kernel_threads_are_grouped_by_name),
		TEST(row_0_is_the_overflow_row),
		TEST(many_rows),
		TEST(calls_move_to_their_stack_rows),
		TEST(maximum_is_unknown_after_a_move),
		TEST(images_have_separate_rows),
		TEST(event_counts_as_its_row),
		cmocka_unit_test(empty_model_can_be_freed),
	};

	return cmocka_run_group_tests_name("shootdown", tests, NULL, NULL);
}
