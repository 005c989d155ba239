/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tui.h - the screen of `vmascope top`, and its keys.
 *
 * Input: figures (tui__tick), keys and clicks; output: pages. It depends neither on the capture nor
 * on the terminal, so tests can do everything that a user can do.
 */
#ifndef VMASCOPE_TUI_TUI_H
#define VMASCOPE_TUI_TUI_H

#include "tui/widget/history.h"
#include "tui/widget/list.h"
#include "view/top/top.h"

/** enum tui_view_id - the views, in the order of their keys */
enum tui_view_id {
	VIEW_PROCESSES,
	VIEW_VMAS,
	VIEW_CAUSES,
	VIEW_CALLS,
	VIEW_CPUS,
	VIEW_LOG,
	VIEW_STACKS,
	VIEW_SYMBOLS,
	NR_VIEWS,
};

struct tui;

/**
 * struct tui_view - a view
 * @name: for its tab and for --view
 * @help: one line of description
 * @make: makes its rows
 * @sort: initial sort column; @descending: initial order
 * @needs_process: shows a single process: the selected one, unless one was opened
 * @process: can be restricted to a process; @vma: to a VMA
 * @drill: view that Enter on a row opens; NR_VIEWS: none
 * @stacks: exists only if stacks are collected
 * @hidden: has no tab and no key; opened by Enter on a row of another view
 * @strip: draws the address space above its rows
 */
struct tui_view {
	const char *name;
	const char *help;
	struct table *(*make)(const struct top_view *v);
	const char *sort;
	bool descending;
	bool needs_process;
	bool process;
	bool vma;
	enum tui_view_id drill;
	bool stacks;
	bool hidden;
	bool strip;
};

extern const struct tui_view tui_views[NR_VIEWS];

/** tui_view__find - find a view by name, except hidden ones. Return: NR_VIEWS: none. */
enum tui_view_id tui_view__find(const char *name);

/** enum tui_prompt - purpose of the text being typed */
enum tui_prompt {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
};

/** struct tui_hit - a place that can be clicked: @act with @arg */
struct tui_hit {
	unsigned int y;
	unsigned int x;
	unsigned int width;
	void (*act)(struct tui *t, long arg);
	long arg;
};

/** Places that can be clicked, at most. */
#define TUI_HITS 256

/**
 * struct tui_facts - what the header shows besides the views
 * @own_share: of one CPU, that vmascope itself used; @bpf_share: that its programs did; negative:
 *	not known
 * @lost: losses of all kinds so far
 * @slots: taken; @nr_slots: there are
 * @storm: one is on
 */
struct tui_facts {
	double own_share;
	double bpf_share;
	uint64_t lost;
	uint32_t slots;
	uint32_t nr_slots;
	bool storm;
};

/** What keys say that lead to stacks where none are counted. */
#define TUI_NO_STACKS "stacks are not collected: start top with -U (user) or -K (kernel)"

/**
 * struct tui - state of the screen
 * @what: description of what is traced
 * @view: the figures; keys set rates, process and vma
 * @now: rates of the last interval; @total: since the start
 * @facts: see struct tui_facts
 * @ended: the run has ended; @end_why: reason
 * @frozen, @help: the screen is frozen, the help is shown; @quit: the user has quit
 * @interval_ns: refresh interval
 * @shown: the current view; @lists: the lists of all views
 * @message: replaces the line of keys until the next key; NULL: none
 * @prompt: purpose of the text being typed
 * @hits: places that can be clicked on the page drawn last
 */
struct tui {
	const char *what;
	struct top_view view;
	struct top_summary now;
	struct top_summary total;
	struct tui_facts facts;
	struct history faults, received, own;
	bool ended;
	const char *end_why;
	bool frozen;
	bool help;
	bool quit;
	uint64_t interval_ns;
	enum tui_view_id shown;
	struct list lists[NR_VIEWS];
	const char *message;
	enum tui_prompt prompt;
	struct tui_hit hits[TUI_HITS];
	size_t nr_hits;
};

/** tui__init - @view is copied; its scope and rates are as the tui is to begin. */
void tui__init(struct tui *t, const struct top_view *view, uint64_t interval_ns);
void tui__free(struct tui *t);

/**
 * tui__tick - an interval has passed: the model holds it
 * @interval_ns: its length; @run_ns: since the start
 */
void tui__tick(struct tui *t, uint64_t interval_ns, uint64_t run_ns, const struct tui_facts *facts);

/** tui__end - the run is over, the model is final, and can still be looked at. */
void tui__end(struct tui *t, const char *why, uint64_t run_ns);

/** tui__has - the view has a tab and a key. */
bool tui__has(const struct tui *t, enum tui_view_id id);

/** tui__error - the first thing that failed, after which the page is not whole; 0: nothing. */
int tui__error(const struct tui *t);

/** tui__remake - the rows of the view that is shown, anew. */
void tui__remake(struct tui *t);

/** tui__show - another view. */
void tui__show(struct tui *t, enum tui_view_id id);

/** tui__drill - into the selected row. */
void tui__drill(struct tui *t);

/** tui__back - out of what tui__drill() went into; then to the first view. */
void tui__back(struct tui *t);

/** tui__key - a key, as ncurses numbers it. Return: the page has changed. */
bool tui__key(struct tui *t, int key);

/** tui__click - the left button of the mouse. */
void tui__click(struct tui *t, unsigned int y, unsigned int x);

/** tui__draw - the whole page; at least TUI_LEAST_WIDTH × TUI_LEAST_HEIGHT to be of use. */
void tui__draw(struct tui *t, struct canvas *c);

#define TUI_LEAST_WIDTH 40
#define TUI_LEAST_HEIGHT 10

/**
 * tui__print - the page as plain text, with all rows or @rows of them, for logs
 * Return: 0 or a negative errno: without memory nothing is printed.
 */
int tui__print(struct tui *t, unsigned int width, bool utf8, size_t rows, FILE *f);

/* --- parts of the page; a count that is returned is of the lines that were drawn -------------- */

/** tui_header__draw - the lines above the rows, from line @y on. */
unsigned int tui_header__draw(struct tui *t, struct canvas *c, unsigned int y);

/** tui_help__draw - the list of keys, over the page. */
void tui_help__draw(struct canvas *c);

/** tui_bar__draw - the line of keys, or the text that is being typed, in line @y. */
void tui_bar__draw(struct tui *t, struct canvas *c, unsigned int y);

/** tui__hit - add a place that can be clicked. */
void tui__hit(struct tui *t, unsigned int y, unsigned int x, unsigned int width,
	      void (*act)(struct tui *t, long arg), long arg);

/** tui__list - of the view that is shown. */
struct list *tui__list(struct tui *t);

#endif /* VMASCOPE_TUI_TUI_H */
