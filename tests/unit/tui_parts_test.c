// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui_parts_test.c - the parts of the screen: canvas, order, columns, strip, series, history, heat.
 */
#include "sample.h"

#include "tui/widget/columns.h"
#include "tui/widget/history.h"
#include "tui/widget/series.h"
#include "tui/widget/strip.h"

static const struct column strip_columns[] = {
	{ .key = "id", .type = CELL_U64 },
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "start", .head = "START", .type = CELL_HEX },
	{ .key = "end", .type = CELL_HEX },
	{ .key = "from", .head = "FROM", .type = CELL_SERIES },
	{ .key = "vma", .head = "VMA", .type = CELL_STR },
};
static const struct table_def strip_def = {
	.key = "vmas",
	.columns = strip_columns,
	.nr_columns = NR(strip_columns),
};

static void vma(struct table *t, uint64_t start, uint64_t pages, uint64_t faults, const char *name)
{
	add_row(t);
	table__set_u64(t, "start", start);
	table__set_u64(t, "end", start + pages * 4096);
	table__set_u64(t, "faults", faults);
	table__set_str(t, "vma", name);
}

/* Line @y of @c as text, to be freed. */
static char *line(const struct canvas *c, unsigned int y)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	canvas__print(c, y, y + 1, f);
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void assert_line(const struct canvas *c, unsigned int y, const char *want)
{
	assert_text(line(c, y), want);
}

static struct canvas new_canvas(unsigned int width, unsigned int height)
{
	struct canvas c;

	assert_int_equal(canvas__init(&c, width, height, true), 0);
	return c;
}

/* --- canvas -------------------------------------------------------------------------------- */

static void text_is_clipped(void **state)
{
	struct canvas c = new_canvas(10, 2);

	(void)state;
	assert_int_equal(canvas__put(&c, 0, 7, 80, STYLE_PLAIN, "abcdef"), 3);
	assert_line(&c, 0, "       abc");
	assert_int_equal(canvas__put(&c, 0, 0, 2, STYLE_PLAIN, "xyz"), 2);
	assert_line(&c, 0, "xy     abc");
	assert_int_equal(canvas__put(&c, 2, 0, 5, STYLE_PLAIN, "no"), 0);
	assert_int_equal(canvas__put(&c, 0, 10, 5, STYLE_PLAIN, "no"), 0);
	canvas__free(&c);
}

static void wide_characters(void **state)
{
	struct canvas c = new_canvas(6, 1);

	(void)state;
	assert_int_equal(canvas__put(&c, 0, 0, 5, STYLE_PLAIN, "日本語"), 4);
	assert_line(&c, 0, "日本");
	/* half of one is blanked when the other half is overwritten */
	canvas__put(&c, 0, 1, 1, STYLE_PLAIN, "x");
	assert_line(&c, 0, " x本");
	canvas__put(&c, 0, 2, 1, STYLE_PLAIN, "y");
	assert_line(&c, 0, " xy");
	canvas__free(&c);
}

static void combining_characters_are_dropped(void **state)
{
	struct canvas c = new_canvas(6, 1);

	(void)state;
	assert_int_equal(canvas__put(&c, 0, 0, 6, STYLE_PLAIN, "e\xcc\x81x"), 2);
	assert_line(&c, 0, "ex");
	canvas__free(&c);
}

/* --- order --------------------------------------------------------------------------------- */

static void assert_order(const struct table *t, const char *key, bool descending,
			 const char *filter, const char *want)
{
	char got[64] = "";
	struct order o;

	assert_int_equal(order__make(&o, t, key, descending, filter), 0);
	for (size_t i = 0; i < o.nr; i++)
		sprintf(got + strlen(got), "%zu", o.rows[i]);
	assert_string_equal(got, want);
	order__free(&o);
}

