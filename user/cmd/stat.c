// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - `vmascope stat`: count until the end, then print; with -i, also print each interval. */
#include <string.h>

#include "cmd/print.h"
#include "collect/slices.h"
#include "model/names.h"
#include "session/folded.h"
#include "session/no_match.h"
#include "util/log.h"
#include "view/common/stack_entries.h"
#include "view/faults/heatmap.h"
#include "view/faults/hist.h"
#include "view/faults/in_flight.h"
#include "view/faults/stat_group.h"
#include "view/faults/storm.h"
#include "view/faults/why.h"

/** Default number of rows in the text of an interval (see --top). */
#define INTERVAL_ROWS 5

/**
 * struct course - state of the run so far
 * @from_ns: start of the current interval; @number: its number
 * @due_ns: in a recorded run, the time at which it should end
 * @storms: updated at each interval; @view: of the interval that is being added
 * @slices: slices of --heatmap, or NULL
 */
struct course {
	struct session *session;
	uint64_t from_ns;
	uint64_t number;
	uint64_t due_ns;
	struct storms storms;
	const struct stat_view *view;
	struct slices *slices;
};

static bool is_text(const struct session *s)
{
	return s->options->format->flags & FORMAT_FOR_PEOPLE;
}

static size_t row_limit(const struct session *s, uint64_t number)
{
	if (!is_text(s))
		return 0;
	return number && !s->options->top_given ? INTERVAL_ROWS : s->options->top;
}

/** interval_view - view of interval @number; 0: of the whole run. */
static struct stat_view interval_view(struct session *s, uint64_t number, uint64_t from_ns,
				      uint64_t to_ns)
{
	const struct source_facts facts = s->source->facts(s);
	const struct options *o = s->options;

	return (struct stat_view){
		.command = s->what,
		.duration_ns = to_ns - from_ns,
		.interval = number,
		.nr_slots = facts.nr_slots,
		.start_ns = s->start_ns,
		.end_ns = to_ns,
		.threads = &s->live->run.threads,
		.by = o->by,
		.vma_glob = o->vma,
		.outcome = o->capture.only < 0 ? NULL : outcome_names[o->capture.only],
		.causes = o->capture.bpf.causes,
		.limit = row_limit(s, number),
		.latency = o->quantiles,
		.latency_period = facts.latency_period,
		.stacks = &s->live->run.stacks,
		.namer = s->namer,
		.weigh_time = o->weight == WEIGHT_TIME,
		.profile = o->format->flags & FORMAT_OF_STACKS,
		.stacks_as_text = is_text(s),
		.all_frames = o->wide,
		.per_process = o->per_process,
		.sampling = s->sampling,
		.unwound = facts.unwound,
		.recorded = !s->source->open,
		.nr_stacks = facts.nr_stacks,
		.ring_bytes = facts.ring_bytes,
		.rows_only = !(o->format->flags & FORMAT_NESTED),
	};
}

/**
 * count_stack_losses - count faults whose stack was not stored, each once
 *
 * BPF counts attempts. With --unwind dwarf, the copy of a stack or the record that refers to it may
 * be lost, too; at the end of the run, stacks that are not unwound are lost.
 */
static void count_stack_losses(const struct session *s, const struct stat_view *v,
			       struct vs_stats *stats)
{
	const struct vs_counts all = stat_group__total(v, &s->live->run.model);
	__u64 *lost = &stats->lost[s->sampling ? VS_LOST_SAMPLES : VS_LOST_STACKS];
	struct stack_rests rests;

	/* with --vma, it is unknown how many of the lost ones were of these VMAs */
	if (!v->interval && s->live->run.stacks.vma_glob && s->sampling &&
	    !s->live->run.stacks.all_unwound)
		return;
	*lost = stack_faults(&s->live->run.stacks.overflow);
	if (!v->interval) {
		stack_rests(&s->live->run.stacks, false, &all, &rests);
		*lost += stack_faults(&rests.not_unwound);
	}
	if (s->sampling)
		stats->lost[VS_LOST_EVENTS] = 0;
}

static void make(struct session *s, struct stat_view *v, struct document *d)
{
	struct run_hook in_use[NR_HOOKS];

	session__hooks(s, in_use);
	v->hooks = in_use;
	v->nr_hooks = NR_HOOKS;
	session__stats(s, &v->stats);
	if (stat_by_needs_stacks(v->by) && s->source->facts(s).counts_stacks)
		count_stack_losses(s, v, &v->stats);
	stat_view__make(v, &s->live->run.model, d);
	v->hooks = NULL;
	v->nr_hooks = 0;
}

