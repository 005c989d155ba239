// SPDX-License-Identifier: GPL-2.0-only
/*
 * heatmap_test.c - slices of time: filled, merged, grouped by address, and drawn as shades.
 */
#include "sample.h"

#include "model/history/heat.h"
#include "util/utf8.h"
#include "view/faults/heatmap.h"

#define MS 1000000ULL
#define REGION (1ULL << VS_HEAT_REGION_BITS)

static struct heat heat;

static int new_heat(void **state)
{
	(void)state;
	heat__init(&heat, 1000 * MS, 10 * MS);
	return 0;
}

static int free_heat(void **state)
{
	(void)state;
	heat__free(&heat);
	return 0;
}

/* What is read at @ms after the start: @faults so far of @ns each. */
static void feed_latency(uint64_t ms, uint64_t ns, uint64_t faults)
{
	struct vs_hist h = {};

	h.bucket[hist__bucket(ns)] = faults;
	heat__at(&heat, (1000 + ms) * MS);
	heat__add_latency(&heat, &h);
}

static void feed_cell(uint32_t pid, uint64_t region, const struct fault_row *row, uint64_t faults)
{
	const struct vs_heat_key key = { .pid = pid, .slot = 1, .region = region };
	struct heat_cell *cell = heat__cell(&heat, &key);

	assert_non_null(cell);
	assert_ptr_equal(heat__cell(&heat, &key), cell);
	cell->row = row;
	heat__add(&heat, cell, faults);
}

static void slice_has_its_own_faults(void **state)
{
	const uint64_t *slices = heat.latency[10];

	(void)state;
	feed_latency(10, 1500, 5);
	feed_latency(20, 1500, 5);
	feed_latency(31, 1500, 9);
	feed_latency(39, 1500, 10);
	assert_int_equal(heat.nr, 4);
	assert_int_equal(slices[0], 5);
	assert_int_equal(slices[1], 0);
	assert_int_equal(slices[2], 4);
	assert_int_equal(slices[3], 1);
	assert_int_equal(heat.latency_total[10], 10);
}

static void late_and_early_readings_find_their_slice(void **state)
{
	const uint64_t *slices = heat.latency[10];

	(void)state;
	feed_latency(2, 1500, 1); /* a run shorter than a slice */
	assert_int_equal(heat.nr, 1);
	feed_latency(14, 1500, 2); /* a remainder of less than half a slice */
	assert_int_equal(heat.nr, 1);
	assert_int_equal(slices[0], 2);
	feed_latency(58, 1500, 3);
	assert_int_equal(heat.nr, 6);
	assert_int_equal(slices[5], 1);
}

static void slices_are_merged_when_full(void **state)
{
	const uint64_t *slices = heat.latency[10];
	uint64_t sum = 0;

	(void)state;
	feed_cell(1, 5, NULL, 3);
	for (uint64_t i = 1; i <= HEAT_SLICES + 1; i++)
		feed_latency(10 * i, 1500, i);
	assert_int_equal(heat.slice_ns, 20 * MS);
	/* the odd one is half a slice: it has one of its own */
	assert_int_equal(heat.nr, HEAT_SLICES / 2 + 1);
	for (size_t i = 0; i < heat.nr; i++)
		sum += slices[i];
	assert_int_equal(sum, HEAT_SLICES + 1);
	assert_int_equal(slices[0], 2);
	assert_int_equal(heat.cells[0]->slices[0], 3);
	feed_latency(1000000, 1500, HEAT_SLICES + 2);
	assert_true(heat.nr <= HEAT_SLICES);
	assert_true(heat.slice_ns * HEAT_SLICES >= 1000000 * MS);
}

/* --- the view ------------------------------------------------------------------------------ */

static struct process process = { .pid = 7 };
static struct fault_row lib = {
	.process = &process,
	.is_vma = true,
	.name = "/usr/lib/libone.so",
	.vma = { .start = 100 * REGION + 4096, .end = 101 * REGION - 4096 },
};
static struct fault_row anon = {
	.process = &process,
	.is_vma = true,
	.name = "[anon]",
	.vma = { .start = 1000 * REGION, .end = 1064 * REGION },
};

static void make(struct document *d, uint64_t faults)
{
	struct model m = { .overflow.counts.outcome[VS_MINOR] = faults };
	const struct stat_view v = {};

	heatmap_view__make(&heat, &v, &m, d);
}

static const struct table *nested(const struct document *d, const char *key)
{
	return table__cell(d->tables[0], 0, key)->table;
}

static uint64_t sum_of(const struct table *t)
{
	uint64_t sum = 0;

	for (size_t row = 0; row < t->nr_rows; row++) {
		const struct series *s = table__cell(t, row, "counts")->series;

		for (size_t i = 0; i < s->nr; i++)
			sum += s->counts[i];
	}
	return sum;
}

