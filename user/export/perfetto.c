// SPDX-License-Identifier: GPL-2.0-only
/* perfetto.c - events become slices, arrows and counters. */
#include "export/perfetto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/figures.h"
#include "model/names.h"

/** Faults per second are counted over so long. */
#define WINDOW_NS 100000000ULL
#define WINDOWS_PER_SECOND (1000000000ULL / WINDOW_NS)

/**
 * struct window_count - faults of process @pid in the current window
 * @written: in the window before
 * @next: in p->active; @is_active: it is in that list
 */
struct window_count {
	uint64_t pid;
	uint64_t faults;
	uint64_t written;
	struct window_count *next;
	bool is_active;
};

void perfetto__init(struct perfetto *p, FILE *file, const struct model *model)
{
	memset(p, 0, sizeof(*p));
	tracks__init(&p->tracks, file);
	p->model = model;
	hash__init(&p->by_pid, sizeof(uint64_t));
	hash__init(&p->stacks, sizeof(uint64_t));
}

void perfetto__free(struct perfetto *p)
{
	tracks__free(&p->tracks);
	hash__free(&p->by_pid, free);
	hash__free(&p->stacks, NULL);
}

/* --- faults per second --------------------------------------------------------------------- */

/**
 * write_window - what was counted in the window that ends at p->window_ns; then it is empty
 *
 * Most processes of a long recording have no fault in a window: those are not looked at.
 */
static void write_window(struct perfetto *p)
{
	const uint64_t begin_ns = p->window_ns - WINDOW_NS;
	struct window_count **at = &p->active, *count;

	tracks__count(&p->tracks, tracks__rate(&p->tracks, 0), begin_ns,
		      p->faults * WINDOWS_PER_SECOND);
	while ((count = *at)) {
		if (count->faults != count->written)
			tracks__count(&p->tracks, tracks__rate(&p->tracks, count->pid), begin_ns,
				      count->faults * WINDOWS_PER_SECOND);
		count->written = count->faults;
		count->faults = 0;
		count->is_active = count->written;
		if (count->is_active)
			at = &count->next;
		else
			*at = count->next;
	}
	p->faults = 0;
}

/** advance - go on to the window of @time_ns; of windows without faults, only one is written. */
static void advance(struct perfetto *p, uint64_t time_ns)
{
	const uint64_t end_ns = time_ns - time_ns % WINDOW_NS + WINDOW_NS;

	if (!p->window_ns)
		p->window_ns = end_ns;
	if (end_ns <= p->window_ns)
		return;
	write_window(p);
	p->window_ns += WINDOW_NS;
	if (end_ns > p->window_ns)
		write_window(p);
	p->window_ns = end_ns;
}

static void count_fault(struct perfetto *p, uint32_t pid, uint64_t time_ns)
{
	struct window_count *count;

	advance(p, time_ns);
	count = hash__make_u64(&p->by_pid, pid, sizeof(*count));
	if (!count) {
		tracks__fail(&p->tracks, -ENOMEM);
		return;
	}
	count->pid = pid;
	if (!count->is_active) {
		count->is_active = true;
		count->next = p->active;
		p->active = count;
	}
	count->faults++;
	p->faults++;
}

/* --- slices -------------------------------------------------------------------------------- */

static const char *row_name(const struct perfetto *p, uint32_t slot)
{
	const struct fault_row *row = slot < p->model->nr_slots ? p->model->by_slot[slot] : NULL;

	return row && row->name ? fault_row__name(row) : "[unknown]";
}

/** stack_number - the number of the text of a stack that has one; 0: none */
static uint64_t stack_number(struct perfetto *p, const struct vs_stack_ref *ref)
{
	uintptr_t number;
	char *text = NULL;

	if (!p->stack_text || !ref->row)
		return 0;
	number = (uintptr_t)hash__get_u64(&p->stacks, ref->row);
	if (number)
		return number;
	tracks__fail(&p->tracks, p->stack_text(p->ctx, ref, &text));
	if (!text)
		return 0;
	number = tracks__text(&p->tracks, text);
	free(text);
	if (number)
		tracks__fail(&p->tracks, hash__set_u64(&p->stacks, ref->row, (void *)number));
	return number;
}

/** note_stack - add the stack to a slice, after its other annotations */
static void note_stack(struct perfetto *p, struct slice *slice, const struct vs_stack_ref *ref)
{
	const uint64_t number = stack_number(p, ref);

	if (number)
		slice->notes[slice->nr_notes++] =
			(struct track_note){ .name = "stack", .number = number, .is_text = true };
}

/** note - add a number to a slice, unless it is 0 */
static void note(struct slice *slice, const char *name, uint64_t number)
{
	if (number)
		slice->notes[slice->nr_notes++] = (struct track_note){ .name = name,
								       .number = number };
}

