// SPDX-License-Identifier: GPL-2.0-only
/*
 * session_source_test.c - commands print what a source says, whichever it is: here one that is made
 * up, with a model whose every count is known. No capture, no recording, no privileges.
 */
#include "slots.h"

#include <json-c/json.h>
#include <unistd.h>

#include "cmd/print.h"
#include "util/log.h"

#define START_NS 5000000000ULL
#define SECOND_NS 1000000000ULL
#define LOST 7
#define EMITTED 100

/** struct made_up - the source: what it says, and what it was asked */
struct made_up {
	struct source source;
	struct source_facts facts;
	struct vs_stats stats;
	const char *variant;
	bool has_flushes;
	struct stack stack;
	unsigned int stacks_asked;
};

/** struct run - a session of it, and what the session printed */
struct run {
	struct made_up made_up;
	struct options options;
	struct live live;
	struct session session;
	FILE *printed;
};

static struct made_up *made_up_of(const struct session *s)
{
	return (struct made_up *)s->source;
}

static struct source_facts facts(const struct session *s)
{
	return made_up_of(s)->facts;
}

static void stats(const struct session *s, struct vs_stats *stats)
{
	*stats = made_up_of(s)->stats;
}

/* It has the first variant of every hook; of flushes where the test says so. */
static const struct hook_variant *variant(const struct session *s, enum hook_id id)
{
	return id == HOOK_FLUSH && !made_up_of(s)->has_flushes ? NULL : &hooks[id].variants[0];
}

static void hook(const struct session *s, enum hook_id id, struct run_hook *in_use)
{
	in_use->variant = made_up_of(s)->variant;
	in_use->fallback = id == HOOK_CAUSE;
}

static const struct stack *stack(struct session *s, const struct vs_stack_ref *ref)
{
	struct made_up *m = made_up_of(s);

	m->stacks_asked++;
	return ref->row == 1 ? &m->stack : NULL;
}

static bool streams(const struct session *s, uint32_t type)
{
	(void)s;
	(void)type;
	return false;
}

static uint64_t finish_by(void)
{
	return 0;
}

/* Process 100 "one": 10 minor and 2 major faults in its heap, 3 without a VMA. */
static void fill(struct model *m)
{
	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 1, 3, 0);
	count(m, 2, 10, 2);
	m->cpus[0].counts = counted(13, 2);
}

static int setup(void **state)
{
	struct run *r = calloc(1, sizeof(*r));
	struct session *s;

	if (!r)
		return -1;
	s = &r->session;
	r->made_up.source = (struct source){
		.facts = facts,
		.stats = stats,
		.variant = variant,
		.hook = hook,
		.stack = stack,
		.streams = streams,
		.finish_by = finish_by,
	};
	r->made_up.variant = "made-up";
	r->made_up.stats.lost[VS_LOST_EVENTS] = LOST;
	r->made_up.stats.emitted = EMITTED;
	r->made_up.facts.start_ns = START_NS;
	r->options = (struct options){ .top = 30,
				       .weight = -1,
				       .events = 1u << TRACE_FAULT,
				       .format = out_format__find("json") };
	threads__init(&r->live.run.threads);
	assert_int_equal(model__init(&r->live.run.model, TEST_SLOTS, TEST_CPUS), 0);
	assert_int_equal(stacks__init(&r->live.run.stacks, 8), 0);
	assert_int_equal(shootdown__init(&r->live.run.shootdown, 8, TEST_CPUS), 0);
	fill(&r->live.run.model);
	s->options = &r->options;
	s->live = &r->live;
	s->source = &r->made_up.source;
	s->start_ns = START_NS;
	s->end_ns = START_NS + 3 * SECOND_NS;
	snprintf(s->what, sizeof(s->what), "a run");
	wall_clock__init(&s->wall, 0);
	/* no warnings: that events were lost is in what is printed */
	log_setup(false, true, 0);
	r->printed = tmpfile();
	assert_non_null(r->printed);
	assert_int_equal(out_stream__open(&s->out.stream, dup(fileno(r->printed))), 0);
	s->out.file = out_stream__file(s->out.stream);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	struct run *r = *state;

	if (r->session.out.stream)
		out_stream__close(r->session.out.stream);
	live__free(&r->live);
	fclose(r->printed);
	free(r);
	return 0;
}

