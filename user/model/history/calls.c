// SPDX-License-Identifier: GPL-2.0-only
/* calls.c - a ring of memory calls for each process. */
#include "model/history/calls.h"

#include <stdbool.h>
#include <stdlib.h>

/** struct call_history - the latest calls of one process */
struct call_history {
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
	struct call_history *h;

	if (!vs_call_in(call->call, VS_CALLS_CHANGE) || vs_is_error(call->result))
		return;
	h = hash__make_u64(&c->by_pid, call->pid, sizeof(*h));
	if (h)
		h->ring[h->nr++ & (CALLS_KEPT - 1)] = *call;
}

void calls__forget(struct calls *c, uint32_t pid)
{
	free(hash__remove_u64(&c->by_pid, pid));
}

static const struct vs_event_call *nth_last(const struct call_history *h, uint64_t n)
{
	return &h->ring[(h->nr - n) & (CALLS_KEPT - 1)];
}

/** heap_shrank - the @n-th last call, a brk, has unmapped @address: the previous brk had it. */
static bool heap_shrank(const struct call_history *h, uint64_t n, uint64_t kept, uint64_t address)
{
	if (address < (uint64_t)nth_last(h, n)->result)
		return false;
	for (n++; n <= kept; n++)
		if (nth_last(h, n)->call == VS_CALL_BRK)
			return address < (uint64_t)nth_last(h, n)->result;
	return false;
}

/** concerns - the call unmapped @address, or changed how it may be used. */
static bool concerns(const struct vs_event_call *call, uint64_t address)
{
	const uint64_t start = call->argument[0], result = call->result;
	const uint64_t old_length = call->argument[1], new_length = call->argument[2];
	const uint64_t length = (old_length + 4095) & ~4095ull;

	switch (call->call) {
	case VS_CALL_MREMAP: /* moved, or truncated at the end */
		if (result == start && new_length < old_length)
			return address - start >= new_length && address - start < old_length;
		return result != start && address - start < old_length;
	case VS_CALL_MADVISE: /* changes neither the VMA nor its protection */
		return false;
	case VS_CALL_MMAP:
		return address - result < length;
	default:
		return address - start < length;
	}
}

const struct vs_event_call *calls__last(const struct calls *c, uint32_t pid, uint64_t address,
					uint64_t before_ns)
{
	const struct call_history *h = hash__get_u64(&c->by_pid, pid);
	uint64_t kept = h ? (h->nr < CALLS_KEPT ? h->nr : CALLS_KEPT) : 0;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct vs_event_call *call = nth_last(h, i);

		if (call->head.time_ns > before_ns)
			continue;
		if (call->call == VS_CALL_BRK ? heap_shrank(h, i, kept, address)
					      : concerns(call, address))
			/* a new mapping hides all earlier calls */
			return call->call == VS_CALL_MMAP ? NULL : call;
	}
	return NULL;
}
