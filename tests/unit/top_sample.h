/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_sample.h - a model in its second interval, whose every count is known, for the tests of top.
 *
 * Process 100 "alpha": [heap], /lib and what is outside; 200 "beta": one [anon]; 300 "gone", which
 * has ended. Before the mark each row counted 1,000 for each 10 of the interval, which lasts 2 s.
 */
#ifndef VMASCOPE_TESTS_UNIT_TOP_SAMPLE_H
#define VMASCOPE_TESTS_UNIT_TOP_SAMPLE_H

#include "call_rows.h"

#include "tui/tui.h"

#define SECOND 1000000000ULL
#define HEAP 0x10000ULL
#define LIBC 0x7f0000000000ULL
#define MAPPED 0x7f0000100000ULL

/** struct top_sample - models and what is asked of them */
struct top_sample {
	struct model model;
	struct shootdown shootdown;
	struct notes notes;
	struct top_view view;
};

/* The counts of slot @index, and of CPU @cpu the same. */
static inline void top_count_slot(struct top_sample *s, uint32_t index, uint32_t cpu,
				  uint64_t minor, uint64_t major)
{
	struct vs_counts before = s->model.by_slot[index]->counts, c = counted(minor, major);

	count(&s->model, index, minor, major);
	counts_sub(&c, &before);
	counts_add(&s->model.cpus[cpu].counts, &c);
}

static inline struct call_pair top_pair(uint32_t from, uint32_t to, uint64_t n)
{
	return (struct call_pair){
		.key = { .from_pid = 100, .to_pid = 200, .from_cpu = from, .to_cpu = to },
		.pair = { .count = n, .delay_ns = 2000 * n, .stolen_ns = 500 * n },
	};
}

/* @n mprotects of alpha, which sent @n flushes and interrupted CPU 1. */
static inline void top_count_calls(struct top_sample *s, uint64_t n)
{
	struct vs_call_row row = call_row(1, VS_CALL_MPROTECT, 0, HEAP, PAGE);

	called(&row, n, n);
	interrupted(&row, n);
	put(&s->shootdown, &s->model, 1, &row);
	free(s->shootdown.pairs);
	s->shootdown.pairs = calloc(2, sizeof(struct call_pair));
	assert_non_null(s->shootdown.pairs);
	s->shootdown.pairs[0] = top_pair(0, 1, n);
	s->shootdown.pairs[1] = top_pair(1, 0, 3);
	s->shootdown.nr_pairs = 2;
	s->shootdown.totals = (struct vs_shootdowns){
		.calls = n,
		.sends = n,
		.received = { n + 3 },
		.stolen_ns = 500 * (n + 3),
	};
}

static inline void top_take(struct top_sample *s)
{
	struct vs_file libc = file_named("usr/lib/libc.so.6");

	take(&s->model, 1, image_slot(100, 0xa, "alpha"), NULL);
	take(&s->model, 2, vma_slot(1, HEAP, VS_NAME_HEAP), NULL);
	take(&s->model, 3, file_slot(1, LIBC, 7), &libc);
	take(&s->model, 4, image_slot(200, 0xb, "beta"), NULL);
	take(&s->model, 5, vma_slot(4, MAPPED, VS_NAME_ANON), NULL);
	take(&s->model, 6, image_slot(300, 0xc, "gone"), NULL);
}

static inline void top_sample__init(struct top_sample *s)
{
	memset(s, 0, sizeof(*s));
	assert_int_equal(model__init(&s->model, TEST_SLOTS, TEST_CPUS), 0);
	assert_int_equal(shootdown__init(&s->shootdown, TEST_CALL_ROWS, TEST_CPUS), 0);
	notes__init(&s->notes);
	top_take(s);
	top_count_slot(s, 1, 0, 500, 0);
	top_count_slot(s, 2, 0, 2000, 0);
	top_count_slot(s, 3, 0, 1000, 100);
	top_count_slot(s, 5, 1, 4000, 0);
	top_count_slot(s, 6, 1, 700, 0);
	top_count_calls(s, 40);
	s->model.by_slot[6]->process->exited = true;

	model__mark(&s->model);
	shootdown__mark(&s->shootdown);
	top_count_slot(s, 2, 0, 2200, 0);
	top_count_slot(s, 3, 0, 1010, 104);
	top_count_slot(s, 5, 1, 4050, 0);
	top_count_calls(s, 100);
	s->view = (struct top_view){
		.model = &s->model,
		.shootdown = &s->shootdown,
		.notes = &s->notes,
		.rates = true,
		.interval_ns = 2 * SECOND,
		.run_ns = 10 * SECOND,
		.calls_known = true,
		.flushes_known = true,
		.interrupts_known = true,
	};
}

static inline void top_sample__free(struct top_sample *s)
{
	model__free(&s->model);
	shootdown__free(&s->shootdown);
	notes__free(&s->notes);
}

/* The row of @t whose column @key holds @text. */
static inline size_t row_of(const struct table *t, const char *key, const char *text)
{
	for (size_t i = 0; i < t->nr_rows; i++)
		if (!strcmp(table__cell(t, i, key)->str, text))
			return i;
	fail_msg("no row whose %s is '%s'", key, text);
	return 0;
}

#endif /* VMASCOPE_TESTS_UNIT_TOP_SAMPLE_H */
