// SPDX-License-Identifier: GPL-2.0-only
/* page.c - put the page together: header, tabs, strip, rows, bar. */
#include <errno.h>
#include <stdio.h>

#include "tui/tui.h"
#include "tui/widget/strip.h"
#include "util/utf8.h"

static void click_tab(struct tui *t, long id)
{
	t->prompt = PROMPT_NONE;
	tui__show(t, id);
}

/** click_row - select it; once more: go into it. */
static void click_row(struct tui *t, long place)
{
	struct list *l = tui__list(t);

	if (l->cursor == (size_t)place)
		tui__drill(t);
	else
		list__go(l, place);
}

static void click_head(struct tui *t, long index)
{
	struct list *l = tui__list(t);

	if (l->table)
		list__sort_by(l, l->table->def->columns[index].key);
}

/** scope_text - whose rows these are; "" where they are everybody's. */
static void scope_text(const struct tui *t, char *text, size_t size)
{
	const struct tui_view *view = &tui_views[t->shown];
	const struct process *p = view->process ? t->view.process : NULL;
	const struct fault_row *vma = view->vma ? t->view.vma : NULL;

	*text = '\0';
	if (p)
		snprintf(text, size, "%s (%u)%s%s", p->comm, p->pid, vma ? ", " : "",
			 !vma	       ? ""
			 : vma->is_vma ? fault_row__name(vma)
				       : "[no VMA]");
}

static void draw_tabs(struct tui *t, struct canvas *c, unsigned int y)
{
	unsigned int x = 0;
	char scope[256];

	for (int i = 0; i < NR_VIEWS; i++) {
		const bool on = i == (int)t->shown;
		char tab[32];
		unsigned int width;

		if (!tui__has(t, i) && !on)
			continue;
		snprintf(tab, sizeof(tab), " %d %s ", i + 1, tui_views[i].name);
		width = canvas__put(c, y, x, c->width, on ? STYLE_TAB : STYLE_PLAIN, tab);
		tui__hit(t, y, x, width, click_tab, i);
		x += width;
	}
	scope_text(t, scope, sizeof(scope));
	if (*scope && x + 4 < c->width) {
		canvas__put(c, y, x + 1, c->width, STYLE_BOLD, "of ");
		canvas__put_any(c, y, x + 4, c->width - x - 4, STYLE_BOLD, scope, UTF8_KEEP_ENDS);
	}
}

/** draw_strip - Return: lines taken. */
static unsigned int draw_strip(struct tui *t, struct canvas *c, unsigned int y)
{
	const struct list *l = tui__list(t);

	if (!tui_views[t->shown].strip || !l->table)
		return 0;
	strip__draw(l->table, l->order.nr ? l->order.rows[l->cursor] : (size_t)-1, c, y);
	return STRIP_LINES;
}

static void hit_rows(struct tui *t, const struct canvas *c, unsigned int y)
{
	const struct list *l = tui__list(t);

	for (size_t i = 0; i < l->columns.nr; i++)
		tui__hit(t, y, l->columns.places[i].x, l->columns.places[i].width + 1, click_head,
			 l->columns.places[i].index);
	for (size_t i = 0; i < l->height && l->offset + i < l->order.nr; i++)
		tui__hit(t, y + 1 + i, 0, c->width, click_row, l->offset + i);
}

void tui__draw(struct tui *t, struct canvas *c)
{
	unsigned int y = 0;

	canvas__clear(c);
	t->nr_hits = 0;
	if (c->width < TUI_LEAST_WIDTH || c->height < TUI_LEAST_HEIGHT) {
		canvas__printf(c, 0, 0, STYLE_BAD, "needs %dx%d", TUI_LEAST_WIDTH,
			       TUI_LEAST_HEIGHT);
		return;
	}
	y = tui_header__draw(t, c, y);
	draw_tabs(t, c, y++);
	y += draw_strip(t, c, y);
	list__draw(tui__list(t), c, y, c->height - 1 - y, !t->help);
	hit_rows(t, c, y);
	tui_bar__draw(t, c, c->height - 1);
	if (t->help)
		tui_help__draw(c);
}

/** Lines of a printed page besides the rows: header, tab, strip, head. */
#define PRINT_EXTRA 16

int tui__print(struct tui *t, unsigned int width, bool utf8, size_t rows, FILE *f)
{
	struct list *l = tui__list(t);
	const size_t shown = rows && rows < l->order.nr ? rows : l->order.nr;
	struct canvas c;
	unsigned int y;
	int err;

	if (canvas__init(&c, width, PRINT_EXTRA + shown, utf8))
		return -ENOMEM;
	t->nr_hits = 0;
	y = tui_header__draw(t, &c, 0);
	y += draw_strip(t, &c, y);
	list__draw(l, &c, y, shown + 1, false);
	err = tui__error(t) ? tui__error(t) : c.err;
	if (!err) {
		canvas__print(&c, 0, y + 1 + (shown ? shown : 1), f);
		fputc('\n', f);
	}
	canvas__free(&c);
	return err || !ferror(f) ? err : -EIO;
}
