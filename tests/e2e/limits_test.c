// SPDX-License-Identifier: GPL-2.0-only
/*
 * limits_test - what a process is given by whoever starts it: limits of file size, memory and files,
 * closed standard descriptors, namespaces, a FIFO for a file. One line says what is wrong, or nothing is.
 */
#include "check.h"
#include "json_get.h"
#include "memcg.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/** Bytes that files may have; headers of recordings have less. */
#define FILE_LIMIT "16384"

/** check_line - one error, which holds @part. */
static void check_line(const struct vt_cmd *cmd, const char *what, const char *part)
{
	int errors = 0;

	for (const char *line = cmd->err; *line; line = strchr(line, '\n') + 1) {
		if (!strchr(line, '\n') || strncmp(line, "vmascope: ", 10))
			fail_msg("%s: not a line of vmascope's: '%s'", what, cmd->err);
		errors += strncmp(line, "vmascope: warning: ", 19) != 0;
	}
	if (errors != 1 || !strstr(cmd->err, part))
		fail_msg("%s: not one line about '%s': '%s'", what, part, cmd->err);
}

/**
 * run_in - `sh -c SCRIPT vmascope FILE WORKLOAD`: "$0" is vmascope, "$1" a file of its own, "$2" a
 * workload
 */
static void run_in(struct vt_cmd *cmd, const char *script, const char *file)
{
	vt_run(cmd, NULL, VT_ARGS("sh", "-c", script, vt_vmascope(), file, vt_workload("forks")));
}

static void check_script(const char *script, const char *file, int status, const char *part)
{
	struct vt_cmd cmd;

	run_in(&cmd, script, file);
	if (cmd.exit != status)
		fail_msg("%s: exit status %d instead of %d: %s", script, cmd.exit, status, cmd.err);
	if (part)
		check_line(&cmd, script, part);
	vt_free(&cmd);
}

/* --- file size ----------------------------------------------------------------------------- */

#define LIMITED "exec prlimit --fsize=" FILE_LIMIT ":" FILE_LIMIT " \"$0\" "

