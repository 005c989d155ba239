// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_test - what `trace` says of a fault that ends in a signal, against what the workload
 * knows: its own maps, its own memory calls, its own clock.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAGE 4096UL
/** The two clocks are read one after another, here and in vmascope. */
#define CLOCK_SLACK_NS 1000000LL
#define CAUSES "segv-maperr,segv-accerr,sigbus"

struct run {
	struct vt_cmd cmd;
	struct json_object *lines;
	struct json_object *work;
	int64_t ended_ns;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* vmascope's exit status is that of a shell: of a command that a signal ended, 128 + signal. */
static int expected_exit(struct json_object *work)
{
	int64_t sig = vt_int(work, "signal");

	return sig ? 128 + (int)sig : 0;
}

static void trace_crash(struct run *r, const char *mode)
{
	const char *result = vt_path("result.json"), *output = vt_path("output.json");
	char *text;

	memset(r, 0, sizeof(*r));
	vt_run(&r->cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--format", "json", "--time", "--cause", CAUSES,
		       "-o", output, "--", vt_workload("crash"), "--result", result, mode));
	r->ended_ns = now_ns();
	r->work = vt_json_file(result);
	vt_equal(strcmp(vt_str(r->work, "mode"), mode), 0, "mode of the workload");
	vt_equal(r->cmd.exit, expected_exit(r->work), "exit status with %s: %s", mode, r->cmd.err);
	text = vt_read_file(output, NULL);
	r->lines = vt_json_lines(text, output);
	free(text);
}

static void run_free(struct run *r)
{
	json_object_put(r->lines);
	json_object_put(r->work);
	vt_free(&r->cmd);
}

static bool is_null(struct json_object *o, const char *path)
{
	return !vt_get(o, path);
}

static void same_string(struct json_object *a, const char *path_a, struct json_object *b,
			const char *path_b)
{
	if (strcmp(vt_str(a, path_a), vt_str(b, path_b)))
		fail_msg("%s is '%s' instead of '%s' in %s", path_a, vt_str(a, path_a),
			 vt_str(b, path_b), json_object_to_json_string(a));
}

static void same_hex(struct json_object *a, struct json_object *b, const char *member)
{
	if (vt_hex(a, member) != vt_hex(b, member))
		fail_msg("%s is %s instead of %s in %s", member, vt_str(a, member),
			 vt_str(b, member), json_object_to_json_string(a));
}

/* --- VMAs, against the workload's own maps --------------------------------------------------- */

/* In /proc/self/maps anonymous memory has no name, and shared one that of a file that nobody made. */
static const char *map_name(struct json_object *map)
{
	const char *name = vt_str(map, "name");

	return !strcmp(name, "/dev/zero (deleted)") ? "[anon_shmem]" : *name ? name : "[anon]";
}

static void check_vma(struct json_object *vma, struct json_object *map, const char *what)
{
	same_hex(vma, map, "end");
	/* the stack has grown since, down to the page above the one that it could not have */
	if (strcmp(map_name(map), "[stack]"))
		same_hex(vma, map, "start");
	same_string(vma, "perms", map, "perms");
	if (strcmp(vt_str(vma, "name"), map_name(map)))
		fail_msg("%s is named '%s' instead of '%s'", what, vt_str(vma, "name"),
			 map_name(map));
}

static struct json_object *map_at(struct json_object *work, uint64_t address)
{
	struct json_object *map;

	vt_each(map, work, "maps")
	{
		if (address >= vt_hex(map, "start") && address < vt_hex(map, "end"))
			return map;
	}
	return NULL;
}

/* The nearest below or above @address, or below and above what holds it. */
static struct json_object *map_beside(struct json_object *work, uint64_t address, bool above)
{
	struct json_object *map, *holder = map_at(work, address), *nearest = NULL;

	vt_each(map, work, "maps")
	{
		if (map == holder)
			continue;
		if (above ? vt_hex(map, "start") > address : vt_hex(map, "end") <= address) {
			nearest = map;
			if (above)
				break;
		}
	}
	return nearest;
}

static bool touches(struct json_object *holder, struct json_object *map, bool above)
{
	return above ? vt_hex(holder, "end") == vt_hex(map, "start")
		     : vt_hex(map, "end") == vt_hex(holder, "start");
}

/* One that does not touch the VMA that was hit may be left out. */
static void check_beside(struct json_object *row, struct json_object *work, bool above)
{
	uint64_t address = vt_hex(row, "address");
	struct json_object *holder = map_at(work, address);
	struct json_object *map = map_beside(work, address, above);
	struct json_object *near = vt_get(row, above ? "crash.above" : "crash.below");

	if (!near && (!map || (holder && !touches(holder, map, above))))
		return;
	if (!near || !map)
		fail_msg("%s %#lx: %s instead of %s", above ? "above" : "below", address,
			 json_object_to_json_string(near), json_object_to_json_string(map));
	check_vma(near, map, above ? "the VMA above" : "the VMA below");
	vt_equal(vt_int(near, "distance"),
		 above ? vt_hex(near, "start") - address : address - vt_hex(near, "end"),
		 "distance");
}

