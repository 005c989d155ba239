// SPDX-License-Identifier: GPL-2.0-only
/*
 * lifecycle_test - processes and VMAs that come, split, change and go: every fault stays where
 * it belongs.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REGION_START 0x100000000000UL
#define REGION_END 0x110000000000UL

static bool in_region(struct json_object *vma)
{
	return !vt_bool(vma, "several") && vt_hex(vma, "start") >= REGION_START &&
	       vt_hex(vma, "end") <= REGION_END;
}

static bool is_named(struct json_object *vma, const char *part)
{
	return strstr(vt_str(vma, "name"), part);
}

/* Σ @member over the rows of the region whose name holds @part. */
static int64_t region_sum(struct json_object *stat, const char *part, const char *member,
			  int64_t *rows)
{
	struct json_object *process, *vma;
	int64_t n = 0;

	*rows = 0;
	vt_each(process, stat, "processes")
		vt_each(vma, process, "vmas") if (in_region(vma) && is_named(vma, part))
	{
		n += vt_int(vma, member);
		++*rows;
	}
	return n;
}

static int64_t known_sum(struct json_object *work, const char *const *kinds, const char *member)
{
	struct json_object *range;
	int64_t n = 0;

	for (; *kinds; kinds++)
		vt_each(range, work, "ranges") if (!strcmp(vt_str(range, "kind"), *kinds))
			n += vt_int(range, member);
	return n;
}

static const struct {
	const char *name; /* as the VMA's name holds it */
	const char *const *kinds;
} region_parts[] = {
	{ "[anon]", (const char *const[]){ "before-split", "split-odd", "split-even", "merged",
					   "remap-anon", "after-exec", NULL } },
	{ "memfd:vmascope-split", (const char *const[]){ "memfd", NULL } },
	{ "/vmascope-split.", (const char *const[]){ "file", NULL } },
};

static void check_region(struct json_object *stat, struct json_object *work, bool all_kept)
{
	static const char *const members[] = { "faults", "minor", "major", "read", "write" };
	int64_t rows;

	for (size_t i = 0; i < sizeof(region_parts) / sizeof(region_parts[0]); i++)
		for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
			int64_t got = region_sum(stat, region_parts[i].name, members[m], &rows);
			int64_t want = known_sum(work, region_parts[i].kinds, members[m]);

			if (all_kept)
				vt_equal(got, want, "%s of %s in %ld VMAs", members[m],
					 region_parts[i].name, rows);
			else
				vt_cmp(got, <=, want, "%s of %s in %ld VMAs", members[m],
				       region_parts[i].name, rows);
		}
}

/* Nothing else may be in the region: a row of another name there is a fault astray. */
static void check_nothing_astray(struct json_object *stat, int64_t pid)
{
	struct json_object *process, *vma;

	vt_each(process, stat, "processes") vt_each(vma, process, "vmas")
	{
		bool known = false;

		if (!in_region(vma))
			continue;
		vt_equal(vt_int(process, "pid"), pid, "owner of the region");
		for (size_t i = 0; i < sizeof(region_parts) / sizeof(region_parts[0]); i++)
			known = known || is_named(vma, region_parts[i].name);
		if (!known)
			fail_msg("astray: %s", json_object_to_json_string(vma));
	}
}

static void split(const char *vmas, bool may_overflow)
{
	struct vt_scope s;
	int64_t overflow, lost;

	vt_stat(&s, NULL, VT_ARGS("split", "--vmas", vmas));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	/* What the kernel faults in without a trap may have no known VMA. */
	overflow = vt_sum_pid(s.json, -1, "overflow") - vt_int(s.json, "totals.gup");
	lost = vt_int(s.json, "lost.slots");
	if (!may_overflow) {
		vt_equal(lost, 0, "lost slots");
		vt_cmp(overflow, <, 200, "overflow");
	}
	check_region(s.json, s.work, !lost);
	check_nothing_astray(s.json, vt_int(s.work, "pid"));
	vt_scope_free(&s);
}

static void vma_splits_beyond_the_slots(void **state)
{
	(void)state;
	split("20000", true);
}

static void vma_splits_within_the_slots(void **state)
{
	(void)state;
	split("2000", false);
}

#define MAX_PID (1 << 22)

/* minor + major << 32 by pid; a pid may have been used again, and then they add up. */
static int64_t *usage_by_pid(struct json_object *o, const char *array)
{
	int64_t *sum = calloc(MAX_PID, sizeof(*sum));
	struct json_object *item;

	vt_true(sum);
	vt_each(item, o, array) sum[vt_int(item, "pid") % MAX_PID] += vt_int(item, "minor") +
								      (vt_int(item, "major") << 32);
	return sum;
}

