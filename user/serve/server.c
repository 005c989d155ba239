// SPDX-License-Identifier: GPL-2.0-only
/* server.c - libmicrohttpd's daemon, run by a thread that may do nothing else. */
#include "serve/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "serve/privileges.h"
#include "util/log.h"

/** Descriptors that are not connections: BPF's programs, maps and links. */
#define OTHER_FDS 512u
/** Connections are looked after at least this often, ms. */
#define ROUND_MS 500

static void log_message(void *cls, const char *fmt, va_list args)
{
	char text[256];
	int len = vsnprintf(text, sizeof(text), fmt, args);

	(void)cls;
	if (len > 0 && len < (int)sizeof(text) && text[len - 1] == '\n')
		text[len - 1] = '\0';
	vs_debug(1, "http: %s", text);
}

/** room_for - how many connections there may be; the soft limit of descriptors is raised. */
static unsigned int room_for_connections(void)
{
	struct rlimit limit;
	rlim_t room;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 64;
	if (limit.rlim_cur < SERVER_CONNECTIONS + OTHER_FDS && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < SERVER_CONNECTIONS + OTHER_FDS
					 ? limit.rlim_max
					 : SERVER_CONNECTIONS + OTHER_FDS;
		setrlimit(RLIMIT_NOFILE, &limit);
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	room = limit.rlim_cur > OTHER_FDS + 64 ? limit.rlim_cur - OTHER_FDS : 64;
	return room < SERVER_CONNECTIONS ? room : SERVER_CONNECTIONS;
}

static int start_daemon(struct server *s)
{
	const struct access *a = s->access;
	struct MHD_OptionItem tls[4] = {};
	unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	size_t n = 0;

	if (a->certificate) {
		flags |= MHD_USE_TLS;
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, a->certificate };
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, a->key };
	}
	if (a->client_ca)
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, a->client_ca };
	tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	s->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, route__handle, s, MHD_OPTION_EXTERNAL_LOGGER, log_message,
		NULL, MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
		s->max_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)SERVER_REQUEST_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, SERVER_STALLED_S,
		MHD_OPTION_NOTIFY_CONNECTION, connections__notify, s, MHD_OPTION_NOTIFY_COMPLETED,
		route__completed, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (s->daemon)
		return 0;
	vs_fail(VS_EXIT_FAILURE, "-v tells more; with --tls-cert, see the certificate and its key",
		"cannot start the HTTP server");
	return -EINVAL;
}

static int timeout_ms(struct MHD_Daemon *d)
{
	MHD_UNSIGNED_LONG_LONG ms;

	return MHD_get_timeout(d, &ms) == MHD_YES && ms < ROUND_MS ? (int)ms : ROUND_MS;
}

static void *serve(void *arg)
{
	struct server *s = arg;
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{ .fd = info->epoll_fd, .events = POLLIN },
		{ .fd = s->board->to_server, .events = POLLIN },
	};

	privileges__drop_all();
	while (!atomic_load(&s->board->ending)) {
		poll(fds, 2, timeout_ms(s->daemon));
		board__woken(s->board->to_server);
		route__resume(s);
		stream__resume(s);
		connections__reap(s);
		MHD_run(s->daemon);
	}
	return NULL;
}

int server__start(struct server *s, struct board *board, const struct access *access, int listen_fd)
{
	sigset_t all, before;
	int err;

	*s = (struct server){ .board = board, .access = access, .listen_fd = listen_fd };
	s->max_connections = room_for_connections();
	err = start_daemon(s);
	if (err)
		return err;
	/* signals are for the thread that counts */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	err = -pthread_create(&s->thread, NULL, serve, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	s->running = !err;
	if (err)
		vs_error("cannot start a thread: %s", strerror(-err));
	return err;
}

void server__stop(struct server *s)
{
	if (s->running) {
		atomic_store(&s->board->ending, true);
		board__wake(s->board->to_server);
		pthread_join(s->thread, NULL);
		route__resume(s);
		stream__resume(s);
	}
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
}
