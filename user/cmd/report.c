// SPDX-License-Identifier: GPL-2.0-only
/* report.c - `vmascope report`: show a recording as the live commands would have shown the run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/print.h"
#include "collect/long_calls.h"
#include "collect/vma_stacks.h"
#include "export/perfetto.h"
#include "session/folded.h"
#include "session/recorded_source.h"
#include "session/recording.h"
#include "sys/memory.h"
#include "util/log.h"
#include "util/text_file.h"
#include "view/common/stack_cells.h"

/**
 * Total memory limit: LOADER_MOST_BYTES of it are for the recording, the rest is for the output.
 */
#define MOST_BYTES (960ULL << 20)
/** Initial length of the heatmap's slices; they get longer as the run does. */
#define FIRST_SLICE_NS 1000000ULL

/**
 * struct report - a recording, and a session that stands for the recorded one
 * @failed: the recording could not be read
 * @vma_stacks: stacks of selected VMAs are requested
 * @longest: the longest memory calls among those recorded as events; @nr_calls: number of calls
 *	read
 */
struct report {
	struct recording recording;
	struct recorded recorded;
	struct session session;
	bool failed;
	struct heat heat;
	uint64_t heat_lost;
	struct vma_stacks vma_stacks;
	struct longest_calls longest;
	uint64_t nr_calls;
};

/** take_over - copy what the recorded session knew at its end. */
static void take_over(struct report *r)
{
	struct session *s = &r->session;

	s->end_ns = r->recording.end_ns;
	r->recorded.stats = r->recording.loader.stats.stats;
	r->recorded.in_flight = loader__has_in_flight(&r->recording.loader);
}

static bool row_goes(const void *loader, const struct fault_row *row)
{
	return loader__goes(loader, row);
}

/** forgetting - rows are about to be freed: drop all pointers to them. */
static void forgetting(void *ctx)
{
	struct report *r = ctx;

	r->recorded.summing = r->recording.loader.summing;
	if (r->session.forgetting)
		r->session.forgetting(&r->session);
	long_calls__name(&r->longest, &r->session);
	longest_calls__forget(&r->longest, row_goes, &r->recording.loader);
	if (r->vma_stacks.session)
		vma_stacks__settle(&r->vma_stacks);
	for (size_t i = 0; i < r->heat.nr_cells; i++) {
		struct heat_cell *cell = r->heat.cells[i];

		if (!cell->row || !loader__goes(&r->recording.loader, cell->row))
			continue;
		cell->row = NULL;
		cell->gone = true;
	}
}

/** in_use_ns - pending events refer to processes that exited at this time or later. */
static uint64_t in_use_ns(void *ctx)
{
	const struct report *r = ctx;

	return r->session.in_use_ns ? r->session.in_use_ns(&r->session) : UINT64_MAX;
}

/** failed - report that reading ended with @err, unless a message was printed already. */
static bool failed(struct report *r, int err)
{
	if (err && !r->recording.reported && !r->session.error)
		r->session.error = err;
	return err;
}

static int print_event(void *ctx, const union record *event, enum record_type type)
{
	struct report *r = ctx;

	(void)type;
	r->session.event(&r->session, &event->head);
	return r->session.error;
}

static bool by_stack(const struct options *o)
{
	return (o->view == REPORT_STAT && stat_by_needs_stacks(o->by)) ||
	       (o->view == REPORT_SHOOTDOWN && shootdown_by_needs_stacks(o->shootdown_by));
}

/** with_stacks - the view shows stacks. */
static bool with_stacks(const struct options *o)
{
	return by_stack(o) || (o->view == REPORT_TRACE && options__with_stacks(o));
}

/** feed - pass the events to the view, in order. */
static int feed(struct session *s, void *ctx)
{
	struct report *r = ctx;
	int err = with_stacks(s->options) ? recording__read_names(&r->recording) : 0;

	if (!err)
		err = recording__read(&r->recording, print_event, r);
	take_over(r);
	r->failed = err && !s->error;
	return s->error;
}