/* All that was printed: an array of its JSON documents, to be put. */
static struct json_object *documents(struct run *r)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *all = json_object_new_array(), *one;
	static char text[1 << 20];
	size_t len, at = 0;

	assert_non_null(tokener);
	assert_int_equal(out_stream__close(r->session.out.stream), 0);
	r->session.out.stream = NULL;
	rewind(r->printed);
	len = fread(text, 1, sizeof(text), r->printed);
	while ((one = json_tokener_parse_ex(tokener, text + at, len - at))) {
		json_object_array_add(all, one);
		at += json_tokener_get_parse_end(tokener);
		json_tokener_reset(tokener);
	}
	json_tokener_free(tokener);
	return all;
}

/* @path: keys, separated by dots. NULL: it is not there, or null. */
static struct json_object *get(struct json_object *from, const char *path)
{
	char keys[128], *key, *rest = keys;

	snprintf(keys, sizeof(keys), "%s", path);
	while (from && (key = strsep(&rest, ".")))
		if (!json_object_object_get_ex(from, key, &from))
			return NULL;
	return from;
}

static int64_t number(struct json_object *from, const char *path)
{
	struct json_object *o = get(from, path);

	if (!o)
		fail_msg("there is no %s", path);
	return json_object_get_int64(o);
}

static const char *text(struct json_object *from, const char *path)
{
	struct json_object *o = get(from, path);

	if (!o)
		fail_msg("there is no %s", path);
	return json_object_get_string(o);
}

static void stat_prints_the_source(void **state)
{
	struct json_object *all, *d;
	struct run *r = *state;

	r->session.dropped = 4;
	assert_int_equal(stat_print(&r->session, NULL), 0);
	all = documents(r);
	assert_int_equal(json_object_array_length(all), 1);
	d = json_object_array_get_idx(all, 0);
	assert_string_equal(text(d, "command"), "a run");
	assert_int_equal(number(d, "duration_ns"), 3 * SECOND_NS);
	assert_int_equal(number(d, "totals.minor"), 13);
	assert_int_equal(number(d, "totals.major"), 2);
	assert_string_equal(text(d, "hooks.flush"), "made-up");
	/* what the session dropped is lost, too */
	assert_int_equal(number(d, "lost.events"), LOST + 4);
	/* nobody knows what was in flight */
	assert_null(get(d, "in_flight"));
	json_object_put(all);
}

static void faults_in_flight_come_from_the_source(void **state)
{
	const struct vs_event_fault e = {
		.duration_ns = 1000, .pid = 100, .tid = 101, .address = 1
	};
	struct json_object *all, *d;
	struct run *r = *state;

	r->made_up.facts.in_flight = true;
	assert_int_equal(in_flight__add(&r->live.run.in_flight, &e, NULL), 0);
	assert_int_equal(stat_print(&r->session, NULL), 0);
	all = documents(r);
	d = get(json_object_array_get_idx(all, 0), "in_flight");
	assert_int_equal(json_object_array_length(d), 1);
	assert_int_equal(number(json_object_array_get_idx(d, 0), "tid"), 101);
	json_object_put(all);
}

/* Two intervals of a second, of which the second one has 5 faults more, and a rest without any. */
static int feed_counts(struct session *s, void *ctx)
{
	int err;

	(void)ctx;
	s->read_ns = START_NS + SECOND_NS;
	err = s->interval(s);
	count(&s->live->run.model, 2, 15, 2);
	s->live->run.model.cpus[0].counts = counted(18, 2);
	s->read_ns = START_NS + 2 * SECOND_NS;
	return err ? err : s->interval(s);
}

