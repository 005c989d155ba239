// SPDX-License-Identifier: GPL-2.0-only
/* http.c - a small HTTP client on plain sockets. */
#include "http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "scope.h"

/** Time limit of a response in seconds, after which the server counts as hung. */
#define ANSWER_S VT_PATIENCE
#define MOST_REPLY (64UL << 20)

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/*
 * Reserve a port for the server: the socket keeps others from getting it as an arbitrary port
 * (bind, connect), or without SO_REUSEADDR; the server uses that option, and so may listen on it.
 * Return: the socket.
 */
static int reserve_port(int *port)
{
	struct sockaddr_in addr = loopback(0);
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int one = 1;

	vt_sys(fd);
	vt_sys(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	vt_sys(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	vt_sys(getsockname(fd, (struct sockaddr *)&addr, &len));
	*port = ntohs(addr.sin_port);
	return fd;
}

int vt_connect(int port)
{
	const struct timeval limit = { .tv_sec = ANSWER_S * vt_slow() };
	struct sockaddr_in addr = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	vt_sys(fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	vt_sys(connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	return fd;
}

bool vt_send(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

/** unchunk - remove the sizes from a chunked body, in place. */
static void unchunk(struct vt_reply *r)
{
	char *from = r->body, *to = r->body;

	for (;;) {
		size_t n = strtoul(from, &from, 16);

		if (!n || strncmp(from, "\r\n", 2) || from + 2 + n > r->text + r->len)
			break;
		memmove(to, from + 2, n);
		to += n;
		from += 2 + n + 2;
	}
	*to = '\0';
}

bool vt_receive_until(int fd, struct vt_reply *r, size_t most, const char *text)
{
	size_t cap = 1 << 16;
	bool found = false;
	ssize_t n = 1;

	*r = (struct vt_reply){ .text = malloc(cap) };
	while (n > 0 && r->len < most && !found) {
		if (r->len + 4097 > cap)
			r->text = realloc(r->text, cap *= 2);
		vt_true(r->text);
		n = recv(fd, r->text + r->len, 4096, 0);
		if (n > 0)
			r->len += n;
		r->text[r->len] = '\0';
		found = text && strstr(r->text, text);
	}
	r->text[r->len] = '\0';
	r->body = strstr(r->text, "\r\n\r\n");
	r->body = r->body ? r->body + 4 : r->text + r->len;
	sscanf(r->text, "HTTP/1.%*d %d", &r->status);
	if (strcasestr(r->text, "\r\nTransfer-Encoding: chunked\r\n"))
		unchunk(r);
	return found;
}

void vt_receive(int fd, struct vt_reply *r, size_t most)
{
	vt_receive_until(fd, r, most, NULL);
}

void vt_reply_free(struct vt_reply *r)
{
	free(r->text);
	*r = (struct vt_reply){};
}

void vt_request(int port, const char *text, struct vt_reply *r)
{
	int fd = vt_connect(port);

	vt_send(fd, text, strlen(text));
	vt_receive(fd, r, MOST_REPLY);
	close(fd);
}

void vt_http_get(int port, const char *path, const char *headers, struct vt_reply *r)
{
	char text[1024];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n%sConnection: close\r\n%s\r\n", path,
		 strcasestr(headers, "Host:") ? "" : "Host: 127.0.0.1\r\n", headers);
	vt_request(port, text, r);
}

char *vt_fetch(const struct vt_serve *s, const char *path)
{
	struct vt_reply r;
	char *body;

	vt_http_get(s->port, path, "", &r);
	vt_equal(r.status, 200, "status of %s: %.200s", path, r.text);
	body = strdup(r.body);
	vt_reply_free(&r);
	return body;
}

/* --- the server ---------------------------------------------------------------------------- */

static bool answers(void *arg)
{
	struct vt_serve *s = arg;
	struct sockaddr_in addr = loopback(s->port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), err;

	if (vt_ended(&s->cmd)) {
		vt_wait(&s->cmd, 1);
		fail_msg("serve ended with %d: %s", s->cmd.exit, s->cmd.err);
	}
	/* it listens before it attaches, so a connection is not sufficient */
	err = connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return !err;
}

void vt_serve_start(struct vt_serve *s, const char *const *options)
{
	const char *all[32] = { "--expose-processes", "--expose-addresses" };

	for (size_t n = 2; options && *options; options++)
		all[n++] = *options;
	vt_serve_start_closed(s, all);
}

void vt_serve_start_closed(struct vt_serve *s, const char *const *options)
{
	const char *argv[40] = { vt_vmascope(), "serve", "--listen" };
	char address[32];
	size_t n = 3;

	s->port_fd = reserve_port(&s->port);
	snprintf(address, sizeof(address), "127.0.0.1:%d", s->port);
	argv[n++] = address;
	for (; options && *options; options++)
		argv[n++] = *options;
	vt_start(&s->cmd, NULL, argv);
	vt_await(answers, s, "serve listens", VT_PATIENCE);
	vt_await_attached(&s->cmd);
}

void vt_serve_start_by(struct vt_serve *s, const char *const *by)
{
	const char *argv[40] = {};
	char address[32];
	size_t n = 0;

	for (; *by; by++)
		argv[n++] = *by;
	s->port_fd = reserve_port(&s->port);
	snprintf(address, sizeof(address), "127.0.0.1:%d", s->port);
	argv[n++] = vt_vmascope();
	argv[n++] = "serve";
	argv[n++] = "--listen";
	argv[n++] = address;
	vt_start(&s->cmd, NULL, argv);
	vt_await(answers, s, "serve listens", VT_PATIENCE);
	/* it responds once it is attached */
	free(vt_fetch(s, "/metrics"));
}

void vt_serve_end(struct vt_serve *s)
{
	vt_signal(&s->cmd, SIGTERM);
	vt_wait(&s->cmd, VT_PATIENCE);
	vt_equal(s->cmd.exit, 0, "exit status of serve: %s", s->cmd.err);
	close(s->port_fd);
	vt_free(&s->cmd);
}

double vt_metric(const char *text, const char *series)
{
	const size_t len = strlen(series);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, series, len) && line[len] == ' ')
			return strtod(line + len, NULL);
	}
	return -1;
}
