/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_summary.h - the first lines of `vmascope stat`: what page faults cost, where, and why.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H
#define VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H

#include <stdio.h>

#include "view/faults/stat.h"

/**
 * stat_summary__print - the time that page faults took, and the mapping and command with most of it
 * @total: the faults that are shown
 * @f: gets a line of text, or nothing where there were no faults
 *
 * Where no time is known, the shares are of the faults. Return: 0 or -ENOMEM.
 */
int stat_summary__print(const struct stat_view *v, const struct model *m,
			const struct vs_counts *total, FILE *f);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_SUMMARY_H */
