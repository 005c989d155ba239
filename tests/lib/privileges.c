// SPDX-License-Identifier: GPL-2.0-only
/*
 * privileges.c - check user, groups, capabilities and seccomp of threads in
 * /proc/PID/task/TID/status.
 */
#include "privileges.h"

#include <dirent.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "scope.h"
#include "system.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
/** Capabilities with which the counting process reads /proc. */
#define PROC_CAPS (1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_SYS_PTRACE | 1ULL << CAP_PERFMON)
#define ALL_CAPS ((1ULL << (CAP_LAST_CAP + 1)) - 1)
/** uid and gid of nobody and nogroup */
#define NOBODY 65534

static const char *field_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	vt_true(at);
	return at + strlen(name);
}

static uint64_t number_of(const char *text, const char *name, int base)
{
	return strtoull(field_of(text, name), NULL, base);
}

/** check_ids - all four ids are the expected ones, and there are no other groups */
static void check_ids(const char *text, const char *path)
{
	const char *groups;

	for (int group = 0; group < 2; group++) {
		const char *name = group ? "\nGid:" : "\nUid:";
		char *at = (char *)field_of(text, name);

		for (int i = 0; i < 4; i++)
			vt_equal(strtoull(at, &at, 10), NOBODY, "%s number %d in %s", name + 1, i,
				 path);
	}
	groups = field_of(text, "\nGroups:");
	while (*groups == ' ' || *groups == '\t')
		groups++;
	vt_true(*groups == '\n');
}

static void check_caps(const char *text, uint64_t caps, const char *path)
{
	vt_equal(number_of(text, "\nCapInh:", 16), 0, "CapInh in %s", path);
	vt_equal(number_of(text, "\nCapAmb:", 16), 0, "CapAmb in %s", path);
	vt_equal(number_of(text, "\nCapEff:", 16) & ~caps, 0, "CapEff in %s", path);
	vt_equal(number_of(text, "\nCapPrm:", 16) & ~caps, 0, "CapPrm in %s", path);
	vt_equal(number_of(text, "\nCapBnd:", 16) & ALL_CAPS, 0, "CapBnd in %s", path);
}

static void check_thread(const char *path, uint64_t caps, bool filtered)
{
	char *text = vt_read_file(path, NULL);

	print_message("# %s: uid %d gid %d CapPrm %llx CapEff %llx CapBnd %llx NoNewPrivs %d "
		      "Seccomp %d\n",
		      path, (int)number_of(text, "\nUid:", 10), (int)number_of(text, "\nGid:", 10),
		      (unsigned long long)number_of(text, "\nCapPrm:", 16),
		      (unsigned long long)number_of(text, "\nCapEff:", 16),
		      (unsigned long long)number_of(text, "\nCapBnd:", 16),
		      (int)number_of(text, "\nNoNewPrivs:", 10),
		      (int)number_of(text, "\nSeccomp:", 10));
	check_ids(text, path);
	check_caps(text, caps, path);
	vt_equal(number_of(text, "\nNoNewPrivs:", 10), 1, "NoNewPrivs in %s", path);
	/* the sanitizers' runtime needs more system calls, so no filter is installed */
	if (filtered && !strstr(vt_vmascope(), "asan"))
		vt_equal(number_of(text, "\nSeccomp:", 10), 2, "Seccomp in %s", path);
	free(text);
}

/** check_threads - threads of @pid: not root, at most @caps, and with seccomp if @filtered */
static void check_threads(pid_t pid, uint64_t caps, bool filtered)
{
	char path[300];
	struct dirent **names;
	int nr, checked = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	nr = scandir(path, &names, NULL, alphasort);
	vt_cmp(nr, >, 0, "entries of %s", path);
	for (int i = 0; i < nr; i++) {
		if (*names[i]->d_name != '.') {
			snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pid,
				 names[i]->d_name);
			check_thread(path, caps, filtered);
			checked++;
		}
		free(names[i]);
	}
	free(names);
	vt_cmp(checked, >, 0, "threads");
}

pid_t vt_child_of(pid_t pid)
{
	char path[64], *text;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	text = vt_read_file(path, NULL);
	child = strtol(text, NULL, 10);
	free(text);
	vt_cmp(child, >, 0, "pid of a child of process %d", pid);
	return child;
}

void vt_check_serve(pid_t pid)
{
	check_threads(pid, PROC_CAPS, false);
	check_threads(vt_child_of(pid), 0, true);
}
