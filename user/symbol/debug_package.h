/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug_package.h - the installed package that a file belongs to: where its debug symbols are
 * found.
 */
#ifndef VMASCOPE_SYMBOL_DEBUG_PACKAGE_H
#define VMASCOPE_SYMBOL_DEBUG_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "symbol/symbolizer.h"

/** Maximum size of a package's name, with its NUL. */
#define PACKAGE_NAME_LEN 128

/**
 * debug_package__find - name the Debian package that installed the file of a frame on this system
 * @lists: directory with the lists of installed files, NULL: dpkg's
 * @f: a frame in a file
 * @name: room for PACKAGE_NAME_LEN bytes
 *
 * A file of a container, or one that was replaced since, is not the one at its path here: it
 * belongs to no package.
 *
 * Return: false: there is none, or it is unknown.
 */
bool debug_package__find(const char *lists, const struct symbol_frame *f, char *name);

#endif /* VMASCOPE_SYMBOL_DEBUG_PACKAGE_H */
