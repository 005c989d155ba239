// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter_cgroup_test - -c traces the processes of a cgroup, of either version, while they are in it.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char cgroup[300];

static int cgroup_done(void **state)
{
	int err = vt_test_done(state);

	if (cgroup[0] && rmdir(cgroup))
		err = -1;
	cgroup[0] = '\0';
	return err;
}

/* A new cgroup in the hierarchy that is mounted at @mount. */
static void make_cgroup(const char *mount)
{
	snprintf(cgroup, sizeof(cgroup), "%s/vmascope-test-%d", mount, getpid());
	vt_sys(mkdir(cgroup, 0755));
}

static void check_cgroup(const char *mount)
{
	char procs[320], pid[16];
	struct vt_gated in, out;
	struct json_object *json;
	struct vt_cmd scope;

	make_cgroup(mount);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", cgroup);
	vt_gated_start(&in, VT_ARGS("storm", "--faults", "2000"));
	vt_gated_start(&out, VT_ARGS("storm", "--faults", "3000"));
	snprintf(pid, sizeof(pid), "%d", in.work.pid);
	vt_write_file(procs, pid);
	vt_attach_stat(&scope, VT_ARGS("-c", cgroup, "--by", "cgroup"));
	vt_gated_run(&in);
	vt_gated_run(&out);
	json = vt_stop_stat(&scope);
	vt_check_only_process(json, &in, &out);
	vt_equal(vt_len(json, "processes"), 1, "processes of that cgroup");
	vt_equal(vt_len(json, "cgroups"), 1, "cgroups");
	vt_equal(strcmp(vt_str(vt_at(json, "cgroups", 0), "cgroup"), cgroup + strlen(mount)), 0,
		 "name of the cgroup");
	json_object_put(json);
	vt_gated_free(&in);
	vt_gated_free(&out);
}

static void by_cgroup(void **state)
{
	(void)state;
	check_cgroup(vt_cgroup2());
}

/* A hierarchy of cgroup v1 that has a name and no controller, as systemd's; seen by this test alone. */
static char named[64];

static int mount_named(void)
{
	char option[64];

	snprintf(option, sizeof(option), "none,name=vmascope-%d", getpid());
	return mount("none", named, "cgroup", 0, option);
}

/* It is there for as long as /proc/self/cgroup has it, mounted or not. */
static bool named_is_there(void)
{
	char *text = vt_read_file("/proc/self/cgroup", NULL), name[64];
	bool found;

	snprintf(name, sizeof(name), ":name=vmascope-%d:", getpid());
	found = strstr(text, name);
	free(text);
	return found;
}

static bool named_goes(void)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	for (int i = 0; i < 100 && named_is_there(); i++)
		nanosleep(&moment, NULL);
	return !named_is_there();
}

/*
 * A cgroup that was removed is part of its hierarchy for a moment, and a hierarchy with one outlives
 * its mount: it goes with the next one.
 */
static int named_done(void **state)
{
	int err = cgroup_done(state);

	if (!named[0])
		return err;
	if (umount(named))
		err = -1;
	for (unsigned int i = 0; i < VT_PATIENCE / 2 && !named_goes(); i++)
		if (mount_named() || umount(named))
			break;
	if (named_is_there() || rmdir(named)) {
		fprintf(stderr, "test: cannot remove the hierarchy at %s\n", named);
		err = -1;
	}
	named[0] = '\0';
	return err;
}

static bool has_cgroup1(void)
{
	char *text = vt_read_file("/proc/filesystems", NULL);
	bool found = strstr(text, "\tcgroup\n");

	free(text);
	text = vt_read_file("/proc/cmdline", NULL);
	found = found && !strstr(text, "cgroup_no_v1=");
	free(text);
	return found;
}

/* Where the kernel has no such hierarchy, the one of cgroup v2 is all there is. */
static void by_named_cgroup(void **state)
{
	(void)state;
	if (!has_cgroup1()) {
		check_cgroup(vt_cgroup2());
		return;
	}
	vt_sys(unshare(CLONE_NEWNS));
	vt_sys(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	snprintf(named, sizeof(named), "/tmp/vmascope-cgroup-%d", getpid());
	vt_sys(mkdir(named, 0755));
	if (mount_named()) {
		const int err = errno;

		rmdir(named);
		named[0] = '\0';
		fail_msg("a named hierarchy of cgroup v1: %s", strerror(err));
	}
	check_cgroup(named);
}

/* Where the memory controller is one of cgroup v1, cgroups are its. */
static void by_memory_cgroup(void **state)
{
	char at[256] = "", *text = vt_read_file("/proc/self/mounts", NULL), *line, *save;

	(void)state;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strstr(line, " cgroup ") && strstr(line, ",memory"))
			sscanf(line, "%*s %255s", at);
	free(text);
	if (at[0])
		check_cgroup(at);
	else
		check_cgroup(vt_cgroup2());
}

static void process_leaves_the_cgroup(void **state)
{
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;

	(void)state;
	make_cgroup(vt_cgroup2());
	vt_gated_start(&g, VT_ARGS("leave", "--how", "cgroup", "--cgroup", cgroup));
	vt_attach_stat(&scope, VT_ARGS("-c", cgroup));
	vt_gated_run(&g);
	json = vt_stop_stat(&scope);
	vt_check_ranges(json, g.known);
	vt_equal(vt_int(json, "totals.gup"), 0, "faults without a trap");
	vt_cmp(vt_int(json, "totals.faults"), <, 5000, "faults in the cgroup");
	json_object_put(json);
	vt_gated_free(&g);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_teardown(by_cgroup, cgroup_done),
	cmocka_unit_test_teardown(by_memory_cgroup, cgroup_done),
	cmocka_unit_test_teardown(process_leaves_the_cgroup, cgroup_done),
	/* the last: it leaves the mount namespace of the others */
	cmocka_unit_test_teardown(by_named_cgroup, named_done),
};

VT_MAIN(tests)
