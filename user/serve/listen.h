/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * listen.h - the address of --listen, and the socket on it.
 */
#ifndef VMASCOPE_SERVE_LISTEN_H
#define VMASCOPE_SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#define LISTEN_DEFAULT "127.0.0.1:9469"

/** struct listen_address - parsed; @loopback: nobody else's machine can reach it */
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

/** listen__open - Return: a socket that listens, or a negative errno. */
int listen__open(const struct listen_address *a);

/** listen__host_is_loopback - a Host header names this machine's loopback; NULL: there is none. */
bool listen__host_is_loopback(const char *host);

#endif /* VMASCOPE_SERVE_LISTEN_H */
