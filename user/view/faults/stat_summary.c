// SPDX-License-Identifier: GPL-2.0-only
/* stat_summary.c - a summary of page faults in words: time, location and cause. */
#include "view/faults/stat_summary.h"

#include <errno.h>
#include <stdlib.h>

#include "model/names.h"
#include "model/time_split.h"
#include "util/array.h"
#include "util/hash.h"
#include "util/str.h"
#include "view/common/latency_mode.h"
#include "view/faults/stat_group.h"

/** A part is mentioned if it has at least this share of the whole. */
#define MOST 0.5

/** Descriptions of the faults of a cause, following "are"; other causes are shown by name. */
static const char *const cause_texts[VS_NR_CAUSES] = {
	[VS_CAUSE_ANON_ZERO] = "first touches of anonymous memory",
	[VS_CAUSE_FILE_MAP] = "accesses to file pages in the page cache",
	[VS_CAUSE_FILE_READ] = "accesses to file pages that had to be read",
	[VS_CAUSE_FILE_WAIT] = "waits for file pages that were being read",
	[VS_CAUSE_SHMEM] = "accesses to shared memory",
	[VS_CAUSE_SWAP_IN] = "accesses to swapped-out pages",
	[VS_CAUSE_COW] = "copy-on-write",
	[VS_CAUSE_COW_REUSE] = "writes to private pages that are no longer shared",
	[VS_CAUSE_COW_ZERO] = "first writes to pages that were only read",
	[VS_CAUSE_WRITE_NOTIFY] = "first writes to clean shared file pages",
	[VS_CAUSE_NUMA_HINT] = "hinting faults of NUMA balancing",
	[VS_CAUSE_UFFD] = "handled by userfaultfd",
	[VS_CAUSE_MIGRATION] = "waits for page migration",
	[VS_CAUSE_GUP] = "kernel-initiated",
};

/**
 * struct part - a mapping of a command, or everything of a command
 * @name: name of the mapping, NULL: everything of the command
 * @process: its process, the last one if there are several; @processes: number of processes
 */
struct part {
	const char *comm;
	const char *name;
	const struct process *process;
	size_t processes;
	uint64_t faults;
	uint64_t ns;
	uint64_t causes[VS_NR_CAUSES];
};

/** struct parts - all parts; @by_key: their indices + 1 */
struct parts {
	struct part *list;
	size_t nr, cap;
	struct hash by_key;
};

/** struct part_key - hashes of the names */
struct part_key {
	uint64_t comm;
	uint64_t name;
};

static int add(struct parts *p, const struct process *process, const char *name,
	       const struct vs_counts *c)
{
	const struct part_key key = { hash_string(0, process->comm),
				      name ? hash_string(1, name) : 0 };
	uintptr_t place = (uintptr_t)hash__get(&p->by_key, &key);
	struct part *part;

	if (!place) {
		if (array__reserve(&p->list, &p->cap, p->nr + 1, sizeof(*p->list)))
			return -ENOMEM;
		p->list[p->nr++] = (struct part){ .comm = process->comm, .name = name };
		place = p->nr;
		if (hash__set(&p->by_key, &key, (void *)place))
			return -ENOMEM;
	}
	part = &p->list[place - 1];
	/* rows of one process are adjacent */
	part->processes += part->process != process;
	part->process = process;
	part->faults += counts_faults(c);
	part->ns += c->latency_sum_ns;
	for (int i = 0; i < VS_NR_CAUSES; i++)
		part->causes[i] += c->cause[i];
	return 0;
}

static int add_all(struct parts *p, const struct stat_view *v, const struct model *m)
{
	int err = 0;

	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *process = m->processes[i];

		for (size_t r = 0; r < process->nr_rows && !err; r++) {
			const struct fault_row *row = process->rows[r];
			const struct vs_counts c = stat_counts(v, row);

			if (!stat_selected(v, row) || !counts_faults(&c))
				continue;
			err = add(p, process,
				  row->is_vma ? fault_row__group(row) : outside_name(row), &c);
			if (!err)
				err = add(p, process, NULL, &c);
		}
	}
	return err;
}

