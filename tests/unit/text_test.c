// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_test.c - rows as columns: aligned, scaled, cut to the width, safe for a terminal.
 */
#include "sample.h"

#include "util/utf8.h"

static void columns_are_aligned_and_tables_nested(void **state)
{
	(void)state;
	assert_text(render_table("text", sample_processes(), 0, true),
		    "    PID    TIME  COMM\n"
		    "1234567  1.62us  redis\n"
		    "         START     FAULTS  SHARE  NAME\n"
		    "  7f0000001000  1,234,567  73.2%  /usr/lib/x86_64-linux-gnu/libc.so.6\n"
		    "          1000          9      -  [heap]\n"
		    "      7       -  a,b\n");
}

static void object_is_names_and_values(void **state)
{
	struct table *t = sample_totals();

	(void)state;
	table__set_title(t, "Totals");
	table__set_footer(t, "two\nlines");
	assert_text(render_table("text", t, 0, true), "Totals\n"
						      "faults   1,234,576\n"
						      "change      -1,234\n"
						      "longest      2.50s\n"
						      "command  stat\n"
						      "two\n"
						      "lines\n");
}

static void blank_line_between_shown_tables(void **state)
{
	struct table_def hidden = totals_def;
	struct document d = { 0 };
	struct table *t = new_table(&vma_def);

	(void)state;
	hidden.json_only = true;
	add_vma(t, 1, 2, "x");
	document__add(&d, new_table(&hidden));
	document__add(&d, sample_totals());
	document__add(&d, new_table(&hidden));
	document__add(&d, t);
	assert_text(render("text", &d, 0, true), "faults   1,234,576\n"
						 "change      -1,234\n"
						 "longest      2.50s\n"
						 "command  stat\n"
						 "\n"
						 "START  FAULTS  SHARE  NAME\n"
						 "    1       2      -  x\n");
}

static void optional_columns_need_one_value(void **state)
{
	struct table *t = sample_processes();

	(void)state;
	table__set_u64(t, "major", 1500);
	table__set_str(t, "note", "hm");
	table__set_table(t, "vmas", NULL);
	assert_text(render_table("text", t, 0, true),
		    "    PID  MAJOR    TIME  NOTE  COMM\n"
		    "1234567      0  1.62us     -  redis\n"
		    "         START     FAULTS  SHARE  NAME\n"
		    "  7f0000001000  1,234,567  73.2%  /usr/lib/x86_64-linux-gnu/libc.so.6\n"
		    "          1000          9      -  [heap]\n"
		    "      7  1,500       -    hm  a,b\n");
}

static struct table *named(const char *name)
{
	struct table *t = new_table(&vma_def);

	add_vma(t, 0x1000, 5, name);
	return t;
}

static void paths_and_names_are_shortened(void **state)
{
	(void)state;
	assert_text(render_table("text", named("/usr/lib/libc.so.6"), 36, true),
		    "START  FAULTS  SHARE  NAME\n"
		    " 1000       5      -  …lib/libc.so.6\n");
	assert_text(render_table("text", named("[anon:a long name of it]"), 36, true),
		    "START  FAULTS  SHARE  NAME\n"
		    " 1000       5      -  [anon:a…of it]\n");
	assert_text(render_table("text", named("/usr/lib/libc.so.6"), 36, false),
		    "START  FAULTS  SHARE  NAME\n"
		    " 1000       5      -  ...b/libc.so.6\n");
}

static void assert_fits(const char *text, size_t width)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);

		assert_non_null(line);
		if (utf8_width(line) > width)
			fail_msg("wider than %zu: %s", width, line);
		if (len && line[len - 1] == ' ')
			fail_msg("ends in a blank: %s", line);
		free(line);
		text += len + 1;
	}
}

