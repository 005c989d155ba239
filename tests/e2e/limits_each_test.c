// SPDX-License-Identifier: GPL-2.0-only
/*
 * limits_each_test - each command, each fault of the machine: it is good, or one line says what is wrong,
 * with the right exit status, and nothing stays behind.
 */
#include "bpf_leak.h"
#include "check.h"
#include "memcg.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/** Bytes that files may have; messages are shorter. */
#define FILE_LIMIT "16384"

/* --- each command, each fault -------------------------------------------------------------- */

enum command {
	CMD_STAT = 1,
	CMD_TRACE = 2,
	CMD_SHOOTDOWN = 4,
	CMD_TOP = 8,
	CMD_RECORD = 16,
	CMD_SERVE = 32,
	CMD_REPORT = 64,
	CMD_EXPLAIN = 128,
	CMD_DOCTOR = 256,
};
#define CMD_TRACING (CMD_STAT | CMD_TRACE | CMD_SHOOTDOWN | CMD_TOP | CMD_RECORD | CMD_SERVE)
/** Those whose result is what they print. */
#define CMD_PRINTING                                                                               \
	(CMD_STAT | CMD_TRACE | CMD_SHOOTDOWN | CMD_TOP | CMD_REPORT | CMD_EXPLAIN | CMD_DOCTOR)
/** Those that take -o. */
#define CMD_WRITING ((CMD_PRINTING & ~CMD_TOP) | CMD_RECORD)

/**
 * struct command_line - of one that ends by itself; $out: a new file, $rec: a recording
 * @to_file: with that, its result is in $out
 */
static const struct command_line {
	enum command id;
	const char *line;
	const char *to_file;
} commands[] = {
	{ CMD_STAT, "stat -- true", "stat -o \"$out\" -- true" },
	{ CMD_TRACE, "trace -- true", "trace -o \"$out\" -- true" },
	{ CMD_SHOOTDOWN, "shootdown -- true", "shootdown -o \"$out\" -- true" },
	{ CMD_TOP, "top --batch --frames 2 -i 20ms", "top --batch --frames 2 -i 20ms" },
	{ CMD_RECORD, "record -q -o \"$rec.new\" -- true", "record -q -o \"$out\" -- true" },
	{ CMD_SERVE, "serve --listen 127.0.0.1:0 -d 100ms", "serve --listen 127.0.0.1:0 -d 100ms" },
	{ CMD_REPORT, "report \"$rec\"", "report -o \"$out\" \"$rec\"" },
	/* an address of itself, which is not mapped */
	{ CMD_EXPLAIN, "explain -p $$ 1000", "explain -p $$ -o \"$out\" 1000" },
	{ CMD_DOCTOR, "doctor", "doctor -o \"$out\"" },
};
#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

/**
 * struct fault - of the machine, or what whoever starts vmascope gives it too little of
 * @needs: unshare(1) has to be able to do that, else it is left out; NULL: nothing
 * @before: what the shell does before, in a mount namespace of its own if @mounts
 * @by: what runs vmascope; @redirect: and how; NULL: as it is
 * @to_file: results are written to $out, not printed
 * @fails: commands that end with status 1 and one line with @part; all others are good
 */
static const struct fault {
	const char *what;
	const char *needs;
	bool mounts;
	const char *before;
	const char *by;
	const char *redirect;
	bool to_file;
	unsigned int fails;
	const char *part;
} faults[] = {
	{ .what = "nothing" },
	{ .what = "the limit of file size",
	  .before = "head -c " FILE_LIMIT " /dev/zero >\"$out\"",
	  .by = "prlimit --fsize=" FILE_LIMIT ":" FILE_LIMIT,
	  .redirect = ">>\"$out\"",
	  .fails = CMD_PRINTING,
	  .part = "File too large" },
	{ .what = "24 files",
	  .by = "prlimit --nofile=24:24",
	  .fails = CMD_TRACING,
	  .part = "ulimit -n" },
	{ .what = "8 files",
	  .by = "prlimit --nofile=8:8",
	  .fails = CMD_TRACING | CMD_DOCTOR,
	  .part = "ulimit -n" },
	{ .what = "stdin closed", .redirect = "<&-" },
	{ .what = "stderr closed", .redirect = "2>&-" },
	{ .what = "stdout closed",
	  .redirect = ">&-",
	  .fails = CMD_PRINTING,
	  .part = "Bad file descriptor" },
	{ .what = "stdout closed, results into files",
	  .redirect = ">&-",
	  .to_file = true,
	  .fails = CMD_TOP,
	  .part = "Bad file descriptor" },
	{ .what = "a full disk",
	  .redirect = ">/dev/full",
	  .fails = CMD_PRINTING,
	  .part = "No space left on device" },
	{ .what = "a read-only directory",
	  .mounts = true,
	  .before = "mount --bind \"$dir\" \"$dir\" && mount -o remount,bind,ro \"$dir\"",
	  .to_file = true,
	  .fails = CMD_WRITING,
	  .part = "Read-only file system" },
	{ .what = "a read-only /tmp",
	  .mounts = true,
	  .before = "mount --bind \"$dir\" \"$dir\" && mount --rbind /tmp /tmp && "
		    "mount -o remount,bind,ro /tmp" },
	{ .what = "no /proc/sys", .mounts = true, .before = "mount -t tmpfs none /proc/sys" },
	{ .what = "no /proc",
	  .mounts = true,
	  .before = "mount -t tmpfs none /proc",
	  .fails = CMD_EXPLAIN,
	  .part = "/proc is not mounted" },
	{ .what = "no tracefs, and none in debugfs",
	  .mounts = true,
	  .before = "mount -t tmpfs none /sys/kernel/debug; mount -t tmpfs none "
		    "/sys/kernel/tracing" },
	{ .what = "a time namespace",
	  .needs = "-T",
	  .by = "unshare -T --monotonic 100000 --boottime 200000" },
	{ .what = "a user namespace",
	  .needs = "-Ur",
	  .by = "unshare -Ur",
	  .fails = CMD_TRACING | CMD_DOCTOR,
	  .part = "user namespace" },
};

