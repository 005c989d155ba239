// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture_live_test.c - from slots, counters and rows that BPF fills to the model, and slots back again:
 * with maps that the test makes up, so that each count is known. No kernel, no privileges.
 */
#include "fake_kernel.h"

#include "capture/live.h"

static int setup(void **state)
{
	struct live *l = calloc(1, sizeof(*l));
	struct capture *c;

	memset(&fake, 0, sizeof(fake));
	if (!l || fake_open(&c, NULL, NULL, NULL) || live__init(l, c, NULL))
		return -1;
	*state = l;
	return 0;
}

static int teardown(void **state)
{
	struct live *l = *state;

	capture__close(l->capture);
	live__free(l);
	free(l);
	return fake.releases == 1 ? 0 : -1;
}

static const struct fault_row *row_of(const struct live *l, uint32_t slot)
{
	const struct fault_row *row = l->run.model.by_slot[slot];

	if (!row)
		fail_msg("slot %u has no row", slot);
	return row;
}

static uint64_t faults_of_all(const struct live *l)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < l->run.model.nr_processes; i++)
		for (size_t r = 0; r < l->run.model.processes[i]->nr_rows; r++)
			sum += counts_faults(&l->run.model.processes[i]->rows[r]->counts);
	return sum;
}

/* --- slots ------------------------------------------------------------------------------------------ */

static void counts_of_all_cpus_add_up(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const uint32_t heap = fake_slot(vma_slot(image, 0x10000, VS_NAME_HEAP));

	fake_count(image, 0, 3, 0);
	fake_count(heap, 0, 10, 1);
	fake_count(heap, 1, 20, 2);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(row_of(l, heap)->counts.outcome[VS_MINOR], 30);
	assert_int_equal(row_of(l, heap)->counts.outcome[VS_MAJOR], 3);
	assert_string_equal(row_of(l, heap)->name, "[heap]");
	assert_int_equal(counts_faults(&row_of(l, image)->counts), 3);
	assert_int_equal(counts_faults(&l->run.model.cpus[0].counts), 14);
	assert_int_equal(counts_faults(&l->run.model.cpus[1].counts), 22);
	/* read again, they are what they are, and not twice that */
	fake_count(heap, 1, 1, 0);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(row_of(l, heap)->counts.outcome[VS_MINOR], 31);
	assert_int_equal(counts_faults(&l->run.model.cpus[1].counts), 23);
}

static void slot_is_read_when_complete(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const struct vs_slot heap = vma_slot(image, 0x10000, VS_NAME_HEAP);
	struct vs_slot empty = {};
	uint32_t slot;

	slot = fake_slot(empty);
	assert_int_equal(live__discover(l), 0);
	assert_non_null(l->run.model.by_slot[image]);
	assert_null(l->run.model.by_slot[slot]);
	fake.capture->slots[slot] = heap;
	assert_int_equal(live__discover(l), 0);
	assert_string_equal(row_of(l, slot)->name, "[heap]");
}

static void file_vma_has_its_recorded_name(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const uint32_t known = fake_slot(file_slot(image, 0x10000, 7));
	const uint32_t unknown = fake_slot(file_slot(image, 0x40000, 8));

	fake_file(7, "libc.so.6");
	assert_int_equal(live__discover(l), 0);
	assert_string_equal(row_of(l, known)->name, "/libc.so.6");
	assert_string_not_equal(row_of(l, unknown)->name, "/libc.so.6");
}

static void only_vmas_of_the_filter_are_streamed(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const uint32_t heap = fake_slot(vma_slot(image, 0x10000, VS_NAME_HEAP));
	const uint32_t stack = fake_slot(vma_slot(image, 0x40000, VS_NAME_STACK));

	l->vma_glob = "[he*";
	assert_int_equal(live__discover(l), 0);
	assert_int_equal(fake.capture->slots[heap].choice, VS_SLOT_CHOSEN);
	assert_int_equal(fake.capture->slots[stack].choice, VS_SLOT_MUTED);
}

