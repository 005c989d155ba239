// SPDX-License-Identifier: GPL-2.0-only
/*
 * sharedseg_test - mprotect on a segment that two processes share acts on the caller's address
 * space alone: on its own VMA, and on the CPUs that run it.
 */
#include "check.h"
#include "shootdown.h"
#include "system.h"

#include <stdio.h>

#define PAIRS 1000

static void other_process_keeps_its_vma(void **state)
{
	struct json_object *json, *work;
	int64_t caller, peer, calls, sent, at_peer, at_thread;
	struct vt_shot shot;
	bool two;

	(void)state;
	vt_shootdown(&shot, NULL, VT_ARGS("sharedseg", "--pairs", "1000"));
	json = shot.s.json;
	work = shot.s.work;
	caller = vt_int(work, "pid");
	peer = vt_int(work, "peer");
	calls = vt_int(work, "mprotects");
	vt_equal(calls, 4 * PAIRS, "calls of the workload");

	/* What /proc says of both mappings while the caller's is read-only. */
	vt_equal(strcmp(vt_str(work, "own_permissions"), "r--s"), 0, "the caller's permissions");
	vt_equal(strcmp(vt_str(work, "peer_permissions"), "rw-s"), 0, "the peer's permissions");
	vt_cmp(vt_int(work, "peer_writes"), >, 0, "writes of the peer meanwhile");
	if (!shot.moved)
		vt_equal(vt_int(work, "peer_faults"), 0, "faults of the peer, by getrusage");

	/* And vmascope: all calls are the caller's, and the peer has no fault in the segment. */
	vt_cmp(vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "count"), >=, calls,
	       "mprotects of the caller");
	vt_equal(vt_rows_sum(json, "vmas", "mprotect", NULL, peer, "count"), 0,
		 "mprotects of the peer");
	if (!shot.moved)
		vt_cmp(vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "flushes.local"), >=,
		       calls, "flushes of the caller's own CPU");

	/*
	 * The second half alone sends: its thread is there, and takes nearly all of it; the peer
	 * may be put in its place between the sending and the arrival: as often as the tracer saw it.
	 */
	sent = vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "flushes.remote");
	two = vt_cpus() > 1;
	vt_equal(sent > 0, two, "%ld flushes sent; there are any", (long)sent);
	vt_cmp(sent, <=, calls / 2 + 20, "flushes sent");
	at_thread = vt_pairs_sum(json, "user", caller, caller, vt_cpu(0), vt_cpu(1));
	at_peer = vt_pairs_sum(json, "user", caller, peer, vt_cpu(0), vt_cpu(1));
	vt_equal(at_thread > 0, two, "%ld interrupts of the caller's thread; there are any",
		 (long)at_thread);
	/* the kernel's own row of that CPU has these, and other programs' */
	vt_cmp(vt_int(work, "interrupts.thread"), >=, two ? at_thread : 0,
	       "row TLB while the thread runs there");
	if (vt_ftrace_has_csd()) {
		vt_equal(at_thread,
			 vt_ftrace_taken_from((pid_t)caller, (pid_t)vt_int(work, "thread")),
			 "interrupts of the caller's thread");
		vt_equal(at_peer, vt_ftrace_taken_from((pid_t)caller, (pid_t)peer),
			 "interrupts of the peer");
	}
	print_message("# sharedseg: %ld calls, %ld flushes sent, %ld interrupts of the caller's "
		      "thread, %ld of the peer\n",
		      (long)calls, (long)sent, (long)at_thread, (long)at_peer);
	vt_shootdown_free(&shot);
}

/* In time order: each line of the first half has no interrupt, and the call waits for those that it
 * sends. */
static void calls_wait_for_their_ipis(void **state)
{
	struct json_object *lines, *e, *call;
	int64_t interrupts = 0;
	struct vt_scope s;
	size_t n;

	(void)state;
	vt_trace(&s, VT_ARGS("--events", "memcall,shootdown", "--ring", "65536"),
		 VT_ARGS("sharedseg", "--pairs", "300"));
	lines = s.json;
	n = json_object_array_length(lines) - 1;
	vt_equal(vt_int(json_object_array_get_idx(lines, n), "lost"), 0, "lost events");
	for (size_t i = 0; i < n; i++) {
		size_t k = i;

		e = json_object_array_get_idx(lines, i);
		/* one that comes from outside what is traced, may have no initiator */
		if (strcmp(vt_str(e, "type"), "interrupt") || !vt_get(e, "initiator") ||
		    vt_int(e, "initiator.pid") != vt_int(s.work, "pid") ||
		    strcmp(vt_str(e, "call"), "mprotect"))
			continue;
		do {
			vt_cmp(k, >, 0, "the call of interrupt %ld", vt_int(e, "id"));
			call = json_object_array_get_idx(lines, --k);
		} while (strcmp(vt_str(call, "type"), "memcall") ||
			 vt_int(call, "id") != vt_int(e, "id"));
		vt_cmp(vt_int(e, "time_ns"), >=, vt_int(call, "time_ns"), "handler and call");
		vt_cmp(vt_int(e, "time_ns") + vt_int(e, "stolen_ns"), <=,
		       vt_int(call, "time_ns") + vt_int(call, "duration_ns"),
		       "end of the handler and end of the call");
		interrupts++;
	}
	vt_equal(interrupts > 0, vt_cpus() > 1, "%ld interrupts by mprotect; there are any",
		 (long)interrupts);
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(other_process_keeps_its_vma),
	VT_TEST(calls_wait_for_their_ipis),
};

VT_MAIN(tests)
