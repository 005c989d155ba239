// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_long_test.c - a recording of very many blocks: its index is written in parts, each of which a
 * reader believes, and takes no memory that grows.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "record/format/file.h"
#include "record/format/reader.h"

/** More than two parts of the index hold. */
#define BLOCKS (2 * INDEX_ENTRIES + 1000)

static void write_blocks(const char *path)
{
	const struct block_head head = block__head(BLOCK_EVENTS, "", 0);
	struct header h = { .run = 1, .file = 1, .nr_cpus = 1, .events = 1 };
	char *text = header__format(&h);
	const char *why;
	struct file f;

	assert_non_null(text);
	assert_int_equal(file__create(&f, path, text, &why), 0);
	for (uint32_t i = 0; i < BLOCKS; i++) {
		assert_int_equal(file__append(&f, &head, sizeof(head)), 0);
		assert_true(f.nr < INDEX_ENTRIES && f.cap <= 2 * INDEX_ENTRIES);
	}
	assert_int_equal(file__finish(&f), 0);
	assert_int_equal(file__close(&f), 0);
	free(text);
}

/** check_entries - each leads to a head of its kind. Return: how many of them are of events. */
static uint32_t check_entries(FILE *f, const struct block_entry *entries, size_t nr)
{
	uint32_t events = 0;

	for (size_t i = 0; i < nr; i++) {
		struct block_head head;

		assert_false(fseek(f, (long)entries[i].offset, SEEK_SET));
		assert_int_equal(fread(&head, sizeof(head), 1, f), 1);
		assert_true(block__head_valid(&head));
		assert_int_equal(head.kind, entries[i].kind);
		events += head.kind == BLOCK_EVENTS;
	}
	return events;
}

/** check_index - walk over all blocks; those of the index together tell of all others */
static void check_index(const char *path)
{
	FILE *f = fopen(path, "r");
	uint32_t parts = 0, listed = 0, ends = 0;
	long at = FORMAT_MAGIC_LEN;
	struct block_head head;

	assert_non_null(f);
	while (!fseek(f, at, SEEK_SET) && fread(&head, sizeof(head), 1, f) == 1) {
		assert_true(block__head_valid(&head) && head.stored <= BLOCK_MAX);
		at += (long)(sizeof(head) + head.stored);
		if (head.kind == BLOCK_INDEX || head.kind == BLOCK_END) {
			struct block_entry *entries = malloc(head.stored);

			assert_non_null(entries);
			assert_int_equal(fread(entries, 1, head.stored, f), head.stored);
			listed += check_entries(f, entries, head.stored / sizeof(*entries));
			free(entries);
		}
		parts += head.kind == BLOCK_INDEX;
		ends += head.kind == BLOCK_END;
	}
	fclose(f);
	assert_int_equal(parts, 2);
	assert_int_equal(ends, 1);
	assert_int_equal(listed, BLOCKS);
}

static void long_index_is_split(void **state)
{
	char path[] = "/tmp/vmascope-long.XXXXXX";
	const int fd = mkstemp(path);
	struct reader r;
	uint32_t blocks = 0;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_blocks(path);
	check_index(path);
	assert_int_equal(reader__open(&r, path), 0);
	while (reader__block(&r) > 0)
		blocks++;
	assert_int_equal(blocks, BLOCKS);
	assert_true(reader__whole(&r));
	reader__close(&r);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_index_is_split),
	};

	return cmocka_run_group_tests_name("record_long", tests, NULL, NULL);
}
