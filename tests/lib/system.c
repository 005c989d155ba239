// SPDX-License-Identifier: GPL-2.0-only
/*
 * system.c - properties of the machine that a test needs, and settings that are restored after it.
 *
 * Restoring uses no assertions: if one step fails, the others must still be done.
 */
#include "system.h"
#include "check.h"
#include "ftrace.h"
#include "run.h"
#include "scope.h"
#include "tracer.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/vfs.h>
#include <unistd.h>

/** 2 MiB, as a power of two of base pages. */
#define HUGE_ORDER 9
/** More than any test needs. */
#define ENOUGH_HUGE_PAGES 256

#define ZRAM_CONTROL "/sys/class/zram-control/"
/** swapon(2): swap with the highest priority is used first. */
#define SWAP_FIRST (SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK)

struct setting {
	char path[128];
	char value[128];
};

static struct setting settings[16];
static int nr_settings;
static int zram = -1; /* number of the zram device */
static bool swap_on;
static int lock_fd = -1;

void vt_lock_machine(void)
{
	if (lock_fd >= 0)
		return;
	vt_sys(lock_fd = open(VT_MACHINE_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	while (flock(lock_fd, LOCK_EX))
		vt_true(errno == EINTR);
}

/* Use flock(2), not just close(2): a child may have inherited the descriptor. */
static void unlock_machine(void)
{
	if (lock_fd < 0)
		return;
	flock(lock_fd, LOCK_UN);
	close(lock_fd);
	lock_fd = -1;
}

static const char *zram_path(const char *name)
{
	static char path[4][64];
	static unsigned int serial;
	char *p = path[serial++ % 4];

	snprintf(p, sizeof(path[0]), "/sys/block/zram%d/%s", zram, name);
	return p;
}

static const char *zram_device(void)
{
	static char path[32];

	snprintf(path, sizeof(path), "/dev/zram%d", zram);
	return path;
}

static int put_quietly(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, value, strlen(value));

	if (n < 0)
		fprintf(stderr, "test: cannot put %s back to '%s': %s\n", path, value,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}

static int undo(void)
{
	int err = vt_tracer_cancel();

	while (nr_settings) {
		struct setting *s = &settings[--nr_settings];

		err |= put_quietly(s->path, s->value);
	}
	if (swap_on && swapoff(zram_device())) {
		fprintf(stderr, "test: swapoff %s: %s\n", zram_device(), strerror(errno));
		err = -1;
	}
	swap_on = false;
	if (zram >= 0) {
		char number[16];

		snprintf(number, sizeof(number), "%d", zram);
		err |= put_quietly(zram_path("reset"), "1");
		err |= put_quietly(ZRAM_CONTROL "hot_remove", number);
		zram = -1;
	}
	unlock_machine();
	return err;
}

void vt_undo(void)
{
	vt_equal(undo(), 0, "settings put back");
}

int vt_test_done(void **state)
{
	(void)state;
	vt_kill_left();
	return undo();
}

/* A test program that is terminated must restore the settings, too. */
static void on_term(int sig)
{
	undo();
	signal(sig, SIG_DFL);
	raise(sig);
}

int vt_require_root(void **state)
{
	(void)state;
	if (geteuid()) {
		fprintf(stderr, "test: must run as root\n");
		return -1;
	}
	if (access(vt_vmascope(), X_OK)) {
		fprintf(stderr, "test: no %s\n", vt_vmascope());
		return -1;
	}
	signal(SIGTERM, on_term);
	signal(SIGINT, on_term);
	signal(SIGPIPE, SIG_IGN);
	/*
	 * inherited settings that matter: the mode of new files, and where workloads create theirs: on a disk,
	 * as pages of a tmpfs are never clean, and never written back
	 */
	umask(022);
	setenv("TMPDIR", vt_disk_dir(), 1);
	return 0;
}

int vt_group_done(void **state)
{
	int err = vt_test_done(state);

	vt_cleanup();
	return err;
}

void vt_set(const char *path, const char *value)
{
	struct setting *s = &settings[nr_settings];
	char *old, *pick, *end;

	vt_lock_machine();
	vt_true(nr_settings < 16);
	pick = old = vt_read_file(path, NULL);
	if (strchr(old, '[')) /* a selection: "always [madvise] never" */
		pick = strchr(old, '[') + 1;
	end = pick + strcspn(pick, "]\n");
	snprintf(s->path, sizeof(s->path), "%s", path);
	snprintf(s->value, sizeof(s->value), "%.*s", (int)(end - pick), pick);
	nr_settings++;
	free(old);
	vt_write_file(path, value);
}

/* Free memory in blocks of at least 2 MiB, over all zones and nodes, in units of 2 MiB. */
static long free_huge_pages(void)
{
	char *text = vt_read_file("/proc/buddyinfo", NULL), *rest = text, *line;
	long all = 0;

	while ((line = strsep(&rest, "\n"))) {
		char *p = line, *end;
		int at = 0;

		/* then the numbers of blocks of 1, 2, 4, … pages */
		if (sscanf(line, "Node %*d, zone %*s%n", &at) || !at)
			continue;
		p += at;
		for (int order = 0; (void)strtol(p, &end, 10), end != p; order++, p = end)
			all += order < HUGE_ORDER ? 0 : strtol(p, NULL, 10) << (order - HUGE_ORDER);
	}
	free(text);
	return all;
}

void vt_compact(void)
{
	static const char path[] = "/proc/sys/vm/compact_memory";

	if (free_huge_pages() >= ENOUGH_HUGE_PAGES || access(path, F_OK)) /* CONFIG_COMPACTION */
		return;
	vt_lock_machine();
	vt_write_file(path, "1");
}

static bool in_memory(const char *dir)
{
	struct statfs fs;

	return statfs(dir, &fs) || fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
	       fs.f_type == HUGETLBFS_MAGIC;
}

const char *vt_disk_dir(void)
{
	const char *const dirs[] = { getenv("TMPDIR"), "/tmp", "/var/tmp", "build/tests" };
	static char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (dirs[i] && *dirs[i] && !access(dirs[i], W_OK) && !in_memory(dirs[i]) &&
		    realpath(dirs[i], path))
			return path;
	return "/tmp";
}

static long number_in(const char *path)
{
	char *text = vt_read_file(path, NULL);
	long n = atol(text);

	free(text);
	return n;
}

void vt_add(const char *path, long more)
{
	char value[32];
	long want;

	vt_lock_machine();
	want = number_in(path) + more;
	snprintf(value, sizeof(value), "%ld", want);
	vt_set(path, value);
	vt_equal(number_in(path), want, "%s", path);
}

static void write_swap_header(void)
{
	static char header[4096] __attribute__((aligned(4096)));
	uint32_t *info = (uint32_t *)(header + 1024);
	off_t size;
	int fd;

	vt_sys(fd = open(zram_device(), O_RDWR | O_CLOEXEC));
	vt_sys(size = lseek(fd, 0, SEEK_END));
	info[0] = 1;			       /* version */
	info[1] = (uint32_t)(size / 4096) - 1; /* last page */
	memcpy(header + 4096 - 10, "SWAPSPACE2", 10);
	vt_true(pwrite(fd, header, sizeof(header), 0) == (ssize_t)sizeof(header));
	vt_sys(fsync(fd));
	close(fd);
}

static bool has_zram_device(void *arg)
{
	(void)arg;
	return !access(zram_device(), F_OK);
}

/* Use a new device, as the first one may be the machine's swap. */
void vt_swap_on_zram(const char *size)
{
	vt_lock_machine();
	if (access(ZRAM_CONTROL, F_OK)) {
		struct vt_cmd modprobe;

		vt_run(&modprobe, NULL, VT_ARGS("modprobe", "zram"));
		vt_equal(modprobe.exit, 0, "modprobe zram: %s", modprobe.err);
		vt_free(&modprobe);
	}
	zram = (int)number_in(ZRAM_CONTROL "hot_add");
	vt_await(has_zram_device, NULL, "the new zram device has its name", VT_PATIENCE);
	vt_write_file(zram_path("disksize"), size);
	write_swap_header();
	vt_sys(swapon(zram_device(), SWAP_FIRST));
	swap_on = true;
}

const char *vt_zram(void)
{
	return zram < 0 ? "" : zram_path("");
}

int64_t vt_vmstat(const char *name)
{
	char *text = vt_read_file("/proc/vmstat", NULL), *line, *save;
	long long value = -1;
	size_t n = strlen(name);

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, name, n) && line[n] == ' ')
			value = atoll(line + n);
	free(text);
	if (value < 0)
		fail_msg("/proc/vmstat has no %s", name);
	return value;
}

