// SPDX-License-Identifier: GPL-2.0-only
/*
 * rows_test.c - tables: cells set and replaced, sorted, cut, owned.
 */
#include "sample.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void new_cells_are_unknown(void **state)
{
	struct table *t = new_table(&totals_def);

	(void)state;
	add_row(t);
	for (size_t i = 0; i < totals_def.nr_columns; i++)
		assert_false(table__cell(t, 0, totals_columns[i].key)->known);
	table__free(t);
}

static void cells_keep_what_was_set(void **state)
{
	struct table *t = sample_processes();
	const struct table *vmas = table__cell(t, 0, "vmas")->table;

	(void)state;
	assert_int_equal(t->nr_rows, 2);
	assert_int_equal(table__cell(t, 0, "pid")->u64, 1234567);
	assert_int_equal(table__cell(t, 1, "pid")->u64, 7);
	assert_string_equal(table__cell(t, 1, "comm")->str, "a,b");
	assert_int_equal(vmas->nr_rows, 2);
	assert_int_equal(table__cell(vmas, 0, "start")->u64, 0x7f0000001000);
	assert_false(table__cell(t, 1, "vmas")->known);
	assert_true(table__cell(t, 1, "exited")->known);
	table__free(t);
}

static void strings_are_copied(void **state)
{
	struct table *t = new_table(&totals_def);
	char text[] = "first";

	(void)state;
	add_row(t);
	table__set_str(t, "command", text);
	text[0] = 'F';
	assert_string_equal(table__cell(t, 0, "command")->str, "first");
	table__set_str(t, "command", table__cell(t, 0, "command")->str);
	assert_string_equal(table__cell(t, 0, "command")->str, "first");
	table__set_str(t, "command", NULL);
	assert_false(table__cell(t, 0, "command")->known);
	table__free(t);
}

static void many_rows_keep_their_cells(void **state)
{
	struct table *t = new_table(&totals_def);

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		table__add_row(t);
		assert_int_equal(t->nr_rows, i + 1);
		table__set_u64(t, "faults", i * 3);
	}
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(table__cell(t, i, "faults")->u64, i * 3);
	table__free(t);
}

static struct table *unsorted(void)
{
	static const struct {
		uint64_t faults;
		int64_t delta;
		const char *command;
	} rows[] = { { 5, -1, "b" }, { 9, 4, "a" }, { 5, -7, "c" }, { 700, 0, "a" } };
	struct table *t = new_table(&totals_def);

	for (size_t i = 0; i < NR(rows); i++) {
		add_row(t);
		table__set_u64(t, "faults", rows[i].faults);
		table__set_i64(t, "delta", rows[i].delta);
		table__set_u64(t, "longest_ns", i);
		table__set_str(t, "command", rows[i].command);
	}
	add_row(t);
	table__set_u64(t, "longest_ns", NR(rows));
	return t;
}

/* Sorts by @key; the rows' first places must then be in @order. */
static void assert_sorted(const char *key, const uint64_t *order)
{
	struct table *t = unsorted();

	table__sort(t, key);
	for (size_t i = 0; i < t->nr_rows; i++)
		assert_int_equal(table__cell(t, i, "longest_ns")->u64, order[i]);
	table__free(t);
}

static void sort_is_stable_with_unknown_last(void **state)
{
	(void)state;
	assert_sorted("faults", (const uint64_t[]){ 3, 1, 0, 2, 4 });
	assert_sorted("delta", (const uint64_t[]){ 1, 3, 0, 2, 4 });
	assert_sorted("command", (const uint64_t[]){ 1, 3, 0, 2, 4 });
	assert_sorted("longest_ns", (const uint64_t[]){ 4, 3, 2, 1, 0 });
}

static void empty_table(void **state)
{
	struct table *t = new_table(&totals_def);

	(void)state;
	table__sort(t, "faults");
	table__truncate(t, 0);
	table__truncate(t, 5);
	assert_int_equal(t->nr_rows, 0);
	table__free(t);
	table__free(NULL);
}

static void truncate_frees_rows(void **state)
{
	struct table *t = sample_processes();

	(void)state;
	table__truncate(t, 5);
	assert_int_equal(t->nr_rows, 2);
	table__truncate(t, 1);
	assert_int_equal(t->nr_rows, 1);
	assert_int_equal(table__cell(t, 0, "pid")->u64, 1234567);
	add_process(t, 8, "new", NULL);
	assert_int_equal(table__cell(t, 1, "pid")->u64, 8);
	assert_false(table__cell(t, 1, "time_ns")->known);
	table__free(t);
}

/* a column by itself in all tables, or only in those that another column holds */
static void columns_are_forgotten(void **state)
{
	struct table *t = sample_processes();
	const struct table *vmas = table__cell(t, 0, "vmas")->table;

	(void)state;
	table__forget(t, "pid.start");
	table__forget(t, "vmas.pid");
	table__forget(t, "vmas.");
	table__forget(t, "vma");
	assert_true(table__cell(t, 0, "pid")->known);
	assert_true(table__cell(vmas, 0, "start")->known);
	table__forget(t, "vmas.start");
	assert_false(table__cell(vmas, 0, "start")->known);
	assert_false(table__cell(vmas, 1, "start")->known);
	assert_true(table__cell(vmas, 0, "name")->known);
	table__forget(t, "name");
	assert_false(table__cell(vmas, 0, "name")->known);
	table__forget(t, "pid");
	assert_false(table__cell(t, 1, "pid")->known);
	table__free(t);
}

