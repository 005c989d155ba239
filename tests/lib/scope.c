// SPDX-License-Identifier: GPL-2.0-only
/*
 * scope.c - run vmascope on a workload, and compare their results.
 */
#include "scope.h"
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *vt_vmascope(void)
{
	const char *env = getenv("VMASCOPE");

	return env && *env ? env : "build/vmascope";
}

const char *vt_latency_mode(void)
{
	const char *env = getenv("VMASCOPE_TEST_LATENCY");

	return env && *env ? env : "every";
}

bool vt_every_latency(void)
{
	return !strcmp(vt_latency_mode(), "every");
}

size_t vt_latency_args(const char **argv, size_t n)
{
	if (!vt_every_latency()) {
		argv[n++] = "--latency";
		argv[n++] = vt_latency_mode();
	}
	return n;
}

const char *vt_workload(const char *name)
{
	static unsigned int serial;
	static char path[8][512];
	const char *env = getenv("VMASCOPE_WORKLOADS");
	char *p = path[serial++ % 8];

	snprintf(p, sizeof(path[0]), "%s/%s", env && *env ? env : "build/tests/workload", name);
	if (access(p, X_OK))
		fail_msg("%s: no such workload", p);
	return p;
}

const char *vt_named_copy(const char *workload, char *name, size_t size)
{
	static char copy[256];
	struct vt_cmd cp;

	snprintf(name, size, "vt%d", (int)getpid());
	snprintf(copy, sizeof(copy), "%s", vt_path(name));
	snprintf(name, size, "%s", strrchr(copy, '/') + 1);
	vt_run(&cp, NULL, VT_ARGS("cp", vt_workload(workload), copy));
	vt_equal(cp.exit, 0, "cp: %s", cp.err);
	vt_free(&cp);
	return copy;
}

static size_t append(const char **argv, size_t n, const char *const *more)
{
	while (more && *more) {
		vt_true(n < 62);
		argv[n++] = *more++;
	}
	return n;
}

/** Maximum number of runs of a workload that the kernel disturbs by migrating pages. */
#define MOST_RUNS 5
/** As in tests/workload/workload.h: a child or the workload itself failed. */
#define WORKLOAD_FAILED 3
#define WORKLOAD_WRONG 4

int64_t vt_moved_pages(void)
{
	char *text = vt_read_file("/proc/vmstat", NULL), *p = strstr(text, "\npgmigrate_success ");
	const int64_t n = p ? atoll(strchr(p, ' ')) : 0; /* CONFIG_MIGRATION */

	free(text);
	return n;
}

/*
 * A page that the kernel is migrating (compaction) is briefly unmapped, and an access at that time
 * takes an additional fault (mm/migrate.c, migration_entry_wait()): getrusage counts it, and the
 * workload, which does not expect it, reports failure. It is run again, but only if pages were
 * migrated.
 */
void vt_run_undisturbed(struct vt_cmd *cmd, const char *const *argv)
{
	for (int run = 1;; run++) {
		const int64_t before = vt_moved_pages();

		vt_run(cmd, NULL, argv);
		if ((cmd->exit != WORKLOAD_FAILED && cmd->exit != WORKLOAD_WRONG) ||
		    run == MOST_RUNS || vt_moved_pages() == before)
			return;
		print_message("# run %d: pages were moved: %.200s\n", run, cmd->err);
		vt_free(cmd);
	}
}

void vt_scope_run(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work)
{
	const char *result = vt_path("result.json"), *output = vt_path("output.json");
	const char *argv[64] = { vt_vmascope(), verb, "--format", "json", "-o", output };
	size_t n = append(argv, 6, filters);
	char *text;

	memset(s, 0, sizeof(*s));
	if (!strcmp(verb, "stat"))
		n = vt_latency_args(argv, n);
	argv[n++] = "--";
	argv[n++] = vt_workload(work[0]);
	argv[n++] = "--result";
	argv[n++] = result;
	n = append(argv, n, work + 1);
	argv[n] = NULL;
	vt_run_undisturbed(&s->cmd, argv);
	if (s->cmd.exit)
		fail_msg("vmascope %s -- %s: exit status %d, stderr: %.3000s", verb, work[0],
			 s->cmd.exit, s->cmd.err);
	text = vt_read_file(output, NULL);
	s->json = vt_json_lines(text, output);
	s->work = vt_json_file(result);
	free(text);
	vt_true(vt_bool(s->work, "ok"));
}

