// SPDX-License-Identifier: GPL-2.0-only
/*
 * export_test - a recording in other programs' formats: Perfetto by protoc, JSON and CSV by jq.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define PROTO_DIR "user/export"
#define MAX_DEPTH 16

/** struct packet - of a decoded trace: of each a track's begin, end, instant or count */
struct packet {
	int64_t time;
	uint64_t track;
	char type; /* of TYPE_*: B, E, I, C; 0: none */
	char category[16];
	uint64_t flow_out;
	uint64_t flow_in;
	int64_t value;
	uint64_t text;	/* that it refers to */
	uint64_t tells; /* a text of this number */
};

/** struct slice - a begin and its end, which follows it in the file */
struct slice {
	uint64_t track;
	int64_t begin;
	int64_t end;
};

struct trace {
	struct packet *packets;
	size_t nr;
	size_t tracks;
};

static void run_ok(struct vt_cmd *cmd, const char *const *argv)
{
	vt_run(cmd, NULL, argv);
	if (cmd->exit)
		fail_msg("%s: exit status %d: %.2000s", argv[0], cmd->exit, cmd->err);
}

/** record - a workload that makes all kinds of events; @option: one more. Return: the file. */
static const char *record_with(const char *option, const char *const *work, size_t nr)
{
	const char *file = vt_path("recording"), *argv[32];
	struct vt_cmd cmd;
	size_t n = 0;

	argv[n++] = vt_vmascope();
	argv[n++] = "record";
	argv[n++] = "--events";
	argv[n++] = "fault,memcall,shootdown";
	argv[n++] = "-o";
	argv[n++] = file;
	if (option)
		argv[n++] = option;
	argv[n++] = "--";
	argv[n++] = vt_workload(work[0]);
	for (size_t i = 1; i < nr; i++)
		argv[n++] = work[i];
	argv[n] = NULL;
	run_ok(&cmd, argv);
	vt_free(&cmd);
	return file;
}

static const char *record(const char *const *work, size_t nr)
{
	return record_with(NULL, work, nr);
}

/** summary - of the view trace */
static struct json_object *summary(const char *file)
{
	struct json_object *lines, *last;
	struct vt_cmd cmd;

	run_ok(&cmd, VT_ARGS(vt_vmascope(), "report", "--view", "trace", "-j", file));
	lines = vt_json_lines(cmd.out, file);
	last = json_object_get(
		json_object_array_get_idx(lines, json_object_array_length(lines) - 1));
	json_object_put(lines);
	vt_free(&cmd);
	return last;
}

/** struct sent - interrupts in the view trace: @known: whose initiator is; @of_calls: sent in a call that returned */
struct sent {
	size_t known;
	size_t of_calls;
};

static struct sent sent_in(const char *file)
{
	struct sent sent = { 0 };
	struct json_object *lines;
	struct vt_cmd cmd;

	run_ok(&cmd, VT_ARGS(vt_vmascope(), "report", "--view", "trace", "-j", file));
	lines = vt_json_lines(cmd.out, file);
	for (size_t i = 0; i < json_object_array_length(lines); i++) {
		struct json_object *e = json_object_array_get_idx(lines, i);

		if (strcmp(vt_str(e, "type"), "interrupt"))
			continue;
		sent.known += vt_get(e, "initiator.tid") && vt_int(e, "initiator.tid");
		sent.of_calls += vt_get(e, "id") && strcmp(vt_str(e, "call"), "exit");
	}
	json_object_put(lines);
	vt_free(&cmd);
	return sent;
}

/* --- Perfetto ------------------------------------------------------------------------------ */

/** take_line - one of protoc's text: "  name: value" */
static void take_line(struct packet *p, const char *line)
{
	static const struct {
		const char *prefix;
		size_t offset;
	} numbers[] = {
		{ "timestamp: ", offsetof(struct packet, time) },
		{ "track_uuid: ", offsetof(struct packet, track) },
		{ "flow_ids: ", offsetof(struct packet, flow_out) },
		{ "terminating_flow_ids: ", offsetof(struct packet, flow_in) },
		{ "counter_value: ", offsetof(struct packet, value) },
		{ "string_value_iid: ", offsetof(struct packet, text) },
		{ "iid: ", offsetof(struct packet, tells) },
	};
	char type[32];

	/* a number in place of a name is a field that the .proto does not know */
	vt_true(*line < '0' || *line > '9');
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!strncmp(line, numbers[i].prefix, strlen(numbers[i].prefix)))
			*(uint64_t *)((char *)p + numbers[i].offset) =
				strtoull(line + strlen(numbers[i].prefix), NULL, 10);
	if (sscanf(line, "type: TYPE_%31s", type) == 1)
		p->type = !strcmp(type, "SLICE_BEGIN") ? 'B'
			  : !strcmp(type, "SLICE_END") ? 'E'
						       : *type;
	sscanf(line, "categories: \"%15[a-z]", p->category);
}

