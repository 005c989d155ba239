// SPDX-License-Identifier: GPL-2.0-only
/*
 * shootdown.c - run `vmascope shootdown` under the kernel's tracer, and compare their results.
 */
#include "shootdown.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_CALLS 4

/**
 * What the rows of one name correspond to in the trace: system calls, and, if @outside, events
 * outside of calls. Names in the same group are compared by their sum.
 */
static const struct {
	const char *names[6];
	long calls[MAX_CALLS];
	bool counted; /* its rows count calls, not flushes */
	bool outside;
} same[] = {
	{ { "mprotect" }, { SYS_mprotect }, true, false },
	{ { "pkey_mprotect" }, { SYS_pkey_mprotect }, true, false },
	{ { "munmap" }, { SYS_munmap }, true, false },
	{ { "mremap" }, { SYS_mremap }, true, false },
	{ { "madvise" }, { SYS_madvise }, true, false },
	{ { "process_madvise" }, { SYS_process_madvise }, true, false },
	{ { "brk" }, { SYS_brk }, true, false },
	{ { "mmap" }, { SYS_mmap }, true, false },
	{ { "mlock" }, { SYS_mlock }, true, false },
	{ { "mlock2" }, { SYS_mlock2 }, true, false },
	{ { "munlock" }, { SYS_munlock }, true, false },
	{ { "mlockall" }, { SYS_mlockall }, true, false },
	{ { "munlockall" }, { SYS_munlockall }, true, false },
	/* creating a thread is no fork, but the trace does not distinguish them */
	{ { "fork" }, { SYS_clone, SYS_clone3, SYS_fork, SYS_vfork }, false, false },
	{ { "writeback" }, { SYS_msync, SYS_fsync }, false, false },
	{ { "truncate" }, { SYS_truncate, SYS_ftruncate }, false, false },
	{ { "userfaultfd" }, { SYS_ioctl }, false, false },
	/* faults, exit, and the start of a process, which is still inside of execve */
	{ { "cow", "fault", "numa", "exit", "exec", "other" }, { SYS_execve }, false, true },
};

/* Members of a row, and the corresponding members of struct vt_kcall. */
static const struct {
	const char *member;
	size_t offset;
	bool of_calls; /* see same[].counted */
} members[] = {
	{ "count", offsetof(struct vt_kcall, left), true },
	{ "errors", offsetof(struct vt_kcall, failed), true },
	{ "flushes.local", offsetof(struct vt_kcall, local), false },
	{ "flushes.remote", offsetof(struct vt_kcall, remote), false },
	{ "flushes.full", offsetof(struct vt_kcall, full), false },
	{ "pages", offsetof(struct vt_kcall, pages), false },
};

static const struct {
	const char *list;
	const char *by;
} lists[] = {
	{ "vmas", "vma" },   { "by_process", "process" }, { "threads", "thread" },
	{ "sites", "site" }, { "stacks", "stack" },
};

static bool is(struct json_object *row, const char *member, const char *want)
{
	struct json_object *got = vt_get(row, member);

	return !want || (got && !strcmp(json_object_get_string(got), want));
}

/*
 * What a row can't have (errors outside of calls), or the object that contains it, is null: use 0.
 */
static int64_t number_of(struct json_object *row, const char *path)
{
	char name[64];

	for (struct json_object *o = row; *path;) {
		size_t n = strcspn(path, ".");

		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		path += n + (path[n] == '.');
		if (!json_object_object_get_ex(o, name, &o))
			fail_msg("no '%s' in %.2000s", name, json_object_to_json_string(row));
		if (!o)
			return 0;
		if (!*path)
			return json_object_get_int64(o);
	}
	return 0;
}

int64_t vt_rows_sum(struct json_object *json, const char *list, const char *call,
		    const char *advice, int64_t pid, const char *member)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, json, list) if (is(row, "call", call) && is(row, "advice", advice) &&
				     (pid < 0 || vt_int(row, "pid") == pid))
		sum += number_of(row, member);
	return sum;
}

