/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * board.h - between the thread that counts and the one that answers: questions, answers, events.
 *
 * The answering thread never touches the model. It asks for an answer; if there is none that is
 * fresh, the counting thread is woken, makes it, and wakes the other. One question is answered
 * anew once in BOARD_FRESH_NS, however many ask it.
 */
#ifndef VMASCOPE_SERVE_BOARD_H
#define VMASCOPE_SERVE_BOARD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An answer is given again for this long. */
#define BOARD_FRESH_NS 250000000ULL
/** Different questions at one time. */
#define BOARD_ENTRIES 32
/** Events that are kept for those who come later. */
#define BOARD_EVENTS 300

/** enum question - what can be asked for */
enum question {
	ASK_PROMETHEUS,
	ASK_OPENMETRICS,
	ASK_STATUS,
	ASK_STAT,
	ASK_SHOOTDOWN,
	ASK_PROCESSES,
	ASK_PROCESS,
	NR_QUESTIONS,
};

/** struct query - a question; @by, @top, @pid: its parameters, 0 where it has none */
struct query {
	uint32_t question;
	uint32_t by;
	uint32_t top;
	uint32_t pid;
};

/** struct body - an answer or an event; shared, and freed with its last reference */
struct body {
	atomic_uint refs;
	unsigned int status;
	const char *type;
	char *text;
	size_t len;
};

/** body__new - takes over @text, also where it fails: then NULL. @type: lives on. */
struct body *body__new(unsigned int status, const char *type, char *text, size_t len);
struct body *body__get(struct body *b);
/** body__put - NULL is fine. */
void body__put(struct body *b);

/** struct entry - a question that was asked; @wanted: an answer is to be made */
struct entry {
	struct query query;
	struct body *body;
	uint64_t made_ns;
	uint64_t asked_ns;
	bool used;
	bool wanted;
};

/**
 * struct board - all of it
 * @to_counter, @to_server: eventfds that wake the two threads
 * @events: the last ones; @next_id: of the next
 * @alive_ns: when the counters were last read, CLOCK_MONOTONIC
 * @ending: the server is to end
 */
struct board {
	pthread_mutex_t lock;
	struct entry entries[BOARD_ENTRIES];
	struct body *events[BOARD_EVENTS];
	uint64_t next_id;
	uint64_t alive_ns;
	int to_counter;
	int to_server;
	atomic_bool ending;
};

/** board__init - Return: 0 or a negative errno. */
int board__init(struct board *b);
void board__free(struct board *b);

/* --- the server's side --- */

enum board_answer {
	BOARD_HERE,  /* a reference to it was given */
	BOARD_LATER, /* it is being made: ask again when @to_server wakes you */
	BOARD_BUSY,  /* too many different questions */
};

/**
 * board__ask - @since_ns: an answer that was made before is no good, unless it is fresh
 */
enum board_answer board__ask(struct board *b, const struct query *q, uint64_t since_ns,
			     struct body **body);

/**
 * board__event - the event @id, or the oldest one after it that is still there
 * @id: set to the id of what is given
 * Return: a reference; NULL: there is none yet.
 */
struct body *board__event(struct board *b, uint64_t *id);

/** board__next_id - of the event that comes next. */
uint64_t board__next_id(struct board *b);

/** board__alive_ns - when the counters were last read. */
uint64_t board__alive_ns(struct board *b);

/* --- the counter's side --- */

/** board__wanted - take a question that waits for its answer. Return: false: none does. */
bool board__wanted(struct board *b, struct query *q);

/** board__answer - @body (NULL: it could not be made) is the answer to @q; it is taken over. */
void board__answer(struct board *b, const struct query *q, struct body *body);

/** board__add_event - @body is taken over; NULL: there was no memory for it. */
void board__add_event(struct board *b, struct body *body);

/** board__alive - the counters have been read. */
void board__alive(struct board *b);

/** board__wake - one of the eventfds. */
void board__wake(int fd);
/** board__woken - make it quiet again. */
void board__woken(int fd);

/** board__now - CLOCK_MONOTONIC, ns. */
uint64_t board__now(void);

#endif /* VMASCOPE_SERVE_BOARD_H */
