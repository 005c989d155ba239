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
 * nearest__find - the word of @list that is nearest to @word
 * @found: the result, of NEAREST_LEN bytes
 * @list: words, separated by ", "; those of NEAREST_LEN bytes and more are passed over
 *
 * Near is at most two edits away, and less than half of the longer word's length; an edit inserts, deletes or
 * replaces a character, or exchanges two neighbours (the Damerau-Levenshtein distance, each character
 * edited once); upper and lower case are the same. Of several, the nearest counts, and the first of equals. If there is none, a word that begins with
 * @word does, if it is the only one.
 *
 * Return: @found, or NULL if there is none.
 */
const char *nearest__find(char found[NEAREST_LEN], const char *list, const char *word);

#endif /* VMASCOPE_UTIL_NEAREST_H */