static bool group_is_gone(void *pid)
{
	return kill(-*(pid_t *)pid, 0) && errno == ESRCH;
}

/** only_known - files of @dir are those that were asked for; all but the recording go. */
static void only_known(const char *dir, const char *what)
{
	struct dirent **names;
	const int nr = scandir(dir, &names, NULL, alphasort);
	char path[512];

	vt_cmp(nr, >=, 0, "files in %s", dir);
	for (int i = 0; i < nr; i++) {
		const char *name = names[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (!strcmp(name, "out") || !strcmp(name, "rec.new"))
			vt_sys(unlink(path));
		else if (strcmp(name, ".") && strcmp(name, "..") && strcmp(name, "rec"))
			fail_msg("%s: left behind: %s", what, path);
		free(names[i]);
	}
	free(names);
}

/** struct meeting - one command, in a directory of its own, which has a recording, and one fault */
struct meeting {
	struct vt_cmd cmd;
	char dir[300];
	char what[256];
	pid_t group;
};

/** All commands: most of the time of each goes by waiting, so they run at once. */
static struct meeting meetings[NR_COMMANDS];

/** make_directories - for all commands, each with a recording */
static void make_directories(void)
{
	const char *in = vt_path("commands");
	struct vt_recorded r;

	vt_sys(mkdir(in, 0700));
	vt_record(&r, NULL, VT_ARGS("forks", "--procs", "2"));
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		char rec[320];

		snprintf(meetings[i].dir, sizeof(meetings[i].dir), "%s/%zu", in, i);
		vt_sys(mkdir(meetings[i].dir, 0700));
		snprintf(rec, sizeof(rec), "%s/rec", meetings[i].dir);
		vt_run(&meetings[i].cmd, NULL, VT_ARGS("cp", r.file, rec));
		vt_equal(meetings[i].cmd.exit, 0, "cp: %s", meetings[i].cmd.err);
		vt_free(&meetings[i].cmd);
	}
	vt_recorded_free(&r);
}

static void begin_meeting(struct meeting *m, const struct command_line *c, const struct fault *f)
{
	const char *line = f->to_file ? c->to_file : c->line;
	char script[1024];

	/* a mount that the machine does not have is no failure */
	snprintf(script, sizeof(script),
		 "dir=$1 out=$1/out rec=$1/rec; { %s; } 2>/dev/null; exec %s \"$0\" %s %s",
		 f->before ? f->before : ":", f->by ? f->by : "", line,
		 f->redirect ? f->redirect : "");
	snprintf(m->what, sizeof(m->what), "%s: %.60s", f->what, line);
	vt_start(&m->cmd, NULL,
		 f->mounts ? VT_ARGS("unshare", "-m", "sh", "-c", script, vt_vmascope(), m->dir)
			   : VT_ARGS("sh", "-c", script, vt_vmascope(), m->dir));
	m->group = m->cmd.pid;
}

/** end_meeting - status, message, and nothing that is left behind */
static void end_meeting(struct meeting *m, const struct command_line *c, const struct fault *f)
{
	const bool fails = f->fails & c->id;

	vt_wait(&m->cmd, VT_PATIENCE);
	if (m->cmd.exit != fails)
		fail_msg("%s: exit status %d instead of %d: %s", m->what, m->cmd.exit, fails,
			 m->cmd.err);
	if (fails)
		vt_one_error(&m->cmd, f->part, "%s", m->what);
	vt_await(group_is_gone, &m->group, m->what, VT_PATIENCE);
	only_known(m->dir, m->what);
	vt_free(&m->cmd);
}

