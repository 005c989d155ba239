/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * http.h - HTTP requests to a vmascope serve on loopback, including invalid ones.
 */
#ifndef VT_HTTP_H
#define VT_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "run.h"

/** struct vt_reply - a response; @status 0: the connection was closed without one */
struct vt_reply {
	int status;
	char *text; /* the whole response */
	char *body;
	size_t len;
};

/** struct vt_serve - a running vmascope serve; @port_fd: reserves @port for it */
struct vt_serve {
	struct vt_cmd cmd;
	int port;
	int port_fd;
};

/**
 * vt_serve_start - start it on a free port, with @options (may be NULL), and wait until it responds
 *
 * Clients without a token have full access.
 */
void vt_serve_start(struct vt_serve *s, const char *const *options);
/** vt_serve_start_closed - as vt_serve_start(), but clients without a token only see aggregates */
void vt_serve_start_closed(struct vt_serve *s, const char *const *options);
/**
 * vt_serve_start_by - as vt_serve_start_closed(), run by the command @by; @s->cmd is that command
 */
void vt_serve_start_by(struct vt_serve *s, const char *const *by);
/** vt_serve_end - end it with SIGTERM; its exit status must be 0 */
void vt_serve_end(struct vt_serve *s);

/** vt_connect - connect to the port; reads from the socket have a time limit */
int vt_connect(int port);
/** vt_send - send all @len bytes; false: the peer has closed the connection */
bool vt_send(int fd, const char *text, size_t len);
/** vt_receive - read until the end of the connection, or @most bytes */
void vt_receive(int fd, struct vt_reply *r, size_t most);
/** vt_receive_until - the same, or until @text was received. Return: it was. */
bool vt_receive_until(int fd, struct vt_reply *r, size_t most, const char *text);
void vt_reply_free(struct vt_reply *r);

/** vt_request - send @text as it is, and read the whole response */
void vt_request(int port, const char *text, struct vt_reply *r);
/** vt_http_get - GET @path with @headers ("Name: value\r\n", may be ""); any status is accepted */
void vt_http_get(int port, const char *path, const char *headers, struct vt_reply *r);
/** vt_fetch - GET @path, whose status must be 200; the caller frees the body */
char *vt_fetch(const struct vt_serve *s, const char *path);

/** vt_metric - the value of series @series in @text; -1: missing */
double vt_metric(const char *text, const char *series);

#endif /* VT_HTTP_H */
