// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat_view_test.c - the tables of stat, made from a model whose every count is known.
 */
#include "slots.h"

#include "view/faults/stat.h"

/** struct seen - a model, what is asked of it, and the document made of it */
struct seen {
	struct model model;
	struct threads threads;
	struct stat_view view;
	struct document document;
};

/*
 * Process 100 "one": 10 + 2 faults in its heap, 20 in /libc.so.6's first segment, 7 in the
 * second, 3 without a VMA. Process 200 "two": 60 in its heap, 5 in /libc.so.6. 4 of nobody.
 */
#define FAULTS_ONE (10 + 2 + 20 + 7 + 3)
#define FAULTS_TWO (60 + 5)
#define FAULTS_OF_NOBODY 4
#define FAULTS (FAULTS_ONE + FAULTS_TWO + FAULTS_OF_NOBODY)

static int setup(void **state)
{
	const struct vs_file libc = file_named("libc.so.6");
	struct vs_slot one = image_slot(100, 0xa, "one");
	struct seen *s = calloc(1, sizeof(*s));
	struct model *m = &s->model;

	if (!s || model__init(m, TEST_SLOTS, TEST_CPUS))
		return -1;
	threads__init(&s->threads);
	one.proc.base_minor = 34;
	one.proc.no_address = 2;
	one.proc.lookup_missed = 1;
	take(m, 1, one, NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 3, file_slot(1, 0x7f0000000000, 7), &libc);
	take(m, 4, file_slot(1, 0x7f0000100000, 7), &libc);
	take(m, 5, image_slot(200, 0xb, "two"), NULL);
	take(m, 6, vma_slot(5, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 7, file_slot(5, 0x7f0000000000, 7), &libc);
	take(m, 8, vma_slot(5, 0x90000, VS_NAME_ANON), NULL); /* no faults there */
	count(m, 1, 3, 0);
	count(m, 2, 10, 2);
	count(m, 3, 20, 0);
	count(m, 4, 7, 0);
	count(m, 6, 60, 0);
	count(m, 7, 5, 0);
	count(m, VS_SLOT_OVERFLOW, FAULTS_OF_NOBODY, 0);
	m->cpus[0].counts = counted(FAULTS - 2 - 20, 2);
	m->cpus[1].counts = counted(20, 0);
	s->view.command = "test";
	s->view.duration_ns = 3000000000;
	s->view.latency_period = 1;
	s->view.threads = &s->threads;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	document__free(&s->document);
	threads__free(&s->threads);
	model__free(&s->model);
	free(s);
	return 0;
}

static const struct table *find(const struct seen *s, const char *key)
{
	for (size_t i = 0; i < s->document.nr_tables; i++) {
		const struct table *t = s->document.tables[i];

		if (t->def->key && !strcmp(t->def->key, key))
			return t;
	}
	fail_msg("the document has no table '%s'", key);
	return NULL;
}

/* The table @key of a document made as s->view asks. */
static const struct table *look(struct seen *s, const char *key)
{
	document__free(&s->document);
	memset(&s->document, 0, sizeof(s->document));
	stat_view__make(&s->view, &s->model, &s->document);
	return find(s, key);
}

static uint64_t number(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	assert_true(c->known);
	return c->u64;
}

static const char *text(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	assert_true(c->known);
	return c->str;
}

static const struct table *inner(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = table__cell(t, row, key);

	assert_true(c->known);
	return c->table;
}

static uint64_t sum(const struct table *t, const char *key)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		n += number(t, i, key);
	return n;
}

/* What the text names the rows by, and their faults: "NAME=FAULTS NAME=FAULTS …". */
static void assert_rows(const struct table *t, const char *key, const char *expected)
{
	char got[512] = "";
	size_t len = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		len += snprintf(got + len, sizeof(got) - len, "%s%s=%llu", i ? " " : "",
				text(t, i, key), (unsigned long long)number(t, i, "faults"));
	assert_string_equal(got, expected);
}

