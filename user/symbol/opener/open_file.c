// SPDX-License-Identifier: GPL-2.0-only
/* open_file.c - the helper that opens files; each candidate is compared before it is opened. */
#include "symbol/opener/open_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "symbol/opener/perf_map_file.h"
#include "symbol/opener/process_id.h"
#include "util/clock.h"

#define NS_PER_SECOND 1000000000ULL

/* --- Which file it is --- */

/*
 * The device that /proc/PID/maps has is the file system's; stat() of Btrfs and overlayfs has
 * another one. The file system's own is in mountinfo: "36 35 98:0 / /mnt …".
 */
static bool on_device(int fd, uint32_t pid, const struct open_request *r)
{
	unsigned int major_nr, minor_nr;
	char path[64], *line = NULL;
	struct statx st;
	bool same = false;
	uint64_t mount;
	size_t cap = 0;
	FILE *f;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) || !(st.stx_mask & STATX_MNT_ID))
		return false;
	snprintf(path, sizeof(path), pid ? "/proc/%" PRIu32 "/mountinfo" : "/proc/self/mountinfo",
		 pid);
	f = fopen(path, "re");
	while (f && !same && getline(&line, &cap, f) > 0)
		same = sscanf(line, "%" SCNu64 " %*u %u:%u", &mount, &major_nr, &minor_nr) == 3 &&
		       mount == st.stx_mnt_id && major_nr == r->dev_major &&
		       minor_nr == r->dev_minor;
	free(line);
	if (f)
		fclose(f);
	return same;
}

static bool same_file(int fd, uint32_t pid, const struct open_request *r, const struct stat *st)
{
	if (!r->inode || st->st_ino != r->inode)
		return false;
	return (major(st->st_dev) == r->dev_major && minor(st->st_dev) == r->dev_minor) ||
	       on_device(fd, pid, r);
}

/*
 * When a file is no longer in use, its inode may be reused by another file. That one, or the same
 * one with new contents, is younger than the process.
 */
static bool unchanged(const struct open_request *r, const struct stat *st)
{
	const uint64_t boot = clock__boot_ns();

	return r->start_ns &&
	       (uint64_t)st->st_ctim.tv_sec * NS_PER_SECOND + (uint64_t)st->st_ctim.tv_nsec <=
		       boot + r->start_ns;
}

/* --- Candidates. Each returns an O_PATH descriptor of the right file, or a negative errno --- */

/* The users whose word a path is. Return: NULL: not known any more. */
static const struct file_users *users_of(const struct open_request *r, struct process_place *place)
{
	if (!r->pid || !process_is(r->pid, r->start_ns) || process_place__read(place, r->pid))
		return NULL;
	return &place->users;
}

/*
 * A file that the process has mapped may be opened in any case. Of any other file the process has
 * only given the name, so it must itself be permitted to read it.
 */
static int check(int fd, uint32_t pid, const struct open_request *r, bool alive)
{
	struct file_rule rule = { 0 };
	struct process_place place;
	struct stat st;
	int err = fd;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st))
		err = -errno;
	else if (same_file(fd, pid, r, &st) && (alive || unchanged(r, &st)))
		return fd;
	else if (!r->unchecked)
		err = -ESTALE;
	else {
		rule.readable = true;
		rule.readable_by = users_of(r, &place);
		err = foreign_file__check(fd, &rule, &st);
	}
	if (err < 0) {
		close(fd);
		return err;
	}
	return fd;
}

static int open_link(const char *path)
{
	const int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The file behind @link has the name that the mapping has, " (deleted)" and all. */
static bool same_name(const char *link, const struct open_request *r)
{
	char target[PATH_MAX];
	const ssize_t len = readlink(link, target, sizeof(target) - 1);

	return len > 0 && (size_t)len == strlen(r->path) && !memcmp(target, r->path, (size_t)len);
}

/*
 * The file of the mapping itself. Where the inode in maps differs from that of stat() (overlayfs),
 * the same path at the same addresses is enough.
 */
static int by_mapping(const struct open_request *r)
{
	char link[96];

	snprintf(link, sizeof(link), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64, r->pid,
		 r->start, r->end);
	if (r->live && same_name(link, r))
		return open_link(link);
	return check(open_link(link), r->pid, r, true);
}

/* For those who may not look into map_files; most mappings are not the program's. */
static int by_exe(const struct open_request *r)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/%" PRIu32 "/exe", r->pid);
	if (r->unchecked && !same_name(link, r))
		return -ENOENT;
	return check(open_link(link), r->pid, r, true);
}

static int by_path(const struct open_request *r, bool in_process, bool alive)
{
	char root[PROCESS_ROOT_LEN] = "/";

	if (in_process)
		process_root(r->pid, root);
	return check(foreign_file__find(root, r->path, FOREIGN_LINKS_IN_ROOT),
		     in_process ? r->pid : 0, r, alive);
}

static int open_mapped(const struct open_request *r, struct file_id *id)
{
	static const struct file_rule any = { 0 };
	const bool exists = process_is(r->pid, r->start_ns);
	int fd = -ENOENT, worst = -ENOENT;

	if (exists)
		fd = by_mapping(r);
	if (fd < 0 && exists)
		fd = by_exe(r);
	for (int own = 0; own < 2 && fd < 0; own++) {
		if (!own && !exists)
			continue;
		fd = by_path(r, !own, exists && r->live);
		/* Of two errors, -ESTALE is the more informative one. */
		worst = fd == -ESTALE || worst == -ENOENT ? fd : worst;
	}
	return fd < 0 ? worst : foreign_file__open(fd, &any, id);
}

static int open_by_path(const struct open_request *r, struct file_id *id)
{
	struct process_place place;
	const struct file_rule rule = { .readable = !r->trusted,
					.readable_by = users_of(r, &place) };
	char root[PROCESS_ROOT_LEN] = "/";
	int fd;

	if (!r->own_root && !process_is(r->pid, r->start_ns))
		return -ESRCH;
	if (!r->own_root)
		process_root(r->pid, root);
	fd = foreign_file__find(root, r->path, FOREIGN_LINKS_IN_ROOT);
	return fd < 0 ? fd : foreign_file__open(fd, &rule, id);
}

static void serve(struct helper_call *c)
{
	const struct open_request *r = c->request;
	struct open_reply *reply = c->reply;
	int fd = -EINVAL;

	memset(reply, 0, sizeof(*reply));
	c->reply_len = sizeof(*reply);
	if (c->request_len == sizeof(*r)) {
		if (r->op == OPEN_MAPPED)
			fd = open_mapped(r, &reply->id);
		else if (r->op == OPEN_PATH)
			fd = open_by_path(r, &reply->id);
		else if (r->op == OPEN_PERF_MAP)
			fd = open_perf_map(r, &reply->id);
		else if (!process_is(r->pid, r->start_ns))
			reply->err = -ESRCH;
		else if (r->op == OPEN_BUILD_ID)
			reply->err = memory_build_id(r->pid, r->start, &reply->build_id);
		else
			reply->err = process_place__read(&reply->place, r->pid);
	}
	if (open_op_opens(r->op))
		reply->err = fd < 0 ? fd : 0;
	c->reply_fd = reply->err || !open_op_opens(r->op) ? -1 : fd;
}

const struct helper_kind opener_kind = { .name = "vmascope-open", .serve = serve };
