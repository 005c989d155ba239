// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_view_test.c - the tables of shootdown, made from rows and pairs whose every count is
 * known.
 */
#include "call_rows.h"

#include <sys/mman.h>

#include "out/out.h"
#include "util/utf8.h"
#include "view/shootdown.h"

#define HEAP 0x10000ULL
#define LIBC 0x7f0000000000ULL

/** struct seen - models, what is asked of them, and the document made of them */
struct seen {
	struct model model;
	struct shootdown s;
	struct shootdown_view view;
	struct document document;
};

static struct call_pair pair(uint32_t from_pid, uint32_t from_cpu, const char *from,
			     uint32_t to_pid, uint32_t to_cpu, const char *to, uint64_t count)
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
static void put_pairs(struct shootdown *s)
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

static void put_rows(struct shootdown *s, const struct model *m)
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

static int setup(void **state)
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

static int teardown(void **state)
{
	struct seen *s = *state;

	document__free(&s->document);
	shootdown__free(&s->s);
	model__free(&s->model);
	free(s);
	return 0;
}

/* --- what is in the document --------------------------------------------------------------- */

static const struct table *find(const struct seen *s, const char *key)
{
	for (size_t i = 0; i < s->document.nr_tables; i++) {
		const struct table *t = s->document.tables[i];

		if (t->def->key && !strcmp(t->def->key, key))
			return t;
	}
	return NULL;
}

/* The table @key of a document made as s->view asks. */
static const struct table *look(struct seen *s, const char *key)
{
	const struct table *t;

	document__free(&s->document);
	memset(&s->document, 0, sizeof(s->document));
	assert_int_equal(shootdown_view__make(&s->view, &s->s, &s->model, &s->document), 0);
	t = find(s, key);
	if (!t)
		fail_msg("the document has no table '%s'", key);
	return t;
}

static const struct cell *known(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	if (!c->known)
		fail_msg("%s of row %zu is not known", key, row);
	return c;
}

static uint64_t number(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->u64;
}

static const char *text(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->str;
}

static const struct table *inner(const struct table *t, size_t row, const char *key)
{
	return known(t, row, key)->table;
}

static bool unknown(const struct table *t, size_t row, const char *key)
{
	return !table__cell(t, row, key)->known;
}

/* The row of @t in which @key is @value. */
static size_t row_of(const struct table *t, const char *key, const char *value)
{
	for (size_t i = 0; i < t->nr_rows; i++) {
		const struct cell *c = table__cell(t, i, key);

		if (c->known && !strcmp(c->str, value))
			return i;
	}
	fail_msg("no row has %s %s", key, value);
	return 0;
}

static uint64_t sum(const struct table *t, const char *key)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		n += table__cell(t, i, key)->known ? table__cell(t, i, key)->u64 : 0;
	return n;
}

static char *render(struct seen *s, const char *format, unsigned int width)
{
	char *out = NULL;
	size_t len = 0;
	struct out_options o = { .width = width, .utf8 = true };

	look(s, "totals");
	o.file = open_memstream(&out, &len);
	assert_non_null(o.file);
	assert_int_equal(out_format__find(format)->document(&s->document, &o), 0);
	fclose(o.file);
	return out;
}

static void assert_says(struct seen *s, const char *what)
{
	char *out = render(s, "text", 0);

	if (!strstr(out, what))
		fail_msg("'%s' is not in:\n%s", what, out);
	free(out);
}

static void assert_says_not(struct seen *s, const char *what)
{
	char *out = render(s, "text", 0);

	if (strstr(out, what))
		fail_msg("'%s' is in:\n%s", what, out);
	free(out);
}

/* --- totals and calls ---------------------------------------------------------------------- */

static void totals_are_as_counted(void **state)
{
	const struct table *t = look(*state, "totals"), *flushes = inner(t, 0, "flushes");

	assert_int_equal(number(t, 0, "calls"), CALLS);
	assert_int_equal(number(t, 0, "errors"), 1);
	assert_int_equal(number(t, 0, "sends"), 14);
	assert_int_equal(number(t, 0, "queued"), RECEIVED - 4);
	assert_int_equal(number(t, 0, "receipts"), RECEIVED - 4 + UNKNOWN);
	assert_int_equal(number(t, 0, "kernel_receipts"), 4);
	assert_int_equal(number(t, 0, "joined"), RECEIVED);
	assert_int_equal(number(t, 0, "owned"), 20);
	assert_int_equal(number(t, 0, "ipi_delay_ns"), 2000 * RECEIVED);
	assert_int_equal(number(t, 0, "stolen_ns"), 500 * (RECEIVED + UNKNOWN));
	assert_int_equal(number(flushes, 0, "local"), 18);
	assert_int_equal(number(flushes, 0, "remote"), 14);
	assert_int_equal(number(flushes, 0, "full"), 1);
}

