// SPDX-License-Identifier: GPL-2.0-only
/*
 * gupthreads - threads whose faults the kernel takes without a trap (MADV_POPULATE_WRITE): some
 * end, one stays and never traps again.
 */
#include "workload.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* 5.14 */
#endif

static unsigned long pages = 500, nr_threads = 4;
static int begin_pipe[2], done_pipe[2];

static void populate(char *p, size_t n)
{
	if (madvise(p, n * WL_PAGE, MADV_POPULATE_WRITE))
		wl_die("MADV_POPULATE_WRITE");
}

static void *thread_main(void *arg)
{
	populate(arg, pages);
	return NULL;
}

/* All that it runs after the gate it has run before. */
static void *staying_main(void *arg)
{
	char *p = arg, c = 0;

	for (int turn = 0; turn < 2; turn++) {
		while (read(begin_pipe[0], &c, 1) < 0 && errno == EINTR)
			;
		if (turn)
			populate(p, pages);
		else
			populate(p + pages * WL_PAGE, 1);
		if (write(done_pipe[1], &c, 1) != 1)
			wl_die("write");
	}
	for (;;)
		pause();
}

static void let_it_run(void)
{
	char c = 0;

	if (write(begin_pipe[1], &c, 1) != 1 || read(done_pipe[0], &c, 1) != 1)
		wl_die("pipe");
}

int main(int argc, char **argv)
{
	pthread_t thread, staying;
	struct wl_range *r;
	bool gate = false;
	char *p, *stay, c;

	wl_init("gupthreads");
	wl_options(argc, argv,
		   (const struct wl_option[]){ { "pages", .number = &pages },
					       { "threads", .number = &nr_threads },
					       { "gate", .flag = &gate },
					       { 0 } });
	p = wl_map_anon(nr_threads * pages * WL_PAGE);
	stay = wl_map_anon((pages + 1) * WL_PAGE);
	if (pipe2(begin_pipe, O_CLOEXEC) || pipe2(done_pipe, O_CLOEXEC))
		wl_die("pipe");
	if ((errno = pthread_create(&staying, NULL, staying_main, stay)))
		wl_die("pthread_create");
	let_it_run();
	if (gate)
		wl_gate();
	let_it_run();
	r = wl_range_add("staying", stay, (pages + 1) * WL_PAGE);
	r->faults = r->minor = r->gup = pages;
	/* until the tracer has seen it */
	if (write(1, "populated\n", 10) != 10)
		wl_die("stdout");
	while (gate && read(0, &c, 1) < 0 && errno == EINTR)
		;
	r = wl_range_add("ending", p, nr_threads * pages * WL_PAGE);
	r->faults = r->minor = r->gup = nr_threads * pages;
	for (unsigned long i = 0; i < nr_threads; i++) {
		if ((errno = pthread_create(&thread, NULL, thread_main, p + i * pages * WL_PAGE)))
			wl_die("pthread_create");
		pthread_join(thread, NULL);
	}
	wl_finish("");
}
