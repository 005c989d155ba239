// SPDX-License-Identifier: GPL-2.0-only
/*
 * exact - faults in every kind of mapping, from threads and forked children at once, each of
 * them known beforehand.
 *
 * The children are forked first and the threads started after that, then all are let go at the
 * same time: a fork while a thread counts would write-protect that thread's stack under it.
 */
#include "workload.h"

#include <alloca.h>

struct opts {
	unsigned long threads;
	unsigned long children;
	unsigned long pages;
	bool gate;
};

static struct opts opts = { .threads = 8, .children = 30, .pages = 672 };
static int fd_read = -1, fd_write = -1, fd_shm = -1, fd_memfd = -1;
static int release_pipe[2];
static char *heap;
static pthread_barrier_t start_line, finish_line;

/*
 * An allocator of our own, so that nobody but this program touches [heap]: pthread_create()
 * allocates.
 */
static char pool[256 << 10] __attribute__((aligned(64)));
static _Atomic size_t pool_used;

void *malloc(size_t n)
{
	size_t at = atomic_fetch_add(&pool_used, (n + 63) & ~63UL);

	return at + n <= sizeof(pool) ? pool + at : NULL;
}

void *calloc(size_t n, size_t size)
{
	return malloc(n * size); /* the pool is never reused, so it is zero */
}

void *realloc(void *old, size_t n)
{
	char *p = malloc(n);

	if (p && old)
		for (size_t i = 0; i < n && (char *)old + i < p; i++)
			p[i] = ((char *)old)[i];
	return p;
}

void free(void *p)
{
	(void)p;
}

static void touch_anon(void)
{
	char *p = wl_map_anon(opts.pages * WL_PAGE);
	struct wl_range *r = wl_range_add("anon", p, opts.pages * WL_PAGE);

	wl_counted(r, WL_WRITE, p, opts.pages, WL_PAGE);
}

/* A read maps the zero page, the write after it a page of our own: two faults a page. */
static void touch_zero(void)
{
	char *p = wl_map_anon(opts.pages * WL_PAGE);
	struct wl_range *r = wl_range_add("zero", p, opts.pages * WL_PAGE);

	wl_counted(r, WL_READ, p, opts.pages, WL_PAGE);
	wl_counted(r, WL_WRITE, p, opts.pages, WL_PAGE);
}

/* Every read fault maps the 16 cached pages around it, so one page in 16 is touched. */
static void touch_file_read(enum wl_how how, const char *kind, int prot)
{
	size_t stride = WL_AROUND * WL_PAGE;
	size_t len = opts.pages * stride;
	char *p = wl_map(len, prot, MAP_PRIVATE, fd_read);
	struct wl_range *r = wl_range_add(kind, p, len);

	wl_counted(r, how, p, opts.pages, stride);
}

static void touch_file_write(const char *kind, int flags, int fd)
{
	size_t len = opts.pages * WL_PAGE;
	char *p = wl_map(len, PROT_READ | PROT_WRITE, flags, fd);
	struct wl_range *r = wl_range_add(kind, p, len);

	/* do_shared_fault() leaves a page that is written back to another fault */
	r->repeats = flags & MAP_SHARED && fd == fd_write;
	wl_counted(r, WL_WRITE, p, opts.pages, WL_PAGE);
}

/* Pages of the main thread's stack below any that was in use; written downwards, as it grows. */
static WL_NOINLINE void touch_stack(void)
{
	size_t len = opts.pages * WL_PAGE;
	char *p = alloca(len + 64 * WL_PAGE);
	char *at = (char *)(((uintptr_t)p + 32 * WL_PAGE) & ~(WL_PAGE - 1));
	struct wl_range *r = wl_range_add("stack", at, len);

	r->slack = 128 + 4 * opts.children; /* each fork write-protects what is in use */
	/* The frame below the buffer, which the calls use, must exist before counting starts. */
	wl_warm();
	wl_counted(r, WL_WRITE_DOWN, at, opts.pages, WL_PAGE);
}

static void touch_heap(void)
{
	struct wl_range *r = wl_range_add("heap", heap, opts.pages * WL_PAGE);

	wl_counted(r, WL_WRITE, heap, opts.pages, WL_PAGE);
}

/* What threads, children and the main thread all do. */
static void touch_mappings(void)
{
	touch_anon();
	touch_file_read(WL_READ, "file-read", PROT_READ);
	touch_file_write("file-private", MAP_PRIVATE, fd_write);
	touch_file_write("file-shared", MAP_SHARED, fd_write);
	touch_file_write("shm", MAP_SHARED, fd_shm);
	touch_file_write("memfd", MAP_SHARED, fd_memfd);
}