int64_t vt_interrupts(const char *name, int cpu)
{
	char *text = vt_read_file("/proc/interrupts", NULL), *p, *end, row[32];
	int64_t sum = 0;

	snprintf(row, sizeof(row), "%s:", name);
	p = strstr(text, row);
	if (!p || (p[-1] != ' ' && p[-1] != '\n'))
		fail_msg("/proc/interrupts has no row %s", name);
	p += strlen(row);
	for (int i = 0;; i++, p = end) {
		long long n = strtoll(p, &end, 10);

		if (end == p || *end != ' ') /* the text after the numbers */
			break;
		if (cpu < 0 || cpu == i)
			sum += n;
	}
	free(text);
	return sum;
}

int64_t vt_task_faults(pid_t pid)
{
	char path[64], *text, *p;
	long long minor, major;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = vt_read_file(path, NULL);
	p = strrchr(text, ')');
	vt_true(p);
	/* state ppid pgrp session tty tpgid flags minflt cminflt majflt */
	vt_equal(sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %lld %*u %lld", &minor, &major), 2,
		 "fields of %s", path);
	free(text);
	return minor + major;
}

int64_t vt_resident_kib(pid_t pid)
{
	char path[64], *text, *line;
	int64_t kib;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	text = vt_read_file(path, NULL);
	line = strstr(text, "VmRSS:");
	vt_true(line);
	kib = strtoll(line + 6, NULL, 10);
	free(text);
	return kib;
}