static void every_command_under_every_limit(void **state)
{
	static struct vt_bpf_ids before;

	(void)state;
	/* what this test was started with counts against no limit of files */
	vt_sys(close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC));
	vt_bpf_list(&before);
	make_directories();
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		const struct fault *f = &faults[i];

		if ((f->needs && !vt_can_unshare(f->needs)) || (f->mounts && !vt_can_unshare("-m")))
			continue;
		for (size_t n = 0; n < NR_COMMANDS; n++)
			begin_meeting(&meetings[n], &commands[n], f);
		for (size_t n = 0; n < NR_COMMANDS; n++)
			end_meeting(&meetings[n], &commands[n], f);
	}
	vt_bpf_await_none_new(&before);
}

/* --- memory -------------------------------------------------------------------------------- */

/** struct outcomes - of runs with more and more memory */
struct outcomes {
	unsigned int good;
	unsigned int told;
};

/** What ends a run in which the program could not even be loaded. */
#define UNLOADED "127"

/** add_outcome - a run that is good; or says that there is no memory; or was not loaded; or killed for it */
static void add_outcome(struct outcomes *o, const struct vt_cmd *cmd, const char *script)
{
	if (!cmd->exit) {
		o->good++;
	} else if (cmd->exit == 1) {
		vt_one_error(cmd, "memory", "%s", script);
		o->told++;
	} else if (cmd->exit != 127 && cmd->exit != 128 + SIGKILL) {
		fail_msg("%s: exit status %d: %s", script, cmd->exit, cmd->err);
	}
}

/** Sizes that are tried: each is half as large again as the one before. */
#define LEAST_KIB 256u
#define MOST_KIB (16u << 20)

/** has_bad - a command that was not good yet */
static bool has_bad(const struct outcomes *all)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!all[i].good)
			return true;
	return false;
}

/** sweep - @format has a number of KiB: from the least on, until it is good */
static struct outcomes sweep(const char *format, const char *file)
{
	struct outcomes o = { 0 };

	for (unsigned int kib = LEAST_KIB; !o.good && kib < MOST_KIB; kib += kib / 2) {
		struct vt_cmd cmd;
		char script[800];

		snprintf(script, sizeof(script), format, kib);
		vt_run(&cmd, NULL, VT_ARGS("sh", "-c", script, vt_vmascope(), file));
		add_outcome(&o, &cmd, script);
		vt_free(&cmd);
	}
	return o;
}

/**
 * each_command_is_swept - with more and more of what @limit of prlimit(1) limits, in bytes; all at once
 *
 * What is no program yet can say nothing: the loader fails, or crashes.
 */
static void each_command_is_swept(const char *limit, const char *what)
{
	struct outcomes all[NR_COMMANDS] = { 0 };
	char script[512];

	make_directories();
	for (unsigned int kib = LEAST_KIB; has_bad(all) && kib < MOST_KIB; kib += kib / 2) {
		for (size_t i = 0; i < NR_COMMANDS; i++) {
			snprintf(script, sizeof(script),
				 "rec=$1/rec; set_limit='prlimit %s='%lu; "
				 "$set_limit \"$0\" --version >/dev/null 2>&1 || exit " UNLOADED
				 "; exec $set_limit \"$0\" %s",
				 limit, (unsigned long)kib << 10, commands[i].line);
			snprintf(meetings[i].what, sizeof(meetings[i].what), "%.250s", script);
			if (!all[i].good)
				vt_start(&meetings[i].cmd, NULL,
					 VT_ARGS("sh", "-c", script, vt_vmascope(),
						 meetings[i].dir));
		}
		for (size_t i = 0; i < NR_COMMANDS; i++) {
			if (all[i].good)
				continue;
			vt_wait(&meetings[i].cmd, VT_PATIENCE);
			add_outcome(&all[i], &meetings[i].cmd, meetings[i].what);
			vt_free(&meetings[i].cmd);
		}
	}
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		vt_equal(all[i].good, 1, "good with enough %s: %s", what, commands[i].line);
		/* others need hardly more than to be loaded */
		if (commands[i].id & CMD_TRACING)
			vt_cmp(all[i].told, >, 0, "told where there is too little %s: %s", what,
			       commands[i].line);
		only_known(meetings[i].dir, what);
	}
}

static void low_address_space_limit_is_reported(void **state)
{
	(void)state;
	each_command_is_swept("--as", "address space");
}

static void low_data_limit_is_reported(void **state)
{
	(void)state;
	each_command_is_swept("--data", "data");
}

static void small_memory_cgroup_is_reported(void **state)
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
		 "echo %%uK >%s/%s && echo $$ >%s/cgroup.procs && exec \"$0\" stat -o /dev/null -- "
		 "true",
		 dir, limit, dir);
	o = sweep(format, vt_path("out"));
	vt_memcg_remove(dir);
	vt_equal(o.good, 1, "good with enough of it");
	vt_cmp(o.told, >, 0, "told where there is too little");
}

static const struct CMUnitTest tests[] = {
	VT_TEST(every_command_under_every_limit),
	VT_TEST(low_address_space_limit_is_reported),
	VT_TEST(low_data_limit_is_reported),
	VT_TEST(small_memory_cgroup_is_reported),
};

VT_MAIN(tests)
