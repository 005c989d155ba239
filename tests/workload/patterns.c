// SPDX-License-Identifier: GPL-2.0-only
/*
 * patterns - memory patterns that cost time, and the same work with the advice applied.
 *
 * The mode is the operand. --advised does it the other way, except for malloc: there the settings of
 * malloc are the caller's. What the pattern took is measured by clock and getrusage().
 */
#include "workload.h"

#include <spawn.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

extern char **environ;

static unsigned long pages = 16384, rounds = 1;
static bool advised, huge;

static const struct wl_option options[] = {
	{ "pages", .number = &pages },
	{ "rounds", .number = &rounds },
	{ "advised", .flag = &advised },
	{ "huge", .flag = &huge },
	{ 0 },
};

static unsigned long done; /* calls, or pages that fault because of the pattern */
static char *memory;

static void advise(int advice)
{
	if (madvise(memory, pages * WL_PAGE, advice))
		wl_die("madvise %d", advice);
}

/* A large range is accessed for the first time. */
static void populate(void)
{
	if (huge)
		advise(MADV_HUGEPAGE);
	else if (advised)
		advise(MADV_POPULATE_WRITE);
	wl_write(memory, pages, WL_PAGE);
	done = pages;
}

/* New memory is read, then written. */
static void read_before_write(void)
{
	if (!advised)
		wl_read(memory, pages, WL_PAGE);
	wl_write(memory, pages, WL_PAGE);
	wl_read(memory, pages, WL_PAGE);
	done = pages;
}

/* Blocks that are smaller than malloc's threshold for mmap are allocated, used and freed. */
static void use_malloc(void)
{
	enum {
		BLOCK = 64 << 10,
		BLOCKS = 64
	};
	char *block[BLOCKS];

	for (size_t i = 0; i < BLOCKS; i++) {
		block[i] = malloc(BLOCK);
		if (!block[i])
			wl_die("malloc");
		wl_write(block[i], BLOCK / WL_PAGE, WL_PAGE);
	}
	for (size_t i = BLOCKS; i-- > 0;)
		free(block[i]);
}

static void malloc_trim_pattern(void)
{
	for (unsigned long i = 0; i < rounds; i++)
		use_malloc();
	done = rounds;
}

/* The protection of a range is changed page by page. */
static void mprotect_small(void)
{
	const size_t step = advised ? pages * WL_PAGE : WL_PAGE;

	for (size_t at = 0; at < pages * WL_PAGE; at += step, done++)
		if (mprotect(memory + at, step, PROT_READ))
			wl_die("mprotect");
}

/* Memory is given back, and used again. */
static void dontneed_refault(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		advise(advised ? MADV_FREE : MADV_DONTNEED);
		wl_write(memory, pages, WL_PAGE);
	}
	done = rounds * pages;
}

static pid_t start_forked(int *gate)
{
	char *argv[] = { (char *)"true", NULL };
	int fds[2];
	pid_t pid;
	char c;

	if (pipe2(fds, O_CLOEXEC))
		wl_die("pipe");
	pid = wl_fork();
	if (!pid) {
		close(fds[1]);
		while (read(fds[0], &c, 1) < 0 && errno == EINTR)
			;
		execv("/bin/true", argv);
		_exit(WL_EXIT_FAILED);
	}
	close(fds[0]);
	*gate = fds[1];
	return pid;
}

static pid_t start_spawned(void)
{
	char *argv[] = { (char *)"true", NULL };
	pid_t pid;

	errno = posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ);
	if (errno)
		wl_die("posix_spawn");
	return pid;
}

/* The parent writes its memory while a child is about to execute a program. */
static void fork_cow(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		int gate = -1;
		const pid_t pid = advised ? start_spawned() : start_forked(&gate);

		wl_write(memory, pages, WL_PAGE);
		if (gate >= 0)
			close(gate);
		wl_reap(pid);
	}
	done = rounds * pages;
}

/* Pages of a stack that a task uses. */
#define TASK_PAGES 64

static void *task(void *arg)
{
	char stack[TASK_PAGES * WL_PAGE];

	(void)arg;
	wl_write_down(stack, TASK_PAGES, WL_PAGE);
	return NULL;
}

