// SPDX-License-Identifier: GPL-2.0-only
/*
 * save_calls.c - write memory calls, flushes and pairs of IPI initiator and target to a checkpoint.
 */
#include <errno.h>
#include <string.h>

#include "record/save/save.h"

/** row_fits - the row and its process fit into the checkpoint. */
static bool row_fits(const struct saver *s, const struct call_row *row)
{
	return saver__fits(s, MARK_CALL_ROW, row->number) &&
	       (!row->process || saver__fits(s, MARK_PROCESS, row->process->number));
}

static void put_call_row(struct saver *s, uint32_t number, const struct call_row *row)
{
	struct record_call_row r;

	if (s->stacks && !s->unnamed)
		saver__put_stack(s, row->stack);
	memset(&r, 0, sizeof(r));
	r.number = number;
	r.stack = saver__stack_number(row->stack);
	r.process = row->process ? row->process->number : 0;
	r.vma = row->vma ? row->vma->number : 0;
	r.call = row->call;
	r.detail = row->detail;
	r.pid = row->pid;
	r.tid = row->tid;
	r.map_count = row->map_count;
	r.site = row->site;
	r.start = row->start;
	r.end = row->end;
	memcpy(r.comm, row->comm, sizeof(r.comm));
	r.counts = row->counts;
	saver__put(s, MARK_CALL_ROW, number, RECORD_CALL_ROW, &r, sizeof(r));
}

/* --- pairs ----------------------------------------------------------------------------------- */

/** Fraction of the budget for pairs, and the approximate size of a pair in bytes. */
#define PAIRS_SHARE 8
#define PAIR_BYTES 48

/** put_sums - write pairs beyond the first @most as sums by CPU. Return: 0 or -ENOMEM. */
static int put_sums(struct saver *s, size_t most)
{
	const struct shootdown *x = &s->run->shootdown;
	struct shootdown sums;
	int err = shootdown__init(&sums, 1, x->nr_cpus);

	for (size_t i = most; i < x->nr_pairs && !err; i++)
		err = shootdown__forget_pair(&sums, &x->pairs[i]);
	for (size_t i = 0; i < sums.nr_pairs && !err; i++)
		saver__count(s, RECORD_PAIR, &sums.pairs[i]);
	shootdown__free(&sums);
	return err;
}

/** put_pairs - write all pairs if one has changed, as they have no numbers. */
static void put_pairs(struct saver *s)
{
	const struct shootdown *x = &s->run->shootdown;
	const size_t fit = s->budget / PAIRS_SHARE / PAIR_BYTES;
	const size_t most = s->budget && x->nr_pairs > fit ? fit : x->nr_pairs;

	if (!x->nr_pairs ||
	    !saver__changed(s, MARK_PAIRS, 0, x->pairs, x->nr_pairs * sizeof(*x->pairs)))
		return;
	for (size_t i = 0; i < most; i++)
		saver__count(s, RECORD_PAIR, &x->pairs[i]);
	if (most < x->nr_pairs && put_sums(s, most) && !s->error)
		s->error = -ENOMEM;
}

void saver__put_calls(struct saver *s)
{
	const struct shootdown *x = &s->run->shootdown;
	struct call_row overflow = x->overflow;

	for (size_t i = 0; i < x->nr_rows; i++)
		if (row_fits(s, x->rows[i]))
			put_call_row(s, x->rows[i]->number, x->rows[i]);
		else
			save_rest__add_call(&s->rest, x->rows[i]);
	call_counts_add(&overflow.counts, &s->rest.other_calls);
	put_call_row(s, 0, &overflow);
	for (uint32_t i = 0; i < VS_NR_CALL_CLASSES * VS_NR_CALL_TIMES; i++) {
		struct record_call_hist r = { .class = i / VS_NR_CALL_TIMES,
					      .time = i % VS_NR_CALL_TIMES };

		r.hist = x->hist[r.class][r.time];
		if (r.hist.max_ns)
			saver__put(s, MARK_CALL_HIST, i, RECORD_CALL_HIST, &r, sizeof(r));
	}
	put_pairs(s);
	saver__count(s, RECORD_CALL_TOTALS, &x->totals);
}
