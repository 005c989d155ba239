// SPDX-License-Identifier: GPL-2.0-only
/* evidence.c - read mappings and memory of a process, as far as it is present. */
#include "owner/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** In an entry of /proc/PID/pagemap: the page is present (Documentation/admin-guide/mm/pagemap.rst). */
#define PAGEMAP_PRESENT (1ULL << 63)

int evidence__open(struct evidence *e, uint32_t pid)
{
	char path[32];

	memset(e, 0, sizeof(*e));
	e->pagemap = e->mem = -1;
	e->pid = pid;
	e->page = (uint64_t)sysconf(_SC_PAGESIZE);
	e->reads_left = EVIDENCE_READS;
	snprintf(path, sizeof(path), "/proc/%" PRIu32, pid);
	e->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (e->proc < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	e->pagemap = openat(e->proc, "pagemap", O_RDONLY | O_CLOEXEC);
	if (e->pagemap >= 0)
		e->mem = openat(e->proc, "mem", O_RDONLY | O_CLOEXEC);
	if (e->mem < 0)
		return -errno;
	return proc_maps__read(&e->maps, (pid_t)pid);
}

void evidence__free(struct evidence *e)
{
	proc_maps__free(&e->maps);
	free(e->threads);
	if (e->mem >= 0)
		close(e->mem);
	if (e->pagemap >= 0)
		close(e->pagemap);
	if (e->proc >= 0)
		close(e->proc);
}

static bool present(struct evidence *e, uint64_t address)
{
	const off_t at = (off_t)(address / e->page * sizeof(uint64_t));
	uint64_t entry;

	if (!e->reads_left)
		return false;
	e->reads_left--;
	return pread(e->pagemap, &entry, sizeof(entry), at) == sizeof(entry) &&
	       entry & PAGEMAP_PRESENT;
}

bool evidence__read(struct evidence *e, uint64_t address, void *to, size_t len)
{
	const uint64_t end = address + len;

	bool whole = end > address && end <= INT64_MAX;

	/* user addresses are positive offsets, too */
	for (uint64_t at = address & ~(e->page - 1); whole && at < end; at += e->page)
		whole = present(e, at);
	if (whole && pread(e->mem, to, len, (off_t)address) == (ssize_t)len)
		return true;
	e->unread = true;
	return false;
}

void evidence__comm(const struct evidence *e, uint32_t tid, char *to)
{
	char path[48];
	ssize_t len;
	int fd;

	*to = '\0';
	snprintf(path, sizeof(path), "task/%" PRIu32 "/comm", tid);
	fd = openat(e->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, to, EVIDENCE_COMM_LEN - 1);
	close(fd);
	to[len > 0 ? len : 0] = '\0';
	if (len > 0 && to[len - 1] == '\n')
		to[len - 1] = '\0';
}
