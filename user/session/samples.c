// SPDX-License-Identifier: GPL-2.0-only
/* samples.c - the queue of records, and the unwinding of samples in it. */
#include "session/samples.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** Maximum number of frames of a stack. */
#define MAX_FRAMES 512
/** Maximum samples without a record: their faults are in flight, or the record was lost. */
#define MOST_WAITING 65536

/** struct queued - a record in the queue */
struct queued {
	struct queued *next;
	size_t size;
	_Alignas(8) unsigned char record[];
};

void samples__init(struct samples *s, struct live *live, struct namer *namer)
{
	*s = (struct samples){ .live = live, .namer = namer };
	hash__init(&s->by_ref, sizeof(uint64_t));
}

static struct queued *pop(struct samples *s)
{
	struct queued *q = s->first;

	if (!q)
		return NULL;
	s->first = q->next;
	if (!s->first)
		s->last = NULL;
	s->bytes -= q->size;
	return q;
}

void samples__free(struct samples *s)
{
	struct queued *q;

	while ((q = pop(s)))
		free(q);
	free(s->out);
	hash__free(&s->by_ref, NULL);
}

static size_t record_size(const struct vs_event *e)
{
	if (e->type != VS_EVENT_SAMPLE)
		return e->size;
	return sizeof(struct vs_event_sample) + ((const struct vs_event_sample *)e)->stack_len;
}

int samples__push(struct samples *s, const struct vs_event *e)
{
	const size_t size = record_size(e);
	struct queued *q = malloc(sizeof(*q) + size);

	if (!q)
		return -ENOMEM;
	q->next = NULL;
	q->size = size;
	memcpy(q->record, e, size);
	*(s->last ? &s->last->next : &s->first) = q;
	s->last = q;
	s->bytes += size;
	return 0;
}

/* --- unwinding ----------------------------------------------------------------------------- */

static uint64_t key_of(const struct vs_stack_ref *ref)
{
	return (uint64_t)ref->generation << 32 | ref->row;
}

/** describe - set the process of a stack. */
static void describe(const struct samples *s, const struct vs_event_sample *e, struct stack *stack)
{
	const struct fault_row *image = live__row(s->live, e->proc, e->generation);

	stack->pid = e->pid;
	memcpy(stack->comm, e->comm, sizeof(stack->comm) - 1);
	if (image && !image->is_vma) {
		stack->process = image->process;
		stack->image = image->image;
	}
}

static void unwind_user(struct samples *s, const struct vs_event_sample *e, struct stack *stack)
{
	const struct symbol_process process = namer__process(s->namer, stack);
	struct unwind_input in = { .stack = e->stack, .stack_len = e->stack_len };
	struct unwind_frame frames[MAX_FRAMES];
	enum unwind_end end;

	memcpy(in.regs, e->regs, sizeof(in.regs));
	stack->nr_user = unwind__x86_64(namer__symbolizer(s->namer), &process, &in, frames,
					MAX_FRAMES, &end);
	for (uint32_t i = 0; i < stack->nr_user; i++)
		stack->frames[i] = (struct stack_frame){
			.ip = frames[i].ip,
			.is_return_address = frames[i].is_return_address,
			.guessed = frames[i].guessed,
		};
	s->unwound++;
	s->ended[end]++;
}

static void unwind(struct samples *s, const struct vs_event_sample *e)
{
	struct stack *stack = calloc(1, sizeof(*stack) + (MAX_FRAMES + VS_KERNEL_FRAMES) *
								 sizeof(*stack->frames));
	struct stack *known;

	if (!stack)
		return;
	describe(s, e, stack);
	unwind_user(s, e, stack);
	stack->nr_kernel = e->nr_kernel < VS_KERNEL_FRAMES ? e->nr_kernel : VS_KERNEL_FRAMES;
	for (uint32_t i = 0; i < stack->nr_kernel; i++)
		stack->frames[stack->nr_user + i] =
			(struct stack_frame){ .ip = e->kernel[i], .is_return_address = true };
	known = stacks__get(&s->live->run.stacks, stack);
	free(stack);
	if (s->by_ref.nr >= MOST_WAITING) {
		hash__free(&s->by_ref, NULL);
		hash__init(&s->by_ref, sizeof(uint64_t));
	}
	if (known)
		hash__set_u64(&s->by_ref, key_of(&e->ref), known);
}

const struct vs_event *samples__drop(struct samples *s)
{
	free(s->out);
	s->out = pop(s);
	return s->out ? (const struct vs_event *)s->out->record : NULL;
}

const struct vs_event *samples__next(struct samples *s)
{
	const struct vs_event *e = samples__drop(s);

	if (!e || e->type != VS_EVENT_SAMPLE)
		return e;
	unwind(s, (const struct vs_event_sample *)e);
	return NULL;
}

const struct stack *samples__stack(struct samples *s, const struct vs_stack_ref *ref)
{
	return hash__remove_u64(&s->by_ref, key_of(ref));
}

void samples__forget(struct samples *s)
{
	uint64_t *keys = malloc(s->by_ref.nr * sizeof(*keys) + 1), key;
	const struct stack *stack;
	size_t nr = 0, pos = 0;

	while (keys && (stack = hash__next(&s->by_ref, &pos, &key)))
		if (stack->process && !stack->process->busy)
			keys[nr++] = key;
	for (size_t i = 0; i < nr; i++)
		hash__remove_u64(&s->by_ref, keys[i]);
	if (!keys)
		hash__free(&s->by_ref, NULL);
	free(keys);
}
