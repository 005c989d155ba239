// SPDX-License-Identifier: GPL-2.0-only
/* route.c - from a request to its answer: the table of paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/http/assets.h"
#include "serve/http/server.h"
#include "serve/metrics/exposition.h"
#include "serve/metrics/group_name.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/str.h"
#include "view/faults/stat.h"
#include "view/shootdown/shootdown.h"

/** The counters are read far more often; after this long, something is wrong. */
#define ALIVE_NS 10000000000ULL
/** Rows of a list by default. */
#define TOP_DEFAULT 100

/* --- replies ------------------------------------------------------------------------------- */

static void put_body(void *body)
{
	body__put(body);
}

static ssize_t read_body(void *cls, uint64_t pos, char *buf, size_t max)
{
	const struct body *b = cls;
	const size_t left = b->len - pos;

	memcpy(buf, b->text + pos, left < max ? left : max);
	return left < max ? left : max;
}

static enum MHD_Result reply_body(struct MHD_Connection *connection, struct body *b)
{
	struct MHD_Response *response = MHD_create_response_from_callback(b->len, 32768, read_body,
									  b, put_body);

	if (!response)
		body__put(b);
	return reply(connection, b->status, body__media_type(b->type), response);
}

/* --- parameters ---------------------------------------------------------------------------- */

static const char *parameter(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/** number - parameter @name, @most at most. Return: whether it is one; left as it is if not there. */
static bool number(struct MHD_Connection *connection, const char *name, uint64_t most, uint32_t *n)
{
	const char *text = parameter(connection, name);
	uint64_t value;

	if (!text)
		return true;
	if (str_parse_u64(text, most, &value) || !value)
		return false;
	*n = value;
	return true;
}

/** choice - parameter "by": one of @nr @names whose bit is in @allowed. */
static bool choice(struct MHD_Connection *connection, const char *const *names, int nr,
		   unsigned int allowed, uint32_t *by)
{
	const char *text = parameter(connection, "by");

	for (int i = 0; text && i < nr; i++)
		if (allowed & 1u << i && !strcmp(names[i], text)) {
			*by = i;
			return true;
		}
	return !text;
}

static bool ask_metrics(struct MHD_Connection *connection, struct query *q)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_ACCEPT);

	q->question = exposition__wants_openmetrics(accept) ? ASK_OPENMETRICS : ASK_PROMETHEUS;
	return true;
}

static bool ask_stat(struct MHD_Connection *connection, struct query *q)
{
	q->by = q->details & DETAIL_PROCESSES ? BY_MAPPING : BY_CAUSE;
	q->top = TOP_DEFAULT;
	return number(connection, "top", QUERY_TOP_MOST, &q->top) &&
	       choice(connection, stat_by_names, NR_STAT_BY, ~(1u << BY_THREAD), &q->by);
}

static bool ask_shootdown(struct MHD_Connection *connection, struct query *q)
{
	const unsigned int allowed = 1u << SHOOTDOWN_BY_PROCESS | 1u << SHOOTDOWN_BY_CALL |
				     1u << SHOOTDOWN_BY_CPU;

	q->by = SHOOTDOWN_BY_PROCESS;
	q->top = TOP_DEFAULT;
	return number(connection, "top", QUERY_TOP_MOST, &q->top) &&
	       choice(connection, shootdown_by_names, NR_SHOOTDOWN_BY, allowed, &q->by);
}

static bool ask_processes(struct MHD_Connection *connection, struct query *q)
{
	q->top = TOP_DEFAULT;
	return number(connection, "top", QUERY_TOP_MOST, &q->top);
}

static bool ask_process(struct MHD_Connection *connection, struct query *q)
{
	return number(connection, "pid", QUERY_PID_MOST, &q->pid) && q->pid;
}

static bool ask_profile(struct MHD_Connection *connection, struct query *q)
{
	return number(connection, "seconds", QUERY_SECONDS_MOST, &q->seconds);
}

/* --- paths --------------------------------------------------------------------------------- */

static enum MHD_Result healthz(struct server *s, struct MHD_Connection *connection,
			       const struct grant *grant)
{
	static char ok[] = "ok\n", stale[] = "counters are not being updated\n";
	const bool alive = clock__monotonic_ns() - s->mailbox->alive_ns < ALIVE_NS;
	char *text = alive ? ok : stale;

	(void)grant;
	return reply(connection, alive ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
		     body__media_type(BODY_TEXT),
		     MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_PERSISTENT));
}

/** events - a stream of the events that the client may see */
static enum MHD_Result events(struct server *s, struct MHD_Connection *connection,
			      const struct grant *grant)
{
	return stream__open(s, connection, grant->details, grant->trusted);
}

/**
 * struct route_path - how a path is answered
 * @open: no token is needed
 * @answer: makes the answer; NULL: the answer to @question from the mailbox is used
 * @question: its parameters are parsed by @ask; NULL: no parameters
 */
