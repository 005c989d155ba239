// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_test - flushes sent and interrupts taken, to the last one: against the kernel's own
 * tracer, and against /proc/interrupts.
 */
#include "bpf_leak.h"
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * check_joined - interrupts whose initiator or call is unknown are listed, to the last one
 * @most: unknown initiators at most: interrupts that may have been on their way when tracing began
 */
static void check_joined(struct json_object *json, int64_t most)
{
	const int64_t all = vt_int(json, "totals.receipts") +
			    vt_int(json, "totals.kernel_receipts");
	int64_t unowned = 0, unknown = 0;
	struct json_object *row;

	vt_each(row, json, "unowned")
	{
		unowned += vt_int(row, "interrupts");
		if (!strcmp(vt_str(row, "reason"), "sender unknown"))
			unknown += vt_int(row, "interrupts");
	}
	vt_equal(all - vt_int(json, "totals.joined"), unknown, "interrupts of unknown senders");
	vt_equal(all - vt_int(json, "totals.owned"), unowned, "interrupts that nothing owns");
	vt_cmp(unknown, <=, most, "interrupts of unknown senders, of %ld", (long)all);
}

/** on_their_way - each CPU waits for the interrupts that it has sent to the others */
static int64_t on_their_way(void)
{
	return (int64_t)vt_cpus() * (vt_cpus() - 1);
}

static void pingpong_counts(void **state)
{
	static struct vt_ktally of_page;
	struct vt_shot shot;
	struct json_object *json, *work;
	int64_t pid, mprotects, own, from, to;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("pingpong", "--pairs", "5000"));
	json = shot.s.json;
	work = shot.s.work;
	pid = vt_int(work, "pid");
	mprotects = vt_int(work, "mprotects");
	vt_equal(mprotects, 10000, "calls that the workload makes");
	/* ld.so and pthread_create() protect something, too; the tracer has counted these. */
	vt_cmp(vt_calls_sum(json, "mprotect", NULL, "count"), >=, mprotects, "mprotects");
	vt_cmp(vt_calls_sum(json, "mprotect", NULL, "count"), <, mprotects + 20, "mprotects");
	vt_equal(vt_calls_sum(json, "mprotect", NULL, "errors"), 0, "mprotects that failed");
	/* Each change of a page that is in use is a flush of at least its own CPU. */
	vt_check_page(&shot, &of_page);
	if (!shot.moved)
		vt_cmp(of_page.call[SYS_mprotect].local, >=, mprotects, "flushes, by the tracer");
	from = vt_cpu(0);
	to = vt_cpu(1);
	vt_equal(vt_int(work, "from_cpu"), from, "CPU of the caller");
	vt_equal(vt_int(work, "to_cpu"), to, "CPU of its thread");
	check_joined(json, 0);
	/* Whoever runs on the second CPU is interrupted; mostly that is its own thread. */
	own = vt_pairs_sum(json, "user", pid, pid, from, to);
	if (!vt_ftrace_has_csd()) {
		vt_equal(own > 0, from != to, "%ld interrupts that its thread took; there are any",
			 own);
	} else {
		vt_equal(vt_pairs_sum(json, "user", pid, -1, from, to), shot.kernel.pair[from][to],
			 "interrupts from the workload's one CPU to the other");
		vt_equal(own, shot.kernel.own[VT_IPI_USER], "interrupts that its thread took");
	}
	print_message("# pingpong: %ld mprotects, %ld sends, %ld receipts, %ld joined, %ld owned\n",
		      vt_calls_sum(json, "mprotect", NULL, "count"), vt_int(json, "totals.sends"),
		      vt_int(json, "totals.receipts"), vt_int(json, "totals.joined"),
		      vt_int(json, "totals.owned"));
	vt_shootdown_free(&shot);
}

