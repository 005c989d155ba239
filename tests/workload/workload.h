/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * workload.h - what every workload needs: guarded mappings, counted touches, and a last line of
 * JSON that says what the program knows about its own faults.
 *
 * Each workload is one translation unit, so everything here is static. A count that a workload
 * expects is checked against getrusage() around the very loop that makes it; a difference makes
 * the program exit with WL_EXIT_WRONG, so that a test never compares with a wrong expectation.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h> /* glibc 2.35 */
#define HAVE_RSEQ 1
#endif

#define WL_PAGE 4096UL
/** Pages that one read fault of a cached file page maps: fault_around_bytes' default. */
#define WL_AROUND 16UL
/** Exit statuses: usage, a system call failed, own expectation wrong, not possible here. */
#define WL_EXIT_USAGE 2
#define WL_EXIT_FAILED 3
#define WL_EXIT_WRONG 4
#define WL_EXIT_SKIP 77

#define WL_MAX_RANGES 8192
#define WL_OUT_SIZE (4UL << 20)
#define WL_UNUSED __attribute__((unused))
#define WL_NOINLINE __attribute__((noinline))

/** struct wl_range - what one process knows about one range of its addresses */
struct wl_range {
	char kind[24];
	char cause[24];
	uint64_t start;
	uint64_t end;
	uint64_t faults; /* completed: minor + major */
	uint64_t minor;
	uint64_t major;
	uint64_t incomplete; /* faults that end in a signal */
	uint64_t read;
	uint64_t write;
	uint64_t exec;
	uint64_t gup;	/* of @faults, those without a trap */
	uint64_t slack; /* the VMA may have this many more, made by others */
	bool repeats;	/* the kernel may fault again on a page: writeback of its file */
	int pid;
};

/** struct wl_shared - seen by the program and all the children that it forks */
struct wl_shared {
	_Atomic unsigned int nr;
	_Atomic unsigned int wrong;
	struct wl_range range[WL_MAX_RANGES];
};

static struct wl_shared *wl_shared;
static char *wl_out;
static size_t wl_out_len;
static int wl_result_fd = -1;
/* a result that is a file has another name while it is written: who sees it, sees all of it */
static char wl_result_path[4096], wl_result_part[4096 + 8];
static const char *wl_name = "?";
static char wl_carried[1 << 16];
static struct rusage wl_at_gate;
static long wl_moved; /* wl_moved_pages() at the start */
static bool wl_stay;  /* wl_finish() waits for the end of stdin once the result is written */

__attribute__((format(printf, 1, 2), noreturn)) static void wl_die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	dprintf(2, "%s: ", wl_name);
	va_start(ap, fmt);
	vdprintf(2, fmt, ap);
	va_end(ap);
	dprintf(2, ": %s\n", strerror(err));
	_exit(WL_EXIT_FAILED);
}

/** wl_skip - say that this machine cannot do it; the test decides whether that was to be expected */
__attribute__((format(printf, 1, 2), noreturn)) static WL_UNUSED void wl_skip(const char *fmt, ...)
{
	va_list ap;

	dprintf(2, "%s: skipped: ", wl_name);
	va_start(ap, fmt);
	vdprintf(2, fmt, ap);
	va_end(ap);
	dprintf(2, "\n");
	_exit(WL_EXIT_SKIP);
}

static void *wl_mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
{
	void *p = mmap(at, len, prot, flags, fd, off);

	if (p == MAP_FAILED)
		wl_die("mmap of %zu bytes", len);
	return p;
}

