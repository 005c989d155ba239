// SPDX-License-Identifier: GPL-2.0-only
/*
 * tlb.bpf.c - TLB flushes at their initiator, and the IPIs that carry them to other CPUs.
 *
 * tlb_flush reports a flush; csd_queue_cpu each IPI that it sends, and
 * csd_function_entry and _exit its handler on the target. The address of the kernel's structure for
 * the IPI joins the two. Before 6.5 these tracepoints do not exist: there the flush function's
 * argument gives the CPU of the initiator.
 */
#include "flusher.bpf.h"
#include "kread.bpf.h"

#include <bpf/bpf_tracing.h>

/* include/linux/mm_types.h: enum tlb_flush_reason */
#define TLB_LOCAL_SHOOTDOWN 2
#define TLB_LOCAL_MM_SHOOTDOWN 3
#define TLB_REMOTE_SEND_IPI 4
#define TLB_FLUSH_ALL (~0ULL)

/* Addresses of the kernel's flush functions, by enum vs_ipi; 0: not known. */
__u64 flush_functions[VS_NR_IPI] = {};

static __always_inline struct cpu_flush *cpu_flush_of(u32 cpu)
{
	return bpf_map_lookup_elem(&cpu_flushes, &cpu);
}

/* --- flushes ------------------------------------------------------------------------------- */

static __always_inline void flush_emit(const struct flusher *f, enum vs_flush flush, u64 pages)
{
	struct vs_event_flush *e = emit_reserve(sizeof(*e), VS_EVENT_FLUSH, bpf_ktime_get_ns());

	if (!e)
		return;
	e->id = f->id;
	e->pages = pages;
	e->pid = f->pid;
	e->tid = f->tid;
	e->flush = flush;
	e->call = f->call;
	e->stack = f->stack;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	emit_submit(e);
}

/**
 * flush_count - count a flush by the current task
 * @first: not the local part of a flush that was counted as remote
 */
static __always_inline void flush_count(const struct flusher *f, struct task_state *open,
					enum vs_flush flush, u64 pages, bool first)
{
	struct vs_call_row *row = call_row_get(f->row, f->row_generation);
	struct vs_shootdowns *sum = this_shootdowns();
	bool full = pages == TLB_FLUSH_ALL;

	if (sum) {
		stats_add(flush == VS_FLUSH_REMOTE ? &sum->sends : &sum->local, 1);
		if (first && full)
			stats_add(&sum->full, 1);
	}
	if (row) {
		row_add(&row->counts.flush[flush], 1);
		if (first && full)
			row_add(&row->counts.full, 1);
		if (first && !full)
			row_add(&row->counts.pages, pages);
		/*
		 * counts flushes that no call owns, but not those of a call whose begin was missed
		 */
		if (first && f->call >= VS_NR_FOLLOWED_CALLS)
			row_add(&row->counts.count, 1);
	}
	if (!open)
		return;
	open->call.flush[flush]++;
	if (first && full)
		open->call.full++;
	if (first && !full)
		open->call.pages += pages;
}

SEC("tp_btf/tlb_flush")
int BPF_PROG(tlb_flushed, int reason, unsigned long pages)
{
	u64 task = (u64)bpf_get_current_task();
	struct flusher *f, local = {};
	struct task_state *open;
	enum vs_flush flush;
	struct cpu_flush *c;
	bool first = true;

	if (reason != TLB_LOCAL_SHOOTDOWN && reason != TLB_LOCAL_MM_SHOOTDOWN &&
	    reason != TLB_REMOTE_SEND_IPI)
		return 0;
	c = cpu_flush_of(bpf_get_smp_processor_id());
	if (!c)
		return 0;
	flush = reason == TLB_REMOTE_SEND_IPI ? VS_FLUSH_REMOTE : VS_FLUSH_LOCAL;
	f = flush == VS_FLUSH_REMOTE ? &c->flusher : &local;
	/* preemption is disabled from the sending to the local part */
	if (flush == VS_FLUSH_REMOTE) {
		c->local_due = task;
		f->sent_ns = bpf_ktime_get_ns();
	} else {
		/* without a local part (exec drops the old mm), it would be the next one's */
		first = cfg.own_parts ? !c->own_part : c->local_due != task;
		c->local_due = 0;
	}
	open = flusher_describe(f, VS_NR_CALLS);
	if (!f->traced)
		return 0;
	flush_count(f, open, flush, pages, first);
	if (cfg.emit_flushes)
		flush_emit(f, flush, pages);
	return 0;
}

