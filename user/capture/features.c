// SPDX-License-Identifier: GPL-2.0-only
/* features.c - probe each kernel feature once, with the smallest program that needs it. */
#include "capture/features.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "sys/capabilities.h"
#include "sys/kernel.h"
#include "sys/limits.h"
#include "util/array.h"
#include "util/log.h"

/** Number of descriptors that probing features needs at the same time. */
#define LEAST_FILES 16

/* The table of features is at the end, behind what probes them. */
static struct feature features[NR_FEATURES];

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

/* --- the running kernel ---------------------------------------------------------------------- */

static struct btf *load_btf(void)
{
	struct btf *btf = btf__load_vmlinux_btf();

	/* the error after trying all locations hides why the usual one failed */
	return btf ? btf : btf__parse("/sys/kernel/btf/vmlinux", NULL);
}

static int load(int type, int attach, int btf_type, const struct bpf_insn *insns, size_t nr)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);

	opts.expected_attach_type = attach;
	opts.attach_btf_id = btf_type;
	return bpf_prog_load(type, "vmascope_probe", "GPL", insns, nr, &opts);
}

static int link_program(int program, int attach)
{
	return bpf_link_create(program, 0, attach, NULL);
}

static int open_event(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_PAGE_FAULTS_MIN,
		.sample_period = 1,
		.disabled = 1,
	};
	const int event = syscall(__NR_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	return event < 0 ? -errno : event;
}

static int set_program(int event, int program)
{
	return ioctl(event, PERF_EVENT_IOC_SET_BPF, program) ? -errno : 0;
}

static bool has_map(int type)
{
	return libbpf_probe_bpf_map_type(type, NULL) == 1;
}

static const struct probe_calls running_kernel = {
	.load_btf = load_btf,
	.load = load,
	.link = link_program,
	.raw_tracepoint = bpf_raw_tracepoint_open,
	.open_event = open_event,
	.set_program = set_program,
	.has_map = has_map,
	.preempts = kernel__preempts,
	.is_rt = kernel__is_rt,
	.is_confidential = kernel__is_confidential,
	.clock_is_stable = kernel__clock_is_stable,
	.may_trace = capabilities__check,
};
static const struct probe_calls *ask = &running_kernel;

/* Results: type information @btf or @btf_error, features once they are @probed. */
static struct btf *btf;
static int btf_error;
static bool probed;

void features__ask(const struct probe_calls *calls)
{
	ask = calls ? calls : &running_kernel;
	btf__free(btf);
	btf = NULL;
	btf_error = 0;
	probed = false;
	for (int i = 0; i < NR_FEATURES; i++) {
		features[i].available = features[i].disabled = false;
		*features[i].reason = '\0';
	}
}

struct btf *features__btf(void)
{
	if (!btf && !btf_error) {
		libbpf_print_fn_t before = libbpf_set_print(quiet);

		btf = ask->load_btf();
		libbpf_set_print(before);
		if (!btf)
			btf_error = errno ? errno : ENOENT;
	}
	if (!btf)
		errno = btf_error;
	return btf;
}

int features__permitted(void)
{
	return ask->may_trace();
}

int features__check(void)
{
	int err = features__permitted();

	if (err)
		return err;
	err = limit_files(LEAST_FILES);
	if (!err && !features__btf() && limit_hint(-errno))
		err = -errno;
	if (err)
		vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot detect kernel features: %s",
			strerror(-err));
	return err;
}

static int reason(struct feature *f, int err, const char *text)
{
	snprintf(f->reason, sizeof(f->reason), "%s", text);
	return err;
}

static int btf_id(const char *name, unsigned int kind)
{
	const struct btf *types = features__btf();

	return types ? btf__find_by_name_kind(types, name, kind) : -errno;
}

/** btf_has_field - struct @type has a member @field, directly or in an anonymous member. */
static bool btf_has_field(const struct btf *types, int type, const char *field)
{
	const struct btf_type *t = btf__type_by_id(types, type);
	const struct btf_member *m;
	int i;

	if (!t || !btf_is_composite(t))
		return false;
	for (i = 0, m = btf_members(t); i < btf_vlen(t); i++, m++) {
		const char *name = btf__name_by_offset(types, m->name_off);

		if (!strcmp(name, field) || (!*name && btf_has_field(types, m->type, field)))
			return true;
	}
	return false;
}

bool features__has_member(const char *type, const char *member)
{
	const int id = btf_id(type, BTF_KIND_STRUCT);

	return id >= 0 && btf_has_field(features__btf(), id, member);
}

