// SPDX-License-Identifier: GPL-2.0-only
/* stat_text.c - the text above and below the rows of `vmascope stat`. */
#include "view/faults/stat_text.h"

#include <stdio.h>

#include "model/names.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/str.h"
#include "view/common/latency_mode.h"
#include "view/common/words.h"
#include "view/faults/stat_summary.h"

struct run_facts stat_text__facts(const struct stat_view *v)
{
	return (struct run_facts){
		.command = v->command,
		.duration_ns = v->duration_ns,
		.interval = v->interval,
		.hooks = v->hooks,
		.nr_hooks = v->nr_hooks,
		.latency_period = v->latency_period,
		.stats = v->stats,
		.nr_slots = v->nr_slots,
		.nr_stacks = v->nr_stacks,
		.ring_bytes = v->ring_bytes,
	};
}

/* --- above --------------------------------------------------------------------------------- */

/** print_interval - print one line, in which the numbers of successive intervals are aligned. */
static void print_interval(const struct stat_view *v, const struct table *rows,
			   const struct vs_counts *total, FILE *f)
{
	const uint64_t n = counts_faults(total);

	fprintf(f, "%s%8.2fs %11s faults/s  (%s fault%s", rows->nr_rows ? "\n" : "",
		(v->end_ns - v->start_ns) / 1e9,
		str_count(clock__per_second(n, v->duration_ns)).text, str_count(n).text,
		str_plural(n));
	if (total->outcome[VS_MAJOR] || total->outcome[VS_INCOMPLETE])
		fprintf(f, ", %llu major, %llu failed",
			(unsigned long long)total->outcome[VS_MAJOR],
			(unsigned long long)total->outcome[VS_INCOMPLETE]);
	fprintf(f, ")%s\n", v->storm ? "  STORM" : "");
}

/** print_filters - print which faults are counted, unless all are */
static void print_filters(const struct stat_view *v, FILE *f)
{
	const uint32_t all = UINT32_MAX >> (32 - VS_NR_CAUSES);
	const uint32_t causes = (v->causes & all) == all ? 0 : v->causes;
	const char *sep = " with cause ";

	if (!v->outcome && !v->vma_glob && !causes)
		return;
	fprintf(f, "  only %s%spage faults", v->outcome ? v->outcome : "", v->outcome ? " " : "");
	if (v->vma_glob)
		fprintf(f, " in VMAs named %s", v->vma_glob);
	for (int i = 0; i < VS_NR_CAUSES; i++) {
		if (!(causes & 1u << i))
			continue;
		fprintf(f, "%s%s", sep, cause_names[i]);
		sep = ",";
	}
	fputs(":\n", f);
}

static void print_counts(const struct stat_view *v, const struct vs_counts *total, FILE *f)
{
	const uint64_t n = counts_faults(total);

	fprintf(f, "  %s fault%s (%s/s): %s minor, %s major, %s failed", str_count(n).text,
		str_plural(n), str_count(clock__per_second(n, v->duration_ns)).text,
		str_count(total->outcome[VS_MINOR]).text, str_count(total->outcome[VS_MAJOR]).text,
		str_count(total->outcome[VS_INCOMPLETE]).text);
	if (counts_gup(total))
		fprintf(f, "; %s of them kernel-initiated (GUP)",
			str_count(counts_gup(total)).text);
	fputc('\n', f);
}

void stat_text__title(const struct stat_view *v, const struct model *m, struct table *rows,
		      const struct vs_counts *total, const struct latency_error *error)
{
	const struct run_facts run = stat_text__facts(v);
	struct words w;

	if (!words__open(&w, rows))
		return;
	if (v->interval) {
		print_interval(v, rows, total, w.file);
	} else {
		fprintf(w.file, "Page faults of %s, %s\n", v->command, str_ns(v->duration_ns).text);
		print_filters(v, w.file);
		table__fail(rows, stat_summary__print(v, m, total, w.file));
		print_counts(v, total, w.file);
		run_view__print_limits(&run, w.file);
		latency_mode__print(&run, error, w.file);
	}
	words__title(&w);
}

/* --- below --------------------------------------------------------------------------------- */

/** print_busiest - print the thread that spent most time in faults */
static void print_busiest(const struct stat_view *v, FILE *f)
{
	const struct vs_thread *busiest = threads__busiest(v->threads);

	if (!busiest)
		return;
	fprintf(f, "most time in faults%s: %s (thread %u), %s, %.1f%% of its lifetime\n",
		v->vma_glob ? " of all VMAs" : "", busiest->comm, busiest->tid,
		str_ns(busiest->fault_ns).text,
		100 * thread_share(busiest, v->start_ns, v->end_ns));
}

/** print_signals - print the faults that raised a signal, and the command that shows details */
static void print_signals(const struct vs_counts *total, FILE *f)
{
	static const int causes[] = { VS_CAUSE_SEGV_MAPERR, VS_CAUSE_SEGV_ACCERR, VS_CAUSE_SIGBUS,
				      VS_CAUSE_PKEY };
	const char *sep = "faults that raised a signal: ";

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		if (!total->cause[causes[i]])
			continue;
		fprintf(f, "%s%llu %s", sep, (unsigned long long)total->cause[causes[i]],
			cause_names[causes[i]]);
		sep = ", ";
	}
	if (*sep != ',')
		return;
	sep = "\n  for details: trace or record --cause ";
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		if (!total->cause[causes[i]])
			continue;
		fprintf(f, "%s%s", sep, cause_names[causes[i]]);
		sep = ",";
	}
	fputc('\n', f);
}

void stat_text__footer(const struct stat_view *v, struct table *rows, const struct vs_counts *total,
		       const struct vs_counts *overflow)
{
	const struct run_facts run = stat_text__facts(v);
	struct words w;

	if (!words__open(&w, rows))
		return;
	if (rows->footer)
		fprintf(w.file, "%s\n", rows->footer);
	if (!v->interval && v->vma_glob && (v->by == BY_CPU || v->by == BY_THREAD))
		fprintf(w.file,
			"the rows count the faults of all VMAs, as --vma cannot select %s\n",
			v->by == BY_CPU ? "CPUs" : "threads");
	if (v->by == BY_THREAD && counts_gup(total))
		fprintf(w.file, "%s kernel-initiated fault%s (GUP) not attributed to threads\n",
			str_count(counts_gup(total)).text, str_plural(counts_gup(total)));
	if (!v->interval)
		print_signals(total, w.file);
	/* losses are counted over the run, and shown at its end */
	if (!v->interval)
		run_view__print_losses(&run, w.file);
	if (counts_faults(overflow))
		fprintf(w.file, "%s fault%s of unknown processes\n",
			str_count(counts_faults(overflow)).text,
			str_plural(counts_faults(overflow)));
	if (!v->interval && v->by != BY_THREAD)
		print_busiest(v, w.file);
	words__footer(&w);
}
