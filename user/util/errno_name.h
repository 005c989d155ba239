/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * errno_name.h - errors by the names that manuals use.
 */
#ifndef VMASCOPE_UTIL_ERRNO_NAME_H
#define VMASCOPE_UTIL_ERRNO_NAME_H

/**
 * errno_name - the name of an error: "ENOMEM"
 * @err: positive
 *
 * Return: its name, or "errno 4000" if the C library does not know one; valid until the next call
 * in this thread.
 */
const char *errno_name(int err);

#endif /* VMASCOPE_UTIL_ERRNO_NAME_H */