/* --- counts -------------------------------------------------------------------------------- */

/** add_call - add a call event to the longest calls and, if selected, to its VMA. */
static int add_call(void *ctx, const union record *event, enum record_type type)
{
	const struct vs_event_call *call = &event->call;
	struct report *r = ctx;
	struct session *s = &r->session;

	if (type != RECORD_CALL)
		return 0;
	r->nr_calls++;
	if (long_calls__wants(&r->longest, s, call))
		long_calls__add(&r->longest, s, call, session__stack(s, &call->stack));
	return 0;
}

/** read_calls - read all counts, and the longest calls among the events. Return: 0 or failure. */
static int read_calls(struct report *r)
{
	if (recording__read_names(&r->recording) ||
	    failed(r, recording__read(&r->recording, add_call, r)))
		return -1;
	long_calls__end(&r->longest, &r->session, r->nr_calls);
	return 0;
}

static int count_event(void *ctx, const union record *event, enum record_type type)
{
	struct report *r = ctx;

	return type == RECORD_FAULT ? vma_stacks__count(&r->vma_stacks, &event->fault) : 0;
}

/**
 * read_faults - read all counts and, if --vma needs them, stacks from events. Return: 0 or failure.
 */
static int read_faults(struct report *r)
{
	const bool by_events = r->vma_stacks.session;
	int err = recording__read(&r->recording, by_events ? count_event : NULL, r);

	if (!err && by_events)
		vma_stacks__end(&r->vma_stacks);
	if (!err)
		session__note_losses(&r->session);
	return err;
}

/** print_findings - print the findings, with the names of call sites. Return: an exit status. */
static int print_findings(struct report *r)
{
	struct session *s = &r->session;

	if (recording__read_names(&r->recording) || read_faults(r))
		return VS_EXIT_FAILURE;
	take_over(r);
	if (!r->recording.header.shootdowns)
		vs_note("the recording has no memory calls: rules about them are left out (record "
			"it with --events memcall)");
	s->error = advise_print(s);
	return s->error ? VS_EXIT_FAILURE : 0;
}

static int print_counts(struct report *r)
{
	const bool calls = r->session.options->view == REPORT_SHOOTDOWN;
	const bool events = calls && r->recording.header.events & 1u << TRACE_MEMCALL;
	struct session *s = &r->session;

	if (events ? read_calls(r) : read_faults(r))
		return VS_EXIT_FAILURE;
	take_over(r);
	if (!s->options->folded)
		s->error = calls ? shootdown_print(s, events ? &r->longest : NULL)
				 : stat_print(s, NULL);
	if (s->error)
		return VS_EXIT_FAILURE;
	if (!s->options->folded && !s->options->flame)
		return 0;
	return calls ? folded__calls(s) : folded__faults(s);
}

/** add_heat - add a fault to the address map, which is no larger than in a live run. */
static int add_heat(void *ctx, const union record *event, enum record_type type)
{
	const struct vs_event_fault *e = &event->fault;
	struct report *r = ctx;
	const struct vs_heat_key key = {
		.pid = e->pid,
		.slot = e->slot,
		.region = e->address >> VS_HEAT_REGION_BITS,
	};
	struct heat_cell *cell;

	if (type != RECORD_FAULT)
		return 0;
	if (r->heat.nr_cells >= CAPTURE_HEAT_ENTRIES && !hash__get(&r->heat.by_key, &key)) {
		r->heat_lost++;
		return 0;
	}
	cell = heat__cell(&r->heat, &key);
	if (!cell)
		return -ENOMEM;
	cell->row = r->recording.live.run.model.by_slot[e->slot];
	heat__add_fault(&r->heat, cell, e->head.time_ns, e->duration_ns);
	return 0;
}

/** counts_of - all counts are those of @time_ns: an interval may end here. */
static int counts_of(void *ctx, uint64_t time_ns)
{
	struct report *r = ctx;

	take_over(r);
	r->session.read_ns = time_ns;
	if (r->vma_stacks.session)
		vma_stacks__settle(&r->vma_stacks);
	return r->session.interval(&r->session);
}

