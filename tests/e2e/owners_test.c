// SPDX-License-Identifier: GPL-2.0-only
/*
 * owners_test - what anonymous memory is used for is recognised, also where it was mapped before
 * attaching; and what only looks like it is not.
 */
#include "check.h"
#include "gated.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The row of the VMA that holds @owned in the end, not of one that it was before; NULL: none faulted. */
static struct json_object *vma_of(struct json_object *process, struct json_object *owned)
{
	const uint64_t address = vt_hex(owned, "address");
	struct json_object *vma;

	vt_each(vma, process, "vmas")
	{
		if (!vt_bool(vma, "several") && vt_hex(vma, "start") == vt_hex(owned, "start") &&
		    address < vt_hex(vma, "end"))
			return vma;
	}
	return NULL;
}

/* Before Linux 6.7, a thread's stack and unknown memory beside it may be one VMA, which has no owner. */
static bool is_merged(struct json_object *vma)
{
	struct rlimit stack;

	vt_true(!getrlimit(RLIMIT_STACK, &stack));
	return vt_hex(vma, "end") - vt_hex(vma, "start") > stack.rlim_cur;
}

static void check_one(struct json_object *owned, struct json_object *vma)
{
	const char *family = vt_str(owned, "family");
	struct json_object *owner = vt_get(vma, "owner");
	char name[64];

	if (!*family) {
		if (owner)
			fail_msg("%s at %s is unknown memory", vt_str(owner, "family"),
				 vt_str(owned, "address"));
		return;
	}
	if (*family == '?' && !owner)
		return;
	family += *family == '?';
	if (!owner && !strcmp(family, "thread-stack") && is_merged(vma))
		return;
	if (!owner)
		fail_msg("%s at %s: no owner", family, vt_str(owned, "address"));
	if (strcmp(vt_str(owner, "family"), family))
		fail_msg("%s at %s: is called %s", family, vt_str(owned, "address"),
			 vt_str(owner, "family"));
	if (!vt_int(owned, "tid"))
		return;
	snprintf(name, sizeof(name), "[stack:%ld %s]", (long)vt_int(owned, "tid"),
		 vt_str(owned, "name"));
	if (strcmp(vt_str(owner, "name"), name))
		fail_msg("stack of %s is called %s", name, vt_str(owner, "name"));
	if (strcmp(vt_str(owner, "confidence"), "certain"))
		fail_msg("confidence of %s is %s", name, vt_str(owner, "confidence"));
}

/* Owners that the workload does not know are the loader's and the C library's. */
static void check_others(struct json_object *process, struct json_object *work)
{
	struct json_object *vma, *owned;

	vt_each(vma, process, "vmas")
	{
		struct json_object *owner = vt_get(vma, "owner");
		bool known = !owner || !strcmp(vt_str(owner, "family"), "bss") ||
			     !strcmp(vt_str(owner, "family"), "tls") ||
			     !strcmp(vt_str(owner, "family"), "shared-anonymous");

		vt_each(owned, work, "owned")
			known |= vt_hex(owned, "address") >= vt_hex(vma, "start") &&
				 vt_hex(owned, "address") < vt_hex(vma, "end");
		if (!known)
			fail_msg("%s at %s: the program has no such memory", vt_str(owner, "name"),
				 vt_str(vma, "start"));
	}
}

static void check_all(struct json_object *stat, struct json_object *work)
{
	struct json_object *process = vt_process(stat, vt_int(work, "pid")), *owned;

	vt_each(owned, work, "owned")
	{
		struct json_object *vma = vma_of(process, owned);

		if (!vma && *vt_str(owned, "family") != '?')
			fail_msg("%s at %s has not faulted", vt_str(owned, "family"),
				 vt_str(owned, "address"));
		if (vma)
			check_one(owned, vma);
	}
	check_others(process, work);
}

static bool has_result(void *arg)
{
	struct stat st;

	return !stat(arg, &st) && st.st_size;
}

/* The workload goes through its gate, does everything, and stays. */
static void use_all(struct vt_gated *g)
{
	vt_sys(write(g->work.stdin_fd, "", 1));
	vt_await(has_result, (void *)g->result, "workload's result", VT_PATIENCE);
	g->known = vt_json_file(g->result);
}

static void end(struct vt_gated *g)
{
	vt_close_stdin(&g->work);
	vt_wait(&g->work, VT_PATIENCE);
	vt_equal(g->work.exit, 0, "workload's exit status: %s", g->work.err);
	vt_gated_free(g);
}

