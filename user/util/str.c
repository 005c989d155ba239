// SPDX-License-Identifier: GPL-2.0-only
/*
 * str.c - the string helpers of str.h.
 */
#include "util/str.h"
#include "util/array.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t str_room(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

const char *str_keep(char **to, const char *s)
{
	char *copy = *to;

	if (!s)
		return NULL;
	*to = stpcpy(copy, s) + 1;
	return copy;
}

/* --- numbers for people ---------------------------------------------------------------------- */

char *str_digits(char buf[STR_DIGITS], uint64_t v, unsigned int base)
{
	char *first = buf + STR_DIGITS;

	do {
		*--first = "0123456789abcdef"[v % base];
	} while (v /= base);
	return first;
}

/** put_end - the string from @first to before @end; what does not fit is cut. */
static void put_end(char *buf, size_t len, const char *first, const char *end)
{
	size_t n = (size_t)(end - first);

	n = n < len ? n : len - 1;
	memcpy(buf, first, n);
	buf[n] = '\0';
}

const char *str_last_part(const char *path)
{
	const char *last = strrchr(path, '/');

	return *path == '/' && last[1] ? last + 1 : path;
}

const char *str_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void str_format_u64(char *buf, size_t len, uint64_t n)
{
	char digits[STR_DIGITS];

	put_end(buf, len, str_digits(digits, n, 10), digits + sizeof(digits));
}

/** struct scale - a unit: @size of it, and its @name */
struct scale {
	uint64_t size;
	const char *name;
};

static const struct scale time_scales[] = {
	{ 1, "ns" },
	{ 1000, "us" },
	{ 1000000, "ms" },
	{ 1000000000, "s" },
};

static const struct scale byte_scales[] = {
	{ 1, "B" },
	{ 1ULL << 10, "KiB" },
	{ 1ULL << 20, "MiB" },
	{ 1ULL << 30, "GiB" },
	{ 1ULL << 40, "TiB" },
};

/**
 * put_scaled - @n / @size with @decimals (0 to 2) digits behind the point, as printf() rounds it
 *
 * Return: false, and nothing is put: it lies in the middle of two, so printf() has to.
 */
static bool put_scaled(char *buf, size_t len, uint64_t n, uint64_t size, int decimals,
		       const char *unit)
{
	static const uint64_t tens[] = { 1, 10, 100 };
	const uint64_t ten = tens[decimals], whole = n / size, rest = n % size * ten;
	uint64_t part = rest / size, left = rest % size * 2;
	char text[STR_NUMBER_LEN], *p = text + sizeof(text);

	if (left == size)
		return false;
	part += whole * ten + (left > size);
	p -= strlen(unit);
	memcpy(p, unit, strlen(unit));
	for (int i = 0; i < decimals; i++, part /= 10)
		*--p = (char)('0' + part % 10);
	if (decimals)
		*--p = '.';
	do {
		*--p = (char)('0' + part % 10);
	} while (part /= 10);
	put_end(buf, len, p, text + sizeof(text));
	return true;
}

/*
 * The smallest unit in which three digits before the point are enough: below 999.5 of it, so that
 * rounding never prints "1000us". In the last unit more digits are printed, with separators.
 */
static void format_scaled(char *buf, size_t len, uint64_t n, const struct scale *s, size_t nr)
{
	size_t i = 0;
	double v;

	while (i + 1 < nr && (double)n / s[i].size >= (i ? 999.5 : 1000.0))
		i++;
	v = (double)n / s[i].size;
	if (i == 0) {
		put_scaled(buf, len, n, 1, 0, s[i].name);
	} else if (v < 999.5) {
		const int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

		if (!put_scaled(buf, len, n, s[i].size, decimals, s[i].name))
			snprintf(buf, len, "%.*f%s", decimals, v, s[i].name);
	} else {
		char count[STR_NUMBER_LEN];

		str_format_count(count, sizeof(count),
				 n / s[i].size + (n % s[i].size >= s[i].size / 2));
		snprintf(buf, len, "%s%s", count, s[i].name);
	}
}

void str_format_ns(char *buf, size_t len, uint64_t ns)
{
	format_scaled(buf, len, ns, time_scales, ARRAY_SIZE(time_scales));
}

void str_format_share(char *buf, size_t len, uint64_t part, uint64_t whole)
{
	const double percent = whole ? 100.0 * part / whole : 0;

	if (part && whole && percent < 0.1)
		snprintf(buf, len, "<0.1%%");
	else if (part < whole && percent > 99.9)
		snprintf(buf, len, ">99.9%%");
	else
		snprintf(buf, len, "%.1f%%", percent);
}

