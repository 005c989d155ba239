/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - constants of the running kernel that BTF does not contain: by version and configuration.
 */
#ifndef VMASCOPE_SYS_KERNEL_H
#define VMASCOPE_SYS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/** KERNEL - a version to compare with kernel__version() */
#define KERNEL(major, minor) ((major) << 8 | (minor))

/**
 * kernel__version - version of the running kernel, as KERNEL(); the highest possible one if
 * unknown.
 */
unsigned int kernel__version(void);

/** kernel__is_rt - the running kernel was built with PREEMPT_RT. */
bool kernel__is_rt(void);

/**
 * kernel__is_confidential - the running kernel is locked down so far that BPF can't read its memory
 *
 * Determined from securityfs; false if that is not mounted.
 */
bool kernel__is_confidential(void);

/**
 * kernel__preempts - kernel code of the running kernel can be preempted anywhere
 *
 * Then a BPF trampoline's program can be preempted, too, and meanwhile the same program is not run
 * for other tasks on that CPU. x86 kernels since 7.0 are always preemptible; before, the mode is
 * read from debugfs if that is mounted, or else derived from the build.
 */
bool kernel__preempts(void);

/**
 * kernel__clock_is_stable - the scheduler's clock is the same on all CPUs (sched_clock_stable() in
 *	kernel/sched/clock.c)
 *
 * Otherwise it is derived from each CPU's timer ticks, and differs between CPUs by up to several of
 * them. Return: false if that is not known, too.
 */
bool kernel__clock_is_stable(void);

/**
 * kernel__fmode_backing - the f_mode bit FMODE_BACKING (include/linux/fs.h); 0: the kernel has none
 */
uint32_t kernel__fmode_backing(unsigned int version);

/**
 * kernel__swap_types - swap types of page-table entries that are not swap entries
 * @migration: bit set of the types for a page under migration
 * @hwpoison: the same for a poisoned page
 *
 * Types are numbered down from 31, in the order of include/linux/swap.h; CONFIG_DEVICE_PRIVATE,
 * CONFIG_MIGRATION and CONFIG_MEMORY_FAILURE determine which exist. If the configuration can't be
 * read, all are assumed to be enabled, as in distribution kernels.
 */
void kernel__swap_types(uint32_t *migration, uint32_t *hwpoison);

/**
 * struct kernel_swap_rest - the other types that are not swap, as bit sets
 * @marker: PTE markers; @error: a failed swap-in (6.0 to 6.2, later a marker)
 * @device: pages in device memory
 */
struct kernel_swap_rest {
	uint32_t marker;
	uint32_t error;
	uint32_t device;
};

/** kernel__swap_rest - @migration, @hwpoison: from kernel__swap_types(), for kernel @version */
struct kernel_swap_rest kernel__swap_rest(unsigned int version, uint32_t migration,
					  uint32_t hwpoison);

/** kernel__swap_types_of - kernel__swap_types() for a given kernel. */
void kernel__swap_types_of(unsigned int version, bool device_private, bool has_migration,
			   bool memory_failure, uint32_t *migration, uint32_t *hwpoison);

#endif /* VMASCOPE_SYS_KERNEL_H */
