/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mailbox.h - what the server has of the counter's: answers that are fresh, and the last events.
 *
 * The server never touches the model. It asks over the channel; one question is asked again once in
 * MAILBOX_FRESH_NS, however many clients ask it.
 */
#ifndef VMASCOPE_SERVE_HTTP_MAILBOX_H
#define VMASCOPE_SERVE_HTTP_MAILBOX_H

#include <stdbool.h>

#include "serve/http/query.h"

struct message;

/** An answer is given again for this long, ns. */
#define MAILBOX_FRESH_NS 250000000ULL
/** A question that has had no answer for this long is sent again, ns; a profile's seconds come on top. */
#define MAILBOX_LOST_NS 10000000000ULL
/** Different questions at one time. */
#define MAILBOX_ENTRIES 32
/** Events that are kept for those who come later. */
#define MAILBOX_EVENTS 300

/**
 * struct entry - a question, and its answer
 * @body: the last answer, NULL: none yet
 * @used: the entry has a question
 * @asked_ns: when a client last asked; @sent_ns: when it was last sent; CLOCK_MONOTONIC
 * @wanted: the question was sent, and not answered yet; the answer may have been dropped
 */
struct entry {
	struct query query;
	struct body *body;
	uint64_t made_ns;
	uint64_t asked_ns;
	uint64_t sent_ns;
	bool used;
	bool wanted;
};

/**
 * struct mailbox - all of it
 * @channel: the server's end
 * @events: the last ones, by the details that they have; @next_id: of the next
 * @alive_ns: when the counters were last read, CLOCK_MONOTONIC
 * @ready: everything is attached; @ended: the counter has closed the channel
 */
struct mailbox {
	int channel;
	struct entry entries[MAILBOX_ENTRIES];
	struct body *events[DETAIL_ALL + 1][MAILBOX_EVENTS];
	uint64_t next_id;
	uint64_t alive_ns;
	bool ready;
	bool ended;
};

void mailbox__init(struct mailbox *m, int channel);
void mailbox__free(struct mailbox *m);

/** mailbox__receive - take all messages that wait. Return: whether there were any. */
bool mailbox__receive(struct mailbox *m);

enum mailbox_answer {
	MAILBOX_HERE,  /* a reference to it was given */
	MAILBOX_LATER, /* it was requested: try again when a message has arrived */
	MAILBOX_BUSY,  /* too many different questions */
};

/**
 * mailbox__ask - the answer to @q
 * @since_ns: an answer that was made before is of no use, unless it is fresh
 */
enum mailbox_answer mailbox__ask(struct mailbox *m, const struct query *q, uint64_t since_ns,
				 struct body **body);

/**
 * mailbox__event - get the event @id, or the oldest one after it that is still kept
 * @details: DETAIL_* bits that it may contain
 * @id: set to the id of the event
 * Return: a reference; NULL: none yet.
 */
struct body *mailbox__event(struct mailbox *m, unsigned int details, uint64_t *id);

#endif /* VMASCOPE_SERVE_HTTP_MAILBOX_H */
