// SPDX-License-Identifier: GPL-2.0-only
/*
 * save_marks.c - remember the last record written of each object, to write it again when it has
 * changed.
 */
#include "record/save/save.h"

#include <errno.h>

uint64_t saver__marked(const struct saver *s, enum mark mark, uint64_t number)
{
	return (uintptr_t)hash__get_u64(&s->marks[mark], number);
}

void saver__mark(struct saver *s, enum mark mark, uint64_t number, uint64_t value)
{
	if (hash__set_u64(&s->marks[mark], number, (void *)(uintptr_t)value) && !s->error)
		s->error = -ENOMEM;
}

bool saver__fits(const struct saver *s, enum mark mark, uint64_t number)
{
	return !s->budget || s->used < s->budget || saver__marked(s, mark, number);
}

bool saver__changed(struct saver *s, enum mark mark, uint64_t number, const void *record,
		    size_t size)
{
	/* 0 is reserved for objects that were never written */
	const uint64_t hash = hash_bytes(hash_seed(0), record, size) | 1;

	if (saver__marked(s, mark, number) == hash)
		return false;
	saver__mark(s, mark, number, hash);
	return true;
}

void saver__count(struct saver *s, enum record_type type, const void *record)
{
	if (!s->error)
		s->error = writer__count(s->writer, type, record, s->time_ns);
}

void saver__put(struct saver *s, enum mark mark, uint64_t number, enum record_type type,
		const void *record, size_t size)
{
	const uint64_t before = s->writer->counted;
	const bool known = saver__marked(s, mark, number);

	if (saver__changed(s, mark, number, record, size))
		saver__count(s, type, record);
	if (!known)
		s->used += s->writer->counted - before;
}
