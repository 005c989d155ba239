// SPDX-License-Identifier: GPL-2.0-only
/*
 * newthreads - threads that are born, fault and end all the time, until stdin ends: none takes a
 * fault without a trap.
 */
#include "workload.h"

#include <poll.h>

#define PAGES 64UL
#define THREADS 4
#define ROUNDS 20

static void *thread_main(void *arg)
{
	char *p = wl_mmap(NULL, PAGES * WL_PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int round = 0; round < ROUNDS; round++) {
		wl_write(p, PAGES, WL_PAGE);
		if (madvise(p, PAGES * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
	}
	munmap(p, PAGES * WL_PAGE);
	return arg;
}

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	pthread_t thread[THREADS];
	bool gate = false;

	wl_init("newthreads");
	wl_options(argc, argv, (const struct wl_option[]){ { "gate", .flag = &gate }, { 0 } });
	if (write(1, "ready\n", 6) != 6)
		wl_die("stdout");
	while (!poll(&in, 1, 0)) {
		for (int i = 0; i < THREADS; i++)
			if ((errno = pthread_create(&thread[i], NULL, thread_main, NULL)))
				wl_die("pthread_create");
		for (int i = 0; i < THREADS; i++)
			pthread_join(thread[i], NULL);
	}
	wl_finish("");
}
