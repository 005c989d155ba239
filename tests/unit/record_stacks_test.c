// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_stacks_test.c - stacks into a file and back: names, counts, and what is wrong in a file.
 */
#include "slots.h"

#include <errno.h>
#include <unistd.h>

#include "record/format/reader.h"
#include "record/load/load.h"
#include "record/save/save.h"
#include "view/common/stack_cells.h"

#define ROWS 8

/* Frames of the live stacks are numbers, too: no process is asked. */
static const struct symbol_frame names[] = {
	{ .ip = 0x1010, .name = "leaf", .offset = 0x10, .module = "/bin/app", .in_file = true },
	{ .ip = 0x1020, .name = "inl", .file = "/src/app.c", .line = 7, .inlined = true },
	{ .ip = 0x1020, .name = "outer", .offset = 0x20, .file = "/src/app.c", .line = 9 },
	{ .ip = 0xffffffff81000000, .name = "do_fault", .module = "[kernel]" },
	{ .ip = 0x7777 },
	/* one address, mapped from two places of a file; numbers that add up, and are mixed, to the same */
	{ .ip = 0x1030, .name = "moved", .offset = 0x10, .module_offset = 0x20, .in_file = true },
	{ .ip = 0x1030, .name = "moved", .offset = 0x20, .module_offset = 0x10, .in_file = true },
};

static const struct symbol_frame *name_of(void *ctx, uint64_t number)
{
	(void)ctx;
	return number < sizeof(names) / sizeof(*names) ? &names[number] : NULL;
}

/** struct seen - a live model with stacks, what writes it, and what is read from it */
struct seen {
	char path[64];
	struct run_model run;
	struct namer *namer;
	struct header header;
	struct writer writer;
	struct saver saver;
	struct run_model back;
	struct loader loader;
};

static int setup(void **state)
{
	static struct seen s;
	const struct namer_options no = { .recorded = name_of };
	const struct writer_options wo = { .path = s.path };
	int fd;

	memset(&s, 0, sizeof(s));
	strcpy(s.path, "/tmp/vmascope-stacks.XXXXXX");
	fd = mkstemp(s.path);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(run_model__init(&s.run, TEST_SLOTS, 1, ROWS, TEST_CPUS), 0);
	assert_int_equal(namer__new(&s.namer, &no), 0);
	take(&s.run.model, 1, image_slot(100, 0xa, "app"), NULL);
	s.header = (struct header){ .run = 1, .nr_cpus = TEST_CPUS, .stacks = true };
	assert_int_equal(writer__init(&s.writer, &wo, &s.header), 0);
	saver__init(&s.saver, &s.writer, &s.run);
	s.saver.stacks = &s.run.stacks;
	s.saver.namer = s.namer;
	assert_int_equal(writer__begin(&s.writer, false), 0);
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	saver__free(&s->saver);
	writer__close(&s->writer);
	namer__free(s->namer);
	run_model__free(&s->run);
	loader__free(&s->loader);
	run_model__free(&s->back);
	unlink(s->path);
	return 0;
}

/* A stack of the process, its frames being names[] by number. */
static struct stack *stack_of(struct seen *s, uint32_t nr_user, const uint64_t *frames,
			      uint32_t nr_kernel)
{
	const uint32_t nr = nr_user + nr_kernel;
	struct stack *like = calloc(1, sizeof(*like) + nr * sizeof(*like->frames)), *stack;

	assert_non_null(like);
	like->process = model__process(&s->run.model, 100);
	like->pid = 100;
	strcpy(like->comm, "app");
	like->nr_user = nr_user;
	like->nr_kernel = nr_kernel;
	for (uint32_t i = 0; i < nr; i++)
		like->frames[i].ip = frames[i];
	stack = stacks__get(&s->run.stacks, like);
	free(like);
	assert_non_null(stack);
	return stack;
}

static void checkpoint(struct seen *s, bool full)
{
	const struct vs_stats stats = {};

	saver__checkpoint(&s->saver, &stats, 5000, full);
	assert_int_equal(s->saver.error, 0);
}

