// SPDX-License-Identifier: GPL-2.0-only
/* kernel_calls.c - kernel_calls for the running kernel, by libbpf. */
#include "capture/kernel_calls.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "capture/map_call.h"
#include "vmascope.skel.h"

/** Time for running programs to finish if membarrier(2) can't wait for them. */
#define SLOT_GRACE_US 100000

static int update(const struct bpf_map *map, const void *key, size_t key_size, const void *value,
		  size_t value_size)
{
	return bpf_map__update_elem(map, key, key_size, value, value_size, BPF_ANY);
}

/** read_threads - read the records that the iterator yields; a read may end within a record. */
static void read_threads(int fd, capture_thread_fn fn, void *ctx)
{
	struct vs_thread thread;
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, (char *)&thread + have, sizeof(thread) - have)) > 0) {
		have += n;
		if (have < sizeof(thread))
			continue;
		have = 0;
		if (fn)
			fn(ctx, &thread);
	}
}

/** iterate - run the task iterator of bpf/task.bpf.c */
static int iterate(struct capture *c, enum vs_iter_task action, capture_thread_fn fn, void *ctx)
{
	struct bpf_link *link;
	int fd, err = 0;

	c->skel->bss->iter_action = action;
	link = bpf_program__attach_iter(c->skel->progs.task_iter, NULL);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		err = fd;
	} else {
		read_threads(fd, fn, ctx);
		close(fd);
	}
	bpf_link__destroy(link);
	return err;
}

static int consume(struct capture *c)
{
	return ring_buffer__consume(c->ring);
}

static int ring_fd(const struct capture *c)
{
	return ring_buffer__epoll_fd(c->ring);
}

static int each_program(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			void *ctx)
{
	struct bpf_program *prog;
	int err = 0;

	bpf_object__for_each_program(prog, c->skel->obj)
		if (!err && bpf_program__autoload(prog))
			err = fn(ctx, bpf_program__name(prog), bpf_program__fd(prog));
	return err;
}

static void settle(struct capture *c)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const int fd = bpf_program__fd(c->skel->progs.settle_ipis);

	if (fd >= 0)
		bpf_prog_test_run_opts(fd, &opts);
}

static void grace(void)
{
	/*
	 * Programs that have already compared the generation may still be counting. They run
	 * under RCU, and this is synchronize_rcu(); with nohz_full CPUs it is refused.
	 */
	if (syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(SLOT_GRACE_US);
}

static void release(struct capture *c)
{
	ring__unmap(c);
	slots__unmap(c);
	vmascope_bpf__destroy(c->skel);
}

const struct kernel_calls kernel_calls = {
	.lookup = map_call__lookup,
	.update = update,
	.remove = map_call__delete,
	.next_key = map_call__next_key,
	.lookup_all = map_call__lookup_all,
	.iterate = iterate,
	.consume = consume,
	.waiting = ring__waiting,
	.ring_fd = ring_fd,
	.each_program = each_program,
	.settle = settle,
	.grace = grace,
	.release = release,
};
