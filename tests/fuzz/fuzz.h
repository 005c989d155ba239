/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - what the fuzzers share: checks, and inputs as files.
 *
 * A fuzzer is a libFuzzer target, built with ASan and UBSan: tests/fuzz/NAME_fuzz.c, its kept inputs
 * in tests/fuzz/corpus/NAME_fuzz. Each asserts what must hold for any input, not only that nothing
 * crashes.
 */
#ifndef VT_FUZZ_H
#define VT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** fuzz_check - @condition holds for any input, or this one is a finding. */
#define fuzz_check(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/** fuzz_write - all of it. */
static inline void fuzz_write(int fd, const void *data, size_t size)
{
	while (size) {
		const ssize_t n = write(fd, data, size);

		fuzz_check(n > 0);
		data = (const char *)data + n;
		size -= (size_t)n;
	}
}

/** fuzz_file - Return: a file in memory that holds @data; it can be sealed. */
static inline int fuzz_file(const void *data, size_t size)
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	fuzz_check(fd >= 0);
	fuzz_write(fd, data, size);
	return fd;
}

#endif /* VT_FUZZ_H */