static int feed_counts(struct session *s, void *ctx)
{
	struct report *r = ctx;
	int err;

	r->recording.counts = counts_of;
	err = read_faults(r);
	take_over(r);
	r->failed = err && !s->error;
	return err;
}

static int print_intervals(struct report *r)
{
	struct session *s = &r->session;

	s->error = stat_replay(s, feed_counts, r);
	/* an error message was printed already */
	if (r->recording.reported)
		s->error = 0;
	return r->recording.reported || s->error ? VS_EXIT_FAILURE : 0;
}

/** print_heatmap - print the counts, and their distribution over time from the events. */
static int print_heatmap(struct report *r)
{
	struct session *s = &r->session;
	int err;

	heat__init(&r->heat, s->start_ns, FIRST_SLICE_NS);
	err = recording__read(&r->recording, add_heat, r);
	if (!failed(r, err)) {
		take_over(r);
		r->recorded.stats.lost[VS_LOST_HEAT] += r->heat_lost;
		s->error = stat_print(s, &r->heat);
	}
	heat__free(&r->heat);
	return err || s->error ? VS_EXIT_FAILURE : 0;
}

/** of_events - the output format is generated from the recorded events, not from a view */
static bool of_events(const struct options *o)
{
	return o->format->flags & FORMAT_OF_EVENTS;
}

/* --- Perfetto ------------------------------------------------------------------------------ */

/** struct exported - output file of an export, and its report */
struct exported {
	struct perfetto perfetto;
	struct session *session;
};

static void write_line(void *file, const char *line)
{
	fprintf(file, "%s\n", line);
}

/** stack_text - implementation of struct perfetto.stack_text */
static int stack_text(void *ctx, const struct vs_stack_ref *ref, char **text)
{
	struct session *s = ctx;
	const struct stack *stack = session__stack(s, ref);
	struct named_stack named;
	struct text_file t;
	int err = stack ? namer__stack(s->namer, stack, &named) : 0;

	if (!stack || err)
		return err;
	if (text_file__open(&t))
		return -ENOMEM;
	stack_each_line(&named, 0, write_line, t.file);
	err = text_file__close(&t);
	*text = t.text.len ? t.text.at : NULL;
	if (!*text)
		text__free(&t.text);
	return err;
}

static int export_event(void *ctx, const union record *event, enum record_type type)
{
	struct exported *x = ctx;
	const struct session *s = x->session;

	if (!options__in_time(s->options, s->start_ns, event->head.time_ns))
		return 0;
	return perfetto__event(&x->perfetto, event, type);
}

static int export(struct report *r)
{
	struct session *s = &r->session;
	struct exported x = { .session = s };
	int err;

	perfetto__init(&x.perfetto, s->out.file, &r->recording.live.run.model);
	x.perfetto.stack_text = stack_text;
	x.perfetto.ctx = s;
	x.perfetto.unknown = &r->recording.unknown;
	err = recording__read_names(&r->recording);
	if (!err)
		err = recording__read(&r->recording, export_event, &x);
	if (!err)
		err = perfetto__end(&x.perfetto);
	s->error = x.perfetto.tracks.error;
	failed(r, err);
	perfetto__free(&x.perfetto);
	return err ? VS_EXIT_FAILURE : 0;
}

/* --- the command --------------------------------------------------------------------------- */

/** show - print the requested view. Return: an exit status. */
static int show(struct report *r)
{
	const struct options *o = r->session.options;

	if (of_events(o))
		return export(r);
	if (o->view == REPORT_TRACE)
		return trace_replay(&r->session, feed, r);
	if (o->interval_ns)
		return print_intervals(r);
	if (o->view == REPORT_ADVISE)
		return print_findings(r);
	return o->view == REPORT_STAT && o->heatmap ? print_heatmap(r) : print_counts(r);
}

