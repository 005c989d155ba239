// SPDX-License-Identifier: GPL-2.0-only
/* unwind.c - from frame to frame: mapping, file, rule, the caller's registers. */
#include "symbol/unwind.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "symbol/symbolizer_internal.h"

/* Further away than this is no frame of the same stack. */
#define MAX_STACK (64u << 20)

/** struct walk - a stack that is being unwound */
struct walk {
	struct symbolizer *s;
	struct mapped_process *process;
	struct rule_input in;
	uint64_t regs[RULE_NR_REGS];
	bool is_return_address;
	bool guessed;
};

const char *unwind_end_name(enum unwind_end end)
{
	static const char *const names[UNWIND_NR_ENDS] = {
		[UNWIND_COMPLETE] = "complete",	  [UNWIND_FULL] = "full",
		[UNWIND_TRUNCATED] = "truncated", [UNWIND_NO_RULE] = "no-rule",
		[UNWIND_LOST] = "lost",
	};

	return names[end];
}

/*
 * By frame pointer, where there is no CFI: JITs keep frame pointers, and so does other code without
 * CFI (Go, V8's built-in functions). In other functions rbp has any value. So it must point further
 * up in the copy, to a pointer that points further up again (in the outermost frame: to 0) and to
 * code.
 */
static int follow_frame_pointer(struct walk *w, uint64_t *caller)
{
	const uint64_t rbp = w->regs[RULE_RBP];

	if (rbp < w->regs[RULE_RSP] || rbp & 7)
		return -ENODATA;
	memset(caller, 0, sizeof(w->regs));
	if (rule_read(&w->in, rbp, &caller[RULE_RBP]) ||
	    rule_read(&w->in, rbp + 8, &caller[RULE_RIP]))
		return rbp - w->in.stack_start < MAX_STACK ? -EFAULT : -ENODATA;
	if (caller[RULE_RBP] && (caller[RULE_RBP] <= rbp || caller[RULE_RBP] - rbp > MAX_STACK))
		return -ENODATA;
	if (caller[RULE_RIP] && !process__find(&w->s->processes, w->process, caller[RULE_RIP] - 1))
		return -ENODATA;
	caller[RULE_RSP] = rbp + 16;
	w->guessed = true;
	return 0;
}

/* Where a call of a wrong pointer led to, nothing has run yet: the return address is on top. */
static int leave_nowhere(struct walk *w, uint64_t *caller)
{
	memcpy(caller, w->regs, sizeof(w->regs));
	caller[RULE_RSP] += 8;
	return rule_read(&w->in, w->regs[RULE_RSP], &caller[RULE_RIP]);
}

/*
 * Return: the rule for @at in @map; NULL: none, and with -ENODATA in @err no other way to unwind.
 */
static const struct unwind_rule *rule_at(struct symbolizer *s, struct mapped_process *p,
					 struct mapping *map, uint64_t at, int *err)
{
	struct module *module = NULL;
	uint64_t address;

	*err = -ENOSYS;
	if (mapping__is_file(map))
		module = process__module(&s->processes, p, map);
	if (module && module->probe.machine && module->probe.machine != EM_X86_64)
		*err = -ENODATA;
	else if (address_of(map, module, at, &address))
		return module__rule(&s->modules, module, address, err);
	else if (mapping__is_file(map) && !mapping__is_memory(map))
		*err = -ENODATA;
	return NULL;
}

/* Return: as rule__apply(); -ENODATA: no rule is known. */
static int follow(struct walk *w, uint64_t *caller, bool *signal)
{
	const uint64_t at = w->regs[RULE_RIP] - w->is_return_address;
	struct mapping *map = process__find(&w->s->processes, w->process, at);
	const struct unwind_rule *rule;
	uint64_t cfa;
	int err;

	*signal = w->guessed = false;
	if (!map)
		return leave_nowhere(w, caller);
	rule = rule_at(w->s, w->process, map, at, &err);
	if (!rule)
		return err == -ENOSYS || err == -ENOENT ? follow_frame_pointer(w, caller)
							: -ENODATA;
	*signal = rule->signal;
	return rule__apply(rule, &w->in, caller, &cfa);
}

/* A stack grows down, so callers' frames are above, unless a signal handler has its own stack. */
static enum unwind_end step(struct walk *w)
{
	uint64_t caller[RULE_NR_REGS];
	bool signal;

	switch (follow(w, caller, &signal)) {
	case 0:
		break;
	case -ENOENT:
		return UNWIND_COMPLETE;
	case -EFAULT:
		return UNWIND_TRUNCATED;
	case -ENODATA:
		return UNWIND_NO_RULE;
	default:
		return UNWIND_LOST;
	}
	if (!signal && !caller[RULE_RIP])
		return UNWIND_COMPLETE;
	if (!signal && caller[RULE_RSP] <= w->regs[RULE_RSP])
		return UNWIND_LOST;
	memcpy(w->regs, caller, sizeof(caller));
	w->is_return_address = !signal;
	/*
	 * An address outside of code has no caller; a signal may have interrupted at any address.
	 */
	if (!signal && !process__find(&w->s->processes, w->process, caller[RULE_RIP] - 1))
		return UNWIND_LOST;
	return UNWIND_FULL;
}

size_t unwind__x86_64(struct symbolizer *s, const struct symbol_process *process,
		      const struct unwind_input *input, struct unwind_frame *frames, size_t max,
		      enum unwind_end *end)
{
	struct walk w = { .s = s,
			  .process = processes__get(&s->processes, process),
			  .in = { .regs = w.regs,
				  .stack = input->stack,
				  .stack_start = input->regs[RULE_RSP],
				  .stack_len = input->stack_len } };
	size_t nr = 1;

	memcpy(w.regs, input->regs, sizeof(w.regs));
	frames[0] = (struct unwind_frame){ .ip = w.regs[RULE_RIP] };
	*end = w.process ? UNWIND_FULL : UNWIND_NO_RULE;
	while (*end == UNWIND_FULL && nr < max) {
		*end = step(&w);
		if (*end == UNWIND_FULL)
			frames[nr++] = (struct unwind_frame){ w.regs[RULE_RIP], w.is_return_address,
							      w.guessed };
	}
	return nr;
}

bool unwind__returns_to_top(struct symbolizer *s, const struct symbol_process *process, uint64_t ip)
{
	struct mapped_process *p = processes__get(&s->processes, process);
	struct mapping *map = p ? process__find(&s->processes, p, ip) : NULL;
	const struct unwind_rule *rule;
	int err;

	rule = map ? rule_at(s, p, map, ip, &err) : NULL;
	return rule && !rule->signal && rule->cfa.how == RULE_REG_VALUE &&
	       rule->cfa.reg == RULE_RSP && rule->cfa.n == 8 &&
	       rule->regs[RULE_RIP].how == RULE_CFA_AT && rule->regs[RULE_RIP].n == -8;
}
