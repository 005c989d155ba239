// SPDX-License-Identifier: GPL-2.0-only
/*
 * freeing - two functions free large blocks, each of which the allocator gives back by a munmap of its
 * own. Whose free() it was, only the callers of the allocator tell.
 */
#include <malloc.h>

#include "workload.h"

#define BLOCK (256UL << 10)

static unsigned long often = 400, seldom = 30;
/* call and end at once when the gate opens */
static bool gate;

static const struct wl_option options[] = {
	{ "often", .number = &often },
	{ "seldom", .number = &seldom },
	{ "gate", .flag = &gate },
	{ 0 },
};

static void *block(void)
{
	char *memory = malloc(BLOCK);

	if (!memory)
		wl_die("malloc");
	*(volatile char *)memory = 1;
	return memory;
}

static WL_NOINLINE void frees_often(void)
{
	for (unsigned long i = 0; i < often; i++)
		free(block());
	*(volatile bool *)&gate = gate;
}

static WL_NOINLINE void frees_seldom(void)
{
	for (unsigned long i = 0; i < seldom; i++)
		free(block());
	*(volatile bool *)&gate = gate;
}

int main(int argc, char **argv)
{
	char extra[128];

	wl_options(argc, argv, options);
	wl_init("freeing");
	/* as soon as a block is freed, the allocator would keep the next ones */
	if (!mallopt(M_MMAP_THRESHOLD, BLOCK / 2))
		wl_die("mallopt");
	if (gate)
		wl_gate();
	frees_often();
	frees_seldom();
	snprintf(extra, sizeof(extra), "\"often\":%lu,\"seldom\":%lu,", often, seldom);
	wl_finish(extra);
}
