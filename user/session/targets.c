// SPDX-License-Identifier: GPL-2.0-only
/* targets.c - existing children of traced processes, and names that belong to threads only. */
#include "session/targets.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"

/** Maximum number of children that are named in a note. */
#define MAX_NAMED 8

static bool is_target(const struct options *o, pid_t pid)
{
	for (size_t i = 0; i < o->capture.nr_ids; i++)
		if (o->capture.ids[i] == pid)
			return true;
	return false;
}

/** struct children - children of one process that are not traced */
struct children {
	const struct options *o;
	size_t nr;
	char named[MAX_NAMED * 12];
};

static void add_child(struct children *c, pid_t pid)
{
	const size_t len = strlen(c->named);

	if (is_target(c->o, pid))
		return;
	if (c->nr++ < MAX_NAMED)
		snprintf(c->named + len, sizeof(c->named) - len, "%s%d", len ? "," : "", pid);
}

/** each_task - call @fn for each thread of @pid; for each process with @pid 0. */
static void each_task(pid_t pid, void (*fn)(void *ctx, pid_t pid, pid_t tid), void *ctx)
{
	char path[64] = "/proc";
	struct dirent *e;
	DIR *dir;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (isdigit((unsigned char)*e->d_name))
			fn(ctx, pid ? pid : atoi(e->d_name), atoi(e->d_name));
	if (dir)
		closedir(dir);
}

/** children_of_thread - uses CONFIG_PROC_CHILDREN; without it the children are unknown: no note. */
static void children_of_thread(void *ctx, pid_t pid, pid_t tid)
{
	char path[64];
	int child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, tid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		add_child(ctx, child);
	if (f)
		fclose(f);
}

static void note_children(const struct options *o, pid_t pid)
{
	struct children c = { .o = o };

	each_task(pid, children_of_thread, &c);
	if (c.nr)
		vs_note("process %d already has %zu child process%s, which will not be traced: add "
			"-p %s%s",
			pid, c.nr, c.nr > 1 ? "es" : "", c.named, c.nr > MAX_NAMED ? ",..." : "");
}

/** struct named - tasks with the name that -n requests */
struct named {
	const char *comm;
	bool process;
	pid_t thread;
	pid_t thread_of;
};

static bool has_name(pid_t pid, pid_t tid, const char *comm)
{
	char path[64], name[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", pid, tid);
	f = fopen(path, "re");
	if (f && fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	if (f)
		fclose(f);
	return !strncmp(name, comm, 15) && *name;
}

static void look_at_thread(void *ctx, pid_t pid, pid_t tid)
{
	struct named *n = ctx;

	if (!has_name(pid, tid, n->comm))
		return;
	n->process |= pid == tid;
	n->thread = tid;
	n->thread_of = pid;
}

static void look_at_process(void *ctx, pid_t pid, pid_t tid)
{
	(void)tid;
	each_task(pid, look_at_thread, ctx);
}

void targets__note(const struct options *o)
{
	struct named n = { .comm = o->capture.comm };

	for (size_t i = 0; i < o->capture.nr_ids && !o->capture.threads; i++)
		note_children(o, o->capture.ids[i]);
	if (!o->capture.comm || o->argv)
		return;
	each_task(0, look_at_process, &n);
	if (n.thread && !n.process)
		vs_note("no process is named '%s', but thread %d of process %d is (use -t %d)",
			o->capture.comm, n.thread, n.thread_of, n.thread);
}
