// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_test.c - slots become processes, images and VMAs; what they counted outlives them.
 */
#include "slots.h"

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

static void process_with_vmas(void **state)
{
	const struct vs_file file = file_named("libc.so.6");
	struct model *m = *state;
	struct process *p;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 3, file_slot(1, 0x90000, 7), &file);
	assert_int_equal(m->nr_processes, 1);
	p = m->processes[0];
	assert_ptr_equal(model__process(m, 100), p);
	assert_null(model__process(m, 101));
	assert_int_equal(p->pid, 100);
	assert_int_equal(p->ppid, 1);
	assert_int_equal(p->uid, 1000);
	assert_string_equal(p->comm, "one");
	assert_false(p->exited);
	assert_int_equal(p->nr_rows, 3);
	assert_false(p->rows[0]->is_vma);
	assert_string_equal(p->rows[1]->name, "[heap]");
	assert_string_equal(p->rows[2]->name, "/libc.so.6");
	for (int i = 0; i < 3; i++) {
		assert_ptr_equal(p->rows[i]->process, p);
		assert_ptr_equal(m->by_slot[i + 1], p->rows[i]);
	}
}

static void vma_without_its_process_waits(void **state)
{
	const struct vs_slot vma = vma_slot(1, 0x10000, VS_NAME_ANON);
	struct vs_slot orphan = vma_slot(0, 0x10000, VS_NAME_ANON);
	struct model *m = *state;

	assert_int_equal(model__new_slot(m, 2, &vma, NULL), -EAGAIN);
	assert_null(m->by_slot[2]);
	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma, NULL);
	assert_int_equal(m->processes[0]->nr_rows, 2);
	/* slot 0 is nobody's */
	assert_int_equal(model__new_slot(m, 3, &orphan, NULL), -EAGAIN);
}

static void vma_of_the_slots_previous_owner(void **state)
{
	struct vs_slot image = image_slot(100, 0xa, "one");
	struct vs_slot vma = vma_slot(1, 0x10000, VS_NAME_ANON);
	struct model *m = *state;

	image.generation = 5;
	take(m, 1, image, NULL);
	vma.vma.key.proc_generation = 4;
	assert_int_equal(model__new_slot(m, 2, &vma, NULL), -ESTALE);
	assert_int_equal(m->processes[0]->nr_rows, 1);
	vma.vma.key.proc_generation = 5;
	take(m, 2, vma, NULL);
}

