/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map_call.h - system calls on maps while programs are counting.
 *
 * During such a call, the kernel skips the programs of software events on that CPU
 * (bpf_disable_instrumentation() in kernel/bpf/syscall.c). A preemptible kernel could run other
 * tasks there meanwhile, whose faults would be missed: the call is made in a real-time class, so
 * that it is not preempted. Without CAP_SYS_NICE the class is unchanged. Counts are never lost by
 * it (they are compared with the task's own counters), but addresses are.
 *
 * Returns and arguments are those of libbpf's bpf_map__lookup_elem() and so on, flags being 0.
 */
#ifndef VMASCOPE_CAPTURE_MAP_CALL_H
#define VMASCOPE_CAPTURE_MAP_CALL_H

#include <stddef.h>
#include <stdint.h>

struct bpf_map;

/** map_call__lookup - copy the value of @key, of all CPUs where the map has one for each. */
int map_call__lookup(const struct bpf_map *map, const void *key, size_t key_size, void *value,
		     size_t value_size);

/** map_call__delete - remove @key. */
int map_call__delete(const struct bpf_map *map, const void *key, size_t key_size);

/** map_call__next_key - the key after @key, NULL: the first. Return: 0, -ENOENT at the end. */
int map_call__next_key(const struct bpf_map *map, const void *key, void *next, size_t key_size);

/**
 * map_call__lookup_all - every entry of a hash map
 * @keys, @values: with room for *@nr entries; @nr: set to how many there are
 *
 * Return: 0, or a negative errno.
 */
int map_call__lookup_all(const struct bpf_map *map, void *keys, void *values, uint32_t *nr);

#endif /* VMASCOPE_CAPTURE_MAP_CALL_H */
