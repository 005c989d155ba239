// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_fuzz.c - any bytes as a recording: nothing in it may be trusted. Every view and format.
 *
 * The first four bytes say what the rest is and what is asked of it: a whole file; a header; or blocks
 * behind a true header. Checksums of the last two are made right here, and blocks are packed as the
 * writer packs them: a fuzzer would never get past either.
 */
#include <string.h>
#include <zstd.h>

#include "fuzz.h"
#include "options/options.h"
#include "record/format/block.h"
#include "record/format/header.h"
#include "util/log.h"

/** Bytes that say what is asked. */
#define ASKED 4

enum content {
	CONTENT_FILE,
	CONTENT_HEADER,
	CONTENT_BLOCKS,
	NR_CONTENTS,
};

/* Of a block's first byte: two bits for its kind, and these. Two bytes of length follow. */
#define BLOCK_PACKED 4
#define BLOCK_HEAD 3

/* Bits of the fourth byte. */
enum asked {
	ASK_HIST = 1,
	ASK_LATENCY = 2,
	ASK_HEATMAP = 4,
	ASK_INTERVAL = 8,
	ASK_BETWEEN = 16,
	ASK_FOLDED = 32,
	ASK_FLAME = 64,
	ASK_STACKS = 128,
};

static void put_block(int fd, enum block_kind kind, const void *data, size_t size, size_t raw)
{
	struct block_head head = block__head(kind, data, (uint32_t)size);

	head.raw = (uint32_t)raw;
	block__sign(&head);
	fuzz_write(fd, &head, sizeof(head));
	fuzz_write(fd, data, size);
}

static void put_packed(int fd, enum block_kind kind, const void *data, size_t size)
{
	static char packed[1 << 17];
	const size_t n = ZSTD_compress(packed, sizeof(packed), data, size, 1);

	fuzz_check(!ZSTD_isError(n));
	put_block(fd, kind, packed, n, size);
}

static void put_header(int fd)
{
	struct header h = {
		.run = 1,
		.file = 1,
		.what = (char *)"fuzz",
		.start_ns = 1000,
		.nr_cpus = 2,
		.events = 7,
		.causes = ~0u,
		.shootdowns = true,
		.stacks = true,
	};
	static char *text;

	if (!text)
		text = header__format(&h);
	put_block(fd, BLOCK_HEADER, text, strlen(text), 0);
}

static void put_blocks(int fd, const uint8_t *data, size_t size)
{
	static const enum block_kind kinds[] = { BLOCK_EVENTS, BLOCK_CHECKPOINT, BLOCK_INDEX,
						 BLOCK_END };

	put_header(fd);
	while (size >= BLOCK_HEAD) {
		const enum block_kind kind = kinds[data[0] & 3];
		const bool packed = data[0] & BLOCK_PACKED;
		size_t len = data[1] | (size_t)data[2] << 8;

		data += BLOCK_HEAD;
		size -= BLOCK_HEAD;
		if (len > size)
			len = size;
		if (packed && len)
			put_packed(fd, kind, data, len);
		else
			put_block(fd, kind, data, len, 0);
		data += len;
		size -= len;
	}
}

static int make_file(enum content content, const uint8_t *data, size_t size)
{
	const int fd = memfd_create("fuzz", 0);

	fuzz_check(fd >= 0);
	if (content == CONTENT_FILE) {
		fuzz_write(fd, data, size);
		return fd;
	}
	fuzz_write(fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	if (content == CONTENT_HEADER)
		put_block(fd, BLOCK_HEADER, data, size, 0);
	else
		put_blocks(fd, data, size);
	return fd;
}

/** Bit of the first byte: no process is summed up; else all but so many are, fewer than an option allows. */
#define ALL_PROCESSES 64
#define FEW_PROCESSES 2

static void ask(struct options *o, const uint8_t *data)
{
	static const char *const formats[] = { "text", "json", "csv" };
	const unsigned int view = data[1] % (NR_REPORT_VIEWS + 1);
	const bool perfetto = view == NR_REPORT_VIEWS;

	o->max_processes = data[0] & ALL_PROCESSES ? 0 : FEW_PROCESSES;
	o->view = perfetto ? REPORT_STAT : view;
	o->format = out_format__find(perfetto ? "perfetto" : formats[data[1] / 16 % 3]);
	o->wide = data[1] & 8;
	if (o->view == REPORT_STAT)
		o->by = data[2] % NR_STAT_BY;
	o->shootdown_by = data[2] / 16 % NR_SHOOTDOWN_BY;
	o->hist = data[3] & ASK_HIST;
	o->quantiles = data[3] & ASK_LATENCY;
	if (o->view == REPORT_TRACE || perfetto) {
		o->capture.bpf.user_stacks = o->capture.bpf.kernel_stacks = !perfetto &&
									    data[3] & ASK_STACKS;
		o->from_ns = 1;
		o->until_ns = data[3] & ASK_BETWEEN ? 1000000 : 0;
		o->wall_clock = !perfetto && data[2] & 1;
		return;
	}
	o->heatmap = data[3] & ASK_HEATMAP;
	o->folded = data[3] & ASK_FOLDED;
	o->flame = data[3] & ASK_FLAME ? "/dev/null" : NULL;
	if (o->folded || o->flame) {
		o->by = BY_STACK;
		o->shootdown_by = SHOOTDOWN_BY_STACK;
	} else if (o->view == REPORT_STAT && !o->heatmap && data[3] & ASK_INTERVAL) {
		o->interval_ns = 1000000;
	}
}

/** check_status - it is one that docs/record.md lists. */
static void check_status(int status)
{
	fuzz_check(status == VS_EXIT_OK || status == VS_EXIT_FAILURE || status == VS_EXIT_USAGE ||
		   status == VS_EXIT_PARTIAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], *once[] = { path, NULL }, *twice[] = { path, path, NULL };
	struct options o = {
		.capture = { .uid = -1, .only = -1 }, .top = 30, .output = "/dev/null", .weight = -1
	};
	int fd;

	if (size < ASKED)
		return 0;
	fd = make_file(data[0] % NR_CONTENTS, data + ASKED, size - ASKED);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	log_setup(true, true, 0);
	ask(&o, data);
	o.argv = once;
	check_status(command_report.run(&o));
	if (!(data[0] & 128)) {
		close(fd);
		return 0;
	}
	o = (struct options){
		.capture = { .uid = -1, .only = -1 }, .top = 30, .output = "/dev/null", .weight = -1
	};
	o.format = out_format__find("json");
	o.argv = twice;
	o.diff = true;
	check_status(command_report.run(&o));
	close(fd);
	return 0;
}
