// SPDX-License-Identifier: GPL-2.0-only
/* process.c - the processes that are known, and the mappings of each. */
#include "symbol/process/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "symbol/opener/process_id.h"
#include "sys/proc_maps.h"
#include "util/clock.h"

/*
 * An address outside of all known mappings may be in a new one. Reading the mappings again may take
 * this share of the time; more in bursts, as a program maps its libraries one after the other.
 */
#define REREAD_SHARE 20
#define REREAD_BURST_NS 500000000ULL

void processes__init(struct processes *p, struct modules *modules, size_t max_bytes)
{
	*p = (struct processes){ .modules = modules, .max_bytes = max_bytes };
	hash__init(&p->by_key, sizeof(struct symbol_process));
}

/* --- Mappings --- */

static void free_maps(struct mapping *maps, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free((void *)maps[i].map.path);
	free(maps);
}

static int by_start(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return x->map.start < y->map.start ? -1 : x->map.start > y->map.start;
}

/* Copies @from and what it points to. Return: 0 or -ENOMEM. */
static int copy_map(struct mapping *to, const struct symbol_map *from)
{
	memset(to, 0, sizeof(*to));
	to->map = *from;
	to->map.path = strdup(from->path ? from->path : "");
	if (from->build_id && from->build_id_len <= BUILD_ID_MAX) {
		to->build_id.len = (uint8_t)from->build_id_len;
		memcpy(to->build_id.bytes, from->build_id, from->build_id_len);
	}
	to->map.build_id = NULL;
	return to->map.path ? 0 : -ENOMEM;
}

static bool same_map(const struct symbol_map *a, const struct symbol_map *b)
{
	return a->start == b->start && a->end == b->end && a->pgoff == b->pgoff &&
	       a->inode == b->inode && a->dev_major == b->dev_major &&
	       a->dev_minor == b->dev_minor && !strcmp(a->path, b->path);
}

static struct mapping *find_map(struct mapping *maps, size_t nr, uint64_t ip)
{
	size_t low = 0, high = nr;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (ip < maps[mid].map.start)
			high = mid;
		else if (ip >= maps[mid].map.end)
			low = mid + 1;
		else
			return &maps[mid];
	}
	return NULL;
}

/* Mappings that still exist keep their module. */
static void carry_over(const struct mapped_process *p, struct mapping *maps, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct mapping *old = find_map(p->maps, p->nr, maps[i].map.start);

		if (!old || !same_map(&old->map, &maps[i].map))
			continue;
		maps[i].module = old->module;
		maps[i].err = old->err;
	}
}

/* Return: mappings with code of a live process, to be freed; NULL: none, or no memory. */
static struct mapping *read_maps(const struct symbol_process *key, size_t *nr)
{
	struct proc_maps read;
	struct mapping *maps;

	*nr = 0;
	if (!process_is(key->pid, key->start_ns) || proc_maps__read(&read, (pid_t)key->pid))
		return NULL;
	maps = calloc(read.nr + 1, sizeof(*maps));
	for (size_t i = 0; maps && i < read.nr; i++) {
		const struct proc_map *from = &read.maps[i];
		const struct symbol_map map = { .start = from->start,
						.end = from->end,
						.pgoff = from->offset,
						.path = from->name,
						.inode = from->inode,
						.dev_major = from->dev_major,
						.dev_minor = from->dev_minor };

		/* The mapping of the beginning of a file is kept, too: it has the build ID. */
		if (from->perms[2] != 'x' && (from->offset || !from->inode))
			continue;
		if (copy_map(&maps[*nr], &map))
			break;
		maps[*nr].no_code = from->perms[2] != 'x';
		++*nr;
	}
	proc_maps__free(&read);
	/* The process may have ended, and its number been used again, while they were read. */
	if (maps && *nr && process_is(key->pid, key->start_ns))
		return maps;
	free_maps(maps, *nr);
	*nr = 0;
	return NULL;
}

/* --- Processes --- */

static void unlink_process(struct processes *all, struct mapped_process *p)
{
	*(p->older ? &p->older->newer : &all->oldest) = p->newer;
	*(p->newer ? &p->newer->older : &all->newest) = p->older;
	p->older = p->newer = NULL;
}

static void link_newest(struct processes *all, struct mapped_process *p)
{
	p->older = all->newest;
	*(all->newest ? &all->newest->newer : &all->oldest) = p;
	all->newest = p;
}

static void drop(struct processes *all, struct mapped_process *p)
{
	all->bytes -= p->bytes;
	hash__remove(&all->by_key, &p->key);
	unlink_process(all, p);
	free_maps(p->maps, p->nr);
	free(p);
}

