/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * look.h - what the helper that looks at the memory of processes is asked.
 *
 * The memory of a traced process is hostile input, and reading it may block (evidence.h): requests
 * have a time limit.
 */
#ifndef VMASCOPE_OWNER_LOOK_H
#define VMASCOPE_OWNER_LOOK_H

#include "owner/recognise.h"
#include "symbol/helper/helper.h"

/** VMAs of a request at most. */
#define LOOK_VMAS 32

/** struct look_vma - a VMA that began at @start; @perms: as in /proc/PID/maps */
struct look_vma {
	uint64_t start;
	char perms[8];
};

/**
 * struct look_request - a request
 * @pid: of the process; @start_ns: its start, boot time
 * @again: mappings and threads that were read for the last request are recent enough
 */
struct look_request {
	uint32_t pid;
	uint32_t again;
	uint64_t start_ns;
	uint32_t nr;
	uint32_t pad;
	struct look_vma vma[LOOK_VMAS];
};

/**
 * struct look_reply - an answer
 * @err: 0, or a negative errno: -ESRCH: the process has ended; -EACCES: it must not be read
 * @vma: by number in the request; its @found: it, or one that it was merged with, still exists
 */
struct look_reply {
	int32_t err;
	uint32_t nr;
	struct {
		uint32_t found;
		struct recognised is;
	} vma[LOOK_VMAS];
};

_Static_assert(sizeof(struct look_request) <= HELPER_MAX_LEN, "look_request");
_Static_assert(sizeof(struct look_reply) <= HELPER_MAX_LEN, "look_reply");

/** looker_kind - the helper */
extern const struct helper_kind looker_kind;

#endif /* VMASCOPE_OWNER_LOOK_H */
