// SPDX-License-Identifier: GPL-2.0-only
/* heatmap.c - strips of counts over time: a row for each octave of latency, and for addresses. */
#include "view/faults/heatmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/str.h"
#include "view/faults/hist.h"
#include "view/faults/stat_group.h"

/** A mapping with less than 1/SMALL_SHARE of all faults gets no separate row. */
#define SMALL_SHARE 200
/** A row is divided at a gap of at least 1/GAP_SHARE of its addresses. */
#define GAP_SHARE 4

static const struct column latency_columns[] = {
	{ .key = "range", .head = "LATENCY", .type = CELL_STR, .text_only = true },
	{ .key = "low", .type = CELL_U64 },
	{ .key = "high", .type = CELL_U64 },
	{ .key = "faults",
	  .head = "FAULTS",
	  .type = CELL_U64,
	  .unit = UNIT_COUNT,
	  .text_only = true,
	  .spare = true },
	{ .key = "counts", .head = "TIME", .type = CELL_SERIES, .left = true },
};
static const struct table_def latency_table = TABLE_DEF("latency", latency_columns);

static const struct column address_columns[] = {
	{ .key = "pid", .type = CELL_U64 },
	{ .key = "process",
	  .head = "PID",
	  .type = CELL_U64,
	  .optional = true,
	  .text_only = true,
	  .spare = true },
	{ .key = "start", .head = "START", .type = CELL_HEX },
	{ .key = "end", .type = CELL_HEX },
	{ .key = "size",
	  .head = "SPAN",
	  .type = CELL_U64,
	  .unit = UNIT_BYTES,
	  .text_only = true,
	  .spare = true },
	{ .key = "faults",
	  .head = "FAULTS",
	  .type = CELL_U64,
	  .unit = UNIT_COUNT,
	  .text_only = true,
	  .spare = true },
	{ .key = "counts", .head = "TIME", .type = CELL_SERIES, .left = true },
	{ .key = "name", .head = "MAPPING", .type = CELL_STR },
};
static const struct table_def address_table = TABLE_DEF("address", address_columns);

static const struct column heatmap_columns[] = {
	{ .key = "slice_ns", .type = CELL_U64, .unit = UNIT_NS },
	{ .key = "unplaced", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "latency", .head = "", .type = CELL_TABLE },
	{ .key = "address", .head = "", .type = CELL_TABLE },
};
static const struct table_def heatmap_table = OBJECT_DEF("heatmap", heatmap_columns);

/** sub - make a new table in a cell of @parent. */
static struct table *sub(struct table *parent, const struct table_def *def, const struct heat *h)
{
	struct table *t = table__sub(parent, def);

	t->step_ns = h->slice_ns;
	return t;
}

/* --- latency ------------------------------------------------------------------------------- */

static void latency_rows(const struct heat *h, struct table *parent)
{
	struct table *t = sub(parent, &latency_table, h);
	unsigned int first, end;
	char range[HIST_RANGE_LEN];

	table__set_title(t, "Page faults by latency, over time\n");
	if (!hist_span(h->latency_total, &first, &end))
		return;
	for (unsigned int i = first; i < end; i++) {
		table__add_row(t);
		hist_range(range, sizeof(range), i);
		table__set_u64(t, "low", hist__octave_low(i));
		table__set_u64(t, "high", hist__octave_low(i + 1));
		table__set_u64(t, "faults", h->latency_total[i]);
		table__set_series(t, "counts", h->latency[i], h->nr);
		table__set_str(t, "range", range);
	}
}

/* --- addresses ----------------------------------------------------------------------------- */

/** struct span - adjacent cells of a mapping: one row */
struct span {
	struct heat_cell *const *cells;
	size_t nr;
	uint64_t faults;
};

/**
 * struct rows - the rows of addresses
 * @cells: all cells that are shown, by process, mapping and address
 * @small: faults of mappings without a separate row
 */
struct rows {
	struct heat_cell **cells;
	size_t nr_cells;
	struct span list[HEATMAP_ROWS];
	size_t nr;
	uint64_t faults;
	uint64_t small[HEAT_SLICES];
	uint64_t small_faults;
	size_t nr_small;
};

static const char *cell_name(const struct heat_cell *c)
{
	if (!c->row)
		return c->gone ? "[ended]" : "[unknown]";
	return c->row->is_vma && c->row->name ? fault_row__name(c->row) : "[no VMA]";
}

