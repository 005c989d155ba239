// SPDX-License-Identifier: GPL-2.0-only
/*
 * attach_test - attaching to what already runs: redis under load, perf beside it, and nothing
 * left behind.
 */
#include "bpf_leak.h"
#include "check.h"
#include "redis.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vt_redis redis;

static int redis_done(void **state)
{
	if (redis.server.pid > 0)
		vt_redis_stop(&redis);
	return vt_test_done(state);
}

static void start_on_redis(struct vt_cmd *scope, const char *output)
{
	static char pid[16];

	snprintf(pid, sizeof(pid), "%d", redis.server.pid);
	vt_start(scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", pid));
	vt_await_attached(scope);
}

static void check_redis_vmas(struct json_object *json)
{
	struct json_object *process = vt_process(json, redis.server.pid), *vma;
	int64_t anon = 0;

	vt_check_sums(json);
	vt_equal(vt_len(json, "processes"), 1, "processes");
	vt_equal(strcmp(vt_str(process, "comm"), "redis-server"), 0, "comm");
	vt_true(!vt_bool(process, "exited"));
	vt_each(vma, process, "vmas")
	{
		if (!strcmp(vt_str(vma, "name"), "[anon]") ||
		    !strcmp(vt_str(vma, "name"), "[heap]"))
			anon += vt_int(vma, "faults");
		vt_cmp(strlen(vt_str(vma, "name")), >, 0, "length of a name");
	}
	vt_cmp(anon * 10, >=, vt_int(process, "faults") * 9, "faults in anonymous memory, of all");
}

/* Faults by /proc/PID/stat, read inside and outside of the attachment, enclose the count. */
static void redis_faults(void **state)
{
	const char *output = vt_path("redis.json");
	int64_t outer, inner, counted;
	struct json_object *json;
	struct vt_cmd scope;

	(void)state;
	vt_redis_start(&redis);
	outer = vt_task_faults(redis.server.pid);
	start_on_redis(&scope, output);
	inner = vt_task_faults(redis.server.pid);
	vt_redis_bench(&redis, "200000");
	inner = vt_task_faults(redis.server.pid) - inner;
	vt_interrupt(&scope);
	outer = vt_task_faults(redis.server.pid) - outer;
	json = vt_json_file(output);
	counted = vt_int(json, "totals.minor") + vt_int(json, "totals.major");
	vt_cmp(inner, >, 5000, "faults of redis under load");
	vt_cmp(counted, >=, inner, "faults counted, by /proc/PID/stat while attached");
	vt_cmp(counted, <=, outer, "faults counted, by /proc/PID/stat around");
	check_redis_vmas(json);
	json_object_put(json);
	vt_free(&scope);
}

/* BGSAVE forks: the child's and the parent's copies are both followed. */
static void redis_bgsave_child_is_followed(void **state)
{
	const char *output = vt_path("bgsave.json");
	struct json_object *json;
	struct vt_cmd scope;

	(void)state;
	vt_redis_start(&redis);
	vt_redis_bench(&redis, "50000");
	start_on_redis(&scope, output);
	vt_redis_cli(&redis, "BGSAVE", NULL);
	vt_redis_bench(&redis, "50000");
	vt_redis_cli(&redis, "BGSAVE", "SCHEDULE");
	vt_interrupt(&scope);
	json = vt_json_file(output);
	vt_check_sums(json);
	vt_cmp(vt_len(json, "processes"), >=, 2, "redis and its saving child");
	json_object_put(json);
	vt_free(&scope);
}

/* Every request is answered. How fast is for `make bench` to say; the figures are for people. */
static void redis_answers_every_request(void **state)
{
	double with, without;
	struct vt_cmd scope;

	(void)state;
	vt_redis_start(&redis);
	vt_redis_bench(&redis, "200000"); /* warm: the keys exist */
	without = vt_redis_bench(&redis, "200000");
	start_on_redis(&scope, vt_path("serving.json"));
	with = vt_redis_bench(&redis, "200000");
	vt_true(!vt_ended(&scope));
	vt_interrupt(&scope);
	vt_free(&scope);
	print_message("# redis SET/s: %.0f without, %.0f with vmascope\n", without, with);
	vt_cmp(with, >, 0, "requests a second");
}

static void leaves_nothing(int sig)
{
	static struct vt_bpf_ids before;
	struct vt_cmd scope;

	vt_redis_start(&redis);
	vt_bpf_list(&before);
	start_on_redis(&scope, vt_path("leak.json"));
	vt_cmp(vt_bpf_held(scope.pid), >, 2, "BPF objects while attached");
	vt_signal(&scope, sig);
	vt_wait(&scope, VT_PATIENCE);
	vt_bpf_await_none_new(&before);
	vt_free(&scope);
	vt_true(!vt_ended(&redis.server));
	vt_redis_bench(&redis, "1000"); /* it still serves */
}

static void no_bpf_left_after_sigint(void **state)
{
	(void)state;
	leaves_nothing(SIGINT);
}

static void no_bpf_left_after_sigterm(void **state)
{
	(void)state;
	leaves_nothing(SIGTERM);
}

static void no_bpf_left_after_sigkill(void **state)
{
	(void)state;
	leaves_nothing(SIGKILL);
}

/* The gate: both tracers attach while the workload waits, and see all that comes after. */
struct gated {
	struct vt_cmd work;
	const char *result;
	char pid[16];
};

static void start_gated(struct gated *g, const char *name, const char *a, const char *b)
{
	g->result = vt_path("gated.json");
	vt_start(&g->work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload(name), "--gate", "--result", g->result, a, b));
	vt_await_text(&g->work, "ready");
	snprintf(g->pid, sizeof(g->pid), "%d", g->work.pid);
}

