// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_test - `vmascope serve`: its counters are those of stat and never go back, its memory is
 * bounded, and those who ask badly, slowly or without leave get nothing and stop nothing.
 */
#include "check.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- counters ------------------------------------------------------------------------------ */

static double outcome(const char *metrics, const char *group, const char *name)
{
	char series[256];

	snprintf(series, sizeof(series),
		 "vmascope_page_fault_outcomes_total{group=\"%s\",outcome=\"%s\"}", group, name);
	return vt_metric(metrics, series);
}

/* Σ @member of stat's processes named @comm; with what they had before the command's exec. */
static int64_t stat_sum(struct json_object *stat, const char *comm, const char *member)
{
	struct json_object *process;
	char before[64];
	int64_t n = 0;

	snprintf(before, sizeof(before), "before_exec.%s", member);
	vt_each(process, stat, "processes") if (!strcmp(vt_str(process, "comm"), comm))
		n += vt_int(process, member) + vt_int(process, before);
	return n;
}

/* Both count the same run; no interval of serve ends in it, which would see it before its exec. */
static void counts_what_stat_counts(void **state)
{
	struct vt_serve serve;
	struct vt_scope s;
	char *metrics;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "10m"));
	vt_stat(&s, NULL, VT_ARGS("exact", "--threads", "4", "--children", "4", "--pages", "500"));
	metrics = vt_fetch(&serve, "/metrics");
	vt_cmp(stat_sum(s.json, "exact", "minor"), >, 4000, "minor faults of the workload");
	vt_equal(outcome(metrics, "exact", "minor"), stat_sum(s.json, "exact", "minor"),
		 "minor faults");
	vt_equal(outcome(metrics, "exact", "major"), stat_sum(s.json, "exact", "major"),
		 "major faults");
	free(metrics);
	vt_scope_free(&s);
	vt_serve_end(&serve);
}

#define MOST_SERIES 20000

/* struct seen - the counters of a scrape */
struct seen {
	char *text;
	char *name[MOST_SERIES];
	double value[MOST_SERIES];
	size_t nr;
};

static bool is_counter(const char *name)
{
	static const char *const ends[] = { "_total", "_bucket", "_count", "_sum" };
	const size_t len = strcspn(name, "{ ");

	for (size_t i = 0; i < 4; i++) {
		const size_t end = strlen(ends[i]);

		if (len > end && !memcmp(name + len - end, ends[i], end))
			return true;
	}
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines "name value" in place, sorted by name. */
static struct seen *scrape(const struct vt_serve *serve)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	char *line, *rest;

	vt_true(seen);
	seen->text = rest = vt_fetch(serve, "/metrics");
	while ((line = strsep(&rest, "\n")))
		if (is_counter(line)) {
			vt_cmp(seen->nr, <, MOST_SERIES, "series");
			seen->name[seen->nr++] = line;
		}
	qsort(seen->name, seen->nr, sizeof(*seen->name), by_name);
	for (size_t i = 0; i < seen->nr; i++) {
		char *blank = strrchr(seen->name[i], ' ');

		*blank = '\0';
		seen->value[i] = strtod(blank + 1, NULL);
	}
	return seen;
}

static void seen_free(struct seen *seen)
{
	free(seen->text);
	free(seen);
}

/* Every counter of @before is in @after, and not less. Return: how many have grown. */
static size_t check_not_back(const struct seen *before, const struct seen *after)
{
	size_t grown = 0, at = 0;

	for (size_t i = 0; i < before->nr; i++) {
		while (at < after->nr && strcmp(after->name[at], before->name[i]) < 0)
			at++;
		if (at == after->nr || strcmp(after->name[at], before->name[i]))
			fail_msg("gone: %s", before->name[i]);
		if (after->value[at] < before->value[i])
			fail_msg("%s went from %.9f back to %.9f", before->name[i],
				 before->value[i], after->value[at]);
		grown += after->value[at] > before->value[i];
	}
	return grown;
}

