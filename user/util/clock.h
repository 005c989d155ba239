/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the kernel's own clocks: what bpf_ktime_get_ns() returns, whatever our time namespace.
 */
#ifndef VMASCOPE_UTIL_CLOCK_H
#define VMASCOPE_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/** struct clock_offsets - what our time namespace adds to the kernel's clocks, ns */
struct clock_offsets {
	int64_t monotonic_ns;
	int64_t boottime_ns;
};

extern struct clock_offsets clock__offsets;

/** clock__read_offsets - to be called before any time is read. */
void clock__read_offsets(void);

/** clock__ns - @clock as our time namespace has it, ns. */
static inline uint64_t clock__ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/** clock__monotonic_ns - CLOCK_MONOTONIC, ns, of the kernel: that of events */
static inline uint64_t clock__monotonic_ns(void)
{
	return clock__ns(CLOCK_MONOTONIC) - (uint64_t)clock__offsets.monotonic_ns;
}

/** clock__boot_ns - when the kernel began, ns since 1970: what start times of processes count from */
static inline uint64_t clock__boot_ns(void)
{
	return clock__ns(CLOCK_REALTIME) -
	       (clock__ns(CLOCK_BOOTTIME) - (uint64_t)clock__offsets.boottime_ns);
}

/** clock__per_second - @n in @ns as a rate; 0 ns: 0; a rate that no number can be: UINT64_MAX */
static inline uint64_t clock__per_second(uint64_t n, uint64_t ns)
{
	const unsigned __int128 rate = ns ? (unsigned __int128)n * 1000000000 / ns : 0;

	return rate < UINT64_MAX ? (uint64_t)rate : UINT64_MAX;
}

#endif /* VMASCOPE_UTIL_CLOCK_H */
