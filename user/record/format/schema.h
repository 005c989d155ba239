/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schema.h - the table of record types and their fields, and how records become bytes.
 *
 * A record is its type (a byte), a bit for each element of its fields that differs from the record
 * of its type before it in the block, and these differences as signed LEB128; of strings, their
 * length and bytes. A recording tells its own schema: a reader goes by it, takes the fields that it
 * knows by their names, and steps over the others.
 */
#ifndef VMASCOPE_RECORD_FORMAT_SCHEMA_H
#define VMASCOPE_RECORD_FORMAT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/format.h"

/** enum field_kind - what the elements of a field are */
enum field_kind {
	FIELD_NUMBER, /* unsigned, of the field's size */
	FIELD_STRING, /* const char *; NULL is fine */
};

/**
 * struct field - of a record
 * @offset: in the record; @size: of an element, bytes; @count: elements
 * @is_call: a number of enum vs_call, or counted on from its end: see codec__name_call()
 */
struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
	uint8_t kind;
	uint16_t count;
	bool is_call;
};

/** struct type - a type of record: @fields, @nr of them */
struct type {
	const char *name;
	const struct field *fields;
	size_t nr;
	size_t size;
};

/** record_types - all of them, by enum record_type */
extern const struct type record_types[NR_RECORD_TYPES];

/** Offset of an element that the reader does not know. */
#define ELEMENT_SKIPPED UINT16_MAX
/** Elements of a record at most, and types of a recording. */
#define SHAPE_MAX_ELEMENTS 1024u
#define CODEC_MAX_TYPES 64u

/** struct element - a field's element, where a record's bytes go */
struct element {
	uint16_t offset;
	uint8_t size;
	uint8_t kind;
	bool is_call;
};

/**
 * struct shape - a type as a recording has it
 * @type: enum record_type, RECORD_NONE: not known here
 * @before: the record of the type before, by element
 */
struct shape {
	enum record_type type;
	size_t nr;
	struct element *elements;
	uint64_t *before;
};

/** Memory calls and what else flushes, of a recording at most. */
#define CODEC_MAX_CALLS 128u

/**
 * struct codec - the shapes, by the number that records begin with
 * @calls: enum vs_call by the number that the recording has for it: @nr_calls, 0: they are the same
 */
struct codec {
	struct shape shapes[CODEC_MAX_TYPES];
	uint8_t calls[CODEC_MAX_CALLS];
	uint32_t nr_calls;
};

/** codec__init - with the types of this build. Return: 0 or -ENOMEM; to be freed in any case. */
int codec__init(struct codec *c);
void codec__free(struct codec *c);

/**
 * codec__add - a field of type @id of a recording: @count more elements
 * @name: of the type, @field: of the field
 * Return: 0; -EINVAL: there are too many; -ENOMEM.
 */
int codec__add(struct codec *c, uint32_t id, const char *name, const char *field,
	       enum field_kind kind, uint32_t count);

/**
 * codec__name_call - the next number of a memory call, from 0 on, stands for the one called @name
 *
 * So calls can be added in the middle of enum vs_call: a recording's numbers are those of its time.
 * Return: 0; -EPROTONOSUPPORT: there is none, so the recording is of a later version; -EINVAL: too many.
 */
int codec__name_call(struct codec *c, const char *name);

/** codec__has - records of @type have the field that is at @offset in the record of this build. */
bool codec__has(const struct codec *c, enum record_type type, size_t offset);

/** codec__restart - a block begins. */
void codec__restart(struct codec *c);

/** Bytes that any record takes at most. */
#define RECORD_MAX_BYTES (32u << 10)

/** codec__put - write a record to @to, which has RECORD_MAX_BYTES. Return: bytes written. */
size_t codec__put(struct codec *c, enum record_type type, const void *record, uint8_t *to);

/**
 * codec__get - read a record
 * @from: where it begins, moved behind it; @end: of the block
 * @record: set; strings in it point into the block
 *
 * Return: enum record_type; -EBADMSG if this is no record.
 */
int codec__get(struct codec *c, const uint8_t **from, const uint8_t *end, union record *record);

#endif /* VMASCOPE_RECORD_FORMAT_SCHEMA_H */
