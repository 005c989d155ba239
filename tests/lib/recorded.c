// SPDX-License-Identifier: GPL-2.0-only
/* recorded.c - run vmascope record and report. */
#include "recorded.h"

#include <string.h>

#include "check.h"
#include "scope.h"

static size_t append(const char **argv, size_t n, const char *const *more)
{
	while (more && *more) {
		vt_true(n < 60);
		argv[n++] = *more++;
	}
	return n;
}

/** command_line - set @argv, of which 64 words are 0, to that of vt_record_start(). Return: the result. */
static const char *command_line(const char **argv, const struct vt_recorded *r,
				const char *const *options, const char *const *work)
{
	const char *result = vt_path("result.json");
	size_t n = 0;

	argv[n++] = vt_vmascope();
	argv[n++] = "record";
	argv[n++] = "-o";
	argv[n++] = r->file;
	n = vt_latency_args(argv, append(argv, n, options));
	argv[n++] = "--";
	argv[n++] = vt_workload(work[0]);
	argv[n++] = "--result";
	argv[n++] = result;
	append(argv, n, work + 1);
	return result;
}

void vt_record_start(struct vt_recorded *r, const char *const *options, const char *const *work,
		     const char **result)
{
	const char *argv[64] = { NULL };

	*result = command_line(argv, r, options, work);
	vt_start(&r->cmd, NULL, argv);
}

void vt_record(struct vt_recorded *r, const char *const *options, const char *const *work)
{
	const char *argv[64] = { NULL }, *result;

	r->file = vt_path("recording");
	result = command_line(argv, r, options, work);
	vt_run_undisturbed(&r->cmd, argv);
	if (r->cmd.exit)
		fail_msg("record: exit status %d, stderr: %.2000s", r->cmd.exit, r->cmd.err);
	r->work = vt_json_file(result);
}

void vt_recorded_free(struct vt_recorded *r)
{
	json_object_put(r->work);
	vt_free(&r->cmd);
}

void vt_report(struct vt_cmd *cmd, const char *file, const char *const *options, int status)
{
	const char *argv[64] = { vt_vmascope(), "report", file };

	append(argv, 3, options);
	vt_run(cmd, NULL, argv);
	if (cmd->exit != status)
		fail_msg("report %s: exit status %d, not %d; stderr: %.2000s", file, cmd->exit,
			 status, cmd->err);
}

struct json_object *vt_report_json(const char *file, int status)
{
	struct json_object *json;
	struct vt_cmd cmd;

	vt_report(&cmd, file, VT_ARGS("-j"), status);
	json = vt_json(cmd.out, file);
	vt_free(&cmd);
	return json;
}

struct json_object *vt_report_trace(const char *file, int status, size_t *lines)
{
	struct json_object *last;
	const char *line;
	struct vt_cmd cmd;

	vt_report(&cmd, file, VT_ARGS("--view", "trace", "-j"), status);
	*lines = 0;
	line = cmd.out;
	for (const char *p = cmd.out; (p = strchr(p, '\n')) && p[1]; line = ++p)
		++*lines;
	last = vt_json(line, file);
	vt_free(&cmd);
	return last;
}