/* --- received IPIs --------------------------------------------------------------------------- */

/** pair_add - count an IPI for its initiator and target; @to is NULL if an idle CPU received it. */
static __always_inline void pair_add(const struct flusher *from, struct task_struct *to, u32 to_cpu,
				     u32 ipi, u64 delay_ns, u64 stolen_ns)
{
	struct vs_pair_key key = {};
	struct vs_pair fresh = {}, *pair;

	key.from_pid = from->pid;
	key.to_pid = to ? to->tgid : 0;
	key.from_cpu = from->cpu;
	key.to_cpu = to_cpu;
	key.ipi = ipi;
	pair = bpf_map_lookup_elem(&pairs, &key);
	if (!pair) {
		__builtin_memcpy(fresh.from_comm, from->comm, sizeof(fresh.from_comm));
		if (to)
			bpf_probe_read_kernel(fresh.to_comm, sizeof(fresh.to_comm),
					      task_pointer(to, group_leader)->comm);
		bpf_map_update_elem(&pairs, &key, &fresh, BPF_NOEXIST);
		pair = bpf_map_lookup_elem(&pairs, &key);
	}
	if (!pair) {
		count_lost(VS_LOST_PAIRS);
		return;
	}
	row_add(&pair->count, 1);
	row_add(&pair->unjoined, !from->sent_ns);
	row_add(&pair->delay_ns, delay_ns);
	row_add(&pair->stolen_ns, stolen_ns);
}

/** received_add - add a received IPI to the totals. */
static __always_inline void received_add(const struct flusher *from, u32 ipi, u64 delay_ns,
					 u64 stolen_ns)
{
	struct vs_shootdowns *sum = this_shootdowns();

	if (!sum)
		return;
	stats_add(&sum->received[ipi & (VS_IPI_COUNTERS - 1)], 1);
	stats_add(&sum->joined, from->sent_ns != 0);
	if (from->sent_ns && from->call < VS_CALL_FIRST_UNOWNED)
		stats_add(&sum->owned, 1);
	else if (from->sent_ns && !from->traced)
		stats_add(&sum->not_traced, 1);
	stats_add(&sum->delay_ns, delay_ns);
	stats_add(&sum->stolen_ns, stolen_ns);
}

/**
 * ipi_unseen - an IPI was received, but the tracepoints of its handler did not fire
 *
 * They do not fire where RCU is not watching, which is on a CPU that is entering idle. The kernel
 * reuses the structure only after the handler has finished.
 */
static __noinline int ipi_unseen(struct sent_ipi *sent)
{
	const struct flusher *from = &sent->flusher;
	struct vs_call_row *row;

	sent->waiting = 0;
	if (!from->traced)
		return 0;
	received_add(from, sent->ipi, 0, 0);
	pair_add(from, 0, sent->to_cpu, sent->ipi, 0, 0);
	row = call_row_get(from->row, from->row_generation);
	if (row)
		row_add(&row->counts.received, 1);
	return 0;
}

static long settle_ipi(void *map, const u64 *csd, struct sent_ipi *sent, void *ctx)
{
	if (sent->waiting)
		ipi_unseen(sent);
	return 0;
}

/* Run by user/ after the hooks have been detached (BPF_PROG_RUN), never attached. */
SEC("raw_tp/csd_queue_cpu")
int BPF_PROG(settle_ipis)
{
	bpf_for_each_map_elem(&sent_ipis, settle_ipi, 0, 0);
	return 0;
}

/* --- IPIs at the initiator ------------------------------------------------------------------- */

/** ipi_of - enum vs_ipi for a function that IPIs call, or VS_NR_IPI. */
static __always_inline u32 ipi_of(u64 func)
{
	u32 ipi = VS_NR_IPI;

	for (u32 i = 0; i < VS_NR_IPI; i++)
		if (func == flush_functions[i])
			ipi = i;
	return ipi;
}

