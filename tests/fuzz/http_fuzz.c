// SPDX-License-Identifier: GPL-2.0-only
/*
 * http_fuzz.c - any bytes as what a client of serve sends: the real routes on libmicrohttpd, over a
 * socket pair; a counter that checks each question before it answers.
 *
 * The first byte says what the server is told about access: whether it has a token, whether it wants
 * one, what anyone may see, and whether only names of loopback are hosts.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "serve/http/channel.h"
#include "serve/http/server.h"
#include "util/log.h"

#define TOKEN "0123456789abcdef"
/** Rounds of the server's loop that an input gets: more than its requests have states. */
#define ROUNDS 24

/** In the answers to questions with such details. */
#define OF_PROCESSES "command-of-a-process"
#define OF_ADDRESSES "address-of-a-vma"

static struct server server;
static struct mailbox mailbox;
static struct access rules;
static int counter = -1;

static void start_mailbox(void)
{
	const struct message ready = { .kind = MESSAGE_READY };
	int fds[2];

	fuzz_check(!channel__open(fds));
	counter = fds[0];
	mailbox__init(&mailbox, fds[1]);
	fuzz_check(!channel__send(counter, &ready));
	mailbox__receive(&mailbox);
}

static void stop_mailbox(void)
{
	close(counter);
	close(mailbox.channel);
	mailbox__free(&mailbox);
}

/* As answers.c: a question of what it may not see never gets here. */
static void answer_questions(void)
{
	struct query q;
	int got;

	while ((got = channel__question(counter, &q)) > 0) {
		const unsigned int details = query__details(&q);
		struct message m = { .kind = MESSAGE_ANSWER, .query = q };
		char *text;

		fuzz_check(!(details & ~q.details));
		fuzz_check(asprintf(&text, "%s %s\n",
				    details & DETAIL_PROCESSES ? OF_PROCESSES : "",
				    details & DETAIL_ADDRESSES ? OF_ADDRESSES : "") > 0);
		m.body = body__new(200, BODY_JSON, text, strlen(text));
		fuzz_check(!channel__send(counter, &m));
		body__put(m.body);
	}
	/* whatever the client sent, the server asked what is a question */
	fuzz_check(!got);
}

/* Return: what came, with a NUL behind it; to be freed. */
static char *take_answer(int fd, char *text, size_t *len)
{
	char part[4096];
	ssize_t n;

	while ((n = recv(fd, part, sizeof(part), MSG_DONTWAIT)) > 0) {
		text = realloc(text, *len + (size_t)n + 1);
		fuzz_check(text);
		memcpy(text + *len, part, (size_t)n);
		*len += (size_t)n;
		text[*len] = '\0';
	}
	return text;
}

static void check_answer(const char *text, size_t len, const uint8_t *sent, size_t size)
{
	const bool token = memmem(sent, size, TOKEN, strlen(TOKEN));

	if (!text)
		return;
	fuzz_check(len > 12 && !memcmp(text, "HTTP/1.", 7));
	/* without the token, nobody sees what it takes a token to see */
	if (token && rules.token)
		return;
	fuzz_check(rules.exposed & DETAIL_PROCESSES || !strstr(text, OF_PROCESSES));
	fuzz_check(rules.exposed & DETAIL_ADDRESSES || !strstr(text, OF_ADDRESSES));
}

static void run(int fd, const uint8_t *data, size_t size)
{
	char *text = NULL;
	size_t len = 0;

	for (int i = 0; i < ROUNDS; i++) {
		MHD_run(server.daemon);
		answer_questions();
		mailbox__receive(&mailbox);
		route__resume(&server);
		stream__resume(&server);
		connections__reap(&server);
		text = take_answer(fd, text, &len);
	}
	check_answer(text, len, data, size);
	free(text);
}

static void start_server(void)
{
	server = (struct server){ .mailbox = &mailbox, .access = &rules, .max_connections = 16 };
	server.daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
		route__handle, &server, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)SERVER_REQUEST_BYTES, MHD_OPTION_NOTIFY_CONNECTION, connections__notify,
		&server, MHD_OPTION_NOTIFY_COMPLETED, route__completed, &server, MHD_OPTION_END);
	fuzz_check(server.daemon);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in client = { .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fds[2];

	if (!size)
		return 0;
	log_setup(false, true, 0);
	rules = (struct access){
		.token = data[0] & 1 ? (char *)TOKEN : NULL,
		.required = data[0] & 2 && data[0] & 1,
		.exposed = data[0] >> 2 & DETAIL_ALL,
		.loopback = data[0] & 16,
	};
	start_mailbox();
	start_server();
	fuzz_check(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
	/* more than the socket takes is not sent: nobody reads meanwhile */
	if (send(fds[0], data + 1, size - 1, MSG_NOSIGNAL) < 0)
		fuzz_check(size == 1 || errno == EAGAIN);
	if (MHD_add_connection(server.daemon, fds[1], (struct sockaddr *)&client, sizeof(client)) ==
	    MHD_YES)
		run(fds[0], data + 1, size - 1);
	close(fds[0]);
	mailbox.ended = true;
	route__resume(&server);
	stream__resume(&server);
	MHD_stop_daemon(server.daemon);
	stop_mailbox();
	return 0;
}