/* Few slots, histograms and calls: those of processes that end are used again and again. */
static void never_goes_back(void **state)
{
	size_t grown = 0, rounds = 0;
	struct seen *before, *after;
	struct vt_serve serve;
	struct vt_cmd load;
	char *metrics;
	time_t end;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("--slots", "512", "--hists", "128", "-i", "300ms"));
	vt_start(&load, NULL,
		 VT_ARGS("sh", "-c", "for i in 1 2 3 4 5 6; do \"$0\" --procs 200; done",
			 vt_workload("churn")));
	before = scrape(&serve);
	for (end = time(NULL) + 10; !vt_ended(&load) || rounds < 10; rounds++) {
		vt_cmp(time(NULL), <, end + VT_PATIENCE, "time for the load");
		usleep(150000);
		after = scrape(&serve);
		grown += check_not_back(before, after);
		seen_free(before);
		before = after;
	}
	seen_free(before);
	vt_cmp(grown, >, 100, "counters that have grown");
	vt_wait(&load, VT_PATIENCE);
	vt_equal(load.exit, 0, "exit status of the load: %s", load.err);
	metrics = vt_fetch(&serve, "/metrics");
	/* they did not fit at one time */
	vt_cmp(outcome(metrics, "churn", "minor"), >, 1200 * 20, "faults of 1,200 processes");
	vt_cmp(vt_metric(metrics, "vmascope_processes"), <, 512, "processes that are kept");
	vt_equal(vt_metric(metrics, "vmascope_lost_total{what=\"identity\"}"), 0,
		 "lost identities");
	free(metrics);
	vt_free(&load);
	vt_serve_end(&serve);
}

/* API: what has ended is in [ended], and no total goes back. */
static void totals_outlive_processes(void **state)
{
	struct json_object *stat;
	int64_t faults = 0;
	struct vt_serve serve;
	struct vt_cmd load;
	bool ended = false;
	char *text;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("--slots", "512", "--hists", "128", "-i", "200ms"));
	for (int i = 0; i < 4; i++) {
		struct json_object *row;

		vt_run(&load, NULL, VT_ARGS(vt_workload("churn"), "--procs", "200"));
		vt_equal(load.exit, 0, "exit status of the load");
		vt_free(&load);
		usleep(300000); /* an answer may be 250 ms old */
		text = vt_fetch(&serve, "/api/v1/stat?by=process&top=1000");
		stat = vt_json(text, "/api/v1/stat");
		vt_cmp(vt_int(stat, "totals.faults"), >=, faults + 200 * 20, "faults, round %d", i);
		faults = vt_int(stat, "totals.faults");
		vt_each(row, stat, "by_process") if (!strcmp(vt_str(row, "comm"), "[ended]"))
			ended = true;
		json_object_put(stat);
		free(text);
	}
	vt_true(ended);
	vt_serve_end(&serve);
}

static long resident_kib(const struct vt_serve *s)
{
	char path[64], *text, *line;
	long kib;

	snprintf(path, sizeof(path), "/proc/%d/status", s->cmd.pid);
	text = vt_read_file(path, NULL);
	line = strstr(text, "VmRSS:");
	vt_true(line);
	kib = strtol(line + 6, NULL, 10);
	free(text);
	return kib;
}

/* 3,000 processes of 300 names, the limits being far below that. */
static void memory_and_series_are_bounded(void **state)
{
	static const char names[] =
		"cd \"$1\"; for i in $(seq 300); do ln -sf \"$0\" p$i; done;"
		"for i in $(seq 300); do for j in 1 2 3 4 5; do ./p$i; done; done";
	const char *argv[] = { "sh", "-c", names, "/bin/true", NULL, NULL };
	struct vt_serve serve;
	struct vt_cmd load;
	char *metrics, *line;
	long warm, kib;
	size_t series = 0;

	(void)state;
	argv[4] = vt_path("names");
	mkdir(argv[4], 0755);
	vt_serve_start(&serve, VT_ARGS("--slots", "1024", "--hists", "128", "--max-series", "2500",
				       "-i", "200ms"));
	vt_run(&load, NULL, argv);
	vt_equal(load.exit, 0, "exit status of the load: %s", load.err);
	vt_free(&load);
	warm = resident_kib(&serve);
	vt_run(&load, NULL, argv);
	vt_free(&load);
	metrics = vt_fetch(&serve, "/metrics");
	kib = resident_kib(&serve);
	for (line = metrics; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		series += *line && *line != '#';
	}
	vt_cmp(series, <=, 2500, "series");
	vt_cmp(outcome(metrics, "other", "minor"), >, 10000, "faults of group other");
	vt_cmp(kib, <, warm + 4096, "KiB in memory, after as many processes again");
	print_message("# bounded: %zu series, %ld KiB, then %ld KiB\n", series, warm, kib);
	free(metrics);
	vt_serve_end(&serve);
}

