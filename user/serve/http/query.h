/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * query.h - questions to the process that counts, and their parameters.
 */
#ifndef VMASCOPE_SERVE_HTTP_QUERY_H
#define VMASCOPE_SERVE_HTTP_QUERY_H

#include <stddef.h>
#include <stdint.h>

/** enum question - kinds of questions */
enum question {
	ASK_PROMETHEUS,
	ASK_OPENMETRICS,
	ASK_STATUS,
	ASK_STAT,
	ASK_SHOOTDOWN,
	ASK_PROCESSES,
	ASK_PROCESS,
	ASK_PROFILE,
	NR_QUESTIONS,
};

/** Rows of a list at most. */
#define QUERY_TOP_MOST 1000u
/** Seconds of a profile at most. */
#define QUERY_SECONDS_MOST 60u
/** Largest process id (PID_MAX_LIMIT in include/linux/threads.h). */
#define QUERY_PID_MOST (1u << 22)

/**
 * Details that an answer may contain (bit mask). Without any, it has aggregates only: what no file
 * of /proc keeps from other users.
 */
#define DETAIL_PROCESSES 1u /* process ids, command names */
#define DETAIL_ADDRESSES 2u /* addresses and sizes of VMAs */
#define DETAIL_ALL (DETAIL_PROCESSES | DETAIL_ADDRESSES)

/**
 * struct query - a question
 * @question: enum question
 * @by, @top, @pid, @seconds: parameters, 0: none
 * @details: DETAIL_* bits that the client may see
 */
struct query {
	uint32_t question;
	uint32_t by;
	uint32_t top;
	uint32_t pid;
	uint32_t seconds;
	uint32_t details;
};

/** query__details - the details that an answer to @q is made of; without them, it is refused. */
unsigned int query__details(const struct query *q);

/** enum body_type - media type of an answer */
enum body_type {
	BODY_TEXT,
	BODY_JSON,
	BODY_PROMETHEUS,
	BODY_OPENMETRICS,
	BODY_EVENT,   /* of an event stream */
	BODY_PROFILE, /* pprof's format */
	NR_BODY_TYPES,
};

/**
 * struct body - an answer or an event; shared, and freed with its last reference
 * @status: of HTTP
 * @text: @len bytes
 */
struct body {
	unsigned int refs;
	unsigned int status;
	enum body_type type;
	char *text;
	size_t len;
};

/** body__new - takes over @text, also where it fails: then NULL. */
struct body *body__new(unsigned int status, enum body_type type, char *text, size_t len);
struct body *body__get(struct body *b);
/** body__put - NULL is ignored. */
void body__put(struct body *b);

/** body__media_type - value of Content-Type */
const char *body__media_type(enum body_type type);

#endif /* VMASCOPE_SERVE_HTTP_QUERY_H */