int64_t vt_calls_sum(struct json_object *json, const char *call, const char *advice,
		     const char *member)
{
	return vt_rows_sum(json, "calls", call, advice, -1, member);
}

/* An initiator from before the attachment is unknown: null. */
static bool number_is(struct json_object *o, const char *path, int64_t want)
{
	struct json_object *got = vt_get(o, path);

	return want < 0 || (got && json_object_get_int64(got) == want);
}

int64_t vt_page_sum(const struct vt_shot *shot, const char *member)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, shot->s.json, "vmas") if (is(row, "call", "mprotect") &&
					       vt_get(row, "start") &&
					       vt_hex(row, "start") == vt_hex(shot->s.work, "page"))
		sum += vt_int(row, member);
	return sum;
}

int64_t vt_pairs_sum(struct json_object *json, const char *kind, int64_t from, int64_t to,
		     int64_t from_cpu, int64_t to_cpu)
{
	struct json_object *p;
	int64_t sum = 0;

	vt_each(p, json, "pairs")
	{
		if (is(p, "kind", kind) && number_is(p, "initiator.pid", from) &&
		    number_is(p, "target.pid", to) && number_is(p, "cpu_from", from_cpu) &&
		    number_is(p, "cpu_to", to_cpu))
			sum += vt_int(p, "count");
	}
	return sum;
}

static void check_row(struct json_object *row)
{
	struct json_object *latency = vt_get(row, "latency_ns");

	vt_cmp(number_of(row, "errors"), <=, vt_int(row, "count"), "errors");
	vt_cmp(vt_int(row, "flushes.full"), <=,
	       vt_int(row, "flushes.local") + vt_int(row, "flushes.remote"), "full flushes");
	if (latency) {
		vt_cmp(vt_int(latency, "max"), <=, vt_int(latency, "sum"), "longest of %s",
		       vt_str(row, "call"));
		vt_cmp(vt_int(latency, "sum"), <=, vt_int(latency, "max") * vt_int(row, "count"),
		       "sum of %s", vt_str(row, "call"));
	}
	if (vt_get(row, "start") && vt_get(row, "end"))
		vt_true(vt_hex(row, "start") <= vt_hex(row, "end"));
}

/* Rows that are further subdivided add up to those of the calls, name by name. */
static void check_list(struct json_object *json, const char *list)
{
	static const char *const more[] = { "bytes",	"stolen_ns",	  "splits",
					    "merges",	"wx.both",	  "wx.flips",
					    "refaults", "refault_ns",	  "count",
					    "errors",	"interrupts",	  "flushes.local",
					    "pages",	"flushes.remote", "flushes.full" };
	struct json_object *row, *call;

	vt_cmp(vt_len(json, list), >, 0, "rows of %s", list);
	vt_each(row, json, list) check_row(row);
	vt_each(call, json, "calls") for (size_t i = 0; i < NR(more); i++)
	{
		const char *name = vt_str(call, "call");

		/* known for some rows, but not for all */
		if (!strcmp(more[i], "splits") || !strcmp(more[i], "merges"))
			if (vt_rows_sum(json, "calls", name, NULL, -1, "splits_unknown"))
				continue;
		vt_equal(vt_rows_sum(json, list, name, NULL, -1, more[i]),
			 vt_calls_sum(json, name, NULL, more[i]), "Σ %s of %s in %s", more[i], name,
			 list);
	}
}

static int64_t cpus_sum(struct json_object *json, const char *member)
{
	struct json_object *cpu;
	int64_t sum = 0;

	vt_each(cpu, json, "cpus") sum += vt_int(cpu, member);
	return sum;
}

static void check_cpus(struct json_object *json)
{
	vt_equal(cpus_sum(json, "receipts"),
		 vt_int(json, "totals.receipts") + vt_int(json, "totals.kernel_receipts"),
		 "Σ receipts of CPUs");
	vt_equal(cpus_sum(json, "stolen_ns"), vt_int(json, "totals.stolen_ns"),
		 "Σ time stolen from CPUs");
	vt_equal(cpus_sum(json, "inflicted_ns"), vt_int(json, "totals.stolen_ns"),
		 "Σ time that CPUs stole");
}

