// SPDX-License-Identifier: GPL-2.0-only
/*
 * slots_test - where slots run out, faults are counted by process and name, then by process: sums
 * by name stay exact, and the faults that are told less exactly than others are counted.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Σ faults of the rows whose name holds @part. */
static int64_t sum_named(struct json_object *stat, const char *part)
{
	struct json_object *process, *vma;
	int64_t n = 0;

	vt_each(process, stat, "processes")
		vt_each(vma, process, "vmas") if (strstr(vt_str(vma, "name"), part))
			n += vt_int(vma, "faults");
	return n;
}

static int64_t sum_several(struct json_object *stat, const char *name)
{
	struct json_object *process, *vma;
	int64_t n = 0;

	vt_each(process, stat, "processes") vt_each(vma, process, "vmas")
	{
		if (!vt_bool(vma, "several") || (name && strcmp(vt_str(vma, "name"), name)))
			continue;
		/* of several VMAs, no one's address and protection */
		vt_true(!vt_get(vma, "start") && !vt_get(vma, "end") && !vt_get(vma, "perms"));
		n += vt_int(vma, "faults");
	}
	return n;
}

static int64_t known(struct json_object *work, const char *kind)
{
	struct json_object *range;
	int64_t n = 0;

	vt_each(range, work, "ranges") if (!strcmp(vt_str(range, "kind"), kind))
		n += vt_int(range, "faults");
	return n;
}

/*
 * lost.slots = faults in rows of several VMAs + faults that count in the process itself + those of
 * processes that found no slot, of which faults without a trap are none.
 */
static void check_lost(struct json_object *stat)
{
	struct json_object *process;
	int64_t n = sum_several(stat, NULL);

	vt_each(process, stat, "processes") n += vt_int(process, "overflow_reasons.no_slot");
	vt_cmp(n, >, 0, "faults without a slot of their own");
	vt_cmp(vt_int(stat, "lost.slots"), >=, n, "lost.slots, of faults that a process has");
	vt_cmp(vt_int(stat, "lost.slots"), <=, n + vt_int(stat, "lost.unattributed"),
	       "lost.slots, with those that none has");
}

static void counts_by_name_stay_exact(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--slots", "1024"), VT_ARGS("split", "--vmas", "6000"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	check_lost(s.json);
	vt_cmp(sum_several(s.json, NULL), >, 0, "faults in rows of several VMAs");
	vt_equal(sum_named(s.json, "memfd:vmascope-split"), known(s.work, "memfd"),
		 "faults in the memfd, over all its rows");
	vt_equal(sum_named(s.json, "/vmascope-split."), known(s.work, "file"),
		 "faults in the file, over all its rows");
	vt_scope_free(&s);
}

static void text_names_the_option(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--slots", "1024", "--", vt_workload("split"),
		       "--vmas", "6000"));
	vt_contains(cmd.out, "faults without a VMA slot");
	vt_contains(cmd.out, "(use --slots 2048)");
	vt_free(&cmd);
}

/* More names than slots by name: what is left has one row for the process. */
static void counts_by_process_stay_exact(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, VT_ARGS("--slots", "64"),
		VT_ARGS("exact", "--pages", "50", "--children", "10", "--threads", "4"));
	vt_check_sums(s.json);
	check_lost(s.json);
	vt_cmp(sum_several(s.json, "[other VMAs]"), >, 0, "faults in [other VMAs]");
	vt_scope_free(&s);
}

/** rows_of_storm - lines of @text that end in its name: in each table, the row of the process */
static size_t rows_of_storm(const char *text)
{
	static const char end[] = "  storm\n";
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, end)); p++)
		n++;
	return n;
}

static bool has_rows(void *arg)
{
	const struct vt_cmd *cmd = arg;
	char *text = vt_peek(cmd);
	const size_t n = rows_of_storm(text);

	if (vt_ended(cmd))
		fail_msg("%s ended: %.2000s", cmd->name, text);
	free(text);
	return n > 0;
}

static bool has_faulted(void *arg)
{
	const pid_t *pid = arg;

	return vt_task_faults(*pid) > 10000;
}

static bool says_pid(void *arg)
{
	char **path = arg, *text;
	bool says;

	if (access(*path, F_OK))
		return false;
	text = vt_read_file(*path, NULL);
	says = strchr(text, '\n');
	free(text);
	return says;
}

/*
 * A process that faults first while others hold all slots: it gets one when they have ended. The
 * old code never looked again, and all its faults belonged to no process.
 */
static void process_gets_a_slot_later(void **state)
{
	static const char script[] = "for i in $(seq 90); do sleep 3600 & pids=\"$pids $!\"; done\n"
				     "\"$0\" --seconds 3600 & storm=$!\n"
				     "echo $storm >\"$1\"; read line; kill $pids; read line\n"
				     "kill $storm; wait $storm";
	const char *said = vt_path("pid");
	struct vt_cmd cmd;
	pid_t storm;
	char *text;

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_vmascope(), "stat", "-i", "200ms", "-w", "--by", "process", "--top",
			 "0", "--slots", "64", "--", "/bin/sh", "-c", script, vt_workload("storm"),
			 said));
	vt_await(says_pid, &said, "the storm's pid", VT_PATIENCE);
	text = vt_read_file(said, NULL);
	storm = atoi(text);
	free(text);
	vt_await(has_faulted, &storm, "the storm faults", VT_PATIENCE);
	vt_true(write(cmd.stdin_fd, "\n", 1) == 1);
	vt_await(has_rows, &cmd, "a slot for the storm", VT_PATIENCE);
	vt_true(write(cmd.stdin_fd, "\n", 1) == 1);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	text = strstr(cmd.out, "\nPage faults of ");
	vt_true(text);
	vt_equal(rows_of_storm(text), 1, "rows of the storm's own faults in the whole run");
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(counts_by_name_stay_exact),
	VT_TEST(text_names_the_option),
	VT_TEST(counts_by_process_stay_exact),
	VT_TEST(process_gets_a_slot_later),
};

VT_MAIN(tests)
