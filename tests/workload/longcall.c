// SPDX-License-Identifier: GPL-2.0-only
/*
 * longcall - a memory call whose duration is known: vfork, which lasts until the child ends, and
 * the child sleeps. The clock is read before and after it, and by the child.
 */
#include <inttypes.h>

#include "workload.h"

static unsigned long ms = 300;

static const struct wl_option options[] = {
	{ "ms", .number = &ms },
	{ 0 },
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static volatile uint64_t child_began, child_ended;

/* The child runs on the parent's stack: it may call, but not return. */
static WL_NOINLINE void lasts_long(void)
{
	const struct timespec sleep = { .tv_sec = (time_t)(ms / 1000),
					.tv_nsec = (long)(ms % 1000 * 1000000) };
	pid_t child = vfork();

	if (child < 0)
		wl_die("vfork");
	if (!child) {
		child_began = now_ns();
		nanosleep(&sleep, NULL);
		child_ended = now_ns();
		_exit(0);
	}
	if (waitpid(child, NULL, 0) != child)
		wl_die("waitpid");
}

int main(int argc, char **argv)
{
	uint64_t before, after;
	char extra[256];

	wl_options(argc, argv, options);
	wl_init("longcall");
	before = now_ns();
	lasts_long();
	after = now_ns();
	snprintf(extra, sizeof(extra), "\"at_least_ns\":%" PRIu64 ",\"at_most_ns\":%" PRIu64 ",",
		 child_ended - child_began, after - before);
	wl_finish(extra);
}
