// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf_fuzz.c - damaged ELF files for as long as you like: elf_fuzz [SECONDS [SEED]]
 */
#include "elf_fuzz.h"

/* A crash of elfutils is none of ours, so that it is told apart from what a sanitizer finds. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_abort=0:exitcode=99";
}

int main(int argc, char **argv)
{
	const double seconds = argc > 1 ? atof(argv[1]) : 60;
	const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)time(NULL);
	const double from = fuzz_now_ms();
	struct fuzz f;

	if (!fuzz_begin(&f, seed)) {
		fprintf(stderr, "elf_fuzz: no seeds in " FUZZ_DIR " (run: make build-tests)\n");
		return 2;
	}
	printf("seed %llu\n", (unsigned long long)seed);
	while (fuzz_now_ms() - from < seconds * 1e3 && !f.bad) {
		if (!fuzz_one(&f)) {
			perror("elf_fuzz");
			return 2;
		}
	}
	printf("%lu files: %lu with names, %lu with rules; slowest %.0f ms; reader crashed %u "
	       "times "
	       "(elfutils), was late %u times; our errors: %u\n",
	       f.files, f.named, f.ruled, f.slowest_ms, f.crashed - f.bad, f.late, f.bad);
	fuzz_end(&f);
	return f.bad != 0;
}
