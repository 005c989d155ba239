// SPDX-License-Identifier: GPL-2.0-only
/*
 * json_get.c - parse JSON, and get members by path; a missing member fails the test.
 */
#include "json_get.h"
#include "check.h"
#include "run.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static const char *skip_space(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

struct json_object *vt_json_lines(const char *text, const char *what)
{
	struct json_object *all = json_object_new_array();
	struct json_tokener *tok = json_tokener_new_ex(64);
	const char *p = skip_space(text), *end = p + strlen(p);

	while (*p) {
		struct json_object *o;

		json_tokener_reset(tok);
		json_tokener_set_flags(tok, 0);
		o = json_tokener_parse_ex(tok, p, (int)(end - p) + 1);
		if (json_tokener_get_error(tok) != json_tokener_success)
			fail_msg("%s: not JSON at byte %zu: %s: %.200s", what, (size_t)(p - text),
				 json_tokener_error_desc(json_tokener_get_error(tok)), p);
		json_object_array_add(all, o);
		p = skip_space(p + json_tokener_get_parse_end(tok));
	}
	json_tokener_free(tok);
	return all;
}

struct json_object *vt_json(const char *text, const char *what)
{
	struct json_object *all = vt_json_lines(text, what), *one;

	if (json_object_array_length(all) != 1)
		fail_msg("%s: %zu JSON documents instead of one: %.500s", what,
			 json_object_array_length(all), text);
	one = json_object_get(json_object_array_get_idx(all, 0));
	json_object_put(all);
	return one;
}

struct json_object *vt_json_file(const char *path)
{
	char *text = vt_read_file(path, NULL);
	struct json_object *o = vt_json(text, path);

	free(text);
	return o;
}

struct json_object *vt_get(struct json_object *o, const char *path)
{
	char name[64];

	while (o && *path) {
		size_t n = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		if (!json_object_is_type(o, json_type_object) ||
		    !json_object_object_get_ex(o, name, &o))
			return NULL;
		path += n + (path[n] == '.');
	}
	return o;
}

struct json_object *vt_need(struct json_object *o, const char *path, enum json_type type)
{
	struct json_object *found = vt_get(o, path);

	if (!found || !json_object_is_type(found, type))
		fail_msg("no %s '%s' in %.2000s", json_type_to_name(type), path,
			 json_object_to_json_string(o));
	return found;
}

int64_t vt_int(struct json_object *o, const char *path)
{
	return json_object_get_int64(vt_need(o, path, json_type_int));
}

const char *vt_str(struct json_object *o, const char *path)
{
	return json_object_get_string(vt_need(o, path, json_type_string));
}

uint64_t vt_hex(struct json_object *o, const char *path)
{
	const char *s = vt_str(o, path);
	char *end;
	uint64_t n = strtoull(s, &end, 16);

	if (strncmp(s, "0x", 2) || *end || end == s + 2)
		fail_msg("'%s' is not a hex string but '%s'", path, s);
	return n;
}

bool vt_bool(struct json_object *o, const char *path)
{
	return json_object_get_boolean(vt_need(o, path, json_type_boolean));
}

size_t vt_len(struct json_object *o, const char *path)
{
	return json_object_array_length(vt_need(o, path, json_type_array));
}

struct json_object *vt_at(struct json_object *o, const char *path, size_t i)
{
	return json_object_array_get_idx(vt_need(o, path, json_type_array), i);
}
