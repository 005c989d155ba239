// SPDX-License-Identifier: GPL-2.0-only
/* call_event.c - counts of a memory call from its record, as call_count() in bpf/memcall.bpf.h. */
#include "model/history/call_event.h"

bool call_event__failed(const struct vs_event_call *e)
{
	if (e->call == VS_CALL_BRK && e->argument[0] && (uint64_t)e->result != e->argument[0])
		return true;
	return vs_is_error(e->result);
}

void call_event__range(const struct vs_event_call *e, uint64_t *start, uint64_t *end)
{
	const uint64_t to = e->argument[0], from = e->argument[1];

	*start = *end = 0;
	if (e->call == VS_CALL_BRK && to) {
		*start = to < from ? to : from;
		*end = to < from ? from : to;
	} else if (vs_call_in(e->call, VS_CALLS_OF_RANGE) ||
		   (e->call == VS_CALL_MMAP && e->detail == VS_MMAP_FIXED)) {
		*start = vs_call_start(e->call, e->argument[0]);
		*end = (e->argument[0] + e->argument[1] + 4095) & ~4095ULL;
	}
}

uint64_t call_event__bytes(const struct vs_event_call *e)
{
	uint64_t start, end;

	if (e->call == VS_CALL_MMAP)
		return e->argument[1];
	if (e->call == VS_CALL_PROCESS_MADVISE)
		return e->result > 0 ? (uint64_t)e->result : 0;
	call_event__range(e, &start, &end);
	return end - start;
}

/** count_maps - what the change in the number of mappings says; munmap and others make or take some */
static void count_maps(const struct vs_event_call *e, struct vs_call_counts *c)
{
	if (!vs_call_in(e->call, VS_CALLS_MAY_SPLIT))
		return;
	if (!e->map_after)
		c->splits_unknown = 1;
	else if (e->map_after > e->map_before)
		c->splits = 1;
	else if (e->map_after < e->map_before && e->call != VS_CALL_MUNMAP)
		c->merges = 1;
}

struct vs_call_counts call_event__counts(const struct vs_event_call *e)
{
	struct vs_call_counts c = {
		.count = 1,
		.latency_ns = e->duration_ns,
		.latency_max_ns = e->duration_ns,
		.runqueue_ns = e->runqueue_ns,
		.blocked_ns = e->blocked_ns,
		.unsplit_ns = e->unsplit_ns,
		.flush = { e->flush[VS_FLUSH_LOCAL], e->flush[VS_FLUSH_REMOTE] },
		.full = e->full,
		.pages = e->pages,
		.queued = e->queued,
	};

	/* the call does not return */
	if (e->call == VS_CALL_EXIT)
		return c;
	if (call_event__failed(e)) {
		c.errors = 1;
		c.failed[vs_errno_of(e->result < 0 ? e->result : VS_BRK_FAILED)] = 1;
		return c;
	}
	c.bytes = call_event__bytes(e);
	count_maps(e, &c);
	c.wx_both = !!(e->wx & VS_WX_BOTH);
	c.wx_flip = !!(e->wx & VS_WX_FLIP);
	return c;
}
