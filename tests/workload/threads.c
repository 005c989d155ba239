// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads - threads that fault very differently often, one after another, each of which knows
 * all its own faults and its own time.
 *
 * With --huge they are huge pages, each of which takes the kernel as long as hundreds of others.
 * With --stay the last thread and the main one live on until stdin ends, after "done" was said.
 */
#include "workload.h"

#define MAX_THREADS 16
/** Each thread touches so many times the pages of the one before. */
#define FACTOR 8
#define HUGE_PAGE (2UL << 20)
/** Pages, and huge pages, that a thread has at a time. */
#define AT_ONCE 2048
#define HUGE_AT_ONCE 4

static unsigned long nr_threads = 3, pages = 100;
static bool stay, huge;

/** struct part - what one thread knows of itself */
struct part {
	size_t pages;
	pid_t tid;
	bool stays;
	long faults;
	uint64_t created_ns; /* before it was */
	uint64_t began_ns;
	uint64_t touch_ns; /* time in which it touched its pages: no more than that was in faults */
	uint64_t ended_ns;
	uint64_t joined_ns;
};

static struct part parts[MAX_THREADS];
static pthread_barrier_t last_done;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void touch_pages(size_t n)
{
	size_t len = (n < AT_ONCE ? n : AT_ONCE) * WL_PAGE;
	char *p = wl_map_anon(len);
	struct wl_range *r = wl_range_add("anon", p, len);

	for (size_t left = n, part; left; left -= part) {
		part = left < AT_ONCE ? left : AT_ONCE;
		wl_counted(r, WL_WRITE, p, part, WL_PAGE);
		if (madvise(p, len, MADV_DONTNEED))
			wl_die("MADV_DONTNEED");
	}
}

static void touch_huge_pages(size_t n)
{
	size_t len = HUGE_AT_ONCE * HUGE_PAGE;
	char *p = wl_reserve(len, HUGE_PAGE);
	struct wl_range *r = wl_range_add("thp", p, len);

	wl_mmap(p, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (madvise(p, len, MADV_HUGEPAGE))
		wl_die("MADV_HUGEPAGE");
	for (size_t i = 0; i < n; i += HUGE_AT_ONCE) {
		wl_counted(r, WL_WRITE, p, HUGE_AT_ONCE, HUGE_PAGE);
		if (madvise(p, len, MADV_DONTNEED))
			wl_die("MADV_DONTNEED");
	}
}

/*
 * Ends by the bare system call: what glibc does when a thread returns might fault after the
 * usage was taken. All faults of the thread are in it: its counts began at 0.
 */
static void *thread_main(void *arg)
{
	struct part *me = arg;
	struct rusage usage;
	uint64_t begin;

	me->began_ns = now_ns();
	me->tid = gettid();
	memset(&usage, 0, sizeof(usage));
	wl_warm();
	begin = now_ns();
	if (huge)
		touch_huge_pages(me->pages);
	else
		touch_pages(me->pages);
	me->touch_ns = now_ns() - begin;
	if (me->stays)
		pthread_barrier_wait(&last_done);
	wl_usage_of(RUSAGE_THREAD, &usage);
	me->faults = usage.ru_minflt + usage.ru_majflt;
	me->ended_ns = now_ns();
	if (me->stays)
		pthread_barrier_wait(&last_done);
	while (me->stays)
		pause();
	syscall(SYS_exit, 0);
	return NULL;
}

static void run(struct part *p)
{
	pthread_t thread;

	p->created_ns = now_ns();
	if ((errno = pthread_create(&thread, NULL, thread_main, p)))
		wl_die("pthread_create");
	if (p->stays) {
		pthread_barrier_wait(&last_done);
		pthread_barrier_wait(&last_done);
	} else {
		pthread_join(thread, NULL);
		/* it has given up its memory; its end, as a tracer sees it, may come later */
		while (!syscall(SYS_tgkill, getpid(), p->tid, 0))
			sched_yield();
	}
	p->joined_ns = now_ns();
}

static void wait_for_eof(void)
{
	char c;

	if (write(1, "done\n", 5) != 5)
		wl_die("write to stdout");
	while (read(0, &c, 1) > 0 || errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	static char extra[MAX_THREADS * 256];
	bool gate = false;
	size_t n = 0;

	wl_init("threads");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "threads", .number = &nr_threads },
			   { "pages", .number = &pages },
			   { "huge", .flag = &huge },
			   { "stay", .flag = &stay },
			   { "gate", .flag = &gate },
			   { 0 },
		   });
	if (!nr_threads || nr_threads > MAX_THREADS)
		return WL_EXIT_USAGE;
	if (huge && (pages % HUGE_AT_ONCE || prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)))
		return WL_EXIT_USAGE;
	pthread_barrier_init(&last_done, NULL, 2);
	if (gate)
		wl_gate();
	for (unsigned long i = 0; i < nr_threads; i++) {
		parts[i].pages = i ? parts[i - 1].pages * FACTOR : pages;
		parts[i].stays = stay && i == nr_threads - 1;
		run(&parts[i]);
	}
	if (stay)
		wait_for_eof();
	n += (size_t)snprintf(extra, sizeof(extra), "\"threads\":[");
	for (unsigned long i = 0; i < nr_threads; i++)
		n += (size_t)snprintf(extra + n, sizeof(extra) - n,
				      "%s{\"tid\":%d,\"pages\":%zu,\"faults\":%ld,\"stays\":%s,"
				      "\"lived_ns\":{\"min\":%lu,\"max\":%lu},\"touch_ns\":%lu}",
				      i ? "," : "", parts[i].tid, parts[i].pages, parts[i].faults,
				      parts[i].stays ? "true" : "false",
				      parts[i].ended_ns - parts[i].began_ns,
				      parts[i].joined_ns - parts[i].created_ns, parts[i].touch_ns);
	snprintf(extra + n, sizeof(extra) - n, "],");
	wl_finish(extra);
}
