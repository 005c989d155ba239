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

#include "fusefs.h"

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
static bool mounted;
static pid_t server;
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
	mounted = true;
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

/* Pages from here on can't be read. */
#define BAD_PAGE 9UL

static void read_or_fail(struct fusefs *fs, const struct fuse_in_header *in,
			 const struct fuse_read_in *r)
{
	static char data[FUSEFS_MAX_READ];
	const bool bad = r->offset + r->size > BAD_PAGE * WL_PAGE;

	fusefs_answer(fs, in, bad ? EIO : 0, data, bad ? 0 : r->size);
}

/* A disk with a bad block: a file system whose server answers so, seen by this process alone. */
static void unreadable(void)
{
	struct fusefs fs = { .name = "file", .size = 16 * WL_PAGE, .read = read_or_fail };
	char file[sizeof(path) + 8];
	int fd;

	if (!mkdtemp(path))
		wl_die("%s", path);
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private mounts");
	if (fusefs_mount(&fs, path)) {
		rmdir(path);
		wl_skip("no FUSE");
	}
	mounted = true;
	server = wl_fork();
	if (!server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fusefs_run(&fs);
	}
	close(fs.device);
	snprintf(file, sizeof(file), "%s/%s", path, fs.name);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		wl_die("%s", file);
	file_size = fs.size;
	length = (size_t)file_size;
	map = wl_map(length, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	close(fd);
	/* a page at a time: what is ahead is not asked for */
	must(madvise(map, length, MADV_RANDOM), "MADV_RANDOM");
	file_offset = BAD_PAGE * WL_PAGE;
	write_from(map, 16, WL_PAGE, map + file_offset);
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
	{ "unreadable", "read error", unreadable },
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
	if (mounted && (umount2(path, MNT_DETACH) || rmdir(path)))
		wl_die("%s", path);
	if (server) {
		kill(server, SIGKILL);
		while (waitpid(server, NULL, 0) < 0 && errno == EINTR)
			;
	}
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"kind\":\"%s\",\"code\":%d,\"address\":\"0x%lx\","
		 "\"map\":\"0x%lx\",\"map_end\":\"0x%lx\",\"file_offset\":%ld,\"file_size\":%ld,"
		 "\"fs_limit\":%lu,\"child\":%d,\"signal\":%d,\"dumped\":%s,",
		 mode->name, mode->kind, (int)code, (unsigned long)address, (unsigned long)map,
		 (unsigned long)map + length, (long)file_offset, (long)file_size, fs_limit, child,
		 signal_of_child, dumped ? "true" : "false");
	wl_finish(extra);
}
