// SPDX-License-Identifier: GPL-2.0-only
/*
 * forget_test.c - what has ended is added up and freed: sums stay, pointers go.
 */
#include "slots.h"

#include "model/shootdown.h"

static int setup(void **state)
{
	struct model *m = malloc(sizeof(*m));

	*state = m;
	return m ? model__init(m, TEST_SLOTS, TEST_CPUS) : -1;
}

static int teardown(void **state)
{
	model__free(*state);
	free(*state);
	return 0;
}

/** forget - all that has ended. */
static int forget(struct model *m)
{
	model__keep(m, UINT64_MAX, NULL);
	return model__forget(m);
}

/** forget_all - the same, with rows of calls. */
static int forget_all(struct shootdown *s, struct model *m)
{
	model__keep(m, UINT64_MAX, NULL);
	return shootdown__forget(s, m) ?: model__forget(m);
}

static uint64_t total(const struct model *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		for (size_t r = 0; r < m->processes[i]->nr_rows; r++)
			n += counts_faults(&m->processes[i]->rows[r]->counts);
	return n;
}

static void exited_process_becomes_a_sum(void **state)
{
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 3, image_slot(200, 0xb, "two"), NULL);
	count(m, 1, 5, 0);
	count(m, 2, 70, 1);
	count(m, 3, 900, 0);
	m->processes[0]->latency[VS_CAUSE_COW] = calloc(1, sizeof(struct latency));
	m->processes[0]->latency[VS_CAUSE_COW]->ended.sum_ns = 7;
	model__slot_ended(m, 1);
	model__slot_ended(m, 2);
	assert_int_equal(forget(m), 0);
	assert_null(model__process(m, 100));
	assert_non_null(model__process(m, 200));
	assert_int_equal(m->nr_processes, 2);
	assert_int_equal(total(m), 976);
	assert_int_equal(m->ended->pid, 0);
	assert_string_equal(m->ended->comm, "[ended]");
	assert_int_equal(m->ended->nr_rows, 2);
	assert_int_equal(m->ended->latency[VS_CAUSE_COW]->ended.sum_ns, 7);
	/* and again into the same rows */
	model__slot_ended(m, 3);
	assert_int_equal(forget(m), 0);
	assert_int_equal(m->nr_processes, 1);
	assert_int_equal(m->ended->nr_rows, 2);
	assert_int_equal(total(m), 976);
}

static void process_in_use_stays(void **state)
{
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	count(m, 1, 5, 0);
	model__slot_ended(m, 1);
	m->processes[0]->busy = true;
	assert_int_equal(model__forget(m), 0);
	assert_non_null(model__process(m, 100));
	assert_int_equal(total(m), 5);
}

/* What ended in the interval that is to be shown stays for it; what is looked at stays whole. */
static void recent_and_watched_processes_stay(void **state)
{
	struct model *m = *state;
	struct process *p;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 2, 70, 1);
	model__slot_ended(m, 2);
	p = model__process(m, 100);
	model__keep(m, UINT64_MAX, p);
	assert_int_equal(model__forget(m), 0);
	assert_int_equal(p->nr_rows, 2);
	assert_false(p->rows[1]->gone);
	model__slot_ended(m, 1);
	p->exited = true;
	p->ended_ns = 1000;
	model__keep(m, UINT64_MAX, p);
	assert_int_equal(model__forget(m), 0);
	assert_ptr_equal(model__process(m, 100), p);
	model__keep(m, 1000, NULL);
	assert_int_equal(model__forget(m), 0);
	assert_ptr_equal(model__process(m, 100), p);
	model__keep(m, 1001, NULL);
	assert_int_equal(model__forget(m), 0);
	assert_null(model__process(m, 100));
	assert_int_equal(total(m), 71);
}

/* Of those that have ended, the ones with most faults are kept; who lives always is. */
static void exited_with_most_faults_are_kept(void **state)
{
	struct model *m = *state;

	for (uint32_t i = 1; i <= 6; i++) {
		take(m, i, image_slot(100 * i, 0xa + i, "dead"), NULL);
		count(m, i, 10 * i, 0);
		if (i < 6)
			model__slot_ended(m, i);
	}
	model__keep(m, UINT64_MAX, NULL);
	assert_int_equal(model__keep_most(m, 3), 0);
	assert_int_equal(model__forget(m), 0);
	assert_null(model__process(m, 100));
	assert_null(model__process(m, 300));
	assert_non_null(model__process(m, 400));
	assert_non_null(model__process(m, 500));
	assert_non_null(model__process(m, 600));
	assert_int_equal(m->nr_processes, 4);
	assert_int_equal(m->ended->rows[0]->counts.outcome[VS_MINOR] +
				 m->ended->rows[1]->counts.outcome[VS_MINOR],
			 60);
	assert_int_equal(total(m), 210);
}

