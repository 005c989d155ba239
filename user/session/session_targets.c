// SPDX-License-Identifier: GPL-2.0-only
/* session_targets.c - the targets of -p and -t: check that they exist, and detect their end. */
#include "session/session_targets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/limits.h"
#include "util/log.h"

/** status_field - a number from /proc/ID/status. Return: it, or a negative errno. */
static long status_field(pid_t id, const char *field)
{
	char path[64], line[256];
	long value = -ENOENT;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", id);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, field, strlen(field)))
			value = strtol(line + strlen(field), NULL, 10);
	fclose(f);
	return value;
}

int session_targets__check(const struct options *o)
{
	for (size_t i = 0; i < o->capture.nr_ids; i++) {
		long tgid = status_field(o->capture.ids[i], "Tgid:");

		if (tgid < 0)
			return vs_fail(VS_EXIT_FAILURE,
				       proc_hint() ? proc_hint()
						   : "it may have exited; `ps -e` lists processes",
				       "no such %s: %d", o->capture.threads ? "thread" : "process",
				       o->capture.ids[i]);
		if (!o->capture.threads && tgid != o->capture.ids[i])
			return vs_fail(VS_EXIT_FAILURE, "use -t for a thread, -p for its process",
				       "%d is a thread of process %ld", o->capture.ids[i], tgid);
	}
	return 0;
}

/* include/uapi/linux/pidfd.h, 6.9 */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

int session_targets__open(struct session *s)
{
	const struct options *o = s->options;

	s->pidfds = malloc((o->capture.nr_ids + 1) * sizeof(*s->pidfds));
	if (!s->pidfds)
		return VS_EXIT_FAILURE;
	for (size_t i = 0; i < o->capture.nr_ids; i++)
		s->pidfds[i] = syscall(SYS_pidfd_open, o->capture.ids[i],
				       o->capture.threads ? PIDFD_THREAD : 0);
	return 0;
}

bool session_targets__alive(const struct session *s)
{
	const struct options *o = s->options;

	for (size_t i = 0; i < o->capture.nr_ids; i++) {
		struct pollfd fd = { .fd = s->pidfds[i], .events = POLLIN };

		/* a zombie is not alive; without a pidfd for the thread, /proc is read */
		if (fd.fd >= 0 ? poll(&fd, 1, 0) == 0
			       : status_field(o->capture.ids[i], "Tgid:") >= 0)
			return true;
	}
	return !o->capture.nr_ids;
}
