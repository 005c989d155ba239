// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - properties of kernels that their type information does not contain. */
#include "sys/kernel.h"

#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#define NR_SWAP_TYPES 32

unsigned int kernel__version(void)
{
	unsigned int major, minor;
	struct utsname u;

	if (uname(&u) || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return UINT_MAX;
	return KERNEL(major, minor);
}

bool kernel__is_rt(void)
{
	struct utsname u;

	return !uname(&u) && strstr(u.version, "PREEMPT_RT");
}

/** first_line - read the first line of the file @path; empty if it can't be read. */
static void first_line(const char *path, char *line, int size)
{
	FILE *f = fopen(path, "re");

	*line = '\0';
	if (!f)
		return;
	if (!fgets(line, size, f))
		*line = '\0';
	fclose(f);
}

bool kernel__is_confidential(void)
{
	char levels[128];

	first_line("/sys/kernel/security/lockdown", levels, sizeof(levels));
	return strstr(levels, "[confidentiality]");
}

bool kernel__preempts(void)
{
	struct utsname u;
	char mode[128];

	if (kernel__version() >= KERNEL(7, 0) || kernel__is_rt())
		return true;
	first_line("/sys/kernel/debug/sched/preempt", mode, sizeof(mode));
	if (*mode)
		return strstr(mode, "(full)") || strstr(mode, "(lazy)");
	return !uname(&u) && strstr(u.version, "PREEMPT") && !strstr(u.version, "PREEMPT_DYNAMIC");
}

#if defined(__x86_64__)
/**
 * perf_clock_is_stable - the page that perf events share with user space says that the TSC is the
 *	scheduler's clock, and stable (arch_perf_update_userpage() in arch/x86/events/core.c)
 */
static bool perf_clock_is_stable(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
	};
	const int event = syscall(__NR_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	const struct perf_event_mmap_page *page;
	bool stable;

	if (event < 0)
		return false;
	page = mmap(NULL, size, PROT_READ, MAP_SHARED, event, 0);
	close(event);
	if (page == MAP_FAILED)
		return false;
	stable = page->cap_user_time;
	munmap((void *)page, size);
	return stable;
}

/** debug_clock_is_stable - the head of the scheduler's file in debugfs says so. */
static bool debug_clock_is_stable(void)
{
	static const char name[] = "sched_clock_stable()";
	FILE *f = fopen("/sys/kernel/debug/sched/debug", "re");
	char line[128];
	int stable = 0;

	/* much about each CPU and task follows */
	for (int i = 0; f && i < 16 && fgets(line, sizeof(line), f); i++)
		if (!strncmp(line, name, sizeof(name) - 1) &&
		    sscanf(line + sizeof(name) - 1, " : %d", &stable) == 1)
			break;
	if (f)
		fclose(f);
	return stable == 1;
}

bool kernel__clock_is_stable(void)
{
	char source[64];

	if (perf_clock_is_stable() || debug_clock_is_stable())
		return true;
	/* a guest's clock is the hypervisor's; the TSC is preferred to it only where it is stable */
	first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
		   sizeof(source));
	return !strcmp(source, "tsc\n");
}
#else
bool kernel__clock_is_stable(void)
{
	/* CONFIG_HAVE_UNSTABLE_SCHED_CLOCK is for x86, and a few old architectures */
	return true;
}
#endif

uint32_t kernel__fmode_backing(unsigned int version)
{
	/* new in 6.5, where the path was not the user's yet; moved in 6.14 */
	if (version < KERNEL(6, 7))
		return 0;
	return version < KERNEL(6, 14) ? 1u << 25 : 1u << 24;
}

void kernel__swap_types_of(unsigned int version, bool device_private, bool has_migration,
			   bool memory_failure, uint32_t *migration, uint32_t *hwpoison)
{
	unsigned int top = NR_SWAP_TYPES;

	*migration = *hwpoison = 0;
	/* SWP_SWAPIN_ERROR was a separate type from 6.0 until 15520a3f0469 (6.3) */
	if (version >= KERNEL(6, 0) && version < KERNEL(6, 3))
		top--;
	/* SWP_PTE_MARKER: 679d10331910 (5.19) */
	if (version >= KERNEL(5, 19))
		top--;
	/* exclusive device entries: b756a3b5e7ea (5.14); two became one in 6.15 */
	if (device_private)
		top -= version >= KERNEL(6, 15) ? 3 : version >= KERNEL(5, 14) ? 4 : 2;
	/* SWP_MIGRATION_READ_EXCLUSIVE: 6c287605fd56 (5.19) */
	if (has_migration) {
		unsigned int nr = version >= KERNEL(5, 19) ? 3 : 2;

		top -= nr;
		*migration = ((1u << nr) - 1) << top;
	}
	if (memory_failure)
		*hwpoison = 1u << (top - 1);
}

struct kernel_swap_rest kernel__swap_rest(unsigned int version, uint32_t migration,
					  uint32_t hwpoison)
{
	struct kernel_swap_rest rest = {};
	uint32_t special;

	/* PTE markers: 679d10331910 (5.19); a type above them for poison until 15520a3f0469 */
	if (version >= KERNEL(6, 0) && version < KERNEL(6, 3)) {
		rest.marker = 1u << 30;
		rest.error = 1u << 31;
	} else if (version >= KERNEL(5, 19)) {
		rest.marker = 1u << 31;
	}
	/* types from the lowest special one up that are nothing else are device memory */
	special = migration | hwpoison | rest.marker | rest.error;
	if (special)
		rest.device = ~special & ~((special & -special) - 1);
	return rest;
}

/** open_config - open the kernel's configuration, compressed or not; NULL: not found. */
static gzFile open_config(void)
{
	gzFile f = gzopen("/proc/config.gz", "re");
	struct utsname u;
	char path[256];

	if (f || uname(&u))
		return f;
	snprintf(path, sizeof(path), "/boot/config-%s", u.release);
	return gzopen(path, "re");
}

void kernel__swap_types(uint32_t *migration, uint32_t *hwpoison)
{
	static const char *const names[] = { "CONFIG_DEVICE_PRIVATE=y\n", "CONFIG_MIGRATION=y\n",
					     "CONFIG_MEMORY_FAILURE=y\n" };
	bool on[3] = { true, true, true };
	char line[512];
	gzFile f = open_config();

	if (f) {
		memset(on, 0, sizeof(on));
		while (gzgets(f, line, sizeof(line)))
			for (int i = 0; i < 3; i++)
				on[i] |= !strcmp(line, names[i]);
		gzclose(f);
	}
	kernel__swap_types_of(kernel__version(), on[0], on[1], on[2], migration, hwpoison);
}
