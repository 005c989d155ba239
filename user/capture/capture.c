// SPDX-License-Identifier: GPL-2.0-only
/* capture.c - load, attach, mark, read and detach: the lifecycle of a live capture. */
#include "capture/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "capture/libbpf_log.h"
#include "sys/cgroup.h"
#include "sys/kernel.h"
#include "sys/limits.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/log.h"
#include "vmascope.skel.h"

/* --- configuration ------------------------------------------------------------------------- */

static bool programs_can_be_preempted(const struct capture *c)
{
	const struct hook_variant *end = c->variants[HOOK_FAULT_END];

	/* fexit trampolines only disable migration; so do tracepoints since 7.0, and on PREEMPT_RT */
	return (end && end->needs[0] == FEATURE_FEXIT_FAULT) || kernel__is_rt() ||
	       kernel__version() >= KERNEL(7, 0);
}

static bool wants_calls(const struct capture_options *o)
{
	return o->bpf.crash || o->emit_calls || o->emit_shootdowns || o->shootdowns;
}

static bool wants_stacks(const struct capture_options *o)
{
	return o->bpf.fault_stacks || o->call_stacks || o->bpf.call_stack;
}

/** cgroup_subsys - the kernel's number of a controller of cgroup v1, or a negative errno */
static int cgroup_subsys(const char *controller)
{
	const struct btf *btf = features__btf();
	const int id = btf__find_by_name_kind(btf, "cgroup_subsys_id", BTF_KIND_ENUM);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(btf, id);
	char name[64];

	if (!type)
		return -ENOENT;
	snprintf(name, sizeof(name), "%s_cgrp_id", strcmp(controller, "blkio") ? controller : "io");
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_enum(type)[i].name_off), name))
			return btf_enum(type)[i].val;
	return -ENOENT;
}

/** configure_cgroups - set the hierarchy of the cgroups of tasks */
static void configure_cgroups(struct vs_config *cfg)
{
	const struct cgroup_hierarchy *h = cgroup__hierarchy();
	const int subsys = *h->controller ? cgroup_subsys(h->controller) : 0;

	cfg->cgroup_v1 = h->v1 && subsys >= 0;
	cfg->cgroup_subsys = subsys < 0 ? 0 : subsys;
	cfg->cgroup_hierarchy = h->number;
}

static void configure(struct capture *c, const struct capture_options *o)
{
	struct vs_config *cfg = (struct vs_config *)&c->skel->rodata->cfg;
	struct kernel_swap_rest rest;
	uint32_t migration, hwpoison;

	*cfg = o->bpf;
	cfg->nr_cpus = c->nr_cpus;
	cfg->nr_slots = c->nr_slots;
	cfg->nr_hists = c->nr_hists;
	cfg->fmode_backing = kernel__fmode_backing(kernel__version());
	kernel__swap_types(&migration, &hwpoison);
	rest = kernel__swap_rest(kernel__version(), migration, hwpoison);
	cfg->swp_migration = migration;
	cfg->swp_error = hwpoison | rest.error;
	cfg->swp_device = rest.device;
	cfg->swp_marker = rest.marker;
	cfg->targets = o->nr_ids || o->command;
	cfg->follow_threads = !o->threads;
	cfg->has_uid = o->uid >= 0;
	cfg->uid = o->uid >= 0 ? o->uid : 0;
	cfg->has_comm = o->comm != NULL;
	if (o->comm)
		memcpy(cfg->comm, o->comm, strnlen(o->comm, VS_COMM_LEN - 1));
	cfg->has_cgroup = o->cgroup_fd >= 0;
	configure_cgroups(cfg);
	cfg->only = o->only + 1;
	cfg->preemptible = programs_can_be_preempted(c);
	cfg->wakeup_bytes = o->ring_bytes / 8;
	cfg->emit_calls = o->emit_calls || o->bpf.crash;
	cfg->streamed = (o->bpf.emit_faults ? 1u << VS_EVENT_FAULT : 0) |
			(o->emit_calls ? 1u << VS_EVENT_CALL : 0) |
			(o->emit_shootdowns ? 1u << VS_EVENT_FLUSH : 0) |
			(o->emit_shootdowns || o->emit_ipis ? 1u << VS_EVENT_IPI : 0);
	cfg->emit_flushes = o->emit_shootdowns;
	cfg->emit_ipis = o->emit_shootdowns || o->emit_ipis;
	cfg->refaults = o->shootdowns;
	cfg->call_stacks = o->call_stacks || o->bpf.call_stack;
	/* a stack copy that no record would refer to is not made */
	cfg->flush_stacks = cfg->call_stacks && (!o->bpf.sample_bytes || o->emit_shootdowns);
	cfg->nr_stacks = c->nr_stacks;
	cfg->nr_call_rows = c->nr_call_rows;
	cfg->own_parts = c->variants[HOOK_INTERRUPT] &&
			 c->variants[HOOK_INTERRUPT]->needs[0] == FEATURE_CSD;
	cfg->vma_lookup = c->variants[HOOK_VMA]->value;
	cfg->vma_cache = feature_on(FEATURE_MM_LOCK_SEQ);
	cfg->plain_loads = feature_on(FEATURE_PLAIN_LOADS);
	cfg->run_times = feature_on(FEATURE_RUN_TIMES);
}

