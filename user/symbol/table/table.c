// SPDX-License-Identifier: GPL-2.0-only
/* table.c - map and check a table of functions, and look up in it. */
#include "symbol/table/table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* A file that can still shrink could cause SIGBUS later. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static bool lay_out(struct symbol_table *t)
{
	const struct table_head *h = t->head;
	const uint64_t segments = h->nr_segments * (uint64_t)sizeof(*t->segments);
	const uint64_t pieces = h->nr_pieces * (uint64_t)sizeof(*t->pieces);
	const uint64_t room = t->bytes - sizeof(*h);

	/* 32-bit numbers of small structs: these do not overflow. */
	if (h->magic != TABLE_MAGIC || h->nr_segments > TABLE_MAX_SEGMENTS ||
	    segments + pieces > room || h->names_len != room - segments - pieces || !h->names_len)
		return false;
	t->segments = (const void *)(h + 1);
	t->pieces = (const void *)(t->segments + h->nr_segments);
	t->names = (const char *)(t->pieces + h->nr_pieces);
	return !t->names[h->names_len - 1];
}

/* Names are read up to a NUL, and the last of the bytes is one. */
static bool consistent(const struct symbol_table *t)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < t->head->nr_pieces; i++) {
		const struct table_piece *p = &t->pieces[i];

		if (p->start < end || p->start + p->size <= p->start || p->before > p->start ||
		    p->name >= t->head->names_len)
			return false;
		end = p->start + p->size;
	}
	return true;
}

int symbol_table__open(struct symbol_table *t, int fd, size_t max_bytes)
{
	const int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;
	void *p;

	memset(t, 0, sizeof(*t));
	if (seals < 0 || (seals & SEALS) != SEALS || fstat(fd, &st) ||
	    (size_t)st.st_size < sizeof(*t->head))
		return -EBADMSG;
	if ((size_t)st.st_size > max_bytes)
		return -EFBIG;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	t->head = p;
	t->bytes = (size_t)st.st_size;
	if (lay_out(t) && consistent(t))
		return 0;
	symbol_table__close(t);
	return -EBADMSG;
}

void symbol_table__close(struct symbol_table *t)
{
	if (t->head)
		munmap((void *)t->head, t->bytes);
	memset(t, 0, sizeof(*t));
}

bool symbol_table__address(const struct symbol_table *t, uint64_t offset, uint64_t *address)
{
	for (uint32_t i = 0; i < t->head->nr_segments; i++) {
		const struct table_segment *s = &t->segments[i];

		if (offset >= s->offset && offset - s->offset < s->size) {
			*address = s->start + (offset - s->offset);
			return true;
		}
	}
	return false;
}

const char *symbol_table__find(const struct symbol_table *t, uint64_t address, uint64_t *start)
{
	size_t low = 0, high = t->head->nr_pieces;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const struct table_piece *p = &t->pieces[mid];

		if (address < p->start) {
			high = mid;
		} else if (address - p->start >= p->size) {
			low = mid + 1;
		} else {
			*start = p->start - p->before;
			return t->names + p->name;
		}
	}
	return NULL;
}