/** ipi_queued - count an IPI that the current task sends. */
static __always_inline void ipi_queued(const struct flusher *f, u32 ipi)
{
	struct vs_shootdowns *sum = this_shootdowns();
	struct vs_call_row *row;
	struct task_state *t;

	if (!f->traced)
		return;
	if (sum)
		stats_add(&sum->queued[ipi & (VS_IPI_COUNTERS - 1)], 1);
	row = call_row_get(f->row, f->row_generation);
	if (row)
		row_add(&row->counts.queued, 1);
	t = bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	if (t && t->call.begin_ns)
		t->call.queued++;
}

/* raw: tp_btf does not accept a pointer to a function as an argument */
SEC("raw_tp/csd_queue_cpu")
int BPF_PROG(ipi_sent, unsigned int cpu, unsigned long callsite, u64 func, u64 csd)
{
	struct cpu_flush *c = cpu_flush_of(bpf_get_smp_processor_id());
	struct sent_ipi sent = { .waiting = 1, .to_cpu = cpu }, *before;
	u32 ipi = ipi_of(func);

	if (!c)
		return 0;
	/* /proc/kallsyms can't be read: the first function that follows a flush is taken */
	if (ipi == VS_NR_IPI && !flush_functions[VS_IPI_USER] &&
	    c->local_due == (u64)bpf_get_current_task()) {
		flush_functions[VS_IPI_USER] = func;
		ipi = VS_IPI_USER;
	}
	if (ipi == VS_NR_IPI)
		return 0;
	if (ipi == VS_IPI_USER)
		sent.flusher = c->flusher;
	else
		flusher_describe(&sent.flusher,
				 ipi == VS_IPI_KERNEL ? VS_CALL_KERNEL_RANGE : VS_CALL_FLUSH_ALL);
	sent.ipi = ipi;
	before = bpf_map_lookup_elem(&sent_ipis, &csd);
	if (before && before->waiting)
		ipi_unseen(before);
	sent.flusher.sent_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&sent_ipis, &csd, &sent, BPF_ANY);
	ipi_queued(&sent.flusher, ipi);
	return 0;
}

/* --- IPIs at the target ---------------------------------------------------------------------- */

static __always_inline void ipi_emit(const struct flusher *from, struct task_struct *to, u32 ipi,
				     u64 begin_ns, u64 stolen_ns)
{
	struct vs_event_ipi *e = emit_reserve(sizeof(*e), VS_EVENT_IPI, begin_ns);

	if (!e)
		return;
	e->id = from->id;
	e->sent_ns = from->sent_ns;
	e->stolen_ns = stolen_ns;
	e->from_pid = from->pid;
	e->from_tid = from->tid;
	e->from_cpu = from->cpu;
	e->to_pid = to->tgid;
	e->to_tid = to->pid;
	e->call = from->call;
	e->ipi = ipi;
	__builtin_memcpy(e->from_comm, from->comm, sizeof(e->from_comm));
	bpf_probe_read_kernel(e->to_comm, sizeof(e->to_comm), to->comm);
	emit_submit(e);
}

/**
 * ipi_handled - the handler of an IPI has ended
 * @from: initiator; its @sent_ns is 0 if it is unknown
 */
static __noinline int ipi_handled(const struct flusher *from, u32 ipi, u64 begin_ns)
{
	struct task_struct *to = bpf_get_current_task_btf();
	struct task_state *t = bpf_task_storage_get(&tasks, to, 0, 0);
	u64 stolen_ns = bpf_ktime_get_ns() - begin_ns, delay_ns = 0;
	struct vs_call_row *row;

	if (!from->traced && !in_scope(to, t))
		return 0;
	if (from->sent_ns && begin_ns > from->sent_ns)
		delay_ns = begin_ns - from->sent_ns;
	received_add(from, ipi, delay_ns, stolen_ns);
	pair_add(from, to, bpf_get_smp_processor_id(), ipi, delay_ns, stolen_ns);
	if (from->sent_ns && from->traced) {
		row = call_row_get(from->row, from->row_generation);
		if (row) {
			row_add(&row->counts.received, 1);
			row_add(&row->counts.delay_ns, delay_ns);
			row_max(&row->counts.delay_max_ns, delay_ns);
			row_add(&row->counts.stolen_ns, stolen_ns);
		}
		call_time(from->call, from->detail, VS_TIME_DELAY, delay_ns);
		call_time(from->call, from->detail, VS_TIME_STOLEN, stolen_ns);
	}
	if (cfg.emit_ipis)
		ipi_emit(from, to, ipi, begin_ns, stolen_ns);
	return 0;
}

