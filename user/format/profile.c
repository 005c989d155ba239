// SPDX-License-Identifier: GPL-2.0-only
/* profile.c - stacks to messages of pprof's format, each thing once, compressed as they come. */
#include "format/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "format/put.h"
#include "profile.pb-c.h"
#include "util/array.h"
#include "util/hash.h"
#include "util/utf8.h"

/** Names of messages, without the package's. */
#define P(name) Vmascope__Pprof__##name
#define INIT(name) VMASCOPE__PPROF__##name##__INIT

/** Field numbers of Profile, as in profile.proto. */
enum profile_field {
	FIELD_SAMPLE_TYPE = 1,
	FIELD_SAMPLE = 2,
	FIELD_MAPPING = 3,
	FIELD_LOCATION = 4,
	FIELD_FUNCTION = 5,
	FIELD_STRING = 6,
	FIELD_TIME = 9,
	FIELD_DURATION = 10,
	FIELD_PERIOD_TYPE = 11,
	FIELD_PERIOD = 12,
	FIELD_COMMENT = 13,
	FIELD_DEFAULT_TYPE = 14,
};

/** Wire types of protobuf, the lowest bits of a tag. */
#define WIRE_VARINT 0
#define WIRE_BYTES 2
#define VARINT_MAX 10
/** deflate with a gzip header: windowBits of zlib.h, and 16. */
#define GZIP_WINDOW (15 + 16)
#define GZIP_MEMORY 8
#define OUT_BYTES 16384

/** struct digest - identity of a string or a place: two independent hashes */
struct digest {
	uint64_t hash[2];
};

/** struct profile_function - identity of a function: numbers of strings */
struct profile_function {
	uint64_t name;
	uint64_t file;
};

/** struct file_facts - a mapping: number of its name; @sources: source files of it are known */
struct file_facts {
	uint64_t name;
	bool sources;
};

/**
 * struct profile - the profile that is being written
 * @error: negative errno of the first failure; nothing is written after it
 * @strings, @functions, @locations, @mappings: what was written, to its number; the number of each
 *	kind is that of its hash
 * @files: mappings by number, from 1; they are written last
 * @place: the location that is being collected: module and address of its frames, @nr_lines lines
 * @ids: locations of the sample, @nr_ids; @labels: its @nr_labels labels
 * @values: of the sample, @nr_types of them
 */
struct profile {
	FILE *file;
	int error;
	z_stream z;
	uint8_t *buf;
	size_t cap;
	struct hash strings;
	struct hash functions;
	struct hash locations;
	struct hash mappings;
	struct file_facts *files;
	size_t nr_files;
	struct {
		uint64_t mapping;
		uint64_t address;
	} place;
	P(Line) * lines;
	size_t nr_lines;
	size_t cap_lines;
	uint64_t *ids;
	size_t nr_ids;
	size_t cap_ids;
	P(Label) * labels;
	size_t nr_labels;
	size_t cap_labels;
	int64_t *values;
	size_t nr_types;
	uint8_t out[OUT_BYTES];
};

static void fail(struct profile *p, int err)
{
	if (!p->error)
		p->error = err;
}

/* --- bytes --------------------------------------------------------------------------------- */

/** deflate_all - compress what is in p->z, and write what comes of it. */
static void deflate_all(struct profile *p, int flush)
{
	int result = Z_OK;

	do {
		p->z.next_out = p->out;
		p->z.avail_out = sizeof(p->out);
		result = deflate(&p->z, flush);
		if (result == Z_STREAM_ERROR) {
			fail(p, -EIO);
			return;
		}
		if (p->z.avail_out < sizeof(p->out))
			fail(p, put(p->file, (const char *)p->out, sizeof(p->out) - p->z.avail_out,
				    false));
	} while (!p->error && !p->z.avail_out);
}

static void put_bytes(struct profile *p, const uint8_t *bytes, size_t len)
{
	if (p->error)
		return;
	p->z.next_in = (uint8_t *)bytes;
	p->z.avail_in = len;
	deflate_all(p, Z_NO_FLUSH);
}

static size_t varint(uint8_t *to, uint64_t value)
{
	size_t len = 0;

	for (; value > 0x7f; value >>= 7)
		to[len++] = 0x80 | (value & 0x7f);
	to[len++] = value;
	return len;
}

static void put_head(struct profile *p, enum profile_field field, int wire, uint64_t value)
{
	uint8_t head[1 + VARINT_MAX] = { field << 3 | wire };

	put_bytes(p, head, 1 + varint(head + 1, value));
}

static void put_number(struct profile *p, enum profile_field field, uint64_t value)
{
	put_head(p, field, WIRE_VARINT, value);
}

