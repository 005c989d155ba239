// SPDX-License-Identifier: GPL-2.0-only
/*
 * json_test.c - rows as JSON: parsed again, and byte by byte where bytes matter.
 */
#include "sample.h"

#include <json-c/json.h>
#include <math.h>

static struct json_object *get(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no member %s in %s", key, json_object_to_json_string(o));
	return value;
}

static struct json_object *parse(char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	if (!o)
		fail_msg("%s in %s", json_tokener_error_desc(json_tokener_get_error(tokener)),
			 text);
	json_tokener_free(tokener);
	free(text);
	return o;
}

static void document_is_one_object(void **state)
{
	struct json_object *root, *processes, *redis, *vmas, *libc;
	struct document d = { 0 };

	(void)state;
	document__add(&d, sample_totals());
	document__add(&d, sample_processes());
	root = parse(render("json", &d, 20, false));
	assert_int_equal(json_object_get_int64(get(get(root, "totals"), "delta")), -1234);
	assert_int_equal(json_object_get_uint64(get(get(root, "totals"), "longest_ns")),
			 2500000000);
	processes = get(root, "processes");
	assert_int_equal(json_object_array_length(processes), 2);
	redis = json_object_array_get_idx(processes, 0);
	vmas = get(redis, "vmas");
	assert_int_equal(json_object_array_length(vmas), 2);
	libc = json_object_array_get_idx(vmas, 0);
	assert_string_equal(json_object_get_string(get(libc, "start")), "0x7f0000001000");
	assert_int_equal(json_object_get_type(get(redis, "exited")), json_type_boolean);
	json_object_put(root);
}

static void unknown_is_null_and_text_only_is_omitted(void **state)
{
	struct json_object *root = parse(render_table("json", sample_processes(), 0, true));
	struct json_object *second = json_object_array_get_idx(get(root, "processes"), 1);

	(void)state;
	assert_null(get(second, "time_ns"));
	assert_null(get(second, "vmas"));
	assert_non_null(get(second, "pid"));
	assert_false(json_object_object_get_ex(second, "note", NULL));
	json_object_put(root);
}

static void numbers_are_exact(void **state)
{
	struct table *t = new_table(&vma_def);

	(void)state;
	add_vma(t, UINT64_MAX, UINT64_MAX, NULL);
	table__set_f64(t, "share", 0.1);
	add_vma(t, 0, 0, "");
	table__set_f64(t, "share", NAN);
	add_vma(t, 1, 1, "x");
	table__set_f64(t, "share", 1.0 / 3);
	assert_text(render_stream("json", t, 10),
		    "{\"start\":\"0xffffffffffffffff\",\"faults\":18446744073709551615,"
		    "\"share\":0.1,\"name\":null}\n"
		    "{\"start\":\"0x0\",\"faults\":0,\"share\":null,\"name\":\"\"}\n"
		    "{\"start\":\"0x1\",\"faults\":1,\"share\":0.3333333333333333,"
		    "\"name\":\"x\"}\n");
}

static void hostile_names_stay_valid(void **state)
{
	static const char *const names[][2] = {
		{ "a\"b\\c/d\n\x1b[2J", "a\"b\\c/d\n\x1b[2J" },
		{ "\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "cut \xe2\x80", "cut \xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "h\xc3\xa9", "h\xc3\xa9" },
	};

	(void)state;
	for (size_t i = 0; i < NR(names); i++) {
		struct table *t = new_table(&vma_def);
		struct json_object *row;

		add_vma(t, 1, 1, names[i][0]);
		row = parse(render_stream("json", t, 0));
		assert_string_equal(json_object_get_string(get(row, "name")), names[i][1]);
		json_object_put(row);
	}
}

static const struct column map_columns[] = {
	{ .key = "hook", .head = "HOOK", .type = CELL_STR },
	{ .key = "variant", .head = "VARIANT", .type = CELL_STR },
};
static const struct table_def map_def = {
	.key = "hooks",
	.shape = TABLE_MAP,
	.columns = map_columns,
	.nr_columns = NR(map_columns),
};

static struct table *sample_map(void)
{
	struct table *t = new_table(&map_def);

	add_row(t);
	table__set_str(t, "hook", "fault_begin");
	table__set_str(t, "variant", "tp_btf");
	add_row(t);
	table__set_str(t, "hook", "fault_end");
	return t;
}

static void map_keys_are_the_first_column(void **state)
{
	struct json_object *root = parse(render_table("json", sample_map(), 0, true));
	struct json_object *hooks = get(root, "hooks");

	(void)state;
	assert_string_equal(json_object_get_string(get(hooks, "fault_begin")), "tp_btf");
	assert_null(get(hooks, "fault_end"));
	assert_int_equal(json_object_object_length(hooks), 2);
	json_object_put(root);
}

static void object_without_key_is_merged_into_its_parent(void **state)
{
	struct table_def keyless = totals_def;
	struct table *t;
	struct json_object *root;

	(void)state;
	keyless.key = NULL;
	t = new_table(&keyless);
	add_row(t);
	table__set_u64(t, "faults", 3);
	root = parse(render_table("json", t, 0, true));
	assert_int_equal(json_object_get_uint64(get(root, "faults")), 3);
	json_object_put(root);
}

static void text_only_tables_are_omitted(void **state)
{
	struct table_def def = totals_def;
	struct json_object *root;

	(void)state;
	def.text_only = true;
	root = parse(render_table("json", new_table(&def), 0, true));
	assert_int_equal(json_object_object_length(root), 0);
	json_object_put(root);
}

/* The bytes of a document: empty lists and objects, an unknown value, a name that needs escapes. */
static void one_line_for_each_value(void **state)
{
	struct table *vmas = new_table(&vma_def);
	struct document d = { 0 };

	(void)state;
	add_vma(vmas, 0x7f00, 1, "a\"\\\n\x01\x7f\xc3\xa9\xff");
	document__add(&d, vmas);
	document__add(&d, new_table(&process_def));
	document__add(&d, sample_map());
	document__add(&d, new_table(&totals_def));
	assert_text(render("json", &d, 0, true),
		    "{\n"
		    "  \"vmas\": [\n"
		    "    {\n"
		    "      \"start\": \"0x7f00\",\n"
		    "      \"faults\": 1,\n"
		    "      \"share\": null,\n"
		    "      \"name\": \"a\\\"\\\\\\n\\u0001\x7f\xc3\xa9\xef\xbf\xbd\"\n"
		    "    }\n"
		    "  ],\n"
		    "  \"processes\": [\n"
		    "  ],\n"
		    "  \"hooks\": {\n"
		    "    \"fault_begin\": \"tp_btf\",\n"
		    "    \"fault_end\": null\n"
		    "  },\n"
		    "  \"totals\": {\n"
		    "  }\n"
		    "}\n");
}

static void full_disk_is_an_error(void **state)
{
	(void)state;
	assert_tells_write_errors("json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(document_is_one_object),
		cmocka_unit_test(unknown_is_null_and_text_only_is_omitted),
		cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(hostile_names_stay_valid),
		cmocka_unit_test(map_keys_are_the_first_column),
		cmocka_unit_test(object_without_key_is_merged_into_its_parent),
		cmocka_unit_test(text_only_tables_are_omitted),
		cmocka_unit_test(one_line_for_each_value),
		cmocka_unit_test(full_disk_is_an_error),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
