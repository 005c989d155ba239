// SPDX-License-Identifier: GPL-2.0-only
/*
 * debug_package_test.c - the package of a file, looked up in lists as dpkg has them.
 */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbol/debug_package.h"

/** A file below /usr that every system has. */
#define SYSTEM_FILE "/usr/bin/env"

static char dir[PATH_MAX];

/** put - write @text to the file @name in the directory of lists. */
static void put(const char *name, const char *text)
{
	char path[PATH_MAX + NAME_MAX + 2];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/** frame_in - a frame in the file at @path, which is there. */
static struct symbol_frame frame_in(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (struct symbol_frame){
		.module = path, .in_file = true, .dev = st.st_dev, .inode = st.st_ino
	};
}

static void assert_package(const struct symbol_frame *f, const char *want)
{
	char name[PACKAGE_NAME_LEN];
	const bool found = debug_package__find(dir, f, name);

	if (want) {
		assert_true(found);
		assert_string_equal(name, want);
	} else {
		assert_false(found);
	}
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/vmascope-packages.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void file_of_a_package(void **state)
{
	const struct symbol_frame f = frame_in(SYSTEM_FILE);

	(void)state;
	assert_package(&f, NULL);
	put("others.list", "/.\n/usr/bin/en\n/usr/bin/envy\n/opt" SYSTEM_FILE "\n");
	put("notes.md5sums", SYSTEM_FILE "\n");
	assert_package(&f, NULL);
	put("coreutils.list", "/.\n/usr\n/usr/bin\n" SYSTEM_FILE "\n/usr/bin/expand\n");
	assert_package(&f, "coreutils");
}

static void architecture_is_not_part_of_the_name(void **state)
{
	const struct symbol_frame f = frame_in(SYSTEM_FILE);

	(void)state;
	put("libc6:amd64.list", SYSTEM_FILE "\n");
	assert_package(&f, "libc6");
}

/* Packages that were made before /bin was a link have the file there. */
static void path_before_usr_was_merged(void **state)
{
	const struct symbol_frame f = frame_in(SYSTEM_FILE);

	(void)state;
	put("coreutils.list", "/bin/env\n");
	assert_package(&f, "coreutils");
}

/* A container has another file at a path that is here, too; or the file was replaced. */
static void file_of_a_container_has_no_package(void **state)
{
	struct symbol_frame f = frame_in(SYSTEM_FILE);

	(void)state;
	put("coreutils.list", SYSTEM_FILE "\n");
	f.inode++;
	assert_package(&f, NULL);
	f.inode--;
	f.dev++;
	assert_package(&f, NULL);
	f.inode = f.dev = 0;
	assert_package(&f, NULL);
	f.module = "[vdso]";
	f.inode = 1;
	assert_package(&f, NULL);
	f.module = NULL;
	assert_package(&f, NULL);
}

/* A path lies across two reads of the list wherever it begins. */
static void long_lists(void **state)
{
	static char text[1 << 17];
	const struct symbol_frame f = frame_in(SYSTEM_FILE);
	size_t len;

	(void)state;
	for (size_t first = 1; first <= 64; first++) {
		len = (size_t)snprintf(text, sizeof(text), "/%0*d\n", (int)first, 0);
		while (len < sizeof(text) - 256)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"/usr/share/doc/a/longer/name\n");
		strcpy(text + len, SYSTEM_FILE "\n");
		put("long.list", text);
		assert_package(&f, "long");
		text[len + strlen(SYSTEM_FILE)] = '\0'; /* no newline: not a whole line */
		put("long.list", text);
		assert_package(&f, NULL);
	}
	/* a line that fits into no buffer ends the list */
	memset(text, 'x', sizeof(text) - 64);
	strcpy(text + sizeof(text) - 64, "\n" SYSTEM_FILE "\n");
	put("long.list", text);
	assert_package(&f, NULL);
}

static void missing_directory(void **state)
{
	const struct symbol_frame f = frame_in(SYSTEM_FILE);
	char name[PACKAGE_NAME_LEN];

	(void)state;
	assert_false(debug_package__find("/nonexistent", &f, name));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_of_a_package),
		TEST(architecture_is_not_part_of_the_name),
		TEST(path_before_usr_was_merged),
		TEST(file_of_a_container_has_no_package),
		TEST(long_lists),
		TEST(missing_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