/* --- intervals ----------------------------------------------------------------------------- */

static void storm_rows(void *ctx, struct storms *storms)
{
	const struct course *c = ctx;

	storm_view__rows(c->view, &c->session->live->run.model, storms);
}

/** add_storms - add the interval of @v to the storms. Return: a storm that has ended, or NULL. */
static const struct storm *add_storms(struct course *c, const struct stat_view *v, bool last)
{
	const struct vs_counts all = stat_group__total(v, &c->session->live->run.model);
	const struct storm *ended = NULL;

	c->view = v;
	/* a remainder that is too short has no meaningful rate */
	if (!last || v->duration_ns >= c->session->options->interval_ns / 2)
		ended = storms__add(&c->storms, c->from_ns, v->end_ns, counts_faults(&all));
	return ended || !last ? ended : storms__end(&c->storms);
}

static int print_interval(struct course *c, uint64_t now_ns, bool last)
{
	struct session *s = c->session;
	struct stat_view v = interval_view(s, c->number++, c->from_ns, now_ns);
	const struct storm *storm = add_storms(c, &v, last);
	struct document d = {};

	v.storm = c->storms.on;
	make(s, &v, &d);
	/* text has them only at the end, so that intervals stay aligned */
	if (s->options->hist && !is_text(s))
		hist_view__make(&v, &s->live->run.model, &d);
	if (storm)
		storm_view__ended(storm, s->start_ns, &d);
	c->from_ns = now_ns;
	return session__document(s, &d);
}

static int read_slice(struct course *c, uint64_t now_ns)
{
	struct session *s = c->session;
	const struct stat_view v = interval_view(s, 0, s->start_ns, now_ns);
	int err = slices__read(c->slices, s, &v, now_ns);

	if (s->options->interval_ns)
		return err;
	slices__pace(c->slices, session__now() - now_ns);
	s->period_ns = c->slices->heat.slice_ns;
	return err;
}

/** end_interval - end the current interval and begin the next one. */
static int end_interval(struct course *c, uint64_t now_ns)
{
	struct session *s = c->session;
	int err = s->options->folded ? 0 : print_interval(c, now_ns, false);

	model__mark(&s->live->run.model);
	threads__mark(&s->live->run.threads);
	stacks__mark(&s->live->run.stacks);
	return err;
}

/** tick - called every --interval, or for each slice of the heatmap. */
static int tick(struct session *s)
{
	struct course *c = s->private;
	int err = live__refresh(s->live);
	const uint64_t now = s->live->read_ns;

	if (!err && c->slices)
		err = read_slice(c, now);
	if (!err && s->options->interval_ns)
		err = end_interval(c, now);
	if (err)
		s->error = err;
	return err;
}

/* --- the end ------------------------------------------------------------------------------- */

/**
 * print_all - print the result; @c: NULL: there were no intervals; @heat: data of --heatmap, or
 * NULL
 */
static int print_all(struct session *s, struct course *c, const struct heat *heat)
{
	const struct options *o = s->options;
	struct stat_view v = interval_view(s, 0, s->start_ns, s->end_ns);
	struct vs_counts total;
	struct document d = {};

	total = stat_group__total(&v, &s->live->run.model);
	if (!counts_faults(&total))
		no_match__note(o, "page faults");
	make(s, &v, &d);
	if (s->source->facts(s).in_flight)
		in_flight_view__make(&s->live->run.in_flight, &d);
	if (o->hist)
		hist_view__make(&v, &s->live->run.model, &d);
	if (o->why)
		why_view__make(&v, &s->live->run.model, &d);
	if (c && c->slices)
		document__fail(&d, slices__read(c->slices, s, &v, s->end_ns));
	if (heat)
		heatmap_view__make(heat, &v, &s->live->run.model, &d);
	if (c && o->interval_ns)
		storm_view__all(&c->storms, s->start_ns, &d);
	if (o->interval_ns && is_text(s) && !document__error(&d))
		fputc('\n', s->out.file);
	return session__document(s, &d);
}

int stat_print(struct session *s, const struct heat *heat)
{
	return print_all(s, NULL, heat);
}

static void begin_course(struct course *c)
{
	const struct session *s = c->session;

	c->from_ns = s->start_ns;
	c->due_ns = s->start_ns + s->options->interval_ns;
	c->number = 1;
	storms__init(&c->storms, storm_rows, c);
}

