// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner_name_test.c - names of what VMAs are used for, and which patterns match them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"

#define BIT(family) (1u << (family))

static void assert_name(enum owner_family family, uint32_t parts, uint32_t tid, const char *text,
			const char *expected)
{
	char *name = owner__name(family, parts, tid, text);

	assert_string_equal(name, expected);
	free(name);
}

static void names_of_families(void **state)
{
	(void)state;
	assert_name(OWNER_STACK, 0, 412, "worker-3", "[stack:412 worker-3]");
	assert_name(OWNER_STACK, 0, 412, "", "[stack:412]");
	assert_name(OWNER_STACK, 0, 0, "", "[stacks]");
	assert_name(OWNER_GUARD, 0, 7, "x", "[stack guard:7 x]");
	assert_name(OWNER_ARENA, 0, 0, "", "[anon:malloc arena]");
	assert_name(OWNER_BSS, 0, 0, "libc.so.6", "[anon:bss libc.so.6]");
	assert_name(OWNER_SEVERAL, BIT(OWNER_STACK) | BIT(OWNER_TLS), 0, "", "[anon:stack + tls]");
	assert_null(owner__name(OWNER_MEMFD, 0, 0, ""));
	assert_null(owner__name(OWNER_UNKNOWN, 0, 0, ""));
}

static void names_of_all_parts_are_cut(void **state)
{
	char text[512];
	char *name;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	name = owner__name(OWNER_STACK, 0, 1, text);
	assert_in_range(strlen(name), 100, 200);
	free(name);
	name = owner__name(OWNER_SEVERAL, ~0u, 0, "");
	assert_int_equal(name[strlen(name) - 1], ']');
	free(name);
}

static void files_of_the_kernel(void **state)
{
	static const struct {
		const char *name;
		enum owner_family family;
	} files[] = {
		{ "/memfd:cache (deleted)", OWNER_MEMFD },
		{ "/SYSV0000abcd (deleted)", OWNER_SYSV },
		{ "[anon_shmem]", OWNER_SHARED },
		{ "/anon_hugepage (deleted)", OWNER_HUGETLB },
		{ "anon_inode:[io_uring]", OWNER_IO_URING },
		{ "anon_inode:[perf_event]", OWNER_PERF },
		{ "anon_inode:bpf-map", OWNER_BPF },
		{ "anon_inode:[userfaultfd]", OWNER_UNKNOWN },
		{ "/i915 (deleted)", OWNER_UNKNOWN },
	};
	struct vs_file file = { .pseudo = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_int_equal(owner__by_file(&file, files[i].name).family, files[i].family);
	/* a file of that name in a directory is just a file */
	file.pseudo = 0;
	assert_int_equal(owner__by_file(&file, "/memfd:x (deleted)").family, OWNER_UNKNOWN);
	assert_int_equal(owner__by_file(NULL, "/memfd:x (deleted)").family, OWNER_UNKNOWN);
}

static void patterns_match_each_name(void **state)
{
	struct fault_row row = {
		.is_vma = true,
		.name = "[anon]",
		.owner = { .family = OWNER_STACK, .name = "[stack:412 a/b]" },
	};

	(void)state;
	assert_string_equal(fault_row__name(&row), "[stack:412 a/b]");
	assert_string_equal(fault_row__short(&row), "[stack:412 a/b]");
	assert_string_equal(fault_row__group(&row), "[stacks]");
	assert_true(fault_row__matches(&row, "[anon]"));
	assert_true(fault_row__matches(&row, "[stacks]"));
	assert_true(fault_row__matches(&row, "[stack:412*"));
	assert_false(fault_row__matches(&row, "[stack:413*"));
	row.owner = (struct vma_owner){};
	assert_string_equal(fault_row__group(&row), "[anon]");
	assert_false(fault_row__matches(&row, "[stacks]"));
	row.is_vma = false;
	assert_false(fault_row__matches(&row, "*"));
}

static void patterns_that_may_match_later(void **state)
{
	static const char *const may[] = { "*",	     "[anon:malloc*", "[stack:4?2 *]", "[stack*",
					   "*c.so*", "[*arena]",      "\\[anon:*" };
	static const char *const never[] = { "[heap]", "[anon]", "/usr/*", "*.so", "", "[vdso]*" };

	(void)state;
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++)
		assert_true(owner__may_match(may[i]));
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_false(owner__may_match(never[i]));
}

static void what_evidence_may_name(void **state)
{
	struct fault_row row = { .is_vma = true,
				 .name = "[anon]",
				 .vma = { .name_kind = VS_NAME_ANON, .start = 4096, .end = 8192 } };

	(void)state;
	assert_true(owner__is_open(&row));
	row.owner.contradicted = true;
	assert_false(owner__is_open(&row));
	row.owner.contradicted = false;
	strcpy(row.vma.name, "own");
	assert_false(owner__is_open(&row));
	row.vma.name[0] = '\0';
	row.vma.key.flags = VS_VM_MAYSHARE;
	assert_false(owner__is_open(&row));
	row.vma.key.flags = VS_VM_SEVERAL;
	assert_false(owner__is_open(&row));
	row.vma.key.flags = 0;
	row.vma.name_kind = VS_NAME_HEAP;
	assert_false(owner__is_open(&row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_families),
		cmocka_unit_test(names_of_all_parts_are_cut),
		cmocka_unit_test(files_of_the_kernel),
		cmocka_unit_test(patterns_match_each_name),
		cmocka_unit_test(patterns_that_may_match_later),
		cmocka_unit_test(what_evidence_may_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
