// SPDX-License-Identifier: GPL-2.0-only
/*
 * barrier_test - a write barrier made of mprotect: its two call sites, the faults that its calls
 * make follow, and the order in which all of it happens.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGES "32"
#define ROUNDS "20"

/* Each page that is written to after it was protected is a fault in the range of that call. */
static void faults_are_refaults_of_the_calls(void **state)
{
	struct json_object *work, *row;
	int64_t hits, faults = -1;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("barrier", "--pages", PAGES, "--rounds", ROUNDS));
	work = shot.s.work;
	hits = vt_int(work, "hits");
	vt_equal(hits, 640, "pages that were written to");
	vt_cmp(vt_calls_sum(shot.s.json, "mprotect", NULL, "count"), >=,
	       vt_int(work, "protects") + vt_int(work, "unprotects"), "mprotects");
	vt_each(row, shot.s.json, "refaults") if (!strcmp(vt_str(row, "call"), "mprotect"))
	{
		vt_equal(faults, -1, "rows of mprotect");
		faults = vt_int(row, "faults");
		vt_equal(vt_int(row, "calls"), vt_calls_sum(shot.s.json, "mprotect", NULL, "count"),
			 "calls");
	}
	/* ld.so's own mprotects are followed by a few faults, too. */
	vt_cmp(faults, >=, hits, "faults that followed");
	vt_cmp(faults, <=, hits + 40, "faults that followed");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "refaults"), faults,
		 "faults that followed, in both tables");
	vt_shootdown_free(&shot);
}

/* Each of the two threads interrupts the other one's CPU: that is told apart, and as the tracer says. */
static void both_threads_interrupt_each_other(void **state)
{
	struct vt_shot shot;
	int64_t pid, got;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("barrier", "--pages", PAGES, "--rounds", ROUNDS));
	pid = vt_int(shot.s.work, "pid");
	for (int from = 0; from < 2 && vt_ftrace_has_csd(); from++) {
		const int a = vt_cpu(from), b = vt_cpu(!from);

		got = vt_pairs_sum(shot.s.json, "user", pid, -1, a, b);
		/* one CPU alone is told by nobody */
		if (a == b)
			vt_equal(got, 0, "interrupts from CPU %d", a);
		vt_equal(got, shot.kernel.pair[a][b], "interrupts from CPU %d, by the tracer", a);
	}
	vt_shootdown_free(&shot);
}

/* What the workload does without the kernel's help: `stat` has the same faults as signals. */
static void stat_counts_the_same_faults(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("barrier", "--pages", PAGES, "--rounds", ROUNDS));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	vt_equal(vt_int(s.json, "totals.causes.segv-accerr"), vt_int(s.work, "hits"),
		 "faults that became signals");
	vt_scope_free(&s);
}

/* Σ @member of the rows whose site lies in the function that the workload names. */
static int64_t site_sum(struct vt_shot *shot, const char *function, const char *member)
{
	struct json_object *f = vt_need(shot->s.work, function, json_type_object), *row;
	uint64_t start = vt_hex(f, "start"), end = vt_hex(f, "end");
	int64_t sum = 0;

	vt_true(start < end);
	vt_each(row, shot->s.json, "sites")
	{
		if (!vt_get(row, "site") || vt_hex(row, "site") <= start ||
		    vt_hex(row, "site") > end)
			continue;
		vt_equal(strcmp(vt_str(row, "call"), "mprotect"), 0, "call of %s", function);
		vt_contains(vt_str(row, "vma"), "barrier");
		sum += vt_int(row, member);
	}
	return sum;
}

static void call_sites_are_distinguished(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "site"),
		     VT_ARGS("barrier", "--pages", PAGES, "--rounds", ROUNDS));
	vt_equal(site_sum(&shot, "protect", "count"), vt_int(shot.s.work, "protects"),
		 "calls of protect_heap()");
	vt_equal(site_sum(&shot, "unprotect", "count"), vt_int(shot.s.work, "unprotects"),
		 "calls of unprotect_page()");
	/* Only what takes rights away is followed by faults. */
	vt_equal(site_sum(&shot, "protect", "refaults"), vt_int(shot.s.work, "hits"),
		 "faults after protect_heap()");
	vt_equal(site_sum(&shot, "unprotect", "refaults"), 0, "faults after unprotect_page()");
	vt_shootdown_free(&shot);
}

static bool is(struct json_object *e, const char *member, const char *want)
{
	return !strcmp(vt_str(e, member), want);
}

/*
 * The first line from @i on that is of @type and, unless 0, carries @id. What other processes do to
 * the CPUs of this one, such as an exit's flush, has no id.
 */
static size_t next(struct json_object *lines, size_t i, const char *type, int64_t id)
{
	size_t n = json_object_array_length(lines);

	for (; i < n; i++) {
		struct json_object *e = json_object_array_get_idx(lines, i);

		if (is(e, "type", type) && (!id || (vt_get(e, "id") && vt_int(e, "id") == id)))
			return i;
	}
	return n;
}