/* End the file, and read it into the other model; @at_checkpoint: NULL, or called after each checkpoint. */
static void read_with(struct seen *s, void (*at_checkpoint)(struct seen *s))
{
	struct reader reader;
	union record record;
	int type;

	assert_int_equal(writer__end(&s->writer), 0);
	assert_int_equal(loader__init(&s->loader, &s->back, TEST_CPUS), 0);
	assert_int_equal(reader__open(&reader, s->path), 0);
	assert_true(reader.header.stacks);
	while (reader__block(&reader) > 0)
		while ((type = reader__record(&reader, &record)) >= 0) {
			assert_int_equal(loader__take(&s->loader, type, &record), 0);
			if (at_checkpoint && type == RECORD_STATS)
				at_checkpoint(s);
		}
	assert_true(reader__whole(&reader));
	reader__close(&reader);
}

static void read_back(struct seen *s)
{
	read_with(s, NULL);
}

/* The lines that people read of a stack that was read back. */
static void add_line(void *ctx, const char *line)
{
	strcat(strcat(ctx, line), "\n");
}

static void assert_lines(struct seen *s, const struct stack *stack, const char *lines)
{
	const struct namer_options no = { .recorded = loaded_stacks__name,
					  .ctx = &s->loader.stacks };
	char text[1024] = "";
	struct named_stack named;
	struct namer *n;

	assert_int_equal(namer__new(&n, &no), 0);
	assert_int_equal(namer__stack(n, stack, &named), 0);
	stack_each_line(&named, 0, add_line, text);
	assert_string_equal(text, lines);
	namer__free(n);
}

static void names_and_counts_round_trip(void **state)
{
	static const uint64_t frames[] = { 0, 1, 2, 4, 3 };
	struct seen *s = *state;
	struct stack *stack = stack_of(s, 4, frames, 1);
	const struct stack *read;

	stacks__count(&s->run.stacks, stack, VS_MINOR, 1000, 0);
	stacks__count(&s->run.stacks, stack, VS_MAJOR, 500, 0);
	s->run.stacks.none.outcome[VS_MINOR] = 3;
	s->run.stacks.overflow.outcome[VS_MINOR] = 4;
	checkpoint(s, true);
	read_back(s);
	assert_int_equal(s->back.stacks.nr, 1);
	read = s->back.stacks.list[0];
	assert_ptr_equal(read->process, model__process(&s->back.model, 100));
	assert_int_equal(read->counts.outcome[VS_MINOR], 1);
	assert_int_equal(read->counts.outcome[VS_MAJOR], 1);
	assert_int_equal(read->counts.time_ns, 1500);
	assert_int_equal(read->counts.max_ns, 1000);
	assert_int_equal(stack_faults(&s->back.stacks.none), 3);
	assert_int_equal(stack_faults(&s->back.stacks.overflow), 4);
	assert_lines(s, read,
		     "do_fault+0x0 ([kernel])\nleaf+0x10 (app)\ninl inlined (app.c:7)\n"
		     "outer (app.c:9)\n0x7777\n");
}

/* What has not changed is not written again; what has is not counted twice. */
static void later_checkpoints_replace_earlier_ones(void **state)
{
	static const uint64_t one[] = { 0, 2 }, two[] = { 1, 2 };
	struct seen *s = *state;
	struct stack *a = stack_of(s, 2, one, 0), *b = stack_of(s, 2, two, 0);
	uint32_t nr_symbols;

	stacks__count(&s->run.stacks, a, VS_MINOR, 10, 0);
	stacks__count(&s->run.stacks, b, VS_MINOR, 20, 0);
	checkpoint(s, true);
	nr_symbols = s->saver.nr_symbols;
	stacks__count(&s->run.stacks, b, VS_MINOR, 30, 0);
	checkpoint(s, false);
	checkpoint(s, true);
	assert_int_equal(s->saver.nr_symbols, nr_symbols);
	assert_int_equal(nr_symbols, 3);
	read_back(s);
	assert_int_equal(s->back.stacks.nr, 2);
	assert_int_equal(stack_faults(&s->back.stacks.list[0]->counts), 1);
	assert_int_equal(stack_faults(&s->back.stacks.list[1]->counts), 2);
	assert_int_equal(s->back.stacks.list[1]->counts.time_ns, 50);
}

static void await(struct stacks *s, uint64_t minor)
{
	const uint64_t total[VS_NR_OUTCOME] = { [VS_MINOR] = minor };

	s->unwound = s->awaits = true;
	stacks__take(s);
	stacks__await(s, total, 0);
}

/* An interval of the report ends at the first checkpoint: 3 faults by then, of which 2 have no stack yet. */
static void mark_first(struct seen *s)
{
	if (s->back.stacks.awaits)
		return;
	await(&s->back.stacks, 3);
	stacks__mark(&s->back.stacks);
}

