// SPDX-License-Identifier: GPL-2.0-only
/* run_model.c - the parts of a run's model, made and freed together. */
#include "model/run_model.h"

#include <string.h>

int run_model__init(struct run_model *run, uint32_t nr_slots, uint32_t nr_call_rows,
		    uint32_t nr_stacks, uint32_t nr_cpus)
{
	int err;

	memset(run, 0, sizeof(*run));
	threads__init(&run->threads);
	err = model__init(&run->model, nr_slots, nr_cpus);
	if (!err)
		err = stacks__init(&run->stacks, nr_stacks);
	return err ? err : shootdown__init(&run->shootdown, nr_call_rows, nr_cpus);
}

void run_model__free(struct run_model *run)
{
	in_flight__free(&run->in_flight);
	shootdown__free(&run->shootdown);
	stacks__free(&run->stacks);
	threads__free(&run->threads);
	model__free(&run->model);
}
