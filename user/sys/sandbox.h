/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sandbox.h - drop privileges that an attacker could use: user, capabilities, memory, system calls.
 */
#ifndef VMASCOPE_SYS_SANDBOX_H
#define VMASCOPE_SYS_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** struct user_ids - user and group that a process runs as */
struct user_ids {
	uid_t uid;
	gid_t gid;
};

/** The user and group "nobody", which own no files. */
#define SANDBOX_NOBODY ((struct user_ids){ 65534, 65534 })

/**
 * struct sandbox - what a process may still do
 * @user: user to switch to, if it is root
 * @calls: the @nr_calls system calls that it may make; others fail with EPERM
 * @data_bytes: limit of its private memory (RLIMIT_DATA), unless it has a lower one
 * @file_bytes: limit of the size of a file that it writes (RLIMIT_FSIZE), including memory files;
 *	the same
 */
struct sandbox {
	struct user_ids user;
	const int *calls;
	size_t nr_calls;
	uint64_t data_bytes;
	uint64_t file_bytes;
};

/**
 * sandbox__enter - permanently drop everything except what @s allows
 *
 * No process can be started afterwards. Open files stay usable. In a build with a sanitizer, which
 * needs more, only the user and the capabilities are dropped.
 * Return: 0 or a negative errno.
 */
int sandbox__enter(const struct sandbox *s);

/** sandbox__drop_bounds - if permitted, make sure that no executed program regains a capability. */
void sandbox__drop_bounds(void);

/**
 * sandbox__set_user - switch to @user; with @keep_caps, permitted capabilities are kept
 *
 * Fails if the process is root, but lacks CAP_SETUID or CAP_SETGID. A process that is not root is
 * left unchanged.
 * Return: 0 or a negative errno.
 */
int sandbox__set_user(const struct user_ids *user, int keep_caps);

#endif /* VMASCOPE_SYS_SANDBOX_H */
