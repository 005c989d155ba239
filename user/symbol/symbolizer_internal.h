/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbolizer_internal.h - what a symbolizer is made of, for the unwinder, which shares it.
 */
#ifndef VMASCOPE_SYMBOL_SYMBOLIZER_INTERNAL_H
#define VMASCOPE_SYMBOL_SYMBOLIZER_INTERNAL_H

#include "symbol/process/process.h"

/**
 * struct symbolizer - all that is known
 * @kernel: functions of the kernel; @kernel_read_ns: when they were read last, 0: not yet
 * @kernel_name: of the frame that was returned last; @kernel_module: of it
 */
struct symbolizer {
	struct modules modules;
	struct processes processes;
	struct symbol_table kernel;
	uint64_t kernel_read_ns;
	char kernel_name[TABLE_MAX_NAME + 8];
	char kernel_module[80];
};

#endif /* VMASCOPE_SYMBOL_SYMBOLIZER_INTERNAL_H */
