// SPDX-License-Identifier: GPL-2.0-only
/* live.c - update the model from the slots and counters of a live capture, and reclaim slots. */
#include "capture/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture/live_stacks.h"
#include "sys/cgroup.h"
#include "sys/proc_maps.h"
#include "util/clock.h"

/** Slots are reclaimed when less than 1/LOW_SHARE of them are free. */
#define LOW_SHARE 2
/** /proc/PID/maps is read to find VMAs that are gone if a process has at least this many. */
#define MANY_VMAS 64

int live__init(struct live *l, struct capture *c, const char *vma_glob)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->capture = c;
	l->vma_glob = vma_glob;
	err = run_model__init(&l->run, capture__nr(c, FREE_SLOTS), capture__nr(c, FREE_CALL_ROWS),
			      capture__nr(c, FREE_STACKS), capture__nr_cpus(c));
	l->run.shootdown.stacks = &l->run.stacks;
	return err;
}

void live__free(struct live *l)
{
	run_model__free(&l->run);
	free(l->waiting);
	l->waiting = NULL;
}

const struct fault_row *live__row(struct live *l, uint32_t slot, uint32_t generation)
{
	if (!slot || slot >= l->run.model.nr_slots)
		return NULL;
	if (!l->run.model.by_slot[slot])
		live__discover(l);
	return model__row(&l->run.model, slot, generation);
}

int live__in_flight(struct live *l, const struct vs_event_fault *event)
{
	return in_flight__add(&l->run.in_flight, event,
			      live__row(l, event->slot, event->generation));
}

/* --- memory calls and shootdowns ------------------------------------------------------------ */

/** read_call_row - read row @index. Return: 0; -EAGAIN: it is not complete yet; -ENOMEM. */
static int read_call_row(struct live *l, uint32_t index)
{
	const struct vs_call_row *row = capture__call_row(l->capture, index);

	if (!__atomic_load_n(&row->used, __ATOMIC_ACQUIRE))
		return -EAGAIN;
	/* its slots and its stack were taken earlier, but maybe after they were last read */
	if (!l->run.shootdown.by_index[index]) {
		int err = live__discover_slots(l);

		if (!err)
			err = live_stacks__read(l, &row->key.stack);
		if (err)
			return err == -EAGAIN ? err : -ENOMEM;
		if (!shootdown__row(&l->run.shootdown, &l->run.model, index, row))
			return -ENOMEM;
	}
	shootdown__update(&l->run.shootdown, index, row);
	return 0;
}

/**
 * discover_calls - find new rows while the slots that they refer to are unchanged
 *
 * A row that is not complete yet is read again in live__refresh().
 */
