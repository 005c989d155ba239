// SPDX-License-Identifier: GPL-2.0-only
/*
 * thp - huge pages that come and go: what the program itself sees of them, by its own clock, its usage,
 * mincore(2) and /proc/self/smaps.
 *
 * usage: thp [--regions N] [--guards N] MODE, MODE one of:
 *   touch: one byte of each of N regions of 2 MiB where huge pages are wanted
 *   collapse: small pages of N regions become huge ones by MADV_COLLAPSE, and are touched again
 *   guard: as touch; then one page in each of --guards regions is made inaccessible by mprotect
 */
#include "workload.h"

#define HUGE (2UL << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* 6.1 */
#endif

static unsigned long regions = 16, guards;

static const struct wl_option options[] = {
	{ "regions", .number = &regions },
	{ "guards", .number = &guards },
	{ 0 },
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/** huge_bytes - AnonHugePages of all VMAs in a range */
static unsigned long huge_bytes(const char *start, size_t len)
{
	const uintptr_t from = (uintptr_t)start, to = from + len;
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long lo, hi, kib, sum = 0;
	bool inside = false;
	char line[512];

	if (!f)
		wl_die("/proc/self/smaps");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2)
			inside = lo >= from && hi <= to;
		else if (inside && sscanf(line, "AnonHugePages: %lu kB", &kib) == 1)
			sum += kib << 10;
	}
	fclose(f);
	return sum;
}

static char *map_regions(void)
{
	char *p = wl_reserve(regions * HUGE, HUGE);

	return wl_mmap(p, regions * HUGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/** struct touched - @huge: regions that one touch has mapped to their ends; @worst_ns: longest touch */
struct touched {
	unsigned long huge;
	uint64_t worst_ns;
};

static struct touched touch_regions(char *p)
{
	struct wl_range *r = wl_range_add("thp", p, regions * HUGE);
	struct rusage before, after;
	struct touched t = { 0 };
	unsigned char last;

	if (madvise(p, regions * HUGE, MADV_HUGEPAGE))
		wl_skip("MADV_HUGEPAGE: %s", strerror(errno));
	memset(&after, 0, sizeof(after));
	wl_warm();
	now_ns();
	wl_usage_of(RUSAGE_THREAD, &before);
	for (size_t i = 0; i < regions; i++) {
		const uint64_t begin = now_ns();
		uint64_t ns;

		wl_write(p + i * HUGE, 1, 0);
		ns = now_ns() - begin;
		t.worst_ns = ns > t.worst_ns ? ns : t.worst_ns;
		if (mincore(p + (i + 1) * HUGE - WL_PAGE, WL_PAGE, &last))
			wl_die("mincore");
		t.huge += last & 1;
	}
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, regions);
	r->write = regions;
	return t;
}

static void touch(char *extra, size_t size)
{
	const struct touched t = touch_regions(map_regions());

	snprintf(extra, size, "\"huge\":%lu,\"worst_ns\":%lu,", t.huge, t.worst_ns);
}

/* Without MADV_HUGEPAGE the kernel gives small pages, if it is set to; MADV_COLLAPSE asks nobody. */
static void collapse(char *extra, size_t size)
{
	const size_t len = regions * HUGE;
	struct rusage before, after;
	char *p = map_regions();
	uint64_t ns;
	int err;

	memset(&after, 0, sizeof(after));
	wl_warm();
	wl_counted(wl_range_add("small", p, len), WL_WRITE, p, len / WL_PAGE, WL_PAGE);
	ns = now_ns();
	err = madvise(p, len, MADV_COLLAPSE) ? errno : 0;
	ns = now_ns() - ns;
	if (err == EINVAL)
		wl_skip("MADV_COLLAPSE: %s", strerror(err));
	wl_usage_of(RUSAGE_THREAD, &before);
	wl_write(p, len / WL_PAGE, WL_PAGE);
	wl_usage_of(RUSAGE_THREAD, &after);
	snprintf(
		extra, size,
		"\"start\":\"%p\",\"bytes\":%zu,\"errno\":%d,\"at_most_ns\":%lu,\"huge_bytes\":%lu,"
		"\"again\":%ld,",
		(void *)p, len, err, ns, huge_bytes(p, len), after.ru_minflt - before.ru_minflt);
}

static void guard(char *extra, size_t size)
{
	char *p = map_regions(), *end = p + regions * HUGE;
	const struct touched t = touch_regions(p);

	for (size_t i = 0; i < guards; i++)
		if (mprotect(p + i * HUGE + HUGE / 2, WL_PAGE, PROT_NONE))
			wl_die("mprotect");
	snprintf(extra, size,
		 "\"start\":\"%p\",\"end\":\"%p\",\"huge\":%lu,\"huge_bytes_left\":%lu,", (void *)p,
		 (void *)end, t.huge, huge_bytes(p, regions * HUGE));
}

int main(int argc, char **argv)
{
	const int first = wl_options(argc, argv, options);
	const char *mode = first < argc ? argv[first] : "";
	char extra[256] = "";

	wl_init("thp");
	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0))
		wl_die("PR_SET_THP_DISABLE");
	if (guards > regions)
		_exit(WL_EXIT_USAGE);
	if (!strcmp(mode, "touch"))
		touch(extra, sizeof(extra));
	else if (!strcmp(mode, "collapse"))
		collapse(extra, sizeof(extra));
	else if (!strcmp(mode, "guard"))
		guard(extra, sizeof(extra));
	else
		_exit(WL_EXIT_USAGE);
	wl_finish(extra);
}
