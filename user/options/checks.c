// SPDX-License-Identifier: GPL-2.0-only
/* checks.c - checks of combinations of options. */
#include "options/options.h"

#include "util/array.h"
#include "util/log.h"

/** stack_option - the first option about stacks that is given. Return: its name, or NULL. */
static const char *stack_option(const struct options *o)
{
	const struct {
		const char *name;
		bool given;
	} all[] = {
		{ "-U", o->capture.bpf.user_stacks },
		{ "-K", o->capture.bpf.kernel_stacks },
		{ "--lines", o->lines },
		{ "--unwind dwarf", o->dwarf },
		{ "--stack-size", o->stack_bytes },
		{ "--stacks", o->capture.nr_stacks },
		{ "--per-process", o->per_process },
		{ "--folded", o->folded },
		{ "--flame", o->flame },
		{ "--weight", o->weight >= 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].given)
			return all[i].name;
	return NULL;
}

int options__check_stacks(const struct options *o, bool wanted, const char *how)
{
	const char *name = stack_option(o);

	if (name && !wanted)
		return vs_fail(VS_EXIT_USAGE, how, "%s requires stacks", name);
	if (o->stack_bytes && !o->dwarf)
		return vs_fail(VS_EXIT_USAGE, "add --unwind dwarf",
			       "--stack-size requires --unwind dwarf");
	if (o->capture.nr_stacks && o->dwarf)
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--stacks has no effect with --unwind dwarf");
	return 0;
}

bool options__with_stacks(const struct options *o)
{
	return o->capture.bpf.user_stacks || o->capture.bpf.kernel_stacks;
}

int options__check_event_stacks(const struct options *o)
{
	if (o->dwarf && !o->capture.bpf.user_stacks)
		return vs_fail(VS_EXIT_USAGE, "add -U", "--unwind dwarf requires user stacks");
	return options__check_stacks(o, options__with_stacks(o), "add -U or -K");
}

bool options__in_time(const struct options *o, uint64_t start_ns, uint64_t time_ns)
{
	const uint64_t since = time_ns > start_ns ? time_ns - start_ns : 0;

	return !o->until_ns || (since >= o->from_ns && since < o->until_ns);
}
