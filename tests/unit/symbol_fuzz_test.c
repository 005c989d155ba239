// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_fuzz_test.c - a few thousand damaged ELF files; `make fuzz` tries more (tests/fuzz/elf_fuzz.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../fuzz/elf_fuzz.h"

#define FILES 2000

/* A crash of elfutils is none of ours, so that it is told apart from what a sanitizer finds. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0:exitcode=99";
}

static void damaged_files_are_handled(void **state)
{
	struct fuzz f;

	(void)state;
	assert_true(fuzz_begin(&f, 20240607));
	for (int i = 0; i < FILES; i++) {
		assert_true(fuzz_one(&f));
		if (f.bad)
			fail_msg("file %d: the reader did what a sanitizer forbids", i);
	}
	print_message("# fuzz: %lu files, %lu with names, %lu with rules; slowest %.0f ms; reader "
		      "crashed %u times, was late %u times\n",
		      f.files, f.named, f.ruled, f.slowest_ms, f.crashed, f.late);
	/* damage that hides everything would show nothing */
	assert_true(f.named > FILES / 10 && f.named < FILES);
	assert_true(f.ruled > FILES / 20);
	assert_true(f.slowest_ms < 60 * FUZZ_MS_PER_FILE);
	fuzz_end(&f);
}

/* Without damage all is there, so that the above is about something. */
static void undamaged_files_have_names(void **state)
{
	struct fuzz f;

	(void)state;
	assert_true(fuzz_begin(&f, 1));
	for (size_t i = 0; i < sizeof(fuzz_seeds) / sizeof(*fuzz_seeds); i++)
		assert_true(f.lens[i] > 5000 && f.lens[i] < FUZZ_MAX_FILE);
	fuzz_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_files_are_handled),
		cmocka_unit_test(undamaged_files_have_names),
	};

	return cmocka_run_group_tests_name("symbol_fuzz", tests, NULL, NULL);
}
