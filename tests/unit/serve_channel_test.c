// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_channel_test - between the two processes of serve: what the counter takes from a server that
 * may be anyone's, and what the server keeps of what it gets.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "serve/http/channel.h"
#include "serve/http/mailbox.h"
#include "view/faults/stat.h"

static int ends[2];
static struct mailbox box;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(channel__open(ends), 0);
	mailbox__init(&box, ends[1]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	mailbox__free(&box);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static struct body *text_body(const char *text)
{
	return body__new(200, BODY_JSON, strdup(text), strlen(text));
}

static void send_text(enum message_kind kind, const struct query *q, uint64_t id, const char *text)
{
	struct message m = { .kind = kind, .query = *q, .id = id, .body = text_body(text) };

	assert_int_equal(channel__send(ends[0], &m), 0);
	body__put(m.body);
}

static void request_is_sent_once(void **state)
{
	const struct query asked = { .question = ASK_STAT, .by = BY_CAUSE, .top = 10 };
	struct body *body = NULL;
	struct query q;

	(void)state;
	assert_int_equal(channel__question(ends[0], &q), 0);
	assert_int_equal(mailbox__ask(&box, &asked, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(mailbox__ask(&box, &asked, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(channel__question(ends[0], &q), 1);
	assert_memory_equal(&q, &asked, sizeof(q));
	assert_int_equal(channel__question(ends[0], &q), 0);
	send_text(MESSAGE_ANSWER, &asked, 0, "{}");
	assert_true(mailbox__receive(&box));
	assert_int_equal(mailbox__ask(&box, &asked, 0, &body), MAILBOX_HERE);
	assert_int_equal(body->len, 2);
	assert_memory_equal(body->text, "{}", 2);
	assert_int_equal(body->type, BODY_JSON);
	body__put(body);
}

/* An answer for those who see everything is no answer for those who do not. */
static void details_are_answered_separately(void **state)
{
	const struct query all = { .question = ASK_PROMETHEUS, .details = DETAIL_ALL };
	const struct query none = { .question = ASK_PROMETHEUS };
	struct body *body = NULL;

	(void)state;
	assert_int_equal(mailbox__ask(&box, &all, 0, &body), MAILBOX_LATER);
	send_text(MESSAGE_ANSWER, &all, 0, "secret");
	assert_true(mailbox__receive(&box));
	assert_int_equal(mailbox__ask(&box, &none, 0, &body), MAILBOX_LATER);
	assert_int_equal(mailbox__ask(&box, &all, 0, &body), MAILBOX_HERE);
	body__put(body);
	send_text(MESSAGE_EVENT, &all, 1, "secret");
	assert_true(mailbox__receive(&box));
	assert_null(mailbox__event(&box, 0, &(uint64_t){ 1 }));
	body = mailbox__event(&box, DETAIL_ALL, &(uint64_t){ 1 });
	assert_non_null(body);
	body__put(body);
}

static void too_many_requests(void **state)
{
	struct body *body = NULL;

	(void)state;
	for (uint32_t i = 1; i <= MAILBOX_ENTRIES + 1; i++) {
		const struct query q = { .question = ASK_PROCESS, .pid = i };

		assert_int_equal(mailbox__ask(&box, &q, 0, &body),
				 i <= MAILBOX_ENTRIES ? MAILBOX_LATER : MAILBOX_BUSY);
	}
}

/* The counter drops an answer that the server has no room for: the question is not lost with it. */
static void unanswered_request_is_sent_again(void **state)
{
	const struct query asked = { .question = ASK_STAT, .top = 10 };
	const struct query profile = { .question = ASK_PROFILE, .seconds = 60 };
	struct body *body = NULL;
	struct query q;

	(void)state;
	assert_int_equal(mailbox__ask(&box, &asked, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(mailbox__ask(&box, &profile, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(channel__question(ends[0], &q), 1);
	assert_int_equal(channel__question(ends[0], &q), 1);
	for (size_t i = 0; i < MAILBOX_ENTRIES; i++)
		box.entries[i].sent_ns -= MAILBOX_LOST_NS;
	assert_int_equal(mailbox__ask(&box, &profile, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(mailbox__ask(&box, &asked, UINT64_MAX, &body), MAILBOX_LATER);
	assert_int_equal(channel__question(ends[0], &q), 1);
	assert_memory_equal(&q, &asked, sizeof(q));
	assert_int_equal(channel__question(ends[0], &q), 0);
	/* its place is free for another question, too */
	for (size_t i = 0; i < MAILBOX_ENTRIES; i++)
		box.entries[i].sent_ns -= MAILBOX_LOST_NS;
	for (uint32_t i = 1; i < MAILBOX_ENTRIES; i++) {
		const struct query other = { .question = ASK_PROCESS, .pid = i };

		assert_int_equal(mailbox__ask(&box, &other, 0, &body), MAILBOX_LATER);
	}
}

static void invalid_request_ends_the_channel(void **state)
{
	static const struct query bad[] = {
		{ .question = NR_QUESTIONS },
		{ .question = ASK_STAT, .by = NR_STAT_BY },
		{ .question = ASK_STATUS, .by = 1 },
		{ .question = ASK_STAT, .top = QUERY_TOP_MOST + 1 },
		{ .question = ASK_PROCESS, .pid = QUERY_PID_MOST + 1 },
		{ .question = ASK_STATUS, .details = DETAIL_ALL + 1 },
		{ .question = ASK_PROFILE, .seconds = QUERY_SECONDS_MOST + 1 },
	};
	char longer[sizeof(struct query) + 1] = "";
	struct query q;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(send(ends[1], &bad[i], sizeof(bad[i]), 0), sizeof(bad[i]));
		assert_int_equal(channel__question(ends[0], &q), -EPROTO);
	}
	for (size_t len = 1; len <= sizeof(longer); len += sizeof(longer) - 1) {
		assert_int_equal(send(ends[1], longer, len, 0), len);
		assert_int_equal(channel__question(ends[0], &q), -EPROTO);
	}
	shutdown(ends[1], SHUT_WR);
	assert_int_equal(channel__question(ends[0], &q), -EPIPE);
}

/* A server that reads nothing does not hold the counter up, and gets on later. */
static void server_does_not_read(void **state)
{
	const struct message alive = { .kind = MESSAGE_ALIVE };
	int err = 0, sent = 0;

	(void)state;
	while (!err) {
		err = channel__send(ends[0], &alive);
		sent += !err;
	}
	assert_int_equal(err, -EAGAIN);
	assert_true(sent > 1);
	assert_true(mailbox__receive(&box));
	assert_false(box.ended);
	assert_int_equal(channel__send(ends[0], &alive), 0);
	close(ends[0]);
	ends[0] = -1;
	mailbox__receive(&box);
	assert_true(box.ended);
}

static void latest_events_are_kept(void **state)
{
	const struct query all = { .details = DETAIL_ALL };
	struct body *body;
	uint64_t id = 1;

	(void)state;
	for (uint64_t i = 1; i <= MAILBOX_EVENTS + 5; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", (int)i);
		/* one was never made, for want of memory */
		if (i == 10)
			continue;
		send_text(MESSAGE_EVENT, &all, i, text);
		mailbox__receive(&box);
	}
	assert_int_equal(box.next_id, MAILBOX_EVENTS + 6);
	body = mailbox__event(&box, DETAIL_ALL, &id);
	assert_int_equal(id, 6);
	assert_memory_equal(body->text, "6", 1);
	body__put(body);
	id = 10;
	body = mailbox__event(&box, DETAIL_ALL, &id);
	assert_int_equal(id, 11);
	body__put(body);
	id = MAILBOX_EVENTS + 6;
	assert_null(mailbox__event(&box, DETAIL_ALL, &id));
}

static void large_answer_is_complete(void **state)
{
	const struct query q = { .question = ASK_PROMETHEUS };
	const size_t len = 8 << 20;
	struct message m = { .kind = MESSAGE_ANSWER, .query = q };
	char *text = malloc(len);
	struct body *body = NULL;

	(void)state;
	for (size_t i = 0; i < len; i++)
		text[i] = i * 7 % 251;
	assert_int_equal(mailbox__ask(&box, &q, 0, &body), MAILBOX_LATER);
	m.body = body__new(200, BODY_PROMETHEUS, text, len);
	assert_int_equal(channel__send(ends[0], &m), 0);
	assert_true(mailbox__receive(&box));
	assert_int_equal(mailbox__ask(&box, &q, 0, &body), MAILBOX_HERE);
	assert_int_equal(body->len, len);
	assert_memory_equal(body->text, text, len);
	body__put(body);
	body__put(m.body);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(request_is_sent_once),
		TEST(details_are_answered_separately),
		TEST(too_many_requests),
		TEST(unanswered_request_is_sent_again),
		TEST(invalid_request_ends_the_channel),
		TEST(server_does_not_read),
		TEST(latest_events_are_kept),
		TEST(large_answer_is_complete),
	};

	return cmocka_run_group_tests_name("serve_channel", tests, NULL, NULL);
}
