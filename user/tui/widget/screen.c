// SPDX-License-Identifier: GPL-2.0-only
/* screen.c - the terminal by ncurses. */
#include "tui/widget/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "util/array.h"
#include "util/log.h"
#include "util/stop.h"

/** Milliseconds that Esc waits for the rest of a key's sequence. */
#define ESC_DELAY_MS 25

/** Rows of a turn of the wheel come one at a time. */
#define WHEEL_ROWS 1

/** Draw all anew: something else has written on the terminal. */
#define KEY_CTRL_L 0x0c

static SCREEN *terminal;
/** As the terminal was before. */
static struct termios before;

/**
 * give_up - the run is to end, and the terminal takes nothing (from a signal handler)
 *
 * It may just be stopped (Ctrl-S); otherwise its output is not read. ncurses writes again
 * whenever a signal interrupts it, so this is the way out.
 */
static void give_up(void)
{
	static bool resumed;

	if (!resumed) {
		resumed = true;
		tcflow(STDOUT_FILENO, TCOON);
		return;
	}
	tcflush(STDOUT_FILENO, TCOFLUSH);
	tcsetattr(STDOUT_FILENO, TCSANOW, &before);
	stop__exit(VS_EXIT_FAILURE);
}

const char *screen__no_terminal(void)
{
	const char *name = getenv("TERM");
	bool usable;
	int err;

	if (!name || !*name)
		return "TERM is not set";
	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return "terminfo has no description of it";
	usable = cursor_address && clear_screen;
	del_curterm(cur_term);
	return usable ? NULL : "it cannot place the cursor";
}

int screen__check(void)
{
	const char *name = getenv("TERM");
	int err;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return vs_fail(VS_EXIT_FAILURE, "use --batch for plain text",
			       "top requires a terminal for input and output");
	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return vs_fail(VS_EXIT_FAILURE, "set TERM to a known type, or use --batch",
			       "unknown terminal type '%s'", name ? name : "");
	err = !cursor_address || !clear_screen;
	del_curterm(cur_term);
	if (err)
		return vs_fail(VS_EXIT_FAILURE, "use --batch for plain text",
			       "a terminal of type '%s' is not supported", name ? name : "");
	return 0;
}

/** set_locale - of characters alone; numbers look the same everywhere. */
static void set_locale(void)
{
	const char *names[] = { getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG") };

	if (setlocale(LC_CTYPE, ""))
		return;
	/* a language that is not installed here says at least what the terminal takes */
	for (int i = 0; i < 3; i++)
		if (names[i] && *names[i]) {
			if (strcasestr(names[i], "utf-8") || strcasestr(names[i], "utf8"))
				setlocale(LC_CTYPE, "C.UTF-8");
			return;
		}
}

bool screen__utf8(void)
{
	set_locale();
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static void make_pairs(void)
{
	start_color();
	use_default_colors();
	for (int i = 0; i < NR_STYLES; i++) {
		const struct colours c = style_colours(i, COLORS);

		init_extended_pair(i + 1, c.fg, c.bg);
	}
}

int screen__start(bool colour)
{
	set_locale();
	tcgetattr(STDOUT_FILENO, &before);
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal)
		return vs_fail(VS_EXIT_FAILURE, "use --batch for plain text",
			       "cannot set up the terminal");
	set_escdelay(ESC_DELAY_MS);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	if (colour && has_colors())
		make_pairs();
	return 0;
}

void screen__stop(void)
{
	if (!terminal)
		return;
	stop__guard(give_up);
	mousemask(0, NULL);
	endwin();
	stop__guard(NULL);
	delscreen(terminal);
	terminal = NULL;
}

void screen__size(unsigned int *width, unsigned int *height)
{
	*width = COLS > 0 ? COLS : 80;
	*height = LINES > 0 ? LINES : 24;
}

/** attributes - of a style, for setattr. */
static attr_t attributes(enum style style, bool colour)
{
	static const struct {
		unsigned int ours;
		attr_t theirs;
	} names[] = {
		{ ATTR_BOLD, A_BOLD },
		{ ATTR_DIM, A_DIM },
		{ ATTR_REVERSE, A_REVERSE },
		{ ATTR_UNDERLINE, A_UNDERLINE },
	};
	const unsigned int wanted = colour ? style_defs[style].attrs : style_defs[style].mono;
	attr_t attrs = A_NORMAL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (wanted & names[i].ours)
			attrs |= names[i].theirs;
	return attrs;
}

static void set_style(enum style style)
{
	/* without start_color() there are no pairs */
	const bool colour = COLOR_PAIRS > 0 && COLORS > 0;
	int pair = colour ? style + 1 : 0;

	attr_set(attributes(style, colour), (short)pair, &pair);
}

static void show_line(const struct canvas *c, unsigned int y)
{
	char run[1024];
	size_t len = 0;

	move(y, 0);
	for (unsigned int x = 0; x < c->width; x++) {
		const struct glyph *g = canvas__at(c, y, x), *next = canvas__at(c, y, x + 1);

		memcpy(run + len, g->text, strlen(g->text));
		len += strlen(g->text);
		if (next && next->style == g->style && len + sizeof(g->text) < sizeof(run))
			continue;
		set_style(g->style);
		addnstr(run, len);
		len = 0;
	}
}

void screen__show(const struct canvas *c)
{
	for (unsigned int y = 0; y < c->height; y++)
		show_line(c, y);
	stop__guard(give_up);
	refresh();
	stop__guard(NULL);
}

bool screen__read(struct screen_input *in)
{
	MEVENT event;

	memset(in, 0, sizeof(*in));
	in->key = getch();
	if (in->key == ERR)
		return false;
	if (in->key == KEY_CTRL_L)
		redrawwin(stdscr);
	if (in->key != KEY_MOUSE || getmouse(&event) != OK)
		return true;
	in->y = event.y;
	in->x = event.x;
	in->click = event.bstate & BUTTON1_PRESSED;
	in->wheel = event.bstate & BUTTON4_PRESSED   ? -WHEEL_ROWS
		    : event.bstate & BUTTON5_PRESSED ? WHEEL_ROWS
						     : 0;
	return true;
}
