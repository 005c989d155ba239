/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session_targets.h - the processes and threads that a command attaches to.
 */
#ifndef VMASCOPE_SESSION_SESSION_TARGETS_H
#define VMASCOPE_SESSION_SESSION_TARGETS_H

#include "session/session.h"

/** session_targets__check - that they exist, with the right type. Return: 0 or an exit status. */
int session_targets__check(const struct options *o);

/** session_targets__open - open descriptors that signal their end. Return: 0 or an exit status. */
int session_targets__open(struct session *s);

/** session_targets__alive - at least one target is alive, or there are none. */
bool session_targets__alive(const struct session *s);

#endif /* VMASCOPE_SESSION_SESSION_TARGETS_H */
