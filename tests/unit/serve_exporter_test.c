// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_exporter_test.c - the counting side of serve without a kernel: questions that come over the
 * channel are answered by what was counted, to those who may see it; ticks send events.
 */
#include "fake_kernel.h"

#include <json-c/json.h>

#include "serve/exporter/exporter.h"
#include "serve/http/channel.h"
#include "symbol/namer.h"

#define FAULTS (10 + 20 + 3)
#define LOST 7

/** struct serving - the exporter, what it counts, and the server's end of the channel */
struct serving {
	struct live live;
	struct exporter exporter;
	int channel[2];
	uint32_t image;
	uint32_t heap;
};

static int setup(void **state)
{
	struct serving *s = calloc(1, sizeof(*s));
	struct exporter *e;
	struct capture *c;

	memset(&fake, 0, sizeof(fake));
	if (!s || fake_open(&c, NULL, NULL, NULL) || live__init(&s->live, c, NULL))
		return -1;
	assert_int_equal(channel__open(s->channel), 0);
	e = &s->exporter;
	e->live = &s->live;
	e->channel = s->channel[0];
	e->run_stats_fd = -1;
	e->command = "a run";
	e->start_ns = e->stat.start_ns = capture__start_ns(c);
	e->stat.command = e->command;
	e->stat.threads = e->shootdown.threads = &s->live.run.threads;
	e->shootdown.calls_known = true;
	e->interval_ns = 1000000000;
	exporter__init(e, 1000);
	s->image = fake_slot(image_slot(100, 0xa, "one"));
	s->heap = fake_slot(vma_slot(s->image, 0x10000, VS_NAME_HEAP));
	fake_count(s->heap, 0, 10, 1);
	fake_count(s->heap, 1, 20, 2);
	fake.stats.lost[VS_LOST_EVENTS] = LOST;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct serving *s = *state;

	exporter__free(&s->exporter);
	capture__close(s->live.capture);
	live__free(&s->live);
	close(s->channel[0]);
	if (s->channel[1] >= 0)
		close(s->channel[1]);
	free(s);
	return 0;
}

/** receive - the next message of @kind, NULL: none waits; the body's text, to be freed */
static char *receive(struct serving *s, enum message_kind kind, unsigned int *status)
{
	struct message m;

	while (channel__receive(s->channel[1], &m) == 1) {
		char *text = NULL;

		if (m.kind == kind && m.body) {
			text = strndup(m.body->text, m.body->len);
			assert_non_null(text);
			*status = m.body->status;
		}
		body__put(m.body);
		if (text)
			return text;
	}
	return NULL;
}

/** answer - to @q, as the server gets it; to be freed */
static char *answer(struct serving *s, struct query q, unsigned int *status)
{
	char *text;

	assert_int_equal(channel__ask(s->channel[1], &q), 0);
	assert_int_equal(exporter__answer(&s->exporter), 0);
	text = receive(s, MESSAGE_ANSWER, status);
	assert_non_null(text);
	return text;
}

static struct json_object *json_answer(struct serving *s, struct query q)
{
	struct json_object *root;
	unsigned int status;
	char *text = answer(s, q, &status);

	assert_int_equal(status, 200);
	root = json_tokener_parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

static int64_t number(struct json_object *from, const char *path)
{
	char keys[128], *key, *rest = keys;

	snprintf(keys, sizeof(keys), "%s", path);
	while ((key = strsep(&rest, ".")))
		if (!json_object_object_get_ex(from, key, &from))
			fail_msg("no key %s in %s", key, path);
	return json_object_get_int64(from);
}

/** metric - the sum of the values of all series of @name in @text */
static double metric(const char *text, const char *name)
{
	const size_t len = strlen(name);
	double sum = 0;
	bool any = false;

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) || (line[len] != ' ' && line[len] != '{'))
			continue;
		sum += strtod(strrchr(strndupa(line, strcspn(line, "\n")), ' '), NULL);
		any = true;
	}
	if (!any)
		fail_msg("no metric %s in:\n%s", name, text);
	return sum;
}