/* Numbers go into recordings, and name one process each. */
static void process_numbers_are_never_reused(void **state)
{
	struct model *m = *state;
	uint32_t last = 0;

	for (uint32_t i = 1; i <= 20; i++) {
		struct process *p;

		take(m, 1, image_slot(100 + i, 0xa + i, "one"), NULL);
		p = model__process(m, 100 + i);
		assert_true(p->number > last);
		last = p->number;
		model__slot_ended(m, 1);
		assert_int_equal(forget(m), 0);
	}
	assert_int_equal(m->nr_processes, 1);
}

/* A VMA that is gone becomes part of [unmapped]; if it comes back, it is a row again. */
static void unmapped_vmas_are_merged(void **state)
{
	struct model *m = *state;
	struct process *p;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	for (uint32_t i = 0; i < 40; i++) {
		take(m, 2, vma_slot(1, 0x10000 + i * 0x100000, VS_NAME_ANON), NULL);
		count(m, 2, 3, 0);
		model__slot_ended(m, 2);
		assert_int_equal(forget(m), 0);
	}
	p = model__process(m, 100);
	assert_int_equal(total(m), 120);
	assert_int_equal(p->nr_rows, 3); /* the image, and one gone row of each kind */
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_ANON), NULL);
	count(m, 2, 4, 0);
	assert_int_equal(p->nr_rows, 4);
	assert_int_equal(total(m), 124);
}

static struct vs_call_row call_of(uint32_t proc, uint32_t pid, uint32_t call, uint64_t n)
{
	struct vs_call_row row = { .key = { .proc = proc, .call = call }, .used = 1, .pid = pid };

	row.counts.count = n;
	return row;
}

static void call_rows_are_removed_with_the_process(void **state)
{
	struct model *m = *state;
	struct shootdown s;
	struct vs_call_row row;
	uint64_t calls = 0;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, image_slot(200, 0xb, "two"), NULL);
	assert_int_equal(shootdown__init(&s, 8, TEST_CPUS), 0);
	for (uint32_t i = 1; i < 4; i++) {
		row = call_of(i < 3 ? 1 : 2, i < 3 ? 100 : 200,
			      i < 2 ? VS_CALL_MUNMAP : VS_CALL_BRK, 10 * i);
		assert_non_null(shootdown__row(&s, m, i, &row));
		shootdown__update(&s, i, &row);
	}
	s.rows[0]->exported.count = 4;
	shootdown__row_ended(&s, 1);
	model__slot_ended(m, 1);
	/* its other row still counts: the process is busy, and nothing of it goes */
	assert_int_equal(forget_all(&s, m), 0);
	assert_int_equal(s.nr_rows, 3);
	assert_non_null(model__process(m, 100));
	shootdown__row_ended(&s, 2);
	assert_int_equal(forget_all(&s, m), 0);
	assert_null(model__process(m, 100));
	assert_int_equal(s.nr_rows, 3);
	for (size_t i = 0; i < s.nr_rows; i++) {
		calls += s.rows[i]->counts.count;
		assert_true(s.rows[i]->process == m->ended || s.rows[i]->process->pid == 200);
		if (s.rows[i]->call == VS_CALL_MUNMAP)
			assert_int_equal(s.rows[i]->exported.count, 4);
	}
	assert_int_equal(calls, 60);
	shootdown__free(&s);
}

static void merged_pairs_keep_their_cpus(void **state)
{
	const struct vs_pair_key keys[] = { { .from_pid = 1, .to_pid = 2, .to_cpu = 1 },
					    { .from_pid = 3, .to_pid = 4, .to_cpu = 1 },
					    { .from_pid = 5, .to_pid = 6, .from_cpu = 1 } };
	const struct vs_pair pairs[] = { { .count = 1 }, { .count = 20 }, { .count = 300 } };
	struct call_pair copy[3];
	struct shootdown s;

	(void)state;
	assert_int_equal(shootdown__init(&s, 1, 2), 0);
	assert_int_equal(shootdown__set_pairs(&s, keys, pairs, 3), 0);
	memcpy(copy, s.pairs, sizeof(copy));
	for (int i = 0; i < 3; i++)
		assert_int_equal(shootdown__forget_pair(&s, &copy[i]), 0);
	assert_int_equal(s.nr_gone, 2);
	assert_int_equal(shootdown__set_pairs(&s, keys, pairs, 1), 0);
	assert_int_equal(s.nr_pairs, 3);
	assert_int_equal(s.pairs[0].pair.count + s.pairs[1].pair.count, 321);
	assert_int_equal(s.pairs[0].key.from_pid, 0);
	assert_int_equal(s.pairs[2].key.from_pid, 1);
	shootdown__free(&s);
}

#define FORGET_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FORGET_TEST(exited_process_becomes_a_sum),
		FORGET_TEST(process_in_use_stays),
		FORGET_TEST(recent_and_watched_processes_stay),
		FORGET_TEST(exited_with_most_faults_are_kept),
		FORGET_TEST(process_numbers_are_never_reused),
		FORGET_TEST(unmapped_vmas_are_merged),
		FORGET_TEST(call_rows_are_removed_with_the_process),
		cmocka_unit_test(merged_pairs_keep_their_cpus),
	};

	return cmocka_run_group_tests_name("forget", tests, NULL, NULL);
}
