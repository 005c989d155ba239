/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * assets.h - the files of the page, inside the program (made of build/web by user/serve/http/embed.sh).
 */
#ifndef VMASCOPE_SERVE_HTTP_ASSETS_H
#define VMASCOPE_SERVE_HTTP_ASSETS_H

#include <stddef.h>

/** struct asset - a file of the page; @path: in URLs: "/index.html" */
struct asset {
	const char *path;
	const char *type;
	const unsigned char *data;
	size_t len;
};

/** assets - ended by a NULL path */
extern const struct asset assets[];

/** asset__find - find by path; "/" is "/index.html". Return: NULL: none. */
const struct asset *asset__find(const char *path);

#endif /* VMASCOPE_SERVE_HTTP_ASSETS_H */
