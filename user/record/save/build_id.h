/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * build_id.h - the build ID of a file that holds code: symbols can be found by it on any machine.
 *
 * The file is named by a traced process, so helpers open and parse it (symbol/helper.h).
 */
#ifndef VMASCOPE_RECORD_SAVE_BUILD_ID_H
#define VMASCOPE_RECORD_SAVE_BUILD_ID_H

#include "model/model.h"
#include "symbol/module/module.h"

/** struct build_ids - those who read them; all zero: nobody does, no file has one */
struct build_ids {
	struct modules files;
	bool running;
};

/** build_ids__start - before BPF programs and threads (helper.h). Return: 0 or a negative errno. */
int build_ids__start(struct build_ids *ids);

/** build_ids__stop - one that is all zero is fine. */
void build_ids__stop(struct build_ids *ids);

/**
 * build_id__read - of the file that @row's VMA maps
 * @ids: NULL: nobody reads them
 *
 * Where several files in turn take longer than they may, no other one is asked for.
 * Return: as hexadecimal digits, to be freed; "" if it has none; NULL without memory.
 */
char *build_id__read(struct build_ids *ids, const struct fault_row *row);

#endif /* VMASCOPE_RECORD_SAVE_BUILD_ID_H */
