/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * events.h - the only contract between bpf/ and user/: records, keys and counters.
 *
 * Every type here has fixed widths and an asserted size, so that a program compiled for the BPF
 * target and one compiled for the host agree on it byte by byte.
 */
#ifndef VMASCOPE_EVENTS_H
#define VMASCOPE_EVENTS_H

#ifndef __bpf__
#include <assert.h>
#include <linux/types.h>
#endif

#include "abi.h"

#include "control.h"

#include "causes.h"
#include "figures.h"

/** CPUs that a kernel can have at most (CONFIG_NR_CPUS of x86). */
#define VS_MAX_CPUS 8192
/** Bytes of a command name, the terminating NUL included (TASK_COMM_LEN in linux/sched.h). */
#define VS_COMM_LEN 16
/** Bytes of a stored file path; longer paths lose their leading components. */
#define VS_PATH_LEN 1024
/** Bytes of a VMA's own name: a special mapping's ("[vdso]") or one set by prctl (max. 80). */
#define VS_VMA_NAME_LEN 80

/**
 * enum vs_access - what a fault wanted to do
 *
 * From the page-fault error code (arch/x86/include/asm/trap_pf.h: X86_PF_WRITE, X86_PF_INSTR) or
 * from handle_mm_fault()'s flags (FAULT_FLAG_WRITE, FAULT_FLAG_INSTRUCTION).
 * VS_ACCESS_UNKNOWN is used where no hook of this kernel provides it.
 */
enum vs_access {
	VS_ACCESS_READ,
	VS_ACCESS_WRITE,
	VS_ACCESS_EXEC,
	VS_ACCESS_UNKNOWN,
	VS_NR_ACCESS,
};

/** enum vs_origin - origin of a fault: user mode, kernel mode, or kernel-initiated (no trap). */
enum vs_origin {
	VS_ORIGIN_USER,
	VS_ORIGIN_KERNEL,
	VS_ORIGIN_GUP, /* get_user_pages() and similar: accounted to the task, but no trap */
	VS_NR_ORIGIN,
};

/** enum vs_outcome - how a fault ended, as the kernel accounts it (mm_account_fault()). */
enum vs_outcome {
	VS_MINOR,
	VS_MAJOR,
	VS_INCOMPLETE, /* begun, but never accounted: a signal, a retry after one, a bad address */
	VS_NR_OUTCOME,
};

/** enum vs_size - what the fault mapped, by the page-table level of the new entry */
enum vs_size {
	VS_SIZE_PAGE,  /* one base page, or unknown */
	VS_SIZE_LARGE, /* several base pages at once: a large folio, or fault-around */
	VS_SIZE_PMD,
	VS_SIZE_PUD,
	VS_NR_SIZES,
};

/* Number of 64-bit words in struct vs_counts, and of those that pad it to cache lines. */
#define VS_COUNTS_USED                                                                             \
	(VS_NR_OUTCOME + VS_ORIGIN_GUP * VS_NR_ACCESS + 1 + VS_NR_CAUSES + VS_NR_SIZES + 1 +       \
	 VS_NR_FIGURES + 4)
#define VS_COUNTS_PAD ((8 - VS_COUNTS_USED % 8) % 8)

/**
 * struct vs_counts - the counters of one slot on one CPU
 * @outcome: faults by enum vs_outcome
 * @access: faults by origin (user, kernel) and access
 * @gup: faults of VS_ORIGIN_GUP; their access is not available on every kernel
 * @cause: faults by enum vs_cause
 * @size: completed faults by enum vs_size, if page tables can be read
 * @handled: incomplete faults that raised a signal for which the process had a handler
 * @latency_count: completed faults whose latency is known; if latencies are sampled, an estimate:
 *	each sample counts for as many faults as it stands for, here and in all sums and histograms
 * @latency_sum_ns: sum of these latencies, in nanoseconds
 * @latency_max_ns: maximum of these latencies, in nanoseconds
 * @so_far_ns: time of faults in flight at the end of an interval, minus the part that has been
 *	added to @latency_sum_ns since; may be negative on one CPU
 * Between them there is a member for each row of VS_EACH_FIGURE.
 *
 * Σ outcome = Σ access + gup = Σ cause, always.
 */
