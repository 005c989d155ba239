// SPDX-License-Identifier: GPL-2.0-only
/* server.c - libmicrohttpd's daemon, in a process that may do nothing else. */
#include "serve/http/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serve/http/channel.h"
#include "sys/limits.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/log.h"

/** File descriptors that are not connections. */
#define OTHER_FDS 64u
/** Connections are looked after at least this often, ms. */
#define ROUND_MS 500
/** A server that has not ended after this long is killed, ms. */
#define END_MS 2000
/** Private memory: connections, TLS, answers and events. */
#define MEMORY_LIMIT (1UL << 30)

/**
 * TLS 1.2 and 1.3; only key exchanges with forward secrecy and authenticated encryption. In the
 * syntax of GnuTLS's priority strings.
 */
#define TLS_PRIORITIES                                                                             \
	"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"           \
	"-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD"

/** What libmicrohttpd, GnuTLS and the channel take. */
static const int allowed_calls[] = {
	__NR_read,	     __NR_write,	 __NR_readv,
	__NR_writev,	     __NR_pread64,	 __NR_close,
	__NR_fstat,	     __NR_newfstatat,	 __NR_lseek,
	__NR_mmap,	     __NR_munmap,	 __NR_mremap,
	__NR_mprotect,	     __NR_madvise,	 __NR_brk,
	__NR_recvfrom,	     __NR_recvmsg,	 __NR_sendto,
	__NR_sendmsg,	     __NR_accept4,	 __NR_shutdown,
	__NR_setsockopt,     __NR_getsockopt,	 __NR_getsockname,
	__NR_getpeername,    __NR_fcntl,	 __NR_epoll_ctl,
	__NR_epoll_pwait,    __NR_ppoll,	 __NR_futex,
	__NR_getrandom,	     __NR_clock_gettime, __NR_gettimeofday,
	__NR_getrusage,	     __NR_getpid,	 __NR_gettid,
	__NR_tgkill,	     __NR_sched_yield,	 __NR_restart_syscall,
	__NR_exit,	     __NR_exit_group,	 __NR_rt_sigreturn,
	__NR_rt_sigprocmask, __NR_rt_sigaction,
#ifdef __NR_epoll_wait /* not on arm64 */
	__NR_epoll_wait,     __NR_poll,
#endif
};

static void log_message(void *cls, const char *fmt, va_list args)
{
	char text[256];
	int len = vsnprintf(text, sizeof(text), fmt, args);

	(void)cls;
	if (len > 0 && len < (int)sizeof(text) && text[len - 1] == '\n')
		text[len - 1] = '\0';
	vs_debug(1, "http: %s", text);
}

/** room_for_connections - how many there may be; the soft limit of descriptors is raised. */
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
	struct MHD_OptionItem tls[5] = {};
	unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	size_t n = 0;

	if (a->certificate) {
		flags |= MHD_USE_TLS;
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, a->certificate };
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, a->key };
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
						    TLS_PRIORITIES };
	}
	if (a->client_ca)
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, a->client_ca };
	tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	errno = 0;
	s->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, route__handle, s, MHD_OPTION_EXTERNAL_LOGGER, log_message,
		NULL, MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
		s->max_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)SERVER_REQUEST_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, SERVER_STALLED_S,
		MHD_OPTION_NOTIFY_CONNECTION, connections__notify, s, MHD_OPTION_NOTIFY_COMPLETED,
		route__completed, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (s->daemon)
		return 0;
	if (errno == ENOMEM) {
		vs_fail(VS_EXIT_FAILURE, NULL, "cannot start the HTTP server: not enough memory");
		return -ENOMEM;
	}
	vs_fail(VS_EXIT_FAILURE,
		"use -v for details; with --tls-cert, check the certificate and its key",
		"cannot start the HTTP server");
	return -EINVAL;
}

/* --- the server's process ------------------------------------------------------------------ */

static int timeout_ms(struct MHD_Daemon *d)
{
	MHD_UNSIGNED_LONG_LONG ms;

	return MHD_get_timeout(d, &ms) == MHD_YES && ms < ROUND_MS ? (int)ms : ROUND_MS;
}

