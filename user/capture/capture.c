// SPDX-License-Identifier: GPL-2.0-only
/* capture.c - load, attach, mark, read and detach: the life of a live capture. */
#include "capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/membarrier.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "capture/kernel.h"
#include "model/hist.h"
#include "util/log.h"
#include "vmascope.skel.h"

/* bpf/task.bpf.c: enum vs_iter_task */
enum {
	ITER_MARK,
	ITER_SETTLE
};
/* bpf/maps.bpf.h: TASK_WAITING */
#define TARGET_WAITING 1u

#define SLOT_GRACE_US 100000

struct capture {
	struct vmascope_bpf *skel;
	const struct hook_variant *variants[NR_HOOKS];
	struct bpf_link **links;
	size_t nr_links;
	struct ring_buffer *ring;
	capture_event_fn fn;
	void *fn_ctx;
	uint32_t nr_slots;
	uint32_t nr_cpus;
	struct vs_slot *slots;
	struct vs_counts *counts;
	uint32_t nr_hists;
	struct vs_hist *hists;
	struct vs_slot_ring *free_ring; /* of slots, and of histograms */
	uint64_t *free_slots;
	uint64_t *free_hists;
	uint64_t seen_taken;
};

/* --- messages from libbpf ------------------------------------------------------------------ */

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	char *text, *line, *rest;

	/* the verifier's log of a program that failed comes as one warning */
	if (log_verbosity() < (level == LIBBPF_DEBUG ? 3 : 1) || vasprintf(&text, fmt, args) < 0)
		return 0;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			vs_debug(1, "%s", line);
	free(text);
	return 0;
}

/* --- configuration ------------------------------------------------------------------------- */

static bool programs_can_be_preempted(const struct capture *c)
{
	/* fexit trampolines only disable migration; so do tracepoints since 7.0, and on PREEMPT_RT */
	return c->variants[HOOK_FAULT_END]->needs[0] == FEATURE_FEXIT_FAULT || kernel__is_rt() ||
	       kernel__version() >= KERNEL(7, 0);
}

static void configure(struct capture *c, const struct capture_options *o)
{
	struct vs_config *cfg = (struct vs_config *)&c->skel->rodata->cfg;

	cfg->nr_cpus = c->nr_cpus;
	cfg->nr_slots = c->nr_slots;
	cfg->nr_hists = c->nr_hists;
	cfg->vma_hists = o->vma_hists;
	cfg->fmode_backing = kernel__fmode_backing(kernel__version());
	kernel__swap_types(&cfg->swp_migration, &cfg->swp_hwpoison);
	cfg->causes = o->causes;
	cfg->targets = o->nr_ids || o->command;
	cfg->follow = o->follow;
	cfg->follow_threads = !o->threads;
	cfg->has_uid = o->uid >= 0;
	cfg->uid = o->uid >= 0 ? o->uid : 0;
	cfg->has_comm = o->comm != NULL;
	if (o->comm)
		memcpy(cfg->comm, o->comm, strnlen(o->comm, VS_COMM_LEN - 1));
	cfg->has_cgroup = o->cgroup_fd >= 0;
	cfg->only = o->only + 1;
	cfg->emit_faults = o->emit_faults;
	cfg->preemptible = programs_can_be_preempted(c);
	cfg->wakeup_bytes = o->ring_bytes / 8;
	cfg->vma_lookup = c->variants[HOOK_VMA]->value;
	cfg->vma_cache = feature_on(FEATURE_MM_LOCK_SEQ);
}

