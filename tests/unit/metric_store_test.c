// SPDX-License-Identifier: GPL-2.0-only
/*
 * metric_store_test.c - groups, their counters that never go back, the limit of series, and how they are
 * written down.
 */
#include "slots.h"

#include "serve/http/listen.h"
#include "serve/metrics/exposition.h"

#include <unistd.h>

struct fixture {
	struct model model;
	struct shootdown shootdown;
	struct metric_store store;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	metrics__init();
	metric_store__init(&f->store, GROUP_BY_COMM, 5000);
	return shootdown__init(&f->shootdown, 8, TEST_CPUS) ||
	       model__init(&f->model, TEST_SLOTS, TEST_CPUS);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	metric_store__free(&f->store);
	shootdown__free(&f->shootdown);
	model__free(&f->model);
	free(f);
	return 0;
}

static const struct metric_group *find(const struct metric_store *l, const char *name)
{
	const struct metric_group *list[METRIC_STORE_GROUPS + 1];
	const size_t nr = metric_store__list(l, list);

	for (size_t i = 0; i < nr; i++)
		if (!strcmp(list[i]->name, name))
			return list[i];
	return NULL;
}

static uint64_t minor(const struct metric_store *l, const char *name)
{
	const struct metric_group *g = find(l, name);

	return g ? g->cell[GROUP_OUTCOMES + VS_MINOR] : 0;
}

static void store_take(struct fixture *f, uint64_t now_ns)
{
	metric_store__take(&f->store, &f->model, &f->shootdown, now_ns);
}

/* Differences go where the process is now; what was counted before stays where it was. */
static void process_changes_its_name(void **state)
{
	struct fixture *f = *state;
	struct vs_slot slot = image_slot(100, 0xa, "before");

	take(&f->model, 1, slot, NULL);
	count(&f->model, 1, 10, 0);
	store_take(f, 1);
	strcpy(slot.proc.comm, "after");
	model__update_process(&f->model, 1, &slot);
	count(&f->model, 1, 17, 0);
	store_take(f, 2);
	store_take(f, 3);
	assert_int_equal(minor(&f->store, "before"), 10);
	assert_int_equal(minor(&f->store, "after"), 7);
}

/* A series that begins at 1 is no increase for rate(): the first major fault would not be seen. */
static void all_outcomes_get_series_at_once(void **state)
{
	struct fixture *f = *state;
	const struct metric_group *g;

	take(&f->model, 1, image_slot(100, 0xa, "minor"), NULL);
	store_take(f, 1);
	g = find(&f->store, "minor");
	assert_non_null(g);
	assert_false(group_active(g, GROUP_OUTCOMES + VS_MAJOR));
	assert_int_equal(f->store.series, 0);
	count(&f->model, 1, 10, 0);
	store_take(f, 2);
	for (unsigned int i = 0; i < VS_NR_OUTCOME; i++)
		assert_true(group_active(g, GROUP_OUTCOMES + i));
	assert_false(group_active(g, GROUP_FAULT_HIST));
	assert_int_equal(g->cell[GROUP_OUTCOMES + VS_MAJOR], 0);
	assert_int_equal(g->cell[GROUP_FIGURES + VS_FIGURE_mapped], 10);
	/* and a cause, and mapped pages */
	assert_int_equal(f->store.series, VS_NR_OUTCOME + 2);
}

static void counters_outlive_processes(void **state)
{
	struct fixture *f = *state;

	take(&f->model, 1, image_slot(100, 0xa, "gone"), NULL);
	count(&f->model, 1, 10, 2);
	store_take(f, 1);
	model__slot_ended(&f->model, 1);
	model__keep(&f->model, UINT64_MAX, NULL);
	assert_int_equal(model__forget(&f->model), 0);
	store_take(f, 2);
	take(&f->model, 1, image_slot(101, 0xb, "gone"), NULL);
	count(&f->model, 1, 5, 0);
	store_take(f, 3);
	assert_int_equal(minor(&f->store, "gone"), 15);
	assert_null(find(&f->store, "[ended]"));
}

static void groups_above_the_limit_become_other(void **state)
{
	struct fixture *f = *state;
	uint64_t sum = 0;

	metric_store__free(&f->store);
	metric_store__init(&f->store, GROUP_BY_COMM, metric_store__least());
	for (uint32_t i = 1; i < TEST_SLOTS; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "p%u", i);
		take(&f->model, i, image_slot(i, 0xa, comm), NULL);
		count(&f->model, i, 10, 1);
	}
	store_take(f, 1);
	assert_true(f->store.series <= METRIC_STORE_LEAST_SERIES);
	assert_true(minor(&f->store, "other") > 0);
	for (uint32_t i = 1; i < TEST_SLOTS; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "p%u", i);
		sum += minor(&f->store, comm);
	}
	assert_true(sum > 0);
	assert_int_equal(sum + minor(&f->store, "other"), 10 * (TEST_SLOTS - 1));
}

