// SPDX-License-Identifier: GPL-2.0-only
/* access.c - files of secrets, and the checks that use them. */
#include "serve/http/access.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/http/listen.h"
#include "serve/http/query.h"
#include "util/log.h"

/** Characters of a token that we make. */
#define MADE_TOKEN 32
/** Files of secrets and certificates are not larger. */
#define MAX_FILE 65536

/**
 * open_file - a regular file; @secret: that other users may not read
 * Return: a fd, or -errno after an error message.
 */
static int open_file(const char *path, bool secret)
{
	/* a FIFO would block */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err = 0;
	struct stat st = {};

	if (fd < 0 || fstat(fd, &st)) {
		err = -errno;
		vs_error("cannot read %s: %s", path, strerror(-err));
	} else if (!S_ISREG(st.st_mode)) {
		err = -EINVAL;
		vs_error("cannot read %s: not a regular file", path);
	} else if (st.st_size > MAX_FILE) {
		err = -EFBIG;
		vs_error("cannot read %s: larger than 64 KiB", path);
	} else if (secret && st.st_mode & S_IRWXO) {
		err = -EPERM;
		vs_fail(VS_EXIT_FAILURE, "chmod o= FILE",
			"%s is readable or writable by other users", path);
	}
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

/** read_file - all of it, as text. Return: 0 or a negative errno after an error message. */
static int read_file(const char *path, bool secret, char **text)
{
	int fd = open_file(path, secret), err = -ENOMEM;
	char *buf;

	if (fd < 0)
		return fd;
	buf = calloc(1, MAX_FILE + 1);
	if (buf)
		err = read(fd, buf, MAX_FILE) < 0 ? -errno : 0;
	close(fd);
	if (!err) {
		*text = buf;
		return 0;
	}
	vs_error("cannot read %s: %s", path, strerror(-err));
	free(buf);
	return err;
}

static int read_token(struct access *a, const char *path)
{
	int err = read_file(path, true, &a->token);
	size_t len;

	if (err)
		return err;
	a->token[strcspn(a->token, "\r\n")] = '\0';
	len = strlen(a->token);
	if (len >= ACCESS_TOKEN_MIN && len <= ACCESS_TOKEN_MAX)
		return 0;
	vs_fail(VS_EXIT_FAILURE, "the first line must have 16 to 512 characters",
		"%s does not contain a token", path);
	return -EINVAL;
}

int access__make_token(struct access *a)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[MADE_TOKEN / 2];

	a->token = calloc(1, MADE_TOKEN + 1);
	if (!a->token)
		return -ENOMEM;
	if (getentropy(random, sizeof(random)))
		return -errno;
	for (size_t i = 0; i < sizeof(random); i++) {
		a->token[2 * i] = digits[random[i] >> 4];
		a->token[2 * i + 1] = digits[random[i] & 15];
	}
	explicit_bzero(random, sizeof(random));
	return 0;
}

int access__read(struct access *a, const struct access_files *files)
{
	int err = 0;

	if (files->token)
		err = read_token(a, files->token);
	if (!err && files->certificate)
		err = read_file(files->certificate, false, &a->certificate);
	if (!err && files->key)
		err = read_file(files->key, true, &a->key);
	if (!err && files->client_ca)
		err = read_file(files->client_ca, false, &a->client_ca);
	return err;
}

void access__free(struct access *a)
{
	if (a->token)
		explicit_bzero(a->token, strlen(a->token));
	if (a->key)
		explicit_bzero(a->key, strlen(a->key));
	free(a->token);
	free(a->certificate);
	free(a->key);
	free(a->client_ca);
}

/** same - in a time that does not depend on where they differ. */
static bool same(const char *secret, const char *given)
{
	const size_t len = strlen(secret), given_len = strlen(given);
	volatile unsigned char differ = len != given_len;

	for (size_t i = 0; i < given_len; i++)
		differ |= (unsigned char)(secret[i % len] ^ given[i]);
	return !differ;
}

static bool has_token(const struct access *a, struct MHD_Connection *connection)
{
	static const char scheme[] = "Bearer ";
	const char *header = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_AUTHORIZATION);

	if (!header || strncasecmp(header, scheme, sizeof(scheme) - 1))
		return false;
	header += sizeof(scheme) - 1;
	return same(a->token, header + strspn(header, " "));
}

/** sends_token - a wrong one is an error, even where none is required. */
static bool sends_token(struct MHD_Connection *connection)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_AUTHORIZATION);
}

static bool has_certificate(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	unsigned int status;

	return info && info->tls_session &&
	       !gnutls_certificate_verify_peers2(info->tls_session, &status) && !status;
}

unsigned int access__check(const struct access *a, struct MHD_Connection *connection, bool open,
			   struct grant *grant)
{
	const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_HOST);

	*grant = (struct grant){ .details = a->exposed };
	if (a->loopback && !listen__host_is_loopback(host))
		return MHD_HTTP_MISDIRECTED_REQUEST;
	if (open)
		return 0;
	if (a->client_ca && !has_certificate(connection))
		return MHD_HTTP_FORBIDDEN;
	if (a->token ? has_token(a, connection) : a->required)
		*grant = (struct grant){ .details = DETAIL_ALL, .trusted = true };
	else if (a->required || sends_token(connection))
		return MHD_HTTP_UNAUTHORIZED;
	return 0;
}
