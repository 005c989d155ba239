// SPDX-License-Identifier: GPL-2.0-only
/* ranges.c - a ring of ranges for each process. */
#include "model/ranges.h"

#include <stdbool.h>
#include <stdlib.h>

#define PAGE_SIZE 4096ULL
#define MAX_ERRNO 4095

/* include/uapi/asm-generic/mman-common.h: advice after which an access may fault */
static const bool drops[] = {
	[VS_MADV_DONTNEED] = true, [VS_MADV_FREE] = true,     [9 /* REMOVE */] = true,
	[20 /* COLD */] = true,	   [21 /* PAGEOUT */] = true, [24 /* DONTNEED_LOCKED */] = true,
};
#define NR_DROPS (sizeof(drops) / sizeof(*drops))

/** struct range - what call @id changed or took away, from @time_ns on */
struct range {
	uint64_t start;
	uint64_t end;
	uint64_t time_ns;
	uint64_t id;
};

/** struct recent - the last ranges of one process */
struct recent {
	uint64_t nr;
	struct range ring[RANGES_PER_PROCESS];
};

void ranges__init(struct ranges *r)
{
	hash__init(&r->by_pid, sizeof(uint64_t));
}

void ranges__free(struct ranges *r)
{
	hash__free(&r->by_pid, free);
}

void ranges__forget(struct ranges *r, uint32_t pid)
{
	free(hash__remove_u64(&r->by_pid, pid));
}

static uint64_t page_up(uint64_t address)
{
	return (address + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

/** old_range - of an mremap: all of it where it moved, what was cut off where it stayed. */
static void old_range(const struct vs_event_call *call, struct range *range)
{
	const uint64_t old = page_up(call->argument[1]), new = page_up(call->argument[2]);

	if ((uint64_t)call->result == range->start)
		range->start += new < old ? new : old;
}

/** call_range - what @call changed or took away, nothing if it failed. */
static struct range call_range(const struct vs_event_call *call)
{
	struct range range = { .start = call->argument[0],
			       .end = page_up(call->argument[0] + call->argument[1]),
			       .time_ns = call->head.time_ns,
			       .id = call->id };

	if (call->result < 0 && call->result >= -MAX_ERRNO)
		return (struct range){};
	switch (call->call) {
	case VS_CALL_MPROTECT:
	case VS_CALL_PKEY_MPROTECT:
	case VS_CALL_MUNMAP:
		return range;
	case VS_CALL_MREMAP:
		old_range(call, &range);
		return range;
	case VS_CALL_MADVISE:
		return call->detail < NR_DROPS && drops[call->detail] ? range : (struct range){};
	case VS_CALL_BRK: /* the second one is where the break was */
		range.start = page_up(call->result);
		range.end = page_up(call->argument[1]);
		return range;
	default:
		return (struct range){};
	}
}

void ranges__add(struct ranges *r, const struct vs_event_call *call)
{
	const struct range range = call_range(call);
	struct recent *recent;

	if (range.start >= range.end)
		return;
	recent = hash__get_u64(&r->by_pid, call->pid);
	if (!recent) {
		recent = calloc(1, sizeof(*recent));
		if (!recent || hash__set_u64(&r->by_pid, call->pid, recent)) {
			free(recent);
			return;
		}
	}
	recent->ring[recent->nr++ & (RANGES_PER_PROCESS - 1)] = range;
}

uint64_t ranges__last(const struct ranges *r, uint32_t pid, uint64_t address, uint64_t time_ns)
{
	const struct recent *recent = hash__get_u64(&r->by_pid, pid);
	const uint64_t nr = recent ? recent->nr : 0,
		       kept = nr < RANGES_PER_PROCESS ? nr : RANGES_PER_PROCESS;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct range *range = &recent->ring[(nr - i) & (RANGES_PER_PROCESS - 1)];

		if (address >= range->start && address < range->end && range->time_ns <= time_ns)
			return range->id;
	}
	return 0;
}
