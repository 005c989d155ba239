/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * access.h - who may ask: a token, a client's certificate, a loopback name.
 */
#ifndef VMASCOPE_SERVE_HTTP_ACCESS_H
#define VMASCOPE_SERVE_HTTP_ACCESS_H

#include <microhttpd.h>
#include <stdbool.h>

/** Characters of a token. */
#define ACCESS_TOKEN_MIN 16
#define ACCESS_TOKEN_MAX 512

/**
 * struct access - access rules
 * @token: grants access to everything
 * @required: requests without a token or certificate are refused; otherwise they get @exposed
 * @exposed: DETAIL_* bits that everybody may see
 * @certificate, @key: of the server, PEM; NULL: no TLS
 * @client_ca: clients need a certificate signed by this CA, PEM; NULL: they do not
 * @loopback: the Host header must name the loopback address, so that a web page cannot send
 *	requests under a host name that resolves to it (DNS rebinding)
 */
struct access {
	char *token;
	bool required;
	unsigned int exposed;
	char *certificate;
	char *key;
	char *client_ca;
	bool loopback;
};

/** struct access_files - where they are read from; NULL: not given */
struct access_files {
	const char *token;
	const char *certificate;
	const char *key;
	const char *client_ca;
};

/**
 * access__read - read the files
 * Return: 0, or a negative errno after an error message.
 */
int access__read(struct access *a, const struct access_files *files);
void access__free(struct access *a);

/**
 * struct grant - what a client may see
 * @details: DETAIL_* bits
 * @trusted: it has shown a token or a certificate
 */
struct grant {
	unsigned int details;
	bool trusted;
};

/**
 * access__check - a request may be answered
 * @open: it needs no token (/healthz)
 * @grant: result, if 0 is returned
 * Return: 0, or the HTTP status of the refusal.
 */
unsigned int access__check(const struct access *a, struct MHD_Connection *connection, bool open,
			   struct grant *grant);

/**
 * access__make_token - if neither a token nor certificates are required: make a token for the user
 * who started vmascope, 32 hexadecimal digits
 * Return: 0 or a negative errno.
 */
int access__make_token(struct access *a);

#endif /* VMASCOPE_SERVE_HTTP_ACCESS_H */
