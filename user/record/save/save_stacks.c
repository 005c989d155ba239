// SPDX-License-Identifier: GPL-2.0-only
/*
 * save_stacks.c - save stacks with their symbols, as they cannot be symbolized where the recording
 * is read.
 */
#include <errno.h>
#include <string.h>

#include "record/save/save.h"

/** struct symbol_key - key of a symbol: its address, and a hash of its other fields */
struct symbol_key {
	uint64_t ip;
	uint64_t hash;
};

/** add_text - add @text to hash @h; NULL differs from "" */
static uint64_t add_text(uint64_t h, const char *text)
{
	return text ? hash_string(h, text) : hash_bytes(h, &text, sizeof(text));
}

static struct symbol_key key_of(const struct symbol_frame *f)
{
	const uint64_t numbers[] = { f->offset, f->module_offset, f->line,
				     (uint64_t)f->in_file << 1 | f->inlined };
	uint64_t h = hash_bytes(hash_seed(0), numbers, sizeof(numbers));

	h = add_text(h, f->name);
	h = add_text(h, f->module);
	return (struct symbol_key){ f->ip, add_text(h, f->file) };
}

/** symbol_number - the number of a symbol, assigned on first use. Return: 0: out of memory. */
static uint32_t symbol_number(struct saver *s, const struct symbol_frame *f)
{
	const struct symbol_key key = key_of(f);
	uintptr_t number = (uintptr_t)hash__get(&s->symbols, &key);

	if (number)
		return number;
	number = ++s->nr_symbols;
	return hash__set(&s->symbols, &key, (void *)number) ? 0 : number;
}

/** put_symbol - write a symbol, once in each file. Return: its number; 0: out of memory. */
static uint32_t put_symbol(struct saver *s, const struct symbol_frame *f)
{
	const uint32_t number = symbol_number(s, f);
	struct record_symbol r = {
		.number = number,
		.inlined = f->inlined,
		.in_file = f->in_file,
		.line = f->line,
		.ip = f->ip,
		.offset = f->offset,
		.module_offset = f->module_offset,
		.name = f->name,
		.module = f->module,
		.file = f->file,
	};

	if (!number)
		s->error = -ENOMEM;
	else if (!saver__marked(s, MARK_SYMBOL, number)) {
		saver__count(s, RECORD_SYMBOL, &r);
		saver__mark(s, MARK_SYMBOL, number, 1);
	}
	return number;
}

/** put_frames - add the innermost frames that fit after @nr others. Return: their number. */
static uint32_t put_frames(struct saver *s, struct record_stack *r, uint32_t nr,
			   const struct symbol_frame *frames, size_t nr_frames)
{
	uint32_t i = 0;

	for (; i < nr_frames && nr + i < RECORD_FRAMES; i++)
		r->frame[nr + i] = put_symbol(s, &frames[i]);
	return i;
}

static void put_stack(struct saver *s, const struct stack *stack)
{
	const struct stack *is = namer__true_stack(s->namer, s->stacks, stack);
	struct named_stack named;
	struct record_stack r;

	if (!is || namer__stack(s->namer, is, &named)) {
		s->error = -ENOMEM;
		return;
	}
	memset(&r, 0, sizeof(r));
	r.number = saver__stack_number(stack);
	r.process = stack->process ? stack->process->number : 0;
	r.pid = stack->pid;
	r.counts = stack->counts;
	r.late = stack->late;
	memcpy(r.comm, stack->comm, sizeof(r.comm));
	r.nr_user = put_frames(s, &r, 0, named.user, named.nr_user);
	r.nr_kernel = put_frames(s, &r, r.nr_user, named.kernel, named.nr_kernel);
	saver__count(s, RECORD_STACK, &r);
}

uint32_t saver__stack_number(const struct stack *stack)
{
	return stack ? VS_STACK_FIRST + stack->number : 0;
}

void saver__put_stack(struct saver *s, const struct stack *stack)
{
	const uint32_t number = saver__stack_number(stack);
	const uint64_t before = s->writer->counted;
	bool known;

	if (!stack || !saver__fits(s, MARK_STACK, number))
		return;
	known = saver__marked(s, MARK_STACK, number);
	if (saver__changed(s, MARK_STACK, number, &stack->counts, sizeof(stack->counts)))
		put_stack(s, stack);
	if (!known)
		s->used += s->writer->counted - before;
}

/**
 * put_sum - write the sum of stacks that are not distinguished; if empty, only if it was written
 * before.
 */
static void put_sum(struct saver *s, uint32_t number, const struct vs_stack_counts *c,
		    const struct vs_stack_counts *late)
{
	const struct record_stack r = { .number = number, .counts = *c, .late = *late };

	if ((stack_faults(c) || saver__marked(s, MARK_STACK, number)) &&
	    saver__changed(s, MARK_STACK, number, c, sizeof(*c)))
		saver__count(s, RECORD_STACK, &r);
}

void saver__put_stacks(struct saver *s)
{
	const size_t most = s->stacks->nr; /* it may grow: by true ones, which count nothing */
	struct vs_stack_counts overflow = s->stacks->overflow;
	static const struct vs_stack_counts none;

	for (size_t i = 0; i < most && !s->error; i++) {
		const struct stack *stack = s->stacks->list[i];

		if (!stack_faults(&stack->counts) || stack->outside)
			continue;
		saver__put_stack(s, stack);
		if (!saver__marked(s, MARK_STACK, saver__stack_number(stack)))
			stack_counts_add(&s->rest.stacks, &stack->counts);
	}
	stack_counts_add(&overflow, &s->rest.stacks);
	put_sum(s, VS_STACK_OVERFLOW, &overflow, &s->stacks->overflow_late);
	put_sum(s, VS_STACK_NONE, &s->stacks->none, &none);
	put_sum(s, RECORD_STACK_ENDED, &s->stacks->ended, &none);
}
