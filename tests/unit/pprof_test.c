// SPDX-License-Identifier: GPL-2.0-only
/*
 * pprof_test.c - rows with stacks as a profile: unpacked and decoded by zlib and protobuf-c, each
 * sample's values, labels and functions.
 */
#include "sample.h"

#include <zlib.h>

#include "format/formats.h"
#include "format/profile.h"
#include "profile.pb-c.h"
#include "util/utf8.h"

typedef Vmascope__Pprof__Profile profile_message;
typedef Vmascope__Pprof__Sample sample_message;
typedef Vmascope__Pprof__Location location_message;
typedef Vmascope__Pprof__Function function_message;

static const struct column frame_columns[] = {
	{ .key = "name", .type = CELL_STR },	 { .key = "module", .type = CELL_STR },
	{ .key = "file", .type = CELL_STR },	 { .key = "line", .type = CELL_U64 },
	{ .key = "inlined", .type = CELL_BOOL }, { .key = "module_offset", .type = CELL_HEX },
	{ .key = "address", .type = CELL_HEX },
};
static const struct table_def frames_def = TABLE_DEF("frames", frame_columns);
static const struct table_def kernel_def = TABLE_DEF("kernel_frames", frame_columns);

static const struct column time_columns[] = {
	{ .key = "max", .type = CELL_U64 },
	{ .key = "sum", .type = CELL_U64, .unit = UNIT_NS, .sample = "time" },
};
static const struct table_def time_def = OBJECT_DEF("time_ns", time_columns);

static const struct column stack_columns[] = {
	{ .key = "faults", .type = CELL_U64, .sample = "faults" },
	{ .key = "other", .type = CELL_U64 },
	{ .key = "time_ns", .type = CELL_TABLE, .object = &time_def },
	{ .key = "resident", .type = CELL_U64, .unit = UNIT_BYTES, .sample = "resident" },
	{ .key = "pid", .type = CELL_U64, .label = true },
	{ .key = "comm", .type = CELL_STR, .label = true },
	{ .key = "frames", .type = CELL_TABLE },
	{ .key = "kernel_frames", .type = CELL_TABLE },
};
static const struct table_def stacks_def = TABLE_DEF("stacks", stack_columns);

static const struct column head_columns[] = {
	{ .key = "schema", .type = CELL_U64 },
	{ .key = "command", .type = CELL_STR },
	{ .key = "duration_ns", .type = CELL_U64 },
};
static const struct table_def head_def = OBJECT_DEF(NULL, head_columns);

/* --- the document -------------------------------------------------------------------------- */

static void add_stack(struct table *t, uint64_t faults, uint64_t time_ns, uint64_t pid,
		      const char *comm)
{
	struct table *time;

	add_row(t);
	table__set_u64(t, "faults", faults);
	table__set_u64(t, "other", 77);
	if (pid)
		table__set_u64(t, "pid", pid);
	table__set_str(t, "comm", comm);
	if (!time_ns)
		return;
	time = table__sub(t, &time_def);
	table__set_u64(time, "max", 99);
	table__set_u64(time, "sum", time_ns);
}

static struct table *frames(struct table *t, const struct table_def *def)
{
	struct table *list = table__sub(t, def);

	assert_int_equal(list->err, 0);
	return list;
}

static void add_frame(struct table *t, const char *name, const char *module, uint64_t offset)
{
	add_row(t);
	table__set_str(t, "name", name);
	table__set_str(t, "module", module);
	if (offset)
		table__set_u64(t, "module_offset", offset);
	table__set_u64(t, "address", 0x7f0000000000 + offset);
	table__set_bool(t, "inlined", false);
}

static void set_source(struct table *t, const char *file, uint64_t line, bool inlined)
{
	table__set_str(t, "file", file);
	table__set_u64(t, "line", line);
	table__set_bool(t, "inlined", inlined);
}

static struct table *add_stacks(struct document *d)
{
	struct table *head = document__table(d, &head_def);

	table__set_u64(head, "schema", 1);
	table__set_u64(head, "duration_ns", 5000);
	table__set_str(head, "command", "prog --fast");
	document__add(d, sample_totals());
	return document__add(d, new_table(&stacks_def));
}

/* --- decoding ------------------------------------------------------------------------------ */

static uint8_t *gunzip(const uint8_t *data, size_t len, size_t *raw_len)
{
	const size_t cap = 1 << 20;
	z_stream z = { .next_in = (uint8_t *)data, .avail_in = len };
	uint8_t *raw = malloc(cap);

	assert_non_null(raw);
	/* 16: a gzip header is required */
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_out = raw;
	z.avail_out = cap;
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	*raw_len = z.total_out;
	inflateEnd(&z);
	return raw;
}

