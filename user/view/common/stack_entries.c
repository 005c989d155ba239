// SPDX-License-Identifier: GPL-2.0-only
/* stack_entries.c - the stacks of faults, sorted by weight. */
#include "view/common/stack_entries.h"
#include "util/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vs_stack_counts stack_counts_since(const struct vs_stack_counts *all,
					  const struct vs_stack_counts *marked)
{
	struct vs_stack_counts c = *all;

	for (int i = 0; i < VS_NR_OUTCOME; i++)
		c.outcome[i] -= marked->outcome[i];
	c.timed -= marked->timed;
	c.time_ns -= marked->time_ns;
	return c;
}

/** counts_of - counts of the run, or since the mark. */
static struct vs_stack_counts counts_of(bool marked, const struct vs_stack_counts *all,
					const struct vs_stack_counts *before)
{
	return marked ? stack_counts_since(all, before) : *all;
}

static uint64_t less(uint64_t all, uint64_t some)
{
	return all > some ? all - some : 0;
}

/** rest_of - what @total has counted beyond @some. */
static struct vs_stack_counts rest_of(const struct vs_counts *total,
				      const struct vs_stack_counts *some)
{
	struct vs_stack_counts rest = {};

	for (int i = 0; i < VS_NR_OUTCOME; i++)
		rest.outcome[i] = less(total->outcome[i], some->outcome[i]);
	rest.timed = less(total->latency_count, some->timed);
	rest.time_ns = rest.timed ? less(total->latency_sum_ns, some->time_ns) : 0;
	return rest;
}

/** sum_of - sum of all stacks of faults in the selected VMAs */
static struct vs_stack_counts sum_of(const struct stacks *s, bool marked)
{
	struct vs_stack_counts sum = {};

	for (size_t i = 0; i < s->nr; i++) {
		const struct vs_stack_counts c = counts_of(marked, &s->list[i]->counts,
							   &s->list[i]->marked);

		if (!s->list[i]->outside)
			stack_counts_add(&sum, &c);
	}
	return sum;
}

void stack_rests(const struct stacks *s, bool marked, const struct vs_counts *total,
		 struct stack_rests *r)
{
	struct vs_stack_counts sum;
	bool full;

	*r = (struct stack_rests){
		.none = counts_of(marked, &s->none, &s->none_marked),
		.overflow = counts_of(marked, &s->overflow, &s->overflow_marked),
		.ended = counts_of(marked, &s->ended, &s->ended_marked),
	};
	if (!s->vma_glob && s->unwound) {
		sum = sum_of(s, marked);
		stack_counts_add(&sum, &r->none);
		stack_counts_add(&sum, &r->overflow);
		stack_counts_add(&sum, &r->ended);
		r->not_unwound = rest_of(total, &sum);
	}
	if (!s->vma_glob)
		return;
	full = stack_faults(&s->overflow) || stack_faults(&s->unknown) ||
	       (s->unwound && (marked || !s->all_unwound));
	sum = sum_of(s, marked);
	stack_counts_add(&sum, &r->ended);
	r->none = r->overflow = (struct vs_stack_counts){};
	*(full ? &r->either : &r->none) = rest_of(total, &sum);
}

const char *stack_comm(const struct stack *s)
{
	return s->process ? s->process->comm : s->comm;
}

static int by_faults(const void *a, const void *b)
{
	const struct stack_entry *x = a, *y = b;
	const uint64_t m = stack_faults(&x->counts), n = stack_faults(&y->counts);

	return m < n   ? 1
	       : m > n ? -1
		       : (x->counts.time_ns < y->counts.time_ns) -
				 (x->counts.time_ns > y->counts.time_ns);
}

static int by_time(const void *a, const void *b)
{
	const struct stack_entry *x = a, *y = b;

	return x->counts.time_ns < y->counts.time_ns   ? 1
	       : x->counts.time_ns > y->counts.time_ns ? -1
						       : by_faults(a, b);
}

/** entry_add - add the counts of @stack to the entry of the stack that it resolves to. */
static int entry_add(const struct stack_entries_from *from, struct stack_entry *list, size_t *nr,
		     struct hash *by_stack, const struct stack *stack)
{
	const struct vs_stack_counts c =
		from->marked ? stack_counts_since(&stack->counts, &stack->marked) : stack->counts;
	const struct stack *is;
	struct stack_entry *e;

	if (!stack_faults(&c) || stack->outside ||
	    (from->process && from->process != stack->process))
		return 0;
	is = namer__true_stack(from->namer, from->stacks, stack);
	if (!is)
		return -ENOMEM;
	e = hash__get_u64(by_stack, (uintptr_t)is);
	if (!e) {
		e = &list[(*nr)++];
		e->stack = is;
		e->processes = 1;
		if (hash__set_u64(by_stack, (uintptr_t)is, e))
			return -ENOMEM;
	}
	stack_counts_add(&e->counts, &c);
	return 0;
}

