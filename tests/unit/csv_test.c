// SPDX-License-Identifier: GPL-2.0-only
/*
 * csv_test.c - rows as CSV: quoting, joining of nested tables, choice of the table.
 */
#include "sample.h"

static void nested_rows_repeat_the_outer_row(void **state)
{
	(void)state;
	assert_text(render_table("csv", sample_processes(), 0, true),
		    "processes.pid,processes.major,processes.time_ns,processes.exited,"
		    "processes.comm,start,faults,share,name\r\n"
		    "1234567,0,1620,false,redis,0x7f0000001000,1234567,73.2,"
		    "/usr/lib/x86_64-linux-gnu/libc.so.6\r\n"
		    "1234567,0,1620,false,redis,0x1000,9,,[heap]\r\n"
		    "7,0,,false,\"a,b\",,,,\r\n");
}

static void strings_are_quoted_where_needed(void **state)
{
	struct table *t = new_table(&vma_def);

	(void)state;
	add_vma(t, 1, 2, "say \"hi\"\n");
	add_vma(t, 1, 2, "\xff");
	add_vma(t, 1, 2, "");
	assert_text(render_stream("csv", t, 0), "start,faults,share,name\r\n"
						"0x1,2,,\"say \"\"hi\"\"\\n\"\r\n"
						"0x1,2,,\xef\xbf\xbd\r\n"
						"0x1,2,,\r\n");
}

/* A spreadsheet would calculate them; permissions and numbers it would not. */
static void names_cannot_be_formulas(void **state)
{
	static const char *const names[] = {
		"=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "---p", "-"
	};
	struct table *t = new_table(&vma_def);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		add_vma(t, 1, 2, names[i]);
	assert_text(render_stream("csv", t, 0), "start,faults,share,name\r\n"
						"0x1,2,,\"'=1+1\"\r\n"
						"0x1,2,,\"'+1\"\r\n"
						"0x1,2,,\"'-1+1\"\r\n"
						"0x1,2,,\"'@SUM(A1)\"\r\n"
						"0x1,2,,\\t=1\r\n"
						"0x1,2,,---p\r\n"
						"0x1,2,,-\r\n");
}

static void control_characters_are_escaped(void **state)
{
	struct table *t = new_table(&vma_def);

	(void)state;
	add_vma(t, 1, 2, "\033[2Jred\a");
	assert_text(render_stream("csv", t, 0), "start,faults,share,name\r\n"
						"0x1,2,,\\x1b[2Jred\\x07\r\n");
}

static void first_list_shown_as_text_is_used(void **state)
{
	struct table_def hidden = vma_def;
	struct document d = { 0 };
	struct table *shown = new_table(&vma_def);

	(void)state;
	hidden.json_only = true;
	add_vma(shown, 1, 2, "shown");
	document__add(&d, sample_totals());
	document__add(&d, new_table(&hidden));
	document__add(&d, shown);
	assert_text(render("csv", &d, 0, true), "start,faults,share,name\r\n0x1,2,,shown\r\n");
}

static void first_table_is_used_without_a_list(void **state)
{
	(void)state;
	assert_text(render_table("csv", sample_totals(), 0, true),
		    "faults,delta,longest_ns,command\r\n1234576,-1234,2500000000,stat\r\n");
}

/* Of a nested object, which every row has or may have, the fields stand in its place. */
static void objects_become_columns(void **state)
{
	static const struct column inner_columns[] = {
		{ .key = "low", .type = CELL_U64 },
		{ .key = "drawn", .type = CELL_STR, .text_only = true },
		{ .key = "high", .type = CELL_U64 },
	};
	static const struct table_def inner_def = {
		.key = "range",
		.shape = TABLE_OBJECT,
		.columns = inner_columns,
		.nr_columns = NR(inner_columns),
	};
	static const struct column columns[] = {
		{ .key = "a", .type = CELL_U64 },
		{ .key = "range", .type = CELL_TABLE, .object = &inner_def },
		{ .key = "b", .type = CELL_U64 },
	};
	static const struct table_def def = {
		.key = "rows",
		.columns = columns,
		.nr_columns = NR(columns),
	};
	struct table *t = new_table(&def), *inner = new_table(&inner_def);

	(void)state;
	add_row(inner);
	table__set_u64(inner, "high", 9);
	add_row(t);
	table__set_u64(t, "a", 1);
	table__set_table(t, "range", inner);
	add_row(t);
	table__set_u64(t, "b", 2);
	assert_text(render_table("csv", t, 0, true), "a,range.low,range.high,b\r\n"
						     "1,,9,\r\n"
						     ",,,2\r\n");
}

static void full_disk_is_an_error(void **state)
{
	(void)state;
	assert_tells_write_errors("csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_rows_repeat_the_outer_row),
		cmocka_unit_test(strings_are_quoted_where_needed),
		cmocka_unit_test(names_cannot_be_formulas),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(first_list_shown_as_text_is_used),
		cmocka_unit_test(first_table_is_used_without_a_list),
		cmocka_unit_test(objects_become_columns),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
