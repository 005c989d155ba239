// SPDX-License-Identifier: GPL-2.0-only
/* stacks.c - rows of stacks; their counts are kept when BPF's rows are reclaimed. */
#include "model/stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"

/** struct stack_key - identity of a stack during the lifetime of the model */
struct stack_key {
	uint64_t process;
	uint64_t image;
	uint64_t hash[2];
	uint32_t pid;
	uint32_t nr_user;
	uint64_t outside;
};

int stacks__init(struct stacks *s, uint32_t nr_index)
{
	memset(s, 0, sizeof(*s));
	hash__init(&s->by_key, sizeof(struct stack_key));
	s->nr_index = nr_index;
	s->by_index = calloc(nr_index + 1, sizeof(*s->by_index));
	return s->by_index ? 0 : -ENOMEM;
}

void stacks__free(struct stacks *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->list[i]);
	free(s->list);
	free(s->by_index);
	hash__free(&s->by_key, NULL);
	memset(s, 0, sizeof(*s));
}

void stack_counts_add(struct vs_stack_counts *to, const struct vs_stack_counts *from)
{
	for (int i = 0; i < VS_NR_OUTCOME; i++)
		to->outcome[i] += from->outcome[i];
	to->timed += from->timed;
	to->time_ns += from->time_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
}

uint64_t stack_faults(const struct vs_stack_counts *c)
{
	return c->outcome[VS_MINOR] + c->outcome[VS_MAJOR] + c->outcome[VS_INCOMPLETE];
}

/** mix - add one word to both hashes: the addresses are chosen by programs and recordings. */
static void mix(uint64_t hash[2], uint64_t word)
{
	hash[0] = hash_bytes(hash[0], &word, sizeof(word));
	hash[1] = hash_bytes(hash[1], &word, sizeof(word));
}

static struct stack_key key_of(const struct stack *s)
{
	struct stack_key key = {
		.hash = { hash_seed(0), hash_seed(1) },
		.process = (uintptr_t)s->process,
		.image = s->image,
		.pid = s->process ? 0 : s->pid,
		.nr_user = s->nr_user,
		.outside = s->outside,
	};

	mix(key.hash, s->top);
	for (uint32_t i = 0; i < s->nr_user + s->nr_kernel; i++) {
		mix(key.hash, s->frames[i].ip);
		mix(key.hash, s->frames[i].is_return_address | s->frames[i].guessed << 1);
	}
	return key;
}

/** append - append a copy; the capacity of the array is the next power of two. */
static struct stack *append(struct stacks *s, const struct stack *like)
{
	const size_t size = sizeof(*like) +
			    (like->nr_user + like->nr_kernel) * sizeof(*like->frames);
	const size_t nr = s->nr;
	struct stack *copy;

	if (array__more(&s->list, nr, sizeof(*s->list)))
		return NULL;
	copy = malloc(size);
	if (!copy)
		return NULL;
	memcpy(copy, like, size);
	copy->number = s->numbered++;
	s->list[s->nr++] = copy;
	return copy;
}

struct stack *stacks__get(struct stacks *s, const struct stack *like)
{
	const struct stack_key key = key_of(like);
	struct stack *known = hash__get(&s->by_key, &key);

	if (known)
		return known;
	known = append(s, like);
	return known && !hash__set(&s->by_key, &key, known) ? known : NULL;
}

/** There is no code below it (vm.mmap_min_addr); a bad frame pointer may yield such an address. */
#define LOWEST_CODE 4096

/** likely_code - number of the @nr addresses before the first that can't be an address of code. */
static uint32_t likely_code(const __u64 *ips, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (ips[i] < LOWEST_CODE || ips[i] >> 63)
			return i;
	return nr;
}

/** is_outside - the row counts faults of a VMA that does not match @s->vma_glob. */
static bool is_outside(const struct stacks *s, const struct model *m,
		       const struct vs_stack_row *row)
{
	const struct fault_row *vma;

	if (!s->vma_glob)
		return false;
	vma = row->key.vma ? model__row(m, row->key.vma, row->key.vma_generation) : NULL;
	return !vma || !fault_row__matches(vma, s->vma_glob);
}

/** describe - set all of @stack except the counts from a row of BPF. */
static void describe(struct stack *stack, const struct stacks *s, const struct model *m,
		     const struct vs_stack_row *row)
{
	const struct fault_row *image = model__row(m, row->key.proc, row->key.proc_generation);
	const struct vs_frames *f = &row->frames;

	*stack = (struct stack){ .pid = row->key.pid, .top = f->top };
	stack->outside = is_outside(s, m, row);
	memcpy(stack->comm, row->comm, sizeof(stack->comm) - 1);
	if (image && !image->is_vma) {
		stack->process = image->process;
		stack->image = image->image;
	}
	stack->nr_user = likely_code(f->user,
				     f->nr_user < VS_USER_FRAMES ? f->nr_user : VS_USER_FRAMES);
	stack->nr_kernel = f->nr_kernel < VS_KERNEL_FRAMES ? f->nr_kernel : VS_KERNEL_FRAMES;
	for (uint32_t i = 0; i < stack->nr_user; i++)
		stack->frames[i] = (struct stack_frame){ .ip = f->user[i], .is_return_address = i };
	for (uint32_t i = 0; i < stack->nr_kernel; i++)
		stack->frames[stack->nr_user + i] =
			(struct stack_frame){ .ip = f->kernel[i], .is_return_address = true };
}

