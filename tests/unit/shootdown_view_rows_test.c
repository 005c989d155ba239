// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_view_rows_test.c - rows of shootdown, by VMA, process, thread and call site.
 */
#include "shootdown_sample.h"

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
static void text_merges_rows_that_differ_by_permissions(void **state)
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
	assert_says(s, "% of this time for mprotect of [heap] at 10000 (4.00KiB) by one (100)\n");
}

/* Calls that split a VMA leave many small ones: for people they are one still. */
static void text_merges_adjacent_vmas(void **state)
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

/* Text shows as many as are asked for, also such as stole nothing; and how much it leaves out. */
static void text_respects_the_row_limit(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.limit = 30;
	look(s, "vmas");
	t = find(s, "rows");
	assert_int_equal(t->nr_rows, 8);
	assert_string_equal(text(t, 0, "call"), "madvise DONTNEED");
	/* it failed */
	assert_int_equal(number(t, row_of(t, "call", "munmap"), "errors"), 1);
	assert_null(t->footer);
	s->view.limit = 1;
	t = look(s, "rows");
	assert_int_equal(t->nr_rows, 1);
	assert_non_null(strstr(t->footer, "and 7 more rows: 24 calls, 7.50us stolen"));
	assert_int_equal(find(s, "vmas")->nr_rows, 8);
	s->view.limit = 0;
	t = look(s, "rows");
	assert_int_equal(t->nr_rows, 8);
	assert_null(t->footer);
}

/* Where no call cost another CPU anything, rows are in the order of their time, and show it. */
static void rows_without_remote_cost_are_sorted_by_time(void **state)
{
	struct seen *s = *state;
	struct vs_call_row row = call_row(1, VS_CALL_MADVISE, MADV_DONTNEED, HEAP, 4 * PAGE);
	const struct table *t;

	shootdown__free(&s->s);
	assert_int_equal(shootdown__init(&s->s, TEST_CALL_ROWS, 4), 0);
	called(&row, 7, 0);
	put(&s->s, &s->model, 1, &row);
	row = call_row(1, VS_CALL_MPROTECT, 0, HEAP, PAGE);
	called(&row, 50000, 0);
	put(&s->s, &s->model, 2, &row);
	s->view.limit = 1;
	t = look(s, "rows");
	assert_string_equal(text(t, 0, "call"), "mprotect");
	assert_int_equal(number(t, 0, "count"), 50000);
	assert_non_null(strstr(t->footer, "and 1 more row: 7 calls"));
	assert_says(s, "TIME");
	assert_says(s, "MAX");
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

static void vma_filter_selects_rows(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(rows_by_vma),
		VIEW_TEST(text_merges_rows_that_differ_by_permissions),
		VIEW_TEST(text_merges_adjacent_vmas),
		VIEW_TEST(text_respects_the_row_limit),
		VIEW_TEST(rows_without_remote_cost_are_sorted_by_time),
		VIEW_TEST(rows_by_process),
		VIEW_TEST(rows_by_thread),
		VIEW_TEST(rows_by_site),
		VIEW_TEST(vma_filter_selects_rows),
	};

	return cmocka_run_group_tests_name("shootdown_view_rows", tests, NULL, NULL);
}
