// SPDX-License-Identifier: GPL-2.0-only
/*
 * loops - what will-it-scale's loops over memory do, in a number of threads or processes:
 *
 *	loops [--rounds N] [--threads N] [--processes N] LOOP
 *
 * No loop knows its own figures: the kernel counts beside.
 */
#include "workload.h"

#define ROOM (1UL << 20)

static unsigned long rounds = 20, nr_threads = 1, nr_processes;
static void (*loop)(void);

static int room_file(void)
{
	int fd = memfd_create("loops", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, ROOM))
		wl_die("memfd_create");
	return fd;
}

static void fault_in(int flags, int fd)
{
	char *p = wl_mmap(NULL, ROOM, PROT_READ | PROT_WRITE, flags, fd, 0);

	wl_write(p, ROOM / WL_PAGE, WL_PAGE);
	if (munmap(p, ROOM))
		wl_die("munmap");
}

static void page_fault1(void)
{
	for (unsigned long i = 0; i < rounds; i++)
		fault_in(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void page_fault2(void)
{
	int fd = room_file();

	for (unsigned long i = 0; i < rounds; i++)
		fault_in(MAP_PRIVATE, fd);
	close(fd);
}

static void page_fault3(void)
{
	int fd = room_file();

	for (unsigned long i = 0; i < rounds; i++)
		fault_in(MAP_SHARED, fd);
	close(fd);
}

static void mmap1(void)
{
	for (unsigned long i = 0; i < 100 * rounds; i++)
		if (munmap(wl_mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1, 0),
			   ROOM))
			wl_die("munmap");
}

/* The system call: the break is every thread's, so only a thread that is alone touches it. */
static void brk1(void)
{
	for (unsigned long i = 0; i < 100 * rounds; i++) {
		long at = syscall(SYS_brk, 0), to = at + (long)WL_PAGE;

		if (syscall(SYS_brk, to) == to && nr_threads == 1)
			*(volatile char *)(to - 1) = 1;
		syscall(SYS_brk, at);
	}
}

static void malloc1(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		char *small[64], *large = malloc(ROOM);

		for (size_t k = 0; k < 64; k++)
			small[k] = memset(malloc(1000 * (k + 1)), 1, 1000 * (k + 1));
		wl_write(large, ROOM / WL_PAGE, WL_PAGE);
		free(large);
		for (size_t k = 0; k < 64; k++)
			free(small[k]);
	}
}

static void fork1(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		pid_t pid = wl_fork();

		if (!pid)
			_exit(0);
		wl_reap(pid);
	}
}

static void mprotect1(void)
{
	char *p = wl_map_anon(16 * WL_PAGE);

	for (unsigned long i = 0; i < 20 * rounds; i++) {
		wl_write(p, 16, WL_PAGE);
		if (mprotect(p + 4 * WL_PAGE, 4 * WL_PAGE, PROT_READ) ||
		    mprotect(p + 4 * WL_PAGE, 4 * WL_PAGE, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
	}
}

static void dontneed1(void)
{
	char *p = wl_map_anon(64 * WL_PAGE);

	for (unsigned long i = 0; i < 10 * rounds; i++) {
		wl_write(p, 64, WL_PAGE);
		if (madvise(p, 64 * WL_PAGE, i & 1 ? MADV_DONTNEED : MADV_FREE))
			wl_die("madvise");
	}
}

static void mremap1(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		char *p = wl_mmap(NULL, WL_PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t n = 1; n < 64; n *= 2) {
			wl_write(p, n, WL_PAGE);
			p = mremap(p, n * WL_PAGE, 2 * n * WL_PAGE, MREMAP_MAYMOVE);
			if (p == MAP_FAILED)
				wl_die("mremap");
		}
		munmap(p, 64 * WL_PAGE);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} loops[] = {
	{ "page_fault1", page_fault1 },
	{ "page_fault2", page_fault2 },
	{ "page_fault3", page_fault3 },
	{ "mmap1", mmap1 },
	{ "brk1", brk1 },
	{ "malloc1", malloc1 },
	{ "fork1", fork1 },
	{ "mprotect1", mprotect1 },
	{ "dontneed1", dontneed1 },
	{ "mremap1", mremap1 },
};

static void *thread_main(void *arg)
{
	loop();
	return arg;
}

static void run_threads(void)
{
	pthread_t thread[64];

	for (unsigned long i = 1; i < nr_threads; i++)
		if ((errno = pthread_create(&thread[i], NULL, thread_main, NULL)))
			wl_die("pthread_create");
	loop();
	for (unsigned long i = 1; i < nr_threads; i++)
		pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
	static const struct wl_option options[] = {
		{ "rounds", .number = &rounds },
		{ "threads", .number = &nr_threads },
		{ "processes", .number = &nr_processes },
		{ 0 },
	};
	const char *name;
	pid_t pid[64];

	wl_init("loops");
	name = argv[wl_options(argc, argv, options)];
	for (size_t i = 0; name && i < sizeof(loops) / sizeof(loops[0]); i++)
		if (!strcmp(loops[i].name, name))
			loop = loops[i].run;
	if (!loop || !nr_threads || nr_threads > 64 || nr_processes > 64)
		_exit(WL_EXIT_USAGE);
	for (unsigned long i = 0; i < nr_processes; i++) {
		pid[i] = wl_fork();
		if (!pid[i]) {
			run_threads();
			_exit(0);
		}
	}
	for (unsigned long i = 0; i < nr_processes; i++)
		wl_reap(pid[i]);
	if (!nr_processes)
		run_threads();
	wl_finish("");
}
