// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_access_test - who asks `vmascope serve` without leave gets nothing but sums; and it keeps no privilege
 * that it does not need.
 */
#include "check.h"
#include "http.h"
#include "privileges.h"
#include "scope.h"
#include "system.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- leave ----------------------------------------------------------------------------------- */

static void write_token(const char *path, mode_t mode)
{
	FILE *f = fopen(path, "w");

	vt_true(f && fputs("0123456789abcdef0123456789abcdef\n", f) >= 0 && !fclose(f));
	vt_sys(chmod(path, mode));
}

static void remote_address_requires_allow_remote(void **state)
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

static void tokens_and_host_names(void **state)
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

/* --- TLS ------------------------------------------------------------------------------------- */

/** handshake - one by openssl with @options succeeds. Return: 0 if so */
static int handshake(int port, const char *options)
{
	struct vt_cmd cmd;
	char script[512];
	int status;

	snprintf(script, sizeof(script),
		 "openssl s_client -connect 127.0.0.1:%d %s </dev/null 2>&1 | grep -q '^New, "
		 "TLS.*Cipher is [A-Z]'",
		 port, options);
	vt_run(&cmd, NULL, VT_ARGS("sh", "-c", script));
	status = cmd.exit;
	vt_free(&cmd);
	return status;
}

static void tls_requires_forward_secrecy(void **state)
{
	static const struct {
		const char *options;
		bool accepted;
	} clients[] = {
		{ "-tls1_3", true },
		{ "-tls1_2", true },
		{ "-tls1_1 -cipher ALL:@SECLEVEL=0", false },
		{ "-tls1 -cipher ALL:@SECLEVEL=0", false },
		/* RSA key exchange; CBC */
		{ "-tls1_2 -cipher AES128-GCM-SHA256", false },
		{ "-tls1_2 -cipher ECDHE-RSA-AES128-SHA", false },
	};
	const char *dir = vt_path("rsa");
	char cert[256], key[256];
	struct vt_serve serve;
	struct vt_cmd cmd;

	(void)state;
	vt_sys(mkdir(dir, 0700));
	snprintf(cert, sizeof(cert), "%s/c.pem", dir);
	snprintf(key, sizeof(key), "%s/c.key", dir);
	vt_run(&cmd, NULL,
	       VT_ARGS("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
		       "-out", cert, "-subj", "/CN=localhost", "-days", "1"));
	vt_equal(cmd.exit, 0, "openssl: %s", cmd.err);
	vt_free(&cmd);
	vt_sys(chmod(key, 0600));
	vt_serve_start(&serve, VT_ARGS("--tls-cert", cert, "--tls-key", key));
	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++)
		vt_equal(!handshake(serve.port, clients[i].options), clients[i].accepted,
			 "accepts %s", clients[i].options);
	vt_serve_end(&serve);
}

/* --- without a token -------------------------------------------------------------------------- */

#define SECRET_NAME "secretcommand"

/** reply_to - the body of an answer, whatever its status; "" if there is none */
static char *reply_to(int port, const char *path, const char *headers, int *status)
{
	struct vt_reply r;
	char *body;

	vt_http_get(port, path, headers, &r);
	*status = r.status;
	body = strdup(r.body);
	vt_reply_free(&r);
	return body;
}

/** first_tick - the events of a stream until that of an interval has come */
static char *first_tick(int port, const char *headers)
{
	char request[512], *text = calloc(1, 1 << 20);
	int fd = vt_connect(port);
	size_t len = 0;

	snprintf(request, sizeof(request), "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
		 headers);
	vt_send(fd, request, strlen(request));
	while (!strstr(text, "\"lost\"") && len < (1 << 20) - 1) {
		ssize_t n = recv(fd, text + len, (1 << 20) - 1 - len, 0);

		vt_cmp(n, >, 0, "bytes of events");
		len += n;
	}
	close(fd);
	return text;
}

static bool has_token(void *arg)
{
	const struct vt_serve *s = arg;
	char *text = vt_peek_err(&s->cmd), *token = strstr(text, "#token=");
	const bool whole = token && strchr(token, '\n');

	free(text);
	return whole;
}

/** made_token - the token that serve printed */
static void made_token(const struct vt_serve *s, char *header, size_t size)
{
	char *text;
	const char *token;

	vt_await(has_token, (void *)s, "serve prints the token", VT_PATIENCE);
	text = vt_peek_err(&s->cmd);
	token = strstr(text, "#token=");
	snprintf(header, size, "Authorization: Bearer %.32s\r\n", token + 7);
	free(text);
}

