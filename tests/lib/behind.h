/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * behind.h - a command that is stopped while its target makes all of its faults: however fast the
 * machine is, it has read no event of them when it goes on.
 */
#ifndef VT_BEHIND_H
#define VT_BEHIND_H

#include "gated.h"
#include "run.h"

/** struct vt_behind - @target: stays when it is done; @cmd: the command that traces it */
struct vt_behind {
	struct vt_gated target;
	struct vt_cmd cmd;
};

/** vt_behind_attach - start the command @args with -p PID of the target, and stop it */
void vt_behind_attach(struct vt_behind *b, const char *faults, const char *const *args);
/** vt_behind_fault - let the target make its @faults */
void vt_behind_fault(struct vt_behind *b);
/** vt_behind_start - both of them */
void vt_behind_start(struct vt_behind *b, const char *faults, const char *const *args);
void vt_behind_free(struct vt_behind *b);

#endif /* VT_BEHIND_H */
