// SPDX-License-Identifier: GPL-2.0-only
/*
 * backings - memory whose faults look like others': minor faults of userfaultfd, files in large
 * folios, and devices.
 *
 * usage: backings [--count N] MODE
 */
#include "workload.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#define FILE_SIZE (16UL << 20)
#define STEP (32 * WL_PAGE)

static unsigned long count = 200, resident;

static struct wl_range *range(const char *kind, const char *cause, void *p, size_t len)
{
	struct wl_range *r = wl_range_add(kind, p, len);

	snprintf(r->cause, sizeof(r->cause), "%s", cause);
	return r;
}

/* --- userfaultfd ----------------------------------------------------------------------------- */

/* The page is in the page cache already: it is only let in. */
static void *let_in(void *arg)
{
	const int fd = *(int *)arg;
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct uffd_msg msg;

	while (poll(&pollfd, 1, -1) >= 0 || errno == EINTR) {
		struct uffdio_continue go = { .range.len = WL_PAGE };

		if (read(fd, &msg, sizeof(msg)) != (ssize_t)sizeof(msg))
			continue;
		go.range.start = msg.arg.pagefault.address & ~(WL_PAGE - 1);
		if (ioctl(fd, UFFDIO_CONTINUE, &go))
			wl_die("UFFDIO_CONTINUE");
	}
	return NULL;
}

/* A read by the kernel waits as one of the program does. */
static void read_by_kernel(int out, int in, const char *p)
{
	char c;

	if (write(out, p, 1) != 1 || read(in, &c, 1) != 1)
		wl_die("pipe");
}

static void register_minor(int fd, char *p, size_t len)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)p, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MINOR,
	};

	if (ioctl(fd, UFFDIO_REGISTER, &reg))
		wl_die("UFFDIO_REGISTER");
}

static void uffd_minor(bool by_kernel)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_MINOR_SHMEM };
	int memory = memfd_create("backings", MFD_CLOEXEC), fds[2];
	static int fd;
	const size_t len = (count + 1) * WL_PAGE; /* the first page is to run everything once */
	struct rusage before, after;
	struct wl_range *r;
	pthread_t thread;
	char *p, *first;

	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || memory < 0 || pipe2(fds, O_CLOEXEC) || ftruncate(memory, (off_t)len))
		wl_die("set-up");
	if (ioctl(fd, UFFDIO_API, &api))
		wl_skip("no UFFD_FEATURE_MINOR_SHMEM"); /* 5.14 */
	wl_write(wl_map(len, PROT_READ | PROT_WRITE, MAP_SHARED, memory), count + 1, WL_PAGE);
	first = wl_map(WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory);
	p = wl_reserve(count * WL_PAGE, WL_PAGE);
	wl_mmap(p, count * WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory,
		WL_PAGE);
	register_minor(fd, first, WL_PAGE);
	register_minor(fd, p, count * WL_PAGE);
	if ((errno = pthread_create(&thread, NULL, let_in, &fd)))
		wl_die("pthread_create");
	read_by_kernel(fds[1], fds[0], first);
	r = range("memfd", "uffd", p, count * WL_PAGE);
	memset(&after, 0, sizeof(after));
	wl_usage_of(RUSAGE_THREAD, &before);
	if (by_kernel)
		for (size_t i = 0; i < count; i++)
			read_by_kernel(fds[1], fds[0], p + i * WL_PAGE);
	else
		wl_read(p, count, WL_PAGE);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, count);
}

static void uffd_minor_user(void)
{
	uffd_minor(false);
}

static void uffd_minor_kernel(void)
{
	uffd_minor(true);
}

/* --- files ----------------------------------------------------------------------------------- */

/* Rss of the VMA that begins at @p, by /proc/self/smaps. */
static unsigned long resident_pages(const void *p)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long start, end, kib = 0;
	bool here = false;
	char line[512];

	if (!f)
		wl_die("/proc/self/smaps");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = start == (uintptr_t)p;
		else if (here && sscanf(line, "Rss: %lu kB", &kib) == 1)
			break;
	}
	fclose(f);
	return kib / (WL_PAGE / 1024);
}

