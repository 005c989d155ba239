/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session_names.h - the namer of a live command, which has so much time once the run was asked to end.
 */
#ifndef VMASCOPE_SESSION_SESSION_NAMES_H
#define VMASCOPE_SESSION_SESSION_NAMES_H

#include "session/session.h"

/**
 * session_names__open - set @s->namer and @s->samples
 * @idle: called with @s again and again while files are being read
 * Return: 0 or a negative errno, which was printed.
 */
int session_names__open(struct session *s, void (*idle)(void *session));

/** session_names__say - how many addresses have no name since there was no time for it, if any. */
void session_names__say(const struct session *s);

#endif /* VMASCOPE_SESSION_SESSION_NAMES_H */
