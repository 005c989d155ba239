/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slots.h - slots and counts as BPF leaves them, for the tests of the model and of views.
 */
#ifndef VMASCOPE_TESTS_UNIT_SLOTS_H
#define VMASCOPE_TESTS_UNIT_SLOTS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"

#define TEST_SLOTS 64
#define TEST_CPUS 2

static inline struct vs_slot image_slot(uint32_t pid, uint64_t mm, const char *comm)
{
	struct vs_slot slot = { .kind = VS_SLOT_PROC };

	slot.proc.pid = pid;
	slot.proc.ppid = 1;
	slot.proc.uid = 1000;
	slot.proc.start_ns = 1000 + pid;
	slot.proc.mm = mm;
	snprintf(slot.proc.comm, sizeof(slot.proc.comm), "%s", comm);
	return slot;
}

/* A VMA of 16 pages at @start, of the image in slot @image. */
static inline struct vs_slot vma_slot(uint32_t image, uint64_t start, enum vs_name_kind kind)
{
	struct vs_slot slot = { .kind = VS_SLOT_VMA };

	slot.vma.key.anchor = start;
	slot.vma.key.flags = VS_VM_READ | VS_VM_WRITE;
	slot.vma.key.proc = image;
	slot.vma.start = start;
	slot.vma.end = start + 16 * 4096;
	slot.vma.name_kind = kind;
	return slot;
}

/* The same of a file. */
static inline struct vs_slot file_slot(uint32_t image, uint64_t start, uint64_t ino)
{
	struct vs_slot slot = vma_slot(image, start, VS_NAME_FILE);

	slot.vma.key.file.ino = ino;
	slot.vma.key.flags = VS_VM_READ | VS_VM_EXEC;
	return slot;
}

/* The file "/NAME". */
static inline struct vs_file file_named(const char *name)
{
	struct vs_file file = { .len = strlen(name) + 1 };

	strcpy(file.path, name);
	return file;
}

static inline void take(struct model *m, uint32_t index, struct vs_slot slot,
			const struct vs_file *file)
{
	assert_int_equal(model__new_slot(m, index, &slot, file), 0);
}

/* User-mode writes: @minor of them anon-zero and 1,000 ns each, @major file-read and 9,000 ns. */
static inline struct vs_counts counted(uint64_t minor, uint64_t major)
{
	struct vs_counts c = {};

	c.outcome[VS_MINOR] = minor;
	c.outcome[VS_MAJOR] = major;
	c.access[VS_ORIGIN_USER][VS_ACCESS_WRITE] = minor + major;
	c.cause[VS_CAUSE_ANON_ZERO] = minor;
	c.cause[VS_CAUSE_FILE_READ] = major;
	c.size[VS_SIZE_PAGE] = c.mapped = minor + major;
	c.latency_count = minor + major;
	c.latency_sum_ns = minor * 1000 + major * 9000;
	c.latency_max_ns = major ? 9000 : minor ? 1000 : 0;
	return c;
}

/* That slot @index has counted so many on all CPUs, all told. */
static inline void count(struct model *m, uint32_t index, uint64_t minor, uint64_t major)
{
	const struct vs_counts c = counted(minor, major);

	model__update_counts(m, index, &c);
}

#endif /* VMASCOPE_TESTS_UNIT_SLOTS_H */
