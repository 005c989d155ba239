/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.h - the final output of commands, for a live or a recorded session.
 */
#ifndef VMASCOPE_CMD_PRINT_H
#define VMASCOPE_CMD_PRINT_H

#include "model/history/heat.h"
#include "model/history/longest_calls.h"
#include "session/session.h"

/**
 * stat_print - print the final output of `vmascope stat`
 * @heat: data of --heatmap, or NULL
 * Return: 0 or a negative errno.
 */
int stat_print(struct session *s, const struct heat *heat);

/**
 * stat_replay - print the output of `vmascope stat -i` for a recorded run
 * @feed: reads the recording; calls s->interval() whenever the counts are those of s->read_ns.
 *	Returns 0 or a negative errno
 * Return: 0 or a negative errno.
 */
int stat_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx);

/**
 * shootdown_print - print the final output of `vmascope shootdown`
 * @longest: the longest calls; NULL: unknown
 * Return: 0 or a negative errno.
 */
int shootdown_print(struct session *s, const struct longest_calls *longest);

/** advise_print - print the output of `vmascope advise`. Return: 0 or a negative errno. */
int advise_print(struct session *s);

/**
 * trace_replay - print the output of `vmascope trace` for a recorded run
 * @feed: passes all its events to s->event(). Returns 0 or a negative errno
 * Return: an exit status; s->error is set if a write failed.
 */
int trace_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx);

/** report_diff - run `vmascope report --diff A B`. Return: an exit status. */
int report_diff(const struct options *o);

#endif /* VMASCOPE_CMD_PRINT_H */
