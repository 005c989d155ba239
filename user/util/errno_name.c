// SPDX-License-Identifier: GPL-2.0-only
/*
 * errno_name.c - the names of errno_name.h, from the C library.
 */
#include "util/errno_name.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* strerrorname_np() came with glibc 2.32; it knows 0, too, which is no error. */
static const char *library_name(int err)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
	return err > 0 ? strerrorname_np(err) : NULL;
#else
	(void)err;
	return NULL;
#endif
}

const char *errno_name(int err)
{
	static _Thread_local char number[24];
	const char *name = library_name(err);

	if (name)
		return name;
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}
