// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - server-sent events: each stream reads the mailbox's events at its own pace. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/http/server.h"
#include "util/clock.h"
#include "util/str.h"

/** Without an event for this long, a comment shows both sides that the other is still there. */
#define SIGN_OF_LIFE_NS 10000000000ULL

/**
 * struct stream - the event stream of a client
 * @id: of the next event; @body: the event being sent, of which @sent bytes were sent
 * @details: DETAIL_* bits that the client may see; @trusted: it is authenticated
 * @address: of the client
 * @asleep: suspended, and in the server's list of suspended streams
 */
struct stream {
	struct stream *next, **at;
	struct stream *next_open, **open_at;
	struct server *server;
	struct MHD_Connection *connection;
	uint64_t id;
	struct body *body;
	size_t sent;
	uint64_t sent_ns;
	unsigned int details;
	bool trusted;
	struct in6_addr address;
	bool asleep;
};

static struct body *comment(void)
{
	return body__new(200, BODY_EVENT, strdup(":\n\n"), 3);
}

/** next_body - Return: whether there is something to send. */
static bool next_body(struct stream *t)
{
	if (t->body)
		return true;
	t->body = mailbox__event(t->server->mailbox, t->details, &t->id);
	if (t->body)
		t->id++;
	else if (clock__monotonic_ns() - t->sent_ns > SIGN_OF_LIFE_NS)
		t->body = comment();
	t->sent = 0;
	return t->body;
}

static void sleep_on(struct stream *t)
{
	t->asleep = true;
	t->next = t->server->streams;
	t->at = &t->server->streams;
	if (t->next)
		t->next->at = &t->next;
	t->server->streams = t;
	MHD_suspend_connection(t->connection);
}

static void wake(struct stream *t)
{
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	t->asleep = false;
}

static ssize_t read_stream(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct stream *t = cls;
	size_t n;

	(void)pos;
	if (t->server->mailbox->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!next_body(t)) {
		sleep_on(t);
		return 0;
	}
	n = t->body->len - t->sent;
	if (n > max)
		n = max;
	memcpy(buf, t->body->text + t->sent, n);
	t->sent += n;
	t->sent_ns = clock__monotonic_ns();
	if (t->sent == t->body->len) {
		body__put(t->body);
		t->body = NULL;
	}
	return n;
}

static void free_stream(void *cls)
{
	struct stream *t = cls;

	if (t->asleep)
		wake(t);
	body__put(t->body);
	*t->open_at = t->next_open;
	if (t->next_open)
		t->next_open->open_at = t->open_at;
	free(t);
}

void stream__resume(struct server *s)
{
	const bool ending = s->mailbox->ended;

	for (struct stream *t = s->streams, *next; t; t = next) {
		next = t->next;
		if (!next_body(t) && !ending)
			continue;
		wake(t);
		MHD_resume_connection(t->connection);
	}
}

/** first_id - where a stream begins: after Last-Event-ID, or with the last ?history=N events. */
static uint64_t first_id(const struct mailbox *m, struct MHD_Connection *connection)
{
	const char *last = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						       "Last-Event-ID");
	const char *history = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND,
							  "history");
	const uint64_t next = m->next_id;
	uint64_t n;

	/* an id from before we began again is of no use */
	if (last && !str_parse_u64(last, INT64_MAX, &n) && n < next)
		return n + 1;
	if (history && !str_parse_u64(history, MAILBOX_EVENTS, &n))
		return n < next ? next - n : 1;
	return next;
}

/** client_address - IPv4 addresses as the IPv6 addresses that they are mapped to */
static struct in6_addr client_address(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct in6_addr address = {};

	if (!info || !info->client_addr)
		return address;
	if (info->client_addr->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)info->client_addr)->sin6_addr;
	address.s6_addr[10] = address.s6_addr[11] = 0xff;
	memcpy(&address.s6_addr[12], &((const struct sockaddr_in *)info->client_addr)->sin_addr, 4);
	return address;
}

/** has_room - for one more stream of @t's client; clients without credentials have half of them. */
static bool has_room(const struct server *s, const struct stream *t)
{
	unsigned int all = 0, unknown = 0, same = 0;

	for (const struct stream *o = s->open_streams; o; o = o->next_open) {
		all++;
		unknown += !o->trusted;
		same += !memcmp(&o->address, &t->address, sizeof(t->address)) &&
			o->trusted == t->trusted;
	}
	return all < SERVER_STREAMS && same < SERVER_CLIENT_STREAMS &&
	       (t->trusted || unknown < SERVER_STREAMS / 2);
}

static void add_open(struct server *s, struct stream *t)
{
	t->next_open = s->open_streams;
	t->open_at = &s->open_streams;
	if (t->next_open)
		t->next_open->open_at = &t->next_open;
	s->open_streams = t;
}

enum MHD_Result stream__open(struct server *s, struct MHD_Connection *connection,
			     unsigned int details, bool trusted)
{
	struct stream *t = calloc(1, sizeof(*t));
	struct MHD_Response *response;

	if (!t)
		return MHD_NO;
	*t = (struct stream){ .server = s,
			      .connection = connection,
			      .id = first_id(s->mailbox, connection),
			      .sent_ns = clock__monotonic_ns(),
			      .details = details,
			      .trusted = trusted,
			      .address = client_address(connection) };
	if (!has_room(s, t)) {
		free(t);
		return reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "too many event streams are open");
	}
	/* the comment makes the headers go out at once */
	t->body = comment();
	add_open(s, t);
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, read_stream, t,
						     free_stream);
	if (!response)
		free_stream(t);
	else
		connections__request(connection, true, true);
	return reply(connection, MHD_HTTP_OK, body__media_type(BODY_EVENT), response);
}
