// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup - faults that the kernel takes for the program without a trap: MAP_POPULATE, mlock,
 * MADV_POPULATE_WRITE, O_DIRECT into untouched memory; and those in the memory of another process:
 * process_vm_writev, ptrace's reads and writes, and the arguments of an exec.
 */
#include "workload.h"

#include <sys/ptrace.h>
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

/* @request: PTRACE_PEEKDATA (its word goes to @data), or PTRACE_POKEDATA */
static void do_ptrace(long request, char *p, size_t n)
{
	static long data;

	for (size_t i = 0; i < n; i++)
		if (syscall(SYS_ptrace, request, other, p + i * WL_PAGE, &data))
			wl_die("ptrace");
}

static void do_peek(char *p, size_t n)
{
	do_ptrace(PTRACE_PEEKDATA, p, n);
}

static void do_poke(char *p, size_t n)
{
	do_ptrace(PTRACE_POKEDATA, p, n);
}

static const struct part {
	const char *kind;
	void (*run)(char *p, size_t n);
	bool own_vma; /* the VMA is this process's own */
} parts[] = {
	{ "populate", do_populate, true }, { "mlock", do_mlock, true },
	{ "madvise", do_madvise, true },   { "direct", do_direct, true },
	{ "remote", do_remote, false },	   { "peek", do_peek, false },
	{ "poke", do_poke, false },
};

#define NR_PARTS (sizeof(parts) / sizeof(parts[0]))

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

static void attach(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		wl_die("PTRACE_ATTACH");
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		wl_die("stop of the traced process");
}

/* The strings of an exec's arguments are written into the new image's stack: a page each here. */
#define MOST_ARGUMENTS 256
static char argument[WL_PAGE];
static char *arguments[MOST_ARGUMENTS + 3];

/* Only to be exec'd; it ends at once. */
#define ENDS_AT_ONCE "--ends-at-once"

/** exec_with - a child that execs this program with @n pages of arguments. Return: its number. */
static pid_t exec_with(const char *exe, size_t n)
{
	pid_t pid;

	arguments[0] = (char *)exe;
	arguments[1] = ENDS_AT_ONCE;
	for (size_t i = 0; i < n; i++)
		arguments[2 + i] = argument;
	arguments[2 + n] = NULL;
	pid = wl_fork();
	if (!pid) {
		execv(exe, arguments);
		_exit(WL_EXIT_FAILED);
	}
	wl_reap(pid);
	return pid;
}

int main(int argc, char **argv)
{
	char path[256], exe[256], extra[128], *warm[NR_PARTS], *p[NR_PARTS];
	unsigned long exec_pages = 0;
	pid_t small = 0, large = 0;
	bool direct;
	ssize_t len;
	int fd;

	if (argc > 1 && !strcmp(argv[1], ENDS_AT_ONCE))
		_exit(0);
	wl_init("gup");
	wl_options(argc, argv,
		   (const struct wl_option[]){ { "pages", .number = &pages },
					       { "exec-pages", .number = &exec_pages },
					       { 0 } });
	if (exec_pages > MOST_ARGUMENTS)
		return WL_EXIT_USAGE;
	snprintf(path, sizeof(path), "%s/vmascope-direct.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, pages);
	direct_fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	direct = direct_fd >= 0; /* not on every file system */
	close(fd);
	unlink(path);
	for (size_t i = 0; i < NR_PARTS; i++) {
		warm[i] = fresh(1);
		p[i] = fresh(pages);
	}
	if (exec_pages) {
		memset(argument, 'x', sizeof(argument) - 1);
		len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
		if (len < 0)
			wl_die("/proc/self/exe");
		exe[len] = 0;
		small = exec_with(exe, 0);
		large = exec_with(exe, exec_pages);
	}
	other = fork_target();
	attach(other);
	for (size_t i = 0; i < NR_PARTS; i++)
		if (direct || parts[i].run != do_direct)
			run_part(&parts[i], warm[i], p[i]);
	kill(other, SIGKILL);
	while (waitpid(other, NULL, 0) < 0 && errno == EINTR)
		;
	snprintf(extra, sizeof(extra),
		 "\"direct\":%s,\"other\":%d,\"small_exec\":%d,\"large_exec\":%d,",
		 direct ? "true" : "false", other, small, large);
	wl_finish(extra);
}