static int probe_btf(struct feature *f)
{
	if (features__btf())
		return 0;
	return reason(f, -errno, "no /sys/kernel/btf/vmlinux (is CONFIG_DEBUG_INFO_BTF off?)");
}

/** load_nop - load a program that does nothing. Return: its fd, or a negative errno. */
static int load_nop(enum bpf_prog_type type, enum bpf_attach_type attach, int btf_type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return ask->load(type, attach, btf_type, insns, ARRAY_SIZE(insns));
}

/** try_link - load and attach a program that does nothing, and detach it again. */
static int try_link(enum bpf_attach_type attach, int btf_type)
{
	int prog, link;

	if (btf_type < 0)
		return btf_type;
	prog = load_nop(BPF_PROG_TYPE_TRACING, attach, btf_type);
	if (prog < 0)
		return prog;
	link = ask->link(prog, attach);
	close(prog);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

static int try_tp_btf(struct feature *f, const char *name)
{
	char text[64];
	int type;

	snprintf(text, sizeof(text), "btf_trace_%s", name);
	type = btf_id(text, BTF_KIND_TYPEDEF);
	if (type >= 0)
		return try_link(BPF_TRACE_RAW_TP, type);
	snprintf(text, sizeof(text), "this kernel has no tracepoint %s", name);
	return reason(f, type, text);
}

static int probe_tp_btf(struct feature *f)
{
	return try_tp_btf(f, "page_fault_user");
}

static int try_raw_tp(const char *name)
{
	int prog, link;

	prog = load_nop(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);
	if (prog < 0)
		return prog;
	link = ask->raw_tracepoint(name, prog);
	close(prog);
	if (link < 0)
		return link;
	close(link);
	return 0;
}

static int probe_raw_tp(struct feature *f)
{
	(void)f;
	return try_raw_tp("page_fault_user");
}

static int probe_sw_events(struct feature *f)
{
	int prog, event, err;

	prog = load_nop(BPF_PROG_TYPE_PERF_EVENT, 0, 0);
	if (prog < 0)
		return prog;
	event = ask->open_event();
	if (event < 0) {
		err = reason(f, event, "perf_event_open is refused (kernel.perf_event_paranoid?)");
	} else {
		err = ask->set_program(event, prog);
		close(event);
	}
	close(prog);
	return err;
}

static int try_fexit(struct feature *f, const char *function)
{
	int err = try_link(BPF_TRACE_FEXIT, btf_id(function, BTF_KIND_FUNC));

	if (err == -EPERM)
		return reason(f, err,
			      "Operation not permitted: this kernel does not allow attaching to "
			      "functions");
	return err;
}

/** try_unpreempted - the same, where each call has to be seen */
static int try_unpreempted(struct feature *f, const char *function)
{
	int err = try_fexit(f, function);

	if (!err && ask->preempts())
		return reason(f, -EAGAIN,
			      "this kernel can preempt these programs, and then skips other runs "
			      "of them");
	return err;
}

static int probe_fexit(struct feature *f)
{
	return try_unpreempted(f, "handle_mm_fault");
}

static int probe_task_storage(struct feature *f)
{
	(void)f;
	return ask->has_map(BPF_MAP_TYPE_TASK_STORAGE) ? 0 : -EOPNOTSUPP;
}

static int probe_ringbuf(struct feature *f)
{
	(void)f;
	return ask->has_map(BPF_MAP_TYPE_RINGBUF) ? 0 : -EOPNOTSUPP;
}

/* With LOCKDOWN_BPF_READ_KERNEL, the helper is not available to the verifier. */
static int probe_read_kernel(struct feature *f)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const int prog = ask->load(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0, insns, ARRAY_SIZE(insns));

	if (prog >= 0) {
		close(prog);
		return 0;
	}
	if (ask->is_confidential())
		return reason(f, prog,
			      "this kernel is in lockdown=confidentiality, which keeps its memory "
			      "from BPF");
	return prog;
}

static int probe_task_iter(struct feature *f)
{
	(void)f;
	return try_link(BPF_TRACE_ITER, btf_id("bpf_iter_task", BTF_KIND_FUNC));
}

static int has_mm_field(struct feature *f, const char *field, const char *text)
{
	int type = btf_id("mm_struct", BTF_KIND_STRUCT);

	if (type < 0)
		return type;
	return btf_has_field(features__btf(), type, field) ? 0 : reason(f, -ENOENT, text);
}

