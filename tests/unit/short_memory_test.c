// SPDX-License-Identifier: GPL-2.0-only
/*
 * short_memory_test.c - every view in every format, made again and again while another one of its
 * allocations fails: it is printed as it is, or there is an error and nothing is printed. What was
 * allocated is freed in any case.
 */
#include "short_memory_scene.h"

/* --- again and again ----------------------------------------------------------------------- */

/** print_fn - make and print something, as @format and number @i ask. Return: 0 or a negative errno. */
typedef int print_fn(struct scene *s, const char *format, int i, FILE *to);

/** struct printed - by one run of a print_fn */
struct printed {
	char text[MOST_BYTES];
	size_t len;
	int err;
};

static void run(struct scene *s, print_fn *print, const char *format, int i, struct printed *p)
{
	static char buffer[4096];
	FILE *to = fmemopen(p->text, sizeof(p->text), "w");

	assert_non_null(to);
	setvbuf(to, buffer, _IOFBF, sizeof(buffer));
	allocations.nr = 0;
	allocations.live = 0;
	allocations.counting = true;
	p->err = print(s, format, i, to);
	allocations.counting = false;
	fflush(to);
	p->len = (size_t)ftell(to);
	fclose(to);
}

/** check - @p is what @good is, or an error and nothing. */
static void check(const struct printed *p, const struct printed *good, const char *format, int i)
{
	if (allocations.live)
		fail_msg("%s, %d, allocation %zu: %ld are not freed", format, i,
			 allocations.failing, allocations.live);
	if (p->err && p->err != -ENOMEM)
		fail_msg("%s, %d, allocation %zu: error %d", format, i, allocations.failing,
			 p->err);
	if (p->err ? p->len : p->len != good->len || memcmp(p->text, good->text, p->len))
		fail_msg("%s, %d, allocation %zu, error %d: %zu bytes are printed of %zu:\n%.*s",
			 format, i, allocations.failing, p->err, p->len, good->len, (int)p->len,
			 p->text);
}

/** each_fails - @print as it is, then with each allocation failing, alone and with all after it. */
static void each_fails(struct scene *s, print_fn *print, const char *format, int i)
{
	static struct printed good, bad;
	size_t nr;

	allocations.failing = 0;
	/* names are found once, and kept */
	run(s, print, format, i, &good);
	run(s, print, format, i, &good);
	nr = allocations.nr;
	assert_int_equal(good.err, 0);
	assert_true(good.len);
	check(&good, &good, format, i);
	for (int all = 0; all < 2; all++)
		for (allocations.failing = 1; allocations.failing <= nr; allocations.failing++) {
			allocations.all_after = all;
			run(s, print, format, i, &bad);
			check(&bad, &good, format, i);
		}
	allocations.failing = 0;
	run(s, print, format, i, &bad);
	check(&bad, &good, format, i);
}

static void each_format(struct scene *s, print_fn *print, int i)
{
	static const char *const formats[] = { "text", "json", "csv" };

	for (size_t f = 0; f < 3; f++)
		each_fails(s, print, formats[f], i);
}

static int print_document(struct document *d, const char *format, FILE *to)
{
	const struct out_options o = { .file = to, .width = 80, .utf8 = true };
	const int err = out_format__document(out_format__find(format), d, &o);

	document__free(d);
	return err;
}

/* --- stat ---------------------------------------------------------------------------------- */

static int print_stat(struct scene *s, const char *format, int by, FILE *to)
{
	struct stat_view v = s->stat;
	struct document d = {};

	v.by = by;
	v.stacks_as_text = *format == 't';
	v.rows_only = *format == 'c';
	stat_view__make(&v, &s->seen->model, &d);
	return print_document(&d, format, to);
}

static void stat_all_groupings(void **state)
{
	for (int by = 0; by < NR_STAT_BY; by++)
		each_format(*state, print_stat, by);
}

enum {
	HIST,
	HEATMAP,
	STORM,
	STORMS,
	IN_FLIGHT,
	NR_COURSES
};

static int print_course(struct scene *s, const char *format, int what, FILE *to)
{
	struct model *m = &s->seen->model;
	struct document d = {};

	if (what == HIST)
		hist_view__make(&s->stat, m, &d);
	else if (what == HEATMAP)
		heatmap_view__make(&s->heat, &s->stat, m, &d);
	else if (what == STORM)
		storm_view__ended(&s->storms.list[0], START_NS, &d);
	else if (what == STORMS)
		storm_view__all(&s->storms, START_NS, &d);
	else
		in_flight_view__make(&s->in_flight, &d);
	return print_document(&d, format, to);
}

static void hist_heatmap_and_storms(void **state)
{
	for (int what = 0; what < NR_COURSES; what++)
		each_format(*state, print_course, what);
}

/* --- shootdown ----------------------------------------------------------------------------- */

static int print_shootdown(struct scene *s, const char *format, int by, FILE *to)
{
	struct shootdown_view v = s->seen->view;
	struct document d = {};

	v.by = by;
	v.no_text = *format != 't';
	v.no_json = *format == 't';
	v.rows_only = *format == 'c';
	shootdown_view__make(&v, &s->seen->s, &s->seen->model, &d);
	return print_document(&d, format, to);
}

static void shootdown_all_groupings(void **state)
{
	for (int by = 0; by < NR_SHOOTDOWN_BY; by++)
		each_format(*state, print_shootdown, by);
}

/* --- others -------------------------------------------------------------------------------- */

