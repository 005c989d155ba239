// SPDX-License-Identifier: GPL-2.0-only
/*
 * iouring - reads into untouched memory by threads of this process that the kernel makes by itself,
 * which take the faults: io_uring's workers; with --sqpoll, the thread that polls the submissions.
 */
#include "workload.h"

#include <dirent.h>
#include <linux/io_uring.h>

static unsigned long reads = 2000;
static bool gate, sqpoll;
static int ring, zero;
static unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail;
static struct io_uring_sqe *sqes;

static void *ring_map(size_t len, off_t at)
{
	return wl_mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, at);
}

static void open_ring(void)
{
	struct io_uring_params p = { .flags = sqpoll ? IORING_SETUP_SQPOLL : 0 };
	char *sq, *cq;

	ring = (int)syscall(SYS_io_uring_setup, 8, &p);
	if (ring < 0)
		wl_die("io_uring_setup");
	sq = ring_map(p.sq_off.array + p.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = ring_map(p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		      IORING_OFF_CQ_RING);
	sqes = ring_map(p.sq_entries * sizeof(*sqes), IORING_OFF_SQES);
	sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	sq_array = (unsigned int *)(sq + p.sq_off.array);
	cq_head = (unsigned int *)(cq + p.cq_off.head);
	cq_tail = (unsigned int *)(cq + p.cq_off.tail);
}

/* IOSQE_ASYNC: never by this thread, always by a worker. A thread that polls may sleep: it is woken. */
static void read_page(char *to)
{
	const unsigned int flags = IORING_ENTER_GETEVENTS | (sqpoll ? IORING_ENTER_SQ_WAKEUP : 0);
	unsigned int tail = *sq_tail, at = tail & *sq_mask;
	long n;

	memset(&sqes[at], 0, sizeof(sqes[at]));
	sqes[at].opcode = IORING_OP_READ;
	sqes[at].flags = sqpoll ? 0 : IOSQE_ASYNC;
	sqes[at].fd = zero;
	sqes[at].addr = (uintptr_t)to;
	sqes[at].len = WL_PAGE;
	sq_array[at] = at;
	__atomic_store_n(sq_tail, tail + 1, __ATOMIC_RELEASE);
	do {
		n = syscall(SYS_io_uring_enter, ring, 1, 1, flags, NULL, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		wl_die("io_uring_enter");
	while (*cq_head == __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE))
		if (syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0 &&
		    errno != EINTR)
			wl_die("io_uring_enter");
	__atomic_store_n(cq_head, *cq_head + 1, __ATOMIC_RELEASE);
}

/* Minor faults of the thread that polls submissions, which is named iou-sqp-PID. */
static unsigned long polling_thread_faults(void)
{
	unsigned long faults = 0;
	struct dirent *entry;
	char file[300], line[512], *end;
	DIR *dir = opendir("/proc/self/task");
	ssize_t n;
	int fd;

	if (!dir)
		wl_die("/proc/self/task");
	while ((entry = readdir(dir))) {
		snprintf(file, sizeof(file), "/proc/self/task/%s/stat", entry->d_name);
		fd = *entry->d_name == '.' ? -1 : open(file, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		if (fd >= 0)
			close(fd);
		if (n <= 0)
			continue;
		line[n] = 0;
		end = strrchr(line, ')');
		if (end && strstr(line, "(iou-sqp-") &&
		    sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %lu", &faults) != 1)
			wl_die("%s", file);
	}
	closedir(dir);
	return faults;
}

int main(int argc, char **argv)
{
	struct wl_range *r;
	unsigned long polled = 0;
	char *p, extra[64];

	wl_init("iouring");
	wl_options(argc, argv,
		   (const struct wl_option[]){ { "reads", .number = &reads },
					       { "gate", .flag = &gate },
					       { "sqpoll", .flag = &sqpoll },
					       { 0 } });
	open_ring();
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (zero < 0)
		wl_die("/dev/zero");
	p = wl_map_anon(reads * WL_PAGE);
	r = wl_range_add("anon", p, reads * WL_PAGE);
	snprintf(r->cause, sizeof(r->cause), "anon-zero");
	if (gate)
		wl_gate();
	for (unsigned long i = 0; i < reads; i++)
		read_page(p + i * WL_PAGE);
	r->faults = r->minor = r->write = reads;
	if (sqpoll)
		polled = polling_thread_faults();
	/* the workers' counts are the process's when they have ended */
	close(ring);
	snprintf(extra, sizeof(extra), "\"polling_thread_faults\":%lu,", polled);
	wl_finish(extra);
}
