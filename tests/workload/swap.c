// SPDX-License-Identifier: GPL-2.0-only
/*
 * swap - pages that are on the swap device and in no cache, each touched once.
 *
 * A page that was written to a disk stays in the swap cache until it is reclaimed again, so the
 * cgroup named by --cgroup, which this program must be in, is asked to (memory.reclaim, 5.19).
 */
#include "workload.h"

static unsigned long pages = 2000;
static const char *cgroup = "";

static void fill(char *p)
{
	for (size_t i = 0; i < pages; i++) /* pages of one repeated word need no swap slot */
		for (size_t at = 0; at < WL_PAGE; at += 8)
			*(uint64_t *)(p + i * WL_PAGE + at) = (i << 32 ^ at * 2654435761u) + 1;
}

/* How many pages from @p on are in swap, by /proc/self/pagemap's bit 62. */
static size_t swapped(char *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t out = 0;
	uint64_t entry;

	if (fd < 0)
		wl_die("pagemap");
	for (size_t i = 0; i < pages; i++) {
		off_t at = (off_t)(((uintptr_t)p / WL_PAGE + i) * sizeof(entry));

		if (pread(fd, &entry, sizeof(entry), at) != (ssize_t)sizeof(entry))
			wl_die("pagemap");
		out += entry >> 62 & 1;
	}
	close(fd);
	return out;
}

/* Pages in the swap cache, by /proc/meminfo. */
static unsigned long cached(void)
{
	char text[4096], *line;
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n < 0 ? 0 : n] = 0;
	line = strstr(text, "SwapCached:");
	return line ? strtoul(line + 11, NULL, 10) / (WL_PAGE / 1024) : 0;
}

static void reclaim(void)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/memory.reclaim", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		wl_die("%s", path);
	if (write(fd, "64M", 3) < 0 && errno != EAGAIN) /* it found less than that */
		wl_die("write to %s", path);
	close(fd);
}

static void swap_out(char *p)
{
	struct timespec nap = { .tv_nsec = 20000000 };

	for (int try = 0; try < 200; try++) {
		if (swapped(p) < pages && madvise(p, pages * WL_PAGE, MADV_PAGEOUT))
			wl_die("MADV_PAGEOUT");
		reclaim();
		if (swapped(p) == pages && cached() <= pages / 50) /* others' pages */
			return;
		nanosleep(&nap, NULL);
	}
	wl_skip("%zu of %lu pages in swap, %lu in its cache", swapped(p), pages, cached());
}

int main(int argc, char **argv)
{
	static const struct wl_option options[] = {
		{ "pages", .number = &pages },
		{ "cgroup", .text = &cgroup },
		{ 0 },
	};
	struct wl_range *r;
	char *p;

	wl_init("swap");
	wl_options(argc, argv, options);
	p = wl_map_anon(pages * WL_PAGE);
	fill(p);
	swap_out(p);
	wl_warm();
	r = wl_range_add("anon", p, pages * WL_PAGE);
	snprintf(r->cause, sizeof(r->cause), "swap-in");
	wl_counted(r, WL_READ, p, pages, WL_PAGE);
	wl_finish("\"mode\":\"swap\",");
}
