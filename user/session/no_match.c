// SPDX-License-Identifier: GPL-2.0-only
/* no_match.c - note about a run in which nothing matched the filters. */
#include "session/no_match.h"

#include <stdio.h>

#include "model/names.h"
#include "util/log.h"
#include "util/str.h"

/** Size of the filters as typed: longer text is truncated. */
#define FILTERS_LEN 256

/** add - add a filter to @text, of which @len bytes are in use. Return: bytes in use. */
static size_t add(char *text, size_t len, const char *option, const char *value)
{
	const int n = len < FILTERS_LEN ? snprintf(text + len, FILTERS_LEN - len, "%s%s %s",
						   len ? ", " : "", option, value)
					: 0;

	return n > 0 ? len + n : len;
}

static size_t add_causes(char *text, size_t len, uint32_t causes)
{
	char list[128] = "";
	size_t at = 0;

	for (int i = 0; i < VS_NR_CAUSES && at < sizeof(list); i++)
		if (causes & 1u << i)
			at += snprintf(list + at, sizeof(list) - at, "%s%s", at ? "," : "",
				       cause_names[i]);
	return add(text, len, "--cause", list);
}

void no_match__note(const struct options *o, const char *what)
{
	char filters[FILTERS_LEN] = "";
	size_t len = 0;

	if (o->vma)
		len = add(filters, len, "--vma", o->vma);
	if (o->capture.comm)
		len = add(filters, len, "--comm", o->capture.comm);
	if (o->cgroup)
		len = add(filters, len, "--cgroup", o->cgroup);
	if (o->capture.bpf.causes)
		len = add_causes(filters, len, o->capture.bpf.causes);
	if (o->capture.bpf.slower_than_ns)
		len = add(filters, len, "--slower-than",
			  str_ns(o->capture.bpf.slower_than_ns).text);
	if (!len)
		return;
	vs_note("no %s matched %s%s", what, filters,
		o->vma			? " (without --vma, `vmascope stat` lists the mappings)"
		: o->capture.comm	? " (`ps -e -o comm` lists command names)"
		: o->capture.bpf.causes ? " (`vmascope stat --by cause` lists the causes)"
					: "");
}
