// SPDX-License-Identifier: GPL-2.0-only
/* array.c - see array.h */
#include "util/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Elements that an array has room for at first. */
#define FIRST_CAP 64

int array__resize(void *list, size_t nr, size_t size)
{
	/* @list is the address of a pointer of any type, which is copied, not accessed as another */
	void *old, *grown;

	memcpy(&old, list, sizeof(old));
	grown = reallocarray(old, nr, size);
	if (!grown)
		return -ENOMEM;
	memcpy(list, &grown, sizeof(grown));
	return 0;
}

int array__more(void *list, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return 0;
	return array__resize(list, nr ? 2 * nr : 1, size);
}

int array__reserve(void *list, size_t *cap, size_t need, size_t size)
{
	size_t bigger = *cap ? *cap : FIRST_CAP;
	int err;

	if (need <= *cap)
		return 0;
	if (need > SIZE_MAX / 2 / size)
		return -ENOMEM;
	while (bigger < need)
		bigger *= 2;
	err = array__resize(list, bigger, size);
	if (!err)
		*cap = bigger;
	return err;
}
