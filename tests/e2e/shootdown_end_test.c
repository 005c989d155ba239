// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_end_test - options that are wrong, and how a run ends: what was counted is printed, and
 * nothing stays in the kernel.
 */
#include "bpf_leak.h"
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void wrong_options(void **state)
{
	const struct {
		const char *const *args;
		int status;
		const char *part;
	} cases[] = {
		{ VT_ARGS("--by", "nonsense"), 2, "nonsense" },
		{ VT_ARGS("--by"), 2, "by" },
		{ VT_ARGS("--top", "x"), 2, "x" },
		{ VT_ARGS("--no-such-option"), 2, "no-such-option" },
		{ VT_ARGS("-d", "soon"), 2, "soon" },
		{ VT_ARGS("-p", "4194303"), 1, "4194303" },
		{ VT_ARGS("--", "no-such-command-x"), 127, "no-such-command-x" },
		{ VT_ARGS("-o", "/no/such/dir/x", "--", "true"), 1, "/no/such/dir/x" },
	};
	const char *argv[16];
	struct vt_cmd cmd;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = 0;

		argv[n++] = vt_vmascope();
		argv[n++] = "shootdown";
		for (const char *const *arg = cases[i].args; *arg; arg++)
			argv[n++] = *arg;
		argv[n] = NULL;
		vt_run(&cmd, NULL, argv);
		vt_equal(cmd.exit, cases[i].status, "exit status of %s: %s", cases[i].part,
			 cmd.err);
		vt_contains(cmd.err, "vmascope");
		vt_contains(cmd.err, cases[i].part);
		vt_free(&cmd);
	}
}

static void exit_status_of_the_command(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "shootdown", "--", "sh", "-c", "exit 7"));
	vt_equal(cmd.exit, 7, "exit status");
	vt_contains(cmd.out, "TLB shootdowns");
	vt_free(&cmd);
}

/* Since its gate, where it waited: ten ticks of CPU time, by /proc/PID/stat. */
static bool has_run(void *arg)
{
	const struct vt_cmd *cmd = arg;
	unsigned long user, system;
	char path[64], *text, *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", cmd->pid);
	text = vt_read_file(path, NULL);
	p = strrchr(text, ')');
	vt_true(p);
	vt_equal(sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			&system),
		 2, "fields of %s", path);
	free(text);
	return user + system >= 10;
}

/*
 * Ended by a signal in the middle: all is printed, and nothing stays in the kernel. The workload calls as fast
 * as it can, which would fill the buffer of another test's tracer.
 */
static void ended_by(int sig)
{
	const char *output = vt_path("ended.json");
	static struct vt_bpf_ids before;
	struct json_object *json;
	struct vt_cmd cmd, scope;
	char pid[16];

	vt_lock_machine();
	vt_bpf_list(&before);
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("pingpong"), "--gate", "--pairs", "100000000"));
	vt_await_text(&cmd, "ready");
	snprintf(pid, sizeof(pid), "%d", cmd.pid);
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "shootdown", "-j", "-o", output, "-p", pid));
	vt_await_attached(&scope);
	vt_cmp(vt_bpf_held(scope.pid), >, 2, "BPF objects while attached");
	vt_close_stdin(&cmd);
	vt_await(has_run, &cmd, "the workload has run for some time", VT_PATIENCE);
	vt_signal(&scope, sig);
	vt_wait(&scope, VT_PATIENCE);
	vt_bpf_await_none_new(&before);
	if (sig == SIGINT) {
		vt_equal(scope.exit, 0, "exit status: %s", scope.err);
		json = vt_json_file(output);
		vt_check_shootdown(json);
		vt_cmp(vt_calls_sum(json, "mprotect", NULL, "count"), >, 0, "mprotects");
		vt_cmp(vt_int(json, "totals.flushes.local"), >, 0, "flushes");
		json_object_put(json);
	}
	vt_true(!vt_ended(&cmd));
	vt_free(&cmd);
	vt_free(&scope);
}

static void ended_by_sigint(void **state)
{
	(void)state;
	ended_by(SIGINT);
}

static void ended_by_sigterm(void **state)
{
	(void)state;
	ended_by(SIGTERM);
}

static void ended_by_sigkill(void **state)
{
	(void)state;
	ended_by(SIGKILL);
}

static void no_bpf_left_after_a_command(void **state)
{
	static struct vt_bpf_ids before;
	struct vt_cmd cmd;

	(void)state;
	vt_bpf_list(&before);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "shootdown", "--", vt_workload("pingpong"), "--pairs",
		       "500"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_bpf_await_none_new(&before);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(wrong_options),	   VT_TEST(exit_status_of_the_command),
	VT_TEST(ended_by_sigint),  VT_TEST(ended_by_sigterm),
	VT_TEST(ended_by_sigkill), VT_TEST(no_bpf_left_after_a_command),
};

VT_MAIN(tests)
