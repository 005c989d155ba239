// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm - pages that KSM has merged, asked back by their process: the kernel faults each one in
 * without a trap. Needs ksmd to run (/sys/kernel/mm/ksm/run).
 */
#include "workload.h"

#ifndef MADV_UNMERGEABLE
#define MADV_UNMERGEABLE 13
#endif

static unsigned long pages = 500;

/* How many pages of this process are merged. */
static unsigned long merged(void)
{
	char text[32] = "";
	int fd = open("/proc/self/ksm_merging_pages", O_RDONLY | O_CLOEXEC); /* 5.19 */

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		wl_die("/proc/self/ksm_merging_pages");
	close(fd);
	return strtoul(text, NULL, 10);
}

static void merge(char *p)
{
	struct timespec nap = { .tv_nsec = 20000000 };

	memset(p, 0x5a, pages * WL_PAGE);
	if (madvise(p, pages * WL_PAGE, MADV_MERGEABLE))
		wl_die("MADV_MERGEABLE");
	for (int try = 0; try < 3000 && merged() < pages; try++)
		nanosleep(&nap, NULL);
	if (merged() != pages)
		wl_die("only %lu of %lu pages were merged: does ksmd run?", merged(), pages);
}

int main(int argc, char **argv)
{
	static const struct wl_option options[] = {
		{ "pages", .number = &pages },
		{ 0 },
	};
	struct rusage before, after;
	struct wl_range *r;
	char *p;

	wl_init("ksm");
	wl_options(argc, argv, options);
	p = wl_map_anon(pages * WL_PAGE);
	merge(p);
	r = wl_range_add("anon", p, pages * WL_PAGE);
	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	wl_warm();
	wl_usage_of(RUSAGE_THREAD, &before);
	if (madvise(p, pages * WL_PAGE, MADV_UNMERGEABLE))
		wl_die("MADV_UNMERGEABLE");
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, pages);
	r->gup = pages;
	wl_finish("\"mode\":\"ksm\",");
}
