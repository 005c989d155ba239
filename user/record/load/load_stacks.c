// SPDX-License-Identifier: GPL-2.0-only
/* load_stacks.c - load records of stacks and symbols. */
#include "record/load/load_stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"

/**
 * struct numbered_stack - a stack by its number, NULL for special numbers, and its latest counts;
 * @late: as in struct record_stack
 */
struct numbered_stack {
	const struct stack *stack;
	struct vs_stack_counts counts;
	struct vs_stack_counts late;
};

void loaded_stacks__init(struct loaded_stacks *l, struct stacks *stacks)
{
	memset(l, 0, sizeof(*l));
	l->stacks = stacks;
	hash__init(&l->symbols, sizeof(uint64_t));
	hash__init(&l->by_number, sizeof(uint64_t));
}

void loaded_stacks__free(struct loaded_stacks *l)
{
	hash__free(&l->symbols, free);
	hash__free(&l->by_number, free);
}

/* --- symbols ------------------------------------------------------------------------------- */

int loaded_stacks__symbol(struct loaded_stacks *l, const struct record_symbol *r)
{
	struct symbol_frame *f;
	char *text;

	/* the symbol has the same number in each file of a ring */
	if (hash__get_u64(&l->symbols, r->number))
		return 0;
	f = malloc(sizeof(*f) + str_room(r->name) + str_room(r->module) + str_room(r->file));
	if (!f)
		return -ENOMEM;
	text = (char *)(f + 1);
	*f = (struct symbol_frame){
		.ip = r->ip,
		.name = str_keep(&text, r->name),
		.offset = r->offset,
		.module = str_keep(&text, r->module),
		.in_file = r->in_file,
		.module_offset = r->module_offset,
		.file = str_keep(&text, r->file),
		.line = r->line,
		.inlined = r->inlined,
	};
	if (!hash__set_u64(&l->symbols, r->number, f))
		return 0;
	free(f);
	return -ENOMEM;
}

const struct symbol_frame *loaded_stacks__name(void *ctx, uint64_t number)
{
	return hash__get_u64(&((struct loaded_stacks *)ctx)->symbols, number);
}

/* --- stacks -------------------------------------------------------------------------------- */

/** grown - @now minus @before */
static struct vs_stack_counts grown(const struct vs_stack_counts *now,
				    const struct vs_stack_counts *before)
{
	struct vs_stack_counts more = *now;

	for (int i = 0; i < VS_NR_OUTCOME; i++)
		more.outcome[i] -= before->outcome[i];
	more.timed -= before->timed;
	more.time_ns -= before->time_ns;
	return more;
}

/**
 * add - add to @to what @r has counted since its previous record, and to @marked what of it belongs
 * to earlier intervals. Return: 0 or -ENOMEM.
 */
static int add(struct loaded_stacks *l, const struct record_stack *r, const struct stack *stack,
	       struct vs_stack_counts *to, struct vs_stack_counts *marked)
{
	const bool is_new = !hash__get_u64(&l->by_number, r->number);
	struct numbered_stack *numbered = hash__make_u64(&l->by_number, r->number,
							 sizeof(*numbered));
	struct vs_stack_counts more;

	if (!numbered)
		return -ENOMEM;
	if (is_new)
		numbered->stack = stack;
	if (l->by_events)
		return 0;
	more = grown(&r->counts, &numbered->counts);
	stack_counts_add(to, &more);
	more = grown(&r->late, &numbered->late);
	stacks__load_late(l->stacks, &more, marked);
	numbered->counts = r->counts;
	numbered->late = r->late;
	return 0;
}

const struct stack *loaded_stacks__find(const struct loaded_stacks *l, uint32_t number)
{
	const struct numbered_stack *numbered = hash__get_u64(&l->by_number, number);

	return numbered ? numbered->stack : NULL;
}

