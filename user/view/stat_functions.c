// SPDX-License-Identifier: GPL-2.0-only
/* stat_functions.c - every function on the stacks: faults in itself, and in itself and all below. */
#include "view/stat_functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"
#include "view/stack_cells.h"
#include "view/stack_entries.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/* clang-format off */
static const struct column function_columns[] = {
	{.key = "self", .head = "SELF", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "percent", .head = "%", .type = CELL_F64, .unit = UNIT_PERCENT, .text_only = true},
	{.key = "total", .head = "TOTAL", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "major", .head = "MAJOR", .type = CELL_U64, .optional = true},
	{.key = "self_time_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "total_time_ns", .head = "TOTAL TIME", .type = CELL_U64, .unit = UNIT_NS,
	 .spare = true},
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .left = true, .keep_start = true},
	{.key = "function", .head = "FUNCTION", .type = CELL_STR, .left = true,
	 .keep_start = true},
	{.key = "module", .head = "MODULE", .type = CELL_STR},
};
static const struct column rest_columns[] = {
	{.key = "overflow", .type = CELL_U64},
	{.key = "no_stack", .type = CELL_U64},
	{.key = "ended", .type = CELL_U64},
};
/* clang-format on */

static const struct table_def functions_table = { .key = "functions", COLUMNS(function_columns) };
static const struct table_def rest_table = {
	.key = "stacks_rest", .shape = TABLE_OBJECT, .json_only = true, COLUMNS(rest_columns)
};

/**
 * struct function - one of them
 * @stack: one that it is on; @last: number of the stack that it was last counted for
 */
struct function {
	const struct stack *stack;
	char *name;
	char *module;
	size_t last;
	uint64_t self;
	uint64_t total;
	uint64_t major;
	uint64_t self_ns;
	uint64_t total_ns;
};

/** struct functions - all, @nr of them, by hash of what they are called and whose they are */
struct functions {
	struct function **list;
	size_t nr;
	size_t cap;
	struct hash by_key;
};

static uint64_t fnv1a(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211ULL;
	return h;
}

static struct function *new_function(struct functions *all, uint64_t key, const struct stack *stack,
				     const char *name, const char *module)
{
	struct function *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	if (all->nr == all->cap) {
		const size_t cap = all->cap ? 2 * all->cap : 256;
		struct function **grown = realloc(all->list, cap * sizeof(*grown));

		if (!grown) {
			free(f);
			return NULL;
		}
		all->list = grown;
		all->cap = cap;
	}
	f->stack = stack;
	f->name = strdup(name);
	f->module = module ? strdup(module) : NULL;
	all->list[all->nr++] = f;
	if (!f->name || (module && !f->module) || hash__set_u64(&all->by_key, key, f))
		return NULL;
	return f;
}

static struct function *find(struct functions *all, const struct stat_view *v,
			     const struct stack *stack, const struct symbol_frame *frame)
{
	/* a JIT's list is another file in each process */
	const char *module = frame->in_file || !frame->name ? frame->module : "[jit]";
	const char *comm = stack_comm(stack);
	uint64_t key = 14695981039346656037ULL;
	char name[FRAME_TEXT_LEN];
	struct function *f;

	symbol_print(frame, false, name, sizeof(name));
	key = fnv1a(key, name, strlen(name) + 1);
	if (module)
		key = fnv1a(key, module, strlen(module) + 1);
	key = fnv1a(key, comm, strlen(comm) + 1);
	if (v->per_process) {
		key = fnv1a(key, &stack->pid, sizeof(stack->pid));
		key = fnv1a(key, &stack->image, sizeof(stack->image));
	}
	f = hash__get_u64(&all->by_key, key);
	return f ? f : new_function(all, key, stack, name, module);
}

/** count_stack - stack number @number, from 1, in each of its functions. */
static int count_stack(struct functions *all, const struct stat_view *v,
		       const struct stack_entry *e, size_t number)
{
	const uint64_t faults = stack_faults(&e->counts);
	struct named_stack named;
	int err = namer__stack(v->namer, e->stack, &named);

	for (size_t i = 0; !err && i < named.nr_kernel + named.nr_user; i++) {
		const struct symbol_frame *frame = i < named.nr_kernel
							   ? &named.kernel[i]
							   : &named.user[i - named.nr_kernel];
		struct function *f = find(all, v, e->stack, frame);

		if (!f)
			return -ENOMEM;
		if (!i) {
			f->self += faults;
			f->major += e->counts.outcome[VS_MAJOR];
			f->self_ns += e->counts.time_ns;
		}
		/* one that calls itself is on the stack more than once */
		if (f->last == number)
			continue;
		f->last = number;
		f->total += faults;
		f->total_ns += e->counts.time_ns;
	}
	return err;
}

