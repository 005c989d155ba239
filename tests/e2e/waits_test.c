// SPDX-License-Identifier: GPL-2.0-only
/*
 * waits_test - how the time of faults and memory calls splits into CPU, run queue and blocked: each
 * fault against the switches and wake-ups that the kernel's tracer saw, sums against the program's
 * own clocks and the kernel's counts of its thread. Where the scheduler's clock is not the same on all
 * CPUs, nothing is known of it but the whole.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "switches.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/** Durations are of CLOCK_MONOTONIC, the scheduler's times are not: NTP slews at most 0.05 %. */
#define SLEWED(ns) ((ns) / 1000)
/** The tracer's text has whole microseconds. */
#define ROUNDED_NS 1000

static struct json_object *range_of(const struct vt_scope *s)
{
	return vt_at(s->work, "ranges", 0);
}

/** event_of - the event of the fault on the page of @address; NULL: there is none */
static struct json_object *event_of(const struct vt_scope *s, uint64_t address)
{
	for (size_t i = 0; i < json_object_array_length(s->json); i++) {
		struct json_object *e = json_object_array_get_idx(s->json, i);

		if (!strcmp(vt_str(e, "type"), "fault") &&
		    vt_hex(e, "address") >> 12 == address >> 12)
			return e;
	}
	return NULL;
}

/** splits - times are split on this kernel */
static bool splits(void)
{
	struct json_object *doctor, *feature;
	struct vt_cmd cmd;
	int known = -1;

	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "doctor", "-j"));
	doctor = vt_json(cmd.out, "doctor");
	vt_each(feature, doctor, "features") if (!strcmp(vt_str(feature, "feature"), "run-times"))
		known = vt_bool(feature, "available");
	json_object_put(doctor);
	vt_free(&cmd);
	vt_cmp(known, >=, 0, "feature run-times of doctor");
	return known;
}

/**
 * struct sums - of the faults in the range, ns
 * @elsewhere: waits for a CPU that may not be in those whose split is known
 * @preempted: time preempted, which is not in run_delay if the thread was about to sleep
 * @unsplit: faults whose split is unknown
 */
struct sums {
	int64_t faults;
	int64_t duration;
	int64_t queued, blocked;
	int64_t elsewhere;
	int64_t preempted;
	int64_t events;
	int64_t unsplit;
};

/** is_unsplit - it is not known what the event waited for; then nothing is said of it */
static bool is_unsplit(struct json_object *e)
{
	if (!vt_int(e, "unsplit_ns"))
		return false;
	vt_equal(vt_int(e, "unsplit_ns"), vt_int(e, "duration_ns"), "time that is not split");
	vt_true(!vt_get(e, "runqueue_ns") && !vt_get(e, "blocked_ns"));
	return true;
}

static void check_fault(struct sums *sums, struct json_object *e, const struct vt_waits *w)
{
	const int64_t duration = vt_int(e, "duration_ns"), slack = w->events * ROUNDED_NS;
	const unsigned long address = w->address;
	int64_t queued, blocked;

	sums->faults++;
	sums->duration += duration;
	sums->preempted += w->preempted_most * 1000;
	sums->events += w->events;
	if (is_unsplit(e)) {
		sums->unsplit++;
		/* run_delay may have any part of it */
		sums->elsewhere += w->queued_most * 1000 + duration;
		return;
	}
	sums->elsewhere += w->preempted_most * 1000;
	queued = vt_int(e, "runqueue_ns");
	blocked = vt_int(e, "blocked_ns");
	vt_cmp(queued + blocked, <=, duration, "parts of the fault at %lx", address);
	vt_cmp(blocked, >=, w->blocked_least * 1000 - slack - SLEWED(duration),
	       "time that the fault at %lx was blocked", address);
	vt_cmp(queued, <=, w->queued_most * 1000 + slack,
	       "time that the fault at %lx waited for a CPU", address);
	if (!w->events)
		vt_equal(queued + blocked, 0, "time off the CPU without a switch, at %lx", address);
	sums->queued += queued;
	sums->blocked += blocked;
}

