// SPDX-License-Identifier: GPL-2.0-only
/* shootdown.c - the document of `vmascope shootdown`: totals, the summary, and all parts in order. */
#include "view/shootdown/shootdown.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/array.h"
#include "util/str.h"
#include "view/common/words.h"
#include "view/shootdown/shootdown_parts.h"

const char *const shootdown_by_names[NR_SHOOTDOWN_BY] = {
	[SHOOTDOWN_BY_VMA] = "vma",	    [SHOOTDOWN_BY_CALL] = "call",
	[SHOOTDOWN_BY_PROCESS] = "process", [SHOOTDOWN_BY_CPU] = "cpu",
	[SHOOTDOWN_BY_THREAD] = "thread",   [SHOOTDOWN_BY_SITE] = "site",
	[SHOOTDOWN_BY_STACK] = "stack",	    [SHOOTDOWN_BY_FUNCTION] = "function",
	[SHOOTDOWN_BY_COMM] = "comm",
};

static const struct column machine_columns[] = {
	{ .key = "cpus_isolated", .type = CELL_STR },
	{ .key = "cpus_nohz_full", .type = CELL_STR },
};
static const struct table_def machine_table = OBJECT_DEF(NULL, machine_columns, .json_only = true);

static const struct column totals_columns[] = {
	{ .key = "calls", .type = CELL_U64 },	  { .key = "errors", .type = CELL_U64 },
	{ .key = "sends", .type = CELL_U64 },	  { .key = "receipts", .type = CELL_U64 },
	{ .key = "queued", .type = CELL_U64 },	  { .key = "joined", .type = CELL_U64 },
	{ .key = "owned", .type = CELL_U64 },	  { .key = "kernel_receipts", .type = CELL_U64 },
	{ .key = "flushes", .type = CELL_TABLE }, { .key = "ipi_delay_ns", .type = CELL_U64 },
	{ .key = "stolen_ns", .type = CELL_U64 }, { .key = "eventless", .type = CELL_U64 },
};
static const struct table_def totals_table = OBJECT_DEF("totals", totals_columns,
							.json_only = true);

static const struct column line_columns[] = { { .key = "line", .type = CELL_STR } };
static const struct table_def summary_table = TABLE_DEF("summary", line_columns, .text_only = true);

/* --- totals -------------------------------------------------------------------------------- */

static void totals(const struct shootdown_doc *d)
{
	const struct vs_shootdowns *s = &d->model->totals;
	const struct shootdown_view *v = d->view;
	struct table *t = document__table(d->document, &totals_table), *flushes;

	if (v->calls_known) {
		table__set_u64(t, "calls", s->calls);
		table__set_u64(t, "errors", s->errors);
	}
	table__set_u64(t, "eventless", v->run.stats.eventless);
	if (v->flushes_known) {
		flushes = table__sub(t, &call_flush_table);
		table__set_u64(t, "sends", s->sends);
		table__set_u64(flushes, "local", s->local);
		table__set_u64(flushes, "remote", s->sends);
		table__set_u64(flushes, "full", s->full);
	}
	if (v->queued_known)
		table__set_u64(t, "queued", s->queued[VS_IPI_USER]);
	if (!v->interrupts_known)
		return;
	table__set_u64(t, "receipts", s->received[VS_IPI_USER]);
	table__set_u64(t, "kernel_receipts", s->received[VS_IPI_KERNEL] + s->received[VS_IPI_ALL]);
	table__set_u64(t, "joined", s->joined);
	table__set_u64(t, "owned", s->owned);
	table__set_u64(t, "ipi_delay_ns", s->delay_ns);
	table__set_u64(t, "stolen_ns", s->stolen_ns);
}

static void machine(const struct shootdown_doc *d)
{
	struct table *t = document__table(d->document, &machine_table);

	table__set_str(t, "cpus_isolated", d->view->isolated);
	table__set_str(t, "cpus_nohz_full", d->view->nohz_full);
}

/* --- the summary --------------------------------------------------------------------------- */

static uint64_t received(const struct vs_shootdowns *s)
{
	return s->received[VS_IPI_USER] + s->received[VS_IPI_KERNEL] + s->received[VS_IPI_ALL];
}

/**
 * print_cost - print the time on other CPUs, and the process whose memory calls caused most of it.
 */
static void print_cost(const struct shootdown_doc *d, FILE *f)
{
	if (!d->view->interrupts_known) {
		fputs("  the cost on other CPUs is unknown: no hook for IPIs is available\n", f);
		return;
	}
	if (!d->all.received) {
		fprintf(f, "  no other CPU %s interrupted\n",
			received(&d->model->totals) > d->model->totals.joined
				? "is known to have been"
				: "was");
		return;
	}
	fprintf(f, "  TLB shootdowns took %s on other CPUs, %s of one CPU",
		str_ns(d->all.stolen_ns).text,
		str_share(d->all.stolen_ns, d->view->run.duration_ns).text);
	shootdown_rows__say_worst(d, f);
}

static void print_calls(const struct shootdown_doc *d, FILE *f)
{
	uint64_t nr_errors, nr_calls = call_sums__calls(d, &nr_errors);
	const struct time_split split = time_split__of_calls(&d->all);

	if (!d->view->calls_known) {
		fputs("  memory calls are unknown: no hook for them is available\n", f);
		return;
	}
	fprintf(f, "  %s memory call%s took %s", str_count(nr_calls).text, str_plural(nr_calls),
		str_ns(d->all.latency_ns).text);
	if (time_split__waits(&split))
		fprintf(f, ", of this %s blocked and %s waiting for a CPU",
			str_share(split.blocked_ns, time_split__known(&split)).text,
			str_share(split.runqueue_ns, time_split__known(&split)).text);
	if (nr_errors)
		fprintf(f, " (%s failed)", str_count(nr_errors).text);
	fputc('\n', f);
}

