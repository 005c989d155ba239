// SPDX-License-Identifier: GPL-2.0-only
/*
 * top.c - see top.h
 */
#include "top.h"

#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"

#include <stdio.h>
#include <string.h>

void vt_top_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		 const char *const *args)
{
	const char *argv[32] = { vt_vmascope(), "top" };
	size_t n = 2;

	while (*args)
		argv[n++] = *args++;
	argv[n] = NULL;
	vt_term_open(t, width, height, env, argv);
	vt_term_await(t, VT_TOP_BAR);
}

void vt_top_quit(struct vt_term *t)
{
	vt_term_keys(t, "q");
	vt_term_ended(t, 0);
	vt_term_close(t);
}

struct page_wait {
	struct vt_term *term;
	unsigned int height;
};

/*
 * The terminal has its new size before top has drawn the page. A smaller one shows the last lines
 * of the old page until then, including its bar: only the first line belongs to the new page.
 */
static bool is_drawn(void *arg)
{
	struct page_wait *w = arg;

	vt_term_see(w->term, false);
	return vt_term_lines(w->term) == w->height &&
	       !strncmp(vt_term_line(w->term, 0), "vmascope ", 9) &&
	       !strncmp(vt_term_line(w->term, w->height - 1), VT_TOP_BAR, strlen(VT_TOP_BAR));
}

void vt_top_check_page(struct vt_term *t, unsigned int width, unsigned int height)
{
	struct page_wait w = { .term = t, .height = height };

	vt_await(is_drawn, &w, "a page of the terminal's size", VT_PATIENCE);
	vt_equal(vt_term_lines(t), height, "lines");
	vt_check_width(t->screen, width);
	vt_true(!strncmp(vt_term_line(t, 1), "Faults ", 7));
	vt_true(!strncmp(vt_term_line(t, 2), "TLB IPIs ", 9));
	vt_true(!strncmp(vt_term_line(t, 3), "Own CPU ", 8));
	vt_true(!strncmp(vt_term_line(t, 4), " 1 processes  2 vmas ", 21));
}
