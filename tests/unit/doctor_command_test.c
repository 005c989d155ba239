// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_command_test.c - `doctor` on kernels that are made up: each hook's variants and each feature
 * are listed, what is in use and why another is not; its exit status says whether vmascope is supported.
 */
#include "json_output.h"
#include "made_kernel.h"

#include "util/log.h"

/** doctor - its output on the kernel that was made, to be put; it has to end with @status */
static struct json_object *doctor(const char *options, int status)
{
	const int ended = command_run(&command_doctor, options, NULL);

	if (ended != status)
		fail_msg("doctor %s ended with status %d: %s", options, ended,
			 command_output("err"));
	return document();
}

/** variant_row - the row of variant @nth of hook @id */
static struct json_object *variant_row(struct json_object *d, enum hook_id id, size_t nth)
{
	size_t at = nth;

	for (int i = 0; i < (int)id; i++)
		for (const struct hook_variant *v = hooks[i].variants; v->name; v++)
			at++;
	return item(d, "hooks", at);
}

static bool is_true(struct json_object *row, const char *key)
{
	return json_object_get_boolean(get(row, key));
}

static void lists_hooks_and_features(void **state)
{
	struct json_object *d;
	size_t rows = 0;

	(void)state;
	make_kernel((struct made_kernel){});
	d = doctor("-j", VS_EXIT_OK);
	assert_true(is_true(d, "usable"));
	for (int i = 0; i < NR_HOOKS; i++) {
		size_t nth = 0;

		assert_string_equal(string(variant_row(d, i, 0), "hook"), hooks[i].name);
		for (const struct hook_variant *v = hooks[i].variants; v->name; v++, nth++) {
			struct json_object *row = variant_row(d, i, nth);

			assert_string_equal(string(row, "variant"), v->name);
			if (!HERE(i))
				continue;
			assert_int_equal(is_true(row, "in_use"), !nth);
			assert_string_equal(string(row, "reason"),
					    nth ? "available (a preferred variant is in use)"
						: v->cost);
		}
		rows += nth;
	}
	assert_int_equal(json_object_array_length(get(d, "hooks")), rows);
	assert_int_equal(json_object_array_length(get(d, "features")), NR_FEATURES);
	for (size_t i = 0; i < NR_FEATURES; i++)
		if (HERE(HOOK_CAUSE))
			assert_true(is_true(item(d, "features", i), "available"));
	json_object_put(d);
}

/* Another variant is in use, and what the first one lacks is the reason. */
static void missing_features_have_a_reason(void **state)
{
	const char *why = "csd: this kernel has no tracepoint csd_queue_cpu (before 6.5)";
	struct json_object *d, *feature;

	(void)state;
	make_kernel((struct made_kernel){ .without = "csd_queue_cpu" });
	d = doctor("-j", VS_EXIT_OK);
	assert_true(is_true(d, "usable"));
	assert_false(is_true(variant_row(d, HOOK_INTERRUPT, 0), "in_use"));
	assert_string_equal(string(variant_row(d, HOOK_INTERRUPT, 0), "reason"), why);
	assert_true(is_true(variant_row(d, HOOK_INTERRUPT, 1), "in_use"));
	feature = item(d, "features", FEATURE_CSD);
	assert_string_equal(string(feature, "feature"), "csd");
	assert_false(is_true(feature, "available"));
	assert_string_equal(string(feature, "reason"), why + strlen("csd: "));
	json_object_put(d);
}

static void disabled_feature_is_available_but_unused(void **state)
{
	struct json_object *d;

	(void)state;
	make_kernel((struct made_kernel){});
	d = doctor("-j --no-feature csd", VS_EXIT_OK);
	assert_true(is_true(item(d, "features", FEATURE_CSD), "available"));
	assert_true(is_true(item(d, "features", FEATURE_CSD), "disabled"));
	assert_string_equal(string(variant_row(d, HOOK_INTERRUPT, 0), "reason"),
			    "csd: disabled by --no-feature");
	json_object_put(d);
}

/* A hook that has to be there has no variant: the exit status says so, too. */
static void missing_required_hook_is_not_supported(void **state)
{
	struct json_object *d;

	(void)state;
	make_kernel((struct made_kernel){ .no_maps = true });
	d = doctor("-j", VS_EXIT_FAILURE);
	assert_false(is_true(d, "usable"));
	assert_false(is_true(variant_row(d, HOOK_TASK, 0), "in_use"));
	json_object_put(d);
}

static void missing_capabilities_are_an_error(void **state)
{
	char *out;

	(void)state;
	make_kernel((struct made_kernel){ .denied = true });
	assert_int_equal(command_run(&command_doctor, "-j", NULL), VS_EXIT_FAILURE);
	out = command_output("out");
	assert_string_equal(out, "");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_hooks_and_features),
		cmocka_unit_test(missing_features_have_a_reason),
		cmocka_unit_test(disabled_feature_is_available_but_unused),
		cmocka_unit_test(missing_required_hook_is_not_supported),
		cmocka_unit_test(missing_capabilities_are_an_error),
	};

	return cmocka_run_group_tests_name("doctor_command", tests, command_set_up,
					   command_tear_down);
}
