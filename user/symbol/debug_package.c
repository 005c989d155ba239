// SPDX-License-Identifier: GPL-2.0-only
/* debug_package.c - look a file up in the lists of files that dpkg keeps, one for each package. */
#include "symbol/debug_package.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DPKG_LISTS "/var/lib/dpkg/info"
/** Lists are read up to this size in total; a desktop's have about 30 MiB. */
#define MAX_BYTES (128u << 20)
/** Longer paths are not found. */
#define MAX_LINE 4096

/** has_line - one of the @len bytes of whole lines at @text is @line. */
static bool has_line(const char *text, size_t len, const char *line)
{
	const size_t line_len = strlen(line);
	const char *end;

	for (; len; len -= end + 1 - text, text = end + 1) {
		end = memchr(text, '\n', len);
		if (!end)
			return false;
		if ((size_t)(end - text) == line_len && !memcmp(text, line, line_len))
			return true;
	}
	return false;
}

/** list_has - the list @fd has a line @path, or @alias; *@bytes is reduced by what is read. */
static bool list_has(int fd, const char *path, const char *alias, size_t *bytes)
{
	char buf[8 * MAX_LINE];
	size_t used = 0, whole;
	const char *newline;
	ssize_t n;

	while (*bytes && (n = read(fd, buf + used, sizeof(buf) - used)) > 0) {
		*bytes -= (size_t)n < *bytes ? (size_t)n : *bytes;
		used += (size_t)n;
		newline = memrchr(buf, '\n', used);
		whole = newline ? (size_t)(newline + 1 - buf) : 0;
		if (has_line(buf, whole, path) || has_line(buf, whole, alias))
			return true;
		if (!whole && used == sizeof(buf))
			return false;
		memmove(buf, buf + whole, used - whole);
		used -= whole;
	}
	return false;
}

/** name_of - copy the package's name from "NAME.list" or "NAME:ARCHITECTURE.list" */
static bool name_of(const char *file, char *name)
{
	const char *dot = strrchr(file, '.');
	size_t len = strcspn(file, ":");

	if (!dot || strcmp(dot, ".list"))
		return false;
	if (len > (size_t)(dot - file))
		len = (size_t)(dot - file);
	if (!len || len >= PACKAGE_NAME_LEN)
		return false;
	memcpy(name, file, len);
	name[len] = '\0';
	return true;
}

static bool find_in(DIR *dir, const char *path, char *name)
{
	/* lists may have paths as they were before /lib was a link to /usr/lib */
	const char *alias = strncmp(path, "/usr/", 5) ? path : path + 4;
	size_t bytes = MAX_BYTES;
	struct dirent *entry;
	bool found;
	int fd;

	while (bytes && (entry = readdir(dir))) {
		if (!name_of(entry->d_name, name))
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		found = list_has(fd, path, alias, &bytes);
		close(fd);
		if (found)
			return true;
	}
	return false;
}

bool debug_package__find(const char *lists, const struct symbol_frame *f, char *name)
{
	struct stat st;
	bool found;
	DIR *dir;

	if (!f->module || f->module[0] != '/' || strlen(f->module) >= MAX_LINE || !f->inode)
		return false;
	dir = opendir(lists ? lists : DPKG_LISTS);
	if (!dir)
		return false;
	found = find_in(dir, f->module, name);
	closedir(dir);
	/* only now: a path that no package has may be on a server that does not answer */
	return found && !stat(f->module, &st) && st.st_dev == f->dev && st.st_ino == f->inode;
}