static int size_maps(struct capture *c, const struct capture_options *o)
{
	const struct {
		struct bpf_map *map;
		uint32_t entries;
	} sizes[] = {
		{ c->skel->maps.slots, c->nr_slots },
		{ c->skel->maps.counts, c->nr_slots * c->nr_cpus },
		{ c->skel->maps.free_slots, c->nr_slots },
		{ c->skel->maps.hists, c->nr_hists * c->nr_cpus },
		{ c->skel->maps.free_hists, c->nr_hists },
		{ c->skel->maps.vmas, c->nr_slots },
		{ c->skel->maps.procs, c->nr_slots },
		{ c->skel->maps.events, o->ring_bytes },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int err = bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);

		if (err)
			return err;
	}
	return 0;
}

static int choose_variants(struct capture *c)
{
	struct bpf_program *prog;

	for (int i = 0; i < NR_HOOKS; i++) {
		c->variants[i] = hooks__choose(i);
		if (c->variants[i] || !hooks[i].required)
			continue;
		vs_error("this kernel has no way to learn of '%s'; `vmascope doctor` tells what is "
			 "missing",
			 hooks[i].what);
		return -EOPNOTSUPP;
	}
	bpf_object__for_each_program(prog, c->skel->obj)
		bpf_program__set_autoload(prog, false);
	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_program *p;

		for (p = c->variants[i] ? c->variants[i]->programs : NULL; p && p->name; p++)
			bpf_program__set_autoload(
				bpf_object__find_program_by_name(c->skel->obj, p->name), true);
	}
	return 0;
}

/* --- maps ---------------------------------------------------------------------------------- */

static void *map_shared(const struct bpf_map *map, size_t bytes, const char *name)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	if (p != MAP_FAILED)
		return p;
	vs_error("cannot map %s of %zu bytes: %s (fewer --slots need less)", name, bytes,
		 strerror(errno));
	return NULL;
}

/** struct shared_map - a map that user space maps: where to, and how large it is */
struct shared_map {
	void **at;
	const struct bpf_map *map;
	size_t bytes;
	const char *name;
};

#define NR_SHARED_MAPS 6

/** shared_maps - all of them. */
static void shared_maps(struct capture *c, struct shared_map *maps)
{
	const size_t slots = c->nr_slots, hists = c->nr_hists;
	const struct shared_map all[NR_SHARED_MAPS] = {
		{ (void **)&c->slots, c->skel->maps.slots, slots * sizeof(*c->slots), "slots" },
		{ (void **)&c->counts, c->skel->maps.counts,
		  slots * c->nr_cpus * sizeof(*c->counts), "counters" },
		{ (void **)&c->free_slots, c->skel->maps.free_slots, slots * sizeof(uint64_t),
		  "free slots" },
		{ (void **)&c->hists, c->skel->maps.hists, hists * c->nr_cpus * sizeof(*c->hists),
		  "histograms" },
		{ (void **)&c->free_hists, c->skel->maps.free_hists, hists * sizeof(uint64_t),
		  "free histograms" },
		{ (void **)&c->free_ring, c->skel->maps.free_ring, 2 * sizeof(*c->free_ring),
		  "free rings" },
	};

	memcpy(maps, all, sizeof(all));
}

static int map_maps(struct capture *c)
{
	struct shared_map maps[NR_SHARED_MAPS];

	shared_maps(c, maps);
	for (int i = 0; i < NR_SHARED_MAPS; i++) {
		*maps[i].at = map_shared(maps[i].map, maps[i].bytes, maps[i].name);
		if (!*maps[i].at)
			return -ENOMEM;
	}
	/* all but slot 0, the overflow row, and the histograms that are shared */
	for (uint32_t i = 1; i < c->nr_slots; i++)
		c->free_slots[i - 1] = i;
	c->free_ring[0].given = c->nr_slots - 1;
	for (uint32_t i = VS_HIST_FIRST; i < c->nr_hists; i++)
		c->free_hists[i - VS_HIST_FIRST] = i;
	c->free_ring[1].given = c->nr_hists - VS_HIST_FIRST;
	return 0;
}

/* --- attaching ----------------------------------------------------------------------------- */

