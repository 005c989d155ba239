// SPDX-License-Identifier: GPL-2.0-only
/* report.c - `vmascope report`: show a recording as the live commands would have shown the run. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/print.h"
#include "cmd/recording.h"
#include "export/perfetto.h"
#include "util/log.h"

/** struct report - a recording, and the session that it stands for; @failed: it could not be read */
struct report {
	struct recording recording;
	struct recorded recorded;
	struct session session;
	bool failed;
};

/** take_over - what the session of the run knew at its end. */
static void take_over(struct report *r)
{
	struct session *s = &r->session;

	s->live = r->recording.live;
	s->end_ns = r->recording.end_ns;
	r->recorded.stats = r->recording.loader.stats.stats;
}

static int print_event(void *ctx, const union record *event, enum record_type type)
{
	struct report *r = ctx;

	(void)type;
	/* the model grows as it is read */
	r->session.live = r->recording.live;
	r->session.event(&r->session, &event->head);
	return r->session.error;
}

static int feed(struct session *s, void *ctx)
{
	struct report *r = ctx;
	int err = recording__read(&r->recording, print_event, r);

	take_over(r);
	r->failed = err && !s->error;
	return s->error;
}

static int print_counts(struct report *r)
{
	struct session *s = &r->session;

	if (recording__read(&r->recording, NULL, NULL))
		return VS_EXIT_FAILURE;
	take_over(r);
	s->error = s->options->view == REPORT_SHOOTDOWN ? shootdown_print(s) : stat_print(s);
	return s->error ? VS_EXIT_FAILURE : 0;
}

/* --- Perfetto ------------------------------------------------------------------------------ */

static int export_event(void *ctx, const union record *event, enum record_type type)
{
	return perfetto__event(ctx, event, type);
}

static int export(struct report *r)
{
	struct session *s = &r->session;
	struct perfetto p;
	int err;

	perfetto__init(&p, s->out.file, &r->recording.live.model);
	err = recording__read(&r->recording, export_event, &p);
	if (!err)
		err = perfetto__end(&p);
	s->error = p.tracks.error;
	perfetto__free(&p);
	return err ? VS_EXIT_FAILURE : 0;
}

/* --- the command --------------------------------------------------------------------------- */

/** show - as asked. Return: an exit status. */
static int show(struct report *r)
{
	const struct options *o = r->session.options;

	if (o->perfetto)
		return export(r);
	return o->view == REPORT_TRACE ? trace_replay(&r->session, feed, r) : print_counts(r);
}

/** check_view - the recording has what the view shows. Return: 0 or an exit status, told. */
static int check_view(const struct options *o, const struct header *h)
{
	if (o->view == REPORT_SHOOTDOWN && !h->shootdowns)
		return vs_fail(VS_EXIT_FAILURE, "`vmascope record --events memcall,shootdown` does",
			       "this recording does not tell of memory calls");
	if ((o->view == REPORT_STAT && o->no_stat_by) ||
	    (o->view == REPORT_SHOOTDOWN && o->no_shootdown_by))
		return vs_fail(VS_EXIT_USAGE, "--help lists them",
			       "the view %s has no such grouping", report_view_names[o->view]);
	return 0;
}

/** begin - a session as it would be at the end of the run. */
static int begin(struct report *r, struct options *o)
{
	const struct header *h = &r->recording.header;
	struct session *s = &r->session;
	int status = check_view(o, h);

	if (status)
		return status;
	if (!o->vma)
		o->vma = h->vma_glob;
	if (!o->events)
		o->events = h->events;
	o->causes = h->causes;
	s->options = o;
	s->start_ns = h->start_ns;
	s->wall_add_ns = (int64_t)(h->wall_ns - h->start_ns);
	s->machine = (struct machine){ h->isolated, h->nohz_full, h->max_map_count };
	snprintf(s->what, sizeof(s->what), "%s", h->what ? h->what : "");
	r->recorded.header = h;
	s->recorded = &r->recorded;
	return options__output(o, &s->out) ? VS_EXIT_FAILURE : 0;
}

static int run(struct report *r, struct options *o)
{
	int status = begin(r, o);

	if (status)
		return status;
	status = show(r);
	if (options__close_output(&r->session.out, r->session.error) && !status)
		status = VS_EXIT_FAILURE;
	if (r->failed)
		status = VS_EXIT_FAILURE;
	return status || r->recording.whole ? status : VS_EXIT_PARTIAL;
}

int cmd_report(struct options *o)
{
	struct report r = {};
	int status;

	if (o->diff)
		return report_diff(o);
	status = recording__open(&r.recording, o->argv);
	if (!status)
		status = run(&r, o);
	recording__close(&r.recording);
	return status;
}
