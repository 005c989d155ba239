/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - the recording's format: the structure of a file, and the records in its blocks.
 *
 * A file is FORMAT_MAGIC followed by blocks, each of which can be read without those before it. The
 * first block is the header: JSON, which also lists every type of record and its fields. Blocks of
 * events and of checkpoints are compressed records of those types (schema.h). docs/record.md
 * describes the format.
 */
#ifndef VMASCOPE_RECORD_FORMAT_FORMAT_H
#define VMASCOPE_RECORD_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "model/shootdown.h"

/** Maximum number of frames kept of a stack, the innermost ones. */
#define RECORD_FRAMES 512u

/** The first bytes of a file. */
#define FORMAT_MAGIC "VMASCOPE"
#define FORMAT_MAGIC_LEN 8
/** Raised when an older reader would misinterpret a file; new types and fields do not raise it. */
#define FORMAT_VERSION 2
/** Oldest version that can be read; before version 2, counts were never reset. */
#define FORMAT_LEAST_VERSION 1
/** The first bytes of a block; after damage, a reader searches for them. */
#define BLOCK_MAGIC 0x4b4c4256u /* "VBLK" */
/** Maximum size of a block, packed or not; a reader rejects larger ones. */
#define BLOCK_MAX (64u << 20)
/** A block is unpacked to at most BLOCK_FREE_BYTES plus BLOCK_RATIO times its packed size. */
#define BLOCK_FREE_BYTES (64u << 10)
#define BLOCK_RATIO 1024u
/** Maximum length of strings, including the terminating NUL; longer ones are cut. */
#define RECORD_STR_MAX 4096u

/** enum block_kind - what a block holds */
enum block_kind {
	BLOCK_HEADER = 1, /* JSON, not compressed */
	BLOCK_EVENTS,	  /* events in ring buffer order, after the records they refer to */
	BLOCK_CHECKPOINT, /* counts that changed since the last one; all in the first and last */
	BLOCK_END,	  /* struct block_entry per block since the last index; ends the file */
	BLOCK_INDEX,	  /* the same, written after every INDEX_ENTRIES blocks */
};

/**
 * struct block_head - head of a block; little endian, as are all numbers in a file
 * @magic: BLOCK_MAGIC
 * @kind: enum block_kind
 * @stored: bytes that follow; @raw: their size when unpacked (zstd), 0: they are not packed
 * @records: number of records in the block
 * @crc: CRC-32 (zlib's) of the bytes that follow
 * @first_ns, @last_ns: range of the times in the block, CLOCK_MONOTONIC; of events, when they ended
 * @pad: 0
 * @head_crc: CRC-32 of the preceding bytes of the head
 */
struct block_head {
	uint32_t magic;
	uint32_t kind;
	uint32_t stored;
	uint32_t raw;
	uint32_t records;
	uint32_t crc;
	uint64_t first_ns;
	uint64_t last_ns;
	uint32_t pad;
	uint32_t head_crc;
};
_Static_assert(sizeof(struct block_head) == 48, "block_head");

/** struct block_entry - an entry of the index: the position of a block, and values from its head */
struct block_entry {
	uint64_t offset;
	uint64_t first_ns;
	uint64_t last_ns;
	uint32_t kind;
	uint32_t records;
};
_Static_assert(sizeof(struct block_entry) == 32, "block_entry");
/** Number of blocks after which an index is written, which bounds its size and memory use. */
#define INDEX_ENTRIES 32768u

/*
 * A record is the model's own struct if that has only numbers and text, or a struct that embeds it
 * and adds the number of the object it belongs to. Where the model's struct has pointers, the
 * record is a separate struct: a file has numbers in their place, and as a file may be forged, they
 * must be checked first. So processes, rows, rows of calls and stacks are read into the structs
 * below, which record/load converts to those of the model; the fields of a symbol belong to a
 * directory above this one.
 */

