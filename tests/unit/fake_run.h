/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_run.h - a run without a kernel whose counts are known: process 100 "one", for commands.
 */
#ifndef VMASCOPE_TESTS_UNIT_FAKE_RUN_H
#define VMASCOPE_TESTS_UNIT_FAKE_RUN_H

#include "command.h"
#include "fake_kernel.h"

#include "session/session.h"

#define LOST 7
#define EMITTED 100
#define HEAP_FAULTS (10 + 20 + 3)
#define ALL_FAULTS (HEAP_FAULTS + 3)

/** put_fault - a record in the ring, of a fault in @slot */
static inline void put_fault(uint32_t image, uint32_t slot, uint64_t address, uint64_t duration_ns)
{
	struct vs_event_fault *e = &fake.records[fake.nr_records++].fault;

	*e = (struct vs_event_fault){
		.head = { .type = VS_EVENT_FAULT,
			  .size = sizeof(*e),
			  .cpu = 1,
			  .time_ns = fake.capture->start_ns + fake.nr_records * 1000 },
		.duration_ns = duration_ns,
		.address = address,
		.pid = 100,
		.tid = 101,
		.slot = slot,
		.proc = image,
		.vma_start = 0x10000,
		.vma_end = 0x20000,
		.access = VS_ACCESS_WRITE,
		.cause = VS_CAUSE_ANON_ZERO,
		.comm = "one",
	};
}

/** open_run - process 100 "one": faults in its heap, three without a VMA; ten mprotect(2), two events */
static inline int open_run(struct capture **out, const struct capture_options *o,
			   capture_event_fn fn, void *ctx)
{
	struct vs_call_row row;
	uint32_t image, heap;
	int err;

	memset(&fake, 0, sizeof(fake));
	err = fake_open(out, o, fn, ctx);
	if (err)
		return err;
	image = fake_slot(image_slot(100, 0xa, "one"));
	heap = fake_slot(vma_slot(image, 0x10000, VS_NAME_HEAP));
	fake_count(image, 0, 3, 0);
	fake_count(heap, 0, 10, 1);
	fake_count(heap, 1, 20, 2);
	fake_thread(100, 101, ALL_FAULTS);
	row = call_row(image, VS_CALL_MPROTECT, 0, 0x10000, PAGE);
	called(&row, 10, 8);
	interrupted(&row, 8);
	fake_call_row(&row);
	fake.shootdowns.calls = 10;
	fake.shootdowns.received[VS_IPI_USER] = fake.shootdowns.joined = 8;
	fake.heat_keys[0] = (struct vs_heat_key){ .pid = 100, .slot = heap };
	fake.heat_faults[0] = HEAP_FAULTS;
	fake.nr_heat = 1;
	fake.stats.lost[VS_LOST_EVENTS] = LOST;
	fake.stats.emitted = EMITTED;
	if (o->bpf.emit_faults) {
		put_fault(image, heap, 0x10010, 500);
		put_fault(image, heap, 0x11010, 700);
	}
	return 0;
}

static inline void use_source(struct options *o)
{
	static struct source source;

	source = live_source;
	source.open = open_run;
	o->source = &source;
}

#endif /* VMASCOPE_TESTS_UNIT_FAKE_RUN_H */
