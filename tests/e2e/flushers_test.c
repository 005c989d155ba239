// SPDX-License-Identifier: GPL-2.0-only
/*
 * flushers_test - whose a TLB flush is, where that is easily mistaken: of a process that is killed
 * inside of a system call, of an ioctl, of a 32-bit system call.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define SYS_IOCTL 16
#define PIDS (1 << 22) /* PID_MAX_LIMIT */

static int64_t flushes(struct json_object *json, const char *call, const char *advice)
{
	return vt_calls_sum(json, call, advice, "flushes.local") +
	       vt_calls_sum(json, call, advice, "flushes.remote");
}

/* Rows of calls that flush nothing by themselves, and that the workload's processes were in. */
static void check_innocent(struct json_object *json, const char *mode)
{
	static const char *const innocent[] = { "system-call", "madvise", "other", "userfaultfd",
						"kernel-thread" };

	for (size_t i = 0; i < sizeof(innocent) / sizeof(innocent[0]); i++)
		vt_equal(flushes(json, innocent[i], NULL), 0, "flushes of %s in mode %s",
			 innocent[i], mode);
}

/** struct last - of a task: full flushes since its last system call began or returned */
struct last {
	bool member;
	int64_t flushes;
};

/**
 * ends - flushes by the end of @pid and of its descendants: full ones behind the last system call of
 * each, or inside of one that did not return; a fault that copies flushes a page
 */
static int64_t ends(const struct vt_kevent *e, size_t n, pid_t pid)
{
	struct last *last = calloc(PIDS, sizeof(*last));
	int64_t sum = 0;

	vt_true(last);
	last[pid].member = true;
	for (size_t i = 0; i < n; i++) {
		struct last *t = &last[e[i].tid];

		if (e[i].kind == VT_FORK)
			last[e[i].a].member |= t->member;
		if (e[i].kind == VT_ENTER || e[i].kind == VT_LEAVE)
			t->flushes = 0;
		t->flushes += e[i].kind == VT_FLUSH && e[i].b == UINT64_MAX &&
			      (e[i].a == VT_REASON_SEND || e[i].a == VT_REASON_LOCAL ||
			       e[i].a == VT_REASON_LOCAL_MM);
	}
	for (size_t i = 0; i < PIDS; i++)
		sum += last[i].member ? last[i].flushes : 0;
	free(last);
	return sum;
}

/**
 * by_the_kernel - full flushes in faults, for which the kernel has reasons that no test controls:
 * a fault that finds no free page reclaims or compacts memory
 */
static int64_t by_the_kernel(struct json_object *json)
{
	static const char *const calls[] = { "cow", "fault", "numa", "reclaim" };
	int64_t sum = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		sum += vt_calls_sum(json, calls[i], NULL, "flushes.full");
	return sum;
}

static void check_killed(const char *mode)
{
	const struct vt_kevent *events;
	int64_t by_exit, ended;
	struct vt_scope s;
	size_t n;

	vt_ftrace_start();
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("flushers", mode));
	events = vt_ftrace_stop(&n);
	vt_check_shootdown(s.json);
	check_innocent(s.json, mode);
	by_exit = flushes(s.json, "exit", NULL);
	ended = ends(events, n, (pid_t)vt_int(s.work, "pid"));
	/* those in faults may have come behind the last system call, or before it */
	vt_cmp(by_exit, <=, ended, "flushes of exit in mode %s", mode);
	vt_cmp(by_exit, >=, ended - by_the_kernel(s.json), "flushes of exit in mode %s", mode);
	vt_scope_free(&s);
}

static void killed_while_asleep(void **state)
{
	(void)state;
	check_killed("killed-asleep");
}

static void killed_during_map_populate(void **state)
{
	(void)state;
	check_killed("killed-in-populate");
}

static void exited_by_another_thread(void **state)
{
	(void)state;
	check_killed("ended-by-thread");
}

/* In a memory call, most likely: too many calls for the tracer. */
static void killed_during_calls(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL,
		     VT_ARGS("flushers", "--count", "100", "killed-in-calls"));
	vt_check_shootdown(s.json);
	check_innocent(s.json, "killed-in-calls");
	vt_scope_free(&s);
}

/**
 * run - a mode that this machine may not have; then it must say so, and nothing else
 *
 * Return: whether it has.
 */
static bool run(struct vt_scope *s, const char *mode)
{
	if (!vt_possible(VT_ARGS(vt_workload("flushers"), "--count", "1", mode)))
		return false;
	vt_scope_one(s, "shootdown", NULL, VT_ARGS("flushers", mode));
	return true;
}

/* 6.7: what is no userfaultfd's ioctl is a system call of its own number. */
static void ioctl_of_pagemap(void **state)
{
	struct json_object *row;
	struct vt_scope s;
	int64_t got = 0;

	(void)state;
	if (!run(&s, "pagemap-scan"))
		return;
	vt_equal(flushes(s.json, "userfaultfd", NULL), 0, "flushes of userfaultfd");
	vt_equal(vt_calls_sum(s.json, "system-call", NULL, "flushes.local"),
		 vt_int(s.work, "flushes"), "flushes of other system calls");
	vt_each(row, s.json, "unowned") if (!strcmp(vt_str(row, "reason"), "system-call") &&
					    vt_int(row, "syscall") == SYS_IOCTL)
		got += vt_int(row, "count");
	vt_cmp(got, >=, vt_int(s.work, "flushes"), "flushes of ioctl");
	vt_scope_free(&s);
}

/* A guest's first store to a page that a fork shares: the copy is KVM_RUN's, or a fault's in it. */
static void ioctl_of_kvm(void **state)
{
	struct vt_scope s;

	(void)state;
	if (!run(&s, "kvm"))
		return;
	vt_equal(flushes(s.json, "userfaultfd", NULL), 0, "flushes of userfaultfd");
	vt_cmp(flushes(s.json, "system-call", NULL) + flushes(s.json, "cow", NULL), >=,
	       vt_int(s.work, "flushes"), "flushes of ioctl and of copies");
	vt_scope_free(&s);
}

/* Their numbers are other calls' among the 64-bit ones. */
static void check_32(const char *mode, const char *call, const char *advice)
{
	struct vt_scope s, none;
	int64_t got;

	if (!run(&s, mode))
		return;
	vt_scope_one(&none, "shootdown", NULL, VT_ARGS("flushers", "--count", "0", mode));
	vt_equal(flushes(s.json, "system-call", NULL), 0, "flushes of other system calls");
	/* a flush that is sent to another CPU has a local part, too: that is all of them */
	got = vt_calls_sum(s.json, call, advice, "flushes.local") -
	      vt_calls_sum(none.json, call, advice, "flushes.local");
	vt_cmp(got, >=, vt_int(s.work, "flushes"), "flushes of %s in mode %s", call, mode);
	vt_cmp(got, <=, vt_int(s.work, "flushes") + vt_int(s.work, "maybe"),
	       "flushes of %s in mode %s", call, mode);
	vt_scope_free(&s);
	vt_scope_free(&none);
}

static void calls_of_32_bit_programs(void **state)
{
	(void)state;
	check_32("mprotect-32", "mprotect", NULL);
	check_32("madvise-32", "madvise", "MADV_DONTNEED");
	check_32("msync-32", "writeback", NULL);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(killed_while_asleep),	   VT_TEST(killed_during_map_populate),
	VT_TEST(exited_by_another_thread), VT_TEST(killed_during_calls),
	VT_TEST(ioctl_of_pagemap),	   VT_TEST(ioctl_of_kvm),
	VT_TEST(calls_of_32_bit_programs),
};

VT_MAIN(tests)
