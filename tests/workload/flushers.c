// SPDX-License-Identifier: GPL-2.0-only
/*
 * flushers - TLB flushes whose owner is easily mistaken: processes that are killed in the middle of
 * a system call, ioctls that are not userfaultfd's, and 32-bit system calls.
 *
 * usage: flushers [--count N] MODE
 *
 * "flushes" is how many the mode's own calls make at least, "maybe" how many more they may make, as
 * kernels differ.
 */
#include "workload.h"

#include <linux/kvm.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>

/* include/uapi/asm-generic/mman-common.h */
#define POPULATE_WRITE 23

static unsigned long count = 50, flushes, maybe;

static void must(int result, const char *what)
{
	if (result)
		wl_die("%s", what);
}

/* --- killed ---------------------------------------------------------------------------------- */

/* The kernel has this address space on two CPUs, where there are two. */
static void visit_cpus(void)
{
	wl_pin(wl_cpu(0));
	wl_pin(wl_cpu(1));
}

static void say(int fd)
{
	char c = 0;

	if (write(fd, &c, 1) != 1)
		wl_die("write");
}

/* In clock_nanosleep, or about to be: nothing else that it calls flushes. */
static void sleep_until_killed(int ready)
{
	visit_cpus();
	say(ready);
	for (;;)
		nanosleep(&(struct timespec){ .tv_sec = 100 }, NULL);
}

/* A memory call that flushes nothing, again and again. */
static void advise_until_killed(int ready)
{
	char *p = wl_map_anon(WL_PAGE);

	visit_cpus();
	say(ready);
	for (;;)
		must(madvise(p, WL_PAGE, MADV_NORMAL), "MADV_NORMAL");
}

