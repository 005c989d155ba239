// SPDX-License-Identifier: GPL-2.0-only
/*
 * short_memory_test.c - every view in every format, made again and again while another one of its
 * allocations fails: it is printed as it is, or there is an error and nothing is printed. What was
 * allocated is freed in any case.
 */
#include "shootdown_sample.h"

#include "format/flame.h"
#include "model/history/heat.h"
#include "model/history/longest_calls.h"
#include "tui/tui.h"
#include "view/diff/diff.h"
#include "view/explain/explain.h"
#include "view/faults/heatmap.h"
#include "view/faults/hist.h"
#include "view/faults/in_flight.h"
#include "view/faults/storm.h"
#include "view/trace/trace.h"

/** Bytes of the longest that is printed here. */
#define MOST_BYTES (1u << 20)
#define STACK_ROWS 8
#define START_NS 1000000000ULL

/* --- allocations that fail ----------------------------------------------------------------- */

/* With a sanitizer, malloc() is the sanitizer's: then each view is made once, and nothing fails. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

/**
 * struct allocations - what malloc() and its like have been asked for
 * @counting: they are counted, and may fail
 * @nr: since that began; @failing: the number of the one that fails, from 1; 0: none
 * @all_after: and so do all after it
 * @live: allocated and not freed, as long as it is counted
 */
static struct {
	bool counting;
	size_t nr;
	size_t failing;
	bool all_after;
	long live;
} allocations;

#ifndef SANITIZED
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t nr, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

static bool fails(void)
{
	const size_t nr = allocations.counting ? ++allocations.nr : 0;
	const size_t failing = allocations.failing;

	if (!nr || !failing || (allocations.all_after ? nr < failing : nr != failing))
		return false;
	errno = ENOMEM;
	return true;
}

/** one_more - @p is counted. */
static void *one_more(void *p)
{
	allocations.live += allocations.counting && p;
	return p;
}

/* In place of libc's. */
void *malloc(size_t size)
{
	return fails() ? NULL : one_more(__libc_malloc(size));
}

void *calloc(size_t nr, size_t size)
{
	return fails() ? NULL : one_more(__libc_calloc(nr, size));
}

void *realloc(void *p, size_t size)
{
	if (fails())
		return NULL;
	return p ? __libc_realloc(p, size) : one_more(__libc_malloc(size));
}

void *reallocarray(void *p, size_t nr, size_t size)
{
	return realloc(p, nr * size);
}

void free(void *p)
{
	allocations.live -= allocations.counting && p;
	__libc_free(p);
}
#endif

/* --- what is shown ------------------------------------------------------------------------- */

/** struct scene - models, and all that is asked of them */
struct scene {
	struct seen *seen;
	struct threads threads;
	struct stacks stacks;
	struct vs_stack_row rows[STACK_ROWS];
	struct namer *namer;
	struct heat heat;
	struct storms storms;
	struct in_flight in_flight;
	struct longest_calls longest;
	struct notes notes;
	struct stat_view stat;
	struct explain_target target;
	struct explanation explanation;
};

static bool gone(void *ctx, const struct stack *stack)
{
	(void)ctx;
	(void)stack;
	return true;
}

static void tally_heap(void *ctx, struct storms *s)
{
	(void)ctx;
	storms__tally(s, STORM_VMA, "[heap]", 0, 10);
}

/** put_stack - of the image in slot @proc, with its faults */
static void put_stack(struct scene *s, uint32_t index, uint32_t proc, uint64_t caller)
{
	struct model *m = &s->seen->model;
	struct vs_stack_row *row = &s->rows[index];

	*row = (struct vs_stack_row){
		.key = { .proc = proc,
			 .proc_generation = m->by_slot[proc]->generation,
			 .pid = m->by_slot[proc]->process->pid },
		.used = 1,
		.frames = { .nr_user = 2, .user = { HEAP, caller } },
		.counts = { .outcome = { [VS_MINOR] = 10 * index }, .timed = 10, .time_ns = 5000 },
	};
	assert_non_null(stacks__row(&s->stacks, m, index, row));
	stacks__update(&s->stacks, index, row);
}

static void put_calls(struct scene *s)
{
	const struct vs_event_call call = { .head.time_ns = START_NS + 5000,
					    .duration_ns = 4000,
					    .argument = { HEAP, PAGE, PROT_READ },
					    .result = -EACCES,
					    .pid = 100,
					    .tid = 101,
					    .site = LIBC + 0x123,
					    .call = VS_CALL_MPROTECT,
					    .comm = "one" };
	struct long_call longest = { .call = call,
				     .vma = strdup("[heap]"),
				     .module = strdup("/libc.so.6"),
				     .function = strdup("mprotect") };

	longest_calls__add(&s->longest, &longest);
	s->longest.lost = 1;
	/* the rows of calls have stacks, too */
	for (size_t i = 0; i < s->seen->s.nr_rows; i++)
		s->seen->s.rows[i]->stack = i % 2 ? s->stacks.list[i % s->stacks.nr] : NULL;
}

