/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server.h - the process that answers HTTP requests: start, end, and state shared by its parts.
 *
 * A separate process, without root, capabilities, files and most system calls, runs
 * libmicrohttpd's loop in its only thread. It shares no memory with the process that counts.
 */
#ifndef VMASCOPE_SERVE_HTTP_SERVER_H
#define VMASCOPE_SERVE_HTTP_SERVER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "serve/http/access.h"
#include "serve/http/mailbox.h"
#include "sys/sandbox.h"

/** Connections at most; less where fewer file descriptors are allowed. */
#define SERVER_CONNECTIONS 4096u
/** Event streams at most; clients without a token or certificate have half of them. */
#define SERVER_STREAMS 32u
/** At most this many of them for one address. */
#define SERVER_CLIENT_STREAMS 8u
/** A connection's buffer: a request's line and headers are to fit. */
#define SERVER_REQUEST_BYTES 8192u
/** Without a whole request for this long, a connection is closed. */
#define SERVER_IDLE_NS 10000000000ULL
/** The same where three quarters of the connections are in use. */
#define SERVER_PRESSED_IDLE_NS 1000000000ULL
/** An answer is to be fetched in this time, and a profile's seconds; event streams are not. */
#define SERVER_ANSWER_NS 30000000000ULL
/** A stream whose reader takes nothing for this long is closed. */
#define SERVER_STALLED_S 20u

/**
 * struct connection - an open connection
 * @fd: socket
 * @since_ns: when it was accepted, its request began, or its last request was answered
 * @answering: a complete request was received; @wait_ns: time that the answer takes by itself
 * @streaming: the answer is an event stream
 */
struct connection {
	struct connection *next, **at;
	int fd;
	uint64_t since_ns;
	uint64_t wait_ns;
	bool answering;
	bool streaming;
};

/**
 * struct request - a request
 * @began_ns: answers made before are not for it, unless they are fresh
 * @suspended: it waits for its answer, and is in the list of those
 */
struct request {
	struct request *next, **at;
	struct MHD_Connection *connection;
	uint64_t began_ns;
	bool suspended;
};

struct stream;

/**
 * struct server - all of it
 * @open_streams: event streams
 * @connections: open ones, @nr_connections of them
 * @waiting: requests that wait for their answers
 * @streams: event streams that wait for the next event
 */
struct server {
	struct mailbox *mailbox;
	const struct access *access;
	struct MHD_Daemon *daemon;
	int listen_fd;
	unsigned int max_connections;
	struct connection *connections;
	unsigned int nr_connections;
	struct request *waiting;
	struct stream *streams;
	struct stream *open_streams;
};

/** struct server_process - the server, as the process that counts sees it; @pid 0: none */
struct server_process {
	pid_t pid;
	int channel;
};

/**
 * server__fork - start the process, which answers on @listen_fd after MESSAGE_READY
 * @user: user and group IDs to run as, if it is started as root
 *
 * Must be called before anything is attached, as the child inherits open files and memory. It exits
 * when the channel is closed.
 * Return: 0, or a negative errno after an error message.
 */
int server__fork(struct server_process *p, const struct access *access, int listen_fd,
		 const struct user_ids *user);

/**
 * server__explain - the process has closed the channel: print why, unless it has done so itself.
 */
void server__explain(struct server_process *p);

/** server__stop - close the channel and wait for the process, if it was started. */
void server__stop(struct server_process *p);

/* --- connections.c --- */

/** connections__notify - libmicrohttpd's MHD_NotifyConnectionCallback; @cls: struct server */
void connections__notify(void *cls, struct MHD_Connection *connection, void **context,
			 enum MHD_ConnectionNotificationCode code);
/** connections__request - a whole request came; and when it was answered. */
void connections__request(struct MHD_Connection *connection, bool answering, bool streaming);
/** connections__wait - its answer is not to be expected before @ns from the request on. */
void connections__wait(struct MHD_Connection *connection, uint64_t ns);
/** connections__reap - close connections that exceed their time limit. */
void connections__reap(struct server *s);

/* --- route.c --- */

/** route__handle - libmicrohttpd's MHD_AccessHandlerCallback; @cls: struct server */
enum MHD_Result route__handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload_data,
			      size_t *upload_size, void **context);
/** route__completed - libmicrohttpd's MHD_RequestCompletedCallback; @cls: struct server */
void route__completed(void *cls, struct MHD_Connection *connection, void **context,
		      enum MHD_RequestTerminationCode code);
/** route__resume - answers have arrived: resume the requests that wait for them. */
void route__resume(struct server *s);

/* --- reply.c --- */

/** reply - queue @response with the headers that every answer has; it is released. */
enum MHD_Result reply(struct MHD_Connection *connection, unsigned int status, const char *type,
		      struct MHD_Response *response);
/** reply_error - {"error":{"message":…}}; @message: a constant without quotes */
enum MHD_Result reply_error(struct MHD_Connection *connection, unsigned int status,
			    const char *message);

/* --- stream.c --- */

/** stream__open - answer with events that have @details; @trusted: the client showed who it is. */
enum MHD_Result stream__open(struct server *s, struct MHD_Connection *connection,
			     unsigned int details, bool trusted);
/** stream__resume - events have come, or it is time for a sign of life. */
void stream__resume(struct server *s);

#endif /* VMASCOPE_SERVE_HTTP_SERVER_H */
