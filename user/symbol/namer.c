// SPDX-License-Identifier: GPL-2.0-only
/* namer.c - names of stacks, kept by address; the mappings of images that have ended. */
#include "symbol/namer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "symbol/image_maps.h"
#include "symbol/unwind.h"
#include "util/array.h"
#include "util/hash.h"
#include "util/str.h"

#define DEFAULT_BYTES (32u << 20)
/** Maximum number of functions at one address: those inlined, and the one that contains them. */
#define MAX_INLINED 16
/** Frames of the tracing itself are among this many innermost ones. */
#define MAX_GLUE 24

/** Interval at which the mappings of a process are saved. */
#define NOTE_NS 500000000ULL

/** Maximum number of images whose last save is remembered; others are saved again. */
#define MAX_NOTED 65536

/** struct place_key - an address; that of a process image or, all zero, the kernel's */
struct place_key {
	struct symbol_process process;
	uint64_t ip;
	uint64_t is_return_address;
};

/**
 * struct named_place - the functions at an address, followed by their strings
 * @bytes: size of the allocation
 * @again_ns: when to look it up again, as a JIT may have listed it since; 0: never
 * @next: in the list of places to be freed
 */
struct named_place {
	size_t nr;
	size_t bytes;
	uint64_t again_ns;
	struct named_place *next;
	struct symbol_frame frames[];
};

/** Code in anonymous memory without a name is looked up again after this time. */
#define AGAIN_NS 500000000ULL

/**
 * struct namer - names of places
 * @noted: time at which each image was saved, by its number
 * @places: places that have been looked up, of @bytes in total; @replaced: places to be freed
 * @frames: of the last stack, with a capacity of @cap
 * @unnamed: see namer__unnamed()
 */
struct namer {
	struct namer_options o;
	struct symbolizer *symbols;
	struct hash noted;
	struct hash places;
	struct named_place *replaced;
	size_t bytes;
	struct symbol_frame *frames;
	size_t cap;
	size_t unnamed;
};

int namer__new(struct namer **result, const struct namer_options *options)
{
	struct namer *n = calloc(1, sizeof(*n));
	int err;

	*result = NULL;
	if (!n)
		return -ENOMEM;
	n->o = *options;
	if (!n->o.max_bytes)
		n->o.max_bytes = DEFAULT_BYTES;
	hash__init(&n->places, sizeof(struct place_key));
	hash__init(&n->noted, sizeof(uint64_t));
	err = options->recorded ? 0 : symbolizer__new(&n->symbols, &options->symbols);
	if (err) {
		free(n);
		return err;
	}
	*result = n;
	return 0;
}

static void free_replaced(struct namer *n)
{
	struct named_place *p;

	while ((p = n->replaced)) {
		n->replaced = p->next;
		free(p);
	}
}

void namer__free(struct namer *n)
{
	if (!n)
		return;
	hash__free(&n->places, free);
	free_replaced(n);
	hash__free(&n->noted, NULL);
	if (n->symbols)
		symbolizer__free(n->symbols);
	free(n->frames);
	free(n);
}

size_t namer__unnamed(const struct namer *n)
{
	return n->unnamed;
}

