// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_shootdown_test - one call that interrupts several CPUs, on a machine with four: how many, which,
 * and none else.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CPUS 4
/* An emulated pair takes up to 80 ms: each CPU of the guest needs its turn on one of the host's. */
#define PAIRS 100
/* Flushes that may be missing on the page, or be more: see run(). */
#define SLACK 10

static void need_cpus(void)
{
	vt_cmp(sysconf(_SC_NPROCESSORS_ONLN), >=, CPUS, "CPUs");
}

/* From CPU 0 to @cpu: what the tracer says. */
static int64_t to_cpu(struct vt_shot *shot, int cpu)
{
	int64_t pid = vt_int(shot->s.work, "pid");
	int64_t got = vt_pairs_sum(shot->s.json, "user", pid, -1, 0, cpu);

	if (vt_ftrace_has_csd())
		vt_equal(got, shot->kernel.pair[0][cpu], "CPU 0 to CPU %d", cpu);
	return vt_pairs_sum(shot->s.json, "user", pid, pid, 0, cpu);
}

static void run(struct vt_shot *shot, const char *targets)
{
	char pairs[16];

	need_cpus();
	snprintf(pairs, sizeof(pairs), "%d", PAIRS);
	vt_shootdown(shot, NULL, VT_ARGS("fanout", "--pairs", pairs, "--targets", targets));
	vt_equal(vt_int(shot->s.work, "mprotects"), 2 * PAIRS, "calls that the workload makes");
	/*
	 * A switch between two of them can have flushed already, and NUMA balancing flushes on the
	 * way out of some; the tracer has counted the same.
	 */
	vt_cmp(vt_page_sum(shot, "flushes.local"), >=, 2 * PAIRS - SLACK, "own CPU's flushes");
	vt_cmp(vt_page_sum(shot, "flushes.local"), <=, 2 * PAIRS + SLACK, "own CPU's flushes");
}

static void every_cpu_is_interrupted(void **state)
{
	struct vt_shot shot;
	int64_t sum = 0;

	(void)state;
	run(&shot, "3");
	for (int cpu = 1; cpu < CPUS; cpu++) {
		int64_t n = to_cpu(&shot, cpu);

		vt_cmp(n, >, PAIRS, "interrupts that its thread on CPU %d took", cpu);
		sum += n;
	}
	vt_cmp(vt_page_sum(&shot, "flushes.remote"), >, PAIRS, "flushes sent");
	vt_cmp(vt_page_sum(&shot, "interrupts"), >, 2 * vt_page_sum(&shot, "flushes.remote"),
	       "interrupts, of three for each flush sent");
	print_message("# fanout: %ld flushes sent, %ld interrupts, %ld of its own threads\n",
		      (long)vt_page_sum(&shot, "flushes.remote"),
		      (long)vt_page_sum(&shot, "interrupts"), (long)sum);
	vt_shootdown_free(&shot);
}

/* A CPU that never ran this process has nothing to flush. */
static void other_cpus_are_not_interrupted(void **state)
{
	struct vt_shot shot;

	(void)state;
	run(&shot, "2");
	vt_cmp(to_cpu(&shot, 1), >, PAIRS, "interrupts that its thread on CPU 1 took");
	vt_cmp(to_cpu(&shot, 2), >, PAIRS, "interrupts that its thread on CPU 2 took");
	vt_equal(to_cpu(&shot, 3), 0, "interrupts that a thread of it took on CPU 3");
	vt_cmp(vt_page_sum(&shot, "interrupts"), <=, 2 * vt_page_sum(&shot, "flushes.remote"),
	       "interrupts, of two for each flush sent");
	vt_shootdown_free(&shot);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(every_cpu_is_interrupted),
	VT_TEST(other_cpus_are_not_interrupted),
};

VT_MAIN(tests)
