/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf_fuzz.h - ELF files with damage, given to the symbolizer as if a process had mapped them.
 *
 * The seeds are callchain's builds: with DWARF, with .gnu_debuglink, with .gnu_debugdata. A damaged
 * file may be refused, or give any names; it may not harm or stall the tracer. What is damaged is
 * told by the seed of the random numbers alone.
 */
#ifndef VT_ELF_FUZZ_H
#define VT_ELF_FUZZ_H

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "symbol/symbolizer.h"
#include "symbol/symbolizer_internal.h"
#include "symbol/unwind.h"

#define FUZZ_DIR "build/tests/workload/callchain"
#define FUZZ_MAX_FILE (1u << 20)
#define FUZZ_ADDRESSES 12
#define FUZZ_MS_PER_FILE 1000
/* What a sanitizer ends the reader with (ASAN_OPTIONS=exitcode). */
#define FUZZ_SANITIZER_EXIT 99

static const char *const fuzz_seeds[] = {
	"O2-nofp/callchain",	  "O2-nofp/libchain.so",   "O0-fp/libchain.so",
	"minidebug/callchain",	  "minidebug/libchain.so", "debuglink/callchain.debug",
	"compressed/libchain.so",
};

/**
 * struct fuzz - a run
 * @random: state of the random numbers
 * @path: of the damaged file
 * @files: tried; @named: of which some address had a name; @ruled: had a rule
 * @crashed: ended their reader; @late: took too long
 * @bad: ended it by a sanitizer's finding: an error of ours
 * @slowest_ms: that one file took
 */
struct fuzz {
	uint64_t random;
	char path[64];
	unsigned char *seeds[sizeof(fuzz_seeds) / sizeof(*fuzz_seeds)];
	size_t lens[sizeof(fuzz_seeds) / sizeof(*fuzz_seeds)];
	unsigned char *file;
	struct symbolizer *symbolizer;
	unsigned long files;
	unsigned long named;
	unsigned long ruled;
	unsigned int crashed;
	unsigned int late;
	unsigned int bad;
	double slowest_ms;
};

/* xorshift64*: the same numbers everywhere. */
static inline uint64_t fuzz_random(struct fuzz *f)
{
	f->random ^= f->random >> 12;
	f->random ^= f->random << 25;
	f->random ^= f->random >> 27;
	return f->random * 0x2545f4914f6cdd1dULL;
}

static inline size_t fuzz_below(struct fuzz *f, size_t n)
{
	return n ? (size_t)(fuzz_random(f) % n) : 0;
}

static inline double fuzz_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline void fuzz_init(struct fuzz *f, uint64_t seed)
{
	memset(f, 0, sizeof(*f));
	f->random = seed ? seed : 1;
	snprintf(f->path, sizeof(f->path), "/tmp/vmascope-fuzz-%d.so", (int)getpid());
}

/** fuzz_begin - read the seeds. Return: false: they are not there. */
static inline bool fuzz_begin(struct fuzz *f, uint64_t seed)
{
	fuzz_init(f, seed);
	f->file = malloc(FUZZ_MAX_FILE);
	for (size_t i = 0; i < sizeof(fuzz_seeds) / sizeof(*fuzz_seeds); i++) {
		char path[128];
		FILE *in;

		snprintf(path, sizeof(path), FUZZ_DIR "/%s", fuzz_seeds[i]);
		in = fopen(path, "re");
		f->seeds[i] = malloc(FUZZ_MAX_FILE);
		if (!in || !f->seeds[i] || !f->file)
			return false;
		f->lens[i] = fread(f->seeds[i], 1, FUZZ_MAX_FILE, in);
		fclose(in);
	}
	return true;
}

static inline void fuzz_end(struct fuzz *f)
{
	symbolizer__free(f->symbolizer);
	unlink(f->path);
	free(f->file);
	for (size_t i = 0; i < sizeof(fuzz_seeds) / sizeof(*fuzz_seeds); i++)
		free(f->seeds[i]);
}

/* A place that matters: the ELF header, a program or section header, or a section's beginning. */
static inline size_t fuzz_place(struct fuzz *f, size_t len)
{
	Elf64_Ehdr e;
	Elf64_Shdr s;
	size_t at = 0;

	memcpy(&e, f->file, sizeof(e));
	switch (fuzz_below(f, 5)) {
	case 0:
		at = fuzz_below(f, sizeof(e));
		break;
	case 1:
		at = e.e_phoff + fuzz_below(f, e.e_phnum * sizeof(Elf64_Phdr));
		break;
	case 2:
		at = e.e_shoff + fuzz_below(f, e.e_shnum * sizeof(s));
		break;
	case 3:
		at = e.e_shoff + fuzz_below(f, e.e_shnum) * sizeof(s);
		if (at > len - sizeof(s))
			break;
		memcpy(&s, f->file + at, sizeof(s));
		at = s.sh_offset + fuzz_below(f, s.sh_size < 256 ? s.sh_size : 256);
		break;
	default:
		at = fuzz_below(f, len);
	}
	return at <= len - 8 ? at : fuzz_below(f, len - 8);
}

