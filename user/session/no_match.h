/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_match.h - note about a run in which nothing matched the filters.
 */
#ifndef VMASCOPE_SESSION_NO_MATCH_H
#define VMASCOPE_SESSION_NO_MATCH_H

#include "options/options.h"

/**
 * no_match__note - note which filters matched none of @what, and how to see what there is
 * @what: "page faults", "memory calls"
 *
 * Prints nothing if processes were the only filter: they may have had no events.
 */
void no_match__note(const struct options *o, const char *what);

#endif /* VMASCOPE_SESSION_NO_MATCH_H */