struct vs_counts {
	__u64 outcome[VS_NR_OUTCOME];
	__u64 access[VS_ORIGIN_GUP][VS_NR_ACCESS];
	__u64 gup;
	__u64 cause[VS_NR_CAUSES];
	__u64 size[VS_NR_SIZES];
	__u64 handled;
	VS_EACH_FIGURE(VS_FIGURE_COUNTER)
	__u64 latency_count;
	__u64 latency_sum_ns;
	__u64 latency_max_ns;
	__u64 so_far_ns;
	__u64 pad[VS_COUNTS_PAD];
};
_Static_assert(sizeof(struct vs_counts) % 64 == 0, "vs_counts: whole cache lines");

#include "hists.h"

/** enum vs_slot_kind - kind of object that a slot describes */
enum vs_slot_kind {
	VS_SLOT_FREE, /* not in use, or handed out and not yet filled */
	VS_SLOT_PROC, /* a process image (one mm in one process): its faults without a VMA */
	VS_SLOT_VMA,  /* a VMA of a process image */
};

/** The histograms with the numbers of the causes are shared: used when no other one is left. */
#define VS_HIST_FIRST 32u
#define VS_HIST_NONE 0xffffffffu

/** Slot 0 is never handed out: it counts faults for which no slot was found. */
#define VS_SLOT_OVERFLOW 0

/** enum vs_name_kind - how the name of a VMA is formed */
enum vs_name_kind {
	VS_NAME_ANON,	 /* [anon], or [anon:NAME] where the name is set */
	VS_NAME_FILE,	 /* struct vs_file under @file */
	VS_NAME_HEAP,	 /* [heap] */
	VS_NAME_STACK,	 /* [stack] */
	VS_NAME_SPECIAL, /* the name is used verbatim: [vdso], [vvar], … */
};

/**
 * struct vs_file_key - identity of a mapped file
 * @ino: inode number, as in /proc/PID/maps
 * @dev: device, in the kernel's encoding (MKDEV: major << 20 | minor)
 * @generation: i_generation, which distinguishes a reused inode number
 * @deleted: 1 if the name was unlinked when the VMA was first seen
 */
struct vs_file_key {
	__u64 ino;
	__u32 dev;
	__u32 generation;
	__u32 deleted;
	__u32 pad;
};
_Static_assert(sizeof(struct vs_file_key) == 24, "vs_file_key");

/**
 * struct vs_file - the path of a mapped file
 * @len: bytes used in @path
 * @truncated: 1 if leading components are missing
 * @pseudo: 1 if the file is not in a directory tree: memfd, SysV shared memory, anonymous inodes
 * @magic: s_magic of its file system (include/uapi/linux/magic.h)
 * @path: its components, the last one first, each with a terminating NUL
 */
struct vs_file {
	__u32 len;
	__u16 truncated;
	__u16 pseudo;
	__u64 magic;
	char path[VS_PATH_LEN];
};

/**
 * struct vs_vma_key - identity of a VMA slot within its process image
 * @anchor: vm_start; vm_end if the VMA grows down, so that a growing stack stays one VMA
 * @flags: the vm_flags that distinguish VMAs (VS_VM_IDENTITY)
 * @file: mapped file, all zero without one
 * @pgoff: vm_pgoff of a file mapping (pages), else 0
 * @proc: slot of the process image; @proc_generation: generation of that slot, which may be reused
 * @name_hash: of the name set by prctl(PR_SET_VMA_ANON_NAME), 0 without one
 */
struct vs_vma_key {
	__u64 anchor;
	__u64 flags;
	struct vs_file_key file;
	__u64 pgoff;
	__u32 proc;
	__u32 proc_generation;
	__u32 name_hash;
	__u32 pad;
};
_Static_assert(sizeof(struct vs_vma_key) == 64, "vs_vma_key");

