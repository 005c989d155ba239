// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_access_test - who asks `vmascope serve` badly, slowly or without leave gets nothing, and stops
 * nothing; and it keeps no privilege that it does not need.
 */
#include "check.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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
	vt_cmp(vt_resident_kib(serve.cmd.pid), <, 200 * 1024, "KiB in memory");
	vt_serve_end(&serve);
}

#define IDLE 1000
#define SLOW 50

static bool closed_by_peer(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/** struct bad_clients - those that say nothing, and those that send a byte now and then */
struct bad_clients {
	const struct vt_serve *serve;
	int fds[IDLE + SLOW];
	size_t rounds;
};

/* Others are answered meanwhile: vt_fetch() fails the test if not. */
static bool are_closed(void *arg)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: ";
	struct bad_clients *b = arg;
	size_t open = 0;

	free(vt_fetch(b->serve, "/metrics"));
	for (size_t i = 0; i < IDLE + SLOW; i++) {
		if (i >= IDLE)
			vt_send(b->fds[i], &request[b->rounds % (sizeof(request) - 1)], 1);
		open += !closed_by_peer(b->fds[i]);
	}
	b->rounds++;
	usleep(250000); /* between two bytes of the slow ones */
	return !open;
}

/* 1,000 that say nothing, and 50 that send a byte now and then: others are answered, these closed. */
static void idle_and_slow_clients(void **state)
{
	struct rlimit limit = { 4096, 4096 };
	static struct bad_clients bad;
	struct vt_serve serve;

	(void)state;
	setrlimit(RLIMIT_NOFILE, &limit);
	vt_serve_start(&serve, NULL);
	bad = (struct bad_clients){ .serve = &serve };
	for (size_t i = 0; i < IDLE + SLOW; i++)
		bad.fds[i] = vt_connect(serve.port);
	free(vt_fetch(&serve, "/healthz"));
	vt_await(are_closed, &bad, "connections of bad clients are closed", VT_PATIENCE);
	print_message("# idle: 1,050 bad clients, %zu answers to others\n", bad.rounds);
	for (size_t i = 0; i < IDLE + SLOW; i++)
		close(bad.fds[i]);
	vt_serve_end(&serve);
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
		 "cd '%s'; curl -sS --max-time 120 -o /dev/null -w '%%{http_code}' --cacert ca.pem "
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(bad_requests),
		VT_TEST(oversized_requests),
		VT_TEST(idle_and_slow_clients),
		VT_TEST(wants_a_reason_to_be_remote),
		VT_TEST(tokens_and_hosts),
		VT_TEST(client_certificates),
		VT_TEST(privileges_are_given_up),
	};

	vt_freed_is_free();
	cmocka_set_test_filter(getenv("VMASCOPE_TEST"));
	return cmocka_run_group_tests(tests, vt_require_root, vt_group_done);
}
