// SPDX-License-Identifier: GPL-2.0-only
/* rule.c - follow a row of DWARF CFI; expressions have no branches here, so each one ends. */
#include "symbol/table/rule.h"

#include <dwarf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define MAX_DEPTH 16

/** struct rule_stack - of an expression's values */
struct rule_stack {
	uint64_t values[MAX_DEPTH];
	unsigned int nr;
};

int rule_read(const struct rule_input *in, uint64_t address, uint64_t *value)
{
	const uint64_t at = address - in->stack_start;

	if (address < in->stack_start || in->stack_len < sizeof(*value) ||
	    at > in->stack_len - sizeof(*value))
		return -EFAULT;
	memcpy(value, in->stack + at, sizeof(*value));
	return 0;
}

static bool push(struct rule_stack *s, uint64_t value)
{
	if (s->nr == MAX_DEPTH)
		return false;
	s->values[s->nr++] = value;
	return true;
}

/* @a is below @b on the stack. */
static bool compute(uint8_t atom, uint64_t a, uint64_t b, uint64_t *result)
{
	const int64_t sa = (int64_t)a, sb = (int64_t)b;
	const bool far = b > 63;

	switch (atom) {
	case DW_OP_and:
		*result = a & b;
		break;
	case DW_OP_or:
		*result = a | b;
		break;
	case DW_OP_xor:
		*result = a ^ b;
		break;
	case DW_OP_plus:
		*result = a + b;
		break;
	case DW_OP_minus:
		*result = a - b;
		break;
	case DW_OP_mul:
		*result = a * b;
		break;
	case DW_OP_shl:
		*result = far ? 0 : a << b;
		break;
	case DW_OP_shr:
		*result = far ? 0 : a >> b;
		break;
	case DW_OP_shra:
		*result = (uint64_t)(sa >> (far ? 63 : b));
		break;
	case DW_OP_eq:
		*result = a == b;
		break;
	case DW_OP_ne:
		*result = a != b;
		break;
	case DW_OP_ge:
		*result = sa >= sb;
		break;
	case DW_OP_gt:
		*result = sa > sb;
		break;
	case DW_OP_le:
		*result = sa <= sb;
		break;
	case DW_OP_lt:
		*result = sa < sb;
		break;
	default:
		return false;
	}
	return true;
}

/* Operations on the top of the stack. Return: 0, or -EINVAL: @op is not one of them. */
static int rearrange(struct rule_stack *s, const struct rule_op *op)
{
	uint64_t *top = s->nr ? &s->values[s->nr - 1] : NULL;
	uint64_t below;

	switch (op->atom) {
	case DW_OP_drop:
		s->nr -= top != NULL;
		return top ? 0 : -EINVAL;
	case DW_OP_dup:
		return top && push(s, *top) ? 0 : -EINVAL;
	case DW_OP_over:
		return s->nr > 1 && push(s, top[-1]) ? 0 : -EINVAL;
	case DW_OP_neg:
	case DW_OP_not:
		if (top)
			*top = op->atom == DW_OP_neg ? -*top : ~*top;
		return top ? 0 : -EINVAL;
	case DW_OP_plus_uconst:
		if (top)
			*top += (uint64_t)op->n;
		return top ? 0 : -EINVAL;
	case DW_OP_swap:
		if (s->nr < 2)
			return -EINVAL;
		below = top[-1];
		top[-1] = *top;
		*top = below;
		return 0;
	default:
		if (s->nr < 2 || !compute(op->atom, top[-1], *top, &below))
			return -EINVAL;
		top[-1] = below;
		s->nr--;
		return 0;
	}
}

static int evaluate(const struct unwind_rule *rule, const struct rule_place *p,
		    const struct rule_input *in, uint64_t cfa, uint64_t *value)
{
	struct rule_stack s = { .nr = 0 };

	if (p->first_op + p->nr_ops > RULE_MAX_OPS)
		return -EINVAL;
	for (unsigned int i = 0; i < p->nr_ops; i++) {
		const struct rule_op *op = &rule->ops[p->first_op + i];
		bool fits = true;
		int err = 0;

		if (op->atom == DW_OP_constu)
			fits = push(&s, (uint64_t)op->n);
		else if (op->atom == DW_OP_call_frame_cfa)
			fits = push(&s, cfa);
		else if (op->atom == DW_OP_bregx && op->reg < RULE_NR_REGS)
			fits = push(&s, in->regs[op->reg] + (uint64_t)op->n);
		else if (op->atom == DW_OP_deref && s.nr)
			err = rule_read(in, s.values[s.nr - 1], &s.values[s.nr - 1]);
		else
			err = rearrange(&s, op);
		if (err || !fits)
			return err ? err : -EINVAL;
	}
	if (!s.nr)
		return -EINVAL;
	*value = s.values[s.nr - 1];
	return 0;
}

static int find(const struct unwind_rule *rule, const struct rule_place *p,
		const struct rule_input *in, uint64_t cfa, uint64_t *value)
{
	int err;

	if ((p->how == RULE_REG_AT || p->how == RULE_REG_VALUE) && p->reg >= RULE_NR_REGS)
		return -EINVAL;
	switch (p->how) {
	case RULE_CFA_AT:
		return rule_read(in, cfa + (uint64_t)(int64_t)p->n, value);
	case RULE_CFA_VALUE:
		*value = cfa + (uint64_t)(int64_t)p->n;
		return 0;
	case RULE_REG_AT:
		return rule_read(in, in->regs[p->reg] + (uint64_t)(int64_t)p->n, value);
	case RULE_REG_VALUE:
		*value = in->regs[p->reg] + (uint64_t)(int64_t)p->n;
		return 0;
	case RULE_EXPR_VALUE:
		return evaluate(rule, p, in, cfa, value);
	case RULE_EXPR_AT:
		err = evaluate(rule, p, in, cfa, value);
		return err ? err : rule_read(in, *value, value);
	default:
		return -EINVAL;
	}
}

bool unwind_rule__valid(const struct unwind_rule *rule)
{
	const struct rule_place *p = &rule->cfa;

	for (int i = 0; i <= RULE_NR_REGS; p = &rule->regs[i++])
		if (p->reg >= RULE_NR_REGS || p->first_op + p->nr_ops > rule->nr_ops)
			return false;
	return rule->nr_ops <= RULE_MAX_OPS;
}

int rule__apply(const struct unwind_rule *rule, const struct rule_input *in, uint64_t *regs,
		uint64_t *cfa)
{
	uint64_t caller[RULE_NR_REGS] = { 0 };
	int err;

	if (rule->regs[RULE_RIP].how == RULE_UNDEFINED)
		return -ENOENT;
	err = find(rule, &rule->cfa, in, 0, cfa);
	for (unsigned int i = 0; !err && i < RULE_NR_REGS; i++) {
		if (rule->regs[i].how == RULE_SAME)
			caller[i] = in->regs[i];
		else if (rule->regs[i].how != RULE_UNDEFINED)
			err = find(rule, &rule->regs[i], in, *cfa, &caller[i]);
		/* What only its own callers could need may be out of reach. */
		if (err == -EFAULT && i != RULE_RIP && i != RULE_RSP && i != RULE_RBP) {
			caller[i] = 0;
			err = 0;
		}
	}
	if (err)
		return err;
	memcpy(regs, caller, sizeof(caller));
	return 0;
}
