// SPDX-License-Identifier: GPL-2.0-only
/* slots.c - the maps shared by BPF and user space: slots, counters, histograms, free lists. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "model/hist.h"
#include "util/array.h"
#include "util/log.h"
#include "vmascope.skel.h"

/** Maximum attempts to copy counters that are being written; then the last copy is used. */
#define COPY_TRIES 16

int map_sizes__set(const struct map_size *sizes, size_t nr)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);
	return err;
}

int slots__size_maps(struct capture *c, uint32_t ring_bytes)
{
	const struct map_size sizes[] = {
		{ c->skel->maps.slots, c->nr_slots },
		{ c->skel->maps.counts, c->nr_slots * c->nr_cpus },
		{ c->skel->maps.free_slots, c->nr_slots },
		{ c->skel->maps.hists, (c->nr_hists + VS_WATCHED_HISTS) * c->nr_cpus },
		{ c->skel->maps.free_hists, c->nr_hists },
		{ c->skel->maps.vmas, c->nr_slots },
		{ c->skel->maps.procs, c->nr_slots },
		{ c->skel->maps.heat, c->nr_heat },
		{ c->skel->maps.targets, c->nr_targets },
		{ c->skel->maps.events, ring_bytes },
	};

	return map_sizes__set(sizes, ARRAY_SIZE(sizes));
}

static void *map_shared(const struct bpf_map *map, size_t bytes, const char *name)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	if (p != MAP_FAILED)
		return p;
	vs_error("cannot map %s of %zu bytes: %s (a lower --slots needs less memory)", name, bytes,
		 strerror(errno));
	return NULL;
}

/** struct shared_map - a map that user space maps: destination pointer and size */
struct shared_map {
	void **at;
	const struct bpf_map *map;
	size_t bytes;
	const char *name;
};

#define NR_SHARED_MAPS 10

/** shared_maps - all of them. */
static void shared_maps(struct capture *c, struct shared_map *maps)
{
	const size_t slots = c->nr_slots, hists = c->nr_hists;
	const struct shared_map all[NR_SHARED_MAPS] = {
		{ (void **)&c->slots, c->skel->maps.slots, slots * sizeof(*c->slots), "slots" },
		{ (void **)&c->counts, c->skel->maps.counts,
		  slots * c->nr_cpus * sizeof(*c->counts), "counters" },
		{ (void **)&c->free[FREE_SLOTS].list, c->skel->maps.free_slots,
		  slots * sizeof(uint64_t), "free slots" },
		{ (void **)&c->hists, c->skel->maps.hists,
		  (hists + VS_WATCHED_HISTS) * c->nr_cpus * sizeof(*c->hists), "histograms" },
		{ (void **)&c->free[FREE_HISTS].list, c->skel->maps.free_hists,
		  hists * sizeof(uint64_t), "free histograms" },
		{ (void **)&c->free_ring, c->skel->maps.free_ring, NR_FREE * sizeof(*c->free_ring),
		  "free rings" },
		{ (void **)&c->call_rows, c->skel->maps.call_rows,
		  c->nr_call_rows * sizeof(*c->call_rows), "rows of calls" },
		{ (void **)&c->free[FREE_CALL_ROWS].list, c->skel->maps.free_call_rows,
		  c->nr_call_rows * sizeof(uint64_t), "free rows of calls" },
		{ (void **)&c->stack_rows, c->skel->maps.stack_rows,
		  c->nr_stacks * sizeof(*c->stack_rows), "stacks" },
		{ (void **)&c->free[FREE_STACKS].list, c->skel->maps.free_stacks,
		  c->nr_stacks * sizeof(uint64_t), "free stacks" },
	};

	memcpy(maps, all, sizeof(all));
}

void slots__fill_free(struct capture *c)
{
	/* slot 0 and row 0 count events without a slot or row; the first histograms are shared */
	const struct {
		uint32_t size;
		uint32_t first;
	} lists[NR_FREE] = {
		[FREE_SLOTS] = { c->nr_slots, 1 },
		[FREE_HISTS] = { c->nr_hists, VS_HIST_FIRST },
		[FREE_CALL_ROWS] = { c->nr_call_rows, 1 },
		[FREE_STACKS] = { c->nr_stacks, VS_STACK_FIRST },
	};

	for (int i = 0; i < NR_FREE; i++) {
		c->free[i].ring = &c->free_ring[i];
		c->free[i].size = lists[i].size;
		free_list__fill(&c->free[i], lists[i].first);
	}
}

int slots__map(struct capture *c)
{
	struct shared_map maps[NR_SHARED_MAPS];

	shared_maps(c, maps);
	for (int i = 0; i < NR_SHARED_MAPS; i++) {
		*maps[i].at = map_shared(maps[i].map, maps[i].bytes, maps[i].name);
		if (!*maps[i].at)
			return -ENOMEM;
	}
	slots__fill_free(c);
	return 0;
}

void slots__unmap(struct capture *c)
{
	struct shared_map maps[NR_SHARED_MAPS];

	if (!c->skel)
		return;
	shared_maps(c, maps);
	for (int i = 0; i < NR_SHARED_MAPS; i++)
		if (*maps[i].at)
			munmap(*maps[i].at, maps[i].bytes);
}

