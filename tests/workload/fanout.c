// SPDX-License-Identifier: GPL-2.0-only
/*
 * fanout - a thread on CPU 0 changes a page's protection to and fro while a thread on each of the
 * next CPUs keeps reading it: each change must flush all of their TLBs, and no other CPU's.
 */
#include "partner.h"

#define MAX_TARGETS 63

static unsigned long pairs = 2000, targets = 3;

static const struct wl_option options[] = {
	{ "pairs", .number = &pairs },
	{ "targets", .number = &targets },
	{ 0 },
};

/* Each pair writes, so that each has a writable, dirty entry to take back. */
static WL_NOINLINE void change(struct partner *partner, char *page)
{
	for (unsigned long i = 0; i < pairs; i++) {
		for (unsigned long t = 0; t < targets; t++)
			partner_await(&partner[t]);
		if (mprotect(page, WL_PAGE, PROT_READ) ||
		    mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
		*(volatile char *)page = 1;
	}
}

int main(int argc, char **argv)
{
	static struct partner partner[MAX_TARGETS];
	char extra[128], *page;

	wl_options(argc, argv, options);
	if (targets > MAX_TARGETS)
		return WL_EXIT_USAGE;
	wl_fresh_on(0, argv);
	wl_init("fanout");
	page = wl_map_anon(WL_PAGE);
	wl_write(page, 1, WL_PAGE);
	for (unsigned long t = 0; t < targets; t++) {
		partner[t].how = PARTNER_SPINS;
		partner[t].cpu = t + 1;
		partner[t].page = page;
		partner_start(&partner[t]);
	}
	change(partner, page);
	for (unsigned long t = 0; t < targets; t++)
		partner_stop(&partner[t]);
	snprintf(extra, sizeof(extra), "\"mprotects\":%lu,\"targets\":%lu,\"page\":\"0x%lx\",",
		 2 * pairs, targets, (unsigned long)page);
	wl_finish(extra);
}
