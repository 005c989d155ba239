// SPDX-License-Identifier: GPL-2.0-only
/*
 * load - what the benchmark measures: a storm of faults or mprotects, timed in chunks.
 *
 * What is no part of an event (to give memory back, to fork) is done between the chunks. What
 * disturbs a chunk only adds to it, so "ns" is what the fastest tenth of the chunks keeps below. With
 * --rate N, the anonymous storm takes N faults a second, in bursts of 64 by its own clock. The result is a line for each figure, "KEY VALUE". The storm also looks at its parent, the tool that
 * traces it, and at all BPF programs, when it begins and when it ends: later they are gone.
 */
#include "observe.h"
#include "partner.h"

#include <sys/sysinfo.h>

#define CHUNK_PAGES 2048UL
#define CHUNK_CALLS 1024UL
#define MAX_CHUNKS 4096UL
#define MAX_CPUS 64UL

/**
 * struct storm - a kind of storm
 * @events: in a chunk, of each thread
 * @prepare: make memory for all threads
 * @reset: before each chunk, by each thread, on its part; @reset_all: by the first one, after that
 * @run: the chunk
 */
struct storm {
	const char *name;
	unsigned long events;
	void (*prepare)(void);
	void (*reset)(char *part);
	void (*reset_all)(void);
	void (*run)(char *part);
};

static unsigned long chunks = 100, cpus = 1, rate;
static const char *kind = "anon";
static const struct storm *storm;
static pthread_barrier_t barrier;
static char *memory;
static pid_t sharer;
static int sharer_ends[2];
static double chunk_ns[MAX_CPUS * MAX_CHUNKS];

/* --- storms ------------------------------------------------------------------------------------ */

static void anon_prepare(void)
{
	memory = wl_map_anon(cpus * CHUNK_PAGES * WL_PAGE);
}

/* A read fault maps what is around: each touches another 64 KiB. */
static void file_prepare(void)
{
	char path[] = "/tmp/vmascope-bench-XXXXXX";
	int fd = wl_make_file(path, cpus * CHUNK_PAGES * WL_AROUND);

	unlink(path);
	memory = wl_map(cpus * CHUNK_PAGES * WL_AROUND * WL_PAGE, PROT_READ, MAP_SHARED, fd);
	close(fd);
}

static void anon_drop(char *part)
{
	if (madvise(part, CHUNK_PAGES * WL_PAGE, MADV_DONTNEED))
		wl_die("madvise");
}

static void file_drop(char *part)
{
	if (madvise(part, CHUNK_PAGES * WL_AROUND * WL_PAGE, MADV_DONTNEED))
		wl_die("madvise");
}

/** Pages that are touched at once where the storm has a rate. */
#define BURST_PAGES 64UL

/** write_paced - take @rate faults a second, by the clock: what is late is made up for */
static void write_paced(char *part)
{
	static _Thread_local struct timespec due;

	for (unsigned long i = 0; i < CHUNK_PAGES; i += BURST_PAGES) {
		if (!due.tv_sec)
			clock_gettime(CLOCK_MONOTONIC, &due);
		wl_write(part + i * WL_PAGE, BURST_PAGES, WL_PAGE);
		due.tv_nsec += (long)(BURST_PAGES * 1000000000UL / rate);
		due.tv_sec += due.tv_nsec / 1000000000L;
		due.tv_nsec %= 1000000000L;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	}
}

static void write_pages(char *part)
{
	if (rate)
		write_paced(part);
	else
		wl_write(part, CHUNK_PAGES, WL_PAGE);
}

static void read_pages(char *part)
{
	wl_read(part, CHUNK_PAGES, WL_AROUND * WL_PAGE);
}

/** cow_share - let a child have the pages, too, until the next time; see that it has settled */
static void cow_share(void)
{
	char c = 0;
	int ready[2];

	if (sharer) {
		close(sharer_ends[1]);
		wl_reap(sharer);
	}
	if (pipe2(sharer_ends, O_CLOEXEC) || pipe2(ready, O_CLOEXEC))
		wl_die("pipe");
	sharer = wl_fork();
	if (!sharer) {
		close(sharer_ends[1]);
		if (write(ready[1], &c, 1) == 1 && read(sharer_ends[0], &c, 1) == 0)
			_exit(0);
		_exit(1);
	}
	close(sharer_ends[0]);
	if (read(ready[0], &c, 1) != 1)
		wl_die("no word of the child");
	close(ready[0]);
	close(ready[1]);
}

