// SPDX-License-Identifier: GPL-2.0-only
/* smaps.c - parse /proc/PID/smaps (fs/proc/task_mmu.c, show_smap() and show_smap_vma_flags()). */
#include "explain/smaps.h"
#include "util/array.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const field_names[NR_SMAPS_FIELDS] = {
	[SMAPS_RSS] = "Rss",
	[SMAPS_PSS] = "Pss",
	[SMAPS_SWAP] = "Swap",
	[SMAPS_KERNEL_PAGE_SIZE] = "KernelPageSize",
	[SMAPS_MMU_PAGE_SIZE] = "MMUPageSize",
	[SMAPS_ANON_HUGE] = "AnonHugePages",
	[SMAPS_SHMEM_PMD] = "ShmemPmdMapped",
	[SMAPS_FILE_PMD] = "FilePmdMapped",
	[SMAPS_LOCKED] = "Locked",
	[SMAPS_LAZY_FREE] = "LazyFree",
};

static const struct flag vm_flags[] = {
	{ 0, "rd", NULL, "readable" },
	{ 0, "wr", NULL, "writable" },
	{ 0, "ex", NULL, "executable" },
	{ 0, "sh", NULL, "shared" },
	{ 0, "mr", NULL, "may be made readable" },
	{ 0, "mw", NULL, "may be made writable" },
	{ 0, "me", NULL, "may be made executable" },
	{ 0, "ms", NULL, "may be shared" },
	{ 0, "gd", NULL, "grows down" },
	{ 0, "gu", NULL, "has guard regions" }, /* 6.19 */
	{ 0, "pf", NULL, "frames without struct page" },
	{ 0, "dw", NULL, "writes to the file are denied" },
	{ 0, "lo", NULL, "locked in memory" },
	{ 0, "io", NULL, "device memory" },
	{ 0, "sr", NULL, "sequential read advised" },
	{ 0, "rr", NULL, "random read advised" },
	{ 0, "dc", NULL, "not copied on fork" },
	{ 0, "de", NULL, "not expandable" },
	{ 0, "lf", NULL, "locked on fault" },
	{ 0, "ac", NULL, "accounted" },
	{ 0, "nr", NULL, "no swap reserved" },
	{ 0, "ht", NULL, "hugetlb" },
	{ 0, "sf", NULL, "synchronous page faults" },
	{ 0, "nl", NULL, "non-linear" },
	{ 0, "ar", NULL, "architecture-specific flag" },
	{ 0, "wf", NULL, "wiped on fork" },
	{ 0, "dd", NULL, "not in core dumps" },
	{ 0, "bt", NULL, "branch target protection" },
	{ 0, "mt", NULL, "memory tagging" },
	{ 0, "sd", NULL, "soft-dirty" },
	{ 0, "mm", NULL, "mixed: with and without struct page" },
	{ 0, "hg", NULL, "huge pages advised" },
	{ 0, "nh", NULL, "no huge pages" },
	{ 0, "mg", NULL, "mergeable by KSM" },
	{ 0, "mp", NULL, "MPX bounds" },
	{ 0, "um", NULL, "userfaultfd: missing pages" },
	{ 0, "uw", NULL, "userfaultfd: writes" },
	{ 0, "ui", NULL, "userfaultfd: minor faults" },
	{ 0, "ss", NULL, "shadow stack" },
	{ 0, "dp", NULL, "droppable" },
	{ 0, "sl", NULL, "sealed" },
};

static const struct flag unknown_flag = { .word = "unknown" };

static int parse_field(struct smaps *s, const char *line)
{
	const size_t len = strcspn(line, ":");
	uint64_t kib;

	for (int i = 0; i < NR_SMAPS_FIELDS; i++) {
		if (strlen(field_names[i]) != len || strncmp(line, field_names[i], len))
			continue;
		if (sscanf(line + len, ": %" SCNu64 " kB", &kib) != 1)
			return -EINVAL;
		s->bytes[i] = kib << 10;
		s->known |= 1u << i;
	}
	if (len == 7 && !strncmp(line, "VmFlags", len)) {
		line += len + 1;
		line += strspn(line, " ");
		snprintf(s->vm_flags, sizeof(s->vm_flags), "%.*s", (int)strcspn(line, "\n"), line);
	}
	return 0;
}

int smaps__parse(FILE *f, uint64_t address, struct smaps *s)
{
	struct proc_map map;
	bool found = false;
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	memset(s, 0, sizeof(*s));
	while (!err && getline(&line, &cap, f) > 0) {
		err = proc_map__parse(line, &map);
		if (err == -EINVAL) {
			err = found ? parse_field(s, line) : 0;
			continue;
		}
		if (err || found || map.start > address) {
			free(err ? NULL : map.name);
			break;
		}
		found = address < map.end;
		if (found)
			s->map = map;
		else
			free(map.name);
	}
	if (!err && ferror(f))
		err = -EIO;
	free(line);
	if (!err && !found)
		err = -ENOENT;
	if (err)
		smaps__free(s);
	return err;
}

int smaps__read(pid_t pid, uint64_t address, struct smaps *s)
{
	char path[64];
	FILE *f;
	int err;

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	err = smaps__parse(f, address, s);
	fclose(f);
	return err;
}

void smaps__free(struct smaps *s)
{
	free(s->map.name);
	memset(s, 0, sizeof(*s));
}

bool smaps__has(const struct smaps *s, const char *flag)
{
	const size_t len = strlen(flag);

	for (const char *p = s->vm_flags; *p; p += strspn(p, " ")) {
		const size_t word = strcspn(p, " ");

		if (word == len && !strncmp(p, flag, len))
			return true;
		p += word;
	}
	return false;
}

const struct flag *smaps__flag(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(vm_flags); i++)
		if (!strcmp(vm_flags[i].name, name))
			return &vm_flags[i];
	return &unknown_flag;
}