static void rows_can_be_sorted_by_any_column(void **state)
{
	struct table *t = new_table(&strip_def);

	(void)state;
	vma(t, 0x3000, 1, 5, "b");
	vma(t, 0x1000, 1, 9, "A");
	vma(t, 0x2000, 1, 5, "c");
	add_row(t); /* knows nothing */
	table__set_str(t, "vma", "d");
	assert_order(t, "faults", true, "", "1023");
	assert_order(t, "faults", false, "", "0213"); /* unknown is last either way */
	assert_order(t, "start", false, "", "1203");
	assert_order(t, "vma", false, "", "1023");
	assert_order(t, "vma", true, "", "3201");
	/* what can't be compared is sorted by what counts first */
	assert_order(t, "from", true, "", "1023");
	assert_order(t, "nothing", true, "", "0123");
	table__free(t);
}

static void filter_matches_the_shown_text(void **state)
{
	struct table *t = new_table(&strip_def);

	(void)state;
	vma(t, 0x7f00, 1, 12345, "/usr/lib/libc.so.6");
	vma(t, 0x1000, 1, 9, "[heap]");
	assert_order(t, "start", false, "LIBC", "0");
	assert_order(t, "start", false, "[h", "1");
	assert_order(t, "start", false, "12,345", "0"); /* as it is printed */
	assert_order(t, "start", false, "7f00", "0");
	assert_order(t, "start", false, "8f00", ""); /* `end` has no head: nobody sees it */
	table__free(t);
}

/* --- columns ------------------------------------------------------------------------------- */

static void lay_out(struct columns *c, const struct table *t, unsigned int width)
{
	struct order o;

	assert_int_equal(order__make(&o, t, "pid", false, ""), 0);
	columns__lay_out(c, t, &o, 0, 10, width, true);
	order__free(&o);
}

static void columns_never_overlap(void **state)
{
	struct table *t = sample_processes();

	(void)state;
	for (unsigned int width = 12; width < 60; width++) {
		struct columns c = {};

		lay_out(&c, t, width);
		assert_true(c.nr > 0);
		for (size_t i = 0; i < c.nr; i++) {
			assert_true(c.places[i].x + c.places[i].width <= width);
			if (i)
				assert_true(c.places[i].x >
					    c.places[i - 1].x + c.places[i - 1].width - 1);
		}
		/* the name stays, whatever goes */
		assert_string_equal(t->def->columns[c.places[c.nr - 1].index].key, "comm");
	}
	table__free(t);
}

static void column_widths_only_grow(void **state)
{
	struct table *t = sample_processes();
	struct columns c = {};
	unsigned int x;

	(void)state;
	lay_out(&c, t, 60);
	x = c.places[1].x;
	/* "1234567" goes, and its width stays */
	table__cell(t, 0, "pid")->u64 = 3;
	lay_out(&c, t, 60);
	assert_int_equal(c.places[1].x, x);
	columns__reset(&c);
	lay_out(&c, t, 60);
	assert_true(c.places[1].x < x);
	table__free(t);
}

static void optional_columns_stay(void **state)
{
	struct table *t = sample_processes();
	struct columns c = {};
	size_t nr;

	(void)state;
	lay_out(&c, t, 60);
	nr = c.nr;
	table__cell(t, 0, "major")->u64 = 5;
	lay_out(&c, t, 60);
	assert_int_equal(c.nr, nr + 1);
	table__cell(t, 0, "major")->u64 = 0;
	lay_out(&c, t, 60);
	assert_int_equal(c.nr, nr + 1);
	table__free(t);
}

/* --- strip --------------------------------------------------------------------------------- */

static void address_strip_is_sorted(void **state)
{
	struct table *t = new_table(&strip_def);
	struct strip s;

	(void)state;
	vma(t, 0x7f0000000000, 16, 0, "libc");
	vma(t, 0x1000, 1, 10, "code");
	vma(t, 0x2000, 256, 90, "[heap]");
	add_row(t); /* what is outside any VMA has no place */
	table__set_str(t, "vma", "[no VMA]");
	assert_int_equal(strip__make(&s, t, 60), 0);
	assert_int_equal(s.nr, 3);
	assert_int_equal(s.vmas[0].row, 1);
	assert_int_equal(s.vmas[1].row, 2);
	assert_int_equal(s.vmas[2].row, 0);
	/* weights 1, 5 and 3, and a gap of 1 before libc: tenths of 60 columns */
	assert_int_equal(s.vmas[0].from, 0);
	assert_int_equal(s.vmas[0].to, 6);
	assert_int_equal(s.vmas[1].to, 36);
	assert_int_equal(s.vmas[2].from, 42);
	assert_int_equal(s.vmas[2].to, 60);
	assert_true(s.heat[0] == 10);
	assert_true(s.heat[35] == 90);
	assert_true(s.heat[36] < 0 && s.heat[41] < 0);
	assert_true(s.heat[42] == 0);
	assert_true(s.max == 90);
	strip__free(&s);
	table__free(t);
}

