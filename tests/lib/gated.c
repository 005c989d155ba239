// SPDX-License-Identifier: GPL-2.0-only
/* gated.c - workloads that wait at a gate, and `stat` that attaches meanwhile. */
#include "gated.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "scope.h"

void vt_gated_start_as(struct vt_gated *g, uid_t uid, const char *const *argv)
{
	struct vt_how how = { .stdin_pipe = true, .uid = uid };
	const char *all[16] = { vt_workload(argv[0]), "--gate", "--result" };
	size_t n = 3;

	memset(g, 0, sizeof(*g));
	all[n++] = g->result = vt_path("gated.json");
	for (argv++; *argv; argv++)
		all[n++] = *argv;
	all[n] = NULL;
	vt_start(&g->work, &how, all);
	vt_await_text(&g->work, "ready");
}

void vt_gated_start(struct vt_gated *g, const char *const *argv)
{
	vt_gated_start_as(g, 0, argv);
}

void vt_gated_run(struct vt_gated *g)
{
	vt_close_stdin(&g->work);
	vt_wait(&g->work, VT_PATIENCE);
	vt_equal(g->work.exit, 0, "workload's exit status: %s", g->work.err);
	g->known = vt_json_file(g->result);
}

void vt_gated_free(struct vt_gated *g)
{
	json_object_put(g->known);
	vt_free(&g->work);
}

static const char *output;

const char *vt_stat_output(void)
{
	return output;
}

void vt_attach_stat(struct vt_cmd *scope, const char *const *filters)
{
	const char *argv[16] = { vt_vmascope(), "stat", "--format", "json", "-o" };
	size_t n = 5;

	argv[n++] = output = vt_path("stat.json");
	while (*filters)
		argv[n++] = *filters++;
	n = vt_latency_args(argv, n);
	argv[n] = NULL;
	vt_start(scope, NULL, argv);
	vt_await_attached(scope);
}

struct json_object *vt_stop_stat(struct vt_cmd *scope)
{
	struct json_object *json;

	vt_interrupt(scope);
	json = vt_json_file(output);
	vt_check_sums(json);
	vt_free(scope);
	return json;
}

struct json_object *vt_gated_process(struct vt_gated *g)
{
	struct json_object *json;
	struct vt_cmd scope;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", g->work.pid);
	vt_attach_stat(&scope, VT_ARGS("-p", pid));
	vt_gated_run(g);
	vt_wait(&scope, VT_PATIENCE);
	vt_equal(scope.exit, 0, "vmascope's exit status: %s", scope.err);
	json = vt_json_file(output);
	vt_check_sums(json);
	vt_check_attached_usage(json, g->known);
	vt_free(&scope);
	return json;
}

void vt_check_only_process(struct json_object *json, const struct vt_gated *in,
			   const struct vt_gated *out)
{
	struct json_object *process;

	vt_check_attached_usage(json, in->known);
	vt_cmp(vt_sum_pid(json, vt_int(in->known, "pid"), "minor"), >=, 1000, "its faults");
	vt_each(process, json, "processes") if (vt_int(process, "pid") == vt_int(out->known, "pid"))
		fail_msg("process %ld was to be filtered out", vt_int(process, "pid"));
}
