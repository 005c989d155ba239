// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_numa_test - faults that NUMA balancing causes, on a machine with two nodes.
 */
#include "cause_check.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGES 2048
#define HINTS 2000
#define SETTINGS "/sys/kernel/debug/sched/numa_balancing/"

/* The highest CPU: it is on the last node. */
static const char *last_cpu(void)
{
	static char cpu[24];

	snprintf(cpu, sizeof(cpu), "%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	return cpu;
}

static void need_two_nodes(void)
{
	if (access("/proc/sys/kernel/numa_balancing", F_OK))
		skip(); /* no CONFIG_NUMA_BALANCING: tests/vm/skips tells where that is so */
	vt_true(!access("/sys/devices/system/node/node1", F_OK));
	vt_set("/proc/sys/kernel/numa_balancing", "1");
	vt_set(SETTINGS "scan_delay_ms", "100");
	vt_set(SETTINGS "scan_period_min_ms", "100");
	vt_set(SETTINGS "scan_period_max_ms", "100");
}

/* Each one is a minor fault with this cause, and in the VMA that was read. */
static void numa_hint_faults_are_counted(void **state)
{
	int64_t in_region, by_process, hints, before, after, worker;
	struct json_object *range;
	struct vt_scope s;

	(void)state;
	need_two_nodes();
	before = vt_vmstat("numa_hint_faults");
	vt_stat(&s, NULL,
		VT_ARGS("numa", "--pages", "2048", "--hints", "2000", "--to-cpu", last_cpu()));
	after = vt_vmstat("numa_hint_faults");
	vt_check_sums(s.json);
	vt_check_cause_sums(s.json);
	vt_check_usage(s.json, s.work);
	hints = vt_int(s.work, "hints");
	range = vt_at(s.work, "ranges", 0);
	worker = vt_int(s.work, "worker");
	vt_cmp(hints, >=, HINTS, "faults of NUMA balancing, by getrusage");
	in_region = vt_cause_count(s.json, worker, vt_hex(range, "start"), vt_hex(range, "end"),
				   "numa-hint");
	by_process = vt_int(vt_process(s.json, worker), "causes.numa-hint");
	/* The stack and data of the loop are asked for as well, but they are a few pages. */
	vt_cmp(in_region, <=, hints, "in the VMA, against all while it was read");
	vt_cmp(in_region, >=, hints - hints / 20, "in the VMA, against all while it was read");
	/* The loop may take a few other faults. */
	vt_cmp(by_process, >=, hints - hints / 100, "of the process, against those while it read");
	vt_cmp(by_process, <=, after - before, "of the process, against the kernel's own count");
	vt_equal(vt_cause_count(s.json, worker, vt_hex(range, "start"), vt_hex(range, "end"),
				"anon-zero"),
		 PAGES, "first touches");
	vt_scope_free(&s);
}

/* Nothing is taken for a hint where balancing is off. */
static void no_hint_faults_without_balancing(void **state)
{
	struct json_object *hints;
	struct vt_scope s;

	(void)state;
	need_two_nodes();
	vt_set("/proc/sys/kernel/numa_balancing", "0");
	vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "20000"));
	vt_check_usage(s.json, s.work);
	vt_true(!json_object_object_get_ex(vt_need(s.json, "totals.causes", json_type_object),
					   "numa-hint", &hints));
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(numa_hint_faults_are_counted),
	VT_TEST(no_hint_faults_without_balancing),
};

VT_MAIN(tests)
