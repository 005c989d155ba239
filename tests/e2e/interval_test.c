// SPDX-License-Identifier: GPL-2.0-only
/*
 * interval_test - an interval has the figures of that interval: threads, maxima, columns.
 */
#include "bpf_leak.h"
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int64_t thread_faults(struct json_object *stat, int64_t tid)
{
	struct json_object *thread;
	int64_t n = 0;

	vt_each(thread, stat, "threads") if (vt_int(thread, "tid") == tid)
		n += vt_int(thread, "faults");
	return n;
}

/** Intervals that the storm lasts for. */
#define INTERVALS 8

/** struct progress - wait until stdout of @cmd has @nr lines that hold or, with NULL, begin a document */
struct progress {
	const struct vt_cmd *cmd;
	const char *mark;
	size_t nr;
};

static size_t marks(const struct progress *p)
{
	char *text = vt_peek(p->cmd), *rest = text, *line;
	size_t n = 0;

	while ((line = strsep(&rest, "\n")))
		n += p->mark ? strstr(line, p->mark) != NULL : *line == '{';
	free(text);
	return n;
}

static bool has_marks(void *arg)
{
	const struct progress *p = arg;

	return vt_ended(p->cmd) || marks(p) >= p->nr;
}

/**
 * watch_storm - `stat -i` with @options and two threads of a storm, which lasts for INTERVALS
 * intervals, however long the machine takes for them
 * @mark: what one line of each has; NULL: it is a document
 */
static void watch_storm(struct vt_cmd *stat, const char *const *options, const char *mark)
{
	const char *argv[16] = { vt_vmascope(), "stat", "-i", "100ms" };
	struct progress progress = { .cmd = stat, .mark = mark };
	struct vt_cmd storm;
	char pid[16];
	size_t n = 4;

	vt_start(&storm, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("storm"), "--gate", "--seconds", "3600", "--threads", "2"));
	vt_await_text(&storm, "ready");
	snprintf(pid, sizeof(pid), "%d", storm.pid);
	while (*options)
		argv[n++] = *options++;
	argv[n++] = "-p";
	argv[n++] = pid;
	vt_start(stat, NULL, argv);
	vt_await_attached(stat);
	vt_close_stdin(&storm);
	progress.nr = marks(&progress) + INTERVALS;
	vt_await(has_marks, &progress, "intervals", VT_PATIENCE);
	vt_signal(&storm, SIGTERM);
	vt_wait(&storm, VT_PATIENCE);
	vt_equal(storm.exit, 0, "exit status of the storm: %s", storm.err);
	vt_wait(stat, VT_PATIENCE);
	vt_equal(stat->exit, 0, "exit status: %s", stat->err);
	vt_free(&storm);
}

/* The last document is of the whole run, those before are its intervals. */
static struct json_object *run_storm(size_t *nr_intervals)
{
	struct vt_cmd cmd;
	struct json_object *all;

	watch_storm(&cmd, VT_ARGS("--by", "thread", "-j"), NULL);
	all = vt_json_lines(cmd.out, "stat -i");
	vt_free(&cmd);
	*nr_intervals = json_object_array_length(all) - 1;
	vt_cmp(*nr_intervals, >=, INTERVALS, "intervals");
	return all;
}

static void thread_times_add_up(void **state)
{
	struct json_object *all, *run, *thread;
	size_t n;

	(void)state;
	all = run_storm(&n);
	run = json_object_array_get_idx(all, n);
	vt_cmp(vt_len(run, "threads"), >=, 3, "threads");
	vt_each(thread, run, "threads")
	{
		const int64_t tid = vt_int(thread, "tid");
		int64_t sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += thread_faults(json_object_array_get_idx(all, i), tid);
		vt_equal(sum, vt_int(thread, "faults"), "faults of thread %ld over all intervals",
			 (long)tid);
	}
	json_object_put(all);
}

/* An interval is as long as its threads can have been in faults in it, and no longer. */
static void thread_time_is_within_the_interval(void **state)
{
	struct json_object *all, *thread;
	size_t n;

	(void)state;
	all = run_storm(&n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *interval = json_object_array_get_idx(all, i);

		vt_each(thread, interval, "threads")
			vt_cmp(vt_int(thread, "lived_ns"), <=, vt_int(interval, "duration_ns"),
			       "life of a thread in interval %zu", i + 1);
	}
	json_object_put(all);
}

