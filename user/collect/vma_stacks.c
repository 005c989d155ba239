// SPDX-License-Identifier: GPL-2.0-only
/* vma_stacks.c - faults of a recording in the VMAs that --vma selects, counted by stack. */
#include "collect/vma_stacks.h"

#include <errno.h>
#include <stdlib.h>

void vma_stacks__init(struct vma_stacks *v, struct session *s, struct loaded_stacks *loaded)
{
	*v = (struct vma_stacks){ .session = s, .loaded = loaded };
	hash__init(&v->waiting, sizeof(uint64_t));
	loaded->by_events = true;
}

void vma_stacks__free(struct vma_stacks *v)
{
	if (v->session)
		hash__free(&v->waiting, free);
}

int vma_stacks__count(struct vma_stacks *v, const struct vs_event_fault *e)
{
	struct stacks *stacks = &v->session->live->run.stacks;
	const struct stack *stack;
	struct vs_stack_counts *c;

	if (!session__wants_vma(v->session, e->slot, e->generation))
		return 0;
	stack = loaded_stacks__find(v->loaded, e->stack.row);
	if (stack || e->stack.row < VS_STACK_FIRST) {
		stacks__count(stacks, stack, e->outcome, e->duration_ns,
			      e->head.time_ns + e->duration_ns);
		return 0;
	}
	c = hash__make_u64(&v->waiting, e->stack.row, sizeof(*c));
	if (!c)
		return -ENOMEM;
	stack_counts_count(c, e->outcome, e->duration_ns);
	return 0;
}

void vma_stacks__settle(struct vma_stacks *v)
{
	struct vs_stack_counts *c;
	uint64_t number;
	size_t pos = 0;

	while ((c = hash__next(&v->waiting, &pos, &number))) {
		/* it is one of ours */
		struct stack *stack = (struct stack *)loaded_stacks__find(v->loaded, number);

		if (!stack)
			continue;
		stack_counts_add(&stack->counts, c);
		*c = (struct vs_stack_counts){};
	}
}

void vma_stacks__end(struct vma_stacks *v)
{
	struct stacks *stacks = &v->session->live->run.stacks;
	struct vs_stack_counts *c;
	uint64_t number;
	size_t pos = 0;

	vma_stacks__settle(v);
	while ((c = hash__next(&v->waiting, &pos, &number))) {
		stack_counts_add(&stacks->unknown, c);
		*c = (struct vs_stack_counts){};
	}
}
