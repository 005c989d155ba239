// SPDX-License-Identifier: GPL-2.0-only
/* privileges.c - drop the user and the capabilities of a process. */
#include "sys/privileges.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>

#include "sys/capabilities.h"
#include "sys/kernel.h"
#include "util/array.h"
#include "util/log.h"
#include "util/str.h"

/**
 * keep_only - keep only the @nr capabilities in @wanted that are permitted. Return: 0 or a negative
 * errno.
 */
static int keep_only(const cap_value_t *wanted, int nr)
{
	cap_t now = cap_get_proc(), kept = cap_init();
	cap_flag_value_t value;
	int err = now && kept ? 0 : -ENOMEM;

	for (int i = 0; i < nr && !err; i++) {
		if (cap_get_flag(now, wanted[i], CAP_PERMITTED, &value) || value != CAP_SET)
			continue;
		cap_set_flag(kept, CAP_PERMITTED, 1, &wanted[i], CAP_SET);
		cap_set_flag(kept, CAP_EFFECTIVE, 1, &wanted[i], CAP_SET);
	}
	if (!err && cap_set_proc(kept))
		err = -errno;
	cap_free(now);
	cap_free(kept);
	return err;
}

int privileges__find_user(const char *name, struct user_ids *user)
{
	const struct passwd *entry = getpwnam(name);
	uint64_t uid;

	if (!entry && !str_parse_u64(name, UINT32_MAX - 1, &uid))
		entry = getpwuid(uid);
	if (!entry)
		return -ENOENT;
	*user = (struct user_ids){ entry->pw_uid, entry->pw_gid };
	return 0;
}

int privileges__keep_reading(void)
{
	const cap_value_t wanted[] = { CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };

	sandbox__drop_bounds();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return keep_only(wanted, ARRAY_SIZE(wanted));
}

int privileges__drop(const struct user_ids *user)
{
	/* before commit c8644cd0efe7 (5.19), access to open maps requires CAP_BPF */
	const cap_value_t wanted[] = { CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_PERFMON, CAP_BPF };
	const int nr = kernel__version() < KERNEL(5, 19) ? 4 : 3;
	int err;

	sandbox__drop_bounds();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	err = sandbox__set_user(user, true);
	if (err) {
		vs_fail(VS_EXIT_FAILURE, "grant CAP_SETUID and CAP_SETGID, or do not run as root",
			"cannot give up root: %s", strerror(-err));
		return err;
	}
	err = keep_only(wanted, nr);
	if (err)
		vs_error("cannot give up capabilities: %s", strerror(-err));
	return err;
}
