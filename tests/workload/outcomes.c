// SPDX-License-Identifier: GPL-2.0-only
/*
 * outcomes - faults that fail, between faults that the kernel takes without a trap; and one that
 * does not end before it is told to.
 *
 * Prints on stdout, in mode in-flight, "caught ADDRESS TID" when the fault is under way.
 */
#include "workload.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/ioctl.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static unsigned long count = 1000;
static bool gate;
static unsigned long failed;
static unsigned long populated;
static char *page;
static volatile char *volatile nowhere = (char *)8;

static sigjmp_buf back;

static void on_signal(int sig)
{
	siglongjmp(back, sig);
}

/* One fault without a trap. */
static void populate(void)
{
	if (madvise(page, WL_PAGE, MADV_DONTNEED) || madvise(page, WL_PAGE, MADV_POPULATE_WRITE))
		wl_die("MADV_POPULATE_WRITE");
	populated++;
}

static WL_NOINLINE void fail_by_signal(void)
{
	if (sigsetjmp(back, 1))
		failed++;
	else
		*nowhere = 1;
}

/* The kernel meets an address without a VMA: EFAULT, and no signal. */
static void fail_by_efault(void)
{
	if (syscall(SYS_uname, 8L) == -1 && errno == EFAULT)
		failed++;
}

/* The same, where a VMA is, which does not allow it. */
static void fail_by_protection(void)
{
	if (syscall(SYS_uname, page + WL_PAGE) == -1 && errno == EFAULT)
		failed++;
}

static void alternate(void (*fail)(void))
{
	struct sigaction act = { .sa_handler = on_signal };

	if (sigaction(SIGSEGV, &act, NULL))
		wl_die("sigaction");
	for (volatile unsigned long i = 0; i < count; i++) {
		fail();
		populate();
	}
}

#define VSYSCALL_TIME 0xffffffffff600400UL

/* Calls that the kernel emulates: nothing fails, and no fault is taken. */
static void vsyscall(void)
{
	time_t (*volatile call)(time_t *) = (time_t(*)(time_t *))VSYSCALL_TIME;
	char line[256];
	bool there = false;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps))
		there = there || strstr(line, "[vsyscall]");
	if (!there)
		wl_skip("no vsyscall page");
	fclose(maps);
	for (unsigned long i = 0; i < count; i++)
		if (call(NULL) < 1)
			wl_die("vsyscall");
}

static int uffd;

static void *touch(void *arg)
{
	printf("%d\n", gettid());
	*(volatile char *)page = 1;
	return arg;
}

/* A fault that lasts until stdin ends. */
static void in_flight(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_zeropage zero = { 0 };
	struct uffd_msg msg;
	struct pollfd fd;
	pthread_t thread;
	char c;

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		wl_die("userfaultfd");
	reg.range.start = zero.range.start = (uintptr_t)page;
	reg.range.len = zero.range.len = WL_PAGE;
	if (ioctl(uffd, UFFDIO_REGISTER, &reg))
		wl_die("UFFDIO_REGISTER");
	setvbuf(stdout, NULL, _IOFBF, 256);
	if ((errno = pthread_create(&thread, NULL, touch, NULL)))
		wl_die("pthread_create");
	fd = (struct pollfd){ .fd = uffd, .events = POLLIN };
	if (poll(&fd, 1, -1) != 1 || read(uffd, &msg, sizeof(msg)) != (ssize_t)sizeof(msg))
		wl_die("userfaultfd");
	printf("caught 0x%llx\n", (unsigned long long)msg.arg.pagefault.address);
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
		wl_die("UFFDIO_ZEROPAGE");
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	const char *mode;
	char extra[128];

	wl_init("outcomes");
	mode = argv[wl_options(argc, argv,
			       (const struct wl_option[]){ { "count", .number = &count },
							   { "gate", .flag = &gate },
							   { 0 } })];
	/* the second page is one that nobody may use */
	page = wl_map_anon(WL_PAGE);
	if (!mode)
		_exit(WL_EXIT_USAGE);
	if (gate)
		wl_gate();
	if (!strcmp(mode, "segv"))
		alternate(fail_by_signal);
	else if (!strcmp(mode, "efault"))
		alternate(fail_by_efault);
	else if (!strcmp(mode, "prot"))
		alternate(fail_by_protection);
	else if (!strcmp(mode, "vsyscall"))
		vsyscall();
	else if (!strcmp(mode, "in-flight"))
		in_flight();
	else
		_exit(WL_EXIT_USAGE);
	snprintf(extra, sizeof(extra), "\"failed\":%lu,\"populated\":%lu,\"count\":%lu,", failed,
		 populated, count);
	wl_finish(extra);
}
