// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlbcalls - one mode for each call that changes mappings, a known number of times, with a known
 * number of flushes where the kernel's rules give one, while another thread runs on a second CPU.
 *
 * The pages lie in the middle of one 2 MiB window between PROT_NONE neighbours: no call frees a
 * page table, so that none flushes for that (mm/memory.c, free_pgtables()).
 */
#include "partner.h"

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#define WINDOW (2UL << 20)
/** More pages than this are flushed by flushing everything: tlb_single_page_flush_ceiling. */
#define CEILING 33UL

static unsigned long count = 1000, pages = 4, from = 0, to = 1;
static const char *how = "spins";
static bool gate;
static char *at, *elsewhere;
static char path[256];
static int fd = -1;

static const struct wl_option options[] = {
	{ "count", .number = &count },
	{ "pages", .number = &pages },
	{ "from", .number = &from },
	{ "to", .number = &to },
	{ "partner", .text = &how },
	{ "gate", .flag = &gate },
	{ 0 },
};

static size_t length(void)
{
	return pages * WL_PAGE;
}

static void must(int result, const char *what)
{
	if (result)
		wl_die("%s", what);
}

static void map_private(void)
{
	wl_mmap(at, length(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		0);
}

static void write_pages(void)
{
	wl_write(at, pages, WL_PAGE);
}

static void do_mprotect(void)
{
	must(mprotect(at, length(), PROT_READ), "mprotect");
	must(mprotect(at, length(), PROT_READ | PROT_WRITE), "mprotect");
	write_pages();
}

/* What it has already: the kernel returns before it looks at a page (mprotect_fixup()). */
static void do_same(void)
{
	must(mprotect(at, length(), PROT_READ | PROT_WRITE), "mprotect");
}

/* Key -1 means none, and needs no support; libc would make a plain mprotect of it. */
static void set_no_key(int prot)
{
	if (syscall(SYS_pkey_mprotect, at, length(), prot, -1))
		wl_die("pkey_mprotect");
}

static void do_pkey_mprotect(void)
{
	set_no_key(PROT_READ);
	set_no_key(PROT_READ | PROT_WRITE);
	write_pages();
}

static void do_munmap(void)
{
	map_private();
	write_pages();
	must(munmap(at, length()), "munmap");
}

/* Nothing was ever there: nothing to flush. */
static void do_munmap_untouched(void)
{
	map_private();
	must(munmap(at, length()), "munmap");
}

static void do_mmap_fixed(void)
{
	map_private();
	write_pages();
}

static void do_dontneed(void)
{
	must(madvise(at, length(), MADV_DONTNEED), "MADV_DONTNEED");
	write_pages();
}

static void do_free(void)
{
	must(madvise(at, length(), MADV_FREE), "MADV_FREE");
	write_pages();
}

static void do_willneed(void)
{
	must(madvise(at, length(), MADV_WILLNEED), "MADV_WILLNEED");
}

static int pidfd = -1;

static void prepare_process_madvise(void)
{
	pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (pidfd < 0)
		wl_die("pidfd_open");
	write_pages();
}

static void do_process_madvise(void)
{
	struct iovec iov = { .iov_base = at, .iov_len = length() };

	if (syscall(SYS_process_madvise, pidfd, &iov, 1, MADV_COLD, 0) != (long)length())
		wl_die("process_madvise");
	write_pages();
}

static void do_mremap(void)
{
	char *p = mremap(at, length(), length(), MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere);

	if (p != elsewhere)
		wl_die("mremap");
	elsewhere = at;
	at = p;
	write_pages();
}

static char *brk_at;

static void prepare_brk(void)
{
	brk_at = sbrk((intptr_t)(64 * WL_PAGE)) + 64 * WL_PAGE;
	if (brk_at != sbrk(0))
		wl_die("sbrk");
}

/* Grown and shrunk again: only the latter has something to flush. */
static void do_brk(void)
{
	must(brk(brk_at + length()), "brk");
	wl_write(brk_at, pages, WL_PAGE);
	must(brk(brk_at), "brk");
}

/* The child waits until its parent has copied each page of the range. */
static void do_fork(void)
{
	int fds[2];
	pid_t pid;
	char c;

	must(pipe2(fds, O_CLOEXEC), "pipe");
	pid = wl_fork();
	if (!pid) {
		close(fds[1]);
		_exit(read(fds[0], &c, 1) != 0);
	}
	write_pages();
	close(fds[1]);
	close(fds[0]);
	wl_reap(pid);
}

static void map_shared(void)
{
	wl_mmap(at, length(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	write_pages();
}

static void prepare_file(void)
{
	fd = wl_make_file(path, pages);
	map_shared();
}

/* Each page is made clean, so that the next write to it is noticed. */
static void do_msync(void)
{
	must(msync(at, length(), MS_SYNC), "msync");
	write_pages();
}

static void prepare_memfd(void)
{
	fd = memfd_create("vmascope-tlbcalls", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, (off_t)length()))
		wl_die("memfd");
	map_shared();
}

static void do_truncate(void)
{
	must(ftruncate(fd, 0), "ftruncate");
	must(ftruncate(fd, (off_t)length()), "ftruncate");
	write_pages();
}

static int uffd = -1;

static void prepare_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)at, .len = length() },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		wl_skip("userfaultfd: %s", strerror(errno));
	write_pages();
	must(ioctl(uffd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER");
}

static void do_uffd(void)
{
	struct uffdio_writeprotect wp = { .range = { (uintptr_t)at, length() },
					  .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	must(ioctl(uffd, UFFDIO_WRITEPROTECT, &wp), "UFFDIO_WRITEPROTECT");
	wp.mode = 0;
	must(ioctl(uffd, UFFDIO_WRITEPROTECT, &wp), "UFFDIO_WRITEPROTECT");
	write_pages();
}

static void do_flip(void)
{
	must(mprotect(at, length(), PROT_READ | PROT_EXEC), "mprotect");
	must(mprotect(at, length(), PROT_READ | PROT_WRITE), "mprotect");
	write_pages();
}

static void do_both(void)
{
	must(mprotect(at, length(), PROT_READ | PROT_WRITE | PROT_EXEC), "mprotect");
	must(mprotect(at, length(), PROT_READ), "mprotect");
}

/**
 * struct mode - a call, and what one round of it does
 * @calls: of @call
 * @flushes: that flush something, each as a whole; with @each_page, one of them for each page
 * @whole: each is of the whole address space
 * @maybe: more flushes, which depend on the kernel's version, or on when the thread is preempted:
 *	where the kernel frees written pages of a file, it flushes at each such place (zap_pte_range())
 */
static const struct mode {
	const char *name;
	const char *call;
	const char *advice;
	void (*prepare)(void);
	void (*round)(void);
	unsigned int calls;
	unsigned int flushes;
	bool each_page;
	bool whole;
	unsigned int maybe;
} modes[] = {
	{ "mprotect", "mprotect", .prepare = write_pages, .round = do_mprotect, .calls = 2,
	  .flushes = 2 },
	{ "same", "mprotect", .prepare = write_pages, .round = do_same, .calls = 1 },
	{ "pkey-mprotect", "pkey_mprotect", .prepare = write_pages, .round = do_pkey_mprotect,
	  .calls = 2, .flushes = 2 },
	{ "munmap", "munmap", .round = do_munmap, .calls = 1, .flushes = 1 },
	{ "munmap-untouched", "munmap", .round = do_munmap_untouched, .calls = 1 },
	{ "mmap-fixed", "mmap", .prepare = write_pages, .round = do_mmap_fixed, .calls = 1,
	  .flushes = 1 },
	{ "dontneed", "madvise", .advice = "MADV_DONTNEED", .prepare = write_pages,
	  .round = do_dontneed, .calls = 1, .flushes = 1 },
	{ "free", "madvise", .advice = "MADV_FREE", .prepare = write_pages, .round = do_free,
	  .calls = 1, .flushes = 1 },
	{ "willneed", "madvise", .advice = "MADV_WILLNEED", .prepare = write_pages,
	  .round = do_willneed, .calls = 1 },
	{ "process-madvise", "process_madvise", .advice = "MADV_COLD",
	  .prepare = prepare_process_madvise, .round = do_process_madvise, .calls = 1,
	  .flushes = 1 },
	{ "mremap", "mremap", .prepare = write_pages, .round = do_mremap, .calls = 1,
	  .flushes = 1 },
	{ "brk", "brk", .prepare = prepare_brk, .round = do_brk, .calls = 2, .flushes = 1 },
	{ "fork", "fork", .prepare = write_pages, .round = do_fork, .calls = 1, .flushes = 1,
	  .whole = true },
	{ "cow", "cow", .prepare = write_pages, .round = do_fork, .flushes = 1, .each_page = true },
	{ "msync", "writeback", .prepare = prepare_file, .round = do_msync, .flushes = 1,
	  .each_page = true },
	{ "truncate", "truncate", .prepare = prepare_memfd, .round = do_truncate, .flushes = 1,
	  .maybe = 3 },
	{ "uffd", "userfaultfd", .prepare = prepare_uffd, .round = do_uffd, .flushes = 1,
	  .maybe = 1 },
	{ "wx-flip", "mprotect", .prepare = write_pages, .round = do_flip, .calls = 2,
	  .flushes = 2 },
	{ "wx-both", "mprotect", .prepare = write_pages, .round = do_both, .calls = 2,
	  .flushes = 2 },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: tlbcalls [--count N] [--pages N] MODE, MODE one of:");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		dprintf(2, " %s", modes[i].name);
	dprintf(2, "\n");
	_exit(WL_EXIT_USAGE);
}

/* Two ranges of @pages in one 2 MiB window, apart from each other and from its ends. */
static void map_window(void)
{
	char *window = wl_reserve(WINDOW, WINDOW);

	at = window + 16 * WL_PAGE;
	elsewhere = window + WINDOW / 2;
	map_private();
}

static void finish(const struct mode *m, pid_t partner)
{
	unsigned long flushes = count * m->flushes * (m->each_page ? pages : 1);
	bool whole = m->whole || (!m->each_page && pages > CEILING);
	char extra[1024];

	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"call\":\"%s\",\"advice\":\"%s\",\"calls\":%lu,"
		 "\"flushes\":%lu,\"flushes_maybe\":%lu,\"full\":%lu,\"flushed_pages\":%lu,\"from_"
		 "cpu\":%lu,"
		 "\"to_cpu\":%lu,\"partner\":%d,\"start\":\"0x%lx\",\"bytes\":%lu,",
		 m->name, m->call, m->advice ?: "", count * m->calls, flushes, count * m->maybe,
		 whole ? flushes : 0, whole ? 0 : flushes * (m->each_page ? 1 : pages), from, to,
		 partner, (unsigned long)at, length());
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	struct partner partner = { 0 };
	const struct mode *mode;

	wl_init("tlbcalls");
	mode = mode_of(argv[wl_options(argc, argv, options)]);
	if (!pages || pages > WINDOW / WL_PAGE / 2 - 32)
		return WL_EXIT_USAGE;
	snprintf(path, sizeof(path), "%s/vmascope-tlbcalls.XXXXXX", wl_tmpdir());
	map_window();
	partner.how = partner_how(how);
	partner.cpu = to;
	partner.page = wl_map_anon(WL_PAGE);
	wl_write(partner.page, 1, WL_PAGE);
	wl_pin(from);
	if (mode->prepare)
		mode->prepare();
	if (gate)
		wl_gate();
	partner_start(&partner);
	for (unsigned long i = 0; i < count; i++) {
		partner_await(&partner);
		mode->round();
	}
	partner_stop(&partner);
	unlink(path);
	finish(mode, partner.tid);
}
