/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges.h - give up what is not needed once everything is attached.
 */
#ifndef VMASCOPE_SYS_PRIVILEGES_H
#define VMASCOPE_SYS_PRIVILEGES_H

#include "sys/sandbox.h"

/**
 * privileges__drop - run as @user, if this is root, and give up all capabilities but those that
 * reading /proc and cgroupfs takes
 *
 * CAP_SYS_PTRACE (/proc/PID/maps of others), CAP_DAC_READ_SEARCH (names of cgroups) and CAP_PERFMON
 * (events on CPUs that come online) stay, as far as they are there; before Linux 5.19, CAP_BPF does, which its maps need.
 * Return: 0, or a negative errno after an error message.
 */
int privileges__drop(const struct user_ids *user);

/**
 * privileges__find_user - numbers of a user and its group, by name or number
 * Return: 0 or -ENOENT.
 */
int privileges__find_user(const char *name, struct user_ids *user);

#endif /* VMASCOPE_SYS_PRIVILEGES_H */