/* vm_flags that vmascope reads (include/linux/mm.h; their values have not changed since 2.6). */
#define VS_VM_READ 0x1ULL
#define VS_VM_WRITE 0x2ULL
#define VS_VM_EXEC 0x4ULL
#define VS_VM_SHARED 0x8ULL
#define VS_VM_MAYSHARE 0x80ULL
#define VS_VM_GROWSDOWN 0x100ULL
#define VS_VM_HUGETLB 0x400000ULL
#define VS_VM_UFFD_MISSING 0x200ULL
#define VS_VM_UFFD_WP 0x1000ULL
#define VS_VM_IDENTITY                                                                             \
	(VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC | VS_VM_SHARED | VS_VM_MAYSHARE | VS_VM_GROWSDOWN | \
	 VS_VM_HUGETLB)
/* In a key's flags, not a vm_flag: the slot is shared by several VMAs, as slots ran out. */
#define VS_VM_SEVERAL (1ULL << 62)
/* The name for VMAs of a process that do not even have a slot by name. */
#define VS_OTHER_VMAS "[other VMAs]"
/* The name of shared anonymous memory; /proc/PID/maps has "/dev/zero (deleted)". */
#define VS_SHARED_MEMORY "[anon_shmem]"

/**
 * struct vs_vma_info - a VMA slot
 * @key: its identity
 * @start: lowest start address seen
 * @end: highest end address seen
 * @name_kind: enum vs_name_kind
 * @name: for VS_NAME_SPECIAL and named VS_NAME_ANON
 */
struct vs_vma_info {
	struct vs_vma_key key;
	__u64 start;
	__u64 end;
	__u32 name_kind;
	__u32 pad;
	char name[VS_VMA_NAME_LEN];
};

/** Bits of vs_proc_info.state */
#define VS_PROC_EXITED 1u   /* the process has ended */
#define VS_PROC_REPLACED 2u /* this image was replaced by an exec */

/**
 * struct vs_proc_info - a process image slot
 * @mm: address of its mm_struct, used as an identity only
 * @start_ns: start time of the process's first thread, boot time, ns
 * @cgroup: cgroup v2 id of the first task that was seen
 * @base_minor: the kernel's minor faults of that task when its counting began
 * @base_major: the same for major faults
 * @pid: thread group id, in the initial pid namespace
 * @ppid: thread group id of its parent
 * @uid: real user id
 * @state: VS_PROC_* bits
 * @exit_code: as returned by wait(2), if VS_PROC_EXITED
 * @no_address: faults at addresses without a VMA
 * @lookup_missed: faults whose VMA the lockless lookup did not find
 * @no_slot: faults in VMAs for which no slot was left
 * @comm: command name of the process's first thread
 * @hist: latency histogram by cause; 0: none yet; VS_HIST_NONE: none was left, and the
 *	shared histogram with the number of the cause is used
 */
struct vs_proc_info {
	__u64 mm;
	__u64 start_ns;
	__u64 cgroup;
	__u64 base_minor;
	__u64 base_major;
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__u32 state;
	__s32 exit_code;
	__u32 pad;
	__u64 no_address;
	__u64 lookup_missed;
	__u64 no_slot;
	char comm[VS_COMM_LEN];
	__u32 hist[VS_NR_CAUSES];
};

/** enum vs_slot_choice - whether --vma matches a VMA: user/ compares its name */
enum vs_slot_choice {
	VS_SLOT_UNDECIDED, /* also if --vma is not given */
	VS_SLOT_MUTED,	   /* its name does not match: no events */
	VS_SLOT_CHOSEN,
};

/**
 * struct vs_slot - description of a slot; read by user/ through a shared mapping
 * @kind: enum vs_slot_kind, written last
 * @generation: incremented each time the slot is reclaimed
 * @choice: enum vs_slot_choice, set by user/
 * @hist: latency histogram of a VMA, if requested; 0: none
 */
struct vs_slot {
	__u32 kind;
	__u32 generation;
	__u32 choice;
	__u32 hist;
	union {
		struct vs_vma_info vma;
		struct vs_proc_info proc;
	};
};
_Static_assert(sizeof(struct vs_slot) % 8 == 0, "vs_slot");

/**
 * struct vs_slot_ring - free slots, as two counters over an array of indices
 * @taken: number of slots that BPF has taken
 * @given: number of slots that user/ has freed; @given - @taken are free
 *
 * On separate cache lines, as both sides write.
 */
struct vs_slot_ring {
	__u64 taken;
	__u64 pad0[7];
	__u64 given;
	__u64 pad1[7];
};

