// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_schema_test.c - records to bytes and back: by this build's schema, and by others.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record/format/block.h"
#include "record/format/header.h"

#define RECORDS 2000

/* Numbers of all magnitudes, as records have. */
static uint64_t random_number(void)
{
	const uint64_t n = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();

	return random() % 4 ? n >> random() % 64 : random() % 2 ? 0 : ~0ULL;
}

static const char *random_string(void)
{
	static const char *const strings[] = { NULL, "", "[heap]", "/usr/lib/libc.so.6" };

	return strings[random() % 4];
}

/* All fields of a record, and nothing between them. */
static void fill(enum record_type type, union record *r)
{
	const struct type *t = &record_types[type];

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < t->nr; i++) {
		const struct field *f = &t->fields[i];

		for (uint16_t n = 0; n < f->count; n++) {
			char *at = (char *)r + f->offset + n * f->size;
			const uint64_t v = f->kind == FIELD_STRING ? (uintptr_t)random_string()
								   : random_number();

			/* most records are like the one before */
			if (random() % 3)
				memcpy(at, &v, f->size);
		}
	}
}

static void assert_same(enum record_type type, const union record *a, const union record *b)
{
	const struct type *t = &record_types[type];

	for (size_t i = 0; i < t->nr; i++) {
		const struct field *f = &t->fields[i];
		const char *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;

		if (f->kind == FIELD_NUMBER) {
			assert_memory_equal(x, y, (size_t)f->size * f->count);
			continue;
		}
		x = *(const char *const *)x;
		y = *(const char *const *)y;
		assert_int_equal(!x, !y);
		if (x)
			assert_string_equal(x, y);
	}
}

static void every_record_round_trips(void **state)
{
	static union record records[RECORDS];
	enum record_type types[RECORDS];
	struct codec codec;
	struct packer p;
	const struct block_head *head;
	uint8_t *raw = NULL;
	const uint8_t *at;
	size_t size, cap = 0;

	(void)state;
	srandom(1);
	assert_int_equal(packer__init(&p, BLOCK_EVENTS), 0);
	for (int i = 0; i < RECORDS; i++) {
		types[i] = 1 + i % (NR_RECORD_TYPES - 1);
		fill(types[i], &records[i]);
		assert_int_equal(packer__put(&p, types[i], &records[i], 1000 + i), 0);
	}
	head = packer__seal(&p, &size);
	assert_non_null(head);
	assert_true(block__head_valid(head));
	assert_int_equal(head->records, RECORDS);
	assert_int_equal(head->first_ns, 1000);
	assert_int_equal(head->last_ns, 999 + RECORDS);
	assert_int_equal(size, sizeof(*head) + head->stored);
	assert_int_equal(block__unpack(head, head + 1, &raw, &cap), 0);
	assert_int_equal(codec__init(&codec), 0);
	at = raw;
	for (int i = 0; i < RECORDS; i++) {
		union record r;

		assert_int_equal(codec__get(&codec, &at, raw + head->raw, &r), types[i]);
		assert_same(types[i], &records[i], &r);
	}
	assert_ptr_equal(at, raw + head->raw);
	free(raw);
	codec__free(&codec);
	packer__free(&p);
}

/* Small blocks, some of which become just as large when they are compressed: one in a few hundred. */
static void small_blocks_are_kept_whole(void **state)
{
	uint8_t *raw = NULL, *before;
	unsigned int as_large = 0;
	size_t size, cap = 0;
	struct packer p;

	(void)state;
	srandom(1);
	assert_int_equal(packer__init(&p, BLOCK_CHECKPOINT), 0);
	for (int i = 0; i < 4000; i++) {
		union record record = { .reset = { .time_ns = (uint64_t)random() } };
		const int same = 1 + i % 20, others = 1 + i / 20 % 10;
		const struct block_head *head;
		size_t len;

		for (int n = 0; n < same + others; n++) {
			if (n >= same)
				record.reset.time_ns = (uint64_t)random() * (uint64_t)random();
			assert_int_equal(packer__put(&p, RECORD_RESET, &record, 1), 0);
		}
		len = p.len;
		before = malloc(len);
		assert_non_null(before);
		memcpy(before, p.raw, len);
		head = packer__seal(&p, &size);
		assert_non_null(head);
		assert_true(head->stored <= len);
		as_large += head->stored == len;
		assert_int_equal(block__unpack(head, head + 1, &raw, &cap), 0);
		assert_int_equal(block__size(head), len);
		assert_memory_equal(raw, before, len);
		free(before);
	}
	assert_in_range(as_large, 1, 3999);
	free(raw);
	packer__free(&p);
}

