// SPDX-License-Identifier: GPL-2.0-only
/*
 * newthreads - threads that are born, fault and end all the time, until stdin ends; with --mappings,
 * one thread that does so in new mappings. None takes a fault without a trap.
 */
#include "workload.h"

#include <poll.h>

#define PAGES 64UL
#define THREADS 4
#define ROUNDS 20
#define MAPPINGS 1000

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

static void run_threads(void)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&thread[i], NULL, thread_main, NULL)))
			wl_die("pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
}

static void use_mappings(void)
{
	for (int i = 0; i < MAPPINGS; i++) {
		char *p = wl_mmap(NULL, 2 * WL_PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		wl_write(p, 1, WL_PAGE);
		munmap(p, 2 * WL_PAGE);
	}
}

int main(int argc, char **argv)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	bool gate = false, mappings = false;

	wl_init("newthreads");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "gate", .flag = &gate }, { "mappings", .flag = &mappings }, { 0 } });
	if (write(1, "ready\n", 6) != 6)
		wl_die("stdout");
	while (!poll(&in, 1, 0)) {
		if (mappings)
			use_mappings();
		else
			run_threads();
	}
	wl_finish("");
}
