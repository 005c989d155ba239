// SPDX-License-Identifier: GPL-2.0-only
/* stack_hints.c - advice about stacks with little information. */
#include "view/common/stack_hints.h"

#include <stdlib.h>
#include <string.h>

#include "symbol/debug_package.h"
#include "util/str.h"

/** Stacks of one function are mentioned from 1/SINGLE_SHARE of the events on. */
#define SINGLE_SHARE 4
/** So are functions without names from 1/NAMELESS_SHARE of the events on. */
#define NAMELESS_SHARE 20

/** module_at - the index of the file of @f; STACK_HINT_MODULES: there is no free one */
static size_t module_at(struct stack_hints *h, const struct symbol_frame *f)
{
	for (size_t i = 0; i < STACK_HINT_MODULES; i++) {
		struct symbol_frame *known = &h->modules[i];

		if (!known->module)
			*known = (struct symbol_frame){ .module = strdup(f->module),
							.dev = f->dev,
							.inode = f->inode };
		if (!known->module) {
			h->failed = true;
			break;
		}
		if (!strcmp(known->module, f->module) && known->dev == f->dev &&
		    known->inode == f->inode)
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
		at = module_at(h, f);
		if (at < STACK_HINT_MODULES)
			h->nameless[at] += events;
		/* once for each stack */
		return;
	}
}

/** print_nameless - print the file in which most stacks have functions without names. */
static void print_nameless(const struct stack_hints *h, FILE *f)
{
	char package[PACKAGE_NAME_LEN];
	size_t most = 0;

	for (size_t i = 1; i < STACK_HINT_MODULES; i++)
		if (h->nameless[i] > h->nameless[most])
			most = i;
	if (!h->nameless[most] || h->nameless[most] < h->events / NAMELESS_SHARE)
		return;
	fprintf(f, "%s of these have functions without names in %s",
		str_share(h->nameless[most], h->events).text, h->modules[most].module);
	if (debug_package__find(h->package_lists, &h->modules[most], package))
		fprintf(f,
			" of package %s (install its -dbgsym or -dbg package, or set "
			"DEBUGINFOD_URLS)\n",
			package);
	else
		fputs(" (install its debug symbols, or set DEBUGINFOD_URLS)\n", f);
}

void stack_hints__print(const struct stack_hints *h, bool unwound, bool recorded, FILE *f)
{
	if (!unwound && h->single && h->single >= h->events / SINGLE_SHARE) {
		fprintf(f,
			"%s of these have a user stack of one function: code without frame "
			"pointers? (try --unwind dwarf)\n",
			str_share(h->single, h->events).text);
	}
	if (!recorded)
		print_nameless(h, f);
}

void stack_hints__free(struct stack_hints *h)
{
	for (size_t i = 0; i < STACK_HINT_MODULES; i++)
		free((char *)h->modules[i].module);
	*h = (struct stack_hints){};
}