static void every_grouping_adds_up(void **state)
{
	const struct table *totals = look(*state, "totals"), *processes, *lost;

	assert_int_equal(number(totals, 0, "faults"), FAULTS);
	assert_int_equal(number(totals, 0, "minor"), FAULTS - 2);
	assert_int_equal(number(totals, 0, "major"), 2);
	assert_int_equal(number(totals, 0, "incomplete"), 0);
	assert_int_equal(number(totals, 0, "write"), FAULTS);
	assert_int_equal(number(totals, 0, "mapped_pages"), FAULTS);
	assert_int_equal(sum(inner(totals, 0, "causes"), "faults"), FAULTS);
	assert_int_equal(number(inner(totals, 0, "sizes"), 0, "page"), FAULTS);
	assert_int_equal(number(inner(totals, 0, "latency_ns"), 0, "count"), FAULTS);
	assert_int_equal(number(inner(totals, 0, "latency_ns"), 0, "sum"),
			 (FAULTS - 2) * 1000 + 2 * 9000);
	assert_int_equal(number(inner(totals, 0, "latency_ns"), 0, "max"), 9000);
	processes = find(*state, "processes");
	lost = find(*state, "lost");
	assert_int_equal(sum(processes, "faults") + number(lost, 0, "unattributed"), FAULTS);
	for (size_t i = 0; i < processes->nr_rows; i++)
		assert_int_equal(sum(inner(processes, i, "vmas"), "faults") +
					 number(processes, i, "overflow"),
				 number(processes, i, "faults"));
}

static void processes_are_sorted_by_faults(void **state)
{
	const struct table *t = look(*state, "processes"), *vmas, *reasons;

	assert_int_equal(t->nr_rows, 2);
	assert_string_equal(text(t, 0, "comm"), "two");
	assert_int_equal(number(t, 0, "faults"), FAULTS_TWO);
	assert_int_equal(number(t, 0, "overflow"), 0);
	assert_int_equal(number(t, 1, "pid"), 100);
	assert_int_equal(number(t, 1, "ppid"), 1);
	assert_int_equal(number(t, 1, "uid"), 1000);
	assert_int_equal(number(t, 1, "faults"), FAULTS_ONE);
	assert_int_equal(number(t, 1, "overflow"), 3);
	assert_int_equal(number(inner(t, 1, "before_exec"), 0, "minor"), 34);
	reasons = inner(t, 1, "overflow_reasons");
	assert_int_equal(number(reasons, 0, "no_address"), 2);
	assert_int_equal(number(reasons, 0, "lookup_missed"), 1);
	assert_int_equal(number(reasons, 0, "no_slot"), 0);
	/* it lives: how it ended is not known */
	assert_false(table__cell(t, 1, "exited")->b);
	assert_false(table__cell(t, 1, "exit_code")->known);

	vmas = inner(t, 1, "vmas");
	assert_rows(vmas, "name", "/libc.so.6=20 [heap]=12 /libc.so.6=7");
	assert_string_equal(text(vmas, 0, "perms"), "r-xp");
	assert_string_equal(text(vmas, 1, "perms"), "rw-p");
	assert_int_equal(number(vmas, 0, "start"), 0x7f0000000000);
	assert_int_equal(number(vmas, 0, "end"), 0x7f0000010000);
	assert_int_equal(number(vmas, 0, "inode"), 7);
	assert_int_equal(number(vmas, 1, "inode"), 0);
	assert_int_equal(number(vmas, 1, "major"), 2);
	/* a VMA without faults is left out */
	assert_rows(inner(t, 0, "vmas"), "name", "[heap]=60 /libc.so.6=5");
}

static void exit_code_is_reported(void **state)
{
	struct vs_slot one = image_slot(100, 0xa, "one");
	struct seen *s = *state;
	const struct table *t;

	one.proc.state = VS_PROC_EXITED;
	one.proc.exit_code = 11;
	model__update_process(&s->model, 1, &one);
	t = look(s, "processes");
	assert_true(table__cell(t, 1, "exited")->b);
	assert_int_equal(table__cell(t, 1, "exit_code")->i64, 11);
}

