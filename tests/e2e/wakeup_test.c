// SPDX-License-Identifier: GPL-2.0-only
/*
 * wakeup_test - the reader of events is woken when the ring buffer is an eighth full, once: a wake-up is
 * an interrupt that the traced task takes (irq_work), and it is counted by the kernel's own tracepoint.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EVENTS 4000
/** KiB of the ring: it holds all of them, and an eighth of it a quarter at most. */
#define RING "1024"
/** Interrupts of this kind that others may cause meanwhile. */
#define OTHERS 200

#define TRACEPOINT "events/irq_vectors/irq_work_entry/id"

/** open_counter - of such interrupts in @pid and the threads that it will have */
static int open_counter(pid_t pid)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.size = sizeof(attr),
					.inherit = 1 };
	char *id = access("/sys/kernel/tracing/" TRACEPOINT, R_OK)
			   ? vt_read_file("/sys/kernel/debug/tracing/" TRACEPOINT, NULL)
			   : vt_read_file("/sys/kernel/tracing/" TRACEPOINT, NULL);
	int fd;

	attr.config = strtoull(id, NULL, 10);
	free(id);
	fd = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	vt_sys(fd);
	return fd;
}

/** lines_of - how many lines of file @path name command @comm */
static size_t lines_of(const char *path, const char *comm)
{
	char *text = vt_read_file(path, NULL);
	size_t n = 0;

	for (char *p = text; (p = strstr(p, comm)); p++)
		n++;
	free(text);
	return n;
}

/* The reader stands still, so that the ring fills; all that is in it is read afterwards. */
static void the_reader_is_woken_once(void **state)
{
	const char *output = vt_path("trace.txt");
	struct vt_gated work;
	struct vt_cmd trace;
	uint64_t woken;
	char pid[16];
	int counter;

	(void)state;
	vt_gated_start(&work, VT_ARGS("storm", "--faults", "4000"));
	snprintf(pid, sizeof(pid), "%d", work.work.pid);
	vt_start(&trace, NULL,
		 VT_ARGS(vt_vmascope(), "trace", "--ring", RING, "-o", output, "-p", pid));
	vt_await_attached(&trace);
	vt_sys(kill(trace.pid, SIGSTOP));
	counter = open_counter(work.work.pid);
	vt_gated_run(&work);
	vt_equal(read(counter, &woken, sizeof(woken)), sizeof(woken), "bytes of the counter");
	close(counter);
	vt_sys(kill(trace.pid, SIGCONT));
	vt_interrupt(&trace);
	vt_cmp(woken, >=, 1, "interrupts of the traced task");
	vt_cmp(woken, <, OTHERS, "interrupts of the traced task, for %d events", EVENTS);
	vt_cmp(lines_of(output, " storm "), >=, EVENTS, "events");
	vt_free(&trace);
	vt_gated_free(&work);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(the_reader_is_woken_once),
};

VT_MAIN(tests)
