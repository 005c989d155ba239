// SPDX-License-Identifier: GPL-2.0-only
/* startup.c - standard descriptors, SIGXFSZ and the limit of descriptors, as startup.h tells. */
#include "util/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/clock.h"

static struct rlimit given_files;
static bool files_raised;

/* Opened the wrong way round; and closed again for a command that is run, which finds them as we did. */
static void hold_standard_fds(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", (fd ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
}

static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	given_files = limit;
	if (limit.rlim_cur >= STARTUP_FILES)
		return;
	limit.rlim_cur = limit.rlim_max < STARTUP_FILES ? limit.rlim_max : STARTUP_FILES;
	files_raised = !setrlimit(RLIMIT_NOFILE, &limit);
}

void startup__prepare(void)
{
	hold_standard_fds();
	signal(SIGXFSZ, SIG_IGN);
	raise_files();
	clock__read_offsets();
}

void startup__restore(void)
{
	signal(SIGXFSZ, SIG_DFL);
	if (files_raised)
		setrlimit(RLIMIT_NOFILE, &given_files);
}
