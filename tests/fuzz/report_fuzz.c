// SPDX-License-Identifier: GPL-2.0-only
/*
 * report_fuzz - `vmascope report` on any bytes: nothing in a recording may be trusted (libFuzzer).
 *
 * The first byte says which view and format to try, and what the rest is: a whole file; a header;
 * or records behind a true header. Checksums of the last two are made right here: a fuzzer would
 * never get past them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/options.h"
#include "record/block.h"
#include "record/header.h"
#include "util/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the rest of the input is, by two bits of its first byte. */
enum content {
	CONTENT_FILE,
	CONTENT_HEADER,
	CONTENT_RECORDS,
	CONTENT_RECORDS_AND_END,
};

static void put(int fd, const void *data, size_t size)
{
	if (write(fd, data, size) != (ssize_t)size)
		abort();
}

static void put_block(int fd, enum block_kind kind, const void *data, size_t size)
{
	const struct block_head head = block__head(kind, data, size);

	put(fd, &head, sizeof(head));
	put(fd, data, size);
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
	};
	static char *text;

	if (!text)
		text = header__format(&h);
	put_block(fd, BLOCK_HEADER, text, strlen(text));
}

static void make_file(int fd, enum content content, const uint8_t *data, size_t size)
{
	if (content == CONTENT_FILE) {
		put(fd, data, size);
		return;
	}
	put(fd, FORMAT_MAGIC, FORMAT_MAGIC_LEN);
	if (content == CONTENT_HEADER) {
		put_block(fd, BLOCK_HEADER, data, size);
		return;
	}
	put_header(fd);
	put_block(fd, BLOCK_CHECKPOINT, data, size);
	put_block(fd, BLOCK_EVENTS, data, size);
	if (content == CONTENT_RECORDS_AND_END)
		put_block(fd, BLOCK_END, NULL, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], *argv[] = { path, NULL }, *twice[] = { path, path, NULL };
	struct options o = {
		.uid = -1, .only = -1, .top = 30, .output = "/dev/null", .argv = argv
	};
	int fd;

	if (!size)
		return 0;
	fd = memfd_create("fuzz", 0);
	if (fd < 0)
		abort();
	make_file(fd, data[0] & 3, data + 1, size - 1);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	log_setup(true, true, 0);
	o.view = (data[0] >> 2 & 3) % NR_REPORT_VIEWS;
	o.format = out_format__find(data[0] & 0x10 ? "json" : "text");
	o.by = (data[0] >> 5) % NR_STAT_BY;
	o.shootdown_by = (data[0] >> 5) % NR_SHOOTDOWN_BY;
	o.hist = o.latency = true;
	o.heatmap = data[0] & 0x80;
	o.perfetto = (data[0] >> 2 & 3) == NR_REPORT_VIEWS;
	cmd_report(&o);
	o.argv = twice;
	o.diff = true;
	cmd_report(&o);
	close(fd);
	return 0;
}