static struct trace decode(const char *file)
{
	const char *trace_file = vt_path("trace");
	struct trace t = { .nr = 0 };
	struct vt_cmd cmd;
	char command[1024];
	size_t cap = 1;

	run_ok(&cmd,
	       VT_ARGS(vt_vmascope(), "report", "--format", "perfetto", "-o", trace_file, file));
	vt_free(&cmd);
	snprintf(command, sizeof(command),
		 "protoc --decode=vmascope.perfetto.Trace --proto_path=%s perfetto.proto <%s",
		 PROTO_DIR, trace_file);
	run_ok(&cmd, VT_ARGS("sh", "-c", command));
	for (const char *p = cmd.out; (p = strstr(p, "packet {")); p++)
		cap++;
	t.packets = calloc(cap, sizeof(*t.packets));
	vt_true(t.packets);
	for (char *rest = cmd.out, *line; (line = strsep(&rest, "\n"));) {
		if (!strcmp(line, "packet {"))
			t.nr++;
		t.tracks += strstr(line, "track_descriptor {") != NULL;
		take_line(&t.packets[t.nr], line + strspn(line, " "));
	}
	vt_free(&cmd);
	return t;
}

static int by_begin(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->track != y->track)
		return x->track < y->track ? -1 : 1;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

/** check_nesting - slices of a track are in one another, or apart. Return: how many are in another one. */
static size_t check_nesting(const struct trace *t)
{
	struct slice *slices = calloc(t->nr + 1, sizeof(*slices)), stack[MAX_DEPTH];
	size_t nr = 0, depth = 0, nested = 0;

	vt_true(slices);
	for (size_t i = 1; i <= t->nr; i++) {
		const struct packet *p = &t->packets[i], *next = &t->packets[i + 1];

		/* where an arrow begins is an instant, inside of its call */
		if (p->type == 'I')
			slices[nr++] = (struct slice){ p->track, p->time, p->time };
		if (p->type != 'B')
			continue;
		vt_true(i < t->nr && next->type == 'E' && next->track == p->track);
		vt_cmp(next->time, >, p->time, "end of a slice");
		slices[nr++] = (struct slice){ p->track, p->time, next->time };
	}
	qsort(slices, nr, sizeof(*slices), by_begin);
	for (size_t i = 0; i < nr; i++) {
		while (depth && (stack[depth - 1].track != slices[i].track ||
				 stack[depth - 1].end <= slices[i].begin))
			depth--;
		if (depth)
			vt_cmp(slices[i].end, <=, stack[depth - 1].end,
			       "end of a slice at %lld in that from %lld",
			       (long long)slices[i].begin, (long long)stack[depth - 1].begin);
		nested += depth > 0;
		vt_true(depth < MAX_DEPTH);
		stack[depth++] = slices[i];
	}
	vt_cmp(nr, >, 100, "slices");
	free(slices);
	return nested;
}

/** check_flows - each arrow has one begin and one end, which is later. Return: how many. */
static size_t check_flows(const struct trace *t)
{
	const struct packet **begins = calloc(t->nr + 1, sizeof(void *));
	size_t out = 0, in = 0;

	vt_true(begins);
	for (size_t i = 1; i <= t->nr; i++) {
		const struct packet *p = &t->packets[i];

		if (!p->flow_out)
			continue;
		vt_cmp(p->flow_out, <=, t->nr, "an arrow's id");
		vt_true(!begins[p->flow_out]);
		begins[p->flow_out] = p;
		out++;
	}
	for (size_t i = 1; i <= t->nr; i++) {
		const struct packet *p = &t->packets[i];

		if (!p->flow_in)
			continue;
		vt_cmp(p->flow_in, <=, t->nr, "an arrow's id");
		vt_true(begins[p->flow_in]);
		vt_cmp(begins[p->flow_in]->time, <, p->time, "begin of an arrow");
		vt_true(begins[p->flow_in]->track != p->track);
		begins[p->flow_in] = NULL;
		in++;
	}
	vt_equal(in, out, "ends of arrows");
	free(begins);
	return in;
}

static size_t count(const struct trace *t, const char *category, bool with_flow_in)
{
	size_t n = 0;

	for (size_t i = 1; i <= t->nr; i++)
		n += (t->packets[i].type == 'B' || t->packets[i].type == 'I') &&
		     !strcmp(t->packets[i].category, category) &&
		     (!with_flow_in || t->packets[i].flow_in);
	return n;
}

