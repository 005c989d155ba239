// SPDX-License-Identifier: GPL-2.0-only
/*
 * sigbus - a page that its VMA allows and that can't be had, for a reason that the program knows:
 * its own handler, the file's size and the size of the file system say which.
 *
 * usage: sigbus [--die] MODE
 *
 * --die: a child does it, without a handler, and with core dumps.
 */
#include "workload.h"

#include <linux/mman.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#define HUGE (2UL << 20)
#define FS_SIZE (1UL << 20)

/* include/uapi/linux/userfaultfd.h of 6.6 */
#define FEATURE_POISON (1UL << 14)
#define POISON _IOWR(UFFDIO, 0x08, struct poison_arg)

struct poison_arg {
	struct uffdio_range range;
	uint64_t mode;
	int64_t updated;
};

static bool die, dumped;
static int signal_of_child;
static pid_t child;
static char *map;
static size_t length;
static off_t file_offset, file_size; /* of the page, of the file now */
static unsigned long fs_limit;
static char path[256];
static sigjmp_buf back;
static volatile sig_atomic_t code;
static char *volatile address;

static void must(int result, const char *what)
{
	if (result)
		wl_die("%s", what);
}

static void on_bus(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	code = info->si_code;
	address = info->si_addr;
	siglongjmp(back, 1);
}

/* A core file, if there is one, goes with the directory. */
static void die_in_child(char *p, size_t n, size_t stride)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char dir[256], file[300];
	int status;

	snprintf(dir, sizeof(dir), "%s/vmascope-core.XXXXXX", wl_tmpdir());
	if (!mkdtemp(dir))
		wl_die("%s", dir);
	child = wl_fork();
	if (!child) {
		must(setrlimit(RLIMIT_CORE, &all) || chdir(dir), "core dumps");
		must(signal(SIGBUS, SIG_DFL) == SIG_ERR, "signal");
		wl_write(p, n, stride);
		_exit(WL_EXIT_WRONG);
	}
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		wl_die("the child lives");
	signal_of_child = WTERMSIG(status);
	dumped = WCOREDUMP(status);
	snprintf(file, sizeof(file), "%s/core", dir);
	unlink(file);
	snprintf(file, sizeof(file), "%s/core.%d", dir, child);
	unlink(file);
	rmdir(dir);
}

static void write_from(char *p, size_t n, size_t stride, char *fails)
{
	if (die) {
		address = fails;
		die_in_child(p, n, stride);
		return;
	}
	if (!sigsetjmp(back, 1))
		wl_write(p, n, stride);
	if (address != fails)
		wl_die("SIGBUS of %p instead of %p", (void *)address, (void *)fails);
}

static void truncated(void)
{
	int fd = wl_make_file(path, 16);

	must(unlink(path), "unlink");
	length = 16 * WL_PAGE;
	map = wl_map(length, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	file_size = 5 * WL_PAGE + 100;
	must(ftruncate(fd, file_size), "ftruncate");
	file_offset = 6 * WL_PAGE;
	write_from(map, 16, WL_PAGE, map + file_offset);
}

/* In a mount namespace of its own: nobody else sees it, and it goes with the process. */
static void tmpfs_full(void)
{
	char option[32];
	int fd;

	if (!mkdtemp(path))
		wl_die("%s", path);
	snprintf(option, sizeof(option), "size=%lu", FS_SIZE);
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	must(mount("sigbus", path, "tmpfs", 0, option), "mount");
	fs_limit = FS_SIZE;
	file_size = 4 * FS_SIZE;
	length = (size_t)file_size;
	strcat(path, "/segment");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, file_size))
		wl_die("%s", path);
	*strrchr(path, '/') = 0;
	map = wl_map(length, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	file_offset = FS_SIZE;
	write_from(map, length / WL_PAGE, WL_PAGE, map + file_offset);
}

static unsigned long huge_pages(const char *which)
{
	char file[128];
	unsigned long n;
	FILE *f;

	snprintf(file, sizeof(file), "/sys/kernel/mm/hugepages/hugepages-2048kB/%s_hugepages",
		 which);
	f = fopen(file, "re");
	if (!f || fscanf(f, "%lu", &n) != 1)
		wl_skip("no huge pages of 2 MiB");
	fclose(f);
	return n;
}

/* One page more than there are: MAP_NORESERVE, so that mmap() does not ask for them. */
static void hugetlb_empty(void)
{
	unsigned long n = huge_pages("free") - huge_pages("resv");

	length = (n + 1) * HUGE;
	map = wl_mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB | MAP_NORESERVE, -1,
		      0);
	file_offset = (off_t)(n * HUGE);
	file_size = (off_t)length;
	write_from(map, n + 1, HUGE, map + file_offset);
}

/* What a migrated guest's bad page is on its new host. */
static void poisoned(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = FEATURE_POISON };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct poison_arg arg = { 0 };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	length = 4 * WL_PAGE;
	map = wl_map_anon(length);
	if (fd < 0)
		wl_die("userfaultfd");
	if (ioctl(fd, UFFDIO_API, &api))
		wl_skip("no UFFDIO_POISON"); /* 6.6 */
	reg.range.start = (uintptr_t)map;
	reg.range.len = length;
	must(ioctl(fd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER");
	arg.range.start = (uintptr_t)map + 2 * WL_PAGE;
	arg.range.len = WL_PAGE;
	must(ioctl(fd, POISON, &arg), "UFFDIO_POISON");
	write_from(map + 2 * WL_PAGE, 1, WL_PAGE, map + 2 * WL_PAGE);
}

/* No SIGBUS: the commonest crash, for --die. */
static void null_pointer(void)
{
	length = 0;
	write_from((char *)8, 1, WL_PAGE, (char *)8);
}

static const struct mode {
	const char *name;
	const char *kind;
	void (*run)(void);
} modes[] = {
	{ "truncated", "beyond the end of the file", truncated },
	{ "tmpfs-full", "file system full", tmpfs_full },
	{ "hugetlb-empty", "no free huge page", hugetlb_empty },
	{ "poisoned", "poisoned page", poisoned },
	{ "null", "NULL pointer", null_pointer },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: sigbus [--die] [--result FD|FILE] MODE\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	const struct mode *mode;
	char extra[768];

	wl_init("sigbus");
	mode = mode_of(argv[wl_options(
		argc, argv, (const struct wl_option[]){ { "die", .flag = &die }, { 0 } })]);
	must(sigaction(SIGBUS, &act, NULL), "sigaction");
	snprintf(path, sizeof(path), "%s/vmascope-sigbus.XXXXXX", wl_tmpdir());
	mode->run();
	if (fs_limit && (umount2(path, MNT_DETACH) || rmdir(path)))
		wl_die("%s", path);
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"kind\":\"%s\",\"code\":%d,\"address\":\"0x%lx\","
		 "\"map\":\"0x%lx\",\"map_end\":\"0x%lx\",\"file_offset\":%ld,\"file_size\":%ld,"
		 "\"fs_limit\":%lu,\"child\":%d,\"signal\":%d,\"dumped\":%s,",
		 mode->name, mode->kind, (int)code, (unsigned long)address, (unsigned long)map,
		 (unsigned long)map + length, (long)file_offset, (long)file_size, fs_limit, child,
		 signal_of_child, dumped ? "true" : "false");
	wl_finish(extra);
}