static void change_protection(char *part)
{
	for (unsigned long i = 0; i < CHUNK_CALLS; i += 2) {
		if (mprotect(part, WL_PAGE, PROT_READ) ||
		    mprotect(part, WL_PAGE, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
		*(volatile char *)part = 1;
	}
}

static void page_prepare(void)
{
	memory = wl_map_anon(WL_PAGE);
}

static const struct storm storms[] = {
	{ "anon", CHUNK_PAGES, anon_prepare, anon_drop, NULL, write_pages },
	{ "file", CHUNK_PAGES, file_prepare, file_drop, NULL, read_pages },
	{ "cow", CHUNK_PAGES, anon_prepare, write_pages, cow_share, write_pages },
	{ "mprotect", CHUNK_CALLS, page_prepare, NULL, NULL, change_protection },
	{ 0 },
};

/* --- running ----------------------------------------------------------------------------------- */

/** nth_cpu - where thread @i runs; the last CPU first, because some tools slow CPU 0 down most */
static unsigned long nth_cpu(unsigned long i)
{
	unsigned long n = (unsigned long)get_nprocs();

	return (n - 1 + n - i % n) % n;
}

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void run_chunk(unsigned long thread, char *part, double *ns)
{
	double begin;

	if (storm->reset)
		storm->reset(part);
	pthread_barrier_wait(&barrier);
	if (!thread && storm->reset_all)
		storm->reset_all();
	pthread_barrier_wait(&barrier);
	begin = now_ns();
	storm->run(part);
	*ns = (now_ns() - begin) / storm->events;
	pthread_barrier_wait(&barrier);
}

/* One chunk before those that are timed; the first thread looks around. */
static void *thread_main(void *arg)
{
	static struct observation begin;
	unsigned long thread = (unsigned long)arg;
	char *part = memory +
		     thread * storm->events * WL_PAGE * (storm->run == read_pages ? WL_AROUND : 1);
	double unused;

	wl_pin(nth_cpu(thread));
	wl_warm();
	run_chunk(thread, part, &unused);
	if (!thread)
		observe(&begin);
	for (unsigned long i = 0; i < chunks; i++)
		run_chunk(thread, part, &chunk_ns[thread * chunks + i]);
	if (!thread)
		observe_print(&begin);
	return NULL;
}

/** run_alone - mprotect is for one thread; a second CPU is where a partner reads the page. */
static void run_alone(void)
{
	struct partner partner = { .how = cpus > 1 ? PARTNER_SPINS : PARTNER_NONE,
				   .cpu = nth_cpu(1),
				   .page = memory };

	wl_write(memory, 1, WL_PAGE);
	wl_pin(nth_cpu(0));
	partner_start(&partner);
	pthread_barrier_init(&barrier, NULL, 1);
	thread_main(NULL);
	partner_stop(&partner);
}

static void run_all(void)
{
	pthread_t thread[MAX_CPUS];

	pthread_barrier_init(&barrier, NULL, cpus);
	for (unsigned long i = 0; i < cpus; i++)
		if ((errno = pthread_create(&thread[i], NULL, thread_main, (void *)i)))
			wl_die("pthread_create");
	for (unsigned long i = 0; i < cpus; i++)
		pthread_join(thread[i], NULL);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/** timed_threads - how many threads time their chunks */
static unsigned long timed_threads(void)
{
	return storm->run == change_protection ? 1 : cpus;
}

/** mean_quantile - of each thread's chunks, and of all threads the mean: CPUs need not be equal */
static double mean_quantile(double q)
{
	unsigned long n = timed_threads();
	double sum = 0;

	for (unsigned long i = 0; i < n; i++)
		sum += chunk_ns[i * chunks + (unsigned long)(q * (chunks - 1))];
	return sum / n;
}

static void print_result(void)
{
	struct rusage self;

	for (unsigned long i = 0; i < timed_threads(); i++)
		qsort(&chunk_ns[i * chunks], chunks, sizeof(*chunk_ns), by_value);
	wl_usage_of(RUSAGE_SELF, &self);
	wl_printf("ns %.1f\nmedian_ns %.1f\nmin_ns %.1f\n", mean_quantile(0.1), mean_quantile(0.5),
		  mean_quantile(0));
	wl_printf("events %lu\nfaults %ld\n", timed_threads() * (chunks + 1) * storm->events,
		  self.ru_minflt + self.ru_majflt);
	if (wl_result_fd >= 0 && write(wl_result_fd, wl_out, wl_out_len) != (ssize_t)wl_out_len)
		wl_die("result");
}

int main(int argc, char **argv)
{
	wl_init("load");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "storm", .text = &kind },
			   { "cpus", .number = &cpus },
			   { "chunks", .number = &chunks },
			   { "rate", .number = &rate },
			   { 0 },
		   });
	for (storm = storms; storm->name && strcmp(storm->name, kind); storm++)
		;
	if (!storm->name || !cpus || cpus > MAX_CPUS || !chunks || chunks > MAX_CHUNKS ||
	    rate > 1000000)
		return WL_EXIT_USAGE;
	storm->prepare();
	if (storm->run == change_protection)
		run_alone();
	else
		run_all();
	if (sharer) {
		close(sharer_ends[1]);
		wl_reap(sharer);
	}
	print_result();
	return 0;
}