void vt_scope_one(struct vt_scope *s, const char *verb, const char *const *filters,
		  const char *const *work)
{
	struct json_object *all;

	vt_scope_run(s, verb, filters, work);
	all = s->json;
	vt_equal(json_object_array_length(all), 1, "JSON documents of %s", verb);
	s->json = json_object_get(json_object_array_get_idx(all, 0));
	json_object_put(all);
}

void vt_stat(struct vt_scope *s, const char *const *filters, const char *const *work)
{
	vt_scope_one(s, "stat", filters, work);
}

void vt_trace(struct vt_scope *s, const char *const *filters, const char *const *work)
{
	vt_scope_run(s, "trace", filters, work);
}

void vt_scope_free(struct vt_scope *s)
{
	json_object_put(s->json);
	json_object_put(s->work);
	vt_free(&s->cmd);
	memset(s, 0, sizeof(*s));
}

/*
 * The system call in which @pid is blocked, from /proc/PID/syscall, and its first argument; or -1.
 */
static long blocked_in(pid_t pid, unsigned long *first)
{
	char path[64], line[128] = "";
	FILE *f;
	long nr;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	f = fopen(path, "re");
	if (!f || !fgets(line, sizeof(line), f))
		line[0] = 0;
	if (f)
		fclose(f);
	return sscanf(line, "%ld 0x%lx", &nr, first) == 2 ? nr : -1;
}

static bool reads_stdin(void *arg)
{
	const struct vt_cmd *cmd = arg;
	unsigned long fd;

	if (vt_ended(cmd))
		fail_msg("%s ended before it read anything", cmd->name);
	return blocked_in(cmd->pid, &fd) == SYS_read && fd == 0;
}

void vt_await_reading(const struct vt_cmd *cmd)
{
	vt_await(reads_stdin, (void *)cmd, "it reads its stdin", VT_PATIENCE);
}

static bool is_attached(void *arg)
{
	const struct vt_cmd *cmd = arg;
	char text[64] = "";

	while (recv(cmd->notify_fd, text, sizeof(text) - 1, 0) > 0)
		if (!strcmp(text, "READY=1"))
			return true;
	if (vt_ended(cmd))
		fail_msg("vmascope ended before it was attached");
	return false;
}

void vt_await_attached(const struct vt_cmd *cmd)
{
	vt_await(is_attached, (void *)cmd, "vmascope attaches", VT_PATIENCE);
}

void vt_interrupt(struct vt_cmd *cmd)
{
	vt_signal(cmd, SIGINT);
	vt_wait(cmd, VT_PATIENCE);
	if (cmd->exit)
		fail_msg("%s: exit status %d after SIGINT, stderr: %.3000s", cmd->name, cmd->exit,
			 cmd->err);
}

static int64_t sum(struct json_object *o, const char *array, const char *member)
{
	struct json_object *item;
	int64_t n = 0;

	vt_each(item, o, array) n += vt_int(item, member);
	return n;
}

static void check_outcomes(struct json_object *o, const char *what, int64_t id)
{
	vt_equal(vt_int(o, "minor") + vt_int(o, "major") + vt_int(o, "incomplete"),
		 vt_int(o, "faults"), "%s %ld: minor + major + incomplete = faults", what, id);
}