static void metrics_are_the_counts(void **state)
{
	struct serving *s = *state;
	unsigned int status;
	char *text = answer(s, (struct query){ .question = ASK_PROMETHEUS }, &status);

	assert_int_equal(status, 200);
	assert_true(metric(text, "vmascope_page_faults_total") == FAULTS);
	assert_true(metric(text, "vmascope_page_fault_outcomes_total") == FAULTS);
	free(text);
	/* they only grow, also when the process has ended, and is forgotten */
	fake_count(s->heap, 0, 5, 0);
	fake_exit(s->image, 0);
	assert_int_equal(live__reclaim_ended(&s->live), 0);
	assert_int_equal(exporter__tick(&s->exporter), 0);
	assert_null(model__process(&s->live.run.model, 100));
	s->exporter.refreshed_ns = 0;
	text = answer(s, (struct query){ .question = ASK_PROMETHEUS }, &status);
	assert_true(metric(text, "vmascope_page_faults_total") == FAULTS + 5);
	free(text);
}

static void answers_are_the_counts(void **state)
{
	struct serving *s = *state;
	struct json_object *d = json_answer(s, (struct query){ .question = ASK_STAT, .top = 10 });

	assert_int_equal(number(d, "totals.faults"), FAULTS);
	assert_int_equal(number(d, "lost.events"), LOST);
	json_object_put(d);
	d = json_answer(s, (struct query){ .question = ASK_STATUS });
	assert_int_equal(number(d, "nr_cpus"), FAKE_CPUS);
	assert_int_equal(number(d, "processes"), 1);
	json_object_put(d);
	d = json_answer(
		s, (struct query){ .question = ASK_PROCESS, .pid = 100, .details = DETAIL_ALL });
	assert_int_equal(number(d, "pid"), 100);
	assert_int_equal(number(d, "faults"), FAULTS);
	json_object_put(d);
}

static void missing_process_is_not_found(void **state)
{
	struct serving *s = *state;
	unsigned int status;

	free(answer(s, (struct query){ .question = ASK_PROCESS, .pid = 200, .details = DETAIL_ALL },
		    &status));
	assert_int_equal(status, 404);
}

/* What a command line may name is for those who may see processes. */
static void command_line_is_a_detail(void **state)
{
	struct serving *s = *state;
	unsigned int status;
	char *text = answer(
		s, (struct query){ .question = ASK_STATUS, .details = DETAIL_PROCESSES }, &status);

	assert_non_null(strstr(text, "a run"));
	free(text);
	text = answer(s, (struct query){ .question = ASK_STATUS }, &status);
	assert_null(strstr(text, "a run"));
	free(text);
	text = answer(s, (struct query){ .question = ASK_STAT, .top = 10 }, &status);
	assert_null(strstr(text, "a run"));
	free(text);
}

/** counted_in - the sum of `count` in the list @key, or of the values of the object */
static int64_t counted_in(struct json_object *from, const char *key)
{
	struct json_object *list = json_object_object_get(from, key);
	int64_t sum = 0;

	if (json_object_is_type(list, json_type_object)) {
		json_object_object_foreach(list, name, value) {
			(void)name;
			sum += json_object_get_int64(value);
		}
		return sum;
	}
	assert_true(json_object_is_type(list, json_type_array));
	for (size_t i = 0; i < json_object_array_length(list); i++)
		sum += number(json_object_array_get_idx(list, i), "count");
	return sum;
}

static void tick_sends_its_interval(void **state)
{
	struct serving *s = *state;
	const uint64_t counts[] = { 0, 4, 0, 9 };
	struct vs_call_row call = call_row(s->image, VS_CALL_MPROTECT, 0, 0x10000, PAGE);
	struct vs_call_row *row;
	unsigned int status;

	s->exporter.exposed = DETAIL_ALL;
	called(&call, 2, 0);
	row = &fake.capture->call_rows[fake_call_row(&call)];
	fake.pair_keys[0] = (struct vs_pair_key){ .from_pid = 100, .to_pid = 200, .to_cpu = 1 };
	fake.pairs[0].count = 3;
	fake.nr_pairs = 1;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct json_object *d;
		char *text;

		fake_count(s->heap, 1, counts[i], 0);
		row->counts.count += counts[i];
		fake.pairs[0].count += 2 * counts[i];
		fake.stats.lost[VS_LOST_EVENTS] += counts[i];
		assert_int_equal(exporter__tick(&s->exporter), 0);
		text = receive(s, MESSAGE_EVENT, &status);
		assert_non_null(text);
		d = json_tokener_parse(strchr(text, '{'));
		assert_non_null(d);
		/* the first one has all that was counted before, too */
		assert_int_equal(number(d, "faults"), counts[i] + (i ? 0 : FAULTS));
		assert_int_equal(counted_in(d, "calls"), counts[i] + (i ? 0 : 2));
		assert_int_equal(counted_in(d, "cpus"), 2 * counts[i] + (i ? 0 : 3));
		assert_int_equal(counted_in(d, "causes"), counts[i] + (i ? 0 : FAULTS));
		assert_int_equal(counted_in(d, "lost"), counts[i] + (i ? 0 : LOST));
		json_object_put(d);
		free(text);
		assert_null(receive(s, MESSAGE_EVENT, &status));
	}
}

