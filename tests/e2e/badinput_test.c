// SPDX-License-Identifier: GPL-2.0-only
/*
 * badinput_test - what can go wrong: one clear line on stderr and the right exit status each.
 */
#include "bpf_leak.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* @argv begins after the binary's name. */
static void check_fails(const struct vt_how *how, const char *const *args, int status,
			const char *part)
{
	const char *argv[16] = { vt_vmascope() };
	struct vt_cmd cmd;
	size_t n = 1;

	while (*args)
		argv[n++] = *args++;
	argv[n] = NULL;
	vt_run(&cmd, how, argv);
	if (cmd.exit != status)
		fail_msg("vmascope %s %s %s: exit status %d instead of %d: %s", argv[1],
			 argv[2] ?: "", argv[2] ? argv[3] ?: "" : "", cmd.exit, status, cmd.err);
	vt_one_error(&cmd, part, "vmascope %s", argv[1]);
	vt_free(&cmd);
}

static void without_root(void **state)
{
	static const struct vt_how nobody = { .uid = 65534 };

	(void)state;
	check_fails(&nobody, VT_ARGS("stat", "--", "true"), 1, "CAP_BPF");
	check_fails(&nobody, VT_ARGS("stat", "--", "true"), 1, "CAP_PERFMON");
	check_fails(&nobody, VT_ARGS("trace", "-d", "1"), 1, "CAP_BPF");
}

/* In a mount namespace of its own, in which the kernel's type information is covered. */
static void no_btf(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS("unshare", "-m", "sh", "-c",
		       "mount -t tmpfs none /sys/kernel/btf && exec \"$0\" stat -- true",
		       vt_vmascope()));
	vt_equal(cmd.exit, 1, "exit status without BTF");
	vt_one_error(&cmd, "CONFIG_DEBUG_INFO_BTF", "stat without BTF");
	vt_free(&cmd);
}

/* A kernel in whose place this one stands with what that one lacks switched off. */
static void kernel_too_old(void **state)
{
	(void)state;
	check_fails(NULL, VT_ARGS("stat", "--no-feature", "maple-tree", "--no-feature", "find-vma"),
		    1, "doctor");
	check_fails(NULL, VT_ARGS("stat", "--no-feature", "task-storage"), 1, "doctor");
}

static void no_such_pid(void **state)
{
	(void)state;
	vt_true(kill(4194303, 0) && errno == ESRCH);
	check_fails(NULL, VT_ARGS("stat", "-p", "4194303"), 1, "4194303");
	check_fails(NULL, VT_ARGS("trace", "-p", "4194303"), 1, "4194303");
	check_fails(NULL, VT_ARGS("stat", "-t", "4194303"), 1, "4194303");
}

static void command_not_found(void **state)
{
	(void)state;
	check_fails(NULL, VT_ARGS("stat", "--", "no-such-command-x"), 127, "no-such-command-x");
	check_fails(NULL, VT_ARGS("stat", "--", "/no/such/file"), 127, "/no/such/file");
	check_fails(NULL, VT_ARGS("trace", "--", "no-such-command-x"), 127, "no-such-command-x");
}

