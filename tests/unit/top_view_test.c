// SPDX-License-Identifier: GPL-2.0-only
/*
 * top_view_test.c - rates and totals of top, of a model whose every count is known.
 */
#include "top_sample.h"

static struct table *made(struct table *t)
{
	assert_non_null(t);
	return t;
}

static double real(const struct table *t, size_t row, const char *key)
{
	const struct cell *cell = table__cell(t, row, key);

	assert_true(cell->known);
	return cell->f64;
}

static uint64_t whole(const struct table *t, size_t row, const char *key)
{
	const struct cell *cell = table__cell(t, row, key);

	assert_true(cell->known);
	return cell->u64;
}

static void assert_close(double got, double want)
{
	if (got < want - 1e-9 || got > want + 1e-9)
		fail_msg("got %g, want %g", got, want);
}

static void rates_are_per_second(void **state)
{
	struct top_sample s;
	struct table *t;
	size_t alpha;

	(void)state;
	top_sample__init(&s);
	t = made(top_processes(&s.view));
	assert_int_equal(t->nr_rows, 2); /* "gone" has ended, and done nothing since */
	alpha = row_of(t, "comm", "alpha");
	assert_int_equal(whole(t, alpha, "pid"), 100);
	assert_close(real(t, alpha, "faults"), 107); /* 200 + 10 + 4 in 2 s */
	assert_close(real(t, alpha, "minor"), 105);
	assert_close(real(t, alpha, "major"), 2);
	/* 210 × 1,000 ns + 4 × 9,000 ns of 2 s */
	assert_close(real(t, alpha, "fault_ns"), 100 * 246000 / 2e9);
	assert_close(real(t, alpha, "average_ns"), 246000 / 214.0);
	assert_close(real(t, alpha, "sent"), 30);
	assert_close(real(t, alpha, "interrupts"), 30);
	assert_close(real(t, alpha, "stolen_ns"), 100 * 30000 / 2e9);
	assert_close(real(t, row_of(t, "comm", "beta"), "faults"), 25);
	assert_close(real(t, row_of(t, "comm", "beta"), "sent"), 0);
	table__free(t);
	top_sample__free(&s);
}

static void totals_are_since_the_start(void **state)
{
	struct top_sample s;
	struct table *t;
	size_t alpha;

	(void)state;
	top_sample__init(&s);
	s.view.rates = false;
	t = made(top_processes(&s.view));
	assert_int_equal(t->nr_rows, 3);
	alpha = row_of(t, "comm", "alpha");
	assert_int_equal(whole(t, alpha, "faults"), 500 + 2200 + 1010 + 104);
	assert_int_equal(whole(t, alpha, "major"), 104);
	assert_int_equal(whole(t, alpha, "fault_ns"), 3710 * 1000 + 104 * 9000);
	assert_int_equal(whole(t, alpha, "interrupts"), 100);
	assert_int_equal(whole(t, alpha, "vmas"), 2);
	assert_int_equal(whole(t, row_of(t, "comm", "gone"), "faults"), 700);
	assert_string_equal(table__cell(t, row_of(t, "comm", "gone"), "ended")->str, "ended");
	table__free(t);
	top_sample__free(&s);
}

/* The sum over processes, over VMAs and over CPUs is one and the same. */
static void sums_of_all_views_agree(void **state)
{
	struct table *(*const makers[])(const struct top_view *) = { top_processes, top_vmas,
								     top_causes, top_cpus };
	struct top_summary sum;
	struct top_sample s;

	(void)state;
	top_sample__init(&s);
	for (int rates = 0; rates < 2; rates++) {
		s.view.rates = rates;
		top_summary__make(&sum, &s.view);
		assert_close(sum.faults, rates ? 132 : 8564);
		for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++) {
			struct table *t = made(makers[i](&s.view));
			double all = 0;

			for (size_t r = 0; r < t->nr_rows; r++)
				all += rates ? real(t, r, "faults") : whole(t, r, "faults");
			assert_close(all, sum.faults);
			table__free(t);
		}
	}
	top_sample__free(&s);
}

