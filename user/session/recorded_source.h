/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recorded_source.h - a recording as the source of a session, without a capture.
 */
#ifndef VMASCOPE_SESSION_RECORDED_SOURCE_H
#define VMASCOPE_SESSION_RECORDED_SOURCE_H

#include "session/source.h"

struct recording;

/**
 * struct recorded - a recording, as far as it has been read
 * @source: the source of the session
 * @stats: statistics of the latest checkpoint
 * @in_flight, @summing: see struct source_facts
 */
struct recorded {
	struct source source;
	const struct recording *recording;
	struct vs_stats stats;
	bool in_flight;
	bool summing;
};

/** recorded__init - initialize from @recording, whose header has been read. */
void recorded__init(struct recorded *r, const struct recording *recording);

#endif /* VMASCOPE_SESSION_RECORDED_SOURCE_H */
