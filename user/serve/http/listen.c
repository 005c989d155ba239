// SPDX-License-Identifier: GPL-2.0-only
/* listen.c - addresses are numbers: no name is looked up. */
#include "serve/http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/str.h"

/** Connections that wait to be accepted. */
#define BACKLOG 512

/** split - "HOST:PORT" or "[HOST]:PORT", in place. Return: 0 or -EINVAL. */
static int split(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');

	if (!colon || colon[1] == '\0')
		return -EINVAL;
	*colon = '\0';
	*port = colon + 1;
	*host = text;
	if (*text != '[')
		return strchr(text, ':') ? -EINVAL : 0;
	if (colon[-1] != ']')
		return -EINVAL;
	colon[-1] = '\0';
	++*host;
	return 0;
}

static void set_v4(struct listen_address *a, struct in_addr addr, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a->addr;

	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	v4->sin_addr = addr;
	a->len = sizeof(*v4);
	a->loopback = ntohl(addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static void set_v6(struct listen_address *a, struct in6_addr addr, uint16_t port)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a->addr;

	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	v6->sin6_addr = addr;
	a->len = sizeof(*v6);
	a->loopback = IN6_IS_ADDR_LOOPBACK(&addr);
}

int listen__parse(const char *text, struct listen_address *a)
{
	char copy[128], *host, *port;
	struct in6_addr v6;
	struct in_addr v4;
	uint64_t number;

	memset(a, 0, sizeof(*a));
	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	if (split(copy, &host, &port) || str_parse_u64(port, UINT16_MAX, &number))
		return -EINVAL;
	if (!strcasecmp(host, "localhost"))
		host = "127.0.0.1";
	if (!*host)
		set_v6(a, in6addr_any, number);
	else if (inet_pton(AF_INET, host, &v4) == 1)
		set_v4(a, v4, number);
	else if (inet_pton(AF_INET6, host, &v6) == 1)
		set_v6(a, v6, number);
	else
		return -EINVAL;
	return 0;
}

int listen__open(struct listen_address *a)
{
	const int one = 1, zero = 0;
	int fd = socket(a->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (a->addr.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (!bind(fd, (const struct sockaddr *)&a->addr, a->len) && !listen(fd, BACKLOG) &&
	    !getsockname(fd, (struct sockaddr *)&a->addr, &a->len))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/** The first file descriptor that is passed (SD_LISTEN_FDS_START). */
#define FIRST_PASSED_FD 3

static bool listens(int fd)
{
	int type = 0, on = 0;
	socklen_t len = sizeof(int);

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) && type == SOCK_STREAM &&
	       !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) && on;
}

int listen__inherited(struct listen_address *a)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	const int fd = FIRST_PASSED_FD;
	uint64_t for_pid, nr;

	if (!pid || !fds || str_parse_u64(pid, INT32_MAX, &for_pid) ||
	    for_pid != (uint64_t)getpid())
		return -ENOENT;
	memset(a, 0, sizeof(*a));
	a->len = sizeof(a->addr);
	if (str_parse_u64(fds, INT32_MAX, &nr) || nr != 1 || !listens(fd) ||
	    getsockname(fd, (struct sockaddr *)&a->addr, &a->len))
		return -EINVAL;
	if (a->addr.ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->addr;

		a->loopback = ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	} else if (a->addr.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->addr;

		a->loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	} else {
		return -EINVAL;
	}
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) || fcntl(fd, F_SETFL, O_NONBLOCK))
		return -EINVAL;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	return fd;
}

void listen__format(const struct listen_address *a, char *text, size_t size)
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (a->addr.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->addr;

		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		snprintf(text, size, "[%s]:%u", host, ntohs(v6->sin6_port));
	} else {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->addr;

		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		snprintf(text, size, "%s:%u", host, ntohs(v4->sin_port));
	}
}

bool listen__host_is_loopback(const char *host)
{
	char copy[128], *name = copy;
	struct in6_addr v6;
	struct in_addr v4;
	size_t len;

	if (!host || strlen(host) >= sizeof(copy))
		return false;
	strcpy(copy, host);
	if (*name == '[') {
		name++;
		len = strcspn(name, "]");
	} else {
		len = strcspn(name, ":");
	}
	name[len] = '\0';
	if (!strcasecmp(name, "localhost"))
		return true;
	if (inet_pton(AF_INET, name, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, name, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}
