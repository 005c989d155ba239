// SPDX-License-Identifier: GPL-2.0-only
/* top_stacks_test.c - top's rows of stacks and of their functions, and the way there and back. */
#include "top_sample.h"

#include <ncurses.h>

/** Rows of BPF. */
#define ROWS 8

/** struct seen - the sample of top with stacks: of alpha two, of "gone" one */
struct seen {
	struct top_sample top;
	struct stacks stacks;
	struct vs_stack_row rows[ROWS];
	struct namer *namer;
};

/* All have ended as far as the namer knows: it asks nobody, and addresses have no names. */
static bool gone(void *ctx, const struct stack *stack)
{
	(void)ctx;
	(void)stack;
	return true;
}

static void stack_row(struct seen *s, uint32_t index, uint32_t slot, uint64_t caller)
{
	struct vs_stack_row *row = &s->rows[index];

	*row = (struct vs_stack_row){
		.key = { .proc = slot,
			 .proc_generation = s->top.model.by_slot[slot]->generation,
			 .pid = s->top.model.by_slot[slot]->process->pid },
		.used = 1,
		.frames = { .nr_user = 2, .user = { HEAP, caller } },
	};
}

static void faulted(struct seen *s, uint32_t index, uint64_t minor, uint64_t major,
		    uint64_t time_ns)
{
	struct vs_stack_row *row = &s->rows[index];

	row->counts.outcome[VS_MINOR] = minor;
	row->counts.outcome[VS_MAJOR] = major;
	row->counts.timed = minor + major;
	row->counts.time_ns = time_ns;
	assert_non_null(stacks__row(&s->stacks, &s->top.model, index, row));
	stacks__update(&s->stacks, index, row);
}

static int setup(void **state)
{
	static struct seen s;
	const struct namer_options no = { .gone = gone };

	memset(&s, 0, sizeof(s));
	assert_int_equal(namer__new(&s.namer, &no), 0);
	top_sample__init(&s.top);
	assert_int_equal(stacks__init(&s.stacks, ROWS), 0);
	stack_row(&s, 2, 1, HEAP + 0x100);
	stack_row(&s, 3, 1, HEAP + 0x200);
	stack_row(&s, 4, 6, HEAP + 0x300);
	faulted(&s, 2, 1000, 0, 1000000);
	faulted(&s, 3, 10, 0, 10000);
	faulted(&s, 4, 700, 0, 0);
	stacks__mark(&s.stacks);
	faulted(&s, 2, 1010, 4, 1028000);
	faulted(&s, 3, 210, 0, 410000);
	s.stacks.none.outcome[VS_MINOR] = 6;
	s.top.view.stacks = &s.stacks;
	s.top.view.namer = s.namer;
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	stacks__free(&s->stacks);
	top_sample__free(&s->top);
	namer__free(s->namer);
	return 0;
}

static void sorted_by_the_interval(void **state)
{
	struct seen *s = *state;
	struct table *t = top_stacks(&s->top.view);

	assert_non_null(t);
	assert_int_equal(t->nr_rows, 3); /* the one of "gone" has done nothing since */
	assert_true(table__cell(t, 0, "faults")->f64 == 100); /* 200 in 2 s */
	assert_true(table__cell(t, 0, "average_ns")->f64 == 2000);
	assert_true(table__cell(t, 1, "faults")->f64 == 7);
	assert_true(table__cell(t, 1, "major")->f64 == 2);
	assert_int_equal(table__cell(t, 0, "pid")->u64, 100);
	assert_string_equal(table__cell(t, 0, "comm")->str, "alpha");
	assert_non_null(strstr(table__cell(t, 0, "stack")->str, " < "));
	assert_string_equal(table__cell(t, 2, "stack")->str, "[no stack]");
	assert_true(table__cell(t, 2, "id")->u64 < TOP_LEAST_OBJECT);
	table__free(t);
}

