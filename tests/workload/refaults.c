// SPDX-License-Identifier: GPL-2.0-only
/*
 * refaults - memory that calls take away and that faults again, or does not: each mode knows how
 * many faults follow from which call.
 *
 * usage: refaults [--count N] [--pages N] [--stride N] [--rounds N] MODE
 *
 * Each round gives @count ranges of @pages pages, @stride pages apart, back and touches them again.
 * "refaults" is what the kernel counted in those touches (getrusage(2)); "lock" and the forks have
 * one range. "at_fork": faults of the process when the first round, which forks, began; 0: it does not.
 */
#include "workload.h"

#include <sys/uio.h>

/* include/uapi/asm-generic/mman-common.h, include/uapi/linux/mman.h; the C library may be older */
#define PAGEOUT 21
#define POPULATE_WRITE 23
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#define MAX_IOVECS 1024

static unsigned long count = 64, pages = 16, stride = 32, rounds = 2;
static char *at;
static unsigned long refaults;	      /* that follow from the mode's call */
static _Atomic unsigned long *copies; /* faults of children, in shared memory */

static const struct wl_option options[] = {
	{ "count", .number = &count },
	{ "pages", .number = &pages },
	{ "stride", .number = &stride },
	{ "rounds", .number = &rounds },
	{ 0 },
};

static size_t all(void)
{
	return count * stride * WL_PAGE;
}

static char *range(unsigned long i)
{
	return at + i * stride * WL_PAGE;
}

static size_t length(void)
{
	return pages * WL_PAGE;
}

static void must(int result, const char *what)
{
	if (result)
		wl_die("%s", what);
}

static unsigned long faults_of(int who)
{
	struct rusage usage;

	must(getrusage(who, &usage), "getrusage");
	return (unsigned long)(usage.ru_minflt + usage.ru_majflt);
}

static void write_all(void)
{
	for (unsigned long i = 0; i < count; i++)
		wl_write(range(i), pages, WL_PAGE);
}

/* Their faults follow from the mode's call. */
static void write_again(void)
{
	unsigned long before = faults_of(RUSAGE_SELF);

	write_all();
	refaults += faults_of(RUSAGE_SELF) - before;
}

/* All that is touched has to fault: else the mode does not do what it is for. */
static void expect_each(void)
{
	if (refaults < rounds * count * pages)
		wl_die("%lu faults, less than %lu", refaults, rounds * count * pages);
}

