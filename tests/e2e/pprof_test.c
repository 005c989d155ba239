// SPDX-License-Identifier: GPL-2.0-only
/*
 * pprof_test - profiles, decoded by protoc: the same stacks with the same counts as in JSON, all that a
 * workload knows of its faults and calls; and of serve exactly those of the seconds asked for.
 */
#include "check.h"
#include "http.h"
#include "profile.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/** Each fault of manystacks is in this function, and has a stack of its own. */
#define TOUCH "write_page"
/** Longest profile that serve takes. */
#define SECONDS_MOST 60

/* --- files --------------------------------------------------------------------------------- */

/** frame_name - as the profile has it: a function, or the place in a file, or an address */
static void frame_name(struct json_object *frame, char *name, size_t size)
{
	const char *module, *slash;

	if (vt_get(frame, "name")) {
		snprintf(name, size, "%s", vt_str(frame, "name"));
		return;
	}
	if (!vt_get(frame, "module_offset")) {
		snprintf(name, size, "%s", vt_str(frame, "address"));
		return;
	}
	module = vt_str(frame, "module");
	slash = strrchr(module, '/');
	snprintf(name, size, "%s+%s", slash ? slash + 1 : module, vt_str(frame, "module_offset"));
}

static void json_stack(struct json_object *row, char *text, size_t size)
{
	static const char *const kinds[] = { "kernel_frames", "frames" };
	size_t len = 0;

	*text = '\0';
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < vt_len(row, kinds[k]); i++) {
			char name[512];

			frame_name(vt_at(row, kinds[k], i), name, sizeof(name));
			len += snprintf(text + len, size - len, "%s%s", len ? ";" : "", name);
			vt_cmp(len, <, size, "length of a stack");
		}
	if (!len)
		snprintf(text, size, "[no stack]");
}

/** report - the view @view of a recording by stack, as JSON and as a profile */
static struct json_object *report(const char *file, const char *view, struct vt_profile *profile)
{
	const char *written = vt_path("profile.gz");
	struct json_object *json;
	struct vt_cmd cmd;

	vt_report(&cmd, file, VT_ARGS("--view", view, "--by", "stack", "-j"), 0);
	json = vt_json(cmd.out, "report");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--view", view, "--format", "pprof", "-o", written), 0);
	vt_free(&cmd);
	vt_profile_read(profile, written);
	return json;
}

/* Row by row: both are of one recording. */
static void samples_equal_the_json_rows(void **state)
{
	struct json_object *json, *row;
	struct vt_profile profile;
	struct vt_recorded r;
	size_t i = 0;

	(void)state;
	vt_record(&r, VT_ARGS("-q", "-U", "-K", "--lines"), VT_ARGS("manystacks", "--depth", "6"));
	json = report(r.file, "stat", &profile);
	vt_each(row, json, "stacks")
	{
		const struct vt_sample *s = &profile.samples[i];
		char stack[16384];

		vt_cmp(i++, <, profile.nr, "samples");
		json_stack(row, stack, sizeof(stack));
		assert_string_equal(s->stack, stack);
		vt_equal(s->values[0], vt_int(row, "faults"), "faults of %.300s", stack);
		vt_equal(s->values[1], vt_int(row, "major"), "major faults of %.300s", stack);
		vt_equal(s->values[2], vt_int(row, "time_ns"), "time of %.300s", stack);
	}
	assert_string_equal(profile.types[0], "faults");
	assert_string_equal(profile.types[1], "major");
	assert_string_equal(profile.types[2], "time");
	/* what no stack counts comes after them: all is there */
	vt_equal(vt_profile_sum(&profile, "faults", NULL, NULL), vt_int(json, "totals.faults"),
		 "all faults");
	vt_cmp(i, >, 64, "rows");
	vt_equal(profile.duration_ns, vt_int(json, "duration_ns"), "duration");
	vt_profile_free(&profile);
	json_object_put(json);
	vt_recorded_free(&r);
}

static void every_stack_is_a_sample(void **state)
{
	const char *file = vt_path("profile.gz");
	struct vt_profile profile;
	struct vt_cmd cmd;
	size_t samples;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--format", "pprof", "-o", file, "--",
		       vt_workload("manystacks"), "--depth", "8"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_profile_read(&profile, file);
	vt_equal(vt_profile_sum(&profile, "faults", TOUCH, &samples), 256, "faults in " TOUCH);
	vt_equal(samples, 256, "stacks of " TOUCH);
	vt_cmp(vt_profile_sum(&profile, "time", TOUCH, NULL), >, 0, "time in " TOUCH);
	vt_profile_free(&profile);
	vt_free(&cmd);
}