static void calls_that_cost_most_first(void **state)
{
	static const char *const expected[] = { "madvise",	 "mprotect", "kernel-range",
						"kernel-thread", "munmap",   "mmap",
						"mmap",		 "cow" };
	const struct table *t = look(*state, "calls");

	assert_int_equal(t->nr_rows, 8);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(text(t, i, "call"), expected[i]);
	for (size_t i = 0; i < 8; i++)
		row_of(t, "call", expected[i]);
	assert_int_equal(sum(t, "interrupts"), RECEIVED);
}

static void a_call_has_all_its_figures(void **state)
{
	const struct table *t = look(*state, "calls");
	size_t row = row_of(t, "call", "mprotect");
	const struct table *latency = inner(t, row, "latency_ns");
	const struct table *delay = inner(t, row, "ipi_delay_ns");

	assert_true(unknown(t, row, "advice"));
	assert_true(unknown(t, row, "fixed"));
	assert_int_equal(number(t, row, "count"), 10);
	assert_int_equal(number(t, row, "errors"), 0);
	assert_int_equal(number(latency, 0, "sum"), 10000);
	assert_int_equal(number(latency, 0, "max"), 1010);
	assert_in_range(number(latency, 0, "p50"), 940, 1000);
	assert_int_equal(number(inner(t, row, "flushes"), 0, "remote"), 8);
	assert_int_equal(number(t, row, "pages"), 8);
	assert_int_equal(number(t, row, "bytes"), 10 * PAGE);
	assert_int_equal(number(t, row, "interrupts"), 8);
	assert_int_equal(number(delay, 0, "sum"), 16000);
	assert_int_equal(number(delay, 0, "max"), 2008);
	assert_in_range(number(delay, 0, "p99"), 1880, 2000);
	assert_int_equal(number(t, row, "stolen_ns"), 4000);
	assert_true(known(t, row, "targets_per_call")->f64 == 1.0);
	assert_int_equal(number(t, row, "splits"), 3);
	assert_int_equal(number(t, row, "merges"), 2);
	assert_int_equal(number(inner(t, row, "wx"), 0, "both"), 0);

	row = row_of(t, "call", "madvise");
	assert_string_equal(text(t, row, "advice"), "MADV_DONTNEED");
	assert_true(known(t, row, "targets_per_call")->f64 == 3.0);
	assert_int_equal(number(t, row, "refaults"), 20);
	/* it has been called, and no histogram says how long it took */
	assert_true(unknown(inner(t, row, "latency_ns"), 0, "p50"));
}

/* What is no call has no latency and cannot fail. */
static void what_is_no_call_has_no_latency(void **state)
{
	const struct table *t = look(*state, "calls");
	size_t row = row_of(t, "call", "cow");

	assert_int_equal(number(t, row, "count"), 6);
	assert_true(unknown(t, row, "latency_ns"));
	assert_true(unknown(t, row, "errors"));
	assert_true(unknown(t, row, "bytes"));
	assert_true(unknown(t, row, "splits"));
	assert_true(unknown(t, row, "wx"));
	assert_int_equal(number(inner(t, row, "flushes"), 0, "local"), 6);
	/* no interrupts: no delay, and no number of targets */
	assert_true(unknown(t, row, "ipi_delay_ns"));
	assert_true(unknown(t, row, "targets_per_call"));
}

/* Rare kinds of advice count in one histogram: quantiles of one alone are not known. */
static void shared_histograms_are_nobodys(void **state)
{
	struct seen *s = *state;
	struct call_row *rows[2] = {};
	const struct table *t;
	size_t cold, pageout;

	for (size_t i = 0; i < s->s.nr_rows; i++)
		if (s->s.rows[i]->call == VS_CALL_MMAP)
			rows[s->s.rows[i]->detail == VS_MMAP_FIXED] = s->s.rows[i];
	assert_true(rows[0] && rows[1]);
	for (int i = 0; i < 2; i++) {
		rows[i]->call = VS_CALL_MADVISE;
		rows[i]->detail = 20 + i; /* MADV_COLD, MADV_PAGEOUT */
	}
	memcpy(s->s.hist[VS_CALL_MADVISE], s->s.hist[VS_CALL_MMAP], sizeof(s->s.hist[0]));
	t = look(s, "calls");
	cold = row_of(t, "advice", "MADV_COLD");
	pageout = row_of(t, "advice", "MADV_PAGEOUT");
	assert_true(unknown(inner(t, cold, "latency_ns"), 0, "p50"));
	assert_true(unknown(inner(t, pageout, "latency_ns"), 0, "p50"));
	assert_int_equal(number(inner(t, cold, "latency_ns"), 0, "sum"), 2000);
	/* without the other one, they are */
	memset(&rows[1]->counts, 0, sizeof(rows[1]->counts));
	t = look(s, "calls");
	cold = row_of(t, "advice", "MADV_COLD");
	assert_in_range(number(inner(t, cold, "latency_ns"), 0, "p50"), 940, 1000);
}

