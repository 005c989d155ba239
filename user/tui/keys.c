// SPDX-License-Identifier: GPL-2.0-only
/* keys.c - the table of keys. */
#include "tui/keys.h"
#include "util/array.h"

#include <limits.h>
#include <ncurses.h>
#include <string.h>

#define KEY_ESC 27
#define CTRL(c) ((c)&0x1f)

/** Intervals that + and - choose from, ns. */
static const uint64_t intervals[] = {
	100000000ULL,  200000000ULL,   500000000ULL,   1000000000ULL,  2000000000ULL,
	5000000000ULL, 10000000000ULL, 30000000000ULL, 60000000000ULL,
};
#define NR_INTERVALS ((long)ARRAY_SIZE(intervals))

static void act_quit(struct tui *t, long arg)
{
	(void)arg;
	t->quit = true;
}

static void act_help(struct tui *t, long arg)
{
	(void)arg;
	t->help = true;
}

static void act_show(struct tui *t, long id)
{
	if (tui__has(t, id))
		tui__show(t, id);
	else if (!tui_views[id].hidden)
		t->message = TUI_NO_STACKS;
}

static void act_next(struct tui *t, long by)
{
	long id = t->shown;

	do
		id = (id + NR_VIEWS + by) % NR_VIEWS;
	while (!tui__has(t, id));
	tui__show(t, id);
}

static void act_move(struct tui *t, long by)
{
	list__move(tui__list(t), by);
}

static void act_page(struct tui *t, long by)
{
	list__move(tui__list(t), by * (long)tui__list(t)->height);
}

static void act_sort(struct tui *t, long by)
{
	list__sort_next(tui__list(t), by);
}

static void act_reverse(struct tui *t, long arg)
{
	struct list *l = tui__list(t);

	(void)arg;
	l->descending = !l->descending;
	list__reorder(l);
}

static void act_again(struct tui *t, long by)
{
	list__find(tui__list(t), by);
}

static void act_freeze(struct tui *t, long arg)
{
	(void)arg;
	t->frozen = !t->frozen;
}

static void act_rates(struct tui *t, long arg)
{
	(void)arg;
	t->view.rates = !t->view.rates;
	tui__remake(t);
}

static void act_interval(struct tui *t, long by)
{
	long i = 0;

	while (i < NR_INTERVALS && intervals[i] < t->interval_ns)
		i++;
	/* one that is none of these lies between two of them */
	if (i == NR_INTERVALS || intervals[i] != t->interval_ns)
		i -= by > 0;
	i += by;
	t->interval_ns = intervals[i < 0 ? 0 : i >= NR_INTERVALS ? NR_INTERVALS - 1 : i];
}

static void act_drill(struct tui *t, long arg)
{
	(void)arg;
	tui__drill(t);
}

static void act_back(struct tui *t, long arg)
{
	(void)arg;
	tui__back(t);
}

/* clang-format off */
const struct tui_key tui_keys[] = {
	{{KEY_F(1), '?', 'h'}, "F1 ? h", "show this help", "Help", act_help, 0},
	{{'1'}, "1 - 7, Tab", "switch view", NULL, act_show, VIEW_PROCESSES},
	{{'2'}, NULL, NULL, NULL, act_show, VIEW_VMAS},
	{{'3'}, NULL, NULL, NULL, act_show, VIEW_CAUSES},
	{{'4'}, NULL, NULL, NULL, act_show, VIEW_CALLS},
	{{'5'}, NULL, NULL, NULL, act_show, VIEW_CPUS},
	{{'6'}, NULL, NULL, NULL, act_show, VIEW_LOG},
	{{'7'}, NULL, NULL, NULL, act_show, VIEW_STACKS},
	{{'\t'}, NULL, NULL, NULL, act_next, 1},
	{{KEY_BTAB}, NULL, NULL, NULL, act_next, -1},
	{{'\n', '\r', KEY_ENTER, KEY_RIGHT, KEY_F(5)}, "Enter F5 Right",
	 "open the row: VMAs of a process, causes of a VMA, a stack", "Open", act_drill, 0},
	{{KEY_ESC, KEY_LEFT, KEY_BACKSPACE, 127}, "Esc Left",
	 "clear filter and search, then go back", NULL, act_back, 0},
	{{KEY_F(3), '/', CTRL('F')}, "F3 /", "incremental search; n, N: next, previous match",
	 "Search", tui_prompt__open, PROMPT_SEARCH},
	{{'n'}, NULL, NULL, NULL, act_again, 1},
	{{'N'}, NULL, NULL, NULL, act_again, -1},
	{{KEY_F(4), '\\', 'f'}, "F4 \\ f", "filter: only rows that contain a text", "Filter",
	 tui_prompt__open, PROMPT_FILTER},
	{{KEY_F(6), '>', '.'}, "F6 > <", "sort by next, previous column; I: invert sort order",
	 "Sort", act_sort, 1},
	{{'<', ','}, NULL, NULL, NULL, act_sort, -1},
	{{'I', 'r'}, NULL, NULL, NULL, act_reverse, 0},
	{{'t', KEY_F(7)}, "t F7", "toggle rates and totals since the start", "Total", act_rates, 0},
	{{' ', 'Z', 'p', KEY_F(8)}, "Space Z F8", "freeze the display (counting continues)", "Freeze",
	 act_freeze, 0},
	{{'+', '='}, "+ -", "increase, decrease the refresh interval", NULL, act_interval, 1},
	{{'-', '_'}, NULL, NULL, NULL, act_interval, -1},
	{{KEY_UP, 'k'}, "Up PgUp Home", "move (also k, j, g, G); mouse: rows, column heads, tabs, keys", NULL,
	 act_move, -1},
	{{KEY_DOWN, 'j'}, NULL, NULL, NULL, act_move, 1},
	{{KEY_PPAGE, CTRL('B')}, NULL, NULL, NULL, act_page, -1},
	{{KEY_NPAGE}, NULL, NULL, NULL, act_page, 1},
	{{KEY_HOME, 'g'}, NULL, NULL, NULL, act_move, LONG_MIN / 2},
	{{KEY_END, 'G'}, NULL, NULL, NULL, act_move, LONG_MAX / 2},
	{{'q', 'Q', KEY_F(10)}, "q F10", "quit", "Quit", act_quit, 0},
	{{0}, NULL, NULL, NULL, NULL, 0},
};
/* clang-format on */

const struct tui_key *tui_key__find(int code)
{
	for (const struct tui_key *k = tui_keys; k->act; k++)
		for (int i = 0; i < KEY_CODES && k->codes[i]; i++)
			if (k->codes[i] == code)
				return k;
	return NULL;
}
