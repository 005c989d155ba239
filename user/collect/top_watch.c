// SPDX-License-Identifier: GPL-2.0-only
/* top_watch.c - storms, losses and the own cost of `vmascope top`, interval by interval. */
#include "collect/top_watch.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <bpf/bpf.h>

#include "model/names.h"
#include "util/str.h"
#include "view/faults/storm.h"
#include "view/top/top_cells.h"

/** Processes with at least this share of vm.max_map_count VMAs are reported, percent. */
#define MANY_VMAS 90

static uint64_t read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[STR_NUMBER_LEN] = "";
	uint64_t n = 0;

	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (str_parse_u64(line, UINT64_MAX, &n))
			n = 0;
	}
	fclose(f);
	return n;
}

static uint64_t since_start(const struct top_watch *w)
{
	return session__now() - w->session->start_ns;
}

/* --- the own cost -------------------------------------------------------------------------- */

static uint64_t own_ns(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000000ULL +
	       (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) * 1000ULL;
}

static int add_run_time(void *ctx, const char *name, int fd)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	uint64_t *sum = ctx;

	(void)name;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size))
		*sum += info.run_time_ns;
	return 0;
}

static void see_cost(struct top_watch *w, uint64_t interval_ns, struct tui_facts *facts)
{
	const uint64_t own = own_ns();
	uint64_t bpf = 0;

	facts->own_share = interval_ns ? (double)(own - w->own_ns) / interval_ns : 0;
	facts->bpf_share = -1;
	w->own_ns = own;
	/* the kernel measures programs only where it is asked to */
	if (read_number("/proc/sys/kernel/bpf_stats_enabled") != 1)
		return;
	w->session->source->each_program(w->session, add_run_time, &bpf);
	if (w->bpf_ns && interval_ns)
		facts->bpf_share = (double)(bpf - w->bpf_ns) / interval_ns;
	w->bpf_ns = bpf;
}

/* --- losses and limits ---------------------------------------------------------------------- */

static void note_loss(struct top_watch *w, int what, uint64_t lost)
{
	struct run_facts facts = {};
	char text[LOSS_LEN];

	facts.stats.lost[what] = lost;
	facts.nr_slots = w->session->source->facts(w->session).nr_slots;
	run_view__loss(&facts, what, text, sizeof(text));
	notes__add(&w->notes, since_start(w), NOTE_WARNING, lost_names[what], "%s", text);
}

static void see_losses(struct top_watch *w, struct tui_facts *facts)
{
	const struct source_facts run = w->session->source->facts(w->session);
	struct vs_stats stats;

	session__stats(w->session, &stats);
	facts->lost = 0;
	for (int i = 0; i < VS_NR_LOST; i++) {
		if (stats.lost[i] > w->lost[i])
			note_loss(w, i, stats.lost[i]);
		w->lost[i] = stats.lost[i];
		facts->lost += stats.lost[i];
	}
	facts->nr_slots = run.nr_slots;
	facts->slots = run.nr_slots - run.free_slots;
}

static void see_map_counts(struct top_watch *w)
{
	const struct shootdown *s = &w->session->live->run.shootdown;

	for (size_t i = 0; w->max_map_count && i < s->nr_rows; i++) {
		const struct call_row *row = s->rows[i];
		char about[32];

		if (!row->process || row->process->exited ||
		    row->counts.count == row->marked.count ||
		    row->map_count * 100ULL < w->max_map_count * MANY_VMAS)
			continue;
		snprintf(about, sizeof(about), "vmas %u", row->process->pid);
		notes__add(&w->notes, since_start(w), NOTE_WARNING, about,
			   "%s (%u) had %u VMAs; the limit is %llu (vm.max_map_count)",
			   row->process->comm, row->process->pid, row->map_count,
			   (unsigned long long)w->max_map_count);
	}
}

/* --- storms -------------------------------------------------------------------------------- */

static void storm_rows(void *ctx, struct storms *storms)
{
	const struct top_watch *w = ctx;
	const struct stat_view v = { .interval = 1, .vma_glob = w->session->options->vma };

	storm_view__rows(&v, &w->session->live->run.model, storms);
}

static double percent(const struct storm *s, enum storm_what what)
{
	return s->faults ? 100.0 * s->top[what].faults / s->faults : 0;
}

static void note_storm_began(struct top_watch *w)
{
	const struct storm *s = &w->storms.list[w->storms.nr - 1];

	notes__add(&w->notes, since_start(w), NOTE_STORM, "",
		   "fault storm begins: %s faults/s (median %s)", str_count(s->peak).text,
		   str_count(s->median).text);
}

static void note_storm_over(struct top_watch *w, const struct storm *s)
{
	notes__add(&w->notes, since_start(w), NOTE_STORM, "",
		   "fault storm ended after %s: %s faults/s, peak %s; %.0f%% by %s (%llu), %.0f%% "
		   "in %s, "
		   "%.0f%% %s",
		   str_ns(s->to_ns - s->from_ns).text, str_count(storm_mean(s)).text,
		   str_count(s->peak).text, percent(s, STORM_PROCESS), s->top[STORM_PROCESS].name,
		   (unsigned long long)s->top[STORM_PROCESS].id, percent(s, STORM_VMA),
		   s->top[STORM_VMA].name, percent(s, STORM_CAUSE), s->top[STORM_CAUSE].name);
}

static void see_storms(struct top_watch *w, uint64_t from_ns, uint64_t to_ns)
{
	const struct top_view v = {
		.model = &w->session->live->run.model,
		.rates = true,
		.vma_glob = w->session->options->vma,
	};
	const struct vs_counts all = top_total(&v);
	const struct storm *over = storms__add(&w->storms, from_ns, to_ns, counts_faults(&all));

	if (over)
		note_storm_over(w, over);
	if (w->storms.on && !w->storm)
		note_storm_began(w);
	w->storm = w->storms.on;
}

/* --- all of it ----------------------------------------------------------------------------- */

void top_watch__init(struct top_watch *w, struct session *s)
{
	struct run_hook in_use[NR_HOOKS];

	memset(w, 0, sizeof(*w));
	w->session = s;
	w->own_ns = own_ns();
	w->max_map_count = read_number("/proc/sys/vm/max_map_count");
	notes__init(&w->notes);
	storms__init(&w->storms, storm_rows, w);
	session__hooks(s, in_use);
	for (int i = 0; i < NR_HOOKS; i++)
		if (in_use[i].fallback)
			notes__add(&w->notes, 0, NOTE_INFO, "",
				   "hook %s uses variant %s (see doctor)", in_use[i].name,
				   in_use[i].variant);
}

void top_watch__free(struct top_watch *w)
{
	notes__free(&w->notes);
	storms__free(&w->storms);
}

void top_watch__tick(struct top_watch *w, uint64_t from_ns, uint64_t to_ns, struct tui_facts *facts)
{
	see_cost(w, to_ns - from_ns, facts);
	see_losses(w, facts);
	see_map_counts(w);
	see_storms(w, from_ns, to_ns);
	facts->storm = w->storm;
}
