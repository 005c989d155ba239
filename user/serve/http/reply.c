// SPDX-License-Identifier: GPL-2.0-only
/* reply.c - what every answer has: headers, and errors as JSON. */
#include <stdio.h>

#include "serve/http/server.h"
#include "util/array.h"

/** The page's own files, and nothing else: no inline scripts or styles, no other host, no frames. */
#define CSP                                                                                        \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "        \
	"require-trusted-types-for 'script'"

static const struct http_header {
	const char *name;
	const char *value;
} common_headers[] = {
	{ "Content-Security-Policy", CSP },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cache-Control", "no-store" },
};

enum MHD_Result reply(struct MHD_Connection *connection, unsigned int status, const char *type,
		      struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < ARRAY_SIZE(common_headers); i++)
		MHD_add_response_header(response, common_headers[i].name, common_headers[i].value);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result reply_error(struct MHD_Connection *connection, unsigned int status,
			    const char *message)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "{\"error\":{\"message\":\"%s\"}}\n", message);

	return reply(connection, status, body__media_type(BODY_JSON),
		     MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_COPY));
}
