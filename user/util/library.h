/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * library.h - functions of optional libraries, which are loaded at run time if they are installed.
 *
 * A static build (make static) loads no libraries, as they may belong to another libc.
 */
#ifndef VMASCOPE_UTIL_LIBRARY_H
#define VMASCOPE_UTIL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/** LIBRARY_STATIC - vmascope was built by make static */
#ifdef VMASCOPE_STATIC
#define LIBRARY_STATIC true
#else
#define LIBRARY_STATIC false
#endif

/**
 * library__prepare - call it before anything else: a static build then finds users in /etc/passwd
 * alone, because other sources of users are libraries, too
 */
void library__prepare(void);

/**
 * library__function - load a library and find a function in it
 * @file: name of the library, with its version
 * @name: name of the function
 *
 * Return: the function; NULL without the library or the function, and always in a static build.
 */
void *library__function(const char *file, const char *name);

/**
 * library__demangler - the C++ runtime's __cxa_demangle(): loaded, or linked into a static build
 *
 * Return: NULL where it is not installed.
 */
char *(*library__demangler(void))(const char *name, char *buf, size_t *len, int *status);

#endif /* VMASCOPE_UTIL_LIBRARY_H */
