// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_test - what a recording tells later is what the run told, whatever happens to the file.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_PARTIAL 3
/** As user/record/format.h has it: where a block's kind and length are, and how long its head is. */
#define HEAD_BYTES 48
#define BLOCK_EVENTS 2
#define BLOCK_END 4

/** struct recorded - a run that was recorded; @work: the workload's own result */
struct recorded {
	struct vt_cmd cmd;
	const char *file;
	struct json_object *work;
};

static size_t append(const char **argv, size_t n, const char *const *more)
{
	while (more && *more) {
		vt_true(n < 60);
		argv[n++] = *more++;
	}
	return n;
}

/** start - `vmascope record -o FILE OPTIONS -- WORKLOAD --result RESULT`; @result is set. */
static void start(struct recorded *r, const char *const *options, const char *const *work,
		  const char **result)
{
	const char *argv[64] = { vt_vmascope(), "record", "-o", r->file };
	size_t n = append(argv, 4, options);

	*result = vt_path("result.json");
	argv[n++] = "--";
	argv[n++] = vt_workload(work[0]);
	argv[n++] = "--result";
	argv[n++] = *result;
	n = append(argv, n, work + 1);
	vt_start(&r->cmd, NULL, argv);
}

static void record(struct recorded *r, const char *const *options, const char *const *work)
{
	const char *result;

	r->file = vt_path("recording");
	start(r, options, work, &result);
	vt_wait(&r->cmd, VT_PATIENCE);
	if (r->cmd.exit)
		fail_msg("record: exit status %d, stderr: %.2000s", r->cmd.exit, r->cmd.err);
	r->work = vt_json_file(result);
}

static void recorded_free(struct recorded *r)
{
	json_object_put(r->work);
	vt_free(&r->cmd);
}

/** report - of @file; @status: what it must end with */
static void report(struct vt_cmd *cmd, const char *file, const char *const *options, int status)
{
	const char *argv[64] = { vt_vmascope(), "report", file };

	append(argv, 3, options);
	vt_run(cmd, NULL, argv);
	if (cmd->exit != status)
		fail_msg("report %s: exit status %d, not %d; stderr: %.2000s", file, cmd->exit,
			 status, cmd->err);
}

/** report_json - the same, as JSON */
static struct json_object *report_json(const char *file, int status)
{
	struct json_object *json;
	struct vt_cmd cmd;

	report(&cmd, file, VT_ARGS("-j"), status);
	json = vt_json(cmd.out, file);
	vt_free(&cmd);
	return json;
}

/** trace_summary - the last line of the view trace; @lines: how many come before it */
static struct json_object *trace_summary(const char *file, int status, size_t *lines)
{
	struct json_object *last;
	const char *line;
	struct vt_cmd cmd;

	report(&cmd, file, VT_ARGS("--view", "trace", "-j"), status);
	*lines = 0;
	line = cmd.out;
	for (const char *p = cmd.out; (p = strchr(p, '\n')) && p[1]; line = ++p)
		++*lines;
	last = vt_json(line, file);
	vt_free(&cmd);
	return last;
}

/* --- figures ------------------------------------------------------------------------------- */

static void the_report_is_what_stat_told(void **state)
{
	struct json_object *json, *summary;
	struct recorded r;
	struct vt_cmd cmd;
	size_t lines;

	(void)state;
	record(&r, VT_ARGS("--summary", "-j", "--latency"),
	       VT_ARGS("exact", "--pages", "300", "--children", "5"));
	report(&cmd, r.file, VT_ARGS("-j", "--latency"), 0);
	vt_equal(strcmp(cmd.out, r.cmd.out), 0, "difference of the report and the live figures");
	json = vt_json(cmd.out, "report");
	vt_check_sums(json);
	vt_check_usage(json, r.work);
	vt_check_ranges(json, r.work);
	summary = trace_summary(r.file, 0, &lines);
	vt_equal(vt_int(summary, "events"), lines, "events told");
	vt_equal(vt_int(summary, "lost"), 0, "events lost");
	vt_equal(vt_int(summary, "generated"), lines, "events generated");
	vt_equal(vt_int(summary, "totals.faults"), vt_int(json, "totals.faults"), "faults");
	json_object_put(summary);
	json_object_put(json);
	vt_free(&cmd);
	recorded_free(&r);
}