void vt_check_shootdown(struct json_object *json)
{
	static const char *const kinds[] = { "local", "remote", "full" };
	struct json_object *row;
	char member[64];

	vt_each(row, json, "calls") check_row(row);
	for (size_t i = 0; i < NR(kinds); i++) {
		int64_t rows;

		snprintf(member, sizeof(member), "flushes.%s", kinds[i]);
		rows = vt_calls_sum(json, NULL, NULL, member);
		snprintf(member, sizeof(member), "totals.flushes.%s", kinds[i]);
		vt_equal(rows, vt_int(json, member), "Σ %s flushes of calls", kinds[i]);
	}
	vt_equal(vt_int(json, "totals.sends"), vt_int(json, "totals.flushes.remote"), "sends");
	vt_equal(vt_pairs_sum(json, "user", -1, -1, -1, -1), vt_int(json, "totals.receipts"),
		 "Σ pairs of user addresses = receipts");
	vt_equal(vt_pairs_sum(json, NULL, -1, -1, -1, -1),
		 vt_int(json, "totals.receipts") + vt_int(json, "totals.kernel_receipts"),
		 "Σ pairs");
	vt_cmp(vt_int(json, "totals.owned"), <=, vt_int(json, "totals.joined"), "owned");
	vt_cmp(vt_int(json, "totals.joined"), <=,
	       vt_int(json, "totals.receipts") + vt_int(json, "totals.kernel_receipts"), "joined");
	for (size_t i = 0; i < NR(lists); i++)
		if (vt_get(json, lists[i].list))
			check_list(json, lists[i].list);
	if (vt_get(json, "cpus"))
		check_cpus(json);
}

static int64_t of_kernel(const struct vt_ktally *kernel, size_t group, size_t offset)
{
	int64_t sum = 0;

	for (size_t i = 0; i < MAX_CALLS && same[group].calls[i]; i++)
		sum += *(int64_t *)((char *)&kernel->call[same[group].calls[i]] + offset);
	if (same[group].outside)
		sum += *(int64_t *)((char *)&kernel->call[VT_NO_CALL] + offset);
	return sum;
}

static int64_t of_scope(struct json_object *json, size_t group, const char *member)
{
	int64_t sum = 0;

	for (size_t i = 0; i < NR(same[group].names) && same[group].names[i]; i++)
		sum += vt_calls_sum(json, same[group].names[i], NULL, member);
	return sum;
}

void vt_check_page(const struct vt_shot *shot, struct vt_ktally *kernel)
{
	static const struct {
		const char *member;
		size_t offset;
	} same_of_page[] = {
		{ "count", offsetof(struct vt_kcall, left) },
		{ "errors", offsetof(struct vt_kcall, failed) },
		{ "flushes.local", offsetof(struct vt_kcall, local) },
		{ "flushes.remote", offsetof(struct vt_kcall, remote) },
		{ "flushes.full", offsetof(struct vt_kcall, full) },
		{ "pages", offsetof(struct vt_kcall, pages) },
	};
	const struct vt_kcall *of = &kernel->call[SYS_mprotect];
	const int64_t interrupts = vt_page_sum(shot, "interrupts");

	vt_ftrace_tally_at(kernel, (pid_t)vt_int(shot->s.work, "pid"),
			   vt_hex(shot->s.work, "page"));
	for (size_t i = 0; i < NR(same_of_page); i++)
		vt_equal(vt_page_sum(shot, same_of_page[i].member),
			 *(const int64_t *)((const char *)of + same_of_page[i].offset),
			 "%s of the page's mprotects = by the tracer", same_of_page[i].member);
	if (!vt_ftrace_has_csd())
		return;
	vt_equal(interrupts, of->queued, "interrupts of the page's mprotects");
}

