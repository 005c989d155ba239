// SPDX-License-Identifier: GPL-2.0-only
/*
 * pingpong - a thread on one CPU changes a page's protection to and fro while another thread,
 * on a second CPU, keeps reading it: each change must flush the other CPU's TLB. Without a partner,
 * no other CPU has ever seen the address space, and none is told.
 */
#include "partner.h"

static unsigned long pairs = 10000, from = 0, to = 1;
static const char *how = "spins";
static bool gate;

static const struct wl_option options[] = {
	{ "pairs", .number = &pairs }, { "from", .number = &from }, { "to", .number = &to },
	{ "partner", .text = &how },   { "gate", .flag = &gate },   { 0 },
};

/* Each pair writes, so that each has a writable, dirty entry to take back. */
static WL_NOINLINE void change(struct partner *partner, char *page, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		partner_await(partner);
		if (mprotect(page, WL_PAGE, PROT_READ) ||
		    mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
		*(volatile char *)page = 1;
	}
}

int main(int argc, char **argv)
{
	struct partner partner = { 0 };
	char extra[256];

	wl_options(argc, argv, options);
	partner.how = partner_how(how);
	if (partner.how == PARTNER_NONE)
		wl_fresh_on(from, argv);
	wl_init("pingpong");
	partner.cpu = to;
	partner.page = wl_map_anon(WL_PAGE);
	wl_write(partner.page, 1, WL_PAGE);
	wl_pin(from);
	if (gate)
		wl_gate();
	partner_start(&partner);
	change(&partner, partner.page, pairs);
	partner_stop(&partner);
	snprintf(extra, sizeof(extra),
		 "\"mprotects\":%lu,\"from_cpu\":%lu,\"to_cpu\":%lu,\"partner\":%d,"
		 "\"page\":\"0x%lx\",",
		 2 * pairs, wl_cpu(from), wl_cpu(to), partner.tid, (unsigned long)partner.page);
	wl_finish(extra);
}
