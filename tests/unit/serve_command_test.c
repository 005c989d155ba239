// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_command_test.c - `serve` from its options to its answers, with its two processes, on a source
 * without a kernel: each count is known.
 */
#include "fake_run.h"
#include "json_output.h"
#include "made_kernel.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>

#include "util/log.h"

#define TOKEN_LEN 128

/** struct served - a service: its process, where it listens, and the token that it printed */
struct served {
	pid_t pid;
	unsigned int port;
	char token[TOKEN_LEN];
};

/** said - a whole line of @text has @what. Return: what is behind it; NULL: there is none, yet. */
static const char *said(const char *text, const char *what)
{
	const char *p = text ? strstr(text, what) : NULL;

	return p && strchr(p, '\n') ? p + strlen(what) : NULL;
}

/** serve - start it, and wait until it says where it listens; it must not end before */
static struct served serve(const char *options)
{
	struct served s = { .pid = command_start(&command_serve, options, use_source) };
	const char *port = NULL, *token = NULL;
	char path[128], *err = NULL;
	size_t size;
	int status;

	command_path(path, sizeof(path), "err");
	/* what is at the end may be half of a line */
	while (!port || !token || !strchr(token, '\n')) {
		free(err);
		if (waitpid(s.pid, &status, WNOHANG) == s.pid)
			fail_msg("serve %s ended with status %d: %s", options, status,
				 command_output("err"));
		usleep(1000);
		err = read_all(path, &size);
		port = said(err, "listening on http://127.0.0.1:");
		token = said(err, "/#token=");
	}
	s.port = (unsigned int)strtoul(port, NULL, 10);
	snprintf(s.token, sizeof(s.token), "%.*s", (int)strcspn(token, "\n"), token);
	free(err);
	return s;
}

/** ask - GET @path. Return: the whole answer, to be freed. */
static char *ask(const struct served *s, const char *path, bool with_token)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)s->port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t len = 0, cap = 1 << 20;
	char *answer = malloc(cap);
	char request[512];
	ssize_t n;

	assert_non_null(answer);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	n = snprintf(request, sizeof(request),
		     "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s\r\n", path,
		     with_token ? "Authorization: Bearer " : "", with_token ? s->token : "",
		     with_token ? "\r\n" : "");
	assert_int_equal(write(fd, request, (size_t)n), n);
	while ((n = read(fd, answer + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	close(fd);
	assert_true(len < cap - 1);
	answer[len] = '\0';
	return answer;
}

static void assert_status(const char *answer, const char *status)
{
	if (strncmp(answer + strlen("HTTP/1.1 "), status, strlen(status)))
		fail_msg("want status %s: %.300s", status, answer);
}

/** faults - the sum of the series of page faults in an answer to /metrics */
static double faults(const char *answer)
{
	static const char name[] = "\nvmascope_page_faults_total{";
	double sum = 0;

	for (const char *p = answer; (p = strstr(p, name)); p++)
		sum += strtod(strstr(p, "} ") + 2, NULL);
	return sum;
}

/** value - of the first @key in an answer that is JSON; -1: there is none */
static int64_t value(const char *answer, const char *key)
{
	const char *p = strstr(answer, key);

	return p ? strtoll(p + strlen(key), NULL, 10) : -1;
}

static void answers_with_counts_until_sigterm(void **state)
{
	struct served s;
	char *answer;

	(void)state;
	make_kernel((struct made_kernel){});
	s = serve("--listen 127.0.0.1:0 -i 100ms");
	answer = ask(&s, "/metrics", false);
	assert_status(answer, "200");
	assert_true(faults(answer) == ALL_FAULTS);
	assert_non_null(strstr(answer, "\nvmascope_memory_calls_total{"));
	free(answer);
	answer = ask(&s, "/api/v1/stat?by=cause", false);
	assert_status(answer, "200");
	assert_int_equal(value(answer, "\"faults\":"), ALL_FAULTS);
	free(answer);
	/* a process is for those who have the token, which is printed to the one who started it */
	answer = ask(&s, "/api/v1/process?pid=100", false);
	assert_status(answer, "401");
	free(answer);
	answer = ask(&s, "/api/v1/process?pid=100", true);
	assert_status(answer, "200");
	assert_int_equal(value(answer, "\"pid\":"), 100);
	free(answer);
	kill(s.pid, SIGTERM);
	assert_int_equal(command_wait(s.pid), VS_EXIT_OK);
}

static void duration_ends_the_run(void **state)
{
	(void)state;
	make_kernel((struct made_kernel){});
	assert_int_equal(command_run(&command_serve, "--listen 127.0.0.1:0 -d 10ms", use_source),
			 VS_EXIT_OK);
}

/* Each is said before anything is started. */
static void wrong_options_are_refused(void **state)
{
	static const struct {
		const char *options;
		bool denied;
		int status;
		const char *says;
	} runs[] = {
		{ "--listen nonsense", false, VS_EXIT_USAGE, "bad address: 'nonsense'" },
		{ "--listen 0.0.0.0:0", false, VS_EXIT_USAGE, "is not a loopback address" },
		{ "--listen 0.0.0.0:0 --allow-remote", false, VS_EXIT_USAGE,
		  "--allow-remote requires authentication" },
		{ "--listen 127.0.0.1:0 --tls-cert x", false, VS_EXIT_USAGE,
		  "--tls-cert and --tls-key require each other" },
		{ "--listen 127.0.0.1:0 --client-ca x", false, VS_EXIT_USAGE,
		  "--tls-cert and --tls-key require each other" },
		{ "--listen 127.0.0.1:0 --max-series 10", false, VS_EXIT_USAGE,
		  "--max-series is less than" },
		{ "--listen 127.0.0.1:0 --run-as no-such-user", false, VS_EXIT_USAGE,
		  "no such user: 'no-such-user'" },
		{ "--listen 127.0.0.1:0 --token-file /nonexistent", false, VS_EXIT_FAILURE, "" },
		{ "--listen 127.0.0.1:0", true, VS_EXIT_FAILURE, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		char *err;
		int status;

		make_kernel((struct made_kernel){ .denied = runs[i].denied });
		status = command_run(&command_serve, runs[i].options, use_source);
		err = command_output("err");
		if (status != runs[i].status || !strstr(err, runs[i].says) ||
		    strstr(err, "listening on"))
			fail_msg("serve %s ended with status %d: %s", runs[i].options, status, err);
		free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_with_counts_until_sigterm),
		cmocka_unit_test(duration_ends_the_run),
		cmocka_unit_test(wrong_options_are_refused),
	};

	return cmocka_run_group_tests_name("serve_command", tests, command_set_up,
					   command_tear_down);
}