static void every_mapping_of_a_program(void **state)
{
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("owners"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_attach_stat(&scope, VT_ARGS("-p", pid));
	use_all(&g);
	json = vt_stop_stat(&scope);
	check_all(json, g.known);
	json_object_put(json);
	end(&g);
}

static int64_t faults_of(struct json_object *stat, const char *mapping)
{
	struct json_object *row;
	int64_t n = 0;

	vt_each(row, stat, "mappings") if (!strcmp(vt_str(row, "mapping"), mapping))
		n += vt_int(row, "faults");
	return n;
}

/* Faults of the VMAs whose owner is of @family. */
static int64_t family_faults(struct json_object *stat, int64_t pid, const char *family)
{
	struct json_object *vma;
	int64_t n = 0;

	vt_each(vma, vt_process(stat, pid), "vmas")
	{
		struct json_object *owner = vt_get(vma, "owner");

		if (owner && !strcmp(vt_str(owner, "family"), family))
			n += vt_int(vma, "faults");
	}
	return n;
}

static void stacks_are_one_row(void **state)
{
	struct json_object *json, *row;
	struct vt_cmd scope;
	struct vt_gated g;
	char pid[16];
	int rows = 0;

	(void)state;
	vt_gated_start(&g, VT_ARGS("owners"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_attach_stat(&scope, VT_ARGS("-p", pid));
	use_all(&g);
	json = vt_stop_stat(&scope);
	vt_each(row, json, "mappings") rows += !strncmp(vt_str(row, "mapping"), "[stack:", 7);
	vt_equal(rows, 0, "rows of single stacks");
	vt_cmp(faults_of(json, "[stacks]"), >=, 8 * 16, "faults in stacks");
	vt_equal(faults_of(json, "[stacks]"), family_faults(json, g.work.pid, "thread-stack"),
		 "faults of the row of stacks");
	vt_equal(faults_of(json, "[anon:malloc arena]"),
		 family_faults(json, g.work.pid, "malloc-arena"), "faults of the row of arenas");
	json_object_put(json);
	end(&g);
}

/* A VMA is matched by its owner's name, by that of all of them, and by the kernel's. */
static void filter_by_owner(void **state)
{
	static const struct {
		const char *glob;
		const char *mapping;
	} filters[] = {
		{ "[anon:malloc arena]", "[anon:malloc arena]" },
		{ "[stack:*owner <1>*", "[stacks]" },
		{ "[stacks]", "[stacks]" },
		{ "[anon]", "[anon:malloc mmap]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		struct json_object *json, *row;
		struct vt_cmd scope;
		struct vt_gated g;
		char pid[16];

		vt_gated_start(&g, VT_ARGS("owners"));
		snprintf(pid, sizeof(pid), "%d", g.work.pid);
		vt_attach_stat(&scope, VT_ARGS("-p", pid, "--vma", filters[i].glob));
		use_all(&g);
		json = vt_stop_stat(&scope);
		vt_cmp(faults_of(json, filters[i].mapping), >, 0, "faults of %s",
		       filters[i].mapping);
		vt_each(row, json,
			"mappings") if (strcmp(filters[i].glob, "[anon]") &&
					strcmp(vt_str(row, "mapping"), filters[i].mapping))
			fail_msg("%s is not %s", vt_str(row, "mapping"), filters[i].glob);
		json_object_put(json);
		end(&g);
	}
}

static void without_owners(void **state)
{
	struct json_object *json, *vma;
	struct vt_cmd scope;
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("owners"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_attach_stat(&scope, VT_ARGS("-p", pid, "--no-owners"));
	use_all(&g);
	json = vt_stop_stat(&scope);
	vt_each(vma, vt_process(json, g.work.pid), "vmas")
	{
		struct json_object *owner = vt_get(vma, "owner");

		/* what the kernel says is known all the same */
		if (owner && strcmp(vt_str(owner, "how"), "kernel-name"))
			fail_msg("%s: owner by %s", vt_str(vma, "start"), vt_str(owner, "how"));
	}
	vt_cmp(faults_of(json, "[anon]"), >, 0, "faults of [anon]");
	json_object_put(json);
	end(&g);
}

static void recording_has_owners(void **state)
{
	const char *file = vt_path("owners.rec");
	struct json_object *json;
	struct vt_cmd scope;
	struct vt_gated g;
	char pid[16];

	(void)state;
	vt_gated_start(&g, VT_ARGS("owners"));
	snprintf(pid, sizeof(pid), "%d", g.work.pid);
	vt_start(&scope, NULL, VT_ARGS(vt_vmascope(), "record", "-o", file, "-p", pid));
	vt_await_attached(&scope);
	use_all(&g);
	vt_interrupt(&scope);
	vt_free(&scope);
	json = vt_report_json(file, 0);
	check_all(json, g.known);
	json_object_put(json);
	end(&g);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(every_mapping_of_a_program),
	VT_TEST(stacks_are_one_row),
	VT_TEST(filter_by_owner),
	VT_TEST(without_owners),
	VT_TEST(recording_has_owners),
};

VT_MAIN(tests)