static int discover_calls(struct live *l)
{
	uint32_t index;

	while ((index = capture__next_taken(l->capture, FREE_CALL_ROWS)))
		if (read_call_row(l, index) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

int live__discover(struct live *l)
{
	int err = live__discover_slots(l);

	if (!err)
		err = live_stacks__discover(l);
	return err ? err : discover_calls(l);
}

static int read_pairs(struct live *l)
{
	struct vs_pair_key *keys;
	struct vs_pair *pairs;
	uint32_t nr;
	int err = capture__pairs(l->capture, &keys, &pairs, &nr);

	if (!err)
		err = shootdown__set_pairs(&l->run.shootdown, keys, pairs, nr);
	free(keys);
	free(pairs);
	return err;
}

/** refresh_calls - read all counters of calls, if they were requested. */
static int refresh_calls(struct live *l)
{
	struct shootdown *s = &l->run.shootdown;
	const uint32_t nr = capture__nr(l->capture, FREE_CALL_ROWS);

	if (nr <= 1)
		return 0;
	for (uint32_t i = 1; i < nr; i++)
		if (read_call_row(l, i) == -ENOMEM)
			return -ENOMEM;
	s->overflow.counts = capture__call_row(l->capture, 0)->counts;
	capture__shootdowns(l->capture, &s->totals);
	for (uint32_t class = 0; class < VS_NR_CALL_CLASSES; class ++)
		for (int time = 0; time < VS_NR_CALL_TIMES; time++)
			capture__call_hist(l->capture, class, time, &s->hist[class][time]);
	return read_pairs(l);
}

/* --- counters ------------------------------------------------------------------------------ */

static void read_counts(struct live *l, uint32_t index, bool ended)
{
	struct vs_counts sum = {};

	for (uint32_t cpu = 0; cpu < l->run.model.nr_cpus; cpu++) {
		struct vs_counts c;

		capture__counts(l->capture, cpu, index, &c);
		counts_add(&sum, &c);
		counts_add(ended ? &l->run.model.cpus[cpu].ended : &l->run.model.cpus[cpu].counts,
			   &c);
	}
	model__update_counts(&l->run.model, index, &sum);
}

/** read_hist - add histogram @hist to @latency, which is allocated if necessary. */
static void read_hist(struct live *l, uint32_t hist, struct latency **latency, bool ended)
{
	if (!capture__hist_valid(l->capture, hist))
		return;
	if (!*latency)
		*latency = calloc(1, sizeof(**latency));
	if (*latency)
		capture__hist_add(l->capture, hist, ended ? &(*latency)->ended : &(*latency)->hist);
	if (ended)
		capture__hist_give_back(l->capture, hist);
}

static void read_hists(struct live *l, uint32_t index, bool ended)
{
	const volatile struct vs_slot *slot = capture__slot(l->capture, index);
	struct fault_row *row = l->run.model.by_slot[index];

	if (row->is_vma)
		read_hist(l, slot->hist, &row->latency, ended);
	for (int cause = 0; index && !row->is_vma && cause < VS_NR_CAUSES; cause++)
		read_hist(l, slot->proc.hist[cause], &row->process->latency[cause], ended);
}

static void read_slot(struct live *l, uint32_t index)
{
	const volatile struct vs_slot *slot = capture__slot(l->capture, index);
	struct fault_row *row = l->run.model.by_slot[index];

	if (row->is_vma) {
		row->vma.start = slot->vma.start;
		row->vma.end = slot->vma.end;
	} else if (index) {
		struct vs_slot copy;

		memcpy(&copy, (const void *)slot, sizeof(copy));
		model__update_process(&l->run.model, index, &copy);
	}
}

static void on_thread(void *ctx, const struct vs_thread *thread)
{
	struct live *l = ctx;

	threads__update(&l->run.threads, thread);
}

/** add_outcomes - add the faults of @c to @outcome. Return: kernel-initiated ones. */
static uint64_t add_outcomes(uint64_t *outcome, const struct vs_counts *c)
{
	for (int o = 0; o < VS_NR_OUTCOME; o++)
		outcome[o] += c->outcome[o];
	return counts_gup(c);
}

/**
 * total - faults of all slots, by outcome
 * @vma_glob: if not NULL, only of VMAs whose name matches
 *
 * Return: kernel-initiated ones, which no thread counts.
 */
static uint64_t total(const struct model *m, const char *vma_glob, uint64_t *outcome)
{
	uint64_t trapless = 0;

	memset(outcome, 0, VS_NR_OUTCOME * sizeof(*outcome));
	if (!vma_glob)
		trapless = add_outcomes(outcome, &m->overflow.counts);
	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		for (size_t r = 0; r < p->nr_rows; r++) {
			const struct fault_row *row = p->rows[r];

			if (!vma_glob || fault_row__matches(row, vma_glob))
				trapless += add_outcomes(outcome, &row->counts);
		}
	}
	return trapless;
}

/** read_first - read rows that have to add up to the counts of slots, before reading those. */
static int read_first(struct live *l)
{
	int err = live_stacks__refresh(l);

	threads__read(&l->run.threads);
	stacks__read(&l->run.stacks);
	return err;
}

/**
 * read_again - second reading, after the counts of slots, as faults go on meanwhile
 *
 * BPF counts in the slot first, then in the stack and the thread: the counts of slots are between
 * the two readings of these.
 */
static int read_again(struct live *l)
{
	uint64_t outcome[VS_NR_OUTCOME], faults = 0;
	const uint64_t trapless = total(&l->run.model, NULL, outcome);
	int err = capture__threads(l->capture, on_thread, l);

	/* records of threads that have ended since are in the ring */
	if (!err)
		err = capture__consume(l->capture, UINT64_MAX);
	if (!err)
		err = live_stacks__refresh(l);
	if (err)
		return err;
	for (int o = 0; o < VS_NR_OUTCOME; o++)
		faults += outcome[o];
	threads__fit(&l->run.threads, faults - trapless);
	if (capture__nr(l->capture, FREE_STACKS) > VS_STACK_FIRST)
		stacks__fit(&l->run.stacks, outcome);
	return 0;
}

/** await_stacks - await the stacks of faults that have been counted, and are not unwound yet. */
static void await_stacks(struct live *l)
{
	uint64_t outcome[VS_NR_OUTCOME];

	total(&l->run.model, l->run.stacks.vma_glob, outcome);
	stacks__await(&l->run.stacks, outcome, clock__monotonic_ns());
}

int live__refresh(struct live *l)
{
	struct model *m = &l->run.model;
	int err;

	l->read_ns = clock__monotonic_ns();
	if (l->intervals)
		capture__end_interval(l->capture, l->read_ns);
	stacks__take(&l->run.stacks);
	err = capture__threads(l->capture, on_thread, l);
	if (!err)
		err = live__discover(l);
	if (!err && l->adds_up)
		err = read_first(l);
	if (err)
		return err;
	model__restart(m);
	for (uint32_t i = 0; i < m->nr_slots; i++) {
		if (!m->by_slot[i])
			continue;
		read_slot(l, i);
		read_counts(l, i, false);
		read_hists(l, i, false);
	}
	for (int cause = 0; cause < VS_NR_CAUSES; cause++)
		capture__hist_add(l->capture, cause, &m->shared_latency[cause].hist);
	err = l->adds_up ? read_again(l) : live_stacks__refresh(l);
	if (!err && l->run.stacks.awaits)
		await_stacks(l);
	return err ? err : refresh_calls(l);
}

/* --- reclaiming slots ---------------------------------------------------------------------- */

struct retiring {
	uint32_t *slots;
	size_t nr;
};

static void retire_row(struct retiring *r, const struct fault_row *row)
{
	if (row->slot)
		r->slots[r->nr++] = row->slot;
}

/** image_gone - the process image in slot @index has ended or was replaced. */
static bool image_gone(const struct live *l, uint32_t index)
{
	const struct fault_row *row = l->run.model.by_slot[index];

	return index && row && !row->is_vma &&
	       capture__slot(l->capture, index)->proc.state & (VS_PROC_EXITED | VS_PROC_REPLACED);
}

bool live__image_gone(const struct live *l, const struct process *p, uint64_t image)
{
	for (size_t i = 0; i < p->nr_rows; i++) {
		const struct fault_row *row = p->rows[i];

		if (!row->is_vma && row->image == image && row->slot)
			return image_gone(l, row->slot);
	}
	return true;
}

/** retire_stacks - reclaim stacks of VMAs whose slots are retired, while the model knows them */
static void retire_stacks(struct live *l, const struct retiring *r)
{
	bool *gone = l->run.stacks.vma_glob && r->nr ? calloc(l->run.model.nr_slots, sizeof(*gone))
						     : NULL;

	for (size_t i = 0; gone && i < r->nr; i++)
		gone[r->slots[i]] = true;
	if (gone)
		live_stacks__retire(l, gone);
	free(gone);
}

static void give_back(struct live *l, struct retiring *r)
{
	capture__retire(l->capture, r->slots, r->nr);
	retire_stacks(l, r);
	for (size_t i = 0; i < r->nr; i++) {
		read_slot(l, r->slots[i]);
		read_counts(l, r->slots[i], true);
		read_hists(l, r->slots[i], true);
		model__slot_ended(&l->run.model, r->slots[i]);
		capture__give_back(l->capture, r->slots[i]);
	}
	r->nr = 0;
}

static bool low(const struct live *l)
{
	return live_stacks__low(l) ||
	       capture__nr_free(l->capture, FREE_SLOTS) < l->run.model.nr_slots / LOW_SHARE ||
	       capture__nr_free(l->capture, FREE_CALL_ROWS) <
		       capture__nr(l->capture, FREE_CALL_ROWS) / LOW_SHARE ||
	       capture__nr_free(l->capture, FREE_HISTS) <
		       capture__nr(l->capture, FREE_HISTS) / LOW_SHARE;
}

/** still_mapped - one of @maps is the VMA of @row. */
static bool still_mapped(const struct fault_row *row, const struct proc_maps *maps)
{
	const struct proc_map *vma = proc_maps__find(maps, row->vma.key.flags & VS_VM_GROWSDOWN
								   ? row->vma.key.anchor - 1
								   : row->vma.key.anchor);
	char perms[5];

	/* a slot of several VMAs, any of which may still be mapped */
	if (vma_is_several(&row->vma))
		return true;
	vma_perms(row->vma.key.flags, perms);
	return vma && !strcmp(vma->perms, perms) && vma->inode == row->vma.key.file.ino &&
	       (vma->start == row->vma.key.anchor || vma->end == row->vma.key.anchor);
}

static void retire_unmapped(struct retiring *r, const struct process *p)
{
	struct proc_maps maps;

	if (proc_maps__read(&maps, p->pid))
		return;
	for (size_t i = 0; i < p->nr_rows; i++)
		if (p->rows[i]->is_vma && p->rows[i]->slot && !still_mapped(p->rows[i], &maps))
			retire_row(r, p->rows[i]);
	proc_maps__free(&maps);
}

/** retire_calls - reclaim the rows of process images that are @gone. */
static void retire_calls(struct live *l, const bool *gone)
{
	const uint32_t nr = capture__nr(l->capture, FREE_CALL_ROWS);
	uint32_t *rows = malloc(nr * sizeof(*rows));
	size_t n = 0;

	for (uint32_t i = 1; rows && i < nr; i++) {
		const struct vs_call_row *row = capture__call_row(l->capture, i);

		if (row->used && l->run.shootdown.by_index[i] && gone[row->key.proc])
			rows[n++] = i;
	}
	if (n)
		capture__retire_call_rows(l->capture, rows, n);
	for (size_t i = 0; i < n; i++) {
		read_call_row(l, rows[i]);
		shootdown__row_ended(&l->run.shootdown, rows[i]);
		capture__give_back_call_row(l->capture, rows[i]);
	}
	free(rows);
}

/**
 * retire_ended - reclaim the slots of process images that have ended, and of their VMAs
 *
 * An image that has ended takes no more slots. So the ended images are determined first, then the
 * slots taken until then are read, and then all slots of those images are known.
 */
static void retire_ended(struct live *l, struct retiring *r)
{
	bool *gone = calloc(l->run.model.nr_slots, sizeof(*gone));

	if (!gone)
		return;
	for (uint32_t i = 1; i < l->run.model.nr_slots; i++)
		gone[i] = image_gone(l, i);
	live__discover(l);
	for (uint32_t i = 1; i < l->run.model.nr_slots; i++) {
		const struct fault_row *row = l->run.model.by_slot[i];

		if (row &&
		    (row->is_vma ? gone[capture__slot(l->capture, i)->vma.key.proc] : gone[i]))
			retire_row(r, row);
	}
	retire_calls(l, gone);
	live_stacks__retire(l, gone);
	free(gone);
	live_stacks__recycle(l);
}

int live__reclaim_ended(struct live *l)
{
	struct retiring r = { .slots = malloc(l->run.model.nr_slots * sizeof(*r.slots)) };

	if (!r.slots)
		return -ENOMEM;
	retire_ended(l, &r);
	give_back(l, &r);
	free(r.slots);
	return 0;
}

bool live__reclaim(struct live *l)
{
	struct model *m = &l->run.model;
	struct retiring r = {};
	bool found;

	capture__sweep_ranges(l->capture);
	if (!low(l))
		return false;
	r.slots = malloc(m->nr_slots * sizeof(*r.slots));
	if (!r.slots)
		return false;
	retire_ended(l, &r);
	found = r.nr;
	give_back(l, &r);
	for (size_t i = 0; i < m->nr_processes && low(l); i++) {
		if (m->processes[i]->exited || m->processes[i]->nr_rows < MANY_VMAS)
			continue;
		retire_unmapped(&r, m->processes[i]);
		give_back(l, &r);
	}
	free(r.slots);
	return found && low(l);
}
