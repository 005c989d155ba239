/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.h - the terminal: show pages, read keys and clicks; its state is restored at the end.
 */
#ifndef VMASCOPE_TUI_WIDGET_SCREEN_H
#define VMASCOPE_TUI_WIDGET_SCREEN_H

#include "tui/widget/canvas.h"

/** struct screen_input - a key as ncurses numbers it, or a click or turn of the wheel */
struct screen_input {
	int key;
	bool click;
	int wheel; /* -1: up, 1: down */
	unsigned int y;
	unsigned int x;
};

/**
 * screen__check - can this terminal show pages?
 * Return: 0, or an exit status after an error message.
 */
int screen__check(void);

/**
 * screen__no_terminal - why no page can be shown in a terminal of type $TERM; NULL: it can, if the
 * output is one
 */
const char *screen__no_terminal(void);

/**
 * screen__start - take the terminal
 * @colour: colours are wanted
 * Return: 0, or an exit status after an error message.
 */
int screen__start(bool colour);

/** screen__stop - restore the terminal; no effect without screen__start(). */
void screen__stop(void);

/** screen__size - of the terminal, now. */
void screen__size(unsigned int *width, unsigned int *height);

/** screen__utf8 - the terminal and the locale take UTF-8. */
bool screen__utf8(void);

/** screen__show - show a page: only changes are sent to the terminal. */
void screen__show(const struct canvas *c);

/** screen__read - read the next input. Return: false: none is pending. */
bool screen__read(struct screen_input *in);

#endif /* VMASCOPE_TUI_WIDGET_SCREEN_H */
