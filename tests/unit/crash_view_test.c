// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash_view_test.c - what a crash looks like, told from hand-made events, and the words for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "view/trace/crash.h"

#define PAGE 4096ULL
#define BASE 0x7f0000000000ULL
#define RW (VS_VM_READ | VS_VM_WRITE)

/** struct scene - a crash and all that it points to */
struct scene {
	struct vs_event_fault fault;
	struct vs_event_crash event;
	struct vs_event_call call;
	struct fault_row hit;
	struct fault_row near[VS_NR_NEAR];
	struct crash crash;
};

/* A fault in no VMA, far from the stack, with nothing around it. */
static void begin(struct scene *s, uint64_t address)
{
	memset(s, 0, sizeof(*s));
	s->fault.head.time_ns = 5000000;
	s->fault.address = address;
	s->fault.ip = s->event.ip = 0x401234;
	s->fault.access = VS_ACCESS_WRITE;
	s->fault.outcome = VS_INCOMPLETE;
	s->fault.cause = VS_CAUSE_SEGV_MAPERR;
	s->event.address = address;
	s->event.sp = 0x7ffffff00000;
	s->crash.fault = &s->fault;
	s->crash.event = &s->event;
}

static void place(struct scene *s, enum vs_near_place where, uint64_t start, uint64_t end,
		  uint64_t flags, const char *name)
{
	s->event.near[where].start = start;
	s->event.near[where].end = end;
	s->near[where].is_vma = true;
	s->near[where].vma.key.flags = flags;
	s->near[where].name = (char *)name;
	s->crash.near[where] = &s->near[where];
}

/* The address is in a VMA of 16 pages. */
static void hit(struct scene *s, uint64_t flags, const char *name)
{
	s->fault.cause = VS_CAUSE_SEGV_ACCERR;
	s->fault.vma_start = s->fault.address & ~(16 * PAGE - 1);
	s->fault.vma_end = s->fault.vma_start + 16 * PAGE;
	s->hit.is_vma = true;
	s->hit.vma.key.flags = flags;
	s->hit.name = (char *)name;
	s->crash.vma = &s->hit;
}

static void after(struct scene *s, enum vs_call call, uint64_t argument)
{
	s->call.head.time_ns = 3000000;
	s->call.pid = 7;
	s->call.tid = 8;
	s->call.call = call;
	s->call.argument[0] = s->fault.address & ~(PAGE - 1);
	s->call.argument[1] = 2 * PAGE;
	s->call.argument[2] = argument;
	s->crash.call = &s->call;
}

static void assert_kind(const struct scene *s, enum crash_kind want)
{
	assert_string_equal(crash_kind_names[crash_kind(&s->crash)], crash_kind_names[want]);
}

static void null_pointer(void **state)
{
	static const uint64_t small[] = { 0, 8, 4096, 65535 };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		begin(&s, small[i]);
		assert_kind(&s, CRASH_NULL);
	}
	begin(&s, 65536);
	assert_kind(&s, CRASH_PLAIN);
	begin(&s, UINT64_MAX - 7);
	assert_kind(&s, CRASH_PLAIN);
}

static void stack_overflow(void **state)
{
	struct scene s;

	(void)state;
	/* below the main stack, which cannot grow any more: the frame was just entered */
	begin(&s, BASE - 8);
	place(&s, VS_NEAR_ABOVE, BASE, BASE + 2048 * PAGE, RW | VS_VM_GROWSDOWN, "[stack]");
	s.event.sp = BASE - 8;
	assert_kind(&s, CRASH_STACK_OVERFLOW);
	s.event.sp = BASE + 4000;
	assert_kind(&s, CRASH_STACK_OVERFLOW);
	s.event.sp = BASE - 4000;
	assert_kind(&s, CRASH_STACK_OVERFLOW);
	/* the same address, by somebody whose stack is elsewhere */
	s.event.sp = BASE + 1024 * PAGE;
	assert_kind(&s, CRASH_PLAIN);
	/* nothing that could be a stack is above */
	s.event.sp = BASE - 8;
	s.near[VS_NEAR_ABOVE].vma.key.flags = VS_VM_READ;
	assert_kind(&s, CRASH_PLAIN);
	s.crash.near[VS_NEAR_ABOVE] = NULL;
	assert_kind(&s, CRASH_PLAIN);
	/* a thread's stack, with its guard page */
	begin(&s, BASE + 16 * PAGE - 16);
	hit(&s, 0, "[anon]");
	place(&s, VS_NEAR_ABOVE, BASE + 16 * PAGE, BASE + 32 * PAGE, RW, "[anon]");
	s.event.sp = BASE + 16 * PAGE - 16;
	assert_kind(&s, CRASH_STACK_OVERFLOW);
	/* not a guard: written to, though it is read-only */
	s.hit.vma.key.flags = VS_VM_READ;
	assert_kind(&s, CRASH_PLAIN);
}