struct stack *stacks__row(struct stacks *s, const struct model *m, uint32_t index,
			  const struct vs_stack_row *row)
{
	_Alignas(struct stack) unsigned char
		room[sizeof(struct stack) +
		     (VS_USER_FRAMES + VS_KERNEL_FRAMES) * sizeof(struct stack_frame)];
	struct stack *stack = (struct stack *)room;

	if (s->by_index[index].stack)
		return s->by_index[index].stack;
	describe(stack, s, m, row);
	stack = stacks__get(s, stack);
	if (stack)
		s->by_index[index] = (struct stack_index){ .stack = stack,
							   .generation = row->generation };
	return stack;
}

const struct stack *stacks__find(const struct stacks *s, const struct vs_stack_ref *ref)
{
	const struct stack_index *i = &s->by_index[ref->row < s->nr_index ? ref->row : 0];

	return i->generation == ref->generation ? i->stack : NULL;
}

/** grown - the growth of a counter since @seen, which is updated. */
static uint64_t grown(__u64 *seen, uint64_t now)
{
	const uint64_t more = now - *seen;

	*seen = now;
	return more;
}

void stacks__update(struct stacks *s, uint32_t index, const struct vs_stack_row *row)
{
	struct stack_index *i = &s->by_index[index];
	struct vs_stack_counts *c, *seen = &i->seen;

	if (!i->stack)
		return;
	c = &i->stack->counts;
	for (int o = 0; o < VS_NR_OUTCOME; o++)
		c->outcome[o] += grown(&seen->outcome[o], row->counts.outcome[o]);
	c->timed += grown(&seen->timed, row->counts.timed);
	c->time_ns += grown(&seen->time_ns, row->counts.time_ns);
	if (row->counts.max_ns > c->max_ns)
		c->max_ns = row->counts.max_ns;
}

void stack_counts_count(struct vs_stack_counts *c, uint32_t outcome, uint64_t duration_ns)
{
	struct vs_stack_counts one = {
		.timed = duration_ns != 0,
		.time_ns = duration_ns,
		.max_ns = duration_ns,
	};

	one.outcome[outcome < VS_NR_OUTCOME ? outcome : VS_INCOMPLETE] = 1;
	stack_counts_add(c, &one);
}

/* --- stacks that are unwound after their faults were counted --------------------------------- */

/** take_awaited - take one of @awaited, faults that ended until @until_ns. Return: there was one. */
static bool take_awaited(const struct stacks *s, uint64_t *awaited, uint64_t until_ns,
			 uint64_t end_ns)
{
	if (!*awaited || (s->vma_glob && end_ns > until_ns))
		return false;
	--*awaited;
	return true;
}

/** count_late - count a fault that was awaited; @before: it belongs to an earlier interval. */
static void count_late(struct stacks *s, struct stack *stack, uint32_t outcome,
		       uint64_t duration_ns, bool before)
{
	stack_counts_count(stack ? &stack->counts : &s->overflow, outcome, duration_ns);
	stack_counts_count(stack ? &stack->late : &s->overflow_late, outcome, duration_ns);
	if (before)
		stack_counts_count(stack ? &stack->marked : &s->overflow_marked, outcome,
				   duration_ns);
	/* which is a part of @overflow when that is read the next time */
	if (!stack)
		stack_counts_count(&s->unknown, outcome, duration_ns);
}

void stacks__count(struct stacks *s, const struct stack *stack, uint32_t outcome,
		   uint64_t duration_ns, uint64_t end_ns)
{
	struct stack *own = (struct stack *)stack; /* it is in @s->list */
	const uint32_t o = outcome < VS_NR_OUTCOME ? outcome : VS_INCOMPLETE;

	if (s->awaits && take_awaited(s, &s->awaited[o], s->awaited_until_ns, end_ns))
		count_late(s, own, o, duration_ns,
			   take_awaited(s, &s->before[o], s->before_until_ns, end_ns));
	else if (own)
		stack_counts_count(s->awaits ? &own->incoming : &own->counts, o, duration_ns);
	else
		stack_counts_count(&s->unknown, o, duration_ns);
}

static void take_incoming(struct stack *stack)
{
	stack_counts_add(&stack->counts, &stack->incoming);
	stack->incoming = (struct vs_stack_counts){};
}

void stacks__take(struct stacks *s)
{
	for (size_t i = 0; i < s->nr && s->awaits; i++)
		take_incoming(s->list[i]);
}

