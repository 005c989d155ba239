// SPDX-License-Identifier: GPL-2.0-only
/* save.c - write what a model holds: each thing when it is new, and when it has changed. */
#include "record/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record/build_id.h"

void saver__init(struct saver *s, struct writer *w, const struct model *m,
		 const struct shootdown *shootdown, const struct threads *threads)
{
	memset(s, 0, sizeof(*s));
	s->writer = w;
	s->model = m;
	s->shootdown = shootdown;
	s->threads = threads;
	hash__init(&s->build_ids, sizeof(struct vs_file_key));
	hash__init(&s->symbols, 2 * sizeof(uint64_t));
}

void saver__free(struct saver *s)
{
	for (int i = 0; i < NR_MARKS; i++)
		free(s->marks[i].hash);
	hash__free(&s->build_ids, free);
	hash__free(&s->symbols, NULL);
}

void saver__forget(struct saver *s)
{
	for (int i = 0; i < NR_MARKS; i++)
		if (s->marks[i].nr)
			memset(s->marks[i].hash, 0, s->marks[i].nr * sizeof(uint64_t));
}

/* --- what was written ---------------------------------------------------------------------- */

/** fnv1a - of whole words; never 0. */
static uint64_t fnv1a(const void *data, size_t size)
{
	uint64_t h = 14695981039346656037ULL, word;

	for (size_t i = 0; i + sizeof(word) <= size; i += sizeof(word)) {
		memcpy(&word, (const char *)data + i, sizeof(word));
		h = (h ^ word) * 1099511628211ULL;
		h ^= h >> 32;
	}
	return h | 1;
}

uint64_t *saver__mark(struct saver *s, enum mark mark, size_t number)
{
	struct marks *m = &s->marks[mark];
	size_t nr = m->nr ? m->nr : 64;
	uint64_t *grown;

	if (number < m->nr)
		return &m->hash[number];
	while (nr <= number)
		nr *= 2;
	grown = realloc(m->hash, nr * sizeof(*grown));
	if (!grown)
		return NULL;
	memset(grown + m->nr, 0, (nr - m->nr) * sizeof(*grown));
	m->hash = grown;
	m->nr = nr;
	return &m->hash[number];
}