void str_format_bytes(char *buf, size_t len, uint64_t bytes)
{
	format_scaled(buf, len, bytes, byte_scales, ARRAY_SIZE(byte_scales));
}

struct str_number str_ns(uint64_t ns)
{
	struct str_number n;

	str_format_ns(n.text, sizeof(n.text), ns);
	return n;
}

struct str_number str_count(uint64_t n)
{
	struct str_number s;

	str_format_count(s.text, sizeof(s.text), n);
	return s;
}

struct str_number str_share(uint64_t part, uint64_t whole)
{
	struct str_number n;

	str_format_share(n.text, sizeof(n.text), part, whole);
	return n;
}

struct str_number str_bytes(uint64_t bytes)
{
	struct str_number n;

	str_format_bytes(n.text, sizeof(n.text), bytes);
	return n;
}

void str_format_count(char *buf, size_t len, uint64_t n)
{
	char text[STR_NUMBER_LEN];
	char *p = text + sizeof(text);
	int digits = 0;

	do {
		if (digits && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		digits++;
	} while (n /= 10);
	put_end(buf, len, p, text + sizeof(text));
}

static const struct scale duration_units[] = {
	{ 1, "ns" },	    { 1000, "us" },	  { 1000000, "ms" },	  { 1000000000, "s" },
	{ 1000000000, "" }, { 60000000000, "m" }, { 3600000000000, "h" },
};

static const struct scale *find_unit(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(duration_units); i++) {
		if (!strcmp(duration_units[i].name, name))
			return &duration_units[i];
	}
	return NULL;
}

int str_parse_duration(const char *s, uint64_t *ns)
{
	size_t digits = strspn(s, "0123456789.");
	const struct scale *unit = find_unit(s + digits);
	char number[STR_NUMBER_LEN], *end;
	long double v;

	/* strtold() also takes signs, blanks, exponents, "inf" and "nan". */
	if (!digits || !unit || strpbrk(s, "0123456789") == NULL)
		return -EINVAL;
	if (digits >= sizeof(number))
		return -ERANGE;
	memcpy(number, s, digits);
	number[digits] = '\0';
	v = strtold(number, &end);
	if (*end)
		return -EINVAL;
	v *= (long double)unit->size;
	if (v < 1 || v >= 0x1p63L)
		return -ERANGE;
	*ns = (uint64_t)(v + 0.5L);
	return 0;
}

int str_parse_u64(const char *s, uint64_t max, uint64_t *n)
{
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno == ERANGE || v > max)
		return -ERANGE;
	*n = v;
	return 0;
}

int str_parse_size(const char *s, uint64_t *bytes)
{
	static const char units[] = "KMG";
	const char *unit;
	unsigned long long n;
	unsigned int shift = 0;
	char *end;

	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno)
		return -ERANGE;
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		end++;
		if (!strcmp(end, "iB"))
			end += 2;
	}
	if (*end)
		return -EINVAL;
	if (!n || n > UINT64_MAX >> shift)
		return -ERANGE;
	*bytes = n << shift;
	return 0;
}

bool str_glob(const char *pattern, const char *s)
{
	char *literal = malloc(strlen(pattern) * 2 + 1), *to = literal;
	bool matches;

	if (!literal)
		return false;
	for (; *pattern; pattern++) {
		if (*pattern == '[')
			*to++ = '\\';
		else if (*pattern == '\\' && pattern[1])
			*to++ = *pattern++;
		*to++ = *pattern;
	}
	*to = '\0';
	matches = fnmatch(literal, s, 0) == 0;
	free(literal);
	return matches;
}

int str_split(const char *list, char ***items)
{
	size_t nr = 1, i = 0;
	char **out;

	for (const char *p = list; *p; p++)
		nr += *p == ',';
	out = calloc(nr + 1, sizeof(*out));
	if (!out)
		return -ENOMEM;
	for (; i < nr; i++, list += strcspn(list, ",") + 1) {
		size_t len = strcspn(list, ",");

		out[i] = len ? strndup(list, len) : NULL;
		if (!out[i]) {
			str_split_free(out);
			return len ? -ENOMEM : -EINVAL;
		}
	}
	*items = out;
	return (int)nr;
}

void str_split_free(char **items)
{
	for (size_t i = 0; items && items[i]; i++)
		free(items[i]);
	free(items);
}