/* --- who asks badly ------------------------------------------------------------------------ */

static void bad_requests(void **state)
{
	static const struct {
		const char *text;
		int status; /* 0: any but 200 */
	} requests[] = {
		{ "GET\r\n\r\n", 0 },
		{ "\r\n\r\n\r\n", 0 },
		{ "GET /metrics\r\n\r\n", 0 },
		{ "GET /metrics HTTP/9.9\r\nHost: localhost\r\n\r\n", 0 },
		{ "\x16\x03\x01\x02\x00\x01\x00\xfc\xff\xff\r\n\r\n", 0 },
		{ "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
		  405 },
		{ "DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405 },
		{ "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nabc", 413 },
		{ "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "ffffffffffffffff\r\n",
		  0 },
		{ "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		  404 },
		{ "GET /%2e%2e/x%00y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		  404 },
		{ "GET /api/v1/stat?by=thread HTTP/1.1\r\nHost: localhost\r\n"
		  "Connection: close\r\n\r\n",
		  400 },
		{ "GET /api/v1/stat?top=0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		  400 },
		{ "GET /api/v1/process?pid=-1 HTTP/1.1\r\nHost: localhost\r\n"
		  "Connection: close\r\n\r\n",
		  400 },
		{ "GET /api/v1/process?pid=4194303 HTTP/1.1\r\nHost: localhost\r\n"
		  "Connection: close\r\n\r\n",
		  404 },
	};
	struct vt_serve serve;
	struct vt_reply r;

	(void)state;
	vt_serve_start(&serve, NULL);
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		int fd = vt_connect(serve.port);

		vt_send(fd, requests[i].text, strlen(requests[i].text));
		/* some would wait for more */
		if (!requests[i].status)
			shutdown(fd, SHUT_WR);
		vt_receive(fd, &r, 1 << 20);
		close(fd);
		if (requests[i].status)
			vt_equal(r.status, requests[i].status, "%.60s", requests[i].text);
		else
			vt_cmp(r.status, !=, 200, "%.60s", requests[i].text);
		vt_reply_free(&r);
	}
	free(vt_fetch(&serve, "/metrics"));
	vt_serve_end(&serve);
}

static void oversized_requests(void **state)
{
	static char big[1 << 20];
	struct vt_serve serve;
	struct vt_reply r;

	(void)state;
	vt_serve_start(&serve, NULL);
	for (int header = 0; header < 2; header++) {
		int n = snprintf(big, sizeof(big), header ? "GET / HTTP/1.1\r\nX: " : "GET /");
		int fd = vt_connect(serve.port);

		memset(big + n, 'a', sizeof(big) - n);
		vt_send(fd, big, sizeof(big));
		vt_receive(fd, &r, 1 << 20);
		close(fd);
		vt_true(!r.status || (r.status >= 400 && r.status < 500));
		vt_reply_free(&r);
		free(vt_fetch(&serve, "/healthz"));
	}
	vt_cmp(resident_kib(&serve), <, 200 * 1024, "KiB in memory");
	vt_serve_end(&serve);
}

#define IDLE 1000
#define SLOW 50

static bool closed_by_peer(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* 1,000 that say nothing, and 50 that send a byte now and then: others are answered at once. */
static void idle_and_slow_clients(void **state)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ";
	struct rlimit limit = { 4096, 4096 };
	size_t open = IDLE + SLOW;
	double longest = 0, until;
	struct vt_serve serve;
	int fds[IDLE + SLOW];

	(void)state;
	setrlimit(RLIMIT_NOFILE, &limit);
	vt_serve_start(&serve, NULL);
	for (size_t i = 0; i < IDLE + SLOW; i++)
		fds[i] = vt_connect(serve.port);
	until = seconds() + 25 * vt_slow();
	for (size_t round = 0; open && seconds() < until; round++) {
		double began = seconds(), took;

		free(vt_fetch(&serve, "/metrics"));
		took = seconds() - began;
		longest = took > longest ? took : longest;
		open = 0;
		for (size_t i = 0; i < IDLE + SLOW; i++) {
			if (i >= IDLE)
				vt_send(fds[i], &request[round % (sizeof(request) - 1)], 1);
			open += !closed_by_peer(fds[i]);
		}
		usleep(250000);
	}
	print_message("# idle: 1,050 bad clients, the slowest answer took %.0f ms\n",
		      longest * 1000);
	vt_cmp(longest * 1000, <, 500 * (int)vt_slow(), "ms for an answer");
	vt_equal(open, 0, "connections that are open after all");
	for (size_t i = 0; i < IDLE + SLOW; i++)
		close(fds[i]);
	vt_serve_end(&serve);
}

/* --- names ---------------------------------------------------------------------------------- */

static void hostile_names(void **state)
{
	char *metrics, *text, path[512], target[PATH_MAX], series[128];
	const char *comm;
	struct json_object *list, *p;
	struct vt_serve serve;
	struct vt_cmd cmd;
	bool found = false;
	struct vt_reply r;

	(void)state;
	snprintf(path, sizeof(path), "%s", vt_path("<b\"\\\nx>"));
	comm = strrchr(path, '/') + 1; /* the name of the test's file has a number first */
	snprintf(series, sizeof(series),
		 "vmascope_page_faults_total{group=\"%.*s<b\\\"\\\\\\nx>\",cause=\"anon-zero\"}",
		 (int)strcspn(comm, "<"), comm);
	vt_true(realpath(vt_workload("storm"), target));
	vt_sys(symlink(target, path));
	vt_serve_start(&serve, VT_ARGS("--expose-paths"));
	vt_run(&cmd, NULL, VT_ARGS(path, "--faults", "5000"));
	vt_equal(cmd.exit, 0, "exit status");
	vt_free(&cmd);
	metrics = vt_fetch(&serve, "/metrics");
	vt_cmp(vt_metric(metrics, series), >=, 5000, "faults: %s", series);
	free(metrics);
	text = vt_fetch(&serve, "/api/v1/processes?top=1000");
	list = vt_json(text, "/api/v1/processes");
	vt_each(p, list, "processes") if (!strcmp(vt_str(p, "comm"), comm)) found = true;
	vt_true(found);
	json_object_put(list);
	free(text);
	vt_http_get(serve.port, "/api/v1/processes", "", &r);
	vt_contains(r.text, "X-Content-Type-Options: nosniff");
	vt_contains(r.text, "Content-Type: application/json");
	vt_contains(r.text, "Content-Security-Policy: default-src 'none'; script-src 'self';");
	vt_reply_free(&r);
	vt_serve_end(&serve);
}

static const char *const secret_parts[] = { "/usr/", "/lib/", ".so", "memfd:", "/tmp" };

static void paths_are_told_only_if_asked(void **state)
{
	static const char *const pages[] = { "/api/v1/stat?by=mapping&top=1000",
					     "/api/v1/stat?by=vma&top=1000",
					     "/events?history=100" };
	struct vt_serve serve;
	struct vt_cmd cmd;
	struct vt_reply r;
	char *text;

	(void)state;
	for (int expose = 0; expose < 2; expose++) {
		vt_serve_start(&serve, VT_ARGS("-i", "200ms", expose ? "--expose-paths" : NULL));
		vt_run(&cmd, NULL, VT_ARGS("/bin/ls", "/usr/lib"));
		vt_free(&cmd);
		text = vt_fetch(&serve, pages[0]);
		if (expose)
			vt_contains(text, "libc.so.6");
		else
			vt_contains(text, "[file]");
		free(text);
		for (size_t i = 0; i < 3 && !expose; i++) {
			int fd = vt_connect(serve.port);
			char request[256];

			sleep(i == 2);
			snprintf(request, sizeof(request),
				 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
				 pages[i]);
			vt_send(fd, request, strlen(request));
			vt_receive(fd, &r, 4096);
			close(fd);
			vt_equal(r.status, 200, "%s", pages[i]);
			for (size_t s = 0; s < 5; s++)
				if (strstr(r.body, secret_parts[s]))
					fail_msg("%s in %s: %.2000s", secret_parts[s], pages[i],
						 r.body);
			vt_reply_free(&r);
		}
		vt_serve_end(&serve);
	}
}

/* --- leave ----------------------------------------------------------------------------------- */

static void write_token(const char *path, mode_t mode)
{
	FILE *f = fopen(path, "w");

	vt_true(f && fputs("0123456789abcdef0123456789abcdef\n", f) >= 0 && !fclose(f));
	vt_sys(chmod(path, mode));
}

static void wants_a_reason_to_be_remote(void **state)
{
	const char *token = vt_path("token"), *open = vt_path("open");
	const struct {
		const char *const *options;
		int exit;
	} runs[] = {
		{ VT_ARGS("--listen", "0.0.0.0:0"), 2 },
		{ VT_ARGS("--listen", ":0"), 2 },
		{ VT_ARGS("--listen", "[::]:0", "--allow-remote"), 2 },
		{ VT_ARGS("--listen", "127.0.0.1"), 2 },
		{ VT_ARGS("--listen", "example.org:80"), 2 },
		{ VT_ARGS("--tls-cert", token), 2 },
		{ VT_ARGS("--max-series", "10"), 2 },
		{ VT_ARGS("--group-by", "colour"), 2 },
		{ VT_ARGS("--token-file", open), 1 },
		{ VT_ARGS("--token-file", "/nonexistent"), 1 },
		{ VT_ARGS("--listen", "0.0.0.0:0", "--allow-remote", "--token-file", token, "-d",
			  "100ms"),
		  0 },
	};

	(void)state;
	write_token(token, 0600);
	write_token(open, 0644);
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		const char *argv[16] = { vt_vmascope(), "serve" };
		struct vt_cmd cmd;

		for (size_t n = 0; runs[i].options[n]; n++)
			argv[2 + n] = runs[i].options[n];
		vt_run(&cmd, NULL, argv);
		vt_equal(cmd.exit, runs[i].exit, "exit status with %s %s: %s", argv[2], argv[3],
			 cmd.err);
		vt_free(&cmd);
	}
}

static void tokens_and_hosts(void **state)
{
	static const struct {
		const char *path;
		const char *headers;
		int status;
	} requests[] = {
		{ "/metrics", "", 401 },
		{ "/metrics", "Authorization: Bearer 0123456789abcdef0123456789abcdee\r\n", 401 },
		{ "/metrics", "Authorization: Bearer 0123456789abcdef\r\n", 401 },
		{ "/metrics", "Authorization: Bearer \r\n", 401 },
		{ "/metrics", "Authorization: Basic MDEyMzQ1Njc4OWFiY2RlZg==\r\n", 401 },
		{ "/metrics", "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n", 200 },
		{ "/api/v1/status", "Authorization: bearer 0123456789abcdef0123456789abcdef\r\n",
		  200 },
		{ "/api/v1/stat", "", 401 },
		{ "/events", "", 401 },
		{ "/nothing", "", 401 },
		{ "/healthz", "", 200 },
		{ "/", "", 200 },
		{ "/healthz", "Host: evil.example\r\n", 421 },
		{ "/healthz", "Host: 127.0.0.1.evil.example\r\n", 421 },
		{ "/healthz", "Host: localhost:1234\r\n", 200 },
		{ "/healthz", "Host: [::1]:1234\r\n", 200 },
	};
	const char *token = vt_path("token");
	struct vt_serve serve;
	struct vt_reply r;

	(void)state;
	write_token(token, 0600);
	vt_serve_start(&serve, VT_ARGS("--token-file", token));
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		vt_http_get(serve.port, requests[i].path, requests[i].headers, &r);
		vt_equal(r.status, requests[i].status, "%s with %s", requests[i].path,
			 requests[i].headers);
		vt_reply_free(&r);
	}
	vt_serve_end(&serve);
}

static const char make_certificates[] =
	"cd \"$0\" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
	"-keyout ca.key -out ca.pem -subj /CN=ca -days 1 && for n in server client; do "
	"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $n.key "
	"-out $n.csr -subj /CN=$n -addext subjectAltName=IP:127.0.0.1 && "
	"openssl x509 -req -in $n.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out $n.pem "
	"-days 1 -copy_extensions copy; done; chmod 600 *.key";

static int curl(const char *dir, int port, const char *more, char *status, size_t size)
{
	struct vt_cmd cmd;
	char script[1024];
	int result;

	snprintf(script, sizeof(script),
		 "cd '%s'; curl -sS --max-time 10 -o /dev/null -w '%%{http_code}' --cacert ca.pem "
		 "%s "
		 "https://127.0.0.1:%d/metrics",
		 dir, more, port);
	vt_run(&cmd, NULL, VT_ARGS("sh", "-c", script));
	snprintf(status, size, "%s", cmd.out);
	result = cmd.exit;
	vt_free(&cmd);
	return result;
}

static void client_certificates(void **state)
{
	const char *dir = vt_path("tls");
	char ca[256], cert[256], key[256], status[16];
	struct vt_serve serve;
	struct vt_cmd cmd;

	(void)state;
	vt_sys(mkdir(dir, 0700));
	vt_run(&cmd, NULL, VT_ARGS("sh", "-c", make_certificates, dir));
	vt_equal(cmd.exit, 0, "openssl: %s", cmd.err);
	vt_free(&cmd);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	snprintf(cert, sizeof(cert), "%s/server.pem", dir);
	snprintf(key, sizeof(key), "%s/server.key", dir);
	vt_serve_start(&serve, VT_ARGS("--tls-cert", cert, "--tls-key", key, "--client-ca", ca));
	vt_equal(curl(dir, serve.port, "--cert client.pem --key client.key", status, 16), 0,
		 "curl");
	assert_string_equal(status, "200");
	curl(dir, serve.port, "", status, sizeof(status));
	assert_string_not_equal(status, "200");
	vt_serve_end(&serve);
}

/** capabilities - CapEff of each thread of @pid, by the thread's id in ascending order */
static size_t capabilities(pid_t pid, uint64_t *caps, size_t most)
{
	char path[300], *text;
	struct dirent **names;
	size_t n = 0;
	int nr;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	nr = scandir(path, &names, NULL, alphasort);
	vt_cmp(nr, >, 2, "threads");
	for (int i = 0; i < nr; i++) {
		if (*names[i]->d_name != '.' && n < most) {
			snprintf(path, sizeof(path), "/proc/%d/task/%s/status", pid,
				 names[i]->d_name);
			text = vt_read_file(path, NULL);
			caps[n++] = strtoull(strstr(text, "CapEff:") + 7, NULL, 16);
			vt_contains(text, "NoNewPrivs:\t1");
			free(text);
		}
		free(names[i]);
	}
	free(names);
	return n;
}

/* linux/capability.h: CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE */
#define PROC_CAPS (1ULL << 2 | 1ULL << 19)

static void privileges_are_given_up(void **state)
{
	struct vt_serve serve;
	uint64_t caps[8];

	(void)state;
	vt_serve_start(&serve, NULL);
	free(vt_fetch(&serve, "/metrics"));
	vt_equal(capabilities(serve.cmd.pid, caps, 8), 2, "threads");
	vt_true((caps[0] & ~PROC_CAPS) == 0 || (caps[1] & ~PROC_CAPS) == 0);
	vt_true(!caps[0] || !caps[1]);
	vt_true(!((caps[0] | caps[1]) & ~PROC_CAPS));
	vt_serve_end(&serve);
}

/* --- formats and events ---------------------------------------------------------------------- */

static void openmetrics_with_exemplars(void **state)
{
	struct vt_serve serve;
	struct vt_cmd cmd;
	struct vt_reply r;
	size_t len;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "200ms"));
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "1"));
	vt_free(&cmd);
	vt_http_get(serve.port, "/metrics",
		    "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n", &r);
	vt_equal(r.status, 200, "status");
	vt_contains(r.text, "Content-Type: application/openmetrics-text; version=1.0.0");
	vt_contains(r.body, "# TYPE vmascope_page_faults counter\n");
	vt_contains(r.body, "# UNIT vmascope_page_fault_seconds seconds\n");
	vt_contains(r.body, " # {vma=\"[anon]\",pid=\"");
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

