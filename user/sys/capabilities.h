/* SPDX-License-Identifier: GPL-2.0-only */
/* capabilities.h - the capabilities that a capture needs. */
#ifndef VMASCOPE_SYS_CAPABILITIES_H
#define VMASCOPE_SYS_CAPABILITIES_H

#include <sys/capability.h>

/* libcap's header may be older than the kernel */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/**
 * capabilities__check - check that this process has them
 * Return: 0, or -EPERM after an error message that lists the missing ones.
 */
int capabilities__check(void);

#endif /* VMASCOPE_SYS_CAPABILITIES_H */
