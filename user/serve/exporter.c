// SPDX-License-Identifier: GPL-2.0-only
/* exporter.c - refresh, answer, tick: what the counting thread does between its rounds. */
#include "serve/exporter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "view/stat_group.h"
#include "view/storm.h"

/** Counters that were read so lately are not read again for an answer. */
#define REFRESH_LEAST_NS 50000000ULL
/** Answers that are made before the counting thread does its other work. */
#define ANSWERS_AT_ONCE 8

static void tell_rows(void *ctx, struct storms *storms)
{
	const struct exporter *e = ctx;
	struct stat_view v = e->stat;

	v.interval = 1;
	storm_view__rows(&v, &e->live->model, storms);
}

void exporter__init(struct exporter *e, unsigned int max_series)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	e->start_ms = ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
	e->start_ms -= (board__now() - e->start_ns) / 1000000;
	e->from_ns = e->start_ns;
	ledger__init(&e->ledger, e->group_by, max_series);
	storms__init(&e->storms, tell_rows, e);
	hash__init(&e->ticked.pairs, sizeof(uint64_t));
}

void exporter__free(struct exporter *e)
{
	ledger__free(&e->ledger);
	storms__free(&e->storms);
	hash__free(&e->ticked.pairs, free);
	if (e->run_stats_fd >= 0)
		close(e->run_stats_fd);
}

uint64_t exporter__unix_ms(const struct exporter *e, uint64_t ns)
{
	return e->start_ms + (ns - e->start_ns) / 1000000;
}

int exporter__refresh(struct exporter *e)
{
	const uint64_t began_ns = board__now();
	int err = live__refresh(e->live);

	if (err)
		return err;
	ledger__take(&e->ledger, &e->live->model, &e->live->shootdown, began_ns);
	e->ledger.fixed[FIXED_REFRESHES]++;
	e->ledger.fixed[FIXED_REFRESH_NS] += board__now() - began_ns;
	e->refreshed_ns = board__now();
	board__alive(e->board);
	return 0;
}

int exporter__answer(struct exporter *e)
{
	struct query q;
	int err;

	board__woken(e->board->to_counter);
	if (!board__wanted(e->board, &q))
		return 0;
	if (board__now() - e->refreshed_ns > REFRESH_LEAST_NS) {
		err = exporter__refresh(e);
		if (err)
			return err;
	}
	own__read(e);
	for (int n = 0; n < ANSWERS_AT_ONCE; n++) {
		board__answer(e->board, &q, answers__make(e, &q));
		if (!board__wanted(e->board, &q))
			return 0;
	}
	/* the others after a look at what BPF has */
	board__wake(e->board->to_counter);
	return 0;
}

/** tell_storms - feed the interval to the storms. */
static void tell_storms(struct exporter *e, uint64_t now_ns, const struct vs_counts *faults)
{
	const struct storm *ended =
		storms__add(&e->storms, e->from_ns, now_ns,
			    counts_faults(faults) - counts_faults(&e->ticked.faults));

	if (ended)
		board__add_event(e->board, tick__storm(e, ended, true));
	if (e->storms.on && !e->storm_told)
		board__add_event(e->board,
				 tick__storm(e, &e->storms.list[e->storms.nr - 1], false));
	e->storm_told = e->storms.on;
	storms__forget(&e->storms);
}

int exporter__tick(struct exporter *e)
{
	struct stat_view all = e->stat;
	struct vs_counts faults;
	uint64_t now_ns;
	int err = exporter__refresh(e);

	if (err)
		return err;
	now_ns = board__now();
	faults = stat_group__total(&all, &e->live->model);
	tell_storms(e, now_ns, &faults);
	board__add_event(e->board, tick__event(e, now_ns, e->storms.on));
	ledger__exemplars(&e->ledger, &e->live->model, exporter__unix_ms(e, now_ns));
	err = live__forget(e->live, UINT64_MAX, NULL);
	model__mark(&e->live->model);
	threads__mark(&e->live->threads);
	tick__mark(e);
	e->from_ns = now_ns;
	return err;
}
