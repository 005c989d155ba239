// SPDX-License-Identifier: GPL-2.0-only
/*
 * background_test - flushes by the kernel's own threads: whose they are, and how many, in a run of
 * the whole system.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The kernel's thread of this name. */
static pid_t kthread(const char *comm)
{
	char path[64], *name;
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	pid_t found = 0;

	vt_true(dir);
	while (!found && (entry = readdir(dir))) {
		if (atoi(entry->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/comm", atoi(entry->d_name));
		if (access(path, R_OK))
			continue;
		name = vt_read_file(path, NULL);
		if (!strncmp(name, comm, strlen(comm)) && name[strlen(comm)] == '\n')
			found = atoi(entry->d_name);
		free(name);
	}
	closedir(dir);
	if (!found)
		fail_msg("no thread %s", comm);
	return found;
}

/* What the kernel says of @comm while the workload ran, and while vmascope did: others run, too. */
struct bounds {
	struct vt_ktally low;
	struct vt_ktally high;
};

/* There is a flush only where the workload's thread is on a CPU: on a busy machine that is seldom. */
static void tally(struct bounds *b, const char *comm)
{
	vt_ftrace_tally(&b->low, kthread(comm), "start", "end");
	vt_ftrace_tally(&b->high, kthread(comm), "before", "after");
	vt_cmp(b->low.all.local + b->low.all.remote, >, 0, "flushes by %s", comm);
}

static void between(int64_t got, int64_t low, int64_t high, const char *what, const char *comm)
{
	vt_cmp(got, >=, low, "%s by %s", what, comm);
	vt_cmp(got, <=, high, "%s by %s", what, comm);
}

static void check(struct json_object *json, const struct bounds *b, const char *call,
		  const char *comm)
{
	between(vt_calls_sum(json, call, NULL, "flushes.local"), b->low.all.local,
		b->high.all.local, "local flushes", comm);
	between(vt_calls_sum(json, call, NULL, "flushes.remote"), b->low.all.remote,
		b->high.all.remote, "flushes sent", comm);
	between(vt_calls_sum(json, call, NULL, "pages"), b->low.all.pages, b->high.all.pages,
		"pages", comm);
	between(vt_calls_sum(json, call, NULL, "flushes.full"), b->low.all.full, b->high.all.full,
		"full flushes", comm);
	print_message("# %s: %ld to %ld flushes sent, %ld interrupts\n", comm,
		      (long)b->low.all.remote, (long)b->high.all.remote,
		      (long)vt_calls_sum(json, call, NULL, "interrupts"));
}

/*
 * Run the workload's mode in a trace of the whole system: @call's rows are what @comm did. It does
 * it while "1" is in the file @enabled (NULL: for those that ask for it).
 */
static void run(const char *mode, const char *comm, const char *call, const char *enabled)
{
	const char *output = vt_path("all.json"), *result = vt_path("result.json");
	static struct bounds kernel;
	struct json_object *json;
	struct vt_cmd scope, cmd;
	size_t n;

	vt_ftrace_start();
	vt_ftrace_only(kthread(comm));
	vt_ftrace_mark("before");
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "shootdown", "--by", "call", "-j", "-o", output));
	vt_await_attached(&scope);
	vt_ftrace_mark("start");
	if (enabled)
		vt_set(enabled, "1");
	vt_start(&cmd, NULL, VT_ARGS(vt_workload("background"), "--result", result, mode));
	vt_wait(&cmd, 2 * VT_PATIENCE);
	if (enabled)
		vt_set(enabled, "0");
	vt_ftrace_mark("end");
	vt_interrupt(&scope);
	vt_ftrace_mark("after");
	vt_ftrace_stop(&n);
	vt_equal(cmd.exit, 0, "workload's exit status: %s", cmd.err);
	json = vt_json_file(output);
	vt_check_shootdown(json);
	tally(&kernel, comm);
	check(json, &kernel, call, comm);
	json_object_put(json);
	vt_free(&cmd);
	vt_free(&scope);
}

static void flushes_of_ksmd(void **state)
{
	(void)state;
	vt_set("/sys/kernel/mm/ksm/sleep_millisecs", "5");
	vt_set("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	run("ksm", "ksmd", "ksm", "/sys/kernel/mm/ksm/run");
}

static void flushes_of_khugepaged(void **state)
{
	(void)state;
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "10");
	vt_set("/sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs", "10");
	run("khugepaged", "khugepaged", "khugepaged", NULL);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(flushes_of_ksmd),
	VT_TEST(flushes_of_khugepaged),
};

VT_MAIN(tests)
