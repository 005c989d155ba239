// SPDX-License-Identifier: GPL-2.0-only
/*
 * filewait - two threads fault on pages of a file whose reads last until both of them wait: one
 * thread's faults begin the reads, the other's wait for these.
 *
 * usage: filewait [--rounds N] same|ahead|write
 *
 * same: both on the same page. ahead: the second on another page of the same readahead. write: as
 * same, by writes to a private mapping.
 *
 * Which of the second thread's faults the kernel counts as major, getrusage() says: waiting is, where
 * the mmap lock was taken twice for it.
 */
#include "workload.h"

#include "fusefs.h"

#include <semaphore.h>

/** Pages between those of two rounds: no readahead reaches that far. */
#define STEP 64UL
/** The second thread's page: in the readahead of the first's. */
#define AHEAD 3UL

/** struct shared - of the workload and the server; @armed: the next read is held until @answer */
struct shared {
	sem_t reading;
	sem_t answer;
	_Atomic bool armed;
};

/** struct toucher - a thread that touches what it is given, a page at a time */
struct toucher {
	pthread_t thread;
	sem_t go;
	sem_t done;
	_Atomic pid_t tid;
	char *volatile page;
	bool writes;
	struct rusage before;
	struct rusage after;
};

static unsigned long rounds = 20;
static char directory[256];
static struct shared *shared;
static struct toucher first, second;

static void await(sem_t *sem)
{
	while (sem_wait(sem))
		if (errno != EINTR)
			wl_die("sem_wait");
}

static void read_slowly(struct fusefs *fs, const struct fuse_in_header *in,
			const struct fuse_read_in *r)
{
	static char data[FUSEFS_MAX_READ];

	if (atomic_exchange(&shared->armed, false)) {
		sem_post(&shared->reading);
		await(&shared->answer);
	}
	fusefs_answer(fs, in, 0, data, r->size < sizeof(data) ? r->size : sizeof(data));
}

/* In a mount namespace of its own: nobody else sees it, and it goes with the processes. */
static int open_file(struct fusefs *fs, pid_t *server)
{
	char file[sizeof(directory) + 8];
	int fd;

	snprintf(directory, sizeof(directory), "%s/vmascope-filewait.XXXXXX", wl_tmpdir());
	if (!mkdtemp(directory))
		wl_die("%s", directory);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		wl_die("mount namespace");
	if (fusefs_mount(fs, directory)) {
		rmdir(directory);
		wl_skip("no FUSE");
	}
	*server = wl_fork();
	if (!*server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fusefs_run(fs);
	}
	close(fs->device);
	snprintf(file, sizeof(file), "%s/%s", directory, fs->name);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		wl_die("%s", file);
	return fd;
}

static void touch(const struct toucher *t)
{
	if (t->writes)
		*(volatile char *)t->page = 1;
	else
		(void)*(volatile char *)t->page;
}

/* The first round is of a page that is there: it takes the faults of this code. */
static void *touch_pages(void *arg)
{
	struct toucher *t = arg;

	atomic_store(&t->tid, gettid());
	wl_warm_thread();
	for (unsigned long i = 0; i <= rounds; i++) {
		await(&t->go);
		if (i <= 1)
			wl_usage_of(RUSAGE_THREAD, &t->before);
		touch(t);
		wl_usage_of(RUSAGE_THREAD, &t->after);
		sem_post(&t->done);
	}
	return arg;
}

static void start(struct toucher *t, char *warm)
{
	if (sem_init(&t->go, 0, 0) || sem_init(&t->done, 0, 0))
		wl_die("sem_init");
	if ((errno = pthread_create(&t->thread, NULL, touch_pages, t)))
		wl_die("pthread_create");
	t->page = warm;
	sem_post(&t->go);
	await(&t->done);
}

/* Where it waits for a page, no signal but a deadly one ends that: state D; for what is next, S. */
static void await_waiting(const struct toucher *t)
{
	char file[64], line[512], *end;
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "/proc/self/task/%d/stat", atomic_load(&t->tid));
	for (;;) {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		if (n <= 0)
			wl_die("%s", file);
		close(fd);
		line[n] = 0;
		end = strrchr(line, ')');
		if (end && end[2] == 'D')
			return;
		usleep(1000);
	}
}

static void one_round(char *p, unsigned long ahead)
{
	atomic_store(&shared->armed, true);
	first.page = p;
	sem_post(&first.go);
	await(&shared->reading);
	second.page = p + ahead * WL_PAGE;
	sem_post(&second.go);
	await_waiting(&second);
	sem_post(&shared->answer);
	await(&first.done);
	await(&second.done);
}

/** note - what thread @t took, by getrusage(): a fault a round; @cause: of each */
static void note(const struct toucher *t, const char *kind, const char *cause, char *p, size_t len)
{
	struct wl_range *r = wl_range_add(kind, p, len);

	snprintf(r->cause, sizeof(r->cause), "%s", cause);
	wl_expect(r, &t->before, &t->after, rounds);
	if (t->writes)
		r->write = rounds;
	else
		r->read = rounds;
}

int main(int argc, char **argv)
{
	struct fusefs fs = { .name = "file", .read = read_slowly };
	size_t len, ahead = 0;
	const char *mode;
	char *p, *warm, extra[32];
	pid_t server;
	int fd;

	wl_init("filewait");
	mode = argv[wl_options(
		argc, argv, (const struct wl_option[]){ { "rounds", .number = &rounds }, { 0 } })];
	if (!mode || (strcmp(mode, "same") && strcmp(mode, "ahead") && strcmp(mode, "write")))
		_exit(WL_EXIT_USAGE);
	first.writes = second.writes = !strcmp(mode, "write");
	len = rounds * STEP * WL_PAGE;
	fs.size = (off_t)len;
	shared = wl_mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	if (sem_init(&shared->reading, 1, 0) || sem_init(&shared->answer, 1, 0))
		wl_die("sem_init");
	fd = open_file(&fs, &server);
	p = wl_map(len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	warm = wl_map_anon(WL_PAGE);
	*warm = 1;
	if (!strcmp(mode, "ahead"))
		ahead = AHEAD;
	else if (madvise(p, len, MADV_RANDOM))
		wl_die("MADV_RANDOM");
	start(&first, warm);
	start(&second, warm);
	for (unsigned long i = 0; i < rounds; i++)
		one_round(p + i * STEP * WL_PAGE, ahead);
	pthread_join(first.thread, NULL);
	pthread_join(second.thread, NULL);
	note(&first, "reads", "file-read", p, len);
	note(&second, "waits", "file-wait", p, len);
	munmap(p, len);
	close(fd);
	umount2(directory, MNT_DETACH);
	rmdir(directory);
	kill(server, SIGKILL);
	while (waitpid(server, NULL, 0) < 0 && errno == EINTR)
		;
	snprintf(extra, sizeof(extra), "\"mode\":\"%s\",", mode);
	wl_finish(extra);
}
