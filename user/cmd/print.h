/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h - views of a session, be it live or of a recording: what commands print at the end.
 */
#ifndef VMASCOPE_CMD_PRINT_H
#define VMASCOPE_CMD_PRINT_H

#include "model/history/heat.h"
#include "model/history/longest_calls.h"
#include "session/session.h"

/**
 * stat_print - what `vmascope stat` prints at its end
 * @heat: of --heatmap, else NULL
 * Return: 0 or a negative errno.
 */
int stat_print(struct session *s, const struct heat *heat);

/**
 * stat_replay - what `vmascope stat -i` prints of a recorded run
 * @feed: reads it; whenever counts are those of s->read_ns, it calls s->interval(). Return: 0 or a
 *	negative errno
 * Return: 0 or a negative errno.
 */
int stat_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx);

/**
 * shootdown_print - what `vmascope shootdown` prints at its end
 * @longest: the longest calls, NULL: not known
 * Return: 0 or a negative errno.
 */
int shootdown_print(struct session *s, const struct longest_calls *longest);

/**
 * trace_replay - what `vmascope trace` prints of a recorded run
 * @feed: gives all its events to s->event(). Return: 0 or a negative errno
 * Return: an exit status; s->error is set where something could not be written.
 */
int trace_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx);

/** report_diff - `vmascope report --diff A B`. Return: an exit status. */
int report_diff(const struct options *o);

#endif /* VMASCOPE_CMD_PRINT_H */
