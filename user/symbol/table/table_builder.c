// SPDX-License-Identifier: GPL-2.0-only
/*
 * table_builder.c - make a table of functions: cut what overlaps into pieces, each one's name known.
 *
 * A sweep over the addresses: what covers the current one is in a heap, the highest rank on top.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbol/table/table.h"
#include "util/array.h"

#define ELLIPSIS "..."

/** struct sweep - the state of the sweep; heap and pieces are as large as they can get */
struct sweep {
	const struct table_symbol *symbols;
	size_t nr;
	const struct table_symbol **heap;
	size_t nr_heap;
	struct table_piece *pieces;
	size_t nr_pieces;
	const struct table_symbol *last; /* whose the latest piece is */
};

int table_builder__segment(struct table_builder *b, const struct table_segment *s)
{
	if (b->nr_segments == TABLE_MAX_SEGMENTS)
		return -EFBIG;
	b->segments[b->nr_segments++] = *s;
	return 0;
}

/* Return: where it is, or a negative errno. */
static int64_t add_name(struct table_builder *b, const char *name, size_t len)
{
	const char *rest = len > TABLE_MAX_NAME ? ELLIPSIS : "";
	const size_t at = b->names_len;

	if (len > TABLE_MAX_NAME)
		len = TABLE_MAX_NAME;
	if (at + len + sizeof(ELLIPSIS) > UINT32_MAX)
		return -EFBIG;
	if (array__reserve(&b->names, &b->cap_names, at + len + sizeof(ELLIPSIS), 1))
		return -ENOMEM;
	memcpy(b->names + at, name, len);
	strcpy(b->names + at + len, rest);
	b->names_len += len + strlen(rest) + 1;
	return (int64_t)at;
}

int table_builder__add(struct table_builder *b, uint64_t start, uint64_t end, uint64_t rank,
		       const char *name, size_t len)
{
	int64_t at;

	if (start >= end)
		return 0;
	if (b->nr_symbols >= UINT32_MAX / 2)
		return -EFBIG;
	if (array__reserve(&b->symbols, &b->cap_symbols, b->nr_symbols + 1, sizeof(*b->symbols)))
		return -ENOMEM;
	at = add_name(b, name, len);
	if (at < 0)
		return (int)at;
	b->symbols[b->nr_symbols] = (struct table_symbol){ .start = start,
							   .end = end,
							   .rank = rank,
							   .order = (uint32_t)b->nr_symbols,
							   .name = (uint32_t)at };
	b->nr_symbols++;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct table_symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool above(const struct table_symbol *a, const struct table_symbol *b)
{
	return a->rank != b->rank ? a->rank > b->rank : a->order > b->order;
}

static void swap(const struct table_symbol **heap, size_t a, size_t b)
{
	const struct table_symbol *s = heap[a];

	heap[a] = heap[b];
	heap[b] = s;
}

static void heap_push(struct sweep *s, const struct table_symbol *symbol)
{
	size_t i = s->nr_heap++;

	s->heap[i] = symbol;
	for (; i && above(s->heap[i], s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(s->heap, i, (i - 1) / 2);
}

static void heap_pop(struct sweep *s)
{
	size_t i = 0, child;

	s->heap[0] = s->heap[--s->nr_heap];
	while ((child = 2 * i + 1) < s->nr_heap) {
		if (child + 1 < s->nr_heap && above(s->heap[child + 1], s->heap[child]))
			child++;
		if (!above(s->heap[child], s->heap[i]))
			break;
		swap(s->heap, i, child);
		i = child;
	}
}

/* From @start to @end is @symbol's; sizes that a piece cannot hold are no function's. */
static void emit(struct sweep *s, const struct table_symbol *symbol, uint64_t start, uint64_t end)
{
	struct table_piece *p = &s->pieces[s->nr_pieces];

	if (end - start > UINT32_MAX || start - symbol->start > UINT32_MAX)
		return;
	if (s->last == symbol && p[-1].start + p[-1].size == start &&
	    end - p[-1].start <= UINT32_MAX) {
		p[-1].size = (uint32_t)(end - p[-1].start);
		return;
	}
	*p = (struct table_piece){ .start = start,
				   .size = (uint32_t)(end - start),
				   .before = (uint32_t)(start - symbol->start),
				   .name = symbol->name };
	s->nr_pieces++;
	s->last = symbol;
}

static void sweep(struct sweep *s)
{
	uint64_t at = 0;
	size_t next = 0;

	while (next < s->nr || s->nr_heap) {
		uint64_t end;

		if (!s->nr_heap)
			at = s->symbols[next].start;
		while (next < s->nr && s->symbols[next].start <= at)
			heap_push(s, &s->symbols[next++]);
		if (s->heap[0]->end <= at) {
			heap_pop(s);
			continue;
		}
		end = s->heap[0]->end;
		if (next < s->nr && s->symbols[next].start < end)
			end = s->symbols[next].start;
		emit(s, s->heap[0], at, end);
		at = end;
	}
}

static int write_all(int fd, const void *bytes, size_t len)
{
	while (len) {
		const ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes = (const char *)bytes + n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int write_table(const struct table_builder *b, const struct sweep *s)
{
	const struct table_head head = { .magic = TABLE_MAGIC,
					 .nr_segments = (uint32_t)b->nr_segments,
					 .nr_pieces = (uint32_t)s->nr_pieces,
					 .names_len = b->names_len + 1 };
	const int fd = memfd_create("vmascope-symbols", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, &head, sizeof(head));
	if (!err)
		err = write_all(fd, b->segments, b->nr_segments * sizeof(*b->segments));
	if (!err)
		err = write_all(fd, s->pieces, s->nr_pieces * sizeof(*s->pieces));
	if (!err)
		err = write_all(fd, b->names, b->names_len);
	if (!err)
		err = write_all(fd, "", 1);
	if (!err && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int table_builder__finish(struct table_builder *b)
{
	struct sweep s = { .symbols = b->symbols, .nr = b->nr_symbols };
	int fd = -ENOMEM;

	if (b->nr_symbols)
		qsort(b->symbols, b->nr_symbols, sizeof(*b->symbols), by_start);
	s.heap = calloc(b->nr_symbols + 1, sizeof(*s.heap));
	/* A piece ends where a function begins or ends. */
	s.pieces = calloc(2 * b->nr_symbols + 1, sizeof(*s.pieces));
	if (s.heap && s.pieces) {
		sweep(&s);
		fd = write_table(b, &s);
	}
	free(s.heap);
	free(s.pieces);
	return fd;
}

void table_builder__free(struct table_builder *b)
{
	free(b->symbols);
	free(b->names);
	memset(b, 0, sizeof(*b));
}