static void intervals_come_from_the_source(void **state)
{
	static const int64_t minor[] = { 13, 5, 0, 18 };
	struct run *r = *state;
	struct json_object *all;

	r->options.interval_ns = SECOND_NS;
	assert_int_equal(stat_replay(&r->session, feed_counts, NULL), 0);
	all = documents(r);
	assert_int_equal(json_object_array_length(all), 4);
	for (size_t i = 0; i < 4; i++) {
		struct json_object *d = json_object_array_get_idx(all, i);

		assert_int_equal(number(d, "totals.minor"), minor[i]);
		if (i < 3)
			assert_int_equal(number(d, "interval"), i + 1);
		else
			assert_null(get(d, "interval"));
	}
	json_object_put(all);
}

/* Three faults in the heap, of which the last one has a stack; and one of another process. */
static int feed_events(struct session *s, void *ctx)
{
	(void)ctx;
	for (uint64_t i = 0; i < 4; i++) {
		const struct vs_event_fault e = {
			.head = { .type = VS_EVENT_FAULT,
				  .size = sizeof(e),
				  .time_ns = START_NS + i * 1000 },
			.duration_ns = 500,
			.address = 0x10000 + i * 4096,
			.pid = i < 3 ? 100 : 200,
			.tid = i < 3 ? 100 : 200,
			.slot = i < 3 ? 2 : 0,
			.proc = i < 3 ? 1 : 0,
			.cause = VS_CAUSE_ANON_ZERO,
			.comm = "one",
		};

		s->event(s, &e.head);
	}
	return s->error;
}

static void trace_prints_events_of_the_source(void **state)
{
	struct json_object *all, *last;
	struct run *r = *state;

	assert_int_equal(trace_replay(&r->session, feed_events, NULL), 0);
	assert_int_equal(r->session.error, 0);
	all = documents(r);
	assert_int_equal(json_object_array_length(all), 5);
	for (size_t i = 0; i < 4; i++) {
		struct json_object *row = json_object_array_get_idx(all, i);

		assert_int_equal(number(row, "pid"), i < 3 ? 100 : 200);
		/* times are those since the capture began */
		assert_int_equal(number(row, "time_ns"), i * 1000);
	}
	last = json_object_array_get_idx(all, 4);
	assert_string_equal(text(last, "type"), "summary");
	assert_int_equal(number(last, "events"), 4);
	assert_int_equal(number(last, "lost"), LOST);
	assert_int_equal(number(last, "generated"), EMITTED + LOST);
	assert_int_equal(r->made_up.stacks_asked, 0);
	json_object_put(all);
}

/* What shootdown prints. */
static struct json_object *shootdown(struct run *r)
{
	struct json_object *all, *d;

	machine__read(&r->session.machine);
	assert_int_equal(shootdown_print(&r->session, NULL), 0);
	machine__free(&r->session.machine);
	all = documents(r);
	assert_int_equal(json_object_array_length(all), 1);
	d = json_object_get(json_object_array_get_idx(all, 0));
	json_object_put(all);
	return d;
}

static void flush_counts_are_known_with_a_hook(void **state)
{
	struct run *r = *state;
	struct json_object *d;

	r->made_up.has_flushes = true;
	d = shootdown(r);
	assert_string_equal(text(d, "hooks.flush"), "made-up");
	assert_int_equal(number(d, "totals.sends"), 0);
	json_object_put(d);
}

static void flush_counts_are_unknown_without_a_hook(void **state)
{
	struct run *r = *state;
	struct json_object *d = shootdown(r);

	/* asked for, and not there */
	assert_string_equal(text(d, "hooks.flush"), "none");
	assert_string_equal(text(d, "hooks.memcall"), "made-up");
	assert_null(get(d, "totals.sends"));
	assert_int_equal(number(d, "totals.calls"), 0);
	json_object_put(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stat_prints_the_source, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_in_flight_come_from_the_source, setup,
						teardown),
		cmocka_unit_test_setup_teardown(intervals_come_from_the_source, setup, teardown),
		cmocka_unit_test_setup_teardown(trace_prints_events_of_the_source, setup, teardown),
		cmocka_unit_test_setup_teardown(flush_counts_are_known_with_a_hook, setup,
						teardown),
		cmocka_unit_test_setup_teardown(flush_counts_are_unknown_without_a_hook, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("session_source", tests, NULL, NULL);
}