static void the_overflow_is_a_row(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = {};
	const struct table *t;

	called(&row, 1000, 2);
	interrupted(&row, 1);
	shootdown__update(&s->s, 0, &row);
	t = look(s, "calls");
	assert_int_equal(number(t, row_of(t, "call", "overflow"), "count"), 1000);
	assert_int_equal(sum(t, "interrupts"), RECEIVED + 1);
	assert_says(s, "[overflow]");
	assert_int_equal(look(s, "unowned")->nr_rows, 3);
	s->view.by = SHOOTDOWN_BY_PROCESS;
	t = look(s, "by_process");
	assert_int_equal(number(t, row_of(t, "call", "overflow"), "count"), 1000);
}

static void what_no_hook_tells_is_unknown(void **state)
{
	struct seen *s = *state;
	const struct table *t;
	size_t row;

	s->view.calls_known = s->view.flushes_known = s->view.interrupts_known =
		s->view.queued_known = false;
	t = look(s, "totals");
	assert_true(unknown(t, 0, "calls"));
	assert_true(unknown(t, 0, "sends"));
	assert_true(unknown(t, 0, "queued"));
	assert_true(unknown(t, 0, "receipts"));
	assert_true(unknown(t, 0, "stolen_ns"));
	assert_true(unknown(t, 0, "flushes"));
	t = find(s, "calls");
	row = row_of(t, "call", "mprotect");
	assert_true(unknown(t, row, "latency_ns"));
	assert_true(unknown(t, row, "flushes"));
	assert_true(unknown(t, row, "interrupts"));
	assert_true(unknown(t, row, "stolen_ns"));
	assert_says(s, "flushes are not known here");
	assert_says(s, "interrupts are not known here");
}

/* --- rows ---------------------------------------------------------------------------------- */

static void rows_by_vma(void **state)
{
	struct seen *s = *state;
	const struct table *t = look(s, "vmas");
	size_t row = row_of(t, "call", "mprotect");

	assert_int_equal(t->nr_rows, 8);
	assert_int_equal(number(t, row, "pid"), 100);
	assert_string_equal(text(t, row, "comm"), "one");
	assert_int_equal(number(t, row, "start"), HEAP);
	assert_int_equal(number(t, row, "end"), HEAP + PAGE);
	assert_string_equal(text(t, row, "perms"), "rw-p");
	assert_string_equal(text(t, row, "vma"), "[heap]");
	assert_int_equal(number(t, row, "count"), 10);
	/* what is no call has its VMA's addresses */
	row = row_of(t, "call", "cow");
	assert_int_equal(number(t, row, "end"), HEAP + 16 * PAGE);
	row = row_of(t, "call", "kernel-thread");
	assert_int_equal(number(t, row, "pid"), 30);
	assert_string_equal(text(t, row, "comm"), "kworker/1:0");
	assert_true(unknown(t, row, "vma"));
	assert_true(unknown(t, row, "start"));
	assert_int_equal(sum(t, "interrupts"), RECEIVED);
	assert_null(find(s, "threads"));
	assert_null(find(s, "cpus"));
}

/* For people, a page whose protection goes to and fro is one. */
static void text_joins_what_differs_by_permissions(void **state)
{
	struct seen *s = *state;
	struct vs_slot readable = vma_slot(1, HEAP, VS_NAME_HEAP);
	struct vs_call_row row = call_row(1, VS_CALL_MPROTECT, 0, HEAP, PAGE);
	const struct table *t;
	size_t at;

	readable.vma.key.flags = VS_VM_READ;
	take(&s->model, 9, readable, NULL);
	row.key.vma = 9;
	called(&row, 10, 8);
	interrupted(&row, 7);
	put(&s->s, &s->model, 10, &row);
	t = look(s, "vmas");
	assert_int_equal(t->nr_rows, 9);
	t = find(s, "rows");
	at = row_of(t, "call", "mprotect");
	assert_int_equal(number(t, at, "count"), 20);
	assert_string_equal(text(t, at, "perms"), "r*-p");
	assert_says(s, "worst: 7.50us by mprotect of [heap] 10000 (4.00KiB), one (100)");
}