/* --- stacks of the same functions --------------------------------------------------------- */

/** struct member_key - a process image that an entry belongs to; @entry: index in the list */
struct member_key {
	uint64_t entry;
	uint64_t image;
	uint64_t pid;
};

/** add_bytes - add to both hashes, which have different random seeds */
static void add_bytes(struct merged_key *key, const void *bytes, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(key->hash); i++)
		key->hash[i] = hash_bytes(key->hash[i], bytes, len);
}

static void add_string(struct merged_key *key, const char *s)
{
	add_bytes(key, s ? s : "", s ? strlen(s) + 1 : 1);
}

/**
 * add_frame - add a function by its name and file; code without a name by its address in the file.
 */
static void add_frame(struct merged_key *key, const struct symbol_frame *f)
{
	add_string(key, f->name);
	/* a JIT's perf map is a different file in each process */
	if (f->in_file || !f->name)
		add_string(key, f->module);
	if (!f->name)
		add_bytes(key, f->in_file ? &f->module_offset : &f->ip, sizeof(f->ip));
	if (f->line)
		add_bytes(key, &f->line, sizeof(f->line));
}

int stack_merged_key(struct namer *namer, const struct stack *stack, enum stack_merge merge,
		     struct merged_key *key)
{
	struct named_stack named;
	int err = namer__stack(namer, stack, &named);

	if (err)
		return err;
	*key = (struct merged_key){ { hash_seed(0), hash_seed(1) } };
	add_string(key, stack_comm(stack));
	if (merge == STACK_MERGE_PROCESS) {
		add_bytes(key, &stack->pid, sizeof(stack->pid));
		add_bytes(key, &stack->image, sizeof(stack->image));
	}
	for (size_t i = 0; i < named.nr_user; i++)
		add_frame(key, &named.user[i]);
	add_bytes(key, &named.nr_user, sizeof(named.nr_user));
	for (size_t i = 0; i < named.nr_kernel; i++)
		add_frame(key, &named.kernel[i]);
	return 0;
}

/** add_member - @e also belongs to @stack's process. Return: 0 or -ENOMEM. */
static int add_member(struct hash *members, struct stack_entry *e, size_t entry,
		      const struct stack *stack)
{
	const struct member_key key = { .entry = entry, .image = stack->image, .pid = stack->pid };

	if (hash__get(members, &key))
		return 0;
	e->processes++;
	return hash__set(members, &key, e);
}

/** merge - merge equal stacks among the first @most of @list, in place. Return: 0 or -ENOMEM. */
static int merge(const struct stack_entries_from *from, struct stack_entry *list, size_t *nr,
		 size_t most)
{
	struct hash by_key, members;
	struct merged_key key;
	size_t kept = 0;
	int err = 0;

	hash__init(&by_key, sizeof(key));
	hash__init(&members, sizeof(struct member_key));
	for (size_t i = 0; i < most && !err; i++) {
		struct stack_entry one = list[i], *e;
		size_t at;

		err = stack_merged_key(from->namer, one.stack, from->merge, &key);
		if (err)
			break;
		at = (uintptr_t)hash__get(&by_key, &key);
		if (!at) {
			at = ++kept;
			list[at - 1] = one;
			list[at - 1].processes = 0;
			err = hash__set(&by_key, &key, (void *)(uintptr_t)at);
		} else {
			stack_counts_add(&list[at - 1].counts, &one.counts);
			/*
			 * keep the one seen first, as the heaviest one may change between intervals
			 */
			if (one.stack->number < list[at - 1].stack->number)
				list[at - 1].stack = one.stack;
		}
		e = &list[at - 1];
		if (!err)
			err = add_member(&members, e, at, one.stack);
	}
	hash__free(&by_key, NULL);
	hash__free(&members, NULL);
	memmove(&list[kept], &list[most], (*nr - most) * sizeof(*list));
	*nr -= most - kept;
	return err;
}

struct stack_entry *stack_entries(const struct stack_entries_from *from, size_t *nr)
{
	const size_t most = from->stacks->nr; /* the list of stacks may grow below */
	struct stack_entry *list = calloc(most + 1, sizeof(*list));
	struct hash by_stack;
	int err = 0;

	*nr = 0;
	hash__init(&by_stack, sizeof(uint64_t));
	for (size_t i = 0; list && i < most && !err; i++)
		err = entry_add(from, list, nr, &by_stack, from->stacks->list[i]);
	hash__free(&by_stack, NULL);
	if (list && !err && *nr)
		qsort(list, *nr, sizeof(*list), from->weigh_time ? by_time : by_faults);
	if (list && !err && from->merge) {
		const bool some = from->merge_most && from->merge_most < *nr;

		err = merge(from, list, nr, some ? from->merge_most : *nr);
		if (*nr)
			qsort(list, *nr, sizeof(*list), from->weigh_time ? by_time : by_faults);
	}
	if (!list || err) {
		*nr = 0;
		free(list);
		return NULL;
	}
	return list;
}
