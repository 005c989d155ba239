// SPDX-License-Identifier: GPL-2.0-only
/* calls.c - a ring of memory calls for each process. */
#include "model/calls.h"

#include <stdbool.h>
#include <stdlib.h>

const char *const call_names[VS_NR_CALLS] = {
	[VS_CALL_MPROTECT] = "mprotect", [VS_CALL_PKEY_MPROTECT] = "pkey_mprotect",
	[VS_CALL_MUNMAP] = "munmap",	 [VS_CALL_MREMAP] = "mremap",
	[VS_CALL_MADVISE] = "madvise",	 [VS_CALL_BRK] = "brk",
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

/** concerns - the call took @address away, or changed how it may be used. */
static bool concerns(const struct vs_event_call *call, uint64_t address)
{
	switch (call->call) {
	case VS_CALL_BRK: /* what is above the new end is gone, as far as it was heap */
		return address >= call->result && address - call->result < 1ull << 30;
	case VS_CALL_MREMAP: /* moved, or cut off at the end */
		if (call->result == call->start && call->argument < call->length)
			return address - call->start >= call->argument &&
			       address - call->start < call->length;
		return call->result != call->start && address - call->start < call->length;
	case VS_CALL_MADVISE: /* leaves the VMA and its protection as they are */
		return false;
	default:
		return address - call->start < ((call->length + 4095) & ~4095ull);
	}
}

const struct vs_event_call *calls__last(const struct calls *c, uint32_t pid, uint64_t address,
					uint64_t before_ns)
{
	const struct history *h = hash__get_u64(&c->by_pid, pid);
	uint64_t kept = h ? (h->nr < CALLS_KEPT ? h->nr : CALLS_KEPT) : 0;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct vs_event_call *call = &h->ring[(h->nr - i) & (CALLS_KEPT - 1)];

		if (call->head.time_ns <= before_ns && concerns(call, address))
			return call;
	}
	return NULL;
}
