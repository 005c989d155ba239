// SPDX-License-Identifier: GPL-2.0-only
/*
 * vma_name_test.c - the names and permissions of VMAs, as /proc/PID/maps has them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/magic.h>

#include "model/model.h"

#ifndef ANON_INODE_FS_MAGIC
#define ANON_INODE_FS_MAGIC 0x09041934
#endif

#define FILE_VMA ((struct vs_vma_info){ .name_kind = VS_NAME_FILE })

/** path_of - @components, the last one first, each ended by '|', as BPF takes them down */
static struct vs_file path_of(const char *components)
{
	struct vs_file file = { .len = strlen(components) };

	memcpy(file.path, components, file.len);
	for (size_t i = 0; i < file.len; i++)
		if (file.path[i] == '|')
			file.path[i] = '\0';
	return file;
}

static void assert_name(const struct vs_vma_info *vma, const struct vs_file *file,
			const char *expected)
{
	char *name = vma_name(vma, file);

	assert_non_null(name);
	assert_string_equal(name, expected);
	free(name);
}

static void vmas_without_a_file(void **state)
{
	struct vs_vma_info vma = { .name_kind = VS_NAME_ANON };

	(void)state;
	assert_name(&vma, NULL, "[anon]");
	strcpy(vma.name, "glibc: malloc");
	assert_name(&vma, NULL, "[anon:glibc: malloc]");
	vma.name_kind = VS_NAME_HEAP;
	assert_name(&vma, NULL, "[heap]");
	vma.name_kind = VS_NAME_STACK;
	assert_name(&vma, NULL, "[stack]");
	vma.name_kind = VS_NAME_SPECIAL;
	strcpy(vma.name, "[vdso]");
	assert_name(&vma, NULL, "[vdso]");
}

/* What a kernel might add some day is told as anonymous, not by what lies beyond the table. */
static void unknown_kind(void **state)
{
	const struct vs_vma_info vma = { .name_kind = 77 };

	(void)state;
	assert_name(&vma, NULL, "[anon]");
}

/* A name of VS_VMA_NAME_LEN bytes has no room for a NUL. */
static void special_name_of_maximum_length(void **state)
{
	struct vs_vma_info vma = { .name_kind = VS_NAME_SPECIAL };
	char *name;

	(void)state;
	memset(vma.name, 'n', sizeof(vma.name));
	name = vma_name(&vma, NULL);
	assert_non_null(name);
	assert_int_equal(strlen(name), VS_VMA_NAME_LEN);
	free(name);
}