static void the_report_is_what_shootdown_told(void **state)
{
	struct json_object *live, *summary;
	struct vt_cmd stat, shootdown;
	struct recorded r;
	size_t lines;

	(void)state;
	record(&r, VT_ARGS("--summary", "-j", "--events", "fault,memcall,shootdown"),
	       VT_ARGS("pingpong", "--pairs", "2000"));
	report(&stat, r.file, VT_ARGS("-j"), 0);
	report(&shootdown, r.file, VT_ARGS("-j", "--view", "shootdown"), 0);
	vt_equal(strncmp(stat.out, r.cmd.out, stat.out_len), 0, "difference of stat");
	vt_equal(strcmp(shootdown.out, r.cmd.out + stat.out_len), 0, "difference of shootdown");
	live = vt_json(shootdown.out, "shootdown");
	vt_cmp(vt_int(live, "totals.calls"), >=, 4000, "calls, of which pingpong makes 4,000");
	summary = trace_summary(r.file, 0, &lines);
	vt_equal(vt_int(summary, "lost"), 0, "events lost");
	vt_equal(vt_int(summary, "memcalls"), vt_int(live, "totals.calls"), "memory calls");
	vt_equal(vt_int(summary, "events"), lines, "events told");
	json_object_put(summary);
	json_object_put(live);
	vt_free(&stat);
	vt_free(&shootdown);
	recorded_free(&r);
}

static void what_was_not_recorded_is_told(void **state)
{
	struct recorded r;
	struct vt_cmd cmd;

	(void)state;
	record(&r, NULL, VT_ARGS("storm", "--faults", "100"));
	report(&cmd, r.file, VT_ARGS("--view", "shootdown"), 1);
	vt_contains(cmd.err, "does not tell of memory calls");
	vt_free(&cmd);
	report(&cmd, r.file, VT_ARGS("--view", "trace", "--events", "fault,memcall"), 1);
	vt_contains(cmd.err, "does not have all of these events");
	vt_free(&cmd);
	report(&cmd, r.file, VT_ARGS("--by", "site"), 2);
	vt_free(&cmd);
	recorded_free(&r);
}

/* callchain's own calls, which touched so many pages, are told by name without asking anybody. */
static void stacks_are_recorded_by_name(void **state)
{
	const char *file = vt_path("recording");
	char callchain[512];
	struct vt_cmd cmd;

	(void)state;
	snprintf(callchain, sizeof(callchain), "%s/O0-fp/callchain", vt_workload("callchain"));
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "record", "-U", "-o", file, "--", callchain, "direct",
		       "1234"));
	vt_equal(cmd.exit, 0, "exit status of record -U");
	vt_free(&cmd);
	report(&cmd, file, VT_ARGS("--by", "stack", "--folded"), 0);
	vt_contains(cmd.out, ";main;direct;direct_b;direct_c;leaf 1234\n");
	vt_free(&cmd);
	report(&cmd, file, VT_ARGS("--by", "stack"), 0);
	vt_contains(cmd.out, "direct_c");
	vt_free(&cmd);
	report(&cmd, file, VT_ARGS("--by", "process", "--folded"), 2);
	vt_contains(cmd.err, "--folded is for stacks (add --by stack)");
	vt_free(&cmd);
	report(&cmd, file, VT_ARGS("--view", "trace", "--by", "stack"), 2);
	vt_contains(cmd.err, "do not go with --view trace");
	vt_free(&cmd);
	report(&cmd, file, VT_ARGS("--by", "stack", "--flame", "/no/such/dir/x"), 1);
	vt_equal(strcmp(cmd.err,
			"vmascope: cannot write /no/such/dir/x: No such file or directory\n"),
		 0, "difference of the only message: %s", cmd.err);
	vt_free(&cmd);
}

