// SPDX-License-Identifier: GPL-2.0-only
/* notify_test.c - whoever asks to be notified is, once; whoever does not receive it stops nothing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/notify.h"

/* A socket that is bound to @name: a path, or "@NAME". */
static int receiver(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	memcpy(addr.sun_path, name, len);
	if (*name == '@')
		addr.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      offsetof(struct sockaddr_un, sun_path) + len + (*name == '/')),
			 0);
	return fd;
}

static void check(const char *name)
{
	int fd = receiver(name);
	char text[32] = "";

	setenv("NOTIFY_SOCKET", name, 1);
	notify__take();
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_int_equal(notify__ready(), 0);
	assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), 7);
	assert_string_equal(text, "READY=1");
	assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), -1);
	close(fd);
	/* nobody is there any more */
	assert_int_equal(notify__ready(), -ECONNREFUSED);
}

static void without_notify_socket(void **state)
{
	static const char *const names[] = { NULL, "", "@", "vsock:1:2", "relative/path" };
	char longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i <= sizeof(names) / sizeof(*names); i++) {
		const char *name = i < sizeof(names) / sizeof(*names) ? names[i] : longest;

		unsetenv("NOTIFY_SOCKET");
		if (name)
			setenv("NOTIFY_SOCKET", name, 1);
		notify__take();
		assert_null(getenv("NOTIFY_SOCKET"));
		assert_int_equal(notify__ready(), 0);
	}
}

/* Nobody reads, and the queue is full: it does not wait. */
static void full_queue_does_not_block(void **state)
{
	char name[64];
	int fd, err = 0;

	(void)state;
	snprintf(name, sizeof(name), "@vmascope-notify-full-%d", getpid());
	fd = receiver(name);
	setenv("NOTIFY_SOCKET", name, 1);
	notify__take();
	for (int i = 0; i < 1000000 && !err; i++)
		err = notify__ready();
	assert_int_equal(err, -EAGAIN);
	close(fd);
}

static void abstract_socket(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@vmascope-notify-%d", getpid());
	check(name);
}

static void socket_path(void **state)
{
	char dir[] = "/tmp/vmascope-notify.XXXXXX", name[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(name, sizeof(name), "%s/socket", dir);
	check(name);
	unlink(name);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_notify_socket), /* first: what was taken before stays */
		cmocka_unit_test(abstract_socket),
		cmocka_unit_test(socket_path),
		cmocka_unit_test(full_queue_does_not_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