static void no_line_exceeds_the_width(void **state)
{
	(void)state;
	for (unsigned int width = 1; width < 120; width++) {
		struct document d = { 0 };
		struct table *totals = sample_totals(), *processes = sample_processes();
		char *text;

		table__set_str(totals, "command", "w\xc3\xa9\xe6\xbc\xa2\xe5\xad\x97 long command");
		table__set_title(totals, "A title that is about %d columns wide", 40);
		table__set_footer(totals, "  and\nan_overlong_word_in_a_footer indeed");
		document__add(&d, totals);
		document__add(&d, processes);
		text = render("text", &d, width, width % 2);
		assert_true(strlen(text) > 20);
		assert_fits(text, width);
		free(text);
		text = render_stream("text", sample_processes(), width);
		assert_fits(text, width);
		free(text);
	}
}

static void text_wraps_between_words(void **state)
{
	struct table *t = new_table(&vma_def);

	(void)state;
	table__set_footer(t, "  one two three\nfour  five");
	assert_text(render_table("text", t, 10, true), "  one two\n"
						       "  three\n"
						       "four  five\n");
}

static void control_characters_are_escaped(void **state)
{
	struct table *t = named("\x1b[2J\n\t\x7f\xc2\x9b\xe2\x80\xae\xff");

	(void)state;
	table__set_title(t, "run \x1b[0m");
	assert_text(render_table("text", t, 0, true),
		    "run \\x1b[0m\n"
		    "START  FAULTS  SHARE  NAME\n"
		    " 1000       5      -  \\x1b[2J\\n\\t\\x7f\\xc2\\x9b\\xe2\\x80\\xae\\xff\n");
	assert_text(render_table("text", named("h\xc3\xa9"), 0, false),
		    "START  FAULTS  SHARE  NAME\n"
		    " 1000       5      -  h\\xc3\\xa9\n");
}

static void stream_has_one_heading(void **state)
{
	struct table *t = new_table(&vma_def);

	(void)state;
	add_vma(t, 0x1000, 5, "x");
	add_vma(t, 0x7f0000001000, 1234567, "a name that is too long for it");
	table__set_f64(t, "share", 100);
	assert_text(render_stream("text", t, 50),
		    "       START    FAULTS  SHARE NAME\n"
		    "        1000         5      - x\n"
		    "7f0000001000 1,234,567 100.0% a name tha…ng for it\n");
}

static void stream_has_its_own_width(void **state)
{
	struct column columns[] = {
		{ .key = "comm", .head = "COMM", .type = CELL_STR, .left = true, .width = 8 },
		{ .key = "name", .head = "NAME", .type = CELL_STR },
	};
	struct table_def def = { .key = "x", .columns = columns, .nr_columns = NR(columns) };
	struct table *t = new_table(&def);

	(void)state;
	add_row(t);
	table__set_str(t, "comm", "redis");
	table__set_str(t, "name", "[heap]");
	assert_text(render_stream("text", t, 0), "COMM     NAME\n"
						 "redis    [heap]\n");
	columns[0].width = 0;
	t = new_table(&def);
	add_row(t);
	table__set_str(t, "comm", "redis-server");
	table__set_str(t, "name", "[heap]");
	assert_text(render_stream("text", t, 0), "COMM         NAME\n"
						 "redis-server [heap]\n");
}

static const struct column task_columns[] = {
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "comm", .head = "COMM", .type = CELL_STR, .whole = true, .left = true },
	{ .key = "name", .head = "NAME", .type = CELL_STR },
};
static const struct table_def task_def = TABLE_DEF("tasks", task_columns);

static struct table *task(const char *comm, const char *name)
{
	struct table *t = new_table(&task_def);

	add_row(t);
	table__set_u64(t, "faults", 7);
	table__set_str(t, "comm", comm);
	table__set_str(t, "name", name);
	return t;
}

static void command_names_are_never_cut(void **state)
{
	(void)state;
	assert_text(render_table("text", task("fifteen-letters", "[anon:something]"), 30, true),
		    "FAULTS  COMM             NAME\n"
		    "     7  fifteen-letters  [a…g]\n");
	/* not even where nothing else can be */
	assert_text(render_table("text", task("fifteen-letters", "[heap]"), 24, true),
		    "FAULTS  COMM\n"
		    "     7  fifteen-letters\n");
	/* in a stream its width is that of any, where lines have room */
	assert_text(render_stream("text", task("redis", "[heap]"), 100),
		    "   FAULTS COMM            NAME\n"
		    "        7 redis           [heap]\n");
	assert_text(render_stream("text", task("fifteen-letters", "[heap]"), 60),
		    "   FAULTS COMM            NAME\n"
		    "        7 fifteen-letters [heap]\n");
}