/** start_secret - a process of an unusual name that faults until it is ended */
static void start_secret(struct vt_cmd *cmd)
{
	const char *dir = vt_path("named");
	struct vt_cmd cp;
	char file[300];

	vt_sys(mkdir(dir, 0700));
	snprintf(file, sizeof(file), "%s/" SECRET_NAME, dir);
	vt_run(&cp, NULL, VT_ARGS("cp", vt_workload("storm"), file));
	vt_equal(cp.exit, 0, "cp: %s", cp.err);
	vt_free(&cp);
	vt_start(cmd, NULL, VT_ARGS(file, "--faults", "300000000"));
}

static const struct {
	const char *path;
	int status; /* without a token */
} details[] = {
	{ "/metrics", 200 },
	{ "/api/v1/status", 200 },
	{ "/api/v1/stat", 200 },
	{ "/api/v1/stat?by=cause", 200 },
	{ "/api/v1/stat?by=cpu", 200 },
	{ "/api/v1/stat?by=cgroup", 200 },
	{ "/api/v1/stat?by=mapping", 401 },
	{ "/api/v1/stat?by=process", 401 },
	{ "/api/v1/stat?by=vma", 401 },
	{ "/api/v1/stat?by=comm", 401 },
	{ "/api/v1/stat?by=stack", 401 },
	{ "/api/v1/stat?by=function", 401 },
	{ "/api/v1/shootdown", 401 },
	{ "/api/v1/shootdown?by=call", 401 },
	{ "/api/v1/shootdown?by=cpu", 401 },
	{ "/api/v1/processes", 401 },
};

static void no_details(const char *path, const char *body)
{
	static const char *const keys[] = { SECRET_NAME, "\"pid\":",	"pid=\"",
					    "\"0x",	 "\"comm\":\"", "\"tid\":" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strstr(body, keys[i]))
			fail_msg("%s tells anyone: %.200s", path, strstr(body, keys[i]));
}

static bool has_secret(void *arg)
{
	const struct vt_serve *s = arg;
	char header[128], *body;
	bool found;
	int status;

	made_token(s, header, sizeof(header));
	body = reply_to(s->port, "/api/v1/processes?top=1000", header, &status);
	found = strstr(body, SECRET_NAME);
	free(body);
	return found;
}

static void aggregates_only_without_a_token(void **state)
{
	struct vt_serve serve;
	struct vt_cmd secret;
	char header[128], path[64], *body;
	int status;

	(void)state;
	/* of no other process: how many there are depends on the machine, and series are limited */
	vt_serve_start_closed(&serve, VT_ARGS("-i", "200ms", "-n", SECRET_NAME));
	start_secret(&secret);
	vt_await(has_secret, &serve, "the process has faulted", VT_PATIENCE);
	made_token(&serve, header, sizeof(header));
	for (size_t i = 0; i < sizeof(details) / sizeof(*details); i++) {
		body = reply_to(serve.port, details[i].path, "", &status);
		vt_equal(status, details[i].status, "%s without a token", details[i].path);
		no_details(details[i].path, body);
		free(body);
		free(reply_to(serve.port, details[i].path, header, &status));
		vt_equal(status, 200, "%s with the token", details[i].path);
	}
	body = reply_to(serve.port, "/metrics", "Accept: application/openmetrics-text\r\n",
			&status);
	no_details("OpenMetrics", body);
	free(body);
	snprintf(path, sizeof(path), "/api/v1/process?pid=%d", secret.pid);
	free(reply_to(serve.port, path, "", &status));
	vt_equal(status, 401, "a process without a token");
	body = reply_to(serve.port, path, header, &status);
	vt_equal(status, 200, "a process with the token");
	vt_contains(body, SECRET_NAME);
	free(body);
	body = reply_to(serve.port, "/metrics", header, &status);
	vt_contains(body, "group=\"" SECRET_NAME "\"");
	free(body);
	body = first_tick(serve.port, "");
	no_details("/events", body);
	free(body);
	body = first_tick(serve.port, header);
	vt_contains(body, "\"pid\":");
	free(body);
	/* a wrong token is no request without one */
	free(reply_to(serve.port, "/metrics",
		      "Authorization: Bearer 00000000000000000000000000000000\r\n", &status));
	vt_equal(status, 401, "a wrong token");
	vt_signal(&secret, SIGKILL);
	vt_wait(&secret, VT_PATIENCE);
	vt_free(&secret);
	vt_serve_end(&serve);
}