static void bad_filters(void **state)
{
	static const char *const bad[][4] = {
		{ "stat", "-p", "abc" },
		{ "stat", "-p", "-1" },
		{ "stat", "-p", "0" },
		{ "stat", "-p", "1,,2" },
		{ "stat", "-p", "" },
		{ "stat", "-t", "x" },
		{ "stat", "-F", "bogus" },
		{ "stat", "-F", "" },
		{ "stat", "-u", "no-such-user" },
		{ "stat", "-d", "-5" },
		{ "stat", "-d", "abc" },
		{ "stat", "-d", "" },
		{ "stat", "-i", "0" },
		{ "stat", "-i", "-1" },
		{ "stat", "--format", "yaml" },
		{ "stat", "--by", "nonsense" },
		{ "stat", "--no-such-option" },
		{ "stat", "-n", "" },
		{ "trace", "-p", "abc" },
		{ "trace", "--no-such-option" },
		{ "no-such-verb" },
		{ "help", "no-such-verb" },
		{ "serve", "-o", "out" },
		{ "serve", "--format", "csv" },
		{ "stat", "-p" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_fails(NULL, bad[i], 2, NULL);
}

/* A misspelled command, option or word: the nearest one is named. */
static void misspellings_are_corrected(void **state)
{
	(void)state;
	check_fails(NULL, VT_ARGS("shotdown"), 2, "did you mean 'shootdown'?");
	check_fails(NULL, VT_ARGS("help", "reprot"), 2, "did you mean 'report'?");
	check_fails(NULL, VT_ARGS("stat", "--heatmpa", "--", "true"), 2,
		    "did you mean '--heatmap'?");
	check_fails(NULL, VT_ARGS("trace", "--events", "fault,memcal"), 2,
		    "did you mean 'memcall'?");
	check_fails(NULL, VT_ARGS("stat", "--cause", "anon_zero"), 2, "did you mean 'anon-zero'?");
	check_fails(NULL, VT_ARGS("report", "--view", "shootdwn"), 2, "did you mean 'shootdown'?");
	check_fails(NULL, VT_ARGS("top", "--view", "proceses"), 2, "did you mean 'processes'?");
	check_fails(NULL, VT_ARGS("serve", "--group-by", "uint"), 2, "did you mean 'unit'?");
	check_fails(NULL, VT_ARGS("stat", "-j", "--by", "thraed"), 2, "did you mean 'thread'?");
	/* what is far from all is not guessed */
	check_fails(NULL, VT_ARGS("stat", "--by", "nonsense"), 2, "mapping, vma, process");
	check_fails(NULL, VT_ARGS("nonsense"), 2, "`vmascope --help` lists them");
}

static void help_needs_no_root(void **state)
{
	static const char *const verbs[] = { "stat", "trace", "doctor" };
	struct vt_cmd cmd, same;

	(void)state;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		vt_start(&cmd, NULL, VT_ARGS(vt_vmascope(), verbs[i], "--help"));
		vt_wait(&cmd, VT_PATIENCE);
		vt_equal(cmd.exit, 0, "exit status of %s --help: %s", verbs[i], cmd.err);
		vt_contains(cmd.out, "--format");
		vt_run(&same, NULL, VT_ARGS(vt_vmascope(), "help", verbs[i]));
		vt_equal(same.exit, 0, "exit status of help %s: %s", verbs[i], same.err);
		vt_true(!strcmp(same.out, cmd.out));
		vt_free(&same);
		vt_free(&cmd);
	}
}

/* Who starts `serve -j` learns its address and token, too. */
static void serve_notes_as_json(void **state)
{
	struct json_object *lines;
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "serve", "-j", "--listen", "127.0.0.1:0", "-d", "100ms"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	lines = vt_json_lines(cmd.err, "stderr");
	vt_contains(vt_str(json_object_array_get_idx(lines, 0), "note.message"),
		    "http://127.0.0.1:");
	vt_contains(vt_str(json_object_array_get_idx(lines, 1), "note.message"), "#token=");
	json_object_put(lines);
	vt_free(&cmd);
}

/* What can't be written is told before anything is run; what turns out so, once. */
static void unusable_files(void **state)
{
	const char *mark = vt_path("it-ran");

	(void)state;
	check_fails(NULL, VT_ARGS("stat", "-o", "/no/such/dir/x", "--", "true"), 1,
		    "/no/such/dir/x");
	check_fails(
		NULL,
		VT_ARGS("stat", "--by", "stack", "--flame", "/no/such/dir/x", "--", "touch", mark),
		1, "cannot write /no/such/dir/x");
	vt_true(access(mark, F_OK) && errno == ENOENT);
	check_fails(
		NULL,
		VT_ARGS("stat", "--by", "stack", "--folded", "--flame", "/dev/full", "--", "true"),
		1, "cannot write /dev/full: No space left");
	check_fails(NULL, VT_ARGS("stat", "-c", "/no/such/cgroup", "--", "true"), 1,
		    "/no/such/cgroup");
}

static void exit_status_of_the_command(void **state)
{
	static const struct {
		const char *script;
		int status;
	} cases[] = { { "exit 0", 0 }, { "exit 7", 7 }, { "kill -9 $$", 137 }, { "kill $$", 143 } };
	struct vt_cmd cmd;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vt_run(&cmd, NULL,
		       VT_ARGS(vt_vmascope(), "stat", "--format", "json", "--", "sh", "-c",
			       cases[i].script));
		vt_equal(cmd.exit, cases[i].status, "exit status of '%s': %s", cases[i].script,
			 cmd.err);
		vt_check_sums(vt_json(cmd.out, cases[i].script));
		vt_free(&cmd);
	}
}