/* Calls that split a VMA leave many small ones: for people they are one still. */
static void text_joins_neighbours(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(5, VS_CALL_MPROTECT, 0, 0, 0);
	const uint64_t far = 0x40000000;
	const struct table *t;

	called(&row, 1, 1);
	for (uint32_t i = 0; i < 8; i++) {
		/* every other page, but the last one, which is far away */
		const uint64_t start = i == 7 ? 2 * far : far + 2 * i * PAGE;

		take(&s->model, 10 + i, vma_slot(5, start, VS_NAME_ANON), NULL);
		row.key.vma = 10 + i;
		row.start = start;
		row.end = start + PAGE;
		put(&s->s, &s->model, 20 + i, &row);
	}
	t = look(s, "vmas");
	assert_int_equal(t->nr_rows, 8 + 8);
	t = find(s, "rows");
	assert_int_equal(t->nr_rows, 8 + 2);
	for (size_t i = 0; i < t->nr_rows; i++) {
		if (strcmp(text(t, i, "where"), "[anon]"))
			continue;
		if (number(t, i, "start") == 2 * far) {
			assert_int_equal(number(t, i, "count"), 1);
			assert_true(unknown(t, i, "vmas"));
			continue;
		}
		assert_int_equal(number(t, i, "start"), far);
		assert_int_equal(number(t, i, "size"), 13 * PAGE);
		assert_int_equal(number(t, i, "vmas"), 7);
		assert_int_equal(number(t, i, "count"), 7);
	}
}

/* Text tells of what cost something, and how much it leaves out; JSON holds all. */
static void text_is_limited(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.limit = 30;
	look(s, "vmas");
	t = find(s, "rows");
	assert_int_equal(t->nr_rows, 5);
	assert_string_equal(text(t, 0, "call"), "madvise DONTNEED");
	/* it failed */
	assert_int_equal(number(t, row_of(t, "call", "munmap"), "errors"), 1);
	assert_non_null(strstr(t->footer, "and 3 more: 9 calls, 0ns stolen"));
	s->view.limit = 1;
	t = look(s, "rows");
	assert_int_equal(t->nr_rows, 1);
	assert_non_null(strstr(t->footer, "and 7 more: 24 calls, 7.50us stolen"));
	assert_int_equal(find(s, "vmas")->nr_rows, 8);
	s->view.limit = 0;
	t = look(s, "rows");
	assert_int_equal(t->nr_rows, 8);
	assert_null(t->footer);
}

static void rows_by_process(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = SHOOTDOWN_BY_PROCESS;
	t = look(s, "by_process");
	assert_int_equal(t->nr_rows, 8);
	assert_int_equal(number(t, row_of(t, "call", "munmap"), "pid"), 200);
	assert_int_equal(number(t, row_of(t, "call", "munmap"), "errors"), 1);
	assert_null(find(s, "vmas"));
	/* by call, there are no other rows */
	s->view.by = SHOOTDOWN_BY_CALL;
	look(s, "calls");
	assert_null(find(s, "by_process"));
}

static void rows_by_thread(void **state)
{
	struct seen *s = *state;
	struct vs_thread thread = { .pid = 100, .tid = 101, .comm = "worker", .faults = 1 };
	struct vs_call_row row = call_row(1, VS_CALL_MUNMAP, 0, 0, 0);
	struct threads threads;
	const struct table *t;
	size_t at;

	threads__init(&threads);
	threads__update(&threads, &thread);
	row.key.tid = 101;
	called(&row, 3, 3);
	put(&s->s, &s->model, 20, &row);
	s->view.threads = &threads;
	s->view.by = SHOOTDOWN_BY_THREAD;
	t = look(s, "threads");
	at = row_of(t, "thread", "worker");
	assert_int_equal(number(t, at, "tid"), 101);
	assert_int_equal(number(t, at, "pid"), 100);
	assert_string_equal(text(t, at, "call"), "munmap");
	assert_says(s, "worker");
	threads__free(&threads);
}

