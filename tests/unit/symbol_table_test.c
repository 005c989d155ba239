// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_table_test.c - tables of functions: overlaps, lookups, tables that lie; kallsyms and perf maps.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <unistd.h>

#include "symbol/elf/perf_map.h"
#include "symbol/kernel_symbols.h"
#include "symbol/table/table.h"

#define MAX_BYTES (1u << 20)
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static void add(struct table_builder *b, uint64_t start, uint64_t end, uint64_t rank,
		const char *name)
{
	assert_int_equal(table_builder__add(b, start, end, rank, name, strlen(name)), 0);
}

static void finish(struct table_builder *b, struct symbol_table *t)
{
	const int fd = table_builder__finish(b);

	assert_true(fd >= 0);
	assert_int_equal(symbol_table__open(t, fd, MAX_BYTES), 0);
	close(fd);
	table_builder__free(b);
}

static void check(const struct symbol_table *t, uint64_t address, const char *name, uint64_t start)
{
	uint64_t found = 0;
	const char *is = symbol_table__find(t, address, &found);

	if (!name && is)
		fail_msg("0x%lx is %s, not unknown", (unsigned long)address, is);
	if (name && (!is || strcmp(is, name) || found != start))
		fail_msg("0x%lx is %s from 0x%lx, not %s from 0x%lx", (unsigned long)address,
			 is ? is : "unknown", (unsigned long)found, name, (unsigned long)start);
}

static void empty_table(void **state)
{
	struct table_builder b = { 0 };
	struct symbol_table t;
	uint64_t address;

	(void)state;
	finish(&b, &t);
	check(&t, 0, NULL, 0);
	check(&t, UINT64_MAX, NULL, 0);
	assert_false(symbol_table__address(&t, 0, &address));
	symbol_table__close(&t);
	symbol_table__close(&t);
}

static void functions_end_at_their_size(void **state)
{
	struct table_builder b = { 0 };
	struct symbol_table t;

	(void)state;
	add(&b, 0x300, 0x310, 0, "third");
	add(&b, 0x100, 0x200, 0, "first");
	add(&b, 0x200, 0x201, 0, "second");
	add(&b, 0x400, 0x400, 0, "empty");
	add(&b, 0x500, 0x4ff, 0, "negative");
	finish(&b, &t);
	check(&t, 0xff, NULL, 0);
	check(&t, 0x100, "first", 0x100);
	check(&t, 0x1ff, "first", 0x100);
	check(&t, 0x200, "second", 0x200);
	check(&t, 0x201, NULL, 0);
	check(&t, 0x2ff, NULL, 0);
	check(&t, 0x30f, "third", 0x300);
	check(&t, 0x310, NULL, 0);
	check(&t, 0x400, NULL, 0);
	check(&t, 0x500, NULL, 0);
	symbol_table__close(&t);
}

/* Each address against a search through all of them. */
static void overlapping_symbols_are_ranked(void **state)
{
	enum {
		NR = 200,
		SPACE = 4000
	};
	unsigned int seed = 7;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct table_builder b = { 0 };
		struct symbol_table t;
		uint64_t start[NR], end[NR], rank[NR];
		char name[16];

		for (int i = 0; i < NR; i++) {
			start[i] = (uint64_t)(rand_r(&seed) % SPACE);
			end[i] = start[i] + (uint64_t)(rand_r(&seed) % (round ? 300 : 40));
			rank[i] = (uint64_t)(rand_r(&seed) % 50);
			snprintf(name, sizeof(name), "f%d", i);
			add(&b, start[i], end[i], rank[i], name);
		}
		finish(&b, &t);
		for (uint64_t at = 0; at < SPACE + 400; at++) {
			int best = -1;

			for (int i = 0; i < NR; i++)
				if (at >= start[i] && at < end[i] &&
				    (best < 0 || rank[i] >= rank[best]))
					best = i;
			snprintf(name, sizeof(name), "f%d", best);
			check(&t, at, best < 0 ? NULL : name, best < 0 ? 0 : start[best]);
		}
		symbol_table__close(&t);
	}
}

static void ends_of_the_address_space(void **state)
{
	struct table_builder b = { 0 };
	struct symbol_table t;

	(void)state;
	add(&b, 0, 1, 0, "lowest");
	add(&b, UINT64_MAX - 1, UINT64_MAX, 1, "highest");
	add(&b, 0x1000, UINT64_MAX, 0, "all of it"); /* longer than any function */
	finish(&b, &t);
	check(&t, 0, "lowest", 0);
	check(&t, UINT64_MAX - 1, "highest", UINT64_MAX - 1);
	check(&t, 0x2000, NULL, 0);
	symbol_table__close(&t);
}

