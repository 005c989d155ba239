/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libbpf_log.h - print libbpf's messages with -v.
 */
#ifndef VMASCOPE_CAPTURE_LIBBPF_LOG_H
#define VMASCOPE_CAPTURE_LIBBPF_LOG_H

#include <bpf/libbpf.h>
#include <stdarg.h>

/** libbpf_log - for libbpf_set_print(): print warnings and above with -v, all with -vvv. */
int libbpf_log(enum libbpf_print_level level, const char *fmt, va_list args);

#endif /* VMASCOPE_CAPTURE_LIBBPF_LOG_H */
