// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack_hints_test.c - stacks of one function and functions without names have a next step.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "view/common/stack_hints.h"

static const struct symbol_frame named_frames[] = {
	{ .name = "leaf", .module = "/usr/bin/app", .in_file = true },
	{ .name = "main", .module = "/usr/bin/app", .in_file = true },
};
static const struct symbol_frame nameless_frames[] = {
	{ .module = "/usr/lib/libstripped.so", .in_file = true },
	{ .module = "/usr/lib/libstripped.so", .in_file = true },
	{ .module = "/usr/lib/libother.so", .in_file = true },
};

static const struct named_stack deep = { .user = named_frames, .nr_user = 2 };
static const struct named_stack single = { .user = named_frames, .nr_user = 1 };
static const struct named_stack nameless = { .user = nameless_frames, .nr_user = 3 };
static const struct named_stack kernel_only = { .kernel = named_frames, .nr_kernel = 1 };

static char *print(struct stack_hints *h, bool unwound, bool recorded)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	stack_hints__print(h, unwound, recorded, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void assert_prints(struct stack_hints *h, bool unwound, bool recorded, const char *want)
{
	char *text = print(h, unwound, recorded);

	if (*want)
		assert_non_null(strstr(text, want));
	else
		assert_string_equal(text, "");
	free(text);
}

static void no_hint_for_complete_stacks(void **state)
{
	struct stack_hints h = {};

	(void)state;
	assert_prints(&h, false, false, "");
	stack_hints__add(&h, &deep, 90);
	/* of a kernel stack no user stack is missing */
	stack_hints__add(&h, &kernel_only, 1000);
	stack_hints__add(&h, &single, 10);
	assert_prints(&h, false, false, "");
	stack_hints__free(&h);
}

static void hint_for_stacks_of_one_function(void **state)
{
	struct stack_hints h = {};

	(void)state;
	stack_hints__add(&h, &deep, 60);
	stack_hints__add(&h, &single, 40);
	assert_prints(&h, false, false,
		      "40.0% of these have a user stack of one function: code without frame "
		      "pointers? (try --unwind dwarf)\n");
	/* that is what was done */
	assert_prints(&h, true, false, "");
	stack_hints__free(&h);
}

static void hint_for_missing_symbols(void **state)
{
	struct stack_hints h = {};

	(void)state;
	stack_hints__add(&h, &nameless, 5);
	stack_hints__add(&h, &deep, 15);
	assert_int_equal(h.nameless[0], 5);
	assert_prints(&h, false, false,
		      "25.0% of these have functions without names in /usr/lib/libstripped.so "
		      "(install its debug symbols, or set DEBUGINFOD_URLS)\n");
	/* the names of a recording are those that it has */
	assert_prints(&h, false, true, "");
	/* a few functions in a file whose others have names are not worth a hint */
	stack_hints__add(&h, &deep, 100);
	assert_prints(&h, false, false, "");
	stack_hints__free(&h);
}

static void package_of_the_symbols(void **state)
{
	struct symbol_frame frame = { .module = "/usr/bin/env", .in_file = true };
	const struct named_stack stack = { .user = &frame, .nr_user = 1 };
	char dir[] = "/tmp/vmascope-hints.XXXXXX", path[64];
	struct stack_hints h = { .package_lists = dir };
	struct stat st;
	FILE *f;

	(void)state;
	assert_int_equal(stat(frame.module, &st), 0);
	frame.dev = st.st_dev;
	frame.inode = st.st_ino;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/coreutils.list", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s\n", frame.module);
	assert_int_equal(fclose(f), 0);
	stack_hints__add(&h, &stack, 1);
	assert_prints(&h, true, false,
		      "100.0% of these have functions without names in /usr/bin/env of package "
		      "coreutils (install its -dbgsym or -dbg package, or set DEBUGINFOD_URLS)\n");
	stack_hints__free(&h);
	unlink(path);
	rmdir(dir);
}

static void more_files_than_are_counted(void **state)
{
	struct symbol_frame frame = { .in_file = true };
	const struct named_stack stack = { .user = &frame, .nr_user = 1 };
	struct stack_hints h = {};
	char name[32];

	(void)state;
	for (int i = 0; i < 2 * STACK_HINT_MODULES; i++) {
		snprintf(name, sizeof(name), "/lib/lib%d.so", i);
		frame.module = name;
		stack_hints__add(&h, &stack, i + 1);
	}
	assert_prints(&h, true, false, "have functions without names in /lib/lib7.so ");
	stack_hints__free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hint_for_complete_stacks),
		cmocka_unit_test(hint_for_stacks_of_one_function),
		cmocka_unit_test(hint_for_missing_symbols),
		cmocka_unit_test(package_of_the_symbols),
		cmocka_unit_test(more_files_than_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
