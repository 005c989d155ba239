// SPDX-License-Identifier: GPL-2.0-only
/*
 * outfile_test - files that are written as root: links, other users' files, and what an earlier ring
 * left are neither followed nor written into nor mixed up; held against stat(2) and file contents.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "nobody is to lose this\n"

/** struct writing - a command that writes a file, whose path is put last */
static const struct writing {
	const char *what;
	const char *args[8];
} writings[] = {
	{ "stat -o", { "stat", "-o" } },
	{ "trace -j -o", { "trace", "-j", "-o" } },
	{ "record -o", { "record", "-o" } },
	{ "record --max-size -o", { "record", "--max-size", "1M", "-o" } },
	{ "stat --flame", { "stat", "--by", "stack", "-K", "--flame" } },
	{ "stat --folded -o", { "stat", "--by", "stack", "-K", "--folded", "-o" } },
};
#define NR_WRITINGS (sizeof(writings) / sizeof(*writings))

static void run(struct vt_cmd *cmd, const struct writing *w, const char *path)
{
	const char *argv[16] = { vt_vmascope() };
	size_t n = 1;

	for (size_t i = 0; w->args[i]; i++)
		argv[n++] = w->args[i];
	argv[n++] = path;
	argv[n++] = "--";
	argv[n++] = "/bin/true";
	vt_run(cmd, NULL, argv);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	vt_true(f && fputs(text, f) >= 0 && !fclose(f));
}

static void check_content(const char *path, const char *what)
{
	char *text = vt_read_file(path, NULL);

	if (strcmp(text, SECRET))
		fail_msg("%s: %s holds %.60s", what, path, text);
	free(text);
}

/** check_refused - @path is not written by any command: one line says @why. */
static void check_refused(const char *path, const char *secret, const char *why)
{
	for (size_t i = 0; i < NR_WRITINGS; i++) {
		struct vt_cmd cmd;

		run(&cmd, &writings[i], path);
		vt_equal(cmd.exit, 1, "exit status of %s into %s", writings[i].what, path);
		vt_contains(cmd.err, path);
		vt_contains(cmd.err, why);
		vt_equal(strchr(cmd.err, '\n') - cmd.err + 1, strlen(cmd.err), "one line of %s",
			 writings[i].what);
		check_content(secret, writings[i].what);
		vt_free(&cmd);
	}
}

static void symbolic_link_is_refused(void **state)
{
	const char *secret = vt_path("secret"), *link_path = vt_path("link");

	(void)state;
	put(secret, SECRET);
	vt_sys(symlink(secret, link_path));
	check_refused(link_path, secret, "symbolic link");
}

static void hard_linked_file_is_refused(void **state)
{
	const char *secret = vt_path("secret"), *name = vt_path("name");

	(void)state;
	put(secret, SECRET);
	vt_sys(link(secret, name));
	check_refused(name, secret, "hard links");
}

static void file_of_another_user_is_refused(void **state)
{
	const char *path = vt_path("theirs");

	(void)state;
	put(path, SECRET);
	vt_sys(chown(path, 65534, 65534));
	check_refused(path, path, "another user");
}

/** swap - as nobody: @path is a link to @secret, a FIFO, a file, a directory and nothing, in turn, for good */
static _Noreturn void swap(const char *path, const char *secret)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(1);
	for (unsigned int i = 0;; i++) {
		int fd;

		/* root's file in a sticky directory stays: then nothing of this has an effect */
		if (unlink(path))
			rmdir(path);
		if (i % 5 == 0)
			(void)!symlink(secret, path);
		else if (i % 5 == 1)
			mkfifo(path, 0666);
		else if (i % 5 == 2 && (fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666)) >= 0)
			close(fd);
		else if (i % 5 == 3)
			mkdir(path, 0777);
		usleep(100);
	}
}

/* In a directory that all may write to, as /tmp. */
static void path_swapped_for_a_link_meanwhile(void **state)
{
	const char *secret = vt_path("secret"), *dir = vt_path("sticky");
	char path[300];
	pid_t pid;

	(void)state;
	put(secret, SECRET);
	vt_sys(mkdir(dir, 0700));
	vt_sys(chmod(dir, 01777));
	snprintf(path, sizeof(path), "%s/out", dir);
	vt_sys(pid = fork());
	if (!pid)
		swap(path, secret);
	for (size_t i = 0; i < 4 * NR_WRITINGS; i++) {
		const struct writing *w = &writings[i % NR_WRITINGS];
		struct stat st;
		struct vt_cmd cmd;

		if (!strcmp(w->what, "record --max-size -o"))
			continue;
		run(&cmd, w, path);
		if (cmd.exit) {
			vt_equal(cmd.exit, 1, "exit status of %s", w->what);
			vt_one_error(&cmd, path, "%s", w->what);
		} else {
			vt_sys(lstat(path, &st));
			vt_true(S_ISREG(st.st_mode) && !st.st_uid && st.st_nlink == 1);
			vt_sys(unlink(path));
		}
		check_content(secret, w->what);
		vt_free(&cmd);
	}
	vt_sys(kill(pid, SIGKILL));
	vt_sys(waitpid(pid, NULL, 0));
}

