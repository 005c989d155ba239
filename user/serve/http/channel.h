/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * channel.h - a socket pair between the process that counts and the one that answers HTTP requests.
 *
 * The server sends questions of a fixed size. The counter sends answers and events: a message of a
 * fixed size, with the text in a memory file. So messages are never sent in part, and a server that
 * does not read cannot block the counter.
 */
#ifndef VMASCOPE_SERVE_HTTP_CHANNEL_H
#define VMASCOPE_SERVE_HTTP_CHANNEL_H

#include "serve/http/query.h"

/** enum message_kind - what the counter sends */
enum message_kind {
	MESSAGE_READY,	/* everything is attached: serve */
	MESSAGE_ALIVE,	/* the counters have been read */
	MESSAGE_ANSWER, /* to @query */
	MESSAGE_EVENT,	/* for those who may see @query.details */
	NR_MESSAGE_KINDS,
};

/**
 * struct message - from the counter
 * @kind: enum message_kind
 * @query: see there
 * @id: of an event
 * @body: of an answer or an event, else NULL
 */
struct message {
	enum message_kind kind;
	struct query query;
	uint64_t id;
	struct body *body;
};

/** channel__open - @fds: the counter's end and the server's. Return: 0 or a negative errno. */
int channel__open(int fds[2]);

/* --- the counter's end --- */

/**
 * channel__send - send @m; the caller keeps its body
 *
 * Return: 0, or a negative errno: -EAGAIN: the server has not read earlier messages; -EPIPE: it has
 * exited.
 */
int channel__send(int fd, const struct message *m);

/**
 * channel__question - receive a question
 *
 * Return: 1; 0: none is pending; -EPIPE: the server has exited; -EPROTO: invalid question.
 */
int channel__question(int fd, struct query *q);

/* --- the server's end --- */

/** channel__ask - Return: 0 or a negative errno: -EAGAIN if too many questions wait. */
int channel__ask(int fd, const struct query *q);

/**
 * channel__receive - take a message; its body is the caller's
 *
 * Return: 1; 0 if none waits; -EPIPE if the counter has ended; another negative errno.
 */
int channel__receive(int fd, struct message *m);

#endif /* VMASCOPE_SERVE_HTTP_CHANNEL_H */
