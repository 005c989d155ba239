// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_events_test - `vmascope serve`: OpenMetrics with exemplars, and events, of which those that were
 * missed come again.
 */
#include "serve_gated.h"

static bool has_exemplar(void *arg)
{
	const struct vt_serve *serve = arg;
	struct vt_reply r;
	bool has;

	vt_http_get(serve->port, "/metrics", "Accept: application/openmetrics-text\r\n", &r);
	has = strstr(r.body, " # {vma=\"[anon]\",pid=\"");
	vt_reply_free(&r);
	return has;
}

static void openmetrics_with_exemplars(void **state)
{
	struct vt_serve serve;
	struct vt_cmd cmd;
	struct vt_reply r;
	size_t len;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "200ms"));
	vt_start(&cmd, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "3600"));
	vt_await(has_exemplar, &serve, "a fault of [anon] as an exemplar", VT_PATIENCE);
	vt_free(&cmd);
	vt_http_get(serve.port, "/metrics",
		    "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n", &r);
	vt_equal(r.status, 200, "status");
	vt_contains(r.text, "Content-Type: application/openmetrics-text; version=1.0.0");
	vt_contains(r.body, "# TYPE vmascope_page_faults counter\n");
	vt_contains(r.body, "# UNIT vmascope_page_fault_seconds seconds\n");
	vt_contains(r.body, " # {vma=\"");
	len = strlen(r.body);
	assert_string_equal(r.body + len - 6, "# EOF\n");
	vt_reply_free(&r);
	vt_http_get(serve.port, "/metrics", "Accept: text/plain\r\n", &r);
	vt_contains(r.text, "Content-Type: text/plain; version=0.0.4");
	vt_contains(r.body, "# TYPE vmascope_page_faults_total counter\n");
	vt_true(!strstr(r.body, "# EOF") && !strstr(r.body, " # {"));
	vt_reply_free(&r);
	vt_serve_end(&serve);
}

/* Events @first, @first + 1, … until @until has come: returns their text, to be freed. */
static char *read_events(int port, const char *headers, const char *query, long first,
			 const char *until)
{
	struct vt_reply r;
	char request[256], *text;
	size_t n = 0;
	int fd = vt_connect(port);

	snprintf(request, sizeof(request), "GET /events%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
		 query, headers);
	vt_send(fd, request, strlen(request));
	if (!vt_receive_until(fd, &r, 16 << 20, until))
		fail_msg("no '%s' in %.2000s", until, r.text);
	close(fd);
	vt_equal(r.status, 200, "status of /events");
	vt_contains(r.text, "Content-Type: text/event-stream");
	for (char *id = strstr(r.body, "id: "); id; id = strstr(id + 1, "\nid: ")) {
		id += *id == '\n';
		if (first < 0)
			first = strtol(id + 4, NULL, 10);
		vt_equal(strtol(id + 4, NULL, 10), first + (long)n, "id of an event");
		n++;
	}
	vt_cmp(n, >, 0, "events");
	text = strdup(r.body);
	vt_reply_free(&r);
	return text;
}

/* All ticks that are there whole. Return: the faults that they tell of. */
static int64_t check_ticks(const char *text)
{
	static const char head[] = "event: tick\ndata: ";
	const char *data, *end = text;
	int64_t faults = 0;

	while ((data = strstr(end, head)) && (end = strchr(data + strlen(head), '\n'))) {
		char *line = strndup(data + strlen(head), end - data - strlen(head));
		struct json_object *tick = vt_json(line, "a tick");

		vt_equal(vt_int(tick, "schema"), 1, "schema");
		vt_equal(vt_len(tick, "latency"), 38, "octaves");
		vt_equal(vt_int(tick, "minor") + vt_int(tick, "major") + vt_int(tick, "incomplete"),
			 vt_int(tick, "faults"), "faults of a tick");
		faults += vt_int(tick, "faults");
		json_object_put(tick);
		free(line);
	}
	return faults;
}

/** struct ticks - wait until all ticks together have so many faults */
struct ticks {
	int port;
	int64_t want;
};

static bool ticks_have_all(void *arg)
{
	const struct ticks *t = arg;
	char *text = read_events(t->port, "", "", -1, "event: tick\n"), until[32];
	int64_t faults;
	long last = 0;

	/* the history up to the tick that has just come */
	for (const char *id = text; (id = strstr(id, "id: ")); id++)
		last = strtol(id + 4, NULL, 10);
	free(text);
	snprintf(until, sizeof(until), "id: %ld\n", last);
	text = read_events(t->port, "", "?history=300", 1, until);
	faults = check_ticks(text);
	free(text);
	vt_cmp(faults, <=, t->want, "faults that ticks tell of, by getrusage");
	return faults == t->want;
}

/*
 * Quiet intervals, so that it is known what is usual; then a storm of a known number of faults. The
 * history of 300 intervals is longer than this test may take.
 */
static void events_and_what_was_missed(void **state)
{
	static const char begin[] = "event: storm\ndata: {\"schema\":1,\"state\":\"begin\"";
	struct vt_serve serve;
	struct json_object *work;
	struct ticks ticks;
	struct gated g;

	(void)state;
	start_gated(&g, VT_ARGS("storm", "--faults", "300000"));
	vt_serve_start(&serve, VT_ARGS("-i", "500ms", "-p", g.pid));
	free(read_events(serve.port, "", "", -1, "id: 7\n"));
	open_gate(&g);
	work = await_done(&g);
	free(read_events(serve.port, "Last-Event-ID: 2\r\n", "", 3, begin));
	free(read_events(serve.port, "", "?history=300", 1, begin));
	ticks = (struct ticks){ .port = serve.port,
				.want = since_gate(work, "minor") + since_gate(work, "major") };
	vt_await(ticks_have_all, &ticks, "ticks tell of all faults", VT_PATIENCE);
	json_object_put(work);
	vt_serve_end(&serve);
	end_gated(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(openmetrics_with_exemplars),
		VT_TEST(events_and_what_was_missed),
	};

	vt_freed_is_free();
	return vt_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
