// SPDX-License-Identifier: GPL-2.0-only
/*
 * utf8.c - the UTF-8 helpers of utf8.h, by libunistring; they depend on no locale.
 */
#include "util/utf8.h"
#include "util/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>
#include <uniwidth.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define MAX_ESCAPE 16		   /* four bytes as \xHH each */

/** struct utf8_span - code points from @first to @last */
struct utf8_span {
	uint32_t first;
	uint32_t last;
};

/* Never printed: they control the terminal, or reorder adjacent text. */
static const struct utf8_span unprintable[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },   { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xe0000, 0xe007f },
};

/** is_plain - printable ASCII, which is checked first as nearly all names consist of it. */
static bool is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

/** is_all_plain - then @s has as many bytes as columns, @len. */
static bool is_all_plain(const char *s, size_t *len)
{
	const char *p = s;

	while (is_plain(*p))
		p++;
	*len = (size_t)(p - s);
	return !*p;
}

bool utf8_is_plain(const char *s)
{
	size_t len;

	return is_all_plain(s, &len);
}

static bool is_unprintable(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(unprintable); i++) {
		if (cp >= unprintable[i].first && cp <= unprintable[i].last)
			return true;
	}
	return false;
}

int utf8_decode(const char *s, uint32_t *cp)
{
	int len = u8_strmbtouc(cp, (const uint8_t *)s);

	return len < 0 ? -EILSEQ : len;
}

char *utf8_clean(const char *s)
{
	size_t plain;
	char *out, *to;
	uint32_t cp;

	if (is_all_plain(s, &plain))
		return strdup(s);
	out = to = malloc(strlen(s) * strlen(REPLACEMENT) + 1);
	if (!out)
		return NULL;
	while (*s) {
		int len = utf8_decode(s, &cp);

		if (len > 0)
			to = mempcpy(to, s, (size_t)len);
		else
			to = mempcpy(to, REPLACEMENT, strlen(REPLACEMENT));
		s += len > 0 ? len : 1;
	}
	*to = '\0';
	return out;
}

static char *escape(char *to, const char *s, int len)
{
	static const char named[] = "\nn\tt\rr";
	const char *name = strchr(named, *s);

	if (name && (name - named) % 2 == 0)
		return to + sprintf(to, "\\%c", name[1]);
	while (len--)
		to += sprintf(to, "\\x%02x", (unsigned char)*s++);
	return to;
}

char *utf8_printable(const char *s, bool utf8)
{
	size_t plain;
	char *out, *to;
	uint32_t cp;

	if (is_all_plain(s, &plain))
		return strdup(s);
	out = to = malloc(strlen(s) * (MAX_ESCAPE / 4) + 1);
	if (!out)
		return NULL;
	while (*s) {
		int len;

		if (is_plain(*s)) {
			*to++ = *s++;
			continue;
		}
		len = utf8_decode(s, &cp);
		if (len > 0 && (utf8 || cp < 0x80) && !is_unprintable(cp))
			to = mempcpy(to, s, (size_t)len);
		else
			to = escape(to, s, len > 0 ? len : 1);
		s += len > 0 ? len : 1;
	}
	*to = '\0';
	return out;
}

/* Bytes and columns of the character at @s; a byte that is not UTF-8 is one column. */
static size_t step(const char *s, size_t *columns)
{
	uint32_t cp;
	int len, width;

	*columns = 1;
	if (is_plain(*s))
		return 1;
	len = utf8_decode(s, &cp);
	if (len <= 0)
		return 1;
	width = uc_width(cp, "UTF-8");
	*columns = width < 0 ? 1 : (size_t)width;
	return (size_t)len;
}

size_t utf8_width(const char *s)
{
	size_t width, columns;

	if (is_all_plain(s, &width))
		return width;
	s += width;
	while (*s) {
		s += step(s, &columns);
		width += columns;
	}
	return width;
}

/* The longest beginning of @s that fits @width columns. */
static size_t head_bytes(const char *s, size_t width)
{
	size_t bytes = 0, columns;

	while (s[bytes]) {
		size_t len = step(s + bytes, &columns);

		if (columns > width)
			break;
		width -= columns;
		bytes += len;
	}
	return bytes;
}

/* Where the longest end of @s begins that fits @width columns; @s is @total columns wide. */
static size_t tail_start(const char *s, size_t total, size_t width)
{
	size_t bytes = 0, columns;

	while (s[bytes] && total > width) {
		bytes += step(s + bytes, &columns);
		total -= columns;
	}
	return bytes;
}

char *utf8_truncate(const char *s, size_t width, enum utf8_keep keep, bool utf8)
{
	const char *dots = utf8 ? "\xe2\x80\xa6" : "...";
	size_t total = utf8_width(s), dots_width = utf8 ? 1 : 3, head, tail;
	const char *end;
	char *out;

	if (total <= width)
		return strdup(s);
	if (width <= dots_width) /* no room for both */
		return strndup(s, head_bytes(s, width));
	width -= dots_width;
	tail = keep == UTF8_KEEP_END ? width : keep == UTF8_KEEP_ENDS ? width / 2 : 0;
	head = head_bytes(s, width - tail);
	end = s + tail_start(s, total, tail);
	out = malloc(head + strlen(dots) + strlen(end) + 1);
	if (out)
		strcpy(stpcpy(mempcpy(out, s, head), dots), end);
	return out;
}
