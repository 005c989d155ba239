/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges.h - what the threads of a running vmascope may do, as /proc tells it.
 */
#ifndef VT_PRIVILEGES_H
#define VT_PRIVILEGES_H

#include <sys/types.h>

/** vt_child_of - the first child process of @pid, which must have one */
pid_t vt_child_of(pid_t pid);

/**
 * vt_check_serve - each thread of serve, of which @pid is the process that counts, has given up what it does
 * not need; user, groups, capabilities, seccomp and no_new_privs of each are printed
 */
void vt_check_serve(pid_t pid);

#endif /* VT_PRIVILEGES_H */