static void title_is_replaced(void **state)
{
	struct table *t = new_table(&totals_def);

	(void)state;
	table__set_title(t, "%d of %s", 1, "x");
	table__set_title(t, "%s, again", t->title);
	assert_string_equal(t->title, "1 of x, again");
	table__set_footer(t, "end");
	assert_string_equal(t->footer, "end");
	table__free(t);
}

static void document_owns_its_tables(void **state)
{
	struct document d = { 0 };

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct table *t = sample_processes();

		assert_ptr_equal(document__add(&d, t), t);
	}
	assert_int_equal(d.nr_tables, 20);
	assert_int_equal(document__error(&d), 0);
	document__free(&d);
	assert_int_equal(d.nr_tables, 0);
}

/* --- errors -------------------------------------------------------------------------------- */

static void failed_table_is_unchanged(void **state)
{
	struct table *t = new_table(&totals_def);

	(void)state;
	add_row(t);
	table__set_u64(t, "faults", 1);
	table__set_title(t, "before");
	table__fail(t, 0);
	assert_int_equal(t->err, 0);
	table__fail(t, -ENOMEM);
	table__fail(t, -EIO);
	assert_int_equal(t->err, -ENOMEM);
	table__set_u64(t, "faults", 2);
	table__set_str(t, "command", "no");
	table__set_title(t, "after");
	table__add_row(t);
	table__sort(t, "faults");
	assert_int_equal(t->nr_rows, 1);
	assert_int_equal(t->cells[0].u64, 1);
	assert_string_equal(t->title, "before");
	table__free(t);
}

static void nested_failure_reaches_the_document(void **state)
{
	struct table *processes = new_table(&process_def), *vmas = new_table(&vma_def);
	struct document d = { 0 };

	(void)state;
	add_process(processes, 1, "one", vmas);
	assert_ptr_equal(document__add(&d, processes), processes);
	add_vma(vmas, 4096, 1, "name");
	assert_int_equal(document__error(&d), 0);
	table__fail(vmas, -ENOMEM);
	assert_int_equal(processes->err, -ENOMEM);
	assert_int_equal(document__error(&d), -ENOMEM);
	document__free(&d);
}

static void cells_after_an_error_are_freed(void **state)
{
	struct table *processes = new_table(&process_def), *vmas = new_table(&vma_def), *t;
	struct document d = { 0 };

	(void)state;
	table__fail(vmas, -ENOMEM);
	add_row(processes);
	table__set_table(processes, "vmas", vmas);
	assert_int_equal(processes->err, -ENOMEM);
	/* it takes nothing more, and what it gives takes anything */
	t = table__sub(processes, &vma_def);
	table__add_row(t);
	table__set_str(t, "name", "no");
	assert_int_equal(t->nr_rows, 0);
	t = document__add(&d, processes);
	table__set_u64(t, "pid", 1);
	assert_int_equal(document__error(&d), -ENOMEM);
	assert_int_equal(d.nr_tables, 0);
	t = document__table(&d, &totals_def);
	table__set_u64(t, "faults", 1);
	assert_int_equal(d.nr_tables, 0);
	document__free(&d);
}

static void failed_document_prints_nothing(void **state)
{
	static const char *const formats[] = { "text", "json", "csv" };

	(void)state;
	for (size_t i = 0; i < NR(formats); i++) {
		const struct out_format *f = out_format__find(formats[i]);
		struct table *t = sample_processes();
		struct document d = { 0 };
		char *text = NULL;
		size_t len = 0;
		struct out_options o = { .file = open_memstream(&text, &len) };

		assert_non_null(o.file);
		document__add(&d, t);
		table__fail(t, -ENOMEM);
		assert_int_equal(out_format__document(f, &d, &o), -ENOMEM);
		assert_int_equal(out_format__row(f, t, &o, true), -ENOMEM);
		fclose(o.file);
		assert_int_equal(len, 0);
		free(text);
		document__free(&d);
	}
}

static void wrong_key(struct table *t)
{
	table__cell(t, 0, "nonsense");
}

static void wrong_row(struct table *t)
{
	table__cell(t, 1, "faults");
}

static void wrong_type(struct table *t)
{
	table__set_u64(t, "command", 1);
}

static void misuse_aborts(void **state)
{
	void (*const wrong[])(struct table * t) = { wrong_key, wrong_row, wrong_type };

	(void)state;
	for (size_t i = 0; i < NR(wrong); i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid) {
			struct table *t = sample_totals();

			signal(SIGABRT, SIG_DFL);
			if (!freopen("/dev/null", "w", stderr))
				_exit(1);
			wrong[i](t);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_cells_are_unknown),
		cmocka_unit_test(cells_keep_what_was_set),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(many_rows_keep_their_cells),
		cmocka_unit_test(sort_is_stable_with_unknown_last),
		cmocka_unit_test(empty_table),
		cmocka_unit_test(truncate_frees_rows),
		cmocka_unit_test(columns_are_forgotten),
		cmocka_unit_test(title_is_replaced),
		cmocka_unit_test(document_owns_its_tables),
		cmocka_unit_test(failed_table_is_unchanged),
		cmocka_unit_test(nested_failure_reaches_the_document),
		cmocka_unit_test(cells_after_an_error_are_freed),
		cmocka_unit_test(failed_document_prints_nothing),
		cmocka_unit_test(misuse_aborts),
	};

	return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