static void rows_by_site(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MUNMAP, 0, 0, 0);
	const struct table *t;
	size_t at;

	row.key.site = LIBC + 0x1234;
	called(&row, 3, 3);
	put(&s->s, &s->model, 20, &row);
	row.key.site = 0x4711; /* in nothing that is known */
	row.key.call = VS_CALL_MREMAP;
	put(&s->s, &s->model, 21, &row);
	s->view.by = SHOOTDOWN_BY_SITE;
	t = look(s, "sites");
	at = row_of(t, "vma", "/libc.so.6");
	assert_int_equal(number(t, at, "site"), LIBC + 0x1234);
	/* the VMA begins with page 0x20 of the file */
	assert_int_equal(number(t, at, "offset"), 0x20000 + 0x1234);
	assert_string_equal(text(t, at, "call"), "munmap");
	at = row_of(t, "call", "mremap");
	assert_int_equal(number(t, at, "site"), 0x4711);
	assert_true(unknown(t, at, "vma"));
	/* not every call has a site */
	assert_true(unknown(t, row_of(t, "call", "madvise"), "site"));
	assert_says(s, "libc.so.6+0x21234");
}

static void only_vmas_that_are_asked_for(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.vma_glob = "[heap]";
	t = look(s, "calls");
	assert_int_equal(t->nr_rows, 3);
	assert_int_equal(sum(t, "count"), 10 + 5 + 6);
	/* the histograms are of all VMAs */
	assert_true(unknown(inner(t, row_of(t, "call", "mprotect"), "latency_ns"), 0, "p50"));
	assert_int_equal(find(s, "vmas")->nr_rows, 3);
	/* what is not told apart by VMA is all there */
	assert_int_equal(number(find(s, "totals"), 0, "calls"), CALLS);
	assert_int_equal(find(s, "pairs")->nr_rows, 7);
	assert_says(s, "calls on VMAs named [heap]");
	s->view.vma_glob = "nothing has this name";
	assert_int_equal(look(s, "calls")->nr_rows, 0);
}

/* --- who interrupted whom ------------------------------------------------------------------ */

static void pairs_name_both_sides(void **state)
{
	const struct table *t = look(*state, "pairs");
	size_t unknown_at = 0, kernel_at = 0;

	assert_int_equal(t->nr_rows, 7);
	assert_int_equal(number(t, 0, "count"), 10);
	assert_int_equal(number(inner(t, 0, "initiator"), 0, "pid"), 100);
	assert_string_equal(text(inner(t, 0, "target"), 0, "comm"), "two");
	assert_int_equal(number(t, 0, "cpu_from"), 0);
	assert_int_equal(number(t, 0, "cpu_to"), 1);
	assert_string_equal(text(t, 0, "kind"), "user");
	assert_int_equal(number(t, 0, "ipi_delay_ns"), 20000);
	assert_int_equal(number(t, 0, "stolen_ns"), 5000);
	for (size_t i = 0; i < t->nr_rows; i++) {
		if (unknown(t, i, "initiator"))
			unknown_at = i;
		if (strcmp(text(t, i, "kind"), "user"))
			kernel_at = i;
	}
	assert_true(unknown_at && kernel_at);
	assert_true(unknown(t, unknown_at, "cpu_from"));
	assert_true(unknown(t, unknown_at, "ipi_delay_ns"));
	assert_int_equal(number(t, unknown_at, "count"), UNKNOWN);
	assert_string_equal(text(t, kernel_at, "kind"), "kernel-range");
	assert_int_equal(number(t, kernel_at, "count"), 4);
}

static void text_joins_cpus_of_a_pair(void **state)
{
	struct seen *s = *state;
	const struct table *t = look(s, "initiators");
	size_t at;

	assert_int_equal(t->nr_rows, 6);
	assert_int_equal(number(t, 0, "count"), 13);
	assert_string_equal(text(t, 0, "initiator"), "one (100)");
	assert_string_equal(text(t, 0, "target"), "two (200)");
	assert_true(known(t, 0, "delay_ns")->f64 == 2000.0);
	at = row_of(t, "initiator", "[unknown]");
	assert_int_equal(number(t, at, "count"), UNKNOWN);
	assert_true(unknown(t, at, "delay_ns"));
	assert_int_equal(number(t, row_of(t, "target", "[idle]"), "count"), 1);
	assert_int_equal(number(t, row_of(t, "kind", "kernel-range"), "count"), 4);
	s->view.pair_limit = 2;
	t = look(s, "initiators");
	assert_int_equal(t->nr_rows, 2);
	assert_non_null(strstr(t->footer, "and 4 more with 10 interrupts"));
}