SEC("raw_tp/csd_function_entry")
int BPF_PROG(ipi_begins, u64 func, u64 csd)
{
	struct cpu_flush *c;
	u32 ipi = ipi_of(func);

	if (ipi == VS_NR_IPI)
		return 0;
	c = cpu_flush_of(bpf_get_smp_processor_id());
	if (!c)
		return 0;
	/* without an IPI, the function is called for its own CPU */
	if (!csd) {
		c->own_part = ipi == VS_IPI_USER;
		return 0;
	}
	c->handler_csd = csd;
	c->handler_ipi = ipi;
	c->handler_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/csd_function_exit")
int BPF_PROG(ipi_ends, u64 func, u64 csd)
{
	struct cpu_flush *c = cpu_flush_of(bpf_get_smp_processor_id());
	struct flusher from = {};
	struct sent_ipi *sent;
	u64 begin_ns;

	if (c && !csd && func == flush_functions[VS_IPI_USER])
		c->own_part = 0;
	if (!csd || !c || !c->handler_ns || c->handler_csd != csd)
		return 0;
	begin_ns = c->handler_ns;
	c->handler_ns = 0;
	sent = bpf_map_lookup_elem(&sent_ipis, &csd);
	if (sent && sent->waiting) {
		from = sent->flusher;
		sent->waiting = 0;
	}
	ipi_handled(&from, c->handler_ipi, begin_ns);
	return 0;
}

/* --- IPIs without tracepoints ----------------------------------------------------------------- */

struct flush_tlb_info {
	unsigned int initiating_cpu;
} __attribute__((preserve_access_index));

static __always_inline void handler_begins(void)
{
	struct cpu_flush *c = cpu_flush_of(bpf_get_smp_processor_id());

	if (c)
		c->handler_ns = bpf_ktime_get_ns();
}

/**
 * handler_ends - handler of a flush begun by @cpu, which waits for it, so it has not begun another
 */
static __always_inline void handler_ends(u32 cpu, u32 ipi)
{
	u32 own = bpf_get_smp_processor_id();
	struct cpu_flush *c = cpu_flush_of(own), *sender;
	struct flusher from = {};

	if (!c || cpu == own)
		return;
	sender = cpu_flush_of(cpu);
	if (sender)
		from = ipi == VS_IPI_USER ? sender->flusher : sender->kernel;
	ipi_handled(&from, ipi, c->handler_ns);
}

SEC("fentry/flush_tlb_func")
int BPF_PROG(flush_begins, struct flush_tlb_info *info)
{
	handler_begins();
	return 0;
}

SEC("fexit/flush_tlb_func")
int BPF_PROG(flush_ends, struct flush_tlb_info *info)
{
	handler_ends(BPF_CORE_READ(info, initiating_cpu), VS_IPI_USER);
	return 0;
}

SEC("fentry/flush_tlb_kernel_range")
int BPF_PROG(kernel_flush_sent)
{
	struct cpu_flush *c = cpu_flush_of(bpf_get_smp_processor_id());

	if (!c)
		return 0;
	flusher_describe(&c->kernel, VS_CALL_KERNEL_RANGE);
	c->kernel.sent_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("fentry/do_kernel_range_flush")
int BPF_PROG(kernel_flush_begins, struct flush_tlb_info *info)
{
	handler_begins();
	return 0;
}

SEC("fexit/do_kernel_range_flush")
int BPF_PROG(kernel_flush_ends, struct flush_tlb_info *info)
{
	handler_ends(BPF_CORE_READ(info, initiating_cpu), VS_IPI_KERNEL);
	return 0;
}