static void replace_maps(struct processes *all, struct mapped_process *p, struct mapping *maps,
			 size_t nr)
{
	free_maps(p->maps, p->nr);
	p->maps = maps;
	p->nr = nr;
	if (nr)
		qsort(p->maps, nr, sizeof(*p->maps), by_start);
	all->bytes -= p->bytes;
	p->bytes = sizeof(*p);
	for (size_t i = 0; i < nr; i++)
		p->bytes += sizeof(*maps) + strlen(maps[i].map.path) + 1;
	all->bytes += p->bytes;
	while (all->bytes > all->max_bytes && all->oldest != all->newest)
		drop(all, all->oldest);
}

static struct mapped_process *add(struct processes *all, const struct symbol_process *key)
{
	struct mapped_process *p = calloc(1, sizeof(*p));

	if (!p || hash__set(&all->by_key, key, p)) {
		free(p);
		return NULL;
	}
	p->key = *key;
	link_newest(all, p);
	return p;
}

/* A key has padding, which is compared, too. */
static struct symbol_process clean(const struct symbol_process *key)
{
	struct symbol_process k;

	memset(&k, 0, sizeof(k));
	k.pid = key->pid;
	k.start_ns = key->start_ns;
	k.image = key->image;
	return k;
}

struct mapped_process *processes__known(struct processes *all, const struct symbol_process *key)
{
	const struct symbol_process k = clean(key);

	return hash__get(&all->by_key, &k);
}

struct mapped_process *processes__get(struct processes *all, const struct symbol_process *key)
{
	const struct symbol_process k = clean(key);
	struct mapped_process *p = hash__get(&all->by_key, &k);
	struct mapping *maps;
	size_t nr;

	if (p) {
		unlink_process(all, p);
		link_newest(all, p);
		return p;
	}
	maps = modules__late(all->modules) ? NULL : read_maps(&k, &nr);
	if (!maps)
		return NULL;
	p = add(all, &k);
	if (!p) {
		free_maps(maps, nr);
		return NULL;
	}
	p->live = true;
	replace_maps(all, p, maps, nr);
	return p;
}

int processes__set(struct processes *all, const struct symbol_process *key,
		   const struct symbol_map *maps, size_t nr)
{
	const struct symbol_process k = clean(key);
	struct mapping *copies = calloc(nr + 1, sizeof(*copies));
	struct mapped_process *p = hash__get(&all->by_key, &k);
	size_t made = 0;

	while (copies && made < nr && !copy_map(&copies[made], &maps[made]))
		made++;
	if (!p && copies && made == nr)
		p = add(all, &k);
	if (!p || !copies || made < nr) {
		free_maps(copies, made);
		return -ENOMEM;
	}
	/* As it ended it may have written its list of functions. */
	if (p->live)
		p->perf_again_ns = 0;
	p->live = false;
	carry_over(p, copies, nr);
	unlink_process(all, p);
	link_newest(all, p);
	replace_maps(all, p, copies, nr);
	return 0;
}

void processes__forget(struct processes *all, const struct symbol_process *key)
{
	const struct symbol_process k = clean(key);
	struct mapped_process *p = hash__get(&all->by_key, &k);

	if (p)
		drop(all, p);
}

void processes__free(struct processes *all)
{
	while (all->oldest)
		drop(all, all->oldest);
	hash__free(&all->by_key, NULL);
}

static void reread(struct processes *all, struct mapped_process *p)
{
	const uint64_t now = clock__monotonic_ns();
	struct mapping *maps;
	size_t nr;

	if (p->reread_ns > now || modules__late(all->modules))
		return;
	if (p->reread_ns + REREAD_BURST_NS < now)
		p->reread_ns = now - REREAD_BURST_NS;
	maps = read_maps(&p->key, &nr);
	if (maps) {
		carry_over(p, maps, nr);
		replace_maps(all, p, maps, nr);
	}
	p->reread_ns += REREAD_SHARE * (clock__monotonic_ns() - now);
}

struct mapping *process__find(struct processes *all, struct mapped_process *p, uint64_t ip)
{
	struct mapping *found = find_map(p->maps, p->nr, ip);

	if ((!found || found->no_code) && p->live) {
		reread(all, p);
		found = find_map(p->maps, p->nr, ip);
	}
	return found && !found->no_code ? found : NULL;
}

const struct mapping *process__first(const struct mapped_process *p, const struct mapping *of)
{
	for (size_t i = 0; i < p->nr; i++) {
		const struct symbol_map *m = &p->maps[i].map;

		if (!m->pgoff && m->inode == of->map.inode && m->dev_major == of->map.dev_major &&
		    m->dev_minor == of->map.dev_minor && m->start <= of->map.start &&
		    !strcmp(m->path, of->map.path))
			return &p->maps[i];
	}
	return NULL;
}
