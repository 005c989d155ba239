/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - a text that grows.
 *
 * Appending returns nothing: without memory the text is marked, and takes nothing more; who is done
 * with it looks once. Numbers are written without printf(), which is slow where a million rows are
 * printed.
 */
#ifndef VMASCOPE_UTIL_TEXT_H
#define VMASCOPE_UTIL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct text - zeroed, it is empty
 * @at: @len bytes, and room for @cap; not ended by a 0
 * @failed: there was no memory
 */
struct text {
	char *at;
	size_t len;
	size_t cap;
	bool failed;
};

/** text__room - room for @len bytes more, to be counted in @len by the caller; NULL without memory. */
char *text__room(struct text *t, size_t len);
/** text__put - append @len bytes. */
void text__put(struct text *t, const char *s, size_t len);
/** text__puts - append a string. */
void text__puts(struct text *t, const char *s);
/** text__fill - append @c @n times. */
void text__fill(struct text *t, char c, size_t n);
/** text__u64 - append a decimal number; and below. */
void text__u64(struct text *t, uint64_t v);
void text__i64(struct text *t, int64_t v);
/** text__padded - append a decimal number, with @pad before it where it has fewer than @width digits. */
void text__padded(struct text *t, uint64_t v, size_t width, char pad);
/** text__hex - append hexadecimal digits, without a prefix. */
void text__hex(struct text *t, uint64_t v);
/** text__printf - as printf() prints it. */
void text__printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** text__free - free the text; @t is empty afterwards. */
void text__free(struct text *t);

/** text__putc - append one byte. */
static inline void text__putc(struct text *t, char c)
{
	if (t->len < t->cap)
		t->at[t->len++] = c;
	else
		text__put(t, &c, 1);
}

#endif /* VMASCOPE_UTIL_TEXT_H */
