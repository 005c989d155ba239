// SPDX-License-Identifier: GPL-2.0-only
/*
 * hash.c - the hash map of hash.h; removal shifts later keys back, so there are no tombstones.
 */
#include "util/hash.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"

#define HASH_MIN_CAP 16

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	return x ^ x >> 32;
}

/** process_seed - of all maps of this process: who chooses keys must not know where they go */
static uint64_t process_seed(void)
{
	static uint64_t seed;
	uint64_t none = 0, drawn = __atomic_load_n(&seed, __ATOMIC_RELAXED);

	if (drawn)
		return drawn;
	/* in a helper, whose system calls are few: the clock and the address are as good as it gets */
	if (getentropy(&drawn, sizeof(drawn)))
		drawn = mix((uintptr_t)&none ^ mix(clock__ns(CLOCK_REALTIME)));
	drawn |= 1;
	return __atomic_compare_exchange_n(&seed, &none, drawn, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED)
		       ? drawn
		       : none;
}

uint64_t hash_bytes(uint64_t sum, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(sum)) {
		const size_t len = size - i < sizeof(sum) ? size - i : sizeof(sum);
		uint64_t word = 0;

		memcpy(&word, (const unsigned char *)data + i, len);
		sum = mix(sum ^ word) + 0x9e3779b97f4a7c15ULL;
	}
	return mix(sum);
}

uint64_t hash_seed(uint64_t which)
{
	return mix(process_seed() + which);
}

uint64_t hash_string(uint64_t sum, const char *s)
{
	return hash_bytes(sum ^ process_seed(), s, strlen(s) + 1);
}

static size_t home(const struct hash *h, const unsigned char *key)
{
	return hash_bytes(h->seed, key, h->key_size) & (h->cap - 1);
}

static unsigned char *key_at(const struct hash *h, size_t i)
{
	return h->keys + i * h->key_size;
}

/* The place of @key, or the free place where it belongs; @h is never full. */
static size_t find(const struct hash *h, const void *key)
{
	size_t i = home(h, key);

	while (h->values[i] && memcmp(key_at(h, i), key, h->key_size))
		i = (i + 1) & (h->cap - 1);
	return i;
}

static int grow(struct hash *h)
{
	struct hash bigger = *h;

	bigger.seed = process_seed();
	bigger.cap = h->cap ? h->cap * 2 : HASH_MIN_CAP;
	bigger.keys = calloc(bigger.cap, h->key_size);
	bigger.values = calloc(bigger.cap, sizeof(*bigger.values));
	if (!bigger.keys || !bigger.values) {
		free(bigger.keys);
		free(bigger.values);
		return -ENOMEM;
	}
	for (size_t i = 0; i < h->cap; i++) {
		size_t to;

		if (!h->values[i])
			continue;
		to = find(&bigger, key_at(h, i));
		memcpy(key_at(&bigger, to), key_at(h, i), h->key_size);
		bigger.values[to] = h->values[i];
	}
	free(h->keys);
	free(h->values);
	*h = bigger;
	return 0;
}

void hash__init(struct hash *h, size_t key_size)
{
	*h = (struct hash){ .key_size = key_size };
}

void hash__free(struct hash *h, void (*free_value)(void *value))
{
	for (size_t i = 0; free_value && i < h->cap; i++) {
		if (h->values[i])
			free_value(h->values[i]);
	}
	free(h->keys);
	free(h->values);
	hash__init(h, h->key_size);
}

void *hash__get(const struct hash *h, const void *key)
{
	return h->cap ? h->values[find(h, key)] : NULL;
}

int hash__set(struct hash *h, const void *key, void *value)
{
	size_t i;

	if (!value)
		return -EINVAL;
	if (h->nr >= h->cap / 4 * 3) {
		int err = grow(h);

		if (err)
			return err;
	}
	i = find(h, key);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): grow() has replaced what it freed */
	if (!h->values[i]) {
		memcpy(key_at(h, i), key, h->key_size);
		h->nr++;
	}
	h->values[i] = value;
	return 0;
}

/* Whether the key at @i, whose home is @want, may move to the free place @gap before it. */
static bool may_move(const struct hash *h, size_t i, size_t want, size_t gap)
{
	size_t mask = h->cap - 1;

	return ((i - want) & mask) >= ((i - gap) & mask);
}

void *hash__make(struct hash *h, const void *key, size_t size)
{
	void *value = hash__get(h, key);

	if (value)
		return value;
	value = calloc(1, size);
	if (value && hash__set(h, key, value)) {
		free(value);
		return NULL;
	}
	return value;
}

void *hash__remove(struct hash *h, const void *key)
{
	size_t gap, i;
	void *value;

	if (!h->cap)
		return NULL;
	gap = find(h, key);
	value = h->values[gap];
	if (!value)
		return NULL;
	for (i = (gap + 1) & (h->cap - 1); h->values[i]; i = (i + 1) & (h->cap - 1)) {
		if (!may_move(h, i, home(h, key_at(h, i)), gap))
			continue;
		memcpy(key_at(h, gap), key_at(h, i), h->key_size);
		h->values[gap] = h->values[i];
		gap = i;
	}
	h->values[gap] = NULL;
	h->nr--;
	return value;
}

void *hash__next(const struct hash *h, size_t *pos, void *key)
{
	for (; *pos < h->cap; (*pos)++) {
		if (!h->values[*pos])
			continue;
		if (key)
			memcpy(key, key_at(h, *pos), h->key_size);
		return h->values[(*pos)++];
	}
	return NULL;
}
