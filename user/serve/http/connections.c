// SPDX-License-Identifier: GPL-2.0-only
/*
 * connections.c - time limits of connections.
 *
 * The timeout of libmicrohttpd restarts with each byte: a client that sends single bytes could keep
 * a connection open for any time.
 */
#include "serve/http/server.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "util/clock.h"

static void opened(struct server *s, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct connection *c = calloc(1, sizeof(*c));

	*context = c;
	if (!c)
		return;
	c->fd = info->connect_fd;
	c->since_ns = clock__monotonic_ns();
	c->next = s->connections;
	c->at = &s->connections;
	if (c->next)
		c->next->at = &c->next;
	s->connections = c;
	s->nr_connections++;
}

static void closed(struct server *s, void **context)
{
	struct connection *c = *context;

	if (!c)
		return;
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
	s->nr_connections--;
	free(c);
	*context = NULL;
}

void connections__notify(void *cls, struct MHD_Connection *connection, void **context,
			 enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(cls, connection, context);
	else
		closed(cls, context);
}

static struct connection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void connections__request(struct MHD_Connection *connection, bool answering, bool streaming)
{
	struct connection *c = connection_of(connection);

	if (!c)
		return;
	c->since_ns = clock__monotonic_ns();
	c->wait_ns = 0;
	c->answering = answering;
	c->streaming = streaming;
}

void connections__wait(struct MHD_Connection *connection, uint64_t ns)
{
	struct connection *c = connection_of(connection);

	if (c)
		c->wait_ns = ns;
}

void connections__reap(struct server *s)
{
	const bool pressed = s->nr_connections > s->max_connections / 4 * 3;
	const uint64_t idle = pressed ? SERVER_PRESSED_IDLE_NS : SERVER_IDLE_NS;
	const uint64_t now = clock__monotonic_ns();

	for (struct connection *c = s->connections; c; c = c->next) {
		const uint64_t limit = c->answering ? SERVER_ANSWER_NS + c->wait_ns : idle;

		/* libmicrohttpd sees the end of it, and closes */
		if (!c->streaming && now - c->since_ns > limit)
			shutdown(c->fd, SHUT_RDWR);
	}
}
