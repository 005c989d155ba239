/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * smaps.h - what /proc/PID/smaps says of one VMA, and its VmFlags decoded.
 */
#ifndef VMASCOPE_EXPLAIN_SMAPS_H
#define VMASCOPE_EXPLAIN_SMAPS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "explain/flag.h"
#include "sys/proc_maps.h"

/** enum smaps_field - sizes that are kept */
enum smaps_field {
	SMAPS_RSS,
	SMAPS_PSS,
	SMAPS_SWAP,
	SMAPS_KERNEL_PAGE_SIZE,
	SMAPS_MMU_PAGE_SIZE,
	SMAPS_ANON_HUGE,
	SMAPS_SHMEM_PMD,
	SMAPS_FILE_PMD,
	SMAPS_LOCKED,
	SMAPS_LAZY_FREE,
	NR_SMAPS_FIELDS,
};

/** VmFlags of one VMA at most. */
#define MAX_VM_FLAGS 64

/**
 * struct smaps - one VMA
 * @known: bit set of the fields that the kernel printed; @bytes: their values
 * @map: its head line; @map.name is owned
 * @vm_flags: as they stand there, "rd wr mr"; "" if there are none
 */
struct smaps {
	struct proc_map map;
	unsigned int known;
	uint64_t bytes[NR_SMAPS_FIELDS];
	char vm_flags[MAX_VM_FLAGS * 3 + 1];
};

/**
 * smaps__parse - find the VMA that holds @address, reading no further than needed
 * Return: 0; -ENOENT if none does; -EINVAL, -ENOMEM, -EIO.
 */
int smaps__parse(FILE *f, uint64_t address, struct smaps *s);

/** smaps__read - the same of /proc/@pid/smaps; also -ENOENT, -EACCES from opening it. */
int smaps__read(pid_t pid, uint64_t address, struct smaps *s);
void smaps__free(struct smaps *s);

/** smaps__has - @flag ("gd") is among the VmFlags. */
bool smaps__has(const struct smaps *s, const char *flag);

/**
 * smaps__flag - @name ("rd") and what it means; a word for those that are not known here, too
 * Return: never NULL; of an unknown flag only the word is set.
 */
const struct flag *smaps__flag(const char *name);

#endif /* VMASCOPE_EXPLAIN_SMAPS_H */
