// SPDX-License-Identifier: GPL-2.0-only
/*
 * names_test - VMAs are called what /proc/PID/maps calls them, live and after the process's end; but
 * shared anonymous memory is called that.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct line {
	uint64_t start;
	uint64_t end;
	char perms[8];
	uint64_t inode;
	char name[512];
};

/* As the kernel escapes a newline in maps (\\012): JSON has the name itself. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		unsigned int c;
		int n = 0;

		if (sscanf(s, "\\%3o%n", &c, &n) == 1 && n == 4) {
			*out++ = (char)c;
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = 0;
}

/* The line of @maps that holds @start; false if none does. */
static bool find_line(const char *maps, uint64_t start, struct line *l)
{
	for (const char *p = maps; *p; p = strchr(p, '\n') + 1) {
		size_t len;
		int at = 0;

		memset(l, 0, sizeof(*l));
		vt_equal(sscanf(p, "%lx-%lx %7s %*x %*s %lu%n", &l->start, &l->end, l->perms,
				&l->inode, &at),
			 4, "fields of a maps line: %.80s", p);
		at += (int)strspn(p + at, " ");
		len = strcspn(p + at, "\n");
		vt_true(len < sizeof(l->name));
		memcpy(l->name, p + at, len);
		unescape(l->name);
		/* the kernel makes this file for shared anonymous memory */
		if (!strcmp(l->name, "/dev/zero (deleted)"))
			strcpy(l->name, "[anon_shmem]");
		if (l->start <= start && start < l->end)
			return true;
	}
	return false;
}

static void check_vma(struct json_object *vma, const char *maps, int *compared)
{
	uint64_t start = vt_hex(vma, "start"), end = vt_hex(vma, "end");
	struct line l;

	if (!find_line(maps, start, &l) || l.end < end)
		return; /* unmapped, split or changed since: the loader's doings */
	if (strcmp(vt_str(vma, "perms"), l.perms))
		return; /* RELRO: mprotect after the fault */
	vt_equal(vt_int(vma, "inode"), l.inode, "inode of %.200s", l.name);
	if (strcmp(vt_str(vma, "name"), l.name[0] ? l.name : "[anon]"))
		fail_msg("%#lx-%#lx %s: named '%s' instead of '%s'", start, end, l.perms,
			 vt_str(vma, "name"), l.name);
	++*compared;
}

static void check_names(struct json_object *stat, struct json_object *work, int at_least)
{
	struct json_object *process = vt_process(stat, vt_int(work, "pid")), *vma;
	const char *maps = vt_str(work, "maps");
	int compared = 0;

	vt_each(vma, process, "vmas") check_vma(vma, maps, &compared);
	vt_cmp(compared, >=, at_least, "VMAs compared with /proc/PID/maps");
}

/* Each range that the workload made must be there, compared, with its faults. */
static void check_own_ranges(struct json_object *stat, struct json_object *work)
{
	struct json_object *process = vt_process(stat, vt_int(work, "pid")), *vma, *range;
	const char *maps = vt_str(work, "maps");
	struct line l;

	vt_each(range, work, "ranges")
	{
		uint64_t start = vt_hex(range, "start");
		bool found = false;

		vt_true(find_line(maps, start, &l));
		vt_each(vma, process,
			"vmas") if (vt_hex(vma, "start") <= start && start < vt_hex(vma, "end"))
		{
			vt_cmp(vt_int(vma, "faults"), >=, vt_int(range, "faults"), "faults of %s",
			       vt_str(range, "kind"));
			if (strcmp(vt_str(vma, "name"), l.name[0] ? l.name : "[anon]"))
				fail_msg("%s: named '%s' instead of '%s'", vt_str(range, "kind"),
					 vt_str(vma, "name"), l.name);
			if (strcmp(vt_str(vma, "perms"), l.perms))
				fail_msg("%s: perms %s instead of %s", vt_str(range, "kind"),
					 vt_str(vma, "perms"), l.perms);
			vt_equal(vt_int(vma, "inode"), l.inode, "inode of %s",
				 vt_str(range, "kind"));
			found = true;
		}
		if (!found)
			fail_msg("%s: no VMA at %#lx", vt_str(range, "kind"), start);
	}
}

static bool has_name(struct json_object *stat, const char *part)
{
	struct json_object *process, *vma;

	vt_each(process, stat, "processes")
		vt_each(vma, process, "vmas") if (strstr(vt_str(vma, "name"), part)) return true;
	return false;
}

static void vma_names_of_a_command(void **state)
{
	static const char *const parts[] = {
		"[heap]",
		"[stack]",
		"[anon]",
		"[anon_shmem]",
		" (deleted)",
		"/dev/shm/vmascope-names-",
		"/memfd:vmascope-names (deleted)",
		"/SYSV00000000 (deleted)",
		"libc",
		"/names",
	};
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("names"));
	vt_check_sums(s.json);
	vt_check_usage(s.json, s.work);
	check_names(s.json, s.work, 12);
	check_own_ranges(s.json, s.work);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!has_name(s.json, parts[i]))
			fail_msg("no VMA is named '%s'", parts[i]);
	/* The command has ended: that it keeps its names is what was just compared. */
	vt_true(vt_bool(vt_process(s.json, vt_int(s.work, "pid")), "exited"));
	vt_scope_free(&s);
}

static void vdso_name(void **state)
{
	struct vt_scope s;

	(void)state;
	vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "1")); /* asks for the time */
	vt_true(has_name(s.json, "[vdso]"));
	vt_true(has_name(s.json, "[vvar"));
	vt_scope_free(&s);
}

/* Attached to while it waits; then named while it is alive, and again after its end. */
static void vma_names_of_a_running_process(void **state)
{
	const char *result = vt_path("names.json"), *output = vt_path("stat.json");
	struct vt_cmd work, scope;
	struct json_object *json, *known;
	char pid[16];

	(void)state;
	vt_start(&work, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("names"), "--gate", "--result", result));
	vt_await_text(&work, "ready");
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_start(&scope, NULL,
		 VT_ARGS(vt_vmascope(), "stat", "--format", "json", "-o", output, "-p", pid));
	vt_await_attached(&scope);
	vt_close_stdin(&work);
	vt_wait(&work, VT_PATIENCE);
	vt_equal(work.exit, 0, "workload's exit status: %s", work.err);
	vt_wait(&scope, VT_PATIENCE); /* ends with its last target */
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(output);
	known = vt_json_file(result);
	vt_check_sums(json);
	vt_check_attached_usage(json, known);
	check_own_ranges(json, known);
	json_object_put(json);
	json_object_put(known);
	vt_free(&scope);
	vt_free(&work);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(vma_names_of_a_command),
	VT_TEST(vdso_name),
	VT_TEST(vma_names_of_a_running_process),
};

VT_MAIN(tests)