/** An entry in the map of addresses covers 2 MiB. */
#define VS_HEAT_REGION_BITS 21

/**
 * struct vs_heat_key - an entry in the map of addresses, where faults are counted
 * @pid: process
 * @slot: slot that also counts the fault: of the VMA, of the process image, or VS_SLOT_OVERFLOW
 * @region: address >> VS_HEAT_REGION_BITS
 */
struct vs_heat_key {
	__u32 pid;
	__u32 slot;
	__u64 region;
};
_Static_assert(sizeof(struct vs_heat_key) == 16, "vs_heat_key");

/* clang-format off */
/** VS_EACH_LOST - losses, each with a counter (struct vs_stats): name in outputs */
#define VS_EACH_LOST(X)                                                                            \
	X(EVENTS, "events")     /* ring records that were requested, but dropped */                \
	X(SLOTS, "slots")       /* faults in VMAs for which no slot was left */                    \
	X(TASKS, "tasks")       /* tasks for which no state could be allocated */                  \
	X(LOOKUPS, "lookups")   /* VMA lookups without a consistent result */                      \
	X(FILES, "files")       /* file names that did not fit the table */                        \
	X(LATENCY, "latency")   /* completed faults whose latency is unknown */                    \
	X(IDENTITY, "identity") /* faults that ended after their slot had been reclaimed */        \
	X(HISTS, "hists")       /* causes of processes without a free histogram */                 \
	X(NOTICES, "notices")   /* records of process ends: detected later by other means */       \
	X(HEAT, "heat")         /* faults not in the map of addresses: table full */               \
	X(CALLS, "calls")       /* memory calls and flushes without a row as fine as asked */      \
	X(PAIRS, "pairs")       /* IPIs not in the table of initiators, targets */                 \
	X(RANGES, "ranges")     /* dropped ranges of calls: their refaults do not count */         \
	X(STACKS, "stacks")     /* stacks for which no row was left */                             \
	X(SAMPLES, "samples")   /* stack copies without room in the ring: callers unknown */       \
	X(MISSED, "missed")     /* runs of programs that the kernel skipped (recursion_misses) */  \
	X(REFAULTS, "refaults") /* faults without an address, of processes with such ranges */
/* clang-format on */

/** enum vs_lost - by VS_EACH_LOST */
enum vs_lost {
#define VS_LOST_MEMBER(id, name) VS_LOST_##id,
	VS_EACH_LOST(VS_LOST_MEMBER)
#undef VS_LOST_MEMBER
	VS_NR_LOST,
};

/** struct vs_stats - statistics of a CPU */
struct vs_stats {
	__u64 lost[VS_NR_LOST];
	__u64 emitted;	    /* ring records that were requested */
	__u64 walks;	    /* VMA lookups that walked the tree */
	__u64 atomic_traps; /* traps with page faults disabled: the kernel takes no fault there */
	__u64 eventless;    /* kernel-initiated faults that no hook saw: counted, no event */
	__u64 latencies;    /* latencies that were measured, with cfg.latency_period other than 1 */
	__u64 filtered;	    /* faults shorter than vs_config.slower_than_ns: counted, no event */
};

/** enum vs_event_type - types of ring records */
enum vs_event_type {
	VS_EVENT_FAULT = 1,
	VS_EVENT_PROC_EXEC,
	VS_EVENT_PROC_EXIT,
	VS_EVENT_THREAD_EXIT,
	VS_EVENT_CRASH,
	VS_EVENT_CALL,
	VS_EVENT_FLUSH,
	VS_EVENT_IPI,
	VS_EVENT_SAMPLE,
	VS_EVENT_IN_FLIGHT, /* struct vs_event_fault: in flight, @duration_ns so far */
};

/** struct vs_event - head of every ring record; @type is enum vs_event_type */
struct vs_event {
	__u16 type;
	__u16 size;
	__u32 cpu;
	__u64 time_ns; /* CLOCK_MONOTONIC, ns */
};

#include "stacks.h"

#include "wake.h"

#include "calls.h"

#include "crashes.h"

