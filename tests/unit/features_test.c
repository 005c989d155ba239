// SPDX-License-Identifier: GPL-2.0-only
/*
 * features_test.c - which variant of each hook is chosen on which kernel, and what is said of those that
 * are not: kernels are made up, with their type information.
 */
#include "made_kernel.h"

static int forget(void **state)
{
	(void)state;
	features__ask(NULL);
	return 0;
}

/** variant_of - its place among those of the hook, -1: there is none */
static int variant_of(enum hook_id id)
{
	const struct hook_variant *v = hooks__choose(id);

	return v ? (int)(v - hooks[id].variants) : -1;
}

static void preferred_variants_are_chosen(void **state)
{
	(void)state;
	make_kernel((struct made_kernel){});
	for (int i = 0; i < NR_HOOKS; i++)
		if (HERE(i) && variant_of(i))
			fail_msg("hook %s: variant %d", hooks[i].name, variant_of(i));
	for (int i = 0; i < NR_FEATURES; i++)
		if (!features__probe()[i].available && HERE(HOOK_CAUSE))
			fail_msg("feature %s: %s", features__probe()[i].name,
				 features__probe()[i].reason);
}

/**
 * struct expected - what a kernel that lacks something has
 * @feature: is not available, for @reason, which is a part of what is said
 * @hook: is done by @variant, -1: not at all
 */
static const struct expected {
	struct made_kernel kernel;
	enum feature_id feature;
	const char *reason;
	enum hook_id hook;
	int variant;
} lacking[] = {
	{ { .without = "mm_lock_seq" }, FEATURE_MM_LOCK_SEQ, "before 6.4", HOOK_VMA_CACHE, 1 },
	{ { .without = "mm_mt" }, FEATURE_MAPLE_TREE, "before 6.1", HOOK_VMA, 1 },
	{ { .without = "bpf_rdonly_cast" }, FEATURE_PLAIN_LOADS, "before 6.2", HOOK_READS, 1 },
	{ { .without = "vm_event_state" },
	  FEATURE_PLAIN_LOADS,
	  "CONFIG_VM_EVENT_COUNTERS",
	  HOOK_READS,
	  1 },
	{ { .without = "bpf_find_vma" }, FEATURE_FIND_VMA, "before 5.17", HOOK_VMA, 0 },
	{ { .without = "btf_trace_page_fault_user" },
	  FEATURE_TP_BTF_FAULT,
	  "no tracepoint page_fault_user",
	  HOOK_FAULT_BEGIN,
	  1 },
	{ { .without = "page_fault_user" },
	  FEATURE_RAW_TP_FAULT,
	  "No such file",
	  HOOK_FAULT_BEGIN,
	  0 },
	{ { .without = "run_delay" }, FEATURE_RUN_TIMES, "CONFIG_SCHED_INFO", HOOK_VMA_CACHE, 0 },
	{ { .without = "rq" }, FEATURE_RUN_TIMES, "CONFIG_FAIR_GROUP_SCHED", HOOK_VMA_CACHE, 0 },
	{ { .unstable = true }, FEATURE_RUN_TIMES, "is the TSC unstable", HOOK_VMA_CACHE, 0 },
	{ { .without = "csd_queue_cpu" }, FEATURE_CSD, "before 6.5", HOOK_INTERRUPT, 1 },
	{ { .without = "btf_trace_tlb_flush" },
	  FEATURE_TLB_FLUSH,
	  "no tracepoint tlb_flush",
	  HOOK_FLUSH,
	  -1 },
	{ { .without = "btf_trace_contention_begin" },
	  FEATURE_CONTENTION,
	  "no tracepoint contention_begin",
	  HOOK_LOCK,
	  -1 },
	{ { .without = "btf_trace_mm_vmscan_direct_reclaim_begin" },
	  FEATURE_RECLAIM,
	  "no tracepoint mm_vmscan_direct_reclaim_begin",
	  HOOK_RECLAIM,
	  -1 },
	{ { .without = "btf_trace_mm_vmscan_memcg_reclaim_begin" },
	  FEATURE_MEMCG_RECLAIM,
	  "no tracepoint mm_vmscan_memcg_reclaim_begin",
	  HOOK_MEMCG_RECLAIM,
	  -1 },
	{ { .without = "btf_trace_mm_compaction_begin" },
	  FEATURE_COMPACTION,
	  "no tracepoint mm_compaction_begin",
	  HOOK_COMPACTION,
	  -1 },
	{ { .fexit = -EPERM }, FEATURE_FEXIT_FAULT, "does not allow attaching", HOOK_FAULT_END, 1 },
	{ { .fexit = -EPERM },
	  FEATURE_FENTRY_FLUSH,
	  "does not allow attaching",
	  HOOK_INTERRUPT,
	  0 },
	{ { .preempts = true }, FEATURE_FEXIT_FAULT, "can preempt", HOOK_FAULT_END, 1 },
	{ { .event = -EACCES }, FEATURE_SW_EVENTS, "perf_event_paranoid", HOOK_FAULT_END, 0 },
	{ { .set_program = -EINVAL }, FEATURE_SW_EVENTS, "Invalid argument", HOOK_FAULT_END, 0 },
	{ { .confidential = true }, FEATURE_READ_KERNEL, "lockdown=confidentiality", HOOK_VMA, -1 },
	{ { .rt = true }, FEATURE_FIND_VMA, "PREEMPT_RT", HOOK_VMA, 0 },
	{ { .no_maps = true }, FEATURE_RINGBUF, "not supported", HOOK_TASK, -1 },
	{ { .without = "bpf_iter_task" }, FEATURE_TASK_ITER, "", HOOK_TARGETS, -1 },
#if defined(__x86_64__)
	{ { .fexit = -EPERM }, FEATURE_FENTRY_CALLS, "does not allow attaching", HOOK_MEMCALL, 1 },
	{ { .preempts = true }, FEATURE_FENTRY_CALLS, "can preempt", HOOK_MEMCALL, 1 },
	{ { .without = "bpf_loop" }, FEATURE_PAGE_TABLES, "before 5.17", HOOK_CAUSE, 1 },
#endif
	{ { .no_btf = true }, FEATURE_BTF, "CONFIG_DEBUG_INFO_BTF", HOOK_TASK, -1 },
};