static void binary_formats_to_a_terminal(void **state)
{
	const char *const commands[][8] = {
		{ "stat", "--format", "pprof", "-d", "10ms" },
		{ "stat", "--format", "pprof", "-d", "10ms", "-o", "-" },
		{ "report", "--format", "perfetto", "no-such-file" },
	};
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct vt_how how = { 0 };

	(void)state;
	vt_sys(master);
	vt_sys(grantpt(master));
	vt_sys(unlockpt(master));
	how.stdout_fd = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	vt_sys(how.stdout_fd);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		check_fails(&how, commands[i], 2, "to a terminal (-o FILE)");
	close(how.stdout_fd);
	close(master);
}

static void target_exits_immediately(void **state)
{
	struct json_object *json;
	struct vt_cmd cmd;

	(void)state;
	for (int i = 0; i < 10; i++) {
		vt_run(&cmd, NULL,
		       VT_ARGS(vt_vmascope(), "stat", "--format", "json", "--", "true"));
		vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
		json = vt_json(cmd.out, "stat");
		vt_check_sums(json);
		vt_cmp(vt_int(json, "totals.faults"), >, 20, "faults of true");
		json_object_put(json);
		vt_free(&cmd);
	}
}

static void full_disk(void **state)
{
	struct vt_how full = { 0 };

	(void)state;
	vt_sys(full.stdout_fd = open("/dev/full", O_WRONLY | O_CLOEXEC));
	check_fails(&full, VT_ARGS("stat", "--", "true"), 1, "No space left on device");
	check_fails(&full, VT_ARGS("stat", "--format", "json", "--", "true"), 1,
		    "No space left on device");
	check_fails(&full, VT_ARGS("trace", "--", "true"), 1, "No space left on device");
	check_fails(&full, VT_ARGS("doctor"), 1, "No space left on device");
	check_fails(NULL, VT_ARGS("stat", "-o", "/dev/full", "--", "true"), 1,
		    "No space left on device");
	close(full.stdout_fd);
}

/* As `vmascope … | head`: ended by SIGPIPE, or status 1 with one line. */
static void closed_pipe(void **state)
{
	static const char *const verbs[][6] = {
		{ "stat", "--", "true" },
		{ "trace", "--", "true" },
		{ "trace", "--format", "json", "--", "true" },
	};
	int fds[2];

	(void)state;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const char *argv[8] = { vt_vmascope() };
		struct vt_cmd cmd;

		for (size_t n = 0; n < 6; n++)
			argv[n + 1] = verbs[i][n];
		vt_sys(pipe2(fds, O_CLOEXEC));
		close(fds[0]);
		signal(SIGPIPE, SIG_DFL);
		vt_run(&cmd, &(struct vt_how){ .stdout_fd = fds[1] }, argv);
		signal(SIGPIPE, SIG_IGN);
		close(fds[1]);
		if (cmd.exit == 1)
			vt_one_error(&cmd, NULL, "vmascope %s", argv[1]);
		else
			vt_equal(cmd.exit, 128 + SIGPIPE, "exit status at a closed pipe");
		vt_free(&cmd);
	}
}

