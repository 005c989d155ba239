/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rule.h - how to find the caller's registers at one place of a program: a row of its DWARF CFI.
 *
 * The reader makes rules of a file's .eh_frame or .debug_frame; the unwinder follows them. What
 * a row can say is bounded here, so that following one is, too.
 */
#ifndef VMASCOPE_SYMBOL_TABLE_RULE_H
#define VMASCOPE_SYMBOL_TABLE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/** Registers by DWARF number: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, and where the code is. */
#define RULE_NR_REGS 17
#define RULE_RBP 6
#define RULE_RSP 7
#define RULE_RIP 16
/** Operations of all expressions of one row. */
#define RULE_MAX_OPS 64

/** enum rule_how - where a value of the caller's is */
enum rule_how {
	RULE_UNDEFINED, /* lost; of the return address: there is no caller */
	RULE_SAME,	/* not changed */
	RULE_CFA_AT,	/* in memory at CFA + n */
	RULE_CFA_VALUE, /* CFA + n itself */
	RULE_REG_AT,	/* in memory at register + n */
	RULE_REG_VALUE, /* register + n itself */
	RULE_EXPR_AT,	/* in memory where an expression says */
	RULE_EXPR_VALUE,
};

/**
 * struct rule_place - one of them
 * @how: enum rule_how
 * @reg: for RULE_REG_*
 * @first_op, @nr_ops: for RULE_EXPR_*, in the rule's @ops
 * @n: see @how
 */
struct rule_place {
	uint8_t how;
	uint8_t reg;
	uint8_t first_op;
	uint8_t nr_ops;
	int32_t n;
};

/**
 * struct rule_op - an operation of an expression, a DW_OP_* (dwarf.h)
 *
 * Constants come as DW_OP_constu, registers as DW_OP_bregx of @reg with @n to add.
 */
struct rule_op {
	uint8_t atom;
	uint8_t reg;
	int64_t n;
};

/**
 * struct unwind_rule - of one place
 * @signal: the frame of a signal handler's return: its caller was interrupted, it called nothing
 * @nr_ops: in @ops
 * @cfa: the canonical frame address: the value that rsp had before the call
 * @regs: the caller's
 */
struct unwind_rule {
	uint8_t signal;
	uint8_t nr_ops;
	struct rule_place cfa;
	struct rule_place regs[RULE_NR_REGS];
	struct rule_op ops[RULE_MAX_OPS];
};

/** struct rule_input - what a rule is applied to: registers, and a copy of the stack */
struct rule_input {
	const uint64_t *regs;
	const unsigned char *stack;
	uint64_t stack_start;
	uint64_t stack_len;
};

/** unwind_rule__valid - check a rule from the reader: all references are within bounds. */
bool unwind_rule__valid(const struct unwind_rule *rule);

/** rule_read - 8 bytes of memory. Return: 0; -EFAULT: the copy does not hold them. */
int rule_read(const struct rule_input *in, uint64_t address, uint64_t *value);

/**
 * rule__apply - find the caller's registers
 * @in: state of the frame
 * @regs: set to RULE_NR_REGS registers of the caller; 0: unknown
 * @cfa: set to the CFA of the frame
 *
 * Return: 0; -ENOENT: no caller; -EFAULT: the copy of the stack is too short; -EINVAL: the rule is
 * invalid.
 */
int rule__apply(const struct unwind_rule *rule, const struct rule_input *in, uint64_t *regs,
		uint64_t *cfa);

#endif /* VMASCOPE_SYMBOL_TABLE_RULE_H */