static void long_names_are_truncated(void **state)
{
	static char name[TABLE_MAX_NAME * 3];
	struct table_builder b = { 0 };
	struct symbol_table t;
	const char *found;
	uint64_t start;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	add(&b, 1, 2, 0, name);
	assert_int_equal(table_builder__add(&b, 2, 3, 0, name, TABLE_MAX_NAME), 0);
	finish(&b, &t);
	found = symbol_table__find(&t, 1, &start);
	assert_non_null(found);
	assert_int_equal(strlen(found), TABLE_MAX_NAME + 3);
	assert_string_equal(found + TABLE_MAX_NAME, "...");
	assert_int_equal(strlen(symbol_table__find(&t, 2, &start)), TABLE_MAX_NAME);
	symbol_table__close(&t);
}

static void segments_turn_offsets_into_addresses(void **state)
{
	const struct table_segment segments[] = { { 0x1000, 0x401000, 0x500 },
						  { 0x2000, 0x403000, 0x10 } };
	struct table_builder b = { 0 };
	struct symbol_table t;
	uint64_t address;

	(void)state;
	assert_int_equal(table_builder__segment(&b, &segments[0]), 0);
	assert_int_equal(table_builder__segment(&b, &segments[1]), 0);
	finish(&b, &t);
	assert_true(symbol_table__address(&t, 0x1004, &address));
	assert_int_equal(address, 0x401004);
	assert_true(symbol_table__address(&t, 0x200f, &address));
	assert_int_equal(address, 0x40300f);
	assert_false(symbol_table__address(&t, 0xfff, &address));
	assert_false(symbol_table__address(&t, 0x1500, &address));
	assert_false(symbol_table__address(&t, 0x2010, &address));
	symbol_table__close(&t);
}

/* They are looked through for each address. */
static void too_many_segments_are_refused(void **state)
{
	const struct table_segment segment = { 0x1000, 0x401000, 0x500 };
	struct table_builder b = { 0 };
	struct symbol_table t;

	(void)state;
	for (int i = 0; i < TABLE_MAX_SEGMENTS; i++)
		assert_int_equal(table_builder__segment(&b, &segment), 0);
	assert_int_equal(table_builder__segment(&b, &segment), -EFBIG);
	finish(&b, &t);
	assert_int_equal(t.head->nr_segments, TABLE_MAX_SEGMENTS);
	symbol_table__close(&t);
}

/* --- The reader is not trusted --- */

