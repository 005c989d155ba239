// SPDX-License-Identifier: GPL-2.0-only
/* stacks_test.c - rows of stacks: counted once, whatever rows of BPF they had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/stacks.h"

#define ROWS 8

/** struct seen - what a test works with */
struct seen {
	struct model model;
	struct stacks s;
	struct vs_stack_row row;
};

static int setup(void **state)
{
	struct seen *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	assert_int_equal(model__init(&s->model, 16, 2), 0);
	assert_int_equal(stacks__init(&s->s, ROWS), 0);
	s->row.key.pid = 1234;
	strcpy(s->row.comm, "called");
	s->row.frames.nr_user = 2;
	s->row.frames.user[0] = 0x401000;
	s->row.frames.user[1] = 0x402000;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	stacks__free(&s->s);
	model__free(&s->model);
	free(s);
	return 0;
}

static void count(struct seen *s, uint64_t minor, uint64_t time_ns)
{
	s->row.counts.outcome[VS_MINOR] = minor;
	s->row.counts.timed = minor;
	s->row.counts.time_ns = time_ns;
	s->row.counts.max_ns = time_ns;
}

static void row_becomes_a_stack(void **state)
{
	struct seen *s = *state;
	const struct stack *stack;

	s->row.frames.nr_kernel = 1;
	s->row.frames.kernel[0] = 0xffffffff81000000;
	stack = stacks__row(&s->s, &s->model, 2, &s->row);
	assert_non_null(stack);
	assert_int_equal(stack->pid, 1234);
	assert_string_equal(stack->comm, "called");
	assert_null(stack->process);
	assert_int_equal(stack->nr_user, 2);
	assert_int_equal(stack->nr_kernel, 1);
	assert_false(stack->frames[0].is_return_address);
	assert_true(stack->frames[1].is_return_address);
	assert_int_equal(stack->frames[2].ip, 0xffffffff81000000);
}

static void rows_with_equal_frames_are_one_stack(void **state)
{
	struct seen *s = *state;
	struct stack *stack = stacks__row(&s->s, &s->model, 2, &s->row);

	assert_ptr_equal(stacks__row(&s->s, &s->model, 3, &s->row), stack);
	count(s, 10, 100);
	stacks__update(&s->s, 2, &s->row);
	stacks__update(&s->s, 3, &s->row);
	assert_int_equal(stack_faults(&stack->counts), 20);
	assert_int_equal(stack->counts.time_ns, 200);
	assert_int_equal(stack->counts.max_ns, 100);
	/* nothing new: nothing changes */
	stacks__update(&s->s, 2, &s->row);
	assert_int_equal(stack_faults(&stack->counts), 20);
}

static void counts_of_released_rows_stay(void **state)
{
	struct seen *s = *state;
	struct stack *stack = stacks__row(&s->s, &s->model, 2, &s->row);

	count(s, 10, 100);
	stacks__update(&s->s, 2, &s->row);
	stacks__row_ended(&s->s, 2);
	s->row.generation = 1;
	count(s, 3, 30);
	assert_ptr_equal(stacks__row(&s->s, &s->model, 2, &s->row), stack);
	stacks__update(&s->s, 2, &s->row);
	assert_int_equal(stack_faults(&stack->counts), 13);
	assert_int_equal(stack->counts.time_ns, 130);
}

static void row_generation_identifies_the_stack(void **state)
{
	struct seen *s = *state;
	struct vs_stack_ref ref = { .row = 2, .generation = 5 };
	struct stack *stack;

	assert_null(stacks__find(&s->s, &ref));
	s->row.generation = 5;
	stack = stacks__row(&s->s, &s->model, 2, &s->row);
	assert_ptr_equal(stacks__find(&s->s, &ref), stack);
	ref.generation = 4;
	assert_null(stacks__find(&s->s, &ref));
	ref.row = ROWS;
	assert_null(stacks__find(&s->s, &ref));
	stacks__row_ended(&s->s, 2);
	ref = (struct vs_stack_ref){ .row = 2, .generation = 5 };
	assert_null(stacks__find(&s->s, &ref));
}

/* What a wrong frame pointer led to: no code is there, nor behind it. */
static void frames_outside_user_code_are_dropped(void **state)
{
	struct seen *s = *state;

	s->row.frames.nr_user = 4;
	s->row.frames.user[2] = 0x10;
	s->row.frames.user[3] = 0x403000;
	assert_int_equal(stacks__row(&s->s, &s->model, 2, &s->row)->nr_user, 2);
	s->row.frames.user[1] = 0xffffffff81000000;
	assert_int_equal(stacks__row(&s->s, &s->model, 3, &s->row)->nr_user, 1);
}

