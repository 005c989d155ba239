// SPDX-License-Identifier: GPL-2.0-only
/* advise.c - the document of `vmascope advise`: findings as rows, and as text. */
#include "view/advise/advise.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/names.h"
#include "util/str.h"
#include "util/utf8.h"
#include "view/common/call_site.h"
#include "view/common/stat_cells.h"
#include "view/common/words.h"

/** Size of the text of a call site. */
#define SITE_LEN 512

/* --- rows ---------------------------------------------------------------------------------------- */

static const struct column totals_columns[] = {
	{ .key = "faults", .type = CELL_U64 },
	{ .key = "fault_ns", .type = CELL_U64 },
	{ .key = "calls", .type = CELL_U64 },
	{ .key = "call_ns", .type = CELL_U64 },
};
static const struct table_def totals_table = OBJECT_DEF("totals", totals_columns,
							.json_only = true);

static const struct column target_columns[] = {
	{ .key = "pid", .type = CELL_U64 },
	{ .key = "comm", .type = CELL_STR },
};
static const struct table_def target_table = OBJECT_DEF("target", target_columns);

static const struct column evidence_columns[] = {
	{ .key = "wall_ns", .type = CELL_U64 },
#define EVIDENCE_COLUMN(ID, key_, unit_, text) { .key = (key_), .type = CELL_U64 },
	ADVICE_EACH_EVIDENCE(EVIDENCE_COLUMN)
#undef EVIDENCE_COLUMN
		{ .key = "start", .type = CELL_HEX },
	{ .key = "end", .type = CELL_HEX },
	{ .key = "vma", .type = CELL_STR },
	{ .key = "perms", .type = CELL_STR },
	{ .key = "call", .type = CELL_STR },
	{ .key = "site", .type = CELL_HEX },
	{ .key = "function", .type = CELL_STR },
	{ .key = "module", .type = CELL_STR },
};
static const struct table_def evidence_table = OBJECT_DEF("evidence", evidence_columns);

static const struct column gain_columns[] = {
	{ .key = "low", .type = CELL_U64 },
	{ .key = "high", .type = CELL_U64 },
	{ .key = "unit", .type = CELL_STR },
};
static const struct table_def gain_table = OBJECT_DEF("gain", gain_columns);

static const struct column finding_columns[] = {
	{ .key = "rule", .type = CELL_STR },
	{ .key = "target", .type = CELL_TABLE, .object = &target_table },
	{ .key = "share", .type = CELL_F64 },
	{ .key = "minor", .type = CELL_BOOL },
	{ .key = "confidence", .type = CELL_STR },
	{ .key = "advice", .type = CELL_STR },
	{ .key = "gain", .type = CELL_TABLE, .object = &gain_table },
	{ .key = "cost", .type = CELL_STR },
	{ .key = "verify", .type = CELL_STR },
	{ .key = "expected", .type = CELL_STR },
	{ .key = "evidence", .type = CELL_TABLE, .object = &evidence_table },
};
static const struct table_def finding_table = TABLE_DEF("findings", finding_columns);

static const struct column text_columns[] = { { .key = "text", .type = CELL_STR } };
static const struct table_def text_table = OBJECT_DEF("text", text_columns, .text_only = true);

static const char *const evidence_keys[NR_EVIDENCE] = {
#define EVIDENCE_KEY(ID, key, unit, text) [EVIDENCE_##ID] = (key),
	ADVICE_EACH_EVIDENCE(EVIDENCE_KEY)
#undef EVIDENCE_KEY
};

static void evidence_cells(const struct advise_view *v, struct table *parent,
			   const struct finding *f)
{
	struct table *t = table__sub(parent, &evidence_table);
	struct call_site site;

	table__set_u64(t, "wall_ns", f->wall_ns);
	for (int i = 0; i < NR_EVIDENCE; i++)
		if (f->known & 1u << i)
			table__set_u64(t, evidence_keys[i], f->figure[i]);
	if (f->end) {
		table__set_u64(t, "start", f->start);
		table__set_u64(t, "end", f->end);
	}
	if (f->vma) {
		table__set_str(t, "vma", fault_row__name(f->vma));
		perms_cell(t, f->vma->vma.key.flags);
	}
	if (!f->call)
		return;
	table__set_str(t, "call", call_names[f->call->call]);
	if (!f->call->site)
		return;
	table__set_u64(t, "site", f->call->site);
	table__fail(t, call_site__find(&site, v->namer, f->call));
	table__set_str(t, "function", site.function);
	table__set_str(t, "module", site.module);
}

