/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown_sample.h - rows and pairs of CPUs whose every count is known, and the document that
 * shootdown makes of them.
 */
#ifndef VMASCOPE_TESTS_UNIT_SHOOTDOWN_SAMPLE_H
#define VMASCOPE_TESTS_UNIT_SHOOTDOWN_SAMPLE_H

#include "call_rows.h"

#include <sys/mman.h>

#include "format/out.h"
#include "util/utf8.h"
#include "view/shootdown/shootdown.h"

#define HEAP 0x10000ULL
#define LIBC 0x7f0000000000ULL

/** struct seen - models, what is asked of them, and the document made of them */
struct seen {
	struct model model;
	struct shootdown s;
	struct shootdown_view view;
	struct document document;
};

static inline struct call_pair pair(uint32_t from_pid, uint32_t from_cpu, const char *from,
				    uint32_t to_pid, uint32_t to_cpu, const char *to,
				    uint64_t count)
{
	struct call_pair p = {
		.key = { .from_pid = from_pid,
			 .from_cpu = from_cpu,
			 .to_pid = to_pid,
			 .to_cpu = to_cpu },
		.pair = { .count = count, .delay_ns = 2000 * count, .stolen_ns = 500 * count },
	};

	strcpy(p.pair.from_comm, from);
	strcpy(p.pair.to_comm, to);
	return p;
}

/*
 * 100 "one" interrupts 200 "two", itself, and an idle CPU; a kernel thread interrupts "two", also
 * for kernel addresses; 2 interrupts of "one" are nobody's.
 */
static inline void put_pairs(struct shootdown *s)
{
	const struct call_pair pairs[] = {
		pair(100, 0, "one", 200, 1, "two", 10),
		pair(100, 0, "one", 100, 1, "one", 6),
		pair(100, 2, "one", 200, 1, "two", 3),
		pair(100, 0, "one", 0, 3, "swapper/3", 1),
		pair(30, 1, "kworker/1:0", 200, 2, "two", 3),
		pair(30, 1, "kworker/1:0", 200, 2, "two", 4),
		pair(0, 0, "", 100, 0, "one", 2),
	};

	s->nr_pairs = sizeof(pairs) / sizeof(*pairs);
	s->pairs = malloc(sizeof(pairs));
	assert_non_null(s->pairs);
	memcpy(s->pairs, pairs, sizeof(pairs));
	s->pairs[5].key.ipi = VS_IPI_KERNEL;
	s->pairs[6].pair.unjoined = 2;
	s->pairs[6].pair.delay_ns = 0;
}

static inline void put_rows(struct shootdown *s, const struct model *m)
{
	struct vs_call_row row = call_row(1, VS_CALL_MPROTECT, 0, HEAP, PAGE);

	row.key.vma = 2;
	row.map_count = 20;
	called(&row, 10, 8);
	interrupted(&row, 8);
	row.counts.splits = 3;
	row.counts.merges = 2;
	row.counts.bytes = 10 * PAGE;
	put(s, m, 1, &row);

	row = call_row(1, VS_CALL_MADVISE, MADV_DONTNEED, HEAP, 4 * PAGE);
	row.key.vma = 2;
	called(&row, 5, 4);
	interrupted(&row, 12);
	row.counts.full = 1;
	row.counts.refaults = 20;
	row.counts.refault_ns = 30000;
	put(s, m, 2, &row);

	row = call_row(5, VS_CALL_MUNMAP, 0, LIBC, PAGE);
	row.map_count = 7;
	called(&row, 3, 0);
	row.counts.errors = 1;
	put(s, m, 3, &row);

	row = call_row(1, VS_CALL_MMAP, 0, 0, 0);
	called(&row, 2, 0);
	put(s, m, 4, &row);
	row = call_row(1, VS_CALL_MMAP, VS_MMAP_FIXED, HEAP, PAGE);
	called(&row, 1, 0);
	put(s, m, 5, &row);

	row = call_row(1, VS_CALL_COW, 0, 0, 0);
	row.key.vma = 2;
	row.counts.count = row.counts.flush[VS_FLUSH_LOCAL] = row.counts.pages = 6;
	put(s, m, 6, &row);

	row = call_row(0, VS_CALL_KTHREAD, 0, 0, 0);
	strcpy(row.comm, "kworker/1:0");
	row.pid = 30;
	row.counts.count = row.counts.flush[VS_FLUSH_REMOTE] = 2;
	interrupted(&row, 3);
	put(s, m, 7, &row);
	row = call_row(0, VS_CALL_KERNEL_RANGE, 0, 0, 0);
	interrupted(&row, 4);
	put(s, m, 8, &row);

	/* nothing was counted in it */
	row = call_row(5, VS_CALL_MREMAP, 0, 0, 0);
	put(s, m, 9, &row);
}

#define CALLS (10 + 5 + 3 + 2 + 1)
#define RECEIVED (8 + 12 + 3 + 4)
#define UNKNOWN 2

