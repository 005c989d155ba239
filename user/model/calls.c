// SPDX-License-Identifier: GPL-2.0-only
/* calls.c - a ring of memory calls for each process. */
#include "model/calls.h"

#include <stdbool.h>
#include <stdlib.h>

const char *const call_names[VS_NR_CALLS] = {
	[VS_CALL_MPROTECT] = "mprotect", [VS_CALL_PKEY_MPROTECT] = "pkey_mprotect",
	[VS_CALL_MUNMAP] = "munmap",	 [VS_CALL_MREMAP] = "mremap",
	[VS_CALL_MADVISE] = "madvise",	 [VS_CALL_BRK] = "brk",
	[VS_CALL_MMAP] = "mmap",
};

/** struct history - the last calls of one process */
struct history {
	uint64_t nr;
	struct vs_event_call ring[CALLS_KEPT];
};

void calls__init(struct calls *c)
{
	hash__init(&c->by_pid, sizeof(uint64_t));
}

void calls__free(struct calls *c)
{
	hash__free(&c->by_pid, free);
}

void calls__add(struct calls *c, const struct vs_event_call *call)
{
	struct history *h = hash__get_u64(&c->by_pid, call->pid);

	if (!h) {
		h = calloc(1, sizeof(*h));
		if (!h)
			return;
		if (hash__set_u64(&c->by_pid, call->pid, h)) {
			free(h);
			return;
		}
	}
	h->ring[h->nr++ & (CALLS_KEPT - 1)] = *call;
}

void calls__forget(struct calls *c, uint32_t pid)
{
	free(hash__remove_u64(&c->by_pid, pid));
}

static const struct vs_event_call *nth_last(const struct history *h, uint64_t n)
{
	return &h->ring[(h->nr - n) & (CALLS_KEPT - 1)];
}

/** heap_shrank - the @n-th last call, a brk, has cut off @address: an earlier one had it. */
static bool heap_shrank(const struct history *h, uint64_t n, uint64_t kept, uint64_t address)
{
	if (address < nth_last(h, n)->result)
		return false;
	for (n++; n <= kept; n++)
		if (nth_last(h, n)->call == VS_CALL_BRK)
			return address < nth_last(h, n)->result;
	return false;
}

/** concerns - the call took @address away, or changed how it may be used. */
static bool concerns(const struct vs_event_call *call, uint64_t address)
{
	const uint64_t length = (call->length + 4095) & ~4095ull;

	switch (call->call) {
	case VS_CALL_MREMAP: /* moved, or cut off at the end */
		if (call->result == call->start && call->argument < call->length)
			return address - call->start >= call->argument &&
			       address - call->start < call->length;
		return call->result != call->start && address - call->start < call->length;
	case VS_CALL_MADVISE: /* leaves the VMA and its protection as they are */
		return false;
	case VS_CALL_MMAP:
		return address - call->result < length;
	default:
		return address - call->start < length;
	}
}

const struct vs_event_call *calls__last(const struct calls *c, uint32_t pid, uint64_t address,
					uint64_t before_ns)
{
	const struct history *h = hash__get_u64(&c->by_pid, pid);
	uint64_t kept = h ? (h->nr < CALLS_KEPT ? h->nr : CALLS_KEPT) : 0;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct vs_event_call *call = nth_last(h, i);

		if (call->head.time_ns > before_ns)
			continue;
		if (call->call == VS_CALL_BRK ? heap_shrank(h, i, kept, address)
					      : concerns(call, address))
			/* what was mapped anew has forgotten what was before */
			return call->call == VS_CALL_MMAP ? NULL : call;
	}
	return NULL;
}