static void summary_has_shares(void **state)
{
	struct top_summary sum;
	struct top_sample s;

	(void)state;
	top_sample__init(&s);
	top_summary__make(&sum, &s.view);
	assert_close(sum.minor, 130);
	assert_close(sum.major, 2);
	assert_close(sum.failed, 0);
	assert_close(sum.fault_share, 296000 / 2e9);
	assert_close(sum.sent, 30);
	assert_close(sum.received, 30);
	assert_close(sum.stolen_share, 30000 / 2e9);
	assert_int_equal(sum.processes, 2);
	s.view.rates = false;
	top_summary__make(&sum, &s.view);
	assert_close(sum.received, 103);
	assert_close(sum.stolen_share, 103 * 500 / 10e9);
	top_sample__free(&s);
}

static void no_rate_without_an_interval(void **state)
{
	struct top_summary sum;
	struct top_sample s;

	(void)state;
	top_sample__init(&s);
	s.view.interval_ns = 0;
	top_summary__make(&sum, &s.view);
	assert_close(sum.faults, 0);
	assert_close(sum.fault_share, 0);
	top_sample__free(&s);
}

static void vmas_of_the_process(void **state)
{
	struct top_sample s;
	struct table *t;
	size_t heap;

	(void)state;
	top_sample__init(&s);
	s.view.process = model__process(&s.model, 100);
	t = made(top_vmas(&s.view));
	assert_int_equal(t->nr_rows, 2);
	heap = row_of(t, "vma", "[heap]");
	assert_close(real(t, heap, "faults"), 100);
	assert_close(real(t, heap, "percent"), 100.0 * 200 / 214);
	assert_close(real(t, heap, "write"), 100);
	assert_int_equal(whole(t, heap, "start"), HEAP);
	assert_int_equal(whole(t, heap, "size"), 16 * PAGE);
	assert_string_equal(table__cell(t, heap, "perms")->str, "rw-p");
	table__free(t);
	/* what is outside has a row where it counted something */
	s.view.rates = false;
	t = made(top_vmas(&s.view));
	assert_int_equal(whole(t, row_of(t, "vma", "[no VMA]"), "faults"), 500);
	assert_false(table__cell(t, row_of(t, "vma", "[no VMA]"), "start")->known);
	table__free(t);
	top_sample__free(&s);
}

static void vma_filter_selects_rows(void **state)
{
	struct top_summary sum;
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	s.view.vma_glob = "*libc*";
	top_summary__make(&sum, &s.view);
	assert_close(sum.faults, 7);
	t = made(top_vmas(&s.view));
	assert_int_equal(t->nr_rows, 1);
	assert_close(real(t, 0, "percent"), 100);
	table__free(t);
	top_sample__free(&s);
}

static void causes_of_all_of_a_process_of_a_vma(void **state)
{
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	t = made(top_causes(&s.view));
	assert_int_equal(t->nr_rows, 2);
	assert_close(real(t, row_of(t, "cause", "anon-zero"), "faults"), 130);
	assert_close(real(t, row_of(t, "cause", "file-read"), "faults"), 2);
	table__free(t);
	s.view.process = model__process(&s.model, 200);
	t = made(top_causes(&s.view));
	assert_int_equal(t->nr_rows, 1);
	assert_close(real(t, 0, "faults"), 25);
	table__free(t);
	s.view.vma = s.model.by_slot[3];
	t = made(top_causes(&s.view));
	assert_close(real(t, row_of(t, "cause", "anon-zero"), "faults"), 5);
	/* there are no histograms of one VMA's causes but of the one that is watched */
	assert_false(table__cell(t, 0, "p99_ns")->known);
	assert_false(table__cell(t, 0, "fault_ns")->known);
	table__free(t);
	top_sample__free(&s);
}

