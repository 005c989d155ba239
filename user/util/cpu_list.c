// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu_list.c - the lists of cpu_list.h.
 */
#include "util/cpu_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/** number - parse a CPU number at *@s, which is advanced. Return: false: no number. */
static bool number(const char **s, uint32_t *n)
{
	unsigned long long v;
	char *end;

	if (!isdigit((unsigned char)**s))
		return false;
	errno = 0;
	v = strtoull(*s, &end, 10);
	*n = (uint32_t)v;
	*s = end;
	return !errno && v <= UINT32_MAX;
}

/**
 * next_range - the range at *@s, which moves to the next one or to the end
 * Return: 1; 0 at the end; -EINVAL.
 */
static int next_range(const char **s, uint32_t *first, uint32_t *last)
{
	if (!**s)
		return 0;
	if (!number(s, first))
		return -EINVAL;
	*last = *first;
	if (**s == '-') {
		++*s;
		if (!number(s, last) || *last < *first)
			return -EINVAL;
	}
	if (!**s)
		return 1;
	if (**s != ',' || !(*s)[1])
		return -EINVAL;
	++*s;
	return 1;
}

bool cpu_list_valid(const char *list)
{
	uint32_t first, last;
	int status;

	while ((status = next_range(&list, &first, &last)) > 0)
		;
	return !status;
}

bool cpu_list_has(const char *list, uint32_t cpu)
{
	uint32_t first, last;

	if (!list || !cpu_list_valid(list))
		return false;
	while (next_range(&list, &first, &last) > 0)
		if (first <= cpu && cpu <= last)
			return true;
	return false;
}
