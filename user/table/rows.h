/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - typed rows, which views fill and output formats render.
 *
 * A view fills tables; an output format (user/format/) handles tables and nothing else. A cell may
 * contain a table, so that a process can contain its VMAs; JSON nests it, text indents it.
 *
 * Functions that fill a table do not return errors. A table keeps its first error, and so do the
 * tables and the document that contain it; it is not changed after that. Code that prints or reads
 * it checks once, at the end: document__error(), or @err of a table that is in no document.
 */
#ifndef VMASCOPE_TABLE_ROWS_H
#define VMASCOPE_TABLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/array.h"
#include "util/text.h"

/** enum cell_type - type of a cell */
enum cell_type {
	CELL_U64,
	CELL_I64,
	CELL_F64,
	CELL_STR, /* owned by the table, unless borrowed */
	CELL_HEX, /* u64; JSON: a string "0x…", text: hex digits without prefix */
	CELL_BOOL,
	CELL_TABLE,  /* owned by the table */
	CELL_SERIES, /* a series of counts, owned; JSON: an array, text: a strip of shades */
};

/** enum cell_unit - unit of a number; text may scale it for readability, JSON never does */
enum cell_unit {
	UNIT_NONE,
	UNIT_COUNT,
	UNIT_NS, /* nanoseconds; the JSON key ends in _ns */
	UNIT_BYTES,
	UNIT_PERCENT, /* 0 to 100 */
	UNIT_PER_SECOND,
};

struct table_def;

/**
 * struct column - one column of a table
 * @key: JSON key and CSV heading
 * @head: text heading; NULL: not shown in text
 * @type: type of its cells
 * @unit: unit of its cells
 * @left: text: left-aligned (strings in the last column always are)
 * @optional: text: omitted if all its cells are 0, empty or unknown
 * @text_only: not in JSON
 * @bar: text: draw the number as a bar, relative to the maximum of the column
 * @spare: text: omitted if lines are too narrow for all columns
 * @keep_start: text: cut an overlong value at its end, not in its middle
 * @whole: text: never cut, as with a command name
 * @blank: text: print an unknown value as nothing, not as "-"
 * @width: text: width in a stream, where contents cannot be measured; 0: default of the type
 * @object: for CELL_TABLE: the cells hold one-row tables of this kind; CSV has their fields here
 * @sample: profiles: its cells are values of their row's stack, of this type; NULL: they are not
 * @label: profiles: its cells are labels of their row's stack
 */
struct column {
	const char *key;
	const char *head;
	enum cell_type type;
	enum cell_unit unit;
	bool left;
	bool optional;
	bool text_only;
	bool bar;
	bool spare;
	bool keep_start;
	bool whole;
	bool blank;
	unsigned int width;
	const struct table_def *object;
	const char *sample;
	bool label;
};

/** enum table_shape - JSON representation of a table */
enum table_shape {
	TABLE_LIST,   /* an array of objects */
	TABLE_OBJECT, /* one row: an object */
	TABLE_MAP,    /* two columns: an object, with the cells of the first column as keys */
};

/**
 * struct table_def - a kind of table; a constant in the view's file
 * @key: JSON key in the parent
 * @shape: see enum table_shape
 * @columns: the @nr_columns columns
 * @json_only: omitted in text
 * @text_only: omitted in JSON
 */
struct table_def {
	const char *key;
	enum table_shape shape;
	const struct column *columns;
	size_t nr_columns;
	bool json_only;
	bool text_only;
};

/** TABLE_DEF - initializer of a struct table_def: its key (or NULL), columns, and other members */
#define TABLE_DEF(name, array, ...)                                                                \
	{                                                                                          \
		.key = (name), .columns = (array), .nr_columns = ARRAY_SIZE(array), ##__VA_ARGS__  \
	}
/** OBJECT_DEF - the same for an object: a table of one row */
#define OBJECT_DEF(name, array, ...) TABLE_DEF(name, array, .shape = TABLE_OBJECT, ##__VA_ARGS__)

struct table;

/** struct series - @nr successive counts, usually over time */
struct series {
	size_t nr;
	uint64_t counts[];
};

/**
 * struct cell - a value
 * @known: false prints as unknown ("-", JSON null), never as 0
 * @borrowed: @str is not owned by the table
 */
struct cell {
	bool known;
	bool borrowed;
	union {
		uint64_t u64;
		int64_t i64;
		double f64;
		char *str;
		bool b;
		struct table *table;
		struct series *series;
	};
};

