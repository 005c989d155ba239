// SPDX-License-Identifier: GPL-2.0-only
/* call_stacks.c - events of memory calls, and of the interrupts that they sent, to rows of stacks. */
#include "collect/call_stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/history/call_event.h"

/**
 * Maximum number of calls whose IPIs were received before their event: they last long, or were
 * lost.
 */
#define MOST_WAITING 65536

void call_stacks__init(struct call_stacks *c, struct live *live, const struct options *o)
{
	*c = (struct call_stacks){ .live = live, .options = o };
	hash__init(&c->interrupts, sizeof(uint64_t));
}

void call_stacks__free(struct call_stacks *c)
{
	hash__free(&c->interrupts, free);
}

/** describe - the row of BPF that counts the call, but with its stack. */
static struct call_row describe(const struct call_stacks *c, const struct vs_event_call *e,
				const struct stack *stack)
{
	struct call_row row = {
		.process = stack->process,
		.image = stack->image,
		.stack = stack,
		.call = e->call,
		.detail = e->detail,
		.pid = e->pid,
		.map_count = e->map_after,
	};

	if (c->options->capture.bpf.call_vma && e->nr_vmas)
		row.vma = live__row(c->live, e->vma[0].slot, e->vma[0].generation);
	if (c->options->capture.bpf.call_site)
		row.site = e->site;
	if (c->options->capture.bpf.call_tid)
		row.tid = e->tid;
	memcpy(row.comm, stack->comm, sizeof(row.comm));
	call_event__range(e, &row.start, &row.end);
	return row;
}

/** move - Return: 0, also where the row of BPF stays unknown; or -ENOMEM. */
static int move(struct call_stacks *c, const struct call_row *row,
		const struct vs_call_counts *counts)
{
	int err = shootdown__move(&c->live->run.shootdown, row, counts);

	if (err == -ENOENT && live__discover(c->live))
		return -ENOMEM;
	if (err == -ENOENT)
		err = shootdown__move(&c->live->run.shootdown, row, counts);
	return err == -ENOENT ? 0 : err;
}

int call_stacks__call(struct call_stacks *c, const struct vs_event_call *e,
		      const struct stack *stack)
{
	struct vs_call_counts counts = call_event__counts(e), *sent;
	struct call_row row;

	/* what an exit sends, it sends after its event */
	sent = e->id ? hash__remove_u64(&c->interrupts, e->id) : NULL;
	if (sent)
		call_counts_add(&counts, sent);
	free(sent);
	if (!stack || !stack->process)
		return 0;
	row = describe(c, e, stack);
	return move(c, &row, &counts);
}

int call_stacks__ipi(struct call_stacks *c, const struct vs_event_ipi *e)
{
	const uint64_t begin_ns = e->head.time_ns;
	const uint64_t delay_ns = begin_ns > e->sent_ns ? begin_ns - e->sent_ns : 0;
	const struct vs_call_counts one = {
		.received = 1,
		.delay_ns = delay_ns,
		.delay_max_ns = delay_ns,
		.stolen_ns = e->stolen_ns,
	};
	struct vs_call_counts *sum;

	if (!e->id || !e->sent_ns || e->call == VS_CALL_EXIT)
		return 0;
	if (c->interrupts.nr >= MOST_WAITING && !hash__get_u64(&c->interrupts, e->id)) {
		hash__free(&c->interrupts, free);
		hash__init(&c->interrupts, sizeof(uint64_t));
	}
	sum = hash__make_u64(&c->interrupts, e->id, sizeof(*sum));
	if (!sum)
		return -ENOMEM;
	call_counts_add(sum, &one);
	return 0;
}