/* Each child's own wait4() usage, not only their sum. */
static void check_each_child(struct json_object *stat, struct json_object *work)
{
	int64_t *got = usage_by_pid(stat, "processes"), *want = usage_by_pid(work, "ranges");
	struct json_object *range;
	size_t wrong = 0;

	vt_each(range, work, "ranges")
	{
		int64_t pid = vt_int(range, "pid");

		if (got[pid] == want[pid])
			continue;
		if (wrong++ < 5)
			print_error("%s %ld: minor %ld instead of %ld, major %ld instead of %ld\n",
				    vt_str(range, "kind"), (long)pid, (long)(got[pid] & UINT32_MAX),
				    (long)(want[pid] & UINT32_MAX), (long)(got[pid] >> 32),
				    (long)(want[pid] >> 32));
	}
	vt_equal(wrong, 0, "children of %zu whose count is not wait4()'s", vt_len(work, "ranges"));
	free(got);
	free(want);
}

static void churn(const char *const *work)
{
	struct json_object *process;
	struct vt_scope s;

	vt_stat(&s, NULL, work);
	vt_cmp(vt_len(s.work, "ranges"), ==, 300, "children");
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	check_each_child(s.json, s.work);
	vt_each(process, s.json, "processes") vt_true(vt_bool(process, "exited"));
	vt_scope_free(&s);
}

static void short_lived_processes(void **state)
{
	(void)state;
	churn(VT_ARGS("churn", "--procs", "300"));
}

static void one_process_at_a_time(void **state)
{
	(void)state;
	churn(VT_ARGS("churn", "--procs", "300", "--parallel", "1"));
}

static void reused_pids(void **state)
{
	(void)state;
	churn(VT_ARGS("churn", "--procs", "300", "--parallel", "1", "--reuse"));
}

/** struct output - wait until the file @fd has @want documents of intervals; it is read up to @at */
struct output {
	int fd;
	off_t at;
	char last;
	size_t nr;
	size_t want;
};

/* Each begins with "{" at the beginning of a line; they are long. */
static bool has_documents(void *arg)
{
	static char text[1 << 16];
	struct output *o = arg;
	ssize_t n;

	while ((n = pread(o->fd, text, sizeof(text), o->at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			o->nr += text[i] == '{' && (i ? text[i - 1] : o->last) == '\n';
		o->last = text[n - 1];
		o->at += n;
	}
	return o->nr >= o->want;
}

/** struct batches - wait until stdout of @cmd has @nr lines "batch", or it has ended */
struct batches {
	const struct vt_cmd *cmd;
	size_t nr;
};

static bool has_batch(void *arg)
{
	const struct batches *b = arg;
	char *out = vt_peek(b->cmd);
	size_t n = 0;

	for (const char *p = out; (p = strstr(p, "batch\n")); p++)
		n++;
	free(out);
	return n >= b->nr || vt_ended(b->cmd);
}

/*
 * More processes than slots: slots come back, and each count stays its process's. A batch of them
 * needs fewer slots than there are; the next one waits until vmascope has ended two more intervals,
 * in which it has seen the ends of all of the last one.
 */
static void thousands_of_processes(void **state)
{
	const char *path = vt_path("stat.json"), *result = vt_path("churn.json");
	struct output intervals = { .last = '\n' };
	struct json_object *all, *json, *work;
	struct batches batches;
	struct vt_cmd cmd;
	char *text;

	(void)state;
	vt_start(&cmd, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_vmascope(), "stat", "-j", "-i", "200ms", "--slots", "16384", "-o", path,
			 "--", vt_workload("churn"), "--procs", "2000", "--pages", "5", "--batch",
			 "250", "--result", result));
	vt_await_attached(&cmd);
	vt_sys(intervals.fd = open(path, O_RDONLY | O_CLOEXEC));
	batches = (struct batches){ .cmd = &cmd };
	for (batches.nr = 1;; batches.nr++) {
		vt_await(has_batch, &batches, "250 processes", VT_PATIENCE);
		if (vt_ended(&cmd))
			break;
		has_documents(&intervals);
		intervals.want = intervals.nr + 2;
		vt_await(has_documents, &intervals, "two more intervals", VT_PATIENCE);
		vt_true(write(cmd.stdin_fd, "\n", 1) == 1);
	}
	vt_wait(&cmd, VT_PATIENCE);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	close(intervals.fd);
	vt_equal(batches.nr, 8, "batches");
	text = vt_read_file(path, NULL);
	all = vt_json_lines(text, path);
	free(text);
	json = json_object_array_get_idx(all, json_object_array_length(all) - 1);
	work = vt_json_file(result);
	vt_cmp(vt_len(work, "ranges"), ==, 2000, "children");
	vt_check_sums(json);
	vt_equal(vt_int(json, "lost.slots"), 0, "lost slots");
	vt_check_usage(json, work);
	check_each_child(json, work);
	json_object_put(all);
	json_object_put(work);
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(vma_splits_within_the_slots),
	VT_TEST(vma_splits_beyond_the_slots),
	VT_TEST(short_lived_processes),
	VT_TEST(one_process_at_a_time),
	VT_TEST(reused_pids),
	VT_TEST(thousands_of_processes),
};

VT_MAIN(tests)
