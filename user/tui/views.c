// SPDX-License-Identifier: GPL-2.0-only
/* views.c - the table of views. */
#include <string.h>

#include "tui/tui.h"

const struct tui_view tui_views[NR_VIEWS] = {
	[VIEW_PROCESSES] = {
		.name = "processes",
		.help = "processes: page faults, and TLB shootdowns they initiated",
		.make = top_processes,
		.sort = "faults",
		.descending = true,
		.drill = VIEW_VMAS,
	},
	[VIEW_VMAS] = {
		.name = "vmas",
		.help = "VMAs of the selected process, with a map of its address space",
		.make = top_vmas,
		.sort = "faults",
		.descending = true,
		.needs_process = true,
		.process = true,
		.drill = VIEW_CAUSES,
		.strip = true,
	},
	[VIEW_CAUSES] = {
		.name = "causes",
		.help = "causes of page faults: system, process or VMA",
		.make = top_causes,
		.sort = "faults",
		.descending = true,
		.process = true,
		.vma = true,
		.drill = VIEW_STACKS,
	},
	[VIEW_CALLS] = {
		.name = "calls",
		.help = "memory calls, their TLB flushes, and the cost on other CPUs",
		.make = top_calls,
		.sort = "interrupts",
		.descending = true,
		.process = true,
		.drill = NR_VIEWS,
	},
	[VIEW_CPUS] = {
		.name = "cpus",
		.help = "CPUs: TLB flush IPIs received, by sending CPU",
		.make = top_cpus,
		.sort = "cpu",
		.drill = NR_VIEWS,
	},
	[VIEW_LOG] = {
		.name = "log",
		.help = "log: fault storms, losses, warnings, hook variants",
		.make = top_notes,
		.sort = "at_ns",
		.descending = true,
		.drill = NR_VIEWS,
	},
	[VIEW_STACKS] = {
		.name = "stacks",
		.help = "stacks of page faults (needs -U or -K)",
		.make = top_stacks,
		.sort = "faults",
		.descending = true,
		.process = true,
		.drill = VIEW_SYMBOLS,
		.stacks = true,
	},
	[VIEW_SYMBOLS] = {
		.name = "symbols",
		.help = "functions of a stack, innermost first",
		.make = top_symbols,
		.sort = "depth",
		.process = true,
		.drill = NR_VIEWS,
		.stacks = true,
		.hidden = true,
	},
};

enum tui_view_id tui_view__find(const char *name)
{
	int id = 0;

	while (id < NR_VIEWS && (tui_views[id].hidden || strcmp(tui_views[id].name, name)))
		id++;
	return id;
}