/* The sums are the same by whatever rows are grouped. */
static void every_grouping_has_all_calls(void **state)
{
	static const struct {
		const char *by;
		const char *rows;
	} views[] = { { "call", "calls" },
		      { "process", "by_process" },
		      { "thread", "threads" },
		      { "site", "sites" },
		      { "vma", "vmas" } };
	int64_t calls = -1;
	struct recorded r;

	(void)state;
	record(&r, VT_ARGS("--events", "memcall"), VT_ARGS("pingpong", "--pairs", "200"));
	for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
		struct json_object *json, *row;
		struct vt_cmd cmd;
		int64_t sum = 0;

		report(&cmd, r.file, VT_ARGS("-j", "--view", "shootdown", "--by", views[i].by), 0);
		json = vt_json(cmd.out, views[i].by);
		vt_each(row, json, views[i].rows) sum += vt_int(row, "count");
		calls = calls < 0 ? sum : calls;
		vt_cmp(sum, >=, 400, "calls by %s", views[i].by);
		vt_equal(sum, calls, "calls by %s", views[i].by);
		json_object_put(json);
		vt_free(&cmd);
	}
	recorded_free(&r);
}

/** sum_counts - of all series of an array */
static int64_t sum_counts(struct json_object *json, const char *path)
{
	struct json_object *row;
	int64_t sum = 0;

	vt_each(row, json, path) for (size_t i = 0; i < vt_len(row, "counts"); i++)
		sum += json_object_get_int64(vt_at(row, "counts", i));
	return sum;
}

/* The live map is made of counters, that of a report of the events: both have every fault. */
static void the_heatmap_has_every_fault(void **state)
{
	struct json_object *json;
	struct recorded r;
	struct vt_cmd cmd;
	int64_t faults;

	(void)state;
	record(&r, NULL, VT_ARGS("exact", "--pages", "200", "--children", "3"));
	report(&cmd, r.file, VT_ARGS("-j", "--heatmap"), 0);
	json = vt_json(cmd.out, "heatmap");
	faults = vt_int(json, "totals.faults") - vt_int(json, "totals.gup");
	vt_cmp(faults, >, 1000, "faults");
	vt_equal(sum_counts(json, "heatmap.address"), faults, "faults by address");
	vt_equal(sum_counts(json, "heatmap.latency"), faults - vt_int(json, "totals.incomplete"),
		 "faults by latency");
	json_object_put(json);
	vt_free(&cmd);
	recorded_free(&r);
}

static void nobody_in_particular_can_read_it(void **state)
{
	const struct vt_how nobody = { .uid = 65534 };
	struct json_object *json;
	struct recorded r;
	struct vt_cmd cmd;

	(void)state;
	record(&r, NULL, VT_ARGS("storm", "--faults", "2000"));
	vt_sys(chmod(r.file, 0644));
	vt_run(&cmd, &nobody, VT_ARGS(vt_vmascope(), "report", "-j", r.file));
	vt_equal(cmd.exit, 0, "exit status of nobody's report");
	json = vt_json(cmd.out, "report");
	vt_check_usage(json, r.work);
	json_object_put(json);
	vt_free(&cmd);
	recorded_free(&r);
}

/* --- what can happen to a recorder ---------------------------------------------------------- */

/** struct size_wanted - wait until a file is so large */
struct size_wanted {
	const char *file;
	off_t size;
};

static bool is_so_large(void *arg)
{
	const struct size_wanted *w = arg;
	struct stat st;

	return !stat(w->file, &st) && st.st_size >= w->size;
}

