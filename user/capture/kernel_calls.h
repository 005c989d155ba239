/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_calls.h - operations of a capture on the kernel after its programs are loaded, as a table
 * of functions: a unit test has its own table, with mock maps and counters.
 */
#ifndef VMASCOPE_CAPTURE_KERNEL_CALLS_H
#define VMASCOPE_CAPTURE_KERNEL_CALLS_H

#include "capture/capture.h"
#include "events.h"

struct bpf_map;

/**
 * struct kernel_calls - functions that return 0 or a negative errno, unless stated otherwise
 * @lookup: copy the value of @key, for all CPUs if the map is per-CPU
 * @update: set the value of @key
 * @remove: delete @key from the map
 * @next_key: get the key after @key, NULL: the first; -ENOENT at the end
 * @lookup_all: copy all entries of a hash map to @keys and @values, with room for *@nr entries;
 *	sets *@nr
 * @iterate: run the task iterator over all tasks, for @action; @fn gets the threads that it yields
 * @consume: pass pending records of the ring to the capture's callback, as capture__consume() set;
 *	Return: also -ECANCELED when all requested ones were read; or their number
 * @waiting: Return: bytes in the ring that have not been read
 * @ring_fd: Return: a descriptor that is readable when records are pending
 * @each_program: as capture__each_program()
 * @settle: tell the programs that the hooks are detached
 * @grace: wait until all programs that were running have finished
 * @release: unload the programs, and unmap shared memory
 */
struct kernel_calls {
	int (*lookup)(const struct bpf_map *map, const void *key, size_t key_size, void *value,
		      size_t value_size);
	int (*update)(const struct bpf_map *map, const void *key, size_t key_size,
		      const void *value, size_t value_size);
	int (*remove)(const struct bpf_map *map, const void *key, size_t key_size);
	int (*next_key)(const struct bpf_map *map, const void *key, void *next, size_t key_size);
	int (*lookup_all)(const struct bpf_map *map, void *keys, void *values, uint32_t *nr);
	int (*iterate)(struct capture *c, enum vs_iter_task action, capture_thread_fn fn,
		       void *ctx);
	int (*consume)(struct capture *c);
	uint64_t (*waiting)(const struct capture *c);
	int (*ring_fd)(const struct capture *c);
	int (*each_program)(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			    void *ctx);
	void (*settle)(struct capture *c);
	void (*grace)(void);
	void (*release)(struct capture *c);
};

/** kernel_calls - the functions for the running kernel */
extern const struct kernel_calls kernel_calls;

#endif /* VMASCOPE_CAPTURE_KERNEL_CALLS_H */
