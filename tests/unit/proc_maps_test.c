// SPDX-License-Identifier: GPL-2.0-only
/*
 * proc_maps_test.c - lines of /proc/PID/maps: names of any bytes, what is no such line, addresses.
 */
#include <errno.h>
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

#include "sys/proc_maps.h"

#define PAGE 4096

static struct proc_map parsed(const char *line)
{
	struct proc_map map;

	assert_int_equal(proc_map__parse(line, &map), 0);
	return map;
}

static void every_field_is_parsed(void **state)
{
	struct proc_map map = parsed("7f2c0a000000-7f2c0a021000 rw-s 0001f000 fd:1a 1234567890123 "
				     "                   /usr/lib/x86_64-linux-gnu/libc.so.6\n");

	(void)state;
	assert_int_equal(map.start, 0x7f2c0a000000);
	assert_int_equal(map.end, 0x7f2c0a021000);
	assert_string_equal(map.perms, "rw-s");
	assert_int_equal(map.offset, 0x1f000);
	assert_int_equal(map.dev_major, 0xfd);
	assert_int_equal(map.dev_minor, 0x1a);
	assert_int_equal(map.inode, 1234567890123);
	assert_string_equal(map.name, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	free(map.name);
}

static void highest_addresses(void **state)
{
	struct proc_map map = parsed("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 "
				     "                 [vsyscall]");

	(void)state;
	assert_int_equal(map.start, 0xffffffffff600000);
	assert_int_equal(map.end, 0xffffffffff601000);
	assert_string_equal(map.name, "[vsyscall]");
	free(map.name);
}

static void names_with_spaces_and_newlines(void **state)
{
	static const struct {
		const char *line;
		const char *name;
	} cases[] = {
		/* no name: with the blank that the kernel leaves, and without */
		{ "1000-2000 rw-p 00000000 00:00 0 \n", "" },
		{ "1000-2000 rw-p 00000000 00:00 0\n", "" },
		{ "1000-2000 rw-p 00000000 00:00 0", "" },
		{ "1000-2000 rw-p 00000000 00:00 0      [heap]\n", "[heap]" },
		{ "1000-2000 r--p 0 08:01 7      /tmp/a b  c\n", "/tmp/a b  c" },
		{ "1000-2000 r--p 0 08:01 7      /tmp/trailing \n", "/tmp/trailing " },
		{ "1000-2000 r--p 0 08:01 7      /tmp/gone (deleted)\n", "/tmp/gone (deleted)" },
		{ "1000-2000 rw-s 0 00:01 7      /memfd:x y (deleted)\n", "/memfd:x y (deleted)" },
		{ "1000-2000 rw-p 0 00:00 0      [anon:a]b]\n", "[anon:a]b]" },
		/* the kernel writes a newline in a name as \012 */
		{ "1000-2000 r--p 0 08:01 7      /tmp/a\\012b\n", "/tmp/a\\012b" },
		{ "1000-2000 r--p 0 08:01 7      /tmp/%s%n%s\n", "/tmp/%s%n%s" },
		{ "1000-2000 r--p 0 08:01 7      1000-2000 rwxp 0 00:00 0\n",
		  "1000-2000 rwxp 0 00:00 0" },
		{ "1000-2000 r--p 0 08:01 7      /\xff\xfe\x1b[2J\n", "/\xff\xfe\x1b[2J" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct proc_map map = parsed(cases[i].line);

		assert_string_equal(map.name, cases[i].name);
		free(map.name);
	}
}

static void long_names_are_not_truncated(void **state)
{
	char line[8192] = "1000-2000 r--p 00000000 08:01 7 ", *end = line + strlen(line);
	struct proc_map map;

	(void)state;
	memset(end, 'x', 5000);
	strcpy(end + 5000, "\n");
	map = parsed(line);
	assert_int_equal(strlen(map.name), 5000);
	free(map.name);
}

static void invalid_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"no maps line",
		"1000-2000",
		"1000 2000 rw-p 0 00:00 0",
		"1000-2000 rw-p",
		"1000-2000 rw-p 0 00:00",
		"1000-2000 rw-p 0 0000 0",
		"1000-2000 rw- 0 00:00 0",   /* three letters */
		"1000-2000 rw-px 0 00:00 0", /* five */
		"2000-1000 rw-p 0 00:00 0",  /* ends before it starts */
		"1000-1000 rw-p 0 00:00 0",  /* empty */
		"xyz-2000 rw-p 0 00:00 0",   /* no number */
		"1000-2000 rw-p zz 00:00 0",
		"1000-2000 rw-p 0 00:00 inode",
		"VmFlags: rd wr mr mw me ac",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct proc_map map;

		if (proc_map__parse(lines[i], &map) != -EINVAL)
			fail_msg("taken for a line of maps: '%s'", lines[i]);
		assert_null(map.name);
	}
}

