// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - server-sent events: each stream reads the board's events at its own pace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/server.h"
#include "util/str.h"

/** Without an event for this long, a comment tells both sides that the other is there. */
#define SIGN_OF_LIFE_NS 10000000000ULL

/**
 * struct stream - a client's
 * @id: of the next event; @body: what is being sent, @sent bytes of it
 * @asleep: suspended, and in the list of the server's streams that are
 */
struct stream {
	struct stream *next, **at;
	struct server *server;
	struct MHD_Connection *connection;
	uint64_t id;
	struct body *body;
	size_t sent;
	uint64_t sent_ns;
	bool asleep;
};

static struct body *comment(void)
{
	return body__new(200, "", strdup(":\n\n"), 3);
}

/** next_body - Return: whether there is something to send. */
static bool next_body(struct stream *t)
{
	if (t->body)
		return true;
	t->body = board__event(t->server->board, &t->id);
	if (t->body)
		t->id++;
	else if (board__now() - t->sent_ns > SIGN_OF_LIFE_NS)
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
	if (atomic_load(&t->server->board->ending))
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
	t->sent_ns = board__now();
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
	t->server->nr_streams--;
	free(t);
}

void stream__resume(struct server *s)
{
	const bool ending = atomic_load(&s->board->ending);

	for (struct stream *t = s->streams, *next; t; t = next) {
		next = t->next;
		if (!next_body(t) && !ending)
			continue;
		wake(t);
		MHD_resume_connection(t->connection);
	}
}

/** first_id - where a stream begins: after Last-Event-ID, or with the last ?history=N events. */
static uint64_t first_id(struct board *b, struct MHD_Connection *connection)
{
	const char *last = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						       "Last-Event-ID");
	const char *history = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND,
							  "history");
	const uint64_t next = board__next_id(b);
	uint64_t n;

	/* an id from before we began again is of no use */
	if (last && !str_parse_u64(last, INT64_MAX, &n) && n < next)
		return n + 1;
	if (history && !str_parse_u64(history, BOARD_EVENTS, &n))
		return n < next ? next - n : 1;
	return next;
}

enum MHD_Result stream__open(struct server *s, struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	struct stream *t;

	if (s->nr_streams >= SERVER_STREAMS)
		return reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "too many event streams at one time");
	t = calloc(1, sizeof(*t));
	if (!t)
		return MHD_NO;
	t->server = s;
	t->connection = connection;
	t->id = first_id(s->board, connection);
	t->sent_ns = board__now();
	/* the comment makes the headers go out at once */
	t->body = comment();
	s->nr_streams++;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, read_stream, t,
						     free_stream);
	if (!response)
		free_stream(t);
	else
		connections__request(connection, true, true);
	return reply(connection, MHD_HTTP_OK, "text/event-stream", response);
}