static void rows_by_cpu(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = SHOOTDOWN_BY_CPU;
	s->view.isolated = "1,3";
	s->view.nohz_full = "3";
	t = look(s, "cpus");
	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(number(t, 0, "sends"), 17);
	assert_int_equal(number(t, 0, "inflicted_ns"), 17 * 500);
	assert_int_equal(number(t, 0, "receipts"), 2); /* from whom is not known */
	assert_int_equal(number(t, 0, "ipi_delay_ns"), 0);
	assert_int_equal(number(t, 1, "sends"), 7);
	assert_int_equal(number(t, 1, "receipts"), 19);
	assert_int_equal(number(t, 1, "stolen_ns"), 19 * 500);
	assert_true(known(t, 1, "isolated")->b);
	assert_false(known(t, 1, "nohz_full")->b);
	assert_true(known(t, 3, "nohz_full")->b);
	assert_int_equal(sum(t, "receipts"), 10 + 6 + 3 + 1 + 3 + 4 + 2);
	assert_int_equal(sum(t, "sends") + UNKNOWN, sum(t, "receipts"));
	assert_string_equal(text(find(s, "cpus"), 3, "note"), "isolated, nohz_full");
	assert_says(s, "2 CPUs to be left alone (isolated, nohz_full): 20 interrupts, 10.0us");
	/* where it is not known which are, none is said not to be */
	s->view.isolated = s->view.nohz_full = NULL;
	t = look(s, "cpus");
	assert_true(unknown(t, 1, "isolated"));
	assert_says_not(s, "to be left alone");
}

static void few_cpus_are_told_in_numbers(void **state)
{
	const struct table *t = look(*state, "matrix");

	assert_int_equal(t->nr_rows, 4);
	assert_string_equal(text(t, 0, "from"), "");
	assert_string_equal(text(t, 1, "from"), "0: 16  2: 3");
	assert_string_equal(text(t, 2, "from"), "1: 7");
	assert_string_equal(text(t, 3, "from"), "0: 1");
	assert_int_equal(number(t, 1, "receipts"), 19);
}

/* Every one of @nr CPUs interrupts the next one. */
static void ring(struct shootdown *s, uint32_t nr)
{
	free(s->pairs);
	s->pairs = calloc(nr, sizeof(*s->pairs));
	assert_non_null(s->pairs);
	s->nr_pairs = nr;
	s->nr_cpus = nr;
	for (uint32_t i = 0; i < nr; i++)
		s->pairs[i] = pair(100, i, "one", 200, (i + 1) % nr, "two", 1 + i);
}

static void many_cpus_are_shades(void **state)
{
	struct seen *s = *state;
	const struct table *t;
	char *out;

	ring(&s->s, 16);
	t = look(s, "matrix");
	assert_int_equal(t->nr_rows, 16);
	assert_int_equal(t->nr_labels, 16);
	assert_int_equal(t->labels[15], 15);
	assert_int_equal(known(t, 3, "from")->series->nr, 16);
	assert_int_equal(known(t, 3, "from")->series->counts[2], 3);
	assert_int_equal(known(t, 3, "from")->series->counts[3], 0);
	out = render(s, "text", 100);
	assert_non_null(strstr(out, "|0  |1  |2  |3  |4  |5  |6  |7  |8  |9  |10 |11 |12 |13 |14 "
				    "|15"));
	assert_non_null(strstr(out, "shades:"));
	free(out);
	s->view.limit = 4;
	t = look(s, "matrix");
	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(number(t, 0, "cpu"), 0); /* the last one's 16 */
	assert_non_null(strstr(t->footer, "and 12 more CPUs"));
}

static void assert_fits(char *out, size_t width)
{
	for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n"))
		if (utf8_width(line) > width)
			fail_msg("wider than %zu: %s", width, line);
	free(out);
}

static void text_fits(void **state)
{
	struct seen *s = *state;

	for (int by = 0; by < NR_SHOOTDOWN_BY; by++) {
		assert_non_null(shootdown_by_names[by]);
		s->view.by = by;
		assert_fits(render(s, "text", 80), 80);
	}
	for (uint32_t nr = 8; nr <= 1024; nr *= 2) {
		ring(&s->s, nr);
		s->view.limit = 30;
		assert_fits(render(s, "text", 80), 80);
		assert_fits(render(s, "text", 60), 60);
	}
}

/* --- what follows, and what nobody owns ---------------------------------------------------- */

