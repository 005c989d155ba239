// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu_tlbs.c - the TLBs that this CPU's cpuid lists.
 *
 * They are only counted: AMD's leaves 0x80000005, 0x80000006 and 0x80000019 have a field for each
 * TLB, Intel's leaf 0x18 a subleaf, Intel's leaf 2 a byte.
 */
#include "cpu_tlbs.h"
#include "check.h"

#include <sched.h>
#include <stdbool.h>

#define MIB2 (2UL << 20)
#define GIB1 (1UL << 30)

void vt_one_cpu(void)
{
	cpu_set_t all, one;

	vt_sys(sched_getaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	vt_sys(sched_setaffinity(0, sizeof(one), &one));
}

#if defined(__x86_64__)
#include <cpuid.h>

struct regs {
	uint32_t a;
	uint32_t b;
	uint32_t c;
	uint32_t d;
};

static struct regs leaf(uint32_t number, uint32_t subleaf)
{
	struct regs r = { 0 };

	if ((uint32_t)__get_cpuid_max(number & 0x80000000, NULL) >= number)
		__cpuid_count(number, subleaf, r.a, r.b, r.c, r.d);
	return r;
}

static int both_halves(uint32_t reg, uint32_t entries)
{
	return !!(reg >> 16 & entries) + !!(reg & entries);
}

static int amd(uint64_t size)
{
	struct regs first = leaf(0x80000005, 0), second = leaf(0x80000006, 0);
	struct regs giant = leaf(0x80000019, 0);
	int n = 0;

	if (!size || size == 4096)
		n += both_halves(first.b, 0xff) + both_halves(second.b, 0xfff);
	if (!size || size == MIB2)
		n += both_halves(first.a, 0xff) + both_halves(second.a, 0xfff);
	if (!size || size == GIB1)
		n += both_halves(giant.a, 0xfff) + both_halves(giant.b, 0xfff);
	return n;
}

static int intel_subleaves(uint64_t size)
{
	const uint32_t mask = !size ? 0xb : size == 4096 ? 1 : size == MIB2 ? 2 : 8;
	const uint32_t last = leaf(0x18, 0).a;
	int n = 0;

	for (uint32_t i = 0; i <= last && i < 64; i++) {
		struct regs r = leaf(0x18, i);

		n += (r.d & 31) && (r.b & mask);
	}
	return n;
}

/* Descriptor bytes of leaf 2 by page size; those for 4 MiB only do not apply in 64-bit mode. */
static int intel_bytes(uint64_t size)
{
	static const char of_4k[] =
		"\x01\x03\x4f\x50\x51\x52\x57\x59\x5b\x5c\x5d\x61\x64\x6a\x6b\xa0"
		"\xb0\xb2\xb3\xb4\xb5\xb6\xba\xc0\xc1\xc2\xc3\xca";
	static const char of_2m[] = "\x50\x51\x52\x55\x5a\x63\x6c\x76\xb1\xc1\xc2\xc3\xc4";
	static const char of_1g[] = "\x63\x6d\xc3";
	const struct regs r = leaf(2, 0);
	const uint32_t words[] = { r.a & ~0xffu, r.b, r.c, r.d };
	int n = 0;

	for (int i = 0; i < 4; i++) {
		for (int shift = 0; shift < 32 && !(words[i] >> 31); shift += 8) {
			const char byte = (char)(words[i] >> shift);

			if (!byte)
				continue;
			n += (!size || size == 4096) && strchr(of_4k, byte);
			n += (!size || size == MIB2) && strchr(of_2m, byte);
			n += (!size || size == GIB1) && strchr(of_1g, byte);
		}
	}
	return n;
}

int vt_cpuid_tlbs(uint64_t size)
{
	struct regs vendor = leaf(0, 0);
	char name[13] = "";

	memcpy(name, &vendor.b, 4);
	memcpy(name + 4, &vendor.d, 4);
	memcpy(name + 8, &vendor.c, 4);
	if (!strcmp(name, "AuthenticAMD") || !strcmp(name, "HygonGenuine"))
		return amd(size);
	if (strcmp(name, "GenuineIntel"))
		return 0;
	return intel_subleaves(0) ? intel_subleaves(size) : intel_bytes(size);
}
#else
int vt_cpuid_tlbs(uint64_t size)
{
	(void)size;
	return 0;
}
#endif
