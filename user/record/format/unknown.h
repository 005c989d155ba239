/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unknown.h - what a recording of an earlier version does not hold: fields that are read as 0, and
 * are unknown.
 */
#ifndef VMASCOPE_RECORD_FORMAT_UNKNOWN_H
#define VMASCOPE_RECORD_FORMAT_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "record/format/schema.h"

/** Columns of views that may be unknown, at most. */
#define UNKNOWN_MAX (2 * VS_NR_FIGURES + 8)

/**
 * struct unknown_columns - of a recording
 * @key: keys of the columns that are made of missing fields: @nr of them
 */
struct unknown_columns {
	const char *key[UNKNOWN_MAX];
	size_t nr;
};

/** unknown_columns__find - those of a recording whose types of records @codec has from its header. */
void unknown_columns__find(struct unknown_columns *u, const struct codec *codec);

/** unknown_columns__has - the column @key is unknown. */
bool unknown_columns__has(const struct unknown_columns *u, const char *key);

#endif /* VMASCOPE_RECORD_FORMAT_UNKNOWN_H */
