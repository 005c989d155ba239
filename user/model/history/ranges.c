// SPDX-License-Identifier: GPL-2.0-only
/* ranges.c - a ring of ranges for each process. */
#include "model/history/ranges.h"

#include <stdbool.h>
#include <stdlib.h>

#define PAGE_SIZE 4096ULL

/**
 * struct range - a range that call @id changed, unmapped or mapped, valid from @time_ns on
 * @fits: faults that follow from it; @ends: faults that no longer follow from earlier calls
 */
struct range {
	uint64_t start;
	uint64_t end;
	uint64_t time_ns;
	uint64_t id;
	unsigned int fits;
	unsigned int ends;
};

/** struct recent - the latest ranges of one process */
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

/** protect_fits - rights that an mprotect removes from the known VMAs in its range. */
static unsigned int protect_fits(const struct vs_event_call *call)
{
	uint64_t had = 0, lost;

	for (uint32_t i = 0; i < call->nr_vmas && i < VS_CALL_VMAS; i++)
		had |= call->vma[i].flags;
	lost = had & (VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC);
	if (call->argument[2] & VS_PROT_READ)
		lost &= ~VS_VM_READ;
	if (call->argument[2] & VS_PROT_WRITE)
		lost &= ~VS_VM_WRITE;
	if (call->argument[2] & VS_PROT_EXEC)
		lost &= ~VS_VM_EXEC;
	return lost & VS_VM_WRITE ? RANGE_WRITE | RANGE_FORBIDDEN : lost ? RANGE_FORBIDDEN : 0;
}

static void add(struct recent *recent, struct range range, uint64_t start, uint64_t end)
{
	range.start = start;
	range.end = page_up(end);
	if (range.start < range.end && (range.fits || range.ends == RANGE_ALL))
		recent->ring[recent->nr++ & (RANGES_PER_PROCESS - 1)] = range;
}

/** add_remap - add the ranges of an mremap: the old and the new location of the memory */
static void add_remap(struct recent *recent, struct range range, const struct vs_event_call *call)
{
	const uint64_t from = call->argument[0], to = (uint64_t)call->result;
	const uint64_t was = page_up(call->argument[1]), is = page_up(call->argument[2]);

	if (to == from) {
		add(recent, range, from + (was < is ? was : is), from + (was < is ? is : was));
		return;
	}
	if (call->argument[3] & VS_MREMAP_DONTUNMAP)
		range.fits = RANGE_EMPTY;
	add(recent, range, from, from + was);
	range.fits = 0;
	add(recent, range, to, to + is);
}

/** add_call - add the ranges of a successful call, as bpf/call_ranges.bpf.h does */
static void add_call(struct recent *recent, const struct vs_event_call *call)
{
	const uint64_t start = call->argument[0], end = start + call->argument[1];
	const uint64_t result = (uint64_t)call->result;
	struct range range = { .time_ns = call->head.time_ns, .id = call->id, .ends = RANGE_ALL };

	switch (call->call) {
	case VS_CALL_MPROTECT:
	case VS_CALL_PKEY_MPROTECT:
		range.fits = range.ends = protect_fits(call);
		add(recent, range, start, end);
		break;
	case VS_CALL_MADVISE:
		range.fits = vs_advice_fits(call->detail);
		range.ends = vs_advice_ends(call->detail);
		if (range.fits)
			add(recent, range, start, end);
		break;
	case VS_CALL_MUNMAP:
		add(recent, range, start, end);
		break;
	case VS_CALL_MMAP:
		if (call->detail == VS_MMAP_FIXED && call->flush[VS_FLUSH_LOCAL])
			range.fits = RANGE_EMPTY;
		add(recent, range, result, result + call->argument[1]);
		break;
	case VS_CALL_MREMAP:
		add_remap(recent, range, call);
		break;
	case VS_CALL_BRK: /* the second argument is the old break */
		if (result < call->argument[1])
			add(recent, range, page_up(result), call->argument[1]);
		else
			add(recent, range, page_up(call->argument[1]), result);
		break;
	default:
		break;
	}
}

void ranges__add(struct ranges *r, const struct vs_event_call *call)
{
	struct recent *recent;

	if (vs_is_error(call->result))
		return;
	recent = hash__make_u64(&r->by_pid, call->pid, sizeof(*recent));
	if (recent)
		add_call(recent, call);
}

/** fault_fits - the state that a fault found, according to its record */
static unsigned int fault_fits(const struct vs_event_fault *fault)
{
	switch (fault->cause) {
	case VS_CAUSE_ANON_ZERO:
	case VS_CAUSE_COW_ZERO:
	case VS_CAUSE_HUGETLB:
	case VS_CAUSE_UFFD:
		return RANGE_EMPTY;
	case VS_CAUSE_FILE_MAP:
	case VS_CAUSE_FILE_READ:
	case VS_CAUSE_FILE_WAIT:
	case VS_CAUSE_SHMEM:
		return RANGE_EMPTY | RANGE_STORED;
	case VS_CAUSE_SWAP_IN:
		return RANGE_STORED;
	case VS_CAUSE_COW:
	case VS_CAUSE_COW_REUSE:
		return fault->error_code & X86_PF_PROT ? RANGE_WRITE : RANGE_EMPTY;
	case VS_CAUSE_WRITE_NOTIFY:
		return RANGE_WRITE;
	case VS_CAUSE_SPURIOUS:
		return RANGE_WRITE | RANGE_FORBIDDEN;
	case VS_CAUSE_SEGV_ACCERR:
	case VS_CAUSE_PROT:
	case VS_CAUSE_PKEY:
		return RANGE_FORBIDDEN;
	case VS_CAUSE_UNKNOWN:
	case VS_CAUSE_GUP:
		return RANGE_EMPTY | RANGE_STORED | RANGE_WRITE;
	default:
		return 0;
	}
}

uint64_t ranges__last(const struct ranges *r, const struct vs_event_fault *fault)
{
	const struct recent *recent = hash__get_u64(&r->by_pid, fault->pid);
	const uint64_t nr = recent ? recent->nr : 0,
		       kept = nr < RANGES_PER_PROCESS ? nr : RANGES_PER_PROCESS;
	const unsigned int fits = fault_fits(fault);

	for (uint64_t i = 1; i <= kept; i++) {
		const struct range *range = &recent->ring[(nr - i) & (RANGES_PER_PROCESS - 1)];

		if (fault->address < range->start || fault->address >= range->end ||
		    range->time_ns > fault->head.time_ns)
			continue;
		if (range->fits & fits)
			return range->id;
		if (range->ends == RANGE_ALL)
			return 0;
	}
	return 0;
}
