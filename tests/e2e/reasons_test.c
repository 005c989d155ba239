// SPDX-License-Identifier: GPL-2.0-only
/*
 * reasons_test - what page faults and memory calls waited for: the mmap_lock, reclaim in a memory cgroup,
 * compaction; compared with the events of the kernel's tracer in the same run.
 */
#include "check.h"
#include "memcg.h"
#include "reasons.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <string.h>

/** The tracer's text has whole microseconds: both ends of a wait. */
#define ROUNDED_NS 2000

static int64_t known(struct json_object *of, const char *path)
{
	return vt_get(of, path) ? vt_int(of, path) : 0;
}

static void check_bounds(const char *what, int reason, int64_t ns, const struct vt_bounds *b)
{
	const int64_t slack = b->count * ROUNDED_NS;

	if (b->count || ns)
		print_message("# %s: %s %ld us; tracer: %ld waits, %ld to %ld us\n", what,
			      vt_reason_names[reason], (long)ns / 1000, (long)b->count,
			      (long)b->least / 1000, (long)b->most / 1000);
	vt_cmp(ns, >=, b->least - slack, "%s: %s", what, vt_reason_names[reason]);
	vt_cmp(ns, <=, b->most + slack, "%s: %s", what, vt_reason_names[reason]);
}

/** sum_of_waits - Σ of all known reasons in @row, which fit into its time */
static int64_t sum_of_waits(struct json_object *row)
{
	int64_t sum = 0;
	char path[64];

	for (int i = 0; i < VT_NR_REASONS; i++) {
		snprintf(path, sizeof(path), "waits.%s", vt_reason_names[i]);
		sum += vt_int(row, path);
	}
	vt_cmp(sum + known(row, "waits.other"), <=, vt_int(row, "time_ns.total"), "sum of reasons");
	vt_cmp(known(row, "waits.other"), <=, known(row, "time_ns.blocked"), "other, of blocked");
	return sum;
}

static void check_faults(struct json_object *stat, const struct vt_reasons *r)
{
	struct json_object *process, *vma, *totals = vt_need(stat, "totals", json_type_object);
	int64_t by_process = 0, by_vma = 0, sum = sum_of_waits(totals);
	char path[64];

	for (int i = 0; i < VT_NR_REASONS; i++) {
		snprintf(path, sizeof(path), "waits.%s", vt_reason_names[i]);
		check_bounds("faults", i, vt_int(totals, path), &r->fault[i]);
	}
	vt_each(process, stat, "processes")
	{
		by_process += vt_get(process, "waits") ? sum_of_waits(process) : 0;
		vt_each(vma, process, "vmas") by_vma += vt_get(vma, "waits") ? sum_of_waits(vma)
									     : 0;
	}
	vt_equal(by_process, sum, "sum of processes");
	vt_equal(by_vma, sum, "sum of VMAs");
}

static void check_calls(struct json_object *shootdown, const struct vt_reasons *r)
{
	int64_t ns[VT_NR_REASONS] = {};
	struct json_object *row;
	char path[64];

	vt_each(row, shootdown, "calls")
	{
		if (!vt_get(row, "waits"))
			continue;
		sum_of_waits(row);
		for (int i = 0; i < VT_NR_REASONS; i++) {
			snprintf(path, sizeof(path), "waits.%s", vt_reason_names[i]);
			ns[i] += vt_int(row, path);
		}
	}
	for (int i = 0; i < VT_NR_REASONS; i++)
		check_bounds("calls", i, ns[i], &r->call[i]);
}

