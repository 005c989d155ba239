// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_test - record --max-size: what is on disk at any moment, what is written and kept in memory
 * for processes that have ended; held against file systems of that size, stat(2) and /proc.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** disk_of - a file system in memory of @bytes, which only this test and its children see */
static const char *disk_of(size_t bytes)
{
	const char *at = vt_path("disk");
	char options[64];

	vt_sys(unshare(CLONE_NEWNS));
	vt_sys(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	vt_sys(mkdir(at, 0700));
	snprintf(options, sizeof(options), "size=%zu", bytes);
	vt_sys(mount("none", at, "tmpfs", 0, options));
	return at;
}

static const char *in_dir(const char *dir, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/** check_ring - what report makes of it has all that @result knows. */
static void check_ring(struct vt_recorded *r, const char *result)
{
	struct json_object *json;

	if (r->cmd.exit)
		fail_msg("record: exit status %d, stderr: %.2000s", r->cmd.exit, r->cmd.err);
	r->work = vt_json_file(result);
	json = vt_report_json(r->file, 0);
	vt_check_sums(json);
	vt_check_usage(json, r->work);
	json_object_put(json);
}

/* A byte more than --max-size, and there would be no room for it. */
static void ring_fits_a_disk_of_max_size(void **state)
{
	const char *disk = disk_of(1 << 20), *result;
	struct vt_recorded r = { .file = in_dir(disk, "ring") };
	struct json_object *summary;
	size_t lines;

	(void)state;
	vt_record_start(&r, VT_ARGS("--max-size", "1M"), VT_ARGS("storm", "--faults", "700000"),
			&result);
	vt_wait(&r.cmd, 10 * VT_PATIENCE);
	check_ring(&r, result);
	summary = vt_report_trace(r.file, 0, &lines);
	vt_cmp(lines, >, 50000, "events that are left");
	vt_cmp(lines, <, 700000, "events that are left");
	json_object_put(summary);
	vt_recorded_free(&r);
	vt_sys(umount2(disk, MNT_DETACH));
}

/* Many processes, memory calls, flushes and the stacks of all: sums stay exact. */
static void ring_of_many_processes_and_stacks(void **state)
{
	const char *disk = disk_of(4 << 20), *result;
	struct vt_recorded r = { .file = in_dir(disk, "ring") };

	(void)state;
	vt_record_start(
		&r, VT_ARGS("--max-size", "4M", "-U", "-K", "--events", "fault,memcall,shootdown"),
		VT_ARGS("forks", "--procs", "3000"), &result);
	vt_wait(&r.cmd, 10 * VT_PATIENCE);
	check_ring(&r, result);
	vt_recorded_free(&r);
	vt_sys(umount2(disk, MNT_DETACH));
}

/* --- the same on a disk, seen from outside ------------------------------------------------------ */

/** struct seen - the most that was there at one time; @samples of it */
struct seen {
	_Atomic long bytes;
	_Atomic long blocks;
	_Atomic long samples;
};

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return -versionsort(a, b);
}

/**
 * sample - all files of @dir
 *
 * The newest is looked at first: those before it do not grow any more, so what is found was there
 * at that moment, at least.
 */
static void sample(const char *dir, struct seen *seen)
{
	long bytes = 0, blocks = 0;
	struct dirent **list;
	const int fd = open(dir, O_RDONLY | O_DIRECTORY);
	int n = scandir(dir, &list, NULL, newest_first);
	struct stat st;

	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.' || list[i]->d_name[1] == 'r')
			if (!fstatat(fd, list[i]->d_name, &st, AT_SYMLINK_NOFOLLOW)) {
				bytes += st.st_size;
				blocks += st.st_blocks * 512;
			}
		free(list[i]);
	}
	free(list);
	close(fd);
	if (bytes > seen->bytes)
		seen->bytes = bytes;
	if (blocks > seen->blocks)
		seen->blocks = blocks;
	seen->samples++;
}

static pid_t start_sampling(const char *dir, struct seen *seen)
{
	const pid_t pid = fork();

	vt_sys(pid);
	while (!pid) {
		sample(dir, seen);
		usleep(200);
	}
	return pid;
}

static void disk_use_never_exceeds_max_size(void **state)
{
	const char *dir = vt_path("ring"), *result;
	struct vt_recorded r = {};
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t sampler;

	(void)state;
	vt_true(seen != MAP_FAILED);
	vt_sys(mkdir(dir, 0700));
	r.file = in_dir(dir, "ring");
	sampler = start_sampling(dir, seen);
	vt_record_start(&r, VT_ARGS("--max-size", "1M", "--events", "fault,memcall"),
			VT_ARGS("storm", "--faults", "500000", "--threads", "4"), &result);
	vt_wait(&r.cmd, 10 * VT_PATIENCE);
	vt_sys(kill(sampler, SIGKILL));
	vt_sys(waitpid(sampler, NULL, 0));
	check_ring(&r, result);
	vt_cmp(seen->samples, >, 10, "samples");
	vt_cmp(seen->bytes, >, 1 << 19, "bytes of all files at one time");
	vt_cmp(seen->bytes, <=, 1 << 20, "bytes of all files at one time");
	vt_cmp(seen->blocks, <=, 1 << 20, "bytes on disk of all files at one time");
	vt_recorded_free(&r);
	munmap(seen, sizeof(*seen));
}