static void nap_ms(long ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/** Commands that start at the same time, and are interrupted one after the other. */
#define STARTS 4

/* begin_starts - of STARTS commands, each interrupted @step ms after the one before it, the first after @ms */
static void begin_starts(struct vt_cmd *cmds, long ms, long step)
{
	for (int i = 0; i < STARTS; i++)
		vt_start(&cmds[i], NULL,
			 VT_ARGS(vt_vmascope(), "stat", "--", vt_workload("storm"), "--seconds",
				 "3600"));
	for (int i = 0; i < STARTS; i++) {
		nap_ms(i ? step : ms); /* the moment is the subject here, not a synchronisation */
		kill(-cmds[i].pid, SIGINT);
	}
}

/* At every moment of the start: it ends, says at most a line, and leaves nothing. */
static void sigint_at_start(void **state)
{
	static struct vt_bpf_ids before;
	struct vt_cmd cmds[STARTS];
	long step;

	(void)state;
	vt_bpf_list(&before);
	for (long ms = 0; ms < 400; ms += STARTS * step) {
		step = ms < 40 ? 2 : 20;
		begin_starts(cmds, ms, step);
		for (int i = 0; i < STARTS; i++) {
			struct vt_cmd *cmd = &cmds[i];

			vt_wait(cmd, VT_PATIENCE);
			if (cmd->exit != 0 && cmd->exit != 128 + SIGINT && cmd->exit != 1)
				fail_msg("SIGINT after %ld ms: exit status %d: %s", ms + i * step,
					 cmd->exit, cmd->err);
			vt_true(!strchr(cmd->err, '\n') || !strchr(cmd->err, '\n')[1]);
			vt_free(cmd);
		}
	}
	vt_bpf_await_none_new(&before);
}

static void sigint_while_running(void **state)
{
	const char *output = vt_path("int.json");
	struct json_object *json;
	struct vt_cmd cmd;

	(void)state;
	vt_start(&cmd, NULL, VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output));
	vt_await_attached(&cmd);
	vt_interrupt(&cmd);
	json = vt_json_file(output);
	vt_check_sums(json);
	json_object_put(json);
	vt_free(&cmd);
}

/* Both get it, as from a terminal; what was counted until then is printed. */
static void sigint_to_vmascope_and_command(void **state)
{
	const char *output = vt_path("intcmd.json");
	struct json_object *json;
	struct vt_cmd cmd;

	(void)state;
	vt_start(&cmd, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "--",
			 vt_workload("storm"), "--seconds", "3600"));
	vt_await_attached(&cmd);
	kill(-cmd.pid, SIGINT);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 128 + SIGINT, "exit status: the command's");
	json = vt_json_file(output);
	vt_check_sums(json);
	json_object_put(json);
	vt_free(&cmd);
}

struct pipe_wait {
	struct vt_cmd *cmd;
	int fd;
};

static bool pipe_is_full(void *arg)
{
	struct pipe_wait *w = arg;
	int n = 0;

	vt_true(!vt_ended(w->cmd));
	vt_sys(ioctl(w->fd, FIONREAD, &n));
	return n >= 4096;
}

/* Nobody reads the pipe: it is stuck in printing, and SIGINT must end it all the same. */
static void sigint_while_printing(void **state)
{
	struct pipe_wait w;
	struct vt_cmd cmd;
	int fds[2];

	(void)state;
	vt_sys(pipe2(fds, O_CLOEXEC));
	vt_sys(fcntl(fds[1], F_SETPIPE_SZ, 4096));
	vt_start(&cmd, &(struct vt_how){ .stdout_fd = fds[1] },
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "--", vt_workload("split"),
			 "--vmas", "2000"));
	close(fds[1]);
	w = (struct pipe_wait){ .cmd = &cmd, .fd = fds[0] };
	vt_await(pipe_is_full, &w, "vmascope fills the pipe", VT_PATIENCE);
	vt_signal(&cmd, SIGINT);
	vt_wait(&cmd, VT_PATIENCE);
	vt_cmp(cmd.exit, !=, 0, "exit status of an output that was cut off");
	close(fds[0]);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(without_root),
	VT_TEST(no_btf),
	VT_TEST(kernel_too_old),
	VT_TEST(no_such_pid),
	VT_TEST(command_not_found),
	VT_TEST(bad_filters),
	VT_TEST(misspellings_are_corrected),
	VT_TEST(help_needs_no_root),
	VT_TEST(serve_notes_as_json),
	VT_TEST(unusable_files),
	VT_TEST(exit_status_of_the_command),
	VT_TEST(binary_formats_to_a_terminal),
	VT_TEST(target_exits_immediately),
	VT_TEST(full_disk),
	VT_TEST(closed_pipe),
	VT_TEST(sigint_at_start),
	VT_TEST(sigint_while_running),
	VT_TEST(sigint_to_vmascope_and_command),
	VT_TEST(sigint_while_printing),
};

VT_MAIN(tests)
