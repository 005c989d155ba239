// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui_test.c - all that a user of top can do, on pages drawn of a model whose every count is known.
 */
#include "top_sample.h"

#include <ncurses.h>

#include "tui/keys.h"
#include "util/utf8.h"

#define ESC 27

/** struct seen - a sample, its screen, and the page drawn last as text */
struct seen {
	struct top_sample sample;
	struct tui tui;
	char *page;
};

static void tick(struct seen *s)
{
	const struct tui_facts facts = { .own_share = 0.0123, .bpf_share = -1, .nr_slots = 100 };

	tui__tick(&s->tui, 2 * SECOND, 10 * SECOND, &facts);
}

static void start(struct seen *s)
{
	memset(s, 0, sizeof(*s));
	top_sample__init(&s->sample);
	tui__init(&s->tui, &s->sample.view, SECOND);
	s->tui.what = "the sample";
	tick(s);
}

static void stop(struct seen *s)
{
	free(s->page);
	tui__free(&s->tui);
	top_sample__free(&s->sample);
}

/* Draw it: no line may be longer than the page is wide. */
static const char *page_of(struct seen *s, unsigned int width, unsigned int height, bool utf8)
{
	struct canvas c;
	size_t len;
	FILE *f;

	free(s->page);
	assert_int_equal(canvas__init(&c, width, height, utf8), 0);
	tui__draw(&s->tui, &c);
	f = open_memstream(&s->page, &len);
	assert_non_null(f);
	canvas__print(&c, 0, height, f);
	fclose(f);
	canvas__free(&c);
	return s->page;
}

static const char *page(struct seen *s)
{
	return page_of(s, 80, 24, true);
}

static void has(struct seen *s, const char *text)
{
	if (!strstr(page(s), text))
		fail_msg("no '%s' on the page:\n%s", text, s->page);
}

static void has_not(struct seen *s, const char *text)
{
	if (strstr(page(s), text))
		fail_msg("there is '%s' on the page:\n%s", text, s->page);
}

/* @first comes before @second. */
static void in_order(struct seen *s, const char *first, const char *second)
{
	const char *a, *b;

	has(s, first);
	has(s, second);
	a = strstr(s->page, first);
	b = strstr(s->page, second);
	if (a >= b)
		fail_msg("'%s' is not before '%s':\n%s", first, second, s->page);
}

static void keys(struct seen *s, const char *codes)
{
	for (; *codes; codes++)
		tui__key(&s->tui, (unsigned char)*codes);
}

static void first_page(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	has(&s, "vmascope the sample");
	has(&s, "per second, every 1s, 0:10");
	has(&s, "Faults         132/s");
	has(&s, "minor 130  major 2.0");
	has(&s, "TLB IPIs      30.0/s");
	has(&s, "sent 30.0");
	has(&s, "Own CPU        1.23%");
	has(&s, "processes 2");
	in_order(&s, "alpha", "beta");
	has(&s, "F1Help");
	has_not(&s, "gone");
	stop(&s);
}

/* Nothing happens without a word: of stacks, the option is named that counts them. */
static void missing_stacks_name_the_option(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	has_not(&s, "7 stacks");
	keys(&s, "7");
	has(&s, "stacks are not collected: start top with -U (user) or -K (kernel)");
	keys(&s, "3");
	has_not(&s, "stacks are not collected");
	keys(&s, "\n");
	has(&s, "stacks are not collected: start top with -U (user) or -K (kernel)");
	keys(&s, "1");
	has_not(&s, "stacks are not collected");
	stop(&s);
}

static void t_toggles_rates_and_totals(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, "t");
	has(&s, "since the start");
	has(&s, "Faults         8,564");
	in_order(&s, "beta", "alpha"); /* 4,050 and 3,814 */
	has(&s, "gone");
	keys(&s, "t");
	has_not(&s, "gone");
	stop(&s);
}

static void columns_sort_in_both_directions(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	list__sort_by(tui__list(&s.tui), "comm");
	in_order(&s, "alpha", "beta");
	keys(&s, "I");
	in_order(&s, "beta", "alpha");
	list__sort_by(tui__list(&s.tui), "pid");
	in_order(&s, "alpha", "beta");
	keys(&s, "I");
	in_order(&s, "beta", "alpha");
	stop(&s);
}

