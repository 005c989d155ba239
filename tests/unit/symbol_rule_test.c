// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_rule_test.c - rows of CFI applied: each place, each operation, and what must not be read.
 */
#include <dwarf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "symbol/table/rule.h"

#define BASE 0x7ffd0000ULL
#define NR(a) (sizeof(a) / sizeof(*(a)))

static uint64_t stack[64];
static uint64_t regs[RULE_NR_REGS];

static struct rule_input input(void)
{
	for (size_t i = 0; i < NR(stack); i++)
		stack[i] = 0xa000 + i;
	for (size_t i = 0; i < NR(regs); i++)
		regs[i] = 100 + i;
	regs[RULE_RSP] = BASE;
	regs[RULE_RBP] = BASE + 64;
	return (struct rule_input){ regs, (const unsigned char *)stack, BASE, sizeof(stack) };
}

/* After "push rbp; push rbx": CFA is rsp + 24. */
static struct unwind_rule pushed(void)
{
	struct unwind_rule r = { .cfa = { .how = RULE_REG_VALUE, .reg = RULE_RSP, .n = 24 } };

	for (int i = 0; i < RULE_NR_REGS; i++)
		r.regs[i].how = RULE_SAME;
	r.regs[RULE_RSP] = (struct rule_place){ .how = RULE_CFA_VALUE };
	r.regs[RULE_RIP] = (struct rule_place){ .how = RULE_CFA_AT, .n = -8 };
	r.regs[RULE_RBP] = (struct rule_place){ .how = RULE_CFA_AT, .n = -16 };
	r.regs[3] = (struct rule_place){ .how = RULE_CFA_AT, .n = -24 };
	return r;
}

static void common_frame(void **state)
{
	const struct rule_input in = input();
	const struct unwind_rule r = pushed();
	uint64_t caller[RULE_NR_REGS], cfa;

	(void)state;
	assert_int_equal(rule__apply(&r, &in, caller, &cfa), 0);
	assert_int_equal(cfa, BASE + 24);
	assert_int_equal(caller[RULE_RSP], BASE + 24);
	assert_int_equal(caller[RULE_RIP], 0xa002);
	assert_int_equal(caller[RULE_RBP], 0xa001);
	assert_int_equal(caller[3], 0xa000);
	assert_int_equal(caller[12], 112); /* the same */
}

static void rule_locations(void **state)
{
	static const struct {
		struct rule_place place;
		uint64_t value;
	} cases[] = {
		{ { .how = RULE_UNDEFINED }, 0 },
		{ { .how = RULE_SAME }, 112 },
		{ { .how = RULE_CFA_AT, .n = 8 }, 0xa004 },
		{ { .how = RULE_CFA_VALUE, .n = -4 }, BASE + 20 },
		{ { .how = RULE_REG_AT, .reg = RULE_RBP, .n = 8 }, 0xa009 },
		{ { .how = RULE_REG_VALUE, .reg = 13, .n = 0 }, 113 },
	};
	const struct rule_input in = input();
	uint64_t caller[RULE_NR_REGS], cfa;

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct unwind_rule r = pushed();

		r.regs[12] = cases[i].place;
		assert_int_equal(rule__apply(&r, &in, caller, &cfa), 0);
		assert_int_equal(caller[12], cases[i].value);
	}
}

/* The value of an expression, as the CFA. */
static int evaluate(const struct rule_op *ops, size_t nr, uint64_t *value)
{
	const struct rule_input in = input();
	uint64_t caller[RULE_NR_REGS];
	struct unwind_rule r = pushed();

	memcpy(r.ops, ops, nr * sizeof(*ops));
	r.nr_ops = (uint8_t)nr;
	r.cfa = (struct rule_place){ .how = RULE_EXPR_VALUE, .nr_ops = (uint8_t)nr };
	r.regs[RULE_RIP] = (struct rule_place){ .how = RULE_REG_VALUE, .reg = 1 };
	r.regs[RULE_RBP] = r.regs[3] = (struct rule_place){ .how = RULE_SAME };
	return rule__apply(&r, &in, caller, value);
}

