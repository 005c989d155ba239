/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_kernel.h - a capture without a kernel: its maps are memory of the test, which fills them as BPF
 * programs do. All above struct kernel_calls is the real thing.
 */
#ifndef VMASCOPE_TESTS_UNIT_FAKE_KERNEL_H
#define VMASCOPE_TESTS_UNIT_FAKE_KERNEL_H

#include "call_rows.h"

#include <sys/mman.h>
#include <unistd.h>

#include "capture/internal.h"
#include "util/clock.h"
#include "vmascope.skel.h"

#define FAKE_CPUS 2
#define FAKE_SLOTS 64
#define FAKE_HISTS 64
#define FAKE_ROWS 32
#define FAKE_MOST 16

/** struct fake_record - what waits in the ring */
struct fake_record {
	union {
		struct vs_event head;
		struct vs_event_fault fault;
		struct vs_event_call call;
		struct vs_event_ipi ipi;
	};
};

/**
 * struct fake_kernel - what the maps hold that are no shared memory, and what was asked of it
 * @heat_keys, @heat_faults: @nr_heat entries of the map of addresses; @pair_keys, @pairs likewise
 * @records: that wait in the ring; @nr_records of them
 * @removed: keys that were taken out of maps; @graces, @releases: calls
 * @iterated: by enum vs_iter_task
 */
struct fake_kernel {
	struct capture *capture;
	struct vs_file_key file_keys[FAKE_MOST];
	struct vs_file files[FAKE_MOST];
	size_t nr_files;
	struct vs_heat_key heat_keys[FAKE_MOST];
	uint64_t heat_faults[FAKE_MOST];
	uint32_t nr_heat;
	struct vs_pair_key pair_keys[FAKE_MOST];
	struct vs_pair pairs[FAKE_MOST];
	uint32_t nr_pairs;
	struct vs_thread threads[FAKE_MOST];
	size_t nr_threads;
	struct vs_stats stats;
	struct vs_shootdowns shootdowns;
	struct fake_record records[FAKE_MOST];
	size_t nr_records;
	unsigned int removed;
	unsigned int graces;
	unsigned int releases;
	unsigned int iterated[ITER_THREADS + 1];
};

static struct fake_kernel fake;

static inline int fake_lookup(const struct bpf_map *map, const void *key, size_t key_size,
			      void *value, size_t value_size)
{
	const struct capture *c = fake.capture;

	if (map == c->skel->maps.files) {
		for (size_t i = 0; i < fake.nr_files; i++)
			if (!memcmp(&fake.file_keys[i], key, key_size)) {
				memcpy(value, &fake.files[i], value_size);
				return 0;
			}
		return -ENOENT;
	}
	/* the others have a value for each CPU: all was counted on the last one */
	memset(value, 0, value_size);
	value = (char *)value + value_size / FAKE_CPUS * (FAKE_CPUS - 1);
	if (map == c->skel->maps.stats)
		memcpy(value, &fake.stats, sizeof(fake.stats));
	else if (map == c->skel->maps.shootdowns)
		memcpy(value, &fake.shootdowns, sizeof(fake.shootdowns));
	else if (map != c->skel->maps.call_hists)
		return -ENOENT;
	return 0;
}

static inline int fake_update(const struct bpf_map *map, const void *key, size_t key_size,
			      const void *value, size_t value_size)
{
	(void)map;
	(void)key;
	(void)key_size;
	(void)value;
	(void)value_size;
	return -EPERM;
}

static inline int fake_remove(const struct bpf_map *map, const void *key, size_t key_size)
{
	fake.removed++;
	if (map != fake.capture->skel->maps.files)
		return 0;
	for (size_t i = 0; i < fake.nr_files; i++)
		if (!memcmp(&fake.file_keys[i], key, key_size)) {
			fake.file_keys[i] = fake.file_keys[--fake.nr_files];
			fake.files[i] = fake.files[fake.nr_files];
			return 0;
		}
	return -ENOENT;
}

static inline int fake_next_key(const struct bpf_map *map, const void *key, void *next,
				size_t key_size)
{
	size_t at = 0;

	if (map != fake.capture->skel->maps.files)
		return -ENOENT;
	while (key && at < fake.nr_files && memcmp(&fake.file_keys[at], key, key_size))
		at++;
	at += key != NULL;
	if (at >= fake.nr_files)
		return -ENOENT;
	memcpy(next, &fake.file_keys[at], key_size);
	return 0;
}

