// SPDX-License-Identifier: GPL-2.0-only
/* library.c - load libraries, or do without them in a static build. */
#include "util/library.h"

#ifdef VMASCOPE_STATIC
#include <nss.h>
#else
#include <dlfcn.h>
#endif

#ifdef VMASCOPE_STATIC
/* libsupc++.a */
char *__cxa_demangle(const char *name, char *buf, size_t *len, int *status);

void library__prepare(void)
{
	__nss_configure_lookup("passwd", "files");
}

void *library__function(const char *file, const char *name)
{
	(void)file;
	(void)name;
	return NULL;
}

char *(*library__demangler(void))(const char *, char *, size_t *, int *)
{
	return __cxa_demangle;
}
#else
void library__prepare(void)
{
}

void *library__function(const char *file, const char *name)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

	return library ? dlsym(library, name) : NULL;
}

char *(*library__demangler(void))(const char *, char *, size_t *, int *)
{
	return (char *(*)(const char *, char *, size_t *, int *))library__function(
		"libstdc++.so.6", "__cxa_demangle");
}
#endif
