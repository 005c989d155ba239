// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands_test.c - commands from their options to what they print, on a source without a kernel: each
 * count is known. The ends of runs, the ring, and what was lost are those of the real thing.
 */
#include "fake_run.h"
#include "json_output.h"

static void run(const struct command *command, const char *options)
{
	const int status = command_run(command, options, use_source);

	if (status)
		fail_msg("%s %s ended with status %d: %s", command->name, options, status,
			 command_output("err"));
}

/** check_stat - @d is what `stat` prints of this run */
static void check_stat(struct json_object *d)
{
	struct json_object *p = item(d, "processes", 0);

	assert_int_equal(number(d, "totals.faults"), ALL_FAULTS);
	assert_int_equal(number(d, "totals.major"), 3);
	assert_int_equal(number(d, "lost.events"), LOST);
	assert_int_equal(number(p, "pid"), 100);
	assert_string_equal(json_object_get_string(get(p, "comm")), "one");
	assert_int_equal(number(p, "overflow"), 3);
	assert_int_equal(number(item(p, "vmas", 0), "faults"), HEAP_FAULTS);
	assert_int_equal(number(item(d, "threads", 0), "faults"), ALL_FAULTS);
}

static void stat_prints_the_counts(void **state)
{
	struct json_object *d;

	(void)state;
	run(&command_stat, "-d 20ms -j");
	d = documents();
	assert_int_equal(json_object_array_length(d), 1);
	check_stat(json_object_array_get_idx(d, 0));
	json_object_put(d);
}

static void intervals_add_up_to_the_run(void **state)
{
	struct json_object *d;
	int64_t sum = 0;
	size_t nr;

	(void)state;
	run(&command_stat, "-d 50ms -i 10ms -j");
	d = documents();
	nr = json_object_array_length(d);
	assert_true(nr >= 2);
	for (size_t i = 0; i + 1 < nr; i++) {
		struct json_object *interval = json_object_array_get_idx(d, i);

		assert_int_equal(number(interval, "interval"), i + 1);
		sum += number(interval, "totals.faults");
	}
	assert_int_equal(sum, ALL_FAULTS);
	check_stat(json_object_array_get_idx(d, nr - 1));
	json_object_put(d);
}

static void heatmap_has_the_counted_faults(void **state)
{
	struct json_object *d, *rows;
	int64_t sum = 0;

	(void)state;
	run(&command_stat, "-d 50ms --heatmap -j");
	d = documents();
	rows = get(json_object_array_get_idx(d, 0), "heatmap.address");
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		struct json_object *counts = get(json_object_array_get_idx(rows, i), "counts");

		for (size_t k = 0; k < json_object_array_length(counts); k++)
			sum += json_object_get_int64(json_object_array_get_idx(counts, k));
	}
	assert_int_equal(sum, HEAP_FAULTS);
	json_object_put(d);
}

static void trace_prints_events_of_the_ring(void **state)
{
	struct json_object *d, *e;

	(void)state;
	run(&command_trace, "-d 20ms -j");
	d = documents();
	assert_int_equal(json_object_array_length(d), 3);
	e = json_object_array_get_idx(d, 0);
	assert_string_equal(json_object_get_string(get(e, "type")), "fault");
	assert_int_equal(number(e, "pid"), 100);
	assert_int_equal(number(e, "duration_ns"), 500);
	assert_int_equal(number(e, "time_ns"), 1000);
	assert_string_equal(json_object_get_string(get(e, "vma.name")), "[heap]");
	e = json_object_array_get_idx(d, 2);
	assert_string_equal(json_object_get_string(get(e, "type")), "summary");
	assert_int_equal(number(e, "events"), 2);
	assert_int_equal(number(e, "lost"), LOST);
	assert_int_equal(number(e, "generated"), EMITTED + LOST);
	assert_int_equal(number(e, "totals.faults"), ALL_FAULTS);
	json_object_put(d);
}

static void shootdown_prints_call_rows(void **state)
{
	struct json_object *d, *call;

	(void)state;
	run(&command_shootdown, "-d 20ms -j");
	d = documents();
	assert_int_equal(number(json_object_array_get_idx(d, 0), "totals.calls"), 10);
	assert_int_equal(number(json_object_array_get_idx(d, 0), "totals.receipts"), 8);
	call = item(json_object_array_get_idx(d, 0), "calls", 0);
	assert_string_equal(json_object_get_string(get(call, "call")), "mprotect");
	assert_int_equal(number(call, "count"), 10);
	assert_int_equal(number(call, "interrupts"), 8);
	json_object_put(d);
}

/* What was recorded is what would have been shown. */
static void report_prints_what_the_run_printed(void **state)
{
	struct json_object *d;

	(void)state;
	run(&command_record, "-d 20ms -q -o recorded");
	run(&command_report, "-j recorded");
	d = documents();
	check_stat(json_object_array_get_idx(d, 0));
	json_object_put(d);
	run(&command_report, "-j --view trace recorded");
	d = documents();
	assert_int_equal(json_object_array_length(d), 3);
	assert_int_equal(number(json_object_array_get_idx(d, 1), "duration_ns"), 700);
	json_object_put(d);
	command_remove("recorded");
}

static void top_prints_frames(void **state)
{
	char *text;

	(void)state;
	run(&command_top, "--batch --frames 2 --total -i 10ms");
	text = command_output("out");
	assert_non_null(strstr(text, "one"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_prints_the_counts),
		cmocka_unit_test(intervals_add_up_to_the_run),
		cmocka_unit_test(heatmap_has_the_counted_faults),
		cmocka_unit_test(trace_prints_events_of_the_ring),
		cmocka_unit_test(shootdown_prints_call_rows),
		cmocka_unit_test(report_prints_what_the_run_printed),
		cmocka_unit_test(top_prints_frames),
	};

	return cmocka_run_group_tests_name("commands", tests, command_set_up, command_tear_down);
}
