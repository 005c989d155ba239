/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * term.h - a terminal (tmux) in which a program runs: keys are typed, and the screen is read.
 */
#ifndef VT_TERM_H
#define VT_TERM_H

#include "run.h"

/**
 * struct vt_term - one terminal; a shell runs the program in it, and stays when that has ended
 * @server: tmux; @socket: its
 * @before: of `stty -g` before the program was started; @after: when it had ended
 * @screen: as vt_term_see() saw it last
 */
struct vt_term {
	struct vt_cmd server;
	char socket[256];
	char before[256];
	char after[256];
	char *screen;
};

/**
 * vt_term_open - start @argv in a terminal of @width × @height
 * @env: words for env(1): "TERM=linux LANG=C.UTF-8"
 */
void vt_term_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		  const char *const *argv);
/** vt_term_close - end all that still runs there. */
void vt_term_close(struct vt_term *t);

/** vt_term_keys - type keys by tmux's names: "q", "Enter", "F4", "C-c"; any text is typed, too */
void vt_term_keys(struct vt_term *t, const char *keys);
/** vt_term_bytes - what a mouse sends, say: bytes in hex, "1b 5b 4d" */
void vt_term_bytes(struct vt_term *t, const char *hex);
void vt_term_resize(struct vt_term *t, unsigned int width, unsigned int height);

/**
 * vt_term_see - the screen as it is now, as plain text or (@colours) with escape sequences; of a page
 * that is being drawn, its end is awaited
 */
const char *vt_term_see(struct vt_term *t, bool colours);
/** vt_term_await - until the screen holds @text; the test fails after long patience */
void vt_term_await(struct vt_term *t, const char *text);
/** vt_term_await_gone - until it does not */
void vt_term_await_gone(struct vt_term *t, const char *text);

/** vt_term_line - line @n of the screen seen last, from 0; good until the next call */
const char *vt_term_line(const struct vt_term *t, unsigned int n);
/** vt_term_lines - how many there are */
unsigned int vt_term_lines(const struct vt_term *t);

/** vt_term_pid - of the program */
pid_t vt_term_pid(const struct vt_term *t);

/** vt_term_ended - wait until the program has ended, with this status; the terminal must be as it was */
void vt_term_ended(struct vt_term *t, int status);

#endif /* VT_TERM_H */
