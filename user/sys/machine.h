/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h - what the machine is set to that a view has to know: CPUs that want no interrupts, and
 * how many VMAs a process may have.
 */
#ifndef VMASCOPE_SYS_MACHINE_H
#define VMASCOPE_SYS_MACHINE_H

#include <stdint.h>

/**
 * struct machine - strings are owned
 * @isolated, @nohz_full: CPUs, as the kernel writes the list; NULL: not known
 * @max_map_count: vm.max_map_count, 0: not known
 */
struct machine {
	char *isolated;
	char *nohz_full;
	uint64_t max_map_count;
};

/** machine__read - of this one. */
void machine__read(struct machine *m);
/** machine__free - also of one that is all zero. */
void machine__free(struct machine *m);

#endif /* VMASCOPE_SYS_MACHINE_H */
