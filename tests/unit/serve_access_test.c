// SPDX-License-Identifier: GPL-2.0-only
/*
 * serve_access_test.c - who is answered, and what of: requests as libmicrohttpd reads them from a socket
 * pair, against each set of rules; and files of secrets that are not to be used.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "serve/http/access.h"
#include "serve/http/query.h"
#include "util/log.h"

#define TOKEN "0123456789abcdef"
/** More rounds of the server's loop than a request has states. */
#define ROUNDS 24

/** struct asked - what the rules said of the one request */
struct asked {
	const struct access *rules;
	bool open;
	bool called;
	unsigned int status;
	struct grant grant;
};

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *size, void **state)
{
	struct asked *a = ctx;
	struct MHD_Response *response;
	enum MHD_Result queued;

	(void)url;
	(void)method;
	(void)version;
	(void)data;
	(void)size;
	(void)state;
	a->called = true;
	a->status = access__check(a->rules, connection, a->open, &a->grant);
	response = MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
	queued = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return queued;
}

/** ask - a request with these @headers, each ended by CR LF */
static struct asked ask(const struct access *rules, bool open, const char *headers)
{
	struct sockaddr_in client = { .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct asked a = { .rules = rules, .open = open };
	struct MHD_Daemon *daemon;
	char request[1024];
	int fds[2], len;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, handle,
				  &a, MHD_OPTION_END);
	assert_non_null(daemon);
	assert_int_equal(MHD_add_connection(daemon, fds[1], (const struct sockaddr *)&client,
					    sizeof(client)),
			 MHD_YES);
	len = snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n%s\r\n", headers);
	assert_int_equal(write(fds[0], request, (size_t)len), len);
	for (int i = 0; i < ROUNDS && !a.called; i++)
		MHD_run(daemon);
	MHD_stop_daemon(daemon);
	close(fds[0]);
	assert_true(a.called);
	return a;
}

static void assert_granted(struct asked a, unsigned int details, bool trusted)
{
	assert_int_equal(a.status, 0);
	assert_int_equal(a.grant.details, details);
	assert_int_equal(a.grant.trusted, trusted);
}

#define HOST "Host: localhost\r\n"

static void token_grants_details_wrong_token_nothing(void **state)
{
	static const char *const wrong[] = {
		HOST "Authorization: Bearer 0123456789abcdee\r\n",
		HOST "Authorization: Bearer 0123456789abcde\r\n",
		HOST "Authorization: Bearer 0123456789abcdef0\r\n",
		HOST "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n",
		HOST "Authorization: Bearer\r\n",
		HOST "Authorization: Bearer \r\n",
		HOST "Authorization: Basic 0123456789abcdef\r\n",
		HOST "Authorization: 0123456789abcdef\r\n",
	};
	struct access rules = { .token = (char *)TOKEN, .exposed = DETAIL_PROCESSES };

	(void)state;
	for (int required = 0; required < 2; required++) {
		rules.required = required;
		assert_granted(ask(&rules, false, HOST "Authorization: Bearer " TOKEN "\r\n"),
			       DETAIL_ALL, true);
		assert_granted(ask(&rules, false, HOST "Authorization: bearer   " TOKEN "\r\n"),
			       DETAIL_ALL, true);
		for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
			assert_int_equal(ask(&rules, false, wrong[i]).status,
					 MHD_HTTP_UNAUTHORIZED);
	}
}

static void expose_options_apply_without_a_token(void **state)
{
	struct access rules = { .token = (char *)TOKEN, .exposed = DETAIL_ADDRESSES };

	(void)state;
	assert_granted(ask(&rules, false, HOST), DETAIL_ADDRESSES, false);
	rules.required = true;
	assert_int_equal(ask(&rules, false, HOST).status, MHD_HTTP_UNAUTHORIZED);
	/* /healthz */
	assert_granted(ask(&rules, true, HOST), DETAIL_ADDRESSES, false);
}

static void client_without_certificate_is_refused(void **state)
{
	const struct access rules = { .client_ca = (char *)"PEM", .required = true };

	(void)state;
	assert_int_equal(ask(&rules, false, HOST).status, MHD_HTTP_FORBIDDEN);
	assert_int_equal(ask(&rules, true, HOST).status, 0);
}