static void a_killed_recorder_leaves_what_was_whole(void **state)
{
	struct recorded r = { .file = vt_path("recording") };
	struct size_wanted wanted = { r.file, 2 << 20 };
	struct json_object *json, *summary;
	const char *result;
	struct vt_cmd cmd;
	size_t lines;

	(void)state;
	start(&r, NULL, VT_ARGS("storm", "--seconds", "20"), &result);
	vt_await(is_so_large, &wanted, "2 MiB are recorded", VT_PATIENCE);
	vt_signal(&r.cmd, SIGKILL);
	vt_wait(&r.cmd, VT_PATIENCE);
	report(&cmd, r.file, NULL, EXIT_PARTIAL);
	vt_contains(cmd.err, "has no end");
	vt_contains(cmd.err, "counts are those of the first");
	json = report_json(r.file, EXIT_PARTIAL);
	vt_check_sums(json);
	summary = trace_summary(r.file, EXIT_PARTIAL, &lines);
	/* a checkpoint comes behind the events before it */
	vt_cmp(vt_int(json, "totals.faults"), >, 0, "faults in the last checkpoint");
	vt_cmp(lines + vt_int(json, "totals.gup"), >=, vt_int(json, "totals.faults"), "events");
	json_object_put(summary);
	json_object_put(json);
	vt_free(&cmd);
	vt_free(&r.cmd);
}

static void a_full_disk_stops_the_recording_alone(void **state)
{
	const char *dir = vt_path("small");
	struct recorded r;
	struct json_object *json;
	const char *result;
	char file[512];
	size_t lines;

	(void)state;
	vt_sys(mkdir(dir, 0700));
	vt_sys(mount("tmpfs", dir, "tmpfs", 0, "size=512k"));
	snprintf(file, sizeof(file), "%s/recording", dir);
	r.file = file;
	start(&r, NULL, VT_ARGS("storm", "--faults", "1500000"), &result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 1, "exit status");
	vt_contains(r.cmd.err, "No space left on device");
	r.work = vt_json_file(result);
	vt_true(vt_bool(r.work, "ok"));
	json = trace_summary(r.file, EXIT_PARTIAL, &lines);
	umount2(dir, MNT_DETACH);
	vt_cmp(lines, >, 10000, "events that found room");
	vt_cmp(lines, <, 1500000, "events that found room");
	json_object_put(json);
	recorded_free(&r);
}

/* --- what can happen to a file --------------------------------------------------------------- */

/** A file's blocks: where each begins, and what it is. */
struct blocks {
	size_t at[256];
	uint32_t kind[256];
	uint32_t records[256];
	size_t nr;
};

static uint32_t word(const char *data, size_t at)
{
	uint32_t v;

	memcpy(&v, data + at, sizeof(v));
	return v;
}

static struct blocks find_blocks(const char *data, size_t size)
{
	struct blocks b = { .nr = 0 };
	size_t at = 8;

	while (at + HEAD_BYTES <= size) {
		vt_true(b.nr < 256);
		b.at[b.nr] = at;
		b.kind[b.nr] = word(data, at + 4);
		b.records[b.nr++] = word(data, at + 16);
		at += HEAD_BYTES + word(data, at + 8);
	}
	vt_equal(at, size, "end of the last block");
	vt_equal(b.kind[b.nr - 1], BLOCK_END, "kind of the last block");
	vt_cmp(b.nr, >=, 4, "blocks");
	return b;
}

static void write_bytes(const char *path, const char *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	vt_sys(fd);
	vt_equal(write(fd, data, size), size, "bytes written");
	close(fd);
}

static void a_short_file_gives_what_is_there(void **state)
{
	const char *cut = vt_path("cut");
	struct blocks b;
	struct recorded r;
	size_t size;
	char *data;

	(void)state;
	record(&r, NULL, VT_ARGS("storm", "--faults", "100000"));
	data = vt_read_file(r.file, &size);
	b = find_blocks(data, size);
	for (size_t i = 0; i < 40; i++) {
		const size_t length = size * i / 40;
		struct vt_cmd cmd;

		write_bytes(cut, data, length);
		/* without its header it is no recording */
		report(&cmd, cut, NULL, length < b.at[1] ? 1 : EXIT_PARTIAL);
		vt_cmp(strlen(cmd.err), >, 0, "length of the message");
		vt_free(&cmd);
	}
	free(data);
	recorded_free(&r);
}

