// SPDX-License-Identifier: GPL-2.0-only
/* save.c - write the contents of a model: each object when it is new, and when it has changed. */
#include "record/save/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/save/build_id.h"

/** Maximum number of symbols and build IDs to remember; beyond it they are written again. */
#define MOST_SYMBOLS (256u << 10)
#define MOST_BUILD_IDS (16u << 10)
/** Approximate size of a fault in flight, bytes. */
#define IN_FLIGHT_BYTES 96

void saver__init(struct saver *s, struct writer *w, const struct run_model *run)
{
	memset(s, 0, sizeof(*s));
	s->writer = w;
	s->run = run;
	for (int i = 0; i < NR_MARKS; i++)
		hash__init(&s->marks[i], sizeof(uint64_t));
	hash__init(&s->build_ids, sizeof(struct vs_file_key));
	hash__init(&s->symbols, 2 * sizeof(uint64_t));
}

static void forget_marks(struct saver *s)
{
	for (int i = 0; i < NR_MARKS; i++)
		hash__free(&s->marks[i], NULL);
	s->used = 0;
}

void saver__free(struct saver *s)
{
	forget_marks(s);
	hash__free(&s->build_ids, free);
	hash__free(&s->symbols, NULL);
}

/* --- processes and rows -------------------------------------------------------------------- */

static struct record_process process_record(const struct process *p)
{
	struct record_process r;

	memset(&r, 0, sizeof(r));
	r.number = p->number;
	r.pid = p->pid;
	r.ppid = p->ppid;
	r.uid = p->uid;
	r.start_ns = p->start_ns;
	r.cgroup = p->cgroup;
	r.ended_ns = p->ended_ns;
	r.base_minor = p->base_minor;
	r.base_major = p->base_major;
	r.exited = p->exited;
	r.exit_code = p->exit_code;
	memcpy(r.comm, p->comm, sizeof(r.comm));
	r.cgroup_name = p->cgroup_name;
	return r;
}

/** build_id - the build ID of a file with code; read once. */
static const char *build_id(struct saver *s, const struct fault_row *row)
{
	const struct vs_file_key *key = &row->vma.key.file;
	char *id;

	if (!row->is_vma || row->vma.name_kind != VS_NAME_FILE ||
	    !(row->vma.key.flags & VS_VM_EXEC))
		return NULL;
	if (s->build_ids.nr >= MOST_BUILD_IDS)
		hash__free(&s->build_ids, free);
	id = hash__get(&s->build_ids, key);
	if (!id) {
		id = build_id__read(s->files, row);
		if (!id || hash__set(&s->build_ids, key, id)) {
			free(id);
			return NULL;
		}
	}
	return *id ? id : NULL;
}

static struct record_row row_record(struct saver *s, const struct fault_row *row)
{
	struct record_row r;

	memset(&r, 0, sizeof(r));
	r.number = row->number;
	r.process = row->process->number;
	r.is_vma = row->is_vma;
	r.name_kind = row->vma.name_kind;
	r.image = row->image;
	r.start = row->vma.start;
	r.end = row->vma.end;
	r.key = row->vma.key;
	r.no_address = row->no_address;
	r.lookup_missed = row->lookup_missed;
	r.no_slot = row->no_slot;
	r.name = row->name;
	r.build_id = build_id(s, row);
	if (row->owner.family) {
		r.owner_family = owner_names[row->owner.family].key;
		r.owner_how = owner_how_names[row->owner.how];
		r.owner_name = row->owner.name;
		r.owner_likely = row->owner.likely;
	}
	return r;
}

/** event - write a record into the block of events. */
static void event(struct saver *s, enum record_type type, const void *record, uint64_t time_ns)
{
	if (!s->error)
		s->error = writer__event(s->writer, type, record, time_ns);
}

void saver__define_all(struct saver *s, const struct process *p, uint64_t time_ns)
{
	uint64_t defined = saver__marked(s, MARK_DEFINED, p->number);

	if (defined == p->nr_rows + 1)
		return;
	if (!defined) {
		const struct record_process r = process_record(p);

		event(s, RECORD_PROCESS, &r, time_ns);
		defined = 1;
	}
	for (; defined <= p->nr_rows; defined++) {
		const struct record_row r = row_record(s, p->rows[defined - 1]);

		event(s, RECORD_ROW, &r, time_ns);
	}
	saver__mark(s, MARK_DEFINED, p->number, defined);
}