/* Without a histogram no quantile is known, and none is told; maximum and sum are. */
static void unknown_latencies_are_null(void **state)
{
	const struct table *t = look(*state, "processes"), *latency;

	latency = inner(inner(t, 0, "vmas"), 0, "latency_ns");
	assert_int_equal(number(latency, 0, "count"), 60);
	assert_int_equal(number(latency, 0, "sum"), 60000);
	assert_int_equal(number(latency, 0, "max"), 1000);
	assert_false(table__cell(latency, 0, "p50")->known);
	assert_false(table__cell(latency, 0, "p999")->known);
}

static void put_latencies(struct latency *l, uint64_t ns, uint64_t nr)
{
	l->hist.bucket[hist__bucket(ns)] += nr;
	l->hist.sum_ns += ns * nr;
	if (ns > l->hist.max_ns)
		l->hist.max_ns = ns;
}

static void quantiles_merge_all_histograms(void **state)
{
	struct seen *s = *state;
	const struct table *latency, *causes;
	struct latency *l;

	for (size_t i = 0; i < 2; i++) {
		l = s->model.processes[i]->latency[VS_CAUSE_ANON_ZERO] = calloc(1, sizeof(*l));
		assert_non_null(l);
		put_latencies(l, 1000, 10);
	}
	/* what found no histogram of its own counts in the totals and in its cause */
	put_latencies(&s->model.shared_latency[VS_CAUSE_FILE_READ], 8200, 2);
	s->view.by = BY_CAUSE;
	causes = look(s, "causes");
	assert_rows(causes, "cause", "anon-zero=109 file-read=2");
	assert_int_equal(number(causes, 0, "sum_ns"), 20000);
	assert_int_equal(number(causes, 0, "max_ns"), 1000);
	assert_int_equal(number(causes, 1, "sum_ns"), 16400);
	/* the middle of its bucket would be above the greatest latency that there was */
	assert_int_equal(number(causes, 1, "p50_ns"), 8200);
	latency = inner(find(s, "totals"), 0, "latency_ns");
	assert_true(number(latency, 0, "p50") <= 1000);
	assert_int_equal(number(latency, 0, "p99"), 8200);
}

static void grouped_by_mapping(void **state)
{
	const struct table *t = look(*state, "mappings");

	/* segments of one file are one row, those of two processes are not */
	assert_rows(t, "mapping",
		    "[heap]=60 /libc.so.6=27 [heap]=12 /libc.so.6=5 [no process]=4 [no VMA]=3");
	assert_int_equal(sum(t, "faults"), FAULTS);
	assert_int_equal(number(t, 0, "pid"), 200);
	assert_int_equal(number(t, 1, "pid"), 100);
	assert_false(table__cell(t, 4, "pid")->known);
}

static void grouped_by_vma(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = BY_VMA;
	t = look(s, "vmas");
	assert_int_equal(t->nr_rows, 7);
	assert_int_equal(sum(t, "faults"), FAULTS);
	assert_string_equal(text(t, 0, "vma"), "[heap]");
	assert_int_equal(number(t, 0, "start"), 0x10000);
	assert_string_equal(text(t, 1, "perms"), "r-xp");
	assert_string_equal(text(t, 6, "vma"), "[no VMA]");
	assert_false(table__cell(t, 6, "start")->known);
}

static void grouped_by_process(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = BY_PROCESS;
	t = look(s, "by_process");
	assert_rows(t, "comm", "two=65 one=42 [none]=4");
}

static void grouped_by_cpu(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.by = BY_CPU;
	t = look(s, "cpus");
	assert_int_equal(t->nr_rows, 2);
	assert_int_equal(sum(t, "faults"), FAULTS);
	assert_int_equal(number(t, 1, "cpu"), 1);
	assert_int_equal(number(t, 1, "faults"), 20);
}

static void grouped_by_cgroup(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->model.processes[0]->cgroup_name = strdup("/a");
	s->model.processes[1]->cgroup_name = strdup("/a");
	s->view.by = BY_CGROUP;
	t = look(s, "cgroups");
	assert_rows(t, "cgroup", "/a=107 [no process]=4");
}

