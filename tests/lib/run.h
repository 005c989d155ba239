/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - start a program, wait for it with a time bound, and keep what it printed.
 */
#ifndef VT_RUN_H
#define VT_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Seconds that anything may take before it counts as hung; VMASCOPE_SLOW multiplies them. Far more
 * than it takes on a loaded machine, and less than the runner's limit for a test program.
 */
#define VT_PATIENCE 120
/** Exit status of a workload on a machine that lacks what it needs. */
#define VT_IMPOSSIBLE 77

/**
 * struct vt_cmd - a program that runs or has run
 * @stdin_fd: write end of its stdin, -1 if closed or not asked for
 * @out, @err: what it printed, NUL-terminated; set by vt_wait()
 * @notify_fd: socket for what it notifies of (sd_notify), see vt_await_attached()
 * @status: as waitpid() gives it; @exit: exit status, or 128 + signal
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
 * struct vt_how - what differs from an ordinary start
 * @uid: run as this user, without capabilities; 0 stays root
 * @stdin_pipe: true = stdin is a pipe that stays open until vt_close_stdin(); else /dev/null
 * @stdout_fd: give it this descriptor as stdout, if not 0
 * @env: one "NAME=VALUE" to add, or NULL
 */
struct vt_how {
	uid_t uid;
	bool stdin_pipe;
	int stdout_fd;
	const char *env;
};

/** An argument vector in place: VT_ARGS("prog", "arg") */
#define VT_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/**
 * vt_start - start @argv (by PATH), each in a process group of its own; fails the test if it can't
 *
 * Without huge pages, whatever the machine's mode is, but where the program asks for them anew.
 */
void vt_start(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv);
/** vt_wait - wait until @cmd has ended; past @seconds, it is killed and the test fails */
void vt_wait(struct vt_cmd *cmd, unsigned int seconds);
/** vt_run - vt_start() and vt_wait() with the usual patience */
void vt_run(struct vt_cmd *cmd, const struct vt_how *how, const char *const *argv);
/**
 * vt_possible - run a workload that tells by its exit status, 77, that this machine lacks what it needs
 *
 * What it says of that is noted; any other failure is the test's.
 * Return: whether the machine has it.
 */
bool vt_possible(const char *const *argv);
void vt_close_stdin(struct vt_cmd *cmd);
void vt_signal(const struct vt_cmd *cmd, int sig);
bool vt_ended(const struct vt_cmd *cmd);
/** vt_peek - what @cmd has printed on stdout so far; the caller frees it */
char *vt_peek(const struct vt_cmd *cmd);
/** vt_peek_err - the same of stderr */
char *vt_peek_err(const struct vt_cmd *cmd);
/** vt_await_text - wait until stdout holds @text */
void vt_await_text(const struct vt_cmd *cmd, const char *text);
/** vt_free - release what @cmd holds; one that still runs is killed and reaped */
void vt_free(struct vt_cmd *cmd);
/** vt_kill_left - end what a failed test left running */
void vt_kill_left(void);

/** vt_await - wait until @cond(@arg) holds, or fail the test with @what after @seconds */
void vt_await(bool (*cond)(void *arg), void *arg, const char *what, unsigned int seconds);

/** vt_slow - factor for time bounds, from VMASCOPE_SLOW (emulated machines), else 1 */
unsigned int vt_slow(void);
/** vt_path - a new name in this test's own directory, which vt_cleanup() removes */
const char *vt_path(const char *name);
void vt_cleanup(void);
char *vt_read_file(const char *path, size_t *len);
void vt_write_file(const char *path, const char *text);

#endif /* VT_RUN_H */
