// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_view_test.c - what shootdown tells of the whole, of calls, and of what follows.
 */
#include "shootdown_sample.h"

#include "model/history/longest_calls.h"
#include "model/owner.h"

/* --- totals and calls ---------------------------------------------------------------------- */

static void totals_are_the_counts(void **state)
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

static void calls_are_sorted_by_cost(void **state)
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

static void call_has_all_figures(void **state)
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
static void other_initiators_have_no_latency(void **state)
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
static void shared_histograms_have_no_quantiles(void **state)
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

static void overflow_is_a_row(void **state)
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
	assert_int_equal(look(s, "unowned")->nr_rows, 4);
	s->view.by = SHOOTDOWN_BY_PROCESS;
	t = look(s, "by_process");
	assert_int_equal(number(t, row_of(t, "call", "overflow"), "count"), 1000);
}

static void figures_without_a_hook_are_unknown(void **state)
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
	assert_says(s, "TLB flushes are unknown: no hook for them is available");
	assert_says(s, "the cost on other CPUs is unknown: no hook for IPIs is available");
}

/* --- what follows, and what nobody owns ---------------------------------------------------- */

static void faults_that_followed_calls(void **state)
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

/* Of 0 ns, as where all of them were kernel-initiated. */
static void refaults_without_a_duration_have_no_time(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	for (size_t i = 0; i < s->s.nr_rows; i++)
		s->s.rows[i]->counts.refault_ns = 0;
	t = look(s, "refaults");
	assert_int_equal(number(t, 0, "faults"), 20);
	assert_true(unknown(t, 0, "fault_ns"));
	t = look(s, "calls");
	assert_true(unknown(t, row_of(t, "call", "madvise"), "refault_ns"));
	assert_int_equal(number(t, row_of(t, "call", "mprotect"), "refault_ns"), 0);
}

static void unowned_flushes_are_listed_by_reason(void **state)
{
	const struct table *t = look(*state, "unowned");
	size_t at = row_of(t, "reason", "kernel-thread");

	assert_int_equal(t->nr_rows, 4);
	assert_int_equal(number(t, at, "count"), 2);
	assert_int_equal(number(t, at, "interrupts"), 3);
	/* no hook sees such a flush, only its interrupts */
	at = row_of(t, "reason", "kernel-range");
	assert_true(unknown(t, at, "count"));
	assert_int_equal(number(t, at, "interrupts"), 4);
	at = row_of(t, "reason", "sender not traced");
	assert_true(unknown(t, at, "count"));
	assert_int_equal(number(t, at, "interrupts"), 1);
	at = row_of(t, "reason", "sender unknown");
	assert_true(unknown(t, at, "count"));
	assert_int_equal(number(t, at, "interrupts"), UNKNOWN);
}

/* --- limits -------------------------------------------------------------------------------- */

static void vma_counts_are_compared_with_the_limit(void **state)
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

static void write_and_exec_is_reported(void **state)
{
	struct seen *s = *state;

	assert_says_not(s, "executable");
	s->s.rows[0]->counts.wx_flip = 11;
	s->s.rows[1]->counts.wx_flip = 1;
	s->s.rows[1]->counts.wx_both = 3;
	s->s.rows[2]->counts.wx_both = 1;
	assert_says(s, "one (pid 100) made writable memory executable 12 times; writable and "
		       "executable memory was requested 3 times\n");
	assert_says(s, "two (pid 200) requested writable and executable memory 1 time\n");
	assert_int_equal(
		number(inner(find(s, "calls"), row_of(find(s, "calls"), "call", "munmap"), "wx"), 0,
		       "both"),
		1);
}

static void losses_are_reported(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	for (int i = 0; i < VS_NR_LOST; i++)
		s->view.run.stats.lost[i] = 10 + i;
	t = look(s, "lost");
	assert_int_equal(number(t, 0, "calls"), 10 + VS_LOST_CALLS);
	assert_int_equal(number(t, 0, "missed"), 10 + VS_LOST_MISSED);
	assert_int_equal(number(t, 0, "unattributed"), 0);
	assert_says(s, "lost: 11 faults without a VMA slot");
	assert_says(s, "IPIs missing from initiators and targets (table full)");
}

/* --- the whole ----------------------------------------------------------------------------- */

static void text_summary(void **state)
{
	static const struct run_hook hooks[] = {
		{ "memcall", "best", false },
		{ "interrupt", "second best", true },
	};
	struct seen *s = *state;

	s->view.run.hooks = hooks;
	s->view.run.nr_hooks = 2;
	assert_says(s, "TLB shootdowns of test, 1.00ms\n");
	assert_says(
		s, "\n  TLB shootdowns took 13.5us on other CPUs, 1.4% of one CPU\n  44.4% of this "
		   "time for madvise DONTNEED of [heap] at 10000 (16.0KiB) by one (100)\n");
	assert_says(s, "  21 memory calls took 21.0us (1 failed)\n");
	assert_says(s, "  14 TLB flushes were sent to other CPUs; 27 IPIs arrived there\n");
	assert_says(s,
		    "  traced tasks received 2 IPIs from others, 1.00us; the initiator of 6.9% of "
		    "all IPIs is unknown\n");
	/* doctor, -v and JSON have the variants of hooks */
	assert_says_not(s, "best");
	assert_string_equal(text(find(s, "hooks"), 0, "variant"), "best");
}

