// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_ended_test.c - a recording of more processes than are kept: those that have ended are summed up
 * as they are read, sums stay what they are, and memory does not grow with their number.
 *
 * VMASCOPE_PROCESSES=1000000 loads so many, and prints what this process then takes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "record/load/load.h"

/** Processes between two checkpoints, which are a second apart. */
#define BURST 50
#define SECOND 1000000000ULL
#define MAX 200

/** struct loaded - a loader, and what it fills; @time_ns: of the checkpoint; @nr: processes so far */
struct loaded {
	struct loader loader;
	struct run_model run;
	uint64_t time_ns;
	uint32_t nr;
};

/** struct sums - of all there is */
struct sums {
	uint64_t faults, no_address, calls, stacks, timed, row_timed;
};

static void begin(struct loaded *l, size_t max)
{
	memset(l, 0, sizeof(*l));
	assert_int_equal(loader__init(&l->loader, &l->run, 2), 0);
	l->loader.ended.max = max;
	loader__bound(&l->loader, 64 << 20);
	l->time_ns = SECOND;
}

static void end(struct loaded *l)
{
	loader__free(&l->loader);
	run_model__free(&l->run);
}

static void take(struct loaded *l, enum record_type type, union record record)
{
	assert_int_equal(loader__take(&l->loader, type, &record), 0);
}

static void take_hist(struct loaded *l, struct record_latency r, uint64_t nr)
{
	r.hist.bucket[10] = nr;
	r.hist.sum_ns = nr * 1000;
	r.hist.max_ns = 1000;
	take(l, RECORD_LATENCY, (union record){ .latency = r });
}

/** tell - process @n: a VMA, and what is outside any, with their counts; its calls, and its stack */
static void tell(struct loaded *l, uint32_t n, bool exited, uint64_t faults)
{
	union record process = { .process = { .number = n,
					      .pid = 100 + n,
					      .exited = exited,
					      .ended_ns = exited ? l->time_ns : 0,
					      .comm = "short",
					      .cgroup_name = "/cgroup" } };
	union record row = {
		.row = { .number = 2 * n, .process = n, .is_vma = 1, .name = "[heap]" }
	};
	union record counts = { .counts = { .number = 2 * n } };

	take(l, RECORD_PROCESS, process);
	take_hist(l, (struct record_latency){ .process = n, .cause = 1 + n % 3 }, faults);
	take(l, RECORD_ROW, row);
	counts.counts.counts.outcome[VS_MINOR] = faults;
	take(l, RECORD_COUNTS, counts);
	take_hist(l, (struct record_latency){ .row = 2 * n }, faults);
	row.row = (struct record_row){ .number = 2 * n + 1, .process = n, .no_address = 1 };
	take(l, RECORD_ROW, row);
	counts.counts.number = 2 * n + 1;
	counts.counts.counts.outcome[VS_MINOR] = 1;
	take(l, RECORD_COUNTS, counts);
}

static void tell_calls(struct loaded *l, uint32_t n, uint64_t calls)
{
	union record call = { .call_row = { .number = n,
					    .process = n,
					    .vma = 2 * n,
					    .call = VS_CALL_MUNMAP,
					    .pid = 100 + n,
					    .stack = VS_STACK_FIRST + n } };
	union record stack = { .stack = { .number = VS_STACK_FIRST + n,
					  .process = n,
					  .pid = 100 + n,
					  .nr_user = 2,
					  .frame = { 1, 2 } } };

	call.call_row.counts.count = calls;
	stack.stack.counts.outcome[VS_MINOR] = calls;
	take(l, RECORD_CALL_ROW, call);
	take(l, RECORD_STACK, stack);
}

static void checkpoint(struct loaded *l, bool full)
{
	take(l, RECORD_STATS, (union record){ .stats = { .time_ns = l->time_ns, .full = full } });
	l->time_ns += SECOND;
}

static uint64_t faults_of(uint32_t n)
{
	return 1 + n % 50;
}

/** run - @nr more processes, which are told while they live, and when they have ended */
static void run(struct loaded *l, uint32_t nr)
{
	for (uint32_t first = l->nr + 1, last = l->nr + nr; first <= last; first += BURST) {
		for (uint32_t n = first; n < first + BURST; n++)
			tell(l, n, false, 1);
		for (uint32_t n = first; n < first + BURST; n++)
			tell_calls(l, n, 1);
		checkpoint(l, false);
		for (uint32_t n = first; n < first + BURST; n++)
			tell(l, n, true, faults_of(n));
		for (uint32_t n = first; n < first + BURST; n++)
			tell_calls(l, n, faults_of(n));
		checkpoint(l, false);
	}
	l->nr += nr;
}