static void put_text(struct profile *p, enum profile_field field, const char *text)
{
	const size_t len = strlen(text);

	put_head(p, field, WIRE_BYTES, len);
	put_bytes(p, (const uint8_t *)text, len);
}

static void put_message(struct profile *p, enum profile_field field, const ProtobufCMessage *m)
{
	const size_t size = protobuf_c_message_get_packed_size(m);

	if (!p->error)
		fail(p, array__reserve(&p->buf, &p->cap, size, 1));
	if (p->error)
		return;
	put_head(p, field, WIRE_BYTES, size);
	put_bytes(p, p->buf, protobuf_c_message_pack(m, p->buf));
}

/* --- what is written once ------------------------------------------------------------------ */

/** numbered - the number under @key, or the next one, with *@is_new set. */
static uint64_t numbered(struct profile *p, struct hash *known, const void *key, bool *is_new)
{
	uintptr_t number = (uintptr_t)hash__get(known, key);

	*is_new = !number;
	if (number)
		return number;
	number = known->nr + 1;
	fail(p, hash__set(known, key, (void *)number));
	return number;
}

/** string - the number of @text in the table of strings; 0 is "". */
static uint64_t string(struct profile *p, const char *text)
{
	char *clean = text && *text ? utf8_clean(text) : NULL;
	struct digest key;
	uint64_t number;
	bool is_new;

	if (!clean) {
		fail(p, text && *text ? -ENOMEM : 0);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(key.hash); i++)
		key.hash[i] = hash_string(hash_seed(i), clean);
	number = numbered(p, &p->strings, &key, &is_new);
	if (is_new)
		put_text(p, FIELD_STRING, clean);
	free(clean);
	return number;
}

static uint64_t function(struct profile *p, const struct profile_frame *f)
{
	const struct profile_function key = { string(p, f->name), string(p, f->file) };
	P(Function) message = INIT(FUNCTION);
	bool is_new;

	message.id = numbered(p, &p->functions, &key, &is_new);
	message.name = message.system_name = key.name;
	message.filename = key.file;
	if (is_new)
		put_message(p, FIELD_FUNCTION, &message.base);
	return message.id;
}

static uint64_t mapping(struct profile *p, const struct profile_frame *f)
{
	const uint64_t name = string(p, f->module);
	uint64_t number;
	bool is_new;

	if (!name)
		return 0;
	number = numbered(p, &p->mappings, &name, &is_new);
	if (is_new && !p->error) {
		fail(p, array__more(&p->files, p->nr_files, sizeof(*p->files)));
		if (!p->error)
			p->files[p->nr_files++] = (struct file_facts){ .name = name };
	}
	if (!p->error)
		p->files[number - 1].sources |= f->file != NULL;
	return number;
}

static void put_mappings(struct profile *p)
{
	for (size_t i = 0; i < p->nr_files; i++) {
		P(Mapping) message = INIT(MAPPING);

		message.id = i + 1;
		message.filename = p->files[i].name;
		/* all the names that there are: nobody has to look for more */
		message.has_functions = true;
		message.has_filenames = message.has_line_numbers = p->files[i].sources;
		put_message(p, FIELD_MAPPING, &message.base);
	}
}

/** end_place - what was collected is a location, which is added to the sample. */
static void end_place(struct profile *p)
{
	P(Location) message = INIT(LOCATION);
	P(Line) * *lines;
	struct digest key;
	bool is_new;

	if (!p->nr_lines || p->error)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(key.hash); i++) {
		key.hash[i] = hash_bytes(hash_seed(i), &p->place, sizeof(p->place));
		for (size_t k = 0; k < p->nr_lines; k++) {
			const uint64_t line[] = { p->lines[k].function_id, p->lines[k].line };

			key.hash[i] = hash_bytes(key.hash[i], line, sizeof(line));
		}
	}
	message.id = numbered(p, &p->locations, &key, &is_new);
	lines = is_new ? calloc(p->nr_lines, sizeof(*lines)) : NULL;
	fail(p, is_new && !lines ? -ENOMEM : 0);
	for (size_t i = 0; lines && i < p->nr_lines; i++)
		lines[i] = &p->lines[i];
	message.mapping_id = p->place.mapping;
	message.address = p->place.address;
	message.n_line = p->nr_lines;
	message.line = lines;
	if (lines)
		put_message(p, FIELD_LOCATION, &message.base);
	free(lines);
	p->nr_lines = 0;
	fail(p, array__reserve(&p->ids, &p->cap_ids, p->nr_ids + 1, sizeof(*p->ids)));
	if (!p->error)
		p->ids[p->nr_ids++] = message.id;
}

