// SPDX-License-Identifier: GPL-2.0-only
/* nearest.c - which word of a list a misspelled one is meant to be. */
#include "util/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MAX_EDITS 2u
/** Letters of a word that is completed, at least. */
#define MIN_PREFIX 2

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/** edits - from @a, of @la characters, to @b, of @lb; both are shorter than NEAREST_LEN. */
static unsigned int edits(const char *a, size_t la, const char *b, size_t lb)
{
	/* distances between beginnings: of @a with one more character in each row, of @b in each column */
	uint8_t row[3][NEAREST_LEN];
	uint8_t *before = row[0], *last = row[1], *now = row[2], *spare;

	for (size_t j = 0; j <= lb; j++)
		last[j] = j;
	for (size_t i = 1; i <= la; i++) {
		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			const unsigned int replaced = last[j - 1] + !same(a[i - 1], b[j - 1]);

			now[j] = smaller(replaced, smaller(last[j], now[j - 1]) + 1u);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = smaller(now[j], before[j - 2] + 1u);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

const char *nearest__find(char found[NEAREST_LEN], const char *list, const char *word)
{
	const size_t len = strlen(word);
	const char *best = NULL, *begun = NULL;
	size_t best_len = 0, begun_len = 0, nr_begun = 0, n;
	unsigned int least = MAX_EDITS + 1;

	if (len >= NEAREST_LEN)
		return NULL;
	for (const char *at = list; *at; at += n + strspn(at + n, ", ")) {
		unsigned int distance;

		n = strcspn(at, ",");
		if (n >= NEAREST_LEN)
			continue;
		distance = edits(at, n, word, len);
		if (distance < least && 2 * distance < (n > len ? n : len)) {
			least = distance;
			best = at;
			best_len = n;
		}
		if (len >= MIN_PREFIX && n > len && !strncasecmp(at, word, len)) {
			nr_begun++;
			begun = at;
			begun_len = n;
		}
	}
	if (!best && nr_begun == 1) {
		best = begun;
		best_len = begun_len;
	}
	if (!best)
		return NULL;
	snprintf(found, NEAREST_LEN, "%.*s", (int)best_len, best);
	return found;
}
