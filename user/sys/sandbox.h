/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sandbox.h - give up what a process could do harm with: user, capabilities, memory, system calls.
 */
#ifndef VMASCOPE_SYS_SANDBOX_H
#define VMASCOPE_SYS_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** struct user_ids - who a process runs as */
struct user_ids {
	uid_t uid;
	gid_t gid;
};

/** The user and group "nobody": they own no file. */
#define SANDBOX_NOBODY ((struct user_ids){ 65534, 65534 })

/**
 * struct sandbox - what a process may still do
 * @user: who it runs as, where it has root to give up
 * @calls: system calls that it may make, @nr_calls of them; others fail with EPERM
 * @data_bytes: limit of its private memory (RLIMIT_DATA), if it has no lower one
 * @file_bytes: limit of the size of a file that it writes (RLIMIT_FSIZE), memory files included; likewise
 */
struct sandbox {
	struct user_ids user;
	const int *calls;
	size_t nr_calls;
	uint64_t data_bytes;
	uint64_t file_bytes;
};

/**
 * sandbox__enter - give up all but what @s says, for good
 *
 * No process can be started any more. Files that are open stay usable. Built with a sanitizer, which
 * needs more, only the user and the capabilities are given up.
 * Return: 0 or a negative errno.
 */
int sandbox__enter(const struct sandbox *s);

/** sandbox__drop_bounds - no program that is executed gets a capability back; where that is permitted. */
void sandbox__drop_bounds(void);

/**
 * sandbox__set_user - run as @user from now on; capabilities are kept if @keep_caps, as permitted ones
 *
 * Without CAP_SETUID or CAP_SETGID in a process that is root, it fails. One that is not root is left
 * as it is.
 * Return: 0 or a negative errno.
 */
int sandbox__set_user(const struct user_ids *user, int keep_caps);

#endif /* VMASCOPE_SYS_SANDBOX_H */
