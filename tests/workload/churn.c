// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn - many short-lived processes of every kind: fork, exec, vfork, threads, a leader that
 * exits first, exec from a thread, and pids that are used again. Each one's usage, as wait4()
 * gives it, is known afterwards.
 */
#include "workload.h"

#define MAX_PARALLEL 64

static unsigned long procs = 300, pages = 50, parallel = 8;
static unsigned long batch; /* wait for a byte on stdin after so many, 0: never */
static bool reuse;
static char pages_arg[32];

static char *leaf_argv[] = { "churn", "--leaf", "--pages", pages_arg, NULL };

static void touch(void)
{
	char *p = wl_map_anon(pages * WL_PAGE);

	wl_write(p, pages, WL_PAGE);
}

static void *thread_touch(void *arg)
{
	touch();
	return arg;
}

static void *thread_outlive_leader(void *arg)
{
	pthread_join(*(pthread_t *)arg, NULL);
	touch();
	_exit(0);
}

static void exec_leaf(void)
{
	execv("/proc/self/exe", leaf_argv);
	_exit(WL_EXIT_FAILED);
}

static void *thread_exec(void *arg)
{
	touch();
	exec_leaf();
	return arg;
}

static void spawn_thread(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	if ((errno = pthread_create(&thread, NULL, run, arg)))
		wl_die("pthread_create");
}

static void do_fork(void)
{
	touch();
}

static void do_exec(void)
{
	touch();
	exec_leaf();
}

static void do_threads(void)
{
	pthread_t thread[4];

	for (int i = 0; i < 4; i++)
		if ((errno = pthread_create(&thread[i], NULL, thread_touch, NULL)))
			wl_die("pthread_create");
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
}

static void do_leader_exit(void)
{
	static pthread_t leader;

	leader = pthread_self();
	spawn_thread(thread_outlive_leader, &leader);
	pthread_exit(NULL);
}

static void do_thread_exec(void)
{
	spawn_thread(thread_exec, NULL);
	for (;;)
		pause();
}

static const struct kind {
	const char *name;
	void (*run)(void); /* NULL: vfork and exec */
} kinds[] = {
	{ "fork", do_fork },
	{ "exec", do_exec },
	{ "vfork", NULL },
	{ "threads", do_threads },
	{ "leader-exit", do_leader_exit },
	{ "thread-exec", do_thread_exec },
};

static WL_NOINLINE pid_t spawn_vfork(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execv("/proc/self/exe", leaf_argv);
		_exit(WL_EXIT_FAILED);
	}
	return pid;
}

static pid_t spawn(const struct kind *kind)
{
	pid_t pid = kind->run ? fork() : spawn_vfork();

	if (pid < 0)
		wl_die("fork");
	if (pid)
		return pid;
	kind->run();
	_exit(0);
}

/* The next fork gets @pid again, if nobody else takes it first. */
static void aim_at_pid(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%d", pid - 1) < 0)
		wl_die("/proc/sys/kernel/ns_last_pid");
	close(fd);
}

static pid_t reap_one(const char *const kind_of_slot[], const pid_t slot[], unsigned long *at)
{
	struct rusage ru;
	struct wl_range *r;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, 0, &ru)) < 0)
		if (errno != EINTR)
			wl_die("wait4");
	for (*at = 0; *at < MAX_PARALLEL && slot[*at] != pid; ++*at)
		;
	if (*at == MAX_PARALLEL || status) {
		errno = ECHILD;
		wl_die("child %d ended with status 0x%x", pid, status);
	}
	r = wl_range_add(kind_of_slot[*at], NULL, 0);
	r->pid = pid;
	r->minor = (uint64_t)ru.ru_minflt;
	r->major = (uint64_t)ru.ru_majflt;
	r->faults = r->minor + r->major;
	return pid;
}

/* Says "batch" and waits, so that whoever traces can catch up: how long that takes is its own affair. */
static void await_reader(void)
{
	char line[] = "batch\n", c;

	if (write(1, line, 6) != 6)
		wl_die("write to stdout");
	while (read(0, &c, 1) < 0 && errno == EINTR)
		;
}

static void run_all(void)
{
	const char *kind_of_slot[MAX_PARALLEL] = { 0 };
	pid_t slot[MAX_PARALLEL] = { 0 };
	unsigned long at, live = 0;

	for (unsigned long i = 0; i < procs || live; i++) {
		const struct kind *kind = &kinds[i % (sizeof(kinds) / sizeof(kinds[0]))];
		pid_t gone = 0;

		if (live == parallel || i >= procs) {
			gone = reap_one(kind_of_slot, slot, &at);
			slot[at] = 0;
			live--;
		}
		if (i >= procs)
			continue;
		if (reuse && gone)
			aim_at_pid(gone);
		for (at = 0; slot[at]; at++)
			;
		if (batch && i && i % batch == 0)
			await_reader();
		kind_of_slot[at] = kind->name;
		slot[at] = spawn(kind);
		live++;
	}
}

int main(int argc, char **argv)
{
	bool leaf = false, gate = false;

	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "procs", .number = &procs },
			   { "pages", .number = &pages },
			   { "parallel", .number = &parallel },
			   { "batch", .number = &batch },
			   { "reuse", .flag = &reuse },
			   { "leaf", .flag = &leaf },
			   { "gate", .flag = &gate },
			   { "stay", .flag = &wl_stay },
			   { 0 },
		   });
	wl_name = "churn";
	if (!parallel || parallel > MAX_PARALLEL || procs > WL_MAX_RANGES)
		return WL_EXIT_USAGE;
	if (leaf) {
		touch();
		_exit(0);
	}
	wl_init("churn");
	if (gate)
		wl_gate();
	snprintf(pages_arg, sizeof(pages_arg), "%lu", pages);
	run_all();
	wl_finish("");
}
