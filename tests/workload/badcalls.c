// SPDX-License-Identifier: GPL-2.0-only
/*
 * badcalls - memory calls that fail, each for its own reason, a known number of times.
 */
#include "partner.h"

static unsigned long count = 100, from = 0, to = 1;
static const char *how = "spins";
static char *mapped, *hole, *readonly, *half;

static const struct wl_option options[] = {
	{ "count", .number = &count },
	{ "from", .number = &from },
	{ "to", .number = &to },
	{ "partner", .text = &how },
	{ 0 },
};

static long unmapped(void)
{
	return mprotect(hole, WL_PAGE, PROT_READ);
}

/* The page before the hole is changed all the same: that is a flush of a call that fails. */
static long unmapped_end(void)
{
	return mprotect(half, 2 * WL_PAGE, PROT_READ);
}

static long more_than_file(void)
{
	return mprotect(readonly, WL_PAGE, PROT_READ | PROT_WRITE);
}

static long unaligned(void)
{
	return mprotect(mapped + 1, WL_PAGE, PROT_READ);
}

static long bad_protection(void)
{
	return mprotect(mapped, WL_PAGE, 0x40000000);
}

static long bad_key(void)
{
	return pkey_mprotect(mapped, WL_PAGE, PROT_READ, 99);
}

static long munmap_unaligned(void)
{
	return munmap(mapped + 1, WL_PAGE);
}

static long bad_advice(void)
{
	return madvise(mapped, WL_PAGE, 9999);
}

static long advice_on_hole(void)
{
	return madvise(hole, WL_PAGE, MADV_WILLNEED);
}

static long move_hole(void)
{
	return mremap(hole, WL_PAGE, WL_PAGE, MREMAP_MAYMOVE) == MAP_FAILED ? -1 : 0;
}

static long map_no_file(void)
{
	return mmap(NULL, WL_PAGE, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long map_over(void)
{
	return mmap(mapped, WL_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
		    -1, 0) == MAP_FAILED
		       ? -1
		       : 0;
}

static long lock_hole(void)
{
	return mlock(hole, WL_PAGE);
}

/* The page before the hole is locked all the same. */
static long lock_unmapped_end(void)
{
	return mlock(half, 2 * WL_PAGE);
}

static long bad_lock_flag(void)
{
	return mlock2(mapped, WL_PAGE, 0x4000);
}

static long unlock_hole(void)
{
	return munlock(hole, WL_PAGE);
}

static long lock_all_of_nothing(void)
{
	return mlockall(0);
}

/**
 * struct bad - a call that fails
 * @flushes: the call changes something before it fails
 */
static const struct bad {
	const char *name;
	const char *call;
	const char *error;
	int number;
	long (*run)(void);
	bool flushes;
} bads[] = {
	{ "unmapped", "mprotect", "ENOMEM", ENOMEM, unmapped, false },
	{ "unmapped-end", "mprotect", "ENOMEM", ENOMEM, unmapped_end, true },
	{ "more-than-file", "mprotect", "EACCES", EACCES, more_than_file, false },
	{ "unaligned", "mprotect", "EINVAL", EINVAL, unaligned, false },
	{ "bad-protection", "mprotect", "EINVAL", EINVAL, bad_protection, false },
	{ "bad-key", "pkey_mprotect", "EINVAL", EINVAL, bad_key, false },
	{ "munmap-unaligned", "munmap", "EINVAL", EINVAL, munmap_unaligned, false },
	{ "bad-advice", "madvise", "EINVAL", EINVAL, bad_advice, false },
	{ "advice-on-hole", "madvise", "ENOMEM", ENOMEM, advice_on_hole, false },
	{ "move-hole", "mremap", "EFAULT", EFAULT, move_hole, false },
	{ "map-no-file", "mmap", "EBADF", EBADF, map_no_file, false },
	{ "map-over", "mmap", "EEXIST", EEXIST, map_over, false },
	{ "lock-hole", "mlock", "ENOMEM", ENOMEM, lock_hole, false },
	{ "lock-unmapped-end", "mlock", "ENOMEM", ENOMEM, lock_unmapped_end, false },
	{ "bad-lock-flag", "mlock2", "EINVAL", EINVAL, bad_lock_flag, false },
	{ "unlock-hole", "munlock", "ENOMEM", ENOMEM, unlock_hole, false },
	{ "lock-all-of-nothing", "mlockall", "EINVAL", EINVAL, lock_all_of_nothing, false },
};

#define NR_BADS (sizeof(bads) / sizeof(bads[0]))

static void run(const struct bad *b)
{
	for (unsigned long i = 0; i < count; i++) {
		if (b->flushes) { /* something to take back */
			if (mprotect(half, WL_PAGE, PROT_READ | PROT_WRITE))
				wl_die("mprotect");
			wl_write(half, 1, WL_PAGE);
		}
		errno = 0;
		if (b->run() != -1 || errno != b->number) {
			dprintf(2, "badcalls: %s: %s instead of %s\n", b->name, strerror(errno),
				b->error);
			atomic_fetch_add(&wl_shared->wrong, 1);
			return;
		}
	}
}

/* A shared mapping of a file that was opened for reading. */
static char *map_readonly(void)
{
	char path[256];
	char *p;
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-badcalls.XXXXXX", wl_tmpdir());
	close(wl_make_file(path, 1));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	unlink(path);
	if (fd < 0)
		wl_die("%s", path);
	p = wl_map(WL_PAGE, PROT_READ, MAP_SHARED, fd);
	wl_read(p, 1, WL_PAGE);
	return p;
}

/* @pages pages, of which only those before the last are mapped. */
static char *map_before_hole(size_t pages)
{
	char *p = wl_map_anon(pages * WL_PAGE);

	wl_write(p, pages, WL_PAGE);
	if (munmap(p + (pages - 1) * WL_PAGE, WL_PAGE))
		wl_die("munmap");
	return p;
}

static void finish(void)
{
	static char extra[4096];
	size_t n = (size_t)snprintf(extra, sizeof(extra), "\"failures\":[");

	for (size_t i = 0; i < NR_BADS; i++)
		n += (size_t)snprintf(extra + n, sizeof(extra) - n,
				      "%s{\"name\":\"%s\",\"call\":\"%s\",\"error\":\"%s\","
				      "\"count\":%lu,\"flushes\":%s}",
				      i ? "," : "", bads[i].name, bads[i].call, bads[i].error,
				      count, bads[i].flushes ? "true" : "false");
	snprintf(extra + n, sizeof(extra) - n, "],\"hole\":\"%p\",\"half\":\"%p\",", hole, half);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	struct partner partner = { 0 };

	wl_init("badcalls");
	wl_options(argc, argv, options);
	partner.how = partner_how(how);
	partner.cpu = to;
	mapped = wl_map_anon(2 * WL_PAGE);
	wl_write(mapped, 2, WL_PAGE);
	readonly = map_readonly();
	half = map_before_hole(2);
	hole = map_before_hole(1);
	partner.page = mapped;
	wl_pin(from);
	partner_start(&partner);
	for (size_t i = 0; i < NR_BADS; i++)
		run(&bads[i]);
	partner_stop(&partner);
	finish();
}
