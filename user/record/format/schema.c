// SPDX-License-Identifier: GPL-2.0-only
/* schema.c - encode and decode records by the fields of a schema. */
#include "record/format/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/array.h"

/** Maximum size of a varint in bytes. */
#define VARINT_MAX 10

void codec__free(struct codec *c)
{
	for (size_t i = 0; i < CODEC_MAX_TYPES; i++) {
		free(c->shapes[i].elements);
		free(c->shapes[i].before);
	}
	memset(c, 0, sizeof(*c));
}

static enum record_type type_named(const char *name)
{
	for (int i = 1; i < NR_RECORD_TYPES; i++)
		if (!strcmp(record_types[i].name, name))
			return i;
	return RECORD_NONE;
}

static const struct field *field_named(enum record_type type, const char *name)
{
	for (size_t i = 0; i < record_types[type].nr; i++)
		if (!strcmp(record_types[type].fields[i].name, name))
			return &record_types[type].fields[i];
	return NULL;
}

/** grow - make room for @count more elements. */
static int grow(struct shape *s, uint32_t count)
{
	const size_t nr = s->nr + count;
	const int err = array__resize(&s->elements, nr, sizeof(*s->elements));

	return err ? err : array__resize(&s->before, nr, sizeof(*s->before));
}

int codec__add(struct codec *c, uint32_t id, const char *name, const char *field,
	       enum field_kind kind, uint32_t count)
{
	const struct field *known;
	struct shape *s;

	if (!id || id >= CODEC_MAX_TYPES || !count || count > SHAPE_MAX_ELEMENTS - c->shapes[id].nr)
		return -EINVAL;
	s = &c->shapes[id];
	if (grow(s, count))
		return -ENOMEM;
	s->type = type_named(name);
	known = s->type ? field_named(s->type, field) : NULL;
	if (known && known->kind != kind)
		known = NULL;
	for (uint32_t i = 0; i < count; i++) {
		const bool here = known && i < known->count;

		s->before[s->nr] = 0;
		s->elements[s->nr++] = (struct element){
			.offset = here ? known->offset + i * known->size : ELEMENT_SKIPPED,
			.size = here ? known->size : sizeof(uint64_t),
			.kind = kind,
			.is_call = here && known->is_call,
		};
	}
	return 0;
}

int codec__name_call(struct codec *c, const char *name)
{
	const int call = names__find(call_names, VS_NR_CALLS, name);

	if (c->nr_calls == CODEC_MAX_CALLS)
		return -EINVAL;
	if (call < 0)
		return -EPROTONOSUPPORT;
	c->calls[c->nr_calls++] = call;
	return 0;
}

/** call_of - translate the recording's number @v of a call, or one past the last call */
static uint64_t call_of(const struct codec *c, uint64_t v)
{
	if (!c->nr_calls)
		return v;
	return v < c->nr_calls ? c->calls[v] : v - c->nr_calls + VS_NR_CALLS;
}

bool codec__has(const struct codec *c, enum record_type type, size_t offset)
{
	for (size_t id = 0; id < CODEC_MAX_TYPES; id++) {
		const struct shape *s = &c->shapes[id];

		for (size_t i = 0; s->type == type && i < s->nr; i++)
			if (s->elements[i].offset == offset)
				return true;
	}
	return false;
}

int codec__init(struct codec *c)
{
	int err = 0;

	memset(c, 0, sizeof(*c));
	for (uint32_t id = 1; id < NR_RECORD_TYPES; id++) {
		const struct type *t = &record_types[id];

		for (size_t i = 0; i < t->nr && !err; i++)
			err = codec__add(c, id, t->name, t->fields[i].name, t->fields[i].kind,
					 t->fields[i].count);
	}
	return err;
}

void codec__restart(struct codec *c)
{
	for (size_t i = 0; i < CODEC_MAX_TYPES; i++)
		if (c->shapes[i].nr)
			memset(c->shapes[i].before, 0, c->shapes[i].nr * sizeof(uint64_t));
}

/* --- to bytes ------------------------------------------------------------------------------ */

static uint8_t *put_varint(uint8_t *to, uint64_t v)
{
	while (v >= 0x80) {
		*to++ = v | 0x80;
		v >>= 7;
	}
	*to++ = v;
	return to;
}

