/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unknown.h - columns that are unknown, as a recording of an earlier version lacks their fields,
 * which are read as 0.
 */
#ifndef VMASCOPE_RECORD_FORMAT_UNKNOWN_H
#define VMASCOPE_RECORD_FORMAT_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "record/format/schema.h"

/** Maximum number of columns that may be unknown. */
#define UNKNOWN_MAX (2 * VS_NR_FIGURES + 12 + VS_NR_WAITS + 1)

/**
 * struct unknown_columns - unknown columns of a recording
 * @key: keys of the @nr columns that are made from missing fields, as for table__forget()
 */
struct unknown_columns {
	const char *key[UNKNOWN_MAX];
	size_t nr;
};

/**
 * unknown_columns__find - find the unknown columns by the record types that @codec has from the
 *	header
 */
void unknown_columns__find(struct unknown_columns *u, const struct codec *codec);

/** unknown_columns__has - the column @key is unknown. */
bool unknown_columns__has(const struct unknown_columns *u, const char *key);

#endif /* VMASCOPE_RECORD_FORMAT_UNKNOWN_H */
