// SPDX-License-Identifier: GPL-2.0-only
/*
 * pprof.c - rows with a stack as a profile that `go tool pprof` reads.
 *
 * A row is a sample: its columns with @sample are values, those with @label are labels, and
 * "kernel_frames" and "frames" are its functions. The first table with such rows is written.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "format/formats.h"
#include "format/profile.h"
#include "util/array.h"

/** Values of a sample at most. */
#define MAX_TYPES 8
/** Longest text for an address without a function. */
#define ADDRESS_LEN 512
/** The only frame of a stack that is not known. */
#define UNKNOWN_STACK "[no stack]"

/**
 * struct sample_column - a column whose cells are values
 * @outer: number of the column of the row; @inner: of the object in it, SIZE_MAX: the cell is a
 *	number
 */
struct sample_column {
	size_t outer;
	size_t inner;
};

/**
 * struct sample_rows - how samples are made of the rows of a table
 * @frames, @kernel_frames: numbers of columns
 */
struct sample_rows {
	const struct table *t;
	size_t frames;
	size_t kernel_frames;
	struct sample_column columns[MAX_TYPES];
	struct profile_type types[MAX_TYPES];
	size_t nr_types;
};

/** find - the number of the column with @key; SIZE_MAX: there is none. */
static size_t find(const struct table_def *def, const char *key)
{
	for (size_t i = 0; i < def->nr_columns; i++)
		if (!strcmp(def->columns[i].key, key))
			return i;
	return SIZE_MAX;
}

static const struct cell *cell(const struct table *t, size_t row, size_t column)
{
	return &t->cells[row * t->def->nr_columns + column];
}

/** named - the cell with @key of a row, if it is known; else NULL. */
static const struct cell *named(const struct table *t, size_t row, const char *key)
{
	const size_t column = find(t->def, key);
	const struct cell *c = column < SIZE_MAX ? cell(t, row, column) : NULL;

	return c && c->known ? c : NULL;
}

/* --- values -------------------------------------------------------------------------------- */

/** value_cell - the cell of a value; NULL: it is unknown. */
static const struct cell *value_cell(const struct sample_rows *s, size_t row,
				     const struct sample_column *column)
{
	const struct cell *c = cell(s->t, row, column->outer);

	if (c->known && column->inner < SIZE_MAX)
		c = c->table->nr_rows ? cell(c->table, 0, column->inner) : NULL;
	return c && c->known ? c : NULL;
}

/** is_known - the value is known in some row: else no row has it. */
static bool is_known(const struct sample_rows *s, const struct sample_column *column)
{
	for (size_t i = 0; i < s->t->nr_rows; i++)
		if (value_cell(s, i, column))
			return true;
	return !s->t->nr_rows;
}

static const char *unit_name(enum cell_unit unit)
{
	return unit == UNIT_NS ? "nanoseconds" : unit == UNIT_BYTES ? "bytes" : "count";
}

static void add_type(struct sample_rows *s, const struct column *c, struct sample_column column)
{
	if (!c->sample || s->nr_types == MAX_TYPES || !is_known(s, &column))
		return;
	s->columns[s->nr_types] = column;
	s->types[s->nr_types++] = (struct profile_type){ c->sample, unit_name(c->unit) };
}

static void find_types(struct sample_rows *s)
{
	const struct table_def *def = s->t->def;

	for (size_t i = 0; i < def->nr_columns; i++) {
		const struct table_def *object = def->columns[i].object;

		add_type(s, &def->columns[i], (struct sample_column){ i, SIZE_MAX });
		for (size_t k = 0; object && k < object->nr_columns; k++)
			add_type(s, &object->columns[k], (struct sample_column){ i, k });
	}
}

/* --- frames -------------------------------------------------------------------------------- */

static const char *text_of(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = named(t, row, key);

	return c ? c->str : NULL;
}

static uint64_t number_of(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = named(t, row, key);

	return c ? c->u64 : 0;
}

static bool flag_of(const struct table *t, size_t row, const char *key)
{
	const struct cell *c = named(t, row, key);

	return c && c->b;
}

