// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_trace_test - `trace --events`: in time order, each flush and interrupt with the call
 * that it belongs to, and as many of each as the kernel's own tracer saw.
 */
#include "check.h"
#include "ftrace.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALL_EVENTS "fault,memcall,shootdown"

static struct json_object *line(const struct vt_scope *s, size_t i)
{
	return json_object_array_get_idx(s->json, i);
}

/* The last line is the summary. */
static size_t lines(const struct vt_scope *s)
{
	return json_object_array_length(s->json) - 1;
}

static bool is(struct json_object *e, const char *member, const char *want)
{
	struct json_object *got = vt_get(e, member);

	return got && !strcmp(json_object_get_string(got), want);
}

static int64_t count(const struct vt_scope *s, const char *type, const char *member,
		     const char *want)
{
	int64_t n = 0;

	for (size_t i = 0; i < lines(s); i++)
		n += is(line(s, i), "type", type) && (!member || is(line(s, i), member, want));
	return n;
}

static void check_summary(const struct vt_scope *s)
{
	struct json_object *last = line(s, lines(s));

	vt_true(is(last, "type", "summary"));
	vt_equal(vt_int(last, "lost"), 0, "lost events");
	vt_equal(vt_int(last, "events"), (int64_t)lines(s), "events = lines");
	vt_equal(vt_int(last, "memcalls"), count(s, "memcall", NULL, NULL), "memcalls");
	vt_equal(vt_int(last, "flushes"), count(s, "flush", NULL, NULL), "flushes");
	vt_equal(vt_int(last, "interrupts"), count(s, "interrupt", NULL, NULL), "interrupts");
	vt_equal(vt_int(last, "generated"), vt_int(last, "events") + vt_int(last, "lost"),
		 "generated = printed + lost");
}

/*
 * In the order of their beginnings, but for those that are said to be late: they lasted longer than
 * trace waits, as a task that loses its CPU inside of a fault can.
 */
static void check_time_order(const struct vt_scope *s)
{
	int64_t latest = 0, late = 0;

	for (size_t i = 0; i < lines(s); i++) {
		int64_t now = vt_int(line(s, i), "time_ns");

		late += now < latest;
		latest = now > latest ? now : latest;
	}
	vt_equal(late, vt_int(line(s, lines(s)), "late"), "lines that are out of order");
}

/* By id: the line of the call. */
static struct json_object **calls_by_id(const struct vt_scope *s, int64_t *max)
{
	struct json_object **by_id;

	*max = 0;
	for (size_t i = 0; i < lines(s); i++)
		if (is(line(s, i), "type", "memcall") && vt_int(line(s, i), "id") > *max)
			*max = vt_int(line(s, i), "id");
	by_id = calloc((size_t)*max + 1, sizeof(struct json_object *));
	vt_true(by_id);
	for (size_t i = 0; i < lines(s); i++) {
		struct json_object *e = line(s, i);

		if (!is(e, "type", "memcall"))
			continue;
		vt_cmp(vt_int(e, "id"), >, 0, "id of a call");
		vt_true(!by_id[vt_int(e, "id")]);
		by_id[vt_int(e, "id")] = e;
	}
	return by_id;
}

/* A call that does not return (exit) has no end. */
static void check_within(struct json_object *e, struct json_object *call, int64_t end)
{
	vt_cmp(vt_int(e, "time_ns"), >=, vt_int(call, "time_ns"), "%s %ld and its call's beginning",
	       vt_str(e, "type"), vt_int(e, "id"));
	if (vt_get(call, "duration_ns"))
		vt_cmp(end, <=, vt_int(call, "time_ns") + vt_int(call, "duration_ns"),
		       "%s %ld and its call's end", vt_str(e, "type"), vt_int(e, "id"));
	vt_true(is(e, "call", vt_str(call, "call")));
}

