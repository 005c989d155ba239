// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm_hotplug_test - a CPU goes and comes again while vmascope runs: it sees what happens there.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CPU "1"
#define ONLINE "/sys/devices/system/cpu/cpu" CPU "/online"
#define FAULTS 5000

/** struct waited - that process @cmd has @want links of programs open */
struct waited {
	const struct vt_cmd *cmd;
	int want;
};

/*
 * Links: a software event is open before its program is attached to it, and until then no fault's end
 * is seen on that CPU.
 */
static int links(const struct vt_cmd *cmd)
{
	char dir[64], path[400], to[64];
	struct dirent *entry;
	int found = 0;
	DIR *d;

	snprintf(dir, sizeof(dir), "/proc/%d/fd", cmd->pid);
	d = opendir(dir);
	vt_true(d != NULL);
	while ((entry = readdir(d))) {
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		n = readlink(path, to, sizeof(to) - 1);
		if (n > 0) {
			to[n] = '\0';
			found += strstr(to, "bpf_link") != NULL;
		}
	}
	closedir(d);
	return found;
}

static bool has_events(void *arg)
{
	const struct waited *w = arg;

	return links(w->cmd) == w->want;
}

static void await_events(const struct vt_cmd *cmd, int want, const char *what)
{
	struct waited w = { .cmd = cmd, .want = want };

	vt_await(has_events, &w, what, VT_PATIENCE);
}

/* With the software events as ends, which the kernel takes from a CPU that goes. */
static void cpu_offline_and_online(void **state)
{
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;
	int before;

	(void)state;
	if (access(ONLINE, W_OK))
		skip(); /* a kernel that keeps its CPUs */
	vt_gated_start(&g, VT_ARGS("storm", "--faults", "5000", "--threads", "2", "--pin"));
	vt_attach_stat(&scope, VT_ARGS("-n", "storm", "--no-feature", "fexit"));
	before = links(&scope);
	vt_set(ONLINE, "0");
	await_events(&scope, before - 2, "the end hooks of the CPU that has gone are closed");
	vt_undo();
	await_events(&scope, before, "the end hooks of the CPU that has come are open");
	vt_gated_run(&g);
	json = vt_stop_stat(&scope);
	vt_check_attached_usage(json, g.known);
	vt_cmp(vt_sum_pid(json, vt_int(g.known, "pid"), "minor"), >=, FAULTS, "faults");
	vt_equal(vt_int(json, "lost.latency"), 0, "latencies that are not known");
	json_object_put(json);
	vt_gated_free(&g);
}

static const struct CMUnitTest tests[] = { VT_TEST(cpu_offline_and_online) };

VT_MAIN(tests)