static void calls_have_their_remote_cost(void **state)
{
	static const char *const types[] = { "calls", "time", "sent", "stolen" };
	static const char *const keys[] = { "count", "latency_ns.sum", "flushes.remote",
					    "stolen_ns" };
	struct json_object *json, *row;
	struct vt_profile profile;
	struct vt_recorded r;
	int64_t culprit = 0;
	size_t i = 0;

	(void)state;
	vt_record(&r, VT_ARGS("-q", "--events", "memcall,shootdown", "-U"),
		  VT_ARGS("sites", "--calls", "300", "--others", "20"));
	json = report(r.file, "shootdown", &profile);
	vt_equal(profile.nr_types, 4, "types");
	for (size_t k = 0; k < 4; k++)
		assert_string_equal(profile.types[k], types[k]);
	vt_each(row, json, "stacks")
	{
		int64_t want[4], any = 0;
		char stack[16384];

		for (size_t k = 0; k < 4; k++)
			any |= want[k] = vt_get(row, keys[k]) ? vt_int(row, keys[k]) : 0;
		if (!any)
			continue;
		vt_cmp(i, <, profile.nr, "samples");
		json_stack(row, stack, sizeof(stack));
		assert_string_equal(profile.samples[i].stack, stack);
		for (size_t k = 0; k < 4; k++)
			vt_equal(profile.samples[i].values[k], want[k], "%s of %.300s", types[k],
				 stack);
		culprit += strncmp(stack, "mprotect;site_6", 15) ? 0 : want[0];
		i++;
	}
	vt_equal(i, profile.nr, "samples");
	vt_equal(culprit, 2 * 300, "calls of site_6");
	vt_profile_free(&profile);
	json_object_put(json);
	vt_recorded_free(&r);
}

static void pprof_requires_stacks(void **state)
{
	const struct {
		const char *const *args;
		const char *part;
	} cases[] = {
		{ VT_ARGS("stat", "--format", "pprof", "--by", "cause", "--", "true"),
		  "--by stack" },
		{ VT_ARGS("stat", "--format", "pprof", "-i", "1s", "--", "true"), "-i" },
		{ VT_ARGS("stat", "--format", "pprof", "--folded", "--", "true"), "--folded" },
		{ VT_ARGS("shootdown", "--format", "pprof", "--by", "site", "--", "true"),
		  "--by stack" },
		{ VT_ARGS("trace", "--format", "pprof", "--", "true"), "pprof" },
		{ VT_ARGS("report", "--format", "pprof", "--view", "trace", "x"), "--view trace" },
		{ VT_ARGS("report", "--format", "pprof", "--by", "function", "x"), "--by stack" },
		{ VT_ARGS("report", "--format", "pprof", "--diff", "x", "y"), "--diff" },
		{ VT_ARGS("serve", "--stacks", "1024"), "-U" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *argv[16] = { vt_vmascope() };
		struct vt_cmd cmd;

		for (size_t n = 0; cases[i].args[n]; n++)
			argv[n + 1] = cases[i].args[n];
		vt_run(&cmd, NULL, argv);
		vt_equal(cmd.exit, 2, "exit status of case %zu: %s", i, cmd.err);
		vt_one_error(&cmd, cases[i].part, "case %zu", i);
		vt_free(&cmd);
	}
}

/* --- serve --------------------------------------------------------------------------------- */

/** profile_of - the profile in a response */
static void profile_of(const struct vt_reply *r, struct vt_profile *p)
{
	const char *path = vt_path("served.gz");
	FILE *f = fopen(path, "w");

	vt_equal(r->status, 200, "status: %.300s", r->text);
	vt_contains(r->text, "application/octet-stream");
	vt_true(f);
	fwrite(r->body, 1, r->text + r->len - r->body, f);
	vt_equal(fclose(f), 0, "writing a profile");
	vt_profile_read(p, path);
}

static int status_of(int port, const char *path)
{
	struct vt_reply r;
	int status;

	vt_http_get(port, path, "", &r);
	status = r.status;
	vt_reply_free(&r);
	return status;
}

/** struct paced - manystacks, which waits after each batch of 64 faults */
struct paced {
	struct vt_cmd work;
	char pid[16];
	int batches;
};

static void next_batch(struct paced *p)
{
	char text[32];

	vt_true(write(p->work.stdin_fd, "\n", 1) == 1);
	snprintf(text, sizeof(text), "batch %d\n", ++p->batches);
	vt_await_text(&p->work, text);
}

static void start_paced(struct paced *p)
{
	*p = (struct paced){ .batches = 0 };
	vt_start(&p->work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("manystacks"), "--depth", "12", "--batch", "64"));
	vt_await_text(&p->work, "ready");
	snprintf(p->pid, sizeof(p->pid), "%d", p->work.pid);
}

/** is_taken - a profile is being taken */
static bool is_taken(void *arg)
{
	const struct vt_serve *serve = arg;
	char *text = vt_fetch(serve, "/api/v1/status");
	const bool taken = strstr(text, "\"profiling\": true");

	free(text);
	return taken;
}

/** begin_profile - ask for a profile, which is being taken then. Return: where the answer will come. */
static int begin_profile(struct vt_serve *serve, int seconds)
{
	const int fd = vt_connect(serve->port);
	char request[128];

	snprintf(request, sizeof(request),
		 "GET /debug/pprof/faults?seconds=%d HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		 "Connection: close\r\n\r\n",
		 seconds);
	vt_true(vt_send(fd, request, strlen(request)));
	vt_await(is_taken, serve, "the profile is being taken", VT_PATIENCE);
	return fd;
}

