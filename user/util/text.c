// SPDX-License-Identifier: GPL-2.0-only
/* text.c - the growing text of text.h. */
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/str.h"

/** Bytes at first: a row of a stream. */
#define FIRST_BYTES 1000

static bool grow(struct text *t, size_t len)
{
	const size_t need = t->len + (len < FIRST_BYTES ? FIRST_BYTES : len);

	if (t->failed || len > SIZE_MAX / 4 || t->len > SIZE_MAX / 4 ||
	    array__reserve(&t->at, &t->cap, need, 1))
		t->failed = true;
	return !t->failed;
}

char *text__room(struct text *t, size_t len)
{
	if (t->cap - t->len < len && !grow(t, len))
		return NULL;
	return t->at + t->len;
}

void text__put(struct text *t, const char *s, size_t len)
{
	char *to = len ? text__room(t, len) : NULL;

	if (!to)
		return;
	memcpy(to, s, len);
	t->len += len;
}

void text__puts(struct text *t, const char *s)
{
	text__put(t, s, strlen(s));
}

void text__fill(struct text *t, char c, size_t n)
{
	char *to = n ? text__room(t, n) : NULL;

	if (!to)
		return;
	memset(to, c, n);
	t->len += n;
}

void text__padded(struct text *t, uint64_t v, size_t width, char pad)
{
	char digits[STR_DIGITS];
	const char *first = str_digits(digits, v, 10);
	const size_t len = (size_t)(digits + sizeof(digits) - first);

	if (len < width)
		text__fill(t, pad, width - len);
	text__put(t, first, len);
}

void text__u64(struct text *t, uint64_t v)
{
	text__padded(t, v, 0, ' ');
}

void text__i64(struct text *t, int64_t v)
{
	if (v < 0)
		text__putc(t, '-');
	text__u64(t, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void text__hex(struct text *t, uint64_t v)
{
	char digits[STR_DIGITS];
	const char *first = str_digits(digits, v, 16);

	text__put(t, first, (size_t)(digits + sizeof(digits) - first));
}

void text__printf(struct text *t, const char *fmt, ...)
{
	va_list args;
	char *s;
	int len;

	va_start(args, fmt);
	len = vasprintf(&s, fmt, args);
	va_end(args);
	if (len < 0) {
		t->failed = true;
		return;
	}
	text__put(t, s, (size_t)len);
	free(s);
}

void text__free(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}
