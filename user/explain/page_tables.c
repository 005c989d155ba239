// SPDX-License-Identifier: GPL-2.0-only
/* page_tables.c - load bpf/explain.bpf.c alone, ask it, and decode what it found. */
#include "explain/page_tables.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "capture/features.h"
#include "capture/libbpf_log.h"
#include "events.h"
#include "sys/kernel.h"
#include "util/log.h"
#include "vmascope.skel.h"

/* include/linux/proc_ns.h: PROC_PID_INIT_INO */
#define INITIAL_PID_NAMESPACE "pid:[4026531836]"

/* --- the running kernel ---------------------------------------------------------------------- */

/* Only the two programs that are run, and no map but those of their globals. */
static int choose(struct vmascope_bpf *skel)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_program(prog, skel->obj)
		bpf_program__set_autoload(prog, prog == skel->progs.explain_iter ||
							prog == skel->progs.find_direct_map);
	bpf_object__for_each_map(map, skel->obj)
		if (!err && !bpf_map__is_internal(map))
			err = bpf_map__set_autocreate(map, false);
	return err;
}

/** in_initial_pid_namespace - the ids that /proc shows are those that BPF sees. */
static bool in_initial_pid_namespace(void)
{
	char name[64] = "";

	return readlink("/proc/self/ns/pid", name, sizeof(name) - 1) > 0 &&
	       !strcmp(name, INITIAL_PID_NAMESPACE);
}

static int missing_because(char *missing, int err, const char *why)
{
	snprintf(missing, MISSING_LEN, "%s", why);
	return err;
}

/** find_direct_map - where physical memory is mapped; bpf/task.bpf.c has the search. */
static int find_direct_map(struct vmascope_bpf *skel, char *missing)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(skel->progs.find_direct_map), &opts);

	if (err) {
		snprintf(missing, MISSING_LEN, "cannot run a BPF program: %s", strerror(-err));
		return err;
	}
	if (skel->bss->direct_map)
		return 0;
	return missing_because(missing, -ENOENT, "the direct map of the kernel was not found");
}

static int load(void **ctx, char *missing)
{
	struct vmascope_bpf *skel;
	libbpf_print_fn_t before;
	int err;

	if (!in_initial_pid_namespace())
		return missing_because(missing, -ENOTSUP, "not supported in a PID namespace");
	before = libbpf_set_print(libbpf_log);
	*ctx = skel = vmascope_bpf__open();
	err = skel ? choose(skel) : -errno;
	if (!err)
		err = vmascope_bpf__load(skel);
	if (err)
		snprintf(missing, MISSING_LEN, "cannot load BPF programs: %s%s", strerror(-err),
			 err == -EPERM || err == -EACCES
				 ? " (requires root, or CAP_BPF and CAP_PERFMON)"
				 : " (use -v for details)");
	else
		err = find_direct_map(skel, missing);
	libbpf_set_print(before);
	return err;
}

/** run_iterator - visit all tasks. Return: 0, or a negative errno. */
static int run_iterator(const struct vmascope_bpf *skel)
{
	struct bpf_link *link = bpf_program__attach_iter(skel->progs.explain_iter, NULL);
	char buf[64];
	ssize_t n;
	int fd;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		bpf_link__destroy(link);
		return fd;
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EAGAIN))
		;
	n = n < 0 ? -errno : 0;
	close(fd);
	bpf_link__destroy(link);
	return n;
}

static int walk_kernel(void *ctx, pid_t pid, uint64_t address, struct raw_walk *raw)
{
	struct vmascope_bpf *skel = ctx;
	struct vmascope_bpf__bss *bss = skel->bss;
	int err;

	bss->explain_pid = pid;
	bss->explain_address = address;
	bss->explain_levels = bss->explain_first = bss->explain_end = 0;
	err = run_iterator(skel);
	raw->levels = bss->explain_levels;
	raw->first = bss->explain_first;
	raw->end = bss->explain_end;
	memcpy(raw->entries, bss->explain_entries, sizeof(raw->entries));
	return err;
}

static void unload(void *ctx)
{
	vmascope_bpf__destroy(ctx);
}

static const struct walk_calls running_kernel = {
	.open = load,
	.walk = walk_kernel,
	.close = unload,
};
static const struct walk_calls *ask = &running_kernel;

void page_tables__ask(const struct walk_calls *calls)
{
	ask = calls ? calls : &running_kernel;
}

/* --- what the entries stand for -------------------------------------------------------------- */

struct page_tables {
	void *ctx;
	struct swap_layout layout;
};

int page_tables__open(struct page_tables **out, char *missing)
{
	const struct feature *f = &features__probe()[FEATURE_PAGE_TABLES];
	struct page_tables *t;
	int err;

	*out = NULL;
	if (f->disabled)
		return missing_because(missing, -ENOTSUP, "disabled by --no-feature");
	if (!f->available)
		return missing_because(missing, -ENOTSUP, f->reason);
	t = calloc(1, sizeof(*t));
	if (!t)
		return missing_because(missing, -ENOMEM, strerror(ENOMEM));
	err = ask->open(&t->ctx, missing);
	if (err) {
		page_tables__close(t);
		return err;
	}
	t->layout = page_tables__layout();
	*out = t;
	return 0;
}

void page_tables__close(struct page_tables *t)
{
	if (t)
		ask->close(t->ctx);
	free(t);
}

void page_tables__read(struct page_tables *t, pid_t pid, uint64_t address, struct page_walk *walk)
{
	struct raw_walk raw = {};
	int err;

	memset(walk, 0, sizeof(*walk));
	err = ask->walk(t->ctx, pid, address, &raw);
	if (err) {
		snprintf(walk->missing, sizeof(walk->missing), "cannot run the BPF iterator: %s",
			 strerror(-err));
		return;
	}
	if (!raw.levels) {
		missing_because(walk->missing, 0,
				"the process has no page tables (it may have exited)");
		return;
	}
	walk->levels = raw.levels;
	for (unsigned int i = raw.first; i < raw.end && i < TABLE_LEVELS; i++)
		walk->entries[walk->nr++] = table_entry__decode(raw.entries[i], i, walk->levels,
								address, &t->layout);
	if (!walk->nr || walk->entries[walk->nr - 1].kind == ENTRY_TABLE)
		missing_because(walk->missing, 0,
				"a page table could not be read (it may have been freed)");
}

struct swap_layout page_tables__layout(void)
{
	unsigned int major = 0, minor = 0;
	uint32_t migration, hwpoison;
	struct utsname u = {};

	kernel__swap_types(&migration, &hwpoison);
	uname(&u);
	if (sscanf(u.release, "%u.%u", &major, &minor) != 2)
		major = minor = 0;
	return swap_layout__make(major << 8 | minor, migration, hwpoison);
}
