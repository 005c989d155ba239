// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_clients_test - who asks `vmascope serve` badly, too much at once or slowly gets nothing, and stops nothing.
 */
#include "check.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		VT_TEST(bad_requests),
		VT_TEST(oversized_requests),
		VT_TEST(idle_and_slow_clients),
	};

	vt_freed_is_free();
	return vt_run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
