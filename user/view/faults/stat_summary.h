/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_summary.h - the first lines of `vmascope stat`: time spent in page faults, location and
 * cause.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H
#define VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H

#include <stdio.h>

#include "view/faults/stat.h"

/**
 * stat_summary__print - print the time spent in page faults, and the mapping and command with most
 * of it
 * @total: the faults that are shown
 * @f: receives a line of text, or nothing if there were no faults
 *
 * If no time is known, the shares are of the number of faults. Return: 0 or -ENOMEM.
 */
int stat_summary__print(const struct stat_view *v, const struct model *m,
			const struct vs_counts *total, FILE *f);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H */