static void paths_are_assembled(void **state)
{
	struct vs_file file = path_of("libc.so.6|x86_64-linux-gnu|lib|usr|");

	(void)state;
	assert_name(&FILE_VMA, &file, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	file = path_of("one|");
	assert_name(&FILE_VMA, &file, "/one");
	file = path_of("");
	assert_name(&FILE_VMA, &file, "/");
	file = path_of("a b\n\xff| .. |");
	assert_name(&FILE_VMA, &file, "/ .. /a b\n\xff");
}

static void truncated_paths_are_marked(void **state)
{
	struct vs_file file = path_of("file|deep|down|");

	(void)state;
	file.truncated = 1;
	assert_name(&FILE_VMA, &file, ".../down/deep/file");
}

static void path_fills_its_buffer(void **state)
{
	struct vs_file file = { .len = VS_PATH_LEN, .truncated = 1 };
	char *name;

	(void)state;
	/* 512 components of one letter */
	for (size_t i = 0; i < VS_PATH_LEN; i += 2)
		file.path[i] = 'c';
	name = vma_name(&FILE_VMA, &file);
	assert_non_null(name);
	assert_int_equal(strlen(name), 3 + VS_PATH_LEN);
	assert_string_equal(name + strlen(name) - 4, "/c/c");
	free(name);
	/* a length from outside that is too great: nothing beyond the buffer is read */
	file.len = UINT32_MAX;
	name = vma_name(&FILE_VMA, &file);
	assert_non_null(name);
	assert_int_equal(strlen(name), 3 + VS_PATH_LEN);
	free(name);
}

static void deleted_file(void **state)
{
	struct vs_vma_info vma = FILE_VMA;
	struct vs_file file = path_of("x|tmp|");

	(void)state;
	vma.key.file.deleted = 1;
	assert_name(&vma, &file, "/tmp/x (deleted)");
}

/* simple_dname() and anon_inodefs_dname() in fs/ */
static void files_without_a_path(void **state)
{
	struct vs_file file = path_of("memfd:cache|");

	(void)state;
	file.pseudo = 1;
	file.magic = TMPFS_MAGIC;
	assert_name(&FILE_VMA, &file, "/memfd:cache (deleted)");
	file = path_of("SYSV00000000|");
	file.pseudo = 1;
	file.magic = TMPFS_MAGIC;
	assert_name(&FILE_VMA, &file, "/SYSV00000000 (deleted)");
	file = path_of("[io_uring]|");
	file.pseudo = 1;
	file.magic = ANON_INODE_FS_MAGIC;
	assert_name(&FILE_VMA, &file, "anon_inode:[io_uring]");
}

static void shared_anonymous_memory(void **state)
{
	struct vs_file file = path_of("zero|dev|");

	(void)state;
	file.pseudo = 1;
	file.magic = TMPFS_MAGIC;
	assert_name(&FILE_VMA, &file, "[anon_shmem]");
	/* the device itself is in a tree */
	file.pseudo = 0;
	assert_name(&FILE_VMA, &file, "/dev/zero");
}

static void file_without_a_recorded_path(void **state)
{
	struct vs_vma_info vma = FILE_VMA;

	(void)state;
	vma.key.file.dev = 0xfd << 20 | 0x1a;
	vma.key.file.ino = 42;
	assert_name(&vma, NULL, "[file fd:1a 42]");
	/* a minor of 20 bits does not run into the major */
	vma.key.file.dev = 8 << 20 | 0xfffff;
	assert_name(&vma, NULL, "[file 08:fffff 42]");
}

static void permissions(void **state)
{
	static const struct {
		uint64_t flags;
		const char *perms;
	} cases[] = {
		{ 0, "---p" },
		{ VS_VM_READ, "r--p" },
		{ VS_VM_WRITE, "-w-p" },
		{ VS_VM_EXEC, "--xp" },
		{ VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC, "rwxp" },
		/* a read-only descriptor mapped shared has VM_MAYSHARE alone, and maps says 's' */
		{ VS_VM_READ | VS_VM_MAYSHARE, "r--s" },
		{ VS_VM_READ | VS_VM_WRITE | VS_VM_SHARED | VS_VM_MAYSHARE, "rw-s" },
		{ VS_VM_READ | VS_VM_GROWSDOWN, "r--p" },
		{ ~0ULL & ~VS_VM_SEVERAL, "rwxs" },
		/* a row of several VMAs: they may differ */
		{ VS_VM_SEVERAL | VS_VM_READ, "????" },
	};
	char perms[5];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(perms, 'Z', sizeof(perms));
		vma_perms(cases[i].flags, perms);
		assert_int_equal(perms[4], '\0');
		assert_string_equal(perms, cases[i].perms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmas_without_a_file),
		cmocka_unit_test(unknown_kind),
		cmocka_unit_test(special_name_of_maximum_length),
		cmocka_unit_test(paths_are_assembled),
		cmocka_unit_test(truncated_paths_are_marked),
		cmocka_unit_test(path_fills_its_buffer),
		cmocka_unit_test(deleted_file),
		cmocka_unit_test(files_without_a_path),
		cmocka_unit_test(shared_anonymous_memory),
		cmocka_unit_test(file_without_a_recorded_path),
		cmocka_unit_test(permissions),
	};

	return cmocka_run_group_tests_name("vma_name", tests, NULL, NULL);
}