#define C(v)                                                                                       \
	{                                                                                          \
		.atom = DW_OP_constu, .n = (v)                                                     \
	}
#define OP(o)                                                                                      \
	{                                                                                          \
		.atom = DW_OP_##o                                                                  \
	}

static void dwarf_operations(void **state)
{
	static const struct {
		struct rule_op ops[6];
		size_t nr;
		int64_t value;
	} cases[] = {
		{ { C(12), C(10), OP(and) }, 3, 8 },
		{ { C(12), C(3), OP(or) }, 3, 15 },
		{ { C(12), C(10), OP(xor) }, 3, 6 },
		{ { C(12), C(-3), OP(plus) }, 3, 9 },
		{ { C(2), C(3), OP(minus) }, 3, -1 },
		{ { C(-2), C(3), OP(mul) }, 3, -6 },
		{ { C(3), C(4), OP(shl) }, 3, 48 },
		{ { C(3), C(64), OP(shl) }, 3, 0 },
		{ { C(48), C(4), OP(shr) }, 3, 3 },
		{ { C(48), C(-1), OP(shr) }, 3, 0 },
		{ { C(-16), C(2), OP(shra) }, 3, -4 },
		{ { C(-16), C(99), OP(shra) }, 3, -1 },
		{ { C(2), C(2), OP(eq) }, 3, 1 },
		{ { C(2), C(2), OP(ne) }, 3, 0 },
		{ { C(-1), C(2), OP(lt) }, 3, 1 },
		{ { C(-1), C(2), OP(le) }, 3, 1 },
		{ { C(-1), C(2), OP(gt) }, 3, 0 },
		{ { C(2), C(2), OP(ge) }, 3, 1 },
		{ { C(5), OP(neg) }, 2, -5 },
		{ { C(5), OP(not ) }, 2, -6 },
		{ { C(5), OP(dup), OP(plus) }, 3, 10 },
		{ { C(5), C(7), OP(drop) }, 3, 5 },
		{ { C(5), C(7), OP(swap) }, 3, 5 },
		{ { C(5), C(7), OP(over) }, 3, 5 },
		{ { C(5), { .atom = DW_OP_plus_uconst, .n = 3 } }, 2, 8 },
		{ { { .atom = DW_OP_bregx, .reg = 12, .n = -2 } }, 1, 110 },
		{ { C(BASE + 16), OP(deref) }, 2, 0xa002 },
	};

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		uint64_t value = 0;
		int err = evaluate(cases[i].ops, cases[i].nr, &value);

		if (err || value != (uint64_t)cases[i].value)
			fail_msg("case %zu: %ld (error %d), not %ld", i, (long)value, err,
				 (long)cases[i].value);
	}
}

/* What procedure linkage tables have: 11 of the 16 bytes of an entry have pushed something. */
static void plt_entry(void **state)
{
	static const struct rule_op ops[] = {
		{ .atom = DW_OP_bregx, .reg = RULE_RSP, .n = 8 },
		{ .atom = DW_OP_bregx, .reg = RULE_RIP, .n = 0 },
		C(15),
		OP(and),
		C(11),
		OP(ge),
		C(3),
		OP(shl),
		OP(plus),
	};
	uint64_t value;

	(void)state;
	/* rip is 116, or 4 of 16 */
	assert_int_equal(evaluate(ops, NR(ops), &value), 0);
	assert_int_equal(value, BASE + 8);
}