bool saver__changed(struct saver *s, enum mark mark, size_t number, const void *record, size_t size)
{
	uint64_t *known = saver__mark(s, mark, number);
	const uint64_t hash = fnv1a(record, size);

	if (known && *known == hash)
		return false;
	if (known)
		*known = hash;
	return true;
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

/** build_id - of a file that holds code; read once. */
static const char *build_id(struct saver *s, const struct counted *row)
{
	const struct vs_file_key *key = &row->vma.key.file;
	char *id;

	if (!row->is_vma || row->vma.name_kind != VS_NAME_FILE ||
	    !(row->vma.key.flags & VS_VM_EXEC))
		return NULL;
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

static struct record_row row_record(struct saver *s, const struct counted *row)
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
	return r;
}

/** event - among the events. */
static void event(struct saver *s, enum record_type type, const void *record, uint64_t time_ns)
{
	if (!s->error)
		s->error = writer__event(s->writer, type, record, time_ns);
}

void saver__tell_all(struct saver *s, const struct process *p, uint64_t time_ns)
{
	uint64_t *told = saver__mark(s, MARK_TOLD, p->number);

	if (!told) {
		s->error = -ENOMEM;
		return;
	}
	if (!*told) {
		const struct record_process r = process_record(p);

		event(s, RECORD_PROCESS, &r, time_ns);
		*told = 1;
	}
	for (; *told <= p->nr_rows; ++*told) {
		const struct record_row r = row_record(s, p->rows[*told - 1]);

		event(s, RECORD_ROW, &r, time_ns);
	}
}

uint32_t saver__tell(struct saver *s, const struct counted *row, uint64_t time_ns)
{
	if (!row || !row->process)
		return 0;
	saver__tell_all(s, row->process, time_ns);
	return row->number;
}

void saver__event(struct saver *s, enum record_type type, const void *record, uint64_t time_ns)
{
	event(s, type, record, time_ns);
}

/* --- checkpoints --------------------------------------------------------------------------- */

void saver__count(struct saver *s, enum record_type type, const void *record)
{
	if (!s->error)
		s->error = writer__count(s->writer, type, record, s->time_ns);
}

/** put - in the checkpoint, if it has changed. */
static void put(struct saver *s, enum mark mark, size_t number, enum record_type type,
		const void *record, size_t size)
{
	if (saver__changed(s, mark, number, record, size))
		saver__count(s, type, record);
}

static void put_counts(struct saver *s, enum mark mark, enum record_type type, uint32_t number,
		       const struct vs_counts *counts)
{
	struct record_counts r = { .number = number, .counts = *counts };

	if (counts_faults(counts))
		put(s, mark, number, type, &r, sizeof(r));
}

static void put_latency(struct saver *s, enum mark mark, size_t number, struct record_latency r,
			const struct latency *latency)
{
	if (!latency || !latency->hist.max_ns)
		return;
	r.hist = latency->hist;
	put(s, mark, number, RECORD_LATENCY, &r, sizeof(r));
}

static void put_row(struct saver *s, const struct counted *row)
{
	const struct record_row r = row_record(s, row);

	put(s, MARK_ROW, row->number, RECORD_ROW, &r, sizeof(r));
	put_counts(s, MARK_COUNTS, RECORD_COUNTS, row->number, &row->counts);
	put_latency(s, MARK_ROW_LATENCY, row->number, (struct record_latency){ .row = row->number },
		    row->latency);
}

static void put_process(struct saver *s, const struct process *p)
{
	const struct record_process r = process_record(p);

	put(s, MARK_PROCESS, p->number, RECORD_PROCESS, &r, sizeof(r));
	for (uint32_t cause = 0; cause < VS_NR_CAUSES; cause++)
		put_latency(s, MARK_PROCESS_LATENCY, (size_t)p->number * VS_NR_CAUSES + cause,
			    (struct record_latency){ .process = p->number, .cause = cause },
			    p->latency[cause]);
	for (size_t i = 0; i < p->nr_rows; i++)
		put_row(s, p->rows[i]);
}

static void put_model(struct saver *s)
{
	const struct model *m = s->model;

	for (size_t i = 0; i < m->nr_processes; i++)
		put_process(s, m->processes[i]);
	put_counts(s, MARK_COUNTS, RECORD_COUNTS, 0, &m->overflow.counts);
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		put_counts(s, MARK_CPU, RECORD_CPU, cpu, &m->cpus[cpu].counts);
	for (uint32_t cause = 0; cause < VS_NR_CAUSES; cause++)
		put_latency(s, MARK_SHARED_LATENCY, cause,
			    (struct record_latency){ .cause = cause }, &m->shared_latency[cause]);
	for (size_t i = 0; i < s->threads->nr; i++)
		put(s, MARK_THREAD, i, RECORD_THREAD, s->threads->list[i],
		    sizeof(struct vs_thread));
}

static void put_call_row(struct saver *s, uint32_t number, const struct call_row *row)
{
	struct record_call_row r;

	if (s->stacks)
		saver__put_stack(s, row->stack);
	memset(&r, 0, sizeof(r));
	r.number = number;
	r.stack = saver__stack_number(row->stack);
	r.process = row->process ? row->process->number : 0;
	r.vma = row->vma ? row->vma->number : 0;
	r.call = row->call;
	r.detail = row->detail;
	r.pid = row->pid;
	r.tid = row->tid;
	r.map_count = row->map_count;
	r.site = row->site;
	r.start = row->start;
	r.end = row->end;
	memcpy(r.comm, row->comm, sizeof(r.comm));
	r.counts = row->counts;
	put(s, MARK_CALL_ROW, number, RECORD_CALL_ROW, &r, sizeof(r));
}

/** put_pairs - all, if one has changed: they have no numbers. */
static void put_pairs(struct saver *s)
{
	const struct shootdown *x = s->shootdown;

	if (!x->nr_pairs ||
	    !saver__changed(s, MARK_PAIRS, 0, x->pairs, x->nr_pairs * sizeof(*x->pairs)))
		return;
	for (size_t i = 0; i < x->nr_pairs; i++) {
		const struct record_pair r = { .key = x->pairs[i].key, .pair = x->pairs[i].pair };

		saver__count(s, RECORD_PAIR, &r);
	}
}

static void put_shootdown(struct saver *s)
{
	const struct shootdown *x = s->shootdown;

	for (size_t i = 0; i < x->nr_rows; i++)
		put_call_row(s, i + 1, x->rows[i]);
	put_call_row(s, 0, &x->overflow);
	for (uint32_t i = 0; i < VS_NR_CALL_CLASSES * VS_NR_CALL_TIMES; i++) {
		struct record_call_hist r = { .class = i / VS_NR_CALL_TIMES,
					      .time = i % VS_NR_CALL_TIMES };

		r.hist = x->hist[r.class][r.time];
		if (r.hist.max_ns)
			put(s, MARK_CALL_HIST, i, RECORD_CALL_HIST, &r, sizeof(r));
	}
	put_pairs(s);
	saver__count(s, RECORD_CALL_TOTALS, &x->totals);
}

void saver__checkpoint(struct saver *s, const struct vs_stats *stats, uint64_t time_ns, bool full)
{
	struct record_stats r = { .time_ns = time_ns, .full = full, .stats = *stats };

	if (full)
		saver__forget(s);
	s->time_ns = time_ns;
	put_model(s);
	if (s->writer->header->shootdowns)
		put_shootdown(s);
	if (s->stacks)
		saver__put_stacks(s);
	/* while stacks were named, events went on */
	r.events = s->writer->nr_events;
	saver__count(s, RECORD_STATS, &r);
	if (!s->error)
		s->error = writer__commit(s->writer);
}
