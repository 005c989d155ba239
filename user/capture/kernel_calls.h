/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_calls.h - what a capture asks of the kernel once its programs are there, as a table of
 * functions: a unit test has its own, with maps and counters that it makes up.
 */
#ifndef VMASCOPE_CAPTURE_KERNEL_CALLS_H
#define VMASCOPE_CAPTURE_KERNEL_CALLS_H

#include "capture/capture.h"
#include "events.h"

struct bpf_map;

/**
 * struct kernel_calls - they return 0 or a negative errno, unless something else is said
 * @lookup: copy the value of @key, of all CPUs where the map has one for each
 * @update: set the value of @key
 * @remove: @key from the map
 * @next_key: the key after @key, NULL: the first; -ENOENT at the end
 * @lookup_all: every entry of a hash map into @keys and @values, which have room for *@nr; *@nr is set
 * @iterate: run the task iterator over all tasks, for @action; @fn gets the threads that it yields
 * @consume: hand the records that wait in the ring to the capture's callback, as capture__consume()
 *	has set; Return: also -ECANCELED: all that were asked for; or how many
 * @ring_fd: Return: a descriptor that can be read when records wait
 * @each_program: as capture__each_program()
 * @settle: tell programs that the hooks are gone
 * @grace: wait until no program that was running is running any more
 * @release: unload, and unmap all that is shared
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
	int (*ring_fd)(const struct capture *c);
	int (*each_program)(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			    void *ctx);
	void (*settle)(struct capture *c);
	void (*grace)(void);
	void (*release)(struct capture *c);
};

/** kernel_calls - those of the running kernel */
extern const struct kernel_calls kernel_calls;

#endif /* VMASCOPE_CAPTURE_KERNEL_CALLS_H */
