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

static void grows_one_by_one(void **state)
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
static void grows_again_after_removals(void **state)
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

static void grows_with_a_kept_capacity(void **state)
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

static void unchanged_when_out_of_memory(void **state)
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
static void hash_depends_on_each_part(void **state)
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
		cmocka_unit_test(grows_one_by_one),
		cmocka_unit_test(grows_again_after_removals),
		cmocka_unit_test(grows_with_a_kept_capacity),
		cmocka_unit_test(unchanged_when_out_of_memory),
		cmocka_unit_test(hash_depends_on_each_part),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