void vt_check_sums(struct json_object *stat)
{
	struct json_object *process, *vma;

	vt_equal(vt_int(stat, "schema"), 1, "schema");
	check_outcomes(vt_need(stat, "totals", json_type_object), "totals", 0);
	vt_each(process, stat, "processes")
	{
		int64_t pid = vt_int(process, "pid");

		check_outcomes(process, "process", pid);
		vt_each(vma, process, "vmas")
		{
			check_outcomes(vma, "a VMA of process", pid);
			if (vt_get(vma, "start"))
				vt_cmp(vt_hex(vma, "start"), <, vt_hex(vma, "end"), "VMA's start");
			else /* by name, as slots ran out, or [ended], [unmapped], [other] */
				vt_true(vt_bool(vma, "several"));
			vt_cmp(vt_int(vma, "read") + vt_int(vma, "write") + vt_int(vma, "exec"), <=,
			       vt_int(vma, "faults"), "accesses of a VMA of process %ld", pid);
		}
		vt_equal(sum(process, "vmas", "faults") + vt_int(process, "overflow"),
			 vt_int(process, "faults"), "process %ld: VMAs + overflow = faults", pid);
	}
	vt_equal(sum(stat, "processes", "faults") + vt_int(stat, "lost.unattributed"),
		 vt_int(stat, "totals.faults"), "processes + unattributed = totals");
}

int64_t vt_sum_pid(struct json_object *stat, int64_t pid, const char *member)
{
	struct json_object *process;
	int64_t n = 0;

	vt_each(process, stat, "processes") if (pid == -1 || vt_int(process, "pid") == pid)
		n += vt_int(process, member);
	return n;
}

struct json_object *vt_process(struct json_object *stat, int64_t pid)
{
	struct json_object *process, *found = NULL;

	vt_each(process, stat, "processes")
	{
		if (vt_int(process, "pid") != pid)
			continue;
		if (found)
			fail_msg("two entries for process %ld", pid);
		found = process;
	}
	if (!found)
		fail_msg("no process %ld in the output", pid);
	return found;
}

/* For the log: shows where missing or additional faults occurred. */
static void show_process(struct json_object *stat, int64_t pid)
{
	struct json_object *process;

	/* print_message() would cut it */
	vt_each(process, stat, "processes") if (vt_int(process, "pid") == pid)
		printf("# %s\n", json_object_to_json_string(process));
	fflush(stdout);
}

void vt_check_usage(struct json_object *stat, struct json_object *work)
{
	static const char *const kind[] = { "minor", "major" };
	int64_t pid = vt_int(work, "pid");
	char path[64];

	for (int i = 0; i < 2; i++) {
		int64_t own = vt_sum_pid(stat, pid, kind[i]);

		snprintf(path, sizeof(path), "before_exec.%s", kind[i]);
		int64_t before = vt_sum_pid(stat, pid, path);

		snprintf(path, sizeof(path), "self.%s", kind[i]);
		if (own + before != vt_int(work, path))
			show_process(stat, pid);
		vt_equal(own + before, vt_int(work, path),
			 "%s faults of the command (%ld before its exec) = getrusage", kind[i],
			 before);
		snprintf(path, sizeof(path), "children.%s", kind[i]);
		vt_equal(vt_sum_pid(stat, -1, kind[i]) - own, vt_int(work, path),
			 "%s faults of its children = getrusage", kind[i]);
		snprintf(path, sizeof(path), "totals.%s", kind[i]);
		vt_equal(vt_int(stat, path), vt_sum_pid(stat, -1, kind[i]), "%s faults in totals",
			 kind[i]);
	}
}

void vt_check_attached_usage(struct json_object *stat, struct json_object *work)
{
	static const char *const kind[] = { "minor", "major" };
	int64_t pid = vt_int(work, "pid");
	char self[32], gate[32];

	for (int i = 0; i < 2; i++) {
		snprintf(self, sizeof(self), "self.%s", kind[i]);
		snprintf(gate, sizeof(gate), "at_gate.%s", kind[i]);
		vt_equal(vt_sum_pid(stat, pid, kind[i]), vt_int(work, self) - vt_int(work, gate),
			 "%s faults since the attachment = getrusage", kind[i]);
	}
}

const char *vt_range_name(struct json_object *work, struct json_object *range)
{
	static const struct {
		const char *kind;
		const char *name;
		const char *member; /* in the workload's result, if made at run time */
	} names[] = {
		{ "anon", "[anon]", NULL },
		{ "zero", "[anon]", NULL },
		{ "heap", "[heap]", NULL },
		{ "stack", "[stack]", NULL },
		{ "file-read", NULL, "read_file" },
		{ "file-exec", NULL, "read_file" },
		{ "file-private", NULL, "write_file" },
		{ "file-shared", NULL, "write_file" },
		{ "shm", NULL, "shm" },
		{ "memfd", "/memfd:vmascope-exact (deleted)", NULL },
	};
	const char *kind = vt_str(range, "kind");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].kind, kind))
			return names[i].member ? vt_str(work, names[i].member) : names[i].name;
	return NULL;
}