/** zigzag - encode small numbers of either sign as small numbers. */
static uint64_t zigzag(uint64_t v)
{
	return v << 1 ^ -(v >> 63);
}

static uint64_t load(const void *from, uint8_t size)
{
	uint64_t v = 0;

	switch (size) {
	case 1:
		return *(const uint8_t *)from;
	case 2:
		memcpy(&v, from, 2);
		return v;
	case 4:
		memcpy(&v, from, 4);
		return v;
	default:
		memcpy(&v, from, 8);
		return v;
	}
}

/** put_string - write its length with the NUL, and its bytes. */
static uint8_t *put_string(uint8_t *to, const char *s)
{
	const size_t len = strnlen(s, RECORD_STR_MAX - 1);

	to = put_varint(to, len + 1);
	memcpy(to, s, len);
	to[len] = '\0';
	return to + len + 1;
}

size_t codec__put(struct codec *c, enum record_type type, const void *record, uint8_t *to)
{
	const struct shape *s = &c->shapes[type];
	uint8_t *bits = to + 1, *at = bits + (s->nr + 7) / 8;

	*to = type;
	memset(bits, 0, at - bits);
	for (size_t i = 0; i < s->nr; i++) {
		const struct element e = s->elements[i];
		const uint64_t v = load((const char *)record + e.offset, e.size);

		if (v == s->before[i])
			continue;
		bits[i / 8] |= 1u << i % 8;
		if (e.kind == FIELD_STRING) {
			at = put_string(at, (const char *)(uintptr_t)v);
			continue;
		}
		at = put_varint(at, zigzag(v - s->before[i]));
		s->before[i] = v;
	}
	return at - to;
}

/* --- and back ------------------------------------------------------------------------------ */

/** struct input - bytes that are being read; @bad: there were too few, or invalid ones */
struct input {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

static uint64_t get_varint(struct input *in)
{
	uint64_t v = 0;

	for (unsigned int i = 0; i < VARINT_MAX && in->at < in->end; i++) {
		const uint8_t byte = *in->at++;

		v |= (uint64_t)(byte & 0x7f) << 7 * i;
		if (!(byte & 0x80))
			return v;
	}
	in->bad = true;
	return 0;
}

static const uint8_t *get_bytes(struct input *in, uint64_t len)
{
	const uint8_t *at = in->at;

	if (len > (uint64_t)(in->end - in->at)) {
		in->bad = true;
		return NULL;
	}
	in->at += len;
	return at;
}

static const char *get_string(struct input *in)
{
	const uint64_t len = get_varint(in);
	const uint8_t *s = in->bad ? NULL : get_bytes(in, len);

	if (!s || !len || len > RECORD_STR_MAX || memchr(s, '\0', len) != s + len - 1)
		in->bad = true;
	return in->bad ? NULL : (const char *)s;
}

static void store(void *to, uint64_t v, uint8_t size)
{
	memcpy(to, &v, size);
}

static uint64_t get_element(struct input *in, const struct element *e, uint64_t *before)
{
	uint64_t v;

	if (e->kind == FIELD_STRING)
		return (uintptr_t)get_string(in);
	v = get_varint(in);
	*before += v >> 1 ^ -(v & 1);
	return *before;
}

int codec__get(struct codec *c, const uint8_t **from, const uint8_t *end, union record *record)
{
	struct input in = { .at = *from, .end = end };
	const uint8_t *id = get_bytes(&in, 1), *bits;
	const struct shape *s;

	if (!id || *id >= CODEC_MAX_TYPES || !c->shapes[*id].nr)
		return -EBADMSG;
	s = &c->shapes[*id];
	bits = get_bytes(&in, (s->nr + 7) / 8);
	memset(record, 0, s->type ? record_types[s->type].size : 0);
	for (size_t i = 0; i < s->nr && !in.bad; i++) {
		const struct element *e = &s->elements[i];
		uint64_t v = e->kind == FIELD_STRING ? 0 : s->before[i];

		if (bits[i / 8] & 1u << i % 8)
			v = get_element(&in, e, &s->before[i]);
		if (e->is_call)
			v = call_of(c, v);
		if (e->offset != ELEMENT_SKIPPED)
			store((char *)record + e->offset, v, e->size);
	}
	*from = in.at;
	return in.bad ? -EBADMSG : (int)s->type;
}