static void keys_select_the_sort_column(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	assert_string_equal(tui__list(&s.tui)->sort, "faults");
	keys(&s, ">");
	assert_string_equal(tui__list(&s.tui)->sort, "minor");
	assert_true(tui__list(&s.tui)->descending);
	keys(&s, "<<");
	assert_string_equal(tui__list(&s.tui)->sort, "pid");
	assert_false(tui__list(&s.tui)->descending);
	/* and round */
	keys(&s, "<");
	assert_string_equal(tui__list(&s.tui)->sort, "comm");
	stop(&s);
}

static void the_selected_row_stays_selected(void **state)
{
	uint64_t beta, id;
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	tui__key(&s.tui, KEY_DOWN);
	assert_true(list__selected(tui__list(&s.tui), &beta));
	keys(&s, "t"); /* beta goes up */
	assert_true(list__selected(tui__list(&s.tui), &id));
	assert_true(id == beta);
	assert_int_equal(tui__list(&s.tui)->cursor, 0);
	tui__key(&s.tui, KEY_END);
	assert_int_equal(tui__list(&s.tui)->cursor, 2);
	tui__key(&s.tui, KEY_HOME);
	tui__key(&s.tui, KEY_UP);
	assert_int_equal(tui__list(&s.tui)->cursor, 0);
	stop(&s);
}

static void cursor_stays_at_the_top(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	keys(&s, "t");
	assert_int_equal(tui__list(&s.tui)->cursor, 0);
	stop(&s);
}

static void filter_while_typing(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, "\\BET");
	has(&s, "Filter  BET");
	has(&s, "beta");
	has_not(&s, "alpha");
	keys(&s, "x");
	has(&s, "not found");
	has(&s, "no row matches the filter");
	tui__key(&s.tui, KEY_BACKSPACE);
	keys(&s, "\n");
	has(&s, "filter: BET");
	has_not(&s, "alpha");
	/* a tick does not lift it */
	tick(&s);
	has_not(&s, "alpha");
	tui__key(&s.tui, ESC);
	has(&s, "alpha");
	stop(&s);
}

static void search_while_typing(void **state)
{
	uint64_t id;
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, "/bet");
	assert_int_equal(tui__list(&s.tui)->cursor, 1);
	keys(&s, "\n");
	has(&s, "search: bet");
	has(&s, "alpha");
	/* 'a' is in both: beta stays, the next one is round the end */
	keys(&s, "/a\n");
	assert_int_equal(tui__list(&s.tui)->cursor, 1);
	keys(&s, "n");
	assert_true(list__selected(tui__list(&s.tui), &id));
	assert_true(id == (uintptr_t)model__process(&s.sample.model, 100));
	keys(&s, "n");
	assert_int_equal(tui__list(&s.tui)->cursor, 1);
	keys(&s, "N");
	assert_int_equal(tui__list(&s.tui)->cursor, 0);
	stop(&s);
}

static void no_commands_while_typing(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, "/qt1");
	assert_false(s.tui.quit);
	assert_true(s.tui.view.rates);
	assert_string_equal(tui_prompt__text(&s.tui), "qt1");
	for (int i = 0; i < 200; i++)
		keys(&s, "x");
	assert_int_equal(strlen(tui_prompt__text(&s.tui)), LIST_TEXT_LEN - 1);
	page(&s);
	tui__key(&s.tui, 0x15);
	/* a character of two bytes is one */
	keys(&s, "a\xc3\xbc");
	tui__key(&s.tui, KEY_BACKSPACE);
	assert_string_equal(tui_prompt__text(&s.tui), "a");
	stop(&s);
}

