// SPDX-License-Identifier: GPL-2.0-only
/*
 * log_test.c - messages on stderr: as text, as JSON, and which are left out.
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

#include <unistd.h>

#include "util/log.h"

static char captured[4096];

/** struct capture - stderr while it goes to a file */
struct capture {
	FILE *file;
	int saved;
};

static struct capture begin(void)
{
	struct capture c = { .file = tmpfile() };

	assert_non_null(c.file);
	fflush(stderr);
	c.saved = dup(STDERR_FILENO);
	assert_true(c.saved >= 0);
	assert_true(dup2(fileno(c.file), STDERR_FILENO) >= 0);
	return c;
}

/* What was printed since begin(); valid until the next call. */
static const char *end(struct capture c)
{
	size_t len;

	fflush(stderr);
	assert_true(dup2(c.saved, STDERR_FILENO) >= 0);
	close(c.saved);
	rewind(c.file);
	len = fread(captured, 1, sizeof(captured) - 1, c.file);
	captured[len] = '\0';
	fclose(c.file);
	return captured;
}

static void error_is_one_line(void **state)
{
	struct capture c = begin();
	int status;

	(void)state;
	log_setup(false, false, 0);
	vs_error("cannot attach %s: %s", "tlb_flush", "no");
	status = vs_fail(VS_EXIT_NOT_FOUND, "run as root", "no %d", 7);
	assert_string_equal(end(c), "vmascope: cannot attach tlb_flush: no\n"
				    "vmascope: no 7 (run as root)\n");
	assert_int_equal(status, 127);
}

static void json_error_has_message_hint_and_exit(void **state)
{
	struct capture c = begin();

	(void)state;
	log_setup(true, false, 0);
	vs_error("a \"b\" %s", "/x");
	vs_fail(VS_EXIT_USAGE, "see --help", "bad");
	vs_warn("hm");
	log_setup(false, false, 0);
	assert_string_equal(
		end(c), "{\"error\":{\"message\":\"a \\\"b\\\" /x\",\"hint\":null,\"exit\":1}}\n"
			"{\"error\":{\"message\":\"bad\",\"hint\":\"see --help\",\"exit\":2}}\n"
			"{\"warning\":{\"message\":\"hm\",\"hint\":null}}\n");
}

static void hostile_names_are_escaped(void **state)
{
	struct capture c = begin();

	(void)state;
	log_setup(false, false, 0);
	vs_error("no process \x1b[2J\n%s", "\xff");
	log_setup(true, false, 0);
	vs_error("%s", "\n\xff");
	log_setup(false, false, 0);
	assert_string_equal(end(c), "vmascope: no process \\x1b[2J\\n\\xff\n"
				    "{\"error\":{\"message\":\"\\n\xef\xbf\xbd\",\"hint\":null,"
				    "\"exit\":1}}\n");
}

static void quiet_silences_warnings_but_not_errors(void **state)
{
	struct capture c = begin();

	(void)state;
	log_setup(false, false, 0);
	vs_warn("loud");
	vs_note("told");
	log_setup(false, true, 0);
	vs_warn("silent");
	vs_note("silent");
	vs_error("still");
	log_setup(false, false, 0);
	assert_string_equal(end(c), "vmascope: warning: loud\nvmascope: told\nvmascope: still\n");
}

static void debug_messages_follow_verbosity(void **state)
{
	struct capture c = begin();

	(void)state;
	log_setup(false, false, 0);
	vs_debug(1, "no");
	log_setup(false, false, 1);
	assert_int_equal(log_verbosity(), 1);
	vs_debug(1, "yes");
	vs_debug(2, "no");
	log_setup(false, false, 0);
	assert_string_equal(end(c), "vmascope: debug: yes\n");
}

static void keep(void *ctx, bool is_error, const char *text)
{
	snprintf(ctx, 64, "%s%s", is_error ? "error: " : "", text);
}

/* While the terminal shows a page, warnings go elsewhere; an error ends that. */
static void diverted_messages_are_not_printed(void **state)
{
	struct capture c = begin();
	char kept[64];

	(void)state;
	log_divert(keep, kept);
	vs_warn("a warning");
	assert_string_equal(kept, "a warning");
	vs_error("the end");
	assert_string_equal(kept, "error: the end");
	log_divert(NULL, NULL);
	vs_warn("seen");
	assert_string_equal(kept, "error: the end");
	assert_string_equal(end(c), "vmascope: the end\nvmascope: warning: seen\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_is_one_line),
		cmocka_unit_test(json_error_has_message_hint_and_exit),
		cmocka_unit_test(hostile_names_are_escaped),
		cmocka_unit_test(quiet_silences_warnings_but_not_errors),
		cmocka_unit_test(debug_messages_follow_verbosity),
		cmocka_unit_test(diverted_messages_are_not_printed),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
