/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_symbols.h - the kernel's functions, of /proc/kallsyms.
 */
#ifndef VMASCOPE_SYMBOL_KERNEL_SYMBOLS_H
#define VMASCOPE_SYMBOL_KERNEL_SYMBOLS_H

#include <stdio.h>

#include "symbol/table/table.h"

/**
 * kernel_symbols__parse - make a table; names of modules' functions are "name\tmodule"
 * @kallsyms: in the format of /proc/kallsyms
 * @modules: in that of /proc/modules: how long each one is; NULL: not known
 *
 * Addresses that the kernel hides (kernel.kptr_restrict) are 0 and left out.
 * Return: 0; -ENODATA: all are hidden; another negative errno.
 */
int kernel_symbols__parse(struct symbol_table *table, FILE *kallsyms, FILE *modules);

/** kernel_symbols__read - of the running kernel. Return: as above. */
int kernel_symbols__read(struct symbol_table *table);

#endif /* VMASCOPE_SYMBOL_KERNEL_SYMBOLS_H */
