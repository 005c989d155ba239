// SPDX-License-Identifier: GPL-2.0-only
/* process_place.c - users and root of a process; the perf map that is there. */
#include "symbol/opener/process_place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "symbol/elf/perf_map.h"
#include "symbol/opener/open_file.h"
#include "util/clock.h"

#define NS_PER_SECOND 1000000000ULL
#define ROOT_LEN 32
/* Times of files are those of the last tick, starts of processes are cut to ticks. */
#define CLOCK_SLACK_NS 100000000ULL

static int read_status(struct process_place *place, uint32_t pid)
{
	char path[32], *line = NULL;
	size_t cap = 0;
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/status", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (getline(&line, &cap, f) > 0) {
		const char *last = strrchr(line, '\t');

		/* one for each namespace, the innermost last */
		if (!strncmp(line, "NSpid:", 6) && last)
			found += sscanf(last, "%" SCNu32, &place->pid) == 1;
		else if (sscanf(line, "Uid: %" SCNu32 " %" SCNu32, &place->users.uid,
				&place->users.euid) == 2)
			found++;
		else if (sscanf(line, "PPid: %" SCNu32, &place->ppid) == 1)
			found++;
	}
	free(line);
	fclose(f);
	return found == 3 ? 0 : -ESRCH;
}

static int stat_root(const char *root, struct statx *st)
{
	const unsigned int wanted = STATX_INO | STATX_MNT_ID;

	if (statx(AT_FDCWD, root, AT_STATX_DONT_SYNC, wanted, st))
		return -errno;
	return (st->stx_mask & wanted) == wanted ? 0 : -ENOSYS;
}

static uint64_t device(const struct statx *st)
{
	return (uint64_t)st->stx_dev_major << 32 | st->stx_dev_minor;
}

static void root_of(uint32_t pid, char root[ROOT_LEN])
{
	snprintf(root, ROOT_LEN, "/proc/%" PRIu32 "/root", pid);
}

int process_place__read(struct process_place *place, uint32_t pid)
{
	char root[ROOT_LEN];
	struct statx st;
	int err;

	memset(place, 0, sizeof(*place));
	root_of(pid, root);
	err = read_status(place, pid);
	if (!err && !stat_root(root, &st)) {
		place->root_dev = device(&st);
		place->root_inode = st.stx_ino;
		place->root_mount = st.stx_mnt_id;
	}
	return err;
}

bool process_place__is_root(const struct process_place *place, const char *root)
{
	struct statx st;

	return place->root_inode && !stat_root(root, &st) && device(&st) == place->root_dev &&
	       st.stx_ino == place->root_inode && st.stx_mnt_id == place->root_mount;
}

/* --- The perf map --- */

/*
 * Where the files of @r's process are. Of one that has ended: in our root or in that of its parent,
 * if it had the same.
 */
static int find_root(const struct open_request *r, struct process_place *place, char root[ROOT_LEN])
{
	root_of(r->pid, root);
	if (process_is(r->pid, r->start_ns))
		return process_place__read(place, r->pid);
	/* Its number may be another process's by now, which has the same name for its own list. */
	if (!r->place.pid || process_is(r->pid, 0))
		return -ESRCH;
	*place = r->place;
	strcpy(root, "/");
	if (process_place__is_root(place, root))
		return 0;
	root_of(place->ppid, root);
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
	char root[ROOT_LEN], path[64];
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
