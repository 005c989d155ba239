/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record_header.h - the header of a recording that is being written.
 */
#ifndef VMASCOPE_SESSION_RECORD_HEADER_H
#define VMASCOPE_SESSION_RECORD_HEADER_H

#include "record/format/header.h"
#include "session/session.h"

/** record_header__fill - set @h except the number of the file; to be freed by header__free(). */
void record_header__fill(const struct session *s, struct header *h);

#endif /* VMASCOPE_SESSION_RECORD_HEADER_H */
