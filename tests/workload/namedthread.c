// SPDX-License-Identifier: GPL-2.0-only
/*
 * namedthread - a thread that is called --name, unlike its process; prints "ready TID", and waits for
 * the end of stdin.
 */
#include "workload.h"

static const char *name = "named";

static const struct wl_option options[] = {
	{ "name", .text = &name },
	{ 0 },
};

static void *thread_main(void *arg)
{
	char c;

	if (prctl(PR_SET_NAME, name))
		wl_die("PR_SET_NAME");
	dprintf(1, "ready %d\n", (int)syscall(SYS_gettid));
	while (read(0, &c, 1) > 0)
		;
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	wl_options(argc, argv, options);
	wl_init("namedthread");
	if (pthread_create(&thread, NULL, thread_main, NULL) || pthread_join(thread, NULL))
		wl_die("thread");
	wl_finish("");
}
