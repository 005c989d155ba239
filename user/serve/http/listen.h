/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * listen.h - the address of --listen, and the socket on it.
 */
#ifndef VMASCOPE_SERVE_HTTP_LISTEN_H
#define VMASCOPE_SERVE_HTTP_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#define LISTEN_DEFAULT "127.0.0.1:9469"

/** struct listen_address - parsed; @loopback: it cannot be reached from other machines */
struct listen_address {
	struct sockaddr_storage addr;
	socklen_t len;
	bool loopback;
};

/**
 * listen__parse - "127.0.0.1:9469", "[::1]:9469", "localhost:9469", ":9469" (every address)
 * Return: 0 or -EINVAL.
 */
int listen__parse(const char *text, struct listen_address *a);

/**
 * listen__open - open a socket; port 0 in @a is replaced by the one that the kernel assigned
 * Return: the listening socket, or a negative errno.
 */
int listen__open(struct listen_address *a);

/** listen__format - as HOST:PORT */
void listen__format(const struct listen_address *a, char *text, size_t size);

/**
 * listen__inherited - the socket passed by the service manager (sd_listen_fds(3))
 * @a: set to its address
 *
 * Return: its file descriptor, made non-blocking; -ENOENT: none; -EINVAL: several, or not a stream
 * socket that listens on an IP address.
 */
int listen__inherited(struct listen_address *a);

/** listen__host_is_loopback - the Host header names the loopback address; NULL: no header. */
bool listen__host_is_loopback(const char *host);

#endif /* VMASCOPE_SERVE_HTTP_LISTEN_H */
