/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process_place.h - whose a process is and which root it has, so that its perf map is found after
 * it has ended, too: many JITs write it as they end.
 */
#ifndef VMASCOPE_SYMBOL_OPENER_PROCESS_PLACE_H
#define VMASCOPE_SYMBOL_OPENER_PROCESS_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "symbol/helper/foreign_file.h"

/**
 * struct process_place - of one process
 * @users: its users
 * @pid: its number as it knows it itself, in the innermost PID namespace; 0: nothing is known
 * @ppid: its parent, which may share its root
 * @root_dev, @root_inode, @root_mount: its root directory, and the mount that this is in
 */
struct process_place {
	struct file_users users;
	uint32_t pid;
	uint32_t ppid;
	uint64_t root_dev;
	uint64_t root_inode;
	uint64_t root_mount;
};

/** The length of the path of a process's root. */
#define PROCESS_ROOT_LEN 32

/** process_root - the path of the root of process @pid, through /proc. */
void process_root(uint32_t pid, char root[PROCESS_ROOT_LEN]);

/** process_place__read - of the live process @pid. Return: 0 or a negative errno. */
int process_place__read(struct process_place *place, uint32_t pid);

/** process_place__is_root - the directory @root is the root that the process had. */
bool process_place__is_root(const struct process_place *place, const char *root);

#endif /* VMASCOPE_SYMBOL_OPENER_PROCESS_PLACE_H */
