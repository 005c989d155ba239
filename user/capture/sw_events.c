// SPDX-License-Identifier: GPL-2.0-only
/*
 * sw_events.c - programs on software events: one event per CPU, reopened when a CPU comes online.
 *
 * The kernel permanently removes an event from a CPU that goes offline (perf_event_exit_cpu()).
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "sys/limits.h"
#include "util/array.h"
#include "util/log.h"
#include "vmascope.skel.h"

/**
 * struct sw_event - @prog on every @period-th software event @config of @cpu
 * @link: NULL while the CPU is offline; it owns @fd, the event's descriptor
 */
struct sw_event {
	struct bpf_program *prog;
	struct bpf_link *link;
	int config;
	uint32_t period;
	uint32_t cpu;
	int fd;
};

/** open_event - Return: 0, also if the CPU is offline; a negative errno, reported by the caller. */
static int open_event(struct sw_event *e)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = e->config,
		.sample_period = e->period,
		.read_format = PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	/* one program may be on several kinds of events */
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = (uint64_t)e->config);
	int err, fd = syscall(__NR_perf_event_open, &attr, -1, (int)e->cpu, -1,
			      PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return errno == ENODEV || errno == ENXIO ? 0 : -errno;
	e->fd = fd;
	e->link = bpf_program__attach_perf_event_opts(e->prog, fd, &opts);
	if (e->link)
		return 0;
	err = -errno;
	close(fd);
	return err;
}

static void close_event(struct sw_event *e)
{
	bpf_link__destroy(e->link);
	e->link = NULL;
}

static int report_event(const struct sw_event *e, int err)
{
	vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot open software event %d on CPU %u: %s",
		e->config, e->cpu, strerror(-err));
	return err;
}

int sw_events__attach(struct capture *c, struct bpf_program *prog, int config, uint32_t period)
{
	int err = array__resize(&c->sw_events, c->nr_sw_events + c->nr_cpus, sizeof(*c->sw_events));
	bool any = false;

	if (err)
		return err;
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++) {
		struct sw_event *e = &c->sw_events[c->nr_sw_events++];

		*e = (struct sw_event){
			.prog = prog, .config = config, .period = period, .cpu = cpu
		};
		err = open_event(e);
		if (err)
			return report_event(e, err);
		any |= e->link != NULL;
	}
	return any ? 0 : -ENODEV;
}

/** running_ns - how long the event has been active on its CPU; 0: it can't be read */
static uint64_t running_ns(const struct sw_event *e)
{
	struct {
		uint64_t value;
		uint64_t running_ns;
	} now;

	return read(e->fd, &now, sizeof(now)) == sizeof(now) ? now.running_ns : 0;
}

/** is_running - the event is active on its CPU now. */
static bool is_running(const struct sw_event *e)
{
	const uint64_t before = e->link ? running_ns(e) : 0;

	return before && running_ns(e) > before;
}

/**
 * reopen - reopen the events of @cpu, which is going offline or coming online, if they are not
 * active
 *
 * This is called after each of the many hotplug steps. An event that was opened at one of the last
 * must stay open: while it is closed, ends of faults are missed.
 */
static void reopen(struct capture *c, uint32_t cpu)
{
	for (size_t i = 0; i < c->nr_sw_events; i++) {
		struct sw_event *e = &c->sw_events[i];
		int err;

		if (e->cpu != cpu || is_running(e))
			continue;
		/* the old one first, so that no fault is counted twice */
		close_event(e);
		err = open_event(e);
		if (err)
			report_event(e, err);
	}
}

void sw_events__follow_cpus(struct capture *c)
{
	typeof(&c->skel->bss->cpu_changed[0]) changed = c->skel->bss->cpu_changed;

	if (!__atomic_exchange_n(&c->skel->bss->cpus_changed, 0, __ATOMIC_SEQ_CST))
		return;
	for (uint32_t cpu = 0; cpu < c->nr_cpus && cpu < VS_MAX_CPUS; cpu++)
		if (__atomic_exchange_n(&changed[cpu], 0, __ATOMIC_SEQ_CST))
			reopen(c, cpu);
}

void sw_events__detach(struct capture *c)
{
	for (size_t i = 0; i < c->nr_sw_events; i++)
		close_event(&c->sw_events[i]);
	free(c->sw_events);
	c->sw_events = NULL;
	c->nr_sw_events = 0;
}
