// SPDX-License-Identifier: GPL-2.0-only
/* save_rest.c - sum up what exceeds the size limit of a checkpoint as one process, "[other]". */
#include <string.h>

#include "record/save/save.h"

#define OTHER "[other]"

void save_rest__clear(struct save_rest *rest)
{
	memset(rest->rows, 0, sizeof(rest->rows));
	memset(rest->latency, 0, sizeof(rest->latency));
	for (size_t i = 0; i < rest->nr_calls; i++)
		memset(&rest->calls[i].counts, 0, sizeof(rest->calls[i].counts));
	memset(&rest->other_calls, 0, sizeof(rest->other_calls));
	memset(&rest->stacks, 0, sizeof(rest->stacks));
}

void save_rest__add_row(struct save_rest *rest, const struct fault_row *row)
{
	struct rest_row *to = &rest->rows[row->is_vma];

	counts_add(&to->counts, &row->counts);
	to->no_address += row->no_address;
	to->lookup_missed += row->lookup_missed;
	to->no_slot += row->no_slot;
}

void save_rest__add_call(struct save_rest *rest, const struct call_row *row)
{
	size_t i = 0;

	while (i < rest->nr_calls &&
	       (rest->calls[i].call != row->call || rest->calls[i].detail != row->detail))
		i++;
	if (i == REST_CALLS) {
		call_counts_add(&rest->other_calls, &row->counts);
		return;
	}
	if (i == rest->nr_calls)
		rest->calls[rest->nr_calls++] = (struct rest_call){ .call = row->call,
								    .detail = row->detail };
	call_counts_add(&rest->calls[i].counts, &row->counts);
}

/** put_row - write the row of the rest; if empty, only if it was written before. */
static void put_row(struct saver *s, bool is_vma)
{
	const struct rest_row *from = &s->rest.rows[is_vma];
	const uint32_t number = RECORD_REST - is_vma;
	struct record_counts counts = { .number = number, .counts = from->counts };
	struct record_row r;

	if (!counts_faults(&from->counts) && !saver__marked(s, MARK_ROW, number))
		return;
	memset(&r, 0, sizeof(r));
	r.number = number;
	r.process = RECORD_REST;
	r.is_vma = is_vma;
	r.no_address = from->no_address;
	r.lookup_missed = from->lookup_missed;
	r.no_slot = from->no_slot;
	r.name = is_vma ? OTHER : NULL;
	saver__put(s, MARK_ROW, number, RECORD_ROW, &r, sizeof(r));
	saver__put(s, MARK_COUNTS, number, RECORD_COUNTS, &counts, sizeof(counts));
}

static void put_latency(struct saver *s, uint32_t cause)
{
	const uint64_t number = (uint64_t)RECORD_REST * VS_NR_CAUSES + cause;
	struct record_latency r = { .process = RECORD_REST, .cause = cause };

	r.hist = s->rest.latency[cause];
	if (r.hist.max_ns || saver__marked(s, MARK_PROCESS_LATENCY, number))
		saver__put(s, MARK_PROCESS_LATENCY, number, RECORD_LATENCY, &r, sizeof(r));
}

static void put_call(struct saver *s, uint32_t i)
{
	const struct rest_call *from = &s->rest.calls[i];
	const uint32_t number = RECORD_REST - i;
	struct record_call_row r;

	if (!from->counts.count && !saver__marked(s, MARK_CALL_ROW, number))
		return;
	memset(&r, 0, sizeof(r));
	r.number = number;
	r.process = RECORD_REST;
	r.call = from->call;
	r.detail = from->detail;
	r.counts = from->counts;
	memcpy(r.comm, OTHER, sizeof(OTHER));
	saver__put(s, MARK_CALL_ROW, number, RECORD_CALL_ROW, &r, sizeof(r));
}

static bool any(const struct save_rest *rest)
{
	if (counts_faults(&rest->rows[0].counts) || counts_faults(&rest->rows[1].counts))
		return true;
	for (size_t i = 0; i < rest->nr_calls; i++)
		if (rest->calls[i].counts.count)
			return true;
	return false;
}

void saver__put_rest(struct saver *s)
{
	struct record_process p;

	if (!any(&s->rest) && !saver__marked(s, MARK_PROCESS, RECORD_REST))
		return;
	memset(&p, 0, sizeof(p));
	p.number = RECORD_REST;
	memcpy(p.comm, OTHER, sizeof(OTHER));
	p.cgroup_name = OTHER;
	saver__put(s, MARK_PROCESS, RECORD_REST, RECORD_PROCESS, &p, sizeof(p));
	put_row(s, false);
	put_row(s, true);
	for (uint32_t cause = 0; cause < VS_NR_CAUSES; cause++)
		put_latency(s, cause);
	for (uint32_t i = 0; i < s->rest.nr_calls; i++)
		put_call(s, i);
}
