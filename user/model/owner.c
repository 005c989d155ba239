// SPDX-License-Identifier: GPL-2.0-only
/* owner.c - names of what VMAs are used for. */
#include "model/owner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "util/array.h"
#include "util/str.h"

#define LONGEST_NAME 160

const struct owner_names owner_names[NR_OWNERS] = {
#define NAMES(id, ...) [OWNER_##id] = { __VA_ARGS__ },
	VS_EACH_OWNER(NAMES)
#undef NAMES
};

const char *const owner_how_names[NR_OWNER_HOWS] = {
#define NAME(id, key) [OWNER_HOW_##id] = (key),
	VS_EACH_OWNER_HOW(NAME)
#undef NAME
};

/** struct kernel_file - the name of a file that the kernel creates in no directory tree */
struct kernel_file {
	const char *prefix;
	enum owner_family family;
};

/* mm/memfd.c, ipc/shm.c, mm/shmem.c, fs/hugetlbfs/inode.c; names of anonymous inodes */
static const struct kernel_file kernel_files[] = {
	{ "/memfd:", OWNER_MEMFD },
	{ "/SYSV", OWNER_SYSV },
	{ VS_SHARED_MEMORY, OWNER_SHARED },
	{ "/anon_hugepage", OWNER_HUGETLB },
	{ "anon_inode:[io_uring]", OWNER_IO_URING },
	{ "anon_inode:[perf_event]", OWNER_PERF },
	{ "anon_inode:bpf-map", OWNER_BPF },
};

struct vma_owner owner__by_file(const struct vs_file *file, const char *name)
{
	for (size_t i = 0; file && file->pseudo && i < ARRAY_SIZE(kernel_files); i++) {
		const struct kernel_file *k = &kernel_files[i];

		if (!strncmp(name, k->prefix, strlen(k->prefix)))
			return (struct vma_owner){ .family = k->family, .how = OWNER_HOW_KERNEL };
	}
	return (struct vma_owner){};
}

/** join - append " + NAME" for each family of @parts */
static void join(char *to, size_t size, uint32_t parts)
{
	size_t len = 0;

	*to = '\0';
	for (int f = 1; f < NR_OWNERS; f++)
		if (parts & 1u << f && owner_names[f].memory && len < size)
			len += (size_t)snprintf(to + len, size - len, "%s%s", len ? " + " : "",
						owner_names[f].memory);
}

char *owner__name(enum owner_family family, uint32_t parts, uint32_t tid, const char *text)
{
	const struct owner_names *n = &owner_names[family];
	char name[LONGEST_NAME], *copy = NULL;
	int len;

	if (!n->memory)
		return NULL;
	if (family == OWNER_SEVERAL)
		join(name, sizeof(name), parts);
	else if (tid)
		snprintf(name, sizeof(name), "%s:%" PRIu32 "%s%s", n->memory, tid, *text ? " " : "",
			 text);
	else
		snprintf(name, sizeof(name), "%s%s%s", n->memory, *text ? " " : "", text);
	if (n->group && !tid)
		return strdup(n->group);
	len = asprintf(&copy, n->group ? "[%s]" : "[anon:%s]", name);
	return len < 0 ? NULL : copy;
}

void owner__set_name(struct vma_owner *o, char *name)
{
	free(o->name);
	o->name = name;
}

const char *fault_row__name(const struct fault_row *row)
{
	return row->owner.name ? row->owner.name : row->name;
}

const char *fault_row__short(const struct fault_row *row)
{
	return row->owner.name ? row->owner.name : str_last_part(row->name);
}

const char *fault_row__group(const struct fault_row *row)
{
	const char *group = owner_names[row->owner.family].group;

	return group ? group : fault_row__name(row);
}

bool fault_row__matches(const struct fault_row *row, const char *glob)
{
	const char *owner = row->owner.name;

	if (!row->is_vma || str_glob(glob, row->name))
		return row->is_vma;
	return owner && (str_glob(glob, owner) || str_glob(glob, fault_row__group(row)));
}

bool owner__is_open(const struct fault_row *row)
{
	const struct vs_vma_info *vma = &row->vma;

	return row->is_vma && vma->name_kind == VS_NAME_ANON && !*vma->name &&
	       !row->owner.contradicted && !vma_is_several(vma) &&
	       !(vma->key.flags &
		 (VS_VM_SHARED | VS_VM_MAYSHARE | VS_VM_GROWSDOWN | VS_VM_HUGETLB));
}

bool owner__may_match(const char *glob)
{
	static const char *const begins[] = { "[anon:", "[stack" };
	const size_t literal = strcspn(glob, "*?\\"), len = strlen(glob);

	/* each name ends in a bracket */
	if (!len || (glob[len - 1] != ']' && glob[len - 1] != '*' && glob[len - 1] != '?'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		const size_t n = strlen(begins[i]);

		if (!strncmp(glob, begins[i], literal < n ? literal : n))
			return true;
	}
	return false;
}