static void server_exit_is_noticed(void **state)
{
	struct serving *s = *state;

	close(s->channel[1]);
	s->channel[1] = -1;
	assert_int_equal(exporter__tick(&s->exporter), -EPIPE);
	assert_int_equal(exporter__answer(&s->exporter), -EPIPE);
}

#define SERVING_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct symbol_frame *frame_name(void *ctx, uint64_t number)
{
	static const struct symbol_frame frame = { .name = "touch" };

	(void)ctx;
	(void)number;
	return &frame;
}

/** ask - send @q, and let the exporter do its round */
static void ask(struct serving *s, struct query q)
{
	assert_int_equal(channel__ask(s->channel[1], &q), 0);
	assert_int_equal(exporter__answer(&s->exporter), 0);
}

static bool profiling(struct serving *s)
{
	struct json_object *status = json_answer(s, (struct query){ .question = ASK_STATUS }), *on;
	bool is_on;

	assert_true(json_object_object_get_ex(status, "profiling", &on));
	is_on = json_object_get_boolean(on);
	json_object_put(status);
	return is_on;
}

static bool is_gzip(const char *text)
{
	return (unsigned char)text[0] == 0x1f && (unsigned char)text[1] == 0x8b;
}

/* One at a time is taken, of as many seconds as were asked for; it ends with its answer. */
static void profile_is_answered_at_its_end(void **state)
{
	const struct query whole = { .question = ASK_PROFILE, .details = DETAIL_ALL };
	const struct query some = { .question = ASK_PROFILE, .seconds = 60, .details = DETAIL_ALL };
	struct query other = some;
	struct serving *s = *state;
	struct namer *namer;
	unsigned int status;
	char *text;

	assert_int_equal(namer__new(&namer, &(struct namer_options){ .recorded = frame_name }), 0);
	free(answer(s, whole, &status));
	assert_int_equal(status, 404);
	free(answer(s, some, &status));
	assert_int_equal(status, 404);
	s->exporter.stat.stacks = &s->live.run.stacks;
	s->exporter.stat.namer = namer;
	fake_stack(s->image, 100, 0x1000, 5);
	assert_false(profiling(s));
	ask(s, some);
	assert_null(receive(s, MESSAGE_ANSWER, &status));
	assert_true(profiling(s));
	other.seconds = 1;
	text = answer(s, other, &status);
	assert_int_equal(status, 503);
	assert_non_null(strstr(text, "another profile"));
	free(text);
	text = answer(s, whole, &status);
	assert_int_equal(status, 200);
	assert_true(is_gzip(text));
	free(text);
	/* its seconds are over */
	s->exporter.window.until_ns = clock__monotonic_ns();
	assert_int_equal(exporter__answer(&s->exporter), 0);
	text = receive(s, MESSAGE_ANSWER, &status);
	assert_non_null(text);
	assert_int_equal(status, 200);
	assert_true(is_gzip(text));
	free(text);
	assert_false(profiling(s));
	assert_int_equal(exporter__answer(&s->exporter), 0);
	assert_null(receive(s, MESSAGE_ANSWER, &status));
	namer__free(namer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVING_TEST(metrics_are_the_counts),
		SERVING_TEST(answers_are_the_counts),
		SERVING_TEST(missing_process_is_not_found),
		SERVING_TEST(command_line_is_a_detail),
		SERVING_TEST(tick_sends_its_interval),
		SERVING_TEST(server_exit_is_noticed),
		SERVING_TEST(profile_is_answered_at_its_end),
	};

	return cmocka_run_group_tests_name("serve_exporter", tests, NULL, NULL);
}
