/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.h - the command after `--`: start it, hold it until it is traced, release it, wait for it.
 */
#ifndef VMASCOPE_SYS_CHILD_H
#define VMASCOPE_SYS_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * struct child - the command's process
 * @pid: 0 before it is started
 * @pidfd: readable when it has exited
 * @go_fd: pipe on which it waits to be released
 * @error_fd: pipe to which a failed exec writes its errno
 * @ended: it has exited and was waited for
 * @status: status from waitpid(2)
 */
struct child {
	pid_t pid;
	int pidfd;
	int go_fd;
	int error_fd;
	bool ended;
	int status;
};

/**
 * child__start - fork; the child waits to be released
 * @argv: the command and its arguments, ended by NULL; must live until child__go()
 * @quiet: connect it to /dev/null
 *
 * Return: 0, or a negative errno after an error message.
 */
int child__start(struct child *c, char *const *argv, bool quiet);

/**
 * child__go - release it to exec, and wait until it has
 * Return: 0, or exec's negative errno after an error message.
 */
int child__go(struct child *c);

/** child__poll - check whether it has exited, without waiting. */
bool child__poll(struct child *c);

/** child__exit_status - exit status as in a shell: 128 + signal if it was killed. */
int child__exit_status(const struct child *c);

/** child__cleanup - end it if it was never released, and close the descriptors. */
void child__cleanup(struct child *c);

#endif /* VMASCOPE_SYS_CHILD_H */