void saver__redefine(struct saver *s)
{
	hash__free(&s->marks[MARK_DEFINED], NULL);
}

uint32_t saver__define(struct saver *s, const struct fault_row *row, uint64_t time_ns)
{
	if (!row || !row->process)
		return 0;
	saver__define_all(s, row->process, time_ns);
	return row->number;
}

/**
 * put_clock - write the changes of the time of day so far with @put: writer__event() or
 * writer__count()
 */
static void put_clock(struct saver *s, uint64_t time_ns,
		      int (*put)(struct writer *w, enum record_type type, const void *record,
				 uint64_t time_ns))
{
	for (size_t i = 0; s->wall && i < s->wall->nr; i++) {
		const struct wall_step *step = &s->wall->step[i];
		const struct record_clock r = { .time_ns = step->from_ns,
						.wall_ns = step->from_ns + (uint64_t)step->add_ns };

		/* the header has the time of day at the start of the run */
		if (step->from_ns && !s->error)
			s->error = put(s->writer, RECORD_CLOCK, &r, time_ns);
	}
}

void saver__clock(struct saver *s, uint64_t time_ns)
{
	put_clock(s, time_ns, writer__event);
}

void saver__event(struct saver *s, enum record_type type, const void *record, uint64_t time_ns)
{
	event(s, type, record, time_ns);
}

/* --- checkpoints --------------------------------------------------------------------------- */

static void put_counts(struct saver *s, enum mark mark, enum record_type type, uint32_t number,
		       const struct vs_counts *counts)
{
	struct record_counts r = { .number = number, .counts = *counts };

	if (counts_faults(counts))
		saver__put(s, mark, number, type, &r, sizeof(r));
}

static void put_latency(struct saver *s, enum mark mark, uint64_t number, struct record_latency r,
			const struct latency *latency)
{
	if (!latency || !latency->hist.max_ns)
		return;
	r.hist = latency->hist;
	saver__put(s, mark, number, RECORD_LATENCY, &r, sizeof(r));
}

static void put_row(struct saver *s, const struct fault_row *row)
{
	const struct record_row r = row_record(s, row);

	saver__put(s, MARK_ROW, row->number, RECORD_ROW, &r, sizeof(r));
	put_counts(s, MARK_COUNTS, RECORD_COUNTS, row->number, &row->counts);
	put_latency(s, MARK_ROW_LATENCY, row->number, (struct record_latency){ .row = row->number },
		    row->latency);
}

static void put_process_latency(struct saver *s, const struct process *p, uint32_t cause)
{
	const uint64_t number = (uint64_t)p->number * VS_NR_CAUSES + cause;
	const struct latency *latency = p->latency[cause];

	if (!latency)
		return;
	if (saver__fits(s, MARK_PROCESS_LATENCY, number) && saver__fits(s, MARK_PROCESS, p->number))
		put_latency(s, MARK_PROCESS_LATENCY, number,
			    (struct record_latency){ .process = p->number, .cause = cause },
			    latency);
	else
		hist__add(&s->rest.latency[cause], &latency->hist);
}

static void put_process(struct saver *s, const struct process *p)
{
	const struct record_process r = process_record(p);
	const bool fits = saver__fits(s, MARK_PROCESS, p->number);

	if (fits)
		saver__put(s, MARK_PROCESS, p->number, RECORD_PROCESS, &r, sizeof(r));
	for (uint32_t cause = 0; cause < VS_NR_CAUSES; cause++)
		put_process_latency(s, p, cause);
	for (size_t i = 0; i < p->nr_rows; i++)
		if (fits && saver__fits(s, MARK_ROW, p->rows[i]->number))
			put_row(s, p->rows[i]);
		else
			save_rest__add_row(&s->rest, p->rows[i]);
}

/**
 * put_processes - write active processes, or those that count no longer, which are written once.
 */