static void check_hit(struct json_object *row, struct json_object *work)
{
	uint64_t address = vt_hex(row, "address");
	struct json_object *map = map_at(work, address), *vma = vt_get(row, "vma");

	if (!map) {
		vt_true(!vma);
		return;
	}
	if (!vma)
		fail_msg("no VMA in %s", json_object_to_json_string(row));
	check_vma(vma, map, "the VMA");
	vt_equal(vt_int(vma, "offset"), address - vt_hex(map, "start") + vt_int(map, "offset"),
		 "offset in the VMA");
}

/* --- the instruction ------------------------------------------------------------------------- */

static void check_code(struct json_object *row, struct json_object *work)
{
	uint64_t start = vt_hex(work, "code.start"), ip;
	struct json_object *code = vt_get(row, "crash.code"), *map;

	if (!start) { /* a jump to where nothing is */
		vt_true(!code);
		return;
	}
	if (!code)
		fail_msg("no code in %s", json_object_to_json_string(row));
	ip = vt_hex(row, "ip");
	vt_cmp(ip, >=, start, "ip in the function that crashes");
	vt_cmp(ip, <, vt_hex(work, "code.end"), "ip in the function that crashes");
	map = map_at(work, ip);
	vt_true(map);
	check_vma(code, map, "the code");
	vt_equal(vt_int(code, "offset"), ip - vt_hex(map, "start") + vt_int(map, "offset"),
		 "offset of the instruction in its file");
	if (ip != vt_hex(row, "address"))
		same_string(code, "name", work, "exe");
}

/* --- the call that is to blame ---------------------------------------------------------------- */

/* In vmascope's time: with --time it prints the time of day, which the workload knows, too. */
static int64_t fault_ns(struct json_object *row, struct json_object *work)
{
	return vt_int(row, "time_ns") - vt_int(work, "wall_minus_mono_ns");
}

static void check_call(struct json_object *row, struct json_object *expected, const struct run *r)
{
	struct json_object *call = vt_get(row, "crash.last_call"),
			   *blame = vt_get(expected, "call");
	int64_t ago, at = fault_ns(row, r->work);

	if (!blame) {
		if (call)
			fail_msg("no call is to blame, not %s", json_object_to_json_string(call));
		return;
	}
	if (!call)
		fail_msg("no last_call in %s", json_object_to_json_string(row));
	same_string(call, "call", blame, "call");
	same_hex(call, blame, "start");
	vt_equal(vt_int(call, "tid"), vt_int(blame, "tid"), "thread that called");
	if (vt_get(blame, "length")) { /* brk() has none */
		vt_equal(vt_int(call, "length"), vt_int(blame, "length"), "length");
		if (strcmp(vt_str(call, "call"), "munmap"))
			vt_equal(vt_int(call, "argument"), vt_int(blame, "argument"), "argument");
	}
	ago = vt_int(call, "ago_ns");
	vt_cmp(ago, >=, at - vt_int(blame, "after_ns") - CLOCK_SLACK_NS, "ago_ns");
	vt_cmp(ago, <=, at - vt_int(blame, "before_ns") + CLOCK_SLACK_NS, "ago_ns");
	vt_cmp(ago, <=, r->ended_ns - vt_int(blame, "before_ns"), "ago_ns");
	vt_cmp(ago, >=, 20000000, "ago_ns: the workload naps for 20 ms between");
}

/* --- rows ------------------------------------------------------------------------------------ */

static void check_what(struct json_object *row, struct json_object *expected,
		       struct json_object *work)
{
	uint64_t got = vt_hex(row, "address"), want = vt_hex(expected, "address");

	if (vt_bool(expected, "exact") ? got != want : got / PAGE != want / PAGE)
		fail_msg("address %#lx instead of %#lx", got, want);
	vt_equal(strcmp(vt_str(row, "type"), "fault"), 0, "type");
	vt_equal(strcmp(vt_str(row, "outcome"), "incomplete"), 0, "outcome");
	vt_equal(strcmp(vt_str(row, "mode"), "user"), 0, "mode");
	same_string(row, "crash.kind", expected, "kind");
	same_string(row, "cause", expected, "cause");
	same_string(row, "access", expected, "access");
	vt_equal(strcmp(vt_str(row, "crash.signal"),
			vt_int(work, "signal") == SIGBUS ? "SIGBUS" : "SIGSEGV"),
		 0, "signal");
	/* who has a handler survives */
	vt_equal(vt_bool(row, "crash.handled"), !vt_int(work, "signal"), "handled");
	vt_equal(vt_int(row, "pid"), vt_int(work, "pid"), "pid");
	vt_equal(vt_int(row, "tid"), vt_int(expected, "tid"), "tid");
	vt_contains(vt_str(row, "crash.text"), vt_str(expected, "kind"));
}