static void rows_have_percentages(void **state)
{
	const struct table *t = look(*state, "mappings");
	double percent = 0;

	for (size_t i = 0; i < t->nr_rows; i++)
		percent += table__cell(t, i, "percent")->f64;
	assert_true(percent > 99.99 && percent < 100.01);
	assert_true(table__cell(t, 0, "percent")->f64 > 100.0 * 60 / FAULTS - 0.01);
}

static void row_limit_summarizes_the_rest(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.limit = 2;
	t = look(s, "mappings");
	assert_int_equal(t->nr_rows, 2);
	assert_non_null(t->footer);
	assert_non_null(strstr(t->footer, "4 more rows with 24 faults"));
	/* it is for the text's rows alone */
	assert_int_equal(inner(find(s, "processes"), 1, "vmas")->nr_rows, 3);
	s->view.limit = 6;
	t = look(s, "mappings");
	assert_int_equal(t->nr_rows, 6);
	assert_true(!t->footer || !strstr(t->footer, "more"));
}

static void vma_filter_selects_rows(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	s->view.vma_glob = "*libc*";
	t = look(s, "totals");
	assert_int_equal(number(t, 0, "faults"), 20 + 7 + 5);
	assert_rows(find(s, "mappings"), "mapping", "/libc.so.6=27 /libc.so.6=5");
	assert_int_equal(find(s, "processes")->nr_rows, 2);
	s->view.vma_glob = "[heap]";
	assert_int_equal(number(look(s, "totals"), 0, "faults"), 72);
	s->view.vma_glob = "nothing has this name";
	assert_int_equal(number(look(s, "totals"), 0, "faults"), 0);
	assert_int_equal(find(s, "processes")->nr_rows, 0);
	assert_int_equal(find(s, "mappings")->nr_rows, 0);
	s->view.by = BY_CAUSE;
	s->view.vma_glob = "[heap]";
	t = look(s, "causes");
	assert_rows(t, "cause", "anon-zero=70 file-read=2");
	/* latencies are kept by process and cause: those of some VMAs alone are not known */
	assert_false(table__cell(t, 0, "p50_ns")->known);
}

static void interval_shows_the_difference(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	model__mark(&s->model);
	count(&s->model, 2, 11, 2);
	s->view.interval = 1;
	t = look(s, "totals");
	assert_int_equal(number(t, 0, "faults"), 1);
	assert_int_equal(number(t, 0, "major"), 0);
	/* processes that did nothing in it are left out */
	assert_int_equal(find(s, "processes")->nr_rows, 1);
	assert_rows(find(s, "mappings"), "mapping", "[heap]=1");
	s->view.interval = 0;
	assert_int_equal(number(look(s, "totals"), 0, "faults"), FAULTS + 1);
}

/* In an interval, one VMA took its longest fault so far, 1 us; another took 9 us, as it had before. */
static void maximum_of_an_interval_is_of_all_rows(void **state)
{
	struct seen *s = *state;
	const struct table *latency;
	struct latency *l;

	take(&s->model, 9, vma_slot(1, 0x90000, VS_NAME_ANON), NULL);
	l = s->model.processes[0]->latency[VS_CAUSE_FILE_READ] = calloc(1, sizeof(*l));
	assert_non_null(l);
	put_latencies(l, 9000, 2);
	model__mark(&s->model);
	count(&s->model, 2, 10, 3);
	count(&s->model, 9, 1, 0);
	s->view.interval = 1;
	latency = inner(look(s, "totals"), 0, "latency_ns");
	assert_int_equal(number(latency, 0, "count"), 2);
	assert_false(table__cell(latency, 0, "max")->known);
	put_latencies(l, 9000, 1);
	latency = inner(look(s, "totals"), 0, "latency_ns");
	assert_int_equal(number(latency, 0, "max"), 9000);
	latency = inner(find(s, "processes"), 0, "latency_ns");
	assert_int_equal(number(latency, 0, "max"), 9000);
}

