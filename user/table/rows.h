/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - typed rows: what a view makes and an output renders.
 *
 * A view fills tables; an output format (user/format/) knows tables and nothing else. A cell may hold a
 * table itself, so that a process can carry its VMAs; JSON nests it, text indents it.
 *
 * Nothing that fills a table returns an error. A table remembers its first one, and so do the tables and
 * the document that hold it; it is not changed any more. Whoever prints or reads it checks once, at the
 * end: document__error(), or @err of a table that is in no document.
 */
#ifndef VMASCOPE_TABLE_ROWS_H
#define VMASCOPE_TABLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/array.h"
#include "util/text.h"

/** enum cell_type - what a cell holds */
enum cell_type {
	CELL_U64,
	CELL_I64,
	CELL_F64,
	CELL_STR, /* owned by the table, unless borrowed */
	CELL_HEX, /* u64; JSON: a string "0x…", text: hex digits without prefix */
	CELL_BOOL,
	CELL_TABLE,  /* owned by the table */
	CELL_SERIES, /* counts in a row, owned; JSON: an array, text: a strip of shades */
};

/** enum cell_unit - unit of a number; text may scale it for people, JSON never does */
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
 * @type: of its cells
 * @unit: of its cells
 * @left: text: aligned left (strings are, without asking, in the last column)
 * @optional: text: left out where all its cells are 0, empty or unknown
 * @text_only: not in JSON
 * @bar: text: draw the number as a bar, against the greatest one of the column
 * @spare: text: left out where lines are too narrow for all columns
 * @keep_start: text: what is too long loses its end, not its middle
 * @whole: text: never cut, as a command name
 * @blank: text: where it is not known, nothing is printed, no "-"
 * @width: text: columns it takes in a stream, where contents cannot be measured; 0: by its type
 * @object: of CELL_TABLE: the cells hold tables of this kind, of one row: CSV has its fields here
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
};

/** enum table_shape - how JSON shows the table */
enum table_shape {
	TABLE_LIST,   /* an array of objects */
	TABLE_OBJECT, /* one row: an object */
	TABLE_MAP,    /* two columns: an object, the first column's cells as keys */
};

/**
 * struct table_def - a kind of table; a const one for each, in the view's file
 * @key: JSON key in the parent
 * @shape: see enum table_shape
 * @columns: and @nr_columns
 * @json_only: text leaves it out
 * @text_only: JSON leaves it out
 */
struct table_def {
	const char *key;
	enum table_shape shape;
	const struct column *columns;
	size_t nr_columns;
	bool json_only;
	bool text_only;
};

/** TABLE_DEF - initializer of a struct table_def: its key (or NULL), the columns, other members */
#define TABLE_DEF(name, array, ...)                                                                \
	{                                                                                          \
		.key = (name), .columns = (array), .nr_columns = ARRAY_SIZE(array), ##__VA_ARGS__  \
	}
/** OBJECT_DEF - the same of an object: a table of one row */
#define OBJECT_DEF(name, array, ...) TABLE_DEF(name, array, .shape = TABLE_OBJECT, ##__VA_ARGS__)

struct table;

/** struct series - @nr counts, one after another, in time as a rule */
struct series {
	size_t nr;
	uint64_t counts[];
};

/**
 * struct cell - a value
 * @known: false prints as unknown ("-", JSON null), never as 0
 * @borrowed: @str is not the table's
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
 * @title: text: a line above the table; NULL: none; owned
 * @footer: text: a line (or several) below it, or below the row of a stream; NULL: none; owned
 * @no_text: no text is made of it: what only text shows need not be set; @no_json: the same of JSON
 * @steady: text: all columns are shown, also optional ones that are empty
 * @step_ns: the time that one count of a series spans; 0: series are not over time
 * @labels: then, numbers below a series, one for each count; @nr_labels of them, owned
 * @next_column: the one after that which was set last: values are mostly set in their order
 * @err: of the first thing that failed, a negative errno; 0: nothing
 * @parent: the table that has it in a cell; NULL: none
 * @nowhere: where values go after an error
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
 * struct document - what one command prints at once: tables in order
 * @err: of the first thing besides its tables that failed, a negative errno; 0: nothing
 */
struct document {
	struct table **tables;
	size_t nr_tables;
	int err;
};

/** table__new - an empty table, never NULL: without memory it is one that has failed. */
struct table *table__new(const struct table_def *def);
/** table__free - with all its cells and their tables; NULL is fine. */
void table__free(struct table *t);
/** table__fail - @err, a negative errno, is its first error, unless it has one; 0 is none. */
void table__fail(struct table *t, int err);
/** table__add_row - append a row, all cells unknown. */
void table__add_row(struct table *t);
/** table__cell - the cell of @row under the column whose key is @key; aborts on a wrong key. */
struct cell *table__cell(const struct table *t, size_t row, const char *key);
/** table__set_u64 - (and below) set a cell of the last row by the column's key. */
void table__set_u64(struct table *t, const char *key, uint64_t v);
void table__set_i64(struct table *t, const char *key, int64_t v);
void table__set_f64(struct table *t, const char *key, double v);
void table__set_bool(struct table *t, const char *key, bool v);
/** table__unset - a number of the last row is not known after all. */
void table__unset(struct table *t, const char *key);
/** table__forget - no cell of column @key is known, if there is one: in any row, and in tables in cells. */
void table__forget(struct table *t, const char *key);
/** table__set_str - copies @v; NULL leaves the cell unknown. */
void table__set_str(struct table *t, const char *key, const char *v);
/** table__set_text - copies what @v has; if that has failed, so has the table. */
void table__set_text(struct table *t, const char *key, const struct text *v);
/** table__set_word - @v is not copied, and outlives the table: a literal, a name of a list. NULL: unknown. */
void table__set_word(struct table *t, const char *key, const char *v);
/** table__set_table - the cell owns @v, filled before: it may be freed at once. NULL: unknown. */
void table__set_table(struct table *t, const char *key, struct table *v);
/**
 * table__sub - a new table in the cell of the last row under the key of @def, with a row if it is an
 *	object; to be filled
 */
struct table *table__sub(struct table *t, const struct table_def *def);
/** table__set_series - copies @counts. */
void table__set_series(struct table *t, const char *key, const uint64_t *counts, size_t nr);
/** table__set_title - printf-style; replaces an earlier one. */
void table__set_title(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void table__set_footer(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** table__clear_footer - no footer. */
void table__clear_footer(struct table *t);
/** table__set_labels - copies @labels, of the columns of its series. */
void table__set_labels(struct table *t, const uint64_t *labels, size_t nr);
/** table__sort - by one column, numbers descending, strings ascending; stable. */
void table__sort(struct table *t, const char *key);
/** table__truncate - drop the rows from @nr_rows on. */
void table__truncate(struct table *t, size_t nr_rows);

/** document__add - the document owns @t. Return: what to fill from now on: @t, if it is still there. */
struct table *document__add(struct document *d, struct table *t);
/** document__table - a new table, with a row if it is an object; to be filled. */
struct table *document__table(struct document *d, const struct table_def *def);
/** document__fail - @err, a negative errno, is its first error, unless it has one; 0 is none. */
void document__fail(struct document *d, int err);
/** document__error - the first thing that failed; Return: a negative errno, 0: nothing. */
int document__error(const struct document *d);
/** document__forget - table__forget() of all tables. */
void document__forget(struct document *d, const char *key);
/** document__free - with all its tables; @d itself is the caller's. */
void document__free(struct document *d);

#endif /* VMASCOPE_TABLE_ROWS_H */
