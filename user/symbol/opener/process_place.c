// SPDX-License-Identifier: GPL-2.0-only
/* process_place.c - read the users and the root of a process. */
#include "symbol/opener/process_place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

void process_root(uint32_t pid, char root[PROCESS_ROOT_LEN])
{
	snprintf(root, PROCESS_ROOT_LEN, "/proc/%" PRIu32 "/root", pid);
}

int process_place__read(struct process_place *place, uint32_t pid)
{
	char root[PROCESS_ROOT_LEN];
	struct statx st;
	int err;

	memset(place, 0, sizeof(*place));
	process_root(pid, root);
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