/* Of the VMA that is watched; and of any that has faults of one cause alone, without quantiles. */
static void causes_of_a_vma_have_times(void **state)
{
	struct latency watched[VS_NR_CAUSES] = {};
	struct top_sample s;
	struct table *t;
	int read, zero;

	(void)state;
	top_sample__init(&s);
	s.view.process = model__process(&s.model, 100);
	s.view.vma = s.view.vma_latency_of = s.model.by_slot[3];
	s.view.vma_latency = watched;
	watched[VS_CAUSE_FILE_READ].marked.sum_ns = 5;
	watched[VS_CAUSE_FILE_READ].hist.sum_ns = 5 + 4 * 9000;
	watched[VS_CAUSE_FILE_READ].hist.bucket[hist__bucket(9000)] = 4;
	t = made(top_causes(&s.view));
	read = row_of(t, "cause", "file-read");
	zero = row_of(t, "cause", "anon-zero");
	assert_close(real(t, read, "fault_ns"), 100.0 * 4 * 9000 / (2 * SECOND));
	assert_true(table__cell(t, read, "p50_ns")->known);
	assert_close(real(t, zero, "fault_ns"), 0);
	assert_false(table__cell(t, zero, "p50_ns")->known);
	table__free(t);
	/* another one is looked at now: what was kept is not of it, but it has one cause */
	s.view.vma = s.model.by_slot[2];
	t = made(top_causes(&s.view));
	assert_int_equal(t->nr_rows, 1);
	assert_close(real(t, 0, "fault_ns"), 100.0 * 200 * 1000 / (2 * SECOND));
	assert_false(table__cell(t, 0, "p50_ns")->known);
	table__free(t);
	s.view.rates = false;
	t = made(top_causes(&s.view));
	assert_int_equal(table__cell(t, 0, "fault_ns")->u64, 2200 * 1000);
	assert_int_equal(table__cell(t, 0, "max_ns")->u64, 1000);
	table__free(t);
	top_sample__free(&s);
}

static void calls_have_their_cost(void **state)
{
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	t = made(top_calls(&s.view));
	assert_int_equal(t->nr_rows, 1);
	assert_string_equal(table__cell(t, 0, "call")->str, "mprotect");
	assert_close(real(t, 0, "count"), 30);
	assert_close(real(t, 0, "average_ns"), 1000);
	assert_close(real(t, 0, "delay_ns"), 2000);
	assert_close(real(t, 0, "interrupts"), 30);
	table__free(t);
	s.view.process = model__process(&s.model, 200);
	t = made(top_calls(&s.view));
	assert_int_equal(t->nr_rows, 0);
	table__free(t);
	top_sample__free(&s);
}

static void figures_without_a_hook_are_unknown(void **state)
{
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	s.view.flushes_known = s.view.interrupts_known = false;
	t = made(top_processes(&s.view));
	assert_false(table__cell(t, 0, "sent")->known);
	assert_false(table__cell(t, 0, "interrupts")->known);
	table__free(t);
	t = made(top_cpus(&s.view));
	assert_false(table__cell(t, 0, "from")->known);
	table__free(t);
	top_sample__free(&s);
}

static void cpus_show_initiators_and_targets(void **state)
{
	const uint64_t *from;
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	t = made(top_cpus(&s.view));
	assert_int_equal(t->nr_rows, 2);
	assert_close(real(t, 0, "faults"), 107);
	assert_close(real(t, 0, "sent"), 30);
	assert_close(real(t, 0, "received"), 0);
	assert_close(real(t, 1, "received"), 30);
	assert_close(real(t, 1, "delay_ns"), 2000);
	from = table__cell(t, 1, "from")->series->counts;
	assert_int_equal(table__cell(t, 1, "from")->series->nr, 2);
	assert_int_equal(from[0], 30);
	assert_int_equal(from[1], 0);
	table__free(t);
	s.view.rates = false;
	t = made(top_cpus(&s.view));
	from = table__cell(t, 0, "from")->series->counts;
	assert_int_equal(from[1], 3);
	table__free(t);
	top_sample__free(&s);
}

static void notes_replace_earlier_ones(void **state)
{
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	notes__add(&s.notes, 1, NOTE_INFO, "", "first");
	notes__add(&s.notes, 2, NOTE_WARNING, "calls", "lost %d", 1);
	notes__add(&s.notes, 3, NOTE_STORM, "", "storm");
	notes__add(&s.notes, 4, NOTE_WARNING, "calls", "lost %d", 2);
	t = made(top_notes(&s.view));
	assert_int_equal(t->nr_rows, 3);
	assert_string_equal(table__cell(t, 2, "text")->str, "lost 2");
	assert_string_equal(table__cell(t, 1, "level")->str, "storm");
	assert_int_equal(whole(t, 2, "at_ns"), 4);
	assert_int_equal(s.notes.nr_warnings, 3);
	table__free(t);
	top_sample__free(&s);
}

