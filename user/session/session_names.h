/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session_names.h - the namer of a live command, with a time limit once the run was asked to end.
 */
#ifndef VMASCOPE_SESSION_SESSION_NAMES_H
#define VMASCOPE_SESSION_SESSION_NAMES_H

#include "session/session.h"

/**
 * session_names__open - set @s->namer and @s->samples
 * @idle: called with @s repeatedly while files are being read
 * Return: 0, or a negative errno after an error message.
 */
int session_names__open(struct session *s, void (*idle)(void *session));

/** session_names__say - print how many addresses are unnamed for lack of time, if any. */
void session_names__say(const struct session *s);

#endif /* VMASCOPE_SESSION_SESSION_NAMES_H */
