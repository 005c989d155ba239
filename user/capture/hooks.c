// SPDX-License-Identifier: GPL-2.0-only
/* hooks.c - the table of hooks and variants, and the choice among them. */
#include "capture/hooks.h"

#include <linux/perf_event.h>
#include <stdio.h>

#include "events.h"

#define SECTION (-1)
#define RUN HOOK_PROGRAM_RUN

static const struct hook_variant fault_begin[] = {
	{
		.name = "tp_btf/page_fault_user,page_fault_kernel",
		.needs = { FEATURE_TP_BTF_FAULT, -1 },
		.programs = { { "fault_user", SECTION }, { "fault_kernel", SECTION } },
		.cost = "20-50 ns per fault",
	},
	{
		.name = "raw_tp/page_fault_user,page_fault_kernel",
		.needs = { FEATURE_RAW_TP_FAULT, -1 },
		.programs = { { "fault_user_raw", SECTION }, { "fault_kernel_raw", SECTION } },
		.cost = "20-50 ns per fault",
	},
	{
		.name = "sw-event/PAGE_FAULTS",
		.needs = { FEATURE_SW_EVENTS, -1 },
		.programs = { { "fault_sw", PERF_COUNT_SW_PAGE_FAULTS } },
		.cost = "120-200 ns per fault; read, write and exec are not distinguished",
	},
	{},
};

static const struct hook_variant fault_end[] = {
	{
		.name = "fexit/handle_mm_fault",
		.needs = { FEATURE_FEXIT_FAULT, -1 },
		.programs = { { "fault_done", SECTION } },
		.cost = "30-60 ns per fault",
	},
	{
		.name = "sw-event/PAGE_FAULTS_MIN,PAGE_FAULTS_MAJ",
		.needs = { FEATURE_SW_EVENTS, -1 },
		.programs = { { "fault_end_sw", PERF_COUNT_SW_PAGE_FAULTS_MIN },
			      { "fault_end_sw", PERF_COUNT_SW_PAGE_FAULTS_MAJ } },
		.cost = "120-200 ns per fault; kernel-initiated faults (GUP) have no VMA",
	},
	{},
};

static const struct hook_variant vma[] = {
	{
		.name = "maple-tree walk",
		.needs = { FEATURE_READ_KERNEL, FEATURE_MAPLE_TREE, -1 },
		.cost = "100-200 ns per cache miss",
		.value = VS_LOOKUP_MAPLE,
	},
	{
		.name = "bpf_find_vma",
		.needs = { FEATURE_READ_KERNEL, FEATURE_FIND_VMA, -1 },
		.cost = "830 ns; fails while the mmap lock is held for writing",
		.value = VS_LOOKUP_FIND_VMA,
	},
	{},
};

static const struct hook_variant vma_cache[] = {
	{
		.name = "mm_lock_seq",
		.needs = { FEATURE_MM_LOCK_SEQ, -1 },
		.cost = "10 ns",
	},
	{ .name = "none", .needs = { -1 }, .cost = "two VMA lookups for every fault" },
	{},
};

static const struct hook_variant reads[] = {
	{
		.name = "plain loads",
		.needs = { FEATURE_PLAIN_LOADS, -1 },
		.cost = "1 ns per read",
	},
	{ .name = "bpf_probe_read_kernel",
	  .needs = { -1 },
	  .cost = "40 ns per read, 4 reads per fault" },
	{},
};

static const struct hook_variant cause[] = {
	{
		.name = "page-table walk",
		.needs = { FEATURE_PAGE_TABLES, -1 },
		.programs = { { "find_direct_map", RUN } },
		.cost = "40 ns per fault with plain loads, 200 ns without",
	},
	{
		.name = "error code and VMA",
		.needs = { -1 },
		.cost = "swap-in, NUMA hints, migration and spurious faults are not distinguished",
	},
	{},
};

