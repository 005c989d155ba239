// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapcount - makes many VMAs by changing the protection of every other page, up to a number or to
 * the kernel's limit, vm.max_map_count, where a further split fails.
 */
#include "workload.h"

#define FAILURES 10UL

static unsigned long vmas = 60000;
static bool to_limit, gate;

static const struct wl_option options[] = {
	{ "vmas", .number = &vmas },
	{ "limit", .flag = &to_limit },
	{ "gate", .flag = &gate },
	{ 0 },
};

static unsigned long limit(void)
{
	FILE *f = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long n = 0;

	if (!f || fscanf(f, "%lu", &n) != 1)
		wl_die("/proc/sys/vm/max_map_count");
	fclose(f);
	return n;
}

/* Lines of /proc/self/maps, without [vsyscall], which belongs to no process. */
static unsigned long count_vmas(void)
{
	static char buf[1 << 16];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	bool vsyscall = false;
	unsigned long n = 0;
	ssize_t got;

	if (fd < 0)
		wl_die("/proc/self/maps");
	while ((got = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			n += buf[i] == '\n';
		/* It is the last line, and a read() returns whole lines. */
		vsyscall = memmem(buf, (size_t)got, "[vsyscall]", 10);
	}
	close(fd);
	return n - vsyscall;
}

static int protect(char *page)
{
	return mprotect(page, WL_PAGE, PROT_READ);
}

int main(int argc, char **argv)
{
	unsigned long max, begin, splits = 0, failures = 0, partial = 0, most, at_end;
	char *region, *next, extra[512];
	size_t len;

	wl_init("mapcount");
	wl_options(argc, argv, options);
	max = limit();
	if (max > 1000000 || vmas > max)
		wl_skip("vm.max_map_count is %lu", max);
	len = (max + 3) * WL_PAGE;
	region = wl_map(len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1);
	next = region + WL_PAGE;
	if (gate)
		wl_gate();
	begin = count_vmas();
	if (to_limit)
		vmas = max;
	/* A page in the middle of a VMA makes it three. */
	for (; begin + 2 * splits + 2 <= vmas; splits++, next += 2 * WL_PAGE)
		if (protect(next))
			wl_die("mprotect of page %lu", 2 * splits + 1);
	most = count_vmas();
	/* The last one that fails may have split one end before it could not split the other. */
	for (; to_limit && failures < FAILURES; failures++) {
		unsigned long before = count_vmas();

		if (!protect(next) || errno != ENOMEM)
			wl_die("mprotect beyond the limit did not fail with ENOMEM");
		partial += count_vmas() > before;
	}
	most = to_limit ? count_vmas() : most;
	if (mprotect(region, len, PROT_READ | PROT_WRITE))
		wl_die("mprotect of all");
	at_end = count_vmas();
	/* Where the protection stays, nothing is merged: half a split stays, too. */
	if (at_end != begin + partial) {
		dprintf(2, "mapcount: %lu VMAs after merging, %lu before\n", at_end, begin);
		atomic_fetch_add(&wl_shared->wrong, 1);
	}
	snprintf(extra, sizeof(extra),
		 "\"limit\":%lu,\"begin\":%lu,\"most\":%lu,\"splits\":%lu,\"failures\":%lu,"
		 "\"partial\":%lu,\"merges\":1,\"mprotects\":%lu,",
		 max, begin, most, splits, failures, partial, splits + failures + 1);
	wl_finish(extra);
}
