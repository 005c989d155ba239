// SPDX-License-Identifier: GPL-2.0-only
/*
 * background - memory that a thread of the kernel works on, while a thread of this program runs on
 * the second CPU: pages that ksmd merges, or that khugepaged makes a huge page of.
 *
 * The kernel must be set to do it (/sys/kernel/mm); this program waits until it is done.
 */
#include "partner.h"

#define HUGE (2UL << 20)
#define PATIENCE 2400 /* times 25 ms */

static unsigned long pages = 200, from = 0, to = 1;

static const struct wl_option options[] = {
	{ "pages", .number = &pages },
	{ "from", .number = &from },
	{ "to", .number = &to },
	{ 0 },
};

/* The number behind @name in the file @path; -1: there is none. */
static long number_in(const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	char line[256];
	long n = -1;

	while (f && n < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			n = strtol(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return n;
}

/* Pages of the same content: all but one of them become one. */
static void merge(char *window)
{
	if (mmap(window, pages * WL_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		wl_die("mmap");
	memset(window, 0x5a, pages * WL_PAGE);
	if (madvise(window, pages * WL_PAGE, MADV_MERGEABLE))
		wl_skip("MADV_MERGEABLE: %s", strerror(errno));
}

static bool merged(void)
{
	return number_in("/proc/self/ksm_merging_pages", "") >= (long)pages;
}

static void collapse(char *window)
{
	pages = HUGE / WL_PAGE;
	if (mmap(window, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		wl_die("mmap");
	wl_write(window, pages, WL_PAGE);
	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) || madvise(window, HUGE, MADV_HUGEPAGE))
		wl_skip("MADV_HUGEPAGE: %s", strerror(errno));
}

static bool collapsed(void)
{
	return number_in("/proc/self/smaps_rollup", "AnonHugePages:") > 0;
}

static const struct mode {
	const char *name;
	void (*prepare)(char *window);
	bool (*done)(void);
} modes[] = {
	{ "ksm", merge, merged },
	{ "khugepaged", collapse, collapsed },
};

int main(int argc, char **argv)
{
	struct partner partner = { .how = PARTNER_SPINS };
	const struct mode *mode = NULL;
	char extra[256], *window;
	int at, waited;

	wl_init("background");
	at = wl_options(argc, argv, options);
	for (size_t i = 0; argv[at] && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[at], modes[i].name))
			mode = &modes[i];
	if (!mode || pages * WL_PAGE > HUGE) {
		dprintf(2, "usage: background [--pages N] ksm|khugepaged\n");
		return WL_EXIT_USAGE;
	}
	window = wl_reserve(HUGE, HUGE);
	partner.cpu = to;
	partner.page = wl_map_anon(WL_PAGE);
	wl_write(partner.page, 1, WL_PAGE);
	wl_pin(from);
	partner_start(&partner);
	mode->prepare(window);
	for (waited = 0; waited < PATIENCE && !mode->done(); waited++)
		nanosleep(&(struct timespec){ .tv_nsec = 25000000 }, NULL);
	if (waited == PATIENCE)
		wl_skip("%s: not done after a minute", mode->name);
	partner_stop(&partner);
	snprintf(extra, sizeof(extra), "\"mode\":\"%s\",\"pages\":%lu,\"waited_ms\":%d,",
		 mode->name, pages, waited * 25);
	wl_finish(extra);
}