/* --- samples ------------------------------------------------------------------------------- */

void profile__begin(struct profile *p)
{
	p->nr_lines = p->nr_ids = p->nr_labels = 0;
}

void profile__frame(struct profile *p, const struct profile_frame *f)
{
	const P(Line) init = INIT(LINE);

	if (p->error || array__reserve(&p->lines, &p->cap_lines, p->nr_lines + 1, sizeof(init))) {
		fail(p, -ENOMEM);
		return;
	}
	if (!p->nr_lines) {
		p->place.mapping = mapping(p, f);
		p->place.address = f->address;
	}
	p->lines[p->nr_lines] = init;
	p->lines[p->nr_lines].function_id = function(p, f);
	p->lines[p->nr_lines++].line = f->line;
	if (!f->inlined)
		end_place(p);
}

void profile__label(struct profile *p, const struct profile_label *label)
{
	P(Label) message = INIT(LABEL);

	if (p->error ||
	    array__reserve(&p->labels, &p->cap_labels, p->nr_labels + 1, sizeof(message))) {
		fail(p, -ENOMEM);
		return;
	}
	message.key = string(p, label->key);
	if (label->text)
		message.str = string(p, label->text);
	else
		message.num = label->number;
	p->labels[p->nr_labels++] = message;
}

void profile__end(struct profile *p, const uint64_t *values)
{
	P(Sample) message = INIT(SAMPLE);
	P(Label) **labels = calloc(p->nr_labels + 1, sizeof(*labels));
	bool any = false;

	end_place(p);
	fail(p, labels ? 0 : -ENOMEM);
	for (size_t i = 0; labels && i < p->nr_labels; i++)
		labels[i] = &p->labels[i];
	for (size_t i = 0; i < p->nr_types; i++) {
		p->values[i] = values[i];
		any |= values[i] != 0;
	}
	message.n_location_id = p->nr_ids;
	message.location_id = p->ids;
	message.n_value = p->nr_types;
	message.value = p->values;
	message.n_label = p->nr_labels;
	message.label = labels;
	if (any && !p->error)
		put_message(p, FIELD_SAMPLE, &message.base);
	free(labels);
}

/* --- the file ------------------------------------------------------------------------------ */

static void put_type(struct profile *p, enum profile_field field, const struct profile_type *type)
{
	P(ValueType) message = INIT(VALUE_TYPE);

	message.type = string(p, type->name);
	message.unit = string(p, type->unit);
	put_message(p, field, &message.base);
}

static void put_profile_head(struct profile *p, const struct profile_head *head)
{
	/* string 0 */
	put_text(p, FIELD_STRING, "");
	for (size_t i = 0; i < head->nr_types; i++)
		put_type(p, FIELD_SAMPLE_TYPE, &head->types[i]);
	if (head->nr_types) {
		/* every fault and call is counted */
		put_type(p, FIELD_PERIOD_TYPE, &head->types[0]);
		put_number(p, FIELD_PERIOD, 1);
		put_number(p, FIELD_DEFAULT_TYPE, string(p, head->types[0].name));
	}
	if (head->time_ns)
		put_number(p, FIELD_TIME, head->time_ns);
	put_number(p, FIELD_DURATION, head->duration_ns);
	if (head->comment)
		put_number(p, FIELD_COMMENT, string(p, head->comment));
}

struct profile *profile__new(const struct profile_head *head, FILE *file)
{
	struct profile *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->file = file;
	p->nr_types = head->nr_types;
	p->values = calloc(head->nr_types + 1, sizeof(*p->values));
	if (!p->values || deflateInit2(&p->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
				       GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(p->values);
		free(p);
		return NULL;
	}
	hash__init(&p->strings, sizeof(struct digest));
	hash__init(&p->functions, sizeof(struct profile_function));
	hash__init(&p->locations, sizeof(struct digest));
	hash__init(&p->mappings, sizeof(uint64_t));
	put_profile_head(p, head);
	return p;
}

int profile__close(struct profile *p)
{
	int err;

	if (!p)
		return 0;
	put_mappings(p);
	if (!p->error)
		deflate_all(p, Z_FINISH);
	err = p->error;
	deflateEnd(&p->z);
	hash__free(&p->strings, NULL);
	hash__free(&p->functions, NULL);
	hash__free(&p->locations, NULL);
	hash__free(&p->mappings, NULL);
	free(p->files);
	free(p->lines);
	free(p->ids);
	free(p->labels);
	free(p->values);
	free(p->buf);
	free(p);
	return err;
}