static inline int fake_lookup_all(const struct bpf_map *map, void *keys, void *values, uint32_t *nr)
{
	const bool heat = map == fake.capture->skel->maps.heat;
	const uint32_t n = heat ? fake.nr_heat : fake.nr_pairs;

	assert_true(n <= *nr);
	*nr = n;
	memcpy(keys, heat ? (void *)fake.heat_keys : fake.pair_keys,
	       n * (heat ? sizeof(*fake.heat_keys) : sizeof(*fake.pair_keys)));
	memcpy(values, heat ? (void *)fake.heat_faults : fake.pairs,
	       n * (heat ? sizeof(*fake.heat_faults) : sizeof(*fake.pairs)));
	return 0;
}

static inline int fake_iterate(struct capture *c, enum vs_iter_task action, capture_thread_fn fn,
			       void *ctx)
{
	(void)c;
	fake.iterated[action]++;
	for (size_t i = 0; fn && i < fake.nr_threads; i++)
		fn(ctx, &fake.threads[i]);
	return 0;
}

static inline int fake_consume(struct capture *c)
{
	const size_t nr = fake.nr_records;

	fake.nr_records = 0;
	for (size_t i = 0; i < nr; i++)
		c->fn(c->fn_ctx, &fake.records[i].head);
	return (int)nr;
}

static inline uint64_t fake_waiting(const struct capture *c)
{
	(void)c;
	return 0;
}

static inline int fake_ring_fd(const struct capture *c)
{
	(void)c;
	return -1;
}

static inline int fake_each_program(const struct capture *c,
				    int (*fn)(void *ctx, const char *name, int fd), void *ctx)
{
	(void)c;
	return fn(ctx, "fake_program", -1);
}

static inline void fake_settle(struct capture *c)
{
	(void)c;
}

static inline void fake_grace(void)
{
	fake.graces++;
}

static inline void fake_release(struct capture *c)
{
	fake.releases++;
	free(c->slots);
	free(c->counts);
	free(c->free_ring);
	for (int i = 0; i < NR_FREE; i++)
		free(c->free[i].list);
	free(c->hists);
	free(c->call_rows);
	free(c->stack_rows);
	free((void *)c->ring_pages);
	free(c->skel->rodata);
	free(c->skel->bss);
	free(c->skel);
	fake.capture = NULL;
}

static const struct kernel_calls fake_calls = {
	.lookup = fake_lookup,
	.update = fake_update,
	.remove = fake_remove,
	.next_key = fake_next_key,
	.lookup_all = fake_lookup_all,
	.iterate = fake_iterate,
	.consume = fake_consume,
	.waiting = fake_waiting,
	.ring_fd = fake_ring_fd,
	.each_program = fake_each_program,
	.settle = fake_settle,
	.grace = fake_grace,
	.release = fake_release,
};

/* A map is told from others by its address: nothing looks into it. */
static inline struct bpf_map *fake_map(void)
{
	static char names[FAKE_MOST];
	static size_t nr;

	return (struct bpf_map *)&names[nr++ % FAKE_MOST];
}

static inline void *fake_memory(size_t nr, size_t size)
{
	void *p = calloc(nr, size);

	assert_non_null(p);
	return p;
}

/** fake_open - as capture__open(): everything is asked for and available */
static inline int fake_open(struct capture **out, const struct capture_options *o,
			    capture_event_fn fn, void *ctx)
{
	struct capture *c = fake_memory(1, sizeof(*c));

	fake.capture = c;
	c->kernel = &fake_calls;
	c->skel = fake_memory(1, sizeof(*c->skel));
	c->skel->rodata = fake_memory(1, sizeof(*c->skel->rodata));
	c->skel->bss = fake_memory(1, sizeof(*c->skel->bss));
	if (o) {
		c->skel->rodata->cfg = o->bpf;
		c->skel->rodata->cfg.streamed = (o->bpf.emit_faults ? 1u << VS_EVENT_FAULT : 0) |
						(o->emit_calls ? 1u << VS_EVENT_CALL : 0);
	}
	c->skel->maps.files = fake_map();
	c->skel->maps.stats = fake_map();
	c->skel->maps.shootdowns = fake_map();
	c->skel->maps.call_hists = fake_map();
	c->skel->maps.heat = fake_map();
	c->skel->maps.pairs = fake_map();
	c->fn = fn;
	c->fn_ctx = ctx;
	c->nr_cpus = FAKE_CPUS;
	c->nr_slots = FAKE_SLOTS;
	c->nr_hists = FAKE_HISTS;
	c->nr_call_rows = c->nr_stacks = FAKE_ROWS;
	c->nr_pairs = c->nr_heat = FAKE_MOST;
	c->slots = fake_memory(FAKE_SLOTS, sizeof(*c->slots));
	c->counts = fake_memory(FAKE_SLOTS * FAKE_CPUS, sizeof(*c->counts));
	c->hists = fake_memory((FAKE_HISTS + VS_WATCHED_HISTS) * FAKE_CPUS, sizeof(*c->hists));
	c->call_rows = fake_memory(FAKE_ROWS, sizeof(*c->call_rows));
	c->stack_rows = fake_memory(FAKE_ROWS, sizeof(*c->stack_rows));
	c->free_ring = fake_memory(NR_FREE, sizeof(*c->free_ring));
	c->free[FREE_SLOTS].list = fake_memory(FAKE_SLOTS, sizeof(uint64_t));
	c->free[FREE_HISTS].list = fake_memory(FAKE_HISTS, sizeof(uint64_t));
	c->free[FREE_CALL_ROWS].list = fake_memory(FAKE_ROWS, sizeof(uint64_t));
	c->free[FREE_STACKS].list = fake_memory(FAKE_ROWS, sizeof(uint64_t));
	slots__fill_free(c);
	c->ring_pages = fake_memory(2, (size_t)sysconf(_SC_PAGESIZE));
	for (int i = 0; i < NR_HOOKS; i++)
		c->variants[i] = hooks[i].variants;
	c->start_ns = clock__monotonic_ns();
	*out = c;
	return 0;
}