/** stacks_of_some - stacks of faults are requested for VMAs that the recorder did not select */
static bool stacks_of_some(const struct options *o, const struct header *h)
{
	return o->view == REPORT_STAT && by_stack(o) && o->vma &&
	       (!h->vma_glob || strcmp(o->vma, h->vma_glob));
}

/**
 * check_view - check that the recording has what the view shows, or print an error.
 * Return: 0 or an exit status.
 */
static int check_view(const struct options *o, const struct header *h)
{
	if (o->view == REPORT_SHOOTDOWN && !h->shootdowns)
		return vs_fail(VS_EXIT_FAILURE, "record it with --events memcall,shootdown",
			       "the recording has no memory calls");
	if (o->view == REPORT_TRACE && o->events & ~h->events)
		return vs_fail(VS_EXIT_FAILURE, "`vmascope record --events LIST` selects them",
			       "the recording does not have all of these events");
	if (with_stacks(o) && !h->stacks)
		return vs_fail(VS_EXIT_FAILURE, "record it with -U", "the recording has no stacks");
	if (stacks_of_some(o, h) && !(h->events & 1u << TRACE_FAULT))
		return vs_fail(
			VS_EXIT_FAILURE, "record it with --events fault",
			"--vma with stacks requires fault events, which the recording does not "
			"have");
	if ((o->view == REPORT_STAT && o->no_stat_by) ||
	    (o->view == REPORT_SHOOTDOWN && o->no_shootdown_by))
		return vs_fail(VS_EXIT_USAGE, "--help lists the groupings",
			       "the view %s does not have this grouping",
			       report_view_names[o->view]);
	return 0;
}

/** begin - set up a session as it would be at the end of the run. */
static int begin(struct report *r, struct options *o)
{
	const struct header *h = &r->recording.header;
	struct session *s = &r->session;
	const struct namer_options names = {
		.recorded = loaded_stacks__name,
		.ctx = &r->recording.loader.stacks,
	};
	int status = check_view(o, h);

	if (!status)
		status = folded__check(o, with_stacks(o),
				       o->view == REPORT_SHOOTDOWN ? CALL_WEIGHTS : FAULT_WEIGHTS);
	if (!status && namer__new(&s->namer, &names))
		status = vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
	if (status)
		return status;
	if (stacks_of_some(o, h))
		vma_stacks__init(&r->vma_stacks, s, &r->recording.loader.stacks);
	if (!o->vma)
		o->vma = h->vma_glob;
	if (o->view == REPORT_STAT)
		r->recording.live.run.stacks.vma_glob = o->vma;
	r->recording.live.run.threads.so_far = o->interval_ns;
	r->recording.live.run.threads.sampled = r->recording.header.latency_period != 1;
	r->recording.live.run.stacks.unwound = h->unwound;
	/* stacks of some VMAs are counted from events, as they come in the file */
	r->recording.live.run.stacks.awaits = h->unwound && o->interval_ns &&
					      !r->vma_stacks.session;
	if (!o->events)
		o->events = h->events;
	o->capture.bpf.causes = h->causes;
	s->options = o;
	s->live = &r->recording.live;
	s->start_ns = h->start_ns;
	wall_clock__init(&s->wall, (int64_t)(h->wall_ns - h->start_ns));
	r->recording.loader.wall = &s->wall;
	s->machine = (struct machine){ h->isolated, h->nohz_full, h->max_map_count };
	snprintf(s->what, sizeof(s->what), "%s", h->what ? h->what : "");
	recorded__init(&r->recorded, &r->recording);
	s->source = &r->recorded.source;
	return options__output(o, &s->out) ? VS_EXIT_FAILURE : folded__open(s);
}

static int run(struct report *r, struct options *o)
{
	int status = begin(r, o);

	if (!status)
		status = show(r);
	if (r->session.out.file && options__close_output(&r->session.out, r->session.error) &&
	    !status)
		status = VS_EXIT_FAILURE;
	if (r->failed)
		status = VS_EXIT_FAILURE;
	return status || r->recording.whole ? status : VS_EXIT_PARTIAL;
}