static void oldest_notes_are_dropped(void **state)
{
	struct notes n;

	(void)state;
	notes__init(&n);
	for (int i = 0; i < NOTES_MAX + 5; i++)
		notes__add(&n, i, NOTE_INFO, "", "%d", i);
	assert_int_equal(n.nr, NOTES_MAX);
	assert_string_equal(n.list[0].text, "5");
	assert_int_equal(n.list[NOTES_MAX - 1].id, NOTES_MAX + 5);
	notes__free(&n);
}

static void forget(struct top_sample *s, uint64_t before_ns)
{
	model__keep(&s->model, before_ns, NULL);
	assert_int_equal(shootdown__forget(&s->shootdown, &s->model), 0);
	assert_int_equal(model__forget(&s->model), 0);
}

/* "gone" is forgotten: its slots are back. All sums stay, and nothing refers to it. */
static void removed_processes_stay_in_sums(void **state)
{
	struct vs_call_row row = call_row(6, VS_CALL_MUNMAP, 0, HEAP, PAGE);
	struct top_summary sum;
	struct top_sample s;
	struct table *t;

	(void)state;
	top_sample__init(&s);
	called(&row, 9, 5);
	put(&s.shootdown, &s.model, 2, &row);
	model__slot_ended(&s.model, 6);
	forget(&s, 0); /* too young */
	assert_non_null(model__process(&s.model, 300));
	forget(&s, UINT64_MAX); /* its row of calls is in use */
	assert_non_null(model__process(&s.model, 300));
	shootdown__row_ended(&s.shootdown, 2);
	forget(&s, UINT64_MAX);
	assert_null(model__process(&s.model, 300));
	assert_int_equal(s.model.nr_processes, 3);

	s.view.rates = false;
	top_summary__make(&sum, &s.view);
	assert_close(sum.faults, 8564);
	t = made(top_processes(&s.view));
	assert_int_equal(t->nr_rows, 3);
	assert_int_equal(whole(t, row_of(t, "comm", "[ended]"), "faults"), 700);
	table__free(t);
	t = made(top_calls(&s.view));
	assert_int_equal(t->nr_rows, 2);
	assert_int_equal(whole(t, row_of(t, "comm", "[ended]"), "count"), 9);
	table__free(t);
	/* in the next interval nothing has changed */
	model__mark(&s.model);
	shootdown__mark(&s.shootdown);
	s.view.rates = true;
	t = made(top_processes(&s.view));
	assert_int_equal(t->nr_rows, 2);
	table__free(t);
	/* and its pid may come back */
	take(&s.model, 6, image_slot(300, 0xd, "again"), NULL);
	assert_string_equal(model__process(&s.model, 300)->comm, "again");
	top_sample__free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_per_second),
		cmocka_unit_test(totals_are_since_the_start),
		cmocka_unit_test(sums_of_all_views_agree),
		cmocka_unit_test(summary_has_shares),
		cmocka_unit_test(no_rate_without_an_interval),
		cmocka_unit_test(vmas_of_the_process),
		cmocka_unit_test(vma_filter_selects_rows),
		cmocka_unit_test(causes_of_all_of_a_process_of_a_vma),
		cmocka_unit_test(causes_of_a_vma_have_times),
		cmocka_unit_test(calls_have_their_cost),
		cmocka_unit_test(figures_without_a_hook_are_unknown),
		cmocka_unit_test(cpus_show_initiators_and_targets),
		cmocka_unit_test(notes_replace_earlier_ones),
		cmocka_unit_test(oldest_notes_are_dropped),
		cmocka_unit_test(removed_processes_stay_in_sums),
	};

	return cmocka_run_group_tests_name("top_view", tests, NULL, NULL);
}