static int print_diff(struct scene *s, const char *format, int i, FILE *to)
{
	const struct diff_side side = { .name = "a",
					.command = "test",
					.duration_ns = START_NS,
					.model = &s->seen->model,
					.shootdown = &s->seen->s,
					.stacks = &s->stacks,
					.namer = s->namer };
	const struct diff diff = { .side = { side, side },
				   .limit = 2,
				   .no_text = *format != 't',
				   .no_json = *format == 't' };
	struct document d = {};

	(void)i;
	diff_view__make(&diff, &d);
	return print_document(&d, format, to);
}

static void report_diff(void **state)
{
	each_format(*state, print_diff, 0);
}

static int print_explain(struct scene *s, const char *format, int i, FILE *to)
{
	struct document d = {};
	struct table *addresses = explain_view__begin(&d, &s->target);

	(void)i;
	explain_view__add(addresses, &s->target, &s->explanation);
	return print_document(&d, format, to);
}

static void explain(void **state)
{
	each_format(*state, print_explain, 0);
}

enum {
	FAULT,
	CALL,
	FLUSH,
	INTERRUPT,
	NR_EVENTS
};

static int print_event(struct scene *s, const char *format, int what, FILE *to)
{
	static const struct table_def *const defs[NR_EVENTS] = {
		[FAULT] = &trace_table,
		[CALL] = &trace_call_table,
		[FLUSH] = &trace_flush_table,
		[INTERRUPT] = &trace_interrupt_table,
	};
	const struct out_options o = { .file = to, .width = 80, .utf8 = true };
	const struct trace_clock clock = { .start_ns = START_NS };
	const struct fault_row *heap = s->seen->model.by_slot[2];
	const struct vs_event_crash crash_event = { .signal = VS_SIGSEGV, .sp = HEAP };
	struct vs_event_fault fault = s->in_flight.fault[0].event;
	const struct crash crash = { .fault = &fault, .event = &crash_event };
	const struct trace_fault shown = { .event = &fault, .row = heap, .crash = &crash };
	const struct vs_event_flush flush = { .id = 1, .pages = 1, .comm = "one" };
	const struct vs_event_ipi ipi = { .sent_ns = 1, .from_comm = "one", .to_comm = "two" };
	const struct fault_row *vmas[VS_CALL_VMAS] = { heap };
	struct vs_event_call event = s->longest.list[0].call;
	const struct trace_call call = {
		.event = &event, .vmas = vmas, .code = heap, .flushes_known = true
	};
	struct table *t = table__new(defs[what]);
	struct named_stack named;
	int err;

	t->no_text = *format != 't';
	t->no_json = *format != 'j';
	fault.vma_start = HEAP;
	fault.vma_end = HEAP + 16 * PAGE;
	event.nr_vmas = 1;
	if (what == FAULT)
		trace_fault_row(t, &shown, &clock);
	else if (what == CALL)
		trace_call_row(t, &call, &clock);
	else if (what == FLUSH)
		trace_flush_row(t, &flush, &clock);
	else
		trace_interrupt_row(t, &ipi, &clock);
	if (what != INTERRUPT) {
		table__fail(t, namer__stack(s->namer, s->stacks.list[0], &named));
		trace_stack(t, &named);
	}
	err = out_format__row(out_format__find(format), t, &o, true);
	table__free(t);
	return err;
}

static void trace_events(void **state)
{
	for (int what = 0; what < NR_EVENTS; what++)
		each_format(*state, print_event, what);
}

static int print_page(struct scene *s, const char *format, int i, FILE *to)
{
	const struct tui_facts facts = { .bpf_share = -1 };
	const struct top_view v = {
		.model = &s->seen->model,
		.shootdown = &s->seen->s,
		.stacks = &s->stacks,
		.namer = s->namer,
		.notes = &s->notes,
		.stack = s->stacks.list[0],
		.run_ns = START_NS,
		.calls_known = true,
		.flushes_known = true,
		.interrupts_known = true,
	};
	static struct tui t;
	int err;

	(void)format;
	tui__init(&t, &v, START_NS);
	t.what = "the sample";
	tui__show(&t, i);
	tui__tick(&t, START_NS, START_NS, &facts);
	err = tui__print(&t, 100, true, 0, to);
	tui__free(&t);
	return err;
}

static void top_views(void **state)
{
	for (int i = 0; i < NR_VIEWS; i++)
		each_fails(*state, print_page, "page", i);
}

static int print_flame(struct scene *s, const char *format, int svg, FILE *to)
{
	static const char *const names[] = { "main", "parse", "malloc" };
	const struct flame_options o = { .title = "test", .what = "faults", .unit = UNIT_COUNT };
	struct flame *f = flame__new(0);
	int err;

	(void)s;
	(void)format;
	for (size_t i = 1; i <= 3; i++)
		flame__add(f, names, i, i);
	flame__add(f, names, 2, 10);
	err = svg ? flame__svg(f, &o, to) : flame__folded(f, to);
	flame__free(f);
	return -abs(err);
}

static void flame_graphs(void **state)
{
	for (int svg = 0; svg < 2; svg++)
		each_fails(*state, print_flame, "flame", svg);
}

#define SCENE_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(stat_all_groupings),
		SCENE_TEST(hist_heatmap_and_storms),
		SCENE_TEST(shootdown_all_groupings),
		SCENE_TEST(report_diff),
		SCENE_TEST(explain),
		SCENE_TEST(trace_events),
		SCENE_TEST(top_views),
		SCENE_TEST(flame_graphs),
	};

	return cmocka_run_group_tests_name("short_memory", tests, NULL, NULL);
}
