// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmachanges - one thread changes protections, another one maps or faults at the same time: the
 * program knows which VMAs there can be between the calls, and how often its calls split them.
 *
 * usage: vmachanges [--count N] [--threads] MODE
 *
 *	split	@count times two mprotect()s of a page between two PROT_NONE neighbours: once it is
 *		split from them, no call splits or merges; --threads: another thread maps and unmaps
 *	torn	@count times two mprotect()s of the second half of a mapping, while another thread
 *		faults there; without --threads nobody does
 */
#include "workload.h"

#define HALF 64UL

static unsigned long count = 50000, splits, merges;
static bool threads;
static atomic_bool stop;
static char *at;

static void must(int result, const char *what)
{
	if (result)
		wl_die("%s", what);
}

/* The number of VMAs, by /proc/self/maps. */
static unsigned long vmas(void)
{
	static char buf[1 << 16];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	unsigned long n = 0;
	ssize_t got;

	if (fd < 0)
		wl_die("/proc/self/maps");
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < got; i++)
			n += buf[i] == '\n';
	close(fd);
	return n;
}

static void protect(char *p, size_t n, int prot)
{
	must(mprotect(p, n * WL_PAGE, prot), "mprotect");
}

/* As protect(), and what it does to the number of VMAs. */
static void counted_protect(char *p, size_t n, int prot)
{
	unsigned long before = vmas(), after;

	protect(p, n, prot);
	after = vmas();
	splits += after > before;
	merges += after < before;
}

static void *map_and_unmap(void *arg)
{
	wl_pin(wl_cpu(1));
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		char *p = wl_mmap(NULL, 2 * WL_PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		must(munmap(p, 2 * WL_PAGE), "munmap");
	}
	return arg;
}

static void *fault(void *arg)
{
	wl_pin(wl_cpu(1));
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		must(madvise(at + HALF * WL_PAGE, HALF * WL_PAGE, MADV_DONTNEED), "MADV_DONTNEED");
		wl_read(at + HALF * WL_PAGE, HALF, WL_PAGE);
	}
	return arg;
}

static void beside(void *(*other)(void *), char *p, size_t n)
{
	pthread_t thread;

	if (threads && (errno = pthread_create(&thread, NULL, other, NULL)))
		wl_die("pthread_create");
	wl_pin(wl_cpu(0));
	for (unsigned long i = 0; i < count; i++) {
		protect(p, n, PROT_READ);
		protect(p, n, PROT_READ | PROT_WRITE);
	}
	atomic_store(&stop, true);
	if (threads)
		pthread_join(thread, NULL);
}

static void split(void)
{
	at = wl_reserve(WL_PAGE, WL_PAGE);
	vmas();
	counted_protect(at, 1, PROT_READ | PROT_WRITE);
	counted_protect(at, 1, PROT_READ);
	counted_protect(at, 1, PROT_READ | PROT_WRITE);
	beside(map_and_unmap, at, 1);
}

/* Between the calls there are: all of it rw-, or its halves rw- and r--. */
static void torn(void)
{
	at = wl_map_anon(2 * HALF * WL_PAGE);
	wl_write(at, 1, WL_PAGE);
	beside(fault, at + HALF * WL_PAGE, HALF);
}

int main(int argc, char **argv)
{
	const char *mode;
	char extra[256];

	wl_init("vmachanges");
	mode = argv[wl_options(argc, argv,
			       (const struct wl_option[]){ { "count", .number = &count },
							   { "threads", .flag = &threads },
							   { 0 } })];
	if (mode && !strcmp(mode, "split"))
		split();
	else if (mode && !strcmp(mode, "torn"))
		torn();
	else
		_exit(WL_EXIT_USAGE);
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"count\":%lu,\"splits\":%lu,\"merges\":%lu,\"start\":\"0x%lx\","
		 "\"half\":%lu,",
		 mode, count, splits, merges, (unsigned long)at, HALF * WL_PAGE);
	wl_finish(extra);
}