/* A stack lies below the hole, within 64 KiB; what is above the hole is somebody else's. */
static void stack_below_the_address_is_no_overflow(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, BASE + 5 * PAGE);
	place(&s, VS_NEAR_BELOW, BASE - 64 * PAGE, BASE, RW, "[anon]");
	place(&s, VS_NEAR_ABOVE, BASE + 12 * PAGE, BASE + 16 * PAGE, RW, "[anon]");
	s.event.sp = BASE - 9 * PAGE;
	assert_kind(&s, CRASH_PLAIN);
	after(&s, VS_CALL_MUNMAP, 0);
	assert_kind(&s, CRASH_AFTER_MUNMAP);
}

static void guard_pages(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, BASE + 8);
	hit(&s, 0, "[anon]");
	place(&s, VS_NEAR_BELOW, BASE - 16 * PAGE, BASE, RW, "[anon]");
	assert_kind(&s, CRASH_GUARD_PAGE);
	/* made usable around it by an mprotect long ago: what is left is still the guard */
	after(&s, VS_CALL_MPROTECT, 3);
	assert_kind(&s, CRASH_GUARD_PAGE);
	/* made unusable itself: somebody took it away */
	after(&s, VS_CALL_MPROTECT, 0);
	assert_kind(&s, CRASH_AFTER_MPROTECT);
}

static void crash_after_a_memory_call(void **state)
{
	static const enum vs_call taking[] = { VS_CALL_MUNMAP, VS_CALL_MREMAP, VS_CALL_BRK };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin(&s, BASE);
		after(&s, taking[i], 0);
		assert_kind(&s, CRASH_AFTER_MUNMAP);
	}
	begin(&s, BASE);
	hit(&s, VS_VM_READ, "[anon]");
	assert_kind(&s, CRASH_PLAIN);
	after(&s, VS_CALL_MPROTECT, 1);
	assert_kind(&s, CRASH_AFTER_MPROTECT);
	after(&s, VS_CALL_PKEY_MPROTECT, 1);
	assert_kind(&s, CRASH_AFTER_MPROTECT);
}

/* There is a VMA, so what was unmapped there once was mapped anew: nobody protected it. */
static void unmapped_then_mapped_again(void **state)
{
	static const enum vs_call taking[] = { VS_CALL_MUNMAP, VS_CALL_MREMAP, VS_CALL_BRK };
	struct scene s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		begin(&s, BASE);
		hit(&s, VS_VM_READ, "[anon]");
		after(&s, taking[i], 0);
		assert_kind(&s, CRASH_PLAIN);
	}
}

static void access_beyond_the_end_of_a_file(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, BASE);
	hit(&s, VS_VM_READ, "/tmp/file");
	s.fault.cause = VS_CAUSE_SIGBUS;
	assert_kind(&s, CRASH_BEYOND_EOF);
	after(&s, VS_CALL_MPROTECT, 1);
	assert_kind(&s, CRASH_BEYOND_EOF);
}

/* --- cells and words ------------------------------------------------------------------------- */

static const struct table *sub(const struct table *t, const char *key)
{
	const struct cell *c = table__cell(t, 0, key);

	return c->known ? c->table : NULL;
}

static uint64_t u64(const struct table *t, const char *key)
{
	const struct cell *c = table__cell(t, 0, key);

	assert_true(c->known);
	return c->u64;
}

static const char *str(const struct table *t, const char *key)
{
	const struct cell *c = table__cell(t, 0, key);

	assert_true(c->known);
	return c->str;
}

