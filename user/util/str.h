/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * str.h - strings: numbers for people, durations from people, lists and globs.
 */
#ifndef VMASCOPE_UTIL_STR_H
#define VMASCOPE_UTIL_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A buffer of this size holds what any str_format_*() writes. */
#define STR_NUMBER_LEN 32

/** A buffer of this size holds the digits of any 64-bit number. */
#define STR_DIGITS 20

/**
 * str_digits - the digits of @v in @base (10 or 16), at the end of @buf; no 0 follows them
 * Return: the first of them.
 */
char *str_digits(char buf[STR_DIGITS], uint64_t v, unsigned int base);

/** str_room - bytes that str_keep() needs for @s: none for NULL. */
size_t str_room(const char *s);

/**
 * str_keep - a copy of @s at *@to, which moves on behind it
 * Return: the copy; NULL of NULL.
 */
const char *str_keep(char **to, const char *s);

/** str_last_part - of an absolute path the last component; anything else as it is. */
const char *str_last_part(const char *path);

/** str_plural - the ending of a word that is said of @n: "s", or "" of one. */
const char *str_plural(uint64_t n);

/** str_format_u64 - as printf() prints it, but quicker; what does not fit is cut. */
void str_format_u64(char *buf, size_t len, uint64_t n);

/** str_format_ns - nanoseconds with 3 significant digits: 812ns, 1.62us, 31.0ms, 2.50s, 4,000s. */
void str_format_ns(char *buf, size_t len, uint64_t ns);

/** str_format_count - with thousands separators: 1,234,567. */
void str_format_count(char *buf, size_t len, uint64_t n);

/** str_format_share - a share of a whole, in percent: 35.2%; <0.1%, >99.9% where it is not 0 or all. */
void str_format_share(char *buf, size_t len, uint64_t part, uint64_t whole);

/** str_format_bytes - with 3 significant digits and binary units: 512B, 4.00KiB, 1.50GiB. */
void str_format_bytes(char *buf, size_t len, uint64_t bytes);

/** struct str_number - a number as text, returned by value: good until the end of the expression */
struct str_number {
	char text[STR_NUMBER_LEN];
};

/** str_ns and others - as the str_format_*() of their names: printf("%s", str_ns(812).text). */
struct str_number str_ns(uint64_t ns);
struct str_number str_count(uint64_t n);
struct str_number str_share(uint64_t part, uint64_t whole);
struct str_number str_bytes(uint64_t bytes);

/**
 * str_parse_duration - "5" and "5s" are seconds; also ns, us, ms, m, h; "1.5" is fine
 * @ns: the result, nanoseconds
 *
 * Return: 0, -EINVAL if it is not a duration, -ERANGE if it is 0 or above 2^63 ns.
 */
int str_parse_duration(const char *s, uint64_t *ns);

/**
 * str_parse_u64 - a whole decimal number, nothing before or after it
 * Return: 0, -EINVAL, or -ERANGE if it is above @max.
 */
int str_parse_u64(const char *s, uint64_t max, uint64_t *n);

/**
 * str_parse_size - "4096" is bytes; K, M and G (also KiB, MiB, GiB) are powers of 1,024
 * @bytes: the result
 *
 * Return: 0, -EINVAL, or -ERANGE if it is 0 or too large.
 */
int str_parse_size(const char *s, uint64_t *bytes);

/**
 * str_glob - whether @s matches @pattern as a whole, by * and ? (both match '/', too)
 *
 * Brackets stand for themselves, because [heap] is a name and not a set of four letters;
 * a backslash makes the next character stand for itself.
 */
bool str_glob(const char *pattern, const char *s);

/**
 * str_split - the items of a comma-separated list
 * @items: the result, ended by NULL; free it by str_split_free()
 *
 * Return: the number of items, -EINVAL if one is empty, -ENOMEM.
 */
int str_split(const char *list, char ***items);
/** str_split_free - NULL is fine. */
void str_split_free(char **items);

#endif /* VMASCOPE_UTIL_STR_H */