static void many_vmas_share_columns_of_the_strip(void **state)
{
	struct table *t = new_table(&strip_def);
	struct strip s;
	double heat = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		vma(t, 0x1000 + 0x2000ULL * i, 1, 1, "[anon]");
	assert_int_equal(strip__make(&s, t, 10), 0);
	for (unsigned int x = 0; x < 10; x++)
		heat += s.heat[x];
	assert_true(heat == 1000);
	assert_true(s.vmas[999].to <= 10);
	strip__free(&s);
	table__free(t);
}

static void address_strip_has_names(void **state)
{
	struct table *t = new_table(&strip_def);
	struct canvas c = new_canvas(40, 2);

	(void)state;
	vma(t, 0x1000, 1, 0, "/bin/sleep");
	vma(t, 0x2000, 4096, 100, "[heap]");
	vma(t, 0x7f0000000000, 4096, 1, "/usr/lib/libc.so.6");
	strip__draw(t, 0, &c, 0);
	assert_line(&c, 0, "__██████████████████  ░░░░░░░░░░░░░░░░░░");
	assert_line(&c, 1, "↑sleep                ↑libc.so.6");
	canvas__free(&c);
	c = new_canvas(40, 2);
	c.utf8 = false;
	strip__draw(t, 1, &c, 0);
	assert_line(&c, 0, "__##################  ------------------");
	assert_line(&c, 1, "  ^[heap]             ^libc.so.6");
	assert_int_equal(canvas__at(&c, 0, 5)->style, STYLE_SELECTED);
	canvas__free(&c);
	table__free(t);
}

static void empty_address_strip(void **state)
{
	struct table *t = new_table(&strip_def);
	struct canvas c = new_canvas(10, 2);

	(void)state;
	strip__draw(t, (size_t)-1, &c, 0);
	assert_line(&c, 0, "");
	canvas__free(&c);
	table__free(t);
}

/* --- series -------------------------------------------------------------------------------- */

static void draw_series(struct canvas *c, const uint64_t *counts, size_t nr, unsigned int width)
{
	struct table *t = new_table(&strip_def);
	struct series_look look;

	add_row(t);
	table__set_series(t, "from", counts, nr);
	look = series__look(t, 4, width);
	series__draw_head(&look, t, 4, c, 0, 0, width, STYLE_PLAIN);
	series__draw(&look, table__cell(t, 0, "from"), c, 1, 0, width);
	table__free(t);
}

static void few_counts_are_printed_as_numbers(void **state)
{
	const uint64_t counts[] = { 0, 1234, 7 };
	struct canvas c = new_canvas(30, 2);

	(void)state;
	draw_series(&c, counts, 3, 30);
	assert_line(&c, 0, "  by 0   by 1   by 2");
	assert_line(&c, 1, "     0  1,234      7");
	canvas__free(&c);
}

static void many_counts_are_printed_as_shades(void **state)
{
	uint64_t counts[32] = { [3] = 1000, [31] = 1 };
	struct canvas c = new_canvas(40, 2);

	(void)state;
	draw_series(&c, counts, 32, 32);
	assert_line(&c, 0, "FROM");
	assert_line(&c, 1, "···█···························░");
	canvas__free(&c);
	/* and more than there are columns share one */
	c = new_canvas(40, 2);
	draw_series(&c, counts, 32, 8);
	assert_line(&c, 1, "█······░");
	canvas__free(&c);
}

/* --- history and heat ---------------------------------------------------------------------- */

