/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cpu_list.h - lists of CPUs as the kernel writes them: "0-3,8,12-15".
 */
#ifndef VMASCOPE_UTIL_CPU_LIST_H
#define VMASCOPE_UTIL_CPU_LIST_H

#include <stdbool.h>
#include <stdint.h>

/** cpu_list_valid - @list is such a list; an empty one is. */
bool cpu_list_valid(const char *list);

/** cpu_list_has - @cpu is in @list; false if the list is invalid or NULL. */
bool cpu_list_has(const char *list, uint32_t cpu);

#endif /* VMASCOPE_UTIL_CPU_LIST_H */