static const struct hook_variant task[] = {
	{
		.name = "tp_btf/sched_process_*",
		.needs = { FEATURE_BTF, FEATURE_TASK_STORAGE, FEATURE_RINGBUF, -1 },
		.programs = { { "task_fork", SECTION },
			      { "task_exec", SECTION },
			      { "task_exit", SECTION },
			      { "task_signal", SECTION },
			      { "cpu_changes", SECTION },
			      { "task_moved", SECTION } },
		.cost = "0.3 us per fork, exec or exit",
	},
	{},
};

static const struct hook_variant targets[] = {
	{
		.name = "iter/task",
		.needs = { FEATURE_TASK_ITER, -1 },
		.programs = { { "task_iter", SECTION } },
		.cost = "once at start and at end",
	},
	{},
};

/* Programs of a traced system call (bpf/memcall.bpf.c). */
#define CALL_BY_REGISTERS(name) { #name "_enter", SECTION }, { #name "_exit", SECTION },
#define CALL_WITHOUT_ARGUMENTS(name) CALL_BY_REGISTERS(name)
#define CALL_NO_RETURN(name) { #name "_enter", SECTION },
#define CALL_PROGRAMS(name, id, hooked) CALL_##hooked(name)

static const struct hook_variant memcall[] = {
	{
		.name = "fentry,fexit/__x64_sys_*",
		.needs = { FEATURE_FENTRY_CALLS, -1 },
		.programs = { { "sweep_ranges", RUN }, VS_EACH_MEMORY_SYSCALL(CALL_PROGRAMS) },
		.cost = "50-100 ns per memory call; other system calls are not affected",
	},
	{
		.name = "tp_btf/sys_enter,sys_exit",
		.needs = { FEATURE_SYSCALL_TP, -1 },
		.programs = { { "call_enter", SECTION },
			      { "call_exit", SECTION },
			      { "sweep_ranges", RUN } },
		.cost = "affects every system call of every task (measure with `doctor --cost`)",
	},
	{},
};

static const struct hook_variant flush[] = {
	{
		.name = "tp_btf/tlb_flush",
		.needs = { FEATURE_TLB_FLUSH, -1 },
		.programs = { { "tlb_flushed", SECTION } },
		.cost = "20 ns per context switch with a flush; 0.3 us per flush",
	},
	{},
};

static const struct hook_variant interrupt[] = {
	{
		.name = "raw_tp/csd_queue_cpu,csd_function_*",
		.needs = { FEATURE_CSD, -1 },
		/* ends first: a call that began earlier is never taken to be still in progress */
		.programs = { { "ipi_ends", SECTION },
			      { "ipi_begins", SECTION },
			      { "ipi_sent", SECTION },
			      { "settle_ipis", RUN } },
		.cost = "20 ns per cross-CPU function call; 0.5 us if it is a flush",
	},
	{
		.name = "fentry,fexit/flush_tlb_func",
		.needs = { FEATURE_FENTRY_FLUSH, -1 },
		.programs = { { "flush_ends", SECTION },
			      { "flush_begins", SECTION },
			      { "kernel_flush_ends", SECTION },
			      { "kernel_flush_begins", SECTION },
			      { "kernel_flush_sent", SECTION } },
		.cost = "0.3 us per flush; IPIs are seen on the target CPU only",
	},
	{},
};

/* Ends first: a wait that began earlier is never taken to be still in progress. */
static const struct hook_variant lock[] = {
	{
		.name = "tp_btf/contention_*",
		.needs = { FEATURE_CONTENTION, -1 },
		.programs = { { "lock_wait_ends", SECTION }, { "lock_wait_begins", SECTION } },
		.cost = "20 ns whenever a lock is contended; 0.3 us if it is the mmap_lock",
	},
	{},
};

static const struct hook_variant reclaim[] = {
	{
		.name = "tp_btf/mm_vmscan_direct_reclaim_*",
		.needs = { FEATURE_RECLAIM, -1 },
		.programs = { { "direct_reclaim_ends", SECTION },
			      { "direct_reclaim_begins", SECTION } },
		.cost = "0.3 us per direct reclaim",
	},
	{},
};

