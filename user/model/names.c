// SPDX-License-Identifier: GPL-2.0-only
/* names.c - names of the enums in bpf/events.h, as users type and read them. */
#include "model/names.h"
#include "util/array.h"

#include <errno.h>
#include <stdio.h>
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
#define CAUSE_NAME(id, name, what) [VS_CAUSE_##id] = (name),
	VS_EACH_CAUSE(CAUSE_NAME)
#undef CAUSE_NAME
};

const char *const size_names[VS_NR_SIZES] = {
	[VS_SIZE_PAGE] = "page",
	[VS_SIZE_LARGE] = "large",
	[VS_SIZE_PMD] = "pmd",
	[VS_SIZE_PUD] = "pud",
};

const char *const lost_names[VS_NR_LOST] = {
#define NAME(id, name) [VS_LOST_##id] = (name),
	VS_EACH_LOST(NAME)
#undef NAME
};

const char *const call_names[VS_NR_CALLS] = {
#define CALL_NAME(id, name, ...) [VS_CALL_##id] = (name),
	VS_EACH_FOLLOWED_CALL(CALL_NAME) VS_EACH_OTHER_FLUSHER(CALL_NAME)
#undef CALL_NAME
};

const char *const errno_names[VS_NR_ERRNOS] = {
#define NAME(name, number) [VS_##name] = #name,
	VS_EACH_ERRNO(NAME)
#undef NAME
		[VS_ERRNO_OTHER] = "other",
};

const char *const ipi_names[VS_NR_IPI] = {
	[VS_IPI_USER] = "user",
	[VS_IPI_KERNEL] = "kernel-range",
	[VS_IPI_ALL] = "all",
};

/* include/uapi/asm-generic/mman-common.h; the C library's header lacks the newer ones */
static const char *const advice_names[] = {
	[0] = "MADV_NORMAL",	       [1] = "MADV_RANDOM",	     [2] = "MADV_SEQUENTIAL",
	[3] = "MADV_WILLNEED",	       [4] = "MADV_DONTNEED",	     [8] = "MADV_FREE",
	[9] = "MADV_REMOVE",	       [10] = "MADV_DONTFORK",	     [11] = "MADV_DOFORK",
	[12] = "MADV_MERGEABLE",       [13] = "MADV_UNMERGEABLE",    [14] = "MADV_HUGEPAGE",
	[15] = "MADV_NOHUGEPAGE",      [16] = "MADV_DONTDUMP",	     [17] = "MADV_DODUMP",
	[18] = "MADV_WIPEONFORK",      [19] = "MADV_KEEPONFORK",     [20] = "MADV_COLD",
	[21] = "MADV_PAGEOUT",	       [22] = "MADV_POPULATE_READ",  [23] = "MADV_POPULATE_WRITE",
	[24] = "MADV_DONTNEED_LOCKED", [25] = "MADV_COLLAPSE",	     [100] = "MADV_HWPOISON",
	[101] = "MADV_SOFT_OFFLINE",   [102] = "MADV_GUARD_INSTALL", [103] = "MADV_GUARD_REMOVE",
};

#define NR_ADVICE ARRAY_SIZE(advice_names)

const char *advice_name(uint32_t advice)
{
	static _Thread_local char number[24];

	if (advice < NR_ADVICE && advice_names[advice])
		return advice_names[advice];
	snprintf(number, sizeof(number), "advice %u", advice);
	return number;
}

bool call_has_advice(uint32_t call)
{
	return call == VS_CALL_MADVISE || call == VS_CALL_PROCESS_MADVISE;
}

void call_label(char *buf, size_t size, uint32_t call, uint32_t detail)
{
	static const char prefix[] = "MADV_";
	const char *name = call < VS_NR_CALLS ? call_names[call] : "?";
	const char *more = "";

	if (call_has_advice(call))
		more = advice_name(detail);
	else if (call == VS_CALL_MMAP && detail == VS_MMAP_FIXED)
		more = "FIXED";
	if (!strncmp(more, prefix, sizeof(prefix) - 1))
		more += sizeof(prefix) - 1;
	snprintf(buf, size, "%s%s%s", name, *more ? " " : "", more);
}

int names__find(const char *const *names, int nr, const char *name)
{
	for (int i = 0; i < nr; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return -ENOENT;
}
