// SPDX-License-Identifier: GPL-2.0-only
/*
 * callerrors_test - memory calls that fail, and processes that have nearly as many VMAs as they may.
 */
#include "check.h"
#include "recorded.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

/* Σ of the workload's failures of @call. */
static int64_t failures(struct json_object *work, const char *call)
{
	struct json_object *f;
	int64_t sum = 0;

	vt_each(f, work, "failures") if (!strcmp(vt_str(f, "call"), call))
		sum += vt_int(f, "count");
	return sum;
}

/* Σ of the failures of @call with @error that a list of rows has. */
static int64_t rows_with(struct json_object *json, const char *list, const char *call,
			 const char *error)
{
	struct json_object *row;
	int64_t sum = 0;
	char member[64];

	snprintf(member, sizeof(member), "errnos.%s", error);
	vt_each(row, json, list) if (!strcmp(vt_str(row, "call"), call) && vt_get(row, "errnos"))
		sum += vt_int(row, member);
	return sum;
}

/* Each with the error that libc told the workload, in the rows and in the sums. */
static void errors_are_counted_separately(void **state)
{
	struct json_object *failure;
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("badcalls", "--count", "40"));
	vt_each(failure, shot.s.work, "failures")
	{
		const char *call = vt_str(failure, "call"), *error = vt_str(failure, "error");
		struct json_object *same;
		int64_t want = 0;

		vt_each(same, shot.s.work, "failures") if (!strcmp(vt_str(same, "call"), call) &&
							   !strcmp(vt_str(same, "error"), error))
			want += vt_int(same, "count");
		vt_equal(rows_with(shot.s.json, "calls", call, error), want, "%s with %s", call,
			 error);
		vt_equal(rows_with(shot.s.json, "vmas", call, error), want, "rows of %s with %s",
			 call, error);
	}
	vt_shootdown_free(&shot);
}

/* A vfork lasts until its child ends; no other call of the program takes nearly as long. */
static void longest_call(void **state)
{
	struct json_object *call, *longest = NULL;
	int64_t last = INT64_MAX, most = 0, max = 0;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", NULL, VT_ARGS("longcall", "--ms", "300"));
	vt_each(call, s.json, "longest")
	{
		const int64_t ns = vt_int(call, "duration_ns");

		vt_cmp(ns, <=, last, "order of the longest calls");
		last = ns;
		most = ns > most ? ns : most;
		if (!strcmp(vt_str(call, "call"), "fork") &&
		    vt_int(call, "pid") == vt_int(s.work, "pid"))
			longest = call;
	}
	vt_each(call, s.json,
		"calls") if (vt_get(call, "latency_ns") && vt_int(call, "latency_ns.max") > max)
		max = vt_int(call, "latency_ns.max");
	vt_equal(most, max, "the longest of all calls");
	vt_true(longest);
	vt_cmp(vt_int(longest, "duration_ns"), >=, vt_int(s.work, "at_least_ns"), "child's time");
	vt_cmp(vt_int(longest, "duration_ns"), <=, vt_int(s.work, "at_most_ns"), "parent's time");
	vt_true(!vt_get(longest, "errno"));
	vt_scope_free(&s);
}

/** Rows of the longest calls, as the view prints them. */
#define LONGEST 10

static int longer_first(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t n = strlen(text), len = strlen(end);

	return n >= len && !strcmp(text + n - len, end);
}

/** is_on - the first VMA of memory call @event has a name that ends with @end; NULL: any call is */
static bool is_on(struct json_object *event, const char *end)
{
	struct json_object *name;

	if (!end)
		return true;
	name = vt_get(event, "vmas") && vt_len(event, "vmas")
		       ? vt_get(vt_at(event, "vmas", 0), "name")
		       : NULL;
	return name && ends_with(json_object_get_string(name), end);
}

