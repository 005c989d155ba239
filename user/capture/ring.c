// SPDX-License-Identifier: GPL-2.0-only
/* ring.c - the ring buffer: read records for a bounded time, and drop the remaining ones. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "sys/limits.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/stop.h"
#include "vmascope.skel.h"

/** While the ring is read, the time is checked once per this many records. */
#define CHECK_RECORDS 16

bool capture__streams(const struct capture *c, uint32_t type)
{
	return c->skel->rodata->cfg.streamed & 1u << type;
}

/** drop - count a dropped record. Return: it is one that was requested. */
static bool drop(struct capture *c, const struct vs_event *e)
{
	if (e->type == VS_EVENT_SAMPLE)
		c->dropped_samples++;
	else if (capture__streams(c, e->type))
		c->dropped_events++;
	else
		return false;
	return true;
}

/* The kernel's two pages before the ring's data: the consumer and the producer position. */

static uint64_t consumed(const struct capture *c)
{
	return __atomic_load_n((const unsigned long *)c->ring_pages, __ATOMIC_ACQUIRE);
}

static uint64_t produced(const struct capture *c)
{
	return __atomic_load_n((const unsigned long *)(c->ring_pages + sysconf(_SC_PAGESIZE)),
			       __ATOMIC_ACQUIRE);
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct capture *c = ctx;

	if (!c->dropping || !drop(c, data))
		c->fn(c->fn_ctx, data);
	/* if events arrive faster than they are handled, the ring never becomes empty */
	if (consumed(c) + BPF_RINGBUF_HDR_SZ + size >= c->consume_to)
		return -ECANCELED;
	if (++c->records % CHECK_RECORDS || c->consume_until_ns == UINT64_MAX)
		return 0;
	return !stop__hurried() && clock__monotonic_ns() < c->consume_until_ns ? 0 : -EAGAIN;
}

int ring__map(struct capture *c)
{
	const int fd = bpf_map__fd(c->skel->maps.events);
	void *pages = mmap(NULL, 2 * sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);
	int err;

	if (pages != MAP_FAILED) {
		c->ring_pages = pages;
		c->ring = ring_buffer__new(fd, on_record, c, NULL);
	}
	if (c->ring)
		return 0;
	err = -errno;
	vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot map the ring buffer: %s", strerror(-err));
	return err;
}

void ring__unmap(struct capture *c)
{
	ring_buffer__free(c->ring);
	if (c->ring_pages)
		munmap((void *)c->ring_pages, 2 * sysconf(_SC_PAGESIZE));
}

uint64_t ring__waiting(const struct capture *c)
{
	return produced(c) - consumed(c);
}

int capture__fd(const struct capture *c)
{
	return c->kernel->ring_fd(c);
}

bool capture__may_sleep(struct capture *c)
{
	struct vs_ring_wake *wake = &c->skel->bss->ring_wake;
	const uint64_t mark = c->skel->rodata->cfg.wakeup_bytes;

	if (c->kernel->waiting(c) >= mark)
		return false;
	__atomic_store_n(&wake->woken, 0, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return c->kernel->waiting(c) < mark;
}

int capture__consume(struct capture *c, uint64_t until_ns)
{
	int err;

	sw_events__follow_cpus(c);
	c->consume_until_ns = until_ns;
	c->consume_to = produced(c);
	err = c->kernel->consume(c);
	return err > 0 || err == -ECANCELED ? 0 : err;
}

void capture__drop_rest(struct capture *c)
{
	c->dropping = true;
	capture__consume(c, UINT64_MAX);
}

void ring__add_dropped(const struct capture *c, struct vs_stats *sum)
{
	sum->lost[VS_LOST_EVENTS] += c->dropped_events;
	sum->lost[VS_LOST_SAMPLES] += c->dropped_samples;
	sum->emitted -= c->dropped_events;
}
