// SPDX-License-Identifier: GPL-2.0-only
/*
 * hash_test.c - the hash map, against a plain array that holds the same.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/hash.h"

#define KEYS 512

static void empty_map(void **state)
{
	struct hash h;
	size_t pos = 0;

	(void)state;
	hash__init(&h, sizeof(uint64_t));
	assert_null(hash__get_u64(&h, 1));
	assert_null(hash__remove_u64(&h, 1));
	assert_null(hash__next(&h, &pos, NULL));
	assert_int_equal(hash__set_u64(&h, 1, NULL), -EINVAL);
	hash__free(&h, free);
}

static void set_get_and_remove(void **state)
{
	struct hash h;
	int a, b;

	(void)state;
	hash__init(&h, sizeof(uint64_t));
	assert_int_equal(hash__set_u64(&h, 0, &a), 0);
	assert_ptr_equal(hash__get_u64(&h, 0), &a);
	assert_int_equal(hash__set_u64(&h, 0, &b), 0);
	assert_ptr_equal(hash__get_u64(&h, 0), &b);
	assert_int_equal(h.nr, 1);
	assert_ptr_equal(hash__remove_u64(&h, 0), &b);
	assert_null(hash__get_u64(&h, 0));
	assert_int_equal(h.nr, 0);
	hash__free(&h, NULL);
}

/* xorshift: the same run each time */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void assert_same(const struct hash *h, void *const *model, uint64_t stride)
{
	size_t nr = 0, walked = 0, pos = 0;
	uint64_t key;
	void *value;

	for (uint64_t i = 0; i < KEYS; i++) {
		assert_ptr_equal(hash__get_u64(h, i * stride), model[i]);
		nr += model[i] != NULL;
	}
	assert_int_equal(h->nr, nr);
	while ((value = hash__next(h, &pos, &key))) {
		assert_ptr_equal(model[key / stride], value);
		walked++;
	}
	assert_int_equal(walked, nr);
}

/* Page-aligned keys, as addresses are, must not pile up or get lost when others are removed. */
static void random_operations_match_an_array(void **state)
{
	static char values[KEYS];
	const uint64_t stride = 4096;
	void *model[KEYS] = { NULL };
	uint64_t seed = 88172645463325252;
	struct hash h;

	(void)state;
	hash__init(&h, sizeof(uint64_t));
	for (int step = 0; step < 200000; step++) {
		uint64_t r = next_random(&seed), i = r % KEYS;

		if (r >> 32 & 1) {
			assert_int_equal(hash__set_u64(&h, i * stride, &values[i]), 0);
			model[i] = &values[i];
		} else {
			assert_ptr_equal(hash__remove_u64(&h, i * stride), model[i]);
			model[i] = NULL;
		}
		if (step % 5000 == 0)
			assert_same(&h, model, stride);
	}
	assert_same(&h, model, stride);
	hash__free(&h, NULL);
}

/** struct key - 20 bytes: not a multiple of the word that is hashed at a time */
struct key {
	uint32_t words[5];
};

static void keys_of_any_size(void **state)
{
	struct hash h;
	struct key k = { { 0 } };
	char values[5];

	(void)state;
	hash__init(&h, sizeof(k));
	for (int i = 0; i < 5; i++) {
		memset(&k, 0, sizeof(k));
		k.words[i] = 1;
		assert_int_equal(hash__set(&h, &k, &values[i]), 0);
	}
	for (int i = 0; i < 5; i++) {
		memset(&k, 0, sizeof(k));
		k.words[i] = 1;
		assert_ptr_equal(hash__get(&h, &k), &values[i]);
	}
	memset(&k, 0, sizeof(k));
	assert_null(hash__get(&h, &k));
	hash__free(&h, NULL);
}

static int freed;

static void count_free(void *value)
{
	freed += *(int *)value;
}

static void free_visits_each_value_once(void **state)
{
	int one = 1, ten = 10;
	struct hash h;

	(void)state;
	freed = 0;
	hash__init(&h, sizeof(uint64_t));
	assert_int_equal(hash__set_u64(&h, 1, &one), 0);
	assert_int_equal(hash__set_u64(&h, 2, &ten), 0);
	hash__free(&h, count_free);
	assert_int_equal(freed, 11);
	assert_null(hash__get_u64(&h, 1));
}

static void values_are_created_once_and_zeroed(void **state)
{
	struct hash h;
	uint64_t *made;

	(void)state;
	hash__init(&h, sizeof(uint64_t));
	for (uint64_t key = 0; key < 100; key++) {
		made = hash__make_u64(&h, key, 2 * sizeof(*made));
		assert_non_null(made);
		assert_true(!made[0] && !made[1]);
		made[1] = key + 1;
	}
	for (uint64_t key = 0; key < 100; key++) {
		made = hash__make_u64(&h, key, 2 * sizeof(*made));
		assert_ptr_equal(made, hash__get_u64(&h, key));
		assert_true(made[1] == key + 1);
	}
	assert_int_equal(h.nr, 100);
	hash__free(&h, free);
}

#define PLACES 64

/** write_order - the numbers from 0 on, in the order in which a map of this process has them */
static void write_order(int fd)
{
	unsigned char order[PLACES];
	struct hash h;
	uint64_t key;
	size_t pos = 0, nr = 0;
	int value;

	hash__init(&h, sizeof(key));
	for (key = 0; key < PLACES; key++)
		if (hash__set_u64(&h, key, &value))
			_exit(1);
	while (hash__next(&h, &pos, &key))
		order[nr++] = (unsigned char)key;
	_exit(write(fd, order, nr) != PLACES);
}

/* Who chooses the keys can't choose such as go to one place: it is another one each time. */
static void hashes_are_seeded(void **state)
{
	unsigned char order[2][PLACES];
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < 2; i++) {
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			write_order(fds[1]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		assert_int_equal(read(fds[0], order[i], PLACES), PLACES);
	}
	/* by chance: 1 of 64! */
	assert_memory_not_equal(order[0], order[1], PLACES);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* before this process has a map, from which others would take its random number */
		cmocka_unit_test(hashes_are_seeded),
		cmocka_unit_test(empty_map),
		cmocka_unit_test(set_get_and_remove),
		cmocka_unit_test(random_operations_match_an_array),
		cmocka_unit_test(keys_of_any_size),
		cmocka_unit_test(free_visits_each_value_once),
		cmocka_unit_test(values_are_created_once_and_zeroed),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