static void enter_opens_esc_returns(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	keys(&s, "\n");
	assert_int_equal(s.tui.shown, VIEW_VMAS);
	has(&s, "of alpha (100)");
	in_order(&s, "[heap]", "libc.so.6");
	has_not(&s, "[anon]");
	keys(&s, "\n");
	assert_int_equal(s.tui.shown, VIEW_CAUSES);
	has(&s, "of alpha (100), [heap]");
	has(&s, "anon-zero");
	has_not(&s, "file-read");
	keys(&s, "\n"); /* there is nothing further in */
	assert_int_equal(s.tui.shown, VIEW_CAUSES);
	tui__key(&s.tui, ESC);
	assert_int_equal(s.tui.shown, VIEW_VMAS);
	has(&s, "of alpha (100)");
	tui__key(&s.tui, ESC);
	assert_int_equal(s.tui.shown, VIEW_PROCESSES);
	keys(&s, "3");
	has(&s, "file-read");
	has_not(&s, "of alpha");
	stop(&s);
}

static void vmas_of_the_selected_process(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	tui__key(&s.tui, KEY_DOWN);
	keys(&s, "2");
	has(&s, "of beta (200)");
	has(&s, "[anon]");
	stop(&s);
}

static void every_view_has_rows(void **state)
{
	static const char *const rows[NR_VIEWS] = { "alpha",	"[heap]", "anon-zero",
						    "mprotect", "by 0",	  "a storm" };
	struct seen s;

	(void)state;
	start(&s);
	notes__add(&s.sample.notes, SECOND, NOTE_STORM, "", "a storm");
	for (int i = 0; i < NR_VIEWS; i++) {
		if (!tui__has(&s.tui, i))
			continue;
		tui__key(&s.tui, '1' + i);
		assert_int_equal(s.tui.shown, i);
		has(&s, rows[i]);
	}
	keys(&s, "\t");
	assert_int_equal(s.tui.shown, VIEW_PROCESSES);
	tui__key(&s.tui, KEY_BTAB);
	assert_int_equal(s.tui.shown, VIEW_LOG);
	stop(&s);
}

static void freeze_interval_and_quit_keys(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, " ");
	has(&s, "FROZEN");
	keys(&s, " ");
	has_not(&s, "FROZEN");
	keys(&s, "+");
	assert_int_equal(s.tui.interval_ns, 2 * SECOND);
	keys(&s, "---");
	assert_int_equal(s.tui.interval_ns, SECOND / 5);
	has(&s, "every 200ms");
	keys(&s, "------");
	assert_int_equal(s.tui.interval_ns, SECOND / 10);
	keys(&s, "++++++++++++");
	assert_int_equal(s.tui.interval_ns, 60 * SECOND);
	/* one that was asked for by -i and is none of the steps */
	s.tui.interval_ns = 3 * SECOND;
	keys(&s, "-");
	assert_int_equal(s.tui.interval_ns, 2 * SECOND);
	s.tui.interval_ns = 3 * SECOND;
	keys(&s, "+");
	assert_int_equal(s.tui.interval_ns, 5 * SECOND);
	assert_false(s.tui.quit);
	keys(&s, "q");
	assert_true(s.tui.quit);
	stop(&s);
}

static void help_lists_every_key(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, "?");
	for (const struct tui_key *k = tui_keys; k->act; k++)
		if (k->help)
			has(&s, k->help);
	for (int i = 0; i < NR_VIEWS; i++)
		if (!tui_views[i].hidden)
			has(&s, tui_views[i].help);
	has(&s, "press any key to return");
	keys(&s, "q"); /* takes the help away, and nothing else */
	assert_false(s.tui.quit);
	has(&s, "alpha");
	stop(&s);
}

static void keys_are_unique(void **state)
{
	(void)state;
	for (const struct tui_key *k = tui_keys; k->act; k++)
		for (int i = 0; i < KEY_CODES && k->codes[i]; i++)
			assert_ptr_equal(tui_key__find(k->codes[i]), k);
}