static int by_mapping(const void *a, const void *b)
{
	const struct heat_cell *x = *(struct heat_cell *const *)a;
	const struct heat_cell *y = *(struct heat_cell *const *)b;
	int order;

	if (x->key.pid != y->key.pid)
		return x->key.pid < y->key.pid ? -1 : 1;
	order = strcmp(cell_name(x), cell_name(y));
	if (order)
		return order;
	return x->key.region < y->key.region ? -1 : x->key.region > y->key.region;
}

static bool same_mapping(const struct heat_cell *a, const struct heat_cell *b)
{
	return a->key.pid == b->key.pid && !strcmp(cell_name(a), cell_name(b));
}

static int choose_cells(const struct heat *h, const struct stat_view *v, struct rows *r)
{
	r->cells = malloc((h->nr_cells + 1) * sizeof(*r->cells));
	if (!r->cells)
		return -ENOMEM;
	for (size_t i = 0; i < h->nr_cells; i++) {
		struct heat_cell *c = h->cells[i];

		if (v->vma_glob && (!c->row || !stat_selected(v, c->row)))
			continue;
		r->cells[r->nr_cells++] = c;
		r->faults += c->total;
	}
	qsort(r->cells, r->nr_cells, sizeof(*r->cells), by_mapping);
	return 0;
}

static uint64_t count_cells(struct heat_cell *const *cells, size_t nr)
{
	uint64_t faults = 0;

	for (size_t i = 0; i < nr; i++)
		faults += cells[i]->total;
	return faults;
}

static void add_slices(uint64_t *slices, const struct span *s)
{
	for (size_t c = 0; c < s->nr; c++)
		for (size_t i = 0; i < HEAT_SLICES; i++)
			slices[i] += s->cells[c]->slices[i];
}

static void merge(struct rows *r, const struct span *s)
{
	add_slices(r->small, s);
	r->small_faults += s->faults;
	r->nr_small++;
}

/** place - give mapping @s a row; if none is left, it replaces the smallest one. */
static void place(struct rows *r, const struct span *s)
{
	struct span *least = r->list;

	if (s->faults < r->faults / SMALL_SHARE) {
		merge(r, s);
		return;
	}
	if (r->nr < HEATMAP_ROWS - 1) {
		r->list[r->nr++] = *s;
		return;
	}
	for (size_t i = 1; i < r->nr; i++)
		if (r->list[i].faults < least->faults)
			least = &r->list[i];
	if (least->faults < s->faults) {
		merge(r, least);
		*least = *s;
	} else {
		merge(r, s);
	}
}

static void place_mappings(struct rows *r)
{
	for (size_t i = 0, nr; i < r->nr_cells; i += nr) {
		struct span s = { .cells = r->cells + i };

		for (nr = 1; i + nr < r->nr_cells; nr++)
			if (!same_mapping(r->cells[i], r->cells[i + nr]))
				break;
		s.nr = nr;
		s.faults = count_cells(s.cells, nr);
		place(r, &s);
	}
}

static uint64_t first_region(const struct span *s)
{
	return s->cells[0]->key.region;
}

static uint64_t last_region(const struct span *s)
{
	return s->cells[s->nr - 1]->key.region;
}

/** cut_at - where to divide @s: at its largest gap, or else in the middle of its addresses. */
static size_t cut_at(const struct span *s)
{
	const uint64_t middle = (first_region(s) + last_region(s) + 1) / 2;
	uint64_t widest = (last_region(s) - first_region(s)) / GAP_SHARE;
	size_t low = 1, cut = 0;

	for (size_t i = 1; i < s->nr; i++) {
		const uint64_t gap = s->cells[i]->key.region - s->cells[i - 1]->key.region;

		if (gap > 1 && gap > widest) {
			widest = gap;
			cut = i;
		}
	}
	while (s->cells[low]->key.region < middle)
		low++;
	return cut ? cut : low;
}

/** split - divide @s; the upper part becomes @upper. */
static void split(struct span *s, struct span *upper)
{
	const size_t low = cut_at(s);

	*upper = (struct span){ .cells = s->cells + low, .nr = s->nr - low };
	upper->faults = count_cells(upper->cells, upper->nr);
	s->nr = low;
	s->faults -= upper->faults;
}

/** drop_small - drop the row of a part with few faults to use it for another part. */
static void drop_small(struct rows *r, size_t row)
{
	struct span *s = &r->list[row];

	if (s->faults >= r->faults / SMALL_SHARE)
		return;
	merge(r, s);
	*s = r->list[--r->nr];
}

