// SPDX-License-Identifier: GPL-2.0-only
/*
 * manyvmas - maps --vmas pages and write-protects every other one, so that each is a VMA; prints
 * "ready ADDRESS", of a protected one behind most of them, and waits for the end of stdin.
 */
#include "workload.h"

static unsigned long vmas = 4000;

static const struct wl_option options[] = {
	{ "vmas", .number = &vmas },
	{ 0 },
};

int main(int argc, char **argv)
{
	char *p, c;

	wl_options(argc, argv, options);
	wl_init("manyvmas");
	p = wl_map_anon(vmas * WL_PAGE);
	for (unsigned long i = 0; i < vmas; i += 2)
		if (mprotect(p + i * WL_PAGE, WL_PAGE, PROT_READ))
			wl_die("mprotect");
	dprintf(1, "ready %lx\n", (unsigned long)(p + (vmas / 2 * 2 - 2) * WL_PAGE));
	while (read(0, &c, 1) > 0)
		;
	wl_finish("");
}
