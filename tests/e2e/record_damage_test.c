// SPDX-License-Identifier: GPL-2.0-only
/*
 * record_damage_test - what a recording tells is right, whatever happens to the recorder and to the file.
 */
#include "check.h"
#include "recorded.h"
#include "scope.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/** As user/record/format/format.h has it: where a block's kind and length are, and how long its head is. */
#define HEAD_BYTES 48
#define BLOCK_EVENTS 2
#define BLOCK_CHECKPOINT 3
#define BLOCK_END 4

/* --- what can happen to a recorder ---------------------------------------------------------- */

static uint32_t word(const char *data, size_t at)
{
	uint32_t v;

	memcpy(&v, data + at, sizeof(v));
	return v;
}

/** struct checkpoints - wait until @file has @nr of them, whole */
struct checkpoints {
	const char *file;
	size_t nr;
};

static size_t count_checkpoints(const char *file)
{
	size_t size, at = 8, n = 0;
	char *data;

	if (access(file, F_OK))
		return 0;
	data = vt_read_file(file, &size);
	while (at + HEAD_BYTES <= size && at + HEAD_BYTES + word(data, at + 8) <= size) {
		n += word(data, at + 4) == BLOCK_CHECKPOINT;
		at += HEAD_BYTES + word(data, at + 8);
	}
	free(data);
	return n;
}

static bool has_checkpoints(void *arg)
{
	const struct checkpoints *c = arg;

	return count_checkpoints(c->file) >= c->nr;
}

/* How many events of the view trace are of thread @tid. */
static int64_t events_of(struct json_object *lines, int64_t tid)
{
	int64_t n = 0;

	for (size_t i = 0; i + 1 < json_object_array_length(lines); i++)
		n += vt_int(json_object_array_get_idx(lines, i), "tid") == tid;
	return n;
}

/*
 * Killed after a checkpoint that has all faults of the workload's threads, which wait by then. Of
 * the checkpoints that follow "done", the first may have begun before. The ring has room for all.
 */
static void killed_recorder_leaves_complete_blocks(void **state)
{
	const char *file = vt_path("recording"), *result = vt_path("result.json");
	struct checkpoints seen = { .file = file };
	struct json_object *json, *lines, *work, *known;
	struct vt_cmd load, cmd;
	int64_t faults = 0;
	char pid[16];

	(void)state;
	vt_start(&load, &(struct vt_how){ .stdin_pipe = true },
		 VT_ARGS(vt_workload("threads"), "--gate", "--stay", "--pages", "200", "--result",
			 result));
	vt_await_text(&load, "ready");
	snprintf(pid, sizeof(pid), "%d", load.pid);
	vt_start(&cmd, NULL,
		 VT_ARGS(vt_vmascope(), "record", "--ring", "16384", "-o", file, "-p", pid));
	vt_await_attached(&cmd);
	vt_true(write(load.stdin_fd, "\n", 1) == 1);
	vt_await_text(&load, "done");
	seen.nr = count_checkpoints(file) + 2;
	vt_await(has_checkpoints, &seen, "two more checkpoints", VT_PATIENCE);
	vt_signal(&cmd, SIGKILL);
	vt_wait(&cmd, VT_PATIENCE);
	vt_free(&cmd);
	vt_close_stdin(&load);
	vt_wait(&load, VT_PATIENCE);
	work = vt_json_file(result);

	vt_report(&cmd, file, NULL, VT_EXIT_PARTIAL);
	vt_contains(cmd.err, "has no end");
	vt_contains(cmd.err, "it has counts of the first");
	vt_free(&cmd);
	vt_report(&cmd, file, VT_ARGS("--view", "trace", "-j"), VT_EXIT_PARTIAL);
	lines = vt_json_lines(cmd.out, file);
	vt_each(known, work, "threads")
	{
		faults += vt_int(known, "faults");
		vt_equal(events_of(lines, vt_int(known, "tid")), vt_int(known, "faults"),
			 "events of thread %ld = getrusage", (long)vt_int(known, "tid"));
	}
	json = vt_report_json(file, VT_EXIT_PARTIAL);
	vt_check_sums(json);
	vt_equal(vt_int(json, "totals.faults") - vt_int(json, "totals.gup"),
		 faults + events_of(lines, atoi(pid)),
		 "faults of all threads in the last checkpoint");
	json_object_put(json);
	json_object_put(lines);
	json_object_put(work);
	vt_free(&cmd);
	vt_free(&load);
}

static char small_disk[512];

static int small_disk_done(void **state)
{
	if (small_disk[0])
		umount2(small_disk, MNT_DETACH);
	small_disk[0] = 0;
	return vt_test_done(state);
}

/* The ring alone holds more events than the disk, so that a slow reader's losses leave enough. */
static void full_disk_stops_only_the_recording(void **state)
{
	const char *dir = vt_path("small");
	struct vt_recorded r;
	struct json_object *json;
	const char *result;
	char file[512];
	size_t lines;

	(void)state;
	vt_sys(mkdir(dir, 0700));
	vt_sys(mount("tmpfs", dir, "tmpfs", 0, "size=512k"));
	snprintf(small_disk, sizeof(small_disk), "%s", dir);
	snprintf(file, sizeof(file), "%s/recording", dir);
	r.file = file;
	vt_record_start(&r, VT_ARGS("--ring", "65536"), VT_ARGS("storm", "--faults", "1500000"),
			&result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 1, "exit status");
	vt_contains(r.cmd.err, "No space left on device");
	r.work = vt_json_file(result);
	vt_true(vt_bool(r.work, "ok"));
	json = vt_report_trace(r.file, VT_EXIT_PARTIAL, &lines);
	vt_cmp(lines, >, 0, "events that found room");
	vt_cmp(lines, <, 1500000, "events that found room");
	json_object_put(json);
	vt_recorded_free(&r);
}

