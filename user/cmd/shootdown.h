/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - what the shootdown view has to know about a session.
 */
#ifndef VMASCOPE_CMD_SHOOTDOWN_H
#define VMASCOPE_CMD_SHOOTDOWN_H

#include "session/session.h"

/**
 * shootdown__know - determine which hooks are in use, which requested ones are missing, and the
 * settings in session.machine that the view shows
 * @in_use: filled in; room for NR_HOOKS entries
 */
void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v);

#endif /* VMASCOPE_CMD_SHOOTDOWN_H */
