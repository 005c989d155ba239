// SPDX-License-Identifier: GPL-2.0-only
/* writer.c - fill blocks, and write them to a file or a ring of files, or keep them in memory. */
#include "record/format/writer.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/out_file.h"

/** A block of events is written when it reaches this size, uncompressed. */
#define EVENTS_BYTES (256u << 10)
/** A longer checkpoint is split into several blocks. */
#define CHECKPOINT_BYTES (1u << 20)
/** A block of events, uncompressed, has at most this fraction of a ring. */
#define BLOCK_SHARE 32
/** The checkpoints of a file may have this fraction of a ring. */
#define BUDGET_SHARE 8
/** Metadata that a file system may need for each file: its block map. */
#define FILE_OVERHEAD 16384u
/** Minimum allocation unit of file systems. */
#define DISK_BLOCK 4096u

/** struct kept_block - a block of events in memory, @size bytes with its head */
struct kept_block {
	struct kept_block *next;
	size_t size;
	struct block_head head;
};

static bool is_ring(const struct writer *w)
{
	return w->options.max_bytes && !w->options.snapshot_ns;
}

int writer__init(struct writer *w, const struct writer_options *o, struct header *header)
{
	int err;

	memset(w, 0, sizeof(*w));
	w->file.fd = -1;
	w->options = *o;
	w->header = header;
	w->oldest = 1;
	w->events_bytes = EVENTS_BYTES;
	if (is_ring(w) && o->max_bytes / BLOCK_SHARE < EVENTS_BYTES)
		w->events_bytes = o->max_bytes / BLOCK_SHARE;
	err = packer__init(&w->events, BLOCK_EVENTS);
	return err ? err : packer__init(&w->checkpoint, BLOCK_CHECKPOINT);
}

static void file_name(const struct writer *w, uint32_t number, char *name, size_t size)
{
	if (number)
		snprintf(name, size, "%s.%u", w->options.path, number);
	else
		snprintf(name, size, "%s", w->options.path);
}

/* --- the room of a ring -------------------------------------------------------------------- */

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + DISK_BLOCK - 1) / DISK_BLOCK * DISK_BLOCK;
}

/** on_disk - bytes that a file occupies, including preallocated ones. */
static uint64_t on_disk(const struct stat *st)
{
	const uint64_t size = round_up(st->st_size), blocks = (uint64_t)st->st_blocks * 512;

	return size > blocks ? size : blocks;
}

/** used - bytes used by all files of the ring, including the current one. */
static uint64_t used(const struct writer *w)
{
	uint64_t sum = 0;
	struct stat st;
	char name[4096];

	for (uint32_t n = w->oldest; n <= w->nr_files; n++) {
		file_name(w, n, name, sizeof(name));
		if (!lstat(name, &st))
			sum += on_disk(&st);
	}
	return sum;
}

/** drop_oldest - remove the oldest completed file. Return: false: there is none. */
static bool drop_oldest(struct writer *w)
{
	char name[4096];

	if (w->oldest >= w->nr_files)
		return false;
	file_name(w, w->oldest++, name, sizeof(name));
	return !unlink(name) || errno == ENOENT;
}

/**
 * make_room - make room for @size more bytes and the end of the file
 * Return: 0; -EFBIG: the ring is too small.
 */
static int make_room(struct writer *w, size_t size)
{
	const uint64_t more = round_up(size + file__end_size(&w->file)) + DISK_BLOCK +
			      FILE_OVERHEAD;

	if (!is_ring(w))
		return 0;
	while (used(w) + more > w->options.max_bytes)
		if (!drop_oldest(w))
			return -EFBIG;
	return file__reserve(&w->file, size);
}

uint64_t writer__budget(const struct writer *w)
{
	return is_ring(w) ? w->options.max_bytes / BUDGET_SHARE : 0;
}

/* --- files --------------------------------------------------------------------------------- */

/** old_files - find PATH.N, and PATH itself. Return: 0 or -ENOMEM. */
static int old_files(const struct writer *w, glob_t *found)
{
	char *pattern, *to;
	int err;

	/* escape each character of the path, as glob() may treat it as a pattern */
	pattern = malloc(2 * strlen(w->options.path) + sizeof(".[0-9]*"));
	if (!pattern)
		return -ENOMEM;
	to = pattern;
	for (const char *p = w->options.path; *p; p++) {
		if (strchr("*?[]\\", *p))
			*to++ = '\\';
		*to++ = *p;
	}
	*to = '\0';
	err = glob(pattern, 0, NULL, found);
	strcpy(to, ".[0-9]*");
	if (err != GLOB_NOSPACE)
		err = glob(pattern, err ? 0 : GLOB_APPEND, NULL, found);
	free(pattern);
	return err == GLOB_NOSPACE ? -ENOMEM : 0;
}

/** numbered - the name is that of a ring's file: nothing or a number follows the path. */
static bool numbered(const struct writer *w, const char *name)
{
	const char *rest = name + strlen(w->options.path);

	return !*rest || (rest[1] && !rest[1 + strspn(rest + 1, "0123456789")]);
}

