// SPDX-License-Identifier: GPL-2.0-only
/* load.c - convert records to processes, rows and counts. */
#include "record/load/load.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** Initial number of slots; the model grows. */
#define FIRST_SLOTS 64
/** Rows of calls from a recording are not in BPF's table. */
#define NO_CALL_ROWS 1
/** Stacks of a recording are not in BPF's map. */
#define NO_STACK_ROWS 1
/** Limit of pairs: a recorder has those its kernel had room for, and sums for each pair of CPUs. */
#define MOST_PAIRS (1u << 20)

int loader__init(struct loader *l, struct run_model *run, uint32_t nr_cpus)
{
	memset(l, 0, sizeof(*l));
	l->model = &run->model;
	l->shootdown = &run->shootdown;
	l->threads = &run->threads;
	l->in_flight = &run->in_flight;
	hash__init(&l->processes, sizeof(uint64_t));
	hash__init(&l->rows, sizeof(uint64_t));
	hash__init(&l->calls, sizeof(uint64_t));
	loaded_stacks__init(&l->stacks, &run->stacks);
	return run_model__init(run, FIRST_SLOTS, NO_CALL_ROWS, NO_STACK_ROWS, nr_cpus);
}

void loader__free(struct loader *l)
{
	hash__free(&l->processes, NULL);
	hash__free(&l->rows, NULL);
	hash__free(&l->calls, NULL);
	free(l->free_slots);
	loader_ended__free(&l->ended);
	loaded_stacks__free(&l->stacks);
}

void loader__bound(struct loader *l, uint64_t file_bytes)
{
	const uint64_t most = (l->ended.max ? LOADER_MOST_BYTES : LOADER_MOST_BYTES_OF_ALL) /
			      LOADER_RATIO;

	l->max_bytes = LOADER_FREE_BYTES + LOADER_RATIO * (file_bytes < most ? file_bytes : most);
}

/** append - append to an array of pointers; its capacity is the next power of two. */
static int append(void ***array, size_t *nr, void *item)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): loader__init() is given all models */
	if (array__more(array, *nr, sizeof(**array)))
		return -ENOMEM;
	(*array)[(*nr)++] = item;
	return 0;
}

static size_t text_bytes(const char *text)
{
	return text ? strlen(text) : 0;
}

/** copy_string - replace an owned string. Return: 0, -E2BIG or -ENOMEM. */
static int copy_string(struct loader *l, char **to, const char *from)
{
	char *copy = from ? strdup(from) : NULL;

	if (from && !copy)
		return -ENOMEM;
	l->bytes += text_bytes(from) - text_bytes(*to);
	free(*to);
	*to = copy;
	return l->max_bytes && l->bytes > l->max_bytes ? -E2BIG : 0;
}

/** copy_comm - copy a command name, which may lack its NUL in a file. */
static void copy_comm(char *to, const char *from)
{
	memcpy(to, from, VS_COMM_LEN);
	to[VS_COMM_LEN - 1] = '\0';
}

/* --- processes ----------------------------------------------------------------------------- */

static struct process *new_process(struct loader *l, uint32_t number)
{
	struct process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->number = number;
	if (append((void ***)&l->model->processes, &l->model->nr_processes, p)) {
		free(p);
		return NULL;
	}
	return hash__set_u64(&l->processes, number, p) ? NULL : p;
}

static int take_process(struct loader *l, const struct record_process *r)
{
	struct process *p = hash__get_u64(&l->processes, r->number), *latest;

	int err = loader__adopt_ended(l, r);

	if (err || loader__is_ended(l, r->number))
		return err;
	/* a new process begins, so all before it are complete */
	if (!p)
		err = loader__sum_up(l);
	if (err)
		return err;
	if (!p && loader__charge(l, sizeof(*p)))
		return -E2BIG;
	if (!p)
		p = new_process(l, r->number);
	if (!p)
		return -ENOMEM;
	p->busy = true;
	p->pid = r->pid;
	p->ppid = r->ppid;
	p->uid = r->uid;
	p->start_ns = r->start_ns;
	p->cgroup = r->cgroup;
	p->ended_ns = r->ended_ns;
	p->base_minor = r->base_minor;
	p->base_major = r->base_major;
	p->exited = r->exited;
	p->exit_code = r->exit_code;
	if (p->exited && p->ended_ns > l->latest_ns)
		l->latest_ns = p->ended_ns;
	copy_comm(p->comm, r->comm);
	latest = model__process(l->model, p->pid);
	if ((!latest || latest->number < p->number) && hash__set_u64(&l->model->by_pid, p->pid, p))
		return -ENOMEM;
	return copy_string(l, &p->cgroup_name, r->cgroup_name);
}