static int probe_maple_tree(struct feature *f)
{
	return has_mm_field(f, "mm_mt", "mm_struct has no mm_mt (kernel before 6.1)");
}

static int probe_mm_lock_seq(struct feature *f)
{
	return has_mm_field(f, "mm_lock_seq", "mm_struct has no mm_lock_seq (kernel before 6.4)");
}

static int probe_plain_loads(struct feature *f)
{
	if (btf_id("bpf_rdonly_cast", BTF_KIND_FUNC) < 0)
		return reason(f, -ENOENT, "bpf_rdonly_cast is not available (kernel before 6.2)");
	if (btf_id("vm_event_state", BTF_KIND_STRUCT) < 0)
		return reason(f, -ENOENT,
			      "no struct vm_event_state (CONFIG_VM_EVENT_COUNTERS is off?)");
	return 0;
}

static int probe_find_vma(struct feature *f)
{
	if (btf_id("bpf_find_vma", BTF_KIND_FUNC) < 0)
		return reason(f, -ENOENT, "bpf_find_vma is not available (kernel before 5.17)");
	/* kernel/bpf/mmap_unlock_work.h */
	if (ask->is_rt())
		return reason(
			f, -EAGAIN,
			"not supported on PREEMPT_RT: the mmap lock cannot be taken in a fault");
	return 0;
}

static int probe_page_tables(struct feature *f)
{
#if defined(__x86_64__)
	if (btf_id("bpf_loop", BTF_KIND_FUNC) >= 0)
		return 0;
	return reason(f, -ENOENT, "bpf_loop is not available (kernel before 5.17)");
#else
	return reason(f, -EOPNOTSUPP, "supported on x86-64 only");
#endif
}

#if !defined(__x86_64__)
static int not_here(struct feature *f)
{
	return reason(f, -EOPNOTSUPP, "supported on x86-64 only");
}
#endif

static int probe_fentry_calls(struct feature *f)
{
#if defined(__x86_64__)
	return try_unpreempted(f, "__x64_sys_mprotect");
#else
	return not_here(f);
#endif
}

static int probe_syscall_tp(struct feature *f)
{
#if defined(__x86_64__)
	return try_tp_btf(f, "sys_enter");
#else
	return not_here(f);
#endif
}

static int probe_tlb_flush(struct feature *f)
{
	return try_tp_btf(f, "tlb_flush");
}

static int probe_csd(struct feature *f)
{
	int err = try_raw_tp("csd_queue_cpu");

	if (err == -ENOENT)
		return reason(f, err, "this kernel has no tracepoint csd_queue_cpu (before 6.5)");
	return err;
}

static int probe_fentry_flush(struct feature *f)
{
	return try_fexit(f, "flush_tlb_func");
}

/* without the clocks of run queues, times before and after a migration can't be compared */
static int probe_run_times(struct feature *f)
{
	if (!features__has_member("sched_info", "run_delay"))
		return reason(f, -ENOENT,
			      "sched_info has no run_delay (is CONFIG_SCHED_INFO off?)");
	if (!features__has_member("cfs_rq", "rq"))
		return reason(f, -ENOENT, "cfs_rq has no rq (is CONFIG_FAIR_GROUP_SCHED off?)");
	if (!ask->clock_is_stable())
		return reason(
			f, -EAGAIN,
			"the scheduler's clock differs between CPUs, or it is unknown whether "
			"it does (is the TSC unstable?)");
	return 0;
}

static int probe_contention(struct feature *f)
{
	return try_tp_btf(f, "contention_begin");
}

static int probe_reclaim(struct feature *f)
{
	return try_tp_btf(f, "mm_vmscan_direct_reclaim_begin");
}

static int probe_memcg_reclaim(struct feature *f)
{
	return try_tp_btf(f, "mm_vmscan_memcg_reclaim_begin");
}

static int probe_compaction(struct feature *f)
{
	return try_tp_btf(f, "mm_compaction_begin");
}

