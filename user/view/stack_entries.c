// SPDX-License-Identifier: GPL-2.0-only
/* stack_entries.c - the stacks that faulted, in order of their weight. */
#include "view/stack_entries.h"

#include <errno.h>
#include <stdlib.h>

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

/** entry_add - what @stack counted, to the entry of the stack that it truly is. */
static int entry_add(const struct stack_entries_from *from, struct stack_entry *list, size_t *nr,
		     struct hash *by_stack, const struct stack *stack)
{
	const struct vs_stack_counts c =
		from->marked ? stack_counts_since(&stack->counts, &stack->marked) : stack->counts;
	const struct stack *is;
	struct stack_entry *e;

	if (!stack_faults(&c) || (from->process && from->process != stack->process))
		return 0;
	is = namer__true_stack(from->namer, from->stacks, stack);
	if (!is)
		return -ENOMEM;
	e = hash__get_u64(by_stack, (uintptr_t)is);
	if (!e) {
		e = &list[(*nr)++];
		e->stack = is;
		if (hash__set_u64(by_stack, (uintptr_t)is, e))
			return -ENOMEM;
	}
	stack_counts_add(&e->counts, &c);
	return 0;
}

struct stack_entry *stack_entries(const struct stack_entries_from *from, size_t *nr)
{
	const size_t most = from->stacks->nr; /* it may grow */
	struct stack_entry *list = calloc(most + 1, sizeof(*list));
	struct hash by_stack;
	int err = 0;

	*nr = 0;
	hash__init(&by_stack, sizeof(uint64_t));
	for (size_t i = 0; list && i < most && !err; i++)
		err = entry_add(from, list, nr, &by_stack, from->stacks->list[i]);
	hash__free(&by_stack, NULL);
	if (err) {
		free(list);
		return NULL;
	}
	if (*nr)
		qsort(list, *nr, sizeof(*list), from->weigh_time ? by_time : by_faults);
	return list;
}