static void exec_starts_another_image(void **state)
{
	struct vs_slot old = image_slot(100, 0xa, "sh"), new = image_slot(100, 0xb, "ls");
	struct model *m = *state;

	take(m, 1, old, NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 2, 5, 0);
	model__slot_ended(m, 2);
	take(m, 3, new, NULL);
	/* the same address in the new image is another VMA */
	take(m, 4, vma_slot(3, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 4, 1, 0);
	assert_int_equal(m->nr_processes, 1);
	assert_int_equal(m->processes[0]->nr_rows, 4);
	assert_int_equal(counts_faults(&m->by_slot[4]->counts), 1);
	assert_string_equal(m->processes[0]->comm, "ls");
	/* what the replaced image says of itself later is no news of the process */
	old.proc.state = VS_PROC_REPLACED;
	strcpy(old.proc.comm, "stale");
	model__update_process(m, 1, &old);
	assert_string_equal(m->processes[0]->comm, "ls");
}

static void reused_pid_is_another_process(void **state)
{
	struct vs_slot second = image_slot(100, 0xa, "two");
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	second.proc.start_ns++;
	take(m, 2, second, NULL);
	assert_int_equal(m->nr_processes, 2);
	assert_string_equal(m->processes[0]->comm, "one");
	assert_string_equal(model__process(m, 100)->comm, "two");
}

static void process_exits(void **state)
{
	struct vs_slot image = image_slot(100, 0xa, "one");
	struct model *m = *state;
	uint64_t ended;

	take(m, 1, image, NULL);
	image.proc.state = VS_PROC_EXITED;
	image.proc.exit_code = 0x100;
	image.proc.no_address = 3;
	image.proc.lookup_missed = 4;
	image.proc.no_slot = 5;
	model__update_process(m, 1, &image);
	assert_true(m->processes[0]->exited);
	assert_int_equal(m->processes[0]->exit_code, 0x100);
	assert_int_equal(m->by_slot[1]->no_address, 3);
	assert_int_equal(m->by_slot[1]->lookup_missed, 4);
	assert_int_equal(m->by_slot[1]->no_slot, 5);
	ended = m->processes[0]->ended_ns;
	assert_true(ended > 0);
	model__update_process(m, 1, &image);
	assert_int_equal(m->processes[0]->ended_ns, ended);
	/* slots without a process: nothing happens */
	model__update_process(m, 9, &image);
	model__update_process(m, VS_SLOT_OVERFLOW, &image);
}

static void counts_before_exec_are_summed(void **state)
{
	struct vs_slot first = image_slot(100, 0xa, "one"), second = image_slot(100, 0xb, "one");
	struct model *m = *state;

	first.proc.base_minor = 34;
	second.proc.base_minor = 1;
	second.proc.base_major = 2;
	take(m, 1, first, NULL);
	take(m, 2, second, NULL);
	assert_int_equal(m->processes[0]->base_minor, 35);
	assert_int_equal(m->processes[0]->base_major, 2);
}

static void counts_are_replaced_not_added(void **state)
{
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	count(m, 1, 5, 1);
	count(m, 1, 7, 1);
	assert_int_equal(counts_faults(&m->by_slot[1]->counts), 8);
	count(m, VS_SLOT_OVERFLOW, 3, 0);
	assert_int_equal(counts_faults(&m->overflow.counts), 3);
}

static void counts_of_released_slots_stay(void **state)
{
	struct model *m = *state;
	struct fault_row *row;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 2, 5, 1);
	row = m->by_slot[2];
	model__slot_ended(m, 2);
	assert_null(m->by_slot[2]);
	assert_int_equal(row->slot, 0);
	assert_int_equal(counts_faults(&row->counts), 6);
	/* twice, and slot 0, which never ends */
	model__slot_ended(m, 2);
	model__slot_ended(m, VS_SLOT_OVERFLOW);
	assert_ptr_equal(m->by_slot[VS_SLOT_OVERFLOW], &m->overflow);
}

/* Records are read later than they were made: the slot may have been given back and taken by then. */
static void earlier_slot_owner_is_found(void **state)
{
	struct model *m = *state;
	struct vs_slot later = vma_slot(1, 0x90000, VS_NAME_ANON);
	struct fault_row *row;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	row = m->by_slot[2];
	assert_ptr_equal(model__row(m, 2, row->generation), row);
	assert_null(model__row(m, 2, row->generation + 1));
	model__slot_ended(m, 2);
	assert_ptr_equal(model__row(m, 2, row->generation), row);
	later.generation = row->generation + 1;
	take(m, 2, later, NULL);
	assert_ptr_equal(model__row(m, 2, row->generation), row);
	assert_ptr_equal(model__row(m, 2, row->generation + 1), m->by_slot[2]);
	assert_null(model__row(m, VS_SLOT_OVERFLOW, 0));
	/* what is forgotten is found no more */
	model__slot_ended(m, 2);
	model__slot_ended(m, 1);
	m->processes[0]->exited = true;
	model__keep(m, UINT64_MAX, NULL);
	assert_int_equal(model__forget(m), 0);
	assert_int_equal(m->former.nr, 0);
}