static void unlimited_width_cuts_nothing(void **state)
{
	static const char path[] =
		"/a/directory/with/a/name/of/more/than/eighty/characters/in/which/there/is/a/"
		"library.so.6";
	char line[256];

	(void)state;
	snprintf(line, sizeof(line),
		 "FAULTS  COMM   NAME\n"
		 "     7  redis  %s\n",
		 path);
	assert_text(render_table("text", task("redis", path), 0, true), line);
}

/* The strip of a series aims at @drawn_width where lines have no limit. */
static void drawings_have_a_default_width(void **state)
{
	static const struct column columns[] = {
		{ .key = "counts", .head = "COUNTS", .type = CELL_SERIES },
		{ .key = "name", .head = "NAME", .type = CELL_STR },
	};
	static const struct table_def def = TABLE_DEF("series", columns);
	const unsigned int widths[] = { 0, 80 };
	uint64_t counts[200];

	(void)state;
	for (size_t i = 0; i < NR(counts); i++)
		counts[i] = 1;
	for (size_t i = 0; i < NR(widths); i++) {
		struct document d = { 0 };
		struct table *t = new_table(&def);
		char *text = NULL;
		size_t len = 0;
		struct out_options o = { .drawn_width = widths[i], .utf8 = true };

		add_row(t);
		table__set_series(t, "counts", counts, NR(counts));
		table__set_str(t, "name", "a name");
		document__add(&d, t);
		o.file = open_memstream(&text, &len);
		assert_non_null(o.file);
		assert_int_equal(out_format__find("text")->document(&d, &o), 0);
		assert_int_equal(fclose(o.file), 0);
		document__free(&d);
		if (widths[i])
			assert_fits(text, widths[i]);
		else
			assert_true(strlen(text) > 3 * NR(counts));
		assert_non_null(strstr(text, "a name"));
		free(text);
	}
}

static void only_headings_are_coloured(void **state)
{
	char *text = NULL;
	size_t len = 0;
	struct out_options o = { .file = open_memstream(&text, &len),
				 .utf8 = true,
				 .colour = true };
	struct document d = { 0 };

	(void)state;
	document__add(&d, named("x"));
	assert_int_equal(out_format__document(out_format__find("text"), &d, &o), 0);
	fclose(o.file);
	document__free(&d);
	assert_text(text, "\x1b[1mSTART  FAULTS  SHARE  NAME\x1b[m\n"
			  " 1000       5      -  x\n");
}

static void full_disk_is_an_error(void **state)
{
	(void)state;
	assert_tells_write_errors("text");
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	for (const struct out_format *f = out_formats; f->name; f++) {
		assert_ptr_equal(out_format__find(f->name), f);
		assert_true(strlen(f->help) > 0);
		/* what is made of events is not made of tables */
		assert_int_equal(!f->document, !!(f->flags & FORMAT_OF_EVENTS));
		assert_int_equal(!f->row, !!(f->flags & (FORMAT_OF_EVENTS | FORMAT_OF_STACKS)));
	}
	assert_null(out_format__find("xml"));
	assert_null(out_format__find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_tables_nested),
		cmocka_unit_test(object_is_names_and_values),
		cmocka_unit_test(blank_line_between_shown_tables),
		cmocka_unit_test(optional_columns_need_one_value),
		cmocka_unit_test(paths_and_names_are_shortened),
		cmocka_unit_test(no_line_exceeds_the_width),
		cmocka_unit_test(text_wraps_between_words),
		cmocka_unit_test(control_characters_are_escaped),
		cmocka_unit_test(stream_has_one_heading),
		cmocka_unit_test(stream_has_its_own_width),
		cmocka_unit_test(command_names_are_never_cut),
		cmocka_unit_test(unlimited_width_cuts_nothing),
		cmocka_unit_test(drawings_have_a_default_width),
		cmocka_unit_test(only_headings_are_coloured),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(formats_are_found_by_name),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
