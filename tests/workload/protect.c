// SPDX-License-Identifier: GPL-2.0-only
/*
 * protect - one thread that changes the protection of one page as often as it is told: no TLB of
 * another CPU is flushed.
 */
#include "workload.h"

int main(int argc, char **argv)
{
	unsigned long calls = 2000;
	char *page, extra[96];

	wl_init("protect");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "calls", .number = &calls },
			   { 0 },
		   });
	page = wl_map_anon(WL_PAGE);
	for (unsigned long i = 0; i < calls; i++)
		if (mprotect(page, WL_PAGE, i & 1 ? PROT_READ | PROT_WRITE : PROT_READ))
			wl_die("mprotect");
	snprintf(extra, sizeof(extra), "\"page\":\"0x%lx\",\"calls\":%lu,", (unsigned long)page,
		 calls);
	wl_finish(extra);
}