/** print_flushes - print the TLB flushes sent to other CPUs, and the IPIs that arrived there */
static void print_flushes(const struct shootdown_doc *d, FILE *f)
{
	const uint64_t sends = d->view->vma_glob ? d->all.flush[VS_FLUSH_REMOTE]
						 : d->model->totals.sends;

	if (!d->view->flushes_known) {
		fputs("  TLB flushes are unknown: no hook for them is available\n", f);
		return;
	}
	fprintf(f, "  %s TLB flush%s sent to other CPUs", str_count(sends).text,
		sends == 1 ? " was" : "es were");
	if (d->view->interrupts_known)
		fprintf(f, "; %s IPI%s arrived there", str_count(d->all.received).text,
			str_plural(d->all.received));
	fputc('\n', f);
}

/** print_received - print the IPIs that traced tasks received from others. */
static void print_received(const struct shootdown_doc *d, FILE *f)
{
	const struct vs_shootdowns *s = &d->model->totals;
	const uint64_t all = received(s);
	const uint64_t others = all > d->all.received ? all - d->all.received : 0;

	if (!d->view->interrupts_known || d->view->vma_glob || !others)
		return;
	fprintf(f, "  traced tasks received %s IPI%s from others, %s", str_count(others).text,
		str_plural(others), str_ns(s->stolen_ns - d->all.stolen_ns).text);
	if (all > s->joined)
		fprintf(f, "; the initiator of %.1f%% of all IPIs is unknown",
			100.0 * (all - s->joined) / all);
	fputc('\n', f);
}

static void print_limits(const struct shootdown_view *v, FILE *f)
{
	if (v->run.stats.eventless) {
		fprintf(f,
			"  %s kernel-initiated fault%s (GUP) may be refaults: their addresses are "
			"unknown\n",
			str_count(v->run.stats.eventless).text, str_plural(v->run.stats.eventless));
	}
}

static void summary(const struct shootdown_doc *d)
{
	struct table *t = document__table(d->document, &summary_table);
	struct words w;

	if (!words__open(&w, t))
		return;
	fprintf(w.file, "TLB shootdowns of %s, %s\n", d->view->run.command,
		str_ns(d->view->run.duration_ns).text);
	if (d->view->vma_glob)
		fprintf(w.file, "  only memory calls on VMAs named %s:\n", d->view->vma_glob);
	print_cost(d, w.file);
	print_calls(d, w.file);
	print_flushes(d, w.file);
	print_received(d, w.file);
	print_limits(d->view, w.file);
	words__title(&w);
}

/* --- all of it ----------------------------------------------------------------------------- */

/* Formats that show a part: text, JSON, and CSV, which only has the rows of --by. */
#define IN_TEXT 1u
#define IN_JSON 2u
#define IN_ROWS 4u
#define IN_BOTH (IN_TEXT | IN_JSON)
#define IN_ALL (IN_BOTH | IN_ROWS)

/**
 * struct doc_part - a step of making the document; @only: for one --by; NR_SHOOTDOWN_BY: for all
 */
static const struct doc_part {
	void (*make)(const struct shootdown_doc *d);
	unsigned int shown;
	enum shootdown_by only;
} parts[] = {
	{ machine, IN_JSON, NR_SHOOTDOWN_BY },
	{ totals, IN_JSON, NR_SHOOTDOWN_BY },
	{ summary, IN_TEXT, NR_SHOOTDOWN_BY },
	{ shootdown_calls__text, IN_TEXT, NR_SHOOTDOWN_BY },
	/* the rows of --by must be the first list, which CSV shows */
	{ shootdown_rows__make, IN_ALL, NR_SHOOTDOWN_BY },
	{ shootdown_cpus__rows, IN_ALL, SHOOTDOWN_BY_CPU },
	{ shootdown_stacks__make, IN_ALL, SHOOTDOWN_BY_STACK },
	{ shootdown_functions__make, IN_ALL, SHOOTDOWN_BY_FUNCTION },
	{ shootdown_calls__rows, IN_JSON | IN_ROWS, NR_SHOOTDOWN_BY },
	{ shootdown_longest__make, IN_BOTH, NR_SHOOTDOWN_BY },
	{ shootdown_pairs__make, IN_BOTH, NR_SHOOTDOWN_BY },
	{ shootdown_cpus__matrix, IN_TEXT, NR_SHOOTDOWN_BY },
	{ shootdown_faults__make, IN_BOTH, NR_SHOOTDOWN_BY },
	{ shootdown_unowned__make, IN_BOTH, NR_SHOOTDOWN_BY },
	{ shootdown_limits__make, IN_BOTH, NR_SHOOTDOWN_BY },
};

static bool is_shown(const struct shootdown_view *v, const struct doc_part *part)
{
	const unsigned int in = v->rows_only
					? IN_ROWS
					: (v->no_text ? 0 : IN_TEXT) | (v->no_json ? 0 : IN_JSON);

	return part->shown & in && (part->only == NR_SHOOTDOWN_BY || part->only == v->by);
}

void shootdown_view__make(const struct shootdown_view *v, const struct shootdown *s,
			  const struct model *m, struct document *document)
{
	struct shootdown_doc d = { .view = v, .model = s, .processes = m, .document = document };

	run_view__header(&v->run, document);
	call_sums__make(&d);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (is_shown(v, &parts[i]))
			parts[i].make(&d);
	free(d.sums);
	run_view__lost(&v->run, counts_faults(&m->overflow.counts), document);
}
