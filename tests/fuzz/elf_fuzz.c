// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf_fuzz.c - any bytes as an ELF file that a process has mapped: names, source lines and rules to
 * unwind by, from the helper that parses files, and what the tracer makes of its answers.
 *
 * elfutils may crash: that ends the helper, and is no finding. What a sanitizer finds in our own
 * code, there or here, is one.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "elf_fuzz.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
const char *__asan_default_options(void);

/* Begin and end of clang's counters of edges. In C, these names would hide the ones that it uses. */
__asm__(".pushsection .data\n"
	".balign 8\n"
	"fuzz_counters: .quad __start___sancov_cntrs, __stop___sancov_cntrs\n"
	".popsection");
extern uint8_t *fuzz_counters[2];

static struct fuzz fuzz;

/* A crash of elfutils is told apart from a finding by how the helper ended. */
const char *__asan_default_options(void)
{
	return "exitcode=99";
}

static void forked(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
}

/* What the helper runs through counts, too: whole pages of the counters are shared with it. */
static void share_counters(void)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t from = ((uintptr_t)fuzz_counters[0] + page - 1) & -page;
	const uintptr_t to = (uintptr_t)fuzz_counters[1] & -page;

	if (from < to)
		fuzz_check(mmap((void *)from, to - from, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
}

static void end(void)
{
	fuzz_end(&fuzz);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	share_counters();
	fuzz_check(!pthread_atfork(NULL, NULL, forked));
	fuzz_init(&fuzz, 1);
	fuzz_check(!atexit(end));
	return 0;
}

/* Most damage goes where it matters; the rest is libFuzzer's. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct fuzz f = { .random = seed + 1ULL, .file = data };

	if (size <= 256 || !(seed & 7))
		return LLVMFuzzerMutate(data, size, max_size);
	for (size_t times = 1 + fuzz_below(&f, 6); times; times--)
		fuzz_damage(&f, size);
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > FUZZ_MAX_FILE)
		return 0;
	/* as much for each: what is asked depends on the file alone */
	fuzz.random = size + 1;
	fuzz.file = (uint8_t *)(uintptr_t)data;
	fuzz_check(fuzz_try(&fuzz, size));
	fuzz.file = NULL;
	fuzz_check(!fuzz.bad);
	return 0;
}
