/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the clock that intervals and durations are measured by.
 */
#ifndef VMASCOPE_UTIL_CLOCK_H
#define VMASCOPE_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/** clock__monotonic_ns - CLOCK_MONOTONIC, ns; the same in all processes of a time namespace */
static inline uint64_t clock__monotonic_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/** clock__per_second - @n in @ns as a rate; 0 ns: 0; a rate that no number can be: UINT64_MAX */
static inline uint64_t clock__per_second(uint64_t n, uint64_t ns)
{
	const unsigned __int128 rate = ns ? (unsigned __int128)n * 1000000000 / ns : 0;

	return rate < UINT64_MAX ? (uint64_t)rate : UINT64_MAX;
}

#endif /* VMASCOPE_UTIL_CLOCK_H */