static void counting_in_user_space(void **state)
{
	struct seen *s = *state;
	struct stack *stack = stacks__row(&s->s, &s->model, 2, &s->row);

	stacks__count(&s->s, stack, VS_MAJOR, 70, 0);
	stacks__count(&s->s, NULL, VS_MINOR, 0, 0);
	assert_int_equal(stack->counts.outcome[VS_MAJOR], 1);
	assert_int_equal(stack->counts.time_ns, 70);
	assert_int_equal(stack_faults(&s->s.unknown), 1);
	assert_int_equal(s->s.unknown.timed, 0);
}

static void interval_counts(void **state)
{
	struct seen *s = *state;
	struct stack *stack = stacks__row(&s->s, &s->model, 2, &s->row);

	count(s, 10, 100);
	stacks__update(&s->s, 2, &s->row);
	stacks__mark(&s->s);
	count(s, 14, 140);
	stacks__update(&s->s, 2, &s->row);
	assert_int_equal(stack_faults(&stack->counts) - stack_faults(&stack->marked), 4);
}

/* Of these a hash whose numbers are known is one: whoever chooses addresses could have them counted as one. */
static void hash_collisions_stay_two_stacks(void **state)
{
	static const uint64_t chosen[2][2] = { { 0x1000, 0x216a1982600d8d33 },
					       { 0xb4ec6e0, 0xd89466648b92620c } };
	struct stack *stacks[2];
	struct seen *s = *state;

	for (int i = 0; i < 2; i++) {
		struct stack *like = calloc(1, sizeof(*like) + 2 * sizeof(*like->frames));

		assert_non_null(like);
		like->pid = 100;
		like->nr_user = 2;
		like->frames[0].ip = chosen[i][0];
		like->frames[1].ip = chosen[i][1];
		stacks[i] = stacks__get(&s->s, like);
		assert_ptr_equal(stacks__get(&s->s, like), stacks[i]);
		free(like);
	}
	assert_ptr_not_equal(stacks[0], stacks[1]);
	assert_int_equal(stacks[1]->frames[1].ip, chosen[1][1]);
}

static uint64_t in_interval(const struct stack *stack)
{
	return stack_faults(&stack->counts) - stack_faults(&stack->marked);
}

static uint64_t late(const struct stack *stack)
{
	return stack_faults(&stack->late);
}

/** await - all counts are read at @now_ns: there are @minor faults by now */
static void await(struct seen *s, uint64_t minor, uint64_t now_ns)
{
	const uint64_t total[VS_NR_OUTCOME] = { [VS_MINOR] = minor };

	stacks__take(&s->s);
	stacks__await(&s->s, total, now_ns);
}

static struct stack *awaiting(struct seen *s)
{
	s->s.unwound = s->s.awaits = true;
	return stacks__row(&s->s, &s->model, 2, &s->row);
}

/* Stacks that are unwound late count in the interval that their faults were counted in. */
static void late_ones_count_in_their_interval(void **state)
{
	struct seen *s = *state;
	struct stack *stack = awaiting(s);

	stacks__count(&s->s, stack, VS_MINOR, 10, 1);
	/* counts have not been read */
	assert_int_equal(stack_faults(&stack->counts), 0);
	await(s, 3, 100);
	assert_int_equal(in_interval(stack), 1);
	assert_int_equal(late(stack), 0);
	/* while the interval is shown, its own are added */
	stacks__count(&s->s, stack, VS_MINOR, 20, 2);
	assert_int_equal(in_interval(stack), 2);
	assert_int_equal(late(stack), 1);
	stacks__mark(&s->s);
	/* the third one of those three, then one of the next interval */
	stacks__count(&s->s, stack, VS_MINOR, 40, 3);
	stacks__count(&s->s, stack, VS_MINOR, 80, 4);
	assert_int_equal(in_interval(stack), 0);
	await(s, 5, 200);
	assert_int_equal(in_interval(stack), 1);
	assert_int_equal(stack->counts.time_ns - stack->marked.time_ns, 80);
	assert_int_equal(stack_faults(&stack->counts), 4);
	assert_int_equal(stack->counts.time_ns, 150);
	assert_int_equal(late(stack), 2);
}

