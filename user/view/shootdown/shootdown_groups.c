// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_groups.c - group the rows of calls, and resolve what they refer to. */
#include "view/shootdown/shootdown_groups.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/namer.h"
#include "util/array.h"
#include "util/str.h"
#include "view/common/stack_entries.h"

/** VMAs of one name with at most this distance, in bytes, are shown as one. */
#define NEIGHBOUR_GAP (64u << 10)

/**
 * struct call_group_key - what the rows of a group have in common; fields that are not compared are
 * 0
 */
struct call_group_key {
	uint64_t process;
	uint64_t vma;
	uint64_t image;
	uint64_t anchor;
	uint64_t name;
	uint64_t site;
	uint64_t stack;
	uint32_t call;
	uint32_t detail;
	uint32_t tid;
	uint32_t pid;
	char comm[VS_COMM_LEN];
};

static void vma_key(struct call_group_key *key, const struct fault_row *vma, bool join)
{
	if (!vma || !join) {
		key->vma = (uintptr_t)vma;
		return;
	}
	key->image = vma->image;
	key->anchor = vma->vma.key.anchor;
	key->name = hash_string(0, vma->name);
}

static struct call_group_key key_of(enum shootdown_by by, const struct call_row *row, bool join)
{
	struct call_group_key key = {
		.process = (uintptr_t)row->process,
		.call = row->call,
		.detail = row->detail,
	};

	if (by == SHOOTDOWN_BY_VMA)
		vma_key(&key, row->vma, join);
	if (by == SHOOTDOWN_BY_THREAD)
		key.tid = row->tid;
	if (by == SHOOTDOWN_BY_SITE)
		key.site = row->site;
	if (shootdown_by_needs_stacks(by))
		key.stack = (uintptr_t)row->stack;
	if (by == SHOOTDOWN_BY_COMM) {
		key.process = 0;
		memcpy(key.comm, call_comm(row), strnlen(call_comm(row), sizeof(key.comm)));
		return key;
	}
	if (!row->process) {
		key.pid = row->pid;
		memcpy(key.comm, row->comm, sizeof(key.comm));
	}
	return key;
}

/** group_of - the group of @key; the hash has its index + 1, as addresses change. */
static struct call_group *group_of(struct call_groups *g, const struct call_group_key *key)
{
	uintptr_t place = (uintptr_t)hash__get(&g->by_key, key);
	const size_t nr = g->nr;

	if (place)
		return &g->list[place - 1];
	if (array__more(&g->list, nr, sizeof(*g->list)))
		return NULL;
	if (hash__set(&g->by_key, key, (void *)(uintptr_t)(nr + 1)))
		return NULL;
	g->list[nr] = (struct call_group){ .all_flags = ~0ULL, .processes = 1 };
	return &g->list[g->nr++];
}

static int group_row(struct call_groups *g, enum shootdown_by by, bool join,
		     const struct call_row *row)
{
	const struct call_group_key key = key_of(by, row, join);
	struct call_group *group;

	if (!call_counts_any(&row->counts))
		return 0;
	group = group_of(g, &key);
	if (!group)
		return -ENOMEM;
	if (row->end && (!group->end || row->start < group->start))
		group->start = row->start;
	if (row->end > group->end)
		group->end = row->end;
	if (row->vma) {
		group->name = hash_string(0, row->vma->name);
		group->nr_vmas = 1;
		group->all_flags &= row->vma->vma.key.flags;
		group->any_flags |= row->vma->vma.key.flags;
	}
	group->row = row;
	call_counts_add(&group->counts, &row->counts);
	return 0;
}

/** group_add - add @row to its group, by the stack that its stack resolves to. */
static int group_add(struct call_groups *g, const struct shootdown_view *v, struct call_row *row,
		     enum shootdown_by by, bool join)
{
	const struct stack *is;

	if (shootdown_by_needs_stacks(by) && row->stack) {
		is = namer__true_stack(v->namer, v->stacks, row->stack);
		if (!is)
			return -ENOMEM;
		row->stack = is;
	}
	return group_row(g, by, join, row);
}

static int cheaper(const void *a, const void *b)
{
	const struct call_group *x = a, *y = b;
	int order = call_counts_cheaper(&x->counts, &y->counts);

	if (!order)
		order = (x->start > y->start) - (x->start < y->start);
	/* groups of equal cost are always in the order in which they were first seen */
	return order ? order
		     : (x->row->number > y->row->number) - (x->row->number < y->row->number);
}