/* Written in large pieces: what the page cache holds them in is the file system's affair. */
static void large_folios(void)
{
	static char block[1 << 20];
	struct rusage before, after;
	struct wl_range *r;
	char path[256], *p;
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-backings.XXXXXX", wl_tmpdir());
	fd = mkstemp(path);
	if (fd < 0 || unlink(path))
		wl_die("%s", path);
	memset(block, 1, sizeof(block));
	for (size_t i = 0; i < FILE_SIZE / sizeof(block); i++)
		if (write(fd, block, sizeof(block)) != (ssize_t)sizeof(block))
			wl_die("write to %s", path);
	/* nothing else is in this GiB: the first fault makes its table of PMDs, too */
	p = wl_reserve(1UL << 30, 1UL << 30);
	p = wl_mmap(p, FILE_SIZE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
	r = range("file", "file-map", p, FILE_SIZE);
	memset(&after, 0, sizeof(after));
	wl_usage_of(RUSAGE_THREAD, &before);
	wl_read(p, FILE_SIZE / STEP, STEP);
	wl_usage_of(RUSAGE_THREAD, &after);
	/* how many depends on the folios */
	wl_expect(r, &before, &after,
		  (uint64_t)(after.ru_minflt - before.ru_minflt + after.ru_majflt -
			     before.ru_majflt));
	resident = resident_pages(p);
}

/* --- devices --------------------------------------------------------------------------------- */

static char *map_device(const char *path, size_t len, int prot, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *p;

	if (fd < 0)
		wl_die("%s", path);
	p = wl_map(len, prot, flags, fd);
	close(fd);
	return p;
}

/* A private mapping of /dev/zero is anonymous memory. */
static void dev_zero(void)
{
	char *p = map_device("/dev/zero", count * WL_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	wl_counted(range("zero", "anon-zero", p, count * WL_PAGE), WL_WRITE, p, count, WL_PAGE);
}

/* Any block device that can be read has its pages in the page cache, as a file has. */
static void block_device(void)
{
	unsigned int major, minor;
	char line[256], path[64];
	FILE *f = fopen("/proc/partitions", "re");
	int fd = -1;
	char *p;

	snprintf(path, sizeof(path), "%s/vmascope-backings.%d", wl_tmpdir(), getpid());
	while (f && fd < 0 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%u %u", &major, &minor) != 2 ||
		    mknod(path, S_IFBLK | 0600, makedev(major, minor)))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		unlink(path);
		if (fd >= 0 && pread(fd, line, sizeof(line), 0) != (ssize_t)sizeof(line)) {
			close(fd);
			fd = -1;
		}
	}
	if (fd < 0)
		wl_skip("no block device that can be read");
	p = wl_map(WL_PAGE, PROT_READ, MAP_SHARED, fd);
	wl_counted(range("block", "file-map", p, WL_PAGE), WL_READ, p, 1, WL_PAGE);
}

/* A character device whose driver gives its pages one by one, as faults ask for them. */
static void char_device(void)
{
#if defined(__x86_64__)
	/* include/uapi/linux/kvm.h: KVM_CREATE_VM, KVM_CREATE_VCPU */
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = -1, vcpu = -1;
	char *p;

	if (kvm >= 0)
		vm = ioctl(kvm, _IO(0xAE, 0x01), 0);
	if (vm >= 0)
		vcpu = ioctl(vm, _IO(0xAE, 0x41), 0);
	if (vcpu < 0)
		wl_skip("no KVM");
	p = wl_map(WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu);
	wl_counted(range("vcpu", "file-map", p, WL_PAGE), WL_READ, p, 1, WL_PAGE);
#else
	wl_skip("no such device");
#endif
}

static const struct mode {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "uffd-minor", uffd_minor_user }, { "uffd-minor-kernel", uffd_minor_kernel },
	{ "large-folios", large_folios },  { "dev-zero", dev_zero },
	{ "block-device", block_device },  { "char-device", char_device },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: backings [--count N] [--result FD|FILE] MODE\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	const struct mode *mode;
	char extra[256];

	wl_init("backings");
	mode = mode_of(argv[wl_options(
		argc, argv, (const struct wl_option[]){ { "count", .number = &count }, { 0 } })]);
	wl_warm();
	mode->run();
	snprintf(extra, sizeof(extra), "\"mode\":\"%s\",\"resident\":%lu,", mode->name, resident);
	wl_finish(extra);
}