/* No other CPU has ever had this address space: each change is a flush of its own CPU alone. */
static void check_alone(struct vt_shot *shot)
{
	static struct vt_ktally of_page;

	vt_check_page(shot, &of_page);
	vt_equal(of_page.call[SYS_mprotect].left, 4000, "mprotects of the page");
	if (!shot->moved)
		vt_equal(of_page.call[SYS_mprotect].local, 4000,
			 "flushes of its own CPU, by the tracer");
	vt_equal(of_page.call[SYS_mprotect].remote, 0, "flushes sent, by the tracer");
	vt_equal(vt_page_sum(shot, "interrupts"), 0, "interrupts");
}

static void single_thread_sends_nothing(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("pingpong", "--pairs", "2000", "--partner", "none"));
	check_alone(&shot);
	vt_shootdown_free(&shot);
}

/* Another process on the other CPU has another address space, and is left alone. */
static void other_processes_are_not_interrupted(void **state)
{
	struct vt_cmd stranger;
	struct vt_shot shot;
	char cpu[16];

	(void)state;
	snprintf(cpu, sizeof(cpu), "%d", vt_cpu(1));
	vt_start(&stranger, NULL, VT_ARGS("taskset", "-c", cpu, "sh", "-c", "while :; do :; done"));
	vt_shootdown(&shot, NULL, VT_ARGS("pingpong", "--pairs", "2000", "--partner", "none"));
	vt_true(!vt_ended(&stranger));
	check_alone(&shot);
	/* The image that the workload left behind may have come from there: the tracer knows. */
	vt_cmp(vt_pairs_sum(shot.s.json, "user", vt_int(shot.s.work, "pid"), stranger.pid, -1, -1),
	       <=, shot.kernel.queued[VT_IPI_USER], "interrupts of the stranger");
	vt_free(&stranger);
	vt_shootdown_free(&shot);
}

/*
 * A CPU that idles with the address space loaded is told when it wakes up, not now. How often it
 * idles is the machine's business: the tracer has counted the same flushes and interrupts, which
 * vt_shootdown() compares.
 */
static void idle_cpus_are_not_interrupted(void **state)
{
	static struct vt_ktally of_page;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("pingpong", "--pairs", "2000", "--partner", "sleeps"));
	vt_check_page(&shot, &of_page);
	vt_equal(of_page.call[SYS_mprotect].left, 4000, "mprotects of the page");
	/* a switch between two of them can have flushed already */
	vt_cmp(vt_page_sum(&shot, "flushes.local"), >, 0, "flushes of its own CPU");
	vt_cmp(vt_page_sum(&shot, "flushes.local"), <=, 4000, "flushes of its own CPU");
	vt_cmp(vt_page_sum(&shot, "interrupts"), <=, vt_page_sum(&shot, "flushes.remote"),
	       "interrupts of one other CPU, of the flushes that were sent");
	vt_shootdown_free(&shot);
}

/* What the tracer saw between the two readings, and of the workload's process from its fork on. */
static void check_row_by_tracer(int64_t row, int64_t own, pid_t pid)
{
	static struct vt_ktally kernel;
	int64_t inner, outer, ignored;

	vt_ftrace_receipts("inner-begin", "inner-end", &inner, &ignored);
	vt_ftrace_receipts("outer-begin", "outer-end", &ignored, &outer);

	vt_cmp(row, >=, inner, "row TLB = the tracer's receipts");
	vt_cmp(row, <=, outer, "row TLB = the tracer's receipts");
	vt_ftrace_tally(&kernel, pid, "start", NULL);
	vt_equal(own, kernel.received[VT_IPI_USER], "interrupts of the workload");
}

/*
 * The whole system, against the row TLB of /proc/interrupts. The row is read while vmascope runs,
 * right before and after the workload's own part, and once more around all of vmascope. In
 * between, other programs' interrupts are in the row, too: the tracer tells those that fall between
 * the readings, and vmascope's pairs those of the workload.
 */
