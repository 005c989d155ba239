/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json_get.h - parse JSON, and fetch members by path; a member that is missing fails the test.
 */
#ifndef VT_JSON_GET_H
#define VT_JSON_GET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json.h>

/** vt_json - the one JSON document in @text, which @what names in a failure */
struct json_object *vt_json(const char *text, const char *what);
struct json_object *vt_json_file(const char *path);
/** vt_json_lines - every document in @text, one after another, as an array */
struct json_object *vt_json_lines(const char *text, const char *what);
/** vt_get - member at @path ("a.b.c"), or NULL */
struct json_object *vt_get(struct json_object *o, const char *path);
/** vt_need - as vt_get(), but it must be there and of type @type */
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