static inline int setup(void **state)
{
	const struct vs_file libc = file_named("libc.so.6");
	struct seen *s = calloc(1, sizeof(*s));
	struct vs_slot text = file_slot(1, LIBC, 7);

	if (!s || model__init(&s->model, TEST_SLOTS, TEST_CPUS) ||
	    shootdown__init(&s->s, TEST_CALL_ROWS, 4))
		return -1;
	text.vma.key.pgoff = 0x20;
	take(&s->model, 1, image_slot(100, 0xa, "one"), NULL);
	take(&s->model, 2, vma_slot(1, HEAP, VS_NAME_HEAP), NULL);
	take(&s->model, 3, text, &libc);
	take(&s->model, 5, image_slot(200, 0xb, "two"), NULL);
	count(&s->model, 2, 80, 0);
	count(&s->model, 3, 20, 0);
	put_rows(&s->s, &s->model);
	put_pairs(&s->s);
	put_times(&s->s.hist[VS_CALL_MPROTECT][VS_TIME_CALL], 1000, 10);
	put_times(&s->s.hist[VS_CALL_MPROTECT][VS_TIME_DELAY], 2000, 8);
	put_times(&s->s.hist[VS_CALL_MMAP][VS_TIME_CALL], 1000, 3);
	s->s.totals = (struct vs_shootdowns){
		.calls = CALLS,
		.errors = 1,
		.sends = 8 + 4 + 2,
		.local = 8 + 4 + 6,
		.full = 1,
		.queued = { RECEIVED - 4, 4 },
		.received = { RECEIVED - 4 + UNKNOWN, 4 },
		.joined = RECEIVED,
		.owned = 20,
		.not_traced = 1,
		.delay_ns = 2000 * RECEIVED,
		.stolen_ns = 500 * (RECEIVED + UNKNOWN),
	};
	s->view = (struct shootdown_view){
		.run = { .command = "test", .duration_ns = 1000000 },
		.max_map_count = 100,
		.calls_known = true,
		.flushes_known = true,
		.interrupts_known = true,
		.queued_known = true,
	};
	*state = s;
	return 0;
}

static inline int teardown(void **state)
{
	struct seen *s = *state;

	document__free(&s->document);
	shootdown__free(&s->s);
	model__free(&s->model);
	free(s);
	return 0;
}

/* --- what is in the document --------------------------------------------------------------- */

static inline const struct table *find(const struct seen *s, const char *key)
{
	for (size_t i = 0; i < s->document.nr_tables; i++) {
		const struct table *t = s->document.tables[i];

		if (t->def->key && !strcmp(t->def->key, key))
			return t;
	}
	return NULL;
}

/* The table @key of a document made as s->view asks. */
static inline const struct table *look(struct seen *s, const char *key)
{
	const struct table *t;

	document__free(&s->document);
	memset(&s->document, 0, sizeof(s->document));
	shootdown_view__make(&s->view, &s->s, &s->model, &s->document);
	t = find(s, key);
	if (!t)
		fail_msg("the document has no table '%s'", key);
	return t;
}

static inline const struct cell *known(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	if (!c->known)
		fail_msg("%s of row %zu is not known", key, row);
	return c;
}

static inline uint64_t number(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->u64;
}

static inline const char *text(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->str;
}

static inline const struct table *inner(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->table;
}

static inline bool unknown(const struct table *t, size_t row, const char *key)
{
	return !table__cell(t, row, key)->known;
}

/* The row of @t in which @key is @value. */
static inline size_t row_of(const struct table *t, const char *key, const char *value)
{
	for (size_t i = 0; i < t->nr_rows; i++) {
		const struct cell *c = table__cell(t, i, key);

		if (c->known && !strcmp(c->str, value))
			return i;
	}
	fail_msg("no row has %s %s", key, value);
	return 0;
}

static inline uint64_t sum(const struct table *t, const char *key)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		n += table__cell(t, i, key)->known ? table__cell(t, i, key)->u64 : 0;
	return n;
}

static inline char *render(struct seen *s, const char *format, unsigned int width)
{
	char *out = NULL;
	size_t len = 0;
	struct out_options o = { .width = width, .utf8 = true };

	look(s, "totals");
	o.file = open_memstream(&out, &len);
	assert_non_null(o.file);
	assert_int_equal(out_format__document(out_format__find(format), &s->document, &o), 0);
	fclose(o.file);
	return out;
}

static inline void assert_says(struct seen *s, const char *what)
{
	char *out = render(s, "text", 0);

	if (!strstr(out, what))
		fail_msg("'%s' is not in:\n%s", what, out);
	free(out);
}

static inline void assert_says_not(struct seen *s, const char *what)
{
	char *out = render(s, "text", 0);

	if (strstr(out, what))
		fail_msg("'%s' is in:\n%s", what, out);
	free(out);
}

/* Every line; frees it. */
static inline void assert_fits(char *out, size_t width)
{
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		if (utf8_width(line) > width)
			fail_msg("wider than %zu: %s", width, line);
	free(out);
}

#define VIEW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif /* VMASCOPE_TESTS_UNIT_SHOOTDOWN_SAMPLE_H */