static void faults_that_followed(void **state)
{
	const struct table *t = look(*state, "refaults");

	assert_int_equal(t->nr_rows, 1);
	assert_string_equal(text(t, 0, "call"), "madvise");
	assert_string_equal(text(t, 0, "advice"), "MADV_DONTNEED");
	assert_int_equal(number(t, 0, "calls"), 5);
	assert_int_equal(number(t, 0, "faults"), 20);
	assert_int_equal(number(t, 0, "fault_ns"), 30000);
	/* of 80 in the heap and 20 in libc */
	assert_true(known(t, 0, "share_percent")->f64 == 20.0);
	assert_says(*state, "of 100");
}

static void what_nobody_owns_is_told_by_reason(void **state)
{
	const struct table *t = look(*state, "unowned");
	size_t at = row_of(t, "reason", "kernel-thread");

	assert_int_equal(t->nr_rows, 3);
	assert_int_equal(number(t, at, "count"), 2);
	assert_int_equal(number(t, at, "interrupts"), 3);
	/* no hook sees such a flush, only its interrupts */
	at = row_of(t, "reason", "kernel-range");
	assert_true(unknown(t, at, "count"));
	assert_int_equal(number(t, at, "interrupts"), 4);
	at = row_of(t, "reason", "sender unknown");
	assert_true(unknown(t, at, "count"));
	assert_int_equal(number(t, at, "interrupts"), UNKNOWN);
}

/* --- limits -------------------------------------------------------------------------------- */

static void vmas_are_held_against_the_limit(void **state)
{
	struct seen *s = *state;
	const struct table *t = look(s, "map_counts");

	assert_int_equal(t->nr_rows, 2);
	assert_int_equal(number(t, 0, "pid"), 100);
	assert_int_equal(number(t, 0, "vmas"), 20);
	assert_int_equal(number(t, 0, "limit"), 100);
	assert_false(known(t, 0, "near")->b);
	assert_says_not(s, "max_map_count");

	s->view.max_map_count = 22; /* 20 is 90.9 % of it */
	t = look(s, "map_counts");
	assert_true(known(t, 0, "near")->b);
	assert_false(known(t, 1, "near")->b);
	assert_says(s, "one (pid 100) had 20 VMAs; the limit is 22 (vm.max_map_count)");
	assert_says_not(s, "two (pid 200) had");
	s->view.max_map_count = 23;
	assert_false(known(look(s, "map_counts"), 0, "near")->b);

	s->view.max_map_count = 0;
	t = look(s, "map_counts");
	assert_true(unknown(t, 0, "limit"));
	assert_true(unknown(t, 0, "near"));
}

static void writable_and_executable_is_told(void **state)
{
	struct seen *s = *state;

	assert_says_not(s, "executable");
	s->s.rows[0]->counts.wx_flip = 11;
	s->s.rows[1]->counts.wx_flip = 1;
	s->s.rows[1]->counts.wx_both = 3;
	s->s.rows[2]->counts.wx_both = 1;
	assert_says(s, "one (pid 100) made writable memory executable 12 times; both at once 3 "
		       "times\n");
	assert_says(s, "two (pid 200) asked for memory that is writable and executable 1 time\n");
	assert_int_equal(
		number(inner(find(s, "calls"), row_of(find(s, "calls"), "call", "munmap"), "wx"), 0,
		       "both"),
		1);
}

static void losses_are_told(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	for (int i = 0; i < VS_NR_LOST; i++)
		s->view.run.stats.lost[i] = 10 + i;
	t = look(s, "lost");
	assert_int_equal(number(t, 0, "calls"), 10 + VS_LOST_CALLS);
	assert_int_equal(number(t, 0, "missed"), 10 + VS_LOST_MISSED);
	assert_int_equal(number(t, 0, "unattributed"), 0);
	assert_says(s, "lost: 11 slots");
	assert_says(s, "interrupts that found no place among initiators and targets");
}

/* --- the whole ----------------------------------------------------------------------------- */

static void a_summary_for_people(void **state)
{
	static const struct run_hook hooks[] = {
		{ "memcall", "best", false },
		{ "interrupt", "second best", true },
	};
	struct seen *s = *state;

	s->view.run.hooks = hooks;
	s->view.run.nr_hooks = 2;
	assert_says(s, "TLB shootdowns of test, 1.00ms\n");
	assert_says(s, "21 memory calls took 21.0us (1 failed); 14 shootdowns were sent\n");
	assert_says(s, "they interrupted other CPUs 27 times and took 13.5us, 1.4% of one CPU\n");
	assert_says(s,
		    "others interrupted them 2 times, 1.00us; the sender of 6.9% is not known\n");
	assert_says(s, "worst: 6.00us by madvise DONTNEED of [heap] 10000 (16.0KiB), one (100)\n");
	assert_says(s, "interrupt by second best");
	assert_says_not(s, "memcall by");
	assert_string_equal(text(find(s, "hooks"), 0, "variant"), "best");
}

