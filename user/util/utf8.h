/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * utf8.h - strings that came from outside: made valid, made safe for a terminal, measured, cut.
 *
 * Names of processes, files and VMAs are any bytes that some process chose.
 */
#ifndef VMASCOPE_UTIL_UTF8_H
#define VMASCOPE_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * utf8_decode - decode the first character of @s
 * @cp: set to its code point
 *
 * Overlong forms, surrogates and values above U+10FFFF are invalid (RFC 3629).
 * Return: its length in bytes, 1 to 4; 0 at the end of the string; -EILSEQ.
 */
int utf8_decode(const char *s, uint32_t *cp);

/** utf8_clean - a copy, each byte that is not UTF-8 replaced by U+FFFD; NULL without memory. */
char *utf8_clean(const char *s);

/** utf8_is_plain - @s is printable ASCII: as many columns as bytes, and nothing to be escaped. */
bool utf8_is_plain(const char *s);

/**
 * utf8_printable - a copy that cannot move a cursor, change a colour or reverse text
 * @utf8: the terminal takes UTF-8; false: ASCII alone is left as it is
 *
 * Newline, tab and carriage return become \n, \t, \r; other bytes become \xHH.
 * Return: the copy, to be freed; NULL without memory.
 */
char *utf8_printable(const char *s, bool utf8);

/** utf8_width - terminal columns of a printable string: 0, 1 or 2 for each character. */
size_t utf8_width(const char *s);

/** enum utf8_keep - the part to keep of a string that is shortened */
enum utf8_keep {
	UTF8_KEEP_START,
	UTF8_KEEP_ENDS,
	UTF8_KEEP_END,
};

/**
 * utf8_truncate - a copy of a printable string that is at most @width columns wide
 * @keep: which part of it; "…" ("..." without @utf8) stands for the rest
 *
 * Return: the copy, to be freed; NULL without memory.
 */
char *utf8_truncate(const char *s, size_t width, enum utf8_keep keep, bool utf8);

#endif /* VMASCOPE_UTIL_UTF8_H */