static const struct hook_variant memcg_reclaim[] = {
	{
		.name = "tp_btf/mm_vmscan_memcg_reclaim_*",
		.needs = { FEATURE_MEMCG_RECLAIM, -1 },
		.programs = { { "memcg_reclaim_ends", SECTION },
			      { "memcg_reclaim_begins", SECTION } },
		.cost = "0.3 us per reclaim",
	},
	{},
};

static const struct hook_variant compaction[] = {
	{
		.name = "tp_btf/mm_compaction_*",
		.needs = { FEATURE_COMPACTION, -1 },
		.programs = { { "compaction_ends", SECTION }, { "compaction_begins", SECTION } },
		.cost = "0.3 us per compaction of a zone",
	},
	{},
};

/* Task hooks are attached first, so that no child is missed. */
const struct hook hooks[NR_HOOKS] = {
	[HOOK_FAULT_BEGIN] = { "fault_begin", "start of a fault", fault_begin, .required = true,
			       .attach = 3 },
	[HOOK_FAULT_END] = { "fault_end", "end of a fault, minor or major", fault_end,
			     .required = true, .request = REQUEST_LATENCIES, .attach = 2 },
	[HOOK_VMA] = { "vma", "VMA lookup", vma, .required = true },
	[HOOK_VMA_CACHE] = { "vma_cache", "validation of cached VMAs", vma_cache },
	[HOOK_READS] = { "reads", "reads of kernel memory", reads },
	[HOOK_CAUSE] = { "cause", "cause of a fault", cause, .required = true },
	[HOOK_TASK] = { "task", "fork, exec, exit", task, .required = true, .attach = 1 },
	[HOOK_TARGETS] = { "targets", "marking of tasks that already run", targets,
			   .required = true },
	[HOOK_MEMCALL] = { "memcall", "memory calls (munmap, mprotect and others)", memcall,
			   .request = REQUEST_CALLS, .attach = 6 },
	[HOOK_FLUSH] = { "flush", "TLB flushes, on the initiating CPU", flush,
			 .request = REQUEST_FLUSHES, .attach = 5 },
	[HOOK_INTERRUPT] = { "interrupt", "TLB flush IPIs, on the target CPU", interrupt,
			     .request = REQUEST_FLUSHES, .attach = 4 },
	[HOOK_LOCK] = { "lock", "waits for the mmap_lock", lock, .request = REQUEST_WAITS,
			.attach = 7 },
	[HOOK_RECLAIM] = { "reclaim", "direct reclaim", reclaim, .request = REQUEST_WAITS,
			   .attach = 8 },
	[HOOK_MEMCG_RECLAIM] = { "memcg_reclaim", "reclaim in a memory cgroup", memcg_reclaim,
				 .request = REQUEST_WAITS, .attach = 9 },
	[HOOK_COMPACTION] = { "compaction", "memory compaction", compaction,
			      .request = REQUEST_WAITS, .attach = 10 },
};

const struct hook_variant *hooks__choose(enum hook_id id)
{
	for (const struct hook_variant *v = hooks[id].variants; v->name; v++) {
		const int *need = v->needs;

		while (*need >= 0 && feature_on(*need))
			need++;
		if (*need < 0)
			return v;
	}
	return NULL;
}

void hooks__why_not(const struct hook_variant *v, char *buf, size_t size)
{
	const struct feature *features = features__probe();

	for (const int *need = v->needs; *need >= 0; need++) {
		const struct feature *f = &features[*need];

		if (feature_on(*need))
			continue;
		snprintf(buf, size, "%s: %s", f->name,
			 f->disabled ? "disabled by --no-feature" : f->reason);
		return;
	}
	snprintf(buf, size, "available (a preferred variant is in use)");
}
