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

static void other_process_is_untouched(void **state)
{
	struct json_object *json, *work;
	int64_t caller, peer, calls, sent, at_peer, at_thread;
	struct vt_shot shot;

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
	vt_cmp(vt_int(work, "peer_writes"), >, PAIRS / 10, "writes of the peer meanwhile");
	vt_equal(vt_int(work, "peer_faults"), 0, "faults of the peer, by getrusage");

	/* And vmascope: all calls are the caller's, and the peer has no fault in the segment. */
	vt_cmp(vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "count"), >=, calls,
	       "mprotects of the caller");
	vt_equal(vt_rows_sum(json, "vmas", "mprotect", NULL, peer, "count"), 0,
		 "mprotects of the peer");
	vt_cmp(vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "flushes.local"), >=, calls,
	       "flushes of the caller's own CPU");

	/*
	 * The second half alone sends: its thread is there, and takes nearly all of it; the peer
	 * may be put in its place between the sending and the arrival.
	 */
	sent = vt_rows_sum(json, "vmas", "mprotect", NULL, caller, "flushes.remote");
	vt_cmp(sent, >, 0, "flushes sent");
	vt_cmp(sent, <=, calls / 2 + 20, "flushes sent");
	at_thread = vt_pairs_sum(json, "user", caller, caller, 0, 1);
	at_peer = vt_pairs_sum(json, "user", caller, peer, 0, 1);
	vt_cmp(at_thread, >, 100, "interrupts of the caller's thread");
	vt_cmp(at_peer, <=, 3 + at_thread / 100, "interrupts of the peer");
	print_message("# sharedseg: %ld calls, %ld flushes sent, %ld interrupts of the caller's "
		      "thread, %ld of the peer\n",
		      (long)calls, (long)sent, (long)at_thread, (long)at_peer);
	vt_shootdown_free(&shot);
}

/* The same by the row of the kernel, without any tracer: each half is a reading of its own. */
static void row_says_the_same(void **state)
{
	const char *result = vt_path("result.json");
	struct json_object *work;
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_workload("sharedseg"), "--pairs", "1000", "--result", result));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	work = vt_json_file(result);
	/* In the row are other programs' interrupts of that CPU, too. */
	vt_cmp(vt_int(work, "interrupts.peer"), <, PAIRS / 5, "row TLB while the peer runs there");
	vt_cmp(vt_int(work, "interrupts.thread"), >, vt_int(work, "interrupts.peer"),
	       "row TLB while the thread runs there");
	json_object_put(work);
	vt_free(&cmd);
}

/* In time order: each line of the first half has no interrupt, and the call waits for those that it
 * sends. */
static void calls_wait_for_their_interrupts(void **state)
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
		if (strcmp(vt_str(e, "type"), "interrupt") ||
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
	vt_cmp(interrupts, >, 20, "interrupts by mprotect");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(other_process_is_untouched),
	VT_TEST(row_says_the_same),
	VT_TEST(calls_wait_for_their_interrupts),
};

VT_MAIN(tests)