static void a_flipped_bit_is_found_and_costs_one_block(void **state)
{
	const char *flipped = vt_path("flipped");
	struct json_object *whole;
	struct recorded r;
	struct blocks b;
	size_t size, all;
	char *data;

	(void)state;
	record(&r, NULL, VT_ARGS("storm", "--faults", "80000"));
	json_object_put(trace_summary(r.file, 0, &all));
	whole = report_json(r.file, 0);
	data = vt_read_file(r.file, &size);
	b = find_blocks(data, size);
	for (size_t i = 0; i < b.nr; i++) {
		/* in its head, and in the middle of what it holds */
		const size_t end = i + 1 < b.nr ? b.at[i + 1] : size;
		const size_t places[] = { b.at[i] + i % HEAD_BYTES,
					  (b.at[i] + HEAD_BYTES + end) / 2 };

		for (size_t p = 0; p < 2; p++) {
			struct json_object *json;
			size_t lines;

			data[places[p]] ^= 1 << i % 8;
			write_bytes(flipped, data, size);
			data[places[p]] ^= 1 << i % 8;
			if (!i) {
				struct vt_cmd cmd;

				report(&cmd, flipped, NULL, 1);
				vt_free(&cmd);
				continue;
			}
			json = report_json(flipped, EXIT_PARTIAL);
			/* counts of the last checkpoint do not depend on events */
			if (b.kind[i] == BLOCK_EVENTS)
				vt_equal(json_object_equal(json, whole), 1, "same counts");
			json_object_put(json);
			json_object_put(trace_summary(flipped, EXIT_PARTIAL, &lines));
			vt_cmp(lines + b.records[i], >=, all, "events without block %zu", i);
			vt_cmp(lines, <=, all, "events without block %zu", i);
		}
	}
	json_object_put(whole);
	free(data);
	recorded_free(&r);
}

static void a_recording_is_a_file(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "record", "-o", "-", "--", "true"));
	vt_equal(cmd.exit, 2, "exit status of record -o -");
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "record", "-o", "/nonexistent/x", "--", "true"));
	vt_equal(cmd.exit, 1, "exit status of record into no directory");
	vt_contains(cmd.err, "/nonexistent/x");
	vt_free(&cmd);
}

static void other_files_are_no_recordings(void **state)
{
	const char *text = vt_path("text"), *empty = vt_path("empty");
	const char *const files[] = { text, empty, "/", "/dev/null", "/nonexistent" };

	(void)state;
	write_bytes(text, "VMASCOPE is not enough", 22);
	write_bytes(empty, "", 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct vt_cmd cmd;

		report(&cmd, files[i], NULL, 1);
		vt_contains(cmd.err, files[i]);
		vt_free(&cmd);
	}
}

/* --- rings and snapshots --------------------------------------------------------------------- */

/** ring_size - bytes in all files of a ring; @nr: how many */
static off_t ring_size(const char *file, size_t *nr)
{
	char pattern[512];
	struct stat st;
	off_t sum = 0;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s.*", file);
	vt_equal(glob(pattern, 0, NULL, &found), 0, "files of the ring");
	*nr = found.gl_pathc;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		vt_sys(stat(found.gl_pathv[i], &st));
		sum += st.st_size;
	}
	globfree(&found);
	return sum;
}

static bool has_file_number(void *arg)
{
	return !access(arg, F_OK);
}

