// SPDX-License-Identifier: GPL-2.0-only
/*
 * loghist_test.c - histograms of powers of two: regrouped without loss, and drawn.
 */
#include "sample.h"

#include "model/hist.h"
#include "view/faults/hist.h"

static void octaves_consist_of_whole_buckets(void **state)
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

static void last_octave_includes_all_above(void **state)
{
	uint64_t octaves[HIST_OCTAVES];
	struct vs_hist h = {};

	(void)state;
	h.bucket[hist__bucket(UINT64_MAX)] = 1;
	hist__octaves(&h, octaves);
	assert_int_equal(octaves[HIST_OCTAVES - 1], 1);
	assert_int_equal(hist__octave_low(HIST_OCTAVES - 1), 1ULL << 37);
}

static void ranges_have_units(void **state)
{
	static const char *const ranges[] = {
		"0ns - 2ns",	   "2ns - 4ns",	     "4ns - 8ns",	"8ns - 16ns",
		"16ns - 32ns",	   "32ns - 64ns",    "64ns - 128ns",	"128ns - 256ns",
		"256ns - 512ns",   "512ns - 1.02us", "1.02us - 2.05us", "2.05us - 4.10us",
		"4.10us - 8.19us", "8.19us - 16.4us"
	};
	char text[HIST_RANGE_LEN];

	(void)state;
	for (unsigned int i = 0; i < NR(ranges); i++) {
		hist_range(text, sizeof(text), i);
		assert_string_equal(text, ranges[i]);
	}
	hist_range(text, sizeof(text), 19);
	assert_string_equal(text, "524us - 1.05ms");
	hist_range(text, sizeof(text), HIST_OCTAVES - 1);
	assert_string_equal(text, "137s - 275s");
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
	zero->max_ns = 5000;
	cow->bucket[hist__bucket(300)] = 8;
	cow->sum_ns = 2400;
	cow->max_ns = 310;
	return &m;
}

static char *draw(const char *format, const struct model *m, unsigned int width, bool utf8)
{
	const struct stat_view v = {};
	struct document d = {};

	hist_view__make(&v, m, &d);
	return render(format, &d, width, utf8);
}

static void causes_are_sorted_by_count(void **state)
{
	(void)state;
	assert_text(draw("text", sample_model(), 50, false),
		    "Latency of page faults\n"
		    "\n"
		    "  all: 12 faults, 10.5us in total, p50 304ns, p99\n"
		    "  4.86us\n"
		    "          LATENCY  FAULTS    CUM%\n"
		    "    256ns - 512ns       8   66.7%  |@@@@@@@@@@@@@|\n"
		    "   512ns - 1.02us       0   66.7%  |             |\n"
		    "  1.02us - 2.05us       3   91.7%  |@@@@@        |\n"
		    "  2.05us - 4.10us       0   91.7%  |             |\n"
		    "  4.10us - 8.19us       1  100.0%  |@@           |\n"
		    "                                    0           8\n"
		    "\n"
		    "  cow: 8 faults, 2.40us in total, p50 304ns, p99\n"
		    "  304ns\n"
		    "        LATENCY  FAULTS    CUM%\n"
		    "  256ns - 512ns       8  100.0%  |@@@@@@@@@@@@@@@|\n"
		    "                                  0             8\n"
		    "\n"
		    "  anon-zero: 4 faults, 8.09us in total, p50\n"
		    "  1.09us, p99 4.86us\n"
		    "          LATENCY  FAULTS    CUM%\n"
		    "  1.02us - 2.05us       3   75.0%  |@@@@@@@@@@@@@|\n"
		    "  2.05us - 4.10us       0   75.0%  |             |\n"
		    "  4.10us - 8.19us       1  100.0%  |@@@@@        |\n"
		    "                                    0           3\n");
}

/* A bar's end is exact to an eighth of a column; what is not 0 is seen. */
static void bar_length_is_exact_to_an_eighth(void **state)
{
	struct model m = {};
	struct vs_hist *h = &m.shared_latency[VS_CAUSE_COW].hist;
	char *text;

	(void)state;
	h->bucket[hist__bucket(300)] = 1600;
	h->bucket[hist__bucket(600)] = 800;
	h->bucket[hist__bucket(1200)] = 1;
	h->bucket[hist__bucket(2400)] = 150;
	text = draw("text", &m, 80, true);
	assert_non_null(strstr(text, "|████████████████████████████████████████|\n"));
	assert_non_null(strstr(text, "|████████████████████                    |\n"));
	assert_non_null(strstr(text, "|▏                                       |\n"));
	assert_non_null(strstr(text, "|███▊                                    |\n"));
	free(text);
}

static void json_has_bounds_and_counts(void **state)
{
	struct model m = {};

	(void)state;
	m.shared_latency[VS_CAUSE_SWAP_IN].hist.bucket[hist__bucket(100)] = 2;
	assert_text(draw("json", &m, 0, true), "{\n"
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

static void no_latencies_are_reported(void **state)
{
	struct model m = {};
	char *text = draw("text", &m, 80, true);

	(void)state;
	assert_non_null(strstr(text, "no fault was measured"));
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(octaves_consist_of_whole_buckets),
		cmocka_unit_test(last_octave_includes_all_above),
		cmocka_unit_test(ranges_have_units),
		cmocka_unit_test(causes_are_sorted_by_count),
		cmocka_unit_test(bar_length_is_exact_to_an_eighth),
		cmocka_unit_test(json_has_bounds_and_counts),
		cmocka_unit_test(no_latencies_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
