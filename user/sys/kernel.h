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

/** kernel__version - of the running kernel, as KERNEL(); the newest possible where not known. */
unsigned int kernel__version(void);

/** kernel__is_rt - the running kernel was built with PREEMPT_RT. */
bool kernel__is_rt(void);

/**
 * kernel__is_confidential - the running kernel is locked down so far that BPF can't read its memory
 *
 * Told by securityfs; false where that is not mounted.
 */
bool kernel__is_confidential(void);

/**
 * kernel__preempts - kernel code of the running kernel can be preempted anywhere
 *
 * Then a BPF trampoline's program can be, too, and while it is, the same program is not run for
 * other tasks on that CPU. Since 7.0 x86 kernels always are; before, the mode is in debugfs
 * where that is mounted, else by the build.
 */
bool kernel__preempts(void);

/** kernel__fmode_backing - the f_mode bit FMODE_BACKING (include/linux/fs.h), 0 if there is none */
uint32_t kernel__fmode_backing(unsigned int version);

/**
 * kernel__swap_types - swap types of page-table entries that are not swap
 * @migration: bit set of the types that mean a page under migration
 * @hwpoison: same, a poisoned page
 *
 * The types are numbered from the top of 32 down, in the order of include/linux/swap.h; which
 * exist depends on CONFIG_DEVICE_PRIVATE, CONFIG_MIGRATION and CONFIG_MEMORY_FAILURE. Where the
 * configuration can't be read, all are taken to be on, as in distributions' kernels.
 */
void kernel__swap_types(uint32_t *migration, uint32_t *hwpoison);

/**
 * struct kernel_swap_rest - the other types that are no swap, as bit sets
 * @marker: PTE markers; @error: a swap-in that failed (6.0 to 6.2, later a marker)
 * @device: pages in the memory of a device
 */
struct kernel_swap_rest {
	uint32_t marker;
	uint32_t error;
	uint32_t device;
};

/** kernel__swap_rest - @migration, @hwpoison: from kernel__swap_types(), of kernel @version */
struct kernel_swap_rest kernel__swap_rest(unsigned int version, uint32_t migration,
					  uint32_t hwpoison);

/** kernel__swap_types_of - kernel__swap_types() of a given kernel. */
void kernel__swap_types_of(unsigned int version, bool device_private, bool has_migration,
			   bool memory_failure, uint32_t *migration, uint32_t *hwpoison);

#endif /* VMASCOPE_SYS_KERNEL_H */