/* Who has the old file open sees nothing of the new one. */
static void file_is_replaced_not_rewritten(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_WRITINGS; i++) {
		const char *path = vt_path("mine");
		struct stat before, after;
		char text[64] = "";
		struct vt_cmd cmd;
		int fd;

		if (!strcmp(writings[i].what, "record --max-size -o"))
			continue;
		put(path, SECRET);
		vt_sys(chmod(path, 0666));
		fd = open(path, O_RDONLY);
		vt_sys(fstat(fd, &before));
		umask(0);
		run(&cmd, &writings[i], path);
		umask(022);
		vt_equal(cmd.exit, 0, "exit status of %s: %.300s", writings[i].what, cmd.err);
		vt_sys(stat(path, &after));
		vt_true(before.st_ino != after.st_ino || before.st_dev != after.st_dev);
		vt_equal(after.st_mode & 07777, strstr(writings[i].what, "record") ? 0600 : 0666,
			 "mode of %s", writings[i].what);
		vt_equal(pread(fd, text, sizeof(text) - 1, 0), strlen(SECRET), "old bytes");
		vt_equal(strcmp(text, SECRET), 0, "difference of the old file");
		close(fd);
		vt_sys(unlink(path));
		vt_free(&cmd);
	}
}

static void devices_and_descriptors_are_written_directly(void **state)
{
	static const char *const paths[] = { "/dev/null", "/proc/self/fd/1", "/dev/stdout" };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct vt_cmd cmd;

		/* some programs put a file there when they are asked to write into it */
		if (i == 2 && (lstat(paths[i], &st) || !S_ISLNK(st.st_mode)))
			continue;
		run(&cmd, &writings[0], paths[i]);
		vt_equal(cmd.exit, 0, "exit status of stat -o %s: %.300s", paths[i], cmd.err);
		if (i)
			vt_contains(cmd.out, "Page faults of");
		vt_free(&cmd);
	}
	vt_sys(stat("/dev/null", &st));
	vt_true(S_ISCHR(st.st_mode));
}

/* --- rings --------------------------------------------------------------------------------------- */

/** report_all - as `report FILE.*` of a shell, whose order is not that of numbers. */
static void report_all(const char *file, int status)
{
	const char *argv[40] = { vt_vmascope(), "report" };
	char pattern[512];
	struct vt_cmd cmd;
	glob_t found;
	size_t n = 2;

	snprintf(pattern, sizeof(pattern), "%s.*", file);
	vt_equal(glob(pattern, 0, NULL, &found), 0, "files of the ring");
	for (size_t i = 0; i < found.gl_pathc; i++)
		argv[n++] = found.gl_pathv[i];
	vt_run(&cmd, NULL, argv);
	if (cmd.exit != status)
		fail_msg("report %s: exit status %d: %.500s", pattern, cmd.exit, cmd.err);
	vt_free(&cmd);
	globfree(&found);
}

static void old_ring_is_not_mixed_with_a_new_one(void **state)
{
	static const char *const faults[] = { "500000", "1000" };
	const char *file = vt_path("ring"), *result;
	struct vt_recorded r = { .file = file };

	(void)state;
	/* a recording of that name, of one file, is no part of the ring either */
	vt_record_start(&r, NULL, VT_ARGS("storm", "--faults", "100"), &result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 0, "exit status");
	vt_free(&r.cmd);
	for (int i = 0; i < 2; i++) {
		struct json_object *json;

		vt_record_start(&r, VT_ARGS("--max-size", "1M"),
				VT_ARGS("storm", "--faults", faults[i]), &result);
		vt_wait(&r.cmd, 10 * VT_PATIENCE);
		vt_equal(r.cmd.exit, 0, "exit status: %.300s", r.cmd.err);
		report_all(file, 0);
		r.work = vt_json_file(result);
		json = vt_report_json(file, 0);
		vt_check_usage(json, r.work);
		json_object_put(json);
		vt_recorded_free(&r);
	}
}

static void ring_removes_only_recordings(void **state)
{
	const char *file = vt_path("ring"), *result;
	struct vt_recorded r = { .file = file };
	char notes[512], other[512];
	char *text;

	(void)state;
	snprintf(notes, sizeof(notes), "%s.7", file);
	snprintf(other, sizeof(other), "%s.7notes", file);
	put(other, SECRET);
	put(notes, SECRET);
	vt_record_start(&r, VT_ARGS("--max-size", "1M"), VT_ARGS("storm", "--faults", "100"),
			&result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 1, "exit status");
	vt_contains(r.cmd.err, notes);
	vt_contains(r.cmd.err, "not a recording");
	text = vt_read_file(notes, NULL);
	vt_equal(strcmp(text, SECRET), 0, "difference of the notes");
	free(text);
	vt_sys(unlink(notes));
	vt_free(&r.cmd);
	vt_record_start(&r, VT_ARGS("--max-size", "1M"), VT_ARGS("storm", "--faults", "100"),
			&result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 0, "exit status: %.300s", r.cmd.err);
	check_content(other, "another file");
	vt_recorded_free(&r);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(symbolic_link_is_refused),
	VT_TEST(hard_linked_file_is_refused),
	VT_TEST(file_of_another_user_is_refused),
	VT_TEST(path_swapped_for_a_link_meanwhile),
	VT_TEST(file_is_replaced_not_rewritten),
	VT_TEST(devices_and_descriptors_are_written_directly),
	VT_TEST(old_ring_is_not_mixed_with_a_new_one),
	VT_TEST(ring_removes_only_recordings),
};

VT_MAIN(tests)
