// SPDX-License-Identifier: GPL-2.0-only
/* names.c - names of the enums in bpf/events.h, as users type and read them. */
#include "model/names.h"

#include <errno.h>
#include <string.h>

const char *const access_names[VS_NR_ACCESS] = {
	[VS_ACCESS_READ] = "read",
	[VS_ACCESS_WRITE] = "write",
	[VS_ACCESS_EXEC] = "exec",
	[VS_ACCESS_UNKNOWN] = "unknown",
};

const char *const origin_names[VS_NR_ORIGIN] = {
	[VS_ORIGIN_USER] = "user",
	[VS_ORIGIN_KERNEL] = "kernel",
	[VS_ORIGIN_GUP] = "gup",
};

const char *const outcome_names[VS_NR_OUTCOME] = {
	[VS_MINOR] = "minor",
	[VS_MAJOR] = "major",
	[VS_INCOMPLETE] = "incomplete",
};

const char *const cause_names[VS_NR_CAUSES] = {
	[VS_CAUSE_UNKNOWN] = "unknown",
	[VS_CAUSE_ANON_ZERO] = "anon-zero",
	[VS_CAUSE_FILE_MAP] = "file-map",
	[VS_CAUSE_FILE_READ] = "file-read",
	[VS_CAUSE_SHMEM] = "shmem",
	[VS_CAUSE_SWAP_IN] = "swap-in",
	[VS_CAUSE_COW] = "cow",
	[VS_CAUSE_WRITE_NOTIFY] = "write-notify",
	[VS_CAUSE_NUMA_HINT] = "numa-hint",
	[VS_CAUSE_UFFD] = "uffd",
	[VS_CAUSE_HUGETLB] = "hugetlb",
	[VS_CAUSE_MIGRATION] = "migration",
	[VS_CAUSE_PROT] = "prot",
	[VS_CAUSE_PKEY] = "pkey",
	[VS_CAUSE_SEGV_MAPERR] = "segv-maperr",
	[VS_CAUSE_SEGV_ACCERR] = "segv-accerr",
	[VS_CAUSE_SIGBUS] = "sigbus",
	[VS_CAUSE_SPURIOUS] = "spurious",
	[VS_CAUSE_GUP] = "gup",
};

const char *const size_names[VS_NR_SIZES] = {
	[VS_SIZE_PAGE] = "page",
	[VS_SIZE_LARGE] = "large",
	[VS_SIZE_PMD] = "pmd",
	[VS_SIZE_PUD] = "pud",
};

const char *const lost_names[VS_NR_LOST] = {
	[VS_LOST_EVENTS] = "events",	 [VS_LOST_SLOTS] = "slots", [VS_LOST_TASKS] = "tasks",
	[VS_LOST_LOOKUPS] = "lookups",	 [VS_LOST_FILES] = "files", [VS_LOST_LATENCY] = "latency",
	[VS_LOST_IDENTITY] = "identity", [VS_LOST_HISTS] = "hists", [VS_LOST_NOTICES] = "notices",
	[VS_LOST_HEAT] = "heat",
};

int names__find(const char *const *names, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return -ENOENT;
}
