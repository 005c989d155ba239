// SPDX-License-Identifier: GPL-2.0-only
/* figures_test.c - the table of figures, and that docs/ has what it says; so of causes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/figures.h"
#include "model/model.h"
#include "model/names.h"
#include "model/time_split.h"

/** read_doc - a file of docs/ as text; to be freed. Tests run in the top directory. */
static char *read_doc(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	fclose(f);
	return text;
}

/** assert_row - @doc has @row; else it is printed, to be copied. */
static void assert_row(const char *path, const char *doc, const char *row)
{
	if (!strstr(doc, row))
		fail_msg("%s lacks this row:\n%s", path, row);
}

static void every_figure_is_documented(void **state)
{
	char *json = read_doc("docs/json.md"), *serve = read_doc("docs/serve.md"), row[1024];

	(void)state;
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const struct figure *f = &figures[i];

		/* sums of times are parts of time_ns */
		snprintf(row, sizeof(row), "\n| `%s` | %s |\n", f->key, f->of_all);
		if (!figure__is_time(f))
			assert_row("docs/json.md (Counts)", json, row);
		snprintf(row, sizeof(row), "\n| `%s` | %s |\n", f->key, f->of_one);
		assert_row("docs/json.md (fault)", json, row);
		if (!f->metric)
			continue;
		snprintf(row, sizeof(row), "\n| `%s_total` | counter | `group` | %s |\n", f->metric,
			 f->of_all);
		assert_row("docs/serve.md", serve, row);
	}
	free(json);
	free(serve);
}

static int ends_in(const char *text, const char *end)
{
	const size_t len = strlen(text), of_end = strlen(end);

	return len >= of_end && !strcmp(text + len - of_end, end);
}

/* a unit is part of the names */
static void key_ends_in_the_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const struct figure *f = &figures[i];

		assert_int_equal(ends_in(f->key, "_ns"), figure__is_time(f));
		if (!f->metric)
			continue;
		assert_int_equal(ends_in(f->metric, "_seconds"), figure__is_time(f));
		assert_int_equal(ends_in(f->metric, "_bytes"), f->unit == FIGURE_BYTES);
	}
}

static void figure_is_read_at_its_offset(void **state)
{
	const struct vs_event_fault e = { .mapped = 0xfedc, .size = 0xff, .comm = "xxxxxxxx" };
	const struct vs_counts c = { .handled = 1, .mapped = 1ULL << 40, .latency_count = 2 };
	const struct figure *f = &figures[VS_FIGURE_mapped];

	(void)state;
	assert_string_equal(f->key, "mapped_pages");
	assert_int_equal(figure__of_fault(f, &e), 0xfedc);
	assert_int_equal(figure__of_counts(f, &c), 1ULL << 40);
}

/* a part of a latency that is not known */
static void parts_of_a_time_are_known_with_it(void **state)
{
	const struct figure *f = &figures[VS_FIGURE_blocked];
	struct vs_event_fault e = { .duration_ns = 10 };

	(void)state;
	assert_true(figure__known(f, &e, 0));
	assert_true(figure__known(f, &e, 10));
	e.outcome = VS_INCOMPLETE;
	assert_false(figure__known(f, &e, 0));
	e = (struct vs_event_fault){ .duration_ns = 10, .unsplit = 10 };
	assert_false(figure__known(f, &e, 0));
	assert_true(figure__known(&figures[VS_FIGURE_unsplit], &e, 10));
	e = (struct vs_event_fault){};
	assert_false(figure__known(f, &e, 0));
	assert_false(figure__known(&figures[VS_FIGURE_mapped], &e, 0));
	assert_true(figure__known(&figures[VS_FIGURE_mapped], &e, 1));
}

static void time_splits_into_its_parts(void **state)
{
	const struct vs_counts c = { .latency_sum_ns = 100, .runqueue = 4, .blocked = 6 };
	const struct vs_hist h = { .sum_ns = 100, .runqueue_ns = 5, .blocked_ns = 6 };
	const struct vs_call_counts forged = { .latency_ns = 1, .blocked_ns = 2 };
	const struct vs_event_call partly = {
		.duration_ns = 100, .runqueue_ns = 2, .blocked_ns = 1, .unsplit_ns = 80
	};
	struct time_split split = time_split__of_counts(&c);

	(void)state;
	assert_int_equal(time_split__cpu(&split), 90);
	assert_int_equal(time_split__waited(&split), 10);
	assert_false(time_split__waits(&split));
	split = time_split__of_hist(&h);
	assert_int_equal(time_split__cpu(&split), 89);
	assert_true(time_split__waits(&split));
	split = time_split__of_calls(&forged);
	assert_int_equal(time_split__cpu(&split), 0);
	split = time_split__of_call(&partly);
	assert_int_equal(time_split__known(&split), 20);
	assert_int_equal(time_split__cpu(&split), 17);
	assert_true(time_split__waits(&split));
}

/* of several rows, sums are added, and of an interval they are differences; so with the maximum */
static void figures_add_up(void **state)
{
	struct vs_counts a = { .mapped = 5, .handled = 1, .latency_max_ns = 10 };
	const struct vs_counts b = { .mapped = 7, .handled = 2, .latency_max_ns = 9 };

	(void)state;
	counts_add(&a, &b);
	assert_int_equal(a.mapped, 12);
	assert_int_equal(a.handled, 3);
	assert_int_equal(a.latency_max_ns, 10);
	counts_sub(&a, &b);
	assert_int_equal(a.mapped, 5);
	assert_int_equal(a.handled, 1);
	assert_int_equal(a.latency_max_ns, 10);
	counts_sub(&a, &a);
	assert_int_equal(a.latency_max_ns, 0);
}

static void every_cause_is_documented(void **state)
{
	char *doc = read_doc("docs/causes.md"), row[64];
	size_t rows = 0;

	(void)state;
	for (int i = 0; i < VS_NR_CAUSES; i++) {
		snprintf(row, sizeof(row), "\n| `%s` | ", cause_names[i]);
		assert_row("docs/causes.md", doc, row);
	}
	/* and no other */
	for (const char *s = doc; (s = strstr(s, "\n| `")); s++)
		rows++;
	assert_int_equal(rows, VS_NR_CAUSES);
	free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_figure_is_documented),
		cmocka_unit_test(key_ends_in_the_unit),
		cmocka_unit_test(figure_is_read_at_its_offset),
		cmocka_unit_test(parts_of_a_time_are_known_with_it),
		cmocka_unit_test(time_splits_into_its_parts),
		cmocka_unit_test(figures_add_up),
		cmocka_unit_test(every_cause_is_documented),
	};

	return cmocka_run_group_tests_name("figures", tests, NULL, NULL);
}
