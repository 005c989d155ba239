/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * http.h - talk HTTP to a vmascope serve on loopback, also in ways that no client should.
 */
#ifndef VT_HTTP_H
#define VT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "run.h"

/** struct vt_reply - an answer; @status 0: the connection was closed without one */
struct vt_reply {
	int status;
	char *text; /* all of it */
	char *body;
	size_t len;
};

/** struct vt_serve - a vmascope serve that runs; @port_fd: keeps @port for it */
struct vt_serve {
	struct vt_cmd cmd;
	int port;
	int port_fd;
};

/**
 * vt_serve_start - on a free port, with @options (may be NULL); it answers when this returns
 *
 * Clients without a token see everything.
 */
void vt_serve_start(struct vt_serve *s, const char *const *options);
/** vt_serve_start_closed - as vt_serve_start(), but clients without a token see aggregates alone */
void vt_serve_start_closed(struct vt_serve *s, const char *const *options);
/** vt_serve_start_by - as vt_serve_start_closed(), by the command @by; @s->cmd is that */
void vt_serve_start_by(struct vt_serve *s, const char *const *by);
/** vt_serve_end - by SIGTERM; its exit status must be 0 */
void vt_serve_end(struct vt_serve *s);

/** vt_connect - a socket to the port; what it reads has a time limit */
int vt_connect(int port);
/** vt_send - all of @len bytes; false: the other side has closed */
bool vt_send(int fd, const char *text, size_t len);
/** vt_receive - until the end of the connection, or @most bytes */
void vt_receive(int fd, struct vt_reply *r, size_t most);
/** vt_receive_until - the same, or until @text has come; whether it has */
bool vt_receive_until(int fd, struct vt_reply *r, size_t most, const char *text);
void vt_reply_free(struct vt_reply *r);

/** vt_request - send @text as it is, and read the answer to its end */
void vt_request(int port, const char *text, struct vt_reply *r);
/** vt_http_get - GET @path with @headers ("Name: value\r\n", may be ""); the reply is any */
void vt_http_get(int port, const char *path, const char *headers, struct vt_reply *r);
/** vt_fetch - GET @path, which must give 200; the caller frees the body */
char *vt_fetch(const struct vt_serve *s, const char *path);

/** vt_metric - the value of the series that is written so in @text; -1: it is not there */
double vt_metric(const char *text, const char *series);

#endif /* VT_HTTP_H */