static void *thread_main(void *arg)
{
	wl_warm();
	pthread_barrier_wait(&start_line);
	wl_warm();
	touch_mappings();
	/* All end together: the stack of one that has ended would make room for another's maps. */
	pthread_barrier_wait(&finish_line);
	return arg;
}

static void child_main(void)
{
	char c;

	wl_warm();
	if (read(release_pipe[0], &c, 1) < 0)
		wl_die("read of the release pipe");
	touch_mappings();
	touch_heap(); /* copies of what the parent wrote */
	touch_stack();
	_exit(atomic_load(&wl_shared->wrong) ? WL_EXIT_WRONG : 0);
}

static void main_part(void)
{
	uintptr_t brk = (uintptr_t)sbrk(0);
	size_t pad = -brk & (WL_PAGE - 1);

	heap = sbrk((intptr_t)(pad + opts.pages * WL_PAGE));
	if (heap == (void *)-1)
		wl_die("sbrk");
	heap += pad;
	wl_warm();
	touch_mappings();
	touch_zero();
	touch_file_read(WL_EXEC, "file-exec", PROT_READ | PROT_EXEC);
	touch_heap();
	touch_stack();
}

static void run_all(void)
{
	pthread_t *thread = wl_mmap(NULL, (opts.threads + 1) * sizeof(*thread),
				    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t *pid = wl_mmap(NULL, (opts.children + 1) * sizeof(*pid), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pipe2(release_pipe, O_CLOEXEC))
		wl_die("pipe");
	for (unsigned long i = 0; i < opts.children; i++) {
		pid[i] = wl_fork();
		if (!pid[i]) {
			close(release_pipe[1]);
			child_main();
		}
	}
	pthread_barrier_init(&start_line, NULL, (unsigned int)opts.threads + 1);
	if (opts.threads)
		pthread_barrier_init(&finish_line, NULL, (unsigned int)opts.threads);
	for (unsigned long i = 0; i < opts.threads; i++)
		if ((errno = pthread_create(&thread[i], NULL, thread_main, NULL)))
			wl_die("pthread_create");
	close(release_pipe[1]);
	pthread_barrier_wait(&start_line);
	for (unsigned long i = 0; i < opts.threads; i++)
		pthread_join(thread[i], NULL);
	for (unsigned long i = 0; i < opts.children; i++)
		wl_reap(pid[i]);
}

static const struct wl_option options[] = {
	{ "threads", .number = &opts.threads }, { "children", .number = &opts.children },
	{ "pages", .number = &opts.pages },	{ "gate", .flag = &opts.gate },
	{ "stay", .flag = &wl_stay },		{ 0 },
};

int main(int argc, char **argv)
{
	char read_path[256], write_path[256], shm_name[64], extra[1024];

	wl_init("exact");
	wl_options(argc, argv, options);
	snprintf(read_path, sizeof(read_path), "%s/vmascope-read.XXXXXX", wl_tmpdir());
	snprintf(write_path, sizeof(write_path), "%s/vmascope-write.XXXXXX", wl_tmpdir());
	snprintf(shm_name, sizeof(shm_name), "/vmascope-exact-%d", getpid());
	fd_read = wl_make_file(read_path, opts.pages * WL_AROUND);
	fd_write = wl_make_file(write_path, opts.pages);
	shm_unlink(shm_name); /* of an earlier process with this pid, which was killed */
	fd_shm = shm_open(shm_name, O_RDWR | O_CREAT | O_EXCL, 0600);
	fd_memfd = memfd_create("vmascope-exact", MFD_CLOEXEC);
	if (fd_shm < 0 || fd_memfd < 0 || ftruncate(fd_shm, (off_t)(opts.pages * WL_PAGE)) ||
	    ftruncate(fd_memfd, (off_t)(opts.pages * WL_PAGE)))
		wl_die("shared memory");
	if (opts.gate)
		wl_gate();
	main_part();
	run_all();
	unlink(read_path);
	unlink(write_path);
	shm_unlink(shm_name);
	snprintf(extra, sizeof(extra),
		 "\"read_file\":\"%s\",\"write_file\":\"%s\",\"shm\":\"/dev/shm%s\",", read_path,
		 write_path, shm_name);
	wl_finish(extra);
}