static void invalid_rules_are_refused(void **state)
{
	static const struct {
		struct rule_op ops[4];
		size_t nr;
		int err;
	} cases[] = {
		{ { OP(plus) }, 0, -EINVAL },
		{ { OP(plus) }, 1, -EINVAL },
		{ { C(1), OP(plus) }, 2, -EINVAL },
		{ { OP(drop) }, 1, -EINVAL },
		{ { OP(dup) }, 1, -EINVAL },
		{ { C(1), OP(over) }, 2, -EINVAL },
		{ { C(1), OP(swap) }, 2, -EINVAL },
		{ { OP(neg) }, 1, -EINVAL },
		{ { { .atom = DW_OP_plus_uconst } }, 1, -EINVAL },
		{ { OP(deref) }, 1, -EINVAL },
		{ { C(1), { .atom = DW_OP_bra } }, 2, -EINVAL },
		{ { { .atom = DW_OP_bregx, .reg = RULE_NR_REGS } }, 1, -EINVAL },
		{ { C(1), C(0), OP(div) }, 3, -EINVAL },
		{ { C(BASE - 1), OP(deref) }, 2, -EFAULT },
		{ { C(BASE + sizeof(stack) - 7), OP(deref) }, 2, -EFAULT },
		{ { C(-4), OP(deref) }, 2, -EFAULT },
	};
	struct rule_op deep[RULE_MAX_OPS];
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < NR(cases); i++)
		if (evaluate(cases[i].ops, cases[i].nr, &value) != cases[i].err)
			fail_msg("case %zu is not refused", i);
	for (size_t i = 0; i < NR(deep); i++)
		deep[i] = (struct rule_op)C(1);
	assert_int_equal(evaluate(deep, 16, &value), 0);
	assert_int_equal(evaluate(deep, 17, &value), -EINVAL);
}

static void outermost_frame(void **state)
{
	const struct rule_input in = input();
	struct unwind_rule r = pushed();
	uint64_t caller[RULE_NR_REGS], cfa;

	(void)state;
	r.regs[RULE_RIP].how = RULE_UNDEFINED;
	assert_int_equal(rule__apply(&r, &in, caller, &cfa), -ENOENT);
}

/* What only callers further out may need can be out of reach; the way there cannot. */
static void short_stack_copy(void **state)
{
	static const struct {
		int reg;
		int err;
	} cases[] = { { RULE_RIP, -EFAULT }, { RULE_RBP, -EFAULT }, { 3, 0 }, { 12, 0 } };
	const struct rule_input in = input();
	uint64_t caller[RULE_NR_REGS], cfa;

	(void)state;
	for (size_t i = 0; i < NR(cases); i++) {
		struct unwind_rule r = pushed();

		r.regs[cases[i].reg] = (struct rule_place){ .how = RULE_CFA_AT,
							    .n = sizeof(stack) };
		assert_int_equal(rule__apply(&r, &in, caller, &cfa), cases[i].err);
		if (!cases[i].err)
			assert_int_equal(caller[cases[i].reg], 0);
		/* the same place, by an expression */
		r.nr_ops = 1;
		r.ops[0] = (struct rule_op){ DW_OP_bregx, RULE_RSP, 24 + sizeof(stack) };
		r.regs[cases[i].reg] = (struct rule_place){ .how = RULE_EXPR_AT, .nr_ops = 1 };
		assert_int_equal(rule__apply(&r, &in, caller, &cfa), cases[i].err);
		if (!cases[i].err)
			assert_int_equal(caller[cases[i].reg], 0);
	}
}

/* Any bytes at all: a sanitizer checks that nothing else is read. */
static void random_rules_are_safe(void **state)
{
	unsigned int seed = 11;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		const struct rule_input in = input();
		uint64_t caller[RULE_NR_REGS], cfa;
		struct unwind_rule r;
		int err;

		for (size_t k = 0; k < sizeof(r); k++)
			((unsigned char *)&r)[k] =
				(unsigned char)(rand_r(&seed) % (i % 2 ? 8 : 256));
		for (int k = 0; k < RULE_NR_REGS && i % 3; k++)
			r.regs[k].how %= RULE_EXPR_VALUE + 1;
		err = rule__apply(&r, &in, caller, &cfa);
		assert_true(!err || err == -EINVAL || err == -EFAULT || err == -ENOENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_frame),
		cmocka_unit_test(rule_locations),
		cmocka_unit_test(dwarf_operations),
		cmocka_unit_test(plt_entry),
		cmocka_unit_test(invalid_rules_are_refused),
		cmocka_unit_test(outermost_frame),
		cmocka_unit_test(short_stack_copy),
		cmocka_unit_test(random_rules_are_safe),
	};

	return cmocka_run_group_tests_name("symbol_rule", tests, NULL, NULL);
}