/** durations - of the memory calls that @file has as events and that is_on() @end, the longest first */
static size_t durations(const char *file, const char *end, int64_t **list)
{
	struct json_object *all;
	struct vt_cmd report;
	size_t n, nr = 0;

	vt_report(&report, file, VT_ARGS("--view", "trace", "--events", "memcall", "-j"), 0);
	all = vt_json_lines(report.out, "report");
	n = json_object_array_length(all);
	*list = calloc(n + 1, sizeof(**list));
	vt_true(*list);
	for (size_t i = 0; i < n; i++) {
		struct json_object *event = json_object_array_get_idx(all, i);

		/* one that does not return (exit) has no duration */
		if (!strcmp(vt_str(event, "type"), "memcall") && vt_get(event, "duration_ns") &&
		    is_on(event, end))
			(*list)[nr++] = vt_int(event, "duration_ns");
	}
	qsort(*list, nr, sizeof(**list), longer_first);
	json_object_put(all);
	vt_free(&report);
	return nr;
}

/* check_longest - of a recording, against its events; @vma: "*END": of calls in such VMAs alone, NULL: of all */
static void check_longest(const char *file, const char *vma)
{
	const char *const all[] = { "--view", "shootdown", "-j", NULL };
	const char *const some[] = { "--view", "shootdown", "-j", "--vma", vma, NULL };
	struct json_object *json, *call;
	struct vt_cmd report;
	size_t nr, i = 0;
	int64_t *list;

	nr = durations(file, vma ? vma + 1 : NULL, &list);
	vt_cmp(nr, >, 0, "calls");
	vt_report(&report, file, vma ? some : all, 0);
	json = vt_json(report.out, "report");
	vt_equal(vt_len(json, "longest"), nr < LONGEST ? nr : LONGEST, "longest calls, of %zu", nr);
	vt_each(call, json, "longest")
	{
		vt_equal(vt_int(call, "duration_ns"), list[i], "duration of long call %zu", i);
		i++;
	}
	free(list);
	json_object_put(json);
	vt_free(&report);
}

static void longest_call_of_a_recording(void **state)
{
	struct vt_recorded r;

	(void)state;
	vt_record(&r, VT_ARGS("-q", "--events", "memcall"), VT_ARGS("longcall", "--ms", "20"));
	check_longest(r.file, NULL);
	check_longest(r.file, "*/libc.so.6");
	vt_recorded_free(&r);
}

/*
 * Live: each call on the VMAs that are asked for, known by its size, though a hundred that took longer were
 * made on another one.
 */
static void longest_call_with_a_vma_filter(void **state)
{
	int64_t sum = 0, rows = 0, sizes = 0;
	struct json_object *call;
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "shootdown", VT_ARGS("--vma", "*vt_few*"),
		     VT_ARGS("twovmas", "--few", "500", "--advise", "120"));
	vt_each(call, s.json, "longest")
	{
		const int64_t pages = vt_int(call, "bytes") / 4096;

		assert_string_equal(vt_str(call, "call"), "madvise");
		assert_string_equal(vt_str(call, "advice"), "MADV_DONTNEED");
		vt_contains(vt_str(call, "vma"), "vt_few");
		vt_equal(vt_int(call, "pid"), vt_int(s.work, "pid"), "process of a long call");
		vt_true(pages >= 1 && pages <= 6 && !(sizes & 1 << pages));
		sizes |= 1 << pages;
		sum += vt_int(call, "duration_ns");
	}
	vt_equal(vt_len(s.json, "longest"), 6, "calls on the VMA");
	vt_each(call, s.json, "vmas") if (!strcmp(vt_str(call, "call"), "madvise"))
		rows += vt_int(call, "latency_ns.sum");
	vt_equal(sum, rows, "time of these calls");
	vt_scope_free(&s);
}