/* --- what can happen to a file --------------------------------------------------------------- */

/** A file's blocks: where each begins, and what it is. */
struct blocks {
	size_t at[256];
	uint32_t kind[256];
	uint32_t records[256];
	size_t nr;
};

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

static void truncated_file_is_partly_readable(void **state)
{
	const char *cut = vt_path("cut");
	struct blocks b;
	struct vt_recorded r;
	size_t size;
	char *data;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "100000"));
	data = vt_read_file(r.file, &size);
	b = find_blocks(data, size);
	for (size_t i = 0; i < 40; i++) {
		const size_t length = size * i / 40;
		struct vt_cmd cmd;

		write_bytes(cut, data, length);
		/* without its header it is no recording */
		vt_report(&cmd, cut, NULL, length < b.at[1] ? 1 : VT_EXIT_PARTIAL);
		vt_cmp(strlen(cmd.err), >, 0, "length of the message");
		vt_free(&cmd);
	}
	free(data);
	vt_recorded_free(&r);
}

static void flipped_bit_costs_one_block(void **state)
{
	const char *flipped = vt_path("flipped");
	struct json_object *whole;
	struct vt_recorded r;
	struct blocks b;
	size_t size, all;
	char *data;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "40000"));
	json_object_put(vt_report_trace(r.file, 0, &all));
	whole = vt_report_json(r.file, 0);
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

				vt_report(&cmd, flipped, NULL, 1);
				vt_free(&cmd);
				continue;
			}
			json = vt_report_json(flipped, VT_EXIT_PARTIAL);
			/* counts of the last checkpoint do not depend on events */
			if (b.kind[i] == BLOCK_EVENTS)
				vt_equal(json_object_equal(json, whole), 1, "same counts");
			json_object_put(json);
			json_object_put(vt_report_trace(flipped, VT_EXIT_PARTIAL, &lines));
			vt_cmp(lines + b.records[i], >=, all, "events without block %zu", i);
			vt_cmp(lines, <=, all, "events without block %zu", i);
		}
	}
	json_object_put(whole);
	free(data);
	vt_recorded_free(&r);
}

static void recording_must_be_a_file(void **state)
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

/** append_to - @file: @bytes of @what, again and again */
static void append_to(const char *file, const char *what, size_t bytes)
{
	FILE *f = fopen(file, "a");

	vt_true(f);
	for (size_t i = 0; i < bytes; i += 4)
		vt_equal(fwrite(what, 1, 4, f), 4, "bytes written");
	vt_equal(fclose(f), 0, "fclose");
}

/** report_ms - CPU time of a report, which has to find damage */
static int64_t report_ms(const char *file)
{
	struct rusage before, after;
	struct vt_cmd cmd;

	vt_sys(getrusage(RUSAGE_CHILDREN, &before));
	vt_report(&cmd, file, VT_ARGS("-q"), VT_EXIT_PARTIAL);
	vt_sys(getrusage(RUSAGE_CHILDREN, &after));
	vt_free(&cmd);
	return (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
		before.ru_stime.tv_sec) *
		       1000 +
	       (after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec -
		before.ru_stime.tv_usec) /
		       1000;
}

/* Each of two million marks may begin a block: looking costs what looking at anything else does. */
static void false_block_markers_cost_no_time(void **state)
{
	const char *zeros = vt_path("zeros");
	struct vt_recorded r;
	size_t len;
	char *text;
	int64_t base, ms;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "100"));
	text = vt_read_file(r.file, &len);
	write_bytes(zeros, text, len);
	append_to(zeros, "\0\0\0", 8 << 20);
	append_to(r.file, "VBLK", 8 << 20);
	base = report_ms(zeros);
	ms = report_ms(r.file);
	print_message("# 8 MiB of marks: %lld ms of CPU, of zeros: %lld ms\n", (long long)ms,
		      (long long)base);
	vt_cmp(ms, <, 20 * base + 1000, "ms for 8 MiB of marks, where zeros take %lld",
	       (long long)base);
	free(text);
	vt_recorded_free(&r);
}

static void other_files_are_refused(void **state)
{
	const char *text = vt_path("text"), *empty = vt_path("empty");
	const char *const files[] = { text, empty, "/", "/dev/null", "/nonexistent" };

	(void)state;
	write_bytes(text, "VMASCOPE is not enough", 22);
	write_bytes(empty, "", 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct vt_cmd cmd;

		vt_report(&cmd, files[i], NULL, 1);
		vt_contains(cmd.err, files[i]);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(killed_recorder_leaves_complete_blocks),
	cmocka_unit_test_teardown(full_disk_stops_only_the_recording, small_disk_done),
	VT_TEST(truncated_file_is_partly_readable),
	VT_TEST(flipped_bit_costs_one_block),
	VT_TEST(recording_must_be_a_file),
	VT_TEST(false_block_markers_cost_no_time),
	VT_TEST(other_files_are_refused),
};

VT_MAIN(tests)
