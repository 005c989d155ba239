// SPDX-License-Identifier: GPL-2.0-only
/* limits.c - detect resource limits, and advise how to raise them. */
#include "sys/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

/** Maximum number of files that limit_files() opens. */
#define MOST_FILES 64

const char *limit_hint(int err)
{
	if (err == -EMFILE)
		return "raise the limit of open files (ulimit -n)";
	if (err == -ENOMEM)
		return "raise the memory limits (ulimit -v, memory.max of the cgroup)";
	return NULL;
}

int limit_files(int nr)
{
	int fds[MOST_FILES], n = 0, err = 0;

	while (n < nr && n < MOST_FILES) {
		/* standard descriptors are always open: see startup.h */
		fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
		if (fds[n] < 0) {
			err = -errno;
			break;
		}
		n++;
	}
	while (n--)
		close(fds[n]);
	return err;
}

const char *proc_hint(void)
{
	return access("/proc/self/stat", F_OK) ? "/proc is not mounted" : NULL;
}