void stacks__await(struct stacks *s, const uint64_t *total, uint64_t now_ns)
{
	for (int o = 0; o < VS_NR_OUTCOME && s->awaits; o++) {
		uint64_t known = s->ended.outcome[o];

		/* with --vma, these two are those of all VMAs */
		if (!s->vma_glob)
			known += s->overflow.outcome[o] + s->none.outcome[o];
		for (size_t i = 0; i < s->nr; i++)
			known += s->list[i]->outside ? 0 : s->list[i]->counts.outcome[o];
		s->awaited[o] = total[o] > known ? total[o] - known : 0;
		if (s->before[o] > s->awaited[o])
			s->before[o] = s->awaited[o];
	}
	s->awaited_until_ns = now_ns;
}

void stacks__load_late(struct stacks *s, const struct vs_stack_counts *late,
		       struct vs_stack_counts *marked)
{
	const uint64_t all = stack_faults(late);
	uint64_t taken = 0;

	for (int o = 0; o < VS_NR_OUTCOME; o++) {
		const uint64_t n = late->outcome[o] < s->before[o] ? late->outcome[o]
								   : s->before[o];

		s->before[o] -= n;
		marked->outcome[o] += n;
		taken += n;
	}
	if (!taken)
		return;
	/* if only some belong to earlier intervals, so does that share of their time */
	marked->timed += (double)late->timed * taken / all;
	marked->time_ns += (double)late->time_ns * taken / all;
}

void stacks__row_ended(struct stacks *s, uint32_t index)
{
	s->by_index[index].stack = NULL;
}

void stacks__keep(struct stacks *s)
{
	for (uint32_t i = 0; i < s->nr_index; i++)
		if (s->by_index[i].stack && s->by_index[i].stack->process)
			s->by_index[i].stack->process->busy = true;
}

/* --- consistent sums ------------------------------------------------------------------------- */

/** take_withheld - add the counts that stacks__fit() has withheld. */
static void take_withheld(struct stack *stack)
{
	for (int o = 0; o < VS_NR_OUTCOME; o++) {
		stack->counts.outcome[o] += stack->withheld[o];
		stack->withheld[o] = 0;
	}
}

void stacks__read(struct stacks *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		struct stack *stack = s->list[i];

		take_withheld(stack);
		memcpy(stack->first, stack->counts.outcome, sizeof(stack->first));
	}
	memcpy(s->overflow_first, s->overflow.outcome, sizeof(s->overflow_first));
	memcpy(s->none_first, s->none.outcome, sizeof(s->none_first));
}

/** fit - limit the growth of @now since @first to @more. Return: the rest. */
static uint64_t fit(__u64 *now, uint64_t first, uint64_t *more)
{
	const uint64_t since = *now - first;
	const uint64_t taken = since < *more ? since : *more;

	*more -= taken;
	*now = first + taken;
	return since - taken;
}

void stacks__fit(struct stacks *s, const uint64_t *total)
{
	for (int o = 0; o < VS_NR_OUTCOME && !s->vma_glob; o++) {
		uint64_t first = s->overflow_first[o] + s->none_first[o] + s->ended.outcome[o];
		uint64_t more;

		for (size_t i = 0; i < s->nr; i++)
			first += s->list[i]->first[o];
		more = total[o] > first ? total[o] - first : 0;
		for (size_t i = 0; i < s->nr; i++)
			s->list[i]->withheld[o] = fit(&s->list[i]->counts.outcome[o],
						      s->list[i]->first[o], &more);
		/* these two are read again each time: nothing has to be withheld */
		fit(&s->overflow.outcome[o], s->overflow_first[o], &more);
		fit(&s->none.outcome[o], s->none_first[o], &more);
	}
}

/** forget - free @stack; its counts stay in @s->ended. */
static void forget(struct stacks *s, struct stack *stack)
{
	const struct stack_key key = key_of(stack);

	take_incoming(stack);
	/* with --vma, those of freed processes are not in any total either */
	if (!s->vma_glob) {
		take_withheld(stack);
		stack_counts_add(&s->ended, &stack->counts);
		stack_counts_add(&s->ended_marked, &stack->marked);
	}
	if (hash__get(&s->by_key, &key) == stack)
		hash__remove(&s->by_key, &key);
	free(stack);
}

void stacks__forget(struct stacks *s)
{
	const size_t nr = s->nr;
	size_t noted = 0;

	s->nr = 0;
	for (size_t i = 0; i < nr; i++) {
		struct stack *stack = s->list[i];

		if (stack->process && !stack->process->busy) {
			forget(s, stack);
			continue;
		}
		noted += i < s->noted;
		s->list[s->nr++] = stack;
	}
	s->noted = noted;
}

void stacks__mark(struct stacks *s)
{
	for (size_t i = 0; i < s->nr; i++)
		s->list[i]->marked = s->list[i]->counts;
	s->overflow_marked = s->overflow;
	s->none_marked = s->none;
	s->ended_marked = s->ended;
	memcpy(s->before, s->awaited, sizeof(s->before));
	s->before_until_ns = s->awaited_until_ns;
}