static void errors_are_counted(void **state)
{
	static const char *const calls[] = { "mprotect", "pkey_mprotect", "munmap", "madvise",
					     "mremap",	 "mmap",	  "mlock",  "mlock2",
					     "munlock",	 "mlockall" };
	struct vt_shot shot;
	int64_t total = 0;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("badcalls", "--count", "100"));
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int64_t want = failures(shot.s.work, calls[i]);

		vt_cmp(want, >, 0, "failures of %s", calls[i]);
		vt_equal(vt_calls_sum(shot.s.json, calls[i], NULL, "errors"), want, "errors of %s",
			 calls[i]);
		total += want;
	}
	vt_equal(vt_int(shot.s.json, "totals.errors"), total, "errors");
	vt_shootdown_free(&shot);
}

/* With every error's name in `trace`, and no flush that belongs to one that fails at once. */
static void trace_names_the_errors(void **state)
{
	const int64_t moved_before = vt_moved_pages();
	struct json_object *e, *failure;
	struct vt_scope s;
	bool moved;
	int64_t n;

	(void)state;
	vt_trace(&s, VT_ARGS("--events", "memcall,shootdown", "--ring", "65536"),
		 VT_ARGS("badcalls", "--count", "50"));
	moved = vt_moved_pages() != moved_before;
	vt_each(failure, s.work, "failures")
	{
		const char *call = vt_str(failure, "call"), *error = vt_str(failure, "error");
		int64_t want = 0, flushes = 0, may_flush = 0;
		struct json_object *same;

		/* Several kinds may have the same name. */
		vt_each(same, s.work, "failures") if (!strcmp(vt_str(same, "call"), call) &&
						      !strcmp(vt_str(same, "error"), error))
		{
			want += vt_int(same, "count");
			may_flush += vt_bool(same, "flushes") ? vt_int(same, "count") : 0;
		}
		n = 0;
		for (size_t i = 0; i < json_object_array_length(s.json); i++) {
			e = json_object_array_get_idx(s.json, i);
			if (strcmp(vt_str(e, "type"), "memcall") ||
			    strcmp(vt_str(e, "call"), call) || !vt_get(e, "errno") ||
			    strcmp(vt_str(e, "errno"), error))
				continue;
			n++;
			flushes += vt_int(e, "flushes.local") > 0;
			vt_cmp(vt_int(e, "result"), <, 0, "result of %s", call);
		}
		vt_equal(n, want, "%s that fail with %s", call, error);
		/* a call does not flush for a page that the kernel is moving */
		vt_cmp(flushes, <=, may_flush, "%s that flush and fail with %s", call, error);
		if (!moved)
			vt_equal(flushes, may_flush, "%s that flush and fail with %s", call, error);
	}
	vt_scope_free(&s);
}

/* The row of map_counts that is the workload's. */
static struct json_object *map_count(struct vt_shot *shot)
{
	struct json_object *row, *found = NULL;

	vt_each(row, shot->s.json,
		"map_counts") if (vt_int(row, "pid") == vt_int(shot->s.work, "pid"))
	{
		vt_true(!found);
		found = row;
	}
	vt_true(found);
	return found;
}

/** As many VMAs as the kernel has allowed by default since 2.5.70. */
#define DEFAULT_LIMIT 65530

/*
 * vm.max_map_count; distributions raise it to a million, or to where no test can come. What the
 * limit does is the same with the kernel's own, which is put into its place then.
 */
static long ordinary_limit(void)
{
	static const char path[] = "/proc/sys/vm/max_map_count";
	char *text = vt_read_file(path, NULL), number[16];
	long limit = atol(text);

	free(text);
	if (limit <= DEFAULT_LIMIT)
		return limit;
	snprintf(number, sizeof(number), "%d", DEFAULT_LIMIT);
	vt_set(path, number);
	return DEFAULT_LIMIT;
}

/**
 * check_splits - exact; or unknown, where this kernel can't say who has changed the mappings
 *
 * Before mm_lock_seq (6.4) that is known only while nobody else has the mm, and everybody who reads
 * /proc/PID/maps has it for a moment. Since then, no other thread of the workload has changed anything.
 */