static void each_command_ends_at_the_limit_of_file_size(void **state)
{
	static const char *const scripts[] = {
		LIMITED "stat --by vma --top 0 -o \"$1\" -- \"$2\" --procs 200",
		LIMITED "stat --by vma --top 0 -- \"$2\" --procs 200 >\"$1\"",
		LIMITED "trace -o \"$1\" -- \"$2\" --procs 100",
		LIMITED "trace -- \"$2\" --procs 100 >\"$1\"",
		LIMITED "shootdown --by process --top 0 -o \"$1\" -- \"$2\" --procs 200",
		LIMITED "top --batch --frames 1000 -i 20ms >\"$1\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		check_script(scripts[i], vt_path("out"), 1, "File too large");
}

static void a_recording_ends_at_the_limit_of_file_size(void **state)
{
	const char *file = vt_path("rec");
	struct json_object *json;
	struct vt_recorded r;
	struct stat st;

	(void)state;
	check_script(LIMITED "record -o \"$1\" -- \"$2\" --procs 1000", file, 1, "File too large");
	vt_sys(stat(file, &st));
	vt_cmp(st.st_size, <=, strtol(FILE_LIMIT, NULL, 10), "bytes of the file");
	/* and so does what is made of one that is whole */
	vt_record(&r, NULL, VT_ARGS("forks", "--procs", "300"));
	json = vt_report_json(r.file, 0);
	json_object_put(json);
	vt_run(&r.cmd, NULL,
	       VT_ARGS("sh", "-c",
		       "exec prlimit --fsize=" FILE_LIMIT " \"$0\" report -j \"$1\" >\"$2\"",
		       vt_vmascope(), r.file, vt_path("json")));
	vt_equal(r.cmd.exit, 1, "exit status of report");
	vt_contains(r.cmd.err, "File too large");
	vt_recorded_free(&r);
}

/* A command that is traced has what vmascope was given, and ignores no signals. */
static void a_command_has_the_limits_that_were_given(void **state)
{
	const char *out = vt_path("command");
	char *text;

	(void)state;
	check_script("exec prlimit --nofile=90:5000 \"$0\" stat -o /dev/null -- sh -c "
		     "'{ ulimit -Sn; ulimit -Hn; grep SigIgn /proc/self/status; } >\"$0\"' \"$1\"",
		     out, 0, NULL);
	text = vt_read_file(out, NULL);
	if (strncmp(text, "90\n5000\nSigIgn:", 15))
		fail_msg("limits of files of the command: %s", text);
	vt_equal(strtoull(text + 15, NULL, 16) & 1ull << (SIGXFSZ - 1), 0, "SIGXFSZ ignored in: %s",
		 text);
	free(text);
}

/* As nohup(1) starts it: the end of the session ends neither vmascope nor the command. */
static void an_ignored_hangup_is_ignored(void **state)
{
	const char *out = vt_path("hangup");
	char *text;

	(void)state;
	/* the command, which has vmascope as its parent, hangs up on both */
	check_script("trap '' HUP; exec \"$0\" stat -o /dev/null -- sh -c "
		     "'kill -HUP $PPID $$; echo survived >\"$0\"' \"$1\"",
		     out, 0, NULL);
	text = vt_read_file(out, NULL);
	assert_string_equal(text, "survived\n");
	free(text);
	check_script("exec \"$0\" stat -o /dev/null -- sh -c 'kill -HUP $$'", out, 128 + SIGHUP,
		     NULL);
}

/* --- open files ---------------------------------------------------------------------------- */

static void a_soft_limit_of_files_is_raised(void **state)
{
	(void)state;
	check_script("exec prlimit --nofile=40:20000 \"$0\" stat -o \"$1\" -- \"$2\" --procs 2",
		     vt_path("out"), 0, NULL);
	check_script(
		"exec prlimit --nofile=40:20000 \"$0\" record -q -o \"$1\" -- \"$2\" --procs 2",
		vt_path("rec"), 0, NULL);
}

static void a_hard_limit_of_files_is_told(void **state)
{
	static const char *const commands[] = {
		"stat",
		"trace",
		"record -o \"$1\"",
		"shootdown",
		"stat -U --by stack",
		"top --batch --frames 1",
		"serve --listen 127.0.0.1:0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char script[256];

		snprintf(script, sizeof(script), "exec prlimit --nofile=24:24 \"$0\" %s -- true",
			 commands[i]);
		check_script(script, vt_path("out"), 1, "ulimit -n");
	}
}

/* --- memory -------------------------------------------------------------------------------- */

/** struct outcomes - of runs with more and more memory */
struct outcomes {
	unsigned int good;
	unsigned int told;
};

/**
 * add_outcome - a run that is good; or says that there is no memory; or could not even be loaded, or
 * was ended by the kernel
 */
static void add_outcome(struct outcomes *o, const struct vt_cmd *cmd, const char *script)
{
	if (!cmd->exit) {
		o->good++;
	} else if (cmd->exit == 1) {
		check_line(cmd, script, "memory");
		o->told++;
	} else if (cmd->exit != 127 && cmd->exit != 128 + SIGKILL) {
		fail_msg("%s: exit status %d: %s", script, cmd->exit, cmd->err);
	}
}

/** sweep - @format has a number of MiB: from 16 on, until it is good */
static struct outcomes sweep(const char *format, const char *file)
{
	struct outcomes o = { 0 };

	for (unsigned int mib = 16; !o.good && mib < 16384; mib += 4 + mib / 4) {
		struct vt_cmd cmd;
		char script[800];

		snprintf(script, sizeof(script), format, mib);
		run_in(&cmd, script, file);
		add_outcome(&o, &cmd, script);
		vt_free(&cmd);
	}
	return o;
}

static void too_little_address_space_is_told(void **state)
{
	static const char *const commands[] = { "stat -o /dev/null" };

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		struct outcomes o;
		char format[256];

		snprintf(format, sizeof(format),
			 "exec prlimit --as=$((%%u << 20)) \"$0\" %s -- true", commands[i]);
		o = sweep(format, vt_path("out"));
		vt_equal(o.good, 1, "good with enough of it: %s", commands[i]);
		vt_cmp(o.told, >, 0, "told where there is too little: %s", commands[i]);
	}
}

static void a_small_cgroup_is_told(void **state)
{
	char dir[256], format[768];
	const char *limit;
	struct outcomes o;

	(void)state;
	limit = vt_memcg_make(dir, sizeof(dir));
	if (!limit) {
		print_message("# no memory controller here\n");
		return;
	}
	snprintf(format, sizeof(format),
		 "echo %%uM >%s/%s && echo $$ >%s/cgroup.procs && exec \"$0\" stat -o /dev/null -- "
		 "true",
		 dir, limit, dir);
	o = sweep(format, vt_path("out"));
	vt_memcg_remove(dir);
	vt_equal(o.good, 1, "good with enough of it");
	vt_cmp(o.told, >, 0, "told where there is too little");
}

/* --- closed descriptors -------------------------------------------------------------------- */

static void closed_descriptors_do_no_harm(void **state)
{
	const char *file = vt_path("rec");
	static const char *const closed[] = { "<&-", ">&-", "2>&-", "<&- >&- 2>&-" };
	struct json_object *json;

	(void)state;
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		char script[256];

		snprintf(script, sizeof(script), "exec \"$0\" record -o \"$1\" -- true %s",
			 closed[i]);
		check_script(script, file, 0, NULL);
		/* no message has got into it */
		json = vt_report_json(file, 0);
		vt_check_sums(json);
		json_object_put(json);
	}
	check_script("exec \"$0\" stat -- true >&-", file, 1, "Bad file descriptor");
	check_script("exec \"$0\" trace -- true >&-", file, 1, "Bad file descriptor");
	check_script("exec \"$0\" shootdown -- true >&-", file, 1, "Bad file descriptor");
	check_script("exec \"$0\" top --batch --frames 1 -i 20ms >&-", file, 1,
		     "Bad file descriptor");
	check_script("exec \"$0\" doctor >&-", file, 1, "Bad file descriptor");
	check_script("exec \"$0\" stat -- true <&- >&- 2>&-", file, 1, NULL);
	/* those of the command are closed as they were */
	check_script("exec \"$0\" stat -o /dev/null -- test ! -e /proc/self/fd/0 <&-", file, 0,
		     NULL);
	check_script("exec \"$0\" stat -o /dev/null -- test ! -e /proc/self/fd/2 2>&-", file, 0,
		     NULL);
}

