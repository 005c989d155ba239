// SPDX-License-Identifier: GPL-2.0-only
/* long_calls.c - what a long call was on, and where it came from. */
#include "collect/long_calls.h"

#include <stdlib.h>
#include <string.h>

const struct stack *long_calls__site(struct session *s, const struct vs_event_call *call)
{
	_Alignas(struct stack) unsigned char
		room[sizeof(struct stack) + sizeof(struct stack_frame)] = { 0 };
	struct stack *stack = (struct stack *)room;
	const struct model *m = &s->live->run.model;
	const struct fault_row *image;

	if (!call->site || !s->namer || !call->proc || call->proc >= m->nr_slots)
		return NULL;
	if (!m->by_slot[call->proc])
		live__discover(s->live);
	image = m->by_slot[call->proc];
	if (!image || image->is_vma || image->process->pid != call->pid)
		return NULL;
	stack->process = image->process;
	stack->image = image->image;
	stack->pid = call->pid;
	memcpy(stack->comm, call->comm, sizeof(stack->comm) - 1);
	stack->nr_user = 1;
	stack->frames[0] = (struct stack_frame){ .ip = call->site, .is_return_address = true };
	return stacks__get(&s->live->run.stacks, stack);
}

bool long_calls__wants(const struct longest_calls *l, struct session *s,
		       const struct vs_event_call *call)
{
	const bool on_vma = call->nr_vmas;

	return longest_calls__wants(l, call->duration_ns) &&
	       session__wants_vma(s, on_vma ? call->vma[0].slot : 0,
				  on_vma ? call->vma[0].generation : 0);
}

void long_calls__add(struct longest_calls *l, struct session *s, const struct vs_event_call *call,
		     const struct stack *site)
{
	struct long_call c = { .call = *call, .site = site };
	const struct fault_row *vma = NULL;

	if (call->nr_vmas)
		vma = live__row(s->live, call->vma[0].slot, call->vma[0].generation);
	if (vma && vma->is_vma)
		c.row = vma;
	longest_calls__add(l, &c);
}

/** unnamed - a call site that has no name yet; NULL: none */
static const struct stack *unnamed(const struct longest_calls *l)
{
	for (size_t i = 0; i < l->nr; i++)
		if (l->list[i].site)
			return l->list[i].site;
	return NULL;
}

/** set_name - of all calls from @site, whose name is the first frame of @named; NULL: it has none */
static void set_name(struct longest_calls *l, const struct stack *site,
		     const struct named_stack *named)
{
	for (size_t i = 0; i < l->nr; i++) {
		struct long_call *c = &l->list[i];

		if (c->site != site)
			continue;
		c->site = NULL;
		if (!named)
			continue;
		if (named->user[0].module)
			c->module = strdup(named->user[0].module);
		if (named->user[0].name)
			c->function = strdup(named->user[0].name);
		c->function_offset = named->user[0].offset;
	}
}

void long_calls__name(struct longest_calls *l, struct session *s)
{
	const struct stack *site;

	/* while a name is looked for, records are read, and the list may change */
	while ((site = unnamed(l))) {
		struct named_stack named;
		const bool known = s->namer && !namer__stack(s->namer, site, &named) &&
				   named.nr_user;

		set_name(l, site, known ? &named : NULL);
	}
	longest_calls__name_vmas(l);
}

static bool row_goes(const void *model, const struct fault_row *row)
{
	return model__goes(model, row);
}

void long_calls__forget(struct longest_calls *l, const struct session *s)
{
	longest_calls__forget(l, row_goes, &s->live->run.model);
}

void long_calls__end(struct longest_calls *l, struct session *s, uint64_t nr_calls)
{
	const uint64_t calls = s->live->run.shootdown.totals.calls;

	long_calls__name(l, s);
	l->lost = calls > nr_calls ? calls - nr_calls : 0;
	l->of_events = true;
}