static void rows_have_every_fault(void **state)
{
	const struct table *address;
	struct document d = {};
	uint64_t fed = 0;

	(void)state;
	feed_latency(10, 1500, 100);
	feed_latency(20, 90000, 3);
	for (uint64_t i = 0; i < 64; i++, fed += 100)
		feed_cell(7, 1000 + i, &anon, 100);
	feed_cell(7, 100, &lib, 200);
	for (uint32_t pid = 100; pid < 200; pid++, fed++)
		feed_cell(pid, 3, NULL, 1);
	fed += 200;
	make(&d, fed + 5);
	assert_int_equal(table__cell(d.tables[0], 0, "unplaced")->u64, 5);
	address = nested(&d, "address");
	assert_int_equal(sum_of(nested(&d, "latency")), 103);
	assert_int_equal(sum_of(address), fed);
	assert_int_equal(address->nr_rows, HEATMAP_ROWS);
	document__free(&d);
}

static void row_is_no_larger_than_its_vma(void **state)
{
	const struct table *t;
	struct document d = {};

	(void)state;
	feed_latency(10, 1500, 1);
	feed_cell(7, 100, &lib, 10);
	feed_cell(7, 1000, &anon, 10);
	feed_cell(7, 1063, &anon, 10);
	make(&d, 30);
	t = nested(&d, "address");
	/* the gap in [anon] divides it */
	assert_int_equal(t->nr_rows, 3);
	assert_int_equal(table__cell(t, 0, "start")->u64, 100 * REGION + 4096);
	assert_int_equal(table__cell(t, 0, "end")->u64, 101 * REGION - 4096);
	assert_int_equal(table__cell(t, 1, "start")->u64, 1000 * REGION);
	assert_int_equal(table__cell(t, 1, "end")->u64, 1001 * REGION);
	assert_int_equal(table__cell(t, 2, "end")->u64, 1064 * REGION);
	document__free(&d);
}

static void small_vmas_share_a_row(void **state)
{
	const struct table *t;
	struct document d = {};

	(void)state;
	feed_latency(10, 1500, 1);
	feed_cell(7, 1000, &anon, 10000);
	feed_cell(7, 100, &lib, 2);
	feed_cell(8, 100, NULL, 1);
	make(&d, 10003);
	t = nested(&d, "address");
	assert_int_equal(t->nr_rows, 2);
	assert_string_equal(table__cell(t, 1, "name")->str, "[others]");
	assert_false(table__cell(t, 1, "start")->known);
	assert_int_equal(table__cell(t, 1, "faults")->u64, 3);
	document__free(&d);
}

/* --- text ---------------------------------------------------------------------------------- */

static char *draw(unsigned int width, bool utf8)
{
	struct document d = {};

	make(&d, heat.nr_cells ? heat.cells[0]->total : 0);
	return render("text", &d, width, utf8);
}

static void shades_are_logarithmic(void **state)
{
	char *text;

	(void)state;
	feed_latency(10, 1500, 1);
	feed_latency(20, 1500, 11);
	feed_latency(30, 1500, 11);
	feed_latency(40, 1500, 10011);
	text = draw(80, true);
	assert_non_null(strstr(text, "|░░░░▒▒▒▒    ████|\n"));
	assert_non_null(strstr(text, "|0\n"));
	assert_non_null(strstr(text, "count per cell (10.0ms):  ░ 1-9  ▒ 10-99  ▓ 100-999  "
				     "█ 1,000-10,000\n"));
	free(text);
	text = draw(80, false);
	assert_non_null(strstr(text, "|....----    @@@@|\n"));
	free(text);
}

static void every_width_is_respected(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 200; i++) {
		feed_latency(10 * i, 1500, i * i);
		feed_cell(7, 1000 + i / 4, &anon, i * 10);
		feed_cell(7, 100, &lib, i);
	}
	for (unsigned int width = 40; width <= 260; width++) {
		char *text = draw(width, width % 2), *line, *rest = text;
		unsigned int widest = 0;

		while ((line = strsep(&rest, "\n"))) {
			assert_true(utf8_width(line) <= width);
			if (*line && utf8_width(line) > widest)
				widest = utf8_width(line);
		}
		/* the strips are there, and take what room there is */
		assert_true(widest >= 38);
		free(text);
	}
}

static void narrow_lines_omit_numbers_first(void **state)
{
	char *text;

	(void)state;
	feed_latency(10, 1500, 1);
	feed_cell(7, 0x7f0000000000 / REGION, &lib, 10);
	text = draw(40, true);
	assert_null(strstr(text, "SPAN"));
	assert_non_null(strstr(text, "7f0000000000"));
	assert_non_null(strstr(text, "libone.so"));
	assert_non_null(strstr(text, "|████|"));
	free(text);
	text = draw(80, true);
	assert_non_null(strstr(text, "SPAN"));
	free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, new_heat, free_heat)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(slice_has_its_own_faults),
		TEST(late_and_early_readings_find_their_slice),
		TEST(slices_are_merged_when_full),
		TEST(rows_have_every_fault),
		TEST(row_is_no_larger_than_its_vma),
		TEST(small_vmas_share_a_row),
		TEST(shades_are_logarithmic),
		TEST(every_width_is_respected),
		TEST(narrow_lines_omit_numbers_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
