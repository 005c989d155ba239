/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * golden_old.h - a recording as an earlier version would have made it: without some fields.
 */
#ifndef VMASCOPE_TESTS_UNIT_GOLDEN_OLD_H
#define VMASCOPE_TESTS_UNIT_GOLDEN_OLD_H

#include <json-c/json.h>

#include "record/format/file.h"
#include "record/format/reader.h"

/** struct old_field - a field that records of type @type did not have */
struct old_field {
	const char *type;
	const char *field;
};

static inline bool is_old_field(const struct old_field *without, const char *type,
				const char *field)
{
	for (; without->type; without++)
		if (!strcmp(without->type, type) && !strcmp(without->field, field))
			return true;
	return false;
}

/** old_header - that of @h, without the fields; to be freed */
static inline char *old_header(const struct header *h, const struct old_field *without)
{
	char *text = header__format(h), *old;
	struct json_object *root, *types;

	assert_non_null(text);
	root = json_tokener_parse(text);
	types = json_object_object_get(root, "types");
	for (size_t i = 0; i < json_object_array_length(types); i++) {
		struct json_object *type = json_object_array_get_idx(types, i);
		struct json_object *fields = json_object_object_get(type, "fields");
		const char *name = json_object_get_string(json_object_object_get(type, "name"));

		for (size_t f = json_object_array_length(fields); f-- > 0;) {
			struct json_object *field = json_object_array_get_idx(fields, f);
			struct json_object *of = json_object_array_get_idx(field, 0);

			if (is_old_field(without, name, json_object_get_string(of)))
				json_object_array_del_idx(fields, f, 1);
		}
	}
	old = strdup(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN));
	assert_non_null(old);
	json_object_put(root);
	free(text);
	return old;
}

/** use_old_types - @p writes records without the fields */
static inline void use_old_types(struct packer *p, const struct old_field *without)
{
	codec__free(&p->codec);
	for (uint32_t id = 1; id < NR_RECORD_TYPES; id++) {
		const struct type *t = &record_types[id];

		for (size_t i = 0; i < t->nr; i++)
			if (!is_old_field(without, t->name, t->fields[i].name))
				assert_int_equal(codec__add(&p->codec, id, t->name,
							    t->fields[i].name, t->fields[i].kind,
							    t->fields[i].count),
						 0);
	}
}

/** make_old_recording - of the recording @from, in the new file @to; @without: ended by an empty one */
static inline void make_old_recording(const char *from, const char *to,
				      const struct old_field *without)
{
	struct packer packer;
	struct reader reader;
	struct file file;
	const char *why;
	char *header;
	int kind;

	assert_int_equal(reader__open(&reader, from), 0);
	header = old_header(&reader.header, without);
	assert_int_equal(file__create(&file, to, header, &why), 0);
	free(header);
	while ((kind = reader__block(&reader)) > 0) {
		union record record;
		const void *block;
		size_t size;
		int type;

		assert_int_equal(packer__init(&packer, kind), 0);
		use_old_types(&packer, without);
		while ((type = reader__record(&reader, &record)) >= 0)
			if (type != RECORD_NONE)
				assert_int_equal(
					packer__put(&packer, type, &record, reader.block.last_ns),
					0);
		block = packer__seal(&packer, &size);
		assert_non_null(block);
		assert_int_equal(file__append(&file, block, size), 0);
		packer__free(&packer);
	}
	assert_int_equal(kind, 0);
	assert_true(reader__whole(&reader));
	reader__close(&reader);
	assert_int_equal(file__finish(&file), 0);
	assert_int_equal(file__close(&file), 0);
}

#endif /* VMASCOPE_TESTS_UNIT_GOLDEN_OLD_H */