static void text_title(void **state)
{
	struct run_hook hooks[] = {
		{ "fault_begin", "best", false },
		{ "fault_end", "second best", true },
	};
	struct seen *s = *state;
	const struct table *t;

	s->view.hooks = hooks;
	s->view.nr_hooks = 2;
	t = look(s, "mappings");
	assert_non_null(t->title);
	assert_non_null(strstr(t->title, "Page faults of test, 3.00s"));
	assert_non_null(strstr(t->title, "111 faults (37/s): 109 minor, 2 major, 0 failed"));
	/* doctor, -v and JSON have the variants of hooks */
	assert_null(strstr(t->title, "best"));
	assert_null(strstr(t->title, "causes are less exact"));
	hooks[1] = (struct run_hook){ "cause", "error code and VMA", true };
	t = look(s, "mappings");
	assert_non_null(strstr(t->title, "causes are less exact"));
	t = find(s, "hooks");
	assert_int_equal(t->nr_rows, 2);
	assert_string_equal(text(t, 0, "variant"), "best");
}

/* What is left out of the counts is said above and below them. */
static void filters_are_printed(void **state)
{
	struct vs_thread thread = { .pid = 100, .tid = 101, .faults = 9, .fault_ns = 1000000 };
	struct seen *s = *state;
	const struct table *t;

	strcpy(thread.comm, "busy");
	threads__update(&s->threads, &thread);
	s->view.end_ns = 3000000000;
	t = look(s, "mappings");
	assert_null(strstr(t->title, "only"));
	assert_non_null(strstr(t->footer, "most time in faults: busy (thread 101)"));
	s->view.vma_glob = "[heap]";
	t = look(s, "mappings");
	assert_non_null(strstr(t->title, "\n  only page faults in VMAs named [heap]:\n"));
	assert_non_null(strstr(t->footer, "most time in faults of all VMAs: busy (thread 101)"));
	s->view.outcome = "major";
	s->view.causes = 1u << VS_CAUSE_COW | 1u << VS_CAUSE_SWAP_IN;
	t = look(s, "mappings");
	assert_non_null(strstr(t->title,
			       "\n  only major page faults in VMAs named [heap] with cause "
			       "swap-in,cow:\n"));
	/* CPUs count faults, but not by VMA: their share of those selected is unknown */
	s->view.by = BY_CPU;
	t = look(s, "cpus");
	assert_int_equal(sum(t, "faults"), FAULTS);
	assert_false(table__cell(t, 0, "percent")->known);
	assert_non_null(strstr(t->footer, "count the faults of all VMAs"));
	s->view.vma_glob = NULL;
	t = look(s, "cpus");
	assert_true(table__cell(t, 0, "percent")->known);
	assert_null(strstr(t->footer, "all VMAs"));
}

/* The line of the title after the first one, of heap faults that took @ns each; 0: that is unknown. */
static const char *summary(struct seen *s, uint64_t ns)
{
	const struct table *t;

	s->model.overflow.counts.latency_count = s->model.overflow.counts.latency_sum_ns = 0;
	for (size_t i = 0; i < s->model.nr_processes; i++) {
		const struct process *p = s->model.processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			struct vs_counts *c = &p->rows[r]->counts;

			c->latency_count = c->latency_sum_ns = 0;
			if (!p->rows[r]->is_vma || strcmp(p->rows[r]->name, "[heap]"))
				continue;
			c->latency_count = ns ? counts_faults(c) : 0;
			c->latency_sum_ns = ns * c->latency_count;
			memset(c->cause, 0, sizeof(c->cause));
			c->cause[VS_CAUSE_COW] = counts_faults(c) - 1;
			c->cause[VS_CAUSE_ANON_ZERO] = 1;
		}
	}
	t = look(s, "mappings");
	assert_non_null(t->title);
	return strchr(t->title, '\n') + 1;
}