/* A memory call that does not return: its fault waits for a userfaultfd that nobody serves. */
static void populate_until_killed(int ready)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	char *p = wl_map_anon(WL_PAGE);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		wl_die("userfaultfd");
	reg.range.start = (uintptr_t)p;
	reg.range.len = WL_PAGE;
	must(ioctl(fd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER");
	/* another process has the descriptor, too, and sees when the call waits */
	if (wl_fork()) {
		visit_cpus();
		for (;;)
			madvise(p, WL_PAGE, POPULATE_WRITE);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (poll(&poll_fd, 1, -1) == 1)
		say(ready);
	for (;;)
		pause();
}

static void reap_killed(pid_t pid)
{
	must(kill(pid, SIGKILL), "kill");
	if (waitpid(pid, NULL, 0) != pid)
		wl_die("waitpid");
}

static void killed(void (*live)(int ready))
{
	int fds[2];
	pid_t pid;
	char c;

	must(pipe2(fds, O_CLOEXEC), "pipe");
	for (unsigned long i = 0; i < count; i++) {
		pid = wl_fork();
		if (!pid)
			live(fds[1]);
		if (read(fds[0], &c, 1) != 1)
			wl_die("read");
		reap_killed(pid);
	}
}

static void killed_asleep(void)
{
	killed(sleep_until_killed);
}

static void killed_in_calls(void)
{
	killed(advise_until_killed);
}

static void killed_in_populate(void)
{
	killed(populate_until_killed);
}

static void *sleep_thread(void *arg)
{
	sleep_until_killed(*(int *)arg);
	return NULL;
}

/* The main thread ends the process, while another one sleeps. */
static void ended_by_a_thread(void)
{
	int fds[2];
	char c;

	must(pipe2(fds, O_CLOEXEC), "pipe");
	for (unsigned long i = 0; i < count; i++) {
		pthread_t thread;
		pid_t pid = wl_fork();

		if (pid) {
			wl_reap(pid);
			continue;
		}
		wl_pin(wl_cpu(0));
		if ((errno = pthread_create(&thread, NULL, sleep_thread, &fds[1])))
			wl_die("pthread_create");
		if (read(fds[0], &c, 1) != 1)
			wl_die("read");
		_exit(0);
	}
}

/* --- ioctls ---------------------------------------------------------------------------------- */

/* fs/userfaultfd.h of 6.7, include/uapi/linux/fs.h; the C library's headers may be older */
#define FEATURE_WP_UNPOPULATED (1UL << 13)
#define FEATURE_WP_ASYNC (1UL << 15)
#define SCAN_WP_MATCHING 1
#define SCAN_CHECK_WPASYNC 2
#define SCAN_WRITTEN 2 /* PAGE_IS_WRITTEN */

struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define SCAN _IOWR('f', 16, struct scan_arg)

/* Each PAGEMAP_SCAN write-protects what was written since the last one: a flush that is its own. */
static void pagemap_scan(void)
{
	struct uffdio_api api = { .api = UFFD_API,
				  .features = FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	int uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	char *p = wl_map_anon(4 * WL_PAGE);
	struct scan_arg arg = { .size = sizeof(arg),
				.flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
				.start = (uintptr_t)p,
				.end = (uintptr_t)p + 4 * WL_PAGE,
				.category_mask = SCAN_WRITTEN };

	if (uffd < 0 || pagemap < 0)
		wl_die("userfaultfd or pagemap");
	if (ioctl(uffd, UFFDIO_API, &api))
		wl_skip("no asynchronous write protection"); /* 6.7 */
	reg.range.start = (uintptr_t)p;
	reg.range.len = 4 * WL_PAGE;
	must(ioctl(uffd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER");
	for (unsigned long i = 0; i < count; i++) {
		wl_write(p, 4, WL_PAGE);
		if (ioctl(pagemap, SCAN, &arg) < 0)
			wl_die("PAGEMAP_SCAN");
		flushes++;
	}
}

#if defined(__x86_64__)
/* mov al, 1; mov [0x2000], al; hlt: real mode */
static const unsigned char guest_code[] = { 0xb0, 0x01, 0xa2, 0x00, 0x20, 0xf4 };

static struct kvm_run *make_vcpu(int *vcpu, char *memory)
{
	struct kvm_userspace_memory_region region = { .guest_phys_addr = 0x1000,
						      .memory_size = 2 * WL_PAGE,
						      .userspace_addr = (uintptr_t)memory };
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = -1;
	struct kvm_sregs sregs;
	struct kvm_run *run;

	if (kvm >= 0)
		vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		wl_skip("no KVM: %s", strerror(errno));
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	*vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (*vcpu < 0 || ioctl(*vcpu, KVM_GET_SREGS, &sregs))
		wl_skip("KVM_CREATE_VCPU: %s", strerror(errno));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	must(ioctl(*vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	run = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		   MAP_SHARED, *vcpu, 0);
	if (run == MAP_FAILED)
		wl_die("mmap of a vCPU");
	return run;
}

static void run_guest(int vcpu, struct kvm_run *run)
{
	struct kvm_regs regs = { .rip = 0x1000, .rflags = 2 };

	must(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	if (ioctl(vcpu, KVM_RUN, 0) || run->exit_reason != KVM_EXIT_HLT)
		wl_skip("KVM_RUN: exit reason %u, %s", run->exit_reason, strerror(errno));
}

/* After each fork, the guest's store copies the page: inside KVM_RUN, without a trap. */
static void kvm(void)
{
	char *memory = wl_map_anon(2 * WL_PAGE);
	struct kvm_run *run;
	int vcpu, fds[2];
	pid_t pid;
	char c;

	must(pipe2(fds, O_CLOEXEC), "pipe");
	memcpy(memory, guest_code, sizeof(guest_code));
	run = make_vcpu(&vcpu, memory);
	run_guest(vcpu, run);
	for (unsigned long i = 0; i < count; i++) {
		pid = wl_fork();
		if (!pid) {
			close(fds[1]);
			while (read(fds[0], &c, 1) < 0 && errno == EINTR)
				;
			_exit(0);
		}
		run_guest(vcpu, run);
		flushes++;
		reap_killed(pid);
	}
}
#else
static void kvm(void)
{
	wl_skip("a guest for another machine");
}
#endif

/* --- 32-bit calls ---------------------------------------------------------------------------- */

#if defined(__x86_64__)
static void on_signal(int sig)
{
	(void)sig;
	wl_skip("int 0x80 is not allowed");
}

/* @nr: of arch/x86/entry/syscalls/syscall_32.tbl */
static long int80(long nr, const void *first, unsigned long second, unsigned long third)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(first), "c"(second), "d"(third), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static char *low_page(void)
{
	char *p = wl_mmap(NULL, 3 * WL_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
			  0);

	must(signal(SIGSEGV, on_signal) == SIG_ERR, "signal");
	if (int80(20, NULL, 0, 0) != getpid()) /* getpid */
		wl_skip("no 32-bit system calls");
	must(signal(SIGSEGV, SIG_DFL) == SIG_ERR, "signal");
	return wl_mmap(p + WL_PAGE, WL_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* 125 is capset in the table of 64-bit calls. */
static void mprotect_32(void)
{
	char *p = low_page();

	for (unsigned long i = 0; i < count; i++) {
		wl_write(p, 1, WL_PAGE);
		must(int80(125, p, WL_PAGE, PROT_READ), "32-bit mprotect");
		must(int80(125, p, WL_PAGE, PROT_READ | PROT_WRITE), "32-bit mprotect");
		flushes++;
		maybe++; /* the right is granted again */
	}
}

/* 219 is restart_syscall there. */
static void madvise_32(void)
{
	char *p = low_page();

	for (unsigned long i = 0; i < count; i++) {
		wl_write(p, 1, WL_PAGE);
		must(int80(219, p, WL_PAGE, MADV_DONTNEED), "32-bit madvise");
		flushes++;
	}
}

/* 144 is sched_setscheduler there. */
static void msync_32(void)
{
	char path[256], *p = low_page();
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-flushers.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, 1);
	must(unlink(path), "unlink");
	wl_mmap(p, WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	for (unsigned long i = 0; i < count; i++) {
		wl_write(p, 1, WL_PAGE);
		must(int80(144, p, WL_PAGE, MS_SYNC), "32-bit msync");
		flushes++;
	}
}
#else
static void mprotect_32(void)
{
	wl_skip("no int 0x80");
}
#define madvise_32 mprotect_32
#define msync_32 mprotect_32
#endif

static const struct mode {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "killed-asleep", killed_asleep },
	{ "killed-in-calls", killed_in_calls },
	{ "killed-in-populate", killed_in_populate },
	{ "ended-by-thread", ended_by_a_thread },
	{ "pagemap-scan", pagemap_scan },
	{ "kvm", kvm },
	{ "mprotect-32", mprotect_32 },
	{ "madvise-32", madvise_32 },
	{ "msync-32", msync_32 },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: flushers [--count N] [--result FD|FILE] MODE\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	const struct mode *mode;
	char extra[256];

	wl_init("flushers");
	mode = mode_of(argv[wl_options(
		argc, argv, (const struct wl_option[]){ { "count", .number = &count }, { 0 } })]);
	mode->run();
	snprintf(extra, sizeof(extra),
		 "\"mode\":\"%s\",\"count\":%lu,\"flushes\":%lu,\"maybe\":%lu,", mode->name, count,
		 flushes, maybe);
	wl_finish(extra);
}
