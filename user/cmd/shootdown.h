/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - what the view of shootdowns wants to know of a session.
 */
#ifndef VMASCOPE_CMD_SHOOTDOWN_H
#define VMASCOPE_CMD_SHOOTDOWN_H

#include "session/session.h"

/**
 * shootdown__know - what the hooks tell, and which are missing although they were asked for; and what
 * session.machine tells
 * @in_use: NR_HOOKS entries, set
 */
void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v);

#endif /* VMASCOPE_CMD_SHOOTDOWN_H */