static void latencies_of_a_process_are_by_cause(void **state)
{
	struct live *l = *state;
	struct vs_slot slot = image_slot(100, 0xa, "one");
	const struct latency *latency;
	uint32_t image;

	slot.proc.hist[VS_CAUSE_COW] = fake_hist(1000, 5);
	slot.proc.hist[VS_CAUSE_GUP] = VS_HIST_NONE;
	image = fake_slot(slot);
	/* the shared one of those that have none of their own */
	put_times(&fake.capture->hists[VS_CAUSE_GUP], 2000, 3);
	assert_int_equal(live__refresh(l), 0);
	latency = row_of(l, image)->process->latency[VS_CAUSE_COW];
	assert_non_null(latency);
	assert_int_equal(hist__count(&latency->hist), 5);
	assert_int_equal(latency->hist.sum_ns, 5000);
	assert_null(row_of(l, image)->process->latency[VS_CAUSE_GUP]);
	assert_int_equal(hist__count(&l->run.model.shared_latency[VS_CAUSE_GUP].hist), 3);
}

/* --- slots come back -------------------------------------------------------------------------------- */

/* Processes of three VMAs each, so that less than half of the slots are free. */
static uint32_t fill_slots(uint32_t nr)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < nr; i++) {
		const uint32_t image = fake_slot(image_slot(100 + i, 0x100 + i, "many"));

		first = first ? first : image;
		for (uint32_t v = 1; v <= 3; v++)
			fake_count(fake_slot(vma_slot(image, v << 20, VS_NAME_ANON)), i % FAKE_CPUS,
				   v, 0);
	}
	return first;
}

static void slots_of_exited_processes_are_reused(void **state)
{
	struct live *l = *state;
	const uint32_t first = fill_slots(9);
	uint32_t image, heap;

	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(capture__nr_free(fake.capture, FREE_SLOTS), FAKE_SLOTS - 1 - 9 * 4);
	assert_false(live__reclaim(l));
	assert_int_equal(capture__nr_free(fake.capture, FREE_SLOTS), FAKE_SLOTS - 1 - 9 * 4);

	for (uint32_t i = 0; i < 8; i++)
		fake_exit(first + i * 4, 0);
	fake_count(first + 1, 1, 100, 0);
	assert_false(live__reclaim(l));
	assert_int_equal(capture__nr_free(fake.capture, FREE_SLOTS), FAKE_SLOTS - 1 - 4);
	/* each of the 24 VMAs went out of BPF's map, after all programs that knew it were over */
	assert_int_equal(fake.removed, 24);
	assert_true(fake.graces >= 1);
	/* what they counted stays, also what came after counts were read last */
	assert_int_equal(faults_of_all(l), 9 * 6 + 100);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(faults_of_all(l), 9 * 6 + 100);
	assert_true(model__process(&l->run.model, 100)->exited);
	assert_false(model__process(&l->run.model, 108)->exited);

	/* and a slot that comes again is another VMA's */
	while (fake.capture->free_ring[FREE_SLOTS].taken < FAKE_SLOTS - 1)
		fake_slot(image_slot(500, 0x500, "filler"));
	image = fake_slot(image_slot(300, 0xc, "new"));
	heap = fake_slot(vma_slot(image, 0x10000, VS_NAME_HEAP));
	assert_true(heap < FAKE_SLOTS && fake.capture->slots[heap].generation == 1);
	fake_count(heap, 0, 7, 0);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(row_of(l, heap)->counts.outcome[VS_MINOR], 7);
	assert_int_equal(row_of(l, heap)->process->pid, 300);
	assert_ptr_equal(live__row(l, heap, 1), row_of(l, heap));
}