static int make_file(const void *bytes, size_t len, int seals)
{
	const int fd = memfd_create("table", MFD_ALLOW_SEALING);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static void unsealed_tables_are_refused(void **state)
{
	const struct table_head head = { TABLE_MAGIC, 0, 0, 1 };
	char bytes[sizeof(head) + 1] = "";
	struct symbol_table t;
	int fd;

	(void)state;
	memcpy(bytes, &head, sizeof(head));
	for (int seals = 0; seals <= (SEALS | F_SEAL_SEAL); seals++) {
		if (seals & ~(SEALS | F_SEAL_SEAL))
			continue;
		fd = make_file(bytes, sizeof(bytes), seals);
		assert_int_equal(symbol_table__open(&t, fd, MAX_BYTES),
				 (seals & SEALS) == SEALS ? 0 : -EBADMSG);
		symbol_table__close(&t);
		close(fd);
	}
	fd = make_file(bytes, sizeof(bytes), SEALS);
	assert_int_equal(symbol_table__open(&t, fd, sizeof(bytes) - 1), -EFBIG);
	close(fd);
	fd = open("/dev/zero", O_RDONLY);
	assert_int_equal(symbol_table__open(&t, fd, MAX_BYTES), -EBADMSG);
	close(fd);
}

/* Tables with wrong bytes are refused or harmless, which a sanitizer checks. */
static void malformed_tables_are_safe(void **state)
{
	struct table_builder b = { 0 };
	static unsigned char bytes[4096];
	unsigned int seed = 3, refused = 0;
	struct symbol_table t;
	ssize_t len;
	int fd;

	(void)state;
	assert_int_equal(table_builder__segment(&b, &(struct table_segment){ 0, 0x1000, 64 }), 0);
	for (uint64_t i = 0; i < 20; i++)
		add(&b, 0x1000 + 16 * i, 0x1008 + 16 * i, 0, "some_function");
	fd = table_builder__finish(&b);
	len = pread(fd, bytes, sizeof(bytes), 0);
	close(fd);
	table_builder__free(&b);
	assert_true(len > 500 && len < (ssize_t)sizeof(bytes));
	for (int i = 0; i < 4000; i++) {
		unsigned char bad[sizeof(bytes)];
		size_t cut = i % 3 ? 0 : (size_t)(rand_r(&seed) % len);
		uint64_t start, address;
		int err;

		memcpy(bad, bytes, (size_t)len);
		for (int k = 0; k < 1 + i % 4; k++)
			bad[rand_r(&seed) % len] = i % 2 ? 0xff : (unsigned char)rand_r(&seed);
		fd = make_file(bad, (size_t)len - cut, SEALS);
		err = symbol_table__open(&t, fd, MAX_BYTES);
		close(fd);
		refused += err != 0;
		if (err)
			continue;
		for (uint64_t at = 0xff0; at < 0x1200; at++) {
			const char *name = symbol_table__find(&t, at, &start);

			assert_true(!name || strlen(name) < t.bytes);
			symbol_table__address(&t, at, &address);
		}
		symbol_table__close(&t);
	}
	assert_in_range(refused, 1000, 3999);
}

/* --- The kernel --- */

static int parse(struct symbol_table *t, const char *kallsyms, const char *modules)
{
	FILE *k = fmemopen((void *)kallsyms, strlen(kallsyms), "r");
	FILE *m = modules ? fmemopen((void *)modules, strlen(modules), "r") : NULL;
	int err = kernel_symbols__parse(t, k, m);

	fclose(k);
	if (m)
		fclose(m);
	return err;
}

static void kallsyms_text_symbols_only(void **state)
{
	static const char kallsyms[] = "ffffffff81000000 T _stext\n"
				       "ffffffff81000000 T _text\n"
				       "ffffffff81000000 t __first\n"
				       "ffffffff81000000 T first\n"
				       "ffffffff81000100 W weak\n"
				       "ffffffff81000180 t local.cold\n"
				       "ffffffff81000200 T last\n"
				       "ffffffff81000300 T _etext\n"
				       "ffffffff82000000 D data\n"
				       "ffffffff82000010 b bss\n"
				       "not a line\n"
				       "ffffffffc0001000 t in_module\t[some_module]\n"
				       "ffffffffc0001100 t also_in_it\t[some_module]\n"
				       "ffffffffc0009000 t of_bpf\t[bpf]\n";
	static const char modules[] = "some_module 4096 1 - Live 0xffffffffc0001000\n"
				      "other 4096 1 a,b, Live 0xffffffffc0003000 (OE)\n";
	struct symbol_table t;

	(void)state;
	assert_int_equal(parse(&t, kallsyms, modules), 0);
	check(&t, 0xffffffff80ffffff, NULL, 0);
	check(&t, 0xffffffff81000000, "first", 0xffffffff81000000);
	check(&t, 0xffffffff810000ff, "first", 0xffffffff81000000);
	check(&t, 0xffffffff81000100, "weak", 0xffffffff81000100);
	check(&t, 0xffffffff810001ff, "local.cold", 0xffffffff81000180);
	check(&t, 0xffffffff810002ff, "last", 0xffffffff81000200);
	check(&t, 0xffffffff81000300, NULL, 0); /* behind the code */
	check(&t, 0xffffffff82000000, NULL, 0);
	check(&t, 0xffffffffc00010ff, "in_module\tsome_module", 0xffffffffc0001000);
	check(&t, 0xffffffffc0001fff, "also_in_it\tsome_module", 0xffffffffc0001100);
	check(&t, 0xffffffffc0002000, NULL, 0); /* behind the module */
	check(&t, 0xffffffffc0009010, "of_bpf\tbpf", 0xffffffffc0009000);
	symbol_table__close(&t);
}

static void hidden_kallsyms_addresses(void **state)
{
	struct symbol_table t;

	(void)state;
	assert_int_equal(parse(&t, "0000000000000000 T _stext\n0000000000000000 T first\n", NULL),
			 -ENODATA);
	assert_int_equal(parse(&t, "\n", NULL), -ENODATA);
	symbol_table__close(&t);
}

/* --- JITs --- */

static int perf_map(struct symbol_table *t, const char *text)
{
	const int in = make_file(text, strlen(text), 0), fd = perf_map__table(in);
	int err = fd < 0 ? fd : symbol_table__open(t, fd, MAX_BYTES);

	close(in);
	if (fd >= 0)
		close(fd);
	return err;
}

static void later_perf_map_lines_win(void **state)
{
	static const char text[] = "1000 100 old one\n"
				   "0x1080 0x10 LazyCompile:~run /srv/a@1.js:3\n"
				   "3000 10 \n"
				   "3000\n"
				   "zz 10 no number\n"
				   "ffffffffffffffff 10 past the end\n"
				   "99999999999999999 1 too large\n"
				   "2000 0 empty\n"
				   "10f0 20 new one\n"
				   "1200 100 is still being wri";
	struct symbol_table t;

	(void)state;
	assert_int_equal(perf_map(&t, text), 0);
	check(&t, 0x1000, "old one", 0x1000);
	check(&t, 0x1080, "LazyCompile:~run /srv/a@1.js:3", 0x1080);
	check(&t, 0x1090, "old one", 0x1000);
	check(&t, 0x10ef, "old one", 0x1000);
	check(&t, 0x10f0, "new one", 0x10f0);
	check(&t, 0x110f, "new one", 0x10f0);
	check(&t, 0x1110, NULL, 0);
	check(&t, 0x1200, NULL, 0);
	check(&t, 0x2000, NULL, 0);
	check(&t, 0x3000, NULL, 0);
	symbol_table__close(&t);
	assert_int_equal(perf_map(&t, ""), 0);
	symbol_table__close(&t);
}

/* VmHWM, or the value since it was set back */
static unsigned long peak_kib(void)
{
	unsigned long kib = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmHWM: %lu", &kib);
	fclose(f);
	assert_true(kib);
	return kib;
}

/* A line that never ends, of a file that takes no room; and what comes after it. */
static void memory_is_bounded_for_any_file(void **state)
{
	static const char last[] = "\n1000 100 last one\n";
	static char name[TABLE_MAX_NAME + 1];
	const int in = memfd_create("sparse", 0);
	struct symbol_table t;
	unsigned long before;
	FILE *reset;
	int fd;

	(void)state;
	assert_true(in >= 0);
	assert_int_equal(pwrite(in, "2000 100 ", 9, 0), 9);
	memset(name, 'x', TABLE_MAX_NAME);
	assert_int_equal(pwrite(in, name, TABLE_MAX_NAME, 9), TABLE_MAX_NAME);
	assert_int_equal(pwrite(in, "yyyy", 4, 9 + TABLE_MAX_NAME), 4);
	assert_int_equal(pwrite(in, last, sizeof(last) - 1, (60 << 20)), sizeof(last) - 1);
	reset = fopen("/proc/self/clear_refs", "we");
	assert_true(reset && fputs("5", reset) >= 0 && !fclose(reset));
	before = peak_kib();
	fd = perf_map__table(in);
	assert_true(peak_kib() - before < 16 << 10);
	assert_true(fd >= 0);
	assert_int_equal(symbol_table__open(&t, fd, MAX_BYTES), 0);
	check(&t, 0x1000, "last one", 0x1000);
	/* the name is cut, the line as long as it likes */
	assert_int_equal(strlen(symbol_table__find(&t, 0x2000, &(uint64_t){ 0 })),
			 TABLE_MAX_NAME + 3);
	symbol_table__close(&t);
	close(fd);
	/* of more than may be read, the rest is left */
	assert_int_equal(pwrite(in, last, sizeof(last) - 1, PERF_MAP_MAX_BYTES), sizeof(last) - 1);
	assert_int_equal(pwrite(in, "XXXX 100 gone", 13, 60 << 20), 13);
	fd = perf_map__table(in);
	assert_true(fd >= 0);
	assert_int_equal(symbol_table__open(&t, fd, MAX_BYTES), 0);
	check(&t, 0x1000, NULL, 0);
	symbol_table__close(&t);
	close(fd);
	close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_table),
		cmocka_unit_test(functions_end_at_their_size),
		cmocka_unit_test(overlapping_symbols_are_ranked),
		cmocka_unit_test(ends_of_the_address_space),
		cmocka_unit_test(long_names_are_truncated),
		cmocka_unit_test(segments_turn_offsets_into_addresses),
		cmocka_unit_test(too_many_segments_are_refused),
		cmocka_unit_test(unsealed_tables_are_refused),
		cmocka_unit_test(malformed_tables_are_safe),
		cmocka_unit_test(kallsyms_text_symbols_only),
		cmocka_unit_test(hidden_kallsyms_addresses),
		cmocka_unit_test(later_perf_map_lines_win),
		cmocka_unit_test(memory_is_bounded_for_any_file),
	};

	return cmocka_run_group_tests_name("symbol_table", tests, NULL, NULL);
}