static void totals_of_the_selected_process(void **state)
{
	struct seen *s = *state;
	struct table *t;

	s->top.view.rates = false;
	t = top_stacks(&s->top.view);
	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(table__cell(t, 0, "faults")->u64, 1014);
	assert_int_equal(table__cell(t, 1, "faults")->u64, 700);
	table__free(t);
	s->top.view.process = model__process(&s->top.model, 300);
	t = top_stacks(&s->top.view);
	assert_int_equal(t->nr_rows, 1);
	assert_int_equal(table__cell(t, 0, "faults")->u64, 700);
	table__free(t);
}

static void stacks_are_removed_with_their_process(void **state)
{
	struct seen *s = *state;
	struct model *m = &s->top.model;
	struct table *t;

	s->stacks.noted = 3;
	model__slot_ended(m, 6);
	model__keep(m, UINT64_MAX, NULL);
	stacks__keep(&s->stacks); /* its row is in use */
	assert_true(model__process(m, 300)->busy);
	stacks__forget(&s->stacks);
	assert_int_equal(s->stacks.nr, 3);
	stacks__row_ended(&s->stacks, 4);
	model__keep(m, UINT64_MAX, NULL);
	stacks__keep(&s->stacks);
	stacks__forget(&s->stacks);
	assert_int_equal(model__forget(m), 0);
	assert_int_equal(s->stacks.nr, 2);
	assert_int_equal(s->stacks.noted, 2);
	s->top.view.rates = false;
	t = top_stacks(&s->top.view);
	assert_int_equal(table__cell(t, row_of(t, "stack", "[ended]"), "faults")->u64, 700);
	table__free(t);
	/* and one like it may come */
	take(m, 6, image_slot(300, 0xd, "again"), NULL);
	stack_row(s, 4, 6, HEAP + 0x300);
	faulted(s, 4, 1, 0, 0);
	assert_int_equal(s->stacks.nr, 3);
}

static void enter_opens_functions_esc_returns(void **state)
{
	struct seen *s = *state;
	struct tui_facts facts = {};
	struct tui t;

	tui__init(&t, &s->top.view, SECOND);
	tui__tick(&t, 2 * SECOND, 10 * SECOND, &facts);
	tui__key(&t, '7');
	assert_int_equal(t.shown, VIEW_STACKS);
	tui__key(&t, '8'); /* of no stack there are no functions */
	assert_int_equal(t.shown, VIEW_STACKS);
	tui__key(&t, '\n');
	assert_int_equal(t.shown, VIEW_SYMBOLS);
	assert_ptr_equal(t.view.process, model__process(&s->top.model, 100));
	assert_int_equal(tui__list(&t)->table->nr_rows, 2);
	assert_string_equal(table__cell(tui__list(&t)->table, 0, "mode")->str, "user");
	tui__tick(&t, 2 * SECOND, 10 * SECOND, &facts);
	tui__key(&t, KEY_LEFT);
	assert_int_equal(t.shown, VIEW_STACKS);
	assert_null(t.view.stack);
	tui__key(&t, KEY_LEFT);
	assert_int_equal(t.shown, VIEW_PROCESSES);
	assert_null(t.view.process);
	tui__free(&t);
}

static void no_view_without_stacks(void **state)
{
	struct seen *s = *state;
	struct tui_facts facts = {};
	struct tui t;

	s->top.view.stacks = NULL;
	tui__init(&t, &s->top.view, SECOND);
	tui__tick(&t, 2 * SECOND, 10 * SECOND, &facts);
	tui__key(&t, '7');
	assert_int_equal(t.shown, VIEW_PROCESSES);
	tui__key(&t, KEY_BTAB);
	assert_int_equal(t.shown, VIEW_LOG);
	tui__key(&t, '3');
	tui__key(&t, '\n');
	assert_int_equal(t.shown, VIEW_CAUSES);
	tui__free(&t);
}

#define STACKS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACKS_TEST(sorted_by_the_interval),
		STACKS_TEST(totals_of_the_selected_process),
		STACKS_TEST(stacks_are_removed_with_their_process),
		STACKS_TEST(enter_opens_functions_esc_returns),
		STACKS_TEST(no_view_without_stacks),
	};

	return cmocka_run_group_tests_name("top_stacks", tests, NULL, NULL);
}
