/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nearest.h - which word of a list a misspelled one is meant to be.
 */
#ifndef VMASCOPE_UTIL_NEAREST_H
#define VMASCOPE_UTIL_NEAREST_H

#include <stddef.h>

/** A buffer of this size holds any word that nearest__find() finds. */
#define NEAREST_LEN 64

/**
 * nearest__find - the word of @list that is most similar to @word
 * @found: buffer of NEAREST_LEN bytes for the result
 * @list: words, separated by ", "; words of NEAREST_LEN bytes or more are ignored
 *
 * A similar word is at most two edits away, and fewer than half of the longer word's length; an
 * edit inserts, deletes or replaces a character, or swaps two adjacent ones (the
 * Damerau-Levenshtein distance, each character edited once); case is ignored. Of several words with
 * equal distance, the first is returned. Without a similar word, the only word that begins with
 * @word is returned.
 *
 * Return: @found, or NULL: none.
 */
const char *nearest__find(char found[NEAREST_LEN], const char *list, const char *word);

#endif /* VMASCOPE_UTIL_NEAREST_H */