static void clicks_match_keys(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	page(&s);
	tui__click(&s.tui, 7, 5); /* the second row */
	assert_int_equal(tui__list(&s.tui)->cursor, 1);
	page(&s);
	tui__click(&s.tui, 7, 5);
	assert_int_equal(s.tui.shown, VIEW_VMAS);
	has(&s, "of beta (200)");
	tui__click(&s.tui, 4, 1); /* the first tab */
	assert_int_equal(s.tui.shown, VIEW_PROCESSES);
	page(&s);
	tui__click(&s.tui, 5, 0); /* the head of PID */
	assert_string_equal(tui__list(&s.tui)->sort, "pid");
	page(&s);
	tui__click(&s.tui, 23, 0); /* F1 */
	assert_true(s.tui.help);
	tui__click(&s.tui, 23, 79); /* nothing is there */
	assert_false(s.tui.help);
	stop(&s);
}

static void pages_fit_every_size(void **state)
{
	static const unsigned int sizes[][2] = { { 1, 1 },   { 39, 24 },  { 40, 10 },  { 60, 15 },
						 { 80, 24 }, { 120, 40 }, { 200, 60 }, { 500, 5 } };
	struct seen s;

	(void)state;
	start(&s);
	for (int view = 0; view < NR_VIEWS; view++) {
		tui__key(&s.tui, '1' + view);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			page_of(&s, sizes[i][0], sizes[i][1], i % 2);
			for (const char *line = s.page; *line; line = strchr(line, '\n') + 1) {
				char text[2048];

				snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"),
					 line);
				assert_true(utf8_width(text) <= sizes[i][0]);
			}
		}
	}
	stop(&s);
}

static void ascii_pages(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	for (int view = 0; view < NR_VIEWS; view++) {
		tui__key(&s.tui, '1' + view);
		for (const char *p = page_of(&s, 100, 30, false); *p; p++)
			assert_true((unsigned char)*p < 0x80);
	}
	stop(&s);
}

static void wide_pages_show_more(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	has_not(&s, "CGROUP");
	assert_null(strstr(page_of(&s, 50, 24, true), "IPIS/s"));
	assert_non_null(strstr(page_of(&s, 80, 24, true), "IPIS/s"));
	assert_null(strstr(page_of(&s, 80, 24, true), "UID"));
	assert_non_null(strstr(page_of(&s, 200, 60, true), "UID"));
	stop(&s);
}

static void last_page_shows_totals(void **state)
{
	struct seen s;

	(void)state;
	start(&s);
	keys(&s, " ");
	tui__end(&s.tui, "COMMAND ENDED", 12 * SECOND);
	has(&s, "COMMAND ENDED");
	has(&s, "0:12");
	has(&s, "Faults         8,564");
	has(&s, "gone");
	stop(&s);
}

static void batch_frames_respect_top(void **state)
{
	struct seen s;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	start(&s);
	assert_int_equal(tui__print(&s.tui, 80, true, 1, f), 0);
	fclose(f);
	assert_non_null(strstr(text, "alpha"));
	assert_null(strstr(text, "beta"));
	assert_null(strstr(text, "F1Help"));
	assert_non_null(strstr(text, "Faults         132/s"));
	free(text);
	stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_page),
		cmocka_unit_test(missing_stacks_name_the_option),
		cmocka_unit_test(t_toggles_rates_and_totals),
		cmocka_unit_test(columns_sort_in_both_directions),
		cmocka_unit_test(keys_select_the_sort_column),
		cmocka_unit_test(the_selected_row_stays_selected),
		cmocka_unit_test(cursor_stays_at_the_top),
		cmocka_unit_test(filter_while_typing),
		cmocka_unit_test(search_while_typing),
		cmocka_unit_test(no_commands_while_typing),
		cmocka_unit_test(enter_opens_esc_returns),
		cmocka_unit_test(vmas_of_the_selected_process),
		cmocka_unit_test(every_view_has_rows),
		cmocka_unit_test(freeze_interval_and_quit_keys),
		cmocka_unit_test(help_lists_every_key),
		cmocka_unit_test(keys_are_unique),
		cmocka_unit_test(clicks_match_keys),
		cmocka_unit_test(pages_fit_every_size),
		cmocka_unit_test(ascii_pages),
		cmocka_unit_test(wide_pages_show_more),
		cmocka_unit_test(last_page_shows_totals),
		cmocka_unit_test(batch_frames_respect_top),
	};

	return cmocka_run_group_tests_name("tui", tests, NULL, NULL);
}