/* Whether the line is mprotect of the whole heap, in the collector. */
static bool is_protect(struct json_object *e, struct json_object *work)
{
	return is(e, "type", "memcall") && is(e, "call", "mprotect") &&
	       vt_hex(e, "start") == vt_hex(work, "heap") && is(e, "prot", "r--") &&
	       vt_int(e, "tid") == vt_int(work, "collector");
}

/**
 * check_interrupted - as many interrupts of mprotect as the tracer saw queued; it may have seen some that the
 * other CPU received while it entered idle, of which there is no event
 */
static void check_interrupted(struct json_object *lines, struct json_object *work, int64_t of_heap)
{
	static struct vt_ktally kernel;
	int64_t interrupts = 0;

	if (!vt_ftrace_has_csd()) {
		vt_equal(of_heap > 0, vt_cpus() > 1, "%ld calls interrupted the mutator; any did",
			 (long)of_heap);
		return;
	}
	vt_ftrace_tally(&kernel, (pid_t)vt_int(work, "pid"), NULL, NULL);
	for (size_t i = 0; i < json_object_array_length(lines); i++) {
		struct json_object *e = json_object_array_get_idx(lines, i);

		interrupts += is(e, "type", "interrupt") && vt_get(e, "id") &&
			      is(e, "call", "mprotect");
	}
	vt_cmp(interrupts, <=, kernel.call[SYS_mprotect].received,
	       "interrupts of mprotect, by the tracer");
	vt_cmp(interrupts, >=, kernel.call[SYS_mprotect].received - kernel.unseen[VT_IPI_USER],
	       "interrupts of mprotect, by the tracer");
	vt_cmp(of_heap, <=, interrupts, "calls on the heap that interrupted the mutator");
}

/* call -> its flush -> its interrupt of the other CPU -> the fault that follows -> the next call */
static void trace_is_in_order(void **state)
{
	int64_t protects = 0, interrupted = 0;
	struct json_object *work;
	struct vt_scope s;
	size_t n;

	(void)state;
	vt_ftrace_start();
	vt_trace(&s, VT_ARGS("--events", "fault,memcall,shootdown", "--ring", "65536"),
		 VT_ARGS("barrier", "--pages", PAGES, "--rounds", ROUNDS));
	vt_ftrace_stop(&n);
	work = s.work;
	n = json_object_array_length(s.json) - 1; /* the summary */
	vt_equal(vt_int(json_object_array_get_idx(s.json, n), "lost"), 0, "lost events");
	for (size_t i = 0; i < n; i++) {
		struct json_object *call = json_object_array_get_idx(s.json, i), *e;
		size_t flush, ipi, fault, unprotect;
		int64_t id;

		if (!is_protect(call, work))
			continue;
		protects++;
		id = vt_int(call, "id");
		flush = next(s.json, i, "flush", id);
		vt_cmp(flush, <, n, "a flush of call %ld", id);
		ipi = next(s.json, flush, "interrupt", id);
		for (fault = next(s.json, flush, "fault", 0); fault < n;
		     fault = next(s.json, fault + 1, "fault", 0))
			if (is(json_object_array_get_idx(s.json, fault), "cause", "segv-accerr"))
				break;
		vt_cmp(fault, <, n, "a fault after call %ld", id);
		e = json_object_array_get_idx(s.json, fault);
		vt_equal(vt_hex(e, "address") & ~4095UL, vt_hex(work, "heap"),
			 "page of the first fault after call %ld", id);
		vt_equal(vt_int(e, "tid"), vt_int(work, "mutator"), "who faults");
		vt_cmp(vt_int(e, "time_ns"), >=,
		       vt_int(call, "time_ns") + vt_int(call, "duration_ns"),
		       "the fault comes when the call is over");
		if (ipi < n) {
			e = json_object_array_get_idx(s.json, ipi);
			interrupted++;
			vt_cmp(ipi, <, fault, "interrupt before the fault, call %ld", id);
			vt_equal(vt_int(e, "initiator.tid"), vt_int(work, "collector"),
				 "initiator");
			vt_cmp(vt_int(e, "time_ns"), <=,
			       vt_int(call, "time_ns") + vt_int(call, "duration_ns"),
			       "the call waits for the interrupt");
		}
		unprotect = next(s.json, fault, "memcall", 0);
		vt_cmp(unprotect, <, n, "a call after the fault");
		e = json_object_array_get_idx(s.json, unprotect);
		vt_true(is(e, "call", "mprotect") && is(e, "prot", "rw-"));
		vt_equal(vt_hex(e, "start"), vt_hex(work, "heap"), "the page that it gives back");
		vt_equal(vt_int(e, "tid"), vt_int(work, "mutator"), "who gives it back");
	}
	vt_equal(protects, vt_int(work, "protects"), "calls on the heap");
	check_interrupted(s.json, work, interrupted);
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(faults_are_refaults_of_the_calls),
	VT_TEST(both_threads_interrupt_each_other),
	VT_TEST(stat_counts_the_same_faults),
	VT_TEST(call_sites_are_distinguished),
	VT_TEST(trace_is_in_order),
};

VT_MAIN(tests)
