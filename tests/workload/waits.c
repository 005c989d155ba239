// SPDX-License-Identifier: GPL-2.0-only
/*
 * waits - faults and a memory call that wait, and how long that was by the program's own clocks and the
 * kernel's counts of the thread.
 *
 * usage: waits [--count N] [--sleep-ms N] [--beside] [--moves] cold|uffd|vfork|lock
 *
 * cold: first reads of pages of a file that is not in the page cache. uffd: a thread resolves each fault
 * after it has slept. vfork: a child that sleeps before it exits.
 * lock: one thread changes the protection of a large range again and again, which holds the mmap_lock;
 * this one maps, touches and unmaps a page, and drops and touches one of that range, until it has slept
 * so often. It sleeps nowhere else.
 * beside: the thread is pinned to a CPU where a process of higher priority never sleeps.
 * moves: while it sleeps in a fault (uffd), it is pinned to another CPU, and back in the next.
 */
#include "workload.h"

#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

static unsigned long count = 200, sleep_ms = 20;
static bool beside, moves;
static int uffd;
/** Time from when the handler has read of a fault to when it resolves it, Σ over faults, ns. */
static _Atomic unsigned long held_ns;

/** struct spent - of this thread: time, time on a CPU, time that it waited for one, ns */
struct spent {
	unsigned long wall;
	unsigned long cpu;
	unsigned long delay;
};

static unsigned long clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		wl_die("clock_gettime");
	return (unsigned long)ts.tv_sec * 1000000000UL + (unsigned long)ts.tv_nsec;
}

/* The second number of schedstat is sched_info.run_delay. */
static unsigned long run_delay(void)
{
	char text[128] = "";
	unsigned long delay;
	int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || sscanf(text, "%*u %lu", &delay) != 1)
		wl_die("/proc/thread-self/schedstat");
	close(fd);
	return delay;
}

/* What is outside of the faults is on the outside: the delay first. */
static struct spent spent_so_far(void)
{
	struct spent s;

	s.delay = run_delay();
	s.wall = clock_ns(CLOCK_MONOTONIC);
	s.cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	return s;
}

static struct spent spent_since(const struct spent *begin)
{
	struct spent s;

	s.cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin->cpu;
	s.wall = clock_ns(CLOCK_MONOTONIC) - begin->wall;
	s.delay = run_delay() - begin->delay;
	return s;
}

static void sleep_for(unsigned long ms)
{
	struct timespec rest = { .tv_sec = (time_t)(ms / 1000),
				 .tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&rest, &rest))
		if (errno != EINTR)
			wl_die("nanosleep");
}

/* --- what competes --------------------------------------------------------------------------- */

/* It yields no CPU to what is woken there: that has to wait for its turn. */
static pid_t start_competitor(void)
{
	atomic_bool *runs = wl_mmap(NULL, WL_PAGE, PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	pid_t pid;

	wl_pin(0);
	pid = wl_fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			atomic_store(runs, true);
	}
	while (!atomic_load(runs))
		usleep(1000);
	/* what wakes up with this policy preempts no other */
	if (sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){ 0 }))
		wl_die("SCHED_IDLE");
	return pid;
}

static void end_competitor(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			wl_die("waitpid");
}

/* --- faults ---------------------------------------------------------------------------------- */

static char *map_cold(void)
{
	char path[256], *p;
	int fd;

	snprintf(path, sizeof(path), "%s/vmascope-waits.XXXXXX", wl_tmpdir());
	fd = wl_make_file(path, count);
	unlink(path);
	p = wl_map(count * WL_PAGE, PROT_READ, MAP_PRIVATE, fd);
	if (madvise(p, count * WL_PAGE, MADV_RANDOM))
		wl_die("MADV_RANDOM");
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		wl_die("POSIX_FADV_DONTNEED");
	return p;
}

/** pin_main - pin the thread that faults to the @n-th CPU. */
static void pin_main(unsigned long n)
{
	const unsigned long cpu = wl_cpu(n);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(getpid(), sizeof(set), &set))
		wl_die("cannot move to CPU %lu", cpu);
}

static void *resolve(void *arg)
{
	static char zeroes[WL_PAGE] __attribute__((aligned(4096)));
	struct uffd_msg msg;
	unsigned long n = 0;

	while (read(uffd, &msg, sizeof(msg)) == (ssize_t)sizeof(msg)) {
		const unsigned long begin = clock_ns(CLOCK_MONOTONIC);
		struct uffdio_copy copy = { .dst = msg.arg.pagefault.address & ~(WL_PAGE - 1),
					    .src = (uintptr_t)zeroes,
					    .len = WL_PAGE };

		if (moves)
			pin_main(++n & 1);
		sleep_for(sleep_ms);
		atomic_fetch_add(&held_ns, clock_ns(CLOCK_MONOTONIC) - begin);
		if (ioctl(uffd, UFFDIO_COPY, &copy))
			wl_die("UFFDIO_COPY");
	}
	return arg;
}

