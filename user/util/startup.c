// SPDX-License-Identifier: GPL-2.0-only
/* startup.c - standard descriptors, SIGXFSZ and the limit of descriptors, see startup.h. */
#include "util/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/array.h"
#include "util/clock.h"
#include "util/library.h"

static struct rlimit given_files;
static bool files_raised;

/** Signals that are caught or ignored in the course of a run; a command gets them as they were given. */
static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ };
#define NR_SIGNALS ARRAY_SIZE(signals)
static bool given_ignored[NR_SIGNALS];

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

static void read_signals(void)
{
	struct sigaction given;

	for (size_t i = 0; i < NR_SIGNALS; i++)
		given_ignored[i] = !sigaction(signals[i], NULL, &given) &&
				   given.sa_handler == SIG_IGN;
}

bool startup__ignored(int sig)
{
	for (size_t i = 0; i < NR_SIGNALS; i++)
		if (signals[i] == sig)
			return given_ignored[i];
	return false;
}

void startup__prepare(void)
{
	library__prepare();
	hold_standard_fds();
	read_signals();
	signal(SIGXFSZ, SIG_IGN);
	raise_files();
	clock__read_offsets();
}

void startup__restore(void)
{
	for (size_t i = 0; i < NR_SIGNALS; i++)
		signal(signals[i], given_ignored[i] ? SIG_IGN : SIG_DFL);
	if (files_raised)
		setrlimit(RLIMIT_NOFILE, &given_files);
}
