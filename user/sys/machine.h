/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - settings of the machine that a view needs: isolated CPUs, and the maximum number of
 * VMAs of a process.
 */
#ifndef VMASCOPE_SYS_MACHINE_H
#define VMASCOPE_SYS_MACHINE_H

#include <stdint.h>

/**
 * struct machine - settings; it owns the strings
 * @isolated, @nohz_full: CPU lists in the kernel's format; NULL: unknown
 * @max_map_count: vm.max_map_count, 0: unknown
 */
struct machine {
	char *isolated;
	char *nohz_full;
	uint64_t max_map_count;
};

/** machine__read - read the settings of this machine. */
void machine__read(struct machine *m);
/** machine__free - free the strings; an all-zero struct is allowed. */
void machine__free(struct machine *m);

#endif /* VMASCOPE_SYS_MACHINE_H */