/** check_sums - compare sums with the kernel's counts of the thread, and its clocks */
static void check_sums(const struct sums *sums, const struct vt_scope *s)
{
	const int64_t slack = sums->events * ROUNDED_NS;
	const int64_t wall = vt_int(s->work, "wall_ns"), off = wall - vt_int(s->work, "cpu_ns");
	const int64_t delay = vt_int(s->work, "delay_ns");

	print_message(
		"# %ld faults, %ld us, %ld not split: blocked %ld us, run queue %ld us; program: "
		"off its CPU %ld us, delayed %ld us, at most %ld of it elsewhere\n",
		(long)sums->faults, (long)sums->duration / 1000, (long)sums->unsplit,
		(long)sums->blocked / 1000, (long)sums->queued / 1000, (long)off / 1000,
		(long)delay / 1000, (long)sums->elsewhere / 1000);
	vt_equal(sums->faults, vt_int(range_of(s), "faults"), "faults that were checked");
	vt_cmp(sums->queued, <=, delay + sums->preempted + slack, "run_delay of the thread");
	vt_cmp(sums->queued, >=, delay - sums->elsewhere - slack, "run_delay of the thread");
	vt_cmp(sums->queued + sums->blocked, <=, off + SLEWED(wall), "time off the CPU");
}

/** check_unknown - the time of each fault is known, and not what it was waiting for */
static void check_unknown(const struct vt_scope *s)
{
	for (size_t i = 0; i + 1 < json_object_array_length(s->json); i++) {
		struct json_object *e = json_object_array_get_idx(s->json, i);

		if (vt_get(e, "duration_ns"))
			vt_true(is_unsplit(e));
	}
}

/** run_traced - trace @work, and compare. Return: false if times are not split on this kernel. */
static bool run_traced(struct vt_scope *s, struct sums *sums, const char *const *work)
{
	struct vt_waits *waits;
	size_t n;

	if (!splits()) {
		vt_trace(s, NULL, work);
		check_unknown(s);
		return false;
	}
	vt_switches_start("waits");
	vt_trace(s, NULL, work);
	waits = vt_switches_stop((pid_t)vt_int(s->work, "tid"), &n);
	memset(sums, 0, sizeof(*sums));
	for (size_t i = 0; i < n; i++) {
		struct json_object *e;

		if (waits[i].address < vt_hex(range_of(s), "start") ||
		    waits[i].address >= vt_hex(range_of(s), "end")) {
			sums->elsewhere += waits[i].queued_most * 1000;
			continue;
		}
		e = event_of(s, waits[i].address);
		vt_true(e);
		check_fault(sums, e, &waits[i]);
	}
	free(waits);
	check_sums(sums, s);
	return true;
}

/* Migrations between CPUs are among them, if there are several. */
static void cold_file_reads(void **state)
{
	struct vt_scope s;
	struct sums sums;

	(void)state;
	setenv("TMPDIR", vt_disk_dir(), 1);
	if (run_traced(&s, &sums, VT_ARGS("waits", "--count", "400", "cold")))
		vt_cmp(sums.blocked, >, 0, "time that reads were waited for");
	unsetenv("TMPDIR");
	vt_scope_free(&s);
}

/* What is woken on a CPU that a process of higher priority uses has to wait for it. */
static void run_queue_beside_a_busy_process(void **state)
{
	struct vt_scope s;
	struct sums sums;

	(void)state;
	if (run_traced(&s, &sums,
		       VT_ARGS("waits", "--count", "3", "--sleep-ms", "5", "--beside", "uffd")))
		vt_cmp(sums.queued, >, 0, "time that faults waited for a CPU");
	vt_scope_free(&s);
}

/*
 * From 6.12 on, a thread that goes to sleep beside another one stays in its run queue for a while; if it
 * is moved meanwhile, run_delay has time in which it sleeps (bpf/run.bpf.c): that is not shown as such.
 */
static void sleeper_is_moved(void **state)
{
	struct vt_scope s;
	struct sums sums;

	(void)state;
	if (run_traced(&s, &sums,
		       VT_ARGS("waits", "--count", "4", "--sleep-ms", "10", "--beside", "--moves",
			       "uffd")))
		vt_cmp(sums.blocked + sums.unsplit, >, 0, "faults that slept");
	vt_scope_free(&s);
}

/* The handler sleeps while the fault waits for it. */
static void userfaultfd_handler(void **state)
{
	struct vt_scope s;
	struct sums sums;
	int64_t held;

	(void)state;
	if (run_traced(&s, &sums, VT_ARGS("waits", "--count", "10", "--sleep-ms", "50", "uffd")) &&
	    !sums.unsplit) {
		held = vt_int(s.work, "held_ns");
		vt_cmp(held, >=, 10 * 50 * 1000000LL, "time that the handler slept");
		/* it may have begun while the thread was going to sleep */
		vt_cmp(sums.blocked + sums.queued, >=,
		       held - vt_int(s.work, "cpu_ns") - SLEWED(held),
		       "time that faults waited for the handler");
	}
	vt_scope_free(&s);
}

