// SPDX-License-Identifier: GPL-2.0-only
/*
 * twovmas - one function faults in two mappings by turns, so that one call chain has faults in both:
 * --few pages of the memfd "vt_few", and three times as many of "vt_many". Then --advise times, the
 * pages of the second are given back by madvise and touched again; CALLS of these times, the first page,
 * the first two pages and so on of the first are given back, too.
 */
#include "workload.h"

#define TURN 50UL /* pages of the first at a time */

#define CALLS 6UL

static unsigned long few = 1000, advise;
static bool gate;

static const struct wl_option options[] = {
	{ "few", .number = &few },
	{ "advise", .number = &advise },
	{ "gate", .flag = &gate },
	{ 0 },
};

static char *map_memfd(const char *name, size_t pages)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)(pages * WL_PAGE)))
		wl_die("memfd");
	return wl_map(pages * WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
}

static void give_back(char *p, size_t pages)
{
	if (madvise(p, pages * WL_PAGE, MADV_DONTNEED))
		wl_die("madvise");
}

int main(int argc, char **argv)
{
	struct wl_range *a, *b;
	char *p, *q;

	wl_options(argc, argv, options);
	few = (few + TURN - 1) / TURN * TURN;
	wl_init("twovmas");
	p = map_memfd("vt_few", few);
	q = map_memfd("vt_many", 3 * few);
	a = wl_range_add("few", p, few * WL_PAGE);
	b = wl_range_add("many", q, 3 * few * WL_PAGE);
	wl_warm();
	if (gate)
		wl_gate();
	for (unsigned long i = 0; i < few; i += TURN) {
		wl_counted(a, WL_WRITE, p + i * WL_PAGE, TURN, WL_PAGE);
		wl_counted(b, WL_WRITE, q + 3 * i * WL_PAGE, 3 * TURN, WL_PAGE);
	}
	for (unsigned long i = 0; i < advise; i++) {
		give_back(q, 3 * few);
		wl_write(q, 3 * few, WL_PAGE);
		if (i % (advise / CALLS) == 0 && i / (advise / CALLS) < CALLS)
			give_back(p, 1 + i / (advise / CALLS));
	}
	wl_finish("");
}
