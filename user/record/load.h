/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - a recording into a model: rows and counts as a live capture would have left them.
 *
 * Rows of the model are in slots of their own, which are never used again; a recording's numbers of
 * rows become these. What names something that the recording does not tell of names nothing.
 */
#ifndef VMASCOPE_RECORD_LOAD_H
#define VMASCOPE_RECORD_LOAD_H

#include "model/model.h"
#include "model/shootdown.h"
#include "model/threads.h"
#include "record/format.h"
#include "record/load_stacks.h"
#include "util/hash.h"

/**
 * struct loader - what is being loaded, into a model of the caller's
 * @processes, @rows, @calls: by the recording's numbers
 * @stacks: and their names
 * @stats: of the latest checkpoint: its @time_ns is 0 if there was none
 * @in_pairs: the pairs of the present checkpoint have begun
 */
struct loader {
	struct model *model;
	struct shootdown *shootdown;
	struct threads *threads;
	struct hash processes;
	struct hash rows;
	struct hash calls;
	struct loaded_stacks stacks;
	struct record_stats stats;
	bool in_pairs;
};

/** loader__init - @m, @s, @t and @stacks are made. Return: 0 or -ENOMEM. */
int loader__init(struct loader *l, struct model *m, struct shootdown *s, struct threads *t,
		 struct stacks *stacks, uint32_t nr_cpus);
void loader__free(struct loader *l);

/** loader__take - a record of any type but events. Return: 0 or -ENOMEM. */
int loader__take(struct loader *l, enum record_type type, const union record *record);

/** loader__event - make an event's numbers of rows slots of the model. */
void loader__event(const struct loader *l, enum record_type type, union record *record);

/** loader__finish - put all in the order in which it was first seen live. */
void loader__finish(struct loader *l);

#endif /* VMASCOPE_RECORD_LOAD_H */
