/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_match.h - a run in which the filters have matched nothing.
 */
#ifndef VMASCOPE_SESSION_NO_MATCH_H
#define VMASCOPE_SESSION_NO_MATCH_H

#include "options/options.h"

/**
 * no_match__note - print a note which filters matched none of @what, and how to see what there is
 * @what: "page faults", "memory calls"
 *
 * Nothing is printed where no filter was given but processes: those may have had none.
 */
void no_match__note(const struct options *o, const char *what);

#endif /* VMASCOPE_SESSION_NO_MATCH_H */
