// SPDX-License-Identifier: GPL-2.0-only
/* header.c - convert the header to JSON and back. */
#include "record/format/header.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json.h>

#include "model/names.h"
#include "sys/memory.h"
#include "util/array.h"

#define FORMAT_NAME "vmascope recording"
/**
 * Maximum number of possible CPUs (the largest CONFIG_NR_CPUS); bounds memory for a wrong number.
 */
#define MAX_CPUS 8192

/** Maximum size of a header in bytes; those that vmascope writes are below 16 KiB. */
#define MAX_BYTES (1u << 20)
/**
 * Maximum memory for each byte of JSON while it is parsed: an empty object, two bytes and a comma,
 * takes 900. On failed allocations json-c drops data or reports a syntax error.
 */
#define PARSE_RATIO 400u
/** Memory limit for formatting a header. */
#define FORMAT_BYTES (1u << 20)

/** enum member_kind - type of a member of struct header */
enum member_kind {
	MEMBER_STRING,
	MEMBER_U64,
	MEMBER_U32,
	MEMBER_BOOL,
};

/** The members that map to one JSON value each. */
static const struct member {
	const char *key;
	enum member_kind kind;
	size_t offset;
} members[] = {
	{ "run", MEMBER_U64, offsetof(struct header, run) },
	{ "file", MEMBER_U32, offsetof(struct header, file) },
	{ "tool", MEMBER_STRING, offsetof(struct header, tool) },
	{ "host", MEMBER_STRING, offsetof(struct header, host) },
	{ "kernel", MEMBER_STRING, offsetof(struct header, kernel) },
	{ "machine", MEMBER_STRING, offsetof(struct header, machine) },
	{ "command", MEMBER_STRING, offsetof(struct header, what) },
	{ "vma", MEMBER_STRING, offsetof(struct header, vma_glob) },
	{ "start_ns", MEMBER_U64, offsetof(struct header, start_ns) },
	{ "wall_ns", MEMBER_U64, offsetof(struct header, wall_ns) },
	{ "cpus", MEMBER_U32, offsetof(struct header, nr_cpus) },
	{ "events", MEMBER_U32, offsetof(struct header, events) },
	{ "causes", MEMBER_U32, offsetof(struct header, causes) },
	{ "latency_period", MEMBER_U32, offsetof(struct header, latency_period) },
	{ "shootdowns", MEMBER_BOOL, offsetof(struct header, shootdowns) },
	{ "stacks", MEMBER_BOOL, offsetof(struct header, stacks) },
	{ "unwound", MEMBER_BOOL, offsetof(struct header, unwound) },
	{ "cpus_isolated", MEMBER_STRING, offsetof(struct header, isolated) },
	{ "cpus_nohz_full", MEMBER_STRING, offsetof(struct header, nohz_full) },
	{ "max_map_count", MEMBER_U64, offsetof(struct header, max_map_count) },
};

/** Numbers in records that stand for names. */
static const struct {
	const char *key;
	const char *const *names;
	int nr;
} enums[] = {
	{ "access", access_names, VS_NR_ACCESS },    { "origin", origin_names, VS_NR_ORIGIN },
	{ "outcome", outcome_names, VS_NR_OUTCOME }, { "cause", cause_names, VS_NR_CAUSES },
	{ "size", size_names, VS_NR_SIZES },	     { "lost", lost_names, VS_NR_LOST },
	{ "call", call_names, VS_NR_CALLS },	     { "ipi", ipi_names, VS_NR_IPI },
};

void header__free(struct header *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i].kind == MEMBER_STRING)
			free(*(char **)((char *)h + members[i].offset));
	for (size_t i = 0; i < h->nr_hooks; i++) {
		free(h->hooks[i].name);
		free(h->hooks[i].variant);
	}
	memset(h, 0, sizeof(*h));
}

/* --- to JSON ------------------------------------------------------------------------------- */

static struct json_object *format_member(const struct header *h, const struct member *m)
{
	const void *at = (const char *)h + m->offset;
	const char *s;

