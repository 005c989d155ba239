// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown_sites_test - call sites have module and function, of a process that was attached to and
 * of one that has ended.
 */
#include "check.h"
#include "scope.h"
#include "shootdown.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 300
#define OTHERS 50

/* Calls of mprotect() from @function; each of its rows is in the workload's own file. */
static int64_t calls_from(struct json_object *json, const char *function)
{
	struct json_object *row, *name;
	int64_t calls = 0;

	vt_each(row, json, "sites")
	{
		name = vt_get(row, "function");
		if (!name || strcmp(json_object_get_string(name), function) ||
		    strcmp(vt_str(row, "call"), "mprotect"))
			continue;
		calls += vt_int(row, "count");
		assert_string_equal(strrchr(vt_str(row, "vma"), '/'), "/sites");
		vt_cmp(vt_int(row, "function_offset"), >, 0, "offset in the function");
	}
	return calls;
}

static void check_sites(struct json_object *json)
{
	vt_equal(calls_from(json, "site_6"), 2 * CALLS, "calls from site_6()");
	vt_equal(calls_from(json, "site_3"), 2 * OTHERS, "calls from site_3()");
}

static void sites_of_an_exited_process(void **state)
{
	struct vt_shot shot;

	(void)state;
	vt_shootdown(&shot, VT_ARGS("--by", "site"),
		     VT_ARGS("sites", "--calls", "300", "--others", "50"));
	check_sites(shot.s.json);
	vt_shootdown_free(&shot);
}

/* Its code has faulted before: no fault shows where it is mapped. */
static void sites_of_an_attached_process(void **state)
{
	static const struct vt_how piped = { .stdin_pipe = true };
	const char *output = vt_path("sites.json");
	struct vt_cmd work, scope;
	struct json_object *json;
	char pid[16];

	(void)state;
	vt_start(&work, &piped,
		 VT_ARGS(vt_workload("sites"), "--gate", "--stay", "--calls", "300", "--others",
			 "50"));
	vt_await_text(&work, "ready");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_start(
		&scope, NULL,
		VT_ARGS(vt_vmascope(), "shootdown", "-p", pid, "--by", "site", "-j", "-o", output));
	vt_await_attached(&scope);
	vt_close_stdin(&work);
	/* one that ends a moment after its calls takes the places of its code with it */
	vt_await_text(&work, "called");
	vt_interrupt(&scope);
	vt_signal(&work, SIGKILL);
	vt_wait(&work, VT_PATIENCE);
	json = vt_json_file(output);
	check_sites(json);
	json_object_put(json);
	vt_free(&work);
	vt_free(&scope);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(sites_of_an_exited_process),
	VT_TEST(sites_of_an_attached_process),
};

VT_MAIN(tests)
