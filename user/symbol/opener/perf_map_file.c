// SPDX-License-Identifier: GPL-2.0-only
/* perf_map_file.c - find the perf map of a process, in its root, or in that of its parent. */
#include "symbol/opener/perf_map_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "symbol/elf/perf_map.h"
#include "symbol/opener/process_id.h"
#include "util/clock.h"

/* Times of files are those of the last tick, starts of processes are cut to ticks. */
#define CLOCK_SLACK_NS 100000000ULL

/*
 * The root of @r's process. If it has exited: the root of vmascope or of its parent, if it was the
 * same. As long as its parent has not waited for it, it has a number, but no root.
 */
static int find_root(const struct open_request *r, struct process_place *place,
		     char root[PROCESS_ROOT_LEN])
{
	process_root(r->pid, root);
	if (process_is(r->pid, r->start_ns)) {
		const int err = process_place__read(place, r->pid);

		if (err || place->root_inode)
			return err;
	} else if (process_is(r->pid, 0)) {
		/* Its number is another process's, which has the same name for its own list. */
		return -ESRCH;
	}
	if (!r->place.pid)
		return -ESRCH;
	*place = r->place;
	strcpy(root, "/");
	if (process_place__is_root(place, root))
		return 0;
	process_root(place->ppid, root);
	return process_place__is_root(place, root) ? 0 : -ESRCH;
}

static bool older_than_process(const struct open_request *r, const struct file_id *id)
{
	const uint64_t boot = clock__boot_ns();

	return r->start_ns && id->mtime_ns + CLOCK_SLACK_NS < boot + r->start_ns;
}

int open_perf_map(const struct open_request *r, struct file_id *id)
{
	struct process_place place;
	const struct file_rule rule = { .max_size = PERF_MAP_MAX_BYTES, .owned_by = &place.users };
	char root[PROCESS_ROOT_LEN], path[64];
	int fd, err;

	err = find_root(r, &place, root);
	if (err)
		return err;
	snprintf(path, sizeof(path), "tmp/perf-%" PRIu32 ".map", place.pid);
	fd = foreign_file__find(root, path, FOREIGN_LINKS_NONE);
	if (fd >= 0)
		fd = foreign_file__open(fd, &rule, id);
	if (fd >= 0 && older_than_process(r, id)) {
		close(fd);
		return -ESTALE;
	}
	return fd;
}
