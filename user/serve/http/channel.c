// SPDX-License-Identifier: GPL-2.0-only
/* channel.c - messages over a socket pair, their texts in memory files. */
#include "serve/http/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/names.h"
#include "view/faults/stat.h"
#include "view/shootdown/shootdown.h"

/** Bytes of an answer at most; a larger one is a fault of ours. */
#define MOST_BYTES (256UL << 20)

/**
 * struct wire_message - a message as it is sent
 * @len: of the text in the memory file that comes with it
 */
struct wire_message {
	uint32_t kind;
	uint32_t status;
	uint32_t type;
	struct query query;
	uint64_t id;
	uint64_t len;
};

/** union fd_control - room for a control message with one file descriptor */
union fd_control {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int channel__open(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds))
		return -errno;
	return 0;
}

/** gone - Return: -EPIPE for all the ways in which a socket says that the other end is closed. */
static int gone(int err)
{
	return err == ECONNRESET || err == EPIPE || err == ENOTCONN ? -EPIPE : -err;
}

/* --- the counter's end --------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n <= 0)
			return n ? -errno : -EIO;
		text += n;
		len -= n;
	}
	return 0;
}

static int send_with_fd(int fd, const struct wire_message *w, int text_fd)
{
	union fd_control control = {};
	struct iovec iov = { .iov_base = (void *)w, .iov_len = sizeof(*w) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (text_fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &text_fd, sizeof(text_fd));
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? gone(errno) : 0;
}

int channel__send(int fd, const struct message *m)
{
	struct wire_message w = { .kind = m->kind, .query = m->query, .id = m->id };
	int text_fd = -1, err = 0;

	if (m->body) {
		w.status = m->body->status;
		w.type = m->body->type;
		w.len = m->body->len;
		text_fd = memfd_create("vmascope-answer", MFD_CLOEXEC);
		err = text_fd < 0 ? -errno : write_all(text_fd, m->body->text, m->body->len);
	}
	if (!err)
		err = send_with_fd(fd, &w, text_fd);
	if (text_fd >= 0)
		close(text_fd);
	return err;
}

/** valid - what the server asks is checked: it talks to anyone. */
static bool valid(const struct query *q)
{
	const uint32_t most_by = q->question == ASK_STAT	? NR_STAT_BY
				 : q->question == ASK_SHOOTDOWN ? NR_SHOOTDOWN_BY
								: 1;

	return q->question < NR_QUESTIONS && q->by < most_by && q->top <= QUERY_TOP_MOST &&
	       q->pid <= QUERY_PID_MOST && q->seconds <= QUERY_SECONDS_MOST &&
	       !(q->details & ~DETAIL_ALL);
}

int channel__question(int fd, struct query *q)
{
	ssize_t n = recv(fd, q, sizeof(*q), MSG_TRUNC);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : gone(errno);
	if (!n)
		return -EPIPE;
	return n == sizeof(*q) && valid(q) ? 1 : -EPROTO;
}

/* --- the server's end ---------------------------------------------------------------------- */

int channel__ask(int fd, const struct query *q)
{
	return send(fd, q, sizeof(*q), MSG_NOSIGNAL) < 0 ? gone(errno) : 0;
}

/** read_text - @len bytes of a memory file. Return: NULL with errno set. */
static char *read_text(int fd, size_t len)
{
	char *text = len <= MOST_BYTES ? malloc(len + 1) : NULL;
	size_t at = 0;

	while (text && at < len) {
		ssize_t n = pread(fd, text + at, len - at, at);

		if (n <= 0) {
			free(text);
			return NULL;
		}
		at += n;
	}
	return text;
}

/** control_fd - the file descriptor that came with a message, -1: none */
static int control_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

int channel__receive(int fd, struct message *m)
{
	struct wire_message w;
	union fd_control control = {};
	struct iovec iov = { .iov_base = &w, .iov_len = sizeof(w) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	int text_fd = n > 0 ? control_fd(&msg) : -1;
	char *text = NULL;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : gone(errno);
	if (!n)
		return -EPIPE;
	*m = (struct message){ .kind = w.kind, .query = w.query, .id = w.id };
	if (text_fd >= 0) {
		text = read_text(text_fd, w.len);
		close(text_fd);
		m->body = body__new(w.status, w.type, text, w.len);
	}
	return 1;
}