/**
 * struct table - rows of one kind
 * @title: text: line above the table; NULL: none; owned
 * @footer: text: one or more lines below it, or below the row of a stream; NULL: none; owned
 * @no_text: it is not rendered as text: what only text shows need not be set; @no_json: the same
 *	for JSON
 * @steady: text: show all columns, including optional ones that are empty
 * @step_ns: time that one count of a series spans; 0: series are not over time
 * @labels: in this case, the @nr_labels numbers below a series, one for each count; owned
 * @next_column: the column after the last one that was set, as values are usually set in order
 * @err: negative errno of the first failure; 0: none
 * @parent: the table that contains it in a cell; NULL: none
 * @nowhere: dummy cell for values that are set after an error
 */
struct table {
	const struct table_def *def;
	char *title;
	char *footer;
	bool no_text;
	bool no_json;
	bool steady;
	uint64_t step_ns;
	uint64_t *labels;
	size_t nr_labels;
	struct cell *cells;
	size_t nr_rows;
	size_t cap_rows;
	size_t next_column;
	int err;
	struct table *parent;
	struct cell nowhere;
};

/**
 * struct document - the output of a command: tables in order
 * @err: negative errno of the first failure outside of its tables; 0: none
 */
struct document {
	struct table **tables;
	size_t nr_tables;
	int err;
};

/** table__new - make an empty table; never NULL: if out of memory, a table that has failed. */
struct table *table__new(const struct table_def *def);
/** table__free - free it with all its cells and their tables; NULL is allowed. */
void table__free(struct table *t);
/** table__fail - set the error @err, a negative errno, unless it has one; 0 is ignored. */
void table__fail(struct table *t, int err);
/** table__add_row - append a row; all its cells are unknown. */
void table__add_row(struct table *t);
/** table__cell - the cell of @row in the column with key @key; aborts on an invalid key. */
struct cell *table__cell(const struct table *t, size_t row, const char *key);
/** table__set_u64 - (and below) set a cell of the last row, by the column's key. */
void table__set_u64(struct table *t, const char *key, uint64_t v);
void table__set_i64(struct table *t, const char *key, int64_t v);
void table__set_f64(struct table *t, const char *key, double v);
void table__set_bool(struct table *t, const char *key, bool v);
/** table__unset - make a cell of the last row unknown again. */
void table__unset(struct table *t, const char *key);
/**
 * table__forget - make column @key unknown, if it exists, in all rows and in tables in cells
 * @key: of the column; "PARENT.KEY": of KEY in the tables that column PARENT holds
 */
void table__forget(struct table *t, const char *key);
/** table__set_str - copies @v; NULL leaves the cell unknown. */
void table__set_str(struct table *t, const char *key, const char *v);
/** table__set_text - copies the contents of @v; if @v has failed, so has the table. */
void table__set_text(struct table *t, const char *key, const struct text *v);
/**
 * table__set_word - @v is not copied and must outlive the table, such as a literal. NULL: unknown.
 */
void table__set_word(struct table *t, const char *key, const char *v);
/**
 * table__set_table - the cell takes ownership of @v, which must be filled: it may be freed at once.
 * NULL: unknown.
 */
void table__set_table(struct table *t, const char *key, struct table *v);
/**
 * table__sub - make a new table in the cell of the last row under the key of @def; an object gets
 * its row
 */
struct table *table__sub(struct table *t, const struct table_def *def);
/** table__set_series - copies @counts. */
void table__set_series(struct table *t, const char *key, const uint64_t *counts, size_t nr);
/** table__set_title - printf-style; replaces an earlier one. */
void table__set_title(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table__set_footer(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** table__clear_footer - remove the footer. */
void table__clear_footer(struct table *t);
/** table__set_labels - copies @labels, the numbers below its series. */
void table__set_labels(struct table *t, const uint64_t *labels, size_t nr);
/** table__sort - sort by one column, numbers descending, strings ascending; stable. */
void table__sort(struct table *t, const char *key);
/** table__truncate - drop rows from @nr_rows on. */
void table__truncate(struct table *t, size_t nr_rows);

/**
 * document__add - @d takes ownership of @t. Return: the table to fill from now on: @t, unless it
 * failed.
 */
struct table *document__add(struct document *d, struct table *t);
/** document__table - add a new table; an object gets its row. */
struct table *document__table(struct document *d, const struct table_def *def);
/** document__fail - set the error @err, a negative errno, unless it has one; 0 is ignored. */
void document__fail(struct document *d, int err);
/** document__error - the first failure. Return: a negative errno, 0: none. */
int document__error(const struct document *d);
/** document__forget - table__forget() on all tables. */
void document__forget(struct document *d, const char *key);
/** document__free - free all its tables; @d itself belongs to the caller. */
void document__free(struct document *d);

#endif /* VMASCOPE_TABLE_ROWS_H */