static void check_splits(struct vt_shot *shot)
{
	struct json_object *json = shot->s.json;
	const int64_t want = vt_int(shot->s.work, "splits");
	const int64_t unknown = vt_calls_sum(json, "mprotect", NULL, "splits_unknown");
	const int64_t count = vt_calls_sum(json, "mprotect", NULL, "count");
	struct json_object *row;

	vt_cmp(unknown, <=, vt_kernel_has("mm_lock_seq") ? 0 : count,
	       "mprotects of unknown effect");
	if (!unknown) {
		/* and what the C library protects */
		vt_cmp(vt_calls_sum(json, "mprotect", NULL, "splits"), >=, want, "splits");
		vt_cmp(vt_calls_sum(json, "mprotect", NULL, "splits"), <=, want + 10, "splits");
		vt_cmp(vt_calls_sum(json, "mprotect", NULL, "merges"), >=, 1, "merges");
		return;
	}
	print_message("# %ld of %ld mprotects have an unknown effect\n", (long)unknown,
		      (long)count);
	vt_each(row, json, "calls") if (!strcmp(vt_str(row, "call"), "mprotect") &&
					vt_int(row, "splits_unknown"))
		vt_true(!vt_get(row, "splits") && !vt_get(row, "merges"));
}

static void near_max_map_count(void **state)
{
	char vmas[16];
	struct vt_shot shot;
	struct vt_cmd text;
	long limit;

	(void)state;
	vt_columns(80);
	limit = ordinary_limit();
	snprintf(vmas, sizeof(vmas), "%ld", limit - limit / 12);
	vt_shootdown(&shot, VT_ARGS("--by", "call"), VT_ARGS("mapcount", "--vmas", vmas));
	vt_equal(vt_int(map_count(&shot), "vmas"), vt_int(shot.s.work, "most"), "VMAs at most");
	vt_equal(vt_int(map_count(&shot), "limit"), limit, "limit");
	vt_true(vt_bool(map_count(&shot), "near"));
	check_splits(&shot);
	vt_shootdown_free(&shot);
	vt_run(&text, NULL,
	       VT_ARGS(vt_vmascope(), "shootdown", "--", vt_workload("mapcount"), "--vmas", vmas));
	vt_equal(text.exit, 0, "exit status");
	vt_contains(text.out, "max_map_count");
	vt_check_width(text.out, 80);
	vt_free(&text);
}

static void far_below_max_map_count(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("mapcount", "--vmas", "1000"));
	vt_equal(vt_int(map_count(&shot), "vmas"), vt_int(shot.s.work, "most"), "VMAs at most");
	vt_true(!vt_bool(map_count(&shot), "near"));
	vt_shootdown_free(&shot);
}

static void above_max_map_count(void **state)
{
	struct vt_shot shot;

	(void)state;
	ordinary_limit();
	vt_shootdown(&shot, VT_ARGS("--by", "call"), VT_ARGS("mapcount", "--limit"));
	vt_equal(vt_int(map_count(&shot), "vmas"), vt_int(shot.s.work, "limit"), "VMAs at most");
	vt_cmp(vt_int(shot.s.work, "failures"), >, 0, "failures");
	vt_equal(vt_calls_sum(shot.s.json, "mprotect", NULL, "errors"),
		 vt_int(shot.s.work, "failures"), "mprotects that fail");
	vt_shootdown_free(&shot);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(errors_are_counted),
	VT_TEST(trace_names_the_errors),
	VT_TEST(far_below_max_map_count),
	VT_TEST(errors_are_counted_separately),
	VT_TEST(longest_call),
	VT_TEST(longest_call_of_a_recording),
	VT_TEST(longest_call_with_a_vma_filter),
	VT_TEST(near_max_map_count),
	VT_TEST(above_max_map_count),
};

VT_MAIN(tests)
