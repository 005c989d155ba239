// SPDX-License-Identifier: GPL-2.0-only
/*
 * stalls - what makes programs wait in memory calls and in page faults, each with what the program
 * itself knows of it.
 *
 * usage: stalls [OPTION] MODE, MODE one of:
 *   munmap: one munmap of --mib MiB, all of them touched; its time is taken around it
 *   locks: two threads call madvise --calls times each, by turns SEQUENTIAL and NORMAL, while two call
 *	mincore on the same mapping: they wait for one another
 *   cold, random: --touches random bytes of a file of --mib MiB that is in no cache, with and without
 *	readahead; it is in --dir
 *   thrash: --rounds times all pages of a file of --mib MiB, in a cgroup (--cgroup) that may not have so
 *	much memory
 */
#include "workload.h"

static unsigned long mib = 64, calls = 2000, touches = 500, rounds = 3;
static const char *cgroup, *dir = "/var/tmp"; /* /tmp may be memory */

static const struct wl_option options[] = {
	{ "mib", .number = &mib },
	{ "calls", .number = &calls },
	{ "touches", .number = &touches },
	{ "rounds", .number = &rounds },
	{ "cgroup", .text = &cgroup },
	{ "dir", .text = &dir },
	{ 0 },
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* --- one long munmap ------------------------------------------------------------------------ */

static void unmap(char *extra, size_t size)
{
	const size_t len = mib << 20;
	char *p = wl_map_anon(len);
	uint64_t before, ns;

	wl_write(p, len / WL_PAGE, WL_PAGE);
	before = now_ns();
	if (munmap(p, len))
		wl_die("munmap");
	ns = now_ns() - before;
	snprintf(extra, size, "\"bytes\":%zu,\"at_most_ns\":%lu,", len, ns);
}

/* --- a lock that is fought over -------------------------------------------------------------- */

#define SLICE (64UL << 10)

/** struct caller - a thread; @ns: in its calls; @max_ns: the longest */
struct caller {
	pthread_t thread;
	unsigned int seed;
	uint64_t ns;
	uint64_t max_ns;
};

static char *map;
static atomic_bool over;

static void *advise(void *arg)
{
	struct caller *c = arg;

	for (unsigned long i = 0; i < calls; i++) {
		char *p = map + (unsigned long)rand_r(&c->seed) % ((mib << 20) / SLICE) * SLICE;
		const uint64_t before = now_ns();
		uint64_t ns;

		if (madvise(p, SLICE, i & 1 ? MADV_NORMAL : MADV_SEQUENTIAL))
			wl_die("madvise");
		ns = now_ns() - before;
		c->ns += ns;
		c->max_ns = ns > c->max_ns ? ns : c->max_ns;
	}
	return NULL;
}

static void *look(void *arg)
{
	unsigned char *vec = malloc((mib << 20) / WL_PAGE);

	while (vec && !atomic_load(&over))
		mincore(map, mib << 20, vec);
	free(vec);
	return arg;
}

static void start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	if (pthread_create(thread, NULL, fn, arg))
		wl_die("pthread_create");
}

static void fight(char *extra, size_t size)
{
	struct caller c[2] = { { .seed = 1 }, { .seed = 2 } };
	pthread_t looking[2];
	int fd = memfd_create("vt_locks", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)(mib << 20)))
		wl_die("memfd");
	map = wl_map(mib << 20, PROT_READ, MAP_SHARED, fd);
	for (size_t i = 0; i < 2; i++)
		start(&looking[i], look, NULL);
	for (size_t i = 0; i < 2; i++)
		start(&c[i].thread, advise, &c[i]);
	for (size_t i = 0; i < 2; i++)
		pthread_join(c[i].thread, NULL);
	atomic_store(&over, true);
	for (size_t i = 0; i < 2; i++)
		pthread_join(looking[i], NULL);
	snprintf(extra, size, "\"calls\":%lu,\"ns\":%lu,\"max_ns\":%lu,", 2 * calls,
		 c[0].ns + c[1].ns, c[0].max_ns > c[1].max_ns ? c[0].max_ns : c[1].max_ns);
}

/* --- a cold file ------------------------------------------------------------------------------ */

static int cold_file(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-stalls-XXXXXX", dir);
	fd = wl_make_file(path, (mib << 20) / WL_PAGE);
	unlink(path);
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		wl_die("fadvise");
	return fd;
}

/* What the kernel counted of this thread in between is all in @r. */
static void took(struct wl_range *r, const struct rusage *before, const struct rusage *after)
{
	r->minor += (uint64_t)(after->ru_minflt - before->ru_minflt);
	r->major += (uint64_t)(after->ru_majflt - before->ru_majflt);
	r->faults = r->read = r->minor + r->major;
}

static void touch_cold(bool random)
{
	const size_t len = mib << 20;
	struct rusage before = { 0 }, after = { 0 };
	unsigned int seed = 7;
	struct wl_range *r;
	char *p = wl_map(len, PROT_READ, MAP_SHARED, cold_file());

	if (madvise(p, len, random ? MADV_RANDOM : MADV_NORMAL))
		wl_die("madvise");
	r = wl_range_add(random ? "random" : "cold", p, len);
	wl_warm();
	wl_usage_of(RUSAGE_THREAD, &before);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_usage_of(RUSAGE_THREAD, &before);
	for (unsigned long i = 0; i < touches; i++)
		wl_read(p + (unsigned long)rand_r(&seed) % (len / WL_PAGE) * WL_PAGE, 1, WL_PAGE);
	wl_usage_of(RUSAGE_THREAD, &after);
	took(r, &before, &after);
}

/* --- too little memory ------------------------------------------------------------------------ */

static void enter(const char *group)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		wl_die("%s", path);
	close(fd);
}

/* The first round reads the file; those behind it, what had to go meanwhile. */
static void thrash(char *extra, size_t size)
{
	const size_t len = mib << 20;
	struct rusage before = { 0 }, after = { 0 };
	uint64_t again = 0;
	struct wl_range *r;
	char *p = wl_map(len, PROT_READ | PROT_EXEC, MAP_PRIVATE, cold_file());

	r = wl_range_add("thrash", p, len);
	enter(cgroup);
	wl_warm();
	wl_usage_of(RUSAGE_THREAD, &after);
	for (unsigned long i = 0; i < rounds; i++) {
		const uint64_t so_far = r->faults;

		wl_usage_of(RUSAGE_THREAD, &before);
		wl_read(p, len / WL_PAGE, WL_PAGE);
		wl_usage_of(RUSAGE_THREAD, &after);
		took(r, &before, &after);
		again += i ? r->faults - so_far : 0;
	}
	snprintf(extra, size, "\"again\":%lu,", again);
}

int main(int argc, char **argv)
{
	const int first = wl_options(argc, argv, options);
	const char *mode = first < argc ? argv[first] : "";
	char extra[256] = "";

	wl_init("stalls");
	if (!strcmp(mode, "munmap"))
		unmap(extra, sizeof(extra));
	else if (!strcmp(mode, "locks"))
		fight(extra, sizeof(extra));
	else if (!strcmp(mode, "cold") || !strcmp(mode, "random"))
		touch_cold(*mode == 'r');
	else if (!strcmp(mode, "thrash") && cgroup)
		thrash(extra, sizeof(extra));
	else
		_exit(WL_EXIT_USAGE);
	wl_finish(extra);
}
