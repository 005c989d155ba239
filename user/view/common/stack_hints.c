// SPDX-License-Identifier: GPL-2.0-only
/* stack_hints.c - advice about stacks with little information. */
#include "view/common/stack_hints.h"

#include <stdlib.h>
#include <string.h>

#include "util/str.h"

/** Stacks of one function are mentioned from 1/SINGLE_SHARE of the events on. */
#define SINGLE_SHARE 4

/** module_at - the index of @module; STACK_HINT_MODULES: there is no free one */
static size_t module_at(struct stack_hints *h, const char *module)
{
	for (size_t i = 0; i < STACK_HINT_MODULES; i++) {
		if (!h->modules[i])
			h->modules[i] = strdup(module);
		if (!h->modules[i]) {
			h->failed = true;
			break;
		}
		if (!strcmp(h->modules[i], module))
			return i;
	}
	return STACK_HINT_MODULES;
}

void stack_hints__add(struct stack_hints *h, const struct named_stack *named, uint64_t events)
{
	if (!named->nr_user)
		return;
	h->events += events;
	if (named->nr_user == 1)
		h->single += events;
	for (size_t i = 0; i < named->nr_user; i++) {
		const struct symbol_frame *f = &named->user[i];
		size_t at;

		if (f->name || !f->module || !f->in_file)
			continue;
		at = module_at(h, f->module);
		if (at < STACK_HINT_MODULES)
			h->nameless[at] += events;
		/* once for each stack */
		return;
	}
}

void stack_hints__print(const struct stack_hints *h, bool unwound, bool recorded, FILE *f)
{
	size_t most = 0;

	if (!unwound && h->single && h->single >= h->events / SINGLE_SHARE) {
		fprintf(f,
			"%s of these have a user stack of one function: code without frame "
			"pointers? (try --unwind dwarf)\n",
			str_share(h->single, h->events).text);
	}
	for (size_t i = 1; i < STACK_HINT_MODULES; i++)
		if (h->nameless[i] > h->nameless[most])
			most = i;
	if (h->nameless[most] && !recorded)
		fprintf(f,
			"no symbols for %s (install its debug symbols, or set DEBUGINFOD_URLS)\n",
			h->modules[most]);
}

void stack_hints__free(struct stack_hints *h)
{
	for (size_t i = 0; i < STACK_HINT_MODULES; i++)
		free(h->modules[i]);
	*h = (struct stack_hints){};
}