/* --- FIFOs --------------------------------------------------------------------------------- */

static void a_fifo_is_no_input(void **state)
{
	static const char *const commands[] = {
		"report",
		"report --diff \"$1\"",
		"serve --token-file",
		"serve --tls-key \"$1\" --tls-cert",
	};
	const char *fifo = vt_path("fifo");

	(void)state;
	vt_sys(mkfifo(fifo, 0600));
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char script[256];

		snprintf(script, sizeof(script), "exec \"$0\" %s \"$1\"", commands[i]);
		check_script(script, fifo, 1, "not a regular file");
	}
}

/* --- namespaces ---------------------------------------------------------------------------- */

/** can_unshare - such a namespace can be made here. */
static bool can_unshare(const char *option)
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

#define IN_OTHER_TIME "exec unshare -T --monotonic 100000 --boottime 200000 \"$0\" "

static void times_are_right_in_a_time_namespace(void **state)
{
	const char *file = vt_path("rec"), *out = vt_path("trace");
	struct json_object *line;
	char *text, *rest = NULL;
	int64_t faults = 0;

	(void)state;
	if (!can_unshare("-T"))
		return;
	check_script(IN_OTHER_TIME "trace -j -o \"$1\" -- \"$2\" --procs 3", out, 0, NULL);
	text = vt_read_file(out, NULL);
	for (char *at = strtok_r(text, "\n", &rest); at; at = strtok_r(NULL, "\n", &rest)) {
		line = json_tokener_parse(at);
		vt_true(line);
		if (!strcmp(vt_str(line, "type"), "fault")) {
			vt_cmp(vt_int(line, "time_ns"), >=, 0, "time of a fault since the start");
			vt_cmp(vt_int(line, "time_ns"), <, VT_PATIENCE * 1000000000LL,
			       "time of a fault since the start");
			faults++;
		}
		json_object_put(line);
	}
	free(text);
	vt_cmp(faults, >, 10, "faults");
	/* what is recorded there is shown anywhere; a duration ends the run */
	check_script(IN_OTHER_TIME "record -q -d 300ms -o \"$1\"", file, 0, NULL);
	line = vt_report_json(file, 0);
	vt_cmp(vt_int(line, "duration_ns"), >=, 300000000, "duration of the recording");
	vt_cmp(vt_int(line, "duration_ns"), <, VT_PATIENCE * 1000000000LL,
	       "duration of the recording");
	json_object_put(line);
}

static void counts_are_exact_in_a_time_namespace(void **state)
{
	const char *out = vt_path("json"), *result = vt_path("result");
	struct json_object *json, *work;
	struct vt_cmd cmd;

	(void)state;
	if (!can_unshare("-T"))
		return;
	vt_run(&cmd, NULL,
	       VT_ARGS("sh", "-c",
		       IN_OTHER_TIME "stat -j -o \"$1\" -- \"$2\" --procs 20 --result \"$3\"",
		       vt_vmascope(), out, vt_workload("forks"), result));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = json_object_from_file(out);
	work = json_object_from_file(result);
	vt_true(json && work);
	vt_check_sums(json);
	vt_check_usage(json, work);
	json_object_put(json);
	json_object_put(work);
	vt_free(&cmd);
}

static void a_user_namespace_is_told(void **state)
{
	static const char *const commands[] = {
		"stat",
		"trace",
		"record -o \"$1\"",
		"shootdown",
		"top --batch --frames 1",
		"serve --listen 127.0.0.1:0",
		"doctor --cost",
	};

	(void)state;
	if (!can_unshare("-Ur"))
		return;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char script[256];

		snprintf(script, sizeof(script), "exec unshare -Ur \"$0\" %s", commands[i]);
		check_script(script, vt_path("out"), 1, "user namespace");
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(each_command_ends_at_the_limit_of_file_size),
	VT_TEST(a_recording_ends_at_the_limit_of_file_size),
	VT_TEST(a_command_has_the_limits_that_were_given),
	VT_TEST(an_ignored_hangup_is_ignored),
	VT_TEST(a_soft_limit_of_files_is_raised),
	VT_TEST(a_hard_limit_of_files_is_told),
	VT_TEST(too_little_address_space_is_told),
	VT_TEST(a_small_cgroup_is_told),
	VT_TEST(closed_descriptors_do_no_harm),
	VT_TEST(a_fifo_is_no_input),
	VT_TEST(times_are_right_in_a_time_namespace),
	VT_TEST(counts_are_exact_in_a_time_namespace),
	VT_TEST(a_user_namespace_is_told),
};

VT_MAIN(tests)
