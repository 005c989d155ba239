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
#include <sys/stat.h>
#include <unistd.h>

/** As user/record/format.h has it: where a block's kind and length are, and how long its head is. */
#define HEAD_BYTES 48
#define BLOCK_EVENTS 2
#define BLOCK_END 4

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
	struct vt_recorded r = { .file = vt_path("recording") };
	struct size_wanted wanted = { r.file, 2 << 20 };
	struct json_object *json, *summary;
	const char *result;
	struct vt_cmd cmd;
	int64_t faults;
	size_t lines;

	(void)state;
	vt_record_start(&r, NULL, VT_ARGS("storm", "--seconds", "20"), &result);
	vt_await(is_so_large, &wanted, "2 MiB are recorded", VT_PATIENCE);
	vt_signal(&r.cmd, SIGKILL);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_report(&cmd, r.file, NULL, VT_EXIT_PARTIAL);
	vt_contains(cmd.err, "has no end");
	vt_contains(cmd.err, "counts are those of the first");
	json = vt_report_json(r.file, VT_EXIT_PARTIAL);
	vt_check_sums(json);
	summary = vt_report_trace(r.file, VT_EXIT_PARTIAL, &lines);
	faults = vt_int(json, "totals.faults");
	vt_cmp(faults, >, 0, "faults in the last checkpoint");
	/* it comes behind the events before it, but for those of the time in which counters are read */
	vt_cmp(lines + vt_int(json, "totals.gup"), >=, faults - faults / 100, "events");
	json_object_put(summary);
	json_object_put(json);
	vt_free(&cmd);
	vt_free(&r.cmd);
}

static void a_full_disk_stops_the_recording_alone(void **state)
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
	snprintf(file, sizeof(file), "%s/recording", dir);
	r.file = file;
	vt_record_start(&r, NULL, VT_ARGS("storm", "--faults", "1500000"), &result);
	vt_wait(&r.cmd, VT_PATIENCE);
	vt_equal(r.cmd.exit, 1, "exit status");
	vt_contains(r.cmd.err, "No space left on device");
	r.work = vt_json_file(result);
	vt_true(vt_bool(r.work, "ok"));
	json = vt_report_trace(r.file, VT_EXIT_PARTIAL, &lines);
	umount2(dir, MNT_DETACH);
	vt_cmp(lines, >, 10000, "events that found room");
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

static void a_flipped_bit_is_found_and_costs_one_block(void **state)
{
	const char *flipped = vt_path("flipped");
	struct json_object *whole;
	struct vt_recorded r;
	struct blocks b;
	size_t size, all;
	char *data;

	(void)state;
	vt_record(&r, NULL, VT_ARGS("storm", "--faults", "80000"));
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

		vt_report(&cmd, files[i], NULL, 1);
		vt_contains(cmd.err, files[i]);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(a_killed_recorder_leaves_what_was_whole),
	VT_TEST(a_full_disk_stops_the_recording_alone),
	VT_TEST(a_short_file_gives_what_is_there),
	VT_TEST(a_flipped_bit_is_found_and_costs_one_block),
	VT_TEST(a_recording_is_a_file),
	VT_TEST(other_files_are_no_recordings),
};

VT_MAIN(tests)
