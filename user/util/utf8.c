// SPDX-License-Identifier: GPL-2.0-only
/*
 * utf8.c - the UTF-8 helpers of utf8.h; they depend on no locale.
 */
#include "util/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define MAX_ESCAPE 16		   /* four bytes as \xHH each */

/** struct span - code points from @first to @last */
struct span {
	uint32_t first;
	uint32_t last;
};

/* Never printed as they are: they control the terminal, or reorder what is beside them. */
static const struct span unprintable[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },   { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xe0000, 0xe007f },
};

/* The common ones of Unicode's East Asian Width W and F. */
static const struct span wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },	  { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },	  { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

/* Drawn over the character before them. */
static const struct span combining[] = {
	{ 0x0300, 0x036f }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

#define IN(spans, cp) in_spans(spans, sizeof(spans) / sizeof(*(spans)), cp)

static bool in_spans(const struct span *s, size_t nr, uint32_t cp)
{
	for (size_t i = 0; i < nr; i++) {
		if (cp >= s[i].first && cp <= s[i].last)
			return true;
	}
	return false;
}

int utf8_decode(const char *s, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	int len = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf8 ? 4 : 0;

	if (!*p)
		return 0;
	if (!len)
		return -EILSEQ;
	*cp = len == 1 ? *p : *p & (0x7f >> len);
	for (int i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -EILSEQ;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	if (*cp < least[len] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return -EILSEQ;
	return len;
}

char *utf8_clean(const char *s)
{
	char *out = malloc(strlen(s) * strlen(REPLACEMENT) + 1), *to = out;
	uint32_t cp;

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
	char *out = malloc(strlen(s) * (MAX_ESCAPE / 4) + 1), *to = out;
	uint32_t cp;

	if (!out)
		return NULL;
	while (*s) {
		int len = utf8_decode(s, &cp);

		if (len > 0 && (utf8 || cp < 0x80) && !IN(unprintable, cp))
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
	int len = utf8_decode(s, &cp);

	if (len <= 0) {
		*columns = 1;
		return 1;
	}
	*columns = IN(combining, cp) ? 0 : IN(wide, cp) ? 2 : 1;
	return (size_t)len;
}

size_t utf8_width(const char *s)
{
	size_t width = 0, columns;

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
	char *out;

	if (total <= width)
		return strdup(s);
	if (width <= dots_width) /* no room for both */
		return strndup(s, head_bytes(s, width));
	width -= dots_width;
	tail = keep == UTF8_KEEP_END ? width : keep == UTF8_KEEP_ENDS ? width / 2 : 0;
	head = head_bytes(s, width - tail);
	if (asprintf(&out, "%.*s%s%s", (int)head, s, dots, s + tail_start(s, total, tail)) < 0)
		return NULL;
	return out;
}
