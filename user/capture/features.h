/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * features.h - what this kernel offers, each feature probed once by trying it.
 */
#ifndef VMASCOPE_CAPTURE_FEATURES_H
#define VMASCOPE_CAPTURE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/** enum feature_id - what a hook's variant may need */
enum feature_id {
	FEATURE_BTF,
	FEATURE_TP_BTF_FAULT,
	FEATURE_RAW_TP_FAULT,
	FEATURE_SW_EVENTS,
	FEATURE_FEXIT_FAULT,
	FEATURE_TASK_STORAGE,
	FEATURE_RINGBUF,
	FEATURE_READ_KERNEL,
	FEATURE_TASK_ITER,
	FEATURE_MAPLE_TREE,
	FEATURE_MM_LOCK_SEQ,
	FEATURE_PLAIN_LOADS,
	FEATURE_FIND_VMA,
	FEATURE_PAGE_TABLES,
	FEATURE_FENTRY_CALLS,
	FEATURE_SYSCALL_TP,
	FEATURE_TLB_FLUSH,
	FEATURE_CSD,
	FEATURE_FENTRY_FLUSH,
	NR_FEATURES,
};

/**
 * struct feature - a probed feature
 * @name: as --no-feature takes it
 * @what: one line for people
 * @since: kernel version that brought it
 * @available: it was tried, and works
 * @disabled: --no-feature switched it off
 * @reason: why it is not available: errno text or what is missing
 */
struct feature {
	const char *name;
	const char *what;
	const char *since;
	bool available;
	bool disabled;
	char reason[160];
};

/**
 * features__probe - try every feature, once; later calls return the same table
 * Return: NR_FEATURES entries, by enum feature_id.
 */
const struct feature *features__probe(void);

/** feature_on - available and not switched off. */
bool feature_on(enum feature_id id);

/**
 * features__disable - --no-feature @name
 * Return: 0, or -ENOENT if there is no feature of that name.
 */
int features__disable(const char *name);

/**
 * features__names - all names, separated by ", ", into @buf of @size bytes.
 */
void features__names(char *buf, size_t size);

/**
 * features__check_limits - too few files may be open, or there is too little memory: each feature would be
 * one that the kernel does not have
 *
 * Return: 0 or a negative errno, told.
 */
int features__check_limits(void);

struct btf;

/** features__btf - the running kernel's BTF, loaded once, or NULL (errno is set). */
struct btf *features__btf(void);

#endif /* VMASCOPE_CAPTURE_FEATURES_H */
