/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recorded_source.h - a recording as the source of a session: nothing is captured.
 */
#ifndef VMASCOPE_SESSION_RECORDED_SOURCE_H
#define VMASCOPE_SESSION_RECORDED_SOURCE_H

#include "record/format/header.h"
#include "record/load/load_stacks.h"
#include "session/source.h"

/**
 * struct recorded - a recording, as far as it was read
 * @source: what the session has
 * @stacks: by their numbers
 * @stats: of the latest checkpoint
 * @in_flight, @summing: see struct source_facts
 */
struct recorded {
	struct source source;
	const struct header *header;
	const struct loaded_stacks *stacks;
	struct vs_stats stats;
	bool in_flight;
	bool summing;
};

/** recorded__init - of a recording with @header, whose stacks are in @stacks. */
void recorded__init(struct recorded *r, const struct header *header,
		    const struct loaded_stacks *stacks);

#endif /* VMASCOPE_SESSION_RECORDED_SOURCE_H */
