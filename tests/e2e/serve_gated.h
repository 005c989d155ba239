/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * serve_gated.h - a workload whose faults from its gate on are known, for tests of `vmascope serve`.
 */
#ifndef VT_SERVE_GATED_H
#define VT_SERVE_GATED_H

#include "check.h"
#include "http.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/** struct gated - a workload that waits at its gate, and stays when it is done: serve ends with it */
struct gated {
	struct vt_cmd work;
	const char *result;
	char pid[16];
};

static void start_gated(struct gated *g, const char *const *argv)
{
	const char *all[16] = { vt_workload(argv[0]), "--gate", "--stay", "--result" };
	size_t n = 4;

	all[n++] = g->result = vt_path("gated.json");
	for (argv++; *argv; argv++)
		all[n++] = *argv;
	vt_start(&g->work, &(struct vt_how){ .stdin_pipe = true }, all);
	vt_await_text(&g->work, "ready");
	snprintf(g->pid, sizeof(g->pid), "%d", g->work.pid);
}

static void open_gate(struct gated *g)
{
	vt_true(write(g->work.stdin_fd, "\n", 1) == 1);
}

static bool is_done(void *arg)
{
	struct gated *g = arg;
	struct stat st;

	if (vt_ended(&g->work))
		fail_msg("%s ended before it was done", g->work.name);
	return !stat(g->result, &st) && st.st_size > 0;
}

/* Return: what it knows of itself; it takes no fault from then on. */
static struct json_object *await_done(struct gated *g)
{
	vt_await(is_done, g, "the workload is done", VT_PATIENCE);
	return vt_json_file(g->result);
}

static void end_gated(struct gated *g)
{
	vt_close_stdin(&g->work);
	vt_wait(&g->work, VT_PATIENCE);
	vt_equal(g->work.exit, 0, "exit status of the workload: %s", g->work.err);
	vt_free(&g->work);
}

/* Faults since the gate, by getrusage; @kind: minor or major. */
static int64_t since_gate(struct json_object *work, const char *kind)
{
	char self[32], gate[32], children[32];

	snprintf(self, sizeof(self), "self.%s", kind);
	snprintf(gate, sizeof(gate), "at_gate.%s", kind);
	snprintf(children, sizeof(children), "children.%s", kind);
	return vt_int(work, self) - vt_int(work, gate) + vt_int(work, children);
}

#endif /* VT_SERVE_GATED_H */
