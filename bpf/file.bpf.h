/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.bpf.h - the identity and the path of a mapped file.
 *
 * The path is recorded when a file is first seen, by walking its dentries: the process may have
 * exited before user space could read /proc/PID/maps. bpf_d_path() may not be called at these
 * hooks.
 */
#ifndef VMASCOPE_FILE_BPF_H
#define VMASCOPE_FILE_BPF_H

#include "compat.bpf.h"
#include "emit.bpf.h"

/** Maximum number of components and mount points that are walked. */
#define PATH_MAX_DEPTH 32
/** NAME_MAX of include/uapi/linux/limits.h, plus the NUL. */
#define PATH_NAME_LEN 256

/* include/uapi/linux/stat.h */
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFBLK 0060000

/** file_location - set @at to the path that /proc/PID/maps shows: for a backing file, the user path. */
static __always_inline void file_location(struct file *file, struct location *at)
{
	if (bpf_core_type_exists(struct backing_file) &&
	    BPF_CORE_READ(file, f_mode) & cfg.fmode_backing) {
		struct backing_file *backing = (void *)file;

		BPF_CORE_READ_INTO(&at->mnt, backing, user_path.mnt);
		BPF_CORE_READ_INTO(&at->dentry, backing, user_path.dentry);
		return;
	}
	BPF_CORE_READ_INTO(&at->mnt, file, f_path.mnt);
	BPF_CORE_READ_INTO(&at->dentry, file, f_path.dentry);
}

/** file_key - fill the identity of @file. */
static __always_inline void file_key(struct file *file, struct vs_file_key *key)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry;

	if (bpf_core_type_exists(struct backing_file) &&
	    BPF_CORE_READ(file, f_mode) & cfg.fmode_backing) {
		struct location at;

		file_location(file, &at);
		dentry = at.dentry;
		inode = BPF_CORE_READ(dentry, d_inode);
	} else {
		dentry = BPF_CORE_READ(file, f_path.dentry);
	}
	key->ino = BPF_CORE_READ(inode, i_ino);
	key->generation = BPF_CORE_READ(inode, i_generation);
	key->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	/* d_unlinked(): unhashed, and not the root of a detached tree */
	key->deleted = !BPF_CORE_READ(dentry, d_hash.pprev) &&
		       BPF_CORE_READ(dentry, d_parent) != dentry;
}

/**
 * file_traits - VMA_IS_* and VMA_HAS_END for a mapping of @inode, which holds the pages
 *
 * For mappings of a driver, the size of the inode is not the end of the data.
 */
static __always_inline u64 file_traits(struct inode *inode)
{
	u64 magic = BPF_CORE_READ(inode, i_sb, s_magic), traits = VMA_IS_FILE;
	u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	if (magic == VS_TMPFS_MAGIC)
		traits |= VMA_IS_SHMEM;
	if ((type == S_IFREG || type == S_IFBLK) && magic != VS_ANON_INODE_FS_MAGIC)
		traits |= VMA_HAS_END;
	return traits;
}

static __always_inline struct file_scratch *this_scratch(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&file_scratch, &zero);
}

/**
 * file_component - write the last component of the path in the scratch file, and go to the one above
 *
 * Return: 1 after the first component, and where the path has to be cut.
 */
static long file_component(u32 index, void *unused)
{
	struct file_scratch *scratch = this_scratch();
	struct dentry *dentry, *parent;
	struct vfsmount *vfsmount;
	struct vs_file *out;
	u32 at;
	long n;

	(void)index;
	(void)unused;
	if (!scratch)
		return 1;
	out = &scratch->file;
	vfsmount = scratch->at.mnt;
	dentry = scratch->at.dentry;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == BPF_CORE_READ(vfsmount, mnt_root)) {
		struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above == mount) {
			out->truncated = 0;
			return 1;
		}
		scratch->at.dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		scratch->at.mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	/* compared in the register that is used afterwards: 6.1 forgets the bounds of spilled values */
	at = out->len;
	barrier_var(at);
	if (at > VS_PATH_LEN - PATH_NAME_LEN)
		return 1;
	n = bpf_probe_read_kernel_str(out->path + at, PATH_NAME_LEN,
				      BPF_CORE_READ(dentry, d_name.name));
	if (n <= 0)
		return 1;
	out->len = at + (n & (2 * PATH_NAME_LEN - 1));
	if (parent == dentry) {
		/* in no directory tree: memfd, SysV shared memory, anonymous inodes */
		out->pseudo = 1;
		out->truncated = 0;
		return 1;
	}
	scratch->at.dentry = parent;
	return 0;
}

/**
 * file_remember - record the path of a file, unless it is known already
 * @key: its identity
 * @address: of the struct file
 *
 * A global function: the verifier checks it once instead of at each call.
 */
__weak __noinline int file_remember(const struct vs_file_key *key, u64 address)
{
	struct file *file = (struct file *)address;
	struct file_scratch *scratch = this_scratch();

	if (!key)
		return 0;
	if (!scratch || __sync_lock_test_and_set(&scratch->busy, 1))
		return 0;
	scratch->key = *key; /* Linux 6.1 does not accept memory of an argument as a map key */
	if (bpf_map_lookup_elem(&files, &scratch->key))
		goto out;
	BPF_CORE_READ_INTO(&scratch->file.magic, file, f_inode, i_sb, s_magic);
	scratch->file.len = 0;
	scratch->file.pseudo = 0;
	scratch->file.truncated = 1; /* until the walk has come to an end */
	file_location(file, &scratch->at);
	/* the verifier checks its body once or twice, but a loop's in each iteration */
	bpf_loop(PATH_MAX_DEPTH, file_component, 0, 0);
	if (bpf_map_update_elem(&files, &scratch->key, &scratch->file, BPF_ANY))
		count_lost(VS_LOST_FILES);
out:
	__sync_lock_test_and_set(&scratch->busy, 0);
	return 0;
}

#endif /* VMASCOPE_FILE_BPF_H */
