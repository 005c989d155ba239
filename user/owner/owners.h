/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owners.h - find what VMAs without a file or a name are used for, by evidence in their processes.
 *
 * Evidence appears after the first fault, and a VMA may be merged with others later. So VMAs that
 * are not recognised are looked at again, more and more rarely; those that are, too: if another
 * family is found then, the owner is unknown for good.
 */
#ifndef VMASCOPE_OWNER_OWNERS_H
#define VMASCOPE_OWNER_OWNERS_H

#include "model/model.h"
#include "symbol/helper/helper.h"

struct look_reply;

/**
 * struct owners_options - what the caller provides, each with @ctx
 * @gone: the process image has ended or was replaced
 * @named: the owner of a row has changed
 * @idle: NULL, or called while an answer is awaited; @late: NULL, or time is over
 */
struct owners_options {
	bool (*gone)(void *ctx, const struct process *p, uint64_t image);
	void (*named)(void *ctx, const struct fault_row *row);
	void (*idle)(void *ctx);
	bool (*late)(void *ctx);
	void *ctx;
};

/**
 * struct owners - the search
 * @next_ns: nothing is due before this time; @nr_rows: of the model, when that was determined
 * @rest_ns: no search begins before this time, as the last one took long
 * @from: process at which the next search begins
 * @looks: number of requests
 */
struct owners {
	struct owners_options options;
	struct helper helper;
	bool works;
	uint64_t next_ns;
	uint64_t rest_ns;
	uint32_t nr_rows;
	size_t from;
	uint64_t looks;
};

/**
 * owners__open - start the helper, before anything is open that it must not inherit
 *
 * Without a helper, all owners are unknown.
 */
void owners__open(struct owners *o, const struct owners_options *options);
void owners__free(struct owners *o);

/**
 * owners__look - look for the owners that are due
 * @until_ns: end then (CLOCK_MONOTONIC), apart from the request that is being answered
 * @all: look at all VMAs now: their names are about to be printed for the last time
 */
void owners__look(struct owners *o, struct model *m, uint64_t until_ns, bool all);

/**
 * owners__apply - set the owners of rows from the answer @reply
 * @rows: by number in the request
 */
void owners__apply(struct owners *o, struct fault_row *const *rows, const struct look_reply *reply,
		   uint64_t now_ns);

#endif /* VMASCOPE_OWNER_OWNERS_H */