static char *map_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *p = wl_map_anon(count * WL_PAGE);
	pthread_t thread;

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		wl_skip("no userfaultfd");
	reg.range.start = (uintptr_t)p;
	reg.range.len = count * WL_PAGE;
	if (ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &reg))
		wl_die("userfaultfd");
	if ((errno = pthread_create(&thread, NULL, resolve, NULL)))
		wl_die("pthread_create");
	return p;
}

static struct spent touch(char *p, const char *kind, const char *cause)
{
	struct wl_range *r = wl_range_add(kind, p, count * WL_PAGE);
	/* its fault tells the tracer's reader that the others have ended */
	volatile char *end = wl_map_anon(WL_PAGE);
	const pid_t competitor = beside ? start_competitor() : 0;
	struct rusage before, after;
	struct spent begin, all;

	snprintf(r->cause, sizeof(r->cause), "%s", cause);
	memset(&after, 0, sizeof(after));
	begin = spent_so_far(); /* once for the faults of its own code */
	all = spent_since(&begin);
	wl_usage_of(RUSAGE_THREAD, &before);
	begin = spent_so_far();
	wl_read(p, count, WL_PAGE);
	*end = 1;
	all = spent_since(&begin);
	wl_usage_of(RUSAGE_THREAD, &after);
	wl_expect(r, &before, &after, count + 1);
	r->faults = r->read = count;
	r->minor--;
	if (competitor)
		end_competitor(competitor);
	return all;
}

/* --- a call ---------------------------------------------------------------------------------- */

/* The child shares the memory, and has said how long it slept when the parent goes on. */
static struct spent vfork_once(void)
{
	struct spent begin = spent_so_far(), all;
	pid_t pid;

	all = spent_since(&begin);
	begin = spent_so_far();
	pid = vfork();
	if (pid < 0)
		wl_die("vfork");
	if (!pid) {
		const unsigned long from = clock_ns(CLOCK_MONOTONIC);

		sleep_for(sleep_ms);
		atomic_fetch_add(&held_ns, clock_ns(CLOCK_MONOTONIC) - from);
		_exit(0);
	}
	all = spent_since(&begin);
	wl_reap(pid);
	return all;
}

/* --- a lock ---------------------------------------------------------------------------------- */

/** Size of the range whose protection changes. */
#define PROTECTED (32UL << 20)

static atomic_bool enough, parked;

/* It ends together with the process: its exit would take the lock, too. */
static void *protect(void *arg)
{
	while (!atomic_load(&enough))
		if (mprotect(arg, PROTECTED, PROT_READ | PROT_WRITE | PROT_EXEC) ||
		    mprotect(arg, PROTECTED, PROT_READ | PROT_WRITE))
			wl_die("mprotect");
	atomic_store(&parked, true);
	for (;;)
		pause();
}

static struct spent contend(void)
{
	char *range = wl_map_anon(PROTECTED);
	struct rusage usage;
	struct spent begin, all;
	pthread_t thread;
	long slept;

	wl_write(range, PROTECTED / WL_PAGE, WL_PAGE);
	begin = spent_so_far();
	wl_usage_of(RUSAGE_THREAD, &usage);
	slept = usage.ru_nvcsw;
	if ((errno = pthread_create(&thread, NULL, protect, range)))
		wl_die("pthread_create");
	while ((unsigned long)(usage.ru_nvcsw - slept) < count) {
		char *page = wl_map_anon(WL_PAGE);

		*page = 1;
		/* a reader never spins: it sleeps until the other thread's call is over */
		if (munmap(page, WL_PAGE) || madvise(range, WL_PAGE, MADV_DONTNEED))
			wl_die("munmap, madvise");
		*(volatile char *)range = 1;
		wl_usage_of(RUSAGE_THREAD, &usage);
	}
	atomic_store(&enough, true);
	while (!atomic_load(&parked))
		sched_yield();
	all = spent_since(&begin);
	return all;
}

int main(int argc, char **argv)
{
	struct spent all;
	const char *mode;
	char extra[320];

	wl_init("waits");
	mode = argv[wl_options(argc, argv,
			       (const struct wl_option[]){ { "count", .number = &count },
							   { "sleep-ms", .number = &sleep_ms },
							   { "beside", .flag = &beside },
							   { "moves", .flag = &moves },
							   { 0 } })];
	wl_warm();
	if (mode && !strcmp(mode, "cold"))
		all = touch(map_cold(), "cold", "file-read");
	else if (mode && !strcmp(mode, "uffd"))
		all = touch(map_uffd(), "uffd", "uffd");
	else if (mode && !strcmp(mode, "vfork"))
		all = vfork_once();
	else if (mode && !strcmp(mode, "lock"))
		all = contend();
	else
		_exit(WL_EXIT_USAGE);
	snprintf(extra, sizeof(extra),
		 "\"tid\":%d,\"wall_ns\":%lu,\"cpu_ns\":%lu,\"delay_ns\":%lu,\"held_ns\":%lu,",
		 gettid(), all.wall, all.cpu, all.delay, atomic_load(&held_ns));
	wl_finish(extra);
}