static void finding_row(const struct advise_view *v, struct table *t, const struct finding *f)
{
	const struct advice_text *text = advice_text(f->rule);
	struct table *target, *gain;

	table__add_row(t);
	table__set_word(t, "rule", text->name);
	target = table__sub(t, &target_table);
	table__set_u64(target, "pid", f->process->pid);
	table__set_str(target, "comm", f->process->comm);
	table__set_f64(t, "share", finding_share(f, f->cost_ns));
	table__set_bool(t, "minor", finding_is_minor(f));
	table__set_word(t, "confidence", advice_confidence_names[f->confidence]);
	table__set_str(t, "advice", f->advice);
	gain = table__sub(t, &gain_table);
	table__set_u64(gain, "low", f->gain_ns);
	table__set_u64(gain, "high", f->cost_ns);
	table__set_word(gain, "unit", "ns");
	table__set_word(t, "cost", text->cost);
	table__set_word(t, "verify", text->verify);
	table__set_word(t, "expected", text->expected);
	evidence_cells(v, t, f);
}

/** totals - all page faults and memory calls of the run, of which findings are a part */
static void totals(const struct advise_view *v, const struct run_model *run, struct document *d)
{
	struct table *t = document__table(d, &totals_table);
	struct vs_counts all = run->model.overflow.counts;
	uint64_t call_ns = run->shootdown.overflow.counts.latency_ns;

	for (size_t i = 0; i < run->model.nr_processes; i++)
		for (size_t r = 0; r < run->model.processes[i]->nr_rows; r++)
			counts_add(&all, &run->model.processes[i]->rows[r]->counts);
	for (size_t i = 0; i < run->shootdown.nr_rows; i++)
		call_ns += run->shootdown.rows[i]->counts.latency_ns;
	table__set_u64(t, "faults", counts_faults(&all));
	table__set_u64(t, "fault_ns", counts_time(&all));
	if (!v->calls_known)
		return;
	table__set_u64(t, "calls", run->shootdown.totals.calls);
	table__set_u64(t, "call_ns", call_ns);
}

/* --- text ---------------------------------------------------------------------------------------- */

/** put_name - print a name that a process chose: as one line, whatever it contains */
static void put_name(struct words *w, const char *name)
{
	char *safe = utf8_printable(name, true);

	table__fail(w->table, safe ? 0 : -ENOMEM);
	fputs(safe ? safe : "", w->file);
	free(safe);
}

static void put_share(struct words *w, const struct finding *f, uint64_t ns)
{
	const uint64_t scale = 1000000;

	fputs(str_share((uint64_t)(finding_share(f, ns) * (double)scale), scale).text, w->file);
}

static void put_figures(struct words *w, const struct finding *f)
{
	static const struct {
		struct str_number (*format)(uint64_t value);
		const char *text;
	} rows[NR_EVIDENCE] = {
#define FORMAT_COUNT str_count
#define FORMAT_BYTES str_bytes
#define FORMAT_NS str_ns
#define EVIDENCE_TEXT(ID, key, unit, text_) [EVIDENCE_##ID] = { FORMAT_##unit, text_ },
		ADVICE_EACH_EVIDENCE(EVIDENCE_TEXT)
#undef EVIDENCE_TEXT
#undef FORMAT_NS
#undef FORMAT_BYTES
#undef FORMAT_COUNT
	};
	const char *between = "\n  evidence: ";

	for (int i = 0; i < NR_EVIDENCE; i++) {
		if (!(f->known & 1u << i) || !f->figure[i])
			continue;
		fprintf(w->file, "%s%s %s", between, rows[i].format(f->figure[i]).text,
			rows[i].text);
		between = ", ";
	}
}

