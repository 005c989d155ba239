// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_wake_test.c - the reader of the ring buffer is woken once, and no wake-up is lost: a record
 * is written at each step of the reader, by the function that the programs use (bpf/wake.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/internal.h"
#include "vmascope.skel.h"

#define MARK 1000
#define RECORD 160

/** enum moment - when a record is written: around the reader's looks at the ring */
enum moment {
	BEFORE_FIRST_LOOK,
	AFTER_FIRST_LOOK,
	BEFORE_SECOND_LOOK,
	AFTER_SECOND_LOOK,
	NR_MOMENTS,
};

/** struct ring - the ring buffer, and when it is written; @looks: so far; @wakes: of the reader */
static struct ring {
	struct capture capture;
	struct vmascope_bpf skel;
	uint64_t waiting;
	enum moment moment;
	int looks;
	int wakes;
} ring;

static void write_record(void)
{
	ring.waiting += RECORD;
	ring.wakes += vs_ring_wakes(&ring.skel.bss->ring_wake, ring.waiting, MARK);
}

static uint64_t look(const struct capture *c)
{
	const enum moment before = ring.looks++ ? BEFORE_SECOND_LOOK : BEFORE_FIRST_LOOK;
	uint64_t waiting;

	(void)c;
	if (ring.moment == before)
		write_record();
	waiting = ring.waiting;
	if (ring.moment == before + 1)
		write_record();
	return waiting;
}

static const struct kernel_calls calls = { .waiting = look };

/** begin - @waiting bytes are in the ring; @woken: the reader has been woken */
static void begin(uint64_t waiting, bool woken)
{
	free(ring.skel.bss);
	free(ring.skel.rodata);
	memset(&ring, 0, sizeof(ring));
	/* as the kernel maps them */
	ring.skel.bss = aligned_alloc(64, (sizeof(*ring.skel.bss) + 63) & ~63UL);
	ring.skel.rodata = calloc(1, sizeof(*ring.skel.rodata));
	assert_non_null(ring.skel.bss);
	assert_non_null(ring.skel.rodata);
	memset(ring.skel.bss, 0, sizeof(*ring.skel.bss));
	memcpy((void *)&ring.skel.rodata->cfg.wakeup_bytes, &(uint64_t){ MARK }, sizeof(uint64_t));
	ring.skel.bss->ring_wake.woken = woken;
	ring.capture = (struct capture){ .kernel = &calls, .skel = &ring.skel };
	ring.waiting = waiting;
	ring.moment = NR_MOMENTS;
}

static void no_wakeup_is_lost_at_any_step(void **state)
{
	(void)state;
	for (int woken = 0; woken < 2; woken++)
		for (int moment = 0; moment < NR_MOMENTS; moment++) {
			bool sleeps;

			begin(MARK - 1, woken);
			ring.moment = moment;
			sleeps = capture__may_sleep(&ring.capture);
			if (sleeps && !ring.wakes)
				fail_msg("woken %d, moment %d: the reader sleeps, and nobody wakes "
					 "it",
					 woken, moment);
		}
}

/* One that is written before the mark is reached wakes nobody, and neither do those after. */
static void the_reader_is_woken_once(void **state)
{
	(void)state;
	begin(0, true);
	assert_true(capture__may_sleep(&ring.capture));
	while (ring.waiting + RECORD < MARK)
		write_record();
	assert_int_equal(ring.wakes, 0);
	for (int i = 0; i < 1000; i++)
		write_record();
	assert_int_equal(ring.wakes, 1);
}

static void a_reader_with_enough_to_read_does_not_sleep(void **state)
{
	(void)state;
	begin(MARK, true);
	assert_false(capture__may_sleep(&ring.capture));
	/* it reads on: no record has to wake it meanwhile */
	write_record();
	assert_int_equal(ring.wakes, 0);
}

static void it_is_woken_again_after_it_has_slept(void **state)
{
	(void)state;
	begin(0, false);
	for (int i = 1; i <= 3; i++) {
		ring.looks = 0;
		ring.waiting = 0;
		assert_true(capture__may_sleep(&ring.capture));
		while (ring.waiting < 3ULL * MARK)
			write_record();
		assert_int_equal(ring.wakes, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_wakeup_is_lost_at_any_step),
		cmocka_unit_test(the_reader_is_woken_once),
		cmocka_unit_test(a_reader_with_enough_to_read_does_not_sleep),
		cmocka_unit_test(it_is_woken_again_after_it_has_slept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
