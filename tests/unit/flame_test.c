// SPDX-License-Identifier: GPL-2.0-only
/*
 * flame_test.c - folded stacks and flame graphs: sums, order, widths, and XML whatever the names are.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/flame.h"

#define NR(a) (sizeof(a) / sizeof(*(a)))

static void add(struct flame *f, uint64_t value, const char *stack)
{
	char copy[512], *names[32], *save, *name;
	size_t nr = 0;

	snprintf(copy, sizeof(copy), "%s", stack);
	for (name = strtok_r(copy, ";", &save); name; name = strtok_r(NULL, ";", &save))
		names[nr++] = name;
	flame__add(f, (const char *const *)names, nr, value);
}

static char *print(struct flame *f, const struct flame_options *o)
{
	char *text = NULL;
	size_t len;
	FILE *mem = open_memstream(&text, &len);

	assert_int_equal(o ? flame__svg(f, o, mem) : flame__folded(f, mem), 0);
	fclose(mem);
	assert_int_equal(strlen(text), len);
	return text;
}

static const struct flame_options counts = { .title = "Faults",
					     .unit = UNIT_COUNT,
					     .what = "faults" };

/* --- Folded --- */

static void equal_stacks_are_merged(void **state)
{
	struct flame *f = flame__new(0);
	char *text;

	(void)state;
	add(f, 1, "main;b");
	add(f, 2, "main;a;c");
	add(f, 3, "main");
	add(f, 10, "main;b");
	add(f, 0, "main;nothing");
	add(f, 5, "main;a-a");
	add(f, 6, "other");
	text = print(f, NULL);
	/* by frames: what main;a called comes before main;a-a */
	assert_string_equal(text, "main 3\nmain;a;c 2\nmain;a-a 5\nmain;b 11\nother 6\n");
	free(text);
	/* more may come after it was printed */
	add(f, 1, "main;b");
	text = print(f, NULL);
	assert_non_null(strstr(text, "main;b 12\n"));
	free(text);
	flame__free(f);
	flame__free(NULL);
}

static void separators_in_names_are_replaced(void **state)
{
	static const struct {
		const char *name;
		const char *folded;
	} cases[] = {
		{ "operator new(unsigned long)", "operator new(unsigned long) 1\n" },
		{ "Lcom/foo;::bar", "Lcom/foo:::bar 1\n" },
		{ "two\nlines\t\x1b[31m", "two\\nlines\\t\\x1b[31m 1\n" },
		{ "", "? 1\n" },
		{ "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd 1\n" },
		{ "<b>&\"'", "<b>&\"' 1\n" },
		{ "\xc3\xa4\xe4\xb8\xad", "\xc3\xa4\xe4\xb8\xad 1\n" },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct flame *f = flame__new(0);
		char *text;

		flame__add(f, &cases[i].name, 1, 1);
		text = print(f, NULL);
		assert_string_equal(text, cases[i].folded);
		free(text);
		flame__free(f);
	}
}

static void deep_stacks_are_truncated(void **state)
{
	const char *names[FLAME_MAX_DEPTH * 2];
	struct flame *f = flame__new(0);
	const struct flame_stack *stacks;
	size_t semicolons = 0;

	(void)state;
	for (size_t i = 0; i < NR(names); i++)
		names[i] = "f";
	flame__add(f, names, NR(names), 1);
	flame__add(f, names, FLAME_MAX_DEPTH, 1);
	assert_int_equal(flame__stacks(f, &stacks), 2);
	for (const char *c = stacks[0].text; *c; c++)
		semicolons += *c == ';';
	assert_int_equal(semicolons, FLAME_MAX_DEPTH - 1);
	assert_string_equal(strrchr(stacks[1].text, ';'), ";…");
	free(print(f, &counts));
	flame__free(f);
}

static void memory_is_bounded(void **state)
{
	struct flame *f = flame__new(100000);
	const struct flame_stack *stacks;
	uint64_t sum = 0, rest = 0;
	char name[64];
	size_t nr;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		snprintf(name, sizeof(name), "function number %d;again", i % 10000);
		add(f, 3, name);
	}
	nr = flame__stacks(f, &stacks);
	assert_in_range(nr, 500, 5000);
	for (size_t i = 0; i < nr; i++) {
		sum += stacks[i].value;
		if (!strcmp(stacks[i].text, FLAME_REST))
			rest = stacks[i].value;
	}
	assert_int_equal(sum, 150000);
	assert_in_range(rest, 1, 149999);
	flame__free(f);
}

/* --- The graph --- */