static void map_all(int prot)
{
	wl_mmap(at, all(), prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void advise_all(int advice, const char *what)
{
	for (unsigned long i = 0; i < count; i++)
		must(madvise(range(i), length(), advice), what);
}

static void do_dontneed(void)
{
	advise_all(MADV_DONTNEED, "MADV_DONTNEED");
	write_again();
}

/* Nothing is short: the pages stay, and no write faults. */
static void do_free(void)
{
	advise_all(MADV_FREE, "MADV_FREE");
	write_again();
}

/* The last page's VMA ends in a hole: ENOMEM, and all that was mapped is given back. */
static void do_partly(void)
{
	const size_t more = length() + WL_PAGE;

	for (unsigned long i = 0; i < count; i++) {
		must(munmap(range(i) + length(), WL_PAGE), "munmap");
		if (!madvise(range(i), more, MADV_DONTNEED) || errno != ENOMEM)
			wl_die("MADV_DONTNEED over a hole");
	}
	write_again();
}

/*
 * Before 6.13, process_madvise refuses MADV_DONTNEED: MADV_PAGEOUT then, after which only those
 * pages fault that were written to swap.
 */
static int vector_advice = MADV_DONTNEED;

static long vector_call(int fd, const struct iovec *v)
{
	long done = syscall(SYS_process_madvise, fd, v, count, vector_advice, 0);

	if (done >= 0 || errno != EINVAL || vector_advice == PAGEOUT)
		return done;
	vector_advice = PAGEOUT;
	return syscall(SYS_process_madvise, fd, v, count, vector_advice, 0);
}

static void vector(pid_t pid)
{
	static struct iovec v[MAX_IOVECS];
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0 || count > MAX_IOVECS)
		wl_die("pidfd_open");
	for (unsigned long i = 0; i < count; i++)
		v[i] = (struct iovec){ range(i), length() };
	if (vector_call(fd, v) != (long)(count * length()))
		wl_die("process_madvise");
	close(fd);
}

static void do_vector(void)
{
	vector(getpid());
	write_again();
}

static void next(int out, int in)
{
	char c = 0;

	if (write(out, &c, 1) != 1 || read(in, &c, 1) != 1)
		wl_die("pipe");
}

/* Reads them before the parent takes them away, and after. */
static void read_twice(int out, int in)
{
	unsigned long before;

	for (unsigned long i = 0; i < count; i++)
		wl_read(range(i), pages, WL_PAGE);
	faults_of(RUSAGE_SELF);
	wl_warm_thread();
	next(out, in);
	before = faults_of(RUSAGE_SELF);
	for (unsigned long i = 0; i < count; i++)
		wl_read(range(i), pages, WL_PAGE);
	atomic_fetch_add(copies, faults_of(RUSAGE_SELF) - before);
	_exit(0);
}

/* Pages of a file that another process has: MADV_PAGEOUT, as DONTNEED is for oneself alone. */
static void do_other(void)
{
	static unsigned long taken; /* what the mapping in between faults follows from nothing */
	int to[2], from[2], fd, pidfd;
	char path[256], c;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/vmascope-refaults.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, count * stride);
	must(unlink(path), "unlink");
	must(munmap(at, all()), "munmap");
	wl_mmap(at, all(), PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
	must(pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC), "pipe");
	pid = wl_fork();
	if (!pid)
		read_twice(from[1], to[0]);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || read(from[0], &c, 1) != 1)
		wl_die("pidfd_open");
	for (unsigned long i = 0; i < count; i++) {
		struct iovec v = { range(i), length() };

		if (syscall(SYS_process_madvise, pidfd, &v, 1, PAGEOUT, 0) != (long)length())
			wl_die("process_madvise");
	}
	if (write(to[1], &c, 1) != 1)
		wl_die("write");
	wl_reap(pid);
	taken += atomic_exchange(copies, 0);
	refaults = taken;
	must(close(fd) || close(pidfd) || close(to[0]) || close(to[1]) || close(from[0]) ||
		     close(from[1]),
	     "close");
	must(munmap(at, all()), "munmap");
	map_all(PROT_READ | PROT_WRITE);
}

/* MADV_POPULATE_WRITE: the kernel takes the faults by itself. */
static void do_gup(void)
{
	unsigned long before;

	advise_all(MADV_DONTNEED, "MADV_DONTNEED");
	before = faults_of(RUSAGE_SELF);
	advise_all(POPULATE_WRITE, "MADV_POPULATE_WRITE");
	refaults += faults_of(RUSAGE_SELF) - before;
}

/* No page is there because of MADV_DONTNEED; the rights came and went since. */
static void do_rights(void)
{
	advise_all(MADV_DONTNEED, "MADV_DONTNEED");
	for (unsigned long i = 0; i < count; i++) {
		must(mprotect(range(i), length(), PROT_NONE), "mprotect");
		must(mprotect(range(i), length(), PROT_READ | PROT_WRITE), "mprotect");
	}
	write_again();
}

/* First touches of what was mapped without rights: nothing was taken away. */
static void do_grant(void)
{
	must(munmap(at, all()), "munmap");
	map_all(PROT_NONE);
	must(mprotect(at, all(), PROT_READ | PROT_WRITE), "mprotect");
	must(mprotect(at, all(), PROT_READ | PROT_WRITE), "mprotect");
	write_all();
}

/* How many of the writes fault depends on the kernel: 6.2 gives the right back at once. */
static void do_protect(void)
{
	for (unsigned long i = 0; i < count; i++) {
		must(mprotect(range(i), length(), PROT_READ), "mprotect");
		must(mprotect(range(i), length(), PROT_READ | PROT_WRITE), "mprotect");
	}
	write_again();
}

