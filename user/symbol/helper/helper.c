// SPDX-License-Identifier: GPL-2.0-only
/* helper.c - the processes of helper.h: a fork, a socket pair, a deadline. */
#include "symbol/helper/helper.h"
#include "util/array.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS 1000000
#define NS_PER_SECOND 1000000000ULL
/* Limit of CPU seconds for a request, in case vmascope has exited and cannot kill the helper. */
#define ORPHAN_SECONDS 60

/* Time to wait for a killed helper; FUSE can block a process for as long as its server does. */
#define REAP_MS 500
/* On a busy machine the time limit of an answer is this many times that of an idle one. */
#define MOST_DELAYS 8

/* On this the helper finds its requests. */
#define HELPER_FD 3

/* Messages of the C library are discarded, those of a sanitizer are not. */
#ifdef __SANITIZE_ADDRESS__
#define KEEP_STDERR true
#else
#define KEEP_STDERR false
#endif

/** struct fd_space - room for control data with files in it */
union fd_space {
	char bytes[CMSG_SPACE(sizeof(int) * HELPER_MAX_FDS)];
	struct cmsghdr align;
};

/* Sending does not block: a helper that does not read its requests has failed. */
static int send_message(int to, const void *bytes, size_t len, const int *fds, size_t nr_fds)
{
	struct iovec iov = { (void *)bytes, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union fd_space space = { { 0 } };
	struct cmsghdr *head;
	ssize_t n;

	if (nr_fds) {
		m.msg_control = space.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * nr_fds);
		head = CMSG_FIRSTHDR(&m);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int) * nr_fds);
		memcpy(CMSG_DATA(head), fds, sizeof(int) * nr_fds);
	}
	do
		n = sendmsg(to, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? 0 : errno == EAGAIN ? -EPIPE : -errno;
}

static size_t take_fds(struct msghdr *m, int *fds)
{
	size_t nr = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		nr = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), nr * sizeof(int));
	}
	return nr;
}

/* Return: bytes; 0: the other side is gone; a negative errno. */
static ssize_t receive(int from, void *bytes, size_t len, int *fds, size_t *nr_fds)
{
	struct iovec iov = { bytes, len };
	union fd_space space;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = space.bytes,
			    .msg_controllen = sizeof(space.bytes) };
	ssize_t n;

	do
		n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*nr_fds = take_fds(&m, fds);
	if (!(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return n;
	for (size_t i = 0; i < *nr_fds; i++)
		close(fds[i]);
	*nr_fds = 0;
	return -EMSGSIZE;
}

/* --- In the helper --- */

/*
 * Ctrl-C is sent to the whole process group, but vmascope then still looks up names. Exceeding the
 * file size limit is an error, not the end.
 */
static void reset_signals(void)
{
	static const int ignored[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGXFSZ
	};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sig != SIGSEGV && sig != SIGBUS)
			signal(sig, SIG_DFL);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void drop_files(int fd)
{
	int null;

	dup2(fd, HELPER_FD);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int std = 0; std < HELPER_FD && null >= 0; std++)
		if (std != STDERR_FILENO || !KEEP_STDERR)
			dup2(null, std);
	close_range(HELPER_FD + 1, ~0U, 0);
}

/* A request that loops ends even if it is not waited for. */
static void limit_cpu(void)
{
	struct rlimit limit;
	struct timespec used;

	if (getrlimit(RLIMIT_CPU, &limit) || clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used))
		return;
	limit.rlim_cur = (rlim_t)used.tv_sec + ORPHAN_SECONDS;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CPU, &limit);
}

static void __attribute__((noreturn)) serve_all(const struct helper_kind *kind)
{
	static char request[HELPER_MAX_LEN] __attribute__((aligned(16)));
	static char reply[HELPER_MAX_LEN] __attribute__((aligned(16)));

	for (;;) {
		struct helper_call c = { .request = request,
					 .reply = reply,
					 .reply_len = sizeof(reply),
					 .reply_fd = -1 };
		ssize_t n;
		int err;

		n = receive(HELPER_FD, request, sizeof(request), c.fds, &c.nr_fds);
		if (n <= 0)
			_exit(n ? 1 : 0);
		c.request_len = (size_t)n;
		limit_cpu();
		kind->serve(&c);
		err = send_message(HELPER_FD, reply, c.reply_len, &c.reply_fd, c.reply_fd >= 0);
		if (c.reply_fd >= 0)
			close(c.reply_fd);
		if (err)
			_exit(1);
	}
}

/* --- In the tracer --- */

