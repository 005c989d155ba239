/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * startup.h - what a process inherits from its parent and has to handle: closed standard
 * descriptors, limits, ignored signals.
 */
#ifndef VMASCOPE_UTIL_STARTUP_H
#define VMASCOPE_UTIL_STARTUP_H

#include <stdbool.h>

/** Descriptors that the soft limit is raised to, where the hard limit allows it: a few for each CPU. */
#define STARTUP_FILES 65536u

/**
 * startup__prepare - to be called first
 *
 * Standard descriptors that are closed are opened so that no file gets their number: reading and
 * writing them fails with EBADF, as before. A write beyond RLIMIT_FSIZE fails with EFBIG instead of
 * ending the process by SIGXFSZ. The soft limit of descriptors is raised. Offsets of a time
 * namespace are read (clock.h).
 */
void startup__prepare(void);

/** startup__ignored - the signal was ignored when vmascope started, as SIGHUP is below nohup(1). */
bool startup__ignored(int sig);

/** startup__restore - in a child, before it runs a command: restore what was inherited. */
void startup__restore(void);

#endif /* VMASCOPE_UTIL_STARTUP_H */
