/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * numbers.h - a set of numbers that are dense in places: a bit for each, in chunks that are made as needed.
 *
 * A million consecutive numbers take 200 KiB. The set may be all zero at first.
 */
#ifndef VMASCOPE_UTIL_NUMBERS_H
#define VMASCOPE_UTIL_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/hash.h"

/**
 * struct numbers - a set of numbers
 * @chunks: bit sets, by the number divided by the bits of a chunk
 * @bytes: memory in use, approximately
 */
struct numbers {
	struct hash chunks;
	size_t bytes;
};

/** numbers__free - the set is empty, and takes no memory. */
void numbers__free(struct numbers *s);

/** numbers__add - Return: 1: @n is new in the set; 0: it was in it; -ENOMEM. */
int numbers__add(struct numbers *s, uint64_t n);

/** numbers__has - @n is in the set. */
bool numbers__has(const struct numbers *s, uint64_t n);

#endif /* VMASCOPE_UTIL_NUMBERS_H */
