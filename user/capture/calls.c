// SPDX-License-Identifier: GPL-2.0-only
/* calls.c - the maps of memory calls and TLB shootdowns: sizes, rows, totals, pairs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "capture/internal.h"
#include "model/hist.h"
#include "util/array.h"
#include "vmascope.skel.h"

/** Maximum number of the kernel's IPI structures that are tracked: one for each pair of CPUs. */
#define MOST_SENT_IPIS 65536u

static bool in_use(const struct capture *c)
{
	return c->variants[HOOK_FLUSH] || c->variants[HOOK_INTERRUPT];
}

int calls__size_maps(struct capture *c)
{
	const uint64_t pairs_of_cpus = (uint64_t)c->nr_cpus * c->nr_cpus;
	const uint32_t sent = pairs_of_cpus < MOST_SENT_IPIS ? pairs_of_cpus : MOST_SENT_IPIS;
	const bool used = in_use(c);
	const struct map_size sizes[] = {
		{ c->skel->maps.call_rows, c->nr_call_rows },
		{ c->skel->maps.free_call_rows, c->nr_call_rows },
		{ c->skel->maps.call_index, c->nr_call_rows },
		{ c->skel->maps.call_hists, used ? VS_NR_CALL_CLASSES * VS_NR_CALL_TIMES : 1 },
		{ c->skel->maps.cpu_flushes, used ? c->nr_cpus : 1 },
		{ c->skel->maps.sent_ipis, used ? sent : 1 },
		{ c->skel->maps.pairs, c->nr_pairs },
		{ c->skel->maps.ranges, c->nr_ranges },
		{ c->skel->maps.range_procs, c->nr_ranges > 1 ? c->nr_slots : 1 },
	};

	return map_sizes__set(sizes, ARRAY_SIZE(sizes));
}

void calls__find_functions(struct capture *c)
{
	static const char *const names[VS_NR_IPI] = {
		[VS_IPI_USER] = "flush_tlb_func",
		[VS_IPI_KERNEL] = "do_kernel_range_flush",
		[VS_IPI_ALL] = "do_flush_tlb_all",
	};
	unsigned long long address;
	char line[512], name[256];
	FILE *f;

	if (!c->variants[HOOK_INTERRUPT])
		return;
	f = fopen("/proc/kallsyms", "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %255s", &address, name) != 2)
			continue;
		for (int i = 0; i < VS_NR_IPI; i++)
			if (!strcmp(name, names[i]))
				c->skel->bss->flush_functions[i] = address;
	}
	fclose(f);
}

/* --- rows ---------------------------------------------------------------------------------- */

const struct vs_call_row *capture__call_row(const struct capture *c, uint32_t index)
{
	return &c->call_rows[index];
}

void capture__retire_call_rows(struct capture *c, const uint32_t *rows, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct vs_call_row *r = &c->call_rows[rows[i]];

		c->kernel->remove(c->skel->maps.call_index, &r->key, sizeof(r->key));
		__atomic_add_fetch(&r->generation, 1, __ATOMIC_SEQ_CST);
	}
	if (nr)
		c->kernel->grace();
}

void capture__give_back_call_row(struct capture *c, uint32_t index)
{
	struct vs_call_row *r = &c->call_rows[index];

	r->used = 0;
	memset(&r->counts, 0, sizeof(r->counts));
	free_list__give_back(&c->free[FREE_CALL_ROWS], index);
}

/* --- per-CPU data ----------------------------------------------------------------------------- */

void capture__call_hist(const struct capture *c, uint32_t class, enum vs_call_time time,
			struct vs_hist *sum)
{
	struct vs_hist *per_cpu = calloc(c->nr_cpus, sizeof(*per_cpu));
	uint32_t index = class * VS_NR_CALL_TIMES + time;

	memset(sum, 0, sizeof(*sum));
	if (per_cpu && !c->kernel->lookup(c->skel->maps.call_hists, &index, sizeof(index), per_cpu,
					  c->nr_cpus * sizeof(*per_cpu)))
		for (uint32_t cpu = 0; cpu < c->nr_cpus; cpu++)
			hist__add(sum, &per_cpu[cpu]);
	free(per_cpu);
}

void capture__sweep_ranges(const struct capture *c)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const int fd = bpf_program__fd(c->skel->progs.sweep_ranges);

	if (fd >= 0 &&
	    __atomic_load_n(&c->skel->bss->nr_range_nodes, __ATOMIC_RELAXED) > c->nr_ranges / 2)
		bpf_prog_test_run_opts(fd, &opts);
}

uint64_t capture__longest_lost(const struct capture *c)
{
	return c->skel->bss->longest_lost;
}

void capture__shootdowns(const struct capture *c, struct vs_shootdowns *sum)
{
	slots__sum_cpus(c, c->skel->maps.shootdowns, sum, sizeof(*sum));
}

int capture__pairs(const struct capture *c, struct vs_pair_key **keys, struct vs_pair **pairs,
		   uint32_t *nr)
{
	int err;

	*nr = c->nr_pairs;
	*keys = malloc(c->nr_pairs * sizeof(**keys));
	*pairs = malloc(c->nr_pairs * sizeof(**pairs));
	err = *keys && *pairs ? c->kernel->lookup_all(c->skel->maps.pairs, *keys, *pairs, nr)
			      : -ENOMEM;
	if (!err)
		return 0;
	free(*keys);
	free(*pairs);
	*keys = NULL;
	*pairs = NULL;
	*nr = 0;
	return err;
}

void capture__drop_pair(const struct capture *c, const struct vs_pair_key *key)
{
	c->kernel->remove(c->skel->maps.pairs, key, sizeof(*key));
}
