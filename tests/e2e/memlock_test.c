// SPDX-License-Identifier: GPL-2.0-only
/*
 * memlock_test - memory that is locked: each call and its range, against the program's own counts and
 * the kernel's tracepoints, and the faults that the kernel takes inside of the calls, in the VMA of the
 * call; by every variant of the hooks of calls and faults.
 */
#include "check.h"
#include "load.h"
#include "recorded.h"
#include "shootdown.h"
#include "system.h"
#include "variants.h"

#include <stdio.h>

#define PAGE 4096

static const char *const calls[] = { "mlock", "mlock2", "munlock", "mlockall", "munlockall" };
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

/** made - number that @work has of @call in its object @of: calls, or bytes */
static int64_t made(struct json_object *work, const char *of, const char *call)
{
	char member[64];

	snprintf(member, sizeof(member), "%s.%s", of, call);
	return vt_int(work, member);
}

static void check_counts(struct json_object *json, struct json_object *work, const char *by)
{
	for (size_t i = 0; i < NR_CALLS; i++) {
		vt_equal(vt_calls_sum(json, calls[i], NULL, "count"), made(work, "calls", calls[i]),
			 "calls of %s, %s", calls[i], by);
		vt_equal(vt_calls_sum(json, calls[i], NULL, "errors"), 0, "errors of %s, %s",
			 calls[i], by);
		vt_equal(vt_calls_sum(json, calls[i], NULL, "bytes"), made(work, "bytes", calls[i]),
			 "bytes of %s, %s", calls[i], by);
	}
}

/*
 * Each lock in the middle of a VMA splits it, and each unlock merges it again. Where the kernel has no
 * sequence of changes, calls during which somebody read /proc/PID/maps are unknown.
 */
static void check_splits(struct json_object *json, struct json_object *work)
{
	static const char *const members[][2] = { { "mlock2", "splits" }, { "munlock", "merges" } };

	for (size_t i = 0; i < 2; i++) {
		const char *call = members[i][0];
		const int64_t unknown = vt_calls_sum(json, call, NULL, "splits_unknown");

		if (vt_kernel_has("mm_lock_seq"))
			vt_equal(unknown, 0, "%s of unknown effect", call);
		if (!unknown)
			vt_equal(vt_calls_sum(json, call, NULL, members[i][1]),
				 vt_int(work, "splits"), "%s by %s", members[i][1], call);
	}
}

/* The pages of the range, which the program's address is within the first of. */
static void check_rows(struct json_object *json, struct json_object *work)
{
	const uint64_t at = vt_hex(work, "at") & ~(uint64_t)(PAGE - 1);
	struct json_object *row;
	int64_t rows = 0;

	vt_each(row, json, "vmas")
	{
		if (strcmp(vt_str(row, "call"), "mlock2"))
			continue;
		vt_equal(vt_hex(row, "start") - at, 0, "start of the range");
		vt_equal(vt_hex(row, "end") - at, 2 * PAGE, "end of the range");
		assert_string_equal(vt_str(row, "vma"), "[anon]");
		rows += vt_int(row, "count");
	}
	vt_equal(rows, made(work, "calls", "mlock2"), "calls in rows by VMA");
}

/* vt_shootdown() compares them with the kernel's tracer, too. */
static void calls_with_their_ranges(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("memlocks"));
	check_counts(shot.s.json, shot.s.work, "shootdown");
	check_splits(shot.s.json, shot.s.work);
	check_rows(shot.s.json, shot.s.work);
	vt_shootdown_free(&shot);
}

/* Attached, and against syscalls:sys_exit_*: no call before or after is counted for another one. */
static void calls_by_tracepoints(void **state)
{
	char program[512]; /* vt_workload() remembers a few */

	(void)state;
	snprintf(program, sizeof(program), "%s", vt_workload("memlocks"));
	vt_load_check(VT_ARGS(program), 0, 0);
}

static void check_event(struct json_object *e, struct json_object *work)
{
	const char *call = vt_str(e, "call");
	const bool ranged = strcmp(call, "mlockall") != 0 && strcmp(call, "munlockall") != 0;

	vt_equal(!!vt_get(e, "start"), ranged, "%s has a start", call);
	vt_equal(!!vt_get(e, "length"), ranged, "%s has a length", call);
	vt_equal(!!vt_get(e, "flags"), !strcmp(call, "mlock2") || !strcmp(call, "mlockall"),
		 "%s has flags", call);
	vt_equal(vt_int(e, "result"), 0, "result of %s", call);
	if (!strcmp(call, "mlock2")) {
		vt_equal(vt_hex(e, "start") - vt_hex(work, "at"), 0, "start of mlock2");
		vt_equal(vt_int(e, "length"), PAGE, "length of mlock2");
		vt_equal(vt_int(e, "flags"), 1, "MLOCK_ONFAULT");
	}
	if (!strcmp(call, "mlock"))
		vt_equal(vt_hex(e, "start") - vt_hex(work, "whole"), 0, "start of mlock");
}