/** call_read - the number of a call, or the class of a histogram, that is read where @written was */
static uint32_t call_read(struct codec *codec, enum record_type type, uint32_t written)
{
	const union record row = { .call_row = { .call = written } };
	const union record hist = { .call_hist = { .class = written } };
	uint8_t bytes[RECORD_MAX_BYTES];
	const uint8_t *at = bytes;
	struct codec plain;
	union record r;
	size_t size;

	assert_int_equal(codec__init(&plain), 0);
	size = codec__put(&plain, type, type == RECORD_CALL_ROW ? &row : &hist, bytes);
	codec__free(&plain);
	codec__restart(codec);
	assert_int_equal(codec__get(codec, &at, bytes + size, &r), type);
	return type == RECORD_CALL_ROW ? r.call_row.call : r.call_hist.class;
}

/* In the middle of enum vs_call there are calls that an earlier version did not know. */
static void call_numbers_are_mapped_by_name(void **state)
{
	static const char *const names[] = { "munmap", "mprotect", "reclaim" };
	struct codec codec;

	(void)state;
	assert_int_equal(codec__init(&codec), 0);
	/* without names they are those of this build */
	assert_int_equal(call_read(&codec, RECORD_CALL_ROW, VS_CALL_EXIT), VS_CALL_EXIT);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(codec__name_call(&codec, names[i]), 0);
	assert_int_equal(call_read(&codec, RECORD_CALL_ROW, 0), VS_CALL_MUNMAP);
	assert_int_equal(call_read(&codec, RECORD_CALL_ROW, 1), VS_CALL_MPROTECT);
	assert_int_equal(call_read(&codec, RECORD_CALL_HIST, 2), VS_CALL_RECLAIM);
	/* what found no row, and the classes of madvise(2) and mmap(2) */
	assert_int_equal(call_read(&codec, RECORD_CALL_ROW, 3), VS_NR_CALLS);
	assert_int_equal(call_read(&codec, RECORD_CALL_HIST, 3),
			 vs_call_class(VS_CALL_MADVISE, VS_MADV_DONTNEED));
	assert_int_equal(codec__name_call(&codec, "a call of a later version"), -EPROTONOSUPPORT);
	codec__free(&codec);
}

static void unknown_calls_mean_a_later_version(void **state)
{
	const struct header of = { .run = 1, .file = 1, .nr_cpus = 1 };
	char *text = header__format(&of), *name;
	struct codec codec = {};
	struct header h;

	(void)state;
	assert_non_null(text);
	assert_int_equal(header__parse(&h, &codec, text), 0);
	assert_int_equal(codec.nr_calls, VS_NR_CALLS);
	header__free(&h);
	codec__free(&codec);
	name = strstr(text, "\"munmap\"");
	assert_non_null(name);
	name[1] = 'x';
	assert_int_equal(header__parse(&h, &codec, text), -EPROTONOSUPPORT);
	header__free(&h);
	codec__free(&codec);
	free(text);
}

/* A record that ends too early is none, wherever that is. */
static void truncated_record_is_refused(void **state)
{
	uint8_t bytes[RECORD_MAX_BYTES];
	struct codec codec;

	(void)state;
	srandom(2);
	for (int type = 1; type < NR_RECORD_TYPES; type++) {
		union record r, got;
		size_t size;

		fill(type, &r);
		assert_int_equal(codec__init(&codec), 0);
		size = codec__put(&codec, type, &r, bytes);
		for (size_t cut = 0; cut < size; cut++) {
			const uint8_t *at = bytes;

			codec__restart(&codec);
			assert_int_equal(codec__get(&codec, &at, bytes + cut, &got), -EBADMSG);
		}
		codec__free(&codec);
	}
}