/* A group without a process makes room, but not at once. */
static void idle_groups_are_replaced(void **state)
{
	struct fixture *f = *state;

	metric_store__free(&f->store);
	metric_store__init(&f->store, GROUP_BY_COMM, metric_store__least());
	for (int i = 0; i < 200; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "p%d", i);
		take(&f->model, 1, image_slot(i + 1, 0xa + i, comm), NULL);
		count(&f->model, 1, 10, 1);
		store_take(f, 1 + i);
		model__slot_ended(&f->model, 1);
		model__keep(&f->model, UINT64_MAX, NULL);
		assert_int_equal(model__forget(&f->model), 0);
	}
	assert_int_equal(find(&f->store, "p199")->series, 0);
	take(&f->model, 1, image_slot(1000, 0xb, "late"), NULL);
	count(&f->model, 1, 10, 1);
	store_take(f, GROUP_IDLE_NS + 1000);
	assert_true(find(&f->store, "late")->series > 0);
	assert_true(f->store.series <= METRIC_STORE_LEAST_SERIES);
}

static void latencies_are_in_the_right_bucket(void **state)
{
	uint64_t cells[LE_CELLS] = {};
	struct vs_hist h = {};

	(void)state;
	h.bucket[hist__bucket(1)] = 1;
	h.bucket[hist__bucket(255)] = 1;
	h.bucket[hist__bucket(256)] = 1;
	h.bucket[hist__bucket((1ULL << 31) - 1)] = 1;
	h.bucket[hist__bucket(1ULL << 31)] = 1;
	h.sum_ns = 99;
	le_add(cells, &h);
	assert_int_equal(cells[0], 2);
	assert_int_equal(cells[1], 1);
	assert_int_equal(cells[LE_BUCKETS - 2], 1);
	assert_int_equal(cells[LE_BUCKETS - 1], 1);
	assert_int_equal(cells[LE_SUM], 99);
	assert_int_equal(le_bucket(0), 0);
	assert_int_equal(le_bucket(256), 1);
	assert_int_equal(le_bucket(UINT64_MAX), LE_BUCKETS - 1);
}

/* Metrics of one name follow each other, have one help and one type, and cells of their own. */
static void metrics_are_sorted_and_described_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr_metrics; i++) {
		const struct metric *m = &metrics[i];
		const bool first = !i || strcmp(m->name, m[-1].name);
		const unsigned int step = m->type == METRIC_HISTOGRAM ? LE_CELLS : 1;

		assert_int_equal(first, m->help != NULL);
		assert_true(m->nr > 0 && (m->nr == 1 || (m->label && m->values)));
		assert_true(m->first + m->nr * step <= (m->grouped ? (unsigned int)NR_GROUP_CELLS
								   : (unsigned int)NR_FIXED_CELLS));
		for (size_t j = 0; first && j < i; j++)
			assert_string_not_equal(metrics[j].name, m->name);
		if (m->unit)
			assert_non_null(strstr(m->name, m->unit));
	}
}

static void group_names(void **state)
{
	static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	char path[256], name[GROUP_NAME_LEN];
	const struct {
		enum group_by by;
		const char *comm, *cgroup, *name;
	} names[] = {
		{ GROUP_BY_COMM, "redis", "/x", "redis" },
		{ GROUP_BY_COMM, "a/b:c", "/x", "a/b:c" },
		{ GROUP_BY_COMM, "kworker/0:1", NULL, "kworker" },
		{ GROUP_BY_COMM, "other", "/", "other_" },
		{ GROUP_BY_COMM, "", "/", "unnamed" },
		{ GROUP_BY_CGROUP, "x", "/a/b", "/a/b" },
		{ GROUP_BY_CGROUP, "x", NULL, "kernel" },
		{ GROUP_BY_UNIT, "x", "/system.slice/nginx.service", "nginx.service" },
		{ GROUP_BY_UNIT, "x",
		  "/user.slice/user-1000.slice/user@1000.service/app.slice/a.service",
		  "user@1000.service" },
		{ GROUP_BY_UNIT, "x", "/user.slice/user-1.slice/session-3.scope",
		  "session-3.scope" },
		{ GROUP_BY_UNIT, "x", "/system.slice/", "system.slice" },
		{ GROUP_BY_UNIT, "x", "/", "-.slice" },
		{ GROUP_BY_CONTAINER, "x", "/", "host" },
		{ GROUP_BY_CONTAINER, "x", "/system.slice/nginx.service", "host" },
		{ GROUP_BY_CONTAINER, "x", "/machine.slice/machine-web.scope", "web" },
		{ GROUP_BY_CONTAINER, "x", "/kubepods/pod1/%s", id },
		{ GROUP_BY_CONTAINER, "x", "/kubepods.slice/cri-containerd-%s.scope", id },
		{ GROUP_BY_CONTAINER, "x", "/a/docker-%s.scope/init", id },
		{ GROUP_BY_CONTAINER, "x", "/a/x%s", "host" },
		{ GROUP_BY_NONE, "x", "/y", "all" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i].cgroup)
			snprintf(path, sizeof(path), names[i].cgroup, id);
		group_name(names[i].by, names[i].comm, names[i].cgroup ? path : NULL, name,
			   sizeof(name));
		assert_string_equal(name, names[i].name);
	}
}

