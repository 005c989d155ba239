/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shootdown.h - what the view of shootdowns wants to know of a capture and of the machine.
 */
#ifndef VMASCOPE_CMD_SHOOTDOWN_H
#define VMASCOPE_CMD_SHOOTDOWN_H

#include "cmd/session.h"

/** Long enough for any list of CPUs that a person has written. */
#define MACHINE_LINE_SIZE 4096

/** struct shootdown_machine - room for lists of CPUs, which a view points to */
struct shootdown_machine {
	char isolated[MACHINE_LINE_SIZE];
	char nohz_full[MACHINE_LINE_SIZE];
};

/**
 * shootdown__know - what this machine's hooks tell, and which are missing although they were asked for
 * @in_use: NR_HOOKS entries, set
 */
void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v);

/** shootdown__know_machine - isolated CPUs, and the limit of VMAs; @room lives as long as @v. */
void shootdown__know_machine(struct shootdown_machine *room, struct shootdown_view *v);

#endif /* VMASCOPE_CMD_SHOOTDOWN_H */