/** put_place - where it happened: the call and its site, the VMA, the range */
static void put_place(const struct advise_view *v, struct words *w, const struct finding *f)
{
	const char *between = "\n  where: ";
	struct call_site site;
	char where[SITE_LEN];

	if (f->call) {
		call_label(where, sizeof(where), f->call->call, f->call->detail);
		fprintf(w->file, "%s%s", between, where);
		between = ", ";
	}
	if (f->call && f->call->site) {
		table__fail(w->table, call_site__find(&site, v->namer, f->call));
		call_site__print(&site, where, sizeof(where));
		fputs(*where ? " from " : "", w->file);
		put_name(w, where);
	}
	if (f->vma) {
		fputs(between, w->file);
		put_name(w, fault_row__short(f->vma));
		between = ", ";
	}
	if (f->end)
		fprintf(w->file, "%s%llx-%llx (%s)", between, (unsigned long long)f->start,
			(unsigned long long)f->end, str_bytes(f->end - f->start).text);
}

/** finding_text - a paragraph about a finding, as the title of a table */
static void finding_text(const struct advise_view *v, struct document *d, const struct finding *f,
			 size_t number)
{
	const struct advice_text *text = advice_text(f->rule);
	struct table *t = document__table(d, &text_table);
	struct words w;

	if (!words__open(&w, t))
		return;
	fprintf(w.file, "%zu. %s: %s\n  cost: ", number, text->name, text->title);
	put_share(&w, f, f->cost_ns);
	fprintf(w.file, " of the time of ");
	put_name(&w, f->process->comm);
	fprintf(w.file, " (%u)%s", f->process->pid, finding_is_minor(f) ? ", minor" : "");
	put_figures(&w, f);
	put_place(v, &w, f);
	/* threads that wait at the same time wait for longer than the process runs */
	fprintf(w.file, "\n  change: %s\n  gain: %s to %s%s of %s (", f->advice,
		str_ns(f->gain_ns).text, str_ns(f->cost_ns).text,
		f->cost_ns > f->wall_ns ? ", summed over threads," : "", str_ns(f->wall_ns).text);
	put_share(&w, f, f->gain_ns);
	fputs(" to ", w.file);
	put_share(&w, f, f->cost_ns);
	fprintf(w.file, "); confidence %s\n  may cost: %s\n  verify: %s (%s)",
		advice_confidence_names[f->confidence], text->cost, text->verify, text->expected);
	words__title(&w);
}

/** summary_text - how many findings there are, and what limits them */
static void summary_text(const struct advise_view *v, const struct findings *f, size_t shown,
			 struct document *d)
{
	struct table *t = document__table(d, &text_table);
	struct words w;

	if (!words__open(&w, t))
		return;
	if (f->nr)
		fprintf(w.file, "%zu finding%s in %s", f->nr, str_plural(f->nr),
			str_ns(v->run.duration_ns).text);
	else
		fprintf(w.file,
			"No finding in %s: none of %d patterns costs a process %.1f%% of its time",
			str_ns(v->run.duration_ns).text, NR_ADVICE_RULES, advice_least_percent());
	if (shown < f->nr)
		fprintf(w.file, "; the %zu with the highest cost (--top 0 lists all)", shown);
	if (!v->calls_known)
		fprintf(w.file, "\nMemory calls are unknown: patterns of mprotect, madvise, malloc "
				"and fork are not detected");
	fputc('\n', w.file);
	run_view__print_limits(&v->run, w.file);
	run_view__print_losses(&v->run, w.file);
	words__footer(&w);
}

/* --- the document ---------------------------------------------------------------------------------- */

void advise_view__make(const struct advise_view *v, const struct run_model *run, struct document *d)
{
	struct findings f;
	struct table *t;
	size_t shown;

	document__fail(d, findings__make(&f, run, v->start_ns, v->end_ns));
	shown = v->limit && f.nr > v->limit ? v->limit : f.nr;
	run_view__header(&v->run, d);
	totals(v, run, d);
	t = document__table(d, &finding_table);
	for (size_t i = 0; i < shown; i++)
		finding_row(v, t, &f.list[i]);
	for (size_t i = 0; i < shown; i++)
		finding_text(v, d, &f.list[i], i + 1);
	summary_text(v, &f, shown, d);
	run_view__lost(&v->run, counts_faults(&run->model.overflow.counts), d);
	findings__free(&f);
}
