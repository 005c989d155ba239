// SPDX-License-Identifier: GPL-2.0-only
/* board.c - questions, answers and events under one lock, held for moments only. */
#include "serve/board.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

uint64_t board__now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* --- bodies -------------------------------------------------------------------------------- */

struct body *body__new(unsigned int status, const char *type, char *text, size_t len)
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
		atomic_fetch_add(&b->refs, 1);
	return b;
}

void body__put(struct body *b)
{
	if (!b || atomic_fetch_sub(&b->refs, 1) > 1)
		return;
	free(b->text);
	free(b);
}

/* --- the board ----------------------------------------------------------------------------- */

int board__init(struct board *b)
{
	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	b->next_id = 1;
	b->alive_ns = board__now();
	b->to_counter = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	b->to_server = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return b->to_counter < 0 || b->to_server < 0 ? -errno : 0;
}

void board__free(struct board *b)
{
	for (size_t i = 0; i < BOARD_ENTRIES; i++)
		body__put(b->entries[i].body);
	for (size_t i = 0; i < BOARD_EVENTS; i++)
		body__put(b->events[i]);
	close(b->to_counter);
	close(b->to_server);
	pthread_mutex_destroy(&b->lock);
}

void board__wake(int fd)
{
	const uint64_t one = 1;

	/* it can only fail where it is awake already */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

void board__woken(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;
}

/* --- questions ----------------------------------------------------------------------------- */

static struct entry *find(struct board *b, const struct query *q)
{
	for (size_t i = 0; i < BOARD_ENTRIES; i++)
		if (b->entries[i].used && !memcmp(&b->entries[i].query, q, sizeof(*q)))
			return &b->entries[i];
	return NULL;
}

/** claim - a place for @q: a free one, or that of what nobody has asked for longest. */
static struct entry *claim(struct board *b, const struct query *q)
{
	struct entry *oldest = NULL;

	for (size_t i = 0; i < BOARD_ENTRIES; i++) {
		struct entry *e = &b->entries[i];

		if (e->wanted)
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

static enum board_answer ask(struct board *b, const struct query *q, uint64_t since_ns,
			     struct body **body)
{
	const uint64_t now = board__now();
	struct entry *e = find(b, q);

	if (!e)
		e = claim(b, q);
	if (!e)
		return BOARD_BUSY;
	e->asked_ns = now;
	if (e->body && (e->made_ns >= since_ns || now - e->made_ns < BOARD_FRESH_NS)) {
		*body = body__get(e->body);
		return BOARD_HERE;
	}
	if (!e->wanted) {
		e->wanted = true;
		board__wake(b->to_counter);
	}
	return BOARD_LATER;
}

enum board_answer board__ask(struct board *b, const struct query *q, uint64_t since_ns,
			     struct body **body)
{
	enum board_answer answer;

	pthread_mutex_lock(&b->lock);
	answer = ask(b, q, since_ns, body);
	pthread_mutex_unlock(&b->lock);
	return answer;
}

bool board__wanted(struct board *b, struct query *q)
{
	bool found = false;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < BOARD_ENTRIES && !found; i++)
		if (b->entries[i].wanted) {
			*q = b->entries[i].query;
			found = true;
		}
	pthread_mutex_unlock(&b->lock);
	return found;
}

void board__answer(struct board *b, const struct query *q, struct body *body)
{
	struct entry *e;

	pthread_mutex_lock(&b->lock);
	/* what is wanted keeps its place */
	e = find(b, q);
	body__put(e->body);
	e->body = body ? body : body__new(500, "text/plain", strdup("not enough memory\n"), 18);
	e->made_ns = board__now();
	e->wanted = false;
	pthread_mutex_unlock(&b->lock);
	board__wake(b->to_server);
}

/* --- events -------------------------------------------------------------------------------- */

struct body *board__event(struct board *b, uint64_t *id)
{
	struct body *body = NULL;

	pthread_mutex_lock(&b->lock);
	if (b->next_id > BOARD_EVENTS && *id < b->next_id - BOARD_EVENTS)
		*id = b->next_id - BOARD_EVENTS;
	if (!*id)
		*id = 1;
	if (*id < b->next_id)
		body = body__get(b->events[*id % BOARD_EVENTS]);
	pthread_mutex_unlock(&b->lock);
	return body;
}

uint64_t board__next_id(struct board *b)
{
	uint64_t id;

	pthread_mutex_lock(&b->lock);
	id = b->next_id;
	pthread_mutex_unlock(&b->lock);
	return id;
}

void board__add_event(struct board *b, struct body *body)
{
	if (!body)
		return;
	pthread_mutex_lock(&b->lock);
	body__put(b->events[b->next_id % BOARD_EVENTS]);
	b->events[b->next_id++ % BOARD_EVENTS] = body;
	pthread_mutex_unlock(&b->lock);
	board__wake(b->to_server);
}

uint64_t board__alive_ns(struct board *b)
{
	uint64_t ns;

	pthread_mutex_lock(&b->lock);
	ns = b->alive_ns;
	pthread_mutex_unlock(&b->lock);
	return ns;
}

void board__alive(struct board *b)
{
	pthread_mutex_lock(&b->lock);
	b->alive_ns = board__now();
	pthread_mutex_unlock(&b->lock);
}
