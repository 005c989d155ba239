/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - start a program, wait for it with a time limit, and keep its output.
 */
#ifndef VT_RUN_H
#define VT_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Time limit in seconds after which anything counts as hung; VMASCOPE_SLOW multiplies it. It is far
 * longer than needed on a loaded machine, and shorter than the runner's limit for a test program.
 */
#define VT_PATIENCE 120
/** Exit status of a workload if the machine lacks what it needs. */
#define VT_IMPOSSIBLE 77

/**
 * struct vt_cmd - a program that is running or has exited
 * @stdin_fd: write end of its stdin, -1 if closed or not requested
 * @out, @err: its output, NUL-terminated; set by vt_wait()
 * @notify_fd: socket for its notifications (sd_notify), see vt_await_attached()
 * @status: status from waitpid(); @exit: exit status, or 128 + signal
 */
struct vt_cmd {
	const char *name;
	pid_t pid;
	int stdin_fd;
	int out_fd;
	int err_fd;
	int notify_fd;
	char *out;
	char *err;
	size_t out_len;
	int status;
	int exit;
};

/**
 * struct vt_how - options of a start
 * @uid: run as this user, without capabilities; 0 stays root
 * @stdin_pipe: true: stdin is a pipe that stays open until vt_close_stdin(); false: /dev/null
 * @stdout_fd: descriptor to use as stdout, if not 0
 * @env: one "NAME=VALUE" to add, or NULL
 */
struct vt_how {
	uid_t uid;
	bool stdin_pipe;
	int stdout_fd;
	const char *env;
};

/** An argument vector: VT_ARGS("prog", "arg") */
#define VT_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/**
 * vt_start - start @argv (found in PATH) in a new process group; fails the test if it can't
 *
 * Huge pages are disabled, whatever the machine's mode is, unless the program enables them again.
 */
void vt_start(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv);
/** vt_wait - wait until @cmd has exited; after @seconds, it is killed and the test fails */
void vt_wait(struct vt_cmd *cmd, unsigned int seconds);
/** vt_run - vt_start() and vt_wait() with the default time limit */
void vt_run(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv);
/**
 * vt_possible - run a workload that exits with status 77 if this machine lacks what it needs
 *
 * Its message about that is logged; any other failure fails the test.
 * Return: the machine has what it needs.
 */
bool vt_possible(const char *const *argv);
void vt_close_stdin(struct vt_cmd *cmd);
void vt_signal(const struct vt_cmd *cmd, int sig);
bool vt_ended(const struct vt_cmd *cmd);
/** vt_peek - the output of @cmd on stdout so far; the caller frees it */
char *vt_peek(const struct vt_cmd *cmd);
/** vt_peek_err - the same for stderr */
char *vt_peek_err(const struct vt_cmd *cmd);
/** vt_await_text - wait until stdout contains @text */
void vt_await_text(const struct vt_cmd *cmd, const char *text);
/** vt_free - free what @cmd holds; if it still runs, it is killed and reaped */
void vt_free(struct vt_cmd *cmd);
/** vt_kill_left - end programs that a failed test left running */
void vt_kill_left(void);

/** vt_await - wait until @cond(@arg) is true, or fail the test with @what after @seconds */
void vt_await(bool (*cond)(void *arg), void *arg, const char *what, unsigned int seconds);

/** vt_slow - factor for time limits, from VMASCOPE_SLOW (emulated machines), default 1 */
unsigned int vt_slow(void);
/** vt_path - a new file name in this test's directory, which vt_cleanup() removes */
const char *vt_path(const char *name);
void vt_cleanup(void);
char *vt_read_file(const char *path, size_t *len);
void vt_write_file(const char *path, const char *text);

#endif /* VT_RUN_H */
