/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waits.h - the part of the contract (events.h) that lists the reasons for which a fault or a memory call
 * takes long.
 */
#ifndef VMASCOPE_WAITS_H
#define VMASCOPE_WAITS_H

/**
 * VS_EACH_WAIT - all reasons, as rows of VS_EACH_FIGURE (figures.h) with the unit WAIT
 *
 * The time of a reason is from the begin of the wait or work to its end, on a CPU or not. Times of two
 * reasons have nothing in common, and their sum is at most the whole. The last row is the time asleep
 * that is in no other.
 */
/* clang-format off */
#define WAIT_ROW(X, member, metric, of_one)                                                        \
	X(member, 64, SUM, #member "_ns", "", WAIT, KNOWN,                                         \
	  "vmascope_page_fault_" metric "_seconds",                                                \
	  "part of `duration_ns` " of_one, "time in completed faults " of_one)
#define VS_EACH_WAIT(X)                                                                            \
	WAIT_ROW(X, mmap_lock_read, "mmap_lock_read", "waiting for the mmap_lock as a reader")     \
	WAIT_ROW(X, mmap_lock_write, "mmap_lock_write", "waiting for the mmap_lock as a writer")   \
	WAIT_ROW(X, direct_reclaim, "direct_reclaim",                                              \
		 "reclaiming memory because the machine had too little that was free")             \
	WAIT_ROW(X, memcg_reclaim, "memcg_reclaim",                                                \
		 "reclaiming memory because its memory cgroup had reached its limit")              \
	WAIT_ROW(X, compaction, "compaction", "compacting memory, for a huge page for example")    \
	WAIT_ROW(X, other, "other_wait", "asleep for another reason: for I/O, another process")
/* clang-format on */

/** enum vs_wait - indices of the rows */
enum vs_wait {
#define VS_WAIT_NUMBER(member, ...) VS_WAIT_##member,
	VS_EACH_WAIT(VS_WAIT_NUMBER)
#undef VS_WAIT_NUMBER
	VS_NR_WAITS,
};

#endif /* VMASCOPE_WAITS_H */