/** written - the profile of @d, which is freed. */
static profile_message *written(struct document *d, uint64_t time_ns)
{
	struct out_options o = { .time_ns = time_ns };
	profile_message *p;
	char *data = NULL;
	uint8_t *raw;
	size_t len = 0, raw_len;

	o.file = open_memstream(&data, &len);
	assert_non_null(o.file);
	assert_int_equal(out_format__document(out_format__find("pprof"), d, &o), 0);
	assert_int_equal(fclose(o.file), 0);
	document__free(d);
	raw = gunzip((uint8_t *)data, len, &raw_len);
	p = vmascope__pprof__profile__unpack(NULL, raw_len, raw);
	assert_non_null(p);
	free(raw);
	free(data);
	return p;
}

static const char *string(const profile_message *p, int64_t i)
{
	assert_in_range(i, 0, p->n_string_table - 1);
	return p->string_table[i];
}

static const location_message *location(const profile_message *p, uint64_t id)
{
	for (size_t i = 0; i < p->n_location; i++)
		if (p->location[i]->id == id)
			return p->location[i];
	fail_msg("no location %llu", (unsigned long long)id);
	return NULL;
}

static const function_message *function(const profile_message *p, uint64_t id)
{
	for (size_t i = 0; i < p->n_function; i++)
		if (p->function[i]->id == id)
			return p->function[i];
	fail_msg("no function %llu", (unsigned long long)id);
	return NULL;
}

/** stack_text - "inner < outer", lines of one location with '|' between, and their sources. */
static const char *stack_text(const profile_message *p, const sample_message *s)
{
	static char text[1 << 18];
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < s->n_location_id; i++) {
		const location_message *l = location(p, s->location_id[i]);

		for (size_t k = 0; k < l->n_line; k++) {
			const function_message *f = function(p, l->line[k]->function_id);

			len += snprintf(text + len, sizeof(text) - len, "%s%s",
					k   ? " | "
					: i ? " < "
					    : "",
					string(p, f->name));
			if (f->filename)
				len += snprintf(text + len, sizeof(text) - len, " (%s:%d)",
						string(p, f->filename), (int)l->line[k]->line);
		}
	}
	return text;
}

/** mapping_name - of a location of a sample; "" if it has none. */
static const char *mapping_name(const profile_message *p, const sample_message *s, size_t i)
{
	const uint64_t id = location(p, s->location_id[i])->mapping_id;

	for (size_t k = 0; k < p->n_mapping; k++)
		if (p->mapping[k]->id == id)
			return string(p, p->mapping[k]->filename);
	assert_int_equal(id, 0);
	return "";
}

static void assert_type(const profile_message *p, size_t i, const char *name, const char *unit)
{
	assert_in_range(i, 0, p->n_sample_type - 1);
	assert_string_equal(string(p, p->sample_type[i]->type), name);
	assert_string_equal(string(p, p->sample_type[i]->unit), unit);
}

/* --- tests --------------------------------------------------------------------------------- */

