/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_get.h - parse JSON, and get members by path; a missing member fails the test.
 */
#ifndef VT_JSON_GET_H
#define VT_JSON_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json.h>

/** vt_json - parse @text, which has one JSON document; failures mention @what */
struct json_object *vt_json(const char *text, const char *what);
struct json_object *vt_json_file(const char *path);
/** vt_json_lines - parse all documents in @text, as an array */
struct json_object *vt_json_lines(const char *text, const char *what);
/** vt_get - the member at @path ("a.b.c"), or NULL */
struct json_object *vt_get(struct json_object *o, const char *path);
/** vt_need - as vt_get(), but it must exist and have type @type */
struct json_object *vt_need(struct json_object *o, const char *path, enum json_type type);
int64_t vt_int(struct json_object *o, const char *path);
const char *vt_str(struct json_object *o, const char *path);
/** vt_hex - a "0x…" string as a number */
uint64_t vt_hex(struct json_object *o, const char *path);
bool vt_bool(struct json_object *o, const char *path);
size_t vt_len(struct json_object *o, const char *path);
struct json_object *vt_at(struct json_object *o, const char *path, size_t i);

/** vt_each - for each member @item of the array at @path */
#define vt_each(item, o, path)                                                                     \
	for (size_t i_##item = 0, n_##item = vt_len(o, path);                                      \
	     i_##item < n_##item && (item = vt_at(o, path, i_##item)); i_##item++)

#endif /* VT_JSON_GET_H */