/**
 * struct vs_event_fault - one fault, emitted when its outcome is known
 * @head: time is the begin of the fault if known, else its end
 * @duration_ns: 0 if unknown
 * @address: faulting address
 * @ip: user or kernel instruction pointer, 0 if unknown
 * @pid: process; @tid: thread
 * @slot: slot of the VMA or of the process image, or VS_SLOT_OVERFLOW
 * @generation: of @slot when the fault began
 * @proc: slot of the process image
 * @vma_start: and @vma_end, @vma_pgoff: the VMA at that time, 0 without one
 * @access: enum vs_access; @origin: enum vs_origin; @outcome: enum vs_outcome;
 * @cause: enum vs_cause; @size: enum vs_size; followed by a member for each row of VS_EACH_FIGURE
 * @error_code: of the CPU (x86), 0 if unknown
 * @stack: row of its stack, all zero if none was requested
 */
struct vs_event_fault {
	struct vs_event head;
	__u64 duration_ns;
	__u64 address;
	__u64 ip;
	__u32 pid;
	__u32 tid;
	__u32 slot;
	__u32 generation;
	__u32 proc;
	__u32 error_code;
	__u64 vma_start;
	__u64 vma_end;
	__u64 vma_pgoff;
	__u8 access;
	__u8 origin;
	__u8 outcome;
	__u8 cause;
	__u8 size;
	__u8 pad;
	VS_EACH_FIGURE(VS_FIGURE_MEMBER)
	char comm[VS_COMM_LEN];
	struct vs_stack_ref stack;
};
_Static_assert(sizeof(struct vs_event_fault) % 8 == 0, "vs_event_fault");

/**
 * struct vs_thread - time that a thread spent in faults; yielded by the task iterator for each
 * thread
 * @pid: process; @tid: thread
 * @faults: completed and incomplete ones
 * @fault_ns: time in completed ones, ns
 * @so_far_ns: with intervals, time of the fault in flight up to the end of the last interval, and
 *	of failed faults up to the last interval that ended before them
 * @since_ns: when its counting began, CLOCK_MONOTONIC
 * @until_ns: when it ended, 0 while it runs
 */
struct vs_thread {
	__u32 pid;
	__u32 tid;
	__u64 faults;
	__u64 fault_ns;
	__u64 so_far_ns;
	__u64 since_ns;
	__u64 until_ns;
	char comm[VS_COMM_LEN];
};

/** struct vs_event_thread - a thread ended */
struct vs_event_thread {
	struct vs_event head;
	struct vs_thread thread;
};

/** struct vs_event_proc - a process image began (exec) or a process ended (exit) */
struct vs_event_proc {
	struct vs_event head;
	__u32 pid;
	__u32 proc;
	__u32 generation;
	__s32 exit_code;
	char comm[VS_COMM_LEN];
};