int helper__start(struct helper *h, const struct helper_kind *kind)
{
	int pair[2];

	h->kind = kind;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	h->pid = fork();
	if (h->pid < 0) {
		int err = -errno;

		h->pid = 0;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (!h->pid) {
		reset_signals();
		drop_files(pair[1]);
		prctl(PR_SET_NAME, kind->name);
		if (kind->prepare && kind->prepare())
			_exit(1);
		serve_all(kind);
	}
	close(pair[1]);
	h->fd = pair[0];
	h->starts++;
	return 0;
}

/* While an answer takes longer than this, others have their turn. */
#define IDLE_NS 5000000ULL

/* Return: 0 if there is something to read, -ETIME. */
static int await(const struct helper *h, int fd, uint64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		const uint64_t now = clock__monotonic_ns();
		uint64_t wait = deadline - now;
		struct timespec left;
		int n;

		if (now >= deadline || (h->late && h->late(h->late_ctx)))
			return -ETIME;
		if ((h->idle || h->late) && wait > IDLE_NS)
			wait = IDLE_NS;
		left.tv_sec = (time_t)(wait / NS_PER_SECOND);
		left.tv_nsec = (long)(wait % NS_PER_SECOND);
		n = ppoll(&p, 1, &left, NULL);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n && h->idle)
			h->idle(h->idle_ctx);
	}
}

/* A helper that cannot exit yet is abandoned. */
void helper__stop(struct helper *h)
{
	int pid_fd;

	if (!h->pid)
		return;
	close(h->fd);
	kill(h->pid, SIGKILL);
	pid_fd = pidfd_open(h->pid, 0);
	if (pid_fd >= 0) {
		await(h, pid_fd, clock__monotonic_ns() + (uint64_t)REAP_MS * NS_PER_MS);
		close(pid_fd);
	}
	if (waitpid(h->pid, &h->status, WNOHANG) != h->pid)
		h->status = 0;
	h->pid = 0;
}

/* A helper that died outside of a request (out of memory) is replaced. */
static int ask(struct helper *h, const struct helper_call *c)
{
	int err = -EPIPE;

	for (int attempt = 0; attempt < 2 && err == -EPIPE; attempt++) {
		if (attempt)
			helper__stop(h);
		err = h->pid ? 0 : helper__start(h, h->kind);
		if (!err)
			err = send_message(h->fd, c->request, c->request_len, c->fds, c->nr_fds);
	}
	return err;
}

static int read_reply(struct helper *h, struct helper_call *c, uint64_t deadline)
{
	int fds[HELPER_MAX_FDS], err;
	size_t nr_fds = 0;
	ssize_t n;

	err = await(h, h->fd, deadline);
	if (err)
		return err;
	n = receive(h->fd, c->reply, c->reply_len, fds, &nr_fds);
	if (n <= 0)
		return n && n != -ECONNRESET ? (int)n : -EPIPE;
	for (size_t i = 1; i < nr_fds; i++)
		close(fds[i]);
	c->reply_len = (size_t)n;
	c->reply_fd = nr_fds ? fds[0] : -1;
	return 0;
}

/** run_delay_ns - how long @pid has waited for a CPU since it began; 0: the kernel does not count it */
static uint64_t run_delay_ns(pid_t pid)
{
	unsigned long long on_cpu, waited;
	char path[64];
	FILE *f;
	int n;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fscanf(f, "%llu %llu", &on_cpu, &waited);
	fclose(f);
	return n == 2 ? waited : 0;
}

uint64_t helper__delay_ns(const struct helper *h)
{
	return h->pid ? run_delay_ns(h->pid) : 0;
}

/** read_reply_in_time - read_reply(); the time that the helper waits for a CPU is not its fault */
static int read_reply_in_time(struct helper *h, struct helper_call *c, uint64_t ns)
{
	const uint64_t from = clock__monotonic_ns(), waited = run_delay_ns(h->pid);
	uint64_t deadline = from + ns, delay;
	int err;

	for (;;) {
		err = read_reply(h, c, deadline);
		if (err != -ETIME || (h->late && h->late(h->late_ctx)))
			return err;
		delay = run_delay_ns(h->pid) - waited;
		if (delay > MOST_DELAYS * ns)
			delay = MOST_DELAYS * ns;
		if (from + ns + delay <= deadline)
			return -ETIME;
		deadline = from + ns + delay;
	}
}

int helper__call(struct helper *h, struct helper_call *c, unsigned int ms)
{
	int err;

	c->reply_fd = -1;
	err = ask(h, c);
	if (err)
		return err;
	err = read_reply_in_time(h, c, (uint64_t)ms * NS_PER_MS);
	if (!err)
		return 0;
	h->timeouts += err == -ETIME;
	h->crashes += err == -EPIPE;
	helper__stop(h);
	return err;
}
