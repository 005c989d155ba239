// SPDX-License-Identifier: GPL-2.0-only
/* numbers.c - a set of numbers, as bits in chunks. */
#include "util/numbers.h"

#include <errno.h>
#include <stdlib.h>

/** Bits of a word, words and bits of a chunk. */
#define WORD_BITS 64u
#define CHUNK_WORDS 16u
#define CHUNK_BITS (CHUNK_WORDS * WORD_BITS)
/** What a chunk takes beside its bits: malloc's head, and its places in the hash, which is half empty. */
#define CHUNK_REST 64u

void numbers__free(struct numbers *s)
{
	hash__free(&s->chunks, free);
	*s = (struct numbers){};
}

static uint64_t *chunk_of(const struct numbers *s, uint64_t n)
{
	return s->chunks.nr ? hash__get_u64(&s->chunks, n / CHUNK_BITS) : NULL;
}

int numbers__add(struct numbers *s, uint64_t n)
{
	const uint64_t bit = 1ULL << n % WORD_BITS;
	uint64_t *chunk = chunk_of(s, n), *word;

	if (!chunk) {
		if (!s->chunks.key_size)
			hash__init(&s->chunks, sizeof(uint64_t));
		chunk = hash__make_u64(&s->chunks, n / CHUNK_BITS, CHUNK_WORDS * sizeof(*chunk));
		if (!chunk)
			return -ENOMEM;
		s->bytes += CHUNK_WORDS * sizeof(*chunk) + CHUNK_REST;
	}
	word = &chunk[n % CHUNK_BITS / WORD_BITS];
	if (*word & bit)
		return 0;
	*word |= bit;
	return 1;
}

bool numbers__has(const struct numbers *s, uint64_t n)
{
	const uint64_t *chunk = chunk_of(s, n);

	return chunk && chunk[n % CHUNK_BITS / WORD_BITS] & 1ULL << n % WORD_BITS;
}