/* How many lines are crashes; the i-th is what the workload said it would be. */
static size_t check_rows(const struct run *r, bool maps_hold)
{
	size_t n = json_object_array_length(r->lines) - 1, seen = 0;
	struct json_object *summary = json_object_array_get_idx(r->lines, n);

	vt_equal(strcmp(vt_str(summary, "type"), "summary"), 0, "the last line is the summary");
	vt_equal(vt_int(summary, "lost"), 0, "lost events");
	vt_equal(vt_int(summary, "events"), n, "events in the summary");
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(r->lines, i), *expected;

		if (is_null(row, "crash"))
			continue;
		if (seen >= vt_len(r->work, "crashes"))
			fail_msg("a crash too many: %s", json_object_to_json_string(row));
		expected = vt_at(r->work, "crashes", seen++);
		check_what(row, expected, r->work);
		check_code(row, r->work);
		check_call(row, expected, r);
		if (!maps_hold)
			continue;
		check_hit(row, r->work);
		check_beside(row, r->work, false);
		check_beside(row, r->work, true);
		vt_cmp(fault_ns(row, r->work), >=, vt_int(r->work, "told_ns") - CLOCK_SLACK_NS,
		       "time of the crash");
		vt_cmp(fault_ns(row, r->work), <=, r->ended_ns, "time of the crash");
	}
	vt_equal(seen, vt_len(r->work, "crashes"), "crashes");
	return n;
}

/* --- text ------------------------------------------------------------------------------------ */

/* Bytes are as people read them, so where VMAs are is checked in JSON. */
static void check_text(const char *text, struct json_object *work)
{
	struct json_object *crash = vt_at(work, "crashes", 0);
	const char *call = vt_get(crash, "call") ? vt_str(crash, "call.call") : NULL;
	char part[700];

	snprintf(part, sizeof(part), "%s: %s, %s of 0x",
		 vt_int(work, "signal") == SIGBUS ? "SIGBUS" : "SIGSEGV", vt_str(crash, "kind"),
		 vt_str(crash, "access"));
	vt_contains(text, part);
	if (vt_bool(crash, "exact"))
		vt_contains(text, vt_str(crash, "address"));
	vt_contains(text, vt_str(crash, "cause"));
	snprintf(part, sizeof(part), "by %s+0x", vt_str(work, "exe"));
	if (map_at(work, vt_hex(work, "code.start")) &&
	    vt_hex(work, "code.start") != vt_hex(crash, "address"))
		vt_contains(text, part);
	vt_contains(text, map_at(work, vt_hex(crash, "address")) ? "\n    in " : "in no VMA");
	if (!call) {
		vt_true(!strstr(text, " before: "));
		return;
	}
	snprintf(part, sizeof(part), "ms before: %s(%s", call, vt_str(crash, "call.start"));
	vt_contains(text, part);
	snprintf(part, sizeof(part), ") by thread %ld", (long)vt_int(crash, "call.tid"));
	vt_contains(text, part);
}

/** struct text_run - `trace` of a crash as text, in the files @output and @result */
struct text_run {
	struct vt_cmd cmd;
	const char *output;
	const char *result;
};

static void begin_text(struct text_run *t, const char *mode)
{
	t->output = vt_path("output.txt");
	t->result = vt_path("result.json");
	vt_start(&t->cmd, NULL,
		 VT_ARGS(vt_vmascope(), "trace", "--cause", CAUSES, "-o", t->output, "--",
			 vt_workload("crash"), "--result", t->result, mode));
}

static void end_text(struct text_run *t, const char *mode)
{
	struct json_object *work;
	char *text, *at;

	vt_wait(&t->cmd, VT_PATIENCE);
	work = vt_json_file(t->result);
	vt_equal(t->cmd.exit, expected_exit(work), "exit status with %s: %s", mode, t->cmd.err);
	text = vt_read_file(t->output, NULL);
	check_text(text, work);
	at = strstr(text, "SIG");
	vt_true(at && !strstr(at + 3, "SIG")); /* told once */
	free(text);
	json_object_put(work);
	vt_free(&t->cmd);
}

/* --- tests ----------------------------------------------------------------------------------- */