static void csv_has_the_rows(void **state)
{
	static const char *const begins[NR_SHOOTDOWN_BY] = {
		[SHOOTDOWN_BY_VMA] = "pid,comm,call,advice,fixed,start,end,perms,vma,count,",
		[SHOOTDOWN_BY_CALL] = "call,advice,fixed,count,errors,latency_ns.sum,",
		[SHOOTDOWN_BY_PROCESS] = "pid,comm,call,advice,fixed,start,end,count,",
		[SHOOTDOWN_BY_CPU] = "cpu,isolated,nohz_full,sends,",
		[SHOOTDOWN_BY_THREAD] = "tid,thread,pid,comm,call,",
		[SHOOTDOWN_BY_SITE] = "site,vma,offset,pid,comm,call,",
		[SHOOTDOWN_BY_STACK] = "stacks.pid,stacks.comm,stacks.call,",
	};
	struct seen *s = *state;

	for (int by = 0; by < NR_SHOOTDOWN_BY; by++) {
		char *out;

		s->view.by = by;
		out = render(s, "csv", 0);
		if (strncmp(out, begins[by], strlen(begins[by])))
			fail_msg("by %s: %.200s", shootdown_by_names[by], out);
		free(out);
	}
	s->view.by = SHOOTDOWN_BY_CALL;
	{
		char *out = render(s, "csv", 0);

		assert_non_null(strstr(out, "\r\nmprotect,,,10,0,10000,1010,"));
		free(out);
	}
}

static void nothing_at_all(void **state)
{
	struct seen empty = { .view = { .run = { .command = "idle" } } };

	(void)state;
	assert_int_equal(model__init(&empty.model, TEST_SLOTS, TEST_CPUS), 0);
	assert_int_equal(shootdown__init(&empty.s, 1, TEST_CPUS), 0);
	for (int by = 0; by < NR_SHOOTDOWN_BY; by++) {
		empty.view.by = by;
		assert_int_equal(look(&empty, "calls")->nr_rows, 0);
		assert_int_equal(find(&empty, "pairs")->nr_rows, 0);
		assert_int_equal(find(&empty, "map_counts")->nr_rows, 0);
		assert_fits(render(&empty, "text", 80), 80);
	}
	document__free(&empty.document);
	shootdown__free(&empty.s);
	model__free(&empty.model);
}

#define VIEW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(totals_are_as_counted),
		VIEW_TEST(calls_that_cost_most_first),
		VIEW_TEST(a_call_has_all_its_figures),
		VIEW_TEST(what_is_no_call_has_no_latency),
		VIEW_TEST(shared_histograms_are_nobodys),
		VIEW_TEST(the_overflow_is_a_row),
		VIEW_TEST(what_no_hook_tells_is_unknown),
		VIEW_TEST(rows_by_vma),
		VIEW_TEST(text_joins_what_differs_by_permissions),
		VIEW_TEST(text_joins_neighbours),
		VIEW_TEST(text_is_limited),
		VIEW_TEST(rows_by_process),
		VIEW_TEST(rows_by_thread),
		VIEW_TEST(rows_by_site),
		VIEW_TEST(only_vmas_that_are_asked_for),
		VIEW_TEST(pairs_name_both_sides),
		VIEW_TEST(text_joins_cpus_of_a_pair),
		VIEW_TEST(rows_by_cpu),
		VIEW_TEST(few_cpus_are_told_in_numbers),
		VIEW_TEST(many_cpus_are_shades),
		VIEW_TEST(text_fits),
		VIEW_TEST(faults_that_followed),
		VIEW_TEST(what_nobody_owns_is_told_by_reason),
		VIEW_TEST(vmas_are_held_against_the_limit),
		VIEW_TEST(writable_and_executable_is_told),
		VIEW_TEST(losses_are_told),
		VIEW_TEST(a_summary_for_people),
		VIEW_TEST(csv_has_the_rows),
		cmocka_unit_test(nothing_at_all),
	};

	return cmocka_run_group_tests_name("shootdown_view", tests, NULL, NULL);
}