static void maximum_is_of_the_interval(void **state)
{
	struct json_object *all;
	int64_t max, greatest = 0, least = INT64_MAX;
	size_t n;

	(void)state;
	all = run_storm(&n);
	for (size_t i = 0; i < n; i++) {
		struct json_object *interval = json_object_array_get_idx(all, i);

		if (!vt_int(interval, "totals.latency_ns.count"))
			continue;
		max = vt_int(interval, "totals.latency_ns.max");
		vt_cmp(max, >, 0, "maximum of interval %zu", i + 1);
		vt_cmp(max, >=,
		       vt_int(interval, "totals.latency_ns.sum") /
			       vt_int(interval, "totals.latency_ns.count"),
		       "maximum and average of interval %zu", i + 1);
		greatest = max > greatest ? max : greatest;
		least = max < least ? max : least;
	}
	max = vt_int(json_object_array_get_idx(all, n), "totals.latency_ns.max");
	vt_equal(greatest, max, "the greatest of all is the run's");
	vt_cmp(least, <, max, "an interval's maximum, where the run's was in another");
	json_object_put(all);
}

/* Each interval's lines have the same columns. */
static void columns_do_not_change(void **state)
{
	char *line, *save = NULL, head[512] = "";
	struct vt_cmd cmd;
	int heads = 0;

	(void)state;
	watch_storm(&cmd, VT_ARGS("-w"), "FAULTS ");
	for (line = strtok_r(cmd.out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char words[512] = "", *word, *rest = NULL;

		if (strstr(line, "Page faults of"))
			break;
		if (!strstr(line, "FAULTS "))
			continue;
		for (word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
			strncat(words, word, sizeof(words) - strlen(words) - 2);
			strcat(words, " ");
		}
		if (heads++)
			vt_equal(strcmp(words, head), 0, "'%s' after '%s'", words, head);
		strcpy(head, words);
	}
	vt_cmp(heads, >=, INTERVALS, "heads of intervals");
	vt_free(&cmd);
}

/** look - run the iterator of @link once, as each end of an interval does for all tasks */
static void look(int link)
{
	union bpf_attr attr = { 0 };
	char threads[4096];
	int fd;

	attr.iter_create.link_fd = (uint32_t)link;
	fd = (int)syscall(SYS_bpf, BPF_ITER_CREATE, &attr, sizeof(attr));
	vt_sys(fd);
	while (read(fd, threads, sizeof(threads)) > 0)
		;
	close(fd);
}

static int link_to_process(int prog, pid_t pid)
{
	union bpf_iter_link_info info = { .task.pid = (uint32_t)pid };
	union bpf_attr attr = { 0 };
	int link;

	attr.link_create.prog_fd = (uint32_t)prog;
	attr.link_create.attach_type = BPF_TRACE_ITER;
	attr.link_create.iter_info = (uintptr_t)&info;
	attr.link_create.iter_info_len = sizeof(info);
	link = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	vt_sys(link);
	return link;
}

/* The workload writes its result at once, when its faults are done. */
static bool has_result(const char *file)
{
	struct stat st;

	return !stat(file, &st) && st.st_size > 0;
}

/*
 * A fault that ends while an interval's look at all threads is under way counts once. An interval has one
 * look, of which it took some ten thousand to count a fault twice, as one without a trap, too: here its
 * iterator looks at the process as often as it can. A program that clears `pending` before it counts the
 * end fails at the first of some hundred looks.
 */
static void faults_during_thread_scans_count_once(void **state)
{
	struct progress first = { .nr = 1 };
	struct json_object *all, *run;
	struct vt_cmd stat;
	struct vt_gated g;
	int prog, link;
	long looks = 0;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("storm", "--stay", "--faults", "100000"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&stat, NULL, VT_ARGS(vt_vmascope(), "stat", "-i", "100ms", "-j", "-p", pid));
	first.cmd = &stat;
	/* then it is an interval's end that the iterator is for */
	vt_await(has_marks, &first, "an interval", VT_PATIENCE);
	prog = vt_bpf_program(stat.pid, "task_iter");
	link = link_to_process(prog, g.work.pid);
	vt_equal(write(g.work.stdin_fd, "", 1), 1, "byte to the gate");
	for (; !has_result(g.result) && !vt_ended(&g.work); looks++)
		look(link);
	close(link);
	close(prog);
	vt_gated_run(&g);
	vt_wait(&stat, VT_PATIENCE);
	vt_equal(stat.exit, 0, "exit status: %s", stat.err);
	print_message("# %ld looks beside 100,000 faults\n", looks);
	all = vt_json_lines(stat.out, "stat -i");
	run = json_object_array_get_idx(all, json_object_array_length(all) - 1);
	vt_check_sums(run);
	vt_check_attached_usage(run, g.known);
	vt_equal(vt_int(run, "totals.gup"), 0, "faults without a trap");
	json_object_put(all);
	vt_free(&stat);
	vt_gated_free(&g);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(thread_times_add_up),
	VT_TEST(thread_time_is_within_the_interval),
	VT_TEST(maximum_is_of_the_interval),
	VT_TEST(columns_do_not_change),
	VT_TEST(faults_during_thread_scans_count_once),
};

VT_MAIN(tests)