static void put_processes(struct saver *s, bool counting)
{
	const struct model *m = &s->run->model;

	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];
		const uint64_t rest = counts_faults(&s->rest.rows[0].counts) +
				      counts_faults(&s->rest.rows[1].counts);

		if ((p->nr_slots || p == m->ended) != counting ||
		    (!counting && saver__marked(s, MARK_DONE, p->number)))
			continue;
		put_process(s, p);
		/* what goes into the rest has to be added again in each checkpoint */
		if (!counting && p->exited && p->settled &&
		    rest == counts_faults(&s->rest.rows[0].counts) +
				    counts_faults(&s->rest.rows[1].counts))
			saver__mark(s, MARK_DONE, p->number, 1);
	}
}

static void put_threads(struct saver *s)
{
	for (size_t i = 0; i < s->run->threads.nr; i++)
		if (saver__fits(s, MARK_THREAD, i))
			saver__put(s, MARK_THREAD, i, RECORD_THREAD, s->run->threads.list[i],
				   sizeof(struct vs_thread));
}

static void put_model(struct saver *s)
{
	const struct model *m = &s->run->model;

	put_counts(s, MARK_COUNTS, RECORD_COUNTS, 0, &m->overflow.counts);
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		put_counts(s, MARK_CPU, RECORD_CPU, cpu, &m->cpus[cpu].counts);
	for (uint32_t cause = 0; cause < VS_NR_CAUSES; cause++)
		put_latency(s, MARK_SHARED_LATENCY, cause,
			    (struct record_latency){ .cause = cause }, &m->shared_latency[cause]);
	put_processes(s, true);
	put_processes(s, false);
	put_threads(s);
}

/** begin_anew - forget what was written before, so that all of it is written again. */
static void begin_anew(struct saver *s)
{
	const struct record_reset r = { .time_ns = s->time_ns, .what = RESET_COUNTS };

	forget_marks(s);
	if (s->symbols.nr >= MOST_SYMBOLS)
		hash__free(&s->symbols, NULL);
	s->stacks_due = s->stacks;
	saver__count(s, RECORD_RESET, &r);
}

/** begin_stacks - mark all stacks as unwritten, and rows of calls, which refer to them. */
static void begin_stacks(struct saver *s)
{
	const struct record_reset r = { .time_ns = s->time_ns, .what = RESET_STACKS };

	saver__count(s, RECORD_RESET, &r);
	hash__free(&s->marks[MARK_CALL_ROW], NULL);
	s->stacks_due = false;
}

/**
 * put_in_flight - write faults in flight; those of an unknown VMA, or one that was not written,
 * have row 0.
 */
static void put_in_flight(struct saver *s)
{
	for (size_t i = 0; i < s->in_flight->nr; i++) {
		const struct in_flight_fault *f = &s->in_flight->fault[i];
		struct vs_event_fault r = f->event;

		r.slot = f->row && saver__marked(s, MARK_ROW, f->row->number) ? f->row->number : 0;
		r.proc = 0;
		r.stack.row = 0;
		saver__count(s, RECORD_IN_FLIGHT, &r);
	}
}

void saver__checkpoint(struct saver *s, const struct vs_stats *stats, uint64_t time_ns, bool full)
{
	struct record_stats r = { .time_ns = time_ns, .full = full, .stats = *stats };

	s->time_ns = time_ns;
	if (full) {
		begin_anew(s);
		/* each file of a ring may become the oldest one that is left */
		put_clock(s, time_ns, writer__count);
	}
	if (s->stacks_due && !s->unnamed)
		begin_stacks(s);
	if (s->in_flight) {
		r.ended = true;
		r.in_flight = s->in_flight->nr;
		s->used += s->in_flight->nr * IN_FLIGHT_BYTES;
	}
	save_rest__clear(&s->rest);
	put_model(s);
	if (s->writer->header->shootdowns)
		saver__put_calls(s);
	saver__put_rest(s);
	if (s->in_flight)
		put_in_flight(s);
	if (s->stacks && !s->unnamed)
		saver__put_stacks(s);
	/* more events were recorded while stacks were symbolized */
	r.events = s->writer->nr_events;
	saver__count(s, RECORD_STATS, &r);
	if (!s->error)
		s->error = writer__commit(s->writer);
}
