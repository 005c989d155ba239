/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.h - the command after `--`: started, held until it is traced, let go, waited for.
 */
#ifndef VMASCOPE_SYS_CHILD_H
#define VMASCOPE_SYS_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/**
 * struct child - the command's process
 * @pid: 0 before it is started
 * @pidfd: readable when it has ended
 * @go_fd: where it waits to be let go
 * @error_fd: where a failed exec writes its errno
 * @ended: it has been waited for
 * @status: as waitpid(2) gives it
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
 * child__start - fork; the child waits to be let go
 * @argv: the command and its arguments, ended by NULL; must live until child__go()
 * @quiet: it reads and writes /dev/null
 *
 * Return: 0, or a negative errno after an error message.
 */
int child__start(struct child *c, char *const *argv, bool quiet);

/**
 * child__go - let it exec, and wait until it has
 * Return: 0, or exec's negative errno after an error message.
 */
int child__go(struct child *c);

/** child__poll - see whether it has ended, without waiting. */
bool child__poll(struct child *c);

/** child__exit_status - what a shell would give for it: 128 + signal if it was killed. */
int child__exit_status(const struct child *c);

/** child__cleanup - end it if it was never let go, and close the descriptors. */
void child__cleanup(struct child *c);

#endif /* VMASCOPE_SYS_CHILD_H */
