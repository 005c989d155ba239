// SPDX-License-Identifier: GPL-2.0-only
/* live_forget.c - for a capture that runs for days: what has ended is summed up and freed. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "capture/live.h"

/** Tables that are fuller than 1/FULL_SHARE are pruned. */
#define FULL_SHARE 2
/** Counting the names of files takes a system call for each: it is not done every time. */
#define FILES_EVERY 16
/** Maximum rows without a slot, for each process that is kept. */
#define LOOSE_ROWS 16

/** ended - the process @pid has exited; 0 is no process, but idle or unknown. */
static bool ended(uint32_t pid)
{
	return pid && kill((pid_t)pid, 0) && errno == ESRCH;
}

/** forget_pairs - remove pairs of processes that have exited. Return: 0 or -ENOMEM. */
static int forget_pairs(struct live *l)
{
	struct shootdown *s = &l->run.shootdown;
	struct call_pair *list = s->pairs;
	size_t nr = s->nr_pairs, kept = s->nr_gone;
	struct call_pair *gone = malloc(nr * sizeof(*gone) + 1);
	size_t nr_forgotten = 0;
	int err = gone ? 0 : -ENOMEM;

	for (size_t i = kept; i < nr && !err; i++) {
		if (!ended(list[i].key.from_pid) && !ended(list[i].key.to_pid)) {
			list[kept++] = list[i];
			continue;
		}
		capture__drop_pair(l->capture, &list[i].key);
		gone[nr_forgotten++] = list[i];
	}
	if (!err)
		s->nr_pairs = kept;
	for (size_t i = 0; i < nr_forgotten && !err; i++)
		err = shootdown__forget_pair(s, &gone[i]);
	free(gone);
	return err;
}

/** forget_files - delete file names, if there are many. Return: 0 or a negative errno. */
static int forget_files(struct live *l)
{
	int err;

	if (capture__nr_files(l->capture) <= VS_FILES / FULL_SHARE)
		return 0;
	/* the names of all taken slots are read first */
	err = live__discover(l);
	capture__forget_files(l->capture);
	return err;
}

/** forget - free what model__keep() has not chosen. Return: 0 or a negative errno. */
static int forget(struct live *l)
{
	int err;

	stacks__keep(&l->run.stacks);
	err = shootdown__forget(&l->run.shootdown, &l->run.model);
	if (err)
		return err;
	if (l->forgetting)
		l->forgetting(l->forgetting_ctx);
	stacks__forget(&l->run.stacks);
	err = model__forget(&l->run.model);
	if (!err &&
	    l->run.shootdown.nr_pairs - l->run.shootdown.nr_gone > CAPTURE_PAIRS / FULL_SHARE)
		err = forget_pairs(l);
	if (err || ++l->nr_forgets % FILES_EVERY)
		return err;
	return forget_files(l);
}

/** name_rest - resolve names while rows may be added, which ends with model__keep(). */
static void name_rest(struct live *l)
{
	if (l->naming)
		l->naming(l->forgetting_ctx);
}

int live__forget(struct live *l, uint64_t before_ns, const struct process *watched)
{
	name_rest(l);
	model__keep(&l->run.model, before_ns, watched);
	return forget(l);
}

int live__bound(struct live *l, size_t max, uint64_t before_ns)
{
	struct model *m = &l->run.model;
	const size_t at = l->bound_at > max ? l->bound_at : max;
	const size_t before = m->nr_processes, loose = m->nr_loose;
	int err;

	if (!max || (before <= at && loose <= max * LOOSE_ROWS))
		return 0;
	err = live__reclaim_ended(l);
	name_rest(l);
	model__keep(m, before_ns, NULL);
	/* VMAs that are gone keep their names while there are few of them */
	if (m->nr_loose <= max * LOOSE_ROWS / 2)
		m->keep_ns = 0;
	if (!err)
		err = model__keep_most(m, max / 2);
	if (!err)
		err = forget(l);
	/* if most of them are alive, the next try waits until there are a quarter more */
	l->bound_at = m->nr_processes + max / 4;
	return err ? err : m->nr_processes < before || m->nr_loose < loose;
}

size_t live__gone_with_slots(const struct live *l)
{
	const struct model *m = &l->run.model;
	size_t n = 0;

	for (size_t i = 0; i < m->nr_processes; i++)
		n += m->processes[i]->exited && m->processes[i]->nr_slots;
	return n;
}
