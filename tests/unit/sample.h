/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample.h - tables for the tests of outputs: processes that hold their VMAs, and totals.
 */
#ifndef VMASCOPE_TESTS_UNIT_SAMPLE_H
#define VMASCOPE_TESTS_UNIT_SAMPLE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/out.h"

#define NR(array) (sizeof(array) / sizeof(*(array)))

static const struct column vma_columns[] = {
	{ .key = "start", .head = "START", .type = CELL_HEX },
	{ .key = "faults", .head = "FAULTS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "share", .head = "SHARE", .type = CELL_F64, .unit = UNIT_PERCENT },
	{ .key = "name", .head = "NAME", .type = CELL_STR },
};
static const struct table_def vma_def = {
	.key = "vmas",
	.columns = vma_columns,
	.nr_columns = NR(vma_columns),
};

static const struct column process_columns[] = {
	{ .key = "pid", .head = "PID", .type = CELL_U64 },
	{ .key = "major", .head = "MAJOR", .type = CELL_U64, .unit = UNIT_COUNT, .optional = true },
	{ .key = "time_ns", .head = "TIME", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "exited", .type = CELL_BOOL },
	{ .key = "vmas", .head = "", .type = CELL_TABLE },
	{ .key = "note", .head = "NOTE", .type = CELL_STR, .optional = true, .text_only = true },
	{ .key = "comm", .head = "COMM", .type = CELL_STR },
};
static const struct table_def process_def = {
	.key = "processes",
	.columns = process_columns,
	.nr_columns = NR(process_columns),
};

static const struct column totals_columns[] = {
	{ .key = "faults", .head = "faults", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "delta", .head = "change", .type = CELL_I64, .unit = UNIT_COUNT },
	{ .key = "longest_ns", .head = "longest", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "command", .head = "command", .type = CELL_STR },
};
static const struct table_def totals_def = {
	.key = "totals",
	.shape = TABLE_OBJECT,
	.columns = totals_columns,
	.nr_columns = NR(totals_columns),
};

static inline struct table *new_table(const struct table_def *def)
{
	struct table *t = table__new(def);

	assert_int_equal(t->err, 0);
	return t;
}

static inline void add_row(struct table *t)
{
	size_t next = t->nr_rows;

	table__add_row(t);
	assert_int_equal(t->err, 0);
	assert_int_equal(t->nr_rows, next + 1);
}

static inline void add_vma(struct table *t, uint64_t start, uint64_t faults, const char *name)
{
	add_row(t);
	table__set_u64(t, "start", start);
	table__set_u64(t, "faults", faults);
	table__set_str(t, "name", name);
}

/* A process; without a table the cell of its VMAs stays unknown. */
static inline void add_process(struct table *t, uint64_t pid, const char *comm, struct table *vmas)
{
	add_row(t);
	table__set_u64(t, "pid", pid);
	table__set_u64(t, "major", 0);
	table__set_bool(t, "exited", false);
	table__set_table(t, "vmas", vmas);
	table__set_str(t, "comm", comm);
}

/* Process 1234567 "redis" with two VMAs, process 7 "a,b" with none. */
static inline struct table *sample_processes(void)
{
	struct table *processes = new_table(&process_def), *vmas = new_table(&vma_def);

	add_vma(vmas, 0x7f0000001000, 1234567, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	table__set_f64(vmas, "share", 73.2);
	add_vma(vmas, 0x1000, 9, "[heap]");
	add_process(processes, 1234567, "redis", vmas);
	table__set_u64(processes, "time_ns", 1620);
	add_process(processes, 7, "a,b", NULL);
	return processes;
}

static inline struct table *sample_totals(void)
{
	struct table *t = new_table(&totals_def);

	add_row(t);
	table__set_u64(t, "faults", 1234576);
	table__set_i64(t, "delta", -1234);
	table__set_u64(t, "longest_ns", 2500000000);
	table__set_str(t, "command", "stat");
	return t;
}

/* What @format prints of @d; @d is freed. The caller frees the text. */
static inline char *render(const char *format, struct document *d, unsigned int width, bool utf8)
{
	char *text = NULL;
	size_t len = 0;
	struct out_options o = { .width = width, .utf8 = utf8 };
	const struct out_format *f = out_format__find(format);

	assert_non_null(f);
	o.file = open_memstream(&text, &len);
	assert_non_null(o.file);
	assert_int_equal(out_format__document(f, d, &o), 0);
	assert_int_equal(fclose(o.file), 0);
	document__free(d);
	return text;
}

/* The same of one table, which is freed. */
static inline char *render_table(const char *format, struct table *t, unsigned int width, bool utf8)
{
	struct document d = { 0 };

	document__add(&d, t);
	return render(format, &d, width, utf8);
}

/* What @format prints of @t's rows as a stream; @t is freed. */
static inline char *render_stream(const char *format, struct table *t, unsigned int width)
{
	char *text = NULL;
	size_t len = 0, rows = t->nr_rows;
	struct out_options o = { .width = width, .utf8 = true };
	const struct out_format *f = out_format__find(format);

	assert_non_null(f);
	o.file = open_memstream(&text, &len);
	assert_non_null(o.file);
	for (size_t row = 0; row < rows; row++) {
		t->nr_rows = row + 1;
		assert_int_equal(out_format__row(f, t, &o, row == 0), 0);
	}
	assert_int_equal(fclose(o.file), 0);
	table__free(t);
	return text;
}

/* A full disk must be told. */
static inline void assert_tells_write_errors(const char *format)
{
	const struct out_format *f = out_format__find(format);
	struct out_options o = { .file = fopen("/dev/full", "w") };
	struct document d = { 0 };

	assert_non_null(o.file);
	document__add(&d, sample_processes());
	assert_int_equal(out_format__document(f, &d, &o), -ENOSPC);
	fclose(o.file);
	document__free(&d);
}

static inline void assert_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

#endif /* VMASCOPE_TESTS_UNIT_SAMPLE_H */
