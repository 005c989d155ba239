/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session_targets.h - the processes and threads that a command attaches to.
 */
#ifndef VMASCOPE_SESSION_SESSION_TARGETS_H
#define VMASCOPE_SESSION_SESSION_TARGETS_H

#include "session/session.h"

/** session_targets__check - they exist, and are what they are taken for. Return: 0 or an exit status. */
int session_targets__check(const struct options *o);

/** session_targets__open - descriptors that tell when they end. Return: 0 or an exit status. */
int session_targets__open(struct session *s);

/** session_targets__alive - at least one of them has not ended, or there are none. */
bool session_targets__alive(const struct session *s);

#endif /* VMASCOPE_SESSION_SESSION_TARGETS_H */
