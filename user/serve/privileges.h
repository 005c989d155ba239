/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges.h - give up what is not needed once everything is attached.
 */
#ifndef VMASCOPE_SERVE_PRIVILEGES_H
#define VMASCOPE_SERVE_PRIVILEGES_H

/**
 * privileges__drop - of this thread and those that it starts: all capabilities but those that
 * reading /proc and cgroupfs takes
 *
 * CAP_SYS_PTRACE (/proc/PID/maps of others) and CAP_DAC_READ_SEARCH (names of cgroups) stay, as far
 * as they are there; before Linux 5.19, CAP_BPF does, which its maps need.
 * Return: 0, or a negative errno after an error message.
 */
int privileges__drop(void);

/** privileges__drop_all - of this thread: every capability. */
void privileges__drop_all(void);

#endif /* VMASCOPE_SERVE_PRIVILEGES_H */
