// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup.c - find the cgroup hierarchies, and translate names and descriptors in the selected one.
 */
#include "sys/cgroup.h"

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

#include "util/array.h"
#include "util/log.h"

/* include/linux/exportfs.h */
#define FILEID_KERNFS 0xfe
/** Maximum number of mounted hierarchies: cgroup v2, one for each v1 controller, and named ones. */
#define MAX_MOUNTS 32

/** struct mounted - a hierarchy and its mount point */
struct mounted {
	struct cgroup_hierarchy hierarchy;
	char path[PATH_MAX];
};

static struct mounted mounts[MAX_MOUNTS];
static size_t nr_mounts;
static const struct mounted *chosen;

/** number_of - number of the named hierarchy "name=NAME" in /proc/self/cgroup; 0: there is none. */
static uint32_t number_of(const char *name)
{
	char line[PATH_MAX + 64];
	uint32_t number = 0;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && !number && fgets(line, sizeof(line), f)) {
		char *controllers = strchr(line, ':');
		char *end = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!end)
			continue;
		*end = '\0';
		if (!strcmp(controllers + 1, name))
			number = strtoul(line, NULL, 10);
	}
	if (f)
		fclose(f);
	return number;
}

/** is_controller - a mount option of cgroup v1 is a controller's name. */
static bool is_controller(const char *option)
{
	static const char *const controllers[] = {
		"memory",  "cpu",      "cpuacct",    "cpuset",	"blkio", "devices", "freezer",
		"net_cls", "net_prio", "perf_event", "hugetlb", "pids",	 "rdma",    "misc",
	};

	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		if (!strcmp(option, controllers[i]))
			return true;
	return false;
}

/** read_v1 - parse the options of a cgroup v1 mount. Return: false if they name no hierarchy. */
static bool read_v1(struct cgroup_hierarchy *h, const char *options)
{
	char buf[1024], *rest = buf, *option;

	snprintf(buf, sizeof(buf), "%s", options);
	h->v1 = true;
	while ((option = strsep(&rest, ","))) {
		if (is_controller(option))
			snprintf(h->controller, sizeof(h->controller), "%s", option);
		else if (!strncmp(option, "name=", 5))
			h->number = number_of(option);
	}
	/* if it has both, the task's pointer for the controller is the faster lookup */
	if (*h->controller)
		h->number = 0;
	return *h->controller || h->number;
}

static void read_mounts(void)
{
	static bool done;
	struct mntent *m;
	FILE *f;

	if (done)
		return;
	done = true;
	f = setmntent("/proc/self/mounts", "re");
	while (f && nr_mounts < MAX_MOUNTS && (m = getmntent(f))) {
		struct mounted *to = &mounts[nr_mounts];

		memset(to, 0, sizeof(*to));
		if (strcmp(m->mnt_type, "cgroup2") &&
		    (strcmp(m->mnt_type, "cgroup") || !read_v1(&to->hierarchy, m->mnt_opts)))
			continue;
		snprintf(to->path, sizeof(to->path), "%s", m->mnt_dir);
		nr_mounts++;
	}
	if (f)
		endmntent(f);
}

/** find - find the mount of cgroup v2, or of the v1 memory controller; NULL: none. */
static const struct mounted *find(bool v2)
{
	for (size_t i = 0; i < nr_mounts; i++)
		if (v2 ? !mounts[i].hierarchy.v1
		       : !strcmp(mounts[i].hierarchy.controller, "memory"))
			return &mounts[i];
	return NULL;
}

/** choose - select a hierarchy unless one is selected. Return: NULL: none is mounted. */
static const struct mounted *choose(void)
{
	read_mounts();
	if (!chosen)
		chosen = find(false);
	if (!chosen)
		chosen = find(true);
	return chosen;
}

const struct cgroup_hierarchy *cgroup__hierarchy(void)
{
	static const struct cgroup_hierarchy v2;

	return choose() ? &chosen->hierarchy : &v2;
}

/** below - the innermost mount that contains @path; NULL: none */
static const struct mounted *below(const char *path)
{
	const struct mounted *best = NULL;

	for (size_t i = 0; i < nr_mounts; i++) {
		size_t len = strlen(mounts[i].path);

		if (!strncmp(path, mounts[i].path, len) && (!path[len] || path[len] == '/') &&
		    (!best || len > strlen(best->path)))
			best = &mounts[i];
	}
	return best;
}

/** id_of - the id of a cgroup from a descriptor of its directory. Return: 0 or a negative errno. */
static int id_of(int fd, uint64_t *id)
{
	char buf[sizeof(struct file_handle) + MAX_HANDLE_SZ]
		__attribute__((aligned(__alignof__(struct file_handle))));
	struct file_handle *handle = (void *)buf;
	int mount;

	handle->handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(fd, "", handle, &mount, AT_EMPTY_PATH))
		return -errno;
	if (handle->handle_type != FILEID_KERNFS || handle->handle_bytes != sizeof(*id))
		return -EINVAL;
	memcpy(id, handle->f_handle, sizeof(*id));
	return 0;
}

/** open_in - open a cgroup below @m. Return: its descriptor or a negative errno. */
static int open_in(const struct mounted *m, const char *path, char *full, size_t size)
{
	struct statfs fs;
	int fd;

	if (*path == '/' && below(path) == m)
		snprintf(full, size, "%s", path);
	else
		snprintf(full, size, "%s/%s", m->path, path);
	fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstatfs(fd, &fs) &&
	    fs.f_type == (m->hierarchy.v1 ? CGROUP_SUPER_MAGIC : CGROUP2_SUPER_MAGIC))
		return fd;
	close(fd);
	return -EINVAL;
}

int cgroup__open(const char *path, uint64_t *id)
{
	const struct mounted *first = choose(), *second = find(true),
			     *at = *path == '/' ? below(path) : NULL;
	char full[2 * PATH_MAX];
	int err, fd;

	if (!first) {
		vs_fail(VS_EXIT_FAILURE, "mount -t cgroup2 none /sys/fs/cgroup",
			"cannot filter by cgroup: no cgroup hierarchy is mounted");
		return -ENOENT;
	}
	if (at)
		first = second = at;
	fd = open_in(first, path, full, sizeof(full));
	/* on a host with both versions: the hierarchy that controls memory, or systemd's */
	if (fd == -ENOENT && second && second != first) {
		first = second;
		fd = open_in(second, path, full, sizeof(full));
	}
	err = fd < 0 ? fd : id_of(fd, id);
	if (!err) {
		chosen = first;
		return fd;
	}
	if (fd >= 0)
		close(fd);
	vs_fail(VS_EXIT_FAILURE, "give a path below the mount of a cgroup hierarchy",
		"no such cgroup: %s: %s", full, strerror(-err));
	return err;
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
	const char *root = choose() ? chosen->path : "";
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
