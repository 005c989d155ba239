// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_call.c - see map_call.h
 */
#include "capture/map_call.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "sys/kernel.h"

/** struct alone - original scheduling of the thread; @raised: it is in a real-time class now */
struct alone {
	int policy;
	struct sched_param param;
	bool raised;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool preempts;

static void ask_kernel(void)
{
	preempts = kernel__preempts();
}

static struct alone alone_begin(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	struct alone a = {};

	pthread_once(&once, ask_kernel);
	if (!preempts)
		return a;
	a.policy = sched_getscheduler(0);
	if (a.policy < 0 || a.policy == SCHED_FIFO || a.policy == SCHED_RR ||
	    sched_getparam(0, &a.param))
		return a;
	a.raised = !sched_setscheduler(0, SCHED_FIFO, &lowest);
	return a;
}

static void alone_end(const struct alone *a)
{
	if (a->raised)
		sched_setscheduler(0, a->policy, &a->param);
}

int map_call__lookup(const struct bpf_map *map, const void *key, size_t key_size, void *value,
		     size_t value_size)
{
	const struct alone a = alone_begin();
	const int err = bpf_map__lookup_elem(map, key, key_size, value, value_size, 0);

	alone_end(&a);
	return err;
}

int map_call__delete(const struct bpf_map *map, const void *key, size_t key_size)
{
	const struct alone a = alone_begin();
	const int err = bpf_map__delete_elem(map, key, key_size, 0);

	alone_end(&a);
	return err;
}

int map_call__next_key(const struct bpf_map *map, const void *key, void *next, size_t key_size)
{
	const struct alone a = alone_begin();
	const int err = bpf_map__get_next_key(map, key, next, key_size);

	alone_end(&a);
	return err;
}

int map_call__lookup_all(const struct bpf_map *map, void *keys, void *values, uint32_t *nr)
{
	const struct alone a = alone_begin();
	uint64_t batch; /* position for the next call: unused, as there is room for all */
	const int err = bpf_map_lookup_batch(bpf_map__fd(map), NULL, &batch, keys, values, nr,
					     NULL);

	alone_end(&a);
	return err == -ENOENT ? 0 : err;
}
