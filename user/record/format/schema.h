/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schema.h - the table of record types and their fields, and the encoding of records.
 *
 * A record is encoded as its type (a byte), a bit for each element of its fields that differs from
 * the previous record of this type in the block, and these differences as signed LEB128; strings
 * are encoded as length and bytes. A recording contains its schema: a reader follows it, takes the
 * fields whose names it knows, and skips the others.
 */
#ifndef VMASCOPE_RECORD_FORMAT_SCHEMA_H
#define VMASCOPE_RECORD_FORMAT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/format/format.h"

/** enum field_kind - type of a field's elements */
enum field_kind {
	FIELD_NUMBER, /* unsigned, in the size of the field */
	FIELD_STRING, /* const char *, may be NULL */
};

/**
 * struct field - a field of a record
 * @offset: offset in the record; @size: size of an element, bytes; @count: number of elements
 * @is_call: the value is an enum vs_call, or counts on from its end: see codec__name_call()
 */
struct field {
	const char *name;
	uint16_t offset;
	uint8_t size;
	uint8_t kind;
	uint16_t count;
	bool is_call;
};

/** struct type - a type of record, with its @nr @fields */
struct type {
	const char *name;
	const struct field *fields;
	size_t nr;
	size_t size;
};

/** record_types - all types, by enum record_type */
extern const struct type record_types[NR_RECORD_TYPES];

/** Offset of an element that is skipped, as the reader does not know it. */
#define ELEMENT_SKIPPED UINT16_MAX
/** Limits for the elements of a record and the types of a recording. */
#define SHAPE_MAX_ELEMENTS 1024u
#define CODEC_MAX_TYPES 64u

/** struct element - where an element of a field is stored in the record */
struct element {
	uint16_t offset;
	uint8_t size;
	uint8_t kind;
	bool is_call;
};

/**
 * struct shape - a type of record as the recording defines it
 * @type: enum record_type; RECORD_NONE: unknown to this build
 * @before: elements of the previous record of this type
 */
struct shape {
	enum record_type type;
	size_t nr;
	struct element *elements;
	uint64_t *before;
};

/** Maximum number of memory calls and other sources of flushes in a recording. */
#define CODEC_MAX_CALLS 128u

/**
 * struct codec - shapes by the type number at the start of a record
 * @calls: maps @nr_calls numbers of the recording to enum vs_call; 0: the numbers are the same
 */
struct codec {
	struct shape shapes[CODEC_MAX_TYPES];
	uint8_t calls[CODEC_MAX_CALLS];
	uint32_t nr_calls;
};

/**
 * codec__init - set up with the types of this build. Return: 0 or -ENOMEM; must be freed in any
 * case.
 */
int codec__init(struct codec *c);
void codec__free(struct codec *c);

/**
 * codec__add - define a field of type @id of a recording, with @count elements
 * @name: name of the type; @field: name of the field
 * Return: 0; -EINVAL: there are too many; -ENOMEM.
 */
int codec__add(struct codec *c, uint32_t id, const char *name, const char *field,
	       enum field_kind kind, uint32_t count);

/**
 * codec__name_call - map the next number of a memory call, from 0 on, to the call @name
 *
 * This allows to add calls in the middle of enum vs_call: a recording keeps its own numbers.
 * Return: 0; -EPROTONOSUPPORT: unknown name, so the recording is of a newer version; -EINVAL: too
 * many.
 */
int codec__name_call(struct codec *c, const char *name);

/** codec__has - records of @type have the field that is at @offset in this build's record. */
bool codec__has(const struct codec *c, enum record_type type, size_t offset);

/** codec__restart - begin a block. */
void codec__restart(struct codec *c);

/** Maximum size of an encoded record in bytes. */
#define RECORD_MAX_BYTES (32u << 10)

/** codec__put - encode a record to @to, which has RECORD_MAX_BYTES. Return: bytes written. */
size_t codec__put(struct codec *c, enum record_type type, const void *record, uint8_t *to);

/**
 * codec__get - decode a record
 * @from: start of the record, advanced past it; @end: end of the block
 * @record: filled in; its strings point into the block
 *
 * Return: enum record_type; -EBADMSG: the record is invalid.
 */
int codec__get(struct codec *c, const uint8_t **from, const uint8_t *end, union record *record);

#endif /* VMASCOPE_RECORD_FORMAT_SCHEMA_H */
