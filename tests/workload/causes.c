// SPDX-License-Identifier: GPL-2.0-only
/*
 * causes - one mode for each cause of a fault, with a known number of them.
 */
#include "workload.h"

#include <linux/mman.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/ioctl.h>

#define HUGE (2UL << 20)

static unsigned long count = 1000;
static char path[256];

static struct wl_range *range(const char *kind, const char *cause, void *p, size_t len)
{
	struct wl_range *r = wl_range_add(kind, p, len);

	snprintf(r->cause, sizeof(r->cause), "%s", cause);
	return r;
}

static void anon_zero(void)
{
	char *p = wl_map_anon(count * WL_PAGE);

	wl_counted(range("anon", "anon-zero", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
}

static void zero_page(void)
{
	char *p = wl_map_anon(count * WL_PAGE);

	wl_counted(range("anon", "anon-zero", p, count * WL_PAGE), WL_READ, p, count, WL_PAGE);
	wl_counted(range("anon", "cow-zero", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
}

static char *map_file(size_t pages, int prot, int flags)
{
	int fd = wl_make_file(path, pages);
	char *p = wl_map(pages * WL_PAGE, prot, flags, fd);

	close(fd);
	return p;
}

static void file_strided(enum wl_how how, int prot, int flags)
{
	size_t stride = WL_AROUND * WL_PAGE;
	char *p = map_file(count * WL_AROUND, prot, flags);

	wl_counted(range("file", "file-map", p, count * stride), how, p, count, stride);
}

static void file_read(void)
{
	file_strided(WL_READ, PROT_READ, MAP_PRIVATE);
}

static void file_exec(void)
{
	file_strided(WL_EXEC, PROT_READ | PROT_EXEC, MAP_PRIVATE);
}

/* A write to a private file page that was never read maps a copy at once. */
static void file_write(void)
{
	char *p = map_file(count, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	wl_counted(range("file", "cow", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
}

/* Read first, so that each page is mapped and read-only when it is written. */
static void file_read_write(enum wl_how how, const char *cause, int flags)
{
	size_t windows = (count + WL_AROUND - 1) / WL_AROUND;
	size_t len = windows * WL_AROUND * WL_PAGE;
	char *p = map_file(windows * WL_AROUND, PROT_READ | PROT_WRITE, flags);

	wl_counted(range("file", "file-map", p, len), WL_READ, p, windows, WL_AROUND * WL_PAGE);
	wl_counted(range("file", cause, p, len), how, p, count, WL_PAGE);
}

static void write_notify(void)
{
	file_read_write(WL_WRITE, "write-notify", MAP_SHARED);
}

static void file_cow(void)
{
	file_read_write(WL_WRITE, "cow", MAP_PRIVATE);
}

/* A cold file, without readahead: a page a read from the disk. */
static void file_cold(void)
{
	size_t len = count * WL_PAGE;
	int fd = wl_make_file(path, count);
	char *p = wl_map(len, PROT_READ, MAP_PRIVATE, fd);
	unsigned char *core = wl_mmap(NULL, count, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct wl_range *r = range("file", "file-read", p, len);

	if (madvise(p, len, MADV_RANDOM))
		wl_die("MADV_RANDOM");
	if ((errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)) || mincore(p, len, core))
		wl_die("POSIX_FADV_DONTNEED");
	for (size_t i = 0; i < count; i++)
		if (core[i] & 1)
			wl_skip("page %zu stays cached (no disk behind %s?)", i, path);
	wl_counted(r, WL_READ, p, count, WL_PAGE);
	if (r->major != count) {
		dprintf(2, "causes: %lu of %lu cold reads were major\n", r->major, count);
		atomic_fetch_add(&wl_shared->wrong, 1);
	}
	close(fd);
}

static void shmem(void)
{
	size_t len = count * WL_PAGE;
	int fd = memfd_create("vmascope-causes", MFD_CLOEXEC);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)len))
		wl_die("memfd");
	p = wl_map(len, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	wl_counted(range("memfd", "shmem", p, len), WL_WRITE, p, count, WL_PAGE);
}

/* Wait until the other side closes its end. */
static void await(const int pipe_fds[2])
{
	char c;

	close(pipe_fds[1]);
	if (read(pipe_fds[0], &c, 1) < 0)
		wl_die("read of a pipe");
}

static char *written_anon(void)
{
	char *p = wl_map_anon(count * WL_PAGE);

	wl_counted(range("anon", "anon-zero", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
	return p;
}

/* The child copies every page while the parent still has them. */
static void cow_child(void)
{
	char *p = written_anon();
	pid_t pid = wl_fork();

	if (!pid) {
		wl_warm();
		wl_counted(range("anon", "cow", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
		_exit(0);
	}
	wl_reap(pid);
}

/* The parent copies every page while the child still has them. */
static void cow_parent(void)
{
	char *p = written_anon();
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		wl_die("pipe");
	pid = wl_fork();
	if (!pid) {
		await(fds);
		_exit(0);
	}
	wl_warm();
	wl_counted(range("anon", "cow", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
	close(fds[1]);
	wl_reap(pid);
}

/** page_frames - numbers of the page frames of @n pages from @p on, by /proc/self/pagemap */
static void page_frames(const char *p, size_t n, uint64_t *frames)
{
	const uint64_t number = (1ULL << 55) - 1;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || pread(fd, frames, n * sizeof(*frames), (off_t)((uintptr_t)p / WL_PAGE * 8)) !=
			      (ssize_t)(n * sizeof(*frames)))
		wl_die("/proc/self/pagemap");
	close(fd);
	for (size_t i = 0; i < n; i++)
		if (!(frames[i] &= number)) {
			errno = EPERM;
			wl_die("numbers of page frames");
		}
}

/*
 * The child is gone: the pages are the parent's alone again, but still mapped read-only.
 *
 * Or nearly so: as long as somebody reads a file of it in /proc, such as its maps, its memory is there,
 * and the parent copies. Where a page is after the write tells which it was.
 */
static void cow_reuse(void)
{
	const size_t len = count * sizeof(uint64_t);
	uint64_t *before = wl_mmap(NULL, 2 * len, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	uint64_t *after = before + count, copied = 0;
	char *p = written_anon();
	struct wl_range *reused = range("anon", "cow-reuse", p, count * WL_PAGE), *other;
	pid_t pid = wl_fork();

	if (!pid)
		_exit(0);
	wl_reap(pid);
	wl_warm();
	page_frames(p, count, before);
	wl_counted(reused, WL_WRITE, p, count, WL_PAGE);
	page_frames(p, count, after);
	for (size_t i = 0; i < count; i++)
		copied += before[i] != after[i];
	other = range("anon", "cow", p, count * WL_PAGE);
	other->faults = other->minor = other->write = copied;
	reused->faults -= copied;
	reused->minor -= copied;
	reused->write -= copied;
}

static sigjmp_buf back;
static volatile sig_atomic_t expected_signal;

static void on_signal(int sig)
{
	if (sig != expected_signal) {
		dprintf(2, "causes: signal %d instead of %d\n", sig, (int)expected_signal);
		_exit(WL_EXIT_WRONG);
	}
	siglongjmp(back, 1);
}

static WL_NOINLINE void poke(enum wl_how how, char *p)
{
	if (how == WL_WRITE)
		*(volatile char *)p = 1;
	else
		(void)*(volatile char *)p;
}

static WL_NOINLINE size_t poke_all(enum wl_how how, char *p, size_t n)
{
	volatile size_t hits = 0;

	for (volatile size_t i = 0; i < n; i++) {
		if (sigsetjmp(back, 1))
			hits = hits + 1;
		else
			poke(how, p + i * WL_PAGE);
	}
	return hits;
}

/* Touch @p, each page of which must raise @sig; @warm is one more such page. */
static void signalled(int sig, const char *cause, enum wl_how how, char *p, char *warm)
{
	struct wl_range *r = range("signal", cause, p, count * WL_PAGE);
	struct sigaction act = { .sa_handler = on_signal };
	struct rusage before, after;
	size_t hits;

	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	expected_signal = sig;
	if (sigaction(SIGSEGV, &act, NULL) || sigaction(SIGBUS, &act, NULL))
		wl_die("sigaction");
	if (poke_all(how, warm, 1) != 1) {
		dprintf(2, "causes: no signal where one was expected\n");
		_exit(WL_EXIT_WRONG);
	}
	wl_usage_of(RUSAGE_THREAD, &before);
	hits = poke_all(how, p, count);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, 0);
	if (hits != count) {
		dprintf(2, "causes: %zu signals of %lu\n", hits, count);
		atomic_fetch_add(&wl_shared->wrong, 1);
	}
	r->incomplete = count;
	*(how == WL_WRITE ? &r->write : &r->read) = count;
}

static void segv_none(void)
{
	char *p = wl_map(count * WL_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *warm = wl_map(WL_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	/* PROT_NONE guards would merge with it: make it a mapping of its own kind. */
	signalled(SIGSEGV, "segv-accerr", WL_READ, p, warm);
}

static void segv_readonly(void)
{
	char *p = wl_map(count * WL_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *warm = wl_map(WL_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	signalled(SIGSEGV, "segv-accerr", WL_WRITE, p, warm);
}

static void segv_unmapped(void)
{
	char *p = wl_map_anon(count * WL_PAGE), *warm = wl_map_anon(WL_PAGE);

	if (munmap(p, count * WL_PAGE) || munmap(warm, WL_PAGE))
		wl_die("munmap");
	signalled(SIGSEGV, "segv-maperr", WL_WRITE, p, warm);
}

static void sigbus(void)
{
	int fd = wl_make_file(path, count + 1);
	char *p = wl_map(count * WL_PAGE, PROT_READ, MAP_SHARED, fd);
	char *warm = wl_map(WL_PAGE, PROT_READ, MAP_SHARED, fd);

	if (ftruncate(fd, 0))
		wl_die("ftruncate");
	signalled(SIGBUS, "sigbus", WL_READ, p, warm);
}

static void pkey(void)
{
	int key = pkey_alloc(0, PKEY_DISABLE_ACCESS);
	char *p = wl_map_anon(count * WL_PAGE), *warm = wl_map_anon(WL_PAGE);

	if (key < 0)
		wl_skip("pkey_alloc: %s", strerror(errno));
	wl_counted(range("anon", "anon-zero", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
	wl_write(warm, 1, WL_PAGE);
	if (pkey_mprotect(p, count * WL_PAGE, PROT_READ | PROT_WRITE, key) ||
	    pkey_mprotect(warm, WL_PAGE, PROT_READ | PROT_WRITE, key))
		wl_die("pkey_mprotect");
	signalled(SIGSEGV, "pkey", WL_READ, p, warm);
}

static int uffd_open(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		wl_skip("userfaultfd: %s", strerror(errno));
	if (ioctl(fd, UFFDIO_API, &api))
		wl_die("UFFDIO_API");
	return fd;
}

static void *uffd_main(void *arg)
{
	struct pollfd pollfd = { .fd = *(int *)arg, .events = POLLIN };
	struct uffd_msg msg;

	while (poll(&pollfd, 1, -1) >= 0 || errno == EINTR) {
		struct uffdio_zeropage zero = { .range.len = WL_PAGE };

		if (read(pollfd.fd, &msg, sizeof(msg)) != (ssize_t)sizeof(msg))
			continue;
		zero.range.start = msg.arg.pagefault.address & ~(WL_PAGE - 1);
		if (ioctl(pollfd.fd, UFFDIO_ZEROPAGE, &zero))
			wl_die("UFFDIO_ZEROPAGE");
	}
	return NULL;
}

static void uffd_register(int fd, char *p, size_t len)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)p, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (ioctl(fd, UFFDIO_REGISTER, &reg))
		wl_die("UFFDIO_REGISTER");
}

static void uffd(void)
{
	static int fd;
	char *p = wl_map_anon(count * WL_PAGE), *warm = wl_map_anon(WL_PAGE);
	pthread_t thread;

	fd = uffd_open();
	uffd_register(fd, warm, WL_PAGE);
	uffd_register(fd, p, count * WL_PAGE);
	if ((errno = pthread_create(&thread, NULL, uffd_main, &fd)))
		wl_die("pthread_create");
	wl_read(warm, 1, WL_PAGE);
	wl_counted(range("anon", "uffd", p, count * WL_PAGE), WL_READ, p, count, WL_PAGE);
}

/* One fault a huge page: that the other 511 pages take none proves that it was one. */
static void huge(const char *kind, const char *cause, char *p)
{
	struct rusage before, after;

	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	wl_counted(range(kind, cause, p, count * HUGE), WL_WRITE, p, count, HUGE);
	wl_usage_of(RUSAGE_THREAD, &before);
	wl_write(p, count * (HUGE / WL_PAGE), WL_PAGE);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(range(kind, cause, p, count * HUGE), &before, &after, 0);
}

static void thp(void)
{
	char *p = wl_reserve(count * HUGE, HUGE);

	wl_mmap(p, count * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0) || madvise(p, count * HUGE, MADV_HUGEPAGE))
		wl_die("MADV_HUGEPAGE");
	huge("thp", "anon-zero", p);
}

static void hugetlb(void)
{
	char *p = wl_mmap(NULL, count * HUGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);

	huge("hugetlb", "hugetlb", p);
}

/* How many pages from @p on are in swap, by /proc/self/pagemap's bit 62. */
static size_t swapped(int pagemap, char *p, size_t n)
{
	size_t out = 0;
	uint64_t entry;

	for (size_t i = 0; i < n; i++) {
		off_t at = (off_t)(((uintptr_t)p / WL_PAGE + i) * sizeof(entry));

		if (pread(pagemap, &entry, sizeof(entry), at) != (ssize_t)sizeof(entry))
			wl_die("pagemap");
		out += entry >> 62 & 1;
	}
	return out;
}

static void swap_out(int pagemap, char *p, size_t n)
{
	struct timespec nap = { .tv_nsec = 10000000 };

	for (int try = 0; try < 200; try++) {
		if (madvise(p, n * WL_PAGE, MADV_PAGEOUT))
			wl_die("MADV_PAGEOUT");
		if (swapped(pagemap, p, n) == n)
			return;
		nanosleep(&nap, NULL);
	}
	wl_skip("%zu of %zu pages in swap (is there any?)", swapped(pagemap, p, n), n);
}

static void swap_in(void)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	size_t half = count / 2, len = count * WL_PAGE;
	char *p = written_anon();
	struct wl_range *r;

	for (size_t i = 0; i < count; i++) /* pages of one repeated word need no swap slot */
		for (size_t at = 0; at < WL_PAGE; at += 8)
			*(uint64_t *)(p + i * WL_PAGE + at) = (i << 32 ^ at * 2654435761u) + 1;
	swap_out(pagemap, p, count);
	wl_warm();
	r = range("anon", "swap-in", p, len);
	wl_counted(r, WL_READ, p, half, WL_PAGE);
	wl_counted(r, WL_WRITE, p + half * WL_PAGE, count - half, WL_PAGE);
}

static const struct mode {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "anon-zero", anon_zero },
	{ "zero-page", zero_page },
	{ "file-read", file_read },
	{ "file-write", file_write },
	{ "file-cow", file_cow },
	{ "file-exec", file_exec },
	{ "file-cold", file_cold },
	{ "write-notify", write_notify },
	{ "shmem", shmem },
	{ "cow-child", cow_child },
	{ "cow-parent", cow_parent },
	{ "cow-reuse", cow_reuse },
	{ "segv-none", segv_none },
	{ "segv-readonly", segv_readonly },
	{ "segv-unmapped", segv_unmapped },
	{ "sigbus", sigbus },
	{ "pkey", pkey },
	{ "uffd", uffd },
	{ "thp", thp },
	{ "hugetlb", hugetlb },
	{ "swap-in", swap_in },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: causes [--count N] [--result FD|FILE] MODE, MODE one of:");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		dprintf(2, " %s", modes[i].name);
	dprintf(2, "\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	const struct mode *mode;
	char extra[512];

	wl_init("causes");
	wl_options(argc, argv, (const struct wl_option[]){ { "count", .number = &count }, { 0 } });
	mode = mode_of(argv[optind]);
	snprintf(path, sizeof(path), "%s/vmascope-causes.XXXXXX", wl_tmpdir());
	wl_warm();
	mode->run();
	unlink(path);
	snprintf(extra, sizeof(extra), "\"mode\":\"%s\",\"count\":%lu,\"path\":\"%s\",", mode->name,
		 count, path);
	wl_finish(extra);
}
