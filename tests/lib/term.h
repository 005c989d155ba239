/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * term.h - run a program in a terminal (tmux): send keys, and read the screen.
 */
#ifndef VT_TERM_H
#define VT_TERM_H

#include "run.h"

/**
 * struct vt_term - a terminal; a shell runs the program in it, and stays after that has exited
 * @server: tmux; @socket: its socket
 * @before: output of `stty -g` before the program was started; @after: after it had exited
 * @screen: last result of vt_term_see()
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
 * @env: arguments for env(1): "TERM=linux LANG=C.UTF-8"
 */
void vt_term_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		  const char *const *argv);
/** vt_term_close - end everything that still runs there. */
void vt_term_close(struct vt_term *t);

/** vt_term_keys - send keys by tmux's names: "q", "Enter", "F4", "C-c"; other text is typed */
void vt_term_keys(struct vt_term *t, const char *keys);
/** vt_term_bytes - send bytes in hex, such as those of a mouse: "1b 5b 4d" */
void vt_term_bytes(struct vt_term *t, const char *hex);
void vt_term_resize(struct vt_term *t, unsigned int width, unsigned int height);

/**
 * vt_term_see - the current screen, as plain text or (@colours) with escape sequences; waits until
 * a page that is being drawn is complete
 */
const char *vt_term_see(struct vt_term *t, bool colours);
/** vt_term_await - wait until the screen contains @text; the test fails after a long time */
void vt_term_await(struct vt_term *t, const char *text);
/** vt_term_await_gone - wait until the screen does not contain @text */
void vt_term_await_gone(struct vt_term *t, const char *text);

/** vt_term_line - line @n, from 0, of the screen last seen; valid until the next call */
const char *vt_term_line(const struct vt_term *t, unsigned int n);
/** vt_term_lines - number of lines */
unsigned int vt_term_lines(const struct vt_term *t);

/** vt_term_pid - pid of the program */
pid_t vt_term_pid(const struct vt_term *t);

/**
 * vt_term_ended - wait until the program has exited with this status; the terminal must be restored
 */
void vt_term_ended(struct vt_term *t, int status);

#endif /* VT_TERM_H */
