// SPDX-License-Identifier: GPL-2.0-only
/* tui.c - the state of the screen: views, scope, ticks, keys, clicks. */
#include "tui/tui.h"

#include <string.h>

struct list *tui__list(struct tui *t)
{
	return &t->lists[t->shown];
}

void tui__init(struct tui *t, const struct top_view *view, uint64_t interval_ns)
{
	memset(t, 0, sizeof(*t));
	t->view = *view;
	t->interval_ns = interval_ns;
	t->facts.bpf_share = -1;
	for (int i = 0; i < NR_VIEWS; i++)
		list__init(&t->lists[i], tui_views[i].sort, tui_views[i].descending);
}

void tui__free(struct tui *t)
{
	for (int i = 0; i < NR_VIEWS; i++)
		list__free(&t->lists[i]);
}

int tui__error(const struct tui *t)
{
	int err = 0;

	for (int i = 0; i < NR_VIEWS && !err; i++)
		err = t->lists[i].err;
	return err;
}

/* --- what is shown ------------------------------------------------------------------------- */

/** scoped - the view's numbers, narrowed as far as the view @id can be. */
static struct top_view scoped(const struct tui *t, enum tui_view_id id)
{
	struct top_view v = t->view;

	if (!tui_views[id].process)
		v.process = NULL;
	if (!tui_views[id].vma)
		v.vma = NULL;
	return v;
}

void tui__remake(struct tui *t)
{
	const struct top_view v = scoped(t, t->shown);

	list__take(tui__list(t), tui_views[t->shown].make(&v));
}

/** selected_process - of the view of processes, made anew: it may be old, and its rows gone. */
static const struct process *selected_process(struct tui *t)
{
	struct list *l = &t->lists[VIEW_PROCESSES];
	const struct top_view v = scoped(t, VIEW_PROCESSES);
	uint64_t id;

	list__take(l, top_processes(&v));
	return l->table && list__selected(l, &id) ? (const struct process *)(uintptr_t)id : NULL;
}

bool tui__has(const struct tui *t, enum tui_view_id id)
{
	return !tui_views[id].hidden && (!tui_views[id].stacks || t->view.stacks);
}

void tui__show(struct tui *t, enum tui_view_id id)
{
	if (tui_views[id].needs_process && !t->view.process)
		t->view.process = selected_process(t);
	t->shown = id;
	tui__remake(t);
}

/** narrow - the numbers to what the row @id of the view that is shown is of. */
static void narrow(struct tui *t, uint64_t id)
{
	struct top_view *v = &t->view;

	switch (t->shown) {
	case VIEW_PROCESSES:
		v->process = (const struct process *)(uintptr_t)id;
		v->vma = NULL;
		v->stack = NULL;
		break;
	case VIEW_VMAS:
		v->vma = (const struct fault_row *)(uintptr_t)id;
		break;
	case VIEW_STACKS:
		v->stack = (const struct stack *)(uintptr_t)id;
		/* it is kept for as long as its process is looked at */
		if (v->process != v->stack->process)
			v->vma = NULL;
		v->process = v->stack->process;
		break;
	default:
		break;
	}
}

void tui__drill(struct tui *t)
{
	const struct tui_view *view = &tui_views[t->shown];
	uint64_t id;

	if (view->drill == NR_VIEWS || !list__selected(tui__list(t), &id))
		return;
	if (tui_views[view->drill].stacks && !t->view.stacks) {
		t->message = TUI_NO_STACKS;
		return;
	}
	if (id < TOP_LEAST_OBJECT && view->drill == VIEW_SYMBOLS)
		return;
	narrow(t, id);
	t->shown = view->drill;
	list__go(tui__list(t), 0);
	tui__remake(t);
}

void tui__back(struct tui *t)
{
	struct list *l = tui__list(t);

	if (*l->filter || *l->search) {
		*l->filter = *l->search = '\0';
		list__reorder(l);
		return;
	}
	if (t->view.stack) {
		t->view.stack = NULL;
		tui__show(t, VIEW_STACKS);
		return;
	}
	if (t->view.vma) {
		t->view.vma = NULL;
		tui__show(t, VIEW_VMAS);
		return;
	}
	t->view.process = NULL;
	tui__show(t, VIEW_PROCESSES);
}

/* --- what comes ---------------------------------------------------------------------------- */

void tui__tick(struct tui *t, uint64_t interval_ns, uint64_t run_ns, const struct tui_facts *facts)
{
	struct top_view v = t->view;

	t->view.interval_ns = v.interval_ns = interval_ns;
	t->view.run_ns = v.run_ns = run_ns;
	t->facts = *facts;
	v.rates = true;
	top_summary__make(&t->now, &v);
	v.rates = false;
	top_summary__make(&t->total, &v);
	history__add(&t->faults, t->now.faults);
	history__add(&t->received, t->now.received);
	history__add(&t->own, facts->own_share);
	tui__remake(t);
}

void tui__end(struct tui *t, const char *why, uint64_t run_ns)
{
	t->ended = true;
	t->end_why = why;
	t->frozen = false;
	/* nothing goes on any more: what there is to see is the whole */
	t->view.rates = false;
	t->view.run_ns = run_ns;
	top_summary__make(&t->total, &t->view);
	tui__remake(t);
}

void tui__hit(struct tui *t, unsigned int y, unsigned int x, unsigned int width,
	      void (*act)(struct tui *t, long arg), long arg)
{
	if (t->nr_hits < TUI_HITS)
		t->hits[t->nr_hits++] = (struct tui_hit){ y, x, width, act, arg };
}