static bool requested(const struct hook *hook, const struct capture_options *o)
{
	switch (hook->request) {
	case REQUEST_CALLS:
		return wants_calls(o);
	case REQUEST_FLUSHES:
		return o->shootdowns || o->emit_shootdowns;
	case REQUEST_LATENCIES:
		return o->bpf.latency_period;
	case REQUEST_WAITS:
		return o->bpf.latency_period || wants_calls(o);
	default:
		return true;
	}
}

/**
 * can_attach - the function to which @prog attaches exists in this kernel, and matters
 *
 * fork(2) and vfork(2), which take no arguments, are not in every kernel's BTF. Flushes of a call
 * that is not traced are still counted, by its system call number. Tasks that sleep are in a run
 * queue, and can be moved to another one, from 6.12 on.
 */
static bool can_attach(const struct capture *c, const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog), *function = strchr(section, '/');

	if (prog == c->skel->progs.task_moved)
		return feature_on(FEATURE_RUN_TIMES) &&
		       features__has_member("sched_entity", "sched_delayed");
	if (strncmp(section, "fentry/", 7) && strncmp(section, "fexit/", 6))
		return true;
	return btf__find_by_name_kind(features__btf(), function + 1, BTF_KIND_FUNC) >= 0;
}

static int choose_variants(struct capture *c, const struct capture_options *o)
{
	struct bpf_program *prog;
	char why[192];

	for (int i = 0; i < NR_HOOKS; i++) {
		if (!requested(&hooks[i], o))
			continue;
		c->variants[i] = hooks__choose(i);
		if (c->variants[i] || !hooks[i].required)
			continue;
		hooks__why_not(hooks[i].variants, why, sizeof(why));
		vs_error("no hook is available for '%s' (%s); see `vmascope doctor`", hooks[i].what,
			 why);
		return -EOPNOTSUPP;
	}
	bpf_object__for_each_program(prog, c->skel->obj)
		bpf_program__set_autoload(prog, false);
	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_program *p;

		for (p = c->variants[i] ? c->variants[i]->programs : NULL; p && p->name; p++) {
			prog = bpf_object__find_program_by_name(c->skel->obj, p->name);
			bpf_program__set_autoload(prog, can_attach(c, prog));
		}
	}
	return 0;
}

/**
 * check_files - check that each map and program has a descriptor; libbpf does not report this
 * Return: 0 or -EMFILE.
 */
static int check_files(struct capture *c)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	struct rlimit limit;
	rlim_t needed = 0;

	bpf_object__for_each_map(map, c->skel->obj)
		needed += bpf_map__autocreate(map);
	bpf_object__for_each_program(prog, c->skel->obj)
		needed += bpf_program__autoload(prog);
	return getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > needed ? 0 : -EMFILE;
}

/* --- attaching ----------------------------------------------------------------------------- */

static int add_link(struct capture *c, struct bpf_link *link, const char *what)
{
	if (!link) {
		int err = -errno;

		vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot attach %s: %s", what,
			strerror(-err));
		return err;
	}
	if (array__more(&c->links, c->nr_links, sizeof(*c->links))) {
		bpf_link__destroy(link);
		return -ENOMEM;
	}
	c->links[c->nr_links++] = link;
	return 0;
}

/** period_of - minor faults may be sampled: every nth software event runs its program */
static uint32_t period_of(const struct capture *c, int sw_event)
{
	return sw_event == PERF_COUNT_SW_PAGE_FAULTS_MIN ? c->skel->rodata->cfg.latency_period : 1;
}

