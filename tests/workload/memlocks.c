// SPDX-License-Identifier: GPL-2.0-only
/*
 * memlocks - memory that is locked and unlocked, by each system call that does so a known number of
 * times, and the faults that the kernel takes by itself to fill it.
 *
 * Each round locks a range that has no pages; the middle of another one, which splits its VMA, by an
 * address within a page; the whole process; and what it maps next.
 */
#include "workload.h"

static unsigned long count = 20, pages = 16;
static char *whole, *middle, *mapped;

static const struct wl_option options[] = {
	{ "count", .number = &count },
	{ "pages", .number = &pages },
	{ 0 },
};

/** Bytes of a page before the address that is locked in the middle range. */
#define WITHIN 100UL

/* All calls that were made. */
enum lock_call {
	LOCK,
	LOCK2,
	UNLOCK,
	LOCK_ALL,
	UNLOCK_ALL,
	NR_LOCK_CALLS
};

static const char *const names[NR_LOCK_CALLS] = { "mlock", "mlock2", "munlock", "mlockall",
						  "munlockall" };
static unsigned long made[NR_LOCK_CALLS], bytes[NR_LOCK_CALLS];

/** made_it - @call, which has returned @result, was made on @length bytes of whole pages */
static void made_it(enum lock_call call, int result, size_t length)
{
	if (result)
		wl_die("%s", names[call]);
	made[call]++;
	bytes[call] += length;
}

static size_t length(void)
{
	return pages * WL_PAGE;
}

/* The pages go, so that the next round's mlock faults again. */
static void lock_whole(void)
{
	made_it(LOCK, mlock(whole, length()), length());
	made_it(UNLOCK, munlock(whole, length()), length());
	if (madvise(whole, length(), MADV_DONTNEED))
		wl_die("MADV_DONTNEED");
}

/* With MLOCK_ONFAULT nothing is faulted in. The second and the third of four pages. */
static void lock_middle(void)
{
	char *at = middle + WL_PAGE + WITHIN;

	made_it(LOCK2, mlock2(at, WL_PAGE, MLOCK_ONFAULT), 2 * WL_PAGE);
	made_it(UNLOCK, munlock(at, WL_PAGE), 2 * WL_PAGE);
}

static void lock_all(void)
{
	made_it(LOCK_ALL, mlockall(MCL_CURRENT | MCL_ONFAULT), 0);
	made_it(UNLOCK_ALL, munlockall(), 0);
}

/* The mmap is what faults the pages in. */
static void lock_future(void)
{
	made_it(LOCK_ALL, mlockall(MCL_FUTURE), 0);
	wl_mmap(mapped, length(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0);
	made_it(UNLOCK_ALL, munlockall(), 0);
}

/* The first time is for the code and the data that the functions use. */
static void counted(const char *kind, char *start, void (*round)(void), unsigned long faults)
{
	struct wl_range *r = wl_range_add(kind, start, faults ? length() : 4 * WL_PAGE);
	struct rusage before, after;

	memset(&before, 0, sizeof(before)); /* both pages of the stack are there */
	memset(&after, 0, sizeof(after));
	round();
	r->gup = faults;
	wl_warm();
	wl_usage_of(RUSAGE_THREAD, &before);
	for (unsigned long i = 0; i < count; i++)
		round();
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, count * faults);
	r->faults += r->gup;
	r->minor += r->gup;
	r->gup = r->faults;
}

static void finish(void)
{
	char extra[1024];
	size_t n = 0;

	for (int bytes_too = 0; bytes_too < 2; bytes_too++) {
		n += (size_t)snprintf(extra + n, sizeof(extra) - n, "\"%s\":{",
				      bytes_too ? "bytes" : "calls");
		for (int i = 0; i < NR_LOCK_CALLS; i++)
			n += (size_t)snprintf(extra + n, sizeof(extra) - n, "%s\"%s\":%lu",
					      i ? "," : "", names[i],
					      bytes_too ? bytes[i] : made[i]);
		n += (size_t)snprintf(extra + n, sizeof(extra) - n, "},");
	}
	snprintf(extra + n, sizeof(extra) - n, "\"splits\":%lu,\"at\":\"%p\",\"whole\":\"%p\",",
		 made[LOCK2], (void *)(middle + WL_PAGE + WITHIN), (void *)whole);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	wl_init("memlocks");
	wl_options(argc, argv, options);
	if (!count || !pages)
		return WL_EXIT_USAGE;
	whole = wl_map_anon(length());
	middle = wl_map_anon(4 * WL_PAGE);
	mapped = wl_map_anon(length());
	counted("mlock", whole, lock_whole, pages);
	counted("mlock2", middle, lock_middle, 0);
	counted("mlockall", middle, lock_all, 0);
	counted("future", mapped, lock_future, pages);
	finish();
}
