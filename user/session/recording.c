// SPDX-License-Identifier: GPL-2.0-only
/* recording.c - find a recording's files, read them in order, and report missing data. */
#include "session/recording.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/format/reader.h"
#include "sys/limits.h"
#include "sys/memory.h"
#include "util/array.h"
#include "util/log.h"
#include "util/str.h"

/* --- files --------------------------------------------------------------------------------- */

static int add_file(struct recording *r, const char *path)
{
	if (array__more(&r->files, r->nr_files, sizeof(*r->files)))
		return -ENOMEM;
	r->files[r->nr_files] = strdup(path);
	return r->files[r->nr_files] ? (r->nr_files++, 0) : -ENOMEM;
}

/** file_number - number of a file of a ring, 0 if it has none. */
static uint64_t file_number(const char *path)
{
	const char *dot = strrchr(path, '.');
	uint64_t n;

	return dot && !str_parse_u64(dot + 1, UINT32_MAX, &n) ? n : 0;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = file_number(*(char *const *)a), y = file_number(*(char *const *)b);

	return (x > y) - (x < y);
}

/** add_ring - all files PATH.N, in order. */
static int add_ring(struct recording *r, const char *path)
{
	const size_t before = r->nr_files;
	char pattern[4096];
	glob_t found;
	int err;

	snprintf(pattern, sizeof(pattern), "%s.[0-9]*", path);
	err = glob(pattern, 0, NULL, &found);
	if (err)
		return err == GLOB_NOSPACE ? -ENOMEM : add_file(r, path);
	for (size_t i = 0; i < found.gl_pathc && !err; i++)
		if (file_number(found.gl_pathv[i]))
			err = add_file(r, found.gl_pathv[i]);
	globfree(&found);
	if (!err && r->nr_files > before)
		qsort(r->files + before, r->nr_files - before, sizeof(*r->files), by_number);
	return err;
}

static bool all_numbered(const struct recording *r)
{
	for (size_t i = 0; i < r->nr_files; i++)
		if (!file_number(r->files[i]))
			return false;
	return r->nr_files;
}

static int cannot_read(const char *path, int err)
{
	if (err == -ENOMEM)
		return vs_fail(VS_EXIT_FAILURE, memory__hint(), "cannot read %s: not enough memory",
			       path);
	if (err == -EBADMSG)
		return vs_fail(VS_EXIT_FAILURE, NULL,
			       "%s is not a recording, or its header is damaged", path);
	if (err == -ESPIPE)
		return vs_fail(VS_EXIT_FAILURE,
			       "copy it to a regular file: it is read several times",
			       "cannot read %s: not a regular file", path);
	if (err == -EPROTONOSUPPORT)
		return vs_fail(VS_EXIT_FAILURE,
			       "use the version of vmascope that wrote it, or a later one",
			       "%s has an unsupported format version", path);
	return vs_fail(VS_EXIT_FAILURE,
		       err == -ENOENT ? "create one with `vmascope record`" : limit_hint(err),
		       "cannot read %s: %s", path, strerror(-err));
}

/** read_header - read the header of the first file. */
static int read_header(struct recording *r)
{
	struct reader reader;
	int err = reader__open(&reader, r->files[0]);

	if (!err) {
		unknown_columns__find(&r->unknown, &reader.codec);
		r->header = reader.header;
		memset(&reader.header, 0, sizeof(reader.header));
	}
	reader__close(&reader);
	return err ? cannot_read(r->files[0], err) : 0;
}

/** bytes_of - total size of all files. */
static uint64_t bytes_of(const struct recording *r)
{
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < r->nr_files; i++)
		if (!stat(r->files[i], &st) && st.st_size > 0)
			sum += st.st_size;
	return sum;
}

int recording__open(struct recording *r, char *const *paths, size_t max_processes)
{
	char *const only[] = { RECORDING_DEFAULT_PATH, NULL };
	int err = 0;

	memset(r, 0, sizeof(*r));
	r->whole = true;
	for (char *const *path = paths ? paths : only; *path && !err; path++)
		err = access(*path, F_OK) ? add_ring(r, *path) : add_file(r, *path);
	/* the shell sorts x.10 before x.9 */
	if (!err && all_numbered(r))
		qsort(r->files, r->nr_files, sizeof(*r->files), by_number);
	if (!err)
		err = read_header(r);
	if (err > 0)
		return err;
	if (!err)
		err = loader__init(&r->loader, &r->live.run, r->header.nr_cpus);
	r->loader.ended.max = max_processes;
	loader__bound(&r->loader, bytes_of(r));
	return err ? vs_fail(VS_EXIT_FAILURE, memory__hint(), "not enough memory") : 0;
}

void recording__close(struct recording *r)
{
	for (size_t i = 0; i < r->nr_files; i++)
		free(r->files[i]);
	free(r->files);
	header__free(&r->header);
	loader__free(&r->loader);
	live__free(&r->live);
	memset(r, 0, sizeof(*r));
}

/* --- missing data -------------------------------------------------------------------------- */

/** since_start - a time since the start of the run, as text. */
static const char *since_start(const struct recording *r, uint64_t ns, char *buf, size_t size)
{
	str_format_ns(buf, size, ns > r->header.start_ns ? ns - r->header.start_ns : 0);
	return buf;
}