/* By the tracer of the same run: a call may have interrupted nobody, if no thread of its process was there. */
static void check_interrupts(const struct vt_scope *s, int64_t of_calls)
{
	static const struct {
		const char *name;
		long nr;
	} calls[] = {
		{ "mprotect", SYS_mprotect }, { "munmap", SYS_munmap }, { "mremap", SYS_mremap },
		{ "madvise", SYS_madvise },   { "mmap", SYS_mmap },	{ "brk", SYS_brk },
	};
	static struct vt_ktally kernel;
	int64_t unseen;

	if (!vt_ftrace_has_csd()) {
		vt_equal(of_calls > 0, vt_cpus() > 1, "%ld interrupts of calls; there are any",
			 (long)of_calls);
		return;
	}
	vt_ftrace_tally(&kernel, (pid_t)vt_int(s->work, "pid"), NULL, NULL);
	unseen = kernel.unseen[VT_IPI_USER];
	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
		const int64_t want = kernel.call[calls[c].nr].received;
		int64_t got = 0;

		for (size_t i = 0; i < lines(s); i++)
			got += is(line(s, i), "type", "interrupt") && vt_get(line(s, i), "id") &&
			       is(line(s, i), "call", calls[c].name);
		vt_cmp(got, <=, want, "interrupts of %s, by the tracer", calls[c].name);
		vt_cmp(got, >=, want - unseen, "interrupts of %s, by the tracer", calls[c].name);
	}
}

/* The kernel's tracer has run beside it. */
static void check_ids(const struct vt_scope *s)
{
	int64_t max, flushes = 0, interrupts = 0;
	struct json_object **by_id = calls_by_id(s, &max);

	for (size_t i = 0; i < lines(s); i++) {
		struct json_object *e = line(s, i), *call;
		bool flush = is(e, "type", "flush");
		int64_t id;

		if (!flush && !is(e, "type", "interrupt"))
			continue;
		if (!flush && vt_get(e, "sent_ns"))
			vt_cmp(vt_int(e, "sent_ns"), <=, vt_int(e, "time_ns"),
			       "an interrupt is sent before it arrives");
		if (!vt_get(e, "id"))
			continue; /* of no call: a copy, and such */
		id = vt_int(e, "id");
		vt_cmp(id, <=, max, "id of a %s", vt_str(e, "type"));
		call = by_id[id];
		if (!call)
			fail_msg("no call %ld: %s", id, json_object_to_json_string(e));
		check_within(e, call, vt_int(e, "time_ns"));
		if (flush)
			vt_equal(vt_int(e, "tid"), vt_int(call, "tid"), "who flushes");
		else
			vt_equal(vt_int(e, "initiator.tid"), vt_int(call, "tid"), "initiator");
		flushes += flush;
		interrupts += !flush;
	}
	free(by_id);
	vt_cmp(flushes, >, 0, "flushes of calls");
	check_interrupts(s, interrupts);
}

/* What the call's own line says of its flushes is what the lines of them are. */
static void check_calls_own_figures(const struct vt_scope *s)
{
	int64_t max;
	struct json_object **by_id = calls_by_id(s, &max);
	struct figures {
		int64_t local, remote;
	} *seen = calloc((size_t)max + 1, sizeof(*seen));

	vt_true(seen);
	for (size_t i = 0; i < lines(s); i++) {
		struct json_object *e = line(s, i);

		if (!is(e, "type", "flush") || !vt_get(e, "id"))
			continue;
		seen[vt_int(e, "id")].local += is(e, "kind", "local");
		seen[vt_int(e, "id")].remote += is(e, "kind", "remote");
	}
	for (int64_t id = 0; id <= max; id++) {
		if (!by_id[id] || !vt_get(by_id[id], "duration_ns"))
			continue;
		vt_equal(vt_int(by_id[id], "flushes.local"), seen[id].local, "local of %ld", id);
		vt_equal(vt_int(by_id[id], "flushes.remote"), seen[id].remote, "remote of %ld", id);
	}
	free(seen);
	free(by_id);
}

/* Each mode that can be had: order and ids, and the tracer's counts. */
static void stream_is_complete(void **state)
{
	static const char *const modes[] = { "mprotect", "munmap", "dontneed",
					     "mremap",	 "cow",	   "uffd" };
	static struct vt_ktally kernel;
	struct vt_scope s;
	size_t n;

	(void)state;
	for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
		vt_ftrace_start();
		vt_trace(&s, VT_ARGS("--events", ALL_EVENTS, "--ring", "65536"),
			 VT_ARGS("tlbcalls", "--count", "200", modes[m]));
		vt_ftrace_stop(&n);
		vt_ftrace_tally(&kernel, (pid_t)vt_int(s.work, "pid"), NULL, NULL);
		check_summary(&s);
		check_time_order(&s);
		check_ids(&s);
		check_calls_own_figures(&s);
		if (count(&s, "flush", "kind", "remote") != kernel.all.remote)
			vt_ftrace_show((pid_t)vt_int(s.work, "pid"));
		vt_equal(count(&s, "flush", "kind", "remote"), kernel.all.remote,
			 "lines of flushes sent, %s", modes[m]);
		vt_equal(count(&s, "flush", "kind", "local"), kernel.all.local,
			 "lines of local flushes, %s", modes[m]);
		vt_equal(count(&s, "memcall", "call", "mprotect"), kernel.call[SYS_mprotect].left,
			 "lines of mprotect, %s", modes[m]);
		vt_equal(count(&s, "memcall", "call", "munmap"), kernel.call[SYS_munmap].left,
			 "lines of munmap, %s", modes[m]);
		vt_equal(count(&s, "memcall", "call", "madvise"), kernel.call[SYS_madvise].left,
			 "lines of madvise, %s", modes[m]);
		vt_scope_free(&s);
	}
}

