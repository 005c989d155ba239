/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top.h - `vmascope top` in a terminal of its own, for the tests of it.
 */
#ifndef VT_TOP_H
#define VT_TOP_H

struct vt_term;

/* An environment for vt_top_open(): all that top can show. */
#define VT_UTF8 "LANG=C.UTF-8 TERM=screen-256color"
/* What the page says when the command has ended, and what its last line begins with. */
#define VT_TOP_ENDED "COMMAND ENDED"
#define VT_TOP_BAR "F1Help"

/**
 * vt_top_open - start `top @args`; it shows its first page when this returns
 * @env: words for env(1)
 */
void vt_top_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		 const char *const *args);

/** vt_top_quit - by key; its exit status must be 0, and the terminal as it was */
void vt_top_quit(struct vt_term *t);

/** vt_top_check_page - await a page of this size, and check what each page has */
void vt_top_check_page(struct vt_term *t, unsigned int width, unsigned int height);

#endif /* VT_TOP_H */
