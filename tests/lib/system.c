// SPDX-License-Identifier: GPL-2.0-only
/*
 * system.c - facts of the machine that a test needs, and settings that are put back after it.
 *
 * Undoing uses no assertion: it must go on with the rest when one step fails.
 */
#include "system.h"
#include "check.h"
#include "ftrace.h"
#include "run.h"
#include "scope.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#define ZRAM "/dev/zram0"
#define ZRAM_SYS "/sys/block/zram0/"

struct setting {
	char path[128];
	char value[128];
};

static struct setting settings[16];
static int nr_settings;
static bool swap_on;

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
	int err = vt_ftrace_cancel();

	while (nr_settings) {
		struct setting *s = &settings[--nr_settings];

		err |= put_quietly(s->path, s->value);
	}
	if (swap_on) {
		if (swapoff(ZRAM)) {
			fprintf(stderr, "test: swapoff " ZRAM ": %s\n", strerror(errno));
			err = -1;
		}
		err |= put_quietly(ZRAM_SYS "reset", "1");
		swap_on = false;
	}
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

/* A test program that is ended from outside must put things back as well. */
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
	char *old = vt_read_file(path, NULL), *pick = old, *end;
	struct setting *s = &settings[nr_settings];

	vt_true(nr_settings < 16);
	if (strchr(old, '[')) /* a choice: "always [madvise] never" */
		pick = strchr(old, '[') + 1;
	end = pick + strcspn(pick, "]\n");
	snprintf(s->path, sizeof(s->path), "%s", path);
	snprintf(s->value, sizeof(s->value), "%.*s", (int)(end - pick), pick);
	nr_settings++;
	free(old);
	vt_write_file(path, value);
}

static void write_swap_header(void)
{
	static char header[4096] __attribute__((aligned(4096)));
	uint32_t *info = (uint32_t *)(header + 1024);
	struct stat st;
	off_t size;
	int fd;

	vt_sys(fd = open(ZRAM, O_RDWR | O_CLOEXEC));
	vt_sys(fstat(fd, &st));
	vt_sys(size = lseek(fd, 0, SEEK_END));
	info[0] = 1;			       /* version */
	info[1] = (uint32_t)(size / 4096) - 1; /* last page */
	memcpy(header + 4096 - 10, "SWAPSPACE2", 10);
	vt_true(pwrite(fd, header, sizeof(header), 0) == (ssize_t)sizeof(header));
	vt_sys(fsync(fd));
	close(fd);
}

void vt_swap_on_zram(const char *size)
{
	char *old = vt_read_file(ZRAM_SYS "disksize", NULL);

	if (atoll(old))
		fail_msg(ZRAM " is in use by somebody else");
	free(old);
	swap_on = true;
	vt_write_file(ZRAM_SYS "disksize", size);
	write_swap_header();
	vt_sys(swapon(ZRAM, 0));
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

		if (end == p || *end != ' ') /* what follows the numbers */
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