uint32_t capture__nr(const struct capture *c, enum free_kind kind)
{
	return c->free[kind].size;
}

uint32_t capture__nr_free(const struct capture *c, enum free_kind kind)
{
	return free_list__nr(&c->free[kind]);
}

uint32_t capture__next_taken(struct capture *c, enum free_kind kind)
{
	return free_list__next(&c->free[kind]);
}

uint32_t capture__nr_cpus(const struct capture *c)
{
	return c->nr_cpus;
}

const volatile struct vs_slot *capture__slot(const struct capture *c, uint32_t index)
{
	return &c->slots[index];
}

void capture__counts(const struct capture *c, uint32_t cpu, uint32_t index,
		     struct vs_counts *counts)
{
	const struct vs_counts *from = &c->counts[(size_t)cpu * c->nr_slots + index];
	struct vs_counts before;
	int tries = COPY_TRIES;

	memcpy(counts, from, sizeof(*counts));
	do {
		before = *counts;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		memcpy(counts, from, sizeof(*counts));
	} while (memcmp(&before, counts, sizeof(before)) && --tries);
}

bool capture__hist_valid(const struct capture *c, uint32_t hist)
{
	return hist >= VS_HIST_FIRST && hist < c->nr_hists;
}

void capture__hist_add(const struct capture *c, uint32_t hist, struct vs_hist *sum)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		hist__add(sum, &c->hists[(size_t)cpu * c->nr_hists + hist]);
}

/** watched_hist - index for @cause on CPU @cpu; bpf/hist.bpf.h has the same. */
static struct vs_hist *watched_hist(const struct capture *c, uint32_t cpu, int cause)
{
	return &c->hists[(size_t)c->nr_cpus * c->nr_hists + cpu * VS_WATCHED_HISTS + cause];
}

void capture__watch(struct capture *c, uint32_t slot, uint32_t generation)
{
	c->skel->bss->watched_vma = 0;
	c->kernel->grace();
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		memset(watched_hist(c, cpu, 0), 0, VS_WATCHED_HISTS * sizeof(*c->hists));
	if (slot)
		c->skel->bss->watched_vma = (uint64_t)generation << 32 | slot;
}

void capture__watched_add(const struct capture *c, int cause, struct vs_hist *sum)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		hist__add(sum, watched_hist(c, cpu, cause));
}

void capture__hist_give_back(struct capture *c, uint32_t hist)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		memset(&c->hists[(size_t)cpu * c->nr_hists + hist], 0, sizeof(*c->hists));
	free_list__give_back(&c->free[FREE_HISTS], hist);
}

void capture__choose(struct capture *c, uint32_t index, bool chosen)
{
	c->slots[index].choice = chosen ? VS_SLOT_CHOSEN : VS_SLOT_MUTED;
}

void capture__retire(struct capture *c, const uint32_t *slots, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct vs_slot *s = &c->slots[slots[i]];

		if (s->kind == VS_SLOT_VMA)
			c->kernel->remove(c->skel->maps.vmas, &s->vma.key, sizeof(s->vma.key));
		__atomic_add_fetch(&s->generation, 1, __ATOMIC_SEQ_CST);
	}
	if (nr)
		c->kernel->grace();
}

void capture__give_back(struct capture *c, uint32_t index)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		memset(&c->counts[(size_t)cpu * c->nr_slots + index], 0, sizeof(*c->counts));
	c->slots[index].kind = VS_SLOT_FREE;
	free_list__give_back(&c->free[FREE_SLOTS], index);
}

void slots__sum_cpus(const struct capture *c, const struct bpf_map *map, void *sum, size_t size)
{
	uint64_t *per_cpu = calloc(c->nr_cpus, size), *to = sum;
	const size_t n = size / sizeof(*to);
	uint32_t zero = 0;

	memset(sum, 0, size);
	if (per_cpu && !c->kernel->lookup(map, &zero, sizeof(zero), per_cpu, c->nr_cpus * size))
		for (size_t i = 0; i < n * c->nr_cpus; i++)
			to[i % n] += per_cpu[i];
	free(per_cpu);
}

int capture__heat(const struct capture *c, struct vs_heat_key *keys, uint64_t *faults, uint32_t *nr)
{
	*nr = c->nr_heat;
	return c->kernel->lookup_all(c->skel->maps.heat, keys, faults, nr);
}

int capture__file(const struct capture *c, const struct vs_file_key *key, struct vs_file *file)
{
	return c->kernel->lookup(c->skel->maps.files, key, sizeof(*key), file, sizeof(*file));
}

uint32_t capture__nr_files(const struct capture *c)
{
	struct vs_file_key key, *last = NULL;
	uint32_t nr = 0;

	/* if entries are deleted meanwhile, the walk restarts: hence the limit */
	while (nr <= VS_FILES &&
	       !c->kernel->next_key(c->skel->maps.files, last, &key, sizeof(key))) {
		last = &key;
		nr++;
	}
	return nr;
}

void capture__forget_files(const struct capture *c)
{
	struct vs_file_key key;

	for (uint32_t i = 0; i < VS_FILES; i++) {
		if (c->kernel->next_key(c->skel->maps.files, NULL, &key, sizeof(key)))
			return;
		c->kernel->remove(c->skel->maps.files, &key, sizeof(key));
	}
}
