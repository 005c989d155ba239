// SPDX-License-Identifier: GPL-2.0-only
/* print.c - print documents of views, without columns that the source does not provide. */
#include "capture/hooks.h"
#include "record/format/unknown.h"
#include "session/session.h"
#include "util/array.h"

/**
 * struct hook_columns - columns that are unknown where a hook is not in use
 * @key: as for table__forget()
 */
struct hook_columns {
	enum hook_id hook;
	const char *key[8];
};

static const struct hook_columns hook_columns[] = {
	{ HOOK_LOCK,
	  { "waits.mmap_lock_read", "waits.mmap_lock_write", "mmap_lock_read_ns",
	    "mmap_lock_write_ns", "waits.other", "other_ns" } },
	{ HOOK_RECLAIM,
	  { "waits.direct_reclaim", "direct_reclaim_ns", "waits.other", "other_ns" } },
	{ HOOK_MEMCG_RECLAIM,
	  { "waits.memcg_reclaim", "memcg_reclaim_ns", "waits.other", "other_ns" } },
	{ HOOK_COMPACTION, { "waits.compaction", "compaction_ns", "waits.other", "other_ns" } },
};

/** missing_hooks - hook_columns whose hook is not in use, a bit each; determined once for all rows */
static unsigned int missing_hooks(struct session *s)
{
	for (size_t i = 0; !s->hooks_checked && i < ARRAY_SIZE(hook_columns); i++)
		if (!session__variant(s, hook_columns[i].hook))
			s->missing_hooks |= 1u << i;
	s->hooks_checked = true;
	return s->missing_hooks;
}

/** each_unknown - call @forget for the key of each column that the source does not provide. */
static void each_unknown(struct session *s, void (*forget)(void *of, const char *key), void *of)
{
	const struct unknown_columns *unknown = s->source->facts(s).unknown;

	for (size_t i = 0; unknown && i < unknown->nr; i++)
		forget(of, unknown->key[i]);
	for (unsigned int missing = missing_hooks(s); missing; missing &= missing - 1) {
		const struct hook_columns *c = &hook_columns[__builtin_ctz(missing)];

		for (size_t k = 0; k < ARRAY_SIZE(c->key) && c->key[k]; k++)
			forget(of, c->key[k]);
	}
}

static void forget_in_document(void *d, const char *key)
{
	document__forget(d, key);
}

static void forget_in_table(void *t, const char *key)
{
	table__forget(t, key);
}

int session__document(struct session *s, struct document *d)
{
	int err;

	each_unknown(s, forget_in_document, d);
	s->out.time_ns = s->start_ns + wall_clock__add_ns(&s->wall, s->start_ns);
	err = out_format__document(s->options->format, d, &s->out);
	document__free(d);
	return err;
}

int session__row(struct session *s, struct table *t, bool first)
{
	each_unknown(s, forget_in_table, t);
	return out_format__row(s->options->format, t, &s->out, first);
}