static void put_course(struct scene *s)
{
	const struct vs_heat_key key = { .pid = 100, .slot = 2, .region = 0 };
	const struct vs_event_fault fault = { .head.time_ns = START_NS,
					      .duration_ns = 1000,
					      .address = HEAP,
					      .pid = 100,
					      .tid = 101,
					      .comm = "one" };
	struct vs_hist latency = { .bucket = { [20] = 3, [40] = 1 }, .sum_ns = 1000 };
	struct heat_cell *cell;

	heat__init(&s->heat, START_NS, 1000000);
	heat__at(&s->heat, START_NS + 5000000);
	heat__add_latency(&s->heat, &latency);
	cell = heat__cell(&s->heat, &key);
	assert_non_null(cell);
	cell->row = s->seen->model.by_slot[2];
	heat__add(&s->heat, cell, 80);
	assert_int_equal(in_flight__add(&s->in_flight, &fault, s->seen->model.by_slot[2]), 0);
	storms__init(&s->storms, tally_heap, NULL);
	for (uint64_t i = 0; i < 20; i++)
		storms__add(&s->storms, START_NS * (i + 1), START_NS * (i + 2),
			    i < 10 ? 1000 : 1000000);
	storms__end(&s->storms);
	assert_int_equal(s->storms.nr, 1);
	notes__init(&s->notes);
	notes__add(&s->notes, 1000, NOTE_STORM, "", "storm begins");
}

/** put_explanation - of a page of a file, and of all that can be known of it */
static void put_explanation(struct scene *s)
{
	static char name[] = "/libc.so.6";

	s->target = (struct explain_target){ .pid = 100, .comm = "one" };
	s->explanation = (struct explanation){
		.address = LIBC + 8,
		.levels = 4,
		.kind = ADDRESS_USER,
		.has_vma = true,
		.vma = { .start = LIBC,
			 .end = LIBC + 16 * PAGE,
			 .perms = "r-xp",
			 .inode = 7,
			 .name = name },
		.has_smaps = true,
		.smaps = { .known = 3, .vm_flags = "rd ex mr" },
		.page_size = PAGE,
		.page_size_from = "smaps",
		.has_pagemap = true,
		.pagemap = PAGEMAP_PRESENT,
		.frame = 77,
		.frame_from = "pagemap",
		.has_flags = true,
		.flags = 0x28,
		.unknown = { { "page tables", "no access" } },
		.nr_unknown = 1,
	};
}

static int begin(void **state)
{
	static struct scene s;
	const struct namer_options no = { .gone = gone };
	const struct vs_thread thread = { .pid = 100,
					  .tid = 101,
					  .comm = "one",
					  .since_ns = START_NS,
					  .faults = 80,
					  .fault_ns = 80000 };
	void *seen;

	memset(&s, 0, sizeof(s));
	assert_int_equal(setup(&seen), 0);
	s.seen = seen;
	threads__init(&s.threads);
	threads__update(&s.threads, &thread);
	assert_int_equal(s.threads.nr, 1);
	assert_int_equal(namer__new(&s.namer, &no), 0);
	assert_int_equal(stacks__init(&s.stacks, STACK_ROWS), 0);
	put_stack(&s, 2, 1, HEAP + 0x100);
	put_stack(&s, 3, 1, HEAP + 0x200);
	put_stack(&s, 4, 5, HEAP + 0x100);
	s.stacks.none.outcome[VS_MINOR] = 6;
	put_calls(&s);
	put_course(&s);
	put_explanation(&s);
	s.stat = (struct stat_view){ .command = "test",
				     .duration_ns = START_NS,
				     .start_ns = START_NS,
				     .end_ns = 2 * START_NS,
				     .threads = &s.threads,
				     .stacks = &s.stacks,
				     .namer = s.namer,
				     .limit = 2 };
	s.seen->view.threads = &s.threads;
	s.seen->view.stacks = &s.stacks;
	s.seen->view.namer = s.namer;
	s.seen->view.longest = &s.longest;
	s.seen->view.limit = 3;
	s.seen->view.isolated = "1";
	s.seen->view.nohz_full = "";
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct scene *s = *state;
	void *seen = s->seen;

	longest_calls__free(&s->longest);
	notes__free(&s->notes);
	storms__free(&s->storms);
	in_flight__free(&s->in_flight);
	heat__free(&s->heat);
	stacks__free(&s->stacks);
	namer__free(s->namer);
	threads__free(&s->threads);
	return teardown(&seen);
}

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

static void stat_by_all(void **state)
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

static void course_of_a_run(void **state)
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

static void shootdown_by_all(void **state)
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

static void two_runs(void **state)
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

static void an_address(void **state)
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

static void events(void **state)
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

static void pages_of_top(void **state)
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
		SCENE_TEST(stat_by_all),  SCENE_TEST(course_of_a_run), SCENE_TEST(shootdown_by_all),
		SCENE_TEST(two_runs),	  SCENE_TEST(an_address),      SCENE_TEST(events),
		SCENE_TEST(pages_of_top), SCENE_TEST(flame_graphs),
	};

	return cmocka_run_group_tests_name("short_memory", tests, NULL, NULL);
}
