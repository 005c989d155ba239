/* SPDX-License-Identifier: GPL-2.0-only */
/* recognise.h - find the family of a whole VMA. */
#ifndef VMASCOPE_OWNER_RECOGNISE_H
#define VMASCOPE_OWNER_RECOGNISE_H

#include "owner/recogniser.h"

/**
 * struct recognised - what a VMA is used for
 * @family: OWNER_UNKNOWN: it was not recognised
 * @unread: of OWNER_UNKNOWN: part of the memory at which evidence may be was not present
 * @parts: families of its parts, a bit set; of OWNER_UNKNOWN, of those before the unknown one
 * @tid: of the only thread whose stack it is, else 0; @text: see owner__name()
 */
struct recognised {
	uint32_t family;
	uint32_t how;
	uint32_t parts;
	uint32_t likely;
	uint32_t unread;
	uint32_t tid;
	char text[PART_TEXT_LEN];
};

/**
 * recognise - find what @map, one of the VMAs of @e, is used for
 * @from: only from this address on: the VMA began there, and was merged with one below it
 */
void recognise(struct evidence *e, const struct proc_map *map, uint64_t from, struct recognised *r);

#endif /* VMASCOPE_OWNER_RECOGNISE_H */
