/* SPDX-License-Identifier: GPL-2.0-only */
/* session_owners.h - owners of memory in a live command: what VMAs without a name are used for. */
#ifndef VMASCOPE_SESSION_SESSION_OWNERS_H
#define VMASCOPE_SESSION_SESSION_OWNERS_H

#include "session/session.h"

/**
 * session_owners__open - be ready to look for owners, unless the run is not a live one
 * @idle: called with @s repeatedly while a process is being looked at
 */
void session_owners__open(struct session *s, void (*idle)(void *session));

/** session_owners__look - look for owners that are due, for a short time. */
void session_owners__look(struct session *s);

/** session_owners__finish - the same for all VMAs at the end, with as much time as there is. */
void session_owners__finish(struct session *s);

#endif /* VMASCOPE_SESSION_SESSION_OWNERS_H */
