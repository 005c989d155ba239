// SPDX-License-Identifier: GPL-2.0-only
/* exporter.c - refresh, answer, tick: what the counting process does between its rounds. */
#include "serve/exporter/exporter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "serve/http/channel.h"
#include "view/faults/stat_group.h"
#include "view/faults/storm.h"

/** Counters that were read so lately are not read again for an answer. */
#define REFRESH_LEAST_NS 50000000ULL
/** Answers that are made before the counting process does its other work. */
#define ANSWERS_AT_ONCE 8

static void storm_rows(void *ctx, struct storms *storms)
{
	const struct exporter *e = ctx;
	struct stat_view v = e->stat;

	v.interval = 1;
	storm_view__rows(&v, &e->live->run.model, storms);
}

void exporter__init(struct exporter *e, unsigned int max_series)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	e->start_ms = ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
	e->start_ms -= (clock__monotonic_ns() - e->start_ns) / 1000000;
	e->from_ns = e->start_ns;
	e->next_id = 1;
	metric_store__init(&e->store, e->group_by, max_series);
	storms__init(&e->storms, storm_rows, e);
}

void exporter__free(struct exporter *e)
{
	metric_store__free(&e->store);
	storms__free(&e->storms);
	if (e->run_stats_fd >= 0)
		close(e->run_stats_fd);
}

/** send_to_server - send @m; an answer that the server does not read is dropped. */
static int send_to_server(struct exporter *e, const struct message *m)
{
	const int err = channel__send(e->channel, m);

	body__put(m->body);
	return err == -EPIPE ? err : 0;
}

int exporter__refresh(struct exporter *e)
{
	const uint64_t began_ns = clock__monotonic_ns();
	int err = live__refresh(e->live);

	if (err)
		return err;
	metric_store__take(&e->store, &e->live->run.model, &e->live->run.shootdown, began_ns);
	e->store.fixed[FIXED_LATENCY_PERIOD] = e->stat.latency_period;
	e->store.fixed[FIXED_REFRESHES]++;
	e->store.fixed[FIXED_REFRESH_NS] += clock__monotonic_ns() - began_ns;
	e->refreshed_ns = clock__monotonic_ns();
	return send_to_server(e, &(struct message){ .kind = MESSAGE_ALIVE });
}

/** end_profile - the profile is due: answer. */
static int end_profile(struct exporter *e)
{
	int err = exporter__refresh(e);

	if (err)
		return err;
	return send_to_server(e, &(struct message){ .kind = MESSAGE_ANSWER,
						    .query = e->window.query,
						    .body = profiles__end(e) });
}

int exporter__answer(struct exporter *e)
{
	bool fresh = false;
	struct query q;
	int err = profiles__is_due(e) ? end_profile(e) : 0;

	if (err)
		return err;

	/* other questions are left for the next round, after a look at what BPF has */
	for (int n = 0; n < ANSWERS_AT_ONCE; n++) {
		err = channel__question(e->channel, &q);
		if (err <= 0)
			return err;
		if (!fresh && clock__monotonic_ns() - e->refreshed_ns > REFRESH_LEAST_NS) {
			err = exporter__refresh(e);
			if (err)
				return err;
		}
		if (!fresh)
			self_metrics__read(e);
		fresh = true;
		if (profiles__begin(e, &q))
			continue;
		err = send_to_server(e, &(struct message){ .kind = MESSAGE_ANSWER,
							   .query = q,
							   .body = answers__make(e, &q) });
		if (err)
			return err;
	}
	return 0;
}

/**
 * send_events - one event, in each form that somebody may see
 * @storm, @ended: of a storm; NULL: the interval's
 */
static int send_events(struct exporter *e, uint64_t now_ns, const struct storm *storm, bool ended)
{
	const unsigned int forms[] = { DETAIL_ALL, e->exposed };
	int err = 0;

	for (size_t i = 0; i < 2 && !err; i++) {
		struct message m = { .kind = MESSAGE_EVENT, .id = e->next_id };

		if (i && forms[i] == DETAIL_ALL)
			break;
		m.query.details = forms[i];
		m.body = storm ? tick__storm(e, storm, ended, forms[i])
			       : tick__event(e, now_ns, e->storms.on, forms[i]);
		if (m.body)
			err = send_to_server(e, &m);
	}
	e->next_id++;
	return err;
}

/** add_interval - feed the interval, in which @faults were, to the storms, and send their events. */
static int add_interval(struct exporter *e, uint64_t now_ns, const struct vs_counts *faults)
{
	int err = 0;
	const struct storm *ended = storms__add(&e->storms, e->from_ns, now_ns,
						counts_faults(faults));

	if (ended)
		err = send_events(e, now_ns, ended, true);
	if (!err && e->storms.on && !e->storm_sent)
		err = send_events(e, now_ns, &e->storms.list[e->storms.nr - 1], false);
	e->storm_sent = e->storms.on;
	storms__forget(&e->storms);
	return err;
}

int exporter__tick(struct exporter *e)
{
	struct stat_view interval = e->stat;
	struct vs_counts faults;
	uint64_t now_ns;
	int err = exporter__refresh(e);

	if (err)
		return err;
	now_ns = clock__monotonic_ns();
	interval.interval = 1;
	faults = stat_group__total(&interval, &e->live->run.model);
	err = add_interval(e, now_ns, &faults);
	if (!err)
		err = send_events(e, now_ns, NULL, false);
	if (err)
		return err;
	metric_store__exemplars(&e->store, &e->live->run.model, exporter__unix_ms(now_ns));
	err = live__forget(e->live, profiles__forget_before_ns(e), NULL);
	model__mark(&e->live->run.model);
	threads__mark(&e->live->run.threads);
	shootdown__mark(&e->live->run.shootdown);
	tick__mark(e);
	e->from_ns = now_ns;
	return err;
}