int writer__remove_old(struct writer *w, char *bad, size_t size)
{
	glob_t found = {};
	int err = old_files(w, &found);

	for (size_t i = 0; i < found.gl_pathc && err >= 0; i++) {
		if (!numbered(w, found.gl_pathv[i]))
			continue;
		snprintf(bad, size, "%s", found.gl_pathv[i]);
		err = out_file__removable(bad, FORMAT_MAGIC, FORMAT_MAGIC_LEN, &w->why);
	}
	for (size_t i = 0; i < found.gl_pathc && err >= 0; i++)
		if (numbered(w, found.gl_pathv[i]) && unlink(found.gl_pathv[i]))
			err = -errno;
	globfree(&found);
	return err < 0 ? err : 0;
}

int writer__begin(struct writer *w, bool numbered)
{
	char name[4096], *header;
	int err;

	w->header->file = ++w->nr_files;
	file_name(w, numbered ? w->nr_files : 0, name, sizeof(name));
	header = header__format(w->header);
	if (!header)
		return -ENOMEM;
	while (is_ring(w) && w->nr_files - w->oldest >= WRITER_RING_FILES && drop_oldest(w))
		;
	err = make_room(w, FORMAT_MAGIC_LEN + sizeof(struct block_head) + strlen(header));
	if (!err)
		err = file__create(&w->file, name, header, &w->why);
	free(header);
	return err;
}

static int append(struct writer *w, const void *block, size_t size)
{
	int err = make_room(w, size);

	if (!err)
		err = file__append(&w->file, block, size);
	if (!err)
		w->bytes += size;
	return err;
}

/* --- blocks in memory ---------------------------------------------------------------------- */

static void drop_first(struct writer *w)
{
	struct kept_block *b = w->first_kept;

	w->first_kept = b->next;
	if (!b->next)
		w->last_kept = NULL;
	w->kept_bytes -= b->size;
	free(b);
}

/** drop_old - drop blocks that are older than the snapshot's length or exceed the memory limit. */
static void drop_old(struct writer *w)
{
	const uint64_t max = w->options.max_bytes ? w->options.max_bytes : WRITER_SNAPSHOT_BYTES;
	const uint64_t now_ns = w->last_kept->head.last_ns;

	while (w->first_kept != w->last_kept &&
	       (w->kept_bytes > max ||
		w->first_kept->head.last_ns + w->options.snapshot_ns < now_ns))
		drop_first(w);
}

static int keep(struct writer *w, const void *block, size_t size)
{
	struct kept_block *b = malloc(offsetof(struct kept_block, head) + size);

	if (!b)
		return -ENOMEM;
	memcpy(&b->head, block, size);
	b->size = size;
	b->next = NULL;
	if (w->last_kept)
		w->last_kept->next = b;
	else
		w->first_kept = b;
	w->last_kept = b;
	w->kept_bytes += size;
	drop_old(w);
	return 0;
}

int writer__put_kept(struct writer *w)
{
	int err = 0;

	for (const struct kept_block *b = w->first_kept; b && !err; b = b->next)
		err = append(w, &b->head, b->size);
	return err;
}

/* --- records ------------------------------------------------------------------------------- */

int writer__flush(struct writer *w)
{
	const void *block;
	size_t size;

	if (!w->events.records)
		return 0;
	block = packer__seal(&w->events, &size);
	if (!block)
		return -ENOMEM;
	return w->options.snapshot_ns ? keep(w, block, size) : append(w, block, size);
}

static int seal_checkpoint(struct writer *w)
{
	size_t size;
	const void *block = packer__seal(&w->checkpoint, &size);

	return block ? append(w, block, size) : -ENOMEM;
}

int writer__event(struct writer *w, enum record_type type, const void *record, uint64_t time_ns)
{
	int err = packer__put(&w->events, type, record, time_ns);

	w->nr_events += type >= RECORD_FAULT && type <= RECORD_IPI;
	if (!err && w->events.len >= w->events_bytes)
		err = writer__flush(w);
	return err;
}

int writer__count(struct writer *w, enum record_type type, const void *record, uint64_t time_ns)
{
	const size_t before = w->checkpoint.len;
	int err = packer__put(&w->checkpoint, type, record, time_ns);

	w->counted += w->checkpoint.len - before;
	if (!err && w->checkpoint.len >= CHECKPOINT_BYTES)
		err = seal_checkpoint(w);
	return err;
}

int writer__commit(struct writer *w)
{
	int err = writer__flush(w);

	return err ? err : seal_checkpoint(w);
}

bool writer__is_full(const struct writer *w)
{
	return is_ring(w) && w->file.size >= w->options.max_bytes / WRITER_RING_FILES;
}

int writer__end(struct writer *w)
{
	int err = make_room(w, 0), close_err;

	if (!err)
		err = file__finish(&w->file);
	close_err = file__close(&w->file);

	return err ? err : close_err;
}

void writer__close(struct writer *w)
{
	while (w->first_kept)
		drop_first(w);
	packer__free(&w->events);
	packer__free(&w->checkpoint);
	file__close(&w->file);
}