struct symbolizer *namer__symbolizer(struct namer *n)
{
	return n->symbols;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* --- places -------------------------------------------------------------------------------- */

/** place_new - a copy of @nr frames with their strings, put under @key. NULL: no memory. */
static struct named_place *place_new(struct namer *n, const struct place_key *key,
				     const struct symbol_frame *frames, size_t nr)
{
	size_t size = sizeof(struct named_place) + nr * sizeof(*frames);
	struct named_place *p;
	char *text;

	for (size_t i = 0; i < nr; i++)
		size += str_room(frames[i].name) + str_room(frames[i].module) +
			str_room(frames[i].file);
	p = malloc(size);
	if (!p || hash__set(&n->places, key, p)) {
		free(p);
		return NULL;
	}
	n->bytes += size + sizeof(*key);
	p->bytes = size + sizeof(*key);
	p->again_ns = 0;
	p->nr = nr;
	text = (char *)&p->frames[nr];
	for (size_t i = 0; i < nr; i++) {
		p->frames[i] = frames[i];
		p->frames[i].name = str_keep(&text, frames[i].name);
		p->frames[i].module = str_keep(&text, frames[i].module);
		p->frames[i].file = str_keep(&text, frames[i].file);
	}
	return p;
}

/**
 * settle_maps - an image that is gone has the mappings that are known of it
 * Return: true if it is gone.
 */
static bool settle_maps(struct namer *n, const struct stack *stack,
			const struct symbol_process *process)
{
	if (!n->o.gone(n->o.ctx, stack))
		return false;
	image_maps__set(n->symbols, process, stack);
	return true;
}

/** ask - look up an address that has not been looked up yet */
static size_t ask(struct namer *n, const struct stack *stack, const struct symbol_process *process,
		  const struct stack_frame *f, struct symbol_frame *frames)
{
	bool gone;
	size_t nr;

	frames[0] = (struct symbol_frame){ .ip = f->ip };
	if (!process->pid)
		return 1;
	gone = settle_maps(n, stack, process);
	nr = symbolizer__user(n->symbols, process, f->ip, f->is_return_address, frames,
			      MAX_INLINED);
	if (gone || !n->o.gone(n->o.ctx, stack))
		return nr;
	/* It ended during the look-up: what was read may belong to the program that followed. */
	symbolizer__forget(n->symbols, process);
	settle_maps(n, stack, process);
	return symbolizer__user(n->symbols, process, f->ip, f->is_return_address, frames,
				MAX_INLINED);
}

/** may_get_name - code in memory of a process that lives, or has just ended. */
static bool may_get_name(const struct symbol_frame *f)
{
	return !f->name && !f->in_file && f->module;
}

/** outdated - @p, on @stack, must be looked up again: after some time, or if its image has ended */
static bool outdated(struct namer *n, const struct named_place *p, const struct stack *stack)
{
	return p->again_ns && !symbolizer__late(n->symbols) &&
	       (now_ns() >= p->again_ns || n->o.gone(n->o.ctx, stack));
}

/** replace - remove @p; its strings stay valid until the next stack */
static void replace(struct namer *n, const struct place_key *key, struct named_place *p)
{
	hash__remove(&n->places, key);
	n->bytes -= p->bytes;
	p->next = n->replaced;
	n->replaced = p;
}

/** count_unnamed - @f, which is new, may have had a name if there had been time for it. */
static void count_unnamed(struct namer *n, const struct symbol_frame *f)
{
	n->unnamed += !f->name && symbolizer__late(n->symbols);
}

static const struct named_place *user_place(struct namer *n, const struct stack *stack,
					    const struct symbol_process *process,
					    const struct stack_frame *f)
{
	struct symbol_frame frames[MAX_INLINED];
	struct place_key key;
	struct named_place *p;
	size_t nr;

	memset(&key, 0, sizeof(key));
	key.process.pid = process->pid;
	key.process.start_ns = process->start_ns;
	key.process.image = process->image;
	key.ip = f->ip;
	key.is_return_address = f->is_return_address;
	p = hash__get(&n->places, &key);
	if (p && !outdated(n, p, stack))
		return p;
	if (p)
		replace(n, &key, p);
	nr = ask(n, stack, process, f, frames);
	p = place_new(n, &key, frames, nr);
	count_unnamed(n, &frames[0]);
	/* after its end, a process does not list further functions */
	if (p && may_get_name(&frames[0]) && !n->o.gone(n->o.ctx, stack))
		p->again_ns = now_ns() + AGAIN_NS;
	return p;
}

static const struct named_place *kernel_place(struct namer *n, const struct stack_frame *f)
{
	struct symbol_frame frame;
	struct place_key key;
	const struct named_place *p;

	memset(&key, 0, sizeof(key));
	key.ip = f->ip;
	p = hash__get(&n->places, &key);
	if (p)
		return p;
	symbolizer__kernel(n->symbols, f->ip, f->is_return_address, &frame);
	count_unnamed(n, &frame);
	return place_new(n, &key, &frame, 1);
}

/* --- stacks -------------------------------------------------------------------------------- */

static struct symbol_process process_of(const struct stack *stack)
{
	struct symbol_process process = {};