static void run_gated(struct gated *g)
{
	vt_close_stdin(&g->work);
	vt_wait(&g->work, VT_PATIENCE);
	vt_equal(g->work.exit, 0, "workload's exit status: %s", g->work.err);
}

static void counts_of_a_running_process(void **state)
{
	const char *output = vt_path("attached.json");
	struct json_object *json, *known;
	struct vt_cmd scope;
	struct gated g;

	(void)state;
	start_gated(&g, "exact", "--pages", "100");
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", g.pid));
	vt_await_attached(&scope);
	run_gated(&g);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(output);
	known = vt_json_file(g.result);
	vt_check_sums(json);
	vt_check_attached_usage(json, known);
	vt_check_ranges(json, known);
	vt_equal(vt_sum_pid(json, -1, "minor") - vt_sum_pid(json, vt_int(known, "pid"), "minor"),
		 vt_int(known, "children.minor"), "minor faults of the children");
	json_object_put(json);
	json_object_put(known);
	vt_free(&scope);
	vt_free(&g.work);
}

/* perf stat, told by its control pipe when to count, with the acknowledgement awaited. */
static void start_perf(struct vt_cmd *perf, const char *pid, const char *output)
{
	const char *ctl = vt_path("ctl"), *ack = vt_path("ack");
	char control[600], reply[8] = "";
	int ctl_fd, ack_fd;

	vt_sys(mkfifo(ctl, 0600));
	vt_sys(mkfifo(ack, 0600));
	vt_sys(ctl_fd = open(ctl, O_RDWR | O_CLOEXEC));
	vt_sys(ack_fd = open(ack, O_RDWR | O_CLOEXEC));
	snprintf(control, sizeof(control), "fifo:%s,%s", ctl, ack);
	vt_start(perf, NULL,
		 VT_ARGS("perf", "stat", "-x", ",", "-e", "page-faults", "-o", output, "-D", "-1",
			 "--control", control, "-p", pid));
	vt_true(write(ctl_fd, "enable\n", 7) == 7);
	vt_true(read(ack_fd, reply, 4) == 4 && !strncmp(reply, "ack", 3));
	close(ctl_fd);
	close(ack_fd);
}

static int64_t perf_count(const char *output)
{
	char *text = vt_read_file(output, NULL), *line = strstr(text, ",page-faults");
	int64_t n;

	vt_true(line);
	while (line > text && line[-1] != '\n')
		line--;
	n = strtoll(line, NULL, 10);
	free(text);
	return n;
}

static void same_counts_as_perf(void **state)
{
	const char *output = vt_path("beside.json"), *perf_output = vt_path("perf.csv");
	struct vt_cmd scope, perf;
	struct json_object *json;
	struct gated g;

	(void)state;
	if (!vt_exists("perf"))
		fail_msg("perf is needed (linux-perf)");
	start_gated(&g, "exact", "--pages", "300");
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", g.pid));
	vt_await_attached(&scope);
	start_perf(&perf, g.pid, perf_output);
	run_gated(&g);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	vt_wait(&perf, VT_PATIENCE);
	vt_equal(perf.exit, 0, "perf's exit status: %s", perf.err);
	json = vt_json_file(output);
	vt_cmp(perf_count(perf_output), >, 80000, "perf's page faults");
	vt_equal(vt_int(json, "totals.faults") - vt_int(json, "totals.gup"),
		 perf_count(perf_output), "traps = perf's page-faults");
	json_object_put(json);
	vt_free(&scope);
	vt_free(&perf);
	vt_free(&g.work);
}

/* The target ends while vmascope is about to attach: a clear line or a result, never a hang. */
static void target_exits_while_attaching(void **state)
{
	const char *output;
	struct vt_cmd scope;
	struct gated g;

	(void)state;
	for (int i = 0; i < 10; i++) {
		output = vt_path("gone.json");
		start_gated(&g, "storm", "--faults", "1000");
		vt_close_stdin(&g.work);
		vt_run(&scope, NULL,
		       VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p",
			       g.pid));
		vt_true(scope.exit == 0 || scope.exit == 1);
		if (scope.exit)
			vt_contains(scope.err, g.pid);
		else
			vt_check_sums(vt_json_file(output));
		vt_wait(&g.work, VT_PATIENCE);
		vt_free(&scope);
		vt_free(&g.work);
	}
}

#define REDIS_TEST(f) cmocka_unit_test_teardown(f, redis_done)

static const struct CMUnitTest tests[] = {
	VT_TEST(counts_of_a_running_process),	    VT_TEST(same_counts_as_perf),
	VT_TEST(target_exits_while_attaching),	    REDIS_TEST(redis_faults),
	REDIS_TEST(redis_bgsave_child_is_followed), REDIS_TEST(redis_answers_every_request),
	REDIS_TEST(no_bpf_left_after_sigint),	    REDIS_TEST(no_bpf_left_after_sigterm),
	REDIS_TEST(no_bpf_left_after_sigkill),
};

VT_MAIN(tests)