/* --- processes and stacks that are one --------------------------------------------------------- */

/**
 * struct call_stack_key - what groups that are merged by the functions of their stacks have in
 * common
 */
struct call_stack_key {
	struct merged_key stack;
	uint64_t call;
	uint64_t detail;
};

/** struct call_member_key - a process that a group belongs to; @group: its index */
struct call_member_key {
	uint64_t group;
	uint64_t pid;
};

/** add_member - group @place of @g also belongs to the process of @row. Return: 0 or -ENOMEM. */
static int add_member(struct call_groups *g, struct hash *members, size_t place,
		      const struct call_row *row)
{
	const struct call_member_key key = { .group = place, .pid = call_pid(row) };

	if (hash__get(members, &key))
		return 0;
	g->list[place].processes++;
	return hash__set(members, &key, (void *)1);
}

/**
 * merge_stacks - merge groups whose stacks have the same functions, in place. Return: 0 or -ENOMEM.
 */
static int merge_stacks(struct call_groups *g, const struct shootdown_view *v)
{
	const enum stack_merge how = v->per_process ? STACK_MERGE_PROCESS : STACK_MERGE_FUNCTIONS;
	struct hash by_key, members;
	size_t kept = 0;
	int err = 0;

	hash__init(&by_key, sizeof(struct call_stack_key));
	hash__init(&members, sizeof(struct call_member_key));
	for (size_t i = 0; i < g->nr && !err; i++) {
		const struct call_group one = g->list[i];
		struct call_stack_key key = { .call = one.row->call, .detail = one.row->detail };
		size_t place;

		if (one.row->stack)
			err = stack_merged_key(v->namer, one.row->stack, how, &key.stack);
		place = !err && one.row->stack ? (uintptr_t)hash__get(&by_key, &key) : 0;
		if (place) {
			call_counts_add(&g->list[place - 1].counts, &one.counts);
		} else {
			place = ++kept;
			g->list[place - 1] = one;
			g->list[place - 1].processes = 0;
			if (!err && one.row->stack)
				err = hash__set(&by_key, &key, (void *)(uintptr_t)place);
		}
		if (!err)
			err = add_member(g, &members, place - 1, one.row);
	}
	hash__free(&by_key, NULL);
	hash__free(&members, NULL);
	g->nr = kept;
	return err;
}

/** count_processes - count the processes of each group by command name. Return: 0 or -ENOMEM. */
static int count_processes(struct call_groups *g, const struct shootdown_doc *d)
{
	const struct shootdown *s = d->model;
	struct hash members;
	int err = 0;

	hash__init(&members, sizeof(struct call_member_key));
	for (size_t i = 0; i < g->nr; i++)
		g->list[i].processes = 0;
	for (size_t i = 0; i < s->nr_rows && !err; i++) {
		const struct call_group_key key = key_of(SHOOTDOWN_BY_COMM, s->rows[i], false);
		const size_t place = (uintptr_t)hash__get(&g->by_key, &key);

		if (place && call_selected(d->view, s->rows[i]) &&
		    call_counts_any(&s->rows[i]->counts))
			err = add_member(g, &members, place - 1, s->rows[i]);
	}
	hash__free(&members, NULL);
	return err;
}

/* --- neighbours ---------------------------------------------------------------------------- */

#define ASCENDING(a, b) (((a) > (b)) - ((a) < (b)))

/** same_kind - Return: 0: two groups of VMAs have everything but their addresses in common. */
static int same_kind(const struct call_group *x, const struct call_group *y)
{
	int order = ASCENDING((uintptr_t)x->row->process, (uintptr_t)y->row->process);

	if (!order)
		order = ASCENDING(x->row->vma->image, y->row->vma->image);
	if (!order)
		order = ASCENDING(x->row->call, y->row->call);
	if (!order)
		order = ASCENDING(x->row->detail, y->row->detail);
	return order ? order : ASCENDING(x->name, y->name);
}

/** by_place - sort groups of VMAs first, and by address, so that neighbours are adjacent. */
static int by_place(const void *a, const void *b)
{
	const struct call_group *x = a, *y = b;
	uint64_t x_start, y_start, end;
	int order = !x->row->vma - !y->row->vma;

	if (order || !x->row->vma)
		return order;
	order = same_kind(x, y);
	call_group_range(x, &x_start, &end);
	call_group_range(y, &y_start, &end);
	return order ? order : ASCENDING(x_start, y_start);
}

