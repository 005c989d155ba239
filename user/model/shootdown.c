// SPDX-License-Identifier: GPL-2.0-only
/* shootdown.c - rows of memory calls; their counts are kept when BPF's rows are reclaimed. */
#include "model/shootdown.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_WORDS (sizeof(struct vs_call_counts) / sizeof(uint64_t))

/**
 * struct call_row_key - identity of a row during the lifetime of the model
 * @pid: if the process is unknown; kernel threads with the same name are one row
 */
struct call_row_key {
	uint64_t process;
	uint64_t vma;
	uint64_t site;
	uint64_t stack;
	uint32_t call;
	uint32_t detail;
	uint32_t tid;
	uint32_t pid;
	char comm[VS_COMM_LEN];
};

int shootdown__init(struct shootdown *s, uint32_t nr_index, uint32_t nr_cpus)
{
	memset(s, 0, sizeof(*s));
	hash__init(&s->by_key, sizeof(struct call_row_key));
	s->nr_index = nr_index;
	s->nr_cpus = nr_cpus;
	s->by_index = calloc(nr_index, sizeof(*s->by_index));
	if (!s->by_index)
		return -ENOMEM;
	s->overflow.counting = true;
	s->overflow.call = VS_NR_CALLS;
	s->by_index[0] = &s->overflow;
	return 0;
}