/** end_profile - wait for it. Return: what was done before this is in it: it had not ended. */
static bool end_profile(struct vt_serve *serve, int fd, struct vt_profile *profile)
{
	struct vt_reply r;
	bool in_time;

	/* for this long an answer is given again */
	usleep(300000);
	in_time = is_taken(serve);
	vt_receive(fd, &r, 64u << 20);
	close(fd);
	profile_of(&r, profile);
	vt_reply_free(&r);
	return in_time;
}

/** longer - a machine that is too slow for what is to be in a profile needs one of more seconds */
static int longer(int seconds)
{
	vt_cmp(seconds, <, SECONDS_MOST, "seconds of a profile");
	return 2 * seconds < SECONDS_MOST ? 2 * seconds : SECONDS_MOST;
}

/* Each window has its own batch, exactly; a profile without seconds all of them. */
static void serve_profiles_the_requested_seconds(void **state)
{
	struct vt_profile profile;
	struct vt_serve serve;
	struct paced work;
	struct vt_reply r;
	size_t samples;
	int seconds = 2, fd;

	(void)state;
	start_paced(&work);
	vt_serve_start(&serve, VT_ARGS("-U", "-i", "300ms", "-p", work.pid));
	next_batch(&work);
	for (;;) {
		fd = begin_profile(&serve, seconds);
		next_batch(&work);
		if (end_profile(&serve, fd, &profile))
			break;
		seconds = longer(seconds);
		vt_profile_free(&profile);
	}
	vt_equal(vt_profile_sum(&profile, "faults", TOUCH, &samples), 64, "faults of a window");
	vt_equal(samples, 64, "stacks of a window");
	vt_cmp(profile.duration_ns, >=, seconds * 1000000000LL, "its duration");
	vt_profile_free(&profile);
	vt_http_get(serve.port, "/debug/pprof/faults", "", &r);
	profile_of(&r, &profile);
	vt_reply_free(&r);
	vt_equal(vt_profile_sum(&profile, "faults", TOUCH, &samples), 64 * work.batches,
		 "faults of all batches");
	vt_equal(samples, 64 * work.batches, "stacks of all batches");
	vt_profile_free(&profile);
	vt_serve_end(&serve);
	vt_free(&work.work);
}

/* Processes that exit while it is taken keep their functions; before and after, they are summed up. */
static void exited_processes_have_names(void **state)
{
	struct vt_profile profile;
	struct vt_serve serve;
	struct vt_cmd work;
	int seconds = 4, fd;
	const char *file;
	size_t samples;
	char name[16];

	(void)state;
	file = vt_named_copy("manystacks", name, sizeof(name));
	vt_serve_start(&serve, VT_ARGS("-U", "-i", "100ms", "-n", name));
	for (;;) {
		fd = begin_profile(&serve, seconds);
		vt_run(&work, NULL, VT_ARGS(file, "--depth", "6", "--children", "3"));
		vt_equal(work.exit, 0, "exit status: %s", work.err);
		vt_free(&work);
		if (end_profile(&serve, fd, &profile))
			break;
		seconds = longer(seconds);
		vt_profile_free(&profile);
	}
	vt_equal(vt_profile_sum(&profile, "faults", TOUCH, &samples), 3 * 64, "faults");
	vt_equal(samples, 64, "stacks, which the three processes have in common");
	vt_profile_free(&profile);
	vt_serve_end(&serve);
}

static void profiles_require_full_access(void **state)
{
	static const char *const refused[] = {
		"/debug/pprof/faults",		"/debug/pprof/faults?seconds=1",
		"/api/v1/stat?by=stack&top=10", "/api/v1/stat?by=function",
		"/api/v1/stat?by=comm",
	};
	struct vt_serve serve;

	(void)state;
	vt_serve_start_closed(&serve, VT_ARGS("-U", "-n", "nobody-has-this"));
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		vt_equal(status_of(serve.port, refused[i]), 401, "%s", refused[i]);
	vt_serve_end(&serve);
	vt_serve_start(&serve, VT_ARGS("-n", "nobody-has-this"));
	vt_equal(status_of(serve.port, "/debug/pprof/faults"), 404, "without -U");
	vt_equal(status_of(serve.port, "/debug/pprof/faults?seconds=1"), 404, "without -U");
	vt_equal(status_of(serve.port, "/debug/pprof/faults?seconds=0"), 400, "no seconds");
	vt_equal(status_of(serve.port, "/debug/pprof/faults?seconds=61"), 400, "too many");
	vt_equal(status_of(serve.port, "/debug/pprof/faults?seconds=-1"), 400, "negative");
	vt_equal(status_of(serve.port, "/debug/pprof/faults?seconds=1s"), 400, "no number");
	vt_serve_end(&serve);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(samples_equal_the_json_rows),	       VT_TEST(every_stack_is_a_sample),
	VT_TEST(calls_have_their_remote_cost),	       VT_TEST(pprof_requires_stacks),
	VT_TEST(serve_profiles_the_requested_seconds), VT_TEST(exited_processes_have_names),
	VT_TEST(profiles_require_full_access),
};

VT_MAIN(tests)
