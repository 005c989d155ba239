// SPDX-License-Identifier: GPL-2.0-only
/* query.c - which details an answer takes; bodies. */
#include "serve/http/query.h"

#include <stdlib.h>

#include "serve/metrics/exposition.h"
#include "view/faults/stat.h"

unsigned int query__details(const struct query *q)
{
	switch (q->question) {
	case ASK_STAT:
		/* stacks have addresses of code */
		if (q->by == BY_VMA || stat_by_needs_stacks(q->by))
			return DETAIL_ALL;
		/* rows of mappings name their processes */
		return q->by == BY_PROCESS || q->by == BY_MAPPING || q->by == BY_COMM
			       ? DETAIL_PROCESSES
			       : 0;
	case ASK_SHOOTDOWN: /* its lists of calls and pairs have processes and addresses, whatever @by */
	case ASK_PROCESS:
	case ASK_PROFILE:
		return DETAIL_ALL;
	case ASK_PROCESSES:
		return DETAIL_PROCESSES;
	default:
		return 0;
	}
}

struct body *body__new(unsigned int status, enum body_type type, char *text, size_t len)
{
	struct body *b = text ? malloc(sizeof(*b)) : NULL;

	if (!b) {
		free(text);
		return NULL;
	}
	*b = (struct body){ .refs = 1, .status = status, .type = type, .text = text, .len = len };
	return b;
}

struct body *body__get(struct body *b)
{
	if (b)
		b->refs++;
	return b;
}

void body__put(struct body *b)
{
	if (!b || --b->refs)
		return;
	free(b->text);
	free(b);
}

const char *body__media_type(enum body_type type)
{
	static const char *const types[NR_BODY_TYPES] = {
		[BODY_TEXT] = "text/plain; charset=utf-8",
		[BODY_JSON] = "application/json; charset=utf-8",
		[BODY_PROMETHEUS] = TYPE_PROMETHEUS,
		[BODY_OPENMETRICS] = TYPE_OPENMETRICS,
		[BODY_EVENT] = "text/event-stream",
		[BODY_PROFILE] = "application/octet-stream",
	};

	return types[type];
}