/* An interval may have several readings: stacks of earlier intervals may be later than one of them. */
static void late_by_several_readings(void **state)
{
	struct seen *s = *state;
	struct stack *stack = awaiting(s);

	await(s, 2, 100);
	stacks__mark(&s->s);
	await(s, 5, 200);
	for (int i = 0; i < 3; i++)
		stacks__count(&s->s, stack, VS_MINOR, 10, i);
	/* two belong to the interval before */
	assert_int_equal(in_interval(stack), 1);
	await(s, 5, 300);
	stacks__mark(&s->s);
	assert_int_equal(in_interval(stack), 0);
	/* those that never come leave nothing behind */
	await(s, 5, 400);
	stacks__count(&s->s, stack, VS_MINOR, 10, 4);
	stacks__count(&s->s, stack, VS_MINOR, 10, 5);
	assert_int_equal(in_interval(stack), 0);
	stacks__count(&s->s, stack, VS_MINOR, 10, 6);
	await(s, 6, 500);
	assert_int_equal(in_interval(stack), 1);
}

/* An unknown stack is awaited, too, and each outcome separately. */
static void late_and_unknown(void **state)
{
	struct seen *s = *state;
	struct stack *stack = awaiting(s);

	await(s, 2, 100);
	stacks__mark(&s->s);
	stacks__count(&s->s, stack, VS_MAJOR, 10, 1);
	stacks__count(&s->s, NULL, VS_MINOR, 10, 2);
	assert_int_equal(stack_faults(&s->s.unknown), 1);
	assert_int_equal(stack_faults(&s->s.overflow), 1);
	assert_int_equal(stack_faults(&s->s.overflow_marked), 1);
	assert_int_equal(stack_faults(&s->s.overflow_late), 1);
	stacks__take(&s->s);
	assert_int_equal(in_interval(stack), 1);
}

/* With --vma, it is unknown which faults have no stack: the end of the fault decides, too. */
static void late_in_some_vmas(void **state)
{
	struct seen *s = *state;
	struct stack *stack = awaiting(s);

	s->s.vma_glob = "*";
	/* more than will ever come */
	await(s, 100, 100);
	stacks__mark(&s->s);
	stacks__count(&s->s, stack, VS_MINOR, 10, 100);
	assert_int_equal(in_interval(stack), 0);
	assert_int_equal(stack_faults(&stack->counts), 1);
	stacks__count(&s->s, stack, VS_MINOR, 10, 101);
	assert_int_equal(stack_faults(&stack->counts), 1);
	await(s, 101, 200);
	assert_int_equal(in_interval(stack), 1);
}

/* The model of a recording awaits what the recorder did. */
static void late_in_a_recording(void **state)
{
	const struct vs_stack_counts counts = { .outcome = { [VS_MINOR] = 4, [VS_MAJOR] = 2 },
						.timed = 6,
						.time_ns = 600 };
	struct vs_stack_counts marked = {};
	struct seen *s = *state;

	awaiting(s);
	stacks__load_late(&s->s, &counts, &marked);
	assert_int_equal(stack_faults(&marked), 0);
	await(s, 9, 0);
	stacks__mark(&s->s);
	stacks__load_late(&s->s, &counts, &marked);
	assert_int_equal(marked.outcome[VS_MINOR], 4);
	assert_int_equal(marked.outcome[VS_MAJOR], 0);
	assert_int_equal(marked.timed, 4);
	assert_int_equal(marked.time_ns, 400);
	stacks__load_late(&s->s, &counts, &marked);
	stacks__load_late(&s->s, &counts, &marked);
	assert_int_equal(marked.outcome[VS_MINOR], 9);
}

int main(void)
{
#define STACKS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		STACKS_TEST(row_becomes_a_stack),
		STACKS_TEST(rows_with_equal_frames_are_one_stack),
		STACKS_TEST(counts_of_released_rows_stay),
		STACKS_TEST(row_generation_identifies_the_stack),
		STACKS_TEST(frames_outside_user_code_are_dropped),
		STACKS_TEST(counting_in_user_space),
		STACKS_TEST(interval_counts),
		STACKS_TEST(late_ones_count_in_their_interval),
		STACKS_TEST(late_by_several_readings),
		STACKS_TEST(late_and_unknown),
		STACKS_TEST(late_in_some_vmas),
		STACKS_TEST(late_in_a_recording),
		STACKS_TEST(hash_collisions_stay_two_stacks),
	};

	return cmocka_run_group_tests_name("stacks", tests, NULL, NULL);
}
