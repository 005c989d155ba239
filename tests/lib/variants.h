/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variants.h - find every variant of every hook on this kernel, and how to force each.
 */
#ifndef VT_VARIANTS_H
#define VT_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_VARIANTS_MAX 64

/**
 * struct vt_variant - one variant of one hook
 * @hook, @name: as in the output of `doctor`
 * @in_use: vmascope chooses it by default
 * @args: arguments that make vmascope choose it: "--no-feature", NAME, ..., NULL
 * @rows, @off: private: the rows of doctor that it stands for, and the features that are disabled
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
 * vt_variants - run `doctor`, once with all features and once without each feature
 * @v: room for VT_VARIANTS_MAX
 *
 * Return: number of variants. Fails if an available variant cannot be forced by --no-feature.
 */
size_t vt_variants(struct vt_variant *v);

/**
 * vt_variants_join - make @to also force what @v forces, so that one run tests both
 *
 * Return: false, and nothing is changed, if that is not possible: both are variants of the same
 * hook, or one disables what the other requires.
 */
bool vt_variants_join(struct vt_variant *to, const struct vt_variant *v);

#endif /* VT_VARIANTS_H */