static void system_wide_equals_proc_interrupts(void **state)
{
	const char *output = vt_path("all.json"), *result = vt_path("result.json");
	int64_t before, row[2], after, receipts, own;
	struct json_object *json, *work;
	struct vt_cmd scope, cmd;
	size_t n;

	(void)state;
	before = vt_interrupts("TLB", -1);
	vt_ftrace_start();
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "shootdown", "--by", "call", "-j", "-o", output));
	vt_await_attached(&scope);
	vt_ftrace_mark("start");
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("pingpong"), "--gate", "--pairs", "3000", "--result", result));
	vt_await_text(&cmd, "ready");
	vt_ftrace_mark("outer-begin");
	row[0] = vt_interrupts("TLB", -1);
	vt_ftrace_mark("inner-begin");
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_ftrace_mark("inner-end");
	row[1] = vt_interrupts("TLB", -1);
	vt_ftrace_mark("outer-end");
	vt_interrupt(&scope);
	after = vt_interrupts("TLB", -1);
	vt_ftrace_stop(&n);
	vt_equal(cmd.exit, 0, "workload's exit status");
	json = vt_json_file(output);
	work = vt_json_file(result);

	vt_check_shootdown(json);
	check_joined(json, on_their_way());
	receipts = vt_int(json, "totals.receipts");
	vt_cmp(receipts, >=, row[1] - row[0], "receipts of the run = row TLB");
	vt_cmp(receipts, <=, after - before, "receipts of the run = row TLB");
	own = vt_pairs_sum(json, "user", vt_int(work, "pid"), -1, -1, -1);
	if (!vt_ftrace_has_csd())
		vt_equal(own > 0, vt_cpus() > 1, "%ld interrupts of the workload; there are any",
			 (long)own);
	vt_cmp(own, <=, after - before, "interrupts of the workload, of all");
	print_message("# row TLB: %ld more while the workload ran, %ld of them by it\n",
		      (long)(row[1] - row[0]), (long)own);
	if (vt_ftrace_has_csd())
		check_row_by_tracer(row[1] - row[0], own, (pid_t)vt_int(work, "pid"));
	json_object_put(json);
	json_object_put(work);
	vt_free(&cmd);
	vt_free(&scope);
}

/* A process that runs already: from the attachment on. */
static void attached_process(void **state)
{
	const char *output = vt_path("attached.json"), *result = vt_path("result.json");
	static struct vt_ktally kernel, wider;
	struct vt_cmd scope, cmd;
	struct json_object *json;
	pid_t process;
	char pid[16];
	size_t n;

	(void)state;
	vt_ftrace_start();
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("pingpong"), "--gate", "--pairs", "2000", "--result", result));
	vt_await_text(&cmd, "ready");
	process = cmd.pid;
	snprintf(pid, sizeof(pid), "%d", process);
	vt_ftrace_mark("attach");
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "shootdown", "-j", "-o", output, "-p", pid));
	vt_await_attached(&scope);
	vt_ftrace_mark("gate");
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_wait(&scope, VT_PATIENCE);
	vt_ftrace_stop(&n);
	vt_equal(cmd.exit, 0, "workload's exit status");
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(output);
	/* While it waits it makes no call, but somebody may interrupt it. */
	vt_ftrace_tally(&wider, process, "attach", NULL);
	vt_ftrace_tally(&kernel, process, "gate", NULL);
	vt_check_shootdown(json);
	vt_check_kernel(json, &kernel, &wider);
	vt_cmp(vt_calls_sum(json, "mprotect", NULL, "count"), >=, 4000, "mprotects");
	check_joined(json, on_their_way());
	json_object_put(json);
	vt_free(&cmd);
	vt_free(&scope);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(pingpong_counts),
	VT_TEST(single_thread_sends_nothing),
	VT_TEST(other_processes_are_not_interrupted),
	VT_TEST(idle_cpus_are_not_interrupted),
	VT_TEST(system_wide_equals_proc_interrupts),
	VT_TEST(attached_process),
};

VT_MAIN(tests)
