// SPDX-License-Identifier: GPL-2.0-only
/*
 * split - splits and merges tens of thousands of VMAs, maps one address again and again with
 * other backing, and execs itself in the middle; every fault in the region is known.
 */
#include "workload.h"

#define BASE ((char *)0x100000000000UL)
#define MEMFD_PAGES 5000UL
#define FILE_READS 300UL
#define ANON_PAGES 3000UL
#define EXEC_PAGES 7000UL

#define NO_FD ((unsigned long)-1)

static unsigned long vmas = 20000, carry_fd = NO_FD;
static const char *result, *carried_path;
static char path[256];

static const struct wl_option options[] = {
	{ "vmas", .number = &vmas },
	{ "carry", .number = &carry_fd },
	{ "path", .text = &carried_path },
	{ "result", .text = &result }, /* opened by the second half */
	{ 0 },
};

static char *map_at_base(size_t len, int prot, int flags, int fd)
{
	return wl_mmap(BASE, len, prot, flags | MAP_FIXED_NOREPLACE, fd, 0);
}

static void unmap_base(size_t len)
{
	if (munmap(BASE, len))
		wl_die("munmap");
}

/* Two pages a VMA pair: the even one stays read-write, mprotect makes the odd one read-only. */
static void split_and_merge(void)
{
	size_t len = 2 * vmas * WL_PAGE;
	char *p = map_at_base(len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct wl_range *r;

	r = wl_range_add("before-split", p, len);
	wl_counted(r, WL_WRITE, p, vmas, 2 * WL_PAGE);
	for (size_t i = 0; i < vmas; i++)
		if (mprotect(p + (2 * i + 1) * WL_PAGE, WL_PAGE, PROT_READ))
			wl_die("mprotect of page %zu (vm.max_map_count?)", 2 * i + 1);
	r = wl_range_add("split-odd", p, len);
	wl_counted(r, WL_READ, p + WL_PAGE, vmas, 2 * WL_PAGE);
	for (size_t i = 0; i < vmas; i++)
		if (madvise(p + 2 * i * WL_PAGE, WL_PAGE, MADV_DONTNEED))
			wl_die("madvise of page %zu", 2 * i);
	r = wl_range_add("split-even", p, len);
	wl_counted(r, WL_WRITE, p, vmas, 2 * WL_PAGE);
	if (mprotect(p, len, PROT_READ | PROT_WRITE))
		wl_die("mprotect of all");
	r = wl_range_add("merged", p, len);
	wl_counted(r, WL_WRITE, p + WL_PAGE, vmas, 2 * WL_PAGE); /* over the zero page */
	unmap_base(len);
}

static void remap_memfd(void)
{
	size_t len = MEMFD_PAGES * WL_PAGE;
	int fd = memfd_create("vmascope-split", MFD_CLOEXEC);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)len))
		wl_die("memfd");
	p = map_at_base(len, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	wl_counted(wl_range_add("memfd", p, len), WL_WRITE, p, MEMFD_PAGES, WL_PAGE);
	unmap_base(len);
}

static void remap_file(void)
{
	size_t stride = WL_AROUND * WL_PAGE;
	size_t len = FILE_READS * stride;
	int fd = wl_make_file(path, FILE_READS * WL_AROUND);
	char *p = map_at_base(len, PROT_READ, MAP_PRIVATE, fd);

	wl_counted(wl_range_add("file", p, len), WL_READ, p, FILE_READS, stride);
	unmap_base(len);
	unlink(path);
}

static void map_anon(const char *kind, size_t pages)
{
	char *p = map_at_base(pages * WL_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1);

	wl_counted(wl_range_add(kind, p, pages * WL_PAGE), WL_WRITE, p, pages, WL_PAGE);
}

/* Hand the ranges, as JSON in a memfd, to the image that takes this one's place. */
static void exec_second_half(void)
{
	int fd = memfd_create("carry", 0);
	char fd_arg[16];
	char *argv[] = { "split", "--carry",  fd_arg,	      "--path",
			 path,	  "--result", (char *)result, NULL };

	wl_out_len = 0;
	wl_print_ranges();
	if (fd < 0 || write(fd, wl_out, wl_out_len) != (ssize_t)wl_out_len)
		wl_die("memfd");
	snprintf(fd_arg, sizeof(fd_arg), "%d", fd);
	if (!result)
		argv[5] = NULL;
	execv("/proc/self/exe", argv);
	wl_die("exec of /proc/self/exe");
}

static void second_half(void)
{
	char extra[512];

	if (pread((int)carry_fd, wl_carried, sizeof(wl_carried) - 1, 0) <= 0)
		wl_die("read of the first half's result");
	map_anon("after-exec", EXEC_PAGES);
	snprintf(extra, sizeof(extra), "\"read_file\":\"%s\",", carried_path);
	if (result)
		wl_open_result(result);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	wl_init("split");
	wl_options(argc, argv, options);
	wl_warm();
	if (carry_fd != NO_FD)
		second_half();
	snprintf(path, sizeof(path), "%s/vmascope-split.XXXXXX", wl_tmpdir());
	split_and_merge();
	remap_memfd();
	remap_file();
	map_anon("remap-anon", ANON_PAGES);
	if (atomic_load(&wl_shared->wrong))
		return WL_EXIT_WRONG;
	exec_second_half();
}