	switch (m->kind) {
	case MEMBER_STRING:
		s = *(char *const *)at;
		return s ? json_object_new_string(s) : NULL;
	case MEMBER_U64:
		return json_object_new_uint64(*(const uint64_t *)at);
	case MEMBER_U32:
		return json_object_new_uint64(*(const uint32_t *)at);
	case MEMBER_BOOL:
		return json_object_new_boolean(*(const bool *)at);
	}
	return NULL;
}

static struct json_object *format_hooks(const struct header *h)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < h->nr_hooks; i++) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "hook", json_object_new_string(h->hooks[i].name));
		json_object_object_add(o, "variant", json_object_new_string(h->hooks[i].variant));
		json_object_object_add(o, "fallback",
				       json_object_new_boolean(h->hooks[i].fallback));
		json_object_array_add(list, o);
	}
	return list;
}

/** format_type - the fields of a type: [name, kind, elements]. */
static struct json_object *format_type(uint32_t id)
{
	const struct type *t = &record_types[id];
	struct json_object *o = json_object_new_object(), *fields = json_object_new_array();

	for (size_t i = 0; i < t->nr; i++) {
		struct json_object *field = json_object_new_array();

		json_object_array_add(field, json_object_new_string(t->fields[i].name));
		json_object_array_add(field, json_object_new_int(t->fields[i].kind));
		json_object_array_add(field, json_object_new_int(t->fields[i].count));
		json_object_array_add(fields, field);
	}
	json_object_object_add(o, "id", json_object_new_int(id));
	json_object_object_add(o, "name", json_object_new_string(t->name));
	json_object_object_add(o, "fields", fields);
	return o;
}

static struct json_object *format_enums(void)
{
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(enums); i++) {
		struct json_object *names = json_object_new_array();

		for (int n = 0; n < enums[i].nr; n++)
			json_object_array_add(names, json_object_new_string(enums[i].names[n]));
		json_object_object_add(o, enums[i].key, names);
	}
	return o;
}

char *header__format(const struct header *h)
{
	struct json_object *o, *types;
	const char *text;
	char *copy;

	if (!memory__available(FORMAT_BYTES))
		return NULL;
	o = json_object_new_object();
	types = json_object_new_array();
	json_object_object_add(o, "format", json_object_new_string(FORMAT_NAME));
	json_object_object_add(o, "version", json_object_new_int(FORMAT_VERSION));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_object_add(o, members[i].key, format_member(h, &members[i]));
	json_object_object_add(o, "hooks", format_hooks(h));
	for (uint32_t id = 1; id < NR_RECORD_TYPES; id++)
		json_object_array_add(types, format_type(id));
	json_object_object_add(o, "types", types);
	json_object_object_add(o, "enums", format_enums());
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	copy = text ? strdup(text) : NULL;
	json_object_put(o);
	return copy;
}

/* --- and back ------------------------------------------------------------------------------ */

static const char *string_at(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

static struct json_object *array_at(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return json_object_is_type(v, json_type_array) ? v : NULL;
}

static int parse_member(struct header *h, const struct member *m, struct json_object *root)
{
	struct json_object *v = json_object_object_get(root, m->key);
	void *at = (char *)h + m->offset;

	switch (m->kind) {
	case MEMBER_STRING:
		if (!json_object_is_type(v, json_type_string))
			return 0;
		*(char **)at = strdup(json_object_get_string(v));
		return *(char **)at ? 0 : -ENOMEM;
	case MEMBER_U64:
		*(uint64_t *)at = json_object_get_uint64(v);
		return 0;
	case MEMBER_U32:
		*(uint32_t *)at = json_object_get_uint64(v);
		return 0;
	case MEMBER_BOOL:
		*(bool *)at = json_object_get_boolean(v);
		return 0;
	}
	return 0;
}

static int parse_hooks(struct header *h, struct json_object *root)
{
	struct json_object *list = array_at(root, "hooks");
	const size_t nr = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < nr && h->nr_hooks < HEADER_MAX_HOOKS; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *name, *variant;
		struct header_hook *hook = &h->hooks[h->nr_hooks];

		if (!json_object_is_type(o, json_type_object))
			return -EBADMSG;
		name = string_at(o, "hook");
		variant = string_at(o, "variant");
		if (!name || !variant)
			return -EBADMSG;
		h->nr_hooks++;
		hook->name = strdup(name);
		hook->variant = strdup(variant);
		hook->fallback = json_object_get_boolean(json_object_object_get(o, "fallback"));
		if (!hook->name || !hook->variant)
			return -ENOMEM;
	}
	return 0;
}