static int by_self(const void *a, const void *b)
{
	const struct function *x = *(struct function *const *)a, *y = *(struct function *const *)b;

	if (x->self != y->self)
		return x->self < y->self ? 1 : -1;
	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return strcmp(x->name, y->name);
}

static int by_self_time(const void *a, const void *b)
{
	const struct function *x = *(struct function *const *)a, *y = *(struct function *const *)b;

	if (x->self_ns != y->self_ns)
		return x->self_ns < y->self_ns ? 1 : -1;
	return by_self(a, b);
}

static int row(const struct stat_view *v, struct table *t, const struct function *f, uint64_t all)
{
	int err = table__add_row(t) < 0 ? -ENOMEM : 0;

	if (err)
		return err;
	table__set_u64(t, "self", f->self);
	table__set_f64(t, "percent", all ? 100.0 * f->self / all : 0);
	table__set_u64(t, "total", f->total);
	table__set_u64(t, "major", f->major);
	table__set_u64(t, "self_time_ns", f->self_ns);
	table__set_u64(t, "total_time_ns", f->total_ns);
	if (v->per_process)
		table__set_u64(t, "pid", f->stack->pid);
	err = table__set_str(t, "comm", stack_comm(f->stack));
	if (!err)
		err = table__set_str(t, "function", f->name);
	return err ? err : table__set_str(t, "module", f->module);
}

/** rest_row - faults that have no stack are in no function. */
static int rest_row(struct table *t, const char *name, uint64_t faults, uint64_t all)
{
	if (!faults)
		return 0;
	if (table__add_row(t) < 0)
		return -ENOMEM;
	table__set_u64(t, "self", faults);
	table__set_f64(t, "percent", all ? 100.0 * faults / all : 0);
	table__set_u64(t, "total", faults);
	return table__set_str(t, "function", name);
}

static int rows(const struct stat_view *v, struct table *t, struct functions *all, uint64_t total)
{
	const size_t shown = v->limit && all->nr > v->limit ? v->limit : all->nr;
	int err = 0;

	if (all->nr)
		qsort(all->list, all->nr, sizeof(*all->list),
		      v->weigh_time ? by_self_time : by_self);
	for (size_t i = 0; i < shown && !err; i++)
		err = row(v, t, all->list[i], total);
	if (!err && shown < all->nr)
		err = table__set_footer(t, "and %zu more functions (--top N shows more)",
					all->nr - shown);
	return err;
}

static void free_functions(struct functions *all)
{
	for (size_t i = 0; i < all->nr; i++) {
		free(all->list[i]->name);
		free(all->list[i]->module);
		free(all->list[i]);
	}
	free(all->list);
	hash__free(&all->by_key, NULL);
}

static uint64_t faults_of(const struct stat_view *v, const struct vs_stack_counts *all,
			  const struct vs_stack_counts *marked)
{
	return stack_faults(all) - (v->interval ? stack_faults(marked) : 0);
}

struct table *stat_functions__make(const struct stat_view *v, uint64_t total, struct document *d)
{
	static struct stacks nothing;
	struct stacks *s = v->stacks ? v->stacks : &nothing;
	const struct stack_entries_from from = { .stacks = s,
						 .namer = v->namer,
						 .marked = v->interval };
	const uint64_t overflow = faults_of(v, &s->overflow, &s->overflow_marked);
	const uint64_t none = faults_of(v, &s->none, &s->none_marked);
	const uint64_t ended = faults_of(v, &s->ended, &s->ended_marked);
	struct table *t = run_view__add(d, &functions_table);
	struct table *rest = run_view__add(d, &rest_table);
	struct functions all = { 0 };
	struct stack_entry *list;
	size_t nr = 0;
	int err = !t || !rest ? -ENOMEM : 0;

	hash__init(&all.by_key, sizeof(uint64_t));
	list = err ? NULL : stack_entries(&from, &nr);
	if (!list)
		err = -ENOMEM;
	for (size_t i = 0; i < nr && !err; i++)
		err = count_stack(&all, v, &list[i], i + 1);
	if (!err)
		err = rows(v, t, &all, total);
	if (!err && v->stacks_as_text) {
		err = rest_row(t, "[no stack]", none, total);
		if (!err)
			err = rest_row(t, "[stacks without a row]", overflow, total);
		if (!err)
			err = rest_row(t, "[ended]", ended, total);
		table__sort(t, v->weigh_time ? "self_time_ns" : "self");
	}
	if (!err) {
		table__set_u64(rest, "overflow", overflow);
		table__set_u64(rest, "no_stack", none);
		table__set_u64(rest, "ended", ended);
	}
	free(list);
	free_functions(&all);
	return err ? NULL : t;
}