/** refine - while there are free rows, divide the row with most faults that can be divided. */
static void refine(struct rows *r)
{
	while (r->nr < HEATMAP_ROWS - 1) {
		struct span *most = NULL;

		for (size_t i = 0; i < r->nr; i++) {
			struct span *s = &r->list[i];

			if (first_region(s) == last_region(s))
				continue;
			if (!most || s->faults > most->faults)
				most = s;
		}
		if (!most || most->faults < r->faults / HEATMAP_ROWS)
			return;
		split(most, &r->list[r->nr++]);
		drop_small(r, r->nr - 1);
		drop_small(r, most - r->list);
	}
}

static int by_address(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->cells[0]->key.pid != y->cells[0]->key.pid)
		return x->cells[0]->key.pid < y->cells[0]->key.pid ? -1 : 1;
	return first_region(x) < first_region(y) ? -1 : first_region(x) > first_region(y);
}

/** extent - from the first address to the end of the last one, limited to the VMAs. */
static void extent(const struct span *s, uint64_t *start, uint64_t *end)
{
	uint64_t low = UINT64_MAX, high = 0;

	*start = first_region(s) << VS_HEAT_REGION_BITS;
	*end = (last_region(s) + 1) << VS_HEAT_REGION_BITS;
	for (size_t i = 0; i < s->nr; i++) {
		const struct fault_row *row = s->cells[i]->row;

		if (!row || !row->is_vma)
			return;
		low = row->vma.start < low ? row->vma.start : low;
		high = row->vma.end > high ? row->vma.end : high;
	}
	if (low < *end && high > *start) {
		*start = low > *start ? low : *start;
		*end = high < *end ? high : *end;
	}
}

static void address_row(const struct heat *h, const struct rows *r, struct table *t,
			const struct span *s)
{
	const uint32_t pid = s->cells[0]->key.pid;
	uint64_t slices[HEAT_SLICES] = {}, start, end;

	table__add_row(t);
	add_slices(slices, s);
	extent(s, &start, &end);
	table__set_u64(t, "pid", pid);
	if (r->cells[0]->key.pid != r->cells[r->nr_cells - 1]->key.pid)
		table__set_u64(t, "process", pid);
	table__set_u64(t, "start", start);
	table__set_u64(t, "end", end);
	table__set_u64(t, "size", end - start);
	table__set_u64(t, "faults", s->faults);
	table__set_series(t, "counts", slices, h->nr);
	table__set_str(t, "name", cell_name(s->cells[0]));
}

static void small_row(const struct heat *h, const struct rows *r, struct table *t)
{
	if (!r->nr_small)
		return;
	table__add_row(t);
	table__set_u64(t, "faults", r->small_faults);
	table__set_series(t, "counts", r->small, h->nr);
	table__set_str(t, "name", "[others]");
}

/** unplaced_footer - @unplaced faults are in no row, @full of them because the map was full. */
static void unplaced_footer(struct table *t, uint64_t unplaced, uint64_t full)
{
	char without[STR_NUMBER_LEN];

	if (!unplaced)
		return;
	str_format_count(without, sizeof(without), unplaced > full ? unplaced - full : 0);
	if (!full) {
		table__set_footer(t, "not shown: %s faults without an address", without);
		return;
	}
	table__set_footer(
		t, "not shown: %s faults without an address, %s lost because the map was full",
		without, str_count(full).text);
}

static void address_rows(const struct heat *h, const struct rows *r, struct table *parent,
			 uint64_t unplaced, uint64_t full)
{
	struct table *t = sub(parent, &address_table, h);

	table__set_title(t, "\nPage faults by address, over time (resolution: 2 MiB)\n");
	for (size_t i = 0; i < r->nr; i++)
		address_row(h, r, t, &r->list[i]);
	small_row(h, r, t);
	unplaced_footer(t, unplaced, full);
}

void heatmap_view__make(const struct heat *h, const struct stat_view *v, const struct model *m,
			struct document *d)
{
	const struct vs_counts all = stat_group__total(v, m);
	struct table *t = document__table(d, &heatmap_table);
	struct rows r = {};
	uint64_t unplaced;

	table__fail(t, choose_cells(h, v, &r));
	place_mappings(&r);
	refine(&r);
	qsort(r.list, r.nr, sizeof(*r.list), by_address);
	unplaced = counts_faults(&all) > r.faults ? counts_faults(&all) - r.faults : 0;
	table__set_u64(t, "slice_ns", h->slice_ns);
	table__set_u64(t, "unplaced", unplaced);
	latency_rows(h, t);
	address_rows(h, &r, t, unplaced, v->stats.lost[VS_LOST_HEAT]);
	free(r.cells);
}
