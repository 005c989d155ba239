// SPDX-License-Identifier: GPL-2.0-only
/* call_site.c - the call site of a memory call, by symbols or by VMAs. */
#include "view/common/call_site.h"

#include <stdio.h>

#include "util/str.h"

int call_site__find(struct call_site *site, struct namer *namer, const struct call_row *row)
{
	const struct fault_row *vma = call_site_vma(row);
	const struct stack *stack = row->stack;
	const bool named_site = stack && stack->nr_user == 1 && stack->frames[0].ip == row->site;
	struct named_stack named = { 0 };
	int err = 0;

	*site = (struct call_site){};
	if (vma)
		*site = (struct call_site){ .module = vma->name,
					    .in_file = true,
					    .offset = call_site_offset(vma, row->site) };
	if (named_site && namer)
		err = namer__stack(namer, stack, &named);
	if (!named.nr_user)
		return err;
	site->function = named.user[0].name;
	site->function_offset = named.user[0].offset;
	if (!vma && named.user[0].module) {
		site->module = named.user[0].module;
		site->in_file = named.user[0].in_file;
		site->offset = named.user[0].module_offset;
	}
	return err;
}

void call_site__print(const struct call_site *site, char *buf, size_t size)
{
	if (site->function && site->module)
		snprintf(buf, size, "%s+0x%llx (%s)", site->function,
			 (unsigned long long)site->function_offset, str_last_part(site->module));
	else if (site->function)
		snprintf(buf, size, "%s+0x%llx", site->function,
			 (unsigned long long)site->function_offset);
	else if (site->in_file)
		snprintf(buf, size, "%s+0x%llx", str_last_part(site->module),
			 (unsigned long long)site->offset);
	else
		snprintf(buf, size, "%s", site->module ? site->module : "");
}
