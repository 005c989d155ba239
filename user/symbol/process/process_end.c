// SPDX-License-Identifier: GPL-2.0-only
/* process_end.c - the mappings of a process that is gone: as read, and as reported by BPF. */
#include <errno.h>
#include <stdlib.h>

#include "symbol/process/process.h"

/** struct claim - a range, and the file that was mapped there; @disputed: two files were */
struct claim {
	struct symbol_map map;
	bool disputed;
};

/** same_file - memory without a file has no offset to compare. */
static bool same_file(const struct symbol_map *a, const struct symbol_map *b)
{
	if (!a->inode && !b->inode)
		return true;
	return a->inode == b->inode && a->dev_major == b->dev_major &&
	       a->dev_minor == b->dev_minor && a->start - a->pgoff == b->start - b->pgoff;
}

static bool overlap(const struct symbol_map *a, const struct symbol_map *b)
{
	return a->start < b->end && b->start < a->end;
}

/** absorb - make @c one with an older claim that it overlaps. */
static void absorb(struct claim *c, const struct claim *older)
{
	const uint64_t start = c->map.start, end = c->map.end;

	c->disputed = c->disputed || older->disputed || !same_file(&c->map, &older->map);
	c->map = older->map;
	if (start < c->map.start) {
		c->map.pgoff -= c->map.inode ? c->map.start - start : 0;
		c->map.start = start;
	}
	if (end > c->map.end)
		c->map.end = end;
}

/** add - one more of @nr claims. Return: how many there are now. */
static size_t add(struct claim *claims, size_t nr, const struct symbol_map *map)
{
	struct claim c = { .map = *map };
	size_t i = 0;

	while (i < nr) {
		if (!overlap(&claims[i].map, &c.map)) {
			i++;
			continue;
		}
		absorb(&c, &claims[i]);
		claims[i] = claims[--nr];
		i = 0;
	}
	claims[nr++] = c;
	return nr;
}

/* Of two files at one address it is unknown which one ran: neither stays. */
static int set_undisputed(struct processes *all, const struct symbol_process *key,
			  const struct claim *claims, size_t nr)
{
	struct symbol_map *maps = calloc(nr + 1, sizeof(*maps));
	size_t kept = 0;
	int err;

	if (!maps)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		if (!claims[i].disputed)
			maps[kept++] = claims[i].map;
	err = processes__set(all, key, maps, kept);
	free(maps);
	return err;
}

int processes__end(struct processes *all, const struct symbol_process *key,
		   const struct symbol_map *mentioned, size_t nr_mentioned)
{
	const struct mapped_process *p = processes__known(all, key);
	const size_t nr_known = p ? p->nr : 0;
	struct claim *claims;
	size_t nr = 0;
	int err;

	if (p && !p->live)
		return 0;
	claims = calloc(nr_known + nr_mentioned + 1, sizeof(*claims));
	if (!claims)
		return -ENOMEM;
	for (size_t i = 0; i < nr_known; i++)
		if (!p->maps[i].no_code)
			nr = add(claims, nr, &p->maps[i].map);
	for (size_t i = 0; i < nr_mentioned; i++)
		nr = add(claims, nr, &mentioned[i]);
	err = set_undisputed(all, key, claims, nr);
	free(claims);
	return err;
}