/* A page of the web under a name that points here is told nothing, not even that we are well. */
static void host_header_must_be_loopback(void **state)
{
	static const char *const good[] = { "Host: localhost\r\n", "Host: 127.0.0.1:9469\r\n",
					    "Host: [::1]:80\r\n" };
	static const char *const bad[] = { "Host: example.org\r\n",
					   "Host: localhost.example.org\r\n",
					   "Host: 10.0.0.1\r\n" };
	struct access rules = { .loopback = true };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(ask(&rules, false, good[i]).status, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(ask(&rules, false, bad[i]).status, MHD_HTTP_MISDIRECTED_REQUEST);
		assert_int_equal(ask(&rules, true, bad[i]).status, MHD_HTTP_MISDIRECTED_REQUEST);
	}
	rules.loopback = false;
	assert_int_equal(ask(&rules, false, bad[0]).status, 0);
}

/* --- files of secrets ----------------------------------------------------------------------------- */

static char path[] = "/tmp/vmascope-access.XXXXXX";

static int make_file(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	/* that a file is refused is said: not here */
	log_setup(false, true, 0);
	return fd < 0 || close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/** read_token - from a file of @size bytes of @text, with @mode */
static int read_token(struct access *a, const char *text, size_t size, mode_t mode)
{
	const struct access_files files = { .token = path };
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	*a = (struct access){};
	return access__read(a, &files);
}

static void token_is_the_first_line_of_the_file(void **state)
{
	static char large[65537];
	struct access a;

	(void)state;
	assert_int_equal(read_token(&a, TOKEN "\nmore", sizeof(TOKEN) + 4, 0600), 0);
	assert_string_equal(a.token, TOKEN);
	access__free(&a);
	assert_int_equal(read_token(&a, TOKEN "\r\n", sizeof(TOKEN) + 1, 0640), 0);
	assert_string_equal(a.token, TOKEN);
	access__free(&a);

	assert_int_equal(read_token(&a, TOKEN, sizeof(TOKEN) - 2, 0600), -EINVAL);
	access__free(&a);
	assert_int_equal(read_token(&a, "", 0, 0600), -EINVAL);
	access__free(&a);
	memset(large, 'x', sizeof(large));
	assert_int_equal(read_token(&a, large, ACCESS_TOKEN_MAX, 0600), 0);
	access__free(&a);
	assert_int_equal(read_token(&a, large, ACCESS_TOKEN_MAX + 1, 0600), -EINVAL);
	access__free(&a);
	assert_int_equal(read_token(&a, large, sizeof(large), 0600), -EFBIG);
	access__free(&a);
}

static void world_readable_secret_is_refused(void **state)
{
	const struct access_files certificate = { .certificate = path }, key = { .key = path };
	struct access a;

	(void)state;
	assert_int_equal(read_token(&a, TOKEN, sizeof(TOKEN) - 1, 0604), -EPERM);
	access__free(&a);
	assert_int_equal(read_token(&a, TOKEN, sizeof(TOKEN) - 1, 0602), -EPERM);
	access__free(&a);
	a = (struct access){};
	assert_int_equal(access__read(&a, &key), -EPERM);
	access__free(&a);
	/* a certificate is none */
	a = (struct access){};
	assert_int_equal(access__read(&a, &certificate), 0);
	access__free(&a);
}

static void non_regular_secret_file_is_refused(void **state)
{
	const struct access_files directory = { .token = "/tmp" }, none = { .token = "/nowhere" };
	struct access a = {};

	(void)state;
	assert_int_equal(access__read(&a, &directory), -EINVAL);
	assert_int_equal(access__read(&a, &none), -ENOENT);
	access__free(&a);
}

static void generated_tokens_differ(void **state)
{
	struct access a = {}, b = {};

	(void)state;
	assert_int_equal(access__make_token(&a), 0);
	assert_int_equal(access__make_token(&b), 0);
	assert_int_equal(strlen(a.token), 32);
	assert_int_equal(strspn(a.token, "0123456789abcdef"), 32);
	assert_string_not_equal(a.token, b.token);
	access__free(&a);
	access__free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_grants_details_wrong_token_nothing),
		cmocka_unit_test(expose_options_apply_without_a_token),
		cmocka_unit_test(client_without_certificate_is_refused),
		cmocka_unit_test(host_header_must_be_loopback),
		cmocka_unit_test(token_is_the_first_line_of_the_file),
		cmocka_unit_test(world_readable_secret_is_refused),
		cmocka_unit_test(non_regular_secret_file_is_refused),
		cmocka_unit_test(generated_tokens_differ),
	};

	return cmocka_run_group_tests_name("serve_access", tests, make_file, remove_file);
}
