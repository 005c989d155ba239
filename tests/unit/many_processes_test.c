// SPDX-License-Identifier: GPL-2.0-only
/*
 * many_processes_test.c - memory does not grow with the number of processes that have ended: short
 * processes are replayed through the model, as slots that are taken, count and are given back.
 *
 * VMASCOPE_PROCESSES=1000000 replays so many more, and prints what this process then takes.
 */
#include "slots.h"

#include <malloc.h>
#include <sys/resource.h>

#include "format/out.h"
#include "model/threads.h"
#include "options/options.h"
#include "view/faults/stat.h"

#ifdef __SANITIZE_ADDRESS__
/* sanitizer/allocator_interface.h, which gcc does not have everywhere */
size_t __sanitizer_get_current_allocated_bytes(void);
#endif

/** heap_bytes - in use */
static size_t heap_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
	return __sanitizer_get_current_allocated_bytes();
#else
	return mallinfo2().uordblks;
#endif
}

/** struct replay - a run; @max: processes that are kept, as --max-processes has it; 0: all */
struct replay {
	struct model model;
	struct threads threads;
	size_t max;
	uint32_t nr;
};

static void begin(struct replay *r, size_t max)
{
	memset(r, 0, sizeof(*r));
	assert_int_equal(model__init(&r->model, TEST_SLOTS, TEST_CPUS), 0);
	threads__init(&r->threads);
	r->max = max;
}

static void end(struct replay *r)
{
	threads__free(&r->threads);
	model__free(&r->model);
}

/** run_one - a process with an image, a heap and a stack, and its thread: from its begin to its end */
static void run_one(struct replay *r)
{
	const uint32_t pid = 100 + r->nr++, faults = 1 + r->nr % 50;
	struct model *m = &r->model;
	const struct vs_thread thread = {
		.pid = pid,
		.tid = pid,
		.faults = faults,
		.fault_ns = faults * 1000ull,
		.since_ns = 1000 + pid,
		.until_ns = 2000 + pid,
		.comm = "short",
	};

	take(m, 1, image_slot(pid, pid, "short"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 3, vma_slot(1, 0x7f0000000000, VS_NAME_STACK), NULL);
	count(m, 1, 1, 0);
	count(m, 2, faults, 1);
	count(m, 3, 2, 0);
	for (uint32_t slot = 3; slot; slot--)
		model__slot_ended(m, slot);
	model__process(m, pid)->exited = true;
	threads__update(&r->threads, &thread);
}

/** bound - as live__bound() does it, which has a capture to look after, too */
static void bound(struct replay *r)
{
	struct model *m = &r->model;

	if (!r->max || m->nr_processes <= r->max)
		return;
	model__keep(m, UINT64_MAX, NULL);
	assert_int_equal(model__keep_most(m, r->max / 2), 0);
	assert_int_equal(model__forget(m), 0);
}

static uint64_t total(const struct model *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t k = 0; k < m->processes[i]->nr_rows; k++)
			n += counts_faults(&m->processes[i]->rows[k]->counts);
	return n;
}

/** print - by process, in @format */
static void print(struct replay *r, const char *format)
{
	struct stat_view v = {
		.by = BY_PROCESS, .command = "replay", .duration_ns = 1000000000, .limit = 30
	};
	struct out_options o = { .file = fopen("/dev/null", "w") };
	struct document d = { 0 };

	assert_non_null(o.file);
	v.threads = &r->threads;
	stat_view__make(&v, &r->model, &d);
	assert_int_equal(out_format__document(out_format__find(format), &d, &o), 0);
	document__free(&d);
	fclose(o.file);
}

/** replay - @nr processes. Return: bytes of the heap that are then in use. */
static size_t replay(struct replay *r, uint32_t nr)
{
	uint64_t faults = 0;

	while (r->nr < nr) {
		run_one(r);
		bound(r);
	}
	for (uint32_t i = 1; i <= nr; i++)
		faults += 1 + i % 50 + 4;
	/* what was summed up is all there */
	assert_int_equal(total(&r->model), faults);
	print(r, "text");
	print(r, "json");
	return heap_bytes();
}

static void exited_processes_take_no_memory(void **state)
{
	const size_t empty = heap_bytes();
	struct replay r;
	size_t few, many;

	(void)state;
	begin(&r, 1000);
	few = replay(&r, 10000) - empty;
	many = replay(&r, 50000) - empty;
	print_message("# heap after 10,000 processes: %zu KiB, after 50,000: %zu KiB\n", few >> 10,
		      many >> 10);
	assert_int_not_equal(few, 0);
	/* how many are kept varies between half the bound and all of it; of 40,000 more, 10 MiB are few */
	assert_true(many < 2 * few);
	end(&r);
	assert_true(r.model.nr_processes <= 1000);
}

/* That the above would see it. */
static void without_a_limit_memory_grows(void **state)
{
	const size_t empty = heap_bytes();
	struct replay r;
	size_t few, many;

	(void)state;
	begin(&r, 0);
	few = replay(&r, 2000) - empty;
	many = replay(&r, 10000) - empty;
	assert_true(many > 3 * few);
	end(&r);
}

static void max_processes_is_respected(void **state)
{
	const char *asked = getenv("VMASCOPE_PROCESSES");
	struct rusage u;
	struct replay r;

	(void)state;
	begin(&r, SESSION_MAX_PROCESSES);
	replay(&r, asked ? (uint32_t)strtoul(asked, NULL, 10) : 20000);
	assert_true(r.model.nr_processes <= SESSION_MAX_PROCESSES);
	assert_false(getrusage(RUSAGE_SELF, &u));
	print_message("# %u processes: %ld MiB\n", r.nr, u.ru_maxrss >> 10);
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exited_processes_take_no_memory),
		cmocka_unit_test(without_a_limit_memory_grows),
		cmocka_unit_test(max_processes_is_respected),
	};

	return cmocka_run_group_tests_name("many_processes", tests, NULL, NULL);
}
