// SPDX-License-Identifier: GPL-2.0-only
/* advise.c - `vmascope advise`: count faults and memory calls until the end, then say what to change. */
#include "view/advise/advise.h"
#include "cmd/print.h"
#include "util/log.h"

/** explain_rule - print the rules that were asked for. Return: an exit status. */
static int explain_rule(const struct options *o)
{
	struct out_options out;
	struct document d = {};
	int err = options__output(o, &out);

	if (err)
		return VS_EXIT_FAILURE;
	advise_view__explain(o->explain_rule, &d);
	err = out_format__document(o->format, &d, &out);
	document__free(&d);
	return options__close_output(&out, err) ? VS_EXIT_FAILURE : VS_EXIT_OK;
}

static int run_live(struct options *o)
{
	struct session s = {};
	int status;

	/* not by VMA: calls that split VMAs would fill the table */
	o->capture.bpf.call_site = true;
	status = session__open(&s, o, SESSION_SHOOTDOWNS | SESSION_SITES);
	if (!status)
		status = session__run(&s);
	if (!status)
		s.error = advise_print(&s);
	return session__close(&s, status);
}

/** report_file - the findings of a recording */
static int report_file(struct options *o)
{
	char *files[] = { o->file, NULL };

	if (o->argv[1])
		return vs_fail(VS_EXIT_USAGE, "write -- before a command to run",
			       "one recording is expected: '%s'", o->argv[1]);
	if (o->capture.nr_ids || o->capture.comm || o->capture.uid >= 0 || o->cgroup ||
	    o->duration_ns)
		return vs_fail(VS_EXIT_USAGE, "write -- before a command to run",
			       "a recording and options that select what to trace are mutually "
			       "exclusive");
	o->argv = files;
	o->view = REPORT_ADVISE;
	return command_report.run(o);
}

static int run_advise(struct options *o)
{
	if (o->explain_rule >= 0)
		return explain_rule(o);
	return o->file ? report_file(o) : run_live(o);
}

const struct command command_advise = {
	.name = "advise",
	.args_doc = "[FILE | -- COMMAND [ARG...]]",
	.summary = "find memory patterns that cost time, and say what to change",
	.doc = "Count page faults and memory calls until COMMAND exits, the duration has passed or "
	       "Ctrl-C is pressed, or read them from the recording FILE; then print the patterns "
	       "that cost a process time, highest cost first: the evidence, what to change, and "
	       "what that gains.\v"
	       "A gain is a range that is computed from the run, and never above what was "
	       "measured. No finding means that no pattern costs 0.1% of the time of a process. "
	       "Without a command or a filter, the whole system is traced.",
	.is = COMMAND_ADVISE,
	.args = ARGS_COMMAND_OR_FILE,
	.run = run_advise,
};