/*
 * The VMA of process @pid that contains @range; there must be exactly one, with the expected name.
 */
static struct json_object *row_of(struct json_object *stat, struct json_object *work,
				  struct json_object *range)
{
	uint64_t start = vt_hex(range, "start"), end = vt_hex(range, "end");
	struct json_object *process = vt_process(stat, vt_int(range, "pid")), *vma, *found = NULL;
	const char *name = vt_range_name(work, range);

	vt_each(vma, process, "vmas")
	{
		if (vt_hex(vma, "end") <= start || end <= vt_hex(vma, "start"))
			continue;
		if (vt_hex(vma, "start") > start || vt_hex(vma, "end") < end || found)
			fail_msg("%s, %#lx-%#lx: VMAs %s and %s", vt_str(range, "kind"), start, end,
				 json_object_to_json_string(found),
				 json_object_to_json_string(vma));
		found = vma;
	}
	if (!found)
		fail_msg("%s, %#lx-%#lx of process %ld: no such VMA", vt_str(range, "kind"), start,
			 end, vt_int(range, "pid"));
	if (name && strcmp(vt_str(found, "name"), name))
		fail_msg("%s, %#lx-%#lx: named '%s' instead of '%s'", vt_str(range, "kind"), start,
			 end, vt_str(found, "name"), name);
	return found;
}

bool vt_knows_access(struct json_object *stat)
{
	return strncmp(vt_str(stat, "hooks.fault_begin"), "sw-event", 8) != 0;
}

static void check_range(struct json_object *stat, struct json_object *work,
			struct json_object *range)
{
	static const char *const members[] = {
		"faults", "minor", "major", "incomplete", "read", "write", "exec",
	};
	struct json_object *vma = row_of(stat, work, range);
	int64_t slack = vt_int(range, "slack");
	size_t nr = sizeof(members) / sizeof(members[0]);

	if (!vt_knows_access(stat))
		nr -= 3;
	if (!slack)
		vt_true(vt_hex(vma, "start") == vt_hex(range, "start") ||
			!strcmp(vt_str(range, "kind"), "heap"));
	for (size_t i = 0; i < nr; i++) {
		int64_t got = vt_int(vma, members[i]), want = vt_int(range, members[i]);

		if (got < want || got > want + slack)
			show_process(stat, vt_int(range, "pid"));
		vt_cmp(got, >=, want, "%s of %s, process %ld", members[i], vt_str(range, "kind"),
		       vt_int(range, "pid"));
		vt_cmp(got, <=, want + slack, "%s of %s, process %ld", members[i],
		       vt_str(range, "kind"), vt_int(range, "pid"));
	}
}

void vt_check_ranges(struct json_object *stat, struct json_object *work)
{
	struct json_object *range;

	vt_cmp(vt_len(work, "ranges"), >, 0, "ranges that the workload knows");
	vt_each(range, work, "ranges") check_range(stat, work, range);
}

/* --- messages -------------------------------------------------------------------------------- */

/** is_warning - a warning, such as that the traced command was still running and was ended */
static bool is_warning(const char *line)
{
	return !strncmp(line, "vmascope: warning: ", 19) || !strncmp(line, "{\"warning\":", 11);
}

void vt_one_error(const struct vt_cmd *cmd, const char *part, const char *fmt, ...)
{
	char what[512];
	int errors = 0;
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	for (const char *line = cmd->err, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || (!is_warning(line) && strncmp(line, "vmascope: ", 10) &&
			     strncmp(line, "{\"error\":", 9)))
			fail_msg("%s: not a line of vmascope's: '%s'", what, cmd->err);
		errors += !is_warning(line);
	}
	if (errors != 1 || (part && !strstr(cmd->err, part)))
		fail_msg("%s: not one line about '%s': '%s'", what, part ? part : "anything",
			 cmd->err);
}
