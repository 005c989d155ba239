// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites - ten functions change a page's protection while another CPU keeps reading it; one of them
 * makes nearly all of the changes. Who looks for the culprit has to find site_6 and its line.
 */
#include "partner.h"

static unsigned long calls = 10000, others = 50, from = 0, to = 1;
static bool gate;
/* wait for a signal after the calls */
static bool stay;

static const struct wl_option options[] = {
	{ "calls", .number = &calls },
	{ "others", .number = &others },
	{ "from", .number = &from },
	{ "to", .number = &to },
	{ "gate", .flag = &gate },
	{ "stay", .flag = &stay },
	{ 0 },
};

/* Each pair writes, so that each has a writable, dirty entry to take back. */
#define SITE(n)                                                                                    \
	static WL_NOINLINE void site_##n(char *page)                                               \
	{                                                                                          \
		if (mprotect(page, WL_PAGE, PROT_READ))                                            \
			wl_die("mprotect");                                                        \
		if (mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))                               \
			wl_die("mprotect");                                                        \
		*(volatile char *)page = 1;                                                        \
	}

SITE(0)
SITE(1)
SITE(2)
SITE(3)
SITE(4)
SITE(5)
SITE(7)
SITE(8)
SITE(9)

static int culprit_line;

/* Two calls on one line: the line is what is to be found. */
static WL_NOINLINE void site_6(char *page)
{
	culprit_line = __LINE__ + 1;
	if (mprotect(page, WL_PAGE, PROT_READ) || mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
		wl_die("mprotect");
	*(volatile char *)page = 1;
}

static void (*const sites[])(char *) = { site_0, site_1, site_2, site_3, site_4,
					 site_5, site_6, site_7, site_8, site_9 };

static WL_NOINLINE void work(struct partner *partner, void (*site)(char *), unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		partner_await(partner);
		site(partner->page);
	}
}

int main(int argc, char **argv)
{
	struct partner partner = { .how = PARTNER_SPINS };
	char extra[256];

	wl_options(argc, argv, options);
	wl_init("sites");
	partner.cpu = to;
	partner.page = wl_map_anon(WL_PAGE);
	wl_write(partner.page, 1, WL_PAGE);
	wl_pin(from);
	if (gate)
		wl_gate();
	partner_start(&partner);
	for (int i = 0; i < 10; i++)
		work(&partner, sites[i], sites[i] == site_6 ? calls : others);
	partner_stop(&partner);
	if (stay) {
		puts("called");
		fflush(stdout);
		pause();
	}
	snprintf(extra, sizeof(extra), "\"culprit\":\"site_6\",\"line\":%d,\"mprotects\":%lu,",
		 culprit_line, 2 * calls);
	wl_finish(extra);
}
