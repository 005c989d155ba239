/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * short_memory_scene.h - allocations that fail, and something of all that views show.
 */
#ifndef VMASCOPE_TESTS_UNIT_SHORT_MEMORY_SCENE_H
#define VMASCOPE_TESTS_UNIT_SHORT_MEMORY_SCENE_H

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
				     .latency_period = 61,
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

#endif /* VMASCOPE_TESTS_UNIT_SHORT_MEMORY_SCENE_H */