static int add_link(struct capture *c, struct bpf_link *link, const char *what)
{
	struct bpf_link **links;

	if (!link) {
		int err = -errno;

		vs_error("cannot attach %s: %s", what, strerror(-err));
		return err;
	}
	links = realloc(c->links, (c->nr_links + 1) * sizeof(*links));
	if (!links) {
		bpf_link__destroy(link);
		return -ENOMEM;
	}
	c->links = links;
	c->links[c->nr_links++] = link;
	return 0;
}

static int attach_sw_event(struct capture *c, struct bpf_program *prog, int config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = config,
		.sample_period = 1,
	};
	uint32_t attached = 0;

	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++) {
		int err, fd = syscall(__NR_perf_event_open, &attr, -1, cpu, -1,
				      PERF_FLAG_FD_CLOEXEC);

		if (fd < 0 && (errno == ENODEV || errno == ENXIO))
			continue; /* possible, but not online */
		if (fd < 0) {
			err = -errno;
			vs_error("cannot open software event %d on CPU %u: %s", config, cpu,
				 strerror(-err));
			return err;
		}
		/* the link owns the event's fd */
		err = add_link(c, bpf_program__attach_perf_event(prog, fd),
			       bpf_program__name(prog));
		if (err) {
			close(fd);
			return err;
		}
		attached++;
	}
	return attached ? 0 : -ENODEV;
}

static int attach_hook(struct capture *c, enum hook_id id)
{
	const struct hook_program *p;
	int err = 0;

	for (p = c->variants[id] ? c->variants[id]->programs : NULL; !err && p && p->name; p++) {
		struct bpf_program *prog = bpf_object__find_program_by_name(c->skel->obj, p->name);

		if (p->sw_event < 0)
			err = add_link(c, bpf_program__attach(prog), bpf_program__name(prog));
		else
			err = attach_sw_event(c, prog, p->sw_event);
	}
	return err;
}

/** run_iterator - run bpf/task.bpf.c's task iterator over all tasks. */
static int run_iterator(struct capture *c, uint32_t action)
{
	struct bpf_link *link;
	int fd, err = 0;
	char buf[64];

	c->skel->bss->iter_action = action;
	link = bpf_program__attach_iter(c->skel->progs.task_iter, NULL);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		err = fd;
	} else {
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	bpf_link__destroy(link);
	return err;
}

static int mark(struct capture *c, const pid_t *ids, size_t nr, uint32_t flags)
{
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++)
		err = bpf_map__update_elem(c->skel->maps.targets, &ids[i], sizeof(*ids), &flags,
					   sizeof(flags), BPF_ANY);
	/* Twice: a thread may be born behind the iterator's back, by one not marked yet. */
	for (int i = 0; i < 2 && !err; i++)
		err = run_iterator(c, ITER_MARK);
	if (err)
		vs_error("cannot mark what is to be traced: %s", strerror(-err));
	return err;
}

static int attach_all(struct capture *c, const struct capture_options *o)
{
	/* Tasks first, so that no child is missed; the end before the begin, as it stands alone. */
	static const enum hook_id order[] = { HOOK_TASK, HOOK_FAULT_END, HOOK_FAULT_BEGIN };
	int err;

	err = attach_hook(c, order[0]);
	if (!err && o->nr_ids)
		err = mark(c, o->ids, o->nr_ids, 0);
	for (size_t i = 1; !err && i < sizeof(order) / sizeof(*order); i++)
		err = attach_hook(c, order[i]);
	return err;
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct capture *c = ctx;

	(void)size;
	c->fn(c->fn_ctx, data);
	return 0;
}