/** largest - the largest mapping, or the largest command; NULL: there is none */
static const struct part *largest(const struct parts *p, bool mapping, bool by_time)
{
	const struct part *most = NULL;

	for (size_t i = 0; i < p->nr; i++) {
		const struct part *x = &p->list[i];

		if (mapping != (x->name != NULL))
			continue;
		if (!most || (by_time ? x->ns > most->ns : x->faults > most->faults))
			most = x;
	}
	return most;
}

/** struct whole - the base of shares: time, or faults if no time is known */
struct whole {
	bool time;
	uint64_t amount;
};

static uint64_t amount(const struct part *part, const struct whole *w)
{
	return w->time ? part->ns : part->faults;
}

/** print_causes - print ", 98.0% of the faults there are copy-on-write (cow)" */
static void print_causes(const struct part *part, FILE *f)
{
	int cause = 0;

	for (int i = 1; i < VS_NR_CAUSES; i++)
		if (part->causes[i] > part->causes[cause])
			cause = i;
	if (cause == VS_CAUSE_UNKNOWN || part->causes[cause] < part->faults * MOST)
		return;
	fprintf(f, "; %s of the faults there: ", str_share(part->causes[cause], part->faults).text);
	if (cause_texts[cause])
		fprintf(f, "%s (%s)", cause_texts[cause], cause_names[cause]);
	else
		fputs(cause_names[cause], f);
}

/** print_part - print "99.9% of it in [anon] of storm (31907); 98.0% of the faults there: ..." */
static void print_part(const struct part *part, const struct whole *w, FILE *f)
{
	fprintf(f, "  %s%s of %s in ", amount(part, w) < w->amount * MOST ? "most, " : "",
		str_share(amount(part, w), w->amount).text, w->time ? "this time" : "the faults");
	if (part->name)
		fprintf(f, "%s of ", str_last_part(part->name));
	if (part->processes == 1)
		fprintf(f, "%s (%u)", part->comm, part->process->pid);
	else
		fprintf(f, "%s (%zu processes)", part->comm, part->processes);
	print_causes(part, f);
	fputc('\n', f);
}

/** print_waits - print the parts of this time in which no CPU worked on it, if they are large */
static void print_waits(const struct vs_counts *total, FILE *f)
{
	const struct time_split split = time_split__of_counts(total);

	const uint64_t known = time_split__known(&split);

	if (!time_split__waits(&split))
		return;
	fprintf(f, " (%s blocked", str_share(split.blocked_ns, known).text);
	fprintf(f, ", %s waiting for a CPU)", str_share(split.runqueue_ns, known).text);
}

/** print_cost - print how long all faults took */
static void print_cost(const struct stat_view *v, const struct vs_counts *total, FILE *f)
{
	const uint64_t completed = total->outcome[VS_MINOR] + total->outcome[VS_MAJOR];
	const bool sampled = latency_mode(v->latency_period) == LATENCY_SAMPLED;
	char text[STR_NUMBER_LEN];

	str_format_ns(text, sizeof(text), total->latency_sum_ns);
	fprintf(f, "  fault handling took %s%s, %s of one thread's time", sampled ? "about " : "",
		text, str_share(total->latency_sum_ns, v->duration_ns).text);
	print_waits(total, f);
	if (!sampled && completed > total->latency_count) {
		str_format_count(text, sizeof(text), completed - total->latency_count);
		fprintf(f, ", without %s fault%s of unknown duration", text,
			str_plural(completed - total->latency_count));
	}
	fputc('\n', f);
}

int stat_summary__print(const struct stat_view *v, const struct model *m,
			const struct vs_counts *total, FILE *f)
{
	const struct whole w = { .time = total->latency_sum_ns,
				 .amount = total->latency_sum_ns ? total->latency_sum_ns
								 : counts_faults(total) };
	const struct part *part, *comm;
	struct parts p = {};
	int err;

	if (!w.amount)
		return 0;
	if (w.time)
		print_cost(v, total, f);
	hash__init(&p.by_key, sizeof(struct part_key));
	err = add_all(&p, v, m);
	part = err ? NULL : largest(&p, true, w.time);
	comm = err ? NULL : largest(&p, false, w.time);
	if (part)
		print_part(amount(part, &w) < w.amount * MOST ? comm : part, &w, f);
	hash__free(&p.by_key, NULL);
	free(p.list);
	return err;
}
