/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * targets.h - notes about tasks that the filters unexpectedly exclude, printed before tracing.
 */
#ifndef VMASCOPE_SESSION_TARGETS_H
#define VMASCOPE_SESSION_TARGETS_H

#include "options/options.h"

/**
 * targets__note - note on stderr which existing children of -p are not traced, and if -n is the
 * name of a thread but of no process
 */
void targets__note(const struct options *o);

#endif /* VMASCOPE_SESSION_TARGETS_H */
