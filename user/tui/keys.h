/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.h - the table of keys: what each does, what the help and the bar say of it.
 */
#ifndef VMASCOPE_TUI_KEYS_H
#define VMASCOPE_TUI_KEYS_H

#include "tui/tui.h"

/** Keys that do the same, at most. */
#define KEY_CODES 5

/**
 * struct tui_key - keys for an action
 * @codes: key codes of ncurses, 0: none
 * @name: names of the keys in the help
 * @help: description; NULL: not in the help
 * @bar: label in the last line; NULL: not there
 * @act: the action; @arg: its argument
 */
struct tui_key {
	int codes[KEY_CODES];
	const char *name;
	const char *help;
	const char *bar;
	void (*act)(struct tui *t, long arg);
	long arg;
};

/** tui_keys - all of them, ended by a NULL @act */
extern const struct tui_key tui_keys[];

/** tui_key__find - NULL: it does nothing. */
const struct tui_key *tui_key__find(int code);

/** tui_prompt__open - begin to type. */
void tui_prompt__open(struct tui *t, long prompt);

/** tui_prompt__key - a key while something is being typed. */
void tui_prompt__key(struct tui *t, int code);

/** tui_prompt__text - the text being typed. */
const char *tui_prompt__text(const struct tui *t);

#endif /* VMASCOPE_TUI_KEYS_H */