/** known - a member that is unknown if nothing of the time is known counts as 0 */
static int64_t known(struct json_object *row, const char *path)
{
	return vt_get(row, path) ? vt_int(row, path) : 0;
}

static void check_split(struct json_object *row)
{
	int64_t total;
	bool any;

	/* of kernel-initiated faults */
	if (!vt_get(row, "time_ns")) {
		vt_equal(vt_int(row, "latency_ns.count"), 0, "latencies of a row without a time");
		return;
	}
	total = vt_int(row, "time_ns.total");
	any = !total || vt_int(row, "time_ns.unsplit") < total;
	vt_equal(known(row, "time_ns.cpu") + known(row, "time_ns.runqueue") +
			 known(row, "time_ns.blocked") + vt_int(row, "time_ns.unsplit"),
		 total, "sum of the parts");
	vt_equal(!!vt_get(row, "time_ns.cpu"), any, "CPU time is known");
	vt_equal(!!vt_get(row, "time_ns.runqueue"), any, "time in the run queue is known");
	vt_equal(!!vt_get(row, "time_ns.blocked"), any, "blocked time is known");
	vt_equal(total, vt_int(row, "latency_ns.sum"), "time of the row");
}

/* The same in counts as in events, by VMA and by cause, live and recorded. */
static void counts_are_sums_of_events(void **state)
{
	struct json_object *stat, *lines, *row, *process, *vma, *causes;
	int64_t queued = 0, blocked = 0, unsplit = 0, by_vma = 0, by_cause = 0;
	const bool split = splits();
	struct vt_recorded r;
	struct vt_cmd cmd;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("waits", "--count", "10", "--sleep-ms", "10", "uffd"));
	stat = vt_report_json(r.file, 0);
	vt_report(&cmd, r.file, VT_ARGS("--view", "trace", "-j"), 0);
	lines = vt_json_lines(cmd.out, r.file);
	vt_free(&cmd);
	for (size_t i = 0; i + 1 < json_object_array_length(lines); i++) {
		row = json_object_array_get_idx(lines, i);
		vt_true(vt_get(row, "duration_ns") || !vt_get(row, "blocked_ns"));
		if (!vt_get(row, "duration_ns"))
			continue;
		unsplit += vt_int(row, "unsplit_ns");
		if (is_unsplit(row))
			continue;
		queued += vt_int(row, "runqueue_ns");
		blocked += vt_int(row, "blocked_ns");
	}
	json_object_put(lines);
	vt_equal(blocked > 0, split, "events were blocked");
	check_split(vt_need(stat, "totals", json_type_object));
	vt_equal(known(stat, "totals.time_ns.runqueue"), queued, "Σ run queue of events");
	vt_equal(known(stat, "totals.time_ns.blocked"), blocked, "Σ blocked of events");
	vt_equal(vt_int(stat, "totals.time_ns.unsplit"), unsplit, "Σ of events not split");
	vt_each(process, stat, "processes")
	{
		check_split(process);
		vt_each(vma, process, "vmas")
		{
			check_split(vma);
			by_vma += known(vma, "time_ns.blocked");
		}
	}
	vt_equal(by_vma, blocked, "Σ blocked of VMAs");
	json_object_put(stat);
	vt_report(&cmd, r.file, VT_ARGS("-j", "--by", "cause"), 0);
	causes = vt_json(cmd.out, r.file);
	vt_each(row, causes, "causes")
	{
		vt_equal(known(row, "time_ns.total"), known(row, "sum_ns"), "time of the cause");
		by_cause += known(row, "time_ns.blocked");
	}
	vt_equal(by_cause, blocked, "Σ blocked of causes");
	json_object_put(causes);
	vt_free(&cmd);
	vt_report(&cmd, r.file, VT_ARGS("--by", "cause"), 0);
	vt_equal(!!strstr(cmd.out, "WAITED"), split, "column WAITED");
	vt_equal(!!strstr(cmd.out, "blocked"), split, "text of the total");
	vt_free(&cmd);
	vt_recorded_free(&r);
}