static void a_ring_is_bounded_and_has_all_counts(void **state)
{
	struct recorded r = { .file = vt_path("ring") };
	char second[512], tenth[512];
	struct json_object *json, *summary;
	int64_t before, after;
	const char *result;
	size_t nr, lines;

	(void)state;
	snprintf(second, sizeof(second), "%s.2", r.file);
	snprintf(tenth, sizeof(tenth), "%s.10", r.file);
	/* a small ring buffer is mapped whole soon: what grows after that is the recorder's */
	start(&r, VT_ARGS("--max-size", "1M", "--ring", "8192"),
	      VT_ARGS("storm", "--faults", "4000000"), &result);
	vt_await(has_file_number, second, "the second file", VT_PATIENCE);
	before = vt_resident_kib(r.cmd.pid);
	vt_await(has_file_number, tenth, "the tenth file", VT_PATIENCE);
	after = vt_resident_kib(r.cmd.pid);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 0, "exit status");
	vt_cmp(after - before, <, 4096, "KiB that the recorder grew by");
	vt_cmp(ring_size(r.file, &nr), <, 3 << 19, "bytes of all files");
	vt_equal(nr, 4, "files");
	r.work = vt_json_file(result);
	json = report_json(r.file, 0);
	vt_check_sums(json);
	vt_check_usage(json, r.work);
	summary = trace_summary(r.file, 0, &lines);
	vt_cmp(lines, >, 100000, "events that are left");
	vt_cmp(lines, <, 4000000, "events that are left");
	json_object_put(summary);
	json_object_put(json);
	recorded_free(&r);
}

static bool is_whole(void *arg)
{
	struct vt_cmd cmd;
	bool whole;

	if (access(arg, F_OK))
		return false;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "report", "-q", arg));
	whole = !cmd.exit;
	vt_free(&cmd);
	return whole;
}

static void a_signal_writes_the_last_seconds(void **state)
{
	struct recorded r = { .file = vt_path("flight") };
	struct json_object *all, *json;
	char first[512];
	const char *result;
	struct vt_cmd cmd;
	double span;
	size_t n;

	(void)state;
	snprintf(first, sizeof(first), "%s.1", r.file);
	start(&r, VT_ARGS("--snapshot", "500ms"), VT_ARGS("storm", "--seconds", "4"), &result);
	vt_await_attached(&r.cmd);
	/* SIGUSR1 comes when more has been recorded than the snapshot is long */
	sleep(2);
	vt_equal(access(first, F_OK), -1, "a file before the signal");
	vt_signal(&r.cmd, SIGUSR1);
	vt_await(is_whole, first, "a whole snapshot", VT_PATIENCE);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 0, "exit status");
	report(&cmd, first, VT_ARGS("--view", "trace", "-j"), 0);
	all = vt_json_lines(cmd.out, first);
	n = json_object_array_length(all) - 1;
	vt_cmp(n, >, 1000, "events of the snapshot");
	span = (vt_int(json_object_array_get_idx(all, n - 1), "time_ns") -
		vt_int(json_object_array_get_idx(all, 0), "time_ns")) /
	       1e9;
	if (span > 0.8)
		fail_msg("events of %.3f s are in a snapshot of 0.5 s", span);
	/* at the end, the last half second, and all counts */
	r.work = vt_json_file(result);
	json = report_json(r.file, 0);
	vt_check_usage(json, r.work);
	json_object_put(all);
	json_object_put(json);
	vt_free(&cmd);
	recorded_free(&r);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(the_report_is_what_stat_told),
	VT_TEST(the_report_is_what_shootdown_told),
	VT_TEST(what_was_not_recorded_is_told),
	VT_TEST(stacks_are_recorded_by_name),
	VT_TEST(every_grouping_has_all_calls),
	VT_TEST(the_heatmap_has_every_fault),
	VT_TEST(nobody_in_particular_can_read_it),
	VT_TEST(a_killed_recorder_leaves_what_was_whole),
	VT_TEST(a_full_disk_stops_the_recording_alone),
	VT_TEST(a_short_file_gives_what_is_there),
	VT_TEST(a_flipped_bit_is_found_and_costs_one_block),
	VT_TEST(a_recording_is_a_file),
	VT_TEST(other_files_are_no_recordings),
	VT_TEST(a_ring_is_bounded_and_has_all_counts),
	VT_TEST(a_signal_writes_the_last_seconds),
};

VT_MAIN(tests)