static void label_values_are_escaped(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	exposition__label(f, "x", "a\"b\\c\nd\xff<>");
	fclose(f);
	assert_string_equal(text, "x=\"a\\\"b\\\\c\\nd\xef\xbf\xbd<>\"");
	free(text);
}

static void accept_header_selects_the_format(void **state)
{
	(void)state;
	assert_false(exposition__wants_openmetrics(NULL));
	assert_false(exposition__wants_openmetrics("*/*"));
	assert_false(exposition__wants_openmetrics("text/plain"));
	assert_true(exposition__wants_openmetrics("application/openmetrics-text"));
	/* Prometheus 2.42 */
	assert_true(exposition__wants_openmetrics(
		"application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		"version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
	assert_false(exposition__wants_openmetrics(
		"application/openmetrics-text;q=0.3, text/plain;q=0.5"));
	assert_false(exposition__wants_openmetrics("application/openmetrics-text;q=0"));
	assert_false(exposition__wants_openmetrics("application/openmetrics-textual"));
}

static void listen_addresses_are_parsed(void **state)
{
	static const struct {
		const char *text;
		int err;
		bool loopback;
	} list[] = {
		{ "127.0.0.1:9469", 0, true },
		{ "127.8.9.1:1", 0, true },
		{ "localhost:80", 0, true },
		{ "[::1]:80", 0, true },
		{ "0.0.0.0:80", 0, false },
		{ ":80", 0, false },
		{ "[::]:80", 0, false },
		{ "10.0.0.1:80", 0, false },
		{ "::1:80", -EINVAL, false },
		{ "127.0.0.1", -EINVAL, false },
		{ "127.0.0.1:", -EINVAL, false },
		{ "127.0.0.1:65536", -EINVAL, false },
		{ "example.org:80", -EINVAL, false },
		{ "", -EINVAL, false },
	};
	struct listen_address a;

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		assert_int_equal(listen__parse(list[i].text, &a), list[i].err);
		if (!list[i].err)
			assert_int_equal(a.loopback, list[i].loopback);
	}
	assert_true(listen__host_is_loopback("127.0.0.1:9469"));
	assert_true(listen__host_is_loopback("LOCALHOST"));
	assert_true(listen__host_is_loopback("[::1]:1"));
	assert_false(listen__host_is_loopback("127.0.0.1.evil.org"));
	assert_false(listen__host_is_loopback("localhost.evil.org:80"));
	assert_false(listen__host_is_loopback(""));
	assert_false(listen__host_is_loopback(NULL));
}

static void port_0_is_the_assigned_port(void **state)
{
	struct listen_address a, again;
	char text[64];
	int fd, second;

	(void)state;
	assert_int_equal(listen__parse("127.0.0.1:0", &a), 0);
	fd = listen__open(&a);
	assert_true(fd >= 0);
	listen__format(&a, text, sizeof(text));
	assert_string_not_equal(text, "127.0.0.1:0");
	assert_int_equal(listen__parse(text, &again), 0);
	second = listen__open(&again);
	assert_int_equal(second, -EADDRINUSE);
	close(fd);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(process_changes_its_name),
		STORE_TEST(all_outcomes_get_series_at_once),
		STORE_TEST(counters_outlive_processes),
		STORE_TEST(groups_above_the_limit_become_other),
		STORE_TEST(idle_groups_are_replaced),
		cmocka_unit_test(latencies_are_in_the_right_bucket),
		cmocka_unit_test(metrics_are_sorted_and_described_once),
		cmocka_unit_test(group_names),
		cmocka_unit_test(label_values_are_escaped),
		cmocka_unit_test(accept_header_selects_the_format),
		cmocka_unit_test(listen_addresses_are_parsed),
		cmocka_unit_test(port_0_is_the_assigned_port),
	};

	return cmocka_run_group_tests_name("metric_store", tests, NULL, NULL);
}