/** wl_moved_pages - number of pages that the kernel has migrated since boot, of all processes; 0: it does not */
static long wl_moved_pages(void)
{
	static const char name[] = "\npgmigrate_success ";
	static char text[1 << 15];
	int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;
	char *at;

	while (fd >= 0 && n > 0 && len < sizeof(text) - 1) {
		n = read(fd, text + len, sizeof(text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	text[len] = '\0';
	at = strstr(text, name);
	return at ? atol(at + strlen(name)) : 0;
}

/**
 * wl_init - shared records and the output buffer, all of it touched; no huge pages from here on, and no
 * faults of NUMA balancing
 *
 * Such a fault may come at any moment up to the end, after the usage was printed. A task that has a memory
 * policy is not scanned (vma_policy_mof()); this one is what the kernel does without.
 */
static void wl_init(const char *name)
{
	wl_name = name;
	wl_moved = wl_moved_pages();
	if (syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0UL) && errno != ENOSYS && errno != EPERM)
		wl_die("set_mempolicy");
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		wl_die("PR_SET_THP_DISABLE");
	wl_shared = wl_mmap(NULL, sizeof(*wl_shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	wl_out = wl_mmap(NULL, WL_OUT_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

/** wl_open_result - @arg of --result: a file descriptor's number, or a file to write */
static void wl_open_result(const char *arg)
{
	char *end;
	long fd = strtol(arg, &end, 10);
	struct stat st;

	if (*arg && !*end) {
		wl_result_fd = (int)fd;
	} else if (!stat(arg, &st) && !S_ISREG(st.st_mode)) {
		/* a device or a FIFO is not replaced */
		wl_result_fd = open(arg, O_WRONLY | O_CLOEXEC);
	} else {
		snprintf(wl_result_path, sizeof(wl_result_path), "%s", arg);
		snprintf(wl_result_part, sizeof(wl_result_part), "%s.part", wl_result_path);
		wl_result_fd = open(wl_result_part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	if (wl_result_fd < 0)
		wl_die("%s", arg);
}

/**
 * wl_write_result - write the first @len bytes of what wl_printf() has collected, if there is a place
 * @len: 0: for nothing, so that the next time takes no fault
 *
 * Return: false if it failed.
 */
static WL_UNUSED bool wl_write_result(size_t len)
{
	if (wl_result_fd < 0)
		return true;
	if (syscall(SYS_write, wl_result_fd, wl_out, len) != (long)len)
		return false;
	if (!*wl_result_path)
		return true;
	if (!len) {
		/* the names may have been swapped out */
		syscall(SYS_access, wl_result_part, F_OK);
		syscall(SYS_access, wl_result_path, F_OK);
		return true;
	}
	return !syscall(SYS_rename, wl_result_part, wl_result_path);
}

/** wl_name_result - give the result its name, while it is empty: for who is about to lose the right to */
static WL_UNUSED void wl_name_result(void)
{
	if (*wl_result_path && rename(wl_result_part, wl_result_path))
		wl_die("%s", wl_result_path);
	*wl_result_path = '\0';
}

/** wl_number - @arg as a positive number, or exit with a usage error */
static WL_UNUSED unsigned long wl_number(const char *opt, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 0);

	if (!*arg || *end) {
		dprintf(2, "%s: --%s wants a number, not '%s'\n", wl_name, opt, arg);
		_exit(WL_EXIT_USAGE);
	}
	return n;
}

#define WL_MAX_OPTIONS 15

/** struct wl_option - an option: one of the three pointers says what it takes, and where it goes */
struct wl_option {
	const char *name;
	unsigned long *number;
	const char **text;
	bool *flag;
};

static WL_UNUSED void wl_set_option(const struct wl_option *o, const char *arg)
{
	if (o->number)
		*o->number = wl_number(o->name, arg);
	else if (o->text)
		*o->text = arg;
	else
		*o->flag = true;
}

/**
 * wl_options - parse the command line
 * @options: ends with a name of NULL; --result, if it is not among them, opens the result
 *
 * Exits with a usage error if it can't. Return: index of the first operand.
 */
static WL_UNUSED int wl_options(int argc, char **argv, const struct wl_option *options)
{
	struct option longs[WL_MAX_OPTIONS + 2] = { 0 };
	int n, c;

	for (n = 0; n < WL_MAX_OPTIONS && options[n].name; n++)
		longs[n] = (struct option){ options[n].name, !options[n].flag, NULL, n + 1 };
	longs[n] = (struct option){ "result", required_argument, NULL, n + 1 };
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c < 1 || c > n + 1)
			_exit(WL_EXIT_USAGE);
		if (c == n + 1)
			wl_open_result(optarg);
		else
			wl_set_option(&options[c - 1], optarg);
	}
	return optind;
}

/**
 * wl_gate - say "ready" on stdout, then wait for a byte or the end of stdin
 *
 * Takes the usage right before, by code that was all run once: from then until the gate opens
 * this thread takes no fault, so a tracer that attaches meanwhile must count what follows exactly.
 */
static WL_UNUSED void wl_gate(void)
{
	char line[] = "ready\n", c;

	for (size_t pass = 0; pass < 2; pass++) {
		if (getrusage(RUSAGE_SELF, &wl_at_gate))
			wl_die("getrusage");
		if (write(1, line, 6 * pass) != (ssize_t)(6 * pass))
			wl_die("write to stdout");
		while (read(0, &c, pass) < 0 && errno == EINTR)
			;
	}
}

/**
 * wl_reserve - room for a mapping that has no neighbour to merge with
 * @len: bytes; @align: alignment of the start in bytes
 *
 * PROT_NONE pages stay on both sides.
 */
static char *wl_reserve(size_t len, size_t align)
{
	char *p = wl_mmap(NULL, len + align + 2 * WL_PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t at = ((uintptr_t)p + WL_PAGE + align - 1) & ~(align - 1);

	return (char *)at;
}

/** wl_map - map @len bytes with guards around; starts on a 64 KiB boundary (see WL_AROUND) */
static char *wl_map(size_t len, int prot, int flags, int fd)
{
	char *at = wl_reserve(len, WL_AROUND * WL_PAGE);

	return wl_mmap(at, len, prot, flags | MAP_FIXED, fd, 0);
}

static WL_UNUSED char *wl_map_anon(size_t len)
{
	return wl_map(len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/** wl_write - write a byte into @n pages, @stride bytes apart */
static WL_UNUSED WL_NOINLINE void wl_write(char *p, size_t n, size_t stride)
{
	for (size_t i = 0; i < n; i++)
		*(volatile char *)(p + i * stride) = 1;
}

/** wl_write_down - as wl_write(), from the last page to the first */
static WL_UNUSED WL_NOINLINE void wl_write_down(char *p, size_t n, size_t stride)
{
	while (n--)
		*(volatile char *)(p + n * stride) = 1;
}

/** wl_read - read a byte of @n pages, @stride bytes apart */
static WL_UNUSED WL_NOINLINE void wl_read(char *p, size_t n, size_t stride)
{
	for (size_t i = 0; i < n; i++)
		(void)*(volatile char *)(p + i * stride);
}

/** wl_call - call the function that begins at each of @n addresses, @stride bytes apart */
static WL_UNUSED WL_NOINLINE void wl_call(char *p, size_t n, size_t stride)
{
	for (size_t i = 0; i < n; i++)
		((void (*)(void))(uintptr_t)(p + i * stride))();
}

/** wl_fill_returns - fill @buf with the machine's return instruction, for wl_call() */
static WL_UNUSED void wl_fill_returns(void *buf, size_t len)
{
#if defined(__x86_64__) || defined(__i386__)
	memset(buf, 0xc3, len);
#elif defined(__aarch64__)
	for (size_t i = 0; i < len / 4; i++)
		((uint32_t *)buf)[i] = 0xd65f03c0;
#elif defined(__riscv)
	for (size_t i = 0; i < len / 4; i++)
		((uint32_t *)buf)[i] = 0x00008067;
#else
#error "which instruction returns?"
#endif
}

/**
 * wl_make_file - a file of @pages cached, clean pages
 * @path: template for mkstemp(), filled in
 *
 * Written a page at a time, so that the page cache holds single pages: a fault on a large folio
 * may map all of it (6.18: 19773df031bc). Return: a descriptor.
 */
static WL_UNUSED int wl_make_file(char *path, size_t pages)
{
	static char page[WL_PAGE] __attribute__((aligned(4096)));
	int fd = mkstemp(path);

	if (fd < 0)
		wl_die("%s", path);
	wl_fill_returns(page, sizeof(page));
	for (size_t i = 0; i < pages; i++)
		if (write(fd, page, sizeof(page)) != (ssize_t)sizeof(page))
			wl_die("write to %s", path);
	if (fsync(fd))
		wl_die("fsync of %s", path);
	return fd;
}

static WL_UNUSED const char *wl_tmpdir(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

/** wl_range_add - a new record; the caller fills in what it knows */
static WL_UNUSED struct wl_range *wl_range_add(const char *kind, void *start, size_t len)
{
	unsigned int i = atomic_fetch_add(&wl_shared->nr, 1);
	struct wl_range *r = &wl_shared->range[i];

	if (i >= WL_MAX_RANGES) {
		errno = ENOSPC;
		wl_die("more than %d ranges", WL_MAX_RANGES);
	}
	snprintf(r->kind, sizeof(r->kind), "%s", kind);
	r->start = (uintptr_t)start;
	r->end = (uintptr_t)start + len;
	r->pid = getpid();
	return r;
}

static void wl_usage_of(int who, struct rusage *ru)
{
	if (getrusage(who, ru))
		wl_die("getrusage");
}

enum wl_how {
	WL_READ,
	WL_WRITE,
	WL_WRITE_DOWN,
	WL_EXEC
};

static void wl_touch(enum wl_how how, char *p, size_t n, size_t stride)
{
	static void (*const touch[])(char *, size_t, size_t) = {
		[WL_READ] = wl_read,
		[WL_WRITE] = wl_write,
		[WL_WRITE_DOWN] = wl_write_down,
		[WL_EXEC] = wl_call,
	};

	touch[how](p, n, stride);
}

/**
 * wl_warm_thread - take the faults of the thread's own control block
 *
 * The kernel writes the rseq area in there whenever it has preempted the thread: after a fork,
 * that is a copy-on-write fault at any moment. Atomic, because the kernel may write meanwhile.
 */
static void wl_warm_thread(void)
{
#if defined(HAVE_RSEQ)
	char *rseq = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size)
		__atomic_fetch_or(rseq, 0, __ATOMIC_RELAXED);
#endif
	errno = 0;
}

/** wl_warm - take the faults of wl_counted()'s own code and stack, before it counts */
static WL_UNUSED void wl_warm(void)
{
	static char page[2 * WL_PAGE] __attribute__((aligned(4096)));
	struct rusage ru;

	wl_warm_thread();
	for (int how = WL_READ; how <= WL_WRITE_DOWN; how++)
		wl_touch(how, page, 2, WL_PAGE);
	wl_touch(WL_EXEC, page, 0, 0);
	wl_usage_of(RUSAGE_THREAD, &ru);
	wl_usage_of(RUSAGE_SELF, &ru);
}

/**
 * wl_expect - add what happened since @before to @r, and say so if it is not @want faults
 *
 * More may come where the kernel moves pages (compaction): an access to one, such as of the stack, meanwhile is
 * a minor fault. These are in the usage, but not in @r.
 * Return: false if it was not.
 */
static WL_UNUSED bool wl_expect(struct wl_range *r, const struct rusage *before,
				const struct rusage *after, uint64_t want)
{
	uint64_t minor = (uint64_t)(after->ru_minflt - before->ru_minflt);
	uint64_t major = (uint64_t)(after->ru_majflt - before->ru_majflt);

	if (!r->repeats && minor + major > want && minor + major - want <= minor &&
	    wl_moved_pages() != wl_moved)
		minor = want - major;
	r->minor += minor;
	r->major += major;
	if (r->repeats && minor + major > want)
		want = minor + major;
	r->faults += want;
	if (minor + major == want)
		return true;
	dprintf(2, "%s: pid %d: %s: %lu faults expected, getrusage says %lu minor + %lu major\n",
		wl_name, r->pid, r->kind, want, minor, major);
	atomic_fetch_add(&wl_shared->wrong, 1);
	return false;
}

/** wl_counted - touch @n pages of @r, each of which must fault once */
static WL_UNUSED void wl_counted(struct wl_range *r, enum wl_how how, char *p, size_t n,
				 size_t stride)
{
	struct rusage before, after;

	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	wl_usage_of(RUSAGE_THREAD, &before);
	wl_touch(how, p, n, stride);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, n);
	if (r->repeats)
		n = (uint64_t)(after.ru_minflt - before.ru_minflt + after.ru_majflt -
			       before.ru_majflt);
	if (how == WL_READ)
		r->read += n;
	else if (how == WL_EXEC)
		r->exec += n;
	else
		r->write += n;
}

__attribute__((format(printf, 1, 2))) static void wl_printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(wl_out + wl_out_len, WL_OUT_SIZE - wl_out_len, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= WL_OUT_SIZE - wl_out_len) {
		errno = ENOSPC;
		wl_die("result");
	}
	wl_out_len += (size_t)n;
}

static void wl_print_range(const struct wl_range *r)
{
	wl_printf("{\"pid\":%d,\"kind\":\"%s\",\"cause\":\"%s\",\"start\":\"0x%lx\","
		  "\"end\":\"0x%lx\",\"faults\":%lu,\"minor\":%lu,\"major\":%lu,"
		  "\"incomplete\":%lu,\"read\":%lu,\"write\":%lu,\"exec\":%lu,\"gup\":%lu,"
		  "\"slack\":%lu}",
		  r->pid, r->kind, r->cause, r->start, r->end, r->faults, r->minor, r->major,
		  r->incomplete, r->read, r->write, r->exec, r->gup, r->slack);
}

/* The ranges of an earlier image of this process, as JSON, then ours. */
static void wl_print_ranges(void)
{
	unsigned int n = atomic_load(&wl_shared->nr);

	wl_printf("%s", wl_carried);
	for (unsigned int i = 0; i < n; i++) {
		if (i || wl_carried[0])
			wl_printf(",");
		wl_print_range(&wl_shared->range[i]);
	}
}

static WL_NOINLINE void wl_print_usage(void)
{
	struct rusage self, children;

	wl_usage_of(RUSAGE_CHILDREN, &children);
	wl_usage_of(RUSAGE_SELF, &self);
	wl_printf("\"self\":{\"minor\":%ld,\"major\":%ld},\"children\":{\"minor\":%ld,"
		  "\"major\":%ld},\"faults\":%ld}\n",
		  self.ru_minflt, self.ru_majflt, children.ru_minflt, children.ru_majflt,
		  self.ru_minflt + self.ru_majflt + children.ru_minflt + children.ru_majflt);
}

/**
 * wl_finish - write the result and end
 * @extra: more members, each with a comma behind, or ""
 *
 * The usage is printed once for nothing, so that the second time, which counts, takes no fault;
 * nothing after it does either. Exits by system call, so that no exit handler runs.
 */
__attribute__((noreturn)) static WL_UNUSED void wl_finish(const char *extra)
{
	int status = atomic_load(&wl_shared->wrong) ? WL_EXIT_WRONG : 0;
	struct rusage now;
	size_t mark;
	char c = 0;

	wl_printf("{\"workload\":\"%s\",\"pid\":%d,\"ok\":%s,%s", wl_name, getpid(),
		  status ? "false" : "true", extra);
	wl_printf("\"at_gate\":{\"minor\":%ld,\"major\":%ld},\"ranges\":[", wl_at_gate.ru_minflt,
		  wl_at_gate.ru_majflt);
	wl_print_ranges();
	wl_printf("],");
	mark = wl_out_len;
	wl_warm_thread();
	wl_write_result(0);
	wl_print_usage();
	wl_usage_of(RUSAGE_SELF, &now);
	wl_out_len = mark;
	wl_print_usage();
	wl_write_result(wl_out_len);
	while (wl_stay && syscall(SYS_read, 0, &c, 1) > 0)
		;
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}

/* CPUs that this program may use: all that are online and that its cpuset has, whatever its mask is. */
static void wl_cpus(cpu_set_t *all)
{
	cpu_set_t before;

	memset(all, 0xff, sizeof(*all));
	if (sched_getaffinity(0, sizeof(before), &before) ||
	    sched_setaffinity(0, sizeof(*all), all) || sched_getaffinity(0, sizeof(*all), all) ||
	    sched_setaffinity(0, sizeof(before), &before))
		wl_die("CPUs");
}

/** wl_cpu - number of the @n-th CPU, from 0; where there are fewer, one of them again */
static WL_UNUSED unsigned long wl_cpu(unsigned long n)
{
	unsigned long cpu = 0;
	cpu_set_t all;

	wl_cpus(&all);
	for (n %= (unsigned long)CPU_COUNT(&all);; cpu++)
		if (CPU_ISSET(cpu, &all) && !n--)
			return cpu;
}

static WL_UNUSED bool wl_one_cpu(void)
{
	return wl_cpu(0) == wl_cpu(1);
}

/**
 * wl_pin - run this thread on the @n-th CPU alone
 *
 * And before other programs, if it may: two threads are to run at the same time, not in turn. In the idle
 * class, which is inherited, a nice value is without effect.
 */
static WL_UNUSED void wl_pin(unsigned long n)
{
	const struct sched_param ordinary = { 0 };
	const unsigned long cpu = wl_cpu(n);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		wl_die("cannot run on CPU %lu", cpu);
	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	setpriority(PRIO_PROCESS, 0, -10);
}

/**
 * wl_fresh_on - begin anew on the @n-th CPU, so that this address space has never been on another
 *
 * The kernel keeps a CPU in an address space's mask for a while after it left (x86, 6.13), and
 * sends flushes there. Call it first; it returns in the new image.
 */
static WL_UNUSED void wl_fresh_on(unsigned long n, char **argv)
{
	char exe[4096];
	cpu_set_t set;
	ssize_t len;

	if (sched_getaffinity(0, sizeof(set), &set))
		wl_die("sched_getaffinity");
	if (CPU_COUNT(&set) == 1 && CPU_ISSET(wl_cpu(n), &set) && getenv("WL_FRESH"))
		return;
	wl_pin(n);
	setenv("WL_FRESH", "1", 1);
	len = readlink("/proc/self/exe", exe, sizeof(exe) - 1); /* for its name as the task's */
	if (len > 0) {
		exe[len] = 0;
		execv(exe, argv);
	}
	wl_die("exec of /proc/self/exe");
}

/** wl_reap - wait for @pid, whose exit status must be 0 */
static WL_UNUSED void wl_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			wl_die("waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		errno = ECHILD;
		wl_die("child %d ended with status 0x%x", pid, status);
	}
}

static WL_UNUSED pid_t wl_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		wl_die("fork");
	return pid;
}

#endif /* WORKLOAD_H */