static void histograms_are_released_with_slots(void **state)
{
	struct live *l = *state;
	struct vs_slot slot = image_slot(100, 0xa, "one");
	uint32_t image;

	slot.proc.hist[VS_CAUSE_COW] = fake_hist(1000, 5);
	image = fake_slot(slot);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(capture__nr_free(fake.capture, FREE_HISTS),
			 FAKE_HISTS - VS_HIST_FIRST - 1);
	fake_exit(image, 9);
	assert_int_equal(live__reclaim_ended(l), 0);
	assert_int_equal(capture__nr_free(fake.capture, FREE_HISTS), FAKE_HISTS - VS_HIST_FIRST);
	assert_int_equal(hist__count(&fake.capture->hists[FAKE_HISTS + VS_HIST_FIRST]), 0);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(
		hist__count(&model__process(&l->run.model, 100)->latency[VS_CAUSE_COW]->hist), 5);
	assert_int_equal(model__process(&l->run.model, 100)->exit_code, 9);
}

static void removed_processes_stay_in_the_sums(void **state)
{
	struct live *l = *state;
	const uint32_t first = fill_slots(9);

	assert_int_equal(live__refresh(l), 0);
	for (uint32_t i = 0; i < 8; i++)
		fake_exit(first + i * 4, 0);
	assert_int_equal(live__reclaim_ended(l), 0);
	assert_int_equal(live__forget(l, UINT64_MAX, NULL), 0);
	assert_null(model__process(&l->run.model, 100));
	assert_non_null(model__process(&l->run.model, 108));
	assert_int_equal(l->run.model.nr_processes, 2);
	assert_int_equal(faults_of_all(l), 9 * 6);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(faults_of_all(l), 9 * 6);
}

static void max_processes_is_respected(void **state)
{
	struct live *l = *state;
	const uint32_t first = fill_slots(9);

	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(live__bound(l, 9, UINT64_MAX), 0);
	for (uint32_t i = 0; i < 8; i++)
		fake_exit(first + i * 4, 0);
	assert_int_equal(live__bound(l, 4, UINT64_MAX), 1);
	assert_true(l->run.model.nr_processes <= 4);
	assert_int_equal(faults_of_all(l), 9 * 6);
}

/* --- calls, stacks, threads ------------------------------------------------------------------------- */

static void call_rows_are_read_and_released(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	struct vs_call_row row = call_row(image, VS_CALL_MPROTECT, 0, 0x10000, PAGE);
	const struct call_row *seen;
	uint32_t index;

	called(&row, 10, 8);
	interrupted(&row, 8);
	index = fake_call_row(&row);
	fake.shootdowns.calls = 10;
	fake.pair_keys[0] = (struct vs_pair_key){ .from_pid = 100, .to_pid = 200, .to_cpu = 1 };
	fake.pairs[0].count = 8;
	fake.nr_pairs = 1;
	assert_int_equal(live__refresh(l), 0);
	seen = l->run.shootdown.by_index[index];
	assert_non_null(seen);
	assert_int_equal(seen->counts.count, 10);
	assert_int_equal(seen->counts.received, 8);
	assert_ptr_equal(seen->process, row_of(l, image)->process);
	assert_int_equal(l->run.shootdown.totals.calls, 10);
	assert_int_equal(l->run.shootdown.nr_pairs, 1);

	fake.capture->call_rows[index].counts.count = 11;
	fake_exit(image, 0);
	assert_int_equal(live__reclaim_ended(l), 0);
	assert_null(l->run.shootdown.by_index[index]);
	assert_int_equal(capture__nr_free(fake.capture, FREE_CALL_ROWS), FAKE_ROWS - 1);
	assert_int_equal(fake.capture->call_rows[index].used, 0);
	assert_int_equal(l->run.shootdown.rows[0]->counts.count, 11);
}

