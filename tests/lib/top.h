/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top.h - run `vmascope top` in a private terminal, for its tests.
 */
#ifndef VT_TOP_H
#define VT_TOP_H

struct vt_term;

/* An environment for vt_top_open() in which top uses all terminal features. */
#define VT_UTF8 "LANG=C.UTF-8 TERM=screen-256color"
/* Title of the page after the command has exited, and the start of its last line. */
#define VT_TOP_ENDED "COMMAND ENDED"
#define VT_TOP_BAR "F1Help"

/**
 * vt_top_open - start `top @args`, and wait until it shows its first page
 * @env: arguments for env(1)
 */
void vt_top_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		 const char *const *args);

/** vt_top_quit - quit by key; its exit status must be 0, and the terminal must be restored */
void vt_top_quit(struct vt_term *t);

/** vt_top_check_page - wait for a page of this size, and check what each page must have */
void vt_top_check_page(struct vt_term *t, unsigned int width, unsigned int height);

#endif /* VT_TOP_H */
