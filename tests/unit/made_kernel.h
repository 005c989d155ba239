/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * made_kernel.h - a kernel whose features are made up, with its type information: what is probed is
 * answered by the test.
 */
#ifndef VMASCOPE_TESTS_UNIT_MADE_KERNEL_H
#define VMASCOPE_TESTS_UNIT_MADE_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <cmocka.h>
#include <linux/bpf.h>

#include "capture/hooks.h"
#include "util/array.h"

/**
 * struct made_kernel - what the kernel is like; all zero: it has everything
 * @denied: this process may not trace
 * @without: a name that its type information lacks, or a member of mm_struct or sched_info; or a
 *	tracepoint; NULL: none
 * @no_btf: it has no type information
 * @fexit: what attaching to the end of a function returns
 * @event: what opening a software event returns; @set_program: and giving it a program
 * @loads: programs that were loaded
 */
struct made_kernel {
	const char *without;
	bool denied;
	bool no_btf;
	int fexit;
	int event;
	int set_program;
	bool no_maps;
	bool preempts;
	bool rt;
	bool confidential;
	bool unstable;
	unsigned int loads;
};

static struct made_kernel kernel;

static inline bool has(const char *name)
{
	return !kernel.without || strcmp(kernel.without, name);
}

static inline struct btf *made_btf(void)
{
	static const char *const functions[] = { "handle_mm_fault", "bpf_iter_task",
						 "bpf_rdonly_cast", "bpf_find_vma",
						 "bpf_loop",	    "__x64_sys_mprotect",
						 "flush_tlb_func" };
	static const char *const tracepoints[] = { "btf_trace_page_fault_user",
						   "btf_trace_sys_enter",
						   "btf_trace_tlb_flush",
						   "btf_trace_contention_begin",
						   "btf_trace_mm_vmscan_direct_reclaim_begin",
						   "btf_trace_mm_vmscan_memcg_reclaim_begin",
						   "btf_trace_mm_compaction_begin" };
	static const char *const members[] = { "mm_mt", "mm_lock_seq" };
	struct btf *btf;
	int integer, proto;

	if (kernel.no_btf) {
		errno = ENOENT;
		return NULL;
	}
	btf = btf__new_empty();
	assert_non_null(btf);
	integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, integer);
	assert_true(integer > 0 && proto > 0);
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (has(functions[i]))
			assert_true(btf__add_func(btf, functions[i], BTF_FUNC_GLOBAL, proto) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(tracepoints); i++)
		if (has(tracepoints[i]))
			assert_true(btf__add_typedef(btf, tracepoints[i], integer) > 0);
	if (has("vm_event_state"))
		assert_true(btf__add_struct(btf, "vm_event_state", 8) > 0);
	assert_true(btf__add_struct(btf, "cfs_rq", 4) > 0);
	if (has("rq"))
		assert_int_equal(btf__add_field(btf, "rq", integer, 0, 0), 0);
	assert_true(btf__add_struct(btf, "sched_info", 4) > 0);
	if (has("run_delay"))
		assert_int_equal(btf__add_field(btf, "run_delay", integer, 0, 0), 0);
	assert_true(btf__add_struct(btf, "mm_struct", 64) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (has(members[i]))
			assert_int_equal(
				btf__add_field(btf, members[i], integer, (uint32_t)i * 32, 0), 0);
	return btf;
}

static inline int null_fd(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static inline int made_load(int type, int attach, int btf_type, const struct bpf_insn *insns,
			    size_t nr)
{
	(void)type;
	(void)attach;
	(void)btf_type;
	kernel.loads++;
	for (size_t i = 0; i < nr; i++)
		if (insns[i].code == (BPF_JMP | BPF_CALL) && kernel.confidential)
			return -EINVAL;
	return null_fd();
}

static inline int made_link(int program, int attach)
{
	assert_true(fcntl(program, F_GETFD) >= 0);
	return attach == BPF_TRACE_FEXIT && kernel.fexit ? kernel.fexit : null_fd();
}

static inline int made_raw_tracepoint(const char *name, int program)
{
	assert_true(fcntl(program, F_GETFD) >= 0);
	return has(name) ? null_fd() : -ENOENT;
}

static inline int made_event(void)
{
	return kernel.event ? kernel.event : null_fd();
}

static inline int made_set_program(int event, int program)
{
	assert_true(fcntl(event, F_GETFD) >= 0 && fcntl(program, F_GETFD) >= 0);
	return kernel.set_program;
}

static inline bool made_has_map(int type)
{
	assert_true(type == BPF_MAP_TYPE_TASK_STORAGE || type == BPF_MAP_TYPE_RINGBUF);
	return !kernel.no_maps;
}

static inline bool made_preempts(void)
{
	return kernel.preempts;
}

static inline bool made_rt(void)
{
	return kernel.rt;
}

static inline bool made_confidential(void)
{
	return kernel.confidential;
}

static inline bool made_clock_is_stable(void)
{
	return !kernel.unstable;
}

static inline int made_may_trace(void)
{
	return kernel.denied ? -EPERM : 0;
}

static const struct probe_calls made_calls = {
	.load_btf = made_btf,
	.load = made_load,
	.link = made_link,
	.raw_tracepoint = made_raw_tracepoint,
	.open_event = made_event,
	.set_program = made_set_program,
	.has_map = made_has_map,
	.preempts = made_preempts,
	.is_rt = made_rt,
	.is_confidential = made_confidential,
	.clock_is_stable = made_clock_is_stable,
	.may_trace = made_may_trace,
};

static inline void make_kernel(struct made_kernel made)
{
	kernel = made;
	features__ask(&made_calls);
}

/* What only x86-64 has is left out elsewhere. */
#if defined(__x86_64__)
#define HERE(hook) true
#else
#define HERE(hook) ((hook) != HOOK_CAUSE && (hook) != HOOK_MEMCALL)
#endif

#endif /* VMASCOPE_TESTS_UNIT_MADE_KERNEL_H */