static void trace_has_each_call(void **state)
{
	int64_t seen[NR_CALLS] = { 0 };
	struct vt_scope s;

	(void)state;
	vt_trace(&s, VT_ARGS("--events", "memcall"), VT_ARGS("memlocks"));
	for (size_t n = 0; n < json_object_array_length(s.json); n++) {
		struct json_object *e = json_object_array_get_idx(s.json, n);

		for (size_t i = 0; i < NR_CALLS; i++) {
			if (strcmp(vt_str(e, "type"), "memcall") ||
			    strcmp(vt_str(e, "call"), calls[i]))
				continue;
			check_event(e, s.work);
			seen[i]++;
		}
	}
	for (size_t i = 0; i < NR_CALLS; i++)
		vt_equal(seen[i], made(s.work, "calls", calls[i]), "events of %s", calls[i]);
	vt_scope_free(&s);
}

/** check_gup - the faults without a trap in the program's ranges, and of the others none */
static void check_gup(struct json_object *stat, struct json_object *work, const char *by)
{
	struct json_object *range, *vma;

	vt_each(range, work, "ranges")
	{
		int64_t gup = 0, faults = 0;

		if (!vt_int(range, "gup"))
			continue;
		vt_each(vma, vt_process(stat, vt_int(work, "pid")), "vmas")
		{
			if (vt_hex(vma, "start") >= vt_hex(range, "end") ||
			    vt_hex(vma, "end") <= vt_hex(range, "start"))
				continue;
			gup += vt_int(vma, "gup");
			faults += vt_int(vma, "faults");
		}
		vt_equal(gup, vt_int(range, "gup"), "faults without a trap of %s, %s",
			 vt_str(range, "kind"), by);
		vt_equal(faults, gup, "faults of %s, %s", vt_str(range, "kind"), by);
	}
}

/** recorded - `record` with @options: the calls and the faults inside of them */
static void recorded(const char *const *options, const char *by)
{
	const char *argv[24] = { "-q", "--events", "fault,memcall" };
	struct json_object *json;
	struct vt_recorded r;
	struct vt_cmd report;
	size_t n = 3;

	while (*options)
		argv[n++] = *options++;
	vt_record(&r, argv, VT_ARGS("memlocks"));
	vt_report(&report, r.file, VT_ARGS("--view", "shootdown", "-j"), 0);
	json = vt_json(report.out, "report");
	check_counts(json, r.work, by);
	json_object_put(json);
	vt_free(&report);
	json = vt_report_json(r.file, 0);
	check_gup(json, r.work, by);
	json_object_put(json);
	vt_recorded_free(&r);
}

static void recording(void **state)
{
	const char *const none[] = { NULL };

	(void)state;
	recorded(none, "what vmascope chooses");
}

static void run_variant(const struct vt_variant *v)
{
	struct vt_scope s;
	char by[160];

	snprintf(by, sizeof(by), "%s: %s", v->hook, v->name);
	vt_scope_one(&s, "shootdown", v->args, VT_ARGS("memlocks", "--count", "5"));
	assert_string_equal(vt_str(vt_need(s.json, "hooks", json_type_object), v->hook), v->name);
	check_counts(s.json, s.work, by);
	vt_scope_free(&s);
	recorded(v->args, by);
}

/* Each variant of the hooks of calls, and with each of those of the ends of faults. */
static void by_every_variant(void **state)
{
	static struct vt_variant v[VT_VARIANTS_MAX];
	const size_t nr = vt_variants(v);
	size_t runs = 0;

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		if (strcmp(v[i].hook, "memcall"))
			continue;
		for (size_t k = 0; k < nr; k++) {
			struct vt_variant both = v[i];

			if (strcmp(v[k].hook, "fault_end") || !vt_variants_join(&both, &v[k]))
				continue;
			run_variant(&both);
			runs++;
		}
	}
	vt_cmp(runs, >, 0, "variants");
	print_message("# %zu combinations of variants\n", runs);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(calls_with_their_ranges), VT_TEST(calls_by_tracepoints),
	VT_TEST(trace_has_each_call),	  VT_TEST(recording),
	VT_TEST(by_every_variant),
};

VT_MAIN(tests)