/* --- what BPF does ---------------------------------------------------------------------------------- */

/** fake_take - the next free number of @kind */
static inline uint32_t fake_take(enum free_kind kind)
{
	const struct free_list *l = &fake.capture->free[kind];

	assert_true(l->ring->taken < l->ring->given);
	return l->list[l->ring->taken++ & (l->size - 1)];
}

/** fake_slot - a slot is taken, and described as @slot */
static inline uint32_t fake_slot(struct vs_slot slot)
{
	struct capture *c = fake.capture;
	const uint32_t index = fake_take(FREE_SLOTS);

	slot.generation = c->slots[index].generation;
	if (slot.kind == VS_SLOT_VMA)
		slot.vma.key.proc_generation = c->slots[slot.vma.key.proc].generation;
	c->slots[index] = slot;
	return index;
}

/** fake_file - the path of inode @ino is known */
static inline void fake_file(uint64_t ino, const char *name)
{
	assert_true(fake.nr_files < FAKE_MOST);
	fake.file_keys[fake.nr_files] = (struct vs_file_key){ .ino = ino };
	fake.files[fake.nr_files++] = file_named(name);
}

/** fake_count - faults in @slot on @cpu, as counted() has them */
static inline void fake_count(uint32_t slot, uint32_t cpu, uint64_t minor, uint64_t major)
{
	const struct vs_counts c = counted(minor, major);

	counts_add(&fake.capture->counts[cpu * FAKE_SLOTS + slot], &c);
}

/** fake_hist - a histogram is taken, which has @nr latencies of @ns. Return: its number. */
static inline uint32_t fake_hist(uint64_t ns, uint64_t nr)
{
	struct capture *c = fake.capture;
	const uint32_t hist = fake_take(FREE_HISTS);

	put_times(&c->hists[FAKE_HISTS + hist], ns, nr);
	return hist;
}

/** fake_exit - the process whose image is in @slot has ended */
static inline void fake_exit(uint32_t slot, int status)
{
	fake.capture->slots[slot].proc.state |= VS_PROC_EXITED;
	fake.capture->slots[slot].proc.exit_code = status;
}

/** fake_call_row - a row of calls is taken, and is @row */
static inline uint32_t fake_call_row(const struct vs_call_row *row)
{
	struct capture *c = fake.capture;
	const uint32_t index = fake_take(FREE_CALL_ROWS);

	c->call_rows[index] = *row;
	return index;
}

/** fake_stack - a row of stacks is taken: process @pid in slot @proc, and a user frame at @ip */
static inline uint32_t fake_stack(uint32_t proc, uint32_t pid, uint64_t ip, uint64_t minor)
{
	struct capture *c = fake.capture;
	const uint32_t index = fake_take(FREE_STACKS);
	struct vs_stack_row *row = &c->stack_rows[index];

	row->key = (struct vs_stack_key){ .hash = { ip, ip },
					  .proc = proc,
					  .proc_generation = c->slots[proc].generation,
					  .pid = pid };
	row->frames.nr_user = 1;
	row->frames.user[0] = ip;
	row->counts.outcome[VS_MINOR] = minor;
	row->used = 1;
	return index;
}

/** fake_thread - @tid of @pid lives, and took @faults */
static inline void fake_thread(uint32_t pid, uint32_t tid, uint64_t faults)
{
	assert_true(fake.nr_threads < FAKE_MOST);
	fake.threads[fake.nr_threads++] = (struct vs_thread){ .pid = pid,
							      .tid = tid,
							      .faults = faults,
							      .fault_ns = 1000 * faults,
							      .comm = "thread" };
}

#endif /* VMASCOPE_TESTS_UNIT_FAKE_KERNEL_H */