/* Return: NULL, or what is wrong: tags that do not match, letters that XML does not have. */
static const char *not_xml(const char *s)
{
	static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	char open[16][16];
	size_t nr = 0;

	for (; *s; s++) {
		size_t len;

		if ((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t')
			return "a control character";
		if (*s == '&') {
			size_t i = 0;

			while (i < NR(entities) && strncmp(s, entities[i], strlen(entities[i])))
				i++;
			if (i == NR(entities))
				return "a bare &";
		}
		if (*s == '>')
			return "a bare >";
		if (*s != '<')
			continue;
		if (s[1] == '?') {
			s = strstr(s, "?>") + 1;
			continue;
		}
		if (!strncmp(s, "<![CDATA[", 9)) {
			s = strstr(s, "]]>") + 2;
			continue;
		}
		if (s[1] == '/') {
			len = strcspn(s + 2, ">");
			if (!nr || strncmp(open[nr - 1], s + 2, len) || open[nr - 1][len])
				return "a tag that does not match";
			nr--;
			s += 2 + len;
			continue;
		}
		len = strcspn(s + 1, " >/");
		if (!len || len >= sizeof(open[0]) || nr == NR(open))
			return "a strange tag";
		memcpy(open[nr], s + 1, len);
		open[nr++][len] = '\0';
		/* attributes: nothing but quoted text */
		for (s += 1 + len; *s && *s != '>'; s++) {
			if (*s == '"' && !(s = strchr(s + 1, '"')))
				return "an open quote";
			if (*s == '/')
				nr--;
		}
	}
	return nr ? "a tag that is open" : NULL;
}

static void check_xml(const char *svg)
{
	const char *wrong = not_xml(svg);

	if (wrong)
		fail_msg("%s in:\n%s", wrong, svg);
}

/* Where the box of @title is. */
static void box_of(const char *svg, const char *title, double *x, double *width, int *y)
{
	char start[128];
	const char *at;

	snprintf(start, sizeof(start), "<title>%s (", title);
	at = strstr(svg, start);
	if (!at)
		fail_msg("no box of %s in:\n%s", title, svg);
	at = strstr(at, "<rect ");
	assert_int_equal(sscanf(at, "<rect x=\"%lf\" y=\"%d\" width=\"%lf\"", x, y, width), 3);
}

static void box_width_is_the_value(void **state)
{
	struct flame *f = flame__new(0);
	double x, w, px, pw;
	int y, py;
	char *svg;

	(void)state;
	add(f, 25, "main;parse;malloc");
	add(f, 25, "main;parse");
	add(f, 40, "main;write");
	add(f, 10, "start");
	svg = print(f, &counts);
	check_xml(svg);
	assert_non_null(strstr(svg, "<title>main (90, 90.00%)</title>"));
	assert_non_null(strstr(svg, "<title>malloc (25, 25.00%)</title>"));
	assert_non_null(strstr(svg, "width of a box: faults in the function and what it calls; 100 "
				    "in total"));
	box_of(svg, "all", &px, &pw, &py);
	assert_true(px == 10 && pw == 1180);
	box_of(svg, "main", &x, &w, &y);
	assert_true(x == 10 && w == 0.9 * 1180 && y < py);
	box_of(svg, "parse", &px, &pw, &py);
	assert_true(px == 10 && pw == 590 && py < y);
	box_of(svg, "malloc", &x, &w, &y);
	assert_true(x == 305 && w == 295 && y < py); /* after parse itself */
	box_of(svg, "write", &x, &w, &y);
	assert_true(x == 600 && w == 472 && y == py);
	free(svg);
	flame__free(f);
}

/* The same box of two callers stays two. */
static void callers_have_separate_boxes(void **state)
{
	struct flame *f = flame__new(0);
	int boxes = 0;
	char *svg;

	(void)state;
	add(f, 1, "a;same");
	add(f, 1, "b;same");
	add(f, 1, "b;same;same");
	svg = print(f, &counts);
	for (const char *at = svg; (at = strstr(at, "<title>same (")); at++)
		boxes++;
	assert_int_equal(boxes, 3);
	free(svg);
	flame__free(f);
}

static void names_are_escaped_in_xml(void **state)
{
	static const char *const names[] = {
		"</text><script>alert(1)</script>",
		"a & b < c > d \" '",
		"]]>",
		"\x01\x02\x7f",
		"\xef\xbf\xbf",
		"\xff\xff",
		"<!--",
		"%s%n",
	};
	const struct flame_options o = { .title = "<title> & \"more\"", .subtitle = "]]> <x>" };
	struct flame *f = flame__new(0);
	char *svg;

	(void)state;
	for (size_t i = 0; i < NR(names); i++)
		flame__add(f, names + i, NR(names) - i, 100 + i);
	svg = print(f, &o);
	check_xml(svg);
	assert_null(strstr(svg, "<script>alert"));
	assert_null(strstr(svg, "\xef\xbf\xbf"));
	assert_non_null(strstr(svg, "&lt;script&gt;alert(1)"));
	free(svg);
	flame__free(f);
}

static void colour_depends_on_the_name(void **state)
{
	struct flame *one = flame__new(0), *two = flame__new(0);
	char *a, *b, *c, *d;

	(void)state;
	add(one, 1, "main;vfs_read_[k]");
	add(two, 7, "other;other;vfs_read_[k];main");
	a = print(one, &counts);
	b = print(two, &counts);
	c = strstr(strstr(a, "<title>vfs_read_[k] ("), "fill=");
	d = strstr(strstr(b, "<title>vfs_read_[k] ("), "fill=");
	assert_memory_equal(c, d, strlen("fill=\"#123456\""));
	c = strstr(strstr(a, "<title>main ("), "fill=");
	assert_memory_not_equal(c, d, strlen("fill=\"#123456\""));
	free(a);
	free(b);
	/* and so does the whole graph */
	a = print(one, &counts);
	b = print(one, &counts);
	assert_string_equal(a, b);
	free(a);
	free(b);
	flame__free(one);
	flame__free(two);
}

static void times_are_printed_with_units(void **state)
{
	const struct flame_options o = { .unit = UNIT_NS, .what = "fault time" };
	struct flame *f = flame__new(0);
	char *svg;

	(void)state;
	add(f, 1500000, "main");
	svg = print(f, &o);
	check_xml(svg);
	assert_non_null(strstr(svg, "<title>main (1.50ms, 100.00%)</title>"));
	assert_non_null(strstr(svg, "width of a box: fault time in the function and what it "
				    "calls; 1.50ms in total"));
	free(svg);
	flame__free(f);
}

static void narrow_boxes_are_counted(void **state)
{
	struct flame *f = flame__new(0);
	char *svg;

	(void)state;
	add(f, 1000000, "main");
	add(f, 1, "main;tiny;tinier");
	svg = print(f, &counts);
	check_xml(svg);
	assert_null(strstr(svg, "<title>tiny"));
	assert_non_null(strstr(svg, "2 boxes below 0.01% are not drawn"));
	free(svg);
	flame__free(f);
}

static void empty_graph_is_valid(void **state)
{
	struct flame *f = flame__new(0);
	char *svg = print(f, &counts), *text = print(f, NULL);

	(void)state;
	check_xml(svg);
	assert_non_null(strstr(svg, "no stacks"));
	assert_string_equal(text, "");
	free(svg);
	free(text);
	flame__free(f);
}

static void full_disk_is_an_error(void **state)
{
	struct flame *f = flame__new(0);
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	setbuf(full, NULL);
	add(f, 1, "main");
	assert_int_equal(flame__svg(f, &counts, full), -ENOSPC);
	fclose(full);
	flame__free(f);
}

/* It needs no other file, and the script is not cut off by what is in it. */
static void svg_is_self_contained(void **state)
{
	struct flame *f = flame__new(0);
	char *svg;

	(void)state;
	add(f, 1, "main");
	svg = print(f, &counts);
	assert_null(strstr(svg, "href"));
	assert_null(strstr(svg, "url("));
	assert_null(strstr(svg, "@import"));
	assert_null(strstr(flame_script, "]]>"));
	for (const char *c = flame_script; *c; c++)
		assert_true(*c == '\n' || *c == '\t' || (*c >= ' ' && *c <= '~'));
	free(svg);
	flame__free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_stacks_are_merged),
		cmocka_unit_test(separators_in_names_are_replaced),
		cmocka_unit_test(deep_stacks_are_truncated),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(box_width_is_the_value),
		cmocka_unit_test(callers_have_separate_boxes),
		cmocka_unit_test(names_are_escaped_in_xml),
		cmocka_unit_test(colour_depends_on_the_name),
		cmocka_unit_test(times_are_printed_with_units),
		cmocka_unit_test(narrow_boxes_are_counted),
		cmocka_unit_test(empty_graph_is_valid),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(svg_is_self_contained),
	};

	return cmocka_run_group_tests_name("flame", tests, NULL, NULL);
}
