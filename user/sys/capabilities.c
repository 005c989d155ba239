// SPDX-License-Identifier: GPL-2.0-only
/* capabilities.c - check the capabilities that a capture needs, before anything else is tried. */
#include "sys/capabilities.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "util/array.h"
#include "util/log.h"

static bool has(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;

	return !cap_get_flag(caps, cap, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

/* PROC_USER_INIT_INO, include/linux/proc_ns.h */
#define INITIAL_USER_NAMESPACE 0xeffffffdu

/* Capabilities in another user namespace do not allow to trace the whole kernel. */
static bool in_user_namespace(void)
{
	struct stat st;

	return !stat("/proc/self/ns/user", &st) && st.st_ino != INITIAL_USER_NAMESPACE;
}

int capabilities__check(void)
{
	static const struct {
		cap_value_t cap;
		const char *name;
	} needed[] = {
		{ CAP_BPF, "CAP_BPF" },		/* load programs and maps */
		{ CAP_PERFMON, "CAP_PERFMON" }, /* tracing programs, perf events */
	};
	cap_t caps = cap_get_proc();
	char missing[64] = "";

	if (!caps)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		/* CAP_SYS_ADMIN, which was required before 5.8, still includes both */
		if (has(caps, needed[i].cap) || has(caps, CAP_SYS_ADMIN))
			continue;
		strcat(missing, *missing ? " and " : "");
		strcat(missing, needed[i].name);
	}
	cap_free(caps);
	if (!*missing && in_user_namespace()) {
		vs_fail(VS_EXIT_FAILURE, "run outside the user namespace",
			"not permitted to trace: capabilities of a user namespace are not "
			"sufficient");
		return -EPERM;
	}
	if (!*missing)
		return 0;
	vs_fail(VS_EXIT_FAILURE, "run as root, or grant these capabilities",
		"not permitted to trace: %s missing", missing);
	return -EPERM;
}
