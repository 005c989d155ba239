// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop_names_test - every command ends when it is to, though naming its stacks would take for as long
 * as one likes: the process that reads files for it is stopped by the test, and so is each that takes
 * its place. What there was no time for has its file and place in it, and is counted.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Files with code: with 5 seconds for each, far more than VT_PATIENCE is spent on all of them. */
#define FILES 64
#define FILES_TEXT "64"
/** Where in each the write is: behind push and mov. */
#define WRITE_OFFSET 4

/** struct run - a command, and who makes the faults */
struct run {
	struct vt_cmd cmd;
	struct vt_cmd target;
};

/** stop_readers - of @parent, those that are not. Return: how many readers it has. */
static int stop_readers(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	int n = 0;

	vt_true(proc);
	while ((e = readdir(proc))) {
		char path[64], comm[32], state;
		int pid, ppid;
		FILE *f;

		if (sscanf(e->d_name, "%d", &pid) != 1)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (fscanf(f, "%*d (%31[^)]) %c %d", comm, &state, &ppid) == 3 && ppid == parent &&
		    !strcmp(comm, "vmascope-elf") && state != 'Z') {
			n++;
			if (state != 'T')
				kill(pid, SIGSTOP);
		}
		fclose(f);
	}
	closedir(proc);
	return n;
}

static bool has_reader(void *arg)
{
	const struct run *r = arg;

	return stop_readers(r->cmd.pid) || vt_ended(&r->cmd);
}

static bool has_ended(void *arg)
{
	const struct run *r = arg;

	stop_readers(r->cmd.pid);
	return vt_ended(&r->cmd);
}

static void start_command(struct run *r, const char *const *args)
{
	const char *argv[24] = { vt_vmascope() };
	size_t n = 1;

	while (*args)
		argv[n++] = *args++;
	vt_start(&r->cmd, NULL, argv);
}

static void start_target(struct run *r, const char *program)
{
	vt_start(&r->target, NULL, VT_ARGS(program, "--files", FILES_TEXT));
	vt_await_text(&r->target, "ready");
}

/** end_target - which has not ended by itself */
static void end_target(struct run *r)
{
	vt_true(!vt_ended(&r->target));
	vt_signal(&r->target, SIGTERM);
	vt_wait(&r->target, VT_PATIENCE);
}

static void await_end(struct run *r)
{
	vt_await(has_ended, r, "the command has ended", VT_PATIENCE);
	vt_wait(&r->cmd, VT_PATIENCE);
	vt_equal(r->cmd.exit, 0, "exit status: %s", r->cmd.err);
	end_target(r);
}

static void done(struct run *r)
{
	vt_free(&r->target);
	vt_free(&r->cmd);
}

/* Stacks that begin in one of the files, each once; they have no names, but file and offset. */
static int stacks_in_files(struct json_object *stat)
{
	struct json_object *stack, *frame, *seen = json_object_new_object();
	int n;

	vt_each(stack, stat, "stacks")
	{
		const char *module;

		frame = vt_len(stack, "frames") ? vt_at(stack, "frames", 0) : NULL;
		if (!frame || vt_get(frame, "name") || !vt_get(frame, "module"))
			continue;
		module = vt_str(frame, "module");
		if (!strstr(module, "/codefiles-"))
			continue;
		/* at the first instruction: the code itself was not there */
		if (!strtol(vt_str(frame, "module_offset"), NULL, 16))
			continue;
		vt_equal(strtol(vt_str(frame, "module_offset"), NULL, 16), WRITE_OFFSET,
			 "place in %s", module);
		json_object_object_add(seen, module, NULL);
	}
	n = json_object_object_length(seen);
	json_object_put(seen);
	return n;
}

/*
 * Nothing can be read from before the first fault on: after the signal there is no time for it. With
 * processes of another run of this test in the counts, all of the time could go to theirs.
 */
static void unnamed_addresses_are_counted(void **state)
{
	const char *program, *line;
	struct json_object *stat;
	char name[16];
	struct run r;

	(void)state;
	memset(&r, 0, sizeof(r));
	program = vt_named_copy("codefiles", name, sizeof(name));
	start_command(&r, VT_ARGS("stat", "--by", "stack", "-j", "-n", name));
	vt_await(has_reader, &r, "the reader is stopped", VT_PATIENCE);
	vt_await_attached(&r.cmd);
	start_target(&r, program);
	vt_signal(&r.cmd, SIGINT);
	await_end(&r);
	stat = vt_json(r.cmd.out, "stat");
	vt_equal(stacks_in_files(stat), FILES, "files with a stack");
	line = strstr(r.cmd.err, " code addresses are not resolved");
	vt_true(line);
	while (line > r.cmd.err && line[-1] >= '0' && line[-1] <= '9')
		line--;
	vt_cmp(strtol(line, NULL, 10), >=, FILES, "addresses without a name");
	json_object_put(stat);
	done(&r);
}

/** All of one target, at once: the time of each goes by waiting for its readers. */
#define NR_COMMANDS 8

static bool all_have_ended(void *arg)
{
	const struct run *runs = arg;
	bool all = true;

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		stop_readers(runs[i].cmd.pid);
		all &= vt_ended(&runs[i].cmd);
	}
	return all;
}

static void every_command_ends_by_duration(void **state)
{
	const char *recording = vt_path("names.rec");
	const char *const commands[NR_COMMANDS][16] = {
		{ "stat", "--by", "stack", NULL },
		{ "stat", "--by", "stack", "--unwind", "dwarf", NULL },
		{ "stat", "--by", "function", "-i", "200ms", NULL },
		{ "trace", "-U", "-o", "/dev/null", NULL },
		{ "record", "-U", "-o", recording, NULL },
		{ "top", "--batch", "--view", "stacks", NULL },
		{ "shootdown", "--by", "site", NULL },
		{ "shootdown", "--by", "stack", NULL },
	};
	static struct run runs[NR_COMMANDS];
	struct run *first = &runs[0];
	char pid[16];

	(void)state;
	memset(runs, 0, sizeof(runs));
	start_target(first, vt_workload("codefiles"));
	snprintf(pid, sizeof(pid), "%d", first->target.pid);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		const char *argv[24];
		size_t n = 0;

		for (; commands[i][n]; n++)
			argv[n] = commands[i][n];
		argv[n++] = "-d";
		argv[n++] = "1";
		argv[n++] = "-p";
		argv[n++] = pid;
		argv[n] = NULL;
		start_command(&runs[i], argv);
	}
	vt_await(all_have_ended, runs, "all commands have ended", VT_PATIENCE);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		vt_wait(&runs[i].cmd, VT_PATIENCE);
		vt_equal(runs[i].cmd.exit, 0, "exit status of %s: %s", commands[i][0],
			 runs[i].cmd.err);
		vt_free(&runs[i].cmd);
	}
	end_target(first);
	vt_free(&first->target);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(unnamed_addresses_are_counted),
	VT_TEST(every_command_ends_by_duration),
};

VT_MAIN(tests)
