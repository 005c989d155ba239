// SPDX-License-Identifier: GPL-2.0-only
/* shootdown_functions.c - every function on the stacks of memory calls: what all calls below it cost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "view/shootdown_groups.h"
#include "view/shootdown_parts.h"
#include "view/stack_cells.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/* clang-format off */
static const struct column json_columns[] = {
	{.key = "function", .type = CELL_STR},
	{.key = "module", .type = CELL_STR},
	{.key = "pid", .type = CELL_U64},
	{.key = "comm", .type = CELL_STR},
	CALL_NAME_COLUMNS,
	CALL_COUNT_COLUMNS,
};
static const struct column text_columns[] = {
	{.key = "count", .head = "CALLS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "errors", .head = "FAILED", .type = CELL_U64, .unit = UNIT_COUNT,
	 .optional = true},
	{.key = "errnos", .head = "ERRNO", .type = CELL_STR, .left = true, .keep_start = true, .optional = true},
	{.key = "interrupts", .head = "IPIS", .type = CELL_U64, .unit = UNIT_COUNT},
	{.key = "stolen_ns", .head = "STOLEN", .type = CELL_U64, .unit = UNIT_NS},
	{.key = "sum_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS, .optional = true},
	{.key = "max_ns", .head = "MAX", .type = CELL_U64, .unit = UNIT_NS, .optional = true},
	{.key = "pid", .head = "PID", .type = CELL_U64, .optional = true},
	{.key = "comm", .head = "COMM", .type = CELL_STR, .left = true, .keep_start = true},
	{.key = "call", .head = "CALL", .type = CELL_STR, .left = true, .keep_start = true},
	{.key = "function", .head = "FUNCTION", .type = CELL_STR, .left = true,
	 .keep_start = true},
	{.key = "module", .head = "MODULE", .type = CELL_STR},
};
/* clang-format on */

static const struct table_def json_table = { .key = "functions", COLUMNS(json_columns) };
static const struct table_def text_table = { .key = "rows",
					     .text_only = true,
					     COLUMNS(text_columns) };

/**
 * struct call_function - a function, and calls of one kind made from it or from what it called
 * @row: one of them; @name: "[no stack]": their callers are not known; @module: NULL: none
 * @depth: the least number of functions between it and the call
 * @last: number of the group that it was last counted for, from 1
 */
struct call_function {
	const struct call_row *row;
	char *name;
	char *module;
	size_t depth;
	size_t last;
	struct vs_call_counts counts;
};

/** struct functions - all, @nr of them, by what they are called, whose they are, and the call */
struct functions {
	struct call_function **list;
	size_t nr;
	struct hash by_key;
};

struct function_key {
	char name[FRAME_TEXT_LEN];
	char module[256];
	char comm[VS_COMM_LEN];
	uint64_t process;
	uint32_t call;
	uint32_t detail;
};

static struct call_function *new_function(struct functions *all, const struct function_key *key,
					  const struct call_row *row, const char *module)
{
	struct call_function *f = calloc(1, sizeof(*f));
	const size_t nr = all->nr;

	if (f && !(nr & (nr - 1))) {
		struct call_function **grown = realloc(all->list, (nr ? nr * 2 : 1) * sizeof(f));

		if (!grown) {
			free(f);
			return NULL;
		}
		all->list = grown;
	}
	if (!f)
		return NULL;
	all->list[all->nr++] = f;
	f->row = row;
	f->depth = SIZE_MAX;
	f->name = strdup(key->name);
	f->module = module ? strdup(module) : NULL;
	if (!f->name || (module && !f->module) || hash__set(&all->by_key, key, f))
		return NULL;
	return f;
}

/** find - @frame: NULL: the stack is not known. NULL: no memory. */
static struct call_function *find(struct functions *all, const struct shootdown_view *v,
				  const struct call_row *row, const struct symbol_frame *frame)
{
	/* a JIT's list is another file in each process */
	const char *module = !frame			      ? NULL
			     : frame->in_file || !frame->name ? frame->module
							      : "[jit]";
	struct function_key key;
	struct call_function *f;

	memset(&key, 0, sizeof(key));
	if (frame)
		symbol_print(frame, false, key.name, sizeof(key.name));
	else
		strcpy(key.name, "[no stack]");
	if (module) {
		const size_t len = strlen(module), room = sizeof(key.module) - 1;

		/* of a long path, the end tells most */
		memcpy(key.module, module + (len > room ? len - room : 0), len > room ? room : len);
	}
	memcpy(key.comm, call_comm(row), strnlen(call_comm(row), sizeof(key.comm)));
	if (v->per_process)
		key.process = row->process ? (uintptr_t)row->process : row->pid;
	key.call = row->call;
	key.detail = row->detail;
	f = hash__get(&all->by_key, &key);
	return f ? f : new_function(all, &key, row, module);
}

static void count(struct call_function *f, const struct call_group *g, size_t number, size_t depth)
{
	if (depth < f->depth)
		f->depth = depth;
	/* one that calls itself is on the stack more than once */
	if (f->last == number)
		return;
	f->last = number;
	call_counts_add(&f->counts, &g->counts);
}

/** count_group - group number @number, from 1, in each of its functions. Return: 0 or -ENOMEM. */
static int count_group(struct functions *all, const struct shootdown_view *v,
		       const struct call_group *g, size_t number)
{
	struct named_stack named = {};
	int err = g->row->stack ? namer__stack(v->namer, g->row->stack, &named) : 0;
	const size_t nr = named.nr_kernel + named.nr_user;

	for (size_t i = 0; !err && i < (nr ? nr : 1); i++) {
		const struct symbol_frame *frame = !nr ? NULL
						   : i < named.nr_kernel
							   ? &named.kernel[i]
							   : &named.user[i - named.nr_kernel];
		struct call_function *f = find(all, v, g->row, frame);

		if (!f)
			return -ENOMEM;
		count(f, g, number, i);
	}
	return err;
}

static int cheaper(const void *a, const void *b)
{
	const struct call_function *x = *(struct call_function *const *)a;
	const struct call_function *y = *(struct call_function *const *)b;
	int order = call_counts_cheaper(&x->counts, &y->counts);

	if (!order)
		order = (x->depth > y->depth) - (x->depth < y->depth);
	return order ? order : strcmp(x->name, y->name);
}

static int name_cells(const struct shootdown_view *v, struct table *t,
		      const struct call_function *f)
{
	int err;

	if (v->per_process && call_pid(f->row))
		table__set_u64(t, "pid", call_pid(f->row));
	err = table__set_str(t, "comm", call_comm(f->row));
	if (!err)
		err = table__set_str(t, "function", f->name);
	return err ? err : table__set_str(t, "module", f->module);
}

static int json_row(const struct shootdown_view *v, struct table *t, const struct call_function *f)
{
	int err = table__add_row(t) < 0 ? -ENOMEM : name_cells(v, t, f);

	if (!err)
		err = call_name_cells(t, f->row->call, f->row->detail);
	if (!err)
		err = call_cells(v, t, f->row->call, &f->counts, NULL, NULL);
	if (v->unwound && f->row->stack) {
		table__unset(t, "refaults");
		table__unset(t, "refault_ns");
	}
	return err;
}

static int text_row(const struct shootdown_view *v, struct table *t, const struct call_function *f)
{
	const struct vs_call_counts *c = &f->counts;
	char label[CALL_LABEL_LEN], errnos[CALL_ERRNOS_LEN];
	int err = table__add_row(t) < 0 ? -ENOMEM : name_cells(v, t, f);

	call_errnos(c, errnos, sizeof(errnos));
	if (!err)
		err = table__set_str(t, "errnos", errnos);
	if (err)
		return err;
	table__set_u64(t, "count", c->count);
	table__set_u64(t, "errors", c->errors);
	if (v->interrupts_known) {
		table__set_u64(t, "interrupts", c->received);
		table__set_u64(t, "stolen_ns", c->stolen_ns);
	}
	if (c->latency_ns)
		table__set_u64(t, "sum_ns", c->latency_ns);
	if (c->latency_max_ns)
		table__set_u64(t, "max_ns", c->latency_max_ns);
	call_label(label, sizeof(label), f->row->call, f->row->detail);
	return table__set_str(t, "call", label);
}

static int rows(const struct shootdown_view *v, struct table *json, struct table *text,
		struct functions *all)
{
	const size_t shown = v->limit && all->nr > v->limit ? v->limit : all->nr;
	int err = 0;

	if (all->nr)
		qsort(all->list, all->nr, sizeof(*all->list), cheaper);
	for (size_t i = 0; i < all->nr && !err; i++)
		err = json_row(v, json, all->list[i]);
	for (size_t i = 0; i < shown && !err; i++)
		err = text_row(v, text, all->list[i]);
	if (!err && shown)
		err = table__set_title(text,
				       "Calls made from each function, and from what it called\n");
	if (!err && shown < all->nr)
		err = table__set_footer(text, "and %zu more functions (--top 0 shows all)",
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

int shootdown_functions__make(const struct shootdown_doc *d)
{
	struct table *text = run_view__add(d->document, &text_table);
	struct table *json = run_view__add(d->document, &json_table);
	struct functions all = {};
	struct call_groups g = {};
	int err;

	if (!text || !json)
		return -ENOMEM;
	hash__init(&all.by_key, sizeof(struct function_key));
	err = call_groups__make(&g, d, SHOOTDOWN_BY_FUNCTION, false);
	for (size_t i = 0; i < g.nr && !err; i++)
		err = count_group(&all, d->view, &g.list[i], i + 1);
	if (!err)
		err = rows(d->view, json, text, &all);
	call_groups__free(&g);
	free_functions(&all);
	return err;
}
