// SPDX-License-Identifier: GPL-2.0-only
/*
 * limits_test - what a process is given by whoever starts it: limits of file size and of files, closed
 * standard descriptors, a time namespace, a FIFO for a file. limits_each_test has each command with each.
 */
#include "check.h"
#include "json_get.h"
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
		vt_one_error(&cmd, part, "%s", script);
	vt_free(&cmd);
}

/* --- file size ----------------------------------------------------------------------------- */

#define LIMITED "exec prlimit --fsize=" FILE_LIMIT ":" FILE_LIMIT " \"$0\" "

static void record_stops_at_the_file_size_limit(void **state)
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
static void command_keeps_the_callers_limits(void **state)
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
static void ignored_sighup_stays_ignored(void **state)
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

static void soft_limit_of_open_files_is_raised(void **state)
{
	(void)state;
	check_script("exec prlimit --nofile=40:20000 \"$0\" stat -o \"$1\" -- \"$2\" --procs 2",
		     vt_path("out"), 0, NULL);
	check_script(
		"exec prlimit --nofile=40:20000 \"$0\" record -q -o \"$1\" -- \"$2\" --procs 2",
		vt_path("rec"), 0, NULL);
}

/* --- closed descriptors -------------------------------------------------------------------- */

static void closed_standard_descriptors(void **state)
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

static void fifo_is_refused_as_input(void **state)
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

#define IN_OTHER_TIME "exec unshare -T --monotonic 100000 --boottime 200000 \"$0\" "

static void times_in_a_time_namespace(void **state)
{
	const char *file = vt_path("rec"), *out = vt_path("trace");
	struct json_object *line;
	char *text, *rest = NULL;
	int64_t faults = 0;

	(void)state;
	if (!vt_can_unshare("-T"))
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

static void counts_in_a_time_namespace(void **state)
{
	const char *out = vt_path("json"), *result = vt_path("result");
	struct json_object *json, *work;
	struct vt_cmd cmd;

	(void)state;
	if (!vt_can_unshare("-T"))
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

static const struct CMUnitTest tests[] = {
	VT_TEST(record_stops_at_the_file_size_limit), VT_TEST(command_keeps_the_callers_limits),
	VT_TEST(ignored_sighup_stays_ignored),	      VT_TEST(soft_limit_of_open_files_is_raised),
	VT_TEST(closed_standard_descriptors),	      VT_TEST(fifo_is_refused_as_input),
	VT_TEST(times_in_a_time_namespace),	      VT_TEST(counts_in_a_time_namespace),
};

VT_MAIN(tests)