/** tell_again - all of it, as the last checkpoint of a run does */
static void tell_again(struct loaded *l)
{
	const uint64_t time_ns = l->time_ns;

	take(l, RECORD_RESET, (union record){ .reset = { .what = RESET_COUNTS | RESET_STACKS } });
	for (uint32_t n = 1; n <= l->nr; n++) {
		l->time_ns = SECOND + 2 * SECOND * ((n - 1) / BURST) + SECOND;
		tell(l, n, true, faults_of(n));
	}
	l->time_ns = time_ns;
	for (uint32_t n = 1; n <= l->nr; n++)
		tell_calls(l, n, faults_of(n));
	checkpoint(l, true);
}

static uint64_t hist_count(const struct latency *latency)
{
	return latency ? latency->hist.bucket[10] : 0;
}

static struct sums sums_of(const struct loaded *l)
{
	struct sums s = { .stacks = stack_faults(&l->run.stacks.ended) };

	for (size_t i = 0; i < l->run.model.nr_processes; i++) {
		const struct process *p = l->run.model.processes[i];

		for (size_t k = 0; k < p->nr_rows; k++) {
			s.faults += counts_faults(&p->rows[k]->counts);
			s.no_address += p->rows[k]->no_address;
			s.row_timed += hist_count(p->rows[k]->latency);
		}
		for (int cause = 0; cause < VS_NR_CAUSES; cause++)
			s.timed += hist_count(p->latency[cause]);
	}
	for (size_t i = 0; i < l->run.shootdown.nr_rows; i++)
		s.calls += l->run.shootdown.rows[i]->counts.count;
	for (size_t i = 0; i < l->run.stacks.nr; i++)
		s.stacks += stack_faults(&l->run.stacks.list[i]->counts);
	return s;
}

/** check - against what was told, not against another loader */
static void check(const struct loaded *l)
{
	const struct sums s = sums_of(l);
	uint64_t faults = 0;

	for (uint32_t n = 1; n <= l->nr; n++)
		faults += faults_of(n);
	assert_int_equal(s.faults, faults + l->nr);
	assert_int_equal(s.no_address, l->nr);
	assert_int_equal(s.timed, faults);
	assert_int_equal(s.row_timed, faults);
	assert_int_equal(s.calls, faults);
	assert_int_equal(s.stacks, faults);
}

static size_t nr_ended(const struct loaded *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->run.model.nr_processes; i++)
		n += !l->run.model.processes[i]->pid;
	return n;
}

static void interrupted_recording_is_summed_up(void **state)
{
	struct loaded l;

	(void)state;
	begin(&l, MAX);
	run(&l, 5000);
	check(&l);
	assert_int_equal(loader__finish(&l.loader), 0);
	check(&l);
	assert_true(l.run.model.nr_processes <= MAX);
	assert_int_equal(nr_ended(&l), 1);
	end(&l);
}

static void repeated_records_count_once(void **state)
{
	struct loaded l;

	(void)state;
	begin(&l, MAX);
	run(&l, 5000);
	tell_again(&l);
	check(&l);
	tell_again(&l);
	run(&l, 1000);
	check(&l);
	assert_int_equal(loader__finish(&l.loader), 0);
	check(&l);
	assert_true(l.run.model.nr_processes <= MAX);
	assert_int_equal(nr_ended(&l), 1);
	end(&l);
}

/* As a snapshot has it: all processes in one checkpoint. */
static void single_checkpoint_is_summed_up_while_loading(void **state)
{
	struct loaded l;
	uint64_t most = 0;

	(void)state;
	begin(&l, MAX);
	l.nr = 5000;
	tell_again(&l);
	check(&l);
	most = l.run.model.nr_processes;
	assert_true(most < 4 * MAX);
	assert_int_equal(loader__finish(&l.loader), 0);
	check(&l);
	end(&l);
}

static void all_processes_are_kept_without_a_limit(void **state)
{
	struct loaded l;

	(void)state;
	begin(&l, 0);
	run(&l, 2000);
	tell_again(&l);
	check(&l);
	assert_int_equal(loader__finish(&l.loader), 0);
	assert_int_equal(l.run.model.nr_processes, 2000);
	end(&l);
}

/** tell_ended - what the recorder has summed up: processes 1 to @nr. Return: their faults. */
static uint64_t tell_ended(struct loaded *l, uint32_t nr)
{
	union record process = { .process = { .number = 90000, .exited = 1, .comm = "[ended]" } };
	uint64_t faults = 0;

	for (uint32_t n = 1; n <= nr; n++)
		faults += faults_of(n);
	take(l, RECORD_PROCESS, process);
	for (uint32_t is_vma = 0; is_vma < 2; is_vma++) {
		union record row = { .row = { .number = 900000 + is_vma,
					      .process = 90000,
					      .is_vma = is_vma,
					      .name = "[ended]" } };
		union record counts = { .counts = { .number = 900000 + is_vma } };

		counts.counts.counts.outcome[VS_MINOR] = is_vma ? faults : nr;
		take(l, RECORD_ROW, row);
		take(l, RECORD_COUNTS, counts);
	}
	return faults + nr;
}

