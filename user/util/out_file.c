// SPDX-License-Identifier: GPL-2.0-only
/* out_file.c - create a file, and replace one that belongs to the caller. */
#include "util/out_file.h"
#include "util/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE ".vmascope-XXXXXX"

/** names_descriptor - @path stands for a descriptor of this process: a link by design. */
static bool names_descriptor(const char *path)
{
	static const char *const places[] = { "/dev/fd/", "/proc/self/fd/" };

	if (!strcmp(path, "/dev/stdout") || !strcmp(path, "/dev/stderr"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const size_t len = strlen(places[i]);

		if (!strncmp(path, places[i], len) && path[len] &&
		    !path[len + strspn(path + len, "0123456789")])
			return true;
	}
	return false;
}

/** refuse - why @st is nothing to be written to; NULL: it may be. */
static const char *refuse(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "it is a symbolic link";
	if (S_ISDIR(st->st_mode))
		return strerror(EISDIR);
	if (S_ISCHR(st->st_mode))
		return NULL;
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return "not a regular file";
	if (st->st_uid != geteuid())
		return "it belongs to another user";
	if (S_ISREG(st->st_mode) && st->st_nlink > 1)
		return "it has other names (hard links)";
	return NULL;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

/** open_present - open an existing file that was checked; a regular file is truncated. */
static int open_present(const char *path, const struct stat *seen)
{
	const int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!same_file(seen, &st) || refuse(&st))
		err = -EAGAIN; /* replaced meanwhile */
	else if (S_ISREG(st.st_mode) && ftruncate(fd, 0))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static mode_t without_umask(mode_t mode)
{
	const mode_t mask = umask(0);

	umask(mask);
	return mode & ~mask;
}

/** make_beside - a new file in the directory of @path. Return: a descriptor, or a negative errno. */
static int make_beside(const char *path, mode_t mode, char **made)
{
	const char *slash = strrchr(path, '/');
	int fd, err;

	if (asprintf(made, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, TEMPLATE) < 0)
		return -ENOMEM;
	fd = mkostemp(*made, O_CLOEXEC);
	err = fd < 0 ? -errno : 0;
	if (!err && !fchmod(fd, without_umask(mode)))
		return fd;
	if (!err) {
		err = -errno;
		unlink(*made);
		close(fd);
	}
	free(*made);
	return err;
}

static int replace(const char *path, mode_t mode)
{
	char *made;
	int fd = make_beside(path, mode, &made), err;

	if (fd < 0)
		return fd;
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): freed where it is not made; errno is positive */
	if (!rename(made, path)) {
		free(made);
		return fd;
	}
	err = -errno;
	unlink(made);
	free(made);
	close(fd);
	return err;
}

int out_file__create(const char *path, mode_t mode, const char **why)
{
	struct stat st;
	bool there;
	int fd;

	*why = NULL;
	if (names_descriptor(path)) {
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		fd = fd < 0 ? -errno : fd;
	} else {
		there = !lstat(path, &st);
		*why = there ? refuse(&st) : NULL;
		if (*why)
			return -EPERM;
		if (there && !S_ISREG(st.st_mode))
			fd = open_present(path, &st);
		else
			fd = replace(path, mode);
		/* a directory may let nothing new in, or the file may be a mount point */
		if (fd < 0 && there && S_ISREG(st.st_mode) && fd != -ENOSPC)
			fd = open_present(path, &st);
	}
	if (fd < 0)
		*why = strerror(-fd);
	return fd;
}

/** has_magic - the file at @path is empty, or begins with @magic. Return: 1, 0 or a negative errno. */
static int has_magic(const char *path, const struct stat *seen, const char *magic, size_t len)
{
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char begin[64];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fstat(fd, &st) || !same_file(seen, &st) ? -1 : pread(fd, begin, len, 0);
	close(fd);
	return !n || (n == (ssize_t)len && !memcmp(begin, magic, len));
}

int out_file__removable(const char *path, const char *magic, size_t magic_len, const char **why)
{
	struct stat st;
	int has;

	*why = NULL;
	if (lstat(path, &st))
		return 0;
	*why = S_ISREG(st.st_mode) || S_ISLNK(st.st_mode) ? refuse(&st) : "not a regular file";
	if (*why)
		return -EPERM;
	has = has_magic(path, &st, magic, magic_len);
	if (has == 1)
		return 1;
	*why = has < 0 ? strerror(-has) : "not a recording";
	return has < 0 ? has : -EPERM;
}
