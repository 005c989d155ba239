/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cgroup.bpf.h - the cgroup of a task, in the hierarchy used for filtering and grouping: that of
 * cgroup v2, that of a controller of cgroup v1, or a named one.
 */
#ifndef VMASCOPE_CGROUP_BPF_H
#define VMASCOPE_CGROUP_BPF_H

#include "maps.bpf.h"

#include <bpf/bpf_core_read.h>

/** Maximum number of hierarchies: one for each controller, and a few named ones. */
#define CGROUP_HIERARCHIES 32
/** Maximum depth below the root at which the filter's cgroup is found. */
#define CGROUP_LEVELS 32

/** Level of the filter's cgroup, plus 1; 0: none of its tasks has been seen yet. */
__weak __u32 cgroup_filter_level = 0;

/** cgroup_in_hierarchy - the cgroup of @set in hierarchy cfg.cgroup_hierarchy, or NULL. */
static __noinline u64 cgroup_in_hierarchy(u64 set)
{
	u64 head = set + bpf_core_field_offset(struct css_set, cgrp_links);
	u64 at = head;

	for (int i = 0; i < CGROUP_HIERARCHIES; i++) {
		const struct cgrp_cset_link *link;
		struct cgroup *cgroup;

		if (bpf_probe_read_kernel(&at, sizeof(at), (void *)at) || at == head)
			return 0;
		link = (void *)(at - bpf_core_field_offset(struct cgrp_cset_link, cgrp_link));
		cgroup = BPF_CORE_READ(link, cgrp);
		if (BPF_CORE_READ(cgroup, root, hierarchy_id) == (int)cfg.cgroup_hierarchy)
			return (u64)cgroup;
	}
	return 0;
}

/** task_cgroup - address of @task's cgroup in the configured hierarchy, or 0. */
static __always_inline u64 task_cgroup(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct cgroup_subsys_state *css = 0;

	if (cfg.cgroup_hierarchy)
		return cgroup_in_hierarchy((u64)set);
	if (!cfg.cgroup_v1)
		return (u64)BPF_CORE_READ(set, dfl_cgrp);
	bpf_probe_read_kernel(&css, sizeof(css),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      cfg.cgroup_subsys * sizeof(css));
	return css ? (u64)BPF_CORE_READ(css, cgroup) : 0;
}

/** cgroup_id - id of the cgroup at address @cgroup, as in the file handle of its directory. */
static __always_inline u64 cgroup_id(u64 cgroup)
{
	return cgroup ? BPF_CORE_READ((struct cgroup *)cgroup, kn, id) : 0;
}

/** cgroup_ancestor - id of the ancestor of @cgroup at @level, which may be @cgroup itself. */
static __always_inline u64 cgroup_ancestor(u64 cgroup, u32 level)
{
	u64 ancestor = 0;

	/* ancestors: 7f203bc89eb6 (6.1) */
	bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
			      (void *)(cgroup + bpf_core_field_offset(struct cgroup, ancestors) +
				       level * sizeof(ancestor)));
	return cgroup_id(ancestor);
}

/** task_under_cgroup - @task is in the filter's cgroup or below it. */
static __noinline bool task_under_cgroup(struct task_struct *task)
{
	u64 cgroup = task_cgroup(task);
	u32 known = cgroup_filter_level;
	int level;

	if (!cgroup)
		return false;
	level = BPF_CORE_READ((struct cgroup *)cgroup, level);
	if (known)
		return (int)known - 1 <= level &&
		       cgroup_ancestor(cgroup, known - 1) == cfg.cgroup_id;
	for (int i = 0; i < CGROUP_LEVELS; i++) {
		if (i > level)
			break;
		if (cgroup_ancestor(cgroup, i) != cfg.cgroup_id)
			continue;
		cgroup_filter_level = i + 1;
		return true;
	}
	return false;
}

#endif /* VMASCOPE_CGROUP_BPF_H */
