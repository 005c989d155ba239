/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * build_id.h - the build ID of a file with code, by which symbols can be found on any machine.
 *
 * A traced process controls the file, so helper processes open and parse it (symbol/helper.h).
 */
#ifndef VMASCOPE_RECORD_SAVE_BUILD_ID_H
#define VMASCOPE_RECORD_SAVE_BUILD_ID_H

#include "model/model.h"
#include "symbol/module/module.h"

/** struct build_ids - the helper processes; all zero: there are none, and no build ID is read */
struct build_ids {
	struct modules files;
	bool running;
};

/**
 * build_ids__start - start the helpers, before BPF programs and threads (helper.h). Return: 0 or a
 * negative errno.
 */
int build_ids__start(struct build_ids *ids);

/** build_ids__stop - stop the helpers; an all-zero struct is allowed. */
void build_ids__stop(struct build_ids *ids);

/**
 * build_id__read - read the build ID of the file that @row's VMA maps
 * @ids: NULL: build IDs are not read
 *
 * After several time-outs, no more files are read.
 * Return: hexadecimal digits, to be freed; "" if there is none; NULL: out of memory.
 */
char *build_id__read(struct build_ids *ids, const struct fault_row *row);

#endif /* VMASCOPE_RECORD_SAVE_BUILD_ID_H */
