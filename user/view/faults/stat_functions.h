/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stat_functions.h - functions with the faults in themselves, and including their callees.
 */
#ifndef VMASCOPE_VIEW_FAULTS_STAT_FUNCTIONS_H
#define VMASCOPE_VIEW_FAULTS_STAT_FUNCTIONS_H

#include "view/faults/stat.h"

/**
 * stat_functions__make - fill @d with the tables
 * @all: faults that correspond to 100 %
 * Return: the table for text, owned by @d.
 */
struct table *stat_functions__make(const struct stat_view *v, const struct vs_counts *all,
				   struct document *d);

#endif /* VMASCOPE_VIEW_FAULTS_STAT_FUNCTIONS_H */
