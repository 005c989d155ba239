// SPDX-License-Identifier: GPL-2.0-only
/*
 * readwrite - reads pages of one VMA, which maps the zero page there, then writes to them, and gives
 * them back: as many faults of one cause as of another, until SIGTERM.
 */
#include "workload.h"

#define PAGES 512UL

static volatile sig_atomic_t told_to_end;

static void on_term(int sig)
{
	(void)sig;
	told_to_end = 1;
}

int main(int argc, char **argv)
{
	char *p;

	wl_options(argc, argv, (const struct wl_option[]){ { 0 } });
	wl_init("readwrite");
	signal(SIGTERM, on_term);
	p = wl_map_anon(PAGES * WL_PAGE);
	if (puts("ready") < 0 || fflush(stdout))
		wl_die("stdout");
	while (!told_to_end) {
		wl_read(p, PAGES, WL_PAGE);
		wl_write(p, PAGES, WL_PAGE);
		if (madvise(p, PAGES * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
	}
	wl_finish("");
}