/**
 * find_direct_map - let BPF find where page tables can be read
 *
 * Where that fails, causes come from the error code and the VMA, as on other architectures.
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
	vs_warn("page tables can't be read (%s): causes come from the error code and the VMA",
		err ? strerror(-err) : "the direct map was not found");
	c->variants[HOOK_CAUSE] = v + 1;
	return 0;
}

static int load(struct capture *c, const struct capture_options *o)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	uint32_t zero = 0;
	int err;

	/* -vvv: what the verifier says of each program: instructions processed, time, stack */
	if (log_verbosity() >= 3)
		opts.kernel_log_level = 4;
	c->skel = vmascope_bpf__open_opts(&opts);
	if (!c->skel) {
		vs_error("cannot open the BPF programs: %s", strerror(errno));
		return -errno;
	}
	err = choose_variants(c);
	if (err)
		return err;
	configure(c, o);
	err = size_maps(c, o);
	if (!err)
		err = vmascope_bpf__load(c->skel);
	if (err) {
		vs_error("cannot load the BPF programs: %s (-v tells more)", strerror(-err));
		return err;
	}
	if (o->cgroup_fd >= 0)
		err = bpf_map__update_elem(c->skel->maps.cgroup_filter, &zero, sizeof(zero),
					   &o->cgroup_fd, sizeof(o->cgroup_fd), BPF_ANY);
	if (err) {
		vs_error("cannot filter by that cgroup: %s (is it in a cgroup v2 hierarchy?)",
			 strerror(-err));
		return err;
	}
	err = map_maps(c);
	return err ? err : find_direct_map(c);
}

