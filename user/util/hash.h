/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hash.h - a hash map from keys of one fixed size to pointers (open addressing, linear probing).
 *
 * Keys are copied and compared byte by byte: zero a struct's padding before it becomes a key.
 * The map does not own the values.
 *
 *	struct hash h;
 *	size_t pos = 0;
 *
 *	hash__init(&h, sizeof(key));
 *	err = hash__set(&h, &key, value);
 *	value = hash__get(&h, &key);
 *	while ((value = hash__next(&h, &pos, &key)))
 *		…
 *	hash__free(&h, free);
 */
#ifndef VMASCOPE_UTIL_HASH_H
#define VMASCOPE_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct hash - a hash map
 * @key_size: size of a key in bytes
 * @nr: number of keys
 * @cap: number of slots, 0 or a power of two
 * @seed: random, as recordings and traced processes determine keys, and could choose keys that
 *	collide
 * @keys: @cap keys
 * @values: @cap values; NULL: the slot is free
 */
struct hash {
	size_t key_size;
	size_t nr;
	size_t cap;
	uint64_t seed;
	unsigned char *keys;
	void **values;
};

/**
 * hash_bytes - hash of @size bytes, as the map uses it
 * @sum: initial value: the hash of preceding data, or any number
 */
uint64_t hash_bytes(uint64_t sum, const void *data, size_t size);

/**
 * hash_seed - initial value of a hash that identifies its data: random in each process, so that
 * data cannot be chosen to collide
 * @which: for several independent hashes
 */
uint64_t hash_seed(uint64_t which);

/**
 * hash_string - hash of a string including its NUL, so that consecutive strings are separated
 *
 * It depends on a random seed of the process, so that names cannot be chosen to collide.
 */
uint64_t hash_string(uint64_t sum, const char *s);

/** hash__init - an empty map; allocates nothing. */
void hash__init(struct hash *h, size_t key_size);

/** hash__free - free the map; @free_value is called on each value if not NULL. */
void hash__free(struct hash *h, void (*free_value)(void *value));

/** hash__get - the value of @key; NULL: none. */
void *hash__get(const struct hash *h, const void *key);

/**
 * hash__set - put @value (not NULL) under a copy of @key; an earlier value is replaced, not freed
 * Return: 0 or -ENOMEM (the map is as before).
 */
int hash__set(struct hash *h, const void *key, void *value);

/**
 * hash__make - the value under @key; if there is none, @size bytes, all zero, are allocated and put there
 * Return: the value; NULL without memory (the map is as before).
 */
void *hash__make(struct hash *h, const void *key, size_t size);

/** hash__remove - take out @key. Return: its value for the caller to free, NULL if not there. */
void *hash__remove(struct hash *h, const void *key);

/**
 * hash__next - walk the map, in no particular order, which is another one in each process
 * @pos: 0 at first
 * @key: if not NULL, filled with a copy of the key
 *
 * Nothing may be set or removed while walking.
 * Return: the next value; NULL at the end.
 */
void *hash__next(const struct hash *h, size_t *pos, void *key);

/* The same with a u64 as key; for maps made with hash__init(h, sizeof(uint64_t)). */

/** hash__get_u64 - as hash__get(). */
static inline void *hash__get_u64(const struct hash *h, uint64_t key)
{
	return hash__get(h, &key);
}

/** hash__set_u64 - as hash__set(). */
static inline int hash__set_u64(struct hash *h, uint64_t key, void *value)
{
	return hash__set(h, &key, value);
}

/** hash__make_u64 - as hash__make(). */
static inline void *hash__make_u64(struct hash *h, uint64_t key, size_t size)
{
	return hash__make(h, &key, size);
}

/** hash__remove_u64 - as hash__remove(). */
static inline void *hash__remove_u64(struct hash *h, uint64_t key)
{
	return hash__remove(h, &key);
}

#endif /* VMASCOPE_UTIL_HASH_H */