static void vma_with_a_new_slot_stays_one_row(void **state)
{
	struct model *m = *state;
	struct fault_row *row;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	count(m, 2, 5, 0);
	row = m->by_slot[2];
	model__slot_ended(m, 2);
	take(m, 9, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	assert_ptr_equal(m->by_slot[9], row);
	assert_int_equal(m->processes[0]->nr_rows, 2);
	/* the new slot begins at 0; the row goes on */
	count(m, 9, 2, 1);
	assert_int_equal(row->counts.outcome[VS_MINOR], 7);
	assert_int_equal(row->counts.outcome[VS_MAJOR], 1);
	assert_int_equal(row->counts.latency_max_ns, 9000);
}

/* Two CPUs may have filled a slot each for one VMA, at the same time. */
static void vma_with_two_slots_at_once(void **state)
{
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	take(m, 2, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	take(m, 3, vma_slot(1, 0x10000, VS_NAME_HEAP), NULL);
	assert_ptr_not_equal(m->by_slot[2], m->by_slot[3]);
	count(m, 2, 5, 0);
	count(m, 3, 6, 0);
	assert_int_equal(counts_faults(&m->by_slot[2]->counts), 5);
	assert_int_equal(counts_faults(&m->by_slot[3]->counts), 6);
}

static void every_key_field_separates_vmas(void **state)
{
	struct vs_slot slot[6];
	struct model *m = *state;

	for (size_t i = 0; i < 6; i++)
		slot[i] = vma_slot(1, 0x10000, VS_NAME_ANON);
	slot[1].vma.key.anchor = 0x20000;
	slot[2].vma.key.flags = VS_VM_READ;
	slot[3].vma.key.file.ino = 7;
	slot[4].vma.key.pgoff = 1;
	slot[5].vma.key.name_hash = 1;
	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	for (uint32_t i = 0; i < 6; i++) {
		take(m, 2 + i, slot[i], NULL);
		model__slot_ended(m, 2 + i);
	}
	assert_int_equal(m->processes[0]->nr_rows, 7);
	/* and no part of it is forgotten: each is found again */
	for (uint32_t i = 0; i < 6; i++)
		take(m, 20 + i, slot[i], NULL);
	assert_int_equal(m->processes[0]->nr_rows, 7);
}

static void many_vmas(void **state)
{
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	for (uint64_t i = 0; i < 10000; i++) {
		take(m, 2, vma_slot(1, i << 20, VS_NAME_ANON), NULL);
		count(m, 2, i, 0);
		model__slot_ended(m, 2);
	}
	assert_int_equal(m->processes[0]->nr_rows, 10001);
	for (uint64_t i = 0; i < 10000; i++)
		assert_int_equal(counts_faults(&m->processes[0]->rows[i + 1]->counts), i);
}

static void mark_saves_earlier_counts(void **state)
{
	struct vs_counts since;
	struct model *m = *state;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	count(m, 1, 5, 1);
	count(m, VS_SLOT_OVERFLOW, 2, 0);
	m->cpus[1].counts = counted(7, 0);
	model__mark(m);
	count(m, 1, 8, 1);
	count(m, VS_SLOT_OVERFLOW, 3, 0);
	m->cpus[1].counts = counted(9, 0);
	since = m->by_slot[1]->counts;
	counts_sub(&since, &m->by_slot[1]->marked);
	assert_int_equal(since.outcome[VS_MINOR], 3);
	assert_int_equal(since.outcome[VS_MAJOR], 0);
	since = m->overflow.counts;
	counts_sub(&since, &m->overflow.marked);
	assert_int_equal(counts_faults(&since), 1);
	assert_int_equal(counts_faults(&m->cpus[1].marked), 7);
}

static void restart_keeps_released_counts(void **state)
{
	struct model *m = *state;
	struct process *p;

	take(m, 1, image_slot(100, 0xa, "one"), NULL);
	p = m->processes[0];
	p->latency[VS_CAUSE_COW] = calloc(1, sizeof(struct latency));
	p->rows[0]->latency = calloc(1, sizeof(struct latency));
	p->latency[VS_CAUSE_COW]->ended.bucket[3] = 1;
	p->latency[VS_CAUSE_COW]->hist.bucket[3] = 5;
	p->rows[0]->latency->hist.bucket[3] = 5;
	m->shared_latency[VS_CAUSE_COW].hist.bucket[3] = 5;
	m->cpus[0].ended = counted(2, 0);
	m->cpus[0].counts = counted(9, 0);
	model__restart(m);
	assert_int_equal(p->latency[VS_CAUSE_COW]->hist.bucket[3], 1);
	assert_int_equal(p->rows[0]->latency->hist.bucket[3], 0);
	assert_int_equal(m->shared_latency[VS_CAUSE_COW].hist.bucket[3], 0);
	assert_int_equal(counts_faults(&m->cpus[0].counts), 2);
}

/* Every counter has its own value, so that one that is forgotten shows. */
static void add_and_subtract_cover_every_counter(void **state)
{
	struct vs_counts a, b, sum;
	uint64_t *words = (uint64_t *)&a, *other = (uint64_t *)&b, *result = (uint64_t *)&sum;

	(void)state;
	for (size_t i = 0; i < sizeof(a) / sizeof(*words); i++) {
		words[i] = 1000 + i;
		other[i] = 7 * i;
	}
	a.latency_max_ns = 50;
	b.latency_max_ns = 60;
	sum = a;
	counts_add(&sum, &b);
	assert_int_equal(sum.latency_max_ns, 60);
	sum.latency_max_ns = a.latency_max_ns + b.latency_max_ns;
	for (size_t i = 0; i < sizeof(a) / sizeof(*words); i++)
		assert_int_equal(result[i], words[i] + other[i]);
	counts_sub(&sum, &b);
	assert_int_equal(sum.latency_max_ns, 110); /* a maximum has no difference */
	sum.latency_max_ns = a.latency_max_ns;
	assert_memory_equal(&sum, &a, sizeof(a));
	sum = b;
	counts_add(&sum, &a);
	assert_int_equal(sum.latency_max_ns, 60);
}

static void totals_of_outcomes_and_accesses(void **state)
{
	struct vs_counts c = {};

	(void)state;
	c.outcome[VS_MINOR] = 1;
	c.outcome[VS_MAJOR] = 20;
	c.outcome[VS_INCOMPLETE] = 300;
	c.access[VS_ORIGIN_USER][VS_ACCESS_READ] = 4;
	c.access[VS_ORIGIN_KERNEL][VS_ACCESS_READ] = 50;
	c.access[VS_ORIGIN_KERNEL][VS_ACCESS_WRITE] = 6;
	c.gup = 9;
	assert_int_equal(counts_faults(&c), 321);
	assert_int_equal(counts_access(&c, VS_ACCESS_READ), 54);
	assert_int_equal(counts_access(&c, VS_ACCESS_WRITE), 6);
	assert_int_equal(counts_access(&c, VS_ACCESS_EXEC), 0);
	assert_int_equal(counts_gup(&c), 9);
}

#define MODEL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MODEL_TEST(process_with_vmas),
		MODEL_TEST(vma_without_its_process_waits),
		MODEL_TEST(vma_of_the_slots_previous_owner),
		MODEL_TEST(exec_starts_another_image),
		MODEL_TEST(reused_pid_is_another_process),
		MODEL_TEST(process_exits),
		MODEL_TEST(counts_before_exec_are_summed),
		MODEL_TEST(counts_are_replaced_not_added),
		MODEL_TEST(counts_of_released_slots_stay),
		MODEL_TEST(earlier_slot_owner_is_found),
		MODEL_TEST(vma_with_a_new_slot_stays_one_row),
		MODEL_TEST(vma_with_two_slots_at_once),
		MODEL_TEST(every_key_field_separates_vmas),
		MODEL_TEST(many_vmas),
		MODEL_TEST(mark_saves_earlier_counts),
		MODEL_TEST(restart_keeps_released_counts),
		cmocka_unit_test(add_and_subtract_cover_every_counter),
		cmocka_unit_test(totals_of_outcomes_and_accesses),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
