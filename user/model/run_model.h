/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_model.h - all that was counted in a run, whether it is captured, recorded or read from a file.
 */
#ifndef VMASCOPE_MODEL_RUN_MODEL_H
#define VMASCOPE_MODEL_RUN_MODEL_H

#include "model/in_flight.h"
#include "model/model.h"
#include "model/shootdown.h"
#include "model/stacks.h"
#include "model/threads.h"

/**
 * struct run_model - the model of a run
 * @shootdown: memory calls and flushes, if they are requested; else empty
 * @stacks: if they are requested; else empty
 * @threads: time that each thread spent in faults
 * @in_flight: faults in flight when counting ended
 */
struct run_model {
	struct model model;
	struct shootdown shootdown;
	struct stacks stacks;
	struct threads threads;
	struct in_flight in_flight;
};

/**
 * run_model__init - an empty one
 * @nr_slots, @nr_call_rows, @nr_stacks: numbers of slots and of rows of BPF; @nr_cpus: of possible CPUs
 * Return: 0 or -ENOMEM; to be freed in any case.
 */
int run_model__init(struct run_model *run, uint32_t nr_slots, uint32_t nr_call_rows,
		    uint32_t nr_stacks, uint32_t nr_cpus);
/** run_model__free - free everything; @run may be all zero. */
void run_model__free(struct run_model *run);

#endif /* VMASCOPE_MODEL_RUN_MODEL_H */
