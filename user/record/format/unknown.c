// SPDX-License-Identifier: GPL-2.0-only
/* unknown.c - see unknown.h */
#include "record/format/unknown.h"

#include <string.h>

#include "util/array.h"

/**
 * struct source_field - the record field that a column is made from
 * @offset: offset of the field in the record of @type; @key: key of the column
 */
struct source_field {
	enum record_type type;
	size_t offset;
	const char *key;
};

#define FIGURE(member, bits, how, key, ...)                                                        \
	{ RECORD_COUNTS, offsetof(struct record_counts, counts.member), key },                     \
		{ RECORD_FAULT, offsetof(struct vs_event_fault, member), key },

/* Figures, and fields that were added after the first version of the format. */
static const struct source_field fields[] = {
	VS_EACH_FIGURE(FIGURE){ RECORD_COUNTS, offsetof(struct record_counts, counts.handled),
				"handled" },
	{ RECORD_STATS, offsetof(struct record_stats, stats.eventless), "eventless" },
	{ RECORD_CALL_ROW, offsetof(struct record_call_row, counts.splits_unknown),
	  "splits_unknown" },
	{ RECORD_CALL_ROW, offsetof(struct record_call_row, counts.failed), "errnos" },
};

/* Columns that are made from how times are split. */
static const char *const split_columns[] = {
	"runqueue_ns",	    "blocked_ns",      "unsplit_ns",	  "time_ns.cpu",
	"time_ns.runqueue", "time_ns.blocked", "time_ns.unsplit", "waited",
};
/* Columns that are made from times by reason. */
#define WAIT(member, ...) "waits." #member,
static const char *const wait_columns[] = { VS_EACH_WAIT(WAIT) "reason" };
_Static_assert(ARRAY_SIZE(fields) + ARRAY_SIZE(split_columns) + ARRAY_SIZE(wait_columns) <=
		       UNKNOWN_MAX,
	       "room for all of them");

#define has_count(codec, member)                                                                   \
	codec__has(codec, RECORD_COUNTS, offsetof(struct record_counts, counts.member))

static void add(struct unknown_columns *u, const char *key)
{
	if (!unknown_columns__has(u, key))
		u->key[u->nr++] = key;
}

void unknown_columns__find(struct unknown_columns *u, const struct codec *codec)
{
	u->nr = 0;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!codec__has(codec, fields[i].type, fields[i].offset))
			add(u, fields[i].key);
	for (size_t i = 0; i < ARRAY_SIZE(wait_columns) && !has_count(codec, other); i++)
		add(u, wait_columns[i]);
	for (size_t i = 0; i < ARRAY_SIZE(split_columns) && !has_count(codec, unsplit); i++)
		add(u, split_columns[i]);
}

bool unknown_columns__has(const struct unknown_columns *u, const char *key)
{
	for (size_t i = 0; i < u->nr; i++)
		if (!strcmp(u->key[i], key))
			return true;
	return false;
}
