// SPDX-License-Identifier: GPL-2.0-only
/* assets.c - find a file of the page. */
#include "serve/http/assets.h"

#include <string.h>

const struct asset *asset__find(const char *path)
{
	if (!strcmp(path, "/"))
		path = "/index.html";
	for (const struct asset *a = assets; a->path; a++)
		if (!strcmp(a->path, path))
			return a;
	return NULL;
}
