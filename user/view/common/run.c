// SPDX-License-Identifier: GPL-2.0-only
/* run.c - the header of a document, and the losses. */
#include "view/common/run.h"

#include <stdio.h>
#include <string.h>

#include "model/names.h"
#include "util/array.h"
#include "util/str.h"

/** Upper limit of the option. */
#define MAX_SLOTS (1u << 22)
#define MAX_RING (1ULL << 30)

static const struct column root_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "command", .type = CELL_STR },
	{ .key = "interval", .type = CELL_U64 },
	{ .key = "duration_ns", .type = CELL_U64, .unit = UNIT_NS },
};
static const struct table_def root_table = OBJECT_DEF(NULL, root_columns, .json_only = true);

static const struct column hook_columns[] = {
	{ .key = "hook", .head = "HOOK", .type = CELL_STR },
	{ .key = "variant", .head = "VARIANT", .type = CELL_STR },
};
static const struct table_def hook_table = TABLE_DEF("hooks", hook_columns, .shape = TABLE_MAP,
						     .json_only = true);

static const struct column lost_columns[] = {
#define COLUMN(id, name) { .key = (name), .type = CELL_U64 },
	VS_EACH_LOST(COLUMN)
#undef COLUMN
		{ .key = "unattributed", .type = CELL_U64 },
};
static const struct table_def lost_table = OBJECT_DEF("lost", lost_columns, .json_only = true);

/** Descriptions for text output. */
static const char *const lost_texts[VS_NR_LOST] = {
	[VS_LOST_EVENTS] = "events (ring buffer full)",
	[VS_LOST_TASKS] = "tasks without state (out of memory)",
	[VS_LOST_LOOKUPS] = "VMA lookups: faults counted by process only",
	[VS_LOST_FILES] = "file names (table full)",
	[VS_LOST_LATENCY] = "latencies of completed faults",
	[VS_LOST_IDENTITY] = "faults that ended after their process had exited",
	[VS_LOST_HISTS] = "latency histograms of a process and cause (table full): shared ones are "
			  "used (use a larger --hists)",
	[VS_LOST_NOTICES] = "notifications of exited processes (ring buffer full): found later",
	[VS_LOST_HEAT] = "faults missing from the heatmap of addresses (table full)",
	[VS_LOST_SLOTS] = "faults without a VMA slot, counted by process and mapping name",
	[VS_LOST_CALLS] = "memory calls and flushes counted by process only (table full)",
	[VS_LOST_PAIRS] = "IPIs missing from initiators and targets (table full)",
	[VS_LOST_RANGES] = "ranges of memory calls (table full): refaults in them are not "
			   "counted as such",
	[VS_LOST_REFAULTS] = "kernel-initiated faults that may be refaults (address unknown on "
			     "this kernel)",
	[VS_LOST_STACKS] = "stacks (table full): counted in one row",
	[VS_LOST_SAMPLES] = "stack copies (ring buffer full): call chains unknown",
	[VS_LOST_MISSED] = "runs of BPF programs skipped by the kernel",
};

void run_view__header(const struct run_facts *run, struct document *d)
{
	struct table *t = document__table(d, &root_table);

	table__set_u64(t, "schema", VIEW_SCHEMA);
	table__set_u64(t, "duration_ns", run->duration_ns);
	if (run->interval)
		table__set_u64(t, "interval", run->interval);
	table__set_str(t, "command", run->command);
	t = document__table(d, &hook_table);
	for (size_t i = 0; i < run->nr_hooks; i++) {
		table__add_row(t);
		table__set_str(t, "hook", run->hooks[i].name);
		table__set_str(t, "variant", run->hooks[i].variant);
	}
}

void run_view__lost(const struct run_facts *run, uint64_t unattributed, struct document *d)
{
	struct table *t = document__table(d, &lost_table);

	for (int i = 0; i < VS_NR_LOST; i++)
		table__set_u64(t, lost_names[i], run->stats.lost[i]);
	table__set_u64(t, "unattributed", unattributed);
}

/** Variants of hooks that make a figure less exact. */
static const struct {
	const char *hook;
	const char *variant;
	const char *text;
} limits[] = {
	{ "fault_begin", "sw-event/PAGE_FAULTS",
	  "read, write and exec accesses are not distinguished on this kernel" },
	{ "cause", "error code and VMA",
	  "causes are less exact: page tables cannot be read, so that swap-in, NUMA hint, "
	  "migration and spurious faults are not distinguished" },
};

void run_view__print_limits(const struct run_facts *run, FILE *f)
{
	for (size_t i = 0; i < run->nr_hooks; i++)
		for (size_t k = 0; k < ARRAY_SIZE(limits); k++)
			if (run->hooks[i].variant && !strcmp(run->hooks[i].name, limits[k].hook) &&
			    !strcmp(run->hooks[i].variant, limits[k].variant))
				fprintf(f, "  %s\n", limits[k].text);
}

/** to_raise - the option that avoids a loss, with a value; "" if there is none */
static void to_raise(const struct run_facts *run, int lost, char *text, size_t size)
{
	*text = '\0';
	if (lost == VS_LOST_SLOTS && run->nr_slots && run->nr_slots <= MAX_SLOTS / 2)
		snprintf(text, size, " (use --slots %u)", run->nr_slots * 2);
	else if (lost == VS_LOST_STACKS && run->nr_stacks)
		snprintf(text, size, " (use --stacks %u)", run->nr_stacks * 4);
	else if ((lost == VS_LOST_EVENTS || lost == VS_LOST_SAMPLES) && run->ring_bytes &&
		 run->ring_bytes <= MAX_RING / 4)
		snprintf(text, size, " (use --ring %zu)", run->ring_bytes >> 8);
}

void run_view__loss(const struct run_facts *run, int lost, char *text, size_t size)
{
	char option[STR_NUMBER_LEN + 16];

	to_raise(run, lost, option, sizeof(option));
	snprintf(text, size, "lost: %s %s%s", str_count(run->stats.lost[lost]).text,
		 lost_texts[lost] ? lost_texts[lost] : lost_names[lost], option);
}

void run_view__print_losses(const struct run_facts *run, FILE *f)
{
	char text[LOSS_LEN];

	for (int i = 0; i < VS_NR_LOST; i++) {
		if (!run->stats.lost[i])
			continue;
		run_view__loss(run, i, text, sizeof(text));
		fprintf(f, "%s\n", text);
	}
}