/* --- rows ---------------------------------------------------------------------------------- */

static struct fault_row *new_row(struct loader *l, struct process *p, uint32_t number)
{
	struct fault_row *row = calloc(1, sizeof(*row));

	if (!row)
		return NULL;
	row->process = p;
	row->number = number;
	if (append((void ***)&p->rows, &p->nr_rows, row)) {
		free(row);
		return NULL;
	}
	if (loader__new_slot(l, row) || hash__set_u64(&l->rows, number, row))
		return NULL;
	return row;
}

/** take_owner - a family or evidence that this build does not know is unknown. */
static int take_owner(struct loader *l, struct vma_owner *owner, const struct record_row *r)
{
	owner->family = OWNER_UNKNOWN;
	for (int f = 1; f < NR_OWNERS && r->owner_family; f++)
		if (!strcmp(owner_names[f].key, r->owner_family))
			owner->family = f;
	owner->how = OWNER_HOW_UNKNOWN;
	for (int h = 1; h < NR_OWNER_HOWS && r->owner_how; h++)
		if (!strcmp(owner_how_names[h], r->owner_how))
			owner->how = h;
	owner->likely = r->owner_likely;
	return copy_string(l, &owner->name, owner->family ? r->owner_name : NULL);
}

/** take_row - a row never changes its process, nor between VMA and non-VMA. */
static int take_row(struct loader *l, const struct record_row *r)
{
	struct process *p = hash__get_u64(&l->processes, r->process);
	struct fault_row *row = hash__get_u64(&l->rows, r->number);
	const bool is_new = !row;
	int err;

	if (!r->number || (r->is_vma && !r->name))
		return 0;
	if (loader__is_ended(l, r->process))
		return loader__sum_row(l, r);
	if (!p)
		return 0;
	if (is_new && loader__charge(l, sizeof(*row)))
		return -E2BIG;
	if (is_new)
		row = new_row(l, p, r->number);
	if (!row)
		return -ENOMEM;
	if (is_new)
		row->is_vma = r->is_vma;
	row->pinned = p->busy = true;
	row->image = r->image;
	row->no_address = r->no_address;
	row->lookup_missed = r->lookup_missed;
	row->no_slot = r->no_slot;
	if (!row->is_vma)
		return 0;
	row->vma.key = r->key;
	row->vma.start = r->start;
	row->vma.end = r->end;
	row->vma.name_kind = r->name_kind;
	err = copy_string(l, &row->name, r->name ? r->name : "");
	return err ? err : take_owner(l, &row->owner, r);
}

static int take_counts(struct loader *l, const struct record_counts *r)
{
	struct fault_row *row = r->number ? hash__get_u64(&l->rows, r->number)
					  : &l->model->overflow;

	if (!row)
		return loader__sum_counts(l, r);
	row->counts = r->counts;
	row->pinned = true;
	if (row->process)
		row->process->busy = true;
	return 0;
}

static int take_cpu(struct loader *l, const struct record_counts *r)
{
	if (r->number < l->model->nr_cpus)
		l->model->cpus[r->number].counts = r->counts;
	return 0;
}

static int set_latency(struct loader *l, struct latency **latency, const struct vs_hist *hist)
{
	if (!*latency && loader__charge(l, sizeof(**latency)))
		return -E2BIG;
	if (!*latency)
		*latency = calloc(1, sizeof(**latency));
	if (!*latency)
		return -ENOMEM;
	(*latency)->hist = *hist;
	return 0;
}

static int take_latency(struct loader *l, const struct record_latency *r)
{
	struct process *p = hash__get_u64(&l->processes, r->process);
	struct fault_row *row = hash__get_u64(&l->rows, r->row);

	if (row)
		return set_latency(l, &row->latency, &r->hist);
	if (r->cause >= VS_NR_CAUSES)
		return 0;
	if (p)
		return set_latency(l, &p->latency[r->cause], &r->hist);
	if (r->row || r->process)
		return loader__sum_latency(l, r);
	l->model->shared_latency[r->cause].hist = r->hist;
	return 0;
}

static int take_thread(struct loader *l, const struct vs_thread *r)
{
	const size_t before = l->threads->nr;
	struct vs_thread thread = *r;

	copy_comm(thread.comm, r->comm);
	threads__update(l->threads, &thread);
	/* one thread was added, or some were dropped along with it */
	l->bytes += (l->threads->nr - before) * (sizeof(*r) + LOADER_MALLOC_BYTES);
	return l->max_bytes && l->bytes > l->max_bytes ? -E2BIG : 0;
}