static inline void fuzz_damage(struct fuzz *f, size_t len)
{
	static const uint64_t numbers[] = {
		0,	    1,		0x7f,	    0x80,	0xff,		0x7fff,
		0xffff,	    0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ULL, 1ULL << 40,
		1ULL << 62, INT64_MAX,	1ULL << 63, UINT64_MAX,
	};
	const size_t at = fuzz_place(f, len), from = fuzz_below(f, len - 64);
	const uint64_t n = numbers[fuzz_below(f, sizeof(numbers) / sizeof(*numbers))];

	switch (fuzz_below(f, 4)) {
	case 0:
		f->file[at] ^= (unsigned char)(1u << fuzz_below(f, 8));
		break;
	case 1:
		memcpy(f->file + at, &n, 1u << fuzz_below(f, 4));
		break;
	case 2:
		f->file[at] = (unsigned char)fuzz_random(f);
		break;
	default:
		memmove(f->file + fuzz_below(f, len - 64), f->file + from, 1 + fuzz_below(f, 63));
	}
}

/* Return: the length of the file that was made. */
static inline size_t fuzz_make(struct fuzz *f)
{
	const size_t seed = fuzz_below(f, sizeof(fuzz_seeds) / sizeof(*fuzz_seeds));
	size_t len = f->lens[seed], times = 1 + fuzz_below(f, fuzz_below(f, 4) ? 6 : 60);

	memcpy(f->file, f->seeds[seed], len);
	while (times--)
		fuzz_damage(f, len);
	if (!fuzz_below(f, 8))
		len = fuzz_below(f, len);
	return len;
}

/* Addresses that some have functions at: the first code of callchain and its library. */
static inline void fuzz_ask(struct fuzz *f, const struct symbol_process *p, uint64_t base,
			    size_t len)
{
	static unsigned char stack[1024];
	bool named = false, ruled = false;

	for (int i = 0; i < FUZZ_ADDRESSES; i++) {
		const uint64_t at = base + 0x1000 + fuzz_below(f, i % 4 ? 0x900 : len);
		struct unwind_input in = { .stack = stack, .stack_len = sizeof(stack) };
		struct unwind_frame ips[16];
		struct symbol_frame frames[8];
		enum unwind_end end;
		size_t nr = symbolizer__user(f->symbolizer, p, at, i % 2, frames, 8);

		for (size_t k = 0; k < nr; k++) {
			char text[64];

			symbol_print(&frames[k], true, text, sizeof(text));
			named |= frames[k].name != NULL;
		}
		in.regs[16] = at;
		in.regs[7] = in.regs[6] = 0x7ffd00000000;
		for (size_t k = 0; k < sizeof(stack) / 8; k++)
			((uint64_t *)(void *)stack)[k] = base + 0x1000 + fuzz_below(f, 0x900);
		unwind__x86_64(f->symbolizer, p, &in, ips, 16, &end);
		ruled |= end != UNWIND_NO_RULE;
	}
	f->named += named;
	f->ruled += ruled;
}

/** fuzz_try - ask about the file that is in f->file. Return: false: no such file can be written. */
static inline bool fuzz_try(struct fuzz *f, size_t len)
{
	const uint64_t base = 0x7f0000000000;
	const struct symbol_process p = { .pid = 1, .start_ns = UINT64_MAX / 4, .image = f->files };
	const struct symbolizer_options options = { .lines = true,
						    .max_bytes = 8 << 20,
						    .ms_per_file = FUZZ_MS_PER_FILE,
						    .debug_dir = "/nonexistent" };
	struct symbol_map map = { .start = base, .end = base + FUZZ_MAX_FILE, .path = f->path };
	unsigned int crashes, late;
	struct stat st;
	double from;
	int fd;

	if (!f->symbolizer && symbolizer__new(&f->symbolizer, &options))
		return false;
	crashes = f->symbolizer->modules.reader.crashes;
	late = f->symbolizer->modules.reader.timeouts;
	unlink(f->path);
	fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, f->file, len) != (ssize_t)len || fstat(fd, &st))
		return false;
	close(fd);
	map.inode = st.st_ino;
	map.dev_major = major(st.st_dev);
	map.dev_minor = minor(st.st_dev);
	if (symbolizer__set_maps(f->symbolizer, &p, &map, 1))
		return false;
	from = fuzz_now_ms();
	fuzz_ask(f, &p, base, len);
	if (fuzz_now_ms() - from > f->slowest_ms)
		f->slowest_ms = fuzz_now_ms() - from;
	symbolizer__forget(f->symbolizer, &p);
	f->files++;
	crashes = f->symbolizer->modules.reader.crashes - crashes;
	f->crashed += crashes;
	f->late += f->symbolizer->modules.reader.timeouts - late;
	f->bad += crashes && WIFEXITED(f->symbolizer->modules.reader.status) &&
		  WEXITSTATUS(f->symbolizer->modules.reader.status) == FUZZ_SANITIZER_EXIT;
	return true;
}

/** fuzz_one - make one file and ask about it. Return: false: no such file can be written. */
static inline bool fuzz_one(struct fuzz *f)
{
	return fuzz_try(f, fuzz_make(f));
}

#endif /* VT_ELF_FUZZ_H */
