// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.bpf.c - read the page-table entries of one address of one process, from the top down.
 *
 * User space writes the query into the globals below, reads the iterator to its end, and finds the
 * result in the other globals. They are plain integers, so that the skeleton needs no custom types.
 */
#include "pte.bpf.h"

#include <bpf/bpf_tracing.h>

/* The query: a process or thread id in the initial PID namespace, and an address. */
__u32 explain_pid = 0;
__u64 explain_address = 0;

/*
 * The result. explain_levels is 0 until a task with page tables has been found; entries are indexed
 * by level from explain_first on, explain_end - explain_first of them. With four levels, the PGD is
 * stored in the P4D's place.
 */
__u32 explain_levels = 0;
__u32 explain_first = 0;
__u32 explain_end = 0;
__u64 explain_entries[TABLE_LEVELS] = {};

/** walk - record every entry from @table down to the last level that is present. */
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

	/* An exited leader has no mm, but other threads may: use the first one with an mm. */
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