static void report_damage(const struct recording *r, const struct damage *d, const char *path)
{
	char first[STR_NUMBER_LEN], last[STR_NUMBER_LEN], bytes[STR_NUMBER_LEN];

	str_format_bytes(bytes, sizeof(bytes), d->bytes);
	if (d->records)
		vs_warn("%s is damaged: %s missing in %llu places, including %llu records between "
			"%s and %s",
			path, bytes, (unsigned long long)d->blocks, (unsigned long long)d->records,
			since_start(r, d->first_ns, first, sizeof(first)),
			since_start(r, d->last_ns, last, sizeof(last)));
	else if (d->blocks)
		vs_warn("%s is damaged: %s missing in %llu places", path, bytes,
			(unsigned long long)d->blocks);
}

static void report_end(const struct recording *r, const char *path)
{
	char counts[STR_NUMBER_LEN], events[STR_NUMBER_LEN];

	vs_warn("%s has no end marker: it was interrupted or is still being written; "
		"it has counts of the first %s and events of the first %s",
		path, since_start(r, r->end_ns, counts, sizeof(counts)),
		since_start(r, r->last_ns, events, sizeof(events)));
}

/** check_file - is it of this run, and after @before? Return: 0, or -EINVAL after a message. */
static int check_file(struct recording *r, const struct reader *reader, const char *path,
		      uint32_t before)
{
	const uint32_t number = reader->header.file;

	if (reader->header.run != r->header.run || (before && number <= before)) {
		vs_fail(VS_EXIT_FAILURE, "give the files of one recording, oldest first",
			"%s is from another recording, or out of order", path);
		return -EINVAL;
	}
	if (before && number != before + 1) {
		vs_warn("files %u to %u of the recording are missing", before + 1, number - 1);
		r->whole = false;
	}
	return 0;
}

/* --- reading ------------------------------------------------------------------------------- */

/** cannot_keep - report that memory is exhausted, or that the limit is reached. Return: @err */
static int cannot_keep(struct recording *r, const char *path, int err)
{
	r->reported = true;
	if (err == -E2BIG)
		vs_fail(VS_EXIT_FAILURE, NULL,
			"cannot read %s: it would need more than %s of memory, far more than a "
			"valid recording of its size",
			path, str_bytes(r->loader.max_bytes).text);
	else
		vs_fail(VS_EXIT_FAILURE, memory__hint(), "cannot read %s: not enough memory", path);
	return err;
}

static int read_records(struct recording *r, struct reader *reader, const char *path,
			recording_event_fn fn, void *ctx)
{
	union record record;
	int type, err = 0;

	while (!err && (type = reader__record(reader, &record)) >= 0) {
		if (!record_is_event(type)) {
			err = loader__take(&r->loader, type, &record);
			if (err)
				return cannot_keep(r, path, err);
			if (type == RECORD_STATS && r->counts)
				err = r->counts(ctx, record.stats.time_ns);
		} else if (fn) {
			loader__event(&r->loader, type, &record);
			err = fn(ctx, &record, type);
		}
	}
	return err;
}

/** read_blocks - @gave_up: set if reading stopped for a reason other than the file */
static int read_blocks(struct recording *r, struct reader *reader, const char *path,
		       recording_event_fn fn, void *ctx, bool *gave_up)
{
	int kind, err = 0;

	while (!err && (kind = reader__block(reader)) > 0)
		/* data that events refer to is also in checkpoints */
		if (fn || kind == BLOCK_CHECKPOINT)
			err = read_records(r, reader, path, fn, ctx);
	*gave_up = err;
	return err ? err : kind;
}

/** take_names - read the stacks of a checkpoint, and their symbols, without counts. */
static int take_names(struct recording *r, struct reader *reader)
{
	union record record;
	int type, err = 0;

	while (!err && (type = reader__record(reader, &record)) >= 0) {
		if (type == RECORD_STACK)
			memset(&record.stack.counts, 0, sizeof(record.stack.counts));
		if (type == RECORD_STACK || type == RECORD_SYMBOL)
			err = loader__take(&r->loader, type, &record);
	}
	return err;
}

int recording__read_names(struct recording *r)
{
	int err = 0;

	for (size_t i = 0; i < r->nr_files && !err; i++) {
		struct reader reader;
		int kind;

		/* errors in a file are reported when it is read */
		if (!reader__open(&reader, r->files[i]))
			while (!err && (kind = reader__block(&reader)) > 0)
				if (kind == BLOCK_CHECKPOINT)
					err = take_names(r, &reader);
		reader__close(&reader);
		if (err)
			cannot_keep(r, r->files[i], err);
	}
	return err;
}

static int read_file(struct recording *r, const char *path, uint32_t *number, recording_event_fn fn,
		     void *ctx)
{
	struct reader reader;
	bool gave_up;
	int err = reader__open(&reader, path);

	if (err)
		cannot_read(path, err);
	else
		err = check_file(r, &reader, path, *number);
	if (!err) {
		*number = reader.header.file;
		err = read_blocks(r, &reader, path, fn, ctx, &gave_up);
		if (err && !gave_up) {
			r->reported = true;
			cannot_read(path, err);
		}
		if (r->loader.stats.time_ns > r->end_ns)
			r->end_ns = r->loader.stats.time_ns;
		if (reader.last_ns > r->last_ns)
			r->last_ns = reader.last_ns;
		report_damage(r, &reader.damage, path);
		if (!err && !reader.damage.ended)
			report_end(r, path);
		r->whole = r->whole && reader__whole(&reader);
	}
	reader__close(&reader);
	return err;
}

int recording__read(struct recording *r, recording_event_fn fn, void *ctx)
{
	uint32_t number = 0;
	int err = 0;

	r->end_ns = r->header.start_ns;
	for (size_t i = 0; i < r->nr_files && !err; i++)
		err = read_file(r, r->files[i], &number, fn, ctx);
	if (!err) {
		err = loader__finish(&r->loader);
		if (err)
			cannot_keep(r, r->files[0], err);
	}
	return err;
}
