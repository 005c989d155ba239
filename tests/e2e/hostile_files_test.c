// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile_files_test - a program of nobody's, traced by root, names files that it may not read:
 * what is in them is in no output.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** Where the program puts its code: no address that the kernel chooses is so low. */
#define CODE "100000000"
#define SECRET "line_of_a_secret_file"

static void no_secret(struct json_object *json)
{
	const char *text = json_object_to_json_string(json);

	if (strstr(text, SECRET))
		fail_msg("the secret is told: %.400s", strstr(text, SECRET));
}

static struct json_object *innermost(struct vt_scope *s)
{
	return vt_at(vt_at(s->json, "stacks", 0), "frames", 0);
}

static void perf_map_links_to_a_secret(void **state)
{
	static const char text[] = CODE " 1000 " SECRET "\n";
	const char *secret = vt_path("secret");
	struct vt_scope s;
	int fd;

	(void)state;
	vt_sys(fd = open(secret, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	vt_sys(write(fd, text, sizeof(text) - 1));
	close(fd);
	vt_stat(&s, VT_ARGS("--by", "stack"),
		VT_ARGS("jit", "--uid", "65534", "--address", CODE, "--link", secret));
	no_secret(s.json);
	vt_true(!vt_get(innermost(&s), "name"));
	/* it is counted all the same */
	vt_cmp(vt_int(vt_at(s.json, "stacks", 0), "faults"), >, 100000, "faults of the code");
	vt_scope_free(&s);
	/* a list of its own does name it */
	vt_stat(&s, VT_ARGS("--by", "stack"), VT_ARGS("jit", "--uid", "65534", "--address", CODE));
	assert_string_equal(vt_str(innermost(&s), "name"), "jitted_write");
	vt_scope_free(&s);
}

/* perf -k, JVMs with DumpPerfMapAtExit, PHP and others write their list as they end. */
static void perf_map_written_at_exit(void **state)
{
	struct json_object *all;
	struct vt_scope s;
	char path[64];
	size_t nr;

	(void)state;
	vt_stat(&s, VT_ARGS("--by", "stack"), VT_ARGS("jit", "--at-end", "--uid", "65534"));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)vt_int(s.work, "pid"));
	vt_sys(unlink(path));
	assert_string_equal(vt_str(innermost(&s), "name"), "jitted_write");
	vt_scope_free(&s);
	/* also where it was asked for before, in an interval, and had no name yet */
	vt_scope_run(&s, "stat", VT_ARGS("--by", "stack", "-i", "200ms"),
		     VT_ARGS("jit", "--at-end", "--uid", "65534"));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)vt_int(s.work, "pid"));
	vt_sys(unlink(path));
	all = s.json;
	nr = json_object_array_length(all);
	vt_cmp(nr, >, 2, "intervals, and the whole run");
	s.json = json_object_get(json_object_array_get_idx(all, nr - 1));
	json_object_put(all);
	assert_string_equal(vt_str(innermost(&s), "name"), "jitted_write");
	vt_scope_free(&s);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(perf_map_links_to_a_secret),
	VT_TEST(perf_map_written_at_exit),
};

VT_MAIN(tests)
