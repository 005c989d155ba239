// SPDX-License-Identifier: GPL-2.0-only
/* types.c - the table of record types: the name and offset of every field. */
#include "record/format/schema.h"
#include "util/array.h"

#define MEMBER(type, member) (((type *)0)->member)

/*
 * A number; the number of a memory call; an array of numbers; an array of arrays; a char array; a
 * string.
 */
#define FIELD(name, at, size, kind, count, is_call)                                                \
	{                                                                                          \
		name, at, size, kind, count, is_call                                               \
	}
#define ONE(t, member) NAMED(t, #member, member)
#define NAMED(t, name, member)                                                                     \
	FIELD(name, offsetof(t, member), sizeof(MEMBER(t, member)), FIELD_NUMBER, 1, false)
#define CALL(t, member)                                                                            \
	FIELD(#member, offsetof(t, member), sizeof(MEMBER(t, member)), FIELD_NUMBER, 1, true)
#define ARRAY(t, name, member)                                                                     \
	FIELD(name, offsetof(t, member), sizeof(MEMBER(t, member[0])), FIELD_NUMBER,               \
	      ARRAY_SIZE(MEMBER(t, member)), false)
#define TABLE(t, name, member)                                                                     \
	FIELD(name, offsetof(t, member), sizeof(MEMBER(t, member[0][0])), FIELD_NUMBER,            \
	      sizeof(MEMBER(t, member)) / sizeof(MEMBER(t, member[0][0])), false)
#define TEXT(t, member) NAMED_TEXT(t, #member, member)
#define NAMED_TEXT(t, name, member)                                                                \
	FIELD(name, offsetof(t, member), 8, FIELD_NUMBER, sizeof(MEMBER(t, member)) / 8, false)
#define STRING(t, member)                                                                          \
	FIELD(#member, offsetof(t, member), sizeof(char *), FIELD_STRING, 1, false)

/* The field of a figure has the name of its member. */
#define FIGURE(member, ...) ONE(struct vs_event_fault, member),
#define COUNTED_FIGURE(member, ...) NAMED(struct record_counts, #member, counts.member),

/* A wait of calls has the key of that of faults. */
#define CALL_WAIT(member, bits, how, key, ...)                                                     \
	NAMED(struct record_call_row, key, counts.wait_ns[VS_WAIT_##member]),

#define COUNTS(t)                                                                                  \
	ARRAY(t, "outcome", counts.outcome), TABLE(t, "access", counts.access),                    \
		NAMED(t, "gup", counts.gup), ARRAY(t, "cause", counts.cause),                      \
		ARRAY(t, "size", counts.size), NAMED(t, "handled", counts.handled),                \
		VS_EACH_FIGURE(COUNTED_FIGURE) NAMED(t, "latency_count", counts.latency_count),    \
		NAMED(t, "latency_sum_ns", counts.latency_sum_ns),                                 \
		NAMED(t, "latency_max_ns", counts.latency_max_ns)
#define HIST(t)                                                                                    \
	NAMED(t, "sum_ns", hist.sum_ns), NAMED(t, "max_ns", hist.max_ns),                          \
		NAMED(t, "runqueue_ns", hist.runqueue_ns),                                         \
		NAMED(t, "blocked_ns", hist.blocked_ns), NAMED(t, "unsplit_ns", hist.unsplit_ns),  \
		ARRAY(t, "bucket", hist.bucket)
#define HEAD(t) NAMED(t, "time_ns", head.time_ns), NAMED(t, "cpu", head.cpu)

#define T struct record_stats
static const struct field stats_fields[] = {
	ONE(T, time_ns),
	ONE(T, events),
	ONE(T, full),
	ONE(T, ended),
	ONE(T, in_flight),
	ARRAY(T, "lost", stats.lost),
	NAMED(T, "emitted", stats.emitted),
	NAMED(T, "walks", stats.walks),
	NAMED(T, "atomic_traps", stats.atomic_traps),
	NAMED(T, "eventless", stats.eventless),
	NAMED(T, "latencies", stats.latencies),
	NAMED(T, "filtered", stats.filtered),
};
#undef T

#define T struct record_process
static const struct field process_fields[] = {
	ONE(T, number),		ONE(T, pid),	ONE(T, ppid),	   ONE(T, uid),
	ONE(T, start_ns),	ONE(T, cgroup), ONE(T, ended_ns),  ONE(T, base_minor),
	ONE(T, base_major),	ONE(T, exited), ONE(T, exit_code), TEXT(T, comm),
	STRING(T, cgroup_name),
};
#undef T

#define T struct record_row
static const struct field row_fields[] = {
	ONE(T, number),
	ONE(T, process),
	ONE(T, is_vma),
	ONE(T, name_kind),
	ONE(T, image),
	ONE(T, start),
	ONE(T, end),
	NAMED(T, "anchor", key.anchor),
	NAMED(T, "flags", key.flags),
	NAMED(T, "inode", key.file.ino),
	NAMED(T, "device", key.file.dev),
	NAMED(T, "file_generation", key.file.generation),
	NAMED(T, "deleted", key.file.deleted),
	NAMED(T, "pgoff", key.pgoff),
	ONE(T, no_address),
	ONE(T, lookup_missed),
	ONE(T, no_slot),
	STRING(T, name),
	STRING(T, build_id),
	STRING(T, owner_family),
	STRING(T, owner_how),
	STRING(T, owner_name),
	ONE(T, owner_likely),
};
#undef T

static const struct field counts_fields[] = {
	ONE(struct record_counts, number),
	COUNTS(struct record_counts),
};

#define T struct record_latency
static const struct field latency_fields[] = {
	ONE(T, row),
	ONE(T, process),
	ONE(T, cause),
	HIST(T),
};
#undef T

#define T struct vs_thread
static const struct field thread_fields[] = {
	ONE(T, pid),	   ONE(T, tid),	     ONE(T, faults),   ONE(T, fault_ns),
	ONE(T, so_far_ns), ONE(T, since_ns), ONE(T, until_ns), TEXT(T, comm),
};
#undef T

#define T struct record_call_row
static const struct field call_row_fields[] = { ONE(T, number),
						ONE(T, process),
						ONE(T, vma),
						CALL(T, call),
						ONE(T, detail),
						ONE(T, pid),
						ONE(T, tid),
						ONE(T, map_count),
						ONE(T, stack),
						ONE(T, site),
						ONE(T, start),
						ONE(T, end),
						TEXT(T, comm),
						NAMED(T, "count", counts.count),
						NAMED(T, "errors", counts.errors),
						ARRAY(T, "failed", counts.failed),
						NAMED(T, "latency_ns", counts.latency_ns),
						NAMED(T, "latency_max_ns", counts.latency_max_ns),
						NAMED(T, "bytes", counts.bytes),
						ARRAY(T, "flush", counts.flush),
						NAMED(T, "full", counts.full),
						NAMED(T, "pages", counts.pages),
						NAMED(T, "splits", counts.splits),
						NAMED(T, "merges", counts.merges),
						NAMED(T, "splits_unknown", counts.splits_unknown),
						NAMED(T, "wx_both", counts.wx_both),
						NAMED(T, "wx_flip", counts.wx_flip),
						NAMED(T, "queued", counts.queued),
						NAMED(T, "received", counts.received),
						NAMED(T, "delay_ns", counts.delay_ns),
						NAMED(T, "delay_max_ns", counts.delay_max_ns),
						NAMED(T, "stolen_ns", counts.stolen_ns),
						NAMED(T, "refaults", counts.refaults),
						NAMED(T, "refault_ns", counts.refault_ns),
						NAMED(T, "runqueue_ns", counts.runqueue_ns),
						NAMED(T, "blocked_ns", counts.blocked_ns),
						NAMED(T, "unsplit_ns", counts.unsplit_ns),
						VS_EACH_WAIT(CALL_WAIT) };
#undef T

#define T struct vs_shootdowns
static const struct field call_totals_fields[] = {
	ONE(T, calls),
	ONE(T, errors),
	ONE(T, sends),
	ONE(T, local),
	ONE(T, full),
	ARRAY(T, "queued", queued),
	ARRAY(T, "received", received),
	ONE(T, joined),
	ONE(T, owned),
	ONE(T, not_traced),
	ONE(T, delay_ns),
	ONE(T, stolen_ns),
};
#undef T

#define T struct record_call_hist
static const struct field call_hist_fields[] = {
	CALL(T, class),
	ONE(T, time),
	HIST(T),
};
#undef T

#define T struct call_pair
static const struct field pair_fields[] = {
	NAMED(T, "from_pid", key.from_pid),
	NAMED(T, "to_pid", key.to_pid),
	NAMED(T, "from_cpu", key.from_cpu),
	NAMED(T, "to_cpu", key.to_cpu),
	NAMED(T, "ipi", key.ipi),
	NAMED(T, "count", pair.count),
	NAMED(T, "unjoined", pair.unjoined),
	NAMED(T, "delay_ns", pair.delay_ns),
	NAMED(T, "stolen_ns", pair.stolen_ns),
	NAMED_TEXT(T, "from_comm", pair.from_comm),
	NAMED_TEXT(T, "to_comm", pair.to_comm),
};
#undef T

#define T struct record_symbol
static const struct field symbol_fields[] = {
	ONE(T, number), ONE(T, inlined), ONE(T, in_file),	ONE(T, line),	   ONE(T, ip),
	ONE(T, offset), STRING(T, name), ONE(T, module_offset), STRING(T, module), STRING(T, file),
};
#undef T

#define T struct record_stack
static const struct field stack_fields[] = {
	ONE(T, number),
	ONE(T, process),
	ONE(T, pid),
	TEXT(T, comm),
	ARRAY(T, "outcome", counts.outcome),
	NAMED(T, "timed", counts.timed),
	NAMED(T, "time_ns", counts.time_ns),
	NAMED(T, "max_ns", counts.max_ns),
	ONE(T, nr_user),
	ONE(T, nr_kernel),
	ARRAY(T, "frame", frame),
	ARRAY(T, "late", late.outcome),
	NAMED(T, "late_timed", late.timed),
	NAMED(T, "late_ns", late.time_ns),
};
#undef T

#define T struct vs_event_fault
static const struct field fault_fields[] = {
	HEAD(T),
	ONE(T, duration_ns),
	ONE(T, address),
	ONE(T, ip),
	ONE(T, pid),
	ONE(T, tid),
	ONE(T, slot),
	ONE(T, proc),
	ONE(T, error_code),
	ONE(T, vma_start),
	ONE(T, vma_end),
	ONE(T, vma_pgoff),
	ONE(T, access),
	ONE(T, origin),
	ONE(T, outcome),
	ONE(T, cause),
	ONE(T, size),
	VS_EACH_FIGURE(FIGURE) TEXT(T, comm),
	NAMED(T, "stack", stack.row),
};
#undef T

#define T struct vs_event_call
#define VMA(i)                                                                                     \
	NAMED(T, "vma" #i "_start", vma[i].start), NAMED(T, "vma" #i "_end", vma[i].end),          \
		NAMED(T, "vma" #i "_flags", vma[i].flags), NAMED(T, "vma" #i "_slot", vma[i].slot)
static const struct field call_fields[] = {
	HEAD(T),
	ONE(T, id),
	ONE(T, duration_ns),
	ONE(T, runqueue_ns),
	ONE(T, blocked_ns),
	ONE(T, unsplit_ns),
	ARRAY(T, "argument", argument),
	ONE(T, result),
	ONE(T, ip),
	ONE(T, site),
	ONE(T, pid),
	ONE(T, tid),
	CALL(T, call),
	ONE(T, detail),
	ONE(T, proc),
	ONE(T, map_before),
	ONE(T, map_after),
	ARRAY(T, "flush", flush),
	ONE(T, full),
	ONE(T, queued),
	ONE(T, wx),
	ONE(T, pages),
	ONE(T, nr_vmas),
	VMA(0),
	VMA(1),
	VMA(2),
	VMA(3),
	TEXT(T, comm),
	NAMED(T, "stack", stack.row),
};
_Static_assert(VS_CALL_VMAS == 4, "each VMA of a call has its fields");
#undef T

#define T struct vs_event_flush
static const struct field flush_fields[] = {
	HEAD(T),       ONE(T, id),    ONE(T, pages),
	ONE(T, pid),   ONE(T, tid),   ONE(T, flush),
	CALL(T, call), TEXT(T, comm), NAMED(T, "stack", stack.row),
};
#undef T

#define T struct vs_event_ipi
static const struct field ipi_fields[] = {
	HEAD(T),	  ONE(T, id),	      ONE(T, sent_ns),	ONE(T, stolen_ns), ONE(T, from_pid),
	ONE(T, from_tid), ONE(T, from_cpu),   ONE(T, to_pid),	ONE(T, to_tid),	   CALL(T, call),
	ONE(T, ipi),	  TEXT(T, from_comm), TEXT(T, to_comm),
};
#undef T

#define T struct vs_event_crash
#define NEAR(name, i)                                                                              \
	NAMED(T, name "_start", near[i].start), NAMED(T, name "_end", near[i].end),                \
		NAMED(T, name "_pgoff", near[i].pgoff), NAMED(T, name "_slot", near[i].slot)
static const struct field crash_fields[] = {
	HEAD(T),
	ONE(T, pid),
	ONE(T, tid),
	ONE(T, address),
	ONE(T, ip),
	ONE(T, sp),
	ONE(T, entry),
	ONE(T, file_size),
	ONE(T, fs_limit),
	ONE(T, fs_magic),
	ONE(T, file_mode),
	ONE(T, code),
	ONE(T, signal),
	ONE(T, handled),
	NEAR("below", VS_NEAR_BELOW),
	NEAR("above", VS_NEAR_ABOVE),
	NEAR("at_ip", VS_NEAR_IP),
};
_Static_assert(VS_NR_NEAR == 3, "each VMA near a crash has its fields");
#undef T

#define T struct vs_event_proc
static const struct field proc_fields[] = {
	HEAD(T), ONE(T, pid), ONE(T, proc), ONE(T, exit_code), TEXT(T, comm),
};
#undef T

#define T struct record_rss
static const struct field rss_fields[] = {
	NAMED(T, "time_ns", head.time_ns),
	ONE(T, pid),
	ONE(T, bytes),
};
#undef T

#define T struct record_reset
static const struct field reset_fields[] = {
	ONE(T, time_ns),
	ONE(T, what),
};
#undef T

#define T struct record_clock
static const struct field clock_fields[] = {
	ONE(T, time_ns),
	ONE(T, wall_ns),
};
#undef T

#define TYPE(name, fields, t)                                                                      \
	{                                                                                          \
		name, fields, ARRAY_SIZE(fields), sizeof(t)                                        \
	}

const struct type record_types[NR_RECORD_TYPES] = {
	[RECORD_STATS] = TYPE("stats", stats_fields, struct record_stats),
	[RECORD_PROCESS] = TYPE("process", process_fields, struct record_process),
	[RECORD_ROW] = TYPE("row", row_fields, struct record_row),
	[RECORD_COUNTS] = TYPE("counts", counts_fields, struct record_counts),
	[RECORD_CPU] = TYPE("cpu", counts_fields, struct record_counts),
	[RECORD_LATENCY] = TYPE("latency", latency_fields, struct record_latency),
	[RECORD_THREAD] = TYPE("thread", thread_fields, struct vs_thread),
	[RECORD_CALL_ROW] = TYPE("call_row", call_row_fields, struct record_call_row),
	[RECORD_CALL_TOTALS] = TYPE("call_totals", call_totals_fields, struct vs_shootdowns),
	[RECORD_CALL_HIST] = TYPE("call_hist", call_hist_fields, struct record_call_hist),
	[RECORD_PAIR] = TYPE("pair", pair_fields, struct call_pair),
	[RECORD_SYMBOL] = TYPE("symbol", symbol_fields, struct record_symbol),
	[RECORD_STACK] = TYPE("stack", stack_fields, struct record_stack),
	[RECORD_RESET] = TYPE("reset", reset_fields, struct record_reset),
	[RECORD_IN_FLIGHT] = TYPE("in_flight", fault_fields, struct vs_event_fault),
	[RECORD_FAULT] = TYPE("fault", fault_fields, struct vs_event_fault),
	[RECORD_CALL] = TYPE("memcall", call_fields, struct vs_event_call),
	[RECORD_FLUSH] = TYPE("flush", flush_fields, struct vs_event_flush),
	[RECORD_IPI] = TYPE("interrupt", ipi_fields, struct vs_event_ipi),
	[RECORD_CRASH] = TYPE("crash", crash_fields, struct vs_event_crash),
	[RECORD_EXEC] = TYPE("exec", proc_fields, struct vs_event_proc),
	[RECORD_RSS] = TYPE("rss", rss_fields, struct record_rss),
	[RECORD_EXIT] = TYPE("exit", proc_fields, struct vs_event_proc),
	[RECORD_CLOCK] = TYPE("clock", clock_fields, struct record_clock),
};
