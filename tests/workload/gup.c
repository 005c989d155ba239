// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup - faults that the kernel takes for the program without a trap: MAP_POPULATE, mlock,
 * MADV_POPULATE_WRITE, O_DIRECT into untouched memory, and a write into another process.
 */
#include "workload.h"

#include <sys/uio.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* 5.14 */
#endif

static unsigned long pages = 1000;
static int direct_fd = -1;
static pid_t other;

static void *fresh(size_t n)
{
	return wl_map_anon(n * WL_PAGE);
}

static void do_populate(char *p, size_t n)
{
	wl_mmap(p, n * WL_PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);
}

static void do_mlock(char *p, size_t n)
{
	if (mlock(p, n * WL_PAGE))
		wl_die("mlock");
}

static void do_madvise(char *p, size_t n)
{
	if (madvise(p, n * WL_PAGE, MADV_POPULATE_WRITE))
		wl_die("MADV_POPULATE_WRITE");
}

static void do_direct(char *p, size_t n)
{
	if (pread(direct_fd, p, n * WL_PAGE, 0) != (ssize_t)(n * WL_PAGE))
		wl_die("O_DIRECT read");
}

/* The child has the same address mapped, and untouched too; the faults are the writer's. */
static void do_remote(char *p, size_t n)
{
	static char byte[1];
	struct iovec from = { .iov_base = byte, .iov_len = 1 },
		     to = { .iov_base = p, .iov_len = 1 };

	for (size_t i = 0; i < n; i++, to.iov_base = (char *)to.iov_base + WL_PAGE)
		if (process_vm_writev(other, &from, 1, &to, 1, 0) != 1)
			wl_die("process_vm_writev");
}

static const struct part {
	const char *kind;
	void (*run)(char *p, size_t n);
	bool own_vma; /* the VMA is this process's own */
} parts[] = {
	{ "populate", do_populate, true }, { "mlock", do_mlock, true },
	{ "madvise", do_madvise, true },   { "direct", do_direct, true },
	{ "remote", do_remote, false },
};

static void run_part(const struct part *part, char *warm, char *p)
{
	struct wl_range *r = wl_range_add(part->kind, p, pages * WL_PAGE);
	struct rusage before, after;

	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	part->run(warm, 1);
	wl_warm();
	wl_usage_of(RUSAGE_THREAD, &before);
	part->run(p, pages);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, pages);
	r->gup = pages;
	if (!part->own_vma)
		r->pid = other;
}

static pid_t fork_target(void)
{
	pid_t pid = wl_fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	char path[256], *warm[5], *p[5];
	bool direct;
	int fd;

	wl_init("gup");
	wl_options(argc, argv, (const struct wl_option[]){ { "pages", .number = &pages }, { 0 } });
	snprintf(path, sizeof(path), "%s/vmascope-direct.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, pages);
	direct_fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	direct = direct_fd >= 0; /* not on every file system */
	close(fd);
	unlink(path);
	for (size_t i = 0; i < 5; i++) {
		warm[i] = fresh(1);
		p[i] = fresh(pages);
	}
	other = fork_target();
	for (size_t i = 0; i < 5; i++)
		if (direct || parts[i].run != do_direct)
			run_part(&parts[i], warm[i], p[i]);
	kill(other, SIGKILL);
	while (waitpid(other, NULL, 0) < 0 && errno == EINTR)
		;
	wl_finish(direct ? "\"direct\":true," : "\"direct\":false,");
}
