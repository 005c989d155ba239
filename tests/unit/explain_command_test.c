// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_command_test.c - `explain` of addresses of this process: its mappings are real, its page
 * tables are made up.
 */
#include "json_output.h"
#include "made_kernel.h"

#include <inttypes.h>
#include <sys/mman.h>

#include "explain/page_tables.h"
#include "util/log.h"

#define PAGE 4096UL
/** present, writable, of user mode, accessed; and dirty; and not executable (bit 63) */
#define TABLE_BITS 0x27ULL
#define PAGE_BITS (0x67ULL | 1ULL << 63)
#define FRAME 0x12345ULL
/** No id: PID_MAX_LIMIT is the largest number of ids. */
#define NO_PROCESS "4194304"

/** struct made_tables - what is read; @missing: why nothing can be, NULL: it can */
static struct made_tables {
	const char *missing;
	int walk;
	struct raw_walk raw;
} tables;

static int made_open(void **ctx, char *missing)
{
	*ctx = &tables;
	if (!tables.missing)
		return 0;
	snprintf(missing, MISSING_LEN, "%s", tables.missing);
	return -EPERM;
}

static int made_walk(void *ctx, pid_t pid, uint64_t address, struct raw_walk *raw)
{
	assert_ptr_equal(ctx, &tables);
	assert_int_equal(pid, getppid());
	assert_true(address != 0);
	*raw = tables.raw;
	return tables.walk;
}

static void made_close(void *ctx)
{
	assert_ptr_equal(ctx, &tables);
}

static const struct walk_calls made_walks = {
	.open = made_open,
	.walk = made_walk,
	.close = made_close,
};

/** make_tables - four levels that lead to a page at FRAME */
static void make_tables(void)
{
	tables = (struct made_tables){ .raw = { .levels = 4, .first = 1, .end = TABLE_LEVELS } };
	for (uint64_t level = 1; level < TABLE_LEVEL_PTE; level++)
		tables.raw.entries[level] = level << 12 | TABLE_BITS;
	tables.raw.entries[TABLE_LEVEL_PTE] = FRAME << 12 | PAGE_BITS;
	make_kernel((struct made_kernel){});
	page_tables__ask(&made_walks);
}

/** explain - its output on @address of this process, to be put */
static struct json_object *explain(uint64_t address)
{
	char options[64];
	int status;

	snprintf(options, sizeof(options), "-j -p %d %" PRIx64, getpid(), address);
	status = command_run(&command_explain, options, NULL);
	if (status)
		fail_msg("explain %s ended with status %d: %s", options, status,
			 command_output("err"));
	return document();
}

/** why - the reason why @what is unknown; NULL: it is known */
static const char *why(struct json_object *row, const char *what)
{
	struct json_object *list = get(row, "unknown");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *u = json_object_array_get_idx(list, i);

		if (!strcmp(string(u, "what"), what))
			return string(u, "why");
	}
	return NULL;
}

static void assert_hex(struct json_object *from, const char *path, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	assert_string_equal(string(from, path), text);
}

/** page_between - a page that was written, alone in its VMA: on both sides are pages without access */
static char *page_between(void)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE), 0);
	p[PAGE] = 1;
	return p + PAGE;
}

static void address_in_a_mapping(void **state)
{
	const uint64_t address = (uintptr_t)page_between() + 0x123;
	struct json_object *d, *row, *entry;

	(void)state;
	make_tables();
	d = explain(address);
	assert_int_equal(number(d, "pid"), getpid());
	row = item(d, "addresses", 0);
	assert_hex(row, "address", address);
	assert_string_equal(string(row, "kind"), "user");
	assert_hex(row, "vma.start", address & ~(PAGE - 1));
	assert_hex(row, "vma.end", (address & ~(PAGE - 1)) + PAGE);
	assert_string_equal(string(row, "vma.perms"), "rw-p");
	assert_hex(row, "page_tables.offset", 0x123);
#if defined(__x86_64__)
	assert_int_equal(number(row, "page_tables.levels"), 4);
	assert_int_equal(number(row, "page_tables.page_size"), PAGE);
	assert_string_equal(string(row, "page_tables.page_size_from"), "page tables");
	assert_int_equal(json_object_array_length(get(row, "page_tables.entries")), 4);
	for (unsigned int i = 0; i < 4; i++) {
		entry = item(row, "page_tables.entries", i);
		assert_string_equal(string(entry, "kind"), i < 3 ? "table" : "page");
		assert_int_equal(number(entry, "index"), address >> (39 - 9 * i) & 511);
		assert_hex(entry, "frame", i < 3 ? i + 1 : FRAME);
	}
	entry = item(row, "page_tables.entries", 3);
	assert_string_equal(string(entry, "level"), "PTE");
	get(entry, "flags.dirty");
	get(entry, "flags.nx");
	assert_null(why(row, "page tables"));
#else
	(void)entry;
#endif
	json_object_put(d);
	munmap((void *)((address & ~(PAGE - 1)) - PAGE), 3 * PAGE);
}

