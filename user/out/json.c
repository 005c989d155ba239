// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - rows as JSON: a document is one object, a stream one object a line.
 *
 * Numbers are never scaled. Unknown is null. A TABLE_OBJECT without a key adds its members to the
 * object that holds it. Bytes that are not UTF-8 become U+FFFD.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "out/formats.h"
#include "out/put.h"
#include "util/utf8.h"

#define STYLE JSON_C_TO_STRING_NOSLASHESCAPE

static int add_table(struct json_object *parent, const char *key, const struct table *t);

static struct json_object *string_value(const char *s)
{
	char *clean = utf8_clean(s);
	struct json_object *value = clean ? json_object_new_string(clean) : NULL;

	free(clean);
	return value;
}

static struct json_object *hex_value(uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, v);
	return json_object_new_string(text);
}

/* With as many digits as it takes to read the same number back: 0.1, not 0.10000000000000001. */
static struct json_object *real_value(double v)
{
	char text[32];

	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	return json_object_new_double_s(v, text);
}

static struct json_object *series_value(const struct series *s)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < s->nr; i++) {
		struct json_object *count = json_object_new_uint64(s->counts[i]);

		if (!count || json_object_array_add(array, count)) {
			json_object_put(count);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

/* The value of a cell that is no table; NULL without memory. */
static struct json_object *cell_value(const struct column *c, const struct cell *cell)
{
	switch (c->type) {
	case CELL_U64:
		return json_object_new_uint64(cell->u64);
	case CELL_I64:
		return json_object_new_int64(cell->i64);
	case CELL_F64:
		return real_value(cell->f64);
	case CELL_STR:
		return string_value(cell->str);
	case CELL_HEX:
		return hex_value(cell->u64);
	case CELL_BOOL:
		return json_object_new_boolean(cell->b);
	case CELL_SERIES:
		return series_value(cell->series);
	case CELL_TABLE:
		break;
	}
	return NULL;
}

static bool is_null(const struct column *c, const struct cell *cell)
{
	/* JSON has no infinity and no NaN. */
	return !cell->known || (c->type == CELL_F64 && !isfinite(cell->f64));
}

/* Adds @cell to @parent under @key; the cell's column is @c. */
static int add_cell(struct json_object *parent, const char *key, const struct column *c,
		    const struct cell *cell)
{
	struct json_object *value = NULL;

	if (c->type == CELL_TABLE && cell->known)
		return add_table(parent, key, cell->table);
	if (!is_null(c, cell)) {
		value = cell_value(c, cell);
		if (!value)
			return -ENOMEM;
	}
	if (json_object_object_add(parent, key, value)) {
		json_object_put(value);
		return -ENOMEM;
	}
	return 0;
}

static int add_row(struct json_object *object, const struct table *t, size_t row)
{
	const struct table_def *def = t->def;
	int err = 0;

	for (size_t i = 0; i < def->nr_columns && !err; i++) {
		const struct column *c = &def->columns[i];

		if (!c->text_only)
			err = add_cell(object, c->key, c, &t->cells[row * def->nr_columns + i]);
	}
	return err;
}

static int add_map(struct json_object *object, const struct table *t)
{
	int err = 0;

	for (size_t row = 0; row < t->nr_rows && !err; row++) {
		const struct cell *cells = &t->cells[row * t->def->nr_columns];
		char *key = utf8_clean(cells[0].known ? cells[0].str : "");

		err = key ? add_cell(object, key, &t->def->columns[1], &cells[1]) : -ENOMEM;
		free(key);
	}
	return err;
}

static int add_list(struct json_object *array, const struct table *t)
{
	int err = 0;

	for (size_t row = 0; row < t->nr_rows && !err; row++) {
		struct json_object *object = json_object_new_object();

		if (!object)
			return -ENOMEM;
		err = add_row(object, t, row);
		if (json_object_array_add(array, object)) {
			json_object_put(object);
			return -ENOMEM;
		}
	}
	return err;
}

static int add_contents(struct json_object *value, const struct table *t)
{
	switch (t->def->shape) {
	case TABLE_LIST:
		return add_list(value, t);
	case TABLE_MAP:
		return add_map(value, t);
	case TABLE_OBJECT:
		return t->nr_rows ? add_row(value, t, 0) : 0;
	}
	return -EINVAL;
}

static int add_table(struct json_object *parent, const char *key, const struct table *t)
{
	struct json_object *value;
	int err;

	if (t->def->text_only)
		return 0;
	if (!key)
		return add_contents(parent, t);
	value = t->def->shape == TABLE_LIST ? json_object_new_array() : json_object_new_object();
	if (!value)
		return -ENOMEM;
	err = add_contents(value, t);
	if (json_object_object_add(parent, key, value)) {
		json_object_put(value);
		return -ENOMEM;
	}
	return err;
}

/* Prints @object and releases it. */
static int print(struct json_object *object, int err, int flags, FILE *file, bool flush)
{
	struct sink s;
	const char *text;

	if (!err)
		err = sink__open(&s);
	if (!err) {
		text = json_object_to_json_string_ext(object, STYLE | flags);
		if (text)
			fprintf(s.mem, "%s\n", text);
		err = sink__close(&s, file, text ? 0 : -ENOMEM, flush);
	}
	json_object_put(object);
	return err;
}

/* --- a document ------------------------------------------------------------------------------- */

/*
 * A document of many rows is printed row by row: only one of them is a tree and text at a time, which
 * takes ten times what the rows take. What is printed is what json-c prints of the whole.
 */
#define PRETTY (STYLE | JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED)
/** Spaces of a level, as json-c indents. */
#define INDENT 2

/** struct printer - @any: a member has been printed */
struct printer {
	FILE *file;
	bool any;
};

static int put_text(const struct printer *p, const char *text)
{
	return put(p->file, text, strlen(text), false);
}

/** put_lines - @len bytes of @text, its lines but the first indented by @levels more: no string has a line's end. */
static int put_lines(const struct printer *p, const char *text, size_t len, int levels)
{
	const char *end = text + len, *line;
	int err = 0;

	for (; !err && (line = memchr(text, '\n', (size_t)(end - text))); text = line + 1) {
		err = put(p->file, text, (size_t)(line + 1 - text), false);
		for (int i = 0; i < levels * INDENT && !err; i++)
			err = put(p->file, " ", 1, false);
	}
	return err ? err : put(p->file, text, (size_t)(end - text), false);
}

/** put_members - those of @root, if there are any; @root is released. */
static int put_members(struct printer *p, struct json_object *root, int err)
{
	const char *text = NULL;

	if (!err && json_object_object_length(root)) {
		text = json_object_to_json_string_ext(root, PRETTY);
		err = text ? 0 : -ENOMEM;
	}
	if (text) {
		err = p->any ? put_text(p, ",") : 0;
		p->any = true;
		/* between "{" and "\n}" */
		if (!err)
			err = put(p->file, text + 1,
				  strlen(text) - strlen("{"
							"\n}"),
				  false);
	}
	json_object_put(root);
	return err;
}

static int put_table(struct printer *p, const struct table *t)
{
	struct json_object *root = json_object_new_object();

	return put_members(p, root, root ? add_table(root, t->def->key, t) : -ENOMEM);
}

/** put_row - an element of an array. */
static int put_row(const struct printer *p, const struct table *t, size_t row)
{
	struct json_object *object = json_object_new_object();
	int err = object ? add_row(object, t, row) : -ENOMEM;
	const char *text = err ? NULL : json_object_to_json_string_ext(object, PRETTY);

	if (!err)
		err = text ? put_text(p, row ? ",\n    " : "\n    ") : -ENOMEM;
	if (!err)
		err = put_lines(p, text, strlen(text), 2);
	json_object_put(object);
	return err;
}

/** put_key - the beginning of a member. */
static int put_key(struct printer *p, const char *key)
{
	struct json_object *name = string_value(key);
	const char *text = name ? json_object_to_json_string_ext(name, STYLE) : NULL;
	int err = text ? put_text(p, p->any ? ",\n  " : "\n  ") : -ENOMEM;

	p->any = true;
	if (!err)
		err = put_text(p, text);
	json_object_put(name);
	return err ? err : put_text(p, ": ");
}

/** put_list - a table of rows. */
static int put_list(struct printer *p, const struct table *t)
{
	int err = put_key(p, t->def->key);

	if (!err)
		err = put_text(p, "[");
	for (size_t row = 0; row < t->nr_rows && !err; row++)
		err = put_row(p, t, row);
	return err ? err : put_text(p, "\n  ]");
}

static bool is_list(const struct table *t)
{
	return t->def->shape == TABLE_LIST && t->def->key && t->nr_rows && !t->def->text_only;
}

int json_document(const struct document *d, const struct out_options *o)
{
	struct printer p = { .file = o->file };
	int err = put_text(&p, "{");

	for (size_t i = 0; i < d->nr_tables && !err; i++)
		err = is_list(d->tables[i]) ? put_list(&p, d->tables[i])
					    : put_table(&p, d->tables[i]);
	return err ? err : put(p.file, "\n}\n", 3, true);
}

int json_row(const struct table *t, const struct out_options *o, bool first)
{
	struct json_object *object = json_object_new_object();
	int err = object ? 0 : -ENOMEM;

	(void)first;
	if (!t->nr_rows)
		err = -EINVAL;
	if (!err)
		err = add_row(object, t, t->nr_rows - 1);
	return print(object, err, JSON_C_TO_STRING_PLAIN, o->file, false);
}