/* Events @first, @first + 1, …: returns how many; their last one's data is *@data. */
static size_t read_events(int port, const char *headers, const char *query, long first, char **text)
{
	struct vt_reply r;
	char request[256];
	size_t n = 0;
	int fd = vt_connect(port);

	snprintf(request, sizeof(request), "GET /events%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
		 query, headers);
	vt_send(fd, request, strlen(request));
	vt_receive(fd, &r, 12000);
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
	*text = strdup(r.body);
	vt_reply_free(&r);
	return n;
}

static void check_tick(const char *text)
{
	const char *data = strstr(text, "event: tick\ndata: "), *end;
	struct json_object *tick;
	char *line;

	vt_true(data);
	data += strlen("event: tick\ndata: ");
	end = strchr(data, '\n');
	vt_true(end);
	line = strndup(data, end - data);
	tick = vt_json(line, "a tick");
	vt_equal(vt_int(tick, "schema"), 1, "schema");
	vt_equal(vt_len(tick, "latency"), 38, "octaves");
	vt_equal(vt_int(tick, "minor") + vt_int(tick, "major") + vt_int(tick, "incomplete"),
		 vt_int(tick, "faults"), "faults of a tick");
	json_object_put(tick);
	free(line);
}

static void events_and_what_was_missed(void **state)
{
	struct vt_serve serve;
	struct vt_cmd cmd;
	char *text;

	(void)state;
	vt_serve_start(&serve, VT_ARGS("-i", "200ms"));
	vt_cmp(read_events(serve.port, "", "", -1, &text), >=, 2, "events: %s", text);
	check_tick(text);
	free(text);
	/* a storm, after enough intervals to know what is usual */
	sleep(1);
	vt_run(&cmd, NULL, VT_ARGS(vt_workload("storm"), "--seconds", "1"));
	vt_free(&cmd);
	sleep(1);
	vt_cmp(read_events(serve.port, "Last-Event-ID: 2\r\n", "", 3, &text), >=, 2, "events");
	free(text);
	vt_cmp(read_events(serve.port, "", "?history=300", 1, &text), >=, 2, "events");
	free(text);
	for (int i = 0; i < 40; i++) {
		char headers[64];
		bool storm;

		snprintf(headers, sizeof(headers), "Last-Event-ID: %d\r\n", 5 + i);
		read_events(serve.port, headers, "", 6 + i, &text);
		storm = strstr(text, "event: storm\ndata: {\"schema\":1,\"state\":\"begin\"");
		free(text);
		if (storm)
			goto found;
	}
	fail_msg("no storm was told");
found:
	vt_serve_end(&serve);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(counts_what_stat_counts),
		VT_TEST(never_goes_back),
		VT_TEST(totals_outlive_processes),
		VT_TEST(memory_and_series_are_bounded),
		VT_TEST(bad_requests),
		VT_TEST(oversized_requests),
		VT_TEST(idle_and_slow_clients),
		VT_TEST(hostile_names),
		VT_TEST(paths_are_told_only_if_asked),
		VT_TEST(wants_a_reason_to_be_remote),
		VT_TEST(tokens_and_hosts),
		VT_TEST(client_certificates),
		VT_TEST(privileges_are_given_up),
		VT_TEST(openmetrics_with_exemplars),
		VT_TEST(events_and_what_was_missed),
	};

	/* what a sanitizer keeps of freed memory would look like a leak */
	setenv("ASAN_OPTIONS", "detect_leaks=1:exitcode=99:quarantine_size_mb=1", 1);
	cmocka_set_test_filter(getenv("VMASCOPE_TEST"));
	return cmocka_run_group_tests(tests, vt_require_root, vt_group_done);
}