static void sparkline_shows_the_latest_values(void **state)
{
	struct history *h = calloc(1, sizeof(*h));
	struct canvas c = new_canvas(8, 1);

	(void)state;
	assert_non_null(h);
	history__draw(h, &c, 0, 0, 8, 1);
	assert_line(&c, 0, "");
	history__add(h, 0);
	history__add(h, 1);
	history__add(h, 50);
	history__add(h, 100);
	history__draw(h, &c, 0, 0, 8, 1);
	assert_line(&c, 0, "     ▁▅█");
	for (int i = 0; i < 2 * HISTORY_LEN; i++)
		history__add(h, i);
	assert_true(history__cell(h, 7, 8, 1) == 2 * HISTORY_LEN - 1);
	assert_true(history__cell(h, 0, 8, 1) == 2 * HISTORY_LEN - 8);
	canvas__free(&c);
	free(h);
}

static void sparkline_keeps_peaks(void **state)
{
	struct history *h = calloc(1, sizeof(*h));

	(void)state;
	assert_non_null(h);
	/* cells of three: 0 0 9 | 1 */
	history__add(h, 0);
	history__add(h, 0);
	history__add(h, 9);
	history__add(h, 1);
	assert_true(history__cell(h, 3, 4, 3) == 1);
	assert_true(history__cell(h, 2, 4, 3) == 9);
	assert_true(history__cell(h, 1, 4, 3) < 0);
	history__add(h, 2);
	assert_true(history__cell(h, 3, 4, 3) == 2);
	assert_true(history__cell(h, 2, 4, 3) == 9);
	free(h);
}

static void heat_levels_are_logarithmic(void **state)
{
	(void)state;
	assert_int_equal(style_heat(0), STYLE_DIM);
	assert_int_equal(style_heat(1), STYLE_HEAT + HEAT_LEVELS - 1);
	assert_int_equal(style_heat(0.5), STYLE_HEAT + HEAT_LEVELS - 1);
	assert_int_equal(style_heat(0.49), STYLE_HEAT + HEAT_LEVELS - 2);
	assert_int_equal(style_heat(1e-9), STYLE_HEAT);
	assert_int_equal(style_heat(0.0 / 1.0), STYLE_DIM);
}

static void colours_for_each_terminal(void **state)
{
	(void)state;
	for (int i = 0; i < NR_STYLES; i++) {
		assert_true(style_colours(i, 8).fg < 8 && style_colours(i, 8).bg < 8);
		assert_true(style_colours(i, 256).fg < 256 && style_colours(i, 256).bg < 256);
		assert_true(style_colours(i, 1 << 24).fg <= 0xffffff);
	}
	/* heat can be told apart without colours, too, and each level has a colour of its own */
	for (int i = 1; i < HEAT_LEVELS; i++)
		assert_int_not_equal(style_colours(STYLE_HEAT + i, 256).fg,
				     style_colours(STYLE_HEAT + i - 1, 256).fg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_clipped),
		cmocka_unit_test(wide_characters),
		cmocka_unit_test(combining_characters_are_dropped),
		cmocka_unit_test(rows_can_be_sorted_by_any_column),
		cmocka_unit_test(filter_matches_the_shown_text),
		cmocka_unit_test(columns_never_overlap),
		cmocka_unit_test(column_widths_only_grow),
		cmocka_unit_test(optional_columns_stay),
		cmocka_unit_test(address_strip_is_sorted),
		cmocka_unit_test(many_vmas_share_columns_of_the_strip),
		cmocka_unit_test(address_strip_has_names),
		cmocka_unit_test(empty_address_strip),
		cmocka_unit_test(few_counts_are_printed_as_numbers),
		cmocka_unit_test(many_counts_are_printed_as_shades),
		cmocka_unit_test(sparkline_shows_the_latest_values),
		cmocka_unit_test(sparkline_keeps_peaks),
		cmocka_unit_test(heat_levels_are_logarithmic),
		cmocka_unit_test(colours_for_each_terminal),
	};

	return cmocka_run_group_tests_name("tui_parts", tests, NULL, NULL);
}