/** wait_until_ready - Return: false if there is nothing to serve. */
static bool wait_until_ready(struct mailbox *m)
{
	struct pollfd fd = { .fd = m->channel, .events = POLLIN };

	while (!m->ready && !m->ended) {
		poll(&fd, 1, -1);
		mailbox__receive(m);
	}
	return m->ready && !m->ended;
}

static void serve(struct server *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{ .fd = info->epoll_fd, .events = POLLIN },
		{ .fd = s->mailbox->channel, .events = POLLIN },
	};

	while (!s->mailbox->ended) {
		poll(fds, 2, timeout_ms(s->daemon));
		mailbox__receive(s->mailbox);
		route__resume(s);
		stream__resume(s);
		connections__reap(s);
		MHD_run(s->daemon);
	}
	route__resume(s);
	stream__resume(s);
	MHD_stop_daemon(s->daemon);
}

/** close_others - file descriptors but the standard ones, @a and @b */
static void close_others(int a, int b)
{
	const int low = a < b ? a : b, high = a < b ? b : a;

	if (low > 3)
		close_range(3, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

/** run_server - in the child. Return: an exit status. */
static int run_server(const struct access *access, int listen_fd, int channel,
		      const struct user_ids *user)
{
	static struct mailbox mailbox;
	struct server s = { .mailbox = &mailbox, .access = access, .listen_fd = listen_fd };
	const struct sandbox sandbox = {
		.user = *user,
		.calls = allowed_calls,
		.nr_calls = ARRAY_SIZE(allowed_calls),
		.data_bytes = MEMORY_LIMIT,
		.file_bytes = UINT64_MAX, /* messages may go to a file */
	};
	int err;

	close_others(listen_fd, channel);
	prctl(PR_SET_NAME, "vmascope-http");
	s.max_connections = room_for_connections();
	mailbox__init(&mailbox, channel);
	/* GnuTLS reads its configuration now, while files can be opened */
	if (start_daemon(&s))
		return VS_EXIT_FAILURE;
	err = sandbox__enter(&sandbox);
	if (err) {
		vs_fail(VS_EXIT_FAILURE, "grant CAP_SETUID and CAP_SETGID, or do not run as root",
			"cannot confine the HTTP server: %s", strerror(-err));
		return VS_EXIT_FAILURE;
	}
	if (wait_until_ready(&mailbox))
		serve(&s);
	else
		MHD_stop_daemon(s.daemon);
	mailbox__free(&mailbox);
	return VS_EXIT_OK;
}

/* --- the process that counts --------------------------------------------------------------- */

int server__fork(struct server_process *p, const struct access *access, int listen_fd,
		 const struct user_ids *user)
{
	sigset_t all, before;
	int fds[2], err = channel__open(fds);

	*p = (struct server_process){ .channel = -1 };
	if (err) {
		vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot make a socket pair: %s",
			strerror(-err));
		return err;
	}
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	p->pid = fork();
	/* signals of the terminal are for the process that counts: it closes the channel */
	if (!p->pid)
		_exit(run_server(access, listen_fd, fds[1], user));
	err = p->pid < 0 ? -errno : 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	p->channel = fds[0];
	if (err) {
		vs_error("cannot start the HTTP server: %s", strerror(-err));
		p->pid = 0;
	}
	return err;
}

void server__explain(struct server_process *p)
{
	int status;

	if (waitpid(p->pid, &status, 0) != p->pid)
		return;
	p->pid = 0;
	if (WIFSIGNALED(status))
		vs_error("the HTTP server was killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == VS_EXIT_OK)
		vs_error("the HTTP server exited");
}

void server__stop(struct server_process *p)
{
	if (p->channel >= 0)
		close(p->channel);
	p->channel = -1;
	for (int ms = 0; p->pid > 0; ms++) {
		const struct timespec moment = { .tv_nsec = 1000000 };

		if (waitpid(p->pid, NULL, WNOHANG))
			break;
		if (ms == END_MS)
			kill(p->pid, SIGKILL);
		nanosleep(&moment, NULL);
	}
	p->pid = 0;
}