static void address_without_a_mapping(void **state)
{
	char *p = page_between();
	struct json_object *d, *row, *before, *after;

	(void)state;
	make_tables();
	tables.raw.end = tables.raw.first;
	assert_int_equal(munmap(p, PAGE), 0);
	d = explain((uintptr_t)p);
	row = item(d, "addresses", 0);
	assert_null(get(row, "vma"));
	assert_null(get(row, "page"));
	before = item(row, "around.nearest", 0);
	after = item(row, "around.nearest", 1);
	assert_string_equal(string(before, "side"), "before");
	assert_hex(before, "end", (uintptr_t)p);
	assert_string_equal(string(after, "side"), "after");
	assert_hex(after, "start", (uintptr_t)p + PAGE);
	assert_int_equal(number(after, "distance_bytes"), PAGE);
	json_object_put(d);
	munmap(p - PAGE, PAGE);
	munmap(p + PAGE, PAGE);
}

static void unreadable_data_has_a_reason(void **state)
{
	static const struct {
		struct made_tables tables;
		struct made_kernel kernel;
		const char *why;
	} cases[] = {
		{ { .missing = "not today" }, {}, "not today" },
		{ { .walk = -EIO }, {}, "cannot run the BPF iterator: Input/output error" },
		{ {}, {}, "the process has no page tables (it may have exited)" },
		{ { .raw = { .levels = 4, .first = 1, .end = 1 } },
		  {},
		  "a page table could not be read (it may have been freed)" },
		{ {}, { .without = "bpf_loop" }, "bpf_loop is not available (kernel before 5.17)" },
	};
	char *p = page_between();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_object *d;

		make_tables();
		tables = cases[i].tables;
		make_kernel(cases[i].kernel);
		d = explain((uintptr_t)p);
#if defined(__x86_64__)
		assert_string_equal(why(item(d, "addresses", 0), "page tables"), cases[i].why);
#else
		assert_string_equal(why(item(d, "addresses", 0), "page tables"),
				    "supported on x86-64 only");
#endif
		/* the VMA is known all the same */
		assert_hex(item(d, "addresses", 0), "vma.start", (uintptr_t)p);
		json_object_put(d);
	}
	munmap(p - PAGE, 3 * PAGE);
}

static void wrong_usage_and_missing_processes(void **state)
{
	static const struct {
		const char *options;
		int status;
		const char *says;
	} runs[] = {
		{ "7f0000000000", VS_EXIT_USAGE, "exactly one process is required" },
		{ "-p 1,2 7f0000000000", VS_EXIT_USAGE, "exactly one process is required" },
		{ "-p 1", VS_EXIT_USAGE, "no address given" },
		{ "-p 1 0x", VS_EXIT_USAGE, "bad address: '0x'" },
		{ "-p 1 12g", VS_EXIT_USAGE, "bad address: '12g'" },
		{ "-p 1 10000000000000000", VS_EXIT_USAGE, "bad address" },
		{ "-p " NO_PROCESS " 7f0000000000", VS_EXIT_FAILURE,
		  "no such process: " NO_PROCESS },
	};

	(void)state;
	make_tables();
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		const int status = command_run(&command_explain, runs[i].options, NULL);
		char *err = command_output("err");

		if (status != runs[i].status || !strstr(err, runs[i].says))
			fail_msg("explain %s ended with status %d: %s", runs[i].options, status,
				 err);
		free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_in_a_mapping),
		cmocka_unit_test(address_without_a_mapping),
		cmocka_unit_test(unreadable_data_has_a_reason),
		cmocka_unit_test(wrong_usage_and_missing_processes),
	};

	return cmocka_run_group_tests_name("explain_command", tests, command_set_up,
					   command_tear_down);
}