static void perfetto_has_every_event(void **state)
{
	const char *file = record((const char *[]){ "pingpong", "--pairs", "500" }, 3);
	struct json_object *s = summary(file);
	const struct sent sent = sent_in(file);
	struct trace t = decode(file);
	int64_t faults = 0;
	size_t counters = 0;

	(void)state;
	vt_cmp(t.tracks, >=, 5, "tracks: a process, its threads, a CPU, counters");
	vt_equal(count(&t, "fault", false), vt_int(s, "faults"), "faults");
	vt_equal(count(&t, "memcall", false), vt_int(s, "memcalls"), "memory calls");
	vt_cmp(check_nesting(&t), >=, sent.of_calls,
	       "slices in others, with those of interrupts in calls");
	vt_equal(check_flows(&t), sent.known, "arrows, of interrupts whose initiator is known");
	vt_equal(check_flows(&t), count(&t, "shootdown", true), "interrupts at an arrow's end");
	vt_equal(vt_int(s, "interrupts") > 0, vt_cpus() > 1, "there are interrupts");
	for (size_t i = 1; i <= t.nr; i++) {
		const struct packet *p = &t.packets[i];

		counters += p->type == 'C';
		/* rates of all processes, in tenths of a second: track 4 << 32 */
		faults += p->type == 'C' && p->track == 4ULL << 32 ? p->value / 10 : 0;
	}
	vt_cmp(counters, >, 1, "values of counters");
	vt_equal(faults, vt_int(s, "faults"), "faults by the rates");
	json_object_put(s);
	free(t.packets);
}

/* Each slice with a stack refers to its text, which was told before, once. */
static void perfetto_has_stacks(void **state)
{
	const char *file = record_with("-U", (const char *[]){ "pingpong", "--pairs", "50" }, 3);
	struct trace t = decode(file);
	int64_t with = 0, texts = 0, want;
	char command[1024];
	struct vt_cmd cmd;

	(void)state;
	for (size_t i = 1; i <= t.nr; i++) {
		const struct packet *p = &t.packets[i];

		if (p->tells)
			vt_equal(p->tells, ++texts, "number of a text");
		vt_cmp(p->text, <=, (uint64_t)texts, "number of a stack's text");
		with += p->text != 0;
	}
	snprintf(command, sizeof(command),
		 "'%s' report --view trace --events fault,memcall -U -j '%s' | "
		 "jq -n '[inputs | select(.frames | length > 0)] | length'",
		 vt_vmascope(), file);
	run_ok(&cmd, VT_ARGS("sh", "-c", command));
	want = strtoll(cmd.out, NULL, 10);
	vt_cmp(want, >, 100, "events with stacks");
	vt_equal(with, want, "slices with stacks");
	vt_cmp(texts, <, with, "different stacks");
	vt_free(&cmd);
	free(t.packets);
}

/* --- JSON and CSV -------------------------------------------------------------------------- */

static int64_t jq(const char *file, const char *view, const char *program)
{
	char command[1024];
	struct vt_cmd cmd;
	int64_t n;

	snprintf(command, sizeof(command),
		 "'%s' report --view trace --events fault %s '%s' | jq %s", vt_vmascope(), view,
		 file, program);
	run_ok(&cmd, VT_ARGS("sh", "-c", command));
	n = strtoll(cmd.out, NULL, 10);
	vt_free(&cmd);
	return n;
}

static void jq_reads_json_and_csv(void **state)
{
	const char *file = record(
		(const char *[]){ "exact", "--pages", "50", "--children", "2", "--threads", "2" },
		7);
	struct json_object *s = summary(file);
	int64_t faults = vt_int(s, "faults");

	(void)state;
	vt_cmp(faults, >, 1000, "faults");
	vt_equal(jq(file, "-j", "-n '[inputs | select(.cause)] | length'"), faults,
		 "faults that jq sees");
	/* a heading, and as many lines, each of as many fields: none of these has a comma */
	vt_equal(jq(file, "--format csv", "-R . | wc -l"), faults + 1, "lines of CSV");
	vt_equal(jq(file, "--format csv",
		    "-nR '[inputs | gsub(\"\\\"[^\\\"]*\\\"\"; \"\") | split(\",\") | length] | "
		    "unique | length'"),
		 1, "different numbers of fields");
	json_object_put(s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(perfetto_has_every_event),
	VT_TEST(perfetto_has_stacks),
	VT_TEST(jq_reads_json_and_csv),
};

VT_MAIN(tests)
