/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * build_id.h - the build ID of a file that holds code: symbols can be found by it on any machine.
 */
#ifndef VMASCOPE_RECORD_BUILD_ID_H
#define VMASCOPE_RECORD_BUILD_ID_H

#include <stdint.h>

/**
 * build_id__read - of the file at @path, if that is inode @ino
 * Return: as hexadecimal digits, to be freed; "" if it has none; NULL without memory.
 */
char *build_id__read(const char *path, uint64_t ino);

#endif /* VMASCOPE_RECORD_BUILD_ID_H */