/* --- the dead --------------------------------------------------------------------------------- */

/** number_in - of file /proc/PID/@name, behind @key */
static int64_t number_in(pid_t pid, const char *name, const char *key)
{
	char path[64], *text, *at;
	int64_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	text = vt_read_file(path, NULL);
	at = strstr(text, key);
	vt_true(at);
	n = strtoll(at + strlen(key), NULL, 10);
	free(text);
	return n;
}

/** cpu_ms - user and system time so far */
static int64_t cpu_ms(pid_t pid)
{
	unsigned long user, system;
	char path[64], *text;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = vt_read_file(path, NULL);
	vt_equal(sscanf(strrchr(text, ')') + 2,
			"%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
		 2, "times of %s", path);
	free(text);
	return (int64_t)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

#define IDLE_SECONDS 8
/** Bytes that an idle recorder writes in a second, at most. */
#define IDLE_BYTES 1024

/** struct quiet - wait until @pid writes no more than an idle recorder does */
struct quiet {
	pid_t pid;
	struct timespec since;
	int64_t written;
};

/*
 * A checkpoint of what changed follows within a second of the last change; on a loaded machine it is
 * written later. Three seconds without one mean that it has been written.
 */
static bool is_quiet(void *arg)
{
	struct quiet *q = arg;
	const int64_t written = number_in(q->pid, "io", "wchar: ");
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (q->since.tv_sec && written - q->written <= 3 * IDLE_BYTES)
		return now.tv_sec - q->since.tv_sec > 2;
	q->since = now;
	q->written = written;
	return false;
}

/** struct idle - what a recorder did in IDLE_SECONDS, and its own memory before */
struct idle {
	int64_t kib;
	int64_t written;
	int64_t ms;
};

/** record_idle - record @procs processes, then IDLE_SECONDS without any. */
static void record_idle(struct vt_recorded *r, const char *procs, struct idle *idle)
{
	const struct vt_how how = { .stdin_pipe = true };
	const char *result = vt_path("result.json");
	const pid_t *pid = &r->cmd.pid;
	struct quiet quiet = {};
	int64_t half_kib;

	vt_start(&r->cmd, &how,
		 VT_ARGS(vt_vmascope(), "record", "-o", r->file, "--max-size", "4M", "--ring",
			 "1024", "--", vt_workload("forks"), "--result", result, "--procs", procs,
			 "--wait"));
	vt_await_text(&r->cmd, "half");
	/* of the tables of BPF, what has been touched is resident, too: that has its own bound */
	half_kib = number_in(*pid, "status", "RssAnon:");
	vt_await_text(&r->cmd, "done");
	quiet.pid = *pid;
	vt_await(is_quiet, &quiet, "the last checkpoint of what has changed", VT_PATIENCE);
	idle->kib = number_in(*pid, "status", "RssAnon:") - half_kib;
	idle->written = number_in(*pid, "io", "wchar: ");
	idle->ms = cpu_ms(*pid);
	sleep(IDLE_SECONDS);
	idle->written = number_in(*pid, "io", "wchar: ") - idle->written;
	idle->ms = cpu_ms(*pid) - idle->ms;
	print_message("# after %s processes: %lld bytes and %lld ms of CPU in %d idle seconds, "
		      "%lld KiB more for the second half\n",
		      procs, (long long)idle->written, (long long)idle->ms, IDLE_SECONDS,
		      (long long)idle->kib);
	vt_close_stdin(&r->cmd);
	vt_wait(&r->cmd, VT_PATIENCE);
	check_ring(r, result);
}

/* What a recorder costs that never saw them is all that it costs. */
static void exited_processes_cost_nothing(void **state)
{
	struct vt_recorded few = { .file = vt_path("few") }, many = { .file = vt_path("many") };
	struct idle base, idle;

	(void)state;
	vt_freed_is_free();
	record_idle(&few, "2", &base);
	record_idle(&many, "6000", &idle);
	vt_cmp(idle.written, <, IDLE_BYTES * IDLE_SECONDS, "bytes written while nothing happens");
	vt_cmp(idle.written, >, 0, "bytes written while nothing happens");
	vt_cmp(idle.ms, <=, 2 * base.ms + 50, "ms of CPU while nothing happens");
	vt_cmp(idle.kib, <, 32 << 10, "KiB for 3,000 processes that have ended");
	vt_recorded_free(&few);
	vt_recorded_free(&many);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(ring_fits_a_disk_of_max_size),
	VT_TEST(ring_of_many_processes_and_stacks),
	VT_TEST(disk_use_never_exceeds_max_size),
	VT_TEST(exited_processes_cost_nothing),
};

VT_MAIN(tests)
