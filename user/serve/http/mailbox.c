// SPDX-License-Identifier: GPL-2.0-only
/* mailbox.c - questions sent once, answers kept for a moment, events for longer. */
#include "serve/http/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "serve/http/channel.h"
#include "util/clock.h"

void mailbox__init(struct mailbox *m, int channel)
{
	*m = (struct mailbox){ .channel = channel,
			       .next_id = 1,
			       .alive_ns = clock__monotonic_ns() };
}

void mailbox__free(struct mailbox *m)
{
	for (size_t i = 0; i < MAILBOX_ENTRIES; i++)
		body__put(m->entries[i].body);
	for (size_t d = 0; d <= DETAIL_ALL; d++)
		for (size_t i = 0; i < MAILBOX_EVENTS; i++)
			body__put(m->events[d][i]);
}

/* --- questions ----------------------------------------------------------------------------- */

static struct entry *find(struct mailbox *m, const struct query *q)
{
	for (size_t i = 0; i < MAILBOX_ENTRIES; i++)
		if (m->entries[i].used && !memcmp(&m->entries[i].query, q, sizeof(*q)))
			return &m->entries[i];
	return NULL;
}

/** is_pending - an answer to @e may still come. The counter drops one that the server has no room for. */
static bool is_pending(const struct entry *e, uint64_t now_ns)
{
	return e->wanted &&
	       now_ns - e->sent_ns < MAILBOX_LOST_NS + e->query.seconds * 1000000000ULL;
}

/** claim - a place for @q: a free one, or that of the request that was asked least recently */
static struct entry *claim(struct mailbox *m, const struct query *q, uint64_t now_ns)
{
	struct entry *oldest = NULL;

	for (size_t i = 0; i < MAILBOX_ENTRIES; i++) {
		struct entry *e = &m->entries[i];

		if (is_pending(e, now_ns))
			continue;
		if (!oldest || !e->used || (oldest->used && e->asked_ns < oldest->asked_ns))
			oldest = e;
	}
	if (!oldest)
		return NULL;
	body__put(oldest->body);
	*oldest = (struct entry){ .query = *q, .used = true };
	return oldest;
}

enum mailbox_answer mailbox__ask(struct mailbox *m, const struct query *q, uint64_t since_ns,
				 struct body **body)
{
	const uint64_t now = clock__monotonic_ns();
	struct entry *e = find(m, q);

	if (!e)
		e = claim(m, q, now);
	if (!e)
		return MAILBOX_BUSY;
	e->asked_ns = now;
	if (e->body && (e->made_ns >= since_ns || now - e->made_ns < MAILBOX_FRESH_NS)) {
		*body = body__get(e->body);
		return MAILBOX_HERE;
	}
	if (is_pending(e, now))
		return MAILBOX_LATER;
	if (channel__ask(m->channel, q))
		return MAILBOX_BUSY;
	e->wanted = true;
	e->sent_ns = now;
	return MAILBOX_LATER;
}

/* --- messages ------------------------------------------------------------------------------ */

static void take_answer(struct mailbox *m, struct message *msg)
{
	struct entry *e = find(m, &msg->query);

	if (!e) {
		body__put(msg->body);
		return;
	}
	body__put(e->body);
	e->body = msg->body ? msg->body
			    : body__new(500, BODY_TEXT, strdup("not enough memory\n"), 18);
	e->made_ns = clock__monotonic_ns();
	e->wanted = false;
}

/** take_event - the ids of all kinds of details go up together. */
static void take_event(struct mailbox *m, struct message *msg)
{
	struct body **at = &m->events[msg->query.details & DETAIL_ALL][msg->id % MAILBOX_EVENTS];

	body__put(*at);
	*at = msg->body;
	if (msg->id >= m->next_id)
		m->next_id = msg->id + 1;
}

static void take(struct mailbox *m, struct message *msg)
{
	switch (msg->kind) {
	case MESSAGE_READY:
		m->ready = true;
		break;
	case MESSAGE_ANSWER:
		take_answer(m, msg);
		return;
	case MESSAGE_EVENT:
		take_event(m, msg);
		return;
	default:
		break;
	}
	/* a sign of life, as READY is */
	m->alive_ns = clock__monotonic_ns();
	body__put(msg->body);
}

bool mailbox__receive(struct mailbox *m)
{
	struct message msg;
	bool any = false;
	int err;

	while ((err = channel__receive(m->channel, &msg)) > 0) {
		take(m, &msg);
		any = true;
	}
	if (err)
		m->ended = true;
	return any;
}

struct body *mailbox__event(struct mailbox *m, unsigned int details, uint64_t *id)
{
	if (m->next_id > MAILBOX_EVENTS && *id < m->next_id - MAILBOX_EVENTS)
		*id = m->next_id - MAILBOX_EVENTS;
	if (!*id)
		*id = 1;
	/* one may be missing: there was no memory for it */
	for (; *id < m->next_id; ++*id) {
		struct body *body = m->events[details & DETAIL_ALL][*id % MAILBOX_EVENTS];

		if (body)
			return body__get(body);
	}
	return NULL;
}