/* New memory where other memory was given back. */
static void do_map_over(void)
{
	advise_all(MADV_DONTNEED, "MADV_DONTNEED");
	must(munmap(at, all()), "munmap");
	map_all(PROT_READ | PROT_WRITE);
	write_all();
}

/* The same in one call: of pages that were there, it is what takes them away. */
static void do_map_fixed(void)
{
	for (unsigned long i = 0; i < count; i++)
		wl_mmap(range(i), length(), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	write_again();
}

static void do_dontunmap(void)
{
	char *to = mremap(at, all(), all(), MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);

	if (to == MAP_FAILED)
		wl_die("MREMAP_DONTUNMAP");
	must(munmap(to, all()), "munmap");
	write_again();
}

/* Every store that is noticed again is because of the writeback, never of what was there before. */
static void do_writeback(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-refaults.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, count * stride);
	must(unlink(path), "unlink");
	must(munmap(at, all()), "munmap");
	wl_mmap(at, all(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	write_all();
	must(fdatasync(fd), "fdatasync");
	write_all();
	close(fd);
}

/* --- forks --------------------------------------------------------------------------------- */

static int gate[2];

static void await(int end)
{
	char c;

	if (read(end, &c, 1) < 0)
		wl_die("read");
}

/* The child holds the pages until its parent has written. */
static void do_fork_parent(void)
{
	pid_t pid;

	must(pipe2(gate, O_CLOEXEC), "pipe");
	pid = wl_fork();
	if (!pid) {
		close(gate[1]);
		await(gate[0]);
		_exit(0);
	}
	write_again();
	close(gate[0]);
	close(gate[1]);
	wl_reap(pid);
}

/* The child has gone: no page has to be copied, but each is still without the right to write. */
static void do_fork_reuse(void)
{
	pid_t pid = wl_fork();

	if (!pid)
		_exit(0);
	wl_reap(pid);
	write_again();
}

static void child_copies(void)
{
	unsigned long before = faults_of(RUSAGE_SELF);

	write_all();
	atomic_fetch_add(copies, faults_of(RUSAGE_SELF) - before);
	_exit(0);
}

static unsigned long children(void)
{
	return atomic_exchange(copies, 0);
}

static void do_fork_child(void)
{
	pid_t pid = wl_fork();

	if (!pid)
		child_copies();
	wl_reap(pid);
	refaults += children();
}

/* A grandchild copies, once the child that it was born of has gone. */
static void do_fork_orphan(void)
{
	pid_t pid;

	must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "PR_SET_CHILD_SUBREAPER");
	must(pipe2(gate, O_CLOEXEC), "pipe");
	pid = wl_fork();
	if (!pid) {
		if (wl_fork())
			_exit(0);
		close(gate[1]);
		await(gate[0]);
		child_copies();
	}
	wl_reap(pid);
	close(gate[0]);
	close(gate[1]);
	wl_reap(-1);
	refaults += children();
}

/* Memory that is mapped after the fork: its zero pages are copied because of the reads. */
static void do_fork_before(void)
{
	pid_t pid = wl_fork();

	if (!pid)
		_exit(0);
	wl_reap(pid);
	must(munmap(at, all()), "munmap");
	map_all(PROT_READ | PROT_WRITE);
	for (unsigned long i = 0; i < count; i++)
		wl_read(range(i), pages, WL_PAGE);
	write_all();
}

/* The memory is shared meanwhile: a private file mapping's first copies are its own. */
static void do_vfork(void)
{
	char path[256];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-refaults.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, count * stride);
	must(unlink(path), "unlink");
	must(munmap(at, all()), "munmap");
	wl_mmap(at, all(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
	close(fd);
	pid = vfork();
	if (!pid)
		_exit(0);
	wl_reap(pid);
	write_all();
}

static _Atomic int stop;

static void *writer(void *arg)
{
	unsigned long before = faults_of(RUSAGE_THREAD);

	while (!atomic_load(&stop))
		write_all();
	*(unsigned long *)arg = faults_of(RUSAGE_THREAD) - before;
	return NULL;
}

/* A thread writes while the process forks: what faults does so because of the fork, or waits for it. */
static void do_lock(void)
{
	static unsigned long faults;
	pthread_t thread;
	pid_t pid;

	atomic_store(&stop, 0);
	faults = 0;
	must(pthread_create(&thread, NULL, writer, &faults), "pthread_create");
	usleep(1000);
	pid = wl_fork();
	if (!pid)
		_exit(0);
	wl_reap(pid);
	atomic_store(&stop, 1);
	must(pthread_join(thread, NULL), "pthread_join");
	refaults += faults;
}

/**
 * struct mode - what one round does
 * @call: that the faults follow from; @advice: of madvise; @fixed: it is MAP_FIXED
 * @each: every page faults, by every kernel
 * @forks: all private pages of the process and of its children may fault because of the call
 */
static const struct mode {
	const char *name;
	const char *call;
	const char *advice;
	void (*round)(void);
	bool each;
	bool forks;
} modes[] = {
	{ "dontneed", "madvise", "MADV_DONTNEED", do_dontneed, true, false },
	{ "free", "madvise", "MADV_FREE", do_free, false, false },
	{ "partly", "madvise", "MADV_DONTNEED", do_partly, true, false },
	{ "vector", "process_madvise", "MADV_DONTNEED", do_vector, true, false },
	{ "other", "process_madvise", "MADV_PAGEOUT", do_other, false, false },
	{ "gup", "madvise", "MADV_DONTNEED", do_gup, true, false },
	{ "rights", "madvise", "MADV_DONTNEED", do_rights, true, false },
	{ "grant", "mprotect", NULL, do_grant, false, false },
	{ "protect", "mprotect", NULL, do_protect, false, false },
	{ "map-over", "madvise", "MADV_DONTNEED", do_map_over, false, false },
	{ "map-fixed", "mmap", NULL, do_map_fixed, true, false },
	{ "dontunmap", "mremap", NULL, do_dontunmap, true, false },
	{ "writeback", "munmap", NULL, do_writeback, false, false },
	{ "fork-parent", "fork", NULL, do_fork_parent, true, true },
	{ "fork-reuse", "fork", NULL, do_fork_reuse, true, true },
	{ "fork-child", "fork", NULL, do_fork_child, true, true },
	{ "fork-orphan", "fork", NULL, do_fork_orphan, true, true },
	{ "fork-before", "fork", NULL, do_fork_before, false, true },
	{ "vfork", "fork", NULL, do_vfork, false, false },
	{ "lock", "fork", NULL, do_lock, false, true },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: refaults [--count N] [--pages N] [--stride N] [--rounds N] MODE\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	unsigned long at_fork = 0;
	const struct mode *mode;
	const char *advice;
	char extra[1024];

	wl_init("refaults");
	mode = mode_of(argv[wl_options(argc, argv, options)]);
	advice = mode->advice;
	if (!count || !pages || pages > stride)
		return WL_EXIT_USAGE;
	at = wl_map_anon(all());
	copies = wl_mmap(NULL, sizeof(*copies), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	for (unsigned long i = 0; i < rounds; i++) {
		/* after a fork, its parent's pages are still as the fork left them */
		if (i)
			write_again();
		else
			write_all();
		if (mode->forks && !i)
			at_fork = faults_of(RUSAGE_SELF);
		mode->round();
	}
	if (mode->round == do_vector && vector_advice == PAGEOUT)
		advice = "MADV_PAGEOUT";
	else if (mode->each)
		expect_each();
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"call\":\"%s\",\"advice\":\"%s\",\"refaults\":%lu,"
		 "\"at_fork\":%lu,\"rounds\":%lu,\"bytes\":%lu,\"start\":\"%p\",\"end\":\"%p\",",
		 mode->name, mode->call, advice ?: "", refaults, at_fork, rounds,
		 rounds * count * length(), (void *)at, (void *)(at + all()));
	wl_finish(extra);
}