/** frame - of a row of a table of frames; @buf: for code without a name, which text shows so, too. */
static struct profile_frame frame(const struct table *t, size_t row, char *buf)
{
	const bool in_file = named(t, row, "module_offset");
	struct profile_frame f = {
		.name = text_of(t, row, "name"),
		.file = text_of(t, row, "file"),
		.line = number_of(t, row, "line"),
		.module = text_of(t, row, "module"),
		.address = number_of(t, row, in_file ? "module_offset" : "address"),
		.inlined = flag_of(t, row, "inlined"),
	};
	const char *slash = f.module ? strrchr(f.module, '/') : NULL;

	if (f.name)
		return f;
	if (in_file)
		snprintf(buf, ADDRESS_LEN, "%s+0x%" PRIx64,
			 slash	    ? slash + 1
			 : f.module ? f.module
				    : "[file]",
			 f.address);
	else
		snprintf(buf, ADDRESS_LEN, "0x%" PRIx64, f.address);
	f.name = buf;
	return f;
}

/** put_frames - of the table in a cell. Return: their number. */
static size_t put_frames(struct profile *p, const struct cell *c)
{
	const struct table *t = c->known ? c->table : NULL;
	char buf[ADDRESS_LEN];

	for (size_t i = 0; t && i < t->nr_rows; i++) {
		const struct profile_frame f = frame(t, i, buf);

		profile__frame(p, &f);
	}
	return t ? t->nr_rows : 0;
}

/* --- samples ------------------------------------------------------------------------------- */

static void put_labels(struct profile *p, const struct table *t, size_t row)
{
	for (size_t i = 0; i < t->def->nr_columns; i++) {
		const struct column *column = &t->def->columns[i];
		const struct cell *c = cell(t, row, i);
		struct profile_label label = { .key = column->key };

		if (!column->label || !c->known)
			continue;
		if (column->type == CELL_STR)
			label.text = c->str;
		else
			label.number = c->u64;
		profile__label(p, &label);
	}
}

static void put_sample(struct profile *p, const struct sample_rows *s, size_t row)
{
	const struct profile_frame none = { .name = UNKNOWN_STACK };
	uint64_t values[MAX_TYPES], any = 0;
	size_t nr;

	for (size_t i = 0; i < s->nr_types; i++) {
		const struct cell *c = value_cell(s, row, &s->columns[i]);

		any |= values[i] = c ? c->u64 : 0;
	}
	if (!any)
		return;
	profile__begin(p);
	nr = put_frames(p, cell(s->t, row, s->kernel_frames));
	nr += put_frames(p, cell(s->t, row, s->frames));
	if (!nr)
		profile__frame(p, &none);
	put_labels(p, s->t, row);
	profile__end(p, values);
}

/** set_head - what the document says of the run. */
static void set_head(struct profile_head *head, const struct document *d)
{
	const struct table *t = d->nr_tables ? d->tables[0] : NULL;

	if (!t || t->def->shape != TABLE_OBJECT || !t->nr_rows)
		return;
	head->duration_ns = number_of(t, 0, "duration_ns");
	head->comment = text_of(t, 0, "command");
}

/** find_table - the first one with stacks. Return: 0 or -ENOTSUP: there is none. */
static int find_table(struct sample_rows *s, const struct document *d)
{
	for (size_t i = 0; i < d->nr_tables; i++) {
		const struct table_def *def = d->tables[i]->def;

		s->frames = find(def, "frames");
		s->kernel_frames = find(def, "kernel_frames");
		if (s->frames == SIZE_MAX || s->kernel_frames == SIZE_MAX)
			continue;
		s->t = d->tables[i];
		return 0;
	}
	return -ENOTSUP;
}

int pprof_document(const struct document *d, const struct out_options *o)
{
	struct profile_head head = { .time_ns = o->time_ns };
	struct sample_rows s = { .t = NULL };
	int err = find_table(&s, d);
	struct profile *p;

	if (err)
		return err;
	find_types(&s);
	set_head(&head, d);
	head.types = s.types;
	head.nr_types = s.nr_types;
	p = profile__new(&head, o->file);
	if (!p)
		return -ENOMEM;
	for (size_t i = 0; i < s.t->nr_rows; i++)
		put_sample(p, &s, i);
	return profile__close(p);
}
