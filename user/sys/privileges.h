/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges.h - drop privileges that are not needed once everything is attached.
 */
#ifndef VMASCOPE_SYS_PRIVILEGES_H
#define VMASCOPE_SYS_PRIVILEGES_H

#include "sys/sandbox.h"

/**
 * privileges__drop - if root, switch to @user, and drop all capabilities except those for reading
 * /proc and cgroupfs
 *
 * CAP_SYS_PTRACE (/proc/PID/maps of other users), CAP_DAC_READ_SEARCH (names of cgroups) and
 * CAP_PERFMON (events on CPUs that come online) are kept if they are available; so is CAP_BPF
 * before Linux 5.19, which requires it for map access.
 * Return: 0, or a negative errno after an error message.
 */
int privileges__drop(const struct user_ids *user);

/**
 * privileges__keep_reading - permanently drop all capabilities except those for reading the memory
 * and the files in /proc of other processes: CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
 *
 * Return: 0 or a negative errno.
 */
int privileges__keep_reading(void);

/**
 * privileges__find_user - look up a user and its group, by name or number
 * Return: 0 or -ENOENT.
 */
int privileges__find_user(const char *name, struct user_ids *user);

#endif /* VMASCOPE_SYS_PRIVILEGES_H */
