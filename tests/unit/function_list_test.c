// SPDX-License-Identifier: GPL-2.0-only
/* function_list_test.c - functions on stacks: which are one, and which only look like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "view/common/function_list.h"

struct counted_function {
	struct listed_function function;
	uint64_t n;
};

static void equal_functions_are_merged(void **state)
{
	const struct symbol_frame frame = { .name = "parse", .module = "/bin/a", .in_file = true };
	const struct symbol_frame elsewhere = { .name = "parse",
						.module = "/bin/b",
						.in_file = true };
	const struct symbol_frame jit = { .name = "parse", .module = "/tmp/perf-1.map" };
	const struct symbol_frame jit2 = { .name = "parse", .module = "/tmp/perf-2.map" };
	const struct function_owner a = { .comm = "a" }, b = { .comm = "b" };
	const struct function_owner a1 = { .comm = "a", .process = 1 };
	const struct function_owner kind = { .comm = "a", .kind = 1 };
	struct counted_function *f, *g;
	struct function_list l;

	(void)state;
	function_list__init(&l, sizeof(struct counted_function));
	f = function_list__get(&l, &frame, &a);
	assert_non_null(f);
	assert_int_equal(f->n, 0);
	assert_string_equal(f->function.name, "parse");
	assert_string_equal(f->function.module, "/bin/a");
	assert_ptr_equal(function_list__get(&l, &frame, &a), f);
	assert_ptr_not_equal(function_list__get(&l, &elsewhere, &a), f);
	assert_ptr_not_equal(function_list__get(&l, &frame, &b), f);
	assert_ptr_not_equal(function_list__get(&l, &frame, &a1), f);
	assert_ptr_not_equal(function_list__get(&l, &frame, &kind), f);
	g = function_list__get(&l, &jit, &a);
	assert_string_equal(g->function.module, "[jit]");
	assert_ptr_equal(function_list__get(&l, &jit2, &a), g);
	g = function_list__get(&l, NULL, &a);
	assert_string_equal(g->function.name, "[no stack]");
	assert_null(g->function.module);
	assert_int_equal(l.nr, 7);
	function_list__free(&l);
}

static void long_names_are_kept(void **state)
{
	static char name[4096], module[4096], other[4096];
	const struct symbol_frame frame = { .name = name, .module = module, .in_file = true };
	const struct symbol_frame like = { .name = name, .module = other, .in_file = true };
	const struct function_owner owner = { .comm = "0123456789abcdef" };
	struct counted_function *f;
	struct function_list l;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	memset(module, 'm', sizeof(module) - 1);
	memcpy(other, module, sizeof(other));
	other[sizeof(other) - 2] = 'x';
	function_list__init(&l, sizeof(struct counted_function));
	f = function_list__get(&l, &frame, &owner);
	assert_string_equal(f->function.module, module);
	assert_ptr_equal(function_list__get(&l, &frame, &owner), f);
	/* paths differ at their ends */
	assert_ptr_not_equal(function_list__get(&l, &like, &owner), f);
	function_list__free(&l);
}

static void recursion_counts_once(void **state)
{
	const struct symbol_frame frames[] = { { .name = "f" }, { .name = "g" }, { .name = "f" } };
	const struct named_stack named = {
		.kernel = frames, .nr_kernel = 1, .user = frames + 1, .nr_user = 2
	};
	const struct function_owner owner = { .comm = "a" };
	const struct symbol_frame *frame;
	struct function_list l;
	uint64_t all = 0;

	(void)state;
	function_list__init(&l, sizeof(struct counted_function));
	for (size_t stack = 1; stack <= 300; stack++) {
		for (size_t i = 0; (frame = function_list__frame(&named, i)); i++) {
			struct counted_function *f = function_list__get(&l, frame, &owner);

			f->n += function_list__first(&f->function, stack);
		}
	}
	assert_int_equal(l.nr, 2);
	for (size_t i = 0; i < l.nr; i++)
		all += ((struct counted_function *)(void *)l.list[i])->n;
	assert_int_equal(all, 600);
	function_list__free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_functions_are_merged),
		cmocka_unit_test(long_names_are_kept),
		cmocka_unit_test(recursion_counts_once),
	};

	return cmocka_run_group_tests_name("function_list", tests, NULL, NULL);
}
