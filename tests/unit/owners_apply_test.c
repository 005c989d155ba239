// SPDX-License-Identifier: GPL-2.0-only
/*
 * owners_apply_test.c - what follows from evidence that is found, found again, or not found any more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "owner/look.h"
#include "owner/owners.h"

#define BIT(family) (1u << (family))

static unsigned int renamed;

static void named(void *ctx, const struct fault_row *row)
{
	(void)ctx;
	(void)row;
	renamed++;
}

/** struct scene - a row, and the search that it is in */
struct scene {
	struct owners owners;
	struct fault_row row;
	uint64_t now_ns;
};

static struct scene begin(void)
{
	renamed = 0;
	return (struct scene){ .owners.options.named = named,
			       .row = { .is_vma = true, .name = "[anon]" } };
}

static void end(struct scene *s)
{
	owner__set_name(&s->row.owner, NULL);
}

/** found - the answer is @is. */
static void found(struct scene *s, struct recognised is)
{
	struct fault_row *rows[] = { &s->row };
	static struct look_reply reply;

	memset(&reply, 0, sizeof(reply));
	reply.nr = 1;
	reply.vma[0].found = true;
	reply.vma[0].is = is;
	if (!reply.vma[0].is.parts && is.family && is.family < NR_OWNERS)
		reply.vma[0].is.parts = BIT(is.family);
	owners__apply(&s->owners, rows, &reply, s->now_ns);
}

static struct recognised stack_of(uint32_t tid, const char *text)
{
	struct recognised is = { .family = OWNER_STACK, .how = OWNER_HOW_TCB, .tid = tid };

	snprintf(is.text, sizeof(is.text), "%s", text);
	return is;
}

#define ASSERT_NAME(s, expected) assert_string_equal(fault_row__name(&(s).row), expected)

static void found_later(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, (struct recognised){ 0 });
	ASSERT_NAME(s, "[anon]");
	assert_int_equal(renamed, 0);
	found(&s, (struct recognised){ .family = OWNER_ARENA, .how = OWNER_HOW_HEAP_INFO });
	ASSERT_NAME(s, "[anon:malloc arena]");
	assert_int_equal(s.row.owner.how, OWNER_HOW_HEAP_INFO);
	assert_int_equal(renamed, 1);
	end(&s);
}

static void searches_become_rarer(void **state)
{
	struct scene s = begin();
	uint64_t before = 0;

	(void)state;
	for (int i = 0; i < 40; i++) {
		found(&s, (struct recognised){ 0 });
		assert_true(s.row.owner.next_ns >= before && s.row.owner.next_ns);
		before = s.row.owner.next_ns;
	}
	/* a minute at most */
	assert_int_equal(before, 60000000000ULL);
}

static void stacks_of_threads(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, stack_of(7, "main"));
	ASSERT_NAME(s, "[stack:7 main]");
	/* a thread may rename itself */
	found(&s, stack_of(7, "worker"));
	ASSERT_NAME(s, "[stack:7 worker]");
	/* it has exited, and the C library keeps its stack */
	found(&s, stack_of(0, ""));
	ASSERT_NAME(s, "[stack:7 worker]");
	found(&s, (struct recognised){ 0 });
	ASSERT_NAME(s, "[stack:7 worker]");
	/* another one has it now: the row has the faults of both */
	found(&s, stack_of(8, "worker"));
	ASSERT_NAME(s, "[stacks]");
	found(&s, stack_of(7, "worker"));
	ASSERT_NAME(s, "[stacks]");
	end(&s);
}

static void contents_that_are_others_now(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, (struct recognised){ .family = OWNER_CHUNK, .how = OWNER_HOW_CHUNKS });
	/* swapped out */
	found(&s, (struct recognised){ .unread = true });
	ASSERT_NAME(s, "[anon:malloc mmap]");
	found(&s, (struct recognised){ 0 });
	ASSERT_NAME(s, "[anon]");
	assert_int_equal(s.row.owner.family, OWNER_UNKNOWN);
	assert_true(s.row.owner.contradicted);
	end(&s);
}

static void unknown_neighbour(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, (struct recognised){ .family = OWNER_PYTHON, .how = OWNER_HOW_POOLS });
	found(&s, (struct recognised){ .parts = BIT(OWNER_PYTHON) });
	ASSERT_NAME(s, "[anon]");
	assert_false(s.row.owner.contradicted);
	found(&s, (struct recognised){ .family = OWNER_PYTHON, .how = OWNER_HOW_POOLS });
	ASSERT_NAME(s, "[anon:python arena]");
	end(&s);
}

static void another_family(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, (struct recognised){ .family = OWNER_PYTHON, .how = OWNER_HOW_POOLS });
	found(&s, stack_of(7, "x"));
	ASSERT_NAME(s, "[anon]");
	assert_true(s.row.owner.contradicted);
	end(&s);
}

static void vma_that_is_merged(void **state)
{
	struct scene s = begin();

	(void)state;
	found(&s, (struct recognised){ .family = OWNER_ARENA, .how = OWNER_HOW_HEAP_INFO });
	found(&s, (struct recognised){ .family = OWNER_CHUNK, .how = OWNER_HOW_CHUNKS });
	ASSERT_NAME(s, "[anon:malloc]");
	found(&s, (struct recognised){ .family = OWNER_SEVERAL,
				       .how = OWNER_HOW_PARTS,
				       .parts = BIT(OWNER_ARENA) | BIT(OWNER_CHUNK) |
						BIT(OWNER_STACK) });
	ASSERT_NAME(s, "[anon:stack + malloc arena + malloc mmap]");
	assert_false(s.row.owner.contradicted);
	end(&s);
}

/* A helper that hostile memory has taken over may answer anything. */
static void answers_out_of_range(void **state)
{
	struct scene s = begin();
	struct recognised is = stack_of(7, "x");

	(void)state;
	is.family = 4000000000u;
	found(&s, is);
	is.family = OWNER_MEMFD;
	found(&s, is);
	is.family = OWNER_STACK;
	is.how = 4000000000u;
	found(&s, is);
	ASSERT_NAME(s, "[anon]");
	is.how = OWNER_HOW_TCB;
	memset(is.text, 'x', sizeof(is.text));
	found(&s, is);
	assert_int_equal(strlen(fault_row__name(&s.row)),
			 strlen("[stack:7 ]") + sizeof(is.text) - 1);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_later),
		cmocka_unit_test(searches_become_rarer),
		cmocka_unit_test(stacks_of_threads),
		cmocka_unit_test(contents_that_are_others_now),
		cmocka_unit_test(unknown_neighbour),
		cmocka_unit_test(another_family),
		cmocka_unit_test(vma_that_is_merged),
		cmocka_unit_test(answers_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