/** note_figures - add the figures that text also shows, and the parts of the duration */
static void note_figures(const struct perfetto *p, struct slice *slice,
			 const struct vs_event_fault *e)
{
	for (size_t i = 0; i < VS_NR_FIGURES; i++) {
		const uint64_t value = figure__of_fault(&figures[i], e);

		if (p->unknown && unknown_columns__has(p->unknown, figures[i].key))
			continue;
		if (*figures[i].head && figure__known(&figures[i], e, value))
			slice->notes[slice->nr_notes++] =
				(struct track_note){ .name = figures[i].key, .number = value };
		else if (figures[i].unit == FIGURE_NS || (figures[i].unit == FIGURE_WAIT && value))
			note(slice, figures[i].key, value);
	}
}

static void put_fault(struct perfetto *p, const struct vs_event_fault *e)
{
	struct slice slice = {
		.track = tracks__thread(&p->tracks, e->pid, e->tid, e->comm),
		.begin_ns = e->head.time_ns,
		.end_ns = e->head.time_ns + e->duration_ns,
		.category = "fault",
		.name = cause_names[e->cause],
		.notes = { { .name = "address", .number = e->address, .is_address = true },
			   { .name = "vma", .text = row_name(p, e->slot) },
			   { .name = "access", .text = access_names[e->access] },
			   { .name = "outcome", .text = outcome_names[e->outcome] } },
		.nr_notes = 4,
	};

	note_figures(p, &slice, e);
	note_stack(p, &slice, &e->stack);
	tracks__slice(&p->tracks, &slice);
	count_fault(p, e->pid, slice.end_ns);
}

static void put_call(struct perfetto *p, const struct vs_event_call *e)
{
	char name[CALL_LABEL_LEN];
	struct slice slice = {
		.track = tracks__thread(&p->tracks, e->pid, e->tid, e->comm),
		.begin_ns = e->head.time_ns,
		.end_ns = e->head.time_ns + e->duration_ns,
		.category = "memcall",
		.name = name,
		.notes = { { .name = "vma", .text = row_name(p, e->vma[0].slot) },
			   { .name = "start", .number = e->argument[0], .is_address = true },
			   { .name = "bytes", .number = e->argument[1] },
			   { .name = "interrupts", .number = e->queued } },
		.nr_notes = 4,
	};

	call_label(name, sizeof(name), e->call, e->detail);
	note(&slice, "runqueue_ns", e->runqueue_ns);
	note(&slice, "blocked_ns", e->blocked_ns);
	note(&slice, "unsplit_ns", e->unsplit_ns);
	note_stack(p, &slice, &e->stack);
	tracks__slice(&p->tracks, &slice);
}

/** put_sent - where the arrow of an interrupt begins: in the initiator's call. */
static void put_sent(struct perfetto *p, const struct vs_event_ipi *e, uint64_t flow)
{
	/* an arrow points forward: CPUs' clocks may differ by a little */
	const uint64_t sent_ns = e->sent_ns < e->head.time_ns ? e->sent_ns : e->head.time_ns - 1;
	char name[64];
	const struct slice slice = {
		.track = tracks__thread(&p->tracks, e->from_pid, e->from_tid, e->from_comm),
		.begin_ns = sent_ns,
		.end_ns = sent_ns,
		.category = "shootdown",
		.name = name,
		.flow_out = flow,
	};

	snprintf(name, sizeof(name), "interrupt CPU %u", e->head.cpu);
	tracks__slice(&p->tracks, &slice);
}

static void put_ipi(struct perfetto *p, const struct vs_event_ipi *e)
{
	const uint64_t flow = e->sent_ns && e->from_tid ? ++p->flows : 0;
	const struct slice slice = {
		.track = tracks__cpu(&p->tracks, e->head.cpu),
		.begin_ns = e->head.time_ns,
		.end_ns = e->head.time_ns + e->stolen_ns,
		.category = "shootdown",
		.name = call_names[e->call],
		.flow_in = flow,
		.notes = { { .name = "from", .text = flow ? e->from_comm : "[unknown]" },
			   { .name = "interrupted", .text = e->to_comm },
			   { .name = "interrupted_tid", .number = e->to_tid } },
		.nr_notes = 3,
	};

	if (flow)
		put_sent(p, e, flow);
	tracks__slice(&p->tracks, &slice);
}

static void put_rss(struct perfetto *p, const struct record_rss *r)
{
	struct process *process = model__process(p->model, r->pid);

	tracks__process(&p->tracks, r->pid, process ? process->comm : "[unknown]");
	tracks__count(&p->tracks, tracks__rss(&p->tracks, r->pid), r->head.time_ns, r->bytes);
}

int perfetto__event(struct perfetto *p, const union record *event, enum record_type type)
{
	if (type == RECORD_FAULT)
		put_fault(p, &event->fault);
	else if (type == RECORD_CALL)
		put_call(p, &event->call);
	else if (type == RECORD_IPI)
		put_ipi(p, &event->ipi);
	else if (type == RECORD_RSS)
		put_rss(p, &event->rss);
	return p->tracks.error;
}

int perfetto__end(struct perfetto *p)
{
	if (p->window_ns) {
		write_window(p);
		p->window_ns += WINDOW_NS;
		write_window(p);
	}
	return p->tracks.error;
}