/* Heaps have 10 + 2 faults of "one" and 60 of "two", of 111 in all. */
static void title_begins_with_a_summary(void **state)
{
	struct seen *s = *state;
	static const char lines[] =
		"  fault handling took 72.0ms, 2.4% of one thread's time, without 39 faults of "
		"unknown duration\n"
		"  83.3% of this time in [heap] of two (200); 98.3% of the faults there: "
		"copy-on-write (cow)\n"
		"  111 faults ";
	const char *text = summary(s, 1000000);

	assert_int_equal(strncmp(text, lines, strlen(lines)), 0);
	/* where no time is known, the shares are of the faults */
	text = summary(s, 0);
	assert_null(strstr(text, "took"));
	assert_true(!strncmp(text, "  54.1% of the faults in [heap] of two (200); ", 46));
	/* an interval has one line */
	s->view.interval = 1;
	text = summary(s, 1000000);
	assert_null(strstr(text, "%"));
	s->view.interval = 0;
}

static void losses_are_reported(void **state)
{
	struct seen *s = *state;
	const struct table *t;

	for (int i = 0; i < VS_NR_LOST; i++)
		s->view.stats.lost[i] = 10 + i;
	t = look(s, "lost");
	assert_int_equal(number(t, 0, "events"), 10 + VS_LOST_EVENTS);
	assert_int_equal(number(t, 0, "slots"), 10 + VS_LOST_SLOTS);
	assert_int_equal(number(t, 0, "latency"), 10 + VS_LOST_LATENCY);
	assert_int_equal(number(t, 0, "unattributed"), FAULTS_OF_NOBODY);
	t = find(s, "mappings");
	assert_non_null(t->footer);
	assert_non_null(strstr(t->footer, "lost: 11 faults without a VMA slot"));
	assert_null(strstr(t->footer, "--slots"));
	s->view.nr_slots = 4096;
	look(s, "lost");
	t = find(s, "mappings");
	assert_non_null(
		strstr(t->footer, "counted by process and mapping name (use --slots 8192)"));
	assert_non_null(strstr(t->footer, "4 faults of unknown processes"));
	/* the option that avoids a loss */
	s->view.nr_stacks = 64;
	s->view.ring_bytes = 8 << 20;
	look(s, "lost");
	t = find(s, "mappings");
	assert_non_null(strstr(t->footer, "(use --stacks 256)"));
	assert_non_null(strstr(t->footer, "(use --ring 32768)"));
}

static void empty_model(void **state)
{
	struct seen empty = { .view = { .command = "idle" } };

	(void)state;
	assert_int_equal(model__init(&empty.model, TEST_SLOTS, TEST_CPUS), 0);
	threads__init(&empty.threads);
	empty.view.threads = &empty.threads;
	for (int by = 0; by < NR_STAT_BY; by++) {
		empty.view.by = by;
		assert_int_equal(number(look(&empty, "totals"), 0, "faults"), 0);
		assert_int_equal(find(&empty, "processes")->nr_rows, 0);
		assert_non_null(stat_by_names[by]);
	}
	document__free(&empty.document);
	threads__free(&empty.threads);
	model__free(&empty.model);
}

#define VIEW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(every_grouping_adds_up),
		VIEW_TEST(processes_are_sorted_by_faults),
		VIEW_TEST(exit_code_is_reported),
		VIEW_TEST(unknown_latencies_are_null),
		VIEW_TEST(quantiles_merge_all_histograms),
		VIEW_TEST(grouped_by_mapping),
		VIEW_TEST(grouped_by_vma),
		VIEW_TEST(grouped_by_process),
		VIEW_TEST(grouped_by_cpu),
		VIEW_TEST(grouped_by_cgroup),
		VIEW_TEST(rows_have_percentages),
		VIEW_TEST(row_limit_summarizes_the_rest),
		VIEW_TEST(vma_filter_selects_rows),
		VIEW_TEST(interval_shows_the_difference),
		VIEW_TEST(maximum_of_an_interval_is_of_all_rows),
		VIEW_TEST(text_title),
		VIEW_TEST(filters_are_printed),
		VIEW_TEST(title_begins_with_a_summary),
		VIEW_TEST(losses_are_reported),
		cmocka_unit_test(empty_model),
	};

	return cmocka_run_group_tests_name("stat_view", tests, NULL, NULL);
}