static int course__init(struct course *c)
{
	struct session *s = c->session;
	const struct options *o = s->options;

	begin_course(c);
	s->period_ns = o->interval_ns;
	if (!o->heatmap)
		return 0;
	c->slices = slices__new(o, s->start_ns);
	if (!c->slices)
		return vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
	s->period_ns = c->slices->heat.slice_ns;
	return 0;
}

/* --- of a recording ------------------------------------------------------------------------ */

/** A checkpoint that is early by this much still counts as the end of an interval. */
#define EARLY(interval_ns) ((interval_ns) / 16)

/** await_stacks - the recorder unwound some stacks later than it counted their faults. */
static void await_stacks(struct session *s)
{
	const struct stat_view v = interval_view(s, 0, s->start_ns, s->read_ns);
	const struct vs_counts all = stat_group__total(&v, &s->live->run.model);
	uint64_t total[VS_NR_OUTCOME];

	for (int o = 0; o < VS_NR_OUTCOME; o++)
		total[o] = all.outcome[o];
	stacks__await(&s->live->run.stacks, total, s->read_ns);
}

/** replay_tick - called when the counts are those of s->read_ns. */
static int replay_tick(struct session *s)
{
	struct course *c = s->private;
	const uint64_t interval_ns = s->options->interval_ns;
	int err;

	if (s->read_ns + EARLY(interval_ns) < c->due_ns || s->read_ns <= c->from_ns)
		return 0;
	await_stacks(s);
	err = end_interval(c, s->read_ns);
	c->due_ns += (s->read_ns + EARLY(interval_ns) - c->due_ns) / interval_ns * interval_ns +
		     interval_ns;
	return err;
}

int stat_replay(struct session *s, int (*feed)(struct session *s, void *ctx), void *ctx)
{
	struct course c = { .session = s };
	int err;

	s->private = &c;
	s->interval = replay_tick;
	begin_course(&c);
	err = feed(s, ctx);
	if (!err && s->end_ns > c.from_ns)
		err = print_interval(&c, s->end_ns, true);
	if (!err)
		err = print_all(s, &c, NULL);
	storms__free(&c.storms);
	return err;
}

/* --- the command --------------------------------------------------------------------------- */

static void forgetting(struct session *s)
{
	struct course *c = s->private;

	if (c->slices)
		heat__forget(&c->slices->heat, &s->live->run.model);
}

static unsigned int wanted(const struct options *o)
{
	if (!stat_by_needs_stacks(o->by))
		return 0;
	return SESSION_FAULT_STACKS |
	       (o->dwarf && o->capture.bpf.user_stacks ? SESSION_FAULT_EVENTS : 0);
}

/** check_stacks - check options against --by stack. Return: 0 or an exit status. */
static int check_stacks(struct options *o)
{
	const int status = folded__profile(o, o->by == BY_STACK);

	return status ? status : folded__check(o, stat_by_needs_stacks(o->by), FAULT_WEIGHTS);
}

static int run_stat(struct options *o)
{
	struct session s = { .interval = tick,
			     .event = session__count_sampled,
			     .forgetting = forgetting };
	struct course c = { .session = &s };
	int status;

	s.private = &c;
	status = check_stacks(o);
	if (!status)
		status = session__open(&s, o, wanted(o));
	if (!status) {
		/* shares of an interval's rows are relative to its totals */
		s.live->adds_up = o->interval_ns;
		s.live->intervals = s.live->run.threads.so_far = o->interval_ns;
		status = course__init(&c);
	}
	if (!status)
		status = session__run(&s);
	if (!status && o->interval_ns && !o->folded)
		s.error = print_interval(&c, s.end_ns, true);
	if (!status && !s.error && !o->folded)
		s.error = print_all(&s, &c, c.slices ? &c.slices->heat : NULL);
	if (!status && !s.error && (o->folded || o->flame))
		status = folded__faults(&s);
	storms__free(&c.storms);
	slices__free(c.slices);
	return session__close(&s, status);
}

const struct command command_stat = {
	.name = "stat",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "count page faults by mapping, VMA, process, cause or stack",
	.doc = "Count page faults until COMMAND exits, the duration has passed or Ctrl-C is "
	       "pressed; then print the counts.\v"
	       "Without a command or a filter, the whole system is traced.",
	.is = COMMAND_STAT,
	.args = ARGS_COMMAND,
	.run = run_stat,
};