#define CLIENT_STREAMS 8

/** open_stream - Return: its socket; @status: of the answer */
static int open_stream(int port, const char *headers, int *status)
{
	char request[512], answer[4096] = "";
	int fd = vt_connect(port);

	snprintf(request, sizeof(request), "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n",
		 headers);
	vt_send(fd, request, strlen(request));
	vt_cmp(recv(fd, answer, sizeof(answer) - 1, 0), >, 0, "bytes of an answer");
	*status = 0;
	sscanf(answer, "HTTP/1.%*d %d", status);
	return fd;
}

/** One client cannot take the streams of others. */
static void streams_of_one_client_are_limited(void **state)
{
	int fds[CLIENT_STREAMS + 2], status;
	struct vt_serve serve;
	char header[128];

	(void)state;
	vt_serve_start_closed(&serve, NULL);
	made_token(&serve, header, sizeof(header));
	for (int i = 0; i < CLIENT_STREAMS + 2; i++) {
		const bool last = i == CLIENT_STREAMS + 1;

		fds[i] = open_stream(serve.port, last ? header : "", &status);
		vt_equal(status, i == CLIENT_STREAMS ? 503 : 200, "stream %d", i);
	}
	for (int i = 0; i < CLIENT_STREAMS + 2; i++)
		close(fds[i]);
	vt_serve_end(&serve);
}

static void token_file_must_be_regular(void **state)
{
	const char *fifo = vt_path("fifo");
	struct vt_cmd cmd;

	(void)state;
	vt_sys(mkfifo(fifo, 0600));
	/* nobody will ever write to it */
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "serve", "--token-file", fifo));
	vt_equal(cmd.exit, 1, "exit status: %s", cmd.err);
	vt_contains(cmd.err, "not a regular file");
	vt_free(&cmd);
}

/** The service manager listens, and passes its socket. */
static void socket_activation(void **state)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), saved = fcntl(3, F_DUPFD_CLOEXEC, 100), status;
	socklen_t len = sizeof(addr);
	struct vt_cmd cmd;
	char script[512];

	(void)state;
	vt_sys(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	vt_sys(listen(fd, 16));
	vt_sys(getsockname(fd, (struct sockaddr *)&addr, &len));
	vt_sys(dup2(fd, 3));
	snprintf(script, sizeof(script), "LISTEN_PID=$$ LISTEN_FDS=1 exec '%s' serve",
		 vt_vmascope());
	vt_start(&cmd, NULL, VT_ARGS("sh", "-c", script));
	if (saved >= 0)
		dup2(saved, 3);
	else
		close(3);
	if (fd != 3)
		close(fd);
	/* it waits in the backlog until serve is ready */
	free(reply_to(ntohs(addr.sin_port), "/healthz", "", &status));
	vt_equal(status, 200, "status of /healthz");
	vt_signal(&cmd, SIGTERM);
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_free(&cmd);
}

/* --- privileges ------------------------------------------------------------------------------- */

static void privileges_are_dropped(void **state)
{
	struct vt_serve serve;

	(void)state;
	vt_serve_start(&serve, NULL);
	free(vt_fetch(&serve, "/metrics"));
	vt_check_serve(serve.cmd.pid);
	vt_serve_end(&serve);
}

/** The process that answers dies: so does the other, with a message. */
static void server_exit_ends_the_counter(void **state)
{
	struct vt_serve serve;

	(void)state;
	vt_serve_start(&serve, NULL);
	vt_sys(kill(vt_child_of(serve.cmd.pid), SIGKILL));
	vt_wait(&serve.cmd, VT_PATIENCE);
	vt_equal(serve.cmd.exit, 1, "exit status: %s", serve.cmd.err);
	vt_contains(serve.cmd.err, "the HTTP server was killed by signal 9");
	vt_free(&serve.cmd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(remote_address_requires_allow_remote),
		VT_TEST(tokens_and_host_names),
		VT_TEST(client_certificates),
		VT_TEST(tls_requires_forward_secrecy),
		VT_TEST(aggregates_only_without_a_token),
		VT_TEST(streams_of_one_client_are_limited),
		VT_TEST(token_file_must_be_regular),
		VT_TEST(socket_activation),
		VT_TEST(privileges_are_dropped),
		VT_TEST(server_exit_ends_the_counter),
	};

	vt_freed_is_free();
	return vt_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
