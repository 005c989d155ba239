/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * features.h - the features of the running kernel, each probed once by trying it.
 */
#ifndef VMASCOPE_CAPTURE_FEATURES_H
#define VMASCOPE_CAPTURE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/** enum feature_id - features that variants of hooks may need */
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
	FEATURE_RUN_TIMES,
	FEATURE_CONTENTION,
	FEATURE_RECLAIM,
	FEATURE_MEMCG_RECLAIM,
	FEATURE_COMPACTION,
	NR_FEATURES,
};

/**
 * struct feature - a probed feature
 * @name: argument of --no-feature
 * @what: description, one line
 * @since: kernel version that introduced it
 * @available: it was tried, and works
 * @disabled: disabled by --no-feature
 * @reason: why it is not available: errno text or what is missing
 * @probe: try it. Return: 0, or a negative errno; it may fill in @reason
 */
struct feature {
	const char *name;
	const char *what;
	const char *since;
	int (*probe)(struct feature *f);
	bool available;
	bool disabled;
	char reason[160];
};

/**
 * features__probe - try every feature, once; later calls return the same table
 * Return: NR_FEATURES entries, by enum feature_id.
 */
const struct feature *features__probe(void);

/** feature_on - the feature is available and not disabled. */
bool feature_on(enum feature_id id);

/**
 * features__disable - implement --no-feature @name
 * Return: 0, or -ENOENT if there is no feature of that name.
 */
int features__disable(const char *name);

/**
 * features__names - write all names, separated by ", ", into @buf of @size bytes.
 */
void features__names(char *buf, size_t size);

/** features__permitted - check that this process may trace. Return: 0, or -EPERM after an error message. */
int features__permitted(void);

/**
 * features__check - check that this process may trace, and its limits on open files and memory: if
 *	they are too low, every feature would appear to be missing
 *
 * Return: 0, or a negative errno after an error message.
 */
int features__check(void);

struct btf;
struct bpf_insn;

/**
 * struct probe_calls - functions used for probing: those of the running kernel, or mocks of a unit
 *	test
 *
 * They return a descriptor, which is closed, or 0 if not stated otherwise; or a negative errno.
 * @load_btf: the kernel's type information; NULL if there is none, and errno is set
 * @load: load a program of @nr instructions; @type, @attach and @btf_type as in bpf(2)
 * @link: attach @program
 * @raw_tracepoint: attach @program to tracepoint @name
 * @open_event: open a software event on page faults; @set_program: let it run @program; Return: 0
 * @has_map: Return: whether maps of @type (enum bpf_map_type) are supported
 * @preempts, @is_rt, @is_confidential, @clock_is_stable: as in sys/kernel.h
 * @may_trace: as capabilities__check()
 */
struct probe_calls {
	struct btf *(*load_btf)(void);
	int (*load)(int type, int attach, int btf_type, const struct bpf_insn *insns, size_t nr);
	int (*link)(int program, int attach);
	int (*raw_tracepoint)(const char *name, int program);
	int (*open_event)(void);
	int (*set_program)(int event, int program);
	bool (*has_map)(int type);
	bool (*preempts)(void);
	bool (*is_rt)(void);
	bool (*is_confidential)(void);
	bool (*clock_is_stable)(void);
	int (*may_trace)(void);
};

/** features__ask - probe by @calls, NULL: the running kernel; earlier results are dropped. */
void features__ask(const struct probe_calls *calls);

/** features__has_member - the kernel's struct @type has @member; false without BTF */
bool features__has_member(const char *type, const char *member);

/** features__btf - the kernel's BTF, loaded once, or NULL (errno is set). */
struct btf *features__btf(void);

#endif /* VMASCOPE_CAPTURE_FEATURES_H */