/* vfork lasts until the child has exited. */
static void call_that_sleeps(void **state)
{
	struct json_object *row, *fork = NULL;
	struct vt_scope s;
	int64_t held, waited;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("waits", "--sleep-ms", "100", "vfork"));
	vt_each(row, s.json, "calls") if (!strcmp(vt_str(row, "call"), "fork")) fork = row;
	vt_true(fork);
	vt_equal(vt_int(fork, "count"), 1, "forks");
	check_split(fork);
	held = vt_int(s.work, "held_ns");
	waited = known(fork, "time_ns.blocked") + known(fork, "time_ns.runqueue");
	vt_cmp(vt_int(fork, "time_ns.total"), >=, held, "time of vfork");
	if (!vt_int(fork, "time_ns.unsplit"))
		vt_cmp(waited, >=, held - vt_int(s.work, "cpu_ns") - SLEWED(held),
		       "time that vfork waited");
	vt_cmp(waited, <=, vt_int(s.work, "wall_ns"), "time that vfork waited");
	vt_scope_free(&s);
}

/* Without the scheduler's counts nothing is said, and the time as a whole is still known. */
static void unknown_without_run_times(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "stat", VT_ARGS("--no-feature", "run-times"),
		     VT_ARGS("waits", "--count", "2", "--sleep-ms", "5", "uffd"));
	vt_cmp(vt_int(s.json, "totals.time_ns.total"), >=, vt_int(s.work, "held_ns"),
	       "time of faults");
	vt_equal(vt_int(s.json, "totals.time_ns.unsplit"), vt_int(s.json, "totals.time_ns.total"),
		 "time that is not split");
	check_split(vt_need(s.json, "totals", json_type_object));
	vt_scope_free(&s);
}

/* Samples stand for several faults, with all parts of their time; without samples, nothing is known. */
static void split_of_samples(void **state)
{
	static const char *const modes[] = { "sample=2", "off" };
	struct json_object *process, *vma;
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		vt_scope_one(&s, "stat", VT_ARGS("--latency", modes[i]),
			     VT_ARGS("waits", "--count", "10", "--sleep-ms", "5", "uffd"));
		vt_equal(!vt_get(s.json, "totals.time_ns"), i, "time is unknown");
		if (!i)
			check_split(vt_need(s.json, "totals", json_type_object));
		vt_each(process, s.json, "processes") vt_each(vma, process, "vmas")
		{
			const bool timed = vt_int(vma, "latency_ns.count") ||
					   vt_int(vma, "minor") + vt_int(vma, "major") == 0;

			vt_equal(!!vt_get(vma, "time_ns"), timed, "time of a VMA is known");
			if (timed)
				check_split(vma);
		}
		vt_scope_free(&s);
	}
}

/* Short faults are counted, and have no event; they are not lost. */
static void slower_than(void **state)
{
	struct json_object *e, *summary;
	int64_t slow = 0, all;
	struct vt_scope s;
	size_t n;

	(void)state;
	vt_trace(&s, VT_ARGS("--slower-than", "20ms"),
		 VT_ARGS("waits", "--count", "8", "--sleep-ms", "25", "uffd"));
	n = json_object_array_length(s.json) - 1;
	for (size_t i = 0; i < n; i++) {
		e = json_object_array_get_idx(s.json, i);
		vt_cmp(vt_int(e, "duration_ns"), >=, 20000000, "duration of an event");
		slow += vt_hex(e, "address") >= vt_hex(range_of(&s), "start") &&
			vt_hex(e, "address") < vt_hex(range_of(&s), "end");
	}
	vt_equal(slow, 8, "faults that waited for the handler");
	summary = json_object_array_get_idx(s.json, n);
	all = vt_int(summary, "totals.faults");
	vt_equal(vt_int(summary, "events"), n, "events of the summary");
	vt_equal(vt_int(summary, "lost"), 0, "lost events");
	vt_equal(vt_int(summary, "generated"), n, "generated events");
	vt_equal(vt_int(summary, "events") + vt_int(summary, "filtered") +
			 vt_int(summary, "eventless"),
		 all, "printed, filtered and without an event");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(cold_file_reads),
	VT_TEST(run_queue_beside_a_busy_process),
	VT_TEST(userfaultfd_handler),
	VT_TEST(sleeper_is_moved),
	VT_TEST(counts_are_sums_of_events),
	VT_TEST(call_that_sleeps),
	VT_TEST(unknown_without_run_times),
	VT_TEST(split_of_samples),
	VT_TEST(slower_than),
};

VT_MAIN(tests)