/* --- memory calls -------------------------------------------------------------------------- */

static struct call_row *new_call_row(struct loader *l, uint32_t number)
{
	struct shootdown *s = l->shootdown;
	struct call_row *row = calloc(1, sizeof(*row));

	if (!row)
		return NULL;
	if (append((void ***)&s->rows, &s->nr_rows, row)) {
		free(row);
		return NULL;
	}
	return hash__set_u64(&l->calls, number, row) ? NULL : row;
}

static int take_call_row(struct loader *l, const struct record_call_row *r)
{
	struct call_row *row = r->number ? hash__get_u64(&l->calls, r->number)
					 : &l->shootdown->overflow;

	if (r->call >= VS_NR_CALLS)
		return 0;
	if (r->number && loader__is_ended(l, r->process))
		return loader__sum_call(l, r);
	if (!row && loader__charge(l, sizeof(*row)))
		return -E2BIG;
	if (!row)
		row = new_call_row(l, r->number);
	if (!row)
		return -ENOMEM;
	*row = (struct call_row){
		.number = r->number,
		.counting = true,
		.process = hash__get_u64(&l->processes, r->process),
		.vma = hash__get_u64(&l->rows, r->vma),
		.stack = loaded_stacks__find(&l->stacks, r->stack),
		.call = r->call,
		.detail = r->detail,
		.pid = r->pid,
		.tid = r->tid,
		.site = r->site,
		.map_count = r->map_count,
		.start = r->start,
		.end = r->end,
		.counts = r->counts,
	};
	if (row->vma && !row->vma->is_vma)
		row->vma = NULL;
	copy_comm(row->comm, r->comm);
	return 0;
}

static int take_call_hist(struct loader *l, const struct record_call_hist *r)
{
	if (r->class < VS_NR_CALL_CLASSES && r->time < VS_NR_CALL_TIMES)
		l->shootdown->hist[r->class][r->time] = r->hist;
	return 0;
}

/** take_pair - a checkpoint has all pairs or none: the first one replaces those before. */
static int take_pair(struct loader *l, const struct call_pair *r)
{
	struct shootdown *s = l->shootdown;
	struct call_pair pair = *r;

	if (r->key.ipi >= VS_NR_IPI || r->key.from_cpu >= s->nr_cpus || r->key.to_cpu >= s->nr_cpus)
		return 0;
	if (!l->in_pairs)
		s->nr_pairs = 0;
	l->in_pairs = true;
	if (s->nr_pairs >= MOST_PAIRS)
		return -E2BIG;
	if (array__more(&s->pairs, s->nr_pairs, sizeof(*s->pairs)))
		return -ENOMEM;
	copy_comm(pair.pair.from_comm, r->pair.from_comm);
	copy_comm(pair.pair.to_comm, r->pair.to_comm);
	s->pairs[s->nr_pairs++] = pair;
	return 0;
}

/* --- anew ---------------------------------------------------------------------------------- */

static void reset_latency(struct latency *latency)
{
	if (latency)
		memset(&latency->hist, 0, sizeof(latency->hist));
}

static void reset_row(struct fault_row *row)
{
	/* the counts at the start of the interval are kept */
	memset(&row->counts, 0, sizeof(row->counts));
	row->no_address = row->lookup_missed = row->no_slot = 0;
	reset_latency(row->latency);
}

static void reset_process(struct process *p)
{
	for (size_t i = 0; i < p->nr_rows; i++)
		reset_row(p->rows[i]);
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		reset_latency(p->latency[cause]);
}

static void reset_counts(struct loader *l)
{
	struct shootdown *s = l->shootdown;
	struct model *m = l->model;

	loader__mark_stale(l);
	loader__forget_seen(l, SEEN_ROW, SEEN_CALL);
	loader__forget_in_flight(l);
	for (size_t i = 0; i < m->nr_processes; i++)
		reset_process(m->processes[i]);
	reset_row(&m->overflow);
	for (uint32_t cpu = 0; cpu < m->nr_cpus; cpu++)
		memset(&m->cpus[cpu].counts, 0, sizeof(m->cpus[cpu].counts));
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		memset(&m->shared_latency[cause].hist, 0, sizeof(struct vs_hist));
	for (size_t i = 0; i < s->nr_rows; i++)
		memset(&s->rows[i]->counts, 0, sizeof(s->rows[i]->counts));
	memset(&s->overflow.counts, 0, sizeof(s->overflow.counts));
	memset(s->hist, 0, sizeof(s->hist));
	s->nr_pairs = 0;
}

