// SPDX-License-Identifier: GPL-2.0-only
/* sandbox.c - drop user, capabilities, memory and system calls. */
#include "sys/sandbox.h"
#include "util/array.h"

#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* A sanitizer maps terabytes, and reads other files. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif

/** set_limits - set limits, unless the process already has lower ones. */
static int set_limits(const struct sandbox *s)
{
	const struct {
		__rlimit_resource_t resource;
		rlim_t most;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_DATA, s->data_bytes },
		{ RLIMIT_FSIZE, s->file_bytes },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i].resource, &limit))
			return -errno;
		if (limit.rlim_cur > limits[i].most)
			limit.rlim_cur = limits[i].most;
		limit.rlim_max = limit.rlim_cur;
		if (setrlimit(limits[i].resource, &limit))
			return -errno;
	}
	return 0;
}

/** filter_calls - install the filter; system calls of another architecture kill the process. */
static int filter_calls(const struct sandbox *s)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = filter ? seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS)
			 : -ENOMEM;

	for (size_t i = 0; i < s->nr_calls && !err; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, s->calls[i], 0);
	if (!err)
		err = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return err;
}

static int drop_capabilities(void)
{
	cap_t none = cap_init();
	const int err = !none || cap_set_proc(none) ? -errno : 0;

	if (none)
		cap_free(none);
	return err;
}

void sandbox__drop_bounds(void)
{
	for (cap_value_t cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (cap_get_bound(cap) > 0)
			cap_drop_bound(cap);
}

int sandbox__set_user(const struct user_ids *user, int keep_caps)
{
	if (geteuid() || !user->uid)
		return 0;
	if (keep_caps && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -errno;
	if (setgroups(0, NULL) || setresgid(user->gid, user->gid, user->gid) ||
	    setresuid(user->uid, user->uid, user->uid))
		return -errno;
	return 0;
}

int sandbox__enter(const struct sandbox *s)
{
	int err;

	/* this needs CAP_SETPCAP, which is lost along with the user */
	sandbox__drop_bounds();
	err = sandbox__set_user(&s->user, 0);
	if (err)
		return err;
	prctl(PR_SET_DUMPABLE, 0);
	err = drop_capabilities();
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	if (!err && !SANITIZED)
		err = set_limits(s);
	if (!err && !SANITIZED)
		err = filter_calls(s);
	return err;
}
