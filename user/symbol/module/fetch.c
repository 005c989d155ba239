// SPDX-License-Identifier: GPL-2.0-only
/*
 * fetch.c - the helper that asks debuginfod servers for debug files, by elfutils' own client.
 *
 * It is loaded, not linked: it brings a whole HTTP client, which few runs need.
 */
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/module/debug_file.h"
#include "util/library.h"

/* as in elfutils/debuginfod.h, which is in a separate package */
static debuginfod_client *(*begin)(void);
static int (*find)(debuginfod_client *client, const unsigned char *id, int len, char **path);

static int prepare(void)
{
	begin = (debuginfod_client * (*)(void))
		library__function(DEBUGINFOD_LIBRARY, "debuginfod_begin");
	find = (int (*)(debuginfod_client *, const unsigned char *, int, char **))library__function(
		DEBUGINFOD_LIBRARY, "debuginfod_find_debuginfo");
	return 0;
}

static void serve(struct helper_call *c)
{
	static debuginfod_client *client;
	const struct fetch_request *r = c->request;
	char *path = NULL;
	int fd = find ? -ENOSYS : -ELIBACC;

	if (!client && begin && find)
		client = begin();
	if (client && r->id.len <= BUILD_ID_MAX)
		fd = find(client, r->id.bytes, r->id.len, &path);
	free(path);
	*(int *)c->reply = fd < 0 ? fd : 0;
	c->reply_len = sizeof(int);
	c->reply_fd = fd < 0 ? -1 : fd;
}

const struct helper_kind fetcher_kind = { .name = "vmascope-fetch",
					  .prepare = prepare,
					  .serve = serve };
