// SPDX-License-Identifier: GPL-2.0-only
/* flame.c - collect stacks, each once; print them folded. */
#include "format/flame.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/put.h"
#include "util/array.h"
#include "util/utf8.h"

#define DEFAULT_BYTES (64u << 20)
/* Of the allocator, for each stack. */
#define STACK_COST (sizeof(struct flame_stack) + 16)
#define MIN_MERGE 1024

/** struct flame - stacks; the first @sorted of them are sorted, each once */
struct flame {
	struct flame_stack *stacks;
	size_t nr;
	size_t cap;
	size_t sorted;
	size_t bytes;
	size_t max_bytes;
	uint64_t rest;
	bool failed;
};

struct flame *flame__new(size_t max_bytes)
{
	struct flame *f = calloc(1, sizeof(*f));

	if (f)
		f->max_bytes = max_bytes ? max_bytes : DEFAULT_BYTES;
	return f;
}

void flame__free(struct flame *f)
{
	for (size_t i = 0; f && i < f->nr; i++)
		free(f->stacks[i].text);
	if (f)
		free(f->stacks);
	free(f);
}

void flame__fail(struct flame *f)
{
	if (f)
		f->failed = true;
}

bool flame__failed(const struct flame *f)
{
	return !f || f->failed;
}

/* Frame by frame, so that stacks that begin alike are together: ';' is below all of a name. */
static int by_frames(const void *a, const void *b)
{
	const unsigned char *x = (const void *)((const struct flame_stack *)a)->text;
	const unsigned char *y = (const void *)((const struct flame_stack *)b)->text;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	if (*x == *y)
		return 0;
	if (!*x || !*y)
		return *x ? 1 : -1;
	return *x == ';' ? -1 : *y == ';' ? 1 : *x < *y ? -1 : 1;
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

static void merge(struct flame *f)
{
	size_t to = 0;

	if (f->nr == f->sorted)
		return;
	qsort(f->stacks, f->nr, sizeof(*f->stacks), by_frames);
	for (size_t i = 1; i < f->nr; i++) {
		struct flame_stack *last = &f->stacks[to], *s = &f->stacks[i];

		if (by_frames(last, s)) {
			f->stacks[++to] = *s;
			continue;
		}
		last->value = add_up(last->value, s->value);
		f->bytes -= strlen(s->text) + 1 + STACK_COST;
		free(s->text);
	}
	f->sorted = f->nr = to + 1;
}

/* Return: a name without ';', which separates, and with nothing that no text may have. */
static char *clean_name(const char *name)
{
	char *valid = utf8_clean(name && name[0] ? name : "?");
	char *clean = valid ? utf8_printable(valid, true) : NULL;

	for (char *c = clean; c && *c; c++)
		if (*c == ';')
			*c = ':';
	free(valid);
	return clean;
}

static char *fold(const char *const *frames, size_t nr)
{
	struct text text = { 0 };

	for (size_t i = 0; i < nr && !text.failed; i++) {
		const bool full = i == FLAME_MAX_DEPTH - 1 && nr > FLAME_MAX_DEPTH;
		char *name = clean_name(full ? "…" : frames[i]);

		if (i)
			text__putc(&text, ';');
		if (name)
			text__puts(&text, name);
		else
			text.failed = true;
		free(name);
		if (full)
			break;
	}
	text__putc(&text, '\0');
	if (text.failed)
		text__free(&text);
	return text.at;
}

static int append(struct flame *f, char *text, uint64_t value)
{
	if (array__reserve(&f->stacks, &f->cap, f->nr + 1, sizeof(*f->stacks)))
		return -ENOMEM;
	f->stacks[f->nr++] = (struct flame_stack){ text, value };
	f->bytes += strlen(text) + 1 + STACK_COST;
	return 0;
}

void flame__add(struct flame *f, const char *const *frames, size_t nr, uint64_t value)
{
	char *text;

	if (flame__failed(f) || !nr || !value)
		return;
	if (f->bytes > f->max_bytes || f->nr > 2 * f->sorted + MIN_MERGE)
		merge(f);
	if (f->bytes > f->max_bytes) {
		f->rest = add_up(f->rest, value);
		return;
	}
	text = fold(frames, nr);
	if (text && !append(f, text, value))
		return;
	free(text);
	f->failed = true;
}

size_t flame__stacks(struct flame *f, const struct flame_stack **stacks)
{
	char *rest = f && f->rest ? strdup(FLAME_REST) : NULL;

	*stacks = NULL;
	if (f && f->rest && (!rest || append(f, rest, f->rest))) {
		free(rest);
		f->failed = true;
	}
	if (flame__failed(f))
		return 0;
	f->rest = 0;
	merge(f);
	*stacks = f->stacks;
	return f->nr;
}

int flame__folded(struct flame *f, FILE *to)
{
	const struct flame_stack *stacks;
	size_t nr = flame__stacks(f, &stacks);
	struct sink s;
	int err = flame__failed(f) ? -ENOMEM : sink__open(&s);

	if (err)
		return err;
	for (size_t i = 0; i < nr; i++)
		fprintf(s.file, "%s %" PRIu64 "\n", stacks[i].text, stacks[i].value);
	return sink__close(&s, to, 0, false);
}