/* Check what they received; with interrupt events only, those that others sent. */
static void check_receipts(struct json_object *json, const struct vt_ktally *least,
			   const struct vt_ktally *most)
{
	int64_t of_user = vt_int(json, "totals.receipts");
	int64_t of_kernel_range = vt_int(json, "totals.kernel_receipts");

	vt_cmp(of_user, >=, least->either[VT_IPI_USER], "receipts");
	vt_cmp(of_user, <=, most->either[VT_IPI_USER], "receipts");
	vt_cmp(of_kernel_range, >=, least->either[VT_IPI_KERNEL] + least->either[VT_IPI_ALL],
	       "receipts of flushes of kernel addresses");
	vt_cmp(of_kernel_range, <=, most->either[VT_IPI_KERNEL] + most->either[VT_IPI_ALL],
	       "receipts of flushes of kernel addresses");
}

/**
 * differs - print a difference, and go on, as the other figures help to explain it
 *
 * Return: there is a difference.
 */
static bool differs(const char *what, const char *of, int64_t got, int64_t want)
{
	if (got == want)
		return false;
	print_error("%s of %s: got %ld, the kernel's tracer %ld\n", what, of, (long)got,
		    (long)want);
	return true;
}

void vt_check_kernel(struct json_object *json, const struct vt_ktally *kernel,
		     const struct vt_ktally *wider)
{
	const struct {
		const char *path;
		int64_t want;
	} totals[] = {
		{ "totals.flushes.local", kernel->all.local },
		{ "totals.sends", kernel->all.remote },
		{ "totals.flushes.full", kernel->all.full },
		{ "totals.queued", kernel->queued[VT_IPI_USER] },
	};
	bool csd = vt_ftrace_has_csd(); /* without csd events, before 6.5, no tracer sees IPIs */
	int wrong = 0;

	for (size_t g = 0; g < NR(same); g++) {
		int64_t queued = of_kernel(kernel, g, offsetof(struct vt_kcall, queued));
		int64_t arrived = of_scope(json, g, "interrupts");

		if (csd)
			wrong += differs("interrupts", same[g].names[0], arrived, queued);
		for (size_t m = 0; m < NR(members); m++)
			if (!members[m].of_calls || same[g].counted)
				wrong += differs(members[m].member, same[g].names[0],
						 of_scope(json, g, members[m].member),
						 of_kernel(kernel, g, members[m].offset));
	}
	for (size_t i = 0; i < NR(totals) - !csd; i++)
		wrong += differs(totals[i].path, "all", vt_int(json, totals[i].path),
				 totals[i].want);
	if (wrong)
		print_error(
			"interrupts, by the tracer: %ld queued, %ld received (%ld without events), "
			"%ld of them by themselves, %ld taken; totals of vmascope: %s, lost: %s\n",
			(long)kernel->queued[VT_IPI_USER], (long)kernel->received[VT_IPI_USER],
			(long)kernel->unseen[VT_IPI_USER], (long)kernel->own[VT_IPI_USER],
			(long)kernel->taken[VT_IPI_USER],
			json_object_to_json_string(vt_get(json, "totals")),
			json_object_to_json_string(vt_get(json, "lost")));
	vt_equal(wrong, 0, "figures that differ from the kernel's tracer");
	if (csd)
		check_receipts(json, kernel, wider);
}

void vt_shootdown(struct vt_shot *shot, const char *const *filters, const char *const *work)
{
	const int64_t moved = vt_moved_pages();
	size_t events;

	vt_ftrace_start();
	vt_scope_one(&shot->s, "shootdown", filters, work);
	vt_ftrace_stop(&events);
	shot->moved = vt_moved_pages() != moved;
	vt_ftrace_tally(&shot->kernel, (pid_t)vt_int(shot->s.work, "pid"), NULL, NULL);
	vt_cmp(shot->kernel.call[SYS_mmap].left, >, 0, "calls that the tracer saw");
	vt_check_shootdown(shot->s.json);
	vt_check_kernel(shot->s.json, &shot->kernel, &shot->kernel);
}

void vt_shootdown_free(struct vt_shot *shot)
{
	vt_scope_free(&shot->s);
}