static void fallback_is_chosen_and_reported(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++) {
		const struct expected *e = &lacking[i];
		const struct feature *f;

		make_kernel(e->kernel);
		f = &features__probe()[e->feature];
		if (f->available || feature_on(e->feature))
			fail_msg("row %zu: %s is available", i, f->name);
		if (!*f->reason || !strstr(f->reason, e->reason))
			fail_msg("row %zu: %s is not available: '%s'", i, f->name, f->reason);
		if (variant_of(e->hook) != e->variant)
			fail_msg("row %zu: hook %s by variant %d, want %d", i, hooks[e->hook].name,
				 variant_of(e->hook), e->variant);
	}
}

static void reason_names_the_first_missing_feature(void **state)
{
	char why[192];

	(void)state;
	make_kernel((struct made_kernel){ .without = "csd_queue_cpu" });
	hooks__why_not(&hooks[HOOK_INTERRUPT].variants[0], why, sizeof(why));
	assert_string_equal(why, "csd: this kernel has no tracepoint csd_queue_cpu (before 6.5)");
	make_kernel((struct made_kernel){ .confidential = true, .without = "mm_mt" });
	hooks__why_not(&hooks[HOOK_VMA].variants[0], why, sizeof(why));
	assert_memory_equal(why, "read-kernel: ", 13);
}

static void no_feature_disables_it(void **state)
{
	char why[192], names[1024];

	(void)state;
	make_kernel((struct made_kernel){});
	assert_int_equal(features__disable("csd"), 0);
	assert_int_equal(features__disable("no such feature"), -ENOENT);
	assert_false(feature_on(FEATURE_CSD));
	assert_true(features__probe()[FEATURE_CSD].available);
	assert_int_equal(variant_of(HOOK_INTERRUPT), 1);
	hooks__why_not(&hooks[HOOK_INTERRUPT].variants[0], why, sizeof(why));
	assert_string_equal(why, "csd: disabled by --no-feature");
	/* each name that is listed can be given */
	features__names(names, sizeof(names));
	for (char *rest = names, *name; (name = strsep(&rest, ","));)
		assert_int_equal(features__disable(name + (*name == ' ')), 0);
}

static int open_files(void)
{
	int nr = 0;

	for (int fd = 0; fd < 256; fd++)
		nr += fcntl(fd, F_GETFD) >= 0;
	return nr;
}

static void probed_once_without_open_files(void **state)
{
	const int before = open_files();
	unsigned int loads;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++) {
		make_kernel(lacking[i].kernel);
		features__probe();
		loads = kernel.loads;
		features__probe();
		feature_on(FEATURE_CSD);
		assert_int_equal(kernel.loads, loads);
		assert_int_equal(open_files(), before);
	}
}

#define KERNEL_TEST(f) cmocka_unit_test_teardown(f, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		KERNEL_TEST(preferred_variants_are_chosen),
		KERNEL_TEST(fallback_is_chosen_and_reported),
		KERNEL_TEST(reason_names_the_first_missing_feature),
		KERNEL_TEST(no_feature_disables_it),
		KERNEL_TEST(probed_once_without_open_files),
	};

	return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