void vt_freed_is_free(void)
{
	setenv("ASAN_OPTIONS", "detect_leaks=1:exitcode=99:quarantine_size_mb=1", 1);
}

const char *vt_cgroup2(void)
{
	static char at[256];
	char *text = vt_read_file("/proc/self/mountinfo", NULL), *line, *save;

	at[0] = 0;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!at[0] && strstr(line, " - cgroup2 "))
			sscanf(line, "%*s %*s %*s %*s %255s", at);
	free(text);
	if (!at[0])
		fail_msg("no cgroup v2 hierarchy is mounted");
	return at;
}

static void get_cpus(cpu_set_t *all)
{
	cpu_set_t before;

	memset(all, 0xff, sizeof(*all));
	vt_sys(sched_getaffinity(0, sizeof(before), &before));
	vt_sys(sched_setaffinity(0, sizeof(*all), all));
	vt_sys(sched_getaffinity(0, sizeof(*all), all));
	vt_sys(sched_setaffinity(0, sizeof(before), &before));
}

int vt_cpus(void)
{
	cpu_set_t all;

	get_cpus(&all);
	return CPU_COUNT(&all);
}

int vt_cpu(int n)
{
	cpu_set_t all;
	int cpu = 0;

	get_cpus(&all);
	for (n %= CPU_COUNT(&all);; cpu++)
		if (CPU_ISSET(cpu, &all) && !n--)
			return cpu;
}

bool vt_cpu_has(const char *flag)
{
	char *text = vt_read_file("/proc/cpuinfo", NULL), *p = text;
	size_t n = strlen(flag);
	bool found = false;

	while (!found && (p = strstr(p, flag))) {
		found = p[-1] == ' ' && (p[n] == ' ' || p[n] == '\n');
		p += n;
	}
	free(text);
	return found;
}

bool vt_kernel_has(const char *name)
{
	char with_ends[64];
	size_t len, n = (size_t)snprintf(with_ends, sizeof(with_ends), "%c%s", 0, name) + 1;
	char *types = vt_read_file("/sys/kernel/btf/vmlinux", &len);
	bool has;

	vt_cmp(n, <=, sizeof(with_ends), "length of %s", name);
	has = memmem(types, len, with_ends, n);
	free(types);
	return has;
}

bool vt_exists(const char *program)
{
	char *path = strdup(getenv("PATH") ?: ""), *save, file[512];
	bool found = false;

	for (char *dir = strtok_r(path, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		snprintf(file, sizeof(file), "%s/%s", dir, program);
		found = found || !access(file, X_OK);
	}
	free(path);
	return found;
}

bool vt_can_unshare(const char *option)
{
	struct vt_cmd cmd;
	bool can;

	vt_run(&cmd, NULL, VT_ARGS("unshare", option, "true"));
	can = !cmd.exit;
	vt_free(&cmd);
	if (!can)
		print_message("# no unshare %s here\n", option);
	return can;
}