/* Of the calls, which took 1 us each. */
static void longest_calls_summarize_the_rest(void **state)
{
	struct longest_calls longest = { .nr = 2 };
	struct seen *s = *state;

	for (int i = 0; i < 2; i++)
		longest.list[i].call = (struct vs_event_call){ .call = VS_CALL_MUNMAP,
							       .duration_ns = 3000 - 1000 * i };
	s->view.longest = &longest;
	assert_says(s, "\nand 19 more calls, 16.0us in total\n");
	assert_says_not(s, "not compared");
	longest.lost = 7;
	s->view.limit = 1;
	assert_says(s, "\nand 20 more calls, 18.0us in total (use --top N)\n"
		       "7 calls are not compared: their events were lost (use a larger --ring)\n");
	/* 10 calls of mprotect, and 5 of madvise, in the heap */
	s->view.vma_glob = "[heap]";
	s->view.limit = 0;
	longest.of_events = true;
	assert_says(s, "\nand 13 more calls, 10.0us in total\n");
	assert_says(s, "7 calls are not compared: the recording does not have their events\n");
	longest.nr = 0;
	assert_says_not(s, "more calls, ");
}

static bool is_row(const void *row, const struct fault_row *of)
{
	return row == of;
}

/* What a VMA is used for may be found after the call, and be contradicted; a freed row is not read. */
static void longest_calls_have_the_latest_names(void **state)
{
	struct fault_row row = { .is_vma = true, .name = (char *)"[anon]" }, other = row;
	struct longest_calls longest = { 0 };
	struct seen *s = *state;

	longest_calls__add(
		&longest, &(struct long_call){ .call = { .call = VS_CALL_MUNMAP, .duration_ns = 9 },
					       .row = &row });
	longest_calls__add(
		&longest, &(struct long_call){ .call = { .call = VS_CALL_MUNMAP, .duration_ns = 8 },
					       .row = &other });
	owner__set_name(&row.owner, strdup("[stack guard:7 late]"));
	longest_calls__name_vmas(&longest);
	s->view.longest = &longest;
	assert_says(s, "[stack guard:7 late]");
	owner__set_name(&row.owner, NULL);
	owner__set_name(&other.owner, strdup("[anon:malloc]"));
	longest_calls__forget(&longest, is_row, &other);
	assert_says(s, "[anon:malloc]");
	assert_says_not(s, "stack guard");
	owner__set_name(&other.owner, NULL);
	longest_calls__name_vmas(&longest);
	assert_string_equal(longest.list[0].vma, "[anon]");
	assert_string_equal(longest.list[1].vma, "[anon:malloc]");
	longest_calls__free(&longest);
}

/*
 * A table that --vma cannot select says so; what was not received is not known to have been sent.
 */
static void pairs_note_that_vma_is_ignored(void **state)
{
	struct seen *s = *state;

	assert_says_not(s, "all VMAs");
	s->view.vma_glob = "nothing has this name";
	assert_says(s, "TLB shootdowns by initiator and target (calls on all VMAs)\n");
	assert_says(s, "  no other CPU is known to have been interrupted\n");
	s->s.totals.received[VS_IPI_USER] -= UNKNOWN;
	assert_says(s, "  no other CPU was interrupted\n");
}

static void csv_has_the_rows(void **state)
{
	static const char *const begins[NR_SHOOTDOWN_BY] = {
		[SHOOTDOWN_BY_VMA] = "pid,comm,call,advice,fixed,start,end,perms,vma,count,",
		[SHOOTDOWN_BY_CALL] = "call,advice,fixed,count,errors,errnos.ENOMEM,",
		[SHOOTDOWN_BY_PROCESS] = "pid,comm,call,advice,fixed,start,end,count,",
		[SHOOTDOWN_BY_CPU] = "cpu,isolated,nohz_full,sends,",
		[SHOOTDOWN_BY_THREAD] = "tid,thread,pid,comm,call,",
		[SHOOTDOWN_BY_SITE] = "site,vma,offset,function,function_offset,pid,comm,call,",
		[SHOOTDOWN_BY_STACK] = "stacks.pid,stacks.comm,stacks.processes,stacks.call,",
		[SHOOTDOWN_BY_FUNCTION] = "function,module,pid,comm,call,advice,fixed,count,",
		[SHOOTDOWN_BY_COMM] = "comm,processes,call,advice,fixed,count,",
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

		assert_non_null(strstr(out, "\r\nmprotect,,,10,0,,,,,,,,,,,,,,,,,10000,1010,"));
		free(out);
	}
}

static void empty_model(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(totals_are_the_counts),
		VIEW_TEST(calls_are_sorted_by_cost),
		VIEW_TEST(call_has_all_figures),
		VIEW_TEST(other_initiators_have_no_latency),
		VIEW_TEST(shared_histograms_have_no_quantiles),
		VIEW_TEST(overflow_is_a_row),
		VIEW_TEST(figures_without_a_hook_are_unknown),
		VIEW_TEST(faults_that_followed_calls),
		VIEW_TEST(refaults_without_a_duration_have_no_time),
		VIEW_TEST(unowned_flushes_are_listed_by_reason),
		VIEW_TEST(vma_counts_are_compared_with_the_limit),
		VIEW_TEST(write_and_exec_is_reported),
		VIEW_TEST(losses_are_reported),
		VIEW_TEST(text_summary),
		VIEW_TEST(longest_calls_summarize_the_rest),
		VIEW_TEST(longest_calls_have_the_latest_names),
		VIEW_TEST(pairs_note_that_vma_is_ignored),
		VIEW_TEST(csv_has_the_rows),
		cmocka_unit_test(empty_model),
	};

	return cmocka_run_group_tests_name("shootdown_view", tests, NULL, NULL);
}