/** stack_of - a number keeps the frames of its first record. Return: NULL: out of memory. */
static struct stack *stack_of(struct loaded_stacks *l, const struct record_stack *r,
			      struct process *process)
{
	const struct numbered_stack *numbered = hash__get_u64(&l->by_number, r->number);
	struct stack *like, *stack;

	if (numbered && numbered->stack)
		return (struct stack *)numbered->stack;
	like = calloc(1, sizeof(*like) + (r->nr_user + r->nr_kernel) * sizeof(*like->frames));
	if (!like)
		return NULL;
	like->process = process;
	like->pid = r->pid;
	memcpy(like->comm, r->comm, sizeof(like->comm) - 1);
	like->nr_user = r->nr_user;
	like->nr_kernel = r->nr_kernel;
	for (uint32_t i = 0; i < r->nr_user + r->nr_kernel; i++)
		like->frames[i].ip = r->frame[i];
	stack = stacks__get(l->stacks, like);
	free(like);
	return stack;
}

int loaded_stacks__stack(struct loaded_stacks *l, const struct record_stack *r,
			 struct process *process)
{
	struct stack *stack;

	if (r->number == VS_STACK_OVERFLOW)
		return add(l, r, NULL, &l->stacks->overflow, &l->stacks->overflow_marked);
	if (r->number == VS_STACK_NONE)
		return add(l, r, NULL, &l->stacks->none, &l->stacks->none_marked);
	if (r->number == RECORD_STACK_ENDED)
		return add(l, r, NULL, &l->stacks->ended, &l->stacks->ended_marked);
	if (r->nr_user > RECORD_FRAMES || r->nr_kernel > RECORD_FRAMES - r->nr_user)
		return 0;
	stack = stack_of(l, r, process);
	return stack ? add(l, r, stack, &stack->counts, &stack->marked) : -ENOMEM;
}

void loaded_stacks__reset(struct loaded_stacks *l)
{
	struct stacks *s = l->stacks;
	struct numbered_stack *numbered;
	size_t pos = 0;

	if (l->by_events)
		return;
	for (size_t i = 0; i < s->nr; i++)
		memset(&s->list[i]->counts, 0, sizeof(s->list[i]->counts));
	memset(&s->overflow, 0, sizeof(s->overflow));
	memset(&s->none, 0, sizeof(s->none));
	memset(&s->ended, 0, sizeof(s->ended));
	while ((numbered = hash__next(&l->by_number, &pos, NULL)))
		memset(&numbered->counts, 0, sizeof(numbered->counts));
}

bool loaded_stacks__known(const struct loaded_stacks *l, uint32_t number)
{
	return hash__get_u64(&l->by_number, number);
}

size_t loaded_stacks__bytes(size_t nr_frames)
{
	return sizeof(struct stack) + sizeof(struct numbered_stack) +
	       nr_frames * sizeof(struct stack_frame);
}

static bool goes(const struct numbered_stack *numbered)
{
	return numbered->stack && numbered->stack->process && !numbered->stack->process->busy;
}

int loaded_stacks__purge(struct loaded_stacks *l, struct numbers *seen, uint64_t *bytes)
{
	uint64_t *keys = malloc(l->by_number.nr * sizeof(*keys) + 1), key;
	struct numbered_stack *numbered;
	size_t nr = 0, pos = 0;
	int err = 0;

	/* if out of memory, the entries stay, without a stack */
	while ((numbered = hash__next(&l->by_number, &pos, &key))) {
		if (!goes(numbered))
			continue;
		if (keys)
			keys[nr++] = key;
		if (seen && stack_faults(&numbered->counts) && numbers__add(seen, key) < 0)
			err = -ENOMEM;
		*bytes -=
			loaded_stacks__bytes(numbered->stack->nr_user + numbered->stack->nr_kernel);
		numbered->stack = NULL;
	}
	for (size_t i = 0; i < nr; i++)
		free(hash__remove_u64(&l->by_number, keys[i]));
	free(keys);
	stacks__forget(l->stacks);
	return err;
}