/** enum record_type - types of records, in the order of record_types in types.c */
enum record_type {
	RECORD_NONE, /* a type that this reader does not know */
	RECORD_STATS,
	RECORD_PROCESS,
	RECORD_ROW,
	RECORD_COUNTS,
	RECORD_CPU,
	RECORD_LATENCY,
	RECORD_THREAD,
	RECORD_CALL_ROW,
	RECORD_CALL_TOTALS,
	RECORD_CALL_HIST,
	RECORD_PAIR,
	RECORD_SYMBOL,
	RECORD_STACK,
	RECORD_RESET,
	RECORD_IN_FLIGHT, /* struct vs_event_fault in flight: only in the last checkpoint */
	RECORD_FAULT,	  /* events from here to RECORD_RSS */
	RECORD_CALL,
	RECORD_FLUSH,
	RECORD_IPI,
	RECORD_CRASH,
	RECORD_EXEC,
	RECORD_EXIT,
	RECORD_RSS,
	RECORD_CLOCK,
	NR_RECORD_TYPES,
};

/** record_is_event - the others are counts, or define what events and counts refer to. */
static inline bool record_is_event(enum record_type type)
{
	return type >= RECORD_FAULT && type <= RECORD_RSS;
}

/**
 * struct record_stats - end of a checkpoint
 * @time_ns: when the counts were read; @events: number of events written so far
 * @full: 1: the checkpoint has all counts; 0: only those that changed
 * @ended: 1: counting had ended, and the checkpoint lists the @in_flight faults that were in flight
 */
struct record_stats {
	uint64_t time_ns;
	uint64_t events;
	uint64_t full;
	uint64_t ended;
	uint64_t in_flight;
	struct vs_stats stats;
};

/* Bits of record_reset.what: what is reset. */
#define RESET_COUNTS 1u /* counts of rows, processes, CPUs and calls */
#define RESET_STACKS 2u

/**
 * struct record_reset - counts are reset and written again
 *
 * All counts become 0 until the checkpoint sets them: processes that have exited may have been
 * merged into another one since.
 * @time_ns: when the counts were read
 * @what: RESET_*
 */
struct record_reset {
	uint64_t time_ns;
	uint64_t what;
};

/**
 * struct record_clock - the time of day was set, or the machine was suspended
 * @time_ns: when this was detected, CLOCK_MONOTONIC; @wall_ns: the same moment since 1970
 */
struct record_clock {
	uint64_t time_ns;
	uint64_t wall_ns;
};

/**
 * Number of the process that is the sum of all processes for which a checkpoint had no room; this
 * number minus its @is_vma is the number of its rows.
 */
#define RECORD_REST UINT32_MAX
/** Number of the stack that stands for all stacks of processes that have been freed. */
#define RECORD_STACK_ENDED UINT32_MAX

/** struct record_process - struct process (model/model.h); @number is never reused */
struct record_process {
	uint32_t number;
	uint32_t pid;
	uint32_t ppid;
	uint32_t uid;
	uint64_t start_ns;
	uint64_t cgroup;
	uint64_t ended_ns;
	uint64_t base_minor;
	uint64_t base_major;
	uint32_t exited;
	int32_t exit_code;
	char comm[VS_COMM_LEN];
	const char *cgroup_name;
};

/**
 * struct record_row - struct fault_row: a VMA, or what a process image counts outside of VMAs
 * @number: never reused; row 0 has no record: it counts what belongs to no process
 * @process: number of its process
 * @build_id: build ID of a file with code, hexadecimal; otherwise NULL
 * @owner_family, @owner_how: names of what struct vma_owner has, NULL: unknown; @owner_name,
 *	@owner_likely: as there
 */
