// SPDX-License-Identifier: GPL-2.0-only
/* array_test.c - arrays grow, keep what they hold, and stay as they are where memory is short. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/hash.h"

#define MANY 1000u

static void one_by_one(void **state)
{
	uint32_t *list = NULL;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		assert_int_equal(array__more(&list, i, sizeof(*list)), 0);
		list[i] = i;
	}
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(list[i], i);
	free(list);
}

/* it has shrunk: the room for the next is there, whatever its capacity is */
static void after_some_were_taken_out(void **state)
{
	uint32_t *list = NULL;
	size_t nr = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(array__more(&list, nr, sizeof(*list)), 0);
		list[nr++] = (uint32_t)i;
		if (i % 3 == 2)
			nr -= 2;
	}
	for (size_t i = 0; i + 1 < nr; i++)
		assert_int_equal(list[i], 3 * i);
	free(list);
}

static void with_a_capacity(void **state)
{
	char *text = NULL;
	size_t cap = 0, before;

	(void)state;
	assert_int_equal(array__reserve(&text, &cap, 1, 1), 0);
	before = cap;
	assert_true(cap >= 1);
	text[0] = 'x';
	assert_int_equal(array__reserve(&text, &cap, cap, 1), 0);
	assert_int_equal(cap, before);
	assert_int_equal(array__reserve(&text, &cap, MANY * cap + 1, 1), 0);
	assert_true(cap >= MANY * before + 1);
	text[cap - 1] = 'y';
	assert_int_equal(text[0], 'x');
	free(text);
}

static void without_memory_it_stays(void **state)
{
	uint64_t *list = NULL;
	size_t cap = 0, before;

	(void)state;
	assert_int_equal(array__reserve(&list, &cap, 2, sizeof(*list)), 0);
	list[1] = 7;
	before = cap;
	/* more bytes than a size_t can say: no allocator is asked */
	assert_int_equal(array__reserve(&list, &cap, SIZE_MAX / 16 + 1, sizeof(*list)), -ENOMEM);
	assert_int_equal(array__reserve(&list, &cap, SIZE_MAX, sizeof(*list)), -ENOMEM);
	assert_int_equal(cap, before);
	assert_int_equal(list[1], 7);
	free(list);
}

/* what was hashed before counts, and so does where one string ends and the next begins */
static void hashes_of_parts(void **state)
{
	(void)state;
	assert_true(hash_bytes(0, "abc", 3) == hash_bytes(0, "abcd", 3));
	assert_true(hash_bytes(0, "abc", 3) != hash_bytes(1, "abc", 3));
	assert_true(hash_bytes(0, "abc", 3) != hash_bytes(0, "abd", 3));
	assert_true(hash_string(hash_string(0, "ab"), "c") !=
		    hash_string(hash_string(0, "a"), "bc"));
	assert_true(hash_bytes(0, "\0\0", 1) != hash_string(0, "\1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_by_one),	   cmocka_unit_test(after_some_were_taken_out),
		cmocka_unit_test(with_a_capacity), cmocka_unit_test(without_memory_it_stays),
		cmocka_unit_test(hashes_of_parts),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
