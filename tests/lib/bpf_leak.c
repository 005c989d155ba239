// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpf_leak.c - list the BPF programs, maps and links in the kernel, to check that none is left
 * behind.
 *
 * Uses bpf(2) directly, like `bpftool prog` and `bpftool map`, so that it works in a small guest;
 * their holders are found in /proc/PID/fdinfo.
 */
#include "bpf_leak.h"
#include "check.h"
#include "run.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int next_id[3] = { BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID, BPF_LINK_GET_NEXT_ID };
static const char *const fdinfo[3] = { "\nprog_id:", "\nmap_id:", "\nlink_id:" };

static void add(struct vt_bpf_ids *ids, int kind, uint32_t id)
{
	vt_true(ids->nr[kind] < VT_BPF_MAX);
	ids->id[kind][ids->nr[kind]++] = id;
}

void vt_bpf_list(struct vt_bpf_ids *ids)
{
	memset(ids, 0, sizeof(*ids));
	for (int kind = 0; kind < 3; kind++) {
		union bpf_attr attr = { 0 };

		while (!syscall(SYS_bpf, next_id[kind], &attr, sizeof(attr))) {
			add(ids, kind, attr.next_id);
			attr.start_id = attr.next_id;
			attr.next_id = 0;
		}
		vt_true(errno == ENOENT);
	}
}

static bool known(const struct vt_bpf_ids *ids, int kind, uint32_t id)
{
	for (size_t i = 0; i < ids->nr[kind]; i++)
		if (ids->id[kind][i] == id)
			return true;
	return false;
}

/* Add what a descriptor refers to; a link also lists the id of its program, which is not added. */
static void add_descriptor(struct vt_bpf_ids *ids, const char *path)
{
	char text[1024];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return; /* closed meanwhile */
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = 0;
	for (int kind = 0; kind < 3; kind++) {
		const char *at = strstr(text, fdinfo[kind]);

		if (at)
			add(ids, kind, (uint32_t)strtoul(at + strlen(fdinfo[kind]), NULL, 10));
	}
}

/* Add what process @pid holds; nothing if it exits meanwhile. */
static void add_process(struct vt_bpf_ids *ids, const char *pid)
{
	char path[300], target[64];
	struct dirent *entry;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = 0;
		/*
		 * anon_inode:bpf-prog, bpf-map, bpf_link, bpf-link; [perf_event] refers to that of
		 * a link
		 */
		if (!strstr(target, "bpf"))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fdinfo/%s", pid, entry->d_name);
		add_descriptor(ids, path);
	}
	if (dir)
		closedir(dir);
}

size_t vt_bpf_held(pid_t pid)
{
	static struct vt_bpf_ids ids;
	char name[16];

	memset(&ids, 0, sizeof(ids));
	snprintf(name, sizeof(name), "%d", pid);
	add_process(&ids, name);
	return ids.nr[0] + ids.nr[1] + ids.nr[2];
}

int vt_bpf_program(pid_t pid, const char *name)
{
	static struct vt_bpf_ids ids;
	char number[16];

	memset(&ids, 0, sizeof(ids));
	snprintf(number, sizeof(number), "%d", pid);
	add_process(&ids, number);
	for (size_t i = 0; i < ids.nr[0]; i++) {
		struct bpf_prog_info info = { 0 };
		union bpf_attr get = { .prog_id = ids.id[0][i] }, ask = { 0 };
		const int fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &get, sizeof(get));

		if (fd < 0)
			continue;
		ask.info.bpf_fd = (uint32_t)fd;
		ask.info.info_len = sizeof(info);
		ask.info.info = (uintptr_t)&info;
		vt_sys(syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof(ask)));
		if (!strcmp(info.name, name))
			return fd;
		close(fd);
	}
	fail_msg("process %d has no BPF program %s", pid, name);
	return -1;
}

static void list_held(struct vt_bpf_ids *ids)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	vt_true(dir);
	memset(ids, 0, sizeof(*ids));
	while ((entry = readdir(dir)))
		if (atoi(entry->d_name) > 0)
			add_process(ids, entry->d_name);
	closedir(dir);
}

/**
 * struct left - what was new and held by no process at the first look; only that can be vmascope's
 */
struct left {
	const struct vt_bpf_ids *before;
	struct vt_bpf_ids first;
	bool looked;
};

static struct left left;

static bool none_new(void *arg)
{
	static struct vt_bpf_ids now, held;
	struct left *l = arg;
	size_t n = 0;

	vt_bpf_list(&now);
	if (!l->looked)
		l->first = now;
	l->looked = true;
	list_held(&held);
	for (int kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < now.nr[kind]; i++) {
			uint32_t id = now.id[kind][i];

			n += !known(l->before, kind, id) && known(&l->first, kind, id) &&
			     !known(&held, kind, id);
		}
	return !n;
}

void vt_bpf_await_none_new(const struct vt_bpf_ids *before)
{
	left = (struct left){ .before = before };
	/* The kernel frees them after an RCU grace period. */
	vt_await(none_new, &left, "BPF programs, maps and links are as before", VT_PATIENCE);
}
