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
 * Return: its name; "errno 4000" of one that has none, or where the C library does not know it; good
 * until the thread's next call.
 */
const char *errno_name(int err);

#endif /* VMASCOPE_UTIL_ERRNO_NAME_H */