/**
 * struct vs_config - configuration set by user/ before the programs are loaded (read-only data, so
 * the verifier removes code that is not needed)
 * @nr_cpus: possible CPUs; @nr_slots: slots per CPU, a power of two
 * @targets: 1 = only tasks that are marked (-p, -t, -- CMD); 0 = every task
 * @follow: 1 = child processes of a traced task are traced; @follow_threads: new threads are
 *	traced, and the ids in map targets are process ids, not thread ids
 * @uid, @has_uid: real user id to match
 * @comm, @has_comm: command name of the process to match
 * @has_cgroup: 1 = only tasks under the cgroup in map cgroup_filter (cgroup v2), or under the one
 *	with id @cgroup_id if @cgroup_v1
 * @cgroup_v1: 1 = use another hierarchy: that of controller @cgroup_subsys (enum
 *	cgroup_subsys_id), or the named one with number @cgroup_hierarchy if that is not 0
 * @only: enum vs_outcome + 1 to count that outcome only, 0 for all
 * @emit_faults: 1 = a ring record for each fault that took at least @slower_than_ns, or for all
 *	faults if that is 0
 * @nr_hists: histograms per CPU, a power of two; @vma_hists: 1 = also one for each VMA
 * @crash: 1 = emit the context of faults that raise a signal
 * @heat: 1 = also count faults by address
 * @causes: bit set of the enum vs_cause to count, 0 for all
 * @fmode_backing: FMODE_BACKING of this kernel, 0 if it has none
 * @swp_migration, @swp_error, @swp_device, @swp_marker: bit sets of the swap types with this
 *	meaning (linux/swap.h; they depend on the kernel's configuration); error: poison, or a
 *	failed read from swap
 * @preemptible: 1 = programs can be preempted, so counters need atomics
 * @wakeup_bytes: wake the reader when the ring holds this much
 * @streamed: bit set of the enum vs_event_type that were requested: they count as emitted, or lost
 * @emit_calls: 1 = a ring record for each memory call
 * @longest_calls: 1 = one for each call that may be among the VS_LONGEST_CALLS longest;
 *	@longest_of_vmas: 1 = only calls whose first VMA matches --vma
 * @emit_flushes: 1 = a ring record for each flush; @emit_ipis: 1 = for each IPI
 * @refaults: 1 = remember the ranges of calls, to detect refaults
 * @call_vma, @call_site, @call_tid: 1 = rows of calls are distinguished by these
 * @own_parts: 1 = tracepoints report the local part of a remote flush
 * @plain_loads: 1 = bpf_rdonly_cast() is available
 * @run_times: 1 = latencies are split by the scheduler's counts of the task (bpf/run.bpf.c)
 * @user_stacks, @kernel_stacks: 1 = take this part of a stack; @fault_stacks: 1 = of faults;
 *	@stack_vma: 1 = rows of faults' stacks are also distinguished by the VMA that faulted;
 *	@call_stacks: 1 = of calls; @flush_stacks: 1 = of flushes without a call; @call_stack: 1 =
 *	rows of calls are distinguished by stack
 * @sample_bytes: bytes of user stacks to copy into records, which user/ unwinds; 0: the
 *	kernel follows frame pointers
 * @nr_call_rows: a power of two; 1: no table is used; @nr_stacks: a power of two
 * @vma_lookup: enum vs_vma_lookup; @vma_cache: 1 = use the task's cache of lookups
 * @latency_period: 1 = the latency of every fault is measured; n = of every nth minor fault and
 *	of every major one; 0 = of none
 */
struct vs_config {
	__u32 nr_cpus;
	__u32 nr_slots;
	__u32 nr_hists;
	__u32 causes;
	__u32 swp_migration;
	__u32 swp_error;
	__u32 swp_device;
	__u32 swp_marker;
	__u32 fmode_backing;
	__u32 uid;
	__u64 wakeup_bytes;
	__u64 slower_than_ns;
	__u64 cgroup_id;
	__u64 comm[VS_COMM_LEN / 8];
	__u8 targets;
	__u8 follow;
	__u8 follow_threads;
	__u8 has_uid;
	__u8 has_comm;
	__u8 has_cgroup;
	__u8 only;
	__u8 emit_faults;
	__u8 preemptible;
	__u8 vma_lookup;
	__u8 vma_cache;
	__u8 vma_hists;
	__u8 crash;
	__u8 heat;
	__u8 emit_calls;
	__u8 longest_calls;
	__u8 longest_of_vmas;
	__u8 emit_flushes;
	__u8 emit_ipis;
	__u8 refaults;
	__u8 call_vma;
	__u8 call_site;
	__u8 call_tid;
	__u8 own_parts;
	__u8 plain_loads;
	__u8 run_times;
	__u8 user_stacks;
	__u8 kernel_stacks;
	__u8 call_stack;
	__u8 fault_stacks;
	__u8 call_stacks;
	__u8 flush_stacks;
	__u8 stack_vma;
	__u8 cgroup_v1;
	__u32 cgroup_subsys;
	__u32 cgroup_hierarchy;
	__u32 nr_call_rows;
	__u32 streamed;
	__u32 nr_stacks;
	__u32 sample_bytes;
	__u32 latency_period;
};

/** enum vs_vma_lookup - how the VMA of an address is found */
enum vs_vma_lookup {
	VS_LOOKUP_NONE,
	VS_LOOKUP_MAPLE,    /* lockless walk of mm->mm_mt under RCU (6.1+) */
	VS_LOOKUP_FIND_VMA, /* bpf_find_vma() (5.17+) */
};

#endif /* VMASCOPE_EVENTS_H */