static void text_of_use_after_unmap(void **state)
{
	const struct table *near, *call;
	struct table *t;
	struct scene s;

	(void)state;
	begin(&s, BASE + 3 * PAGE + 16);
	s.fault.access = VS_ACCESS_READ;
	place(&s, VS_NEAR_BELOW, BASE - 4 * PAGE, BASE, RW, "[heap]");
	place(&s, VS_NEAR_ABOVE, BASE + 8 * PAGE, BASE + 9 * PAGE, VS_VM_READ | VS_VM_EXEC,
	      "/usr/lib/libc.so.6");
	place(&s, VS_NEAR_IP, 0x401000, 0x402000, VS_VM_READ | VS_VM_EXEC, "/usr/bin/app");
	s.event.near[VS_NEAR_IP].pgoff = 2;
	after(&s, VS_CALL_MUNMAP, 0);
	t = crash_table(&s.crash);
	assert_non_null(t);
	assert_int_equal(t->nr_rows, 1);
	assert_string_equal(str(t, "kind"), "use after unmap");
	assert_string_equal(str(t, "signal"), "SIGSEGV");
	assert_int_equal(u64(t, "sp"), 0x7ffffff00000);
	near = sub(t, "below");
	assert_non_null(near);
	assert_int_equal(u64(near, "start"), BASE - 4 * PAGE);
	assert_int_equal(u64(near, "end"), BASE);
	assert_int_equal(u64(near, "distance"), 3 * PAGE + 16);
	assert_string_equal(str(near, "perms"), "rw-p");
	assert_string_equal(str(near, "name"), "[heap]");
	near = sub(t, "above");
	assert_non_null(near);
	assert_int_equal(u64(near, "distance"), 5 * PAGE - 16);
	assert_string_equal(str(near, "perms"), "r-xp");
	near = sub(t, "code");
	assert_non_null(near);
	assert_string_equal(str(near, "name"), "/usr/bin/app");
	assert_int_equal(u64(near, "offset"), 0x234 + 2 * PAGE);
	call = sub(t, "last_call");
	assert_non_null(call);
	assert_string_equal(str(call, "call"), "munmap");
	assert_int_equal(u64(call, "start"), BASE + 3 * PAGE);
	assert_int_equal(u64(call, "length"), 2 * PAGE);
	assert_int_equal(u64(call, "tid"), 8);
	assert_int_equal(u64(call, "ago_ns"), 2000000);
	assert_string_equal(str(t, "text"),
			    "SIGSEGV: use after unmap, read of 0x7f0000003010\n"
			    "    by /usr/bin/app+0x2234 (ip 0x401234)\n"
			    "    in no VMA\n"
			    "    12.0KiB above the end of rw-p [heap]\n"
			    "    20.0KiB below the start of r-xp /usr/lib/libc.so.6\n"
			    "    2.00ms before: munmap(0x7f0000003000, 8192) by thread 8");
	table__free(t);
}

static void text_of_mprotected_memory(void **state)
{
	struct table *t;
	struct scene s;

	(void)state;
	begin(&s, BASE + 100);
	hit(&s, VS_VM_READ | VS_VM_EXEC, "[anon]");
	after(&s, VS_CALL_MPROTECT, 5);
	t = crash_table(&s.crash);
	assert_non_null(t);
	assert_string_equal(str(t, "kind"), "access after mprotect");
	assert_null(sub(t, "below"));
	assert_null(sub(t, "above"));
	assert_null(sub(t, "code"));
	assert_int_equal(u64(sub(t, "last_call"), "argument"), 5);
	assert_string_equal(
		str(t, "text"),
		"SIGSEGV: access after mprotect, write of 0x7f0000000064\n"
		"    in r-xp [anon], 0x7f0000000000-0x7f0000010000\n"
		"    2.00ms before: mprotect(0x7f0000000000, 8192, prot r-x) by thread 8");
	table__free(t);
}

static void text_of_a_bus_error(void **state)
{
	struct table *t;
	struct scene s;

	(void)state;
	begin(&s, BASE + 100);
	s.fault.access = VS_ACCESS_EXEC;
	hit(&s, VS_VM_READ | VS_VM_SHARED | VS_VM_MAYSHARE, "/tmp/file");
	s.fault.cause = VS_CAUSE_SIGBUS;
	t = crash_table(&s.crash);
	assert_non_null(t);
	assert_string_equal(str(t, "signal"), "SIGBUS");
	assert_null(sub(t, "last_call"));
	assert_string_equal(str(t, "text"),
			    "SIGBUS: beyond the end of the file, exec of 0x7f0000000064\n"
			    "    in r--s /tmp/file, 0x7f0000000000-0x7f0000010000");
	table__free(t);
}

static void every_kind_has_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < NR_CRASH_KINDS; i++) {
		assert_non_null(crash_kind_names[i]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(crash_kind_names[i], crash_kind_names[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(null_pointer),
		cmocka_unit_test(stack_overflow),
		cmocka_unit_test(stack_below_the_address_is_no_overflow),
		cmocka_unit_test(guard_pages),
		cmocka_unit_test(crash_after_a_memory_call),
		cmocka_unit_test(unmapped_then_mapped_again),
		cmocka_unit_test(access_beyond_the_end_of_a_file),
		cmocka_unit_test(text_of_use_after_unmap),
		cmocka_unit_test(text_of_mprotected_memory),
		cmocka_unit_test(text_of_a_bus_error),
		cmocka_unit_test(every_kind_has_a_text),
	};

	return cmocka_run_group_tests_name("crash_view", tests, NULL, NULL);
}
