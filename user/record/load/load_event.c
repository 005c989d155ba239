// SPDX-License-Identifier: GPL-2.0-only
/* load_event.c - translate numbers of rows in events to slots, and validate the values. */
#include "record/load/load.h"

/** slot_of - the slot of row @number; 0: unknown. */
static uint32_t slot_of(const struct loader *l, uint32_t number)
{
	const struct fault_row *row = number ? hash__get_u64(&l->rows, number) : NULL;

	if (!row && number)
		row = loader__ended_row(l, number);

	return row ? row->slot : 0;
}

/** vma_slot_of - the same for a VMA. */
static uint32_t vma_slot_of(const struct loader *l, uint32_t number)
{
	const uint32_t slot = slot_of(l, number);

	return slot && l->model->by_slot[slot]->is_vma ? slot : 0;
}

static void cut_enum(uint8_t *value, uint8_t nr)
{
	if (*value >= nr)
		*value = 0;
}

static void check_fault(const struct loader *l, struct vs_event_fault *e)
{
	e->slot = slot_of(l, e->slot);
	e->proc = slot_of(l, e->proc);
	cut_enum(&e->access, VS_NR_ACCESS);
	cut_enum(&e->origin, VS_NR_ORIGIN);
	cut_enum(&e->outcome, VS_NR_OUTCOME);
	cut_enum(&e->cause, VS_NR_CAUSES);
	cut_enum(&e->size, VS_NR_SIZES);
	e->comm[VS_COMM_LEN - 1] = '\0';
}

int loader__in_flight(struct loader *l, const struct vs_event_fault *r)
{
	struct vs_event_fault e = *r;
	struct fault_row *row;

	check_fault(l, &e);
	row = e.slot ? l->model->by_slot[e.slot] : NULL;
	/* keep the row, as the event refers to it */
	if (row)
		row->pinned = row->process->busy = true;
	return in_flight__add(l->in_flight, &e, row);
}

void loader__forget_in_flight(struct loader *l)
{
	for (size_t i = 0; i < l->in_flight->nr; i++)
		loader__discharge(l, sizeof(*l->in_flight->fault));
	in_flight__free(l->in_flight);
}

bool loader__has_in_flight(const struct loader *l)
{
	return l->stats.ended && l->stats.in_flight == l->in_flight->nr;
}

static void check_call(const struct loader *l, struct vs_event_call *e)
{
	e->proc = slot_of(l, e->proc);
	if (e->nr_vmas > VS_CALL_VMAS)
		e->nr_vmas = VS_CALL_VMAS;
	if (e->call >= VS_NR_FOLLOWED_CALLS)
		e->call = 0;
	for (int i = 0; i < VS_CALL_VMAS; i++)
		e->vma[i].slot = vma_slot_of(l, e->vma[i].slot);
	e->comm[VS_COMM_LEN - 1] = '\0';
}

static void check_flush(struct vs_event_flush *e)
{
	if (e->call >= VS_NR_CALLS)
		e->call = VS_CALL_OTHER;
	if (e->flush >= VS_NR_FLUSH)
		e->flush = 0;
	e->comm[VS_COMM_LEN - 1] = '\0';
}

static void check_ipi(struct vs_event_ipi *e)
{
	if (e->call >= VS_NR_CALLS)
		e->call = VS_CALL_OTHER;
	if (e->ipi >= VS_NR_IPI)
		e->ipi = 0;
	e->from_comm[VS_COMM_LEN - 1] = '\0';
	e->to_comm[VS_COMM_LEN - 1] = '\0';
}

static void check_crash(const struct loader *l, struct vs_event_crash *e)
{
	for (int i = 0; i < VS_NR_NEAR; i++)
		e->near[i].slot = vma_slot_of(l, e->near[i].slot);
}

/** struct event_kind - type and size for the head of an event, as in a ring buffer */
static const struct event_kind {
	uint16_t type;
	uint16_t size;
} event_kinds[NR_RECORD_TYPES] = {
	[RECORD_FAULT] = { VS_EVENT_FAULT, sizeof(struct vs_event_fault) },
	[RECORD_CALL] = { VS_EVENT_CALL, sizeof(struct vs_event_call) },
	[RECORD_FLUSH] = { VS_EVENT_FLUSH, sizeof(struct vs_event_flush) },
	[RECORD_IPI] = { VS_EVENT_IPI, sizeof(struct vs_event_ipi) },
	[RECORD_CRASH] = { VS_EVENT_CRASH, sizeof(struct vs_event_crash) },
	[RECORD_EXEC] = { VS_EVENT_PROC_EXEC, sizeof(struct vs_event_proc) },
	[RECORD_EXIT] = { VS_EVENT_PROC_EXIT, sizeof(struct vs_event_proc) },
};

void loader__event(struct loader *l, enum record_type type, union record *record)
{
	if (record->head.time_ns > l->event_ns)
		l->event_ns = record->head.time_ns;
	record->head.type = event_kinds[type].type;
	record->head.size = event_kinds[type].size;
	if (type == RECORD_FAULT)
		check_fault(l, &record->fault);
	else if (type == RECORD_CALL)
		check_call(l, &record->call);
	else if (type == RECORD_FLUSH)
		check_flush(&record->flush);
	else if (type == RECORD_IPI)
		check_ipi(&record->ipi);
	else if (type == RECORD_CRASH)
		check_crash(l, &record->crash);
}
