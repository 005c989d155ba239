// SPDX-License-Identifier: GPL-2.0-only
/* fork_cow.c - rule: pages copied after fork, by the parent or by the child. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** Pages copied for each fork from which a process counts as large: 2 MiB. */
#define LEAST_COPIED 512

static bool is_fork(const struct call_row *row)
{
	return row->call == VS_CALL_FORK;
}

/** executed - children of the suspect that executed a program. */
static uint64_t executed(const struct suspect *s)
{
	const struct model *m = &s->run->model;
	uint64_t n = 0;

	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct call_row *const *calls;
		size_t nr;

		if (m->processes[i]->ppid != s->process->pid || m->processes[i] == m->ended)
			continue;
		calls = suspect__calls(s, m->processes[i], &nr);
		for (size_t k = 0; k < nr; k++)
			if (calls[k]->call == VS_CALL_EXEC &&
			    calls[k]->counts.count > calls[k]->counts.errors) {
				n++;
				break;
			}
	}
	return n;
}

static void advise(struct finding *f, uint64_t forks, uint64_t programs, uint64_t copied)
{
	const struct str_number pages = str_count(copied);

	if (!forks)
		snprintf(f->advice, sizeof(f->advice),
			 "Write less to memory that was there before the fork: this child took a "
			 "page fault on %s pages that it shared with its parent. Share data that "
			 "both use (MAP_SHARED), or fork before it is made.",
			 pages.text);
	else if (programs * 2 >= forks)
		snprintf(f->advice, sizeof(f->advice),
			 "Start programs with posix_spawn(3) or vfork(2) instead of fork(2): the "
			 "child "
			 "then borrows the address space, and no page is protected or copied. The "
			 "parent took a page fault on %s pages after %s forks.",
			 pages.text, str_count(forks).text);
	else
		snprintf(f->advice, sizeof(f->advice),
			 "Write to fewer pages while the child lives: the parent took a page fault "
			 "on "
			 "%s pages after %s forks. Keep what changes together, fork less often, or "
			 "let "
			 "the child end sooner; without huge pages a copy is 4 KiB.",
			 pages.text, str_count(forks).text);
}

static int look(const struct suspect *s)
{
	uint64_t forks = 0, copied = 0, copied_ns = 0, call_ns = 0, programs, most = 0;
	struct finding f = { .confidence = CONFIDENCE_HIGH };

	for (size_t i = 0; i < s->nr_calls; i++) {
		const struct vs_call_counts *c = &s->calls[i]->counts;

		if (!is_fork(s->calls[i]))
			continue;
		forks += c->count - c->errors;
		copied += c->refaults;
		copied_ns += c->refault_ns;
		/* after vfork nothing is copied, and its calls last until the child's exec */
		call_ns += c->refaults ? c->latency_ns : 0;
		if (f.call && c->refaults <= most)
			continue;
		most = c->refaults;
		f.call = s->calls[i];
	}
	if (!copied || copied < LEAST_COPIED * (forks ? forks : 1))
		return 0;
	programs = forks ? executed(s) : 0;
	f.cost_ns = copied_ns + call_ns;
	if (forks) {
		finding_set(&f, EVIDENCE_FORKS, forks);
		finding_set(&f, EVIDENCE_PROGRAMS, programs);
		finding_set(&f, EVIDENCE_CALL_NS, call_ns);
	}
	finding_set_refaults(&f, copied, copied_ns);
	advise(&f, forks, programs, copied);
	return suspect__report(s, ADVICE_FORK_COW, &f);
}

const struct advice_rule rule_fork_cow = {
	.text = {
		.name = "fork-cow",
		.title = "pages written after fork",
		.background =
			"fork(2) shares all pages of the parent with the child, and takes the right to "
			"write away from both. The first write to each page then takes a page fault: "
			"it copies the page, or, where the other process has ended, gives the right "
			"back. A child that executes a program at once needs none of this.",
		.change = "posix_spawn(3) or vfork(2) to start programs; a smaller write set while a "
			  "snapshot is taken.",
		.kernel = "All versions. glibc's posix_spawn(3) uses CLONE_VM and CLONE_VFORK since "
			  "glibc 2.24.",
		.cost = "The parent's thread waits until the child of vfork(2) or posix_spawn(3) "
			"executes the program.",
		.verify = "vmascope shootdown --by call -- COMMAND",
		.expected = "fork has no faults after it",
		.sources = "fork(2), vfork(2), posix_spawn(3)\n"
			   "Linux: kernel/fork.c, dup_mmap(); mm/memory.c, do_wp_page()",
	},
	.look = look,
};
