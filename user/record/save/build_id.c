// SPDX-License-Identifier: GPL-2.0-only
/* build_id.c - open a mapped file in one helper process, and read its build ID in another. */
#include "record/save/build_id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/log.h"

/** Bits of the minor number in the kernel's dev_t (include/linux/kdev_t.h). */
#define MINOR_BITS 20
/** Time limit for one file, milliseconds. */
#define PROBE_MS 1000
/** After this many time-outs, no more build IDs are read. */
#define MAX_LATE 3

int build_ids__start(struct build_ids *ids)
{
	int err = modules__init(&ids->files);

	ids->running = true;
	return err;
}

void build_ids__stop(struct build_ids *ids)
{
	if (ids->running)
		modules__free(&ids->files);
	ids->running = false;
}

static char *hex(const struct build_id *id)
{
	char *text = malloc(2 * (size_t)id->len + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < id->len; i++)
		sprintf(text + 2 * i, "%02x", id->bytes[i]);
	text[2 * id->len] = '\0';
	return text;
}

static int open_file(struct build_ids *ids, const struct fault_row *row)
{
	const struct vs_vma_key *key = &row->vma.key;
	struct open_request r = { .op = OPEN_MAPPED,
				  .pid = row->process->pid,
				  .start_ns = row->process->start_ns,
				  .start = row->vma.start,
				  .end = row->vma.end,
				  .inode = key->file.ino,
				  .dev_major = key->file.dev >> MINOR_BITS,
				  .dev_minor = key->file.dev & ((1u << MINOR_BITS) - 1) };
	struct open_reply reply;
	int fd, err;

	if (strlen(row->name) >= sizeof(r.path))
		return -ENAMETOOLONG;
	strcpy(r.path, row->name);
	err = modules__open(&ids->files, &r, &reply, &fd);
	return err ? err : fd;
}

static int probe(struct build_ids *ids, int fd, struct elf_probe *probe)
{
	const struct reader_request request = { .op = READER_PROBE };
	static struct reader_reply reply;
	struct helper_call c = { .request = &request,
				 .request_len = sizeof(request),
				 .fds = { fd },
				 .nr_fds = 1,
				 .reply = &reply,
				 .reply_len = sizeof(reply) };
	int err;

	memset(&reply, 0, sizeof(reply));
	err = helper__call(&ids->files.reader, &c, PROBE_MS);
	if (!err && c.reply_fd >= 0)
		close(c.reply_fd);
	if (!err)
		err = reply.err;
	*probe = reply.probe;
	elf_probe__check(probe);
	return err;
}

char *build_id__read(struct build_ids *ids, const struct fault_row *row)
{
	struct elf_probe found;
	int fd, err;

	if (!ids || !ids->running ||
	    ids->files.opener.timeouts + ids->files.reader.timeouts >= MAX_LATE)
		return strdup("");
	fd = open_file(ids, row);
	err = fd < 0 ? fd : probe(ids, fd, &found);
	if (fd >= 0)
		close(fd);
	if (!err)
		return hex(&found.build_id);
	vs_debug(1, "no build ID of %s: %s", row->name, strerror(-err));
	return strdup("");
}
