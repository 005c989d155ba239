/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_watch.h - what `vmascope top` watches besides the counts: storms, losses, its own cost.
 */
#ifndef VMASCOPE_COLLECT_TOP_WATCH_H
#define VMASCOPE_COLLECT_TOP_WATCH_H

#include "model/history/notes.h"
#include "model/history/storm.h"
#include "session/session.h"
#include "tui/tui.h"

/**
 * struct top_watch - the state at the last interval
 * @notes: messages of the log; @storms; @storm: a storm was in progress
 * @own_ns: CPU time of vmascope; @bpf_ns: of its programs
 * @lost: by enum vs_lost
 * @max_map_count: maximum number of VMAs of a process, 0: unknown
 */
struct top_watch {
	struct session *session;
	struct notes notes;
	struct storms storms;
	bool storm;
	uint64_t own_ns;
	uint64_t bpf_ns;
	uint64_t lost[VS_NR_LOST];
	uint64_t max_map_count;
};

/** top_watch__init - of an open session: notes which fallbacks are in use. */
void top_watch__init(struct top_watch *w, struct session *s);
void top_watch__free(struct top_watch *w);

/** top_watch__tick - an interval has passed; the model has been marked, and is up to date. */
void top_watch__tick(struct top_watch *w, uint64_t from_ns, uint64_t to_ns,
		     struct tui_facts *facts);

#endif /* VMASCOPE_COLLECT_TOP_WATCH_H */