static void address_lookup(void **state)
{
	struct proc_map list[] = {
		{ .start = 0x1000, .end = 0x2000 },
		{ .start = 0x2000, .end = 0x5000 }, /* no gap before it */
		{ .start = 0x8000, .end = 0x9000 },
		{ .start = 0xffffffffff600000, .end = 0xffffffffff601000 },
	};
	static const struct {
		uint64_t address;
		int index; /* -1: none */
	} cases[] = {
		{ 0, -1 },	    { 0xfff, -1 }, { 0x1000, 0 },  { 0x1fff, 0 },
		{ 0x2000, 1 },	    { 0x4fff, 1 }, { 0x5000, -1 }, { 0x7fff, -1 },
		{ 0x8000, 2 },	    { 0x8fff, 2 }, { 0x9000, -1 }, { 0xffffffffff600fff, 3 },
		{ UINT64_MAX, -1 },
	};

	(void)state;
	/* with the first one only, two, … so that odd and even numbers are searched */
	for (size_t nr = 0; nr <= sizeof(list) / sizeof(*list); nr++) {
		const struct proc_maps maps = { list, nr };

		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			const struct proc_map *found = proc_maps__find(&maps, cases[i].address);

			if (cases[i].index < 0 || (size_t)cases[i].index >= nr)
				assert_null(found);
			else
				assert_ptr_equal(found, &list[cases[i].index]);
		}
	}
}

static void own_process(void **state)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct proc_map *map;
	struct proc_maps maps;

	(void)state;
	assert_ptr_not_equal(p, MAP_FAILED);
	/* a VMA of its own, whatever is beside it */
	assert_int_equal(mprotect(p + PAGE, PAGE, PROT_READ), 0);
	assert_int_equal(proc_maps__read(&maps, getpid()), 0);
	map = proc_maps__find(&maps, (uintptr_t)p + PAGE + 100);
	assert_non_null(map);
	assert_int_equal(map->start, (uintptr_t)p + PAGE);
	assert_int_equal(map->end, (uintptr_t)p + 2 * PAGE);
	assert_string_equal(map->perms, "r--p");
	assert_string_equal(map->name, "");
	map = proc_maps__find(&maps, (uintptr_t)&map);
	assert_non_null(map);
	assert_string_equal(map->name, "[stack]");
	for (size_t i = 1; i < maps.nr; i++)
		assert_true(maps.maps[i].start >= maps.maps[i - 1].end);
	proc_maps__free(&maps);
	assert_null(maps.maps);
	munmap(p, 3 * PAGE);
}

static void missing_process(void **state)
{
	struct proc_maps maps;

	(void)state;
	/* pids end at 2^22 (PID_MAX_LIMIT) */
	assert_int_equal(proc_maps__read(&maps, 1 << 23), -ENOENT);
	assert_int_equal(maps.nr, 0);
	proc_maps__free(&maps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_parsed),
		cmocka_unit_test(highest_addresses),
		cmocka_unit_test(names_with_spaces_and_newlines),
		cmocka_unit_test(long_names_are_not_truncated),
		cmocka_unit_test(invalid_lines_are_refused),
		cmocka_unit_test(address_lookup),
		cmocka_unit_test(own_process),
		cmocka_unit_test(missing_process),
	};

	return cmocka_run_group_tests_name("proc_maps", tests, NULL, NULL);
}
