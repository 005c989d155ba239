// SPDX-License-Identifier: GPL-2.0-only
/*
 * loghist_test.c - histograms of powers of two: regrouped without loss, and drawn.
 */
#include "sample.h"

#include "model/hist.h"
#include "view/faults/hist.h"

static void octaves_are_made_of_whole_buckets(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < VS_HIST_BUCKETS; i++) {
		uint64_t octaves[HIST_OCTAVES];
		unsigned int first, end;
		struct vs_hist h = {};

		h.bucket[i] = 7;
		hist__octaves(&h, octaves);
		assert_true(hist_span(octaves, &first, &end));
		assert_int_equal(end, first + 1);
		assert_int_equal(octaves[first], 7);
		assert_true(hist__octave_low(first) <= hist__low(i));
		assert_true(hist__low(i + 1) <= hist__octave_low(end));
	}
}

static void the_last_octave_takes_what_is_above(void **state)
{
	uint64_t octaves[HIST_OCTAVES];
	struct vs_hist h = {};

	(void)state;
	h.bucket[hist__bucket(UINT64_MAX)] = 1;
	hist__octaves(&h, octaves);
	assert_int_equal(octaves[HIST_OCTAVES - 1], 1);
	assert_int_equal(hist__octave_low(HIST_OCTAVES - 1), 1ULL << 37);
}

static void ranges_are_as_in_bpftrace(void **state)
{
	static const char *const ranges[] = { "[0, 2)",	    "[2, 4)",	 "[4, 8)",    "[8, 16)",
					      "[16, 32)",   "[32, 64)",	 "[64, 128)", "[128, 256)",
					      "[256, 512)", "[512, 1K)", "[1K, 2K)",  "[2K, 4K)" };
	char text[HIST_RANGE_LEN];

	(void)state;
	for (unsigned int i = 0; i < NR(ranges); i++) {
		hist_range(text, sizeof(text), i);
		assert_string_equal(text, ranges[i]);
	}
	hist_range(text, sizeof(text), 19);
	assert_string_equal(text, "[512K, 1M)");
	hist_range(text, sizeof(text), HIST_OCTAVES - 1);
	assert_string_equal(text, "[128G, 256G)");
}

/* 3 of 1 us and 1 of 5 us first touch; 8 of 300 ns copy-on-write. */
static struct model *sample_model(void)
{
	static struct model m;
	struct vs_hist *zero = &m.shared_latency[VS_CAUSE_ANON_ZERO].hist;
	struct vs_hist *cow = &m.shared_latency[VS_CAUSE_COW].hist;

	memset(&m, 0, sizeof(m));
	zero->bucket[hist__bucket(1030)] = 3;
	zero->bucket[hist__bucket(5000)] = 1;
	zero->sum_ns = 8090;
	cow->bucket[hist__bucket(300)] = 8;
	cow->sum_ns = 2400;
	return &m;
}

static char *draw(const char *format, const struct model *m, unsigned int width)
{
	const struct stat_view v = {};
	struct document d = {};

	assert_int_equal(hist_view__make(&v, m, &d), 0);
	return render(format, &d, width, true);
}

static void all_comes_first_and_then_the_most_frequent_cause(void **state)
{
	(void)state;
	assert_text(draw("text", sample_model(), 50),
		    "Latency of faults, ns (1K is 1,024 ns, 1M is 1.05\n"
		    "ms)\n"
		    "\n"
		    "  all: 12 faults took 10.5us, p50 304ns, p99\n"
		    "  4.86us\n"
		    "          NS  FAULTS     CUM\n"
		    "  [256, 512)       8   66.7%  |@@@@@@@@@@@@@@@@@@|\n"
		    "   [512, 1K)       0   66.7%  |                  |\n"
		    "    [1K, 2K)       3   91.7%  |@@@@@@@           |\n"
		    "    [2K, 4K)       0   91.7%  |                  |\n"
		    "    [4K, 8K)       1  100.0%  |@@@               |\n"
		    "\n"
		    "  cow: 8 faults took 2.40us, p50 304ns, p99 304ns\n"
		    "          NS  FAULTS     CUM\n"
		    "  [256, 512)       8  100.0%  |@@@@@@@@@@@@@@@@@@|\n"
		    "\n"
		    "  anon-zero: 4 faults took 8.09us, p50 1.09us, p99\n"
		    "  4.86us\n"
		    "        NS  FAULTS     CUM\n"
		    "  [1K, 2K)       3   75.0%  |@@@@@@@@@@@@@@@@@@@@|\n"
		    "  [2K, 4K)       0   75.0%  |                    |\n"
		    "  [4K, 8K)       1  100.0%  |@@@@@@@             |\n");
}

static void json_has_limits_and_counts(void **state)
{
	struct model m = {};

	(void)state;
	m.shared_latency[VS_CAUSE_SWAP_IN].hist.bucket[hist__bucket(100)] = 2;
	assert_text(draw("json", &m, 0), "{\n"
					 "  \"histograms\": [\n"
					 "    {\n"
					 "      \"cause\": \"all\",\n"
					 "      \"unit\": \"ns\",\n"
					 "      \"buckets\": [\n"
					 "        {\n"
					 "          \"low\": 64,\n"
					 "          \"high\": 128,\n"
					 "          \"count\": 2\n"
					 "        }\n"
					 "      ]\n"
					 "    },\n"
					 "    {\n"
					 "      \"cause\": \"swap-in\",\n"
					 "      \"unit\": \"ns\",\n"
					 "      \"buckets\": [\n"
					 "        {\n"
					 "          \"low\": 64,\n"
					 "          \"high\": 128,\n"
					 "          \"count\": 2\n"
					 "        }\n"
					 "      ]\n"
					 "    }\n"
					 "  ]\n"
					 "}\n");
}

static void nothing_measured_is_said(void **state)
{
	struct model m = {};
	char *text = draw("text", &m, 80);

	(void)state;
	assert_non_null(strstr(text, "none was measured"));
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(octaves_are_made_of_whole_buckets),
		cmocka_unit_test(the_last_octave_takes_what_is_above),
		cmocka_unit_test(ranges_are_as_in_bpftrace),
		cmocka_unit_test(all_comes_first_and_then_the_most_frequent_cause),
		cmocka_unit_test(json_has_limits_and_counts),
		cmocka_unit_test(nothing_measured_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
