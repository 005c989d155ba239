/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * targets.h - what the filters leave out that one may not expect: said before tracing begins.
 */
#ifndef VMASCOPE_SESSION_TARGETS_H
#define VMASCOPE_SESSION_TARGETS_H

#include "options/options.h"

/**
 * targets__note - say on stderr which existing children of -p are not traced, and where -n is the
 * name of a thread and of no process
 */
void targets__note(const struct options *o);

#endif /* VMASCOPE_SESSION_TARGETS_H */