static void header_describes_the_run(void **state)
{
	struct document d = { 0 };
	struct table *t = add_stacks(&d);
	profile_message *p;

	(void)state;
	add_stack(t, 3, 40, 5, "a");
	table__set_u64(t, "resident", 4096);
	p = written(&d, 1700000000123456789);
	assert_int_equal(p->n_sample_type, 3);
	assert_type(p, 0, "faults", "count");
	assert_type(p, 1, "time", "nanoseconds");
	assert_type(p, 2, "resident", "bytes");
	assert_string_equal(string(p, p->default_sample_type), "faults");
	assert_string_equal(string(p, p->period_type->type), "faults");
	assert_int_equal(p->period, 1);
	assert_int_equal(p->time_nanos, 1700000000123456789);
	assert_int_equal(p->duration_nanos, 5000);
	assert_int_equal(p->n_comment, 1);
	assert_string_equal(string(p, p->comment[0]), "prog --fast");
	assert_string_equal(p->string_table[0], "");
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

static void rows_are_samples(void **state)
{
	struct document d = { 0 };
	struct table *t = add_stacks(&d), *list;
	profile_message *p;

	(void)state;
	add_stack(t, 3, 40, 5, "one");
	list = frames(t, &frames_def);
	add_frame(list, "touch", "/bin/prog", 0x10);
	add_frame(list, "main", "/bin/prog", 0x20);
	list = frames(t, &kernel_def);
	add_frame(list, "asm_exc_page_fault", "[kernel]", 0);
	add_stack(t, 7, 0, 0, "two");
	list = frames(t, &frames_def);
	add_frame(list, "other", "/lib/libx.so", 0x10);
	add_frame(list, "main", "/bin/prog", 0x20);
	add_stack(t, 0, 0, 9, "counts nothing");
	p = written(&d, 0);
	/* none has resident bytes: no value stands for them */
	assert_int_equal(p->n_sample_type, 2);
	assert_int_equal(p->n_sample, 2);
	assert_string_equal(stack_text(p, p->sample[0]), "asm_exc_page_fault < touch < main");
	assert_string_equal(mapping_name(p, p->sample[0], 0), "[kernel]");
	assert_string_equal(mapping_name(p, p->sample[0], 1), "/bin/prog");
	assert_int_equal(location(p, p->sample[0]->location_id[1])->address, 0x10);
	assert_int_equal(p->sample[0]->n_value, 2);
	assert_int_equal(p->sample[0]->value[0], 3);
	assert_int_equal(p->sample[0]->value[1], 40);
	assert_int_equal(p->sample[0]->n_label, 2);
	assert_string_equal(string(p, p->sample[0]->label[0]->key), "pid");
	assert_int_equal(p->sample[0]->label[0]->num, 5);
	assert_int_equal(p->sample[0]->label[0]->str, 0);
	assert_string_equal(string(p, p->sample[0]->label[1]->key), "comm");
	assert_string_equal(string(p, p->sample[0]->label[1]->str), "one");
	assert_string_equal(stack_text(p, p->sample[1]), "other < main");
	assert_int_equal(p->sample[1]->value[0], 7);
	/* its time is unknown, that of another row is not */
	assert_int_equal(p->sample[1]->value[1], 0);
	assert_int_equal(p->sample[1]->n_label, 1);
	assert_int_equal(p->sample[0]->location_id[2], p->sample[1]->location_id[1]);
	assert_int_equal(p->n_location, 4);
	assert_int_equal(p->n_function, 4);
	assert_int_equal(p->n_mapping, 3);
	for (size_t i = 0; i < p->n_mapping; i++) {
		assert_true(p->mapping[i]->has_functions);
		assert_false(p->mapping[i]->has_filenames);
	}
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

static void inlined_functions_are_lines_of_one_location(void **state)
{
	struct document d = { 0 };
	struct table *t = add_stacks(&d), *list;
	profile_message *p;

	(void)state;
	add_stack(t, 1, 1, 5, "a");
	list = frames(t, &frames_def);
	add_frame(list, "innermost", "/bin/prog", 0x10);
	set_source(list, "a.h", 3, true);
	add_frame(list, "middle", "/bin/prog", 0x10);
	set_source(list, "a.c", 8, true);
	add_frame(list, "function", "/bin/prog", 0x10);
	set_source(list, "a.c", 20, false);
	add_frame(list, "main", "/bin/prog", 0x40);
	/* the same place, called from another line: another location of the same functions */
	add_stack(t, 2, 1, 5, "a");
	list = frames(t, &frames_def);
	add_frame(list, "middle", "/bin/prog", 0x10);
	set_source(list, "a.c", 9, true);
	add_frame(list, "function", "/bin/prog", 0x10);
	set_source(list, "a.c", 20, false);
	p = written(&d, 0);
	assert_string_equal(stack_text(p, p->sample[0]),
			    "innermost (a.h:3) | middle (a.c:8) | function (a.c:20) < main");
	assert_int_equal(p->sample[0]->n_location_id, 2);
	assert_string_equal(stack_text(p, p->sample[1]), "middle (a.c:9) | function (a.c:20)");
	assert_int_equal(p->n_location, 3);
	assert_int_equal(p->n_function, 4);
	assert_true(p->mapping[0]->has_filenames);
	assert_true(p->mapping[0]->has_line_numbers);
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

static void unnamed_code_is_an_address(void **state)
{
	struct document d = { 0 };
	struct table *t = add_stacks(&d), *list;
	profile_message *p;

	(void)state;
	add_stack(t, 1, 1, 5, "a");
	list = frames(t, &frames_def);
	add_frame(list, NULL, "/usr/lib/libx.so.1", 0xabc);
	add_frame(list, NULL, "[anon]", 0);
	add_frame(list, NULL, NULL, 0);
	add_stack(t, 2, 1, 5, "a");
	p = written(&d, 0);
	assert_string_equal(stack_text(p, p->sample[0]),
			    "libx.so.1+0xabc < 0x7f0000000000 < 0x7f0000000000");
	assert_string_equal(mapping_name(p, p->sample[0], 1), "[anon]");
	assert_string_equal(mapping_name(p, p->sample[0], 2), "");
	/* a row without frames keeps its values */
	assert_string_equal(stack_text(p, p->sample[1]), "[no stack]");
	assert_int_equal(p->sample[1]->value[0], 2);
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

/* Messages of proto3 have valid UTF-8 in strings, else nobody reads them. */
static void invalid_names_are_replaced(void **state)
{
	char *longest = malloc(100001);
	struct document d = { 0 };
	struct table *t = add_stacks(&d), *list;
	profile_message *p;

	(void)state;
	memset(longest, 'x', 100000);
	longest[100000] = '\0';
	add_stack(t, 1, 1, 5, "\xff;\n");
	list = frames(t, &frames_def);
	add_frame(list, "caf\xe9", "/tmp/\xfe", 0x10);
	add_frame(list, longest, longest, 0x10);
	add_frame(list, "", "", 0x30);
	p = written(&d, 0);
	for (size_t i = 0; i < p->n_string_table; i++) {
		uint32_t cp;
		int n = 1;

		for (const char *s = p->string_table[i]; n > 0; s += n) {
			n = utf8_decode(s, &cp);
			assert_true(n >= 0);
		}
	}
	assert_non_null(strstr(stack_text(p, p->sample[0]), "caf\xef\xbf\xbd < xxx"));
	assert_string_equal(string(p, p->sample[0]->label[1]->str), "\xef\xbf\xbd;\n");
	free(longest);
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

static void empty_profile_is_valid(void **state)
{
	struct document d = { 0 };
	profile_message *p;

	(void)state;
	add_stacks(&d);
	p = written(&d, 0);
	assert_int_equal(p->n_sample, 0);
	assert_int_equal(p->n_sample_type, 3);
	assert_int_equal(p->duration_nanos, 5000);
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

/* More than the buffers hold, with what all samples share written once. */
static void many_samples(void **state)
{
	const size_t nr = 5000;
	struct document d = { 0 };
	struct table *t = add_stacks(&d), *list;
	profile_message *p;
	uint64_t sum = 0;
	char name[32];

	(void)state;
	for (size_t i = 1; i <= nr; i++) {
		add_stack(t, i, i * 10, 5, "a");
		list = frames(t, &frames_def);
		snprintf(name, sizeof(name), "function_%zu", i);
		add_frame(list, name, "/bin/prog", i);
		add_frame(list, "main", "/bin/prog", 0x99999);
	}
	p = written(&d, 0);
	assert_int_equal(p->n_sample, nr);
	assert_int_equal(p->n_location, nr + 1);
	assert_int_equal(p->n_function, nr + 1);
	for (size_t i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "function_%zu < main", i + 1);
		if (i % 500 == 0)
			assert_string_equal(stack_text(p, p->sample[i]), name);
		sum += p->sample[i]->value[0];
		assert_int_equal(p->sample[i]->value[1], p->sample[i]->value[0] * 10);
	}
	assert_int_equal(sum, nr * (nr + 1) / 2);
	vmascope__pprof__profile__free_unpacked(p, NULL);
}

static void failed_writes_are_returned(void **state)
{
	const struct out_format *f = out_format__find("pprof");
	struct out_options o = { .file = fopen("/dev/full", "w") };
	struct document d = { 0 }, without = { 0 };

	(void)state;
	assert_non_null(o.file);
	setvbuf(o.file, NULL, _IONBF, 0);
	add_stack(add_stacks(&d), 1, 1, 5, "a");
	assert_int_equal(out_format__document(f, &d, &o), -ENOSPC);
	document__free(&d);
	/* tables without stacks are no profile */
	document__add(&without, sample_totals());
	assert_int_equal(out_format__document(f, &without, &o), -ENOTSUP);
	document__free(&without);
	fclose(o.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_describes_the_run),
		cmocka_unit_test(rows_are_samples),
		cmocka_unit_test(inlined_functions_are_lines_of_one_location),
		cmocka_unit_test(unnamed_code_is_an_address),
		cmocka_unit_test(invalid_names_are_replaced),
		cmocka_unit_test(empty_profile_is_valid),
		cmocka_unit_test(many_samples),
		cmocka_unit_test(failed_writes_are_returned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
