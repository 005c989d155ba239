/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variants.h - every variant of every hook that this kernel offers, and how to force each.
 */
#ifndef VT_VARIANTS_H
#define VT_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_VARIANTS_MAX 64

/**
 * struct vt_variant - one variant of one hook
 * @hook, @name: as `doctor` calls them
 * @in_use: it is what vmascope chooses by itself
 * @args: what makes vmascope choose it: "--no-feature", NAME, ..., NULL
 * @rows, @off: private: doctor's rows that it stands for, and the features that are switched off
 */
struct vt_variant {
	char hook[32];
	char name[96];
	bool in_use;
	const char *args[17];
	uint64_t rows;
	uint64_t off;
};

/**
 * vt_variants - ask `doctor`, once with everything and once without each feature
 * @v: room for VT_VARIANTS_MAX
 *
 * Return: how many there are. A variant that works, and that no --no-feature can force, fails.
 */
size_t vt_variants(struct vt_variant *v);

/**
 * vt_variants_join - have @to force what @v forces, too, so that one run shows both
 *
 * Return: false, and nothing is changed, where that is not possible: they are of the same hook, or
 * what one switches off takes away the other.
 */
bool vt_variants_join(struct vt_variant *to, const struct vt_variant *v);

#endif /* VT_VARIANTS_H */