static const struct route_path {
	const char *path;
	bool open;
	enum MHD_Result (*answer)(struct server *s, struct MHD_Connection *connection,
				  const struct grant *grant);
	enum question question;
	bool (*ask)(struct MHD_Connection *connection, struct query *q);
} paths[] = {
	{ .path = "/healthz", .open = true, .answer = healthz },
	{ .path = "/events", .answer = events },
	{ .path = "/metrics", .ask = ask_metrics },
	{ .path = "/api/v1/status", .question = ASK_STATUS },
	{ .path = "/api/v1/stat", .question = ASK_STAT, .ask = ask_stat },
	{ .path = "/api/v1/shootdown", .question = ASK_SHOOTDOWN, .ask = ask_shootdown },
	{ .path = "/api/v1/processes", .question = ASK_PROCESSES, .ask = ask_processes },
	{ .path = "/api/v1/process", .question = ASK_PROCESS, .ask = ask_process },
	{ .path = "/debug/pprof/faults", .question = ASK_PROFILE, .ask = ask_profile },
};

static const struct route_path *find_path(const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!strcmp(paths[i].path, url))
			return &paths[i];
	return NULL;
}

/* --- waiting ------------------------------------------------------------------------------- */

static void wait_for_answer(struct server *s, struct request *r)
{
	r->suspended = true;
	r->next = s->waiting;
	r->at = &s->waiting;
	if (r->next)
		r->next->at = &r->next;
	s->waiting = r;
	MHD_suspend_connection(r->connection);
}

static void stop_waiting(struct request *r)
{
	*r->at = r->next;
	if (r->next)
		r->next->at = r->at;
	r->suspended = false;
}

void route__resume(struct server *s)
{
	while (s->waiting) {
		struct request *r = s->waiting;

		/* it asks again, and waits again if this was not its answer */
		stop_waiting(r);
		MHD_resume_connection(r->connection);
	}
}

static enum MHD_Result ask_mailbox(struct server *s, struct request *r, const struct route_path *p,
				   const struct grant *grant)
{
	struct query q = { .question = p->question, .details = grant->details };
	struct body *body;

	if (p->ask && !p->ask(r->connection, &q))
		return reply_error(r->connection, MHD_HTTP_BAD_REQUEST,
				   "a parameter is missing or invalid (see docs/serve.md)");
	if (query__details(&q) & ~grant->details)
		return reply_error(r->connection, MHD_HTTP_UNAUTHORIZED,
				   "a token is required to see processes and addresses: "
				   "Authorization: Bearer TOKEN");
	switch (mailbox__ask(s->mailbox, &q, r->began_ns, &body)) {
	case MAILBOX_HERE:
		return reply_body(r->connection, body);
	case MAILBOX_LATER:
		connections__wait(r->connection, q.seconds * 1000000000ULL);
		wait_for_answer(s, r);
		return MHD_YES;
	default:
		return reply_error(r->connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "too many different requests at the same time");
	}
}

/* --- requests ------------------------------------------------------------------------------ */

static const char *refusal(unsigned int status)
{
	switch (status) {
	case MHD_HTTP_UNAUTHORIZED:
		return "a token is required: Authorization: Bearer TOKEN";
	case MHD_HTTP_FORBIDDEN:
		return "a client certificate is required";
	default:
		return "Host is not a name of the loopback address";
	}
}

static enum MHD_Result answer(struct server *s, struct request *r, const char *url)
{
	const struct asset *asset = asset__find(url);
	const struct route_path *p = find_path(url);
	struct grant grant;
	const unsigned int status = access__check(s->access, r->connection, asset || (p && p->open),
						  &grant);

	if (status)
		return reply_error(r->connection, status, refusal(status));
	if (asset)
		return reply(r->connection, MHD_HTTP_OK, asset->type,
			     MHD_create_response_from_buffer(asset->len, (void *)asset->data,
							     MHD_RESPMEM_PERSISTENT));
	if (!p)
		return reply_error(r->connection, MHD_HTTP_NOT_FOUND, "not found");
	return p->answer ? p->answer(s, r->connection, &grant) : ask_mailbox(s, r, p, &grant);
}

/** wants_to_send - the request has a body, which is not supported. */
static bool wants_to_send(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (length && strcmp(length, "0")) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

/** begin - the headers were received; a request that is refused now is not read completely. */
static enum MHD_Result begin(struct MHD_Connection *connection, const char *method, void **context)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return MHD_NO;
	r->connection = connection;
	r->began_ns = clock__monotonic_ns();
	*context = r;
	connections__request(connection, true, false);
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return reply_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
				   "only GET and HEAD are supported");
	if (wants_to_send(connection))
		return reply_error(connection, MHD_HTTP_CONTENT_TOO_LARGE,
				   "a request body is not supported");
	return MHD_YES;
}

enum MHD_Result route__handle(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload_data,
			      size_t *upload_size, void **context)
{
	(void)version;
	(void)upload_data;
	(void)upload_size;
	return *context ? answer(cls, *context, url) : begin(connection, method, context);
}

void route__completed(void *cls, struct MHD_Connection *connection, void **context,
		      enum MHD_RequestTerminationCode code)
{
	struct request *r = *context;

	(void)cls;
	(void)code;
	if (!r)
		return;
	if (r->suspended)
		stop_waiting(r);
	free(r);
	*context = NULL;
	connections__request(connection, false, false);
}
