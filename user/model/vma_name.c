// SPDX-License-Identifier: GPL-2.0-only
/* vma_name.c - name and permissions of a VMA, as in show_map_vma() of fs/proc/task_mmu.c. */
#include <linux/kdev_t.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

/* The kernel's own dev_t: 12 bits of major above 20 bits of minor (include/linux/kdev_t.h). */
#define KERNEL_MINOR_BITS 20

static char *format(const char *fmt, const char *a, const char *b)
{
	char *s = NULL;

	return asprintf(&s, fmt, a, b) < 0 ? NULL : s;
}

/** file_path - assemble a path from its components, which are stored last one first. */
static char *file_path(const struct vs_file *file)
{
	size_t len = file->len < sizeof(file->path) ? file->len : sizeof(file->path);
	char *path = malloc(len + sizeof("..."));
	size_t out = 0;

	if (!path)
		return NULL;
	if (file->truncated) {
		memcpy(path, "...", 3);
		out = 3;
	}
	/* each component ends in a NUL; walk backwards over them */
	for (size_t end = len; end > 0;) {
		size_t start = end - 1;

		while (start > 0 && file->path[start - 1])
			start--;
		path[out++] = '/';
		memcpy(path + out, file->path + start, end - 1 - start);
		out += end - 1 - start;
		end = start;
	}
	path[out] = '\0';
	if (!out)
		strcpy(path, "/");
	return path;
}

/**
 * is_shared_memory - shared anonymous memory, for which the kernel creates a file in no directory
 * tree
 *
 * shmem_zero_setup() in mm/shmem.c names it dev/zero, although it is unrelated to that device.
 */
static bool is_shared_memory(const struct vs_file *file, const char *path)
{
	return file->pseudo && file->magic != VS_ANON_INODE_FS_MAGIC && !strcmp(path, "/dev/zero");
}

static char *file_name(const struct vs_vma_info *vma, const struct vs_file *file)
{
	char *path, *name;

	if (!file) {
		if (asprintf(&name, "[file %02x:%02x %llu]", vma->key.file.dev >> KERNEL_MINOR_BITS,
			     vma->key.file.dev & ((1u << KERNEL_MINOR_BITS) - 1),
			     (unsigned long long)vma->key.file.ino) < 0)
			return NULL;
		return name;
	}
	path = file_path(file);
	if (!path)
		return NULL;
	if (is_shared_memory(file, path))
		name = strdup(VS_SHARED_MEMORY);
	else if (file->pseudo && file->magic == VS_ANON_INODE_FS_MAGIC)
		name = format("anon_inode:%s%s", path + 1, "");
	else /* simple_dname() appends "(deleted)" for every file that is in no directory tree */
		name = format("%s%s", path,
			      file->pseudo || vma->key.file.deleted ? " (deleted)" : "");
	free(path);
	return name;
}

char *vma_name(const struct vs_vma_info *vma, const struct vs_file *file)
{
	switch (vma->name_kind) {
	case VS_NAME_FILE:
		return file_name(vma, file);
	case VS_NAME_HEAP:
		return strdup("[heap]");
	case VS_NAME_STACK:
		return strdup("[stack]");
	case VS_NAME_SPECIAL:
		return strndup(vma->name, sizeof(vma->name));
	default:
		if (!*vma->name)
			return strdup("[anon]");
		return format("[anon:%s%s", vma->name, "]");
	}
}

bool vma_is_several(const struct vs_vma_info *vma)
{
	return vma->key.flags & VS_VM_SEVERAL || !vma->end;
}

const char *outside_name(const struct fault_row *row)
{
	if (!row->process)
		return "[no process]";
	return row->no_slot ? "[no VMA, or no slot for it]" : "[no VMA]";
}

void vma_perms(uint64_t vm_flags, char *perms)
{
	if (vm_flags & VS_VM_SEVERAL) {
		memcpy(perms, "????", sizeof("????"));
		return;
	}
	perms[0] = vm_flags & VS_VM_READ ? 'r' : '-';
	perms[1] = vm_flags & VS_VM_WRITE ? 'w' : '-';
	perms[2] = vm_flags & VS_VM_EXEC ? 'x' : '-';
	perms[3] = vm_flags & VS_VM_MAYSHARE ? 's' : 'p';
	perms[4] = '\0';
}
