/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * format.h - the recording's format: what a file is made of, and the records that blocks hold.
 *
 * A file is FORMAT_MAGIC and then blocks, each of which can be read without those before it. The
 * first one is the header: JSON, which also lists every type of record and its fields. Blocks of
 * events and of checkpoints are compressed records of those types (schema.h). docs/record.md tells
 * it all.
 */
#ifndef VMASCOPE_RECORD_FORMAT_FORMAT_H
#define VMASCOPE_RECORD_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "model/shootdown.h"

/** Functions of a stack that are kept at most, the innermost ones. */
#define RECORD_FRAMES 512u

/** A file's first bytes. */
#define FORMAT_MAGIC "VMASCOPE"
#define FORMAT_MAGIC_LEN 8
/** Raised when an older reader would misunderstand; new types and fields do not raise it. */
#define FORMAT_VERSION 2
/** Older ones that this reader understands: before 2, counts were never summed up anew. */
#define FORMAT_LEAST_VERSION 1
/** A block's first bytes: a reader that has lost its way looks for them. */
#define BLOCK_MAGIC 0x4b4c4256u /* "VBLK" */
/** A block is no larger, packed or not: a reader believes no other. */
#define BLOCK_MAX (64u << 20)
/** No block is packed from more than BLOCK_FREE_BYTES and BLOCK_RATIO times its bytes. */
#define BLOCK_FREE_BYTES (64u << 10)
#define BLOCK_RATIO 1024u
/** Strings are cut to this, their end NUL included. */
#define RECORD_STR_MAX 4096u

/** enum block_kind - what a block holds */
enum block_kind {
	BLOCK_HEADER = 1, /* JSON, not compressed */
	BLOCK_EVENTS,	  /* events, in the ring's order, and what they refer to before them */
	BLOCK_CHECKPOINT, /* all counts that changed since the one before; the first and last: all */
	BLOCK_END, /* struct block_entry for each block since the index before; the file is whole */
	BLOCK_INDEX, /* the same, where there are INDEX_ENTRIES of them */
};

/**
 * struct block_head - little endian, as all numbers in a file
 * @magic: BLOCK_MAGIC
 * @kind: enum block_kind
 * @stored: bytes that follow; @raw: bytes of it when unpacked (zstd), 0: it is not packed
 * @records: in it
 * @crc: CRC-32 (zlib's) of what follows
 * @first_ns, @last_ns: times of what it holds, CLOCK_MONOTONIC; of events: of their ends
 * @pad: 0
 * @head_crc: of the bytes before it
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

/** struct block_entry - a line of the index: where a block is, and what its head says */
struct block_entry {
	uint64_t offset;
	uint64_t first_ns;
	uint64_t last_ns;
	uint32_t kind;
	uint32_t records;
};
_Static_assert(sizeof(struct block_entry) == 32, "block_entry");
/** Blocks after which the index is written, so that it neither outgrows a block nor memory. */
#define INDEX_ENTRIES 32768u

/*
 * A record is the model's own struct where that holds numbers and text alone, or is embedded in one that
 * adds the number of what it is of. It is a struct of its own where the model's has pointers: a file has
 * numbers in their place, and what is read from a file, which anyone may have made, must be checked before
 * it becomes one. So a process, a row, a row of calls and a stack are read into one of those below, which
 * record/load takes over into the model; a symbol's fields belong to a folder above this one.
 */

/** enum record_type - types of records, as the schema in schema.c names them */
enum record_type {
	RECORD_NONE, /* of a type that this reader does not know */
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
	RECORD_IN_FLIGHT, /* struct vs_event_fault, that had not ended: in the last checkpoint */
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

/** record_is_event - others are counts, or tell what events and counts refer to. */
static inline bool record_is_event(enum record_type type)
{
	return type >= RECORD_FAULT && type <= RECORD_RSS;
}

/**
 * struct record_stats - ends a checkpoint
 * @time_ns: when the counts were read; @events: records of events that were written so far
 * @full: 1: the checkpoint has all counts, not only those that changed
 * @ended: 1: counting had ended, and the checkpoint lists the faults that were in flight then:
 *	@in_flight of them
 */
struct record_stats {
	uint64_t time_ns;
	uint64_t events;
	uint64_t full;
	uint64_t ended;
	uint64_t in_flight;
	struct vs_stats stats;
};

/* What a record_reset is about, a bit each. */
#define RESET_COUNTS 1u /* of rows, processes, CPUs and calls */
#define RESET_STACKS 2u

/**
 * struct record_reset - counts are told anew
 *
 * What was counted so far is 0 again, until the checkpoint says what it is: processes that have
 * ended may have become part of another one since.
 * @time_ns: when the counts were read
 * @what: RESET_*
 */
struct record_reset {
	uint64_t time_ns;
	uint64_t what;
};

/**
 * struct record_clock - the time of day was set, or the machine was suspended
 * @time_ns: that is known from this time on, CLOCK_MONOTONIC; @wall_ns: the same moment since 1970
 */
struct record_clock {
	uint64_t time_ns;
	uint64_t wall_ns;
};

/**
 * Number of a process, and with its @is_vma taken away of its rows: the sum of all those for which
 * a checkpoint had no room.
 */
#define RECORD_REST UINT32_MAX
/** Number of the stack that stands for all those of processes that have been forgotten. */
#define RECORD_STACK_ENDED UINT32_MAX

/** struct record_process - struct process (model/model.h); @number is never used again */
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
 * struct record_row - struct fault_row: a VMA, or what a process image has outside any
 * @number: never used again; row 0 is not told, it counts what belongs to no process
 * @process: its number
 * @build_id: of the file, hexadecimal, where it holds code; else NULL
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
};

/** struct record_counts - all that row or CPU @number has counted since the start of the run */
struct record_counts {
	uint64_t number;
	struct vs_counts counts;
};

/**
 * struct record_latency - a histogram: of row @row; else of process @process by @cause; of neither:
 * of all processes that had none of their own, by @cause
 */
struct record_latency {
	uint32_t row;
	uint32_t process;
	uint32_t cause;
	uint32_t pad;
	struct vs_hist hist;
};

/**
 * struct record_call_row - struct call_row (model/shootdown.h); row 0: what found no other
 * @stack: number of its stack, told before it; 0: none was asked for
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

/** struct record_call_hist - by vs_call_class() and enum vs_call_time */
struct record_call_hist {
	uint32_t class;
	uint32_t time;
	struct vs_hist hist;
};

/** struct record_symbol - struct symbol_frame (symbol/symbolizer.h); @number is told before its use */
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
 * struct record_stack - a stack, and the faults that began there
 * @number: never used again; VS_STACK_OVERFLOW and VS_STACK_NONE as in enum vs_stack_special
 * @process: its number
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
 * union record - one of any type
 *
 * Events are those of events.h, but that their slots are numbers of rows, which are never used
 * again, their stacks those of struct record_stack, which may follow later, and generations 0.
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