/* A later version has a field and a type more; an earlier one a field less. */
static void reader_uses_the_recorded_schema(void **state)
{
	struct codec theirs = {}, ours = {};
	const uint8_t *at;
	/* type 9: "thread", of tid, an unknown one and faults; type 10 is unknown */
	static const uint8_t bytes[] = { 9, 7, 14, 40, 60, 10, 1, 22, 9, 5, 2, 4 };
	union record r;

	(void)state;
	assert_int_equal(codec__add(&theirs, 9, "thread", "tid", FIELD_NUMBER, 1), 0);
	assert_int_equal(codec__add(&theirs, 9, "thread", "mood", FIELD_NUMBER, 1), 0);
	assert_int_equal(codec__add(&theirs, 9, "thread", "faults", FIELD_NUMBER, 1), 0);
	assert_int_equal(codec__add(&theirs, 10, "weather", "wind", FIELD_NUMBER, 1), 0);
	at = bytes;
	assert_int_equal(codec__get(&theirs, &at, bytes + sizeof(bytes), &r), RECORD_THREAD);
	assert_int_equal(r.thread.tid, 7);
	assert_int_equal(r.thread.faults, 30);
	assert_int_equal(r.thread.fault_ns, 0);
	assert_int_equal(codec__get(&theirs, &at, bytes + sizeof(bytes), &r), RECORD_NONE);
	assert_int_equal(codec__get(&theirs, &at, bytes + sizeof(bytes), &r), RECORD_THREAD);
	assert_int_equal(r.thread.tid, 8);
	assert_int_equal(r.thread.faults, 32);
	assert_ptr_equal(at, bytes + sizeof(bytes));
	/* and what is too much is refused */
	assert_int_equal(codec__add(&ours, CODEC_MAX_TYPES, "thread", "tid", FIELD_NUMBER, 1),
			 -EINVAL);
	assert_int_equal(codec__add(&ours, 1, "thread", "tid", FIELD_NUMBER, 0), -EINVAL);
	assert_int_equal(codec__add(&ours, 1, "t", "f", FIELD_NUMBER, SHAPE_MAX_ELEMENTS + 1),
			 -EINVAL);
	codec__free(&theirs);
	codec__free(&ours);
}

static void header_round_trips(void **state)
{
	const struct header h = {
		.run = 123456789,
		.file = 2,
		.kernel = (char *)"6.18",
		.what = (char *)"a \"command\"",
		.start_ns = 1ULL << 60,
		.nr_cpus = 4,
		.events = 5,
		.shootdowns = true,
		.hooks = { { (char *)"fault_end", (char *)"fexit", true } },
		.nr_hooks = 1,
	};
	struct codec codec = {}, ours;
	char *text = header__format(&h);
	struct header got;

	(void)state;
	assert_non_null(text);
	assert_int_equal(header__parse(&got, &codec, text), 0);
	assert_int_equal(got.run, h.run);
	assert_int_equal(got.file, 2);
	assert_string_equal(got.kernel, "6.18");
	assert_string_equal(got.what, h.what);
	assert_null(got.vma_glob);
	assert_true(got.start_ns == h.start_ns && got.shootdowns);
	assert_int_equal(got.nr_hooks, 1);
	assert_string_equal(got.hooks[0].variant, "fexit");
	assert_true(got.hooks[0].fallback);
	assert_int_equal(codec__init(&ours), 0);
	for (size_t i = 0; i < CODEC_MAX_TYPES; i++) {
		assert_int_equal(codec.shapes[i].nr, ours.shapes[i].nr);
		assert_int_equal(codec.shapes[i].type, ours.shapes[i].type);
	}
	codec__free(&ours);
	codec__free(&codec);
	header__free(&got);
	free(text);
}

static void invalid_header_is_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -EBADMSG },
		{ "[]", -EBADMSG },
		{ "{\"format\":\"another\"}", -EBADMSG },
		{ "{\"format\":\"vmascope recording\",\"version\":3}", -EPROTONOSUPPORT },
		{ "{\"format\":\"vmascope recording\",\"version\":0}", -EPROTONOSUPPORT },
		{ "{\"format\":\"vmascope recording\",\"version\":1}", -EBADMSG },
		{ "{\"format\":\"vmascope recording\",\"version\":2}", -EBADMSG },
		{ "{\"format\":\"vmascope recording\",\"version\":1,\"cpus\":4000000000}",
		  -EBADMSG },
		{ "{\"format\":\"vmascope recording\",\"version\":1,\"cpus\":2,\"types\":[3]}",
		  -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct codec codec = {};
		struct header h;

		assert_int_equal(header__parse(&h, &codec, cases[i].text), cases[i].err);
		header__free(&h);
		codec__free(&codec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_round_trips),
		cmocka_unit_test(small_blocks_are_kept_whole),
		cmocka_unit_test(call_numbers_are_mapped_by_name),
		cmocka_unit_test(unknown_calls_mean_a_later_version),
		cmocka_unit_test(truncated_record_is_refused),
		cmocka_unit_test(reader_uses_the_recorded_schema),
		cmocka_unit_test(header_round_trips),
		cmocka_unit_test(invalid_header_is_refused),
	};

	return cmocka_run_group_tests_name("record_schema", tests, NULL, NULL);
}