	if (!stack->process)
		return process;
	process.pid = stack->pid;
	process.start_ns = stack->process->start_ns;
	process.image = stack->image;
	return process;
}

struct symbol_process namer__process(struct namer *n, const struct stack *stack)
{
	const struct symbol_process process = process_of(stack);

	if (process.pid)
		settle_maps(n, stack, &process);
	return process;
}

void namer__note(struct namer *n, const struct stack *stack)
{
	const struct symbol_process process = process_of(stack);
	const uint64_t now = now_ns();
	uintptr_t before;

	if (!process.pid || symbolizer__late(n->symbols))
		return;
	before = (uintptr_t)hash__get_u64(&n->noted, stack->image);
	if (before && now - before < NOTE_NS)
		return;
	if (n->noted.nr >= MAX_NOTED)
		hash__free(&n->noted, NULL);
	hash__set_u64(&n->noted, stack->image, (void *)(uintptr_t)now);
	if (n->o.gone(n->o.ctx, stack))
		return;
	symbolizer__note(n->symbols, &process);
	/* It ended in the meantime: what was read may belong to the program that followed. */
	if (n->o.gone(n->o.ctx, stack))
		symbolizer__forget(n->symbols, &process);
}

/** make_room - for @nr frames. Return: 0 or -ENOMEM. */
static int make_room(struct namer *n, size_t nr)
{
	return array__reserve(&n->frames, &n->cap, nr, sizeof(*n->frames));
}

static int append(struct namer *n, size_t *nr, const struct named_place *p)
{
	if (!p || make_room(n, *nr + p->nr))
		return -ENOMEM;
	memcpy(&n->frames[*nr], p->frames, p->nr * sizeof(*p->frames));
	*nr += p->nr;
	return 0;
}

static int name_user(struct namer *n, const struct stack *stack, size_t *nr)
{
	const struct symbol_process process = process_of(stack);
	int err = 0;

	for (uint32_t i = 0; i < stack->nr_user && !err; i++)
		err = append(n, nr, user_place(n, stack, &process, &stack->frames[i]));
	return err;
}

static int name_kernel(struct namer *n, const struct stack *stack, size_t *nr)
{
	int err = 0;

	for (uint32_t i = 0; i < stack->nr_kernel && !err; i++)
		err = append(n, nr, kernel_place(n, &stack->frames[stack->nr_user + i]));
	return err;
}

/* --- the true stack -------------------------------------------------------------------------- */

/**
 * caller_on_top - the innermost function's caller is missing in the frames, and on top of the
 * stack.
 */
static bool caller_on_top(struct namer *n, const struct stack *stack)
{
	struct symbol_process process;

	if (!stack->top || !stack->nr_user || !stack->process ||
	    (stack->nr_user > 1 && stack->frames[1].ip == stack->top))
		return false;
	process = namer__process(n, stack);
	return unwind__returns_to_top(n->symbols, &process, stack->frames[0].ip);
}

/**
 * code_frames - number of frames before the first one that is not in code
 *
 * The instruction that a signal interrupted may be at any address, after a call of a wrong pointer:
 * it is not a return address.
 */
static uint32_t code_frames(struct namer *n, const struct stack *stack)
{
	const struct symbol_process process = process_of(stack);

	for (uint32_t i = 0; i < stack->nr_user; i++) {
		const struct named_place *p = user_place(n, stack, &process, &stack->frames[i]);

		if (!p || (!i && !p->frames->module))
			break;
		if (!p->frames->module && stack->frames[i].is_return_address)
			return i;
	}
	return stack->nr_user;
}

const struct stack *namer__true_stack(struct namer *n, struct stacks *all,
				      const struct stack *stack)
{
	const struct stack_frame *from = stack->frames;
	const struct stack *found;
	struct stack *copy;
	uint32_t kept;
	bool insert;

	if (n->o.recorded)
		return stack;
	kept = code_frames(n, stack);
	insert = caller_on_top(n, stack);
	if (kept == stack->nr_user && !insert && !stack->top)
		return stack;
	copy = calloc(1, sizeof(*copy) + (kept + 1 + stack->nr_kernel) * sizeof(*from));
	if (!copy)
		return NULL;
	copy->process = stack->process;
	copy->image = stack->image;
	copy->pid = stack->pid;
	memcpy(copy->comm, stack->comm, sizeof(copy->comm));
	for (uint32_t i = 0; i < kept; i++) {
		copy->frames[copy->nr_user++] = from[i];
		if (!i && insert)
			copy->frames[copy->nr_user++] =
				(struct stack_frame){ .ip = stack->top, .is_return_address = true };
	}
	copy->nr_kernel = stack->nr_kernel;
	memcpy(&copy->frames[copy->nr_user], &from[stack->nr_user],
	       stack->nr_kernel * sizeof(*from));
	found = stacks__get(all, copy);
	free(copy);
	return found;
}

/** tracing_frames - how many of the innermost frames are of the tracing itself. */
static size_t tracing_frames(const struct symbol_frame *frames, size_t nr)
{
	static const char *const prefixes[] = { "bpf_",		"__bpf_",	 "__traceiter_",
						"perf_swevent", "___perf_sw_",	 "__perf_sw_",
						"perf_tp_",	"__perf_event_", "perf_trace_",
						"stack_trace_", "arch_stack_",	 "get_callchain" };
	size_t last = 0;

	for (size_t i = 0; i < nr && i < MAX_GLUE; i++) {
		/* trampolines have no name where net.core.bpf_jit_kallsyms is 0 */
		if (!frames[i].name && i == last)
			last = i + 1;
		for (size_t p = 0; p < ARRAY_SIZE(prefixes); p++)
			if (frames[i].name &&
			    !strncmp(frames[i].name, prefixes[p], strlen(prefixes[p])))
				last = i + 1;
	}
	return last;
}

static void trim(struct namer *n)
{
	if (n->bytes < n->o.max_bytes)
		return;
	hash__free(&n->places, free);
	hash__init(&n->places, sizeof(struct place_key));
	n->bytes = 0;
}

/** name_recorded - all has been settled when it was recorded. */
static int name_recorded(struct namer *n, const struct stack *stack, struct named_stack *named)
{
	const size_t nr = stack->nr_user + stack->nr_kernel;

	if (make_room(n, nr))
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		const struct symbol_frame *f = n->o.recorded(n->o.ctx, stack->frames[i].ip);

		n->frames[i] = f ? *f : (struct symbol_frame){ .ip = 0 };
	}
	*named = (struct named_stack){ .user = n->frames,
				       .nr_user = stack->nr_user,
				       .kernel = n->frames + stack->nr_user,
				       .nr_kernel = stack->nr_kernel };
	return 0;
}

int namer__stack(struct namer *n, const struct stack *stack, struct named_stack *named)
{
	size_t user = 0, all, skip;
	int err;

	*named = (struct named_stack){ 0 };
	if (n->o.recorded)
		return name_recorded(n, stack, named);
	free_replaced(n);
	trim(n);
	err = name_user(n, stack, &user);
	all = user;
	if (!err)
		err = name_kernel(n, stack, &all);
	if (err)
		return err;
	skip = tracing_frames(n->frames + user, all - user);
	*named = (struct named_stack){ .user = n->frames,
				       .nr_user = user,
				       .kernel = n->frames + user + skip,
				       .nr_kernel = all - user - skip };
	return 0;
}