static void incomplete_row_is_read_later(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	struct vs_call_row row = call_row(image, VS_CALL_MUNMAP, 0, 0x10000, PAGE);
	uint32_t index;

	row.used = 0;
	index = fake_call_row(&row);
	assert_int_equal(live__discover(l), 0);
	assert_null(l->run.shootdown.by_index[index]);
	called(&row, 3, 0);
	row.used = 1;
	fake.capture->call_rows[index] = row;
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(l->run.shootdown.by_index[index]->counts.count, 3);
}

static void stacks_are_read(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const uint32_t index = fake_stack(image, 100, 0x401000, 6);
	const struct vs_stack_ref ref = { .row = index };
	const struct stack *stack;

	fake.capture->stack_rows[VS_STACK_NONE].counts.outcome[VS_MINOR] = 2;
	assert_int_equal(live__refresh(l), 0);
	stack = stacks__find(&l->run.stacks, &ref);
	assert_non_null(stack);
	assert_int_equal(stack_faults(&stack->counts), 6);
	assert_int_equal(stack->frames[0].ip, 0x401000);
	assert_ptr_equal(stack->process, row_of(l, image)->process);
	assert_int_equal(stack_faults(&l->run.stacks.none), 2);
	fake.capture->stack_rows[index].counts.outcome[VS_MINOR] = 9;
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(stack_faults(&stack->counts), 9);
}

static void threads_come_from_the_task_iterator(void **state)
{
	struct live *l = *state;

	fake_thread(100, 101, 40);
	fake_thread(100, 102, 2);
	assert_int_equal(live__refresh(l), 0);
	assert_int_equal(l->run.threads.nr, 2);
	assert_int_equal(threads__busiest(&l->run.threads)->tid, 101);
	assert_int_equal(fake.iterated[ITER_THREADS], 1);
}

static void fault_in_flight_has_its_vma(void **state)
{
	struct live *l = *state;
	const uint32_t image = fake_slot(image_slot(100, 0xa, "one"));
	const uint32_t heap = fake_slot(vma_slot(image, 0x10000, VS_NAME_HEAP));
	const struct vs_event_fault in_heap = { .slot = heap }, outside = { .slot = image };

	assert_int_equal(live__in_flight(l, &in_heap), 0);
	assert_int_equal(live__in_flight(l, &outside), 0);
	assert_int_equal(l->run.in_flight.nr, 2);
	assert_ptr_equal(l->run.in_flight.fault[0].row, row_of(l, heap));
	assert_null(l->run.in_flight.fault[1].row);
}

static void losses_of_all_cpus_add_up(void **state)
{
	struct live *l = *state;
	struct vs_stats stats;

	fake.stats.lost[VS_LOST_EVENTS] = 7;
	fake.stats.emitted = 100;
	capture__stats(l->capture, &stats);
	assert_int_equal(stats.lost[VS_LOST_EVENTS], 7);
	assert_int_equal(stats.emitted, 100);
	assert_int_equal(stats.lost[VS_LOST_MISSED], 0);
}

#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(counts_of_all_cpus_add_up),
		LIVE_TEST(slot_is_read_when_complete),
		LIVE_TEST(file_vma_has_its_recorded_name),
		LIVE_TEST(only_vmas_of_the_filter_are_streamed),
		LIVE_TEST(latencies_of_a_process_are_by_cause),
		LIVE_TEST(slots_of_exited_processes_are_reused),
		LIVE_TEST(histograms_are_released_with_slots),
		LIVE_TEST(removed_processes_stay_in_the_sums),
		LIVE_TEST(max_processes_is_respected),
		LIVE_TEST(call_rows_are_read_and_released),
		LIVE_TEST(incomplete_row_is_read_later),
		LIVE_TEST(stacks_are_read),
		LIVE_TEST(threads_come_from_the_task_iterator),
		LIVE_TEST(fault_in_flight_has_its_vma),
		LIVE_TEST(losses_of_all_cpus_add_up),
	};

	return cmocka_run_group_tests_name("capture_live", tests, NULL, NULL);
}
