/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * call_rows.h - rows of memory calls as BPF leaves them, for the tests of the model and of views.
 */
#ifndef VMASCOPE_TESTS_UNIT_CALL_ROWS_H
#define VMASCOPE_TESTS_UNIT_CALL_ROWS_H

#include "slots.h"

#include "model/shootdown.h"

#define TEST_CALL_ROWS 64
#define PAGE 4096ULL

/* A row of the process image in slot @proc; its calls were on [@start, @start + @bytes). */
static inline struct vs_call_row call_row(uint32_t proc, enum vs_call call, uint32_t detail,
					  uint64_t start, uint64_t bytes)
{
	struct vs_call_row row = {
		.key = { .proc = proc, .call = call, .detail = detail },
		.used = 1,
		.start = bytes ? start : ~0ULL,
		.end = bytes ? start + bytes : 0,
	};

	return row;
}

/* That it was made @n times, 1,000 ns each, and sent @sends flushes of one page. */
static inline void called(struct vs_call_row *row, uint64_t n, uint64_t sends)
{
	row->counts.count = n;
	row->counts.latency_ns = 1000 * n;
	row->counts.latency_max_ns = 1000 + n;
	row->counts.flush[VS_FLUSH_REMOTE] = sends;
	row->counts.flush[VS_FLUSH_LOCAL] = sends;
	row->counts.pages = sends;
}

/* That @n interrupts arrived, 2,000 ns late, and took 500 ns each. */
static inline void interrupted(struct vs_call_row *row, uint64_t n)
{
	row->counts.queued = row->counts.received = n;
	row->counts.delay_ns = 2000 * n;
	row->counts.delay_max_ns = 2000 + n;
	row->counts.stolen_ns = 500 * n;
}

static inline struct call_row *put(struct shootdown *s, const struct model *m, uint32_t index,
				   const struct vs_call_row *row)
{
	struct call_row *r = shootdown__row(s, m, index, row);

	assert_non_null(r);
	shootdown__update(s, index, row);
	return r;
}

static inline void put_times(struct vs_hist *h, uint64_t ns, uint64_t nr)
{
	h->bucket[hist__bucket(ns)] += nr;
	h->sum_ns += ns * nr;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

#endif /* VMASCOPE_TESTS_UNIT_CALL_ROWS_H */