/** check_why - the table of reasons is that of the totals, and adds up to the time in faults. */
static void check_why(const char *file)
{
	struct json_object *stat, *row;
	struct vt_cmd cmd;
	int64_t sum = 0;
	char path[64];

	vt_report(&cmd, file, VT_ARGS("--why", "-j"), 0);
	stat = vt_json(cmd.out, file);
	vt_each(row, stat, "reasons")
	{
		sum += vt_int(row, "sum_ns");
		snprintf(path, sizeof(path), "totals.waits.%s", vt_str(row, "reason"));
		if (strcmp(vt_str(row, "reason"), "none"))
			vt_equal(vt_int(row, "sum_ns"), vt_int(stat, path), "%s", path);
	}
	vt_equal(sum, vt_int(stat, "totals.time_ns.total"), "sum of reasons, and the rest");
	json_object_put(stat);
	vt_free(&cmd);
}

/* The thread sleeps until the lock is free, and nowhere else. */
static void contended_mmap_lock(void **state)
{
	struct json_object *stat, *shootdown;
	struct vt_recorded rec;
	struct vt_reasons r;
	struct vt_cmd cmd;
	int64_t waits = 0;

	(void)state;
	vt_reasons_start("waits");
	vt_record(&rec, VT_ARGS("--events", "fault,memcall"),
		  VT_ARGS("waits", "--count", "20", "lock"));
	vt_reasons_stop(&r);
	stat = vt_report_json(rec.file, 0);
	check_faults(stat, &r);
	json_object_put(stat);
	check_why(rec.file);
	vt_report(&cmd, rec.file, VT_ARGS("--view", "shootdown", "-j"), 0);
	shootdown = vt_json(cmd.out, rec.file);
	check_calls(shootdown, &r);
	json_object_put(shootdown);
	vt_free(&cmd);
	for (int i = VT_LOCK_READ; i <= VT_LOCK_WRITE; i++)
		waits += r.fault[i].count + r.call[i].count;
	vt_cmp(waits, >=, 20, "waits for the lock");
	vt_recorded_free(&rec);
}

static char cgroup[512];

static int cgroup_done(void **state)
{
	if (cgroup[0])
		vt_memcg_remove(cgroup);
	cgroup[0] = 0;
	return vt_test_done(state);
}

/* A file that is larger than the limit of the cgroup. */
static void reclaim_in_a_cgroup(void **state)
{
	struct vt_reasons r;
	struct vt_scope s;
	const char *limit;
	char file[600];

	(void)state;
	limit = vt_memcg_make(cgroup, sizeof(cgroup));
	if (!limit) {
		print_message("# no memory controller here\n");
		cgroup[0] = 0;
		return;
	}
	snprintf(file, sizeof(file), "%s/%s", cgroup, limit);
	vt_write_file(file, "8M");
	vt_reasons_start("stalls");
	vt_stat(&s, NULL,
		VT_ARGS("stalls", "--mib", "24", "--dir", vt_disk_dir(), "--cgroup", cgroup,
			"thrash"));
	vt_reasons_stop(&r);
	check_faults(s.json, &r);
	vt_cmp(r.fault[VT_MEMCG_RECLAIM].count, >, 0, "reclaims in faults");
	vt_scope_free(&s);
}

/* The handler is none of the reasons that are known; without hooks, none is. */
static void another_reason(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_scope_one(&s, "stat", NULL,
		     VT_ARGS("waits", "--count", "5", "--sleep-ms", "20", "uffd"));
	vt_equal(known(s.json, "totals.waits.other") + sum_of_waits(vt_get(s.json, "totals")) > 0,
		 known(s.json, "totals.time_ns.blocked") > 0, "a reason is known");
	vt_scope_free(&s);
	vt_scope_one(&s, "stat", VT_ARGS("--no-feature", "contention"),
		     VT_ARGS("waits", "--count", "2", "--sleep-ms", "5", "uffd"));
	vt_true(!vt_get(s.json, "totals.waits.mmap_lock_read"));
	vt_true(!vt_get(s.json, "totals.waits.mmap_lock_write"));
	vt_true(!vt_get(s.json, "totals.waits.other"));
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(contended_mmap_lock),
	cmocka_unit_test_teardown(reclaim_in_a_cgroup, cgroup_done),
	VT_TEST(another_reason),
};

VT_MAIN(tests)