static void *tasks(void *arg)
{
	for (unsigned long i = 0; i < rounds; i++)
		task(arg);
	return NULL;
}

static void start_thread(void *(*start)(void *arg))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, start, NULL);
	if (errno)
		wl_die("pthread_create");
	errno = pthread_join(thread, NULL);
	if (errno)
		wl_die("pthread_join");
}

/* Each task has a thread of its own. */
static void thread_churn(void)
{
	if (advised)
		start_thread(tasks);
	for (unsigned long i = 0; i < rounds && !advised; i++)
		start_thread(task);
	done = rounds;
}

/* Most of a file that is not cached is accessed. */
static void file_populate(void)
{
	advise(advised ? MADV_POPULATE_READ : MADV_RANDOM);
	wl_read(memory, pages, WL_PAGE);
	done = pages;
}

/* Pages of a file are changed, and written back. */
static void file_writeback(void)
{
	for (unsigned long i = 0; i < rounds; i++) {
		wl_write(memory, pages, WL_PAGE);
		if ((!advised || i == rounds - 1) && msync(memory, pages * WL_PAGE, MS_SYNC))
			wl_die("msync");
	}
	done = rounds * pages;
}

/** map_file - the memory is a file, cached or not */
static void map_file(int prot, int flags, bool cached)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-patterns.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, pages);
	if (unlink(path))
		wl_die("%s", path);
	if (!cached && (errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)))
		wl_die("POSIX_FADV_DONTNEED");
	memory = wl_map(pages * WL_PAGE, prot, flags, fd);
	close(fd);
}

static const struct mode {
	const char *name;
	void (*run)(void);
	bool touched; /* the memory is there before */
} modes[] = {
	{ "populate", populate, false },
	{ "read-before-write", read_before_write, false },
	{ "malloc-trim", malloc_trim_pattern, false },
	{ "mprotect-small", mprotect_small, true },
	{ "dontneed-refault", dontneed_refault, true },
	{ "fork-cow", fork_cow, true },
	{ "thread-churn", thread_churn, false },
	{ "file-populate", file_populate, false },
	{ "file-writeback", file_writeback, false },
};

static uint64_t now_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t))
		wl_die("clock_gettime");
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/** huge_pages - that this program has */
static long huge_pages(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kib = 0;

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "AnonHugePages: %ld", &kib);
	if (f)
		fclose(f);
	return kib / 2048;
}

static void run(const struct mode *mode)
{
	struct rusage before, after;
	char extra[512];
	uint64_t start;

	if (mode->run == malloc_trim_pattern)
		use_malloc();
	else if (mode->run == file_populate)
		map_file(PROT_READ, MAP_PRIVATE, false);
	else if (mode->run == file_writeback)
		map_file(PROT_READ | PROT_WRITE, MAP_SHARED, true);
	else
		memory = wl_mmap(wl_reserve(pages * WL_PAGE, 2UL << 20), pages * WL_PAGE,
				 PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				 -1, 0);
	if (mode->touched)
		wl_write(memory, pages, WL_PAGE);
	wl_warm();
	wl_usage_of(RUSAGE_SELF, &before);
	start = now_ns();
	mode->run();
	start = now_ns() - start;
	wl_usage_of(RUSAGE_SELF, &after);
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"done\":%lu,\"time_ns\":%lu,\"minor\":%ld,\"major\":%ld,"
		 "\"start\":\"%p\","
		 "\"end\":\"%p\",\"huge_pages\":%ld,",
		 mode->name, done, start, after.ru_minflt - before.ru_minflt,
		 after.ru_majflt - before.ru_majflt, memory,
		 memory ? memory + pages * WL_PAGE : memory, huge ? huge_pages() : 0);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	int at;

	wl_init("patterns");
	at = wl_options(argc, argv, options);
	if (huge && prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0))
		wl_die("PR_SET_THP_DISABLE");
	for (size_t i = 0; argv[at] && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[at], modes[i].name))
			run(&modes[i]);
	dprintf(2, "patterns: no such mode\n");
	return WL_EXIT_USAGE;
}
