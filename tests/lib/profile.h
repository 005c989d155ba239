/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * profile.h - a profile in pprof's format, as gzip and protoc decode it.
 */
#ifndef VT_PROFILE_H
#define VT_PROFILE_H

#include <stddef.h>
#include <stdint.h>

/** Types of values that are kept. */
#define VT_PROFILE_TYPES 8

/** struct vt_sample - @stack: "inner;outer": names of its functions; @values: one of each type */
struct vt_sample {
	char *stack;
	int64_t values[VT_PROFILE_TYPES];
	size_t nr_values;
};

/**
 * struct vt_profile - the @nr samples, whose values have the @nr_types types
 * @duration_ns: its length
 */
struct vt_profile {
	char types[VT_PROFILE_TYPES][32];
	size_t nr_types;
	struct vt_sample *samples;
	size_t nr;
	int64_t duration_ns;
};

/** vt_profile_read - decode @file; every field must be one that profile.proto has */
void vt_profile_read(struct vt_profile *p, const char *file);
void vt_profile_free(struct vt_profile *p);

/**
 * vt_profile_sum - sum of the values of @type over the samples whose innermost function is
 * @function; NULL: all
 * @samples: if not NULL, set to their number
 */
int64_t vt_profile_sum(const struct vt_profile *p, const char *type, const char *function,
		       size_t *samples);

#endif /* VT_PROFILE_H */
