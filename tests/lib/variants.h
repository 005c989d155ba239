/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variants.h - every variant of every hook that this kernel offers, and how to force each.
 */
#ifndef VT_VARIANTS_H
#define VT_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#define VT_VARIANTS_MAX 64

/**
 * struct vt_variant - one variant of one hook
 * @hook, @name: as `doctor` calls them
 * @in_use: it is what vmascope chooses by itself
 * @args: what makes vmascope choose it: "--no-feature", NAME, ..., NULL
 */
struct vt_variant {
	char hook[32];
	char name[96];
	bool in_use;
	const char *args[17];
};

/**
 * vt_variants - ask `doctor`, once with everything and once without each feature
 * @v: room for VT_VARIANTS_MAX
 *
 * Return: how many there are. A variant that works, and that no --no-feature can force, fails.
 */
size_t vt_variants(struct vt_variant *v);

#endif /* VT_VARIANTS_H */
