// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_diff_test - `vmascope report --diff`: what changed between two runs.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** storm - of so many @faults, recorded with @options. Return: the file. */
static const char *storm(const char *const *options, const char *faults)
{
	struct vt_recorded r;

	vt_record(&r, options, VT_ARGS("storm", "--faults", faults));
	vt_recorded_free(&r);
	return r.file;
}

/** diff - of two recordings, as JSON; @notes: set to what is on stderr, to be freed, or NULL */
static struct json_object *diff(const char *a, const char *b, char **notes)
{
	struct json_object *d;
	struct vt_cmd cmd;

	vt_report(&cmd, a, VT_ARGS(b, "--diff", "-j"), 0);
	d = vt_json(cmd.out, "difference");
	if (notes)
		*notes = strdup(cmd.err);
	vt_free(&cmd);
	vt_equal(vt_len(d, "runs"), 2, "runs");
	return d;
}

/** change - the first one of those @by with @part in their name; NULL: there is none */
static struct json_object *change(struct json_object *d, const char *by, const char *part)
{
	struct json_object *c;

	vt_each(c, d, "changes") if (!strcmp(vt_str(c, "by"), by) &&
				     strstr(vt_str(c, "name"), part)) return c;
	return NULL;
}

static void difference_by_mapping_and_cause(void **state)
{
	const char *few = storm(VT_ARGS("--events", "fault,memcall"), "2000");
	const char *many = storm(VT_ARGS("--events", "fault,memcall"), "20000");
	struct json_object *d = diff(few, many, NULL), *c;

	(void)state;
	c = change(d, "mapping", "[anon]");
	vt_true(c);
	vt_cmp(vt_int(c, "a"), >=, 2000, "faults of the one");
	/* and what exec copies, where faults without a trap have a VMA */
	vt_cmp(vt_int(c, "a"), <, 5000, "faults of the one");
	vt_cmp(vt_int(c, "b"), >=, 20000, "faults of the other");
	c = change(d, "cause", "anon-zero");
	vt_true(c);
	vt_cmp(vt_int(c, "b"), >=, 20000, "faults of the other");
	vt_true(change(d, "call", "mmap"));
	vt_true(!change(d, "stack", ""));
	json_object_put(d);
	/* of a run with itself, nothing */
	d = diff(few, few, NULL);
	vt_each(c, d, "changes")
		vt_true(json_object_get_double(vt_get(c, "change_per_second")) == 0);
	json_object_put(d);
}

/** check_stacks_sum - of the run: none is counted twice, none is missing. */
static void check_stacks_sum(struct json_object *d, const char *side, size_t run)
{
	struct json_object *c;
	int64_t sum = 0;

	vt_each(c, d, "changes") if (!strcmp(vt_str(c, "by"), "stack")) sum += vt_int(c, side);
	vt_equal(sum, vt_int(vt_at(d, "runs", run), "faults"), "faults of all stacks of %s", side);
}

/* Stacks are the same by their functions: addresses differ in each run. */
static void difference_by_stack(void **state)
{
	const char *few = storm(VT_ARGS("-U"), "2000");
	const char *many = storm(VT_ARGS("-UK"), "20000");
	struct json_object *d = diff(few, many, NULL), *c;
	const char *none;
	char *notes;

	(void)state;
	check_stacks_sum(d, "a", 0);
	check_stacks_sum(d, "b", 1);
	c = change(d, "stack", ";wl_write");
	vt_true(c);
	/* only one run has the kernel's frames, which are no difference */
	vt_true(!strncmp(vt_str(c, "name"), "storm;", 6) && !strstr(vt_str(c, "name"), "_[k]"));
	vt_cmp(vt_int(c, "a"), >=, 2000, "faults of the one");
	vt_cmp(vt_int(c, "a"), <, 2500, "faults of the one");
	vt_cmp(vt_int(c, "b"), >=, 20000, "faults of the other");
	json_object_put(d);
	none = storm(VT_ARGS("-q"), "10");
	d = diff(none, many, &notes);
	vt_true(!change(d, "stack", ""));
	vt_contains(notes, "has no stacks");
	vt_contains(notes, none);
	json_object_put(d);
	free(notes);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(difference_by_mapping_and_cause),
	VT_TEST(difference_by_stack),
};

VT_MAIN(tests)