static int attach_hook(struct capture *c, enum hook_id id)
{
	const struct hook_program *p;
	int err = 0;

	for (p = c->variants[id] ? c->variants[id]->programs : NULL; !err && p && p->name; p++) {
		struct bpf_program *prog = bpf_object__find_program_by_name(c->skel->obj, p->name);

		if (!bpf_program__autoload(prog) || p->sw_event == HOOK_PROGRAM_RUN)
			continue;
		if (p->sw_event < 0)
			err = add_link(c, bpf_program__attach(prog), bpf_program__name(prog));
		else
			err = sw_events__attach(c, prog, p->sw_event, period_of(c, p->sw_event));
	}
	return err;
}

/** mark - trace @nr targets, with @flags of TASK_*; none: all that filters let by */
static int mark(struct capture *c, const pid_t *ids, size_t nr, uint32_t flags)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = c->kernel->update(c->skel->maps.targets, &ids[i], sizeof(*ids), &flags,
					sizeof(flags));
	/* Twice: a task that is not marked yet may create a thread that the iterator misses. */
	for (int i = 0; i < 2 && !err; i++)
		err = c->kernel->iterate(c, ITER_MARK, NULL, NULL);
	if (err)
		vs_error("cannot mark the tasks to trace: %s", strerror(-err));
	return err;
}

/** switch_on - enable counting in all hooks, for all tasks. Return: 0 or a negative errno. */
static int switch_on(struct capture *c)
{
	c->start_ns = clock__monotonic_ns();
	c->skel->bss->counting_since = c->start_ns;
	__atomic_store_n(&c->skel->bss->counting, COUNTING_ON, __ATOMIC_SEQ_CST);
	return c->kernel->iterate(c, ITER_START, NULL, NULL);
}

/** attach_nth - attach the hooks with attach order @nth. Return: 0 or a negative errno. */
static int attach_nth(struct capture *c, unsigned int nth)
{
	int err = 0;

	for (int id = 0; !err && id < NR_HOOKS; id++)
		if (hooks[id].attach == nth)
			err = attach_hook(c, id);
	return err;
}

static int attach_all(struct capture *c, const struct capture_options *o)
{
	int err = attach_nth(c, 1);

	if (!err && !o->command)
		err = mark(c, o->ids, o->nr_ids, 0);
	for (unsigned int nth = 2; !err && nth <= NR_HOOKS; nth++)
		err = attach_nth(c, nth);
	return err ? err : switch_on(c);
}

/**
 * find_direct_map - let BPF search for the direct map, to read page tables
 *
 * If that fails, causes are derived from the error code and the VMA, as on other architectures.
 */
static int find_direct_map(struct capture *c)
{
	const struct hook_variant *v = c->variants[HOOK_CAUSE];
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err;

	if (!v->programs[0].name)
		return 0;
	err = bpf_prog_test_run_opts(bpf_program__fd(c->skel->progs.find_direct_map), &opts);
	if (!err && c->skel->bss->direct_map)
		return 0;
	vs_warn("cannot read page tables (%s): causes are derived from the error code and the VMA",
		err ? strerror(-err) : "the direct map was not found");
	c->variants[HOOK_CAUSE] = v + 1;
	return 0;
}

static int load(struct capture *c, const struct capture_options *o)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	uint32_t zero = 0;
	int err;

	/* -vvv: the verifier's statistics of each program: instructions processed, time, stack */
	if (log_verbosity() >= 3)
		opts.kernel_log_level = 4;
	c->skel = vmascope_bpf__open_opts(&opts);
	if (!c->skel) {
		err = -errno;
		vs_fail(VS_EXIT_FAILURE, limit_hint(err), "cannot open the BPF programs: %s",
			strerror(-err));
		return err;
	}
	err = choose_variants(c, o);
	if (err)
		return err;
	configure(c, o);
	err = slots__size_maps(c, o->ring_bytes);
	if (!err)
		err = calls__size_maps(c);
	if (!err)
		err = stacks__size_maps(c);
	if (!err)
		err = check_files(c);
	if (!err)
		err = vmascope_bpf__load(c->skel);
	/* libbpf found no type information, which was available before: out of memory */
	if (err == -ESRCH)
		err = -ENOMEM;
	if (err) {
		vs_fail(VS_EXIT_FAILURE, limit_hint(err) ? limit_hint(err) : "use -v for details",
			"cannot load the BPF programs: %s", strerror(-err));
		return err;
	}
	if (o->cgroup_fd >= 0 && !c->skel->rodata->cfg.cgroup_v1)
		err = bpf_map__update_elem(c->skel->maps.cgroup_filter, &zero, sizeof(zero),
					   &o->cgroup_fd, sizeof(o->cgroup_fd), BPF_ANY);
	if (err) {
		vs_error("cannot filter by cgroup: %s", strerror(-err));
		return err;
	}
	calls__find_functions(c);
	err = slots__map(c);
	if (err)
		return err;
	return find_direct_map(c);
}

