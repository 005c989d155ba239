// SPDX-License-Identifier: GPL-2.0-only
/* trace_record.c - look up VMAs and crashes of events as they come. */
#include "collect/trace_record.h"

#include <stdlib.h>
#include <string.h>

/** Places in code that are remembered: few make all calls. */
#define MAX_CODES 16384

/** Threads whose last fault that may be a crash is remembered: its own record follows soon. */
#define MAX_CRASHES 16384

/** struct code_key - an address in a process image */
struct code_key {
	uint64_t image;
	uint64_t address;
};

void trace_resolver__init(struct trace_resolver *x, const char *vma_glob, bool explain_crashes)
{
	x->vma_glob = vma_glob;
	x->explain_crashes = explain_crashes;
	calls__init(&x->calls);
	ranges__init(&x->ranges);
	hash__init(&x->crashes, sizeof(uint64_t));
	hash__init(&x->codes, sizeof(struct code_key));
}

void trace_resolver__free(struct trace_resolver *x)
{
	calls__free(&x->calls);
	ranges__free(&x->ranges);
	hash__free(&x->crashes, free);
	hash__free(&x->codes, NULL);
}

void trace_resolver__forget(struct trace_resolver *x)
{
	hash__free(&x->codes, NULL);
}

/** vma_wanted - --vma lets @row by. */
static bool vma_wanted(const struct trace_resolver *x, const struct fault_row *row)
{
	return !x->vma_glob || (row && fault_row__matches(row, x->vma_glob));
}

/* --- crashes ------------------------------------------------------------------------------- */

/** keep_crash - the surroundings come before the fault's own record. */
static void keep_crash(struct trace_resolver *x, const struct vs_event_crash *e)
{
	struct vs_event_crash *copy;

	if (x->crashes.nr >= MAX_CRASHES && !hash__get_u64(&x->crashes, e->tid))
		hash__free(&x->crashes, free);
	copy = hash__make_u64(&x->crashes, e->tid, sizeof(*copy));
	if (copy)
		*copy = *e;
}

/** find_crash - the details of a fault that was not resolved; NULL: unknown */
static struct trace_crash *find_crash(struct trace_resolver *x, struct live *l,
				      const struct vs_event_fault *e, const struct fault_row *row)
{
	const struct vs_event_crash *event = hash__get_u64(&x->crashes, e->tid);
	const struct vs_event_call *call;
	struct trace_crash *c;

	if (e->outcome != VS_INCOMPLETE || e->origin != VS_ORIGIN_USER || !event ||
	    event->address != e->address)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->fault = *e;
	c->event = *event;
	c->crash = (struct crash){ .fault = &c->fault,
				   .vma = row && row->is_vma ? row : NULL,
				   .event = &c->event };
	for (int i = 0; i < VS_NR_NEAR; i++)
		if (event->near[i].end)
			c->crash.near[i] = live__row(l, event->near[i].slot,
						     event->near[i].generation);
	call = calls__last(&x->calls, e->pid, e->address, e->head.time_ns);
	if (call) {
		c->call = *call;
		c->crash.call = &c->call;
	}
	return c;
}

/* --- events -------------------------------------------------------------------------------- */

static bool resolve_fault(struct trace_resolver *x, struct live *l, struct trace_record *r)
{
	r->row[0] = live__row(l, r->fault.slot, r->fault.generation);
	if (!vma_wanted(x, r->row[0]))
		return false;
	r->crash = find_crash(x, l, &r->fault, r->row[0]);
	r->after = ranges__last(&x->ranges, &r->fault);
	return true;
}

/** code_scan - the VMA of @address among the known ones of an image, the latest first */
static const struct fault_row *code_scan(const struct fault_row *image, uint64_t address)
{
	const struct process *p = image->process;

	for (size_t i = p->nr_rows; i-- > 0;) {
		const struct fault_row *row = p->rows[i];

		if (row->is_vma && !vma_is_several(&row->vma) && row->image == image->image &&
		    address >= row->vma.start && address < row->vma.end)
			return row;
	}
	return NULL;
}

/** find_code - the VMA that a call was made from; NULL: it has not been seen. */
static const struct fault_row *find_code(struct trace_resolver *x, struct live *l,
					 const struct vs_event_call *e)
{
	const uint32_t proc = e->proc < l->run.model.nr_slots ? e->proc : 0;
	struct code_key key = { .address = e->site ? e->site : e->ip };
	const struct fault_row *image, *row;

	if (!l->run.model.by_slot[proc])
		live__discover(l);
	image = l->run.model.by_slot[proc];
	if (!proc || !image || !image->process || image->process->pid != e->pid || !key.address)
		return NULL;
	key.image = image->image;
	row = hash__get(&x->codes, &key);
	/* a VMA without its slot may be gone, and another one there */
	if (row && row->slot)
		return row;
	row = code_scan(image, key.address);
	if (x->codes.nr >= MAX_CODES)
		hash__free(&x->codes, NULL);
	if (row)
		hash__set(&x->codes, &key, (void *)row);
	return row;
}

static bool resolve_call(struct trace_resolver *x, struct live *l, struct trace_record *r)
{
	bool wanted = !x->vma_glob;

	if (x->explain_crashes)
		calls__add(&x->calls, &r->call);
	ranges__add(&x->ranges, &r->call);
	for (uint32_t i = 0; i < r->call.nr_vmas && i < VS_CALL_VMAS; i++) {
		r->row[i] = live__row(l, r->call.vma[i].slot, r->call.vma[i].generation);
		wanted = wanted || vma_wanted(x, r->row[i]);
	}
	if (wanted)
		r->code = find_code(x, l, &r->call);
	return wanted;
}

static void forget(struct trace_resolver *x, uint32_t pid)
{
	calls__forget(&x->calls, pid);
	ranges__forget(&x->ranges, pid);
}

bool trace_resolve(struct trace_resolver *x, struct live *l, const struct vs_event *event,
		   struct trace_record *r)
{
	const size_t room = sizeof(*r) - offsetof(struct trace_record, head);

	memset(r, 0, offsetof(struct trace_record, head));
	memcpy(&r->head, event, event->size < room ? event->size : room);
	switch (event->type) {
	case VS_EVENT_FAULT:
		return resolve_fault(x, l, r);
	case VS_EVENT_CALL:
		return resolve_call(x, l, r);
	case VS_EVENT_FLUSH:
	case VS_EVENT_IPI:
		return true;
	case VS_EVENT_CRASH:
		keep_crash(x, (const void *)event);
		return false;
	case VS_EVENT_PROC_EXEC:
	case VS_EVENT_PROC_EXIT:
		forget(x, ((const struct vs_event_proc *)event)->pid);
		return false;
	}
	return false;
}

size_t trace_record_size(const struct trace_record *r)
{
	return offsetof(struct trace_record, head) + r->head.size;
}

uint64_t trace_record_end_ns(const struct trace_record *r)
{
	switch (r->head.type) {
	case VS_EVENT_FAULT:
		return r->head.time_ns + r->fault.duration_ns;
	case VS_EVENT_CALL:
		return r->head.time_ns + r->call.duration_ns;
	case VS_EVENT_IPI:
		return r->head.time_ns + r->ipi.stolen_ns;
	default:
		return r->head.time_ns;
	}
}