static int take_reset(struct loader *l, const struct record_reset *r)
{
	if (r->what & RESET_COUNTS)
		reset_counts(l);
	if (r->what & RESET_STACKS) {
		loader__forget_seen(l, SEEN_STACK, SEEN_STACK);
		loaded_stacks__reset(&l->stacks);
	}
	return 0;
}

/* --- all of it ----------------------------------------------------------------------------- */

/** take_stats - end of a checkpoint. */
static int take_stats(struct loader *l, const struct record_stats *r)
{
	l->stats = *r;
	l->in_pairs = false;
	if (r->time_ns > l->latest_ns)
		l->latest_ns = r->time_ns;
	if (r->full)
		loader__purge(l);
	return loader__sum_up(l);
}

static int take_symbol(struct loader *l, const struct record_symbol *r)
{
	if (!hash__get_u64(&l->stacks.symbols, r->number) &&
	    loader__charge(l, sizeof(struct symbol_frame) + text_bytes(r->name) +
				      text_bytes(r->module) + text_bytes(r->file)))
		return -E2BIG;
	return loaded_stacks__symbol(&l->stacks, r);
}

static int take_stack(struct loader *l, const struct record_stack *r)
{
	if (loader__is_ended(l, r->process) && r->number >= VS_STACK_FIRST &&
	    r->number != RECORD_STACK_ENDED)
		return loader__sum_stack(l, r);
	if (!loaded_stacks__known(&l->stacks, r->number) &&
	    loader__charge(l, loaded_stacks__bytes((size_t)r->nr_user + r->nr_kernel)))
		return -E2BIG;
	return loaded_stacks__stack(&l->stacks, r, hash__get_u64(&l->processes, r->process));
}

static void take_clock(struct loader *l, const struct record_clock *r)
{
	if (l->wall)
		wall_clock__set(l->wall, r->time_ns, (int64_t)(r->wall_ns - r->time_ns));
}

int loader__take(struct loader *l, enum record_type type, const union record *record)
{
	switch (type) {
	case RECORD_STATS:
		return take_stats(l, &record->stats);
	case RECORD_PROCESS:
		return take_process(l, &record->process);
	case RECORD_ROW:
		return take_row(l, &record->row);
	case RECORD_COUNTS:
		return take_counts(l, &record->counts);
	case RECORD_CPU:
		return take_cpu(l, &record->counts);
	case RECORD_LATENCY:
		return take_latency(l, &record->latency);
	case RECORD_THREAD:
		return take_thread(l, &record->thread);
	case RECORD_CALL_ROW:
		return take_call_row(l, &record->call_row);
	case RECORD_CALL_TOTALS:
		l->shootdown->totals = record->call_totals;
		return 0;
	case RECORD_CALL_HIST:
		return take_call_hist(l, &record->call_hist);
	case RECORD_SYMBOL:
		return take_symbol(l, &record->symbol);
	case RECORD_STACK:
		return take_stack(l, &record->stack);
	case RECORD_IN_FLIGHT:
		if (loader__charge(l, sizeof(*l->in_flight->fault)))
			return -E2BIG;
		return loader__in_flight(l, &record->fault);
	case RECORD_PAIR:
		return take_pair(l, &record->pair);
	case RECORD_CLOCK:
		take_clock(l, &record->clock);
		return 0;
	case RECORD_RESET:
		return take_reset(l, &record->reset);
	default:
		return 0;
	}
}

static int by_process_number(const void *a, const void *b)
{
	const struct process *x = *(struct process *const *)a, *y = *(struct process *const *)b;

	return (x->number > y->number) - (x->number < y->number);
}

static int by_row_number(const void *a, const void *b)
{
	const struct fault_row *x = *(struct fault_row *const *)a,
			       *y = *(struct fault_row *const *)b;

	return (x->number > y->number) - (x->number < y->number);
}

static void sort(void *array, size_t nr, int (*order)(const void *, const void *))
{
	if (nr)
		qsort(array, nr, sizeof(void *), order);
}

int loader__finish(struct loader *l)
{
	const int err = loader__sum_up_rest(l);
	struct model *m = l->model;

	sort(m->processes, m->nr_processes, by_process_number);
	for (size_t i = 0; i < m->nr_processes; i++)
		sort(m->processes[i]->rows, m->processes[i]->nr_rows, by_row_number);
	return err;
}