/** sized - @asked; or @most, halved until it fits @budget on all CPUs, but at least @least. */
static uint32_t sized(uint32_t asked, uint32_t most, uint32_t least, uint64_t bytes_each,
		      uint64_t budget)
{
	uint32_t n = most;

	if (asked)
		return asked;
	while (n > least && n * bytes_each > budget)
		n /= 2;
	return n;
}

int capture__open(struct capture **out, const struct capture_options *o, capture_event_fn fn,
		  void *ctx)
{
	struct capture *c;
	int err;

	err = features__check();
	if (err)
		return err;
	if (!features__btf()) {
		err = -errno;
		vs_fail(VS_EXIT_FAILURE,
			"requires a kernel with CONFIG_DEBUG_INFO_BTF=y, and /sys mounted",
			"cannot read the kernel's type information, /sys/kernel/btf/vmlinux: %s",
			strerror(-err));
		return err;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	libbpf_set_print(libbpf_log);
	c->kernel = &kernel_calls;
	c->fn = fn;
	c->fn_ctx = ctx;
	c->nr_cpus = libbpf_num_possible_cpus();
	c->nr_slots = sized(o->nr_slots, CAPTURE_DEFAULT_SLOTS, CAPTURE_LEAST_SLOTS,
			    c->nr_cpus * sizeof(*c->counts), CAPTURE_SLOTS_BUDGET);
	c->nr_hists = sized(o->nr_hists, CAPTURE_DEFAULT_HISTS, CAPTURE_LEAST_HISTS,
			    c->nr_cpus * sizeof(*c->hists), CAPTURE_HISTS_BUDGET);
	c->nr_targets = o->nr_ids ? o->nr_ids : 1;
	c->nr_heat = o->bpf.heat ? CAPTURE_HEAT_ENTRIES : 1;
	c->nr_call_rows = o->shootdowns ? CAPTURE_CALL_ROWS : 1;
	c->nr_ranges = o->shootdowns ? CAPTURE_RANGES : 1;
	c->nr_pairs = o->shootdowns ? CAPTURE_PAIRS : 1;
	c->nr_stacks = !wants_stacks(o) ? 1 : o->nr_stacks ? o->nr_stacks : CAPTURE_STACKS;

	err = load(c, o);
	if (err)
		goto fail;
	err = ring__map(c);
	if (err)
		goto fail;
	err = attach_all(c, o);
	if (err)
		goto fail;
	*out = c;
	return 0;
fail:
	capture__close(c);
	return err;
}

int capture__add_child(struct capture *c, pid_t pid)
{
	return mark(c, &pid, 1, TASK_WAITING);
}

int capture__each_program(const struct capture *c, int (*fn)(void *ctx, const char *name, int fd),
			  void *ctx)
{
	return c->kernel->each_program(c, fn, ctx);
}

uint64_t capture__start_ns(const struct capture *c)
{
	return c->start_ns;
}

void capture__end_interval(struct capture *c, uint64_t at_ns)
{
	c->skel->bss->interval_end_ns = at_ns;
}

int capture__threads(struct capture *c, capture_thread_fn fn, void *ctx)
{
	return c->kernel->iterate(c, ITER_THREADS, fn, ctx);
}

static void detach_hooks(struct capture *c)
{
	while (c->nr_links)
		bpf_link__destroy(c->links[--c->nr_links]);
	sw_events__detach(c);
}

void capture__detach(struct capture *c, capture_thread_fn fn, void *ctx)
{
	/* while the hooks can still distinguish them */
	c->kernel->iterate(c, ITER_THREADS, NULL, NULL);
	__atomic_store_n(&c->skel->bss->counting, COUNTING_OVER, __ATOMIC_SEQ_CST);
	c->kernel->grace();
	detach_hooks(c);
	if (c->skel->bss->interval_end_ns)
		capture__end_interval(c, clock__monotonic_ns());
	c->kernel->settle(c);
	c->kernel->iterate(c, ITER_SETTLE, fn, ctx);
}

void capture__close(struct capture *c)
{
	if (!c)
		return;
	detach_hooks(c);
	free(c->links);
	c->kernel->release(c);
	free(c);
}

const struct hook_variant *capture__variant(const struct capture *c, enum hook_id id)
{
	return c->variants[id];
}
