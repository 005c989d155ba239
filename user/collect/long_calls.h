/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * long_calls.h - add events of memory calls to the list of the longest, with names of VMA and site.
 */
#ifndef VMASCOPE_COLLECT_LONG_CALLS_H
#define VMASCOPE_COLLECT_LONG_CALLS_H

#include "model/history/longest_calls.h"
#include "session/session.h"

/** long_calls__site - the call site as a stack of one frame; NULL: not known, or no memory */
const struct stack *long_calls__site(struct session *s, const struct vs_event_call *call);

/** long_calls__wants - @call is one of the longest so far, on a VMA that --vma selects. */
bool long_calls__wants(const struct longest_calls *l, struct session *s,
		       const struct vs_event_call *call);

/**
 * long_calls__add - @call, which long_calls__wants()
 * @site: a stack whose first frame is the call site, NULL: not known
 */
void long_calls__add(struct longest_calls *l, struct session *s, const struct vs_event_call *call,
		     const struct stack *site);

/**
 * long_calls__end - a recorded run is over, of whose calls @nr_calls were events: others were lost, or
 *	their part of a ring of files is gone
 */
void long_calls__end(struct longest_calls *l, struct session *s, uint64_t nr_calls);

/** long_calls__name - their VMAs and call sites, now: at the end, and before stacks are freed. */
void long_calls__name(struct longest_calls *l, struct session *s);

/** long_calls__forget - model__forget() is about to free rows. */
void long_calls__forget(struct longest_calls *l, const struct session *s);

#endif /* VMASCOPE_COLLECT_LONG_CALLS_H */