/* Both runs at once: most of their time goes by waiting. */
static void one_crash(const char *mode)
{
	struct text_run t;
	struct run r;

	begin_text(&t, mode);
	trace_crash(&r, mode);
	vt_equal(vt_len(r.work, "crashes"), 1, "crashes that the workload knows");
	vt_equal(check_rows(&r, true), 1, "lines of %s", mode);
	run_free(&r);
	end_text(&t, mode);
}

#define CRASH(name, mode)                                                                          \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		one_crash(mode);                                                                   \
	}

CRASH(null_pointer, "null")
CRASH(call_through_null, "null-call")
CRASH(use_after_unmap, "unmapped")
CRASH(unmapped_by_another_thread, "unmapped-by-thread")
CRASH(gap_among_many_vmas, "gap")
CRASH(moved_by_mremap, "moved")
CRASH(shrunk_by_mremap, "cut")
CRASH(write_after_mprotect, "mprotected")
CRASH(access_after_mprotect_none, "revoked")
CRASH(mapped_prot_none, "prot-none")
CRASH(stack_overflow, "stack")
CRASH(thread_stack_overflow, "thread-stack")
CRASH(wild_pointer, "wild")
CRASH(sigbus, "sigbus")
CRASH(heap_shrunk_by_brk, "brk")
CRASH(heap_overrun, "heap-overrun")
CRASH(mapped_again_after_unmap, "remapped")
CRASH(jump_into_data, "data-call")

/* 6.13 and later; before, the workload must say so, and nothing else. */
static void guard_install(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("crash"), "guard-install"));
	if (cmd.exit != 77) {
		vt_equal(cmd.exit, 128 + SIGSEGV, "signal that a guard raises");
		one_crash("guard-install");
	}
	vt_free(&cmd);
}

/* A write barrier: every fault is a crash that is repaired, and the process goes on. */
static void handled_segv_continues(void **state)
{
	struct run r;

	(void)state;
	trace_crash(&r, "handled");
	vt_equal(vt_len(r.work, "crashes"), 100, "crashes that the workload knows");
	vt_equal(check_rows(&r, false), 100, "lines");
	run_free(&r);
}

/* The kernel meets a bad address for a system call: no signal, so no crash. */
static void efault_is_not_a_crash(void **state)
{
	struct run r;

	(void)state;
	trace_crash(&r, "efault");
	vt_equal(vt_len(r.work, "crashes"), 0, "crashes that the workload knows");
	check_rows(&r, true);
	run_free(&r);
}

static void efault_after_a_crash_is_not_a_crash(void **state)
{
	struct run r;

	(void)state;
	trace_crash(&r, "efault-after");
	vt_equal(vt_len(r.work, "crashes"), 1, "crashes that the workload knows");
	check_rows(&r, true);
	run_free(&r);
}

/* Who does not ask for these causes gets no words about them, and no memory calls are watched. */
static void no_crash_records_without_the_causes(void **state)
{
	const char *output = vt_path("output.json");
	struct json_object *lines;
	int64_t incomplete = 0;
	struct vt_cmd cmd;
	char *text;
	size_t n;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--format", "json", "-o", output, "--",
		       vt_workload("crash"), "mprotected"));
	vt_equal(cmd.exit, 128 + SIGSEGV, "exit status: %s", cmd.err);
	text = vt_read_file(output, NULL);
	lines = vt_json_lines(text, output);
	n = json_object_array_length(lines) - 1;
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(lines, i);

		vt_true(is_null(row, "crash"));
		incomplete += !strcmp(vt_str(row, "outcome"), "incomplete");
	}
	vt_equal(incomplete, 1, "lines of incomplete faults");
	json_object_put(lines);
	free(text);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(null_pointer),
	VT_TEST(call_through_null),
	VT_TEST(use_after_unmap),
	VT_TEST(unmapped_by_another_thread),
	VT_TEST(gap_among_many_vmas),
	VT_TEST(moved_by_mremap),
	VT_TEST(shrunk_by_mremap),
	VT_TEST(write_after_mprotect),
	VT_TEST(access_after_mprotect_none),
	VT_TEST(mapped_prot_none),
	VT_TEST(guard_install),
	VT_TEST(stack_overflow),
	VT_TEST(thread_stack_overflow),
	VT_TEST(wild_pointer),
	VT_TEST(sigbus),
	VT_TEST(heap_shrunk_by_brk),
	VT_TEST(heap_overrun),
	VT_TEST(mapped_again_after_unmap),
	VT_TEST(jump_into_data),
	VT_TEST(handled_segv_continues),
	VT_TEST(efault_is_not_a_crash),
	VT_TEST(efault_after_a_crash_is_not_a_crash),
	VT_TEST(no_crash_records_without_the_causes),
};

VT_MAIN(tests)
