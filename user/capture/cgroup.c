// SPDX-License-Identifier: GPL-2.0-only
/* cgroup.c - find the cgroup v2 hierarchy, and names and descriptors in it. */
#include "capture/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "util/log.h"

/* include/linux/exportfs.h */
#define FILEID_KERNFS 0xfe

/** mount_point - where cgroup v2 is mounted, "" if it is not; found once. */
static const char *mount_point(void)
{
	static char path[PATH_MAX];
	static int looked;
	struct mntent *m;
	FILE *f;

	if (looked++)
		return path;
	f = setmntent("/proc/self/mounts", "re");
	while (f && (m = getmntent(f))) {
		if (strcmp(m->mnt_type, "cgroup2"))
			continue;
		snprintf(path, sizeof(path), "%s", m->mnt_dir);
		break;
	}
	if (f)
		endmntent(f);
	return path;
}

int cgroup__open(const char *path)
{
	char full[PATH_MAX];
	struct statfs fs;
	int fd;

	if (!*mount_point()) {
		vs_fail(VS_EXIT_FAILURE, "mount -t cgroup2 none /sys/fs/cgroup",
			"cannot filter by cgroup: no cgroup v2 hierarchy is mounted");
		return -ENOENT;
	}
	if (*path == '/' && !strncmp(path, mount_point(), strlen(mount_point())))
		snprintf(full, sizeof(full), "%s", path);
	else
		snprintf(full, sizeof(full), "%s/%s", mount_point(), path);
	fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && (fstatfs(fd, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)) {
		close(fd);
		fd = -1;
		errno = EINVAL;
	}
	if (fd < 0) {
		int err = -errno;

		vs_fail(VS_EXIT_FAILURE, "give a path below the cgroup v2 mount",
			"no such cgroup: %s: %s", full, strerror(-err));
		return err;
	}
	return fd;
}

/** handle_path - the path of the kernfs node @id below the open directory @mount. */
static int handle_path(int mount, uint64_t id, char *path, size_t size)
{
	char buf[sizeof(struct file_handle) + sizeof(id)]
		__attribute__((aligned(__alignof__(struct file_handle))));
	struct file_handle *handle = (void *)buf;
	char link[64];
	ssize_t n;
	int fd;

	handle->handle_bytes = sizeof(id);
	handle->handle_type = FILEID_KERNFS;
	memcpy(handle->f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount, handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	close(fd);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return 0;
}

char *cgroup__name(uint64_t id)
{
	const char *root = mount_point();
	char path[PATH_MAX];
	char *name = NULL;
	int fd;

	fd = *root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0 && !handle_path(fd, id, path, sizeof(path)) &&
	    !strncmp(path, root, strlen(root)))
		name = strdup(path[strlen(root)] ? path + strlen(root) : "/");
	if (fd >= 0)
		close(fd);
	if (!name && asprintf(&name, "cgroup:%llu", (unsigned long long)id) < 0)
		return NULL;
	return name;
}