void shootdown__free(struct shootdown *s)
{
	for (size_t i = 0; i < s->nr_rows; i++)
		free(s->rows[i]);
	free(s->rows);
	free(s->pairs);
	free(s->marked_pairs);
	free(s->by_index);
	hash__free(&s->by_key, NULL);
	memset(s, 0, sizeof(*s));
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void call_counts_add(struct vs_call_counts *to, const struct vs_call_counts *from)
{
	const uint64_t latency_max = greater(to->latency_max_ns, from->latency_max_ns);
	const uint64_t delay_max = greater(to->delay_max_ns, from->delay_max_ns);

	for (size_t i = 0; i < COUNTS_WORDS; i++)
		((uint64_t *)to)[i] += ((const uint64_t *)from)[i];
	to->latency_max_ns = latency_max;
	to->delay_max_ns = delay_max;
}

void call_counts_sub(struct vs_call_counts *to, const struct vs_call_counts *from)
{
	const uint64_t latency_max = to->latency_max_ns, delay_max = to->delay_max_ns;

	for (size_t i = 0; i < COUNTS_WORDS; i++)
		((uint64_t *)to)[i] -= ((const uint64_t *)from)[i];
	to->latency_max_ns = latency_max;
	to->delay_max_ns = delay_max;
}

void shootdowns_sub(struct vs_shootdowns *to, const struct vs_shootdowns *from)
{
	for (size_t i = 0; i < sizeof(*to) / sizeof(uint64_t); i++)
		((uint64_t *)to)[i] -= ((const uint64_t *)from)[i];
}

void shootdown__mark(struct shootdown *s)
{
	struct call_pair *pairs = malloc((s->nr_pairs + 1) * sizeof(*pairs));

	for (size_t i = 0; i < s->nr_rows; i++)
		s->rows[i]->marked = s->rows[i]->counts;
	s->overflow.marked = s->overflow.counts;
	s->marked = s->totals;
	/* if out of memory, the interval of the pairs begins where the last one did */
	if (!pairs)
		return;
	if (s->nr_pairs)
		memcpy(pairs, s->pairs, s->nr_pairs * sizeof(*pairs));
	free(s->marked_pairs);
	s->marked_pairs = pairs;
	s->nr_marked_pairs = s->nr_pairs;
}

/* --- rows ---------------------------------------------------------------------------------- */

static struct call_row_key key_of(const struct call_row *row, bool has_process)
{
	struct call_row_key key = {
		.process = (uintptr_t)row->process,
		.vma = (uintptr_t)row->vma,
		.site = row->site,
		.stack = (uintptr_t)row->stack,
		.call = row->call,
		.detail = row->detail,
		.tid = row->tid,
	};

	if (row->process)
		return key;
	key.pid = has_process ? row->pid : 0;
	/* bytes after the end of the name are undefined */
	memcpy(key.comm, row->comm, strnlen(row->comm, sizeof(key.comm)));
	return key;
}

/** site_stack - the call site of @row in process image @image. NULL: not requested, or unknown. */
static const struct stack *site_stack(const struct shootdown *s, const struct call_row *row,
				      const struct fault_row *image)
{
	_Alignas(struct stack) unsigned char
		room[sizeof(struct stack) + sizeof(struct stack_frame)] = { 0 };
	struct stack *stack = (struct stack *)room;

	if (!s->sites || !row->site || !row->process)
		return NULL;
	stack->process = row->process;
	stack->image = image->image;
	stack->pid = row->pid;
	memcpy(stack->comm, row->comm, sizeof(stack->comm));
	stack->nr_user = 1;
	stack->frames[0] = (struct stack_frame){ .ip = row->site, .is_return_address = true };
	return stacks__get(s->sites, stack);
}

/** describe - set all except the counts from a row of BPF. */
static struct call_row describe(const struct shootdown *s, const struct model *m,
				const struct vs_call_row *from)
{
	const struct fault_row *image = model__row(m, from->key.proc, from->key.proc_generation);
	const struct fault_row *vma = model__row(m, from->key.vma, from->key.vma_generation);
	struct call_row row = {
		.process = image && !image->is_vma ? image->process : NULL,
		.image = image && !image->is_vma ? image->image : 0,
		.vma = vma && vma->is_vma ? vma : NULL,
		.call = from->key.call,
		.detail = from->key.detail,
		.pid = from->pid,
		.tid = from->key.tid,
		.site = from->key.site,
		.stack = s->stacks ? stacks__find(s->stacks, &from->key.stack) : NULL,
	};

	memcpy(row.comm, from->comm, sizeof(row.comm) - 1);
	if (!row.stack)
		row.stack = site_stack(s, &row, image);
	return row;
}

/** append - append a new row; the capacity of the array is the next power of two. */
static struct call_row *append(struct shootdown *s, const struct call_row *row)
{
	const size_t nr = s->nr_rows;
	struct call_row *copy;

	if (array__more(&s->rows, nr, sizeof(*s->rows)))
		return NULL;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return NULL;
	*copy = *row;
	copy->number = ++s->nr_numbered;
	s->rows[s->nr_rows++] = copy;
	return copy;
}

struct call_row *shootdown__row(struct shootdown *s, const struct model *m, uint32_t index,
				const struct vs_call_row *from)
{
	struct call_row row, *known;
	struct call_row_key key;

	if (s->by_index[index])
		return s->by_index[index];
	row = describe(s, m, from);
	key = key_of(&row, from->key.proc);
	known = hash__get(&s->by_key, &key);
	/* an image that was replaced may still count beside the new one: then there are two rows */
	if (!known || known->counting) {
		known = append(s, &row);
		if (!known || hash__set(&s->by_key, &key, known))
			return NULL;
	}
	known->counting = true;
	known->image = row.image;
	s->by_index[index] = known;
	return known;
}

/** extend - extend the row's address range by that of a row of BPF. */
static void extend(struct call_row *row, uint64_t start, uint64_t end)
{
	if (!end)
		return;
	if (!row->end || start < row->start)
		row->start = start;
	row->end = greater(row->end, end);
}

/**
 * take_moved - subtract from @counts those that were @moved to rows of stacks
 *
 * The maximum of the remaining calls is known only if it is greater than that of all moved ones.
 */
static void take_moved(struct vs_call_counts *counts, const struct vs_call_counts *moved)
{
	const uint64_t latency_max = counts->latency_max_ns, delay_max = counts->delay_max_ns;

	for (size_t i = 0; i < COUNTS_WORDS; i++) {
		uint64_t *to = &((uint64_t *)counts)[i];
		const uint64_t n = ((const uint64_t *)moved)[i];

		/* an event may be read before the counts that include it */
		*to -= n < *to ? n : *to;
	}
	counts->latency_max_ns = latency_max > moved->latency_max_ns ? latency_max : 0;
	counts->delay_max_ns = delay_max > moved->delay_max_ns ? delay_max : 0;
}

void shootdown__update(struct shootdown *s, uint32_t index, const struct vs_call_row *from)
{
	struct call_row *row = s->by_index[index];

	if (!row)
		return;
	row->counts = row->ended;
	call_counts_add(&row->counts, &from->counts);
	take_moved(&row->counts, &row->moved);
	if (from->map_count > row->map_count)
		row->map_count = from->map_count;
	extend(row, from->start, from->end);
}

void shootdown__row_ended(struct shootdown *s, uint32_t index)
{
	struct call_row *row = s->by_index[index];

	if (!index || !row)
		return;
	row->ended = row->counts;
	memset(&row->moved, 0, sizeof(row->moved));
	row->counting = false;
	s->by_index[index] = NULL;
}

/* --- rows of stacks that are not rows of BPF -------------------------------------------------- */

/** row_without_stack - BPF's row for calls such as @like, of its image if there are two */
static struct call_row *row_without_stack(const struct shootdown *s, const struct call_row *like)
{
	struct call_row base = *like, *known;
	struct call_row_key key;

	base.stack = NULL;
	key = key_of(&base, true);
	known = hash__get(&s->by_key, &key);
	if (!known || known->image == like->image)
		return known;
	for (size_t i = s->nr_rows; i-- > 0;) {
		const struct call_row_key other = key_of(s->rows[i], true);

		if (s->rows[i]->image == like->image && !memcmp(&other, &key, sizeof(key)))
			return s->rows[i];
	}
	return known;
}

/** row_of_stack - Return: NULL without memory. */
static struct call_row *row_of_stack(struct shootdown *s, const struct call_row *like)
{
	const struct call_row_key key = key_of(like, true);
	struct call_row *known = hash__get(&s->by_key, &key);

	if (known)
		return known;
	known = append(s, like);
	return known && !hash__set(&s->by_key, &key, known) ? known : NULL;
}

int shootdown__move(struct shootdown *s, const struct call_row *like,
		    const struct vs_call_counts *counts)
{
	struct call_row *from = row_without_stack(s, like), *to;

	if (!from)
		return -ENOENT;
	to = row_of_stack(s, like);
	if (!to)
		return -ENOMEM;
	if (from->counting) {
		call_counts_add(&from->moved, counts);
	} else {
		take_moved(&from->ended, counts);
		take_moved(&from->counts, counts);
	}
	call_counts_add(&to->ended, counts);
	call_counts_add(&to->counts, counts);
	if (like->map_count > to->map_count)
		to->map_count = like->map_count;
	extend(to, like->start, like->end);
	return 0;
}

/* --- forgetting ------------------------------------------------------------------------------ */

/** ended_row - the row of @process into which rows like @like are merged: by call alone. */
static struct call_row *ended_row(struct shootdown *s, struct process *process,
				  const struct call_row *like)
{
	struct call_row row = {
		.process = process, .pid = process->pid, .call = like->call, .detail = like->detail
	};
	const struct call_row_key key = key_of(&row, true);
	struct call_row *known = hash__get(&s->by_key, &key);

	if (known)
		return known;
	memcpy(row.comm, process->comm, sizeof(row.comm));
	known = append(s, &row);
	return known && !hash__set(&s->by_key, &key, known) ? known : NULL;
}

/** forget_row - merge @row into one of @process. Return: 0 or -ENOMEM. */
static int forget_row(struct shootdown *s, struct process *process, struct call_row *row)
{
	struct call_row *to = ended_row(s, process, row);
	/* for a row without a process, it is not known any more whether its key has the pid */
	const struct call_row_key keys[] = { key_of(row, true), key_of(row, false) };

	if (!to)
		return -ENOMEM;
	call_counts_add(&to->ended, &row->ended);
	call_counts_add(&to->counts, &row->counts);
	call_counts_add(&to->marked, &row->marked);
	call_counts_add(&to->exported, &row->exported);
	for (size_t i = 0; i < 2; i++)
		if (hash__get(&s->by_key, &keys[i]) == row)
			hash__remove(&s->by_key, &keys[i]);
	free(row);
	return 0;
}

int shootdown__end_row(struct shootdown *s, struct process *ended, struct call_row *row)
{
	return forget_row(s, ended, row);
}

/** mark_busy - set the processes busy for which a row of BPF counts. */
static void mark_busy(const struct shootdown *s)
{
	for (size_t i = 0; i < s->nr_rows; i++)
		if (s->rows[i]->counting && s->rows[i]->process)
			s->rows[i]->process->busy = true;
}

static bool row_ended(const struct call_row *row, const struct process *ended)
{
	if (row->counting || row->process == ended)
		return false;
	return !row->process || !row->process->busy;
}

/** unmapped - the VMA of @row, whose process is kept, is one that model__forget() frees. */
static bool unmapped(const struct model *m, const struct call_row *row)
{
	const struct fault_row *vma = row->vma;

	return vma && !vma->slot && !vma->gone && vma->ended_ns < m->keep_ns && row->process &&
	       row->process->busy && row->process->nr_slots && !row->process->watched;
}

/** heir - the process into whose row @row is merged; NULL: it stays. */
static struct process *heir(const struct model *m, struct call_row *row, struct process *ended)
{
	if (row_ended(row, ended))
		return ended;
	if (!unmapped(m, row))
		return NULL;
	if (!row->counting)
		return row->process;
	((struct fault_row *)row->vma)->pinned = true;
	return NULL;
}

int shootdown__forget(struct shootdown *s, struct model *m)
{
	struct process *ended = model__ended(m);
	size_t kept = 0;
	int err = ended ? 0 : -ENOMEM;

	if (err)
		return err;
	mark_busy(s);
	/* rows of @ended that are created meanwhile are appended, and walked, too */
	for (size_t i = 0; i < s->nr_rows; i++) {
		struct call_row *row = s->rows[i];
		struct process *to = err ? NULL : heir(m, row, ended);

		if (to)
			err = forget_row(s, to, row);
		if (!to || err)
			s->rows[kept++] = row;
	}
	while (kept < s->nr_rows)
		s->rows[--s->nr_rows] = NULL;
	/* a row that could not be merged still belongs to a process */
	for (size_t i = 0; err && i < kept; i++) {
		if (s->rows[i]->process)
			s->rows[i]->process->busy = true;
		if (s->rows[i]->vma)
			((struct fault_row *)s->rows[i]->vma)->pinned = true;
	}
	return err;
}

/** pair_by_cpus - the part of the key that a forgotten pair keeps. */
static struct vs_pair_key pair_by_cpus(const struct vs_pair_key *key)
{
	struct vs_pair_key by_cpus = *key;

	by_cpus.from_pid = by_cpus.to_pid = 0;
	return by_cpus;
}

static void pair_add(struct vs_pair *to, const struct vs_pair *from)
{
	to->count += from->count;
	to->unjoined += from->unjoined;
	to->delay_ns += from->delay_ns;
	to->stolen_ns += from->stolen_ns;
}

int shootdown__forget_pair(struct shootdown *s, const struct call_pair *pair)
{
	struct call_pair fresh = { .key = pair_by_cpus(&pair->key), .pair = pair->pair };

	for (size_t i = 0; i < s->nr_gone; i++)
		if (!memcmp(&s->pairs[i].key, &fresh.key, sizeof(fresh.key)) &&
		    !s->pairs[i].pair.unjoined == !fresh.pair.unjoined) {
			pair_add(&s->pairs[i].pair, &fresh.pair);
			return 0;
		}
	strcpy(fresh.pair.from_comm, "[ended]");
	strcpy(fresh.pair.to_comm, "[ended]");
	if (array__resize(&s->pairs, s->nr_pairs + 1, sizeof(fresh)))
		return -ENOMEM;
	memmove(s->pairs + s->nr_gone + 1, s->pairs + s->nr_gone,
		(s->nr_pairs - s->nr_gone) * sizeof(fresh));
	s->pairs[s->nr_gone++] = fresh;
	s->nr_pairs++;
	return 0;
}

int shootdown__set_pairs(struct shootdown *s, const struct vs_pair_key *keys,
			 const struct vs_pair *pairs, size_t nr)
{
	struct call_pair *list = calloc(s->nr_gone + nr + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	if (s->nr_gone)
		memcpy(list, s->pairs, s->nr_gone * sizeof(*list));
	for (size_t i = 0; i < nr; i++)
		list[s->nr_gone + i] = (struct call_pair){ .key = keys[i], .pair = pairs[i] };
	free(s->pairs);
	s->pairs = list;
	s->nr_pairs = s->nr_gone + nr;
	return 0;
}

const struct fault_row *call_site_vma(const struct call_row *row)
{
	const struct process *p = row->process;

	/* the latest first, as VMAs of the image before an exec are kept */
	for (size_t i = p ? p->nr_rows : 0; i-- > 0;) {
		const struct fault_row *c = p->rows[i];

		if (c->is_vma && c->vma.name_kind == VS_NAME_FILE && c->vma.start <= row->site &&
		    row->site < c->vma.end)
			return c;
	}
	return NULL;
}

uint64_t call_site_offset(const struct fault_row *vma, uint64_t site)
{
	return site - vma->vma.start + vma->vma.key.pgoff * 4096;
}