struct record_row {
	uint32_t number;
	uint32_t process;
	uint32_t is_vma;
	uint32_t name_kind;
	uint64_t image;
	uint64_t start;
	uint64_t end;
	struct vs_vma_key key;
	uint64_t no_address;
	uint64_t lookup_missed;
	uint64_t no_slot;
	const char *name;
	const char *build_id;
	const char *owner_family;
	const char *owner_how;
	const char *owner_name;
	uint64_t owner_likely;
};

/** struct record_counts - all counts of a row or CPU @number since the start of the run */
struct record_counts {
	uint64_t number;
	struct vs_counts counts;
};

/**
 * struct record_latency - a histogram of row @row; or, if that is not set, of process @process by
 * @cause; or, if neither is, by @cause for all processes without a histogram
 */
struct record_latency {
	uint32_t row;
	uint32_t process;
	uint32_t cause;
	uint32_t pad;
	struct vs_hist hist;
};

/**
 * struct record_call_row - struct call_row (model/shootdown.h); row 0: calls that found no free row
 * @stack: number of its stack, written before it; 0: stacks were not requested
 */
struct record_call_row {
	uint32_t number;
	uint32_t process;
	uint32_t vma;
	uint32_t call;
	uint32_t detail;
	uint32_t pid;
	uint32_t tid;
	uint32_t map_count;
	uint32_t stack;
	uint32_t pad;
	uint64_t site;
	uint64_t start;
	uint64_t end;
	char comm[VS_COMM_LEN];
	struct vs_call_counts counts;
};

/** struct record_call_hist - histogram by vs_call_class() and enum vs_call_time */
struct record_call_hist {
	uint32_t class;
	uint32_t time;
	struct vs_hist hist;
};

/**
 * struct record_symbol - struct symbol_frame (symbol/symbolizer.h); written before @number is used
 */
struct record_symbol {
	uint32_t number;
	uint32_t inlined;
	uint32_t in_file;
	uint32_t line;
	uint64_t ip;
	uint64_t offset;
	uint64_t module_offset;
	const char *name;
	const char *module;
	const char *file;
};

/**
 * struct record_stack - a stack, and the counts of the faults with this stack
 * @number: never reused; VS_STACK_OVERFLOW and VS_STACK_NONE as in enum vs_stack_special
 * @process: number of its process
 * @late: part of @counts: their faults were part of the counts of an earlier checkpoint, but not yet
 *	of this stack's (--unwind dwarf)
 * @frame: numbers of symbols, innermost first: @nr_user of user mode, then @nr_kernel
 */
struct record_stack {
	uint32_t number;
	uint32_t process;
	uint32_t pid;
	uint32_t nr_user;
	uint32_t nr_kernel;
	uint32_t pad;
	struct vs_stack_counts counts;
	struct vs_stack_counts late;
	char comm[VS_COMM_LEN];
	uint32_t frame[RECORD_FRAMES];
};

/** struct record_rss - resident memory of process @pid, bytes */
struct record_rss {
	struct vs_event head;
	uint32_t pid;
	uint32_t pad;
	uint64_t bytes;
};

/**
 * union record - a record of any type
 *
 * Events are those of events.h, with these differences: slots are numbers of rows, which are never
 * reused; stacks are numbers of struct record_stack, which may follow later; generations are 0.
 */
union record {
	struct record_stats stats;
	struct record_process process;
	struct record_row row;
	struct record_counts counts;
	struct record_latency latency;
	struct vs_thread thread;
	struct record_call_row call_row;
	struct vs_shootdowns call_totals;
	struct record_call_hist call_hist;
	struct call_pair pair;
	struct record_symbol symbol;
	struct record_stack stack;
	struct record_reset reset;
	struct record_clock clock;
	struct vs_event head;
	struct vs_event_fault fault;
	struct vs_event_call call;
	struct vs_event_flush flush;
	struct vs_event_ipi ipi;
	struct vs_event_crash crash;
	struct vs_event_proc proc;
	struct record_rss rss;
};

#endif /* VMASCOPE_RECORD_FORMAT_FORMAT_H */