/** try_join - merge @next into @group if they are neighbours. */
static bool try_join(struct call_group *group, const struct call_group *next)
{
	uint64_t start, end, next_start, next_end;

	if (!group->row->vma || !next->row->vma || same_kind(group, next))
		return false;
	call_group_range(group, &start, &end);
	call_group_range(next, &next_start, &next_end);
	if (next_start > end + NEIGHBOUR_GAP)
		return false;
	group->start = start;
	group->end = next_end > end ? next_end : end;
	group->all_flags &= next->all_flags;
	group->any_flags |= next->any_flags;
	group->nr_vmas += next->nr_vmas;
	call_counts_add(&group->counts, &next->counts);
	return true;
}

static void join_neighbours(struct call_groups *g)
{
	size_t kept = 0;

	if (g->nr)
		qsort(g->list, g->nr, sizeof(*g->list), by_place);
	for (size_t i = 0; i < g->nr; i++)
		if (!kept || !try_join(&g->list[kept - 1], &g->list[i]))
			g->list[kept++] = g->list[i];
	g->nr = kept;
}

static int name_threads(struct call_groups *g, const struct threads *threads)
{
	int err = 0;

	for (size_t i = 0; threads && i < threads->nr && !err; i++)
		err = hash__set_u64(&g->threads, threads->list[i]->tid, threads->list[i]);
	return err;
}

/** make - make all groups, and resolve what they refer to. Return: 0 or -ENOMEM. */
static int make(struct call_groups *g, const struct shootdown_doc *d, enum shootdown_by by,
		bool join)
{
	const struct shootdown *s = d->model;
	int err = 0;

	for (size_t i = 0; i < s->nr_rows && !err; i++)
		if (call_selected(d->view, s->rows[i]))
			err = group_add(g, d->view, s->rows[i], by, join);
	if (!err && !d->view->vma_glob)
		err = group_row(g, by, join, &s->overflow);
	if (!err && by == SHOOTDOWN_BY_COMM)
		err = count_processes(g, d);
	if (!err && by == SHOOTDOWN_BY_THREAD)
		err = name_threads(g, d->view->threads);
	if (!err && shootdown_by_needs_stacks(by) && d->view->namer)
		err = merge_stacks(g, d->view);
	return err;
}

void call_groups__make(struct call_groups *g, const struct shootdown_doc *d, enum shootdown_by by,
		       bool join)
{
	memset(g, 0, sizeof(*g));
	hash__init(&g->by_key, sizeof(struct call_group_key));
	hash__init(&g->threads, sizeof(uint64_t));
	document__fail(d->document, make(g, d, by, join));
	if (join && by == SHOOTDOWN_BY_VMA)
		join_neighbours(g);
	if (g->nr)
		qsort(g->list, g->nr, sizeof(*g->list), cheaper);
}

void call_groups__print_rest(const struct call_groups *g, const struct shootdown_view *v,
			     size_t shown, FILE *f)
{
	struct vs_call_counts rest = {};

	if (shown >= g->nr)
		return;
	for (size_t i = shown; i < g->nr; i++)
		call_counts_add(&rest, &g->list[i].counts);
	fprintf(f, "and %s more row%s: %s call%s", str_count(g->nr - shown).text,
		str_plural(g->nr - shown), str_count(rest.count).text, str_plural(rest.count));
	if (v->interrupts_known)
		fprintf(f, ", %s stolen", str_ns(rest.stolen_ns).text);
	fputs(" (use --top N)\n", f);
}

void call_groups__free(struct call_groups *g)
{
	hash__free(&g->by_key, NULL);
	hash__free(&g->threads, NULL);
	free(g->list);
}

const char *call_groups__thread(const struct call_groups *g, uint32_t tid)
{
	const struct vs_thread *thread = hash__get_u64(&g->threads, tid);

	return thread ? thread->comm : NULL;
}

void call_group_range(const struct call_group *g, uint64_t *start, uint64_t *end)
{
	*start = g->start;
	*end = g->end;
	if (*end || !g->row->vma)
		return;
	*start = g->row->vma->vma.start;
	*end = g->row->vma->vma.end;
}

void call_group_perms(const struct call_group *g, char *perms)
{
	char other[5];

	*perms = '\0';
	if (!g->row->vma)
		return;
	vma_perms(g->all_flags, perms);
	vma_perms(g->any_flags, other);
	for (int i = 0; i < 4; i++)
		if (perms[i] != other[i])
			perms[i] = '*';
}
