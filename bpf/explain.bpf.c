// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.bpf.c - the page-table entries of one address of one process, from the top down.
 *
 * User space writes the question into the globals below, reads the iterator to its end, and finds
 * the answer beside it. The globals are plain numbers, so that the skeleton needs no type of ours.
 */
#include "pte.bpf.h"

#include <bpf/bpf_tracing.h>

/* The question: a process or thread id as the initial PID namespace knows it, and an address. */
__u32 explain_pid = 0;
__u64 explain_address = 0;

/*
 * The answer. explain_levels is 0 as long as no task with page tables was found; entries are by
 * level from explain_first on, explain_end - explain_first of them. With four levels, the PGD is at
 * the P4D's place.
 */
__u32 explain_levels = 0;
__u32 explain_first = 0;
__u32 explain_end = 0;
__u64 explain_entries[TABLE_LEVELS] = {};

/** walk - note down every entry from @table down to the one that leads no further. */
static __always_inline void walk(u64 table, u64 address, bool five)
{
	const u32 shifts[TABLE_LEVELS] = TABLE_SHIFTS;
	u64 entry;

	for (int i = 0; i < TABLE_LEVELS; i++) {
		if (!i && !five)
			continue;
		if (!table_entry(table, address, shifts[i], &entry))
			return;
		explain_entries[i] = entry;
		explain_end = i + 1;
		if (!is_table(entry))
			return;
		table = direct_map + (entry & PTE_ADDRESS);
	}
}

SEC("iter/task")
int explain_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	u64 pgd;

	/* A leader that has ended has no mm, but its threads may go on: the first with one will do. */
	if (!task || explain_levels ||
	    ((__u32)task->tgid != explain_pid && (__u32)task->pid != explain_pid))
		return 0;
	pgd = (u64)BPF_CORE_READ(task, mm, pgd);
	if (!pgd)
		return 0;
	explain_levels = five_levels(pgd) ? 5 : 4;
	explain_first = explain_end = TABLE_LEVELS - explain_levels;
	if (direct_map)
		walk(pgd, explain_address, explain_levels == 5);
	return 0;
}