/* Stacks that were unwound late are in the interval of their faults where the recording is read, too. */
static void late_counts_come_back(void **state)
{
	static const uint64_t one[] = { 0, 2 };
	struct seen *s = *state;
	struct stack *stack = stack_of(s, 2, one, 0);
	const struct stack *read;

	await(&s->run.stacks, 0);
	stacks__count(&s->run.stacks, stack, VS_MINOR, 10, 0);
	await(&s->run.stacks, 3);
	checkpoint(s, true);
	stacks__count(&s->run.stacks, stack, VS_MINOR, 20, 0);
	stacks__count(&s->run.stacks, NULL, VS_MINOR, 30, 0);
	stacks__count(&s->run.stacks, stack, VS_MINOR, 40, 0);
	await(&s->run.stacks, 4);
	checkpoint(s, true);
	read_with(s, mark_first);
	assert_int_equal(s->back.stacks.nr, 1);
	read = s->back.stacks.list[0];
	assert_int_equal(stack_faults(&read->counts), 3);
	assert_int_equal(read->counts.time_ns, 70);
	assert_int_equal(stack_faults(&read->counts) - stack_faults(&read->marked), 1);
	assert_int_equal(read->counts.time_ns - read->marked.time_ns, 40);
	assert_int_equal(stack_faults(&s->back.stacks.overflow), 1);
	assert_int_equal(stack_faults(&s->back.stacks.overflow_marked), 1);
}

static void different_functions_stay_separate(void **state)
{
	static const uint64_t one[] = { 5 }, two[] = { 6 };
	struct seen *s = *state;

	stacks__count(&s->run.stacks, stack_of(s, 1, one, 0), VS_MINOR, 1, 0);
	stacks__count(&s->run.stacks, stack_of(s, 1, two, 0), VS_MINOR, 1, 0);
	checkpoint(s, true);
	assert_int_equal(s->saver.nr_symbols, 2);
	read_back(s);
	assert_int_equal(s->back.stacks.nr, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct symbol_frame *f = loaded_stacks__name(
			&s->loader.stacks, s->back.stacks.list[i]->frames[0].ip);

		assert_int_equal(f->offset, i ? 0x20 : 0x10);
		assert_int_equal(f->module_offset, i ? 0x10 : 0x20);
	}
}

static void long_stacks_lose_the_outermost_frames(void **state)
{
	struct seen *s = *state;
	uint64_t frames[RECORD_FRAMES + 8] = {};
	struct stack *stack;

	frames[RECORD_FRAMES - 1] = 2;
	frames[RECORD_FRAMES] = 3;
	stack = stack_of(s, RECORD_FRAMES + 8, frames, 0);
	stacks__count(&s->run.stacks, stack, VS_MINOR, 0, 0);
	checkpoint(s, true);
	read_back(s);
	assert_int_equal(s->back.stacks.list[0]->nr_user, RECORD_FRAMES);
	assert_string_equal(
		loaded_stacks__name(&s->loader.stacks,
				    s->back.stacks.list[0]->frames[RECORD_FRAMES - 1].ip)
			->name,
		"outer");
}

static void invalid_records_are_ignored(void **state)
{
	struct record_stack r = { .number = 9, .nr_user = 1, .frame = { 77 } };
	struct seen *s = *state;

	read_back(s);
	r.counts.outcome[VS_MINOR] = 1;
	assert_int_equal(loaded_stacks__stack(&s->loader.stacks, &r, NULL), 0);
	assert_lines(s, s->back.stacks.list[0], "0x0\n");
	r.nr_kernel = UINT32_MAX;
	assert_int_equal(loaded_stacks__stack(&s->loader.stacks, &r, NULL), 0);
	r.nr_user = RECORD_FRAMES + 1;
	assert_int_equal(loaded_stacks__stack(&s->loader.stacks, &r, NULL), 0);
	assert_int_equal(s->back.stacks.nr, 1);
}

#define STACKS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACKS_TEST(names_and_counts_round_trip),
		STACKS_TEST(later_checkpoints_replace_earlier_ones),
		STACKS_TEST(late_counts_come_back),
		STACKS_TEST(different_functions_stay_separate),
		STACKS_TEST(long_stacks_lose_the_outermost_frames),
		STACKS_TEST(invalid_records_are_ignored),
	};

	return cmocka_run_group_tests_name("record_stacks", tests, NULL, NULL);
}
