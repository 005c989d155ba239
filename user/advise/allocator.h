/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * allocator.h - allocators, by the file that contains a call site, and their settings.
 */
#ifndef VMASCOPE_ADVISE_ALLOCATOR_H
#define VMASCOPE_ADVISE_ALLOCATOR_H

#include "model/shootdown.h"

/**
 * struct allocator - an allocator
 * @file: pattern for the name of its file
 * @name: as users know it
 * @keep: how to make it keep freed memory
 * @huge: how to make it use huge pages; NULL: no setting is known
 */
struct allocator {
	const char *file;
	const char *name;
	const char *keep;
	const char *huge;
};

/** allocator_at - the allocator that contains the row's call site; NULL: none that is known. */
const struct allocator *allocator_at(const struct call_row *row);

/** allocator_is_glibc - it is glibc's malloc. */
bool allocator_is_glibc(const struct allocator *a);

#endif /* VMASCOPE_ADVISE_ALLOCATOR_H */
