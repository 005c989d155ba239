// SPDX-License-Identifier: GPL-2.0-only
/* foreign_file.c - find and compare a file, then open the one that was compared. */
#include "symbol/helper/foreign_file.h"
#include "util/array.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000ULL
/* Of a file of FUSE, which is kept in memory. */
#define MAX_COPY (32u << 20)
/* include/uapi/linux/magic.h of newer kernels, fs/configfs/mount.c, fs/fuse/control.c,
 * net/sunrpc/rpc_pipe.c, fs/nfsd/nfsctl.c, ipc/mqueue.c */
#define CONFIGFS 0x62656570
#define FUSECTL 0x65735543
#define RPC_PIPEFS 0x67596969
#define NFSD 0x6e667364
#define MQUEUE 0x19800202
#define PIDFS 0x50494446

int foreign_file__find(const char *root, const char *path, enum foreign_links links)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC };
	const int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, err;

	if (dir < 0)
		return -errno;
	how.resolve = RESOLVE_NO_MAGICLINKS;
	if (links == FOREIGN_LINKS_NONE) {
		how.resolve |= RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
		while (*path == '/')
			path++;
	} else {
		how.resolve |= RESOLVE_IN_ROOT;
	}
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	err = -errno;
	close(dir);
	return fd < 0 ? err : fd;
}

/*
 * Regular files whose reading has an effect, blocks, or reveals what only root may see are in file
 * systems without blocks: nearly all of these report only their type to statfs() (simple_statfs()
 * in fs/libfs.c), also those that are not in the list.
 */
static bool ordinary(const struct statfs *fs)
{
	static const unsigned long special[] = {
		PROC_SUPER_MAGIC,
		SYSFS_MAGIC,
		TRACEFS_MAGIC,
		DEBUGFS_MAGIC,
		SECURITYFS_MAGIC,
		CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC,
		BPF_FS_MAGIC,
		PSTOREFS_MAGIC,
		EFIVARFS_MAGIC,
		NSFS_MAGIC,
		SELINUX_MAGIC,
		SMACK_MAGIC,
		BINFMTFS_MAGIC,
		DEVPTS_SUPER_MAGIC,
		ANON_INODE_FS_MAGIC,
		CONFIGFS,
		FUSECTL,
		RPC_PIPEFS,
		NFSD,
		MQUEUE,
		PIDFS,
	};
	const unsigned long type = (unsigned long)fs->f_type;

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (type == special[i])
			return false;
	return fs->f_blocks || type == TMPFS_MAGIC || type == RAMFS_MAGIC ||
	       type == FUSE_SUPER_MAGIC || type == HUGETLBFS_MAGIC;
}

static bool is_of(const struct stat *st, const struct file_users *users)
{
	return users && (st->st_uid == users->uid || st->st_uid == users->euid);
}

int foreign_file__check(int fd, const struct file_rule *rule, struct stat *st)
{
	struct statfs fs;

	if (fstat(fd, st) || fstatfs(fd, &fs))
		return -errno;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	if (!ordinary(&fs))
		return -EOPNOTSUPP;
	if (rule->owned_by && (!is_of(st, rule->owned_by) || st->st_mode & S_IWOTH))
		return -EPERM;
	/* Without fs.protected_hardlinks anybody may give a file of someone else another name. */
	if (rule->owned_by && st->st_nlink > 1)
		return -EMLINK;
	if (rule->readable && !(st->st_mode & S_IROTH) &&
	    !(is_of(st, rule->readable_by) && st->st_mode & S_IRUSR))
		return -EPERM;
	return rule->max_size && (uint64_t)st->st_size > rule->max_size ? -EFBIG : 0;
}

static int copy_file(int fd, uint64_t size)
{
	int copy = size > MAX_COPY ? -EFBIG
				   : memfd_create("vmascope-file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ssize_t n = 0;

	if (copy == -1)
		copy = -errno;
	for (uint64_t at = 0; copy >= 0 && at < size; at += (uint64_t)n) {
		n = sendfile(copy, fd, NULL, size - at);
		if (n <= 0)
			break;
	}
	close(fd);
	if (copy >= 0 &&
	    (n < 0 || fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))) {
		close(copy);
		copy = -EIO;
	}
	return copy;
}

static uint64_t ns_of(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NS_PER_SECOND + (uint64_t)t->tv_nsec;
}

int foreign_file__open(int path_fd, const struct file_rule *rule, struct file_id *id)
{
	struct statfs fs;
	char name[32];
	struct stat st;
	int fd, err;

	err = foreign_file__check(path_fd, rule, &st);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	fd = err ? -1 : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (!err && fd < 0)
		err = -errno;
	close(path_fd);
	if (err)
		return err;
	*id = (struct file_id){ .dev = st.st_dev,
				.inode = st.st_ino,
				.size = (uint64_t)st.st_size,
				.mtime_ns = ns_of(&st.st_mtim),
				.ctime_ns = ns_of(&st.st_ctim) };
	if (!fstatfs(fd, &fs) && fs.f_type == FUSE_SUPER_MAGIC)
		return copy_file(fd, id->size);
	return fd;
}
