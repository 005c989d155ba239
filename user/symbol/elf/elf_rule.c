// SPDX-License-Identifier: GPL-2.0-only
/* elf_rule.c - a row of a file's CFI as a rule: what libdw says of each register, made bounded. */
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/elf/elf_file.h"
#include "util/array.h"

static bool fits_n(uint64_t n)
{
	return (int64_t)n >= INT32_MIN && (int64_t)n <= INT32_MAX;
}

/* DW_OP_breg7 and its like as DW_OP_bregx, constants of all kinds as DW_OP_constu. */
static int normalise(const Dwarf_Op *from, struct rule_op *to)
{
	const uint8_t atom = from->atom;

	*to = (struct rule_op){ .atom = atom, .n = (int64_t)from->number };
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
		to->atom = DW_OP_bregx;
		to->reg = atom - DW_OP_breg0;
	} else if (atom == DW_OP_bregx) {
		to->n = (int64_t)from->number2;
		to->reg = from->number < RULE_NR_REGS ? (uint8_t)from->number : RULE_NR_REGS;
	} else if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) {
		to->atom = DW_OP_constu;
		to->n = atom - DW_OP_lit0;
	} else if (atom >= DW_OP_const1u && atom <= DW_OP_consts) {
		to->atom = DW_OP_constu;
	}
	return to->atom == DW_OP_bregx && to->reg >= RULE_NR_REGS ? -EINVAL : 0;
}

static int keep_expression(struct unwind_rule *rule, const Dwarf_Op *ops, size_t nr, bool value,
			   struct rule_place *p)
{
	if (nr > RULE_MAX_OPS - (size_t)rule->nr_ops)
		return -E2BIG;
	p->how = value ? RULE_EXPR_VALUE : RULE_EXPR_AT;
	p->first_op = rule->nr_ops;
	p->nr_ops = (uint8_t)nr;
	for (size_t i = 0; i < nr; i++)
		if (normalise(&ops[i], &rule->ops[rule->nr_ops++]))
			return -EINVAL;
	return 0;
}

/** struct cfi_location - what libdw says of a register or of the CFA: @nr operations */
struct cfi_location {
	const Dwarf_Op *ops;
	size_t nr;
	bool value; /* they give the value itself, not where it is in memory */
	bool is_cfa;
};

/* In another register. */
static bool is_register(const struct cfi_location *l, struct rule_place *p)
{
	const uint8_t atom = l->ops[0].atom;
	uint64_t reg = l->ops[0].number;

	if (l->nr != 1 || l->is_cfa ||
	    (atom != DW_OP_regx && (atom < DW_OP_reg0 || atom > DW_OP_reg31)))
		return false;
	if (atom != DW_OP_regx)
		reg = atom - DW_OP_reg0;
	/* A register that is not kept here makes the place undefined. */
	*p = (struct rule_place){ .how = RULE_UNDEFINED };
	if (reg < RULE_NR_REGS)
		*p = (struct rule_place){ .how = RULE_REG_VALUE, .reg = (uint8_t)reg };
	return true;
}

/* So far from the CFA. */
static bool is_near_cfa(const struct cfi_location *l, struct rule_place *p)
{
	const Dwarf_Op *add = l->nr == 2 ? &l->ops[1] : NULL;

	if (l->nr > 2 || l->ops[0].atom != DW_OP_call_frame_cfa ||
	    (add && (add->atom != DW_OP_plus_uconst || !fits_n(add->number))))
		return false;
	*p = (struct rule_place){ .how = l->value ? RULE_CFA_VALUE : RULE_CFA_AT,
				  .n = add ? (int32_t)add->number : 0 };
	return true;
}

/*
 * So far from a register. An expression begins with the CFA on its stack, which most of them
 * forget about.
 */
static bool is_near_register(const struct cfi_location *l, struct rule_place *p)
{
	const size_t at = l->ops[0].atom == DW_OP_call_frame_cfa ? 1 : 0;
	const bool deref = l->nr == at + 2 && l->is_cfa && l->ops[at + 1].atom == DW_OP_deref;
	struct rule_op op;

	if ((l->nr != at + 1 && !deref) || normalise(&l->ops[at], &op) || op.atom != DW_OP_bregx ||
	    !fits_n((uint64_t)op.n))
		return false;
	*p = (struct rule_place){ .how = l->value && !deref ? RULE_REG_VALUE : RULE_REG_AT,
				  .reg = op.reg,
				  .n = (int32_t)op.n };
	return true;
}

/* What libdw returns is a location; of the CFA it is the value itself. */
static int place_of(struct unwind_rule *rule, const Dwarf_Op *ops, size_t nr, bool is_cfa,
		    struct rule_place *p)
{
	const bool value = is_cfa || ops[nr - 1].atom == DW_OP_stack_value;
	const struct cfi_location l = { ops, value && !is_cfa ? nr - 1 : nr, value, is_cfa };

	if (!l.nr)
		return -EINVAL;
	if (is_register(&l, p) || is_near_cfa(&l, p) || is_near_register(&l, p))
		return 0;
	return keep_expression(rule, l.ops, l.nr, l.value, p);
}

static int place_of_register(struct unwind_rule *rule, Dwarf_Frame *frame, int reg,
			     struct rule_place *p)
{
	Dwarf_Op mem[3], *ops;
	size_t nr;

	if (dwarf_frame_register(frame, reg, mem, &ops, &nr))
		return -EINVAL;
	if (nr)
		return place_of(rule, ops, nr, false, p);
	p->how = ops ? RULE_UNDEFINED : RULE_SAME;
	return 0;
}

static int translate(Dwarf_Frame *frame, struct unwind_rule *rule)
{
	bool signal = false;
	int ra, err = 0;
	Dwarf_Op *ops;
	size_t nr;

	memset(rule, 0, sizeof(*rule));
	ra = dwarf_frame_info(frame, NULL, NULL, &signal);
	if (ra < 0 || dwarf_frame_cfa(frame, &ops, &nr) || !nr)
		return -ENOENT;
	rule->signal = signal;
	err = place_of(rule, ops, nr, true, &rule->cfa);
	for (int i = 0; i < RULE_NR_REGS && !err; i++)
		err = place_of_register(rule, frame, i == RULE_RIP ? ra : i, &rule->regs[i]);
	/* On x86 nothing but the CFA says what rsp was. */
	if (!err && rule->regs[RULE_RSP].how <= RULE_SAME)
		rule->regs[RULE_RSP] = (struct rule_place){ .how = RULE_CFA_VALUE };
	/* The return address is nowhere but in memory; where "same" is said, nothing is known. */
	if (!err && rule->regs[RULE_RIP].how == RULE_SAME)
		err = -ENOENT;
	return err;
}

int elf_file__rule(struct elf_file *f, uint64_t address, struct unwind_rule *rule)
{
	Dwarf_CFI *(*const sources[])(Dwfl_Module *, Dwarf_Addr *) = { dwfl_module_eh_cfi,
								       dwfl_module_dwarf_cfi };
	int err = -ENOSYS;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		Dwarf_Frame *frame = NULL;
		Dwarf_Addr bias;
		Dwarf_CFI *cfi = sources[i](f->module, &bias);

		if (!cfi)
			continue;
		err = -ENOENT;
		if (dwarf_cfi_addrframe(cfi, address - bias, &frame))
			continue;
		err = translate(frame, rule);
		free(frame);
		if (!err)
			return 0;
	}
	return err;
}
