// SPDX-License-Identifier: GPL-2.0-only
/* load.c - kernel counters for a program that vmascope traces. */
#include "load.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

static const char *const calls[VT_LOAD_CALLS] = {
	"mmap",	   "munmap",	    "mprotect",	       "brk",	"madvise",
	"mremap",  "pkey_mprotect", "process_madvise", "mlock", "mlock2",
	"munlock", "mlockall",	    "munlockall",
};

int vt_count_event(pid_t pid, const char *event, const char *filter)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.size = sizeof(attr),
					.inherit = 1 };
	char path[128], *text;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", event);
	text = vt_read_file(path, NULL);
	attr.config = strtoull(text, NULL, 10);
	free(text);
	fd = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		fail_msg("perf_event_open of %s: %s", event, strerror(errno));
	if (filter)
		vt_sys(ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter));
	return fd;
}

/** count_traps - open a counter of software event @config in @pid and all that it will fork */
static int count_traps(pid_t pid, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = config, .inherit = 1
	};
	const int fd = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		fail_msg("perf_event_open of page faults: %s", strerror(errno));
	return fd;
}

int64_t vt_counted(int fd)
{
	int64_t n = -1;

	vt_equal(read(fd, &n, sizeof(n)), sizeof(n), "size of a counter");
	return n;
}

/* Faults of the process itself: fields 10 and 12 of /proc/PID/stat. */
static void usage_of(pid_t pid, int64_t *minor, int64_t *major)
{
	char path[64], *text, *p;
	long a, b;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	text = vt_read_file(path, NULL);
	p = strrchr(text, ')');
	vt_true(p && sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %ld %*u %ld", &a, &b) == 2);
	*minor = a;
	*major = b;
	free(text);
}

void vt_load_start(struct vt_load *load, const char *const *argv)
{
	/*
	 * --reap: it exits after all descendants of the program, so that all counters and vmascope
	 * are complete
	 */
	const char *all[64] = { vt_workload("gate"), "--reap" };
	const struct vt_how how = { .stdin_pipe = true };
	char event[64];
	size_t n = 2;

	memset(load, 0, sizeof(*load));
	while (*argv) {
		vt_true(n < 62);
		all[n++] = *argv++;
	}
	vt_start(&load->cmd, &how, all);
	vt_await_text(&load->cmd, "ready");
	for (size_t i = 0; i < VT_LOAD_CALLS; i++) {
		snprintf(event, sizeof(event), "syscalls/sys_exit_%s", calls[i]);
		load->fd[i] = vt_count_event(load->cmd.pid, event, NULL);
	}
	/* include/trace/events/tlb.h: TLB_REMOTE_SEND_IPI */
	load->fd[VT_LOAD_CALLS] = vt_count_event(load->cmd.pid, "tlb/tlb_flush", "reason == 4");
	load->fd[VT_LOAD_CALLS + 1] = count_traps(load->cmd.pid, PERF_COUNT_SW_PAGE_FAULTS_MIN);
	load->fd[VT_LOAD_CALLS + 2] = count_traps(load->cmd.pid, PERF_COUNT_SW_PAGE_FAULTS_MAJ);
}

int vt_load_run(struct vt_load *load)
{
	struct rusage before, after;
	int64_t minor, major;

	usage_of(load->cmd.pid, &minor, &major);
	vt_sys(getrusage(RUSAGE_CHILDREN, &before));
	vt_close_stdin(&load->cmd);
	vt_wait(&load->cmd, VT_PATIENCE);
	vt_sys(getrusage(RUSAGE_CHILDREN, &after));
	load->minor = after.ru_minflt - before.ru_minflt - minor;
	load->major = after.ru_majflt - before.ru_majflt - major;
	for (size_t i = 0; i < VT_LOAD_CALLS; i++)
		load->calls[i] = vt_counted(load->fd[i]);
	load->sends = vt_counted(load->fd[VT_LOAD_CALLS]);
	load->traps = vt_counted(load->fd[VT_LOAD_CALLS + 1]) +
		      vt_counted(load->fd[VT_LOAD_CALLS + 2]);
	return load->cmd.exit;
}

void vt_load_free(struct vt_load *load)
{
	for (size_t i = 0; i < sizeof(load->fd) / sizeof(*load->fd); i++)
		close(load->fd[i]);
	vt_free(&load->cmd);
}

static void same_faults(const struct vt_load *load, struct json_object *json, const char *verb,
			unsigned int flags)
{
	const int64_t minor = vt_int(json, "totals.minor"), major = vt_int(json, "totals.major");

	vt_check_sums(json);
	if (flags & VT_LOAD_UNWAITED) {
		vt_equal(minor + major - vt_int(json, "totals.gup"), load->traps,
			 "completed traps by %s = software events", verb);
		vt_cmp(minor, >=, load->minor, "minor faults by %s, with those not waited for",
		       verb);
		vt_cmp(major, >=, load->major, "major faults by %s, with those not waited for",
		       verb);
		return;
	}
	vt_equal(minor, load->minor, "minor faults by %s = getrusage", verb);
	vt_equal(major, load->major, "major faults by %s = getrusage", verb);
}

static void same_calls(const struct vt_load *load, struct json_object *json)
{
	int64_t all = 0, sends;

	vt_check_shootdown(json);
	for (size_t i = 0; i < VT_LOAD_CALLS; i++) {
		vt_equal(vt_calls_sum(json, calls[i], NULL, "count"), load->calls[i],
			 "calls of %s = sys_exit_%s", calls[i], calls[i]);
		all += load->calls[i];
	}
	vt_cmp(vt_int(json, "totals.calls"), >=, all, "calls in totals");
	/*
	 * since 6.16 a task's counters end before its memory is released: they miss its last flush
	 */
	sends = vt_int(json, "totals.sends");
	vt_cmp(sends, >=, load->sends, "flushes of other CPUs = tlb_flush");
	vt_cmp(sends - vt_calls_sum(json, "exit", NULL, "flushes.remote"), <=, load->sends,
	       "flushes of other CPUs, without those of exit = tlb_flush");
}

/* Run @argv under @verb, whose counts must match those of the kernel. */
static void check_run(const char *verb, const char *const *argv, int status, unsigned int flags)
{
	const char *output = vt_path("load.output");
	const bool record = !strcmp(verb, "record");
	struct json_object *json;
	struct vt_load load;
	struct vt_cmd scope;
	char pid[16];

	vt_load_start(&load, argv);
	snprintf(pid, sizeof(pid), "%d", load.cmd.pid);
	if (record)
		vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), verb, "-o", output, "-p", pid));
	else
		vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), verb, "-j", "-o", output, "-p", pid));
	vt_await_attached(&scope);
	vt_equal(vt_load_run(&load), status, "exit status of %s: %.400s", argv[0], load.cmd.err);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = record ? vt_report_json(output, 0) : vt_json_file(output);
	if (!strcmp(verb, "shootdown"))
		same_calls(&load, json);
	else
		same_faults(&load, json, verb, flags);
	json_object_put(json);
	vt_free(&scope);
	vt_load_free(&load);
}

void vt_load_check(const char *const *argv, int status, unsigned int flags)
{
	check_run("stat", argv, status, flags);
	check_run("shootdown", argv, status, flags);
	check_run("record", argv, status, flags);
}