/* There is one row for what the recorder has summed up and for the rest, also from interval to interval. */
static void sums_of_the_recorder_are_added(void **state)
{
	struct loaded l;

	(void)state;
	begin(&l, MAX);
	run(&l, 1000);
	for (uint32_t gone = 10; gone <= 40; gone += 10) {
		const struct process *ended;
		uint64_t faults;

		take(&l, RECORD_RESET, (union record){ .reset = { .what = RESET_COUNTS } });
		faults = tell_ended(&l, gone);
		for (uint32_t n = gone + 1; n <= l.nr; n++) {
			tell(&l, n, true, faults_of(n));
			faults += faults_of(n) + 1;
		}
		checkpoint(&l, true);
		assert_int_equal(sums_of(&l).faults, faults);
		assert_int_equal(nr_ended(&l), 1);
		ended = l.run.model.ended;
		assert_non_null(ended);
		/* nothing of an interval is less than nothing */
		for (size_t k = 0; k < ended->nr_rows; k++)
			assert_true(counts_faults(&ended->rows[k]->counts) >=
				    counts_faults(&ended->rows[k]->marked));
		model__mark(&l.run.model);
	}
	end(&l);
}

static void events_of_summed_up_processes_keep_the_name(void **state)
{
	union record event = { .fault = { .head.time_ns = SECOND, .slot = 2, .proc = 3 } };
	const struct fault_row *row;
	struct loaded l;

	(void)state;
	begin(&l, MAX);
	run(&l, 5000);
	loader__event(&l.loader, RECORD_FAULT, &event);
	row = l.run.model.by_slot[event.fault.slot];
	assert_non_null(row);
	assert_true(row->is_vma);
	assert_string_equal(row->name, "[ended]");
	assert_false(l.run.model.by_slot[event.fault.proc]->is_vma);
	end(&l);
}

static void memory_is_bounded(void **state)
{
	struct loaded l;
	uint64_t few;

	(void)state;
	begin(&l, MAX);
	run(&l, 2000);
	few = l.loader.bytes;
	run(&l, 20000);
	/* how many are kept varies between half of them and all; a bit remains of each that went */
	assert_true(l.loader.bytes < 3 * few);
	end(&l);
}

/* Processes that live are kept, however many: what a recording may take is bounded in any case. */
static void too_many_running_processes_are_refused(void **state)
{
	union record process = { .process = { .comm = "lives" } };
	struct loaded l;
	int err = 0;

	(void)state;
	begin(&l, MAX);
	loader__bound(&l.loader, UINT64_MAX);
	assert_true(l.loader.max_bytes <= LOADER_FREE_BYTES + LOADER_MOST_BYTES);
	l.loader.max_bytes = 16 << 20;
	for (uint32_t n = 1; !err && n < 1000000; n++) {
		process.process.number = process.process.pid = n;
		err = loader__take(&l.loader, RECORD_PROCESS, &process);
	}
	assert_int_equal(err, -E2BIG);
	end(&l);
}

static void max_processes_is_respected(void **state)
{
	const char *asked = getenv("VMASCOPE_PROCESSES");
	struct loaded l;
	struct rusage u;

	(void)state;
	begin(&l, 8192);
	run(&l, asked ? (uint32_t)strtoul(asked, NULL, 10) : 20000);
	tell_again(&l);
	check(&l);
	assert_int_equal(loader__finish(&l.loader), 0);
	check(&l);
	assert_true(l.run.model.nr_processes <= 8192);
	assert_false(getrusage(RUSAGE_SELF, &u));
	print_message("# %u processes: %ld MiB\n", l.nr, u.ru_maxrss >> 10);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_recording_is_summed_up),
		cmocka_unit_test(repeated_records_count_once),
		cmocka_unit_test(single_checkpoint_is_summed_up_while_loading),
		cmocka_unit_test(all_processes_are_kept_without_a_limit),
		cmocka_unit_test(sums_of_the_recorder_are_added),
		cmocka_unit_test(events_of_summed_up_processes_keep_the_name),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(too_many_running_processes_are_refused),
		cmocka_unit_test(max_processes_is_respected),
	};

	return cmocka_run_group_tests_name("load_ended", tests, NULL, NULL);
}