int capture__open(struct capture **out, const struct capture_options *o, capture_event_fn fn,
		  void *ctx)
{
	struct capture *c;
	int err;

	err = capture__check_privileges();
	if (err)
		return err;
	if (!features__btf()) {
		err = -errno;
		vs_error("no kernel type information: %s (a kernel with CONFIG_DEBUG_INFO_BTF=y is "
			 "needed, and /sys mounted)",
			 strerror(-err));
		return err;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	libbpf_set_print(print_libbpf);
	c->fn = fn;
	c->fn_ctx = ctx;
	c->nr_slots = o->nr_slots;
	c->nr_hists = o->nr_hists;
	c->nr_cpus = libbpf_num_possible_cpus();

	err = load(c, o);
	if (err)
		goto fail;
	c->ring = ring_buffer__new(bpf_map__fd(c->skel->maps.events), on_record, c, NULL);
	if (!c->ring) {
		err = -errno;
		vs_error("cannot map the ring buffer: %s", strerror(-err));
		goto fail;
	}
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
	return mark(c, &pid, 1, TARGET_WAITING);
}

int capture__fd(const struct capture *c)
{
	return ring_buffer__epoll_fd(c->ring);
}

int capture__consume(struct capture *c)
{
	return ring_buffer__consume(c->ring);
}

void capture__detach(struct capture *c)
{
	while (c->nr_links)
		bpf_link__destroy(c->links[--c->nr_links]);
	run_iterator(c, ITER_SETTLE);
	capture__consume(c);
}

void capture__close(struct capture *c)
{
	struct shared_map maps[NR_SHARED_MAPS];

	if (!c)
		return;
	while (c->nr_links)
		bpf_link__destroy(c->links[--c->nr_links]);
	free(c->links);
	ring_buffer__free(c->ring);
	if (c->skel) {
		shared_maps(c, maps);
		for (int i = 0; i < NR_SHARED_MAPS; i++)
			if (*maps[i].at)
				munmap(*maps[i].at, maps[i].bytes);
	}
	vmascope_bpf__destroy(c->skel);
	free(c);
}

const struct hook_variant *capture__variant(const struct capture *c, enum hook_id id)
{
	return c->variants[id];
}

uint32_t capture__nr_slots(const struct capture *c)
{
	return c->nr_slots;
}

uint32_t capture__nr_cpus(const struct capture *c)
{
	return c->nr_cpus;
}

const volatile struct vs_slot *capture__slot(const struct capture *c, uint32_t index)
{
	return &c->slots[index];
}

const struct vs_counts *capture__counts(const struct capture *c, uint32_t cpu, uint32_t index)
{
	return &c->counts[(size_t)cpu * c->nr_slots + index];
}

bool capture__hist_valid(const struct capture *c, uint32_t hist)
{
	return hist >= VS_HIST_FIRST && hist < c->nr_hists;
}

void capture__hist_add(const struct capture *c, uint32_t hist, struct vs_hist *sum)
{
	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		hist__add(sum, &c->hists[(size_t)cpu * c->nr_hists + hist]);
}

void capture__hist_give_back(struct capture *c, uint32_t hist)
{
	struct vs_slot_ring *r = &c->free_ring[1];

	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		memset(&c->hists[(size_t)cpu * c->nr_hists + hist], 0, sizeof(*c->hists));
	c->free_hists[r->given & (c->nr_hists - 1)] = hist;
	__atomic_store_n(&r->given, r->given + 1, __ATOMIC_RELEASE);
}

uint32_t capture__next_taken(struct capture *c)
{
	if (c->seen_taken >= __atomic_load_n(&c->free_ring->taken, __ATOMIC_ACQUIRE))
		return 0;
	return c->free_slots[c->seen_taken++ & (c->nr_slots - 1)];
}

uint32_t capture__free_slots(const struct capture *c)
{
	return c->free_ring->given - __atomic_load_n(&c->free_ring->taken, __ATOMIC_ACQUIRE);
}

uint32_t capture__free_hists(const struct capture *c)
{
	return c->free_ring[1].given - __atomic_load_n(&c->free_ring[1].taken, __ATOMIC_ACQUIRE);
}

uint32_t capture__nr_hists(const struct capture *c)
{
	return c->nr_hists;
}

void capture__mute(struct capture *c, uint32_t index)
{
	c->slots[index].muted = 1;
}

void capture__retire(struct capture *c, const uint32_t *slots, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct vs_slot *s = &c->slots[slots[i]];

		if (s->kind == VS_SLOT_VMA)
			bpf_map__delete_elem(c->skel->maps.vmas, &s->vma.key, sizeof(s->vma.key),
					     0);
		__atomic_add_fetch(&s->generation, 1, __ATOMIC_SEQ_CST);
	}
	/*
	 * Programs that have already compared the generation may still be counting. They run
	 * under RCU, and this is synchronize_rcu(); with nohz_full CPUs it is refused.
	 */
	if (nr && syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(SLOT_GRACE_US);
}

void capture__give_back(struct capture *c, uint32_t index)
{
	struct vs_slot_ring *r = c->free_ring;

	for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
		memset(&c->counts[(size_t)cpu * c->nr_slots + index], 0, sizeof(*c->counts));
	c->slots[index].kind = VS_SLOT_FREE;
	c->free_slots[r->given & (c->nr_slots - 1)] = index;
	__atomic_store_n(&r->given, r->given + 1, __ATOMIC_RELEASE);
}

void capture__stats(const struct capture *c, struct vs_stats *sum)
{
	struct vs_stats *per_cpu = calloc(c->nr_cpus, sizeof(*per_cpu));
	uint32_t zero = 0;

	memset(sum, 0, sizeof(*sum));
	if (!per_cpu)
		return;
	if (!bpf_map__lookup_elem(c->skel->maps.stats, &zero, sizeof(zero), per_cpu,
				  c->nr_cpus * sizeof(*per_cpu), 0)) {
		const uint64_t *from = (const uint64_t *)per_cpu;
		uint64_t *to = (uint64_t *)sum;
		const size_t n = sizeof(*sum) / sizeof(*to);

		for (size_t i = 0; i < n * c->nr_cpus; i++)
			to[i % n] += from[i];
	}
	free(per_cpu);
}

int capture__file(const struct capture *c, const struct vs_file_key *key, struct vs_file *file)
{
	return bpf_map__lookup_elem(c->skel->maps.files, key, sizeof(*key), file, sizeof(*file), 0);
}
