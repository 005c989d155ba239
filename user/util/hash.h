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
 * struct hash - the map
 * @key_size: bytes of a key
 * @nr: keys in it
 * @cap: places, 0 or a power of two
 * @seed: a random number: recordings and traced processes choose keys, and could choose those that go to
 *	one place, each of which is then compared with all before
 * @keys: @cap keys
 * @values: @cap values; NULL marks a free place
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
 * hash_bytes - a hash of @size bytes, the one that the map uses
 * @sum: what it begins with: a hash of what came before, or any number
 */
uint64_t hash_bytes(uint64_t sum, const void *data, size_t size);

/**
 * hash_seed - what a hash begins with that stands for what it is of: another number in each process, so that
 *	whoever chooses what is hashed cannot choose two of one hash
 * @which: for several hashes that have nothing to do with each other
 */
uint64_t hash_seed(uint64_t which);

/**
 * hash_string - the same of a string, its NUL included, so that one does not run into the next
 *
 * It is another one in each process: whoever chooses names cannot choose two of one hash.
 */
uint64_t hash_string(uint64_t sum, const char *s);

/** hash__init - an empty map; allocates nothing. */
void hash__init(struct hash *h, size_t key_size);

/** hash__free - free the map; @free_value is called on each value if not NULL. */
void hash__free(struct hash *h, void (*free_value)(void *value));

/** hash__get - the value under @key; NULL if there is none. */
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