/* clang-format off */
static struct feature features[NR_FEATURES] = {
	[FEATURE_BTF] = {"btf", "kernel type information",
		"4.18, CONFIG_DEBUG_INFO_BTF", probe_btf},
	[FEATURE_TP_BTF_FAULT] = {"tp_btf", "typed tracepoints page_fault_user and _kernel",
		"5.5", probe_tp_btf},
	[FEATURE_RAW_TP_FAULT] = {"raw_tp", "raw tracepoints page_fault_user and _kernel",
		"4.17", probe_raw_tp},
	[FEATURE_SW_EVENTS] = {"sw-events", "software perf events on page faults",
		"4.9", probe_sw_events},
	[FEATURE_FEXIT_FAULT] = {"fexit", "fexit of handle_mm_fault", "5.5", probe_fexit},
	[FEATURE_TASK_STORAGE] = {"task-storage", "BPF task-local storage",
		"5.11", probe_task_storage},
	[FEATURE_RINGBUF] = {"ringbuf", "BPF ring buffer", "5.8", probe_ringbuf},
	[FEATURE_READ_KERNEL] = {"read-kernel", "helper bpf_probe_read_kernel",
		"5.5", probe_read_kernel},
	[FEATURE_TASK_ITER] = {"task-iter", "BPF iterator over tasks", "5.8", probe_task_iter},
	[FEATURE_MAPLE_TREE] = {"maple-tree", "maple tree of VMAs, readable under RCU",
		"6.1", probe_maple_tree},
	[FEATURE_MM_LOCK_SEQ] = {"mm-lock-seq", "per-mm sequence number of VMA changes",
		"6.4", probe_mm_lock_seq},
	[FEATURE_PLAIN_LOADS] = {"plain-loads", "reading kernel memory by plain loads, without a helper",
		"6.2", probe_plain_loads},
	[FEATURE_FIND_VMA] = {"find-vma", "helper bpf_find_vma", "5.17", probe_find_vma},
	[FEATURE_PAGE_TABLES] = {"page-tables", "reading page tables through the direct map",
		"x86-64; 5.17 for bpf_loop", probe_page_tables},
	[FEATURE_FENTRY_CALLS] = {"fentry-calls", "fentry and fexit of memory calls",
		"5.5; x86-64", probe_fentry_calls},
	[FEATURE_SYSCALL_TP] = {"syscall-tp", "typed tracepoints sys_enter and sys_exit",
		"5.5; x86-64", probe_syscall_tp},
	[FEATURE_TLB_FLUSH] = {"tlb-flush", "typed tracepoint tlb_flush",
		"5.5; x86-64", probe_tlb_flush},
	[FEATURE_CSD] = {"csd", "tracepoints of cross-CPU function calls", "6.5", probe_csd},
	[FEATURE_FENTRY_FLUSH] = {"fentry-flush", "fentry and fexit of flush_tlb_func",
		"5.13; x86-64", probe_fentry_flush},
	[FEATURE_RUN_TIMES] = {"run-times", "scheduler's counts of the time that a task ran and waited for a CPU",
		"CONFIG_SCHED_INFO, CONFIG_FAIR_GROUP_SCHED; stable clock", probe_run_times},
	[FEATURE_CONTENTION] = {"contention", "typed tracepoints contention_begin and _end of locks",
		"5.19", probe_contention},
	[FEATURE_RECLAIM] = {"reclaim", "typed tracepoints of direct reclaim", "5.5", probe_reclaim},
	[FEATURE_MEMCG_RECLAIM] = {"memcg-reclaim", "typed tracepoints of reclaim in a memory cgroup",
		"5.5, CONFIG_MEMCG", probe_memcg_reclaim},
	[FEATURE_COMPACTION] = {"compaction", "typed tracepoints of memory compaction",
		"5.5, CONFIG_COMPACTION", probe_compaction},
};
/* clang-format on */

const struct feature *features__probe(void)
{
	libbpf_print_fn_t before;

	if (probed)
		return features;
	probed = true;
	before = libbpf_set_print(quiet);
	for (int i = 0; i < NR_FEATURES; i++) {
		struct feature *f = &features[i];
		int err = f->probe(f);

		f->available = !err;
		if (err && !*f->reason)
			snprintf(f->reason, sizeof(f->reason), "%s", strerror(-err));
	}
	libbpf_set_print(before);
	return features;
}

bool feature_on(enum feature_id id)
{
	const struct feature *f = &features__probe()[id];

	return f->available && !f->disabled;
}

int features__disable(const char *name)
{
	for (int i = 0; i < NR_FEATURES; i++) {
		if (!strcmp(features[i].name, name)) {
			features[i].disabled = true;
			return 0;
		}
	}
	return -ENOENT;
}

void features__names(char *buf, size_t size)
{
	size_t len = 0;

	for (int i = 0; i < NR_FEATURES && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s", i ? ", " : "", features[i].name);
}