/* The fault stream is the same with the others beside it. */
static void fault_stream_is_complete(void **state)
{
	struct vt_scope s;
	size_t n;

	(void)state;
	vt_ftrace_start();
	vt_trace(&s, VT_ARGS("--events", ALL_EVENTS, "--ring", "65536"),
		 VT_ARGS("barrier", "--pages", "32", "--rounds", "20"));
	vt_ftrace_stop(&n);
	check_summary(&s);
	check_time_order(&s);
	check_ids(&s);
	vt_equal(count(&s, "fault", "cause", "segv-accerr"), vt_int(s.work, "hits"),
		 "lines of faults that became signals");
	vt_scope_free(&s);
}

static void only_the_selected_events(void **state)
{
	static const struct {
		const char *events;
		bool fault, memcall, flush;
	} cases[] = {
		{ "fault", true, false, false },
		{ "memcall", false, true, false },
		{ "shootdown", false, false, true },
		{ "memcall,shootdown", false, true, true },
		{ "fault,shootdown", true, false, true },
	};
	struct vt_scope s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vt_trace(&s, VT_ARGS("--events", cases[i].events, "--ring", "65536"),
			 VT_ARGS("pingpong", "--pairs", "50"));
		vt_equal(count(&s, "fault", NULL, NULL) > 0, cases[i].fault, "faults with %s",
			 cases[i].events);
		vt_equal(count(&s, "memcall", NULL, NULL) > 0, cases[i].memcall, "calls with %s",
			 cases[i].events);
		vt_equal(count(&s, "flush", NULL, NULL) > 0, cases[i].flush, "flushes with %s",
			 cases[i].events);
		check_summary(&s);
		check_time_order(&s);
		vt_scope_free(&s);
	}
}

/* A reader that falls behind: what is printed is still in order, and what is lost is told. */
static void losses_are_reported(void **state)
{
	struct json_object *last;
	struct vt_scope s;

	(void)state;
	vt_trace(&s, VT_ARGS("--events", ALL_EVENTS, "--ring", "8"),
		 VT_ARGS("pingpong", "--pairs", "5000"));
	last = line(&s, lines(&s));
	check_time_order(&s);
	vt_equal(vt_int(last, "events"), (int64_t)lines(&s), "events = lines");
	vt_equal(vt_int(last, "generated"), vt_int(last, "events") + vt_int(last, "lost"),
		 "generated = printed + lost");
	print_message("# ring of 8 KiB, 5000 pairs: %ld printed, %ld lost\n",
		      (long)vt_int(last, "events"), (long)vt_int(last, "lost"));
	if (vt_int(last, "lost"))
		vt_contains(s.cmd.err, "lost");
	vt_scope_free(&s);
}

static void text_output(void **state)
{
	const char *out = vt_path("trace.txt");
	struct vt_cmd cmd;
	char *text, by[32];

	(void)state;
	vt_columns(80);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "trace", "--events", "memcall,shootdown", "-o", out, "--",
		       vt_workload("pingpong"), "--pairs", "100"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	text = vt_read_file(out, NULL);
	vt_contains(text, "mprotect(");
	if (vt_cpus() > 1) {
		snprintf(by, sizeof(by), "interrupted by CPU %d", vt_cpu(0));
		vt_contains(text, "flush remote");
		vt_contains(text, by);
	} else {
		vt_true(!strstr(text, "flush remote") && !strstr(text, "interrupted by"));
	}
	vt_check_width(text, 80);
	free(text);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(stream_is_complete),
	VT_TEST(fault_stream_is_complete),
	VT_TEST(only_the_selected_events),
	VT_TEST(losses_are_reported),
	VT_TEST(text_output),
};

VT_MAIN(tests)