static int parse_field(struct codec *codec, uint32_t id, const char *type,
		       struct json_object *field)
{
	struct json_object *name, *kind, *count;
	int err;

	if (!json_object_is_type(field, json_type_array) || json_object_array_length(field) < 3)
		return -EBADMSG;
	name = json_object_array_get_idx(field, 0);
	kind = json_object_array_get_idx(field, 1);
	count = json_object_array_get_idx(field, 2);
	if (!json_object_is_type(name, json_type_string))
		return -EBADMSG;
	err = codec__add(codec, id, type, json_object_get_string(name),
			 json_object_get_int(kind) == FIELD_STRING ? FIELD_STRING : FIELD_NUMBER,
			 json_object_get_uint64(count));
	return err && err != -ENOMEM ? -EBADMSG : err;
}

static int parse_types(struct codec *codec, struct json_object *root)
{
	struct json_object *types = array_at(root, "types");
	const size_t nr = types ? json_object_array_length(types) : 0;
	int err = nr ? 0 : -EBADMSG;

	for (size_t i = 0; i < nr && !err; i++) {
		struct json_object *o = json_object_array_get_idx(types, i), *fields;
		const char *name;
		uint32_t id;

		if (!json_object_is_type(o, json_type_object))
			return -EBADMSG;
		name = string_at(o, "name");
		fields = array_at(o, "fields");
		id = json_object_get_uint64(json_object_object_get(o, "id"));
		/* each type's fields may be listed once: a second list would shift the first */
		if (!name || !fields || id >= CODEC_MAX_TYPES || codec->shapes[id].nr)
			return -EBADMSG;
		for (size_t f = 0; f < json_object_array_length(fields) && !err; f++)
			err = parse_field(codec, id, name, json_object_array_get_idx(fields, f));
	}
	return err;
}

/** parse_calls - map numbers of memory calls by the names in the recording. */
static int parse_calls(struct codec *codec, struct json_object *root)
{
	struct json_object *all = json_object_object_get(root, "enums"), *names;
	int err = 0;

	names = json_object_is_type(all, json_type_object) ? array_at(all, "call") : NULL;
	for (size_t i = 0; names && i < json_object_array_length(names) && !err; i++) {
		struct json_object *name = json_object_array_get_idx(names, i);

		if (!json_object_is_type(name, json_type_string))
			return -EBADMSG;
		err = codec__name_call(codec, json_object_get_string(name));
	}
	return err == -EINVAL ? -EBADMSG : err;
}

static int parse(struct header *h, struct codec *codec, struct json_object *root)
{
	const char *format = string_at(root, "format");
	int version, err = 0;

	if (!format || strcmp(format, FORMAT_NAME))
		return -EBADMSG;
	version = json_object_get_int(json_object_object_get(root, "version"));
	if (version < FORMAT_LEAST_VERSION || version > FORMAT_VERSION)
		return -EPROTONOSUPPORT;
	for (size_t i = 0; i < ARRAY_SIZE(members) && !err; i++)
		err = parse_member(h, &members[i], root);
	if (!json_object_object_get(root, "latency_period"))
		h->latency_period = 1;
	if (!err && (!h->nr_cpus || h->nr_cpus > MAX_CPUS))
		err = -EBADMSG;
	if (!err)
		err = parse_hooks(h, root);
	if (!err)
		err = parse_calls(codec, root);
	return err ? err : parse_types(codec, root);
}

int header__parse(struct header *h, struct codec *codec, const char *text)
{
	const size_t len = strlen(text);
	struct json_object *root;
	int err = -EBADMSG;

	memset(h, 0, sizeof(*h));
	if (len > MAX_BYTES)
		return -EBADMSG;
	if (!memory__available(len * PARSE_RATIO + 1))
		return -ENOMEM;
	root = json_tokener_parse(text);
	if (json_object_is_type(root, json_type_object))
		err = parse(h, codec, root);
	json_object_put(root);
	return err;
}