/**
 * check_rows - reject options that group rows or require another view, with an error message.
 * Return: 0 or an exit status.
 */
static int check_rows(const struct options *o)
{
	const char *without = o->diff			 ? "--diff"
			      : of_events(o)		 ? "--format perfetto"
			      : o->view == REPORT_TRACE	 ? "--view trace"
			      : o->view == REPORT_ADVISE ? "--view advise"
							 : NULL;

	if (without && (o->by_given || o->folded || o->flame || o->weight >= 0))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--by, --folded, --flame and --weight cannot be used with %s",
			       without);
	if (o->interval_ns &&
	    (without || o->view != REPORT_STAT || o->heatmap || o->folded || o->flame))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "-i requires --view stat, without --heatmap, --folded and --flame");
	if (o->diff && o->format->flags & (FORMAT_OF_EVENTS | FORMAT_OF_STACKS))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--diff and --format %s are mutually exclusive", o->format->name);
	if ((o->view == REPORT_TRACE || o->view == REPORT_ADVISE) &&
	    o->format->flags & FORMAT_OF_STACKS)
		return vs_fail(VS_EXIT_USAGE, "use --view stat or shootdown",
			       "--view %s and --format %s are mutually exclusive",
			       report_view_names[o->view], o->format->name);
	if (o->view == REPORT_ADVISE && (o->vma || o->hist || o->heatmap))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--vma, --hist and --heatmap cannot be used with --view advise");
	if (o->until_ns && (o->diff || (o->view != REPORT_TRACE && !of_events(o))))
		return vs_fail(VS_EXIT_USAGE, "use -i TIME for counts by interval",
			       "--between requires --view trace or --format perfetto");
	if (o->capture.bpf.slower_than_ns && (o->view != REPORT_TRACE || o->diff || of_events(o)))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--slower-than requires --view trace");
	if (options__with_stacks(o) && (o->view != REPORT_TRACE || o->diff || of_events(o)))
		return vs_fail(VS_EXIT_USAGE, "use --by stack for counts by stack",
			       "-U and -K require --view trace");
	return 0;
}

static int report_one(struct options *o)
{
	struct report r = {};
	int status = recording__open(&r.recording, o->argv, o->max_processes);
	r.recording.loader.forgetting = forgetting;
	r.recording.loader.in_use_ns = in_use_ns;
	r.recording.loader.forgetting_ctx = &r;
	if (!status)
		status = run(&r, o);
	folded__close(&r.session);
	vma_stacks__free(&r.vma_stacks);
	longest_calls__free(&r.longest);
	namer__free(r.session.namer);
	recording__close(&r.recording);
	return status;
}

static int run_report(struct options *o)
{
	int status = check_rows(o);

	if (!status)
		status = folded__profile(o, o->view == REPORT_SHOOTDOWN
						    ? o->shootdown_by == SHOOTDOWN_BY_STACK
						    : o->by == BY_STACK);
	if (status)
		return status;
	/* the limit also covers the output, as the recording may be forged */
	if (o->max_processes)
		memory__bound(MOST_BYTES, "it would need more than 960 MiB of memory; "
					  "--max-processes 0 removes the limit");
	status = o->diff ? report_diff(o) : report_one(o);
	memory__unbound();
	return status;
}

const struct command command_report = {
	.name = "report",
	.args_doc = "[FILE...]",
	.summary = "show a recording as stat, shootdown, trace or advise, or compare two",
	.doc = "Show a recording as `vmascope stat`, `shootdown`, `trace` or `advise` would have "
	       "shown the run. FILE is vmascope.rec by default; the files of a --max-size "
	       "recording are "
	       "given together.\v"
	       "The exit status is 3 if a file is damaged: intact records are shown, and the "
	       "missing part is reported.",
	.is = COMMAND_REPORT,
	.args = ARGS_FILES,
	.run = run_report,
};
