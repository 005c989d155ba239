/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * privileges.h - check the privileges of a running vmascope's threads in /proc.
 */
#ifndef VT_PRIVILEGES_H
#define VT_PRIVILEGES_H

#include <sys/types.h>

/** vt_child_of - the first child process of @pid; it must have one */
pid_t vt_child_of(pid_t pid);

/**
 * vt_check_serve - check that each thread of serve, of which @pid is the counting process, has
 * dropped the privileges that it does not need; prints user, groups, capabilities, seccomp and
 * no_new_privs of each
 */
void vt_check_serve(pid_t pid);

#endif /* VT_PRIVILEGES_H */
