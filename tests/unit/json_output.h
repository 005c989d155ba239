/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_output.h - what a command printed as JSON, and values in it.
 */
#ifndef VMASCOPE_TESTS_UNIT_JSON_OUTPUT_H
#define VMASCOPE_TESTS_UNIT_JSON_OUTPUT_H

#include "command.h"

#include <json-c/json.h>

/* All JSON documents that were printed, as an array, to be put. */
static inline struct json_object *documents(void)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *all = json_object_new_array(), *one;
	char *text = command_output("out");
	size_t at = 0;

	assert_non_null(tokener);
	while ((one = json_tokener_parse_ex(tokener, text + at, -1))) {
		json_object_array_add(all, one);
		at += json_tokener_get_parse_end(tokener);
		json_tokener_reset(tokener);
	}
	json_tokener_free(tokener);
	free(text);
	return all;
}

/* @path: keys, separated by dots */
static inline struct json_object *get(struct json_object *from, const char *path)
{
	char keys[128], *key, *rest = keys;

	snprintf(keys, sizeof(keys), "%s", path);
	while ((key = strsep(&rest, ".")))
		if (!json_object_object_get_ex(from, key, &from))
			fail_msg("no key %s in %s", key, path);
	return from;
}

static inline int64_t number(struct json_object *from, const char *path)
{
	return json_object_get_int64(get(from, path));
}

static inline struct json_object *item(struct json_object *from, const char *path, size_t i)
{
	return json_object_array_get_idx(get(from, path), i);
}

/* NULL: it is null */
static inline const char *string(struct json_object *from, const char *path)
{
	return json_object_get_string(get(from, path));
}

/* The one document that was printed, to be put. */
static inline struct json_object *document(void)
{
	struct json_object *all = documents(), *one;

	assert_int_equal(json_object_array_length(all), 1);
	one = json_object_get(json_object_array_get_idx(all, 0));
	json_object_put(all);
	return one;
}

#endif /* VMASCOPE_TESTS_UNIT_JSON_OUTPUT_H */
