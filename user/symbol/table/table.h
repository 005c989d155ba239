/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - the functions of one file by address, without overlaps, in one piece of memory.
 *
 * The reader builds it, seals it and hands it over; the tracer maps it, checks it and looks up.
 */
#ifndef VMASCOPE_SYMBOL_TABLE_TABLE_H
#define VMASCOPE_SYMBOL_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** It distinguishes a table from garbage, not versions: both sides are one program. */
#define TABLE_MAGIC 0x766d61736b746162ULL
/** Parts of a file that are code; a linker makes one or two. They are looked through one by one. */
#define TABLE_MAX_SEGMENTS 64
/** Longer names are cut, and end in "...". */
#define TABLE_MAX_NAME 1024

/** struct table_segment - a part of the file that is code: @size bytes from @offset, at @start */
struct table_segment {
	uint64_t offset;
	uint64_t start;
	uint64_t size;
};

/**
 * struct table_piece - code that belongs to one function: @size bytes from @start
 * @before: the function begins this many bytes before (another one may lie within it)
 * @name: where in the names
 */
struct table_piece {
	uint64_t start;
	uint32_t size;
	uint32_t before;
	uint32_t name;
	uint32_t pad;
};

/** struct table_head - the table begins with it; segments, pieces and names follow */
struct table_head {
	uint64_t magic;
	uint32_t nr_segments;
	uint32_t nr_pieces;
	uint64_t names_len;
};

/** struct symbol_table - a mapped table */
struct symbol_table {
	const struct table_head *head;
	const struct table_segment *segments;
	const struct table_piece *pieces;
	const char *names;
	size_t bytes;
};

/**
 * symbol_table__open - map and check a table
 * @fd: sealed against changes; stays open
 * @max_bytes: maximum size
 *
 * Return: 0; -EFBIG; -EBADMSG: not a table, or an inconsistent one; another negative errno.
 */
int symbol_table__open(struct symbol_table *t, int fd, size_t max_bytes);

/** symbol_table__close - unmap; @t may be all zero. */
void symbol_table__close(struct symbol_table *t);

/** symbol_table__address - the address that the ELF file has for an offset in the file. */
bool symbol_table__address(const struct symbol_table *t, uint64_t offset, uint64_t *address);

/**
 * symbol_table__find - the function that @address belongs to
 * @start: where it begins
 *
 * Return: its name, the table's; NULL if none is known.
 */
const char *symbol_table__find(const struct symbol_table *t, uint64_t address, uint64_t *start);

/**
 * struct table_symbol - a function that goes into a table
 * @rank: where functions overlap, the highest rank is returned
 * @order: where it came from, set by table_builder__add(): later is higher among equals
 */
struct table_symbol {
	uint64_t start;
	uint64_t end;
	uint64_t rank;
	uint32_t order;
	uint32_t name;
};

/** struct table_builder - a table that is being made; all zero at first */
struct table_builder {
	struct table_segment segments[TABLE_MAX_SEGMENTS];
	size_t nr_segments;
	struct table_symbol *symbols;
	size_t nr_symbols;
	size_t cap_symbols;
	char *names;
	size_t names_len;
	size_t cap_names;
};

/** table_builder__segment - Return: 0; -EFBIG: they are too many. */
int table_builder__segment(struct table_builder *b, const struct table_segment *s);

/**
 * table_builder__add - a function
 * @start, @end: if there is nothing in between, it is left out
 * @name: @len bytes
 *
 * Return: 0, -ENOMEM, -EFBIG.
 */
int table_builder__add(struct table_builder *b, uint64_t start, uint64_t end, uint64_t rank,
		       const char *name, size_t len);

/** table_builder__finish - Return: a sealed file that is the table, or a negative errno. */
int table_builder__finish(struct table_builder *b);

void table_builder__free(struct table_builder *b);

#endif /* VMASCOPE_SYMBOL_TABLE_TABLE_H */
